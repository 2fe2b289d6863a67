"""What ``show`` prints: Markdown, for terminals, tickets and documents alike."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic.fields import FieldInfo

from stdconv.cli.manual import schema_told, told
from stdconv.definitions import catalog, yaml
from stdconv.errors import DefinitionError, in_brackets, severity_word
from stdconv.findings.details import described, in_words
from stdconv.findings.mistakes import MAPPING, mistakes
from stdconv.findings.phrases import words as phrases
from stdconv.findings.registry import codes
from stdconv.japan.visible import visible
from stdconv.layouts.numbers import Number
from stdconv.lenses import LENSES
from stdconv.lenses.base import Lens, as_written
from stdconv.mapping.layout import Legacy
from stdconv.mapping.models import (
    Absence,
    AssumeField,
    Form,
    LookupField,
    MissingField,
    NumberField,
    StepsField,
    WhenField,
)
from stdconv.mapping.plan import Plan, load_plan
from stdconv.standard.codelists import load_codes
from stdconv.standard.documents import Column
from stdconv.standard.keywords import to_schema
from stdconv.standard.schema import Schema, load_schema

LEGEND = {
    "en": "◎ key · ○ required · △ required of some residents",
    "ja": "◎ キー · ○ 必須 · △ 一部の住民に必須",
    None: "◎ キー key · ○ 必須 required · △ 一部の住民に必須 required of some residents",
}
"""What the signs of a schema's page mean."""

NAMED_FOR: tuple[dict[str | None, str], ...] = (
    {"en": "person", "ja": "個人を特定する項目", None: "個人を特定する項目 person"},
    {"en": "household", "ja": "世帯を特定する項目", None: "世帯を特定する項目 household"},
)
"""What columns are listed for besides the key."""

SHOWN = {"en": ("Wrong", "Fixed"), "ja": ("誤りの例", "直した例")}
"""The headings of a wrong mapping and of what it should have been."""

OFFICIAL = {"en": "official", "ja": "標準仕様のエラー区分"}
"""What precedes the error class of the official specification."""

DETAIL = {"en": "Detail", "ja": "詳細"}
"""What precedes what the detail of a finding holds."""

OPTIONS = {"en": ("option", "", "says"), "ja": ("オプション", "指定", "説明")}
"""The headings of the options of a lens."""

EXAMPLES = {"en": ("legacy", "standard", "source"), "ja": ("旧側", "標準側", "根拠")}
"""The headings of the examples of a lens."""

NEED = {"en": ("required", "optional", "{} (`{}`)"), "ja": ("必須", "省略可", "{}（既定値 `{}`）")}
"""Whether an option may be left out, and how that is said together with a default."""

STATUS = {"official": "公式", "observed": "実例", "assumed": "仮定"}
"""What stands behind a column of a schema, in Japanese."""


def listed(kind: str, lang: str) -> str:
    """Return the names that ``shown`` knows for ``kind``, one a line, with what each is; a published schema whole."""
    match kind:
        case "mapping":
            return "\n".join(f"{name}  {load_plan(name).mapping.about.title}" for name in catalog.names("mapping"))
        case "schema":
            return "\n".join(f"{name}  {load_schema(name).title}" for name in catalog.names("schema"))
        case "codes":
            return "\n".join(catalog.names("codes"))
        case "mapping-schema" | "report-schema":
            text = catalog.published(kind.removesuffix("-schema")).read_text(encoding="utf-8").rstrip()
            if lang == "en":
                return text
            return json.dumps(schema_told(json.loads(text), lang), ensure_ascii=False, indent=2)
        case "lens":
            return "\n".join(f"{name}  {told(lens.first_line(), lang)}" for name, lens in LENSES.items())
        case _:
            words = {id_: severity_word(code.severity, lang, filled=True) for id_, code in codes().items()}
            return "\n".join(f"{c.id}  {words[c.id]}  {c.name}  {c.messages[lang].summary}" for c in codes().values())


