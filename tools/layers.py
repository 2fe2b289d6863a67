"""The page of rooms and layers, out of `.importlinter` and the first sentence of every module."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "stdconv"
INTRODUCTION = """\
# Rooms and layers

Imports point down only, those for typing and those inside functions included. `.importlinter` states the layers as
contracts, exhaustively: a module without a layer is an error. Names in one row do not import each other."""


def layers_page() -> str:
    """Return the page: the layers of the package, then the modules of each room, a row for each layer."""
    contracts = _contracts()
    parts = [INTRODUCTION, _table("stdconv", contracts["stdconv"])]
    for layer in contracts["stdconv"]:
        for name in layer:
            if (PACKAGE / name).is_dir():
                room = f"stdconv.{name}"
                parts += [f"## `{name}`", _sentence(PACKAGE / name / "__init__.py")]
                parts += [_table(room, contracts.get(room) or [[each] for each in _modules(PACKAGE / name)])]
    return "\n\n".join(parts)


def _contracts() -> dict[str, list[list[str]]]:
    """Return the layers of each container, the top one first."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    sections = (parser[name] for name in parser.sections() if parser[name].get("type") == "layers")
    return {each["containers"].strip(): list(_layers(each["layers"])) for each in sections}


def _layers(text: str) -> Iterator[list[str]]:
    for line in text.strip().splitlines():
        yield [name.strip() for name in line.split("|")]


def _modules(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def _table(container: str, layers: list[list[str]]) -> str:
    folder = ROOT / "src" / Path(*container.split("."))
    rows = [" <br> ".join(f"`{name}` {_sentence(_file(folder / name))}" for name in layer) for layer in layers]
    return "\n".join(("| from the top |", "|---|", *(f"| {row} |" for row in rows)))


def _file(path: Path) -> Path:
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _sentence(path: Path) -> str:
    """Return what a module says of itself, in one line."""
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(said.partition("\n\n")[0].split()).replace("``", "`").replace("|", "\\|")
