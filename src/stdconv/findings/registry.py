"""The registry of codes: what each is called, how grave it is, what is said of it in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from stdconv.errors import DefinitionError, Fault, Message, Place
from stdconv.findings.language import LANGUAGES, load_texts, text_of
from stdconv.findings.phrases import phrase
from stdconv.findings.problems import problem

Severity: TypeAlias = Literal["mute", "note", "warn", "refuse", "fail"]
"""How grave a finding is; ``mute`` where a site has decided that it does not count."""

Threshold: TypeAlias = Literal["note", "warn", "refuse", "never"]
"""From which severity on findings make a run a failure; ``fail`` always does, but for ``never``."""

SEVERITIES: tuple[Severity, ...] = ("note", "warn", "refuse", "fail")
"""What codes have by default, the gravest last."""

REGISTRY = Path(__file__).with_name("codes.yaml")


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of the registry. ``official`` is the error class of the official specification, where one fits.

    ``detail`` says what the detail of every such finding holds (``findings.details``); without it there is none.
    """

    id: str
    name: str
    severity: Severity
    messages: dict[str, Message]
    official: str | None = None
    detail: str | None = None


class Messages(dict[str, Message]):
    """What a fault says by language. To ask for another language is a wrong argument."""

    def __missing__(self, lang: object) -> Message:
        """Raise ``DefinitionError`` (C0060)."""
        raise wrong_language(lang)


@cache
def codes() -> Mapping[str, Code]:
    """Return all codes by id, in the order of the registry file."""
    entries: dict[str, dict[str, Any]] = load_texts(REGISTRY)
    return MappingProxyType({id_: _code(id_, entry) for id_, entry in entries.items()})


def _code(id_: str, entry: dict[str, Any]) -> Code:
    messages = {lang: Message(**entry[lang]) for lang in LANGUAGES}
    return Code(id_, entry["name"], entry["severity"], messages, entry.get("official"), entry.get("detail"))


def fault(code: str, place: Place | None = None, /, **given: object) -> Fault:
    """Return the fault ``code`` at ``place``; ``given`` fills the placeholders of the registry's texts.

    A word may be given by language, or be several (``text_of``); a ``problem`` that is a text is English.
    """
    entry = codes()[code]
    said = given | {key: problem(text) for key, text in given.items() if key == "problem" and isinstance(text, str)}
    parameters = {key: {lang: text_of(value, lang) for lang in LANGUAGES} for key, value in said.items()}
    messages = Messages()
    for lang, text in entry.messages.items():
        words = {key: by_language[lang] for key, by_language in parameters.items()}
        messages[lang] = Message(*(part.format(**words) for part in (text.summary, text.cause, text.remedy)))
    return Fault(code, entry.name, messages, place, entry.severity, parameters)


def ensure_language(lang: str) -> None:
    """Raise ``DefinitionError`` (C0060) for a language that there are no texts in."""
    if lang not in LANGUAGES:
        raise wrong_language(lang)


def wrong_language(given: object) -> DefinitionError:
    """Return the error that says which languages there are. Of what was given at most the type is told."""
    expected = phrase("argument", "one-of", known=", ".join(map(repr, LANGUAGES)))
    what = phrase("argument", "value") if isinstance(given, str) else f"`{type(given).__name__}`"
    remedy = phrase("argument-remedy", "other")
    return DefinitionError([fault("C0060", argument="lang", expected=expected, given=what, remedy=remedy)])


def reaches(severity: str, threshold: Threshold) -> bool:
    """Return whether ``severity`` is at or above ``threshold``; ``fail`` is above all of them but ``never``.

    >>> reaches("warn", "refuse"), reaches("fail", "refuse"), reaches("fail", "never")
    (False, True, False)
    """
    return threshold != "never" and severity in SEVERITIES[SEVERITIES.index(threshold) :]
