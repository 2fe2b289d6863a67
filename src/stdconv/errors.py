"""What stdconv raises: faults, always all of them at once, with the place and the sentence that fixes each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from stdconv.japan.visible import visible

KeyPath: TypeAlias = tuple[str | int, ...]
"""Leads to a part of a document: keys, and numbers from 0 in lists."""

_IN_JAPANESE = {"note": "注記", "warn": "警告", "refuse": "差戻し", "fail": "失敗", "mute": "抑止"}


def severity_word(severity: str, lang: str, *, filled: bool = False) -> str:
    """Return what ``severity`` is called in texts, ``filled`` up to one width for columns. Data has it in English."""
    if lang == "ja":
        return _IN_JAPANESE[severity].ljust(3 if filled else 0, "\u3000")
    return severity.ljust(6 if filled else 0)


def in_brackets(text: str, lang: str) -> str:
    """Return ``text`` in the brackets of ``lang``, to be put behind a word.

    >>> in_brackets("warn", "en"), in_brackets("警告", "ja")
    (' (warn)', '（警告）')
    """
    return f"（{text}）" if lang == "ja" else f" ({text})"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault is: a file and, where known, its line and column, both counted from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Return ``file:line:column`` as editors and compilers write it."""
        return ":".join(visible(str(part)) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Message:
    """What a message says: the fault or finding itself, why it arises, what to do next."""

    summary: str
    cause: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a definition, an option or the environment. ``code`` is an id of the registry.

    ``severity`` is ``warn`` for what only lint reports, and nothing refuses. ``messages`` has what is said by language,
    ``parameters`` what the texts were filled with: by name, then by language. Never a resident's value is among them.
    """

    code: str
    name: str
    messages: dict[str, Message] = field(hash=False)
    place: Place | None = None
    severity: str = "fail"
    parameters: dict[str, dict[str, str]] = field(default_factory=dict, compare=False, repr=False)

    def document(self, lang: str = "en") -> dict[str, str | int | None]:
        """Return everything as plain data for JSON; texts in ``lang``, as in ``text``."""
        message, place = self.messages[lang], self.place or Place("")
        texts = {"summary": message.summary, "cause": message.cause, "remedy": message.remedy}
        where = {"file": place.file or None, "line": place.line, "column": place.column}
        return {"code": self.code, "name": self.name, "severity": self.severity, **where, **texts}

    def text(self, lang: str = "en") -> str:
        """Return place, code, summary, cause and remedy as one visible line in ``lang`` (``en`` or ``ja``).

        Raises ``DefinitionError`` for another language.
        """
        message = self.messages[lang]
        where = f"{self.place}: " if self.place else ""
        gap = "" if lang == "ja" else " "
        grave = "" if self.severity == "fail" else in_brackets(severity_word(self.severity, lang), lang)
        name = f"{self.name}{grave}"
        return visible(f"{where}{self.code} {name}: {message.summary}{gap}{message.cause}{gap}{message.remedy}")


class StdconvError(Exception):
    """The base of everything stdconv raises on purpose; ``faults`` holds all that was found, never none.

    ``str(error)`` is ``error.text("en")``.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.text())

    def text(self, lang: str = "en") -> str:
        """Return all faults in ``lang`` (``en`` or ``ja``), a line each: place, code, summary, cause and remedy.

        Raises ``DefinitionError`` for another language.
        """
        return "\n".join(fault.text(lang) for fault in self.faults)

    def __reduce__(self) -> tuple[type[StdconvError], tuple[tuple[Fault, ...]]]:
        """Pickle by the faults, so that a worker's error arrives whole."""
        return type(self), (self.faults,)


class DefinitionError(StdconvError):
    """A mapping, a schema or an option is wrong (exit code 2)."""

    exit_code = 2


class UnreadableError(StdconvError):
    """A file cannot be read, or its header does not fit (exit code 3)."""

    exit_code = 3


class UnprovenError(StdconvError):
    """A run is incomplete, or a hash or a count does not agree (exit code 4)."""

    exit_code = 4


class Cancelled(StdconvError):  # noqa: N818 -- `CancelledError` is what asyncio and concurrent.futures raise
    """A run was ended by the function that was given to be asked (exit code 4). Nothing of it is left."""

    exit_code = 4
