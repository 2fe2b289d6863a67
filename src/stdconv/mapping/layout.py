"""The layout that a mapping is for, as data: whose it is, the file's dialect and columns, its lookups."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from stdconv.definitions.model import Group, Strict, TupleOf
from stdconv.layouts.dialect import BETWEEN, Counted, Dialect, Escape, Headed, Newline, Position, Quote
from stdconv.layouts.encodings import Encoding
from stdconv.layouts.kinds import Count, Kinds
from stdconv.mapping.columns import Columns, Line, headings_of, names_of, other_headings_of, rooms_of
from stdconv.mapping.kinds import TITLES, Records, Total, Write

Reason = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, pattern=r"\S")]


def _no_number(value: Any) -> Any:
    return str(value) if type(value) is int else value  # to Python, 1 is true


HeaderKind = Annotated[
    Headed,
    BeforeValidator(_no_number),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string", "const": "by_name"}]}),
]
"""Whether there is a header, and whether it tells the order of the columns."""
Delimiter = Annotated[
    str,
    StringConstraints(pattern=r"^[\x01-\x09\x0B\x0C\x0E-\x19\x1B-\x21\x23-\x2F\x3A-\x40\x5B-\x60\x7B-\x7F]$"),
    Field(examples=["\t", ";", "|"]),
]
"""One of the ``DELIMITERS``."""


Sign = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x20\x7F-\xA00-9A-Za-z\u3000\uFEFF]$")]
"""A character that is neither a blank nor a control, nor an ASCII letter or digit."""


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Lines = Annotated[list[Line], Field(min_length=1)]
Names = Annotated[TupleOf[Line], BeforeValidator(_several, json_schema_input_type=Line | Lines), Field(min_length=1)]
"""One column's name, or a list of them."""
Many = Annotated[TupleOf[Line], Field(min_length=1)]
"""A list of columns' names."""


class ColumnGroup(Group):
    """Columns that are left out for one reason: named one by one, or all from one to another, in their order."""

    columns: Many | None = Field(
        default=None, description="The columns, one by one.", examples=[["備考", "予備1", "予備2"]]
    )
    first: Line | None = Field(
        default=None,
        alias="from",
        description="Instead of `columns`: the first of them, in the order of the layout or of the schema.",
        examples=["国保記号番号"],
    )
    last: Line | None = Field(default=None, alias="to", description="The last of them.", examples=["国保喪失日"])
    because: Reason = Field(
        description="Why all of them are left out.", examples=["国保の資格は別のファイルで連携する"]
    )

    @property
    def said(self) -> tuple[str, ...]:
        """The columns that are named one by one."""
        return self.columns or ()

    @property
    def reason(self) -> str:
        """Why all of them are left out."""
        return self.because


class LostSigns(Strict):
    """What the vendor's system writes where it could not write a character."""

    signs: Annotated[TupleOf[Sign], Field(min_length=1)] = Field(
        description="The signs, each one character.", examples=[["▲", "■", "〓"]]
    )
    severity: Literal["warn", "refuse"] = Field(
        default="refuse",
        description="What becomes of a record with a sign in a column that a field takes: it is refused, or converted "
        "with a warning. In columns that no field takes a sign is a warning in any case.",
        examples=["warn"],
    )
    besides: Annotated[TupleOf[Line], BeforeValidator(_several, json_schema_input_type=Line | Lines)] = Field(
        default=(),
        alias="except",
        description="Columns in which the signs are meant as they stand; those of a lookup as `lookup.column`.",
        examples=[["備考"], "備考"],
    )


class About(Strict):
    """Who the mapping is for and where its facts come from."""

    vendor: Line = Field(description="Whose layout it is, as people call them.", examples=["A社"])
    title: Line = Field(description="What the file is called there.", examples=["住民記録 連携項目"])
    source: Line = Field(
        description="The document that describes the layout, with its edition; or `assumed:` and why.",
        examples=["C社ファイル仕様書 第3版"],
    )
    reviewed: Line | None = Field(
        default=None,
        description="The day on which somebody last held the mapping against its source, in quotes.",
        examples=["2026-11-23"],
    )


