"""The standard side as data: a schema file and its rules, read into columns with their domains, rules and keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from stdconv.definitions import catalog, yaml
from stdconv.definitions.files import read_text
from stdconv.definitions.model import Strict, TupleOf
from stdconv.definitions.yaml import placed
from stdconv.domains.sets import Record, Within
from stdconv.errors import DefinitionError, Fault, Place
from stdconv.findings.phrases import misfit, phrase
from stdconv.findings.registry import codes, fault
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.headings import joined_texts, unknown_headings
from stdconv.layouts.records import is_text
from stdconv.standard import tables
from stdconv.standard.checks import Check, Origin, demanded, mentioned
from stdconv.standard.codelists import load_codes
from stdconv.standard.datasetrules import DatasetRule, TallyRule
from stdconv.standard.documents import CURRENT, PURPOSES, Column, column_checks, document_of
from stdconv.standard.forms import FileForm, dialect_of
from stdconv.standard.keywords import READERS
from stdconv.standard.positions import SchemaError
from stdconv.standard.recordrules import RecordRule
from stdconv.standard.tables import Database

SUFFIX = ".schema.json"
RULES = ".rules.yaml"


class Rules(Strict):
    """A rules file."""

    record: TupleOf[RecordRule] = ()
    dataset: TupleOf[DatasetRule] = ()


@dataclass(frozen=True, repr=False)
class Schema:
    """A standard record: ``columns`` in schema order, checks ``between`` them, ``key`` and the dataset's rules.

    ``person`` and ``household`` are the columns that say whose record it is, and of which household (``x-person``,
    ``x-household``); none where the schema does not say it. ``current`` are columns with the values that a person's
    record of today has (``x-current``).
    ``files`` are the schema and its rules where they are custom; shipped ones are found by name. ``digest`` is the
    SHA-256 of all that it says: schema, rules and code lists.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    between: tuple[Check, ...]
    key: tuple[str, ...]
    dataset: tuple[DatasetRule, ...]
    document: dict[str, Any] = field(hash=False, compare=False)
    person: tuple[str, ...] = ()
    household: tuple[str, ...] = ()
    current: tuple[tuple[str, str], ...] = ()
    files: tuple[Path, ...] = field(default=(), compare=False)
    digest: str = field(default="", compare=False)

    def __repr__(self) -> str:
        """Return what it is called, and how many columns it has."""
        return f"Schema({self.name!r}, columns={len(self.columns)})"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in schema order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The names of the columns that hold whole numbers; all others hold texts."""
        return frozenset(column.name for column in self.columns if column.kind == "integer")

    def is_of_kind(self, name: str, dtype: pl.DataType) -> bool:
        """Return whether a frame's column holds what the column ``name`` does; one of nulls alone holds either."""
        if name in self.numbers:
            return (dtype.is_integer() and dtype not in (pl.UInt64, pl.UInt128, pl.Int128)) or dtype == pl.Null
        return is_text(dtype)

    def column(self, name: str) -> Column:
        """Return the column called ``name``. Raises ``DefinitionError`` where there is none (C0087)."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            entries = joined_texts(unknown_headings([str(name)], self.names, told="entry"))
            raise DefinitionError([fault("C0087", argument="name", entries=entries)])
        return found

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """All checks of a record: of each column, then between columns."""
        return (*column_checks(self.columns), *self.between)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The columns that every record must have, or those of some kind."""
        asking = (c for c in self.checks if codes()[c.code].official == "E0001" or c.code == "S0008")
        return frozenset(name for check in asking for name in demanded(check.domain))

    def origin(self, code: str, columns: Collection[str], detail: str = "") -> Origin | None:
        """Return where the check or rule is written that findings of ``code`` about ``columns`` come from.

        ``detail`` is theirs: that a rule was not checked (D0012) says which kind of rule.
        """
        for check in self.checks:
            if check.code == code and {*check.columns} == {*columns}:
                return check.origin
        for index, rule in enumerate(self.dataset):
            if (code in rule.codes or (code == "D0012" and detail == rule.rule)) and {*columns} <= {*rule.names}:
                return Origin("rules", ("dataset", index))
        return next((Origin(path=("properties", name)) for name in columns if name in self.names), None)

    def lacking(self, columns: Iterable[str]) -> list[str]:
        """Return the needed columns that are not among ``columns``."""
        given = set(columns)
        return [name for name in self.names if name in self.needed and name not in given]

    @property
    def record(self) -> Record:
        """The domain of whole records that are not refused: every column's domain and the rules between them."""
        columns = tuple((column.name, column.values) for column in self.columns)
        refusing = (check.domain for check in self.between if codes()[check.code].severity == "refuse")
        rules = tuple(
            domain.rules[0] if isinstance(domain, Record) and domain.rules else Within(domain) for domain in refusing
        )
        return Record(columns, tuple(c.name for c in self.columns if c.required), rules)

    def polars_schema(self) -> pl.Schema:
        """Return the columns as polars has them: ``String``, or ``Int64`` for whole numbers.

        >>> load_schema("resident-link/1.0").polars_schema()["氏名"]
        String
        """
        return tables.polars_schema(self.columns)

    def arrow_schema(self) -> Any:
        """Return the columns as a ``pyarrow.Schema``; required ones are not nullable. Needs pyarrow (else C0094)."""
        return tables.arrow_schema(self.columns)

    def ddl(self, database: Database, *, table: str) -> str:
        """Return the ``CREATE TABLE`` statement of records: types, ``NOT NULL``, the key, and a check for each enum.

        What SQL cannot say in the same way in each of them (patterns, lengths, dates, rules) is left to ``validate``.

        >>> print(load_schema("resident-link/1.0").ddl("sqlite", table="記録").splitlines()[1])
            "宛名番号" TEXT NOT NULL,
        """
        return tables.ddl(self.columns, self.key, database, table)

    def dialect(self, columns: tuple[str, ...] | None = None, *, form: FileForm = "plain") -> Dialect:
        """Return how a standard CSV of all ``columns``, or of these, is written in a ``form``."""
        return dialect_of(form, columns or self.names)


