"""A second file of a layout, as data: its key, its columns, and its dialect where that is not the main file's."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field

from stdconv.definitions.model import Strict
from stdconv.layouts.dialect import Dialect, Escape, Quote
from stdconv.layouts.encodings import Encoding
from stdconv.mapping.columns import Columns, headings_of, names_of, other_headings_of, rooms_of
from stdconv.mapping.kinds import TITLES, Titles
from stdconv.mapping.layout import Delimiter, HeaderKind, Legacy


class Lookup(Strict):
    """A second legacy file, joined by ``key``; encoding and dialect default to the legacy side's."""

    keyed: Columns = Field(
        alias="key",
        description="The legacy columns that find a row, which are the first columns of the lookup file under the same "
        "names, or under the `heading` given: the person's number, and the history number where a row is about one "
        "record of a person's history.",
        examples=[["住民番号"], ["住民番号", "履歴番号"]],
    )
    declared: Columns = Field(
        alias="columns",
        description="The columns of the lookup file behind those of the key, in its order; with a `heading` as in the "
        "layout.",
        examples=[["世帯番号"]],
    )
    encoding: Encoding | None = Field(
        default=None, description="What the bytes of the lookup file mean, where not what the main file's do."
    )
    newline: Literal["crlf", "lf", "cr"] | None = Field(
        default=None, description="What ends a row of the lookup file, where not what ends a record of the main file."
    )
    quote: Quote | None = Field(
        default=None, description="Which values of the lookup file are in quotes, where not as in the main file."
    )
    delimiter: Delimiter | None = Field(
        default=None,
        description="What separates two values of the lookup file, where not what the main file has.",
    )
    escape: Escape | None = Field(
        default=None,
        description="What keeps a quote inside quotes from ending the value in the lookup file, where not what does in "
        "the main file.",
    )
    header: HeaderKind = Field(
        default=True,
        description="Whether the lookup file has a header, and whether its columns may be in any order (`by_name`), "
        "whatever the main file has.",
        examples=[False, "by_name"],
    )
    before: int = Field(
        default=0,
        ge=0,
        le=TITLES,
        description="How many title lines the lookup file has in front of everything else, whatever the main file has.",
        examples=[1],
    )
    write: Titles | None = Field(
        default=None,
        description="What is in front of the rows where the lookup file is written.",
        examples=[{"before": ["突合ファイル"]}],
    )

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The names of the legacy columns that find a row."""
        return names_of(self.keyed)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns behind those of the key."""
        return names_of(self.declared)

    def dialect(self, legacy: Legacy) -> Dialect:
        """Return the dialect of the lookup file: its key columns first."""
        return Dialect(
            (*self.key, *self.columns),
            self.encoding or legacy.encoding,
            self.newline or ("crlf" if legacy.newline == "none" else legacy.newline),
            self.quote or legacy.quote,
            self.delimiter or legacy.delimiter,
            self.header,
            spelled=headings_of((*self.keyed, *self.declared)),
            rooms=rooms_of((*self.keyed, *self.declared)),
            before=self.before,
            titles=self.write.before if self.write else (),
            escape=self.escape or legacy.escape,
            others=other_headings_of((*self.keyed, *self.declared)),
        )
