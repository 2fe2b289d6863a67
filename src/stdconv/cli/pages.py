"""What ``show`` prints: Markdown, for terminals, tickets and documents alike."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic.fields import FieldInfo

from stdconv.cli.manual import schema_told, told
from stdconv.cli.mappingpage import mapping_page
from stdconv.cli.markdown import page, table
from stdconv.definitions import catalog, yaml
from stdconv.errors import DefinitionError, in_brackets, severity_word
from stdconv.findings.details import described, in_words
from stdconv.findings.mistakes import MAPPING, mistakes
from stdconv.findings.registry import codes
from stdconv.japan.visible import visible
from stdconv.lenses import LENSES
from stdconv.lenses.base import Lens
from stdconv.mapping.plan import load_plan
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
            return page(*table({"en": ("code", "label"), "ja": ("コード", "名称")}[lang], load_codes(name).items()))
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
    return page(
        f"# {schema.name}: {schema.title}",
        "",
        *table(("項目", "型", "必須", "コード表", "値", "根拠"), rows),
        "",
        LEGEND[lang],
        "",
        *_purposes(schema, lang),
        *table(("コード", "項目", "規則"), rules),
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
        parts += ["", *table(OPTIONS[lang], options)]
    return "\n".join([*parts, "", *table(EXAMPLES[lang], [*pairs, *refusals])])


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
