"""Domains compared: whether everything in one is in another, as far as that can be decided."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from stdconv.domains.check import check_value
from stdconv.domains.patterns import lengths, parse
from stdconv.domains.sets import AllOf, AnyOf, Anything, Choice, Date, Domain, Nothing, Text

DATE_LENGTH = 10


def subset(inner: Domain, outer: Domain) -> bool | None:
    """Return whether every text of ``inner`` is in ``outer``; ``None`` where this cannot be decided.

    >>> subset(Choice(("1", "2")), Text(most=1)), subset(Choice(("1", "99")), Text(most=1))
    (True, False)
    >>> subset(Date(), Text(most=10)), subset(Text("^[0-9]{1}$"), Text("^[0-9]{1,2}$")) is None
    (True, True)
    >>> leap = Text("^[0-9]{4}-02-29$")
    >>> subset(AnyOf((Date(), leap)), AllOf((AnyOf((leap, Date())), Text(most=10))))
    True
    """
    if inner == outer or isinstance(outer, Anything) or isinstance(inner, Nothing):
        return True
    match inner, outer:
        case _, AllOf(parts):
            return _every(subset(inner, part) for part in parts)
        case AnyOf(parts), _:
            return _every(subset(part, outer) for part in parts)
        case AllOf(parts), _ if any(subset(part, outer) for part in parts):
            return True
        case _, AnyOf(parts) if any(subset(inner, part) for part in parts):
            return True
        case Choice(values), _:
            return bool(pl.select(check_value(outer, pl.lit(pl.Series(values, dtype=pl.String)))).to_series().all())
        case (Date() | Text(), Text(pattern, least, most, characters)) if pattern in (None, _pattern(inner)):
            low, high = _lengths(inner)
            longest = [bound for bound in (most, characters) if bound is not None]
            fits = least <= low and all(high is not None and high <= bound for bound in longest)
            return True if fits else False if isinstance(inner, Date) else None
        case Date(first, last), Date(low, high):
            return low <= first and last <= high
        case _:
            return None


def _pattern(domain: Date | Text) -> str | None:
    return domain.pattern if isinstance(domain, Text) else None


def _lengths(domain: Date | Text) -> tuple[int, int | None]:
    """Return how many code points the texts of ``domain`` have at least, and at most as far as that is known."""
    if isinstance(domain, Date):
        return DATE_LENGTH, DATE_LENGTH
    low, high = lengths(parse(domain.pattern)) if domain.pattern is not None else (0, None)
    highs = [bound for bound in (high, domain.most) if bound is not None]
    return max(low, domain.least), min(highs, default=None)


def _every(answers: Iterable[bool | None]) -> bool | None:
    """Return whether all of ``answers`` are yes; one no decides, one unknown leaves it open."""
    known = list(answers)
    return False if False in known else None if None in known else True