class Legacy(Strict):
    """The legacy file's dialect and its columns, in order."""

    format: Literal["csv", "fixed"] = Field(
        default="csv", description="The kind of file: delimited text, or records whose columns have a fixed place."
    )
    encoding: Encoding = Field(
        description="What the bytes mean, declared and never guessed: cp932 is Shift_JIS as Windows writes it, "
        "utf-8-sig is UTF-8 with a byte order mark. UTF-16 is utf-16le or utf-16be; a mark of its own may stand at the "
        "front of the file, and comes back, but none is written anew."
    )
    newline: Newline = Field(
        default="crlf",
        description="What ends a record: CR and LF as Windows writes them, LF alone, CR alone, or under "
        "`format: fixed` none: only its length.",
    )
    quote: Quote = Field(
        default="minimal",
        description="Which values the vendor puts in quotes: only those that need them, or all. Both are read. Under "
        "`none`, quotes are characters as any other: no value can have a delimiter or a line break.",
    )
    delimiter: Delimiter = Field(
        default=",",
        description='What separates two values: a comma, a tab ("\\t"), a semicolon, or any other ASCII sign that is '
        "no letter, digit or quote. What only looks like it is told apart: in cp932 the second byte of some characters "
        "is that of | or \\ (ポ, 表).",
        examples=["\t", ";", "|"],
    )
    escape: Escape = Field(
        default="double",
        description="What keeps a quote inside quotes from ending the value: another quote (`double`), or a backslash "
        "before it (`backslash`), as MySQL writes it; that stands before itself then, and may before a line break.",
        examples=["backslash"],
    )
    header: HeaderKind = Field(
        default=True,
        description="Whether the first line names the columns. Without it, the `line` of an example shows their order. "
        "Under `by_name` the declared columns may be in any order, which comes back when the file is restored.",
        examples=[False, "by_name"],
    )
    before: int = Field(
        default=0,
        ge=0,
        le=TITLES,
        description="How many title lines are in front of the header, or of the first record where there is none. "
        "They may say anything, nothing too, are kept as they are, and come back; `write` says what is written.",
        examples=[1],
    )
    positions: Counted = Field(
        default="bytes",
        description="Under `format: fixed`: what every `at` and `length` counts: bytes of the file, units of UTF-16 "
        "(as Java and C# count), or characters, a combining mark or a variation selector being one of its own.",
        examples=["characters"],
    )
    length: int | None = Field(
        default=None,
        ge=1,
        description="Under `format: fixed`: how many bytes a record has, without what ends it.",
        examples=[160],
    )
    records: Records | None = Field(
        default=None,
        description="Under `format: fixed`: the codes that tell records of data from headers and trailers. A record "
        "with another code is refused. Where data has one code, it need not be a column.",
        examples=[{"at": 1, "length": 1, "data": ["D"], "header": ["H"], "trailer": ["T"]}],
    )
    totals: TupleOf[Total] = Field(
        default=(),
        description="Under `format: fixed`: where trailers say how many records there are, which is checked.",
        examples=[[{"in": "trailer", "at": 2, "length": 8, "counts": "data"}]],
    )
    write: Write | None = Field(
        default=None,
        description="What `sample` and `restore -m` write around the records: title lines, and under `format: fixed` "
        "header and trailer records.",
        examples=[{"header": ["H20261123"], "trailer": ["T{data:08}"]}, {"before": ["住民記録 抽出データ"]}],
    )
    control: Literal["hed"] | None = Field(
        default=None,
        description="`hed`: beside each file `NAME.csv` there is `NAME.hed` (or `NAME.csv.hed`), which says its name, "
        "its size in bytes and the number of its lines without the header. It is checked, and written by `sample` and "
        "`restore -m`.",
        examples=["hed"],
    )
    lost: LostSigns | None = Field(
        default=None,
        description="The signs that the vendor's system writes for a character that it could not, such as 外字: with "
        "one, a value is not what the register says.",
        examples=[{"signs": ["▲", "■", "〓"], "severity": "refuse"}],
    )
    declared: Columns = Field(
        alias="columns",
        description="The names of all columns, in the order of the file and as its header spells them. Where a heading "
        "is there twice, is empty or cannot be a name, the column has a `name` of your own and the `heading`. Under "
        "`format: fixed` each has its place: `at` and `length`; between delimiters one may have a width: `length`.",
        examples=[
            ["住民番号", "履歴番号", "氏名"],
            ["住民番号", "予備", {"name": "予備2", "heading": "予備"}],
            [
                {"name": "宛名コード", "at": 1, "length": 10},
                {"name": "漢字氏名", "at": 11, "length": 40, "pad": "\u3000"},
            ],
        ],
    )

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns, in the order of the file."""
        return names_of(self.declared)

    def in_order(self, headings: Sequence[str]) -> Legacy:
        """Return the same with the columns in the order of a header that has all their ``headings``, each once."""
        by_heading = {heading: column for column in self.declared for heading in column.headings}
        columns = tuple(by_heading[heading].model_copy(update={"heading": heading}) for heading in headings)
        said = {name: getattr(self, name) for name in self.model_fields_set}
        return Legacy.model_construct(**said | {"declared": columns})

    @property
    def has_numbers(self) -> bool:
        """Whether columns have bytes that are no characters."""
        return self.format == "fixed" and any(column.kind != "text" for column in self.declared)

    def dialect(self) -> Dialect:
        """Return the dialect of the main file."""
        if self.format == "fixed":
            places = tuple(each.position or Position(1, 1) for each in self.declared)
            return Dialect(
                self.columns,
                self.encoding,
                self.newline,
                delimiter=BETWEEN,
                header=False,
                length=self.length or max(places[-1].stop, self.own_code.stop if self.own_code else 0),
                positions=places,
                kinds=self._kinds,
                counted=self.positions,
                before=self.before,
                titles=self._written.before,
            )
        return Dialect(
            self.columns,
            self.encoding,
            self.newline,
            self.quote,
            self.delimiter,
            self.header,
            headings_of(self.declared),
            before=self.before,
            titles=self._written.before,
            rooms=rooms_of(self.declared),
            escape=self.escape,
            others=other_headings_of(self.declared),
        )

    @property
    def over_code(self) -> tuple[Position, ...]:
        """The places of columns that have bytes of the code which tells kinds of records apart."""
        if self.records is None:
            return ()
        start, stop = self.records.at - 1, self.records.at - 1 + self.records.length
        places = [each.position for each in self.declared]
        return tuple(place for place in places if place and place.at - 1 < stop and start < place.stop)

    @property
    def own_code(self) -> Position | None:
        """The place of the code that tells kinds of records apart, where no column has it."""
        if self.records is None or self.over_code:
            return None
        return Position(self.records.at, self.records.length)

    @property
    def _kinds(self) -> Kinds | None:
        if (records := self.records) is None:
            return None
        counts = tuple(Count(each.at, each.length) for each in self.totals)
        codes = (records.data, records.header, records.trailer)
        return Kinds(records.at, records.length, *codes, counts, self._written.header, self._written.trailer)

    @property
    def _written(self) -> Write:
        return self.write or Write()
