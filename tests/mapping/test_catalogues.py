"""The catalogues of lenses and mappings against their documentation, their encodings and the published JSON Schema."""

from __future__ import annotations

import copy
import functools
import json
import os
import pickle
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pydantic
import pytest
import yaml

import stdconv
from stdconv.definitions import catalog
from stdconv.errors import DefinitionError
from stdconv.lenses import LENSES
from stdconv.lenses.base import Example, Refusal
from stdconv.mapping import models
from stdconv.mapping.models import LookupField
from support.documents import from_yaml, yaml_of
from support.paths import CASES, DOCS, MAPPINGS, SCHEMAS
from support.shipped import TRIED, document_of, plan_of

FILES = {path.relative_to(MAPPINGS).as_posix(): path for path in sorted(MAPPINGS.rglob("*.yaml"))}
DOCUMENTS: dict[str, Any] = {name: yaml_of(path) for name, path in FILES.items()}
WHOLE: dict[str, Any] = {name: document_of(name.removesuffix(".yaml")) for name in FILES}
"""The mappings with their tables written in."""

LINK = WHOLE["vendor-a/resident-link.yaml"]
PUBLISHED: dict[str, Any] = json.loads((SCHEMAS / "mapping.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(PUBLISHED)
PAGE = (DOCS / "lenses.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"(?m)^## (.+)$", (DOCS / "domain.md").read_text(encoding="utf-8"))

every_mapping = pytest.mark.parametrize("name", DOCUMENTS)
every_lens = pytest.mark.parametrize("op", LENSES)


# Lenses and their pages.


def published(op: str) -> dict[str, Any]:
    """What the published JSON Schema says about a lens."""
    found: dict[str, Any]
    (found,) = (d for d in PUBLISHED["$defs"].values() if d.get("properties", {}).get("op", {}).get("const") == op)
    return found


def section(op: str) -> str:
    return PAGE.split(f"\n## {op}\n")[1].split("\n## ")[0]


def test_the_page_of_lenses_and_the_published_schema_have_every_lens_and_no_other() -> None:
    assert re.findall(r"(?m)^## (.+)$", PAGE) == list(LENSES)
    consts = [d.get("properties", {}).get("op", {}).get("const") for d in PUBLISHED["$defs"].values()]
    assert {const for const in consts if const} == set(LENSES)


@every_lens
def test_a_lens_is_documented_with_its_options(op: str) -> None:
    prose, *_ = section(op).split("\n|", maxsplit=1)
    assert len(prose.split()) > 10
    schema = published(op)
    options = {
        option: ("required" if option in schema["required"] else "optional", said["description"])
        for option, said in schema["properties"].items()
        if option != "op"
    }
    rows = re.findall(r"(?m)^\| (\w+) \| (required|optional)(?: \(`.+`\))? \| (.+) \|$", section(op))
    assert {option: (need, said) for option, need, said in rows} == options
    assert set(re.findall(r"``(\w+)[`:]", prose)) <= {*options, *LENSES}, "an option that the prose names is there"


@every_lens
def test_the_page_of_a_lens_says_what_an_option_is_unless_it_is_said(op: str) -> None:
    defaults = {name: said.get("default") for name, said in published(op)["properties"].items() if name != "op"}
    shown = dict(re.findall(r"(?m)^\| (\w+) \| optional \(`(.+)`\) \|", section(op)))
    assert shown == {name: text for name, text in defaults.items() if isinstance(text, str)}


@every_lens
def test_the_options_of_a_lens_are_those_that_are_published(op: str) -> None:
    fields = LENSES[op].model_fields
    assert {field.alias or name for name, field in fields.items()} == set(published(op)["properties"])
    assert {field.alias or name for name, field in fields.items() if field.is_required()} | {"op"} == set(
        published(op)["required"]
    )


def sources() -> Iterator[Any]:
    for op, lens in LENSES.items():
        cases: list[Example | Refusal] = [*lens.examples(), *lens.refusals()]
        for case in cases:
            yield pytest.param(case.source, id=f"{op} {case.legacy}"[:60])
    for name, document in DOCUMENTS.items():
        yield pytest.param(document["about"]["source"], id=name)
        for number, example in enumerate(document["examples"]):
            yield pytest.param(example["source"], id=f"{name} {number}")


@pytest.mark.parametrize("source", list(sources()))
def test_a_source_says_something_and_its_section_exists(source: str) -> None:
    assert source.strip()
    if source.startswith("assumed"):
        assert re.fullmatch(r"assumed: .{4,}", source), "an assumption says why"
    if cited := re.match(r"docs/domain\.md, (.+)", source):
        sections = [re.escape(each.partition(" (")[0]) for each in HEADINGS]
        assert re.match(rf"({'|'.join(sections)})($|[:;] )", cited[1])


# Mappings and their place, their encoding.


@every_mapping
def test_the_id_of_a_mapping_is_its_path_and_the_catalogue_finds_it(name: str) -> None:
    assert f"{DOCUMENTS[name]['id']}.yaml" == name
    assert catalog.find("mapping", DOCUMENTS[name]["id"]).read_bytes() == FILES[name].read_bytes()
    assert catalog.names("mapping") == sorted(each.removesuffix(".yaml") for each in FILES)


@every_mapping
def test_a_mapping_names_vendor_title_and_source_and_has_an_example_of_that_source(name: str) -> None:
    about = DOCUMENTS[name]["about"]
    assert all(about[word].strip() for word in ("vendor", "title", "source"))
    assert about["source"] in [example["source"] for example in DOCUMENTS[name]["examples"]]


def texts_by_encoding(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Everything that stands in the legacy or lookup files of a mapping by the mapping's word, with its encoding."""
    main = document["legacy"].get("encoding", "utf-8")  # a standard record is in UTF-8
    encodings = {name: lookup.get("encoding") or main for name, lookup in document.get("lookups", {}).items()}
    yield from ((text, main) for text in plan_of(document["id"]).mapping.legacy.columns)
    for name, lookup in document.get("lookups", {}).items():
        yield from ((text, encodings[name]) for text in (*lookup["key"], *lookup["columns"]))
    for form in plan_of(document["id"]).mapping.fields:
        encoding = encodings[form.lookup] if isinstance(form, LookupField) else main
        for lens in (lens for chain in form.chains.values() for lens in chain):
            yield from ((text, encoding) for text in lens.spelled_out())
    for example in document["examples"]:
        yield from ((text, main) for text in example["legacy"].values())
        for name, values in example.get("lookups", {}).items():
            yield from ((text, encodings[name]) for text in values.values())


def comes_back(text: str, encoding: str) -> bool:
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeEncodeError:
        return False


@every_mapping
def test_columns_table_keys_and_examples_can_be_written_in_their_encoding(name: str) -> None:
    texts = list(texts_by_encoding(DOCUMENTS[name]))
    assert len(texts) > len(plan_of(DOCUMENTS[name]["id"]).mapping.legacy.columns)
    assert [(text, encoding) for text, encoding in texts if not comes_back(text, encoding)] == []


# The published JSON Schema and the loader.


def keys_of(schema: Any) -> Iterator[str]:
    """Every key that a mapping may hold by the schema's word."""
    for definition in (schema, *schema["$defs"].values()):
        yield from definition.get("properties", {})


def described_parts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that a mapping may hold, by part and key, with what the schema says of it; the parts themselves too."""
    for name, part in (("Mapping", PUBLISHED), *PUBLISHED["$defs"].items()):
        yield name, part
        yield from ((f"{name}.{key}", said) for key, said in part["properties"].items())


def test_an_editor_can_say_what_every_key_and_every_lens_is() -> None:
    texts = {where: said.get("description", "") for where, said in described_parts()}
    assert len(texts) > 100
    assert {where: text for where, text in texts.items() if len(text) <= 10 or not re.search(r"[.。]$", text)} == {}
    assert {where: text for where, text in texts.items() if "``" in text or "\t" in text} == {}


def test_no_description_is_said_of_keys_of_two_names() -> None:
    keys = {(where.rpartition(".")[2], said["description"]) for where, said in described_parts() if "." in where}
    texts = Counter(description for _, description in keys)
    assert [text for text, count in texts.items() if count > 1] == []


@every_lens
def test_the_completion_of_op_says_what_the_lens_does(op: str) -> None:
    schema = published(op)
    first = section(op).strip().partition("\n")[0]
    assert schema["title"] == schema["properties"]["op"]["const"] == op
    assert schema["properties"]["op"]["description"] == first.replace("``", "`")
    assert schema["description"].startswith(first.replace("``", "`"))


def test_the_forms_of_a_field_are_told_apart_by_their_titles() -> None:
    branches = PUBLISHED["properties"]["fields"]["items"]["oneOf"]
    titles = [PUBLISHED["$defs"][branch["$ref"].rpartition("/")[2]]["title"] for branch in branches]
    assert titles == ["steps", "lookup", "assume", "missing", "when", "number", "route"]


def given_examples() -> Iterator[Any]:
    for where, said in described_parts():
        for number, example in enumerate(said.get("examples", [])):
            yield pytest.param(said, example, id=f"{where} {number}")


@pytest.mark.parametrize(("said", "example"), list(given_examples()))
def test_an_example_that_the_schema_gives_is_valid_in_its_place(said: Any, example: Any) -> None:
    errors = VALIDATOR.evolve(schema=said | {"$defs": PUBLISHED["$defs"]}).iter_errors(example)
    assert [error.message for error in errors] == []


def leaves(part: Any) -> Iterator[Any]:
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield from (key, *leaves(value))
    if not isinstance(part, dict | list):
        yield part


def test_a_lone_example_which_editors_write_in_for_one_needs_no_quotes() -> None:
    lone = {
        where: said["examples"][0]
        for where, said in described_parts()
        if "." in where and len(said.get("examples", [])) == 1
    }
    written = {where: [*leaves(example)] for where, example in lone.items() if not isinstance(example, str)}
    assert len(written) > 10
    assert {
        where: text for where, texts in written.items() for text in texts if yaml.safe_load(f"[{text}]") != [text]
    } == {}


def test_every_key_that_is_no_plain_text_has_an_example_or_its_choices() -> None:
    bare = [
        where
        for where, said in described_parts()
        if "." in where and not said.keys() & {"examples", "enum", "const"} and said.get("type") != "string"
    ]
    choices = {"Lookup.encoding", "Lookup.newline", "Lookup.quote", "Lookup.delimiter", "Lookup.escape"}
    assert set(bare) == choices, "each of these is one of a few words, or null"


def test_no_key_of_a_mapping_needs_quotes_in_yaml() -> None:
    keys = set(keys_of(PUBLISHED))
    assert keys > {"grammar", "unmapped", "missing", "op", "look_alikes", "because"}
    assert {key for key in keys if yaml.safe_load(key) != key} == set()


def loads(document: Any) -> bool:
    """Whether the loader's models take ``document``, as far as one mapping file goes by itself."""
    try:
        models.Mapping.model_validate(document)
    except pydantic.ValidationError:
        return False
    return True


@pytest.mark.slow
@every_mapping
def test_a_mapping_is_valid_against_the_published_schema_and_loads(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)
    assert [error.message for error in VALIDATOR.iter_errors(DOCUMENTS[name])] == []
    assert loads(WHOLE[name])
    assert stdconv.load_mapping(FILES[name]).mapping.id == DOCUMENTS[name]["id"]


def _recode(document: Any) -> Any:
    return next(s for field in document["fields"] for s in field.get("steps", []) if s["op"] == "recode")


MISTAKES: dict[str, Callable[[Any], object]] = {
    "a misspelt key": lambda d: d.update(feilds=d.pop("fields")),
    "a key too many": lambda d: d["legacy"].update(encodnig="cp932"),
    "no fields": lambda d: d.pop("fields"),
    "empty fields": lambda d: d.update(fields=[]),
    "no examples": lambda d: d.update(examples=[]),
    "an example without source": lambda d: d["examples"][0].pop("source"),
    "no source": lambda d: d["about"].pop("source"),
    "an empty source": lambda d: d["about"].update(source=""),
    "another grammar": lambda d: d.update(grammar=2),
    "grammar as text": lambda d: d.update(grammar="1"),
    "an id in capitals": lambda d: d.update(id="Vendor-A"),
    "an id that leaves its folder": lambda d: d.update(id="../vendor-a"),
    "a schema without edition": lambda d: d.update(standard="resident-link"),
    "an encoding that is not declared": lambda d: d["legacy"].update(encoding="shift_jis"),
    "a newline by its characters": lambda d: d["legacy"].update(newline="\r\n"),
    "header as text": lambda d: d["legacy"].update(header="true"),
    "no columns": lambda d: d["legacy"].update(columns=[]),
    "a column that is a number": lambda d: d["legacy"]["columns"].append(1),
    "an unknown lens": lambda d: _recode(d).update(op="recoed"),
    "a step without op": lambda d: _recode(d).pop("op"),
    "an option too many": lambda d: _recode(d).update(tabel={}),
    "an empty table": lambda d: _recode(d).update(table={}),
    "a code that is a number": lambda d: _recode(d)["table"].update({"男": 1}),
    "two forms in one field": lambda d: d["fields"][0].update(assume="1", because="both"),
    "an assumption without reason": lambda d: d["fields"].append({"standard": "世帯番号", "assume": "1"}),
    "an unknown severity": lambda d: d["fields"].append(
        {"standard": "世帯番号", "missing": {"severity": "error", "because": "no such word"}}
    ),
    "missing without reason": lambda d: d["fields"].append({"standard": "世帯番号", "missing": {"severity": "warn"}}),
    "a field without legacy": lambda d: d["fields"][0].pop("legacy"),
    "a field of no columns": lambda d: d["fields"][0].update(legacy=[]),
    "a blank reason": lambda d: d["unmapped"]["legacy"].update({"備考": "  "}),
    "a lookup without key": lambda d: next(iter(d["lookups"].values())).pop("key"),
    "nothing": lambda d: d.clear(),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_typical_mistake_is_refused_by_the_published_schema_and_by_the_loader(mistake: str, tmp_path: Path) -> None:
    document = copy.deepcopy(LINK)
    MISTAKES[mistake](document)
    file = tmp_path / "mapping.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DefinitionError):
        stdconv.load_mapping(file)
    by_models, by_schema = loads(document), VALIDATOR.is_valid(document)
    assert not by_models, "the fault is one of form, not of fit"
    assert not by_schema


def small() -> Any:
    """One field of every form and chain of lenses of shipped and golden mappings, in a document of little else."""
    return copy.deepcopy(_small())


@cache
def _small() -> Any:
    document = copy.deepcopy(LINK)
    golden = [stdconv.load_mapping(path).text for path in sorted(CASES.glob("golden-*/mapping.yaml"))]
    links = [each for name, each in WHOLE.items() if name.endswith("resident-link.yaml")]
    every = [f for each in (*links, *map(from_yaml, golden)) for f in each["fields"]]
    kinds = {(*sorted(f), *(step["op"] for step in f.get("steps", []))): f for f in every}
    example = {"source": "assumed: short", "legacy": {"氏名": "花"}, "standard": {}, "lookups": {"names": {"氏": "行"}}}
    columns = {"columns": document["legacy"]["columns"][:1]}
    lookups = {"names": {"key": ["住民番号"], "columns": ["氏"]}}
    reasons = {"legacy": {"備考": "unused"}, "standard": {}}
    return document | {
        "legacy": document["legacy"] | columns,
        "lookups": lookups,
        "fields": [
            *map(shortened, kinds.values()),
            {"standard": "世帯番号", "missing": {"severity": "warn", "because": "none"}},
        ],
        "unmapped": reasons,
        "examples": [example],
    }


def shortened(field: Any) -> Any:
    """A field with the first entries of its tables: the others are of the same form."""
    steps = [
        {
            key: dict([*value.items()][:2])
            if key in ("table", "canonical", "refuses", "lacks") and isinstance(value, dict)
            else value
            for key, value in s.items()
        }
        for s in field.get("steps", [])
    ]
    return field | ({"steps": steps} if steps else {})


def paths(part: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    for key, value in part.items() if isinstance(part, Mapping) else enumerate(part) if isinstance(part, list) else ():
        yield (*path, key)
        yield from paths(value, (*path, key))


LACKING = object()
IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
"""All values at all places are tried in ``make nightly``, each at every third place in ``make test``."""
PUT: dict[str, Any] = {
    "nothing": LACKING, "null": None, "an empty text": "", "a blank": " ", "a text": "x", "a number": 1, "true": True,
    "an empty list": [], "a list": ["x"], "a list of an empty text": [""], "an empty table": {}, "a table": {"x": "x"},
}  # fmt: skip


def part_at(document: Any, path: Sequence[str | int]) -> Any:
    return functools.reduce(lambda part, key: part[key], path, document)


def in_short(document: Any, path: tuple[str | int, ...]) -> tuple[Any, tuple[str | int, ...]]:
    """The document with the one field that ``path`` lies in, or with the first one, and the path in that document.

    The other fields are valid, and what one field says is nothing to the others.
    """
    if path[:1] == ("fields",) and len(path) > 1:
        return document | {"fields": [document["fields"][path[1]]]}, ("fields", 0, *path[2:])
    return (document if path[:1] == ("fields",) else document | {"fields": document["fields"][:1]}), path


def with_value_at(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """The document in short, with another value at ``path``."""
    document, path = in_short(document, path)
    *above, last = path
    copied = copy.deepcopy(document)
    part = part_at(copied, above)
    if value is LACKING:
        del part[last]
    else:
        part[last] = copy.deepcopy(value)
    return copied


@pytest.mark.slow
@pytest.mark.parametrize("put", PUT)
def test_the_published_schema_and_the_loader_agree_wherever_another_value_stands(put: str) -> None:
    document = small()
    assert VALIDATOR.is_valid(document)
    assert loads(document)
    differ = {}
    places, first = list(paths(document)), list(PUT).index(put)
    for path in places if IS_NIGHTLY else places[first % 3 :: 3]:
        bent = with_value_at(document, path, PUT[put])
        if VALIDATOR.is_valid(bent) is not loads(bent):
            differ["/".join(map(str, path))] = (
                "the loader alone takes it" if loads(bent) else "the schema alone takes it"
            )
    assert differ == {}


@pytest.mark.slow
def test_the_published_schema_and_the_loader_agree_wherever_a_key_is_too_many() -> None:
    document = small()
    parts = [(), *(path for path in paths(document) if isinstance(part_at(document, path), dict))]
    differ = {}
    for path in parts:
        short, place = in_short(document, path)
        bent = copy.deepcopy(short)
        part_at(bent, place)["another"] = "x"
        if VALIDATOR.is_valid(bent) is not loads(bent):
            differ["/".join(map(str, path))] = (
                "the loader alone takes it" if loads(bent) else "the schema alone takes it"
            )
    assert differ == {}


# Plans are picklable.


@pytest.mark.slow
@pytest.mark.parametrize("name", [f"{name}.yaml" for name in TRIED])
def test_a_plan_comes_back_from_pickle_the_same_and_does_the_same(name: str) -> None:
    plan = stdconv.load_mapping(FILES[name])
    columns = plan.mapping.legacy.columns
    records = [{column: example.legacy.get(column, "") for column in columns} for example in plan.mapping.examples]
    legacy = pl.DataFrame(records, schema=dict.fromkeys(columns, pl.String))
    assert plan.dialect  # cached properties go along
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(plan, protocol))  # noqa: S301 -- our own bytes
        assert again == plan
        assert again is not plan
        assert (again.text, again.schema.document) == (plan.text, plan.schema.document)
    assert results(again, legacy) == results(plan, legacy)


def results(plan: Any, legacy: pl.DataFrame) -> list[list[dict[str, Any]]]:
    converted = stdconv.convert(legacy, plan)
    restored = stdconv.restore(converted.standard, plan, residue=converted.residue)
    return [frame.to_dicts() for frame in (converted.standard, converted.findings, restored.legacy)]
