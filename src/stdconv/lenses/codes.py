"""Lenses for codes: values out of a closed list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias

import polars as pl
from pydantic import Field, StringConstraints

from stdconv.definitions.model import Group, OrGroups, TupleOf
from stdconv.domains.sets import Choice, Record, Rows, one
from stdconv.lenses.base import Branch, Example, LeftOut, Lens, Mistake, Refusal, Said, Values, look_up

LINK = "審議項目1関係資料"
TRAPS = "docs/domain.md, Codes: traps"
BESIDE = "assumed: code and label are written from one list, so that they cannot differ unless one is wrong"
_BETWEEN = "\x1f"
NOTHING = "∅"
"""How a message writes the empty value among others."""
UNKNOWN, KNOWN, OTHERWISE = "T0002", "T0039", "T0053"
"""Why a table refuses a value: it has no entry for it, it names it so that it is refused, its label is another one."""

Meaning: TypeAlias = tuple[str | None, ...]
Meanings = Annotated[TupleOf[Said | None], Field(min_length=2)]
Told = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, pattern=r"\S")]
Texts = Mapping[str, Told]


class CodeGroup(Group):
    """Standard codes that the layout has no value for, for one reason."""

    codes: Annotated[TupleOf[Annotated[str, StringConstraints(min_length=1)]], Field(min_length=1)] = Field(
        description="The codes, each in quotes.", examples=[["06", "07", "08"], ["XX"]]
    )
    because: Told = Field(description="Why the layout has none of them.", examples=["旧システムは職権記載を出力しない"])

    @property
    def said(self) -> tuple[str, ...]:
        """The codes."""
        return self.codes

    @property
    def reason(self) -> str:
        """Why the layout has none of them."""
        return self.because


Lacks = Annotated[
    Annotated[Texts, OrGroups(CodeGroup)],
    Field(
        description="The standard codes that the layout has no value for, each with its reason, or in groups that "
        "share one. A record with one of them is refused on the way back.",
        examples=[
            {"0": "C社の性別は M と F だけ"},
            {"9": "旧システムは消除者を出力しない"},
            [{"codes": ["06", "07", "08"], "because": "旧システムは職権記載を出力しない"}],
        ],
    ),
]
Refuses = Annotated[
    Texts,
    Field(
        description="The legacy values that are known and must not be converted, each with its reason. A record with "
        "one of them is refused under a code of its own, which tells the reason. In a CSV table the reason is in a "
        "column refuses, with no standard value beside it.",
        examples=[{"12": "帰化は国籍取得と区別できないため、個別に処理する"}, {"99": "試験用のレコード"}],
    ),
]
Labels = Annotated[
    Texts,
    Field(
        description="What the vendor's own code list calls a legacy value, in its words. It changes no value: lint "
        "holds it against the standard's code list. A CSV table says it in a column label.",
        examples=[{"10": "転入"}, {"01": "世帯主"}],
    ),
]


Labelled = Annotated[
    bool,
    Field(
        description="Whether the field has a second legacy column, with the label of the code in the first: in each "
        "record they must agree. Every value of the table then has its label under `labels`; an empty one has none.",
        examples=[True],
    ),
]


class _Table(Lens):
    """What every table of codes has: values that are refused by name, codes that the layout lacks, labels."""

    table: Mapping[str, Any]
    refuses: Refuses = Field(default_factory=dict)
    lacks: Lacks = Field(default_factory=dict)
    labels: Labels = Field(default_factory=dict)
    labelled: Labelled = False

    @property
    def takes(self) -> int:
        """The code, and its label where that has a column."""
        return 2 if self.labelled else 1

    def code(self, *legacy: pl.Expr) -> pl.Expr:
        """Return the code of legacy values; null where the label beside it is not its own."""
        return pl.when(self._agrees(*legacy)).then(legacy[0]) if self.labelled else legacy[0]

    def spelled(self, code: pl.Expr) -> Values:
        """Return how ``code`` is written: with its label, where that has a column."""
        return (code, look_up(code, self.told)) if self.labelled else (code,)

    @cached_property
    def told(self) -> dict[str, str]:
        """Every value of the table with the label that is written beside it."""
        return {value: self.labels.get(value, "") for value in self.table}

    def _agrees(self, *legacy: pl.Expr) -> pl.Expr:
        return look_up(legacy[0], self.told).eq_missing(legacy[1].fill_null(""))

    @property
    def names_empty(self) -> bool:
        """Whether the table, or what it refuses, has the empty value."""
        return "" in self.table or "" in self.refuses

    def explain(self, *legacy: pl.Expr) -> pl.Expr:
        """A value that is refused by name, or one that the table does not know."""
        why = pl.lit(UNKNOWN)
        if self.labelled:
            is_other = legacy[0].is_in(["", *self.table]) & ~self._agrees(*legacy)
            why = pl.when(is_other).then(pl.lit(OTHERWISE)).otherwise(why)
        return pl.when(legacy[0].is_in(list(self.refuses))).then(pl.lit(KNOWN)).otherwise(why) if self.refuses else why

    def reason(self, *legacy: pl.Expr) -> pl.Expr | None:
        """Why a value is refused by name."""
        return look_up(legacy[0], self.refuses) if self.refuses else None

    def refused(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Every value that is refused by name."""
        for value in self.refuses:
            taken, label = legacy[0].fill_null("") == value, self.labels.get(value, "")
            yield Branch(("refuses", value), taken, value, label=label, refused_as=KNOWN)

    def reasons(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """The reasons of ``refuses`` and ``lacks``."""
        yield from ((("refuses", value), reason) for value, reason in self.refuses.items())
        yield from ((("lacks", code, "because"), reason) for code, reason in self.lacks.items())

    def mistakes(self) -> Iterator[Mistake]:
        """Yield values that are refused and have an entry all the same, and labels of values that are not there."""
        for value in self.refuses:
            if value in self.table:
                yield "M0137", ("refuses", value), {"value": value}
        for value in self.labels:
            if value not in self.table and value not in self.refuses:
                yield "M0079", ("labels", value), {"value": value}
        for value in self.table if self.labelled else ():
            if value and value not in self.labels:
                yield "M0186", ("table", value), {"value": value}

    def orders(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """None: a label is no code."""
        yield from ()


class Recode(_Table):
    """A legacy code by a table to the standard's code.

    A value that the table does not name is refused, and on the way back a code that it does not name. Where several
    legacy values mean the same code, the ``canonical`` one is written back; another one is an equivalent spelling, kept
    in the residue.
    """

    op: Literal["recode"] = "recode"
    table: Mapping[str, Said] = Field(
        min_length=1,
        description='Every legacy value that occurs, with its standard code. The empty value is written `""`. '
        "Or the name of a CSV file next to the mapping: jiyu.csv.",
    )
    canonical_spelling: Mapping[str, str] = Field(
        default_factory=dict,
        alias="canonical",
        description="The legacy value that is written back, for each standard code that several legacy values mean. "
        "A CSV table may say `yes` of it in a column canonical; an entry here takes precedence.",
        examples=[{"1": "住登者"}, {"21": "20"}],
    )

    @cached_property
    def spelling(self) -> dict[str, str]:
        """Standard code → the legacy value that is written for it."""
        return {standard: legacy for legacy, standard in self.table.items()} | dict(self.canonical_spelling)

    def forward(self, *legacy: pl.Expr) -> Values:
        """Look the legacy value up."""
        return (look_up(self.code(*legacy), self.table),)

    def back(self, *standard: pl.Expr) -> Values:
        """Look the standard code up."""
        return self.spelled(look_up(standard[0], self.spelling))

    def canonical(self, *legacy: pl.Expr) -> Values:
        """Return the named spelling of the same code."""
        if not self.canonical_spelling:
            return legacy
        return self.spelled(look_up(legacy[0], {value: self.spelling[code] for value, code in self.table.items()}))

    @property
    def codomain(self) -> Record:
        """The standard codes of the table."""
        return one(Choice(tuple(dict.fromkeys(self.table.values()))))

    def mistakes(self) -> Iterator[Mistake]:
        """Yield codes with several spellings and none named, and entries of the options that the table contradicts."""
        for standard, count in Counter(self.table.values()).items():
            if count > 1 and standard not in self.canonical_spelling:
                twins = [legacy or NOTHING for legacy, code in self.table.items() if code == standard]
                yield "M0012", ("table",), {"code": standard, "twins": twins}
        for standard, legacy in self.canonical_spelling.items():
            if self.table.get(legacy) != standard:
                yield "M0013", ("canonical", standard), {"code": standard, "legacy": legacy}
        for standard in self.lacks:
            if standard in self.table.values():
                yield "M0045", ("lacks", standard), {"code": standard}
        yield from super().mistakes()

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Every entry of the table."""
        for value, code in self.table.items():
            taken = legacy[0].fill_null("") == value
            yield Branch(("table", value), taken, value, ((0, code),), self.labels.get(value, ""))

    def left_out(self) -> LeftOut:
        """Return what ``lacks`` names."""
        return ({code: ("lacks", code) for code in self.lacks},)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return the worked example's codes, and one many-to-one table."""
        sex = cls(table={"男": "1", "女": "2", "不明": "0"})
        state = cls(table={"住登者": "1", "住登": "1", "転出者": "2"}, canonical={"1": "住登者"})
        blank = cls(table={"男": "1", "女": "2", "": "0"})
        some = cls(table={"10": "01"}, refuses={"12": "意味が一つに定まらない", "": "必須である"})
        named = cls(table={"B51": "21", "B21": "23"}, labels={"B51": "転出", "B21": "死亡"}, labelled=True)
        return (
            Example(sex, ("女",), ("2",), LINK),
            Example(sex, ("",), (None,), "assumed: an empty code is absent unless the table names it", (None,)),
            Example(state, ("住登者",), ("1",), LINK),
            Example(state, ("住登",), ("1",), "assumed: two spellings of one code", ("住登者",)),
            Example(blank, ("",), ("0",), "assumed: an empty 性別 means 不明"),
            Example(some, ("10",), ("01",), f"{TRAPS}: one package's numbers collide with the standard's"),
            Example(named, ("B51", "転出"), ("21",), BESIDE),
            Example(named, ("", ""), (None,), "design: all empty is absent", (None, None)),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return codes that no table has."""
        sex, some = (
            cls(table={"男": "1", "女": "2"}),
            cls(table={"10": "01"}, refuses={"12": "意味が一つに定まらない", "": "必須である"}),
        )
        named = cls(table={"B51": "21", "B21": "23"}, labels={"B51": "転出", "B21": "死亡"}, labelled=True)
        return (
            Refusal(named, ("B51", "死亡"), OTHERWISE, BESIDE),
            Refusal(named, ("B51", ""), OTHERWISE, BESIDE),
            Refusal(named, ("", "転出"), OTHERWISE, BESIDE),
            Refusal(named, ("B11", "転出"), UNKNOWN, f"{TRAPS}: never copied without a table"),
            Refusal(some, ("12",), KNOWN, "assumed: the municipality decides such records by hand"),
            Refusal(some, ("",), KNOWN, "assumed: an empty reason is an error of the package"),
            Refusal(some, ("13",), "T0002", f"{TRAPS}: never copied without a table"),
            Refusal(sex, ("男性",), "T0002", "assumed: a longer wording is another code"),
            Refusal(sex, ("1",), "T0002", "docs/domain.md: same-looking codes are never copied without a table"),
        )


def _at(row: tuple[str | None, ...], position: int) -> str | None:
    """Return a value of a row that may be too short, which is reported separately."""
    return row[position] if position < len(row) else None


class RecodeSeveral(_Table):
    """One legacy code that says several standard columns at once, by a table: 18 → 日本人住民, 転出者.

    A value that the table does not name is refused. Where several legacy values mean the same, the ``canonical`` one is
    written back; another one is an equivalent spelling, kept in the residue.
    """

    op: Literal["recode_several"] = "recode_several"
    table: Mapping[str, Meanings] = Field(
        min_length=1,
        description="Every legacy value with its standard values, in the order of the field's standard columns; `null` "
        'is absent, and the empty legacy value is written `""`. Or the name of a CSV file: kubun.csv.',
    )
    canonical_spelling: TupleOf[str] = Field(
        default=(),
        alias="canonical",
        description="The legacy values that are written back, one for each meaning that several legacy values have.",
        examples=[["B11", "B21"]],
    )

    @cached_property
    def spelling(self) -> dict[Meaning, str]:
        """Standard values → the legacy value that is written for them."""
        chosen = {self.table[code]: code for code in self.canonical_spelling if code in self.table}
        return {row: code for code, row in self.table.items()} | chosen

    @property
    def gives(self) -> int:
        """As many columns as the first entry has values."""
        return len(next(iter(self.table.values())))

    def forward(self, *legacy: pl.Expr) -> Values:
        """18 → 1, 2."""
        tables = ({legacy: _at(row, i) for legacy, row in self.table.items()} for i in range(self.gives))
        return tuple(look_up(self.code(*legacy), table) for table in tables)

    def back(self, *standard: pl.Expr) -> Values:
        """1, 2 → 18."""
        key = pl.concat_str([value.fill_null("") for value in standard], separator=_BETWEEN)
        codes = {_BETWEEN.join(text or "" for text in row): code for row, code in self.spelling.items()}
        return self.spelled(look_up(key, codes))

    def canonical(self, *legacy: pl.Expr) -> Values:
        """Return the named spelling of the same meaning."""
        if not self.canonical_spelling:
            return legacy
        return self.spelled(look_up(legacy[0], {value: self.spelling[row] for value, row in self.table.items()}))

    @property
    def codomain(self) -> Record:
        """The rows of the table."""
        rows = tuple(self.table.values())
        given = ([text for row in rows if (text := _at(row, i)) is not None] for i in range(self.gives))
        columns = tuple((i, Choice(tuple(dict.fromkeys(texts)))) for i, texts in enumerate(given))
        required = tuple(i for i in range(self.gives) if all(_at(row, i) is not None for row in rows))
        listed = tuple(tuple(_at(row, i) for i in range(self.gives)) for row in rows)
        return Record(columns, required, (Rows(tuple(range(self.gives)), listed),))

    def branches(self, *legacy: pl.Expr) -> Iterator[Branch]:
        """Every entry of the table."""
        for value, row in self.table.items():
            says = tuple((at, text) for at, text in enumerate(row[: self.gives]) if text is not None)
            taken = legacy[0].fill_null("") == value
            yield Branch(("table", value), taken, value, says, self.labels.get(value, ""))

    def left_out(self) -> LeftOut:
        """Return what ``lacks`` names, for each column that has it in no row."""
        return tuple({code: ("lacks", code) for code in self.lacks} for _ in range(self.gives))

    def mistakes(self) -> Iterator[Mistake]:
        """Yield entries of another number of values, of none at all, and of the same meaning."""
        for value, row in self.table.items():
            if len(row) != self.gives or not any(row):
                given = len(row) if any(row) else 0
                yield "M0061", ("table", value), {"value": value, "wanted": self.gives, "given": given}
        for row, count in Counter(self.table.values()).items():
            twins = [legacy for legacy, other in self.table.items() if other == row]
            if count > 1 and len({*twins}.intersection(self.canonical_spelling)) != 1:
                shown: dict[str, object] = {
                    "code": [text or "–" for text in row],
                    "twins": [legacy or NOTHING for legacy in twins],
                }
                yield "M0012", ("table",), shown
        for at, legacy in enumerate(self.canonical_spelling):
            if legacy not in self.table:
                yield "M0185", ("canonical", at), {"value": legacy}
        for code in self.lacks:
            if all(any(code == _at(row, at) for row in self.table.values()) for at in range(self.gives)):
                yield "M0045", ("lacks", code), {"code": code}
        yield from super().mistakes()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return kinds of residents that carry their state."""
        kind = cls(table={"10": ("1", "1"), "18": ("1", "2"), "20": ("2", "1"), "99": ("2", None)})
        packed = cls(table={"": (None, "1"), "B11": ("23", "3"), "B12": ("23", "3")}, canonical=("B11",))
        return (
            Example(kind, ("18",), ("1", "2"), f"{TRAPS}: 18/28 転出者"),
            Example(kind, ("20",), ("2", "1"), f"{TRAPS}: 10/20 日本人/外国人 住民"),
            Example(kind, ("99",), ("2", None), "assumed: a code may say one column alone"),
            Example(packed, ("B12",), ("23", "3"), "assumed: a code says the extent too", ("B11",)),
        )

    @classmethod
    def refusals(cls) -> tuple[Refusal, ...]:
        """Return a code that the table does not have."""
        kind = cls(table={"10": ("1", "1")}, refuses={"90": "試験用のレコード"})
        return (
            Refusal(kind, ("19",), "T0002", f"{TRAPS}: never copied without a table"),
            Refusal(kind, ("90",), KNOWN, "assumed: records of a test are nobody's"),
        )
