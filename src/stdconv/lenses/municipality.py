"""A lens for the codes of municipalities that a layout writes without their check digit."""

from __future__ import annotations

from typing import Literal

import polars as pl

from stdconv.domains.sets import CheckDigit, Record, Text
from stdconv.japan.checkdigits import SCHEMES
from stdconv.lenses.base import Example, Lens, Refusal, Values

WEIGHTS, DIGITS = SCHEMES["lg_code"]
PREFECTURE = "(0[1-9]|[1-3][0-9]|4[0-7])"
SPEC = "docs/domain.md, Numbers with check digits"


class MunicipalityCode(Lens):
    """A municipality's code of five digits in legacy, of six with its check digit in the standard: 13101 → 131016.

    A code begins with its prefecture, 01 to 47; whether there is such a municipality is for the schema to say. A value
    of six digits is refused: it has its check digit already.
    """

    op: Literal["municipality_code"] = "municipality_code"

    def forward(self, *legacy: pl.Expr) -> Values:
        """13101 → 131016; what is not five digits is read as none."""
        code = pl.when(legacy[0].str.contains(f"^{PREFECTURE}[0-9]{{3}}$")).then(legacy[0])
        number = code.cast(pl.Int64, strict=False)
        weighted = sum(
            (number // 10 ** (len(WEIGHTS) - at) % 10 * weight for at, weight in enumerate(WEIGHTS, start=1)),
            start=pl.lit(0),
        )
        digit = (weighted % 11).replace_strict(list(range(11)), list(DIGITS), default=None, return_dtype=pl.String)
        return (pl.concat_str(code, digit),)

    def back(self, *standard: pl.Expr) -> Values:
        """131016 → 13101."""
        return (standard[0].str.slice(0, len(WEIGHTS)),)

    @property
    def codomain(self) -> Record:
        """A prefecture's number (01 to 47) and four digits, the last of which is the check digit."""
        return Record(((0, Text(f"^{PREFECTURE}[0-9]{{4}}$")),), (0,), (CheckDigit(0, WEIGHTS, DIGITS),))

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """The value is not five digits, or does not begin with a prefecture."""
        return pl.lit("T0052")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return codes of the source, one of them abolished, and the two remainders that have a digit of their own."""
        lens = cls()
        return (
            Example(lens, ("13101",), ("131016",), f"{SPEC}: 131016"),
            Example(lens, ("01637",), ("016373",), f"{SPEC}: 016373"),
            Example(lens, ("01100",), ("011002",), f"{SPEC}: 011002"),
            Example(lens, ("27100",), ("271004",), f"{SPEC}: 271004"),
            Example(lens, ("14209",), ("142093",), "assumed: an abolished code has its check digit by the same rule"),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return a code that has its check digit, one that lost its zero in front, and digits of the wrong width."""
        lens = cls()
        return (
            Refusal(lens, ("131016",), "T0052", "assumed: it would come back without its last digit"),
            Refusal(lens, ("1637",), "T0052", "assumed: which zero was lost is not guessed"),
            Refusal(lens, ("99999",), "T0052", "observed: 99999 is abroad, which is no municipality"),
            Refusal(lens, ("１３１０１",), "T0052", "official: X is half-width"),
        )