def load_schema(name: str | Path) -> Schema:
    """Read the schema ``name`` (``resident-link/1.0`` or a path) and the rules file next to it.

    Raises ``DefinitionError`` with every fault found.
    """
    if str(name) in catalog.names("schema"):
        return _shipped(str(name))
    path = catalog.find("schema", name)
    rules = _rules_of(path)
    schema = _read(path, path.name.removesuffix(SUFFIX), is_shipped=False)
    return replace(schema, files=(path, *((rules,) if catalog.is_there(rules) else ())))


def schema_beside(name: str, file: str) -> Schema | None:
    """Return the shipped schema ``name``, or the one of that name in the folder of ``file``; ``None`` for neither."""
    if name in catalog.names("schema"):
        return load_schema(name)
    path = Path(file).parent / name
    return load_schema(path) if name.endswith(SUFFIX) and catalog.is_there(path) else None


@lru_cache(maxsize=16)
def _shipped(name: str) -> Schema:
    return _read(catalog.find("schema", name), name, is_shipped=True)


def _read(path: Path, called: str, *, is_shipped: bool) -> Schema:
    try:
        rules = _rules(_rules_of(path))
        document = json.loads(read_text(path, not_utf8="M0031"), object_pairs_hook=_once)
        if not is_shipped:
            _ensure_rules_found(path)
            _ensure_form(document)
        schema = schema_of(called, document, rules)
    except SchemaError as error:
        known = sorted({*READERS, "$defs", "$anchor"})
        raise DefinitionError(
            [fault("M0030", _place(path, Origin(path=error.path)), problem=error.problem, known=known)]
        ) from None
    except json.JSONDecodeError as error:
        place = Place(str(path), error.lineno, error.colno)
        raise DefinitionError([fault("M0031", place, problem=phrase("schema-file", "not-json"))]) from None
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise DefinitionError([fault("M0031", Place(str(path)), problem=type(error).__name__)]) from None
    if faults := list(_faults(schema, path)):
        raise DefinitionError(faults)
    return schema


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's members; raises ``SchemaError`` where one is repeated, since one of them would be ignored."""
    found: dict[str, Any] = {}
    for name, value in members:
        if name in found:
            raise SchemaError((), "twice", keyword=name)
        found[name] = value
    return found


def _ensure_rules_found(path: Path) -> None:
    """Raise where a rules file is next to the schema under a name by which it is not found."""
    right, wrong = rules_beside(path)
    if wrong.is_file() and wrong != right:
        problem = phrase("schema-file", "called", name=right.name)
        raise DefinitionError([fault("M0032", Place(str(wrong)), problem=problem)])


def _ensure_form(document: Any) -> None:
    """Raise ``SchemaError`` where ``document`` is not a JSON Schema 2020-12; the tests check shipped ones.

    Raises ``UnicodeEncodeError`` for a lone surrogate, which JSON can spell and no text holds.
    """
    from jsonschema import Draft202012Validator
    from jsonschema import SchemaError as FormError

    if not isinstance(document, dict):
        raise TypeError("an object is needed")
    json.dumps(document, ensure_ascii=False).encode()
    try:
        Draft202012Validator.check_schema(document)
    except FormError as error:
        raise SchemaError(tuple(error.absolute_path), "meta", keyword=str(error.validator)) from None


