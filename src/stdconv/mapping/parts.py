"""What a mapping says besides its fields: what it leaves out, how grave rules are, what shows it to be true."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from stdconv.definitions.model import OrGroups, Strict
from stdconv.mapping.columns import Line
from stdconv.mapping.layout import ColumnGroup, Names, Reason

Reasons: TypeAlias = Annotated[MappingOf[Line, Reason], OrGroups(ColumnGroup)]
"""Columns with their reasons: one by one, or in groups, which are written out by name when a mapping is loaded."""


class Unmapped(Strict):
    """Columns that the mapping leaves out, each with its reason, or in groups that share one."""

    legacy: Reasons = Field(
        default_factory=dict,
        description="Legacy columns that no field takes, each with its reason, or in groups. Their values are kept in "
        "the residue.",
        examples=[
            {"備考": "自由記述のため連携の対象外"},
            [{"from": "国保記号番号", "to": "国保喪失日", "because": "国保の資格は別のファイルで連携する"}],
        ],
    )
    standard: Reasons = Field(
        default_factory=dict,
        description="Standard columns that no field gives, each with its reason, or in groups. A required one is a "
        "field: `missing`.",
        examples=[
            {"氏名_旧氏": "C社は旧氏を持たない"},
            [{"columns": ["氏名_旧氏", "氏名_通称"], "because": "C社は旧氏と通称を持たない"}],
        ],
    )


class MappingExample(Strict):
    """A whole record on both sides, or a legacy one that is refused. Columns that it does not name are empty.

    What the form ``number`` counts is 1: an example is a file of one record.
    """

    source: Reason = Field(
        description="Who says so: the document and where in it; or `assumed:` and why.",
        examples=["C社ファイル仕様書 第3版 記入例1", "assumed: 市の抽出ファイルの先頭行"],
    )
    legacy: MappingOf[Line, str] = Field(
        description="The record by legacy columns, each value in quotes as the file has it.",
        examples=[{"住民番号": "1234567890", "異動日": "20240301"}, {"氏名": "行政　花子"}],
    )
    standard: MappingOf[Line, str] | None = Field(
        default=None,
        description="What the record must become, by standard columns. Either this or `refused`.",
        examples=[{"宛名番号": "1234567890", "異動年月日": "2024-03-01"}, {"氏名": "行政　花子"}],
    )
    refused: Line | None = Field(
        default=None,
        description="The code under which the record must be refused, instead of `standard`.",
        examples=["T0005"],
    )
    warned: Names | None = Field(
        default=None,
        description="The code under which the record, which is converted, is told as a warning; or several.",
        examples=["S0025", ["S0013", "S0025"]],
    )
    lookups: MappingOf[Line, MappingOf[Line, str]] = Field(
        default_factory=dict,
        description="What the lookups say about the record, by lookup and column. One that is not named is not given.",
        examples=[{"households": {"世帯番号": "9876543"}}, {"names": {"氏": "行政", "名": "花子"}}],
    )
    line: Line | None = Field(
        default=None,
        description="The same record as the vendor's file writes it, without its line end. It shows their order. Where "
        "columns are numbers (`as`), it has the bytes in hexadecimal, with blanks between them or without.",
        examples=["1234567890,20240301"],
    )


class RuleSeverity(Strict):
    """What breaking a rule of the schema is for this vendor's data, and why: a note, a warning, or a refusal."""

    code: Line = Field(
        description="The S code that findings of the rule have; `stdconv show schema` lists the rules.",
        examples=["S0013", "S0025"],
    )
    columns: Names = Field(
        description="The standard columns that the rule is about; several where it relates them to each other, or "
        "where each of them has such a rule.",
        examples=["住民票コード", ["世帯番号", "住民票コード"]],
    )
    becomes: Literal["note", "warn", "refuse"] = Field(
        description="What becomes of a record that breaks it: it gets a note, gets a warning, or is refused."
    )
    because: Reason = Field(
        description="Why that is right for this vendor's data, for whoever signs it.",
        examples=["旧システムの番号には検査数字がない（仕様書 2.1）"],
    )