def shown(kind: str, name: str, lang: str) -> str:
    """Return the page of one thing. Raises ``DefinitionError`` where no such name exists."""
    match kind:
        case "mapping":
            return mapping_page(load_plan(name))
        case "schema":
            return schema_page(name, lang)
        case "codes":
            return _page(*_table({"en": ("code", "label"), "ja": ("コード", "名称")}[lang], load_codes(name).items()))
        case "lens":
            return lens_page(LENSES[_known(name, LENSES, "lens")], lang)
        case _:
            called = _known(name, {word for code in codes().values() for word in (code.id, code.name)}, "code")
            return "\n\n".join(code_page(c.id, lang) for c in codes().values() if called in (c.id, c.name))


def effective_mapping(name: str) -> str:
    """Return a mapping as YAML, its base and tables included; as its file has it, if all that can be seen."""
    text = load_plan(name).text.replace("\r\n", "\n")
    is_seen = all(c in "\n\t" or visible(c) == c for c in text)
    return text if is_seen else yaml.written(yaml.load(text, name).data)


def mapping_page(plan: Plan) -> str:
    """Return a mapping as 対応表: where each standard column comes from."""
    mapping, types = plan.mapping, {column.name: column for column in plan.schema.columns}
    sides = phrases("side", "ja")
    rows = [
        ("・".join(names), "・".join(types[name].type for name in names), *_origin(form))
        for form in mapping.fields
        for names in [(form.standard,) if isinstance(form.standard, str) else form.standard]
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
        *_table(("標準項目", "型", "旧項目", "変換", "備考"), rows),
    ]
    page = [*head, *(["", *_table(("側", "対応なし", "理由"), left_out)] if left_out else [])]
    rules = [
        (each.code, "・".join(each.columns), severity_word(each.becomes, "ja"), each.because)
        for each in mapping.severity
    ]
    page += ["", *_table(("規則", "項目", "重大度", "理由"), rules)] if rules else []
    places, size = list(_places(mapping.legacy)), COUNTED[mapping.legacy.positions]
    page += ["", *_table(("旧項目", "位置", size, "埋め字・数値の形式"), places)] if places else []
    kinds = list(_kinds(mapping.legacy))
    page += ["", *_table(("レコードの種別", "位置", size, "コード"), kinds)] if kinds else []
    if (lost := mapping.legacy.lost) is not None:
        row = "・".join(lost.signs), severity_word(lost.severity, "ja"), "・".join(lost.besides) or "–"
        page += ["", *_table(("書けない文字の記号", "フィールドが使う項目", "対象外の項目"), [row])]
    return _page(*page)


COUNTED = {"bytes": "バイト数", "units": "符号単位の数", "characters": "文字数"}
"""What the width of a column says, by what places count."""


def _written(legacy: Legacy) -> Iterator[str]:
    """Yield how the file is written down."""
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


def _origin(form: Form) -> tuple[str, str, str]:
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


def schema_page(name: str, lang: str | None = None) -> str:
    """Return a schema: its columns with 型, status and code list, its key and the rules between columns.

    Titles of rules are in ``lang``, or in both languages.
    """
    schema = load_schema(name)
    statuses = STATUS if lang == "ja" else {}
    rows = [
        (
            column.name,
            column.type,
            _presence(column, schema),
            column.codes or "",
            _says(column),
            statuses.get(column.status, column.status),
        )
        for column in schema.columns
    ]
    rules = [(check.code, "・".join(check.columns), check.title) for check in schema.checks if check.title]
    rules += [(", ".join(rule.codes) or "–", "・".join(rule.names), str(rule.title)) for rule in schema.dataset]
    if lang is not None:
        rules = [(codes, columns, in_words(said, lang)) for codes, columns, said in rules]
    return _page(
        f"# {schema.name}: {schema.title}",
        "",
        *_table(("項目", "型", "必須", "コード表", "値", "根拠"), rows),
        "",
        LEGEND[lang],
        "",
        *_purposes(schema, lang),
        *_table(("コード", "項目", "規則"), rules),
    )


def _purposes(schema: Schema, lang: str | None) -> Iterator[str]:
    """Yield a line that says which columns name the person and the household, where the schema says it."""
    named = [(words, names) for words, names in zip(NAMED_FOR, (schema.person, schema.household), strict=True) if names]
    if named:
        yield " · ".join(f"{words[lang]}: {'・'.join(names)}" for words, names in named)
        yield ""