def schema_of(name: str, schema: dict[str, Any], rules: Rules) -> Schema:
    """Return the standard that a schema and its rules describe."""
    document = document_of(schema)
    return Schema(
        name=name,
        title=str(schema.get("title", name)),
        columns=document.columns,
        between=(*document.between, *_rule_checks(rules)),
        key=document.named["x-key"],
        dataset=rules.dataset,
        document=schema,
        person=document.named["x-person"],
        household=document.named["x-household"],
        current=document.current,
        digest=_digest(name, schema, rules),
    )


def _digest(name: str, schema: dict[str, Any], rules: Rules) -> str:
    said = [name, schema, rules.model_dump(mode="json")]
    named = sorted(frozenset(_texts(said)) & frozenset(catalog.names("codes")))
    lists = {codes: dict(load_codes(codes)) for codes in named}
    return hashlib.sha256(json.dumps([*said, lists], default=str).encode()).hexdigest()


def _texts(part: Any) -> Iterator[str]:
    """Yield every text that is a value in a part of a document."""
    if isinstance(part, str):
        yield part
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ():
        yield from _texts(each)


def _rule_checks(rules: Rules) -> Iterator[Check]:
    for index, rule in enumerate(rules.record):
        origin = Origin("rules", ("record", index))
        yield from (replace(check, origin=origin) for check in rule.checks(load_codes))


def rules_beside(path: Path) -> tuple[Path, Path]:
    """Return where the rules of the schema at ``path`` are found, and where they are taken to be by mistake."""
    return _rules_of(path), path.with_name(path.name.removesuffix(".json") + RULES)


def _rules_of(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(SUFFIX) + RULES)


def _rules(path: Path) -> Rules:
    if not catalog.is_there(path):
        return Rules()
    located = yaml.load(read_text(path, not_utf8="M0032"), str(path))
    try:
        return Rules.model_validate(located.data)
    except ValidationError as error:
        faults = [fault("M0032", place, problem=misfit(path, kind)) for place, path, kind in placed(error, located)]
    raise DefinitionError(faults)


def _faults(schema: Schema, path: Path) -> Iterator[Fault]:
    """Yield what the schema and its rules say of columns, codes and lists that do not exist."""
    known = frozenset(schema.names)
    for check in schema.checks:
        for column in sorted({*check.columns, *mentioned(check.domain)} - known):
            yield fault("M0033", _place(path, check.origin), column=column)
        if not _is_told_of_records(check.code):
            yield fault("M0034", _place(path, check.origin), code=check.code)
    current = tuple(name for name, _ in schema.current)
    named = (schema.key, schema.person, schema.household, current)
    for word, names in zip((*PURPOSES, CURRENT), named, strict=True):
        for name in names:
            if name not in known:
                yield fault("M0033", _place(path, Origin(path=(word,))), column=name)
    yield from _faults_of_rules(schema, path)


def _faults_of_rules(schema: Schema, path: Path) -> Iterator[Fault]:
    """Yield what the rules file says of columns that it cannot speak of."""
    for check in schema.between:
        for column in sorted(schema.numbers.intersection(check.columns)) if check.origin.file == "rules" else ():
            yield fault("M0097", _place(path, check.origin), column=column)
    for index, rule in enumerate(schema.dataset):
        for name in rule.names:
            if name not in schema.names:
                yield fault("M0033", _place(path, Origin("rules", ("dataset", index))), column=name)
            elif isinstance(rule, TallyRule) and not schema.column(name).listed:
                where = Origin("rules", ("dataset", index, "columns", rule.columns.index(name)))
                yield fault("M0095", _place(path, where), column=name)


def _is_told_of_records(code: str) -> bool:
    return code.startswith("S") and code in codes() and codes()[code].severity != "fail"


def _place(path: Path, origin: Origin) -> Place:
    """Return the line of a part of the schema at ``path``, or of its rules file."""
    located = located_file(path if origin.file == "schema" else _rules_of(path))
    return located.place(origin.path) if located else Place(str(path))


def located_file(path: Path) -> yaml.Located | None:
    """Return a schema or rules file with its lines; JSON is read as YAML for that, which is not always possible."""
    try:
        return yaml.load(read_text(path), str(path))
    except DefinitionError:
        return None
