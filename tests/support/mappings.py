"""Mappings like others, but for some of their text."""

from __future__ import annotations


def changed(text: str, *changes: tuple[str, str]) -> str:
    """Return ``text`` with every ``old`` of ``changes`` written ``new``, all at once: what is new is not changed again.

    Each ``old`` must be there, and once.
    """
    for number, (old, _) in enumerate(changes):
        assert text.count(old) == 1, old
        text = text.replace(old, f"\0{number}\0")
    for number, (_, new) in enumerate(changes):
        text = text.replace(f"\0{number}\0", new)
    return text
