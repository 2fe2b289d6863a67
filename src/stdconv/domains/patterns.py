"""The positive grammar of patterns: literals, classes, groups, alternation, counted repeats, between ``^`` and ``$``.

What it refuses (``.``, classes by name, negation, look-around, flags) means different things to ECMA, Python and Rust;
what it admits means the same to all three, can be generated from and can be written again for each engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

META = frozenset("\\^$.|?*+()[]{}")


class PatternError(ValueError):
    """A pattern outside the grammar; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of ``ranges`` of code points, both ends included."""

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Seq:
    """All ``parts``, one after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alt:
    """Any one of ``parts``."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """``part``, at least ``least`` and at most ``most`` times (``None``: without end)."""

    part: Node
    least: int
    most: int | None


Node: TypeAlias = "Chars | Seq | Alt | Repeat"


@lru_cache(maxsize=512)
def parse(pattern: str) -> Node:
    """Return the tree of ``pattern``; raises ``PatternError`` outside the grammar.

    >>> parse("^a{2}$")
    Seq(parts=(Repeat(part=Chars(ranges=((97, 97),)), least=2, most=2),))
    """
    if not (pattern.startswith("^") and pattern.endswith("$")):
        raise PatternError("a pattern is written ^…$")
    reader = _Reader(pattern[1:-1])
    node = reader.sequence()
    if reader.peek() == "|":
        raise PatternError("'|' outside a group, where '^' and '$' would belong to one side each")
    if reader.rest():
        raise PatternError(f"')' without '(' at character {reader.at + 2}")
    return node


def to_regex(node: Node) -> str:
    r"""Return ``node`` as an unanchored regular expression for Rust's engine (and so polars).

    >>> print(to_regex(parse("^[0-9]{4}(年|月)?$")))
    (?:[\x{30}-\x{39}]{4}(?:(?:\x{5E74})|(?:\x{6708})){0,1})
    """
    match node:
        case Chars(ranges) if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
            return f"\\x{{{ranges[0][0]:X}}}"
        case Chars(ranges):
            return "[" + "".join(f"\\x{{{first:X}}}-\\x{{{last:X}}}" for first, last in ranges) + "]"
        case Seq(parts):
            return "(?:" + "".join(map(to_regex, parts)) + ")"
        case Alt(parts):
            return "(?:" + "|".join(map(to_regex, parts)) + ")"
        case Repeat(part, least, most):
            count = f"{least}" if least == most else f"{least},{'' if most is None else most}"
            return f"{to_regex(part)}{{{count}}}"


def lengths(node: Node) -> tuple[int, int | None]:
    """Return how many code points the texts of ``node`` have: at least, and at most (``None``: without end).

    >>> lengths(parse("^[0-9]{4}-(02|2)-29$")), lengths(parse("^a{1,}b?$"))
    ((9, 10), (1, None))
    """
    match node:
        case Chars():
            return 1, 1
        case Repeat(part, least, most):
            low, high = lengths(part)
            return low * least, 0 if 0 in (high, most) else None if high is None or most is None else high * most
        case Seq(parts):
            inside = [lengths(part) for part in parts]
            highs = [high for _, high in inside if high is not None]
            return sum(low for low, _ in inside), sum(highs) if len(highs) == len(inside) else None
        case Alt(parts):
            inside = [lengths(part) for part in parts]
            highs = [high for _, high in inside if high is not None]
            return min(low for low, _ in inside), max(highs) if len(highs) == len(inside) else None


def any_but(characters: Iterable[str]) -> str:
    r"""Return, as a class of the grammar, every character but those; NUL and surrogates are never among them.

    >>> any_but("0").encode("unicode_escape")
    b'[\\x01-/1-\\ud7ff\\ue000-\\U0010ffff]'
    """
    left_out = sorted({ord(character) for character in characters})
    ranges, low = [], 1
    for code in sorted([*left_out, 0xD800, 0x110000]):
        if low < code and not 0xD800 <= low < 0xE000:
            ranges.append((low, code - 1))
        low = 0xE000 if code == 0xD800 else code + 1
    written = ((_in_class(first), _in_class(last)) for first, last in sorted(set(ranges)))
    return "[" + "".join(first if first == last else f"{first}-{last}" for first, last in written) + "]"


def just(character: str) -> str:
    r"""Return, as a class of the grammar, that one character.

    >>> just("0"), just("-")
    ('[0]', '[\\-]')
    """
    return f"[{_in_class(ord(character))}]"


def _in_class(code: int) -> str:
    return ("\\" if chr(code) in META | {"-"} else "") + chr(code)


ANY = any_but("")
"""The class of every character, except NUL and surrogates."""


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit()


class _Reader:
    """A recursive descent over the text between ``^`` and ``$``."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def rest(self) -> str:
        return self.text[self.at :]

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        if not self.peek():
            raise PatternError("the pattern ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def fail(self, why: str) -> PatternError:
        return PatternError(f"{why} at character {self.at + 1}")

    def alternatives(self) -> Node:
        parts = [self.sequence()]
        while self.peek() == "|":
            self.take()
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Alt(tuple(parts))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated())
        return Seq(tuple(parts))

    def repeated(self) -> Node:
        part = self.atom()
        sign = self.peek()
        if sign in ("?", "*", "+"):
            self.take()
            part = Repeat(part, int(sign == "+"), 1 if sign == "?" else None)
        elif sign == "{":
            part = Repeat(part, *self.counts())
        if self.peek() and self.peek() in "?*+{":
            raise self.fail("a repeat of a repeat")
        return part

    def counts(self) -> tuple[int, int | None]:
        self.take()
        inside, closed, _ = self.rest().partition("}")
        least, comma, most = inside.partition(",")
        if not closed or not _is_count(least) or (most and not _is_count(most)):
            raise self.fail("a repeat is written {m}, {m,} or {m,n}")
        self.at += len(inside) + 1
        last = None if comma and not most else int(most or least)
        if last is not None and last < int(least):
            raise self.fail("a repeat whose end is before its beginning")
        return int(least), last

    def atom(self) -> Node:
        character = self.take()
        if character == "(":
            return self.group()
        if character == "[":
            return self.character_class()
        if character == "\\":
            return self.single(self.escaped())
        if character in META:
            raise self.fail(f"'{character}' is outside the grammar")
        return self.single(character)

    def group(self) -> Node:
        if self.rest().startswith("?:"):
            self.at += 2
        node = self.alternatives()
        if self.peek() != ")":
            raise self.fail("'(' without ')'")
        self.take()
        return node

    def character_class(self) -> Chars:
        if self.peek() == "^":
            raise self.fail("a negated class")
        ranges = []
        while self.peek() != "]":
            first = self.member()
            last = first
            if self.peek() == "-" and self.rest()[1:2] not in ("", "]"):
                self.take()
                last = self.member()
            if ord(last) < ord(first):
                raise self.fail("a range whose end is before its beginning")
            ranges.append((ord(first), ord(last)))
        self.take()
        if not ranges:
            raise self.fail("an empty class")
        return Chars(tuple(ranges))

    def member(self) -> str:
        character = self.take()
        return self.escaped() if character == "\\" else character

    def escaped(self) -> str:
        character = self.take()
        if character not in META | {"-", "/"}:
            raise self.fail(f"'\\{character}' is outside the grammar")
        return character

    @staticmethod
    def single(character: str) -> Chars:
        return Chars(((ord(character), ord(character)),))