def _presence(column: Column, schema: Schema) -> str:
    """Return whether a column may be empty: never (and is part of the key), depending on the others, or always."""
    if column.name in schema.key:
        return "◎"
    return "○" if column.required else "△" if column.name in schema.needed else ""


def _says(column: Column) -> str:
    """Return what a column admits, as its schema says it: listed values, lengths in characters, patterns, dates."""
    schema = to_schema(column.domain)
    parts: list[dict[str, Any]] = schema.get("allOf", [schema]) if isinstance(schema, dict) else []
    listed = next((part["enum"] for part in parts if "enum" in part), None)
    if listed is not None:
        return ", ".join(listed)
    lengths = [
        f"{sign} {part[key]}"
        for key, sign in (("minLength", "≥"), ("maxLength", "≤"), ("x-maxCharacters", "≤"))
        for part in parts
        if key in part
    ]
    said = [*lengths, *(f"`{part['pattern']}`" for part in parts if "pattern" in part)]
    return " · ".join([*(["YYYY-MM-DD"] if any("format" in part for part in parts) else said), *_others(parts)])


def _others(parts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return, by name, the keywords whose parts are described separately."""
    return [key for part in parts for key in ("anyOf", "oneOf", "not", "if") if key in part]


def lens_page(lens: type[Lens], lang: str) -> str:
    """Return a lens's manual page: what it does, its options, its sourced examples and refusals."""
    options = [
        (field.alias or name, _need(field, lang), told(field.description or "", lang))
        for name, field in lens.model_fields.items()
        if name != "op"
    ]
    pairs = [(_texts(e.legacy), _texts(e.standard), told(e.source, lang)) for e in lens.examples()]
    refusals = [(_texts(r.legacy), r.code, told(r.source, lang)) for r in lens.refusals()]
    parts = [f"# {lens.model_fields['op'].default}", "", told(lens.__doc__ or "", lang)]
    if options:
        parts += ["", *_table(OPTIONS[lang], options)]
    return "\n".join([*parts, "", *_table(EXAMPLES[lang], [*pairs, *refusals])])


def _need(field: FieldInfo, lang: str) -> str:
    """Return whether an option may be left out, and what it then is."""
    required, optional, by_default = NEED[lang]
    if field.is_required():
        return required
    default = field.get_default(call_default_factory=True, validated_data={})
    return by_default.format(optional, default) if isinstance(default, str) else optional


def code_page(id_: str, lang: str) -> str:
    """Return a code's page: what it says, why, what to do, and for an M code a wrong mapping and the fixed one."""
    code = codes()[id_]
    message = code.messages[lang]
    official = f" · {OFFICIAL[lang]} {code.official}" if code.official else ""
    parts = [
        f"# {code.id} {code.name}{in_brackets(severity_word(code.severity, lang) + official, lang)}",
        message.summary,
        message.cause,
        message.remedy,
    ]
    if code.detail:
        parts.append(f"{DETAIL[lang]}: {described(code, lang)}")
    if (mistake := mistakes().get(id_)) is not None:
        wrong, fixed = SHOWN[lang]
        parts += [f"## {wrong}", files_text(mistake.wrong), f"## {fixed}", files_text(mistake.changed)]
    return "\n\n".join(parts)


def files_text(files: Mapping[str, str]) -> str:
    """Return files as code blocks, under their names; a mapping alone needs none."""
    blocks = {name: f"```{name.rpartition('.')[2]}\n{text}```" for name, text in files.items()}
    if list(blocks) == [MAPPING]:
        return blocks[MAPPING]
    return "\n\n".join(f"`{name}`:\n\n{block}" for name, block in blocks.items())


def _texts(values: Iterable[str | None]) -> str:
    return " · ".join(f"`{value}`" if value else "∅" for value in values)


def _known(name: str, known: Collection[str], kind: str) -> str:
    """Return ``name`` if it is known; else raise with those it may have been meant to be."""
    if name not in known:
        raise DefinitionError([catalog.unknown(kind, name, known)])
    return name


def _page(*lines: str) -> str:
    """Return a page of what definitions say, which may be anything."""
    return "\n".join(map(visible, lines))


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table; ``|`` inside cells is escaped."""
    for line in (headings, ["---"] * len(headings), *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |"
