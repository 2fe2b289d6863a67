"""The oracle: a mapping read from its YAML and applied record by record, slowly, in plain Python.

Written from the design and docs/, without stdconv and without polars: it shares no line with what it judges.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from oracles.reference_lenses import LENSES, Answer, Texts, takes_empty
from oracles.reference_pieces import Record, read_all, write
from oracles.reference_schema import failures, rule_failures
from support.documents import yaml_of

RULES = {f"S{number:04}" for number in range(1, 9)}
Rows = dict[tuple[str, ...], list[tuple[str, ...]]]


@dataclass
class Result:
    """What becomes of one record.

    ``possible`` codes are those about which the design does not decide; ``is_raw`` says of an accepted record that its
    layout would write it with other bytes, so that restoring needs its own.
    """

    row: int
    raw: bytes
    accepted: bool
    is_raw: bool = False
    standard: dict[str, str | None] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)
    warnings: set[str] = field(default_factory=set)


def listed(value: str | list[str] | None) -> list[str]:
    """Return the columns of an entry that names one, several or none."""
    return [value] if isinstance(value, str) else list(value or [])


@dataclass
class Reference:
    """A mapping, its schema and its record rules."""

    mapping: dict[str, Any]
    schema: dict[str, Any]
    rules: dict[str, Any]
    lookups: dict[str, Rows] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """The legacy columns."""
        return list(self.mapping["legacy"]["columns"])

    @property
    def encoding(self) -> str:
        """The legacy encoding, under Python's name."""
        return str(self.mapping["legacy"]["encoding"])

    def read_lookup(self, name: str, data: bytes) -> None:
        """Read a lookup's rows by key; one that cannot be read is not used."""
        declared = self.mapping["lookups"][name]
        rows = self.lookups.setdefault(name, {})
        for record in read_all(data, [*declared["key"], *declared["columns"]], self.encoding):
            if not record.refusals and record.texts is not None:
                size = len(declared["key"])
                rows.setdefault(tuple(record.texts[:size]), []).append(tuple(record.texts[size:]))

    def convert(self, row: int, record: Record) -> Result:
        """Convert one record."""
        result = Result(
            row,
            record.raw,
            accepted=False,
            codes=record.refusals,
            possible=record.possible,
            warnings=record.warnings,
        )
        if record.texts is None:
            return result
        result.is_raw = write(record.texts, self.encoding) != record.raw
        legacy = dict(zip(self.columns, record.texts, strict=True))
        failed: set[str] = set()
        for form in self.mapping["fields"]:
            if "legacy" in form or "lookup" in form:
                self._field(form, legacy, result, failed)
        for form in self.mapping["fields"]:
            if "assume" in form:
                self._assume(form, result, failed)
        self._judge(result, has_standard=not failed)
        return result

    def _field(self, form: dict[str, Any], legacy: dict[str, str], result: Result, failed: set[str]) -> None:
        """Convert one field into ``result``."""
        names, standard = listed(form.get("legacy")), listed(form["standard"])
        texts: Texts = tuple(legacy[name] for name in names)
        if "lookup" in form:
            found, code, severity = self._look_up(form, legacy)
            texts += found
            if severity == "refuse":
                result.codes.add(code)
                result.possible |= RULES | {"T0001", "T0011", "T0020"}
                failed |= set(standard)
                return
            result.warnings |= {code} if code else set()
        answer = self._steps(form.get("steps", []), texts, len(standard))
        result.codes |= answer.codes
        result.possible |= answer.possible
        result.warnings |= answer.warnings
        if answer.values is None:
            failed |= set(standard)
            return
        result.standard |= zip(standard, answer.values, strict=True)
        written = zip(names, answer.back, strict=False)
        result.spellings |= {name: legacy[name] for name, text in written if legacy[name] != text}

    def _look_up(self, form: dict[str, Any], legacy: dict[str, str]) -> tuple[Texts, str, str]:
        """Return the looked-up texts, or none with a code and its severity."""
        declared = self.mapping["lookups"][form["lookup"]]
        wanted = listed(form.get("columns") or form.get("column"))
        nothing: Texts = (None,) * len(wanted)
        severity = form.get("missing", {"severity": "refuse"})["severity"]
        if form["lookup"] not in self.lookups:
            return nothing, "T0015", severity
        rows = set(self.lookups[form["lookup"]].get(tuple(legacy[name] for name in declared["key"]), []))
        if len(rows) > 1:
            return nothing, "T0018", "refuse"
        if not rows:
            return nothing, "T0014", severity
        row = dict(zip(declared["columns"], rows.pop(), strict=True))
        return tuple(row[name] for name in wanted), "", ""

    def _steps(self, steps: list[dict[str, Any]], texts: Texts, width: int) -> Answer:
        """Go through the steps; where all is empty no lens is asked, unless the first names the empty value."""
        if not any(texts) and not (steps and takes_empty(steps[0])):
            return Answer((None,) * width, ("",) * len(texts))
        assert len(steps) <= 1, "the shipped mappings have no chains"
        return LENSES[steps[0]["op"]](steps[0], texts) if steps else Answer(texts, texts)

    def _assume(self, form: dict[str, Any], result: Result, failed: set[str]) -> None:
        """Set an assumed value where the columns it rests on are there."""
        needed = form.get("where", [])
        if all(result.standard.get(name) is not None for name in needed):
            result.standard[form["standard"]] = form["assume"]
        elif failed & set(needed):
            result.possible.add("T0017")
        else:
            result.codes.add("T0017")
            failed.add(form["standard"])

    def _judge(self, result: Result, *, has_standard: bool) -> None:
        """Hold the standard record against schema and rules, where there is one."""
        values = {name: value for name, value in result.standard.items() if value is not None}
        broken = {code for code, _ in failures(self.schema, values) | rule_failures(self.schema, self.rules, values)}
        if has_standard:
            result.codes |= broken
        else:
            result.possible |= RULES
        result.accepted = has_standard and not result.codes


@cache
def load(mapping_path: Path) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Read a mapping that lies in a checkout, with its schema and rules."""
    mapping = yaml_of(mapping_path)
    standard = mapping_path.parents[2] / "schemas" / "standard" / mapping["standard"]
    schema = json.loads(Path(f"{standard}.schema.json").read_text(encoding="utf-8"))
    rules = yaml_of(Path(f"{standard}.rules.yaml"))
    return mapping, schema, rules


def convert(mapping_path: Path, data: bytes, lookups: dict[str, bytes]) -> list[Result]:
    """Convert a whole legacy file, header and all."""
    reference = Reference(*load(mapping_path))
    for name, content in lookups.items():
        reference.read_lookup(name, content)
    records = read_all(data, reference.columns, reference.encoding)
    return [reference.convert(row, record) for row, record in enumerate(records, start=1)]
