"""The page of a mapping: 対応表, for the decision sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from stdconv.cli.markdown import page, table
from stdconv.errors import severity_word
from stdconv.findings.phrases import words as phrases
from stdconv.layouts.numbers import Number
from stdconv.lenses.base import Lens, as_written
from stdconv.mapping.declared import Absence, AssumeField, MissingField, NumberField
from stdconv.mapping.edition import EditionLegacy
from stdconv.mapping.layout import Legacy
from stdconv.mapping.models import Form, LookupField, RouteField, StepsField, WhenField
from stdconv.mapping.plan import Plan


def mapping_page(plan: Plan) -> str:
    """Return a mapping as 対応表: where each standard column comes from."""
    mapping, types = plan.mapping, {column.name: column for column in plan.schema.columns}
    sides = phrases("side", "ja")
    rows = [
        ("・".join(names), "・".join(types[name].type for name in names), *origin)
        for form in mapping.fields
        for names, origin in _rows(form)
    ]
    left_out = [
        (sides[side], column, why)
        for side in ("legacy", "standard")
        for column, why in getattr(mapping.unmapped, side).items()
    ]
    head = [
        f"# {mapping.id}: {mapping.about.vendor} {mapping.about.title} → {mapping.standard}",
        "",
        " · ".join((mapping.about.source, *_written(mapping.legacy), mapping.about.reviewed or "–")),
        "",
        *table(("標準項目", "型", "旧項目", "変換", "備考"), rows),
    ]
    lines = [*head, *(["", *table(("側", "対応なし", "理由"), left_out)] if left_out else [])]
    rules = [
        (each.code, "・".join(each.columns), severity_word(each.becomes, "ja"), each.because)
        for each in mapping.severity
    ]
    lines += ["", *table(("規則", "項目", "重大度", "理由"), rules)] if rules else []
    places, size = list(_places(mapping.legacy)), COUNTED[mapping.legacy.positions]
    lines += ["", *table(("旧項目", "位置", size, "埋め字・数値の形式"), places)] if places else []
    kinds = list(_kinds(mapping.legacy))
    lines += ["", *table(("レコードの種別", "位置", size, "コード"), kinds)] if kinds else []
    if (lost := mapping.legacy.lost) is not None:
        row = "・".join(lost.signs), severity_word(lost.severity, "ja"), "・".join(lost.besides) or "–"
        lines += ["", *table(("書けない文字の記号", "フィールドが使う項目", "対象外の項目"), [row])]
    return page(*lines)


Single: TypeAlias = AssumeField | NumberField | MissingField | LookupField | StepsField | WhenField
"""The forms of which a page has one row."""

COUNTED = {"bytes": "バイト数", "units": "符号単位の数", "characters": "文字数"}
"""What the width of a column says, by what places count."""


def _written(legacy: Legacy) -> Iterator[str]:
    """Yield how the file is written down."""
    if isinstance(legacy, EditionLegacy):
        yield f"旧側は標準レコード {legacy.called}（形式 `{legacy.form}`）"
        return
    yield from (legacy.encoding, legacy.newline)
    if legacy.before:
        yield f"表題行 {legacy.before} 行"
    if legacy.escape == "backslash":
        yield "バックスラッシュでエスケープ"


def _kinds(legacy: Legacy) -> Iterator[tuple[str, ...]]:
    """Yield by which codes records are told apart, if they are."""
    if (records := legacy.records) is not None:
        every = {"データ": records.data, "ヘッダー": records.header, "トレーラ": records.trailer}
        for kind, codes in every.items():
            if codes:
                yield kind, str(records.at), str(records.length), "・".join(codes)


def _places(legacy: Legacy) -> Iterator[tuple[str, ...]]:
    """Yield where the columns are in a record, if they have places, and how wide they are."""
    for column in legacy.declared:
        if column.room is not None:
            side = {"left": "左", "right": "右"}[column.side]
            name = {" ": "半角空白", "\u3000": "全角空白", "\0": "NUL", None: ""}[column.pad]
            filling = f"{name}（{side}）" if name else "なし"
            written = filling if column.number is None else _number(column.number)
            yield column.name, str(column.at or "–"), str(column.length), written


def _number(number: Number) -> str:
    """Return what kind of number a column has."""
    kind = {"packed": "パック 10 進数", "zoned": "ゾーン 10 進数", "binary": "2 進数"}[number.kind]
    parts = [f"{number.digits} 桁", "符号あり" if number.is_signed else "符号なし"]
    parts += [f"ゾーン {number.zones}"] if number.kind == "zoned" and number.is_signed else []
    parts += ["下位バイトが先"] if number.order == "little" else []
    parts += [f"空は {number.empty.hex().upper()}"] if number.empty else []
    return f"{kind}（{'、'.join(parts)}）"


def _origin(
    form: AssumeField | NumberField | MissingField | LookupField | StepsField | WhenField,
) -> tuple[str, str, str]:
    match form:
        case AssumeField(assume=value, because=why, where=where):
            condition = f" ({'・'.join(where)} あり)" if where else ""
            return "–", f"= {value}{condition}", why
        case NumberField(number=number, because=why):
            return "・".join(number.by), "number (出現順)", why
        case MissingField(missing=missing):
            return "–", "–", _absence(missing)
        case LookupField():
            looked_up = [f"{form.lookup}:{column}" for column in form.looked_up]
            why = _absence(form.missing) if form.missing else ""
            return "・".join([*(form.legacy or ()), *looked_up]), _steps(form.steps), form.because or why
        case StepsField():
            return "・".join(form.legacy), _steps(form.steps), form.because or ""
        case WhenField(when=when):
            cases = "; ".join(f"{case}: {_steps(steps)}" for case, steps in when.cases.items())
            return "・".join(form.legacy), f"{when.column} = {cases}", form.because or ""


def _rows(form: Form) -> Iterator[tuple[tuple[str, ...], tuple[str, str, str]]]:
    """Yield the rows of a field: its standard columns, and where they come from; of a route, one for each column."""
    if not isinstance(form, RouteField):
        yield (form.standard,) if isinstance(form.standard, str) else form.standard, _origin(form)
        return
    route, why = form.route, form.because or ""
    if route.steps.get(route.by):
        yield (), (route.by, _steps(route.steps[route.by]), why)
    for code, columns in route.sets.items():
        for name, column in columns.items():
            yield (column,), (f"{name}（{route.by} = {code}）", _steps(route.steps.get(name, ())), why)


def _absence(missing: Absence) -> str:
    return f"{severity_word(missing.severity, 'ja')}: {missing.because}"


def _steps(steps: Sequence[Lens]) -> str:
    return " → ".join(_step(as_written(lens)) for lens in steps) or "="


def _step(step: Mapping[str, Any]) -> str:
    """Return a step with its options by name; a table alone needs no name."""
    given = {name: value for name, value in step.items() if name != "op"}
    if list(given) == ["table"]:
        return f"{step['op']} {_option(given['table'])}"
    options = ", ".join(f"{name}: {_option(value)}" for name, value in given.items())
    return f"{step['op']} ({options})" if options else step["op"]


def _option(value: Any) -> str:
    """Return an option as it would be read aloud: entries with an equals sign, several values with strokes."""
    match value:
        case {"op": _}:
            return _step(value)
        case dict():
            return " ".join(f"{key or '∅'}={_option(part)}" for key, part in value.items())
        case list():
            return "/".join(map(_option, value))
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value or "∅")
