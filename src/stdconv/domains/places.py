"""Named rules about municipalities as polars expressions: codes that ended, names of codes, wards of a city.

Nearly every record keeps them, and what they ask is dear. So something cheap is asked of all records of a batch, and
the rest of those that this leaves in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from re import sub
from typing import TypeAlias

import polars as pl

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""Codes, and what is known of each."""

ONE_FORM = dict(zip("ヶヵ檮惠龍澤嶋邊曾藪籠鰺", "ケカ梼恵竜沢島辺曽薮篭鯵", strict=True))
"""Characters in names of municipalities that stand for one another."""

DOUBT = "^[^0-9０-９]{1,7}[都道府県市区郡]"
"""How a text begins that may begin with the name of a place."""

PREFECTURE = "^(北海道|東京都|京都府|大阪府|.{2,3}県)"
MUNICIPALITIES = ("^(.{1,6}?[市区])", "^(.{1,6}?市.{0,3}?市)", "^(.{1,4}郡.{1,6}?[町村])")
"""How a name ends: at the first mark, at the second (四日市市), or, behind a 郡, with 町 or 村."""

NO_NAME = "^(?:$|[町場川])"
"""What is behind what only looks like a name, in the towns of the postal data: 加茂市場, 丹波市町, 旭市川, 北区."""


_AT = [pl.col(str(at)) for at in range(4)]
"""The values that a rule is about, by place."""


def is_in_force(code: pl.Expr, day: pl.Expr, ends: Pairs) -> pl.Expr:
    """Return whether the code had not ended before the day; null where that is not decided."""
    return day <= _looked_up(code, dict(ends))


def is_named(code: pl.Expr, parts: Sequence[pl.Expr], labels: Pairs, unseen: str) -> pl.Expr:
    """Return whether the parts together are a name of the code; ``unseen`` are characters that make no difference."""
    usual = _looked_up(_AT[0], dict(reversed(labels))) == pl.concat_str(_AT[1 : 1 + len(parts)])
    return _doubted([code, *parts], usual, partial(_is_otherwise_named, len(parts), labels, unseen))


def begins_with_none(text: pl.Expr, place: Sequence[pl.Expr], names: tuple[tuple[str, ...], ...]) -> pl.Expr:
    """Return whether a text begins with no name of a place but that in the two columns ``place``."""
    return _doubted([text, *place], ~_AT[0].str.contains(DOUBT), partial(_begins_with_none, names))


def are_of_one(first: pl.Expr, second: pl.Expr, above: Pairs) -> pl.Expr:
    """Return whether two codes are of one municipality, wards taken for their cities; null where one is absent."""
    one, other = (each.replace([ward for ward, _ in above], [city for _, city in above]) for each in (first, second))
    return one == other


def _doubted(given: list[pl.Expr], cheap: pl.Expr, whole: Callable[[], pl.Expr]) -> pl.Expr:
    """Return whether the values ``given`` keep a rule: all that pass ``cheap``, the others by the ``whole`` of it."""
    made_once = cache(whole)

    def decided(values: Sequence[pl.Series]) -> pl.Series:
        frame = pl.DataFrame([each.alias(str(at)) for at, each in enumerate(values)])
        kept = frame.select(cheap.fill_null(value=True).alias("kept")).to_series()
        if kept.all():
            return kept
        rest = frame.filter(~kept).select(made_once().fill_null(value=True)).to_series()
        return kept.scatter((~kept).arg_true(), rest)

    return pl.map_batches(given, decided, return_dtype=pl.Boolean, is_elementwise=True)


def _looked_up(code: pl.Expr, values: Mapping[str, str]) -> pl.Expr:
    """Return the value for a code, null where there is none."""
    return code.replace_strict(list(values), list(values.values()), default=None, return_dtype=pl.String)


def _is_otherwise_named(count: int, labels: Pairs, unseen: str) -> pl.Expr:
    """Return whether parts are a name of the code that is written otherwise: in other characters, shorter, longer."""
    said = pl.concat_str(_AT[1 : 1 + count]).str.replace_all(unseen, "").str.replace_many(ONE_FORM)
    usual = {code: _in_one_form(name) for code, name in reversed(labels)}
    every: dict[str, str] = {}
    for code, name in labels:
        plain = _in_one_form(name)
        every[code] = f"{every.get(code, '')}\n{plain}\n{_without_county(plain)}"
    less = _looked_up(_AT[0], every).str.contains(pl.lit("\n") + said, literal=True)
    return less | said.str.starts_with(_looked_up(_AT[0], usual))


def _in_one_form(name: str) -> str:
    """Return a name in the usual characters.

    >>> _in_one_form("高知県高岡郡檮原町")
    '高知県高岡郡梼原町'
    """
    return "".join(ONE_FORM.get(each, each) for each in name)


def _without_county(name: str) -> str:
    """Return the name of a town or village without its 郡, which some layouts leave out.

    >>> [_without_county(name) for name in ("広島県安芸郡府中町", "福岡県小郡市", "奈良県大和郡山市")]
    ['広島県府中町', '福岡県小郡市', '奈良県大和郡山市']
    """
    return sub("^(北海道|東京都|京都府|大阪府|.{2,3}県).+郡(.+[町村])$", r"\1\2", name)


def _begins_with_none(known: tuple[tuple[str, ...], ...]) -> pl.Expr:
    """Return whether a text begins with no name of a place but that of the two columns."""
    (prefectures, names), (text, prefecture, municipality) = known, _AT[:3]
    named = text.str.extract(PREFECTURE)
    found = [named.is_in(prefectures) & (named != prefecture)]
    within = text.str.strip_prefix(prefecture)
    for pattern in MUNICIPALITIES:
        name = within.str.extract(pattern)
        is_name = name.is_in(names) & ~within.str.strip_prefix(name).str.contains(NO_NAME)
        is_of_it = municipality.str.contains(name, literal=True) | pl.concat_str(municipality, name).is_in(names)
        found.append(is_name & ~is_of_it)
    return ~pl.any_horizontal([each.fill_null(value=False) for each in found])
