"""The mapping file as data: what it may hold, one frozen class per part; published as JSON Schema for editors."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, StringConstraints, Tag

from stdconv.definitions.model import Strict, TupleOf
from stdconv.definitions.nearest import nearest
from stdconv.lenses import AnyLens
from stdconv.mapping.columns import Line
from stdconv.mapping.declared import Absence, AssumeField, Chains, MissingField, NumberField, form_of
from stdconv.mapping.edition import LegacySide, SchemaName
from stdconv.mapping.layout import About, Many, Names, Reason
from stdconv.mapping.lookup import Lookup
from stdconv.mapping.parts import MappingExample, RuleSeverity, Unmapped

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$")]


def _number(value: Any) -> Any:
    return "" if isinstance(value, bool) else value


Steps: TypeAlias = TupleOf[AnyLens]


class StepsField(Strict):
    """Legacy columns to standard columns by a chain of lenses; an empty chain passes values as they are."""

    model_config = form_of("steps", standard="異動年月日", legacy="異動日", steps=[{"op": "compact_date"}])

    standard: Names = Field(
        description="The standard column that the field gives, or several, as the last step gives them.",
        examples=["性別", ["生年月日_元号", "生年月日"]],
    )
    legacy: Names = Field(
        description="The legacy column that holds the value, or several, as the first step takes them.",
        examples=["性別", ["届出日", "届出日旧"]],
    )
    steps: Steps = Field(
        default=(),
        description="The lenses that make the standard's value out of the file's, one after the other; without any it "
        "passes as it is.",
        examples=[[{"op": "compact_date", "none": "00000000"}], [{"op": "name_separator"}]],
    )
    because: Reason | None = Field(
        default=None,
        description="Why the field is right though its legacy column is called like another standard column.",
        examples=["B社の住民種別は標準の住民状態に当たる"],
    )

    @property
    def chains(self) -> Chains:
        """The one chain."""
        return {("steps",): self.steps}


class When(Strict):
    """Which standard column of another field chooses, and the steps for each of its values."""

    column: Line = Field(
        description="The standard column, given by another field, whose value chooses the steps.", examples=["住民種別"]
    )
    cases: MappingOf[Line, Steps] = Field(
        min_length=1,
        description="The steps for each value of that column, as the standard writes it; [] passes values as they are.",
        examples=[{"1": [{"op": "compact_date"}], "2": []}, {"1": [], "2": [{"op": "trim"}]}],
    )


class WhenField(Strict):
    """Legacy columns to standard columns by one chain of lenses or another, as a standard column says."""

    model_config = form_of(
        "when",
        standard="異動年月日",
        legacy="異動日",
        when={"column": "住民種別", "cases": {"1": [{"op": "compact_date"}], "2": []}},
    )

    standard: Names = Field(
        description="The standard column that the field gives, or several, as the last step of every case gives them.",
        examples=["異動年月日", ["生年月日_元号", "生年月日"]],
    )
    legacy: Names = Field(
        description="The legacy column that holds the value, or several, as the first step of every case takes them.",
        examples=["異動日"],
    )
    when: When = Field(
        description="Which steps apply: chosen by a standard column of another field, for both directions.",
        examples=[
            {"column": "住民種別", "cases": {"1": [{"op": "compact_date"}], "2": []}},
            {"column": "住民種別", "cases": {"1": [], "2": [{"op": "trim"}]}},
        ],
    )
    because: Reason | None = Field(
        default=None,
        description="Why the cases are written differently, or why a legacy column called like another one is right.",
        examples=["外国人住民の生年月日は西暦で出力される（仕様書 2.4）"],
    )

    @property
    def chains(self) -> Chains:
        """The chain of every case."""
        return {("when", "cases", case): steps for case, steps in self.when.cases.items()}


class LookupField(Strict):
    """Columns of a lookup, after legacy columns if any, to standard columns by a chain of lenses."""

    model_config = form_of("lookup", standard="世帯番号", lookup="households", column="世帯番号")

    standard: Names = Field(
        description="The standard column that the looked-up value becomes, or several.", examples=["世帯番号"]
    )
    lookup: Line = Field(description="The lookup, by its name under `lookups`.", examples=["households"])
    column: Line | None = Field(
        default=None, description="The column of the lookup that holds the value.", examples=["世帯番号"]
    )
    columns: Many | None = Field(
        default=None,
        description="Several columns of the lookup, in the order in which the first step takes them.",
        examples=[["氏", "名"]],
    )
    legacy: Names | None = Field(
        default=None,
        description="Legacy columns that the first step takes before those of the lookup: a name before its parts.",
        examples=["氏名"],
    )
    missing: Absence | None = Field(
        default=None,
        description="What it means if the lookup is not given, or has no row for a record. Unless this says so, the "
        "run needs the lookup, and a record without a row is refused.",
        examples=[{"severity": "warn", "because": "A社の連携項目に世帯番号がない"}],
    )
    steps: Steps = Field(
        default=(),
        description="The lenses that take the legacy columns, if any, and the looked-up ones.",
        examples=[[{"op": "name_parts"}]],
    )
    because: Reason | None = Field(
        default=None,
        description="Why the looked-up value is the right one, where that is not plain from its name.",
        examples=["氏と名の分かれ目は連携ファイルにだけある"],
    )

    @property
    def looked_up(self) -> tuple[str, ...]:
        """The lookup's columns, however they were written."""
        return (*((self.column,) if self.column else ()), *(self.columns or ()))

    @property
    def chains(self) -> Chains:
        """The one chain."""
        return {("steps",): self.steps}


