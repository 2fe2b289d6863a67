"""Definitions as plain data: YAML read by libyaml, which gives the same and takes a tenth of the time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def from_yaml(text: str) -> Any:
    """Return what a text in YAML says."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def yaml_of(file: Path) -> Any:
    """Return what a file in YAML says."""
    return from_yaml(file.read_text(encoding="utf-8"))
