"""What the environment asks of messages."""

from __future__ import annotations

import os


def language() -> str:
    """Return ``ja`` where the environment says so, else ``en``."""
    wanted = next((v for v in map(os.environ.get, ("STDCONV_LANG", "LC_ALL", "LC_MESSAGES", "LANG")) if v), "en")
    return "ja" if wanted.startswith("ja") else "en"