class Routing(Strict):
    """Which column has the code, and for each code the standard columns of the values."""

    by: Line = Field(
        description="The legacy column with the code that says where the values belong.", examples=["転出先区分"]
    )
    sets: MappingOf[Line, Annotated[MappingOf[Line, Line], Field(min_length=1)]] = Field(
        min_length=1,
        description="For each code the standard columns: by legacy column with a value, the standard column that it "
        "becomes. A value that a code has no column for is refused.",
        examples=[
            {"1": {"転出先": "転出先住所（予定）_町字"}, "2": {"転出先": "転出先住所（確定）_町字"}},
            {"予定": {"転出先郵便番号": "転出先住所（予定）_郵便番号"}},
        ],
    )
    steps: MappingOf[Line, Steps] = Field(
        default_factory=dict,
        description="The lenses of a legacy column, the one with the code included: without any its values pass as "
        "they are.",
        examples=[
            {"転出先コード": [{"op": "unfill", "width": 6, "none": "000000"}]},
            {"転出先区分": [{"op": "recode", "table": {"予": "1", "確": "2"}}]},
        ],
    )


class RouteField(Strict):
    """Legacy columns to one set of standard columns or another, as a code beside them says.

    A record without any value has none of the sets, whatever its code, which is kept in the residue; a code
    under `refuses` is refused all the same.
    """

    model_config = form_of(
        "route",
        route={
            "by": "転出先区分",
            "sets": {"1": {"転出先": "転出先住所（予定）_町字"}, "2": {"転出先": "転出先住所（確定）_町字"}},
        },
    )

    route: Routing = Field(
        description="What chooses the set of standard columns, and what goes where.",
        examples=[
            {
                "by": "転出先区分",
                "sets": {"1": {"転出先": "転出先住所（予定）_町字"}, "2": {"転出先": "転出先住所（確定）_町字"}},
            },
            {"by": "転出先区分", "sets": {"予定": {"転出先郵便番号": "転出先住所（予定）_郵便番号"}}},
        ],
    )
    because: Reason | None = Field(
        default=None,
        description="Why the values belong there, where that is not plain from the names.",
        examples=["転出先区分 1 は予定、2 は確定（仕様書 3.2）"],
    )

    @property
    def legacy(self) -> tuple[str, ...]:
        """The column with the code, then those with values, in the order in which the sets name them."""
        return tuple(dict.fromkeys([self.route.by, *(name for each in self.route.sets.values() for name in each)]))

    @property
    def standard(self) -> tuple[str, ...]:
        """The columns of all sets, one set after the other."""
        return tuple(column for each in self.route.sets.values() for column in each.values())

    @property
    def sets(self) -> dict[str, tuple[int, ...]]:
        """For each code, which of ``legacy`` have a column, by their number."""
        names = self.legacy
        return {code: tuple(map(names.index, each)) for code, each in self.route.sets.items()}

    @property
    def chains(self) -> Chains:
        """The chain of every legacy column."""
        return {("route", "steps", name): self.route.steps.get(name, ()) for name in self.legacy}


def _form(value: Any) -> str:
    """Distinguish the forms by the key that only one of them has, even a misspelt one."""
    keys = value if isinstance(value, dict) else vars(value) if isinstance(value, BaseModel) else {}
    forms = ("lookup", "assume", "missing", "when", "number", "route")
    meant = {each for key in keys if key not in StepsField.model_fields for each in nearest(str(key), forms)}
    return next((form for form in forms if form in meant), "steps")


Form: TypeAlias = Annotated[
    Annotated[StepsField, Tag("steps")]
    | Annotated[LookupField, Tag("lookup")]
    | Annotated[AssumeField, Tag("assume")]
    | Annotated[MissingField, Tag("missing")]
    | Annotated[WhenField, Tag("when")]
    | Annotated[NumberField, Tag("number")]
    | Annotated[RouteField, Tag("route")],
    Discriminator(_form),
]


Fields: TypeAlias = TupleOf[Form]
Examples: TypeAlias = TupleOf[MappingExample]


class Mapping(Strict):
    """One vendor's legacy layout and one standard record, as data."""

    grammar: Annotated[Literal[1], BeforeValidator(_number, json_schema_input_type=Literal[1])] = Field(
        description="The edition of the mapping language.", examples=[1]
    )
    id: Id = Field(
        description="The name of the mapping, in lower case: the vendor, then the record.",
        examples=["vendor-c/resident-link"],
    )
    about: About = Field(
        description="Vendor, title and source of the layout.",
        examples=[{"vendor": "C社", "title": "住民記録 連携項目", "source": "C社ファイル仕様書 第3版"}],
    )
    standard: SchemaName = Field(
        description="The standard record that the file is mapped to: a shipped schema by record and edition, or a "
        "schema file next to the mapping.",
        examples=["resident-link/1.0", "own.schema.json"],
    )
    legacy: LegacySide = Field(
        description="What the vendor's file looks like; or which standard record it has, where the file is one itself.",
        examples=[{"encoding": "cp932", "columns": ["住民番号", "氏名"]}, {"schema": "resident-basic/0.1"}],
    )
    lookups: MappingOf[Line, Lookup] = Field(
        default_factory=dict,
        description="Further files of the vendor's, with values that the main one does not have. Each has a name that "
        "you choose, of letters, digits, `-` and `_`.",
        examples=[{"households": {"key": ["住民番号"], "columns": ["世帯番号"]}}],
    )
    fields: Fields = Field(
        min_length=1,
        description="Where each standard column comes from. A legacy column is in one field, or under `unmapped`.",
        examples=[[{"standard": "宛名番号", "legacy": "住民番号"}]],
    )
    unmapped: Unmapped = Field(
        default_factory=Unmapped,
        description="What the mapping leaves out, on either side, with the reasons.",
        examples=[{"legacy": {"備考": "自由記述のため連携の対象外"}}],
    )
    defaults: MappingOf[Line, Line] = Field(
        default_factory=dict,
        description="What is written into unmapped legacy columns where a record is restored without its residue.",
        examples=[{"予備": "0"}, {"区分": "00"}],
    )
    severity: TupleOf[RuleSeverity] = Field(
        default=(),
        description="What breaking a single rule of the schema is for this vendor's data, unless it is what its code "
        "says.",
        examples=[
            [
                {
                    "code": "S0024",
                    "columns": "住所_市区町村コード",
                    "becomes": "warn",
                    "because": "旧システムの番号には検査数字がない（仕様書 2.1）",
                }
            ]
        ],
    )
    examples: Examples = Field(
        min_length=1,
        description="Records that show the mapping to be true, each with its source; together they go through every "
        "entry of every table.",
        examples=[
            [{"source": "assumed: 記入例", "legacy": {"住民番号": "1"}, "standard": {"宛名番号": "1"}}],
            [{"source": "assumed: 昭和64年は7日まで", "legacy": {"生年月日": "S640108"}, "refused": "T0005"}],
        ],
    )
