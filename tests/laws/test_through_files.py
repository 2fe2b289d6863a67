"""What was accepted comes back through the files that were written, whatever the texts are and in each format.

Legacy files are written by Python's csv module, which shares nothing with stdconv.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stdconv.mapping.plan import Plan, load_plan
from stdconv.runs.convert import convert_file
from stdconv.runs.relay import relay_file
from stdconv.runs.restore import restore_file
from stdconv.runs.validate import validate_file
from stdconv.standard.writers import Format

pytestmark = pytest.mark.slow

FORMATS: tuple[Format, ...] = ("csv", "parquet", "ndjson")
COLUMNS = ("番号", "備考", "memo")
LAST = "末尾"
"""The last legacy column: a line break in a last one is refused, and elsewhere accepted."""

PIECES = (
    *(
        "",
        "a",
        "甲",
        "行政　花子",
        '"',
        '""',
        ",",
        "\r\n",
        "\n",
        "\r",
        " ",
        "　",
        "\t",
        "\x00",
        "\x1a",
        "\x1b",
        "\ufeff",
    ),
    *("1,2,3", "1,x", "番号", "備考", "memo", "番号,備考,memo", "-", "=1+1", "x" * 70_000),
)
"""Of what texts are made: edges of blanks and quotes, controls, line breaks, headings, what looks like a record."""

texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=4).map("".join)
encodable = texts.filter(lambda text: text.isprintable() or text.encode("utf-8", "ignore").decode() == text)


def plan_of(folder: Path, names: tuple[str, ...], *, last: bool = True, **legacy: object) -> Plan:
    """Write a schema of free texts and a mapping that passes them on, and load it; ``last`` with one more column."""
    properties = {name: {"type": "string"} for name in names}
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": properties}
    (folder / "free.schema.json").write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    example = dict.fromkeys(names, "a")
    unmapped = {LAST: "assumed: ends every record"} if last else {}
    mapping: dict[str, Any] = {
        "grammar": 1,
        "id": "vendor-x/free",
        "about": {"vendor": "X社", "title": "メモ", "source": "assumed: any text"},
        "standard": "free.schema.json",
        "legacy": {"encoding": "utf-8", "columns": [*reversed(names), *unmapped], **legacy},
        "fields": [{"standard": name, "legacy": name} for name in names],
        "unmapped": {"legacy": unmapped},
        "examples": [{"source": "assumed: any text", "legacy": example, "standard": example}],
    }
    (folder / "free.yaml").write_text(json.dumps(mapping, ensure_ascii=False), encoding="utf-8")
    return load_plan(folder / "free.yaml")


@pytest.fixture(scope="module", params=[1, 2, 3])
def plan(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return plan_of(tmp_path_factory.mktemp("free"), COLUMNS[: request.param])


def legacy_file(names: tuple[str, ...], rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([names, *([*row, "z"] for row in rows)])
    return out.getvalue().encode("utf-8", "replace")


@settings(max_examples=max(10, settings.default.max_examples // 3 if settings.default else 10))
@given(st.data())
def test_what_is_accepted_comes_back_through_the_standard_file_of_each_format(
    plan: Plan, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("run")
    names = plan.mapping.legacy.columns
    values = st.lists(encodable, min_size=len(names) - 1, max_size=len(names) - 1)
    through_files(plan, folder, data.draw(st.lists(values, min_size=1, max_size=4)))


@pytest.mark.parametrize("first", ["\ufeff", '"', "\r\n"])
def test_every_text_comes_back_through_files_and_so_does_the_first_one(plan: Plan, tmp_path: Path, first: str) -> None:
    width = len(plan.mapping.legacy.columns) - 1
    through_files(plan, tmp_path, [[text] * width for text in (first, *PIECES)])


def through_files(plan: Plan, folder: Path, rows: list[list[str]]) -> None:
    names = plan.mapping.legacy.columns
    legacy = folder / "in.csv"
    legacy.write_bytes(legacy_file(names, rows))
    for format_ in FORMATS:
        run, again = folder / format_, folder / f"{format_}.csv"
        report = convert_file(plan, legacy, run, format=format_)
        restore_file(run, again)
        assert again.read_bytes() == legacy.read_bytes()
        if report.counts.accepted:
            checked = validate_file(plan.schema, run / f"standard.{format_}")
            assert (checked.counts.read, checked.counts.refused) == (report.counts.accepted, 0)
            relayed = relay_file(plan, run / f"standard.{format_}", folder / f"{format_}.relayed.csv")
            assert relayed.counts.read == report.counts.accepted


LAYOUTS = st.fixed_dictionaries(
    {
        "newline": st.sampled_from(["crlf", "lf", "cr"]),
        "quote": st.sampled_from(["minimal", "all"]),
        "header": st.booleans(),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "cp932"]),
        "delimiter": st.sampled_from([",", "\t"]),
    }
)


HEADINGS = ("", "予備", "予備", "_予備", "予,備", "*", "a")
"""What headers say that names cannot, or that is there twice."""


def records_of(path: Path) -> list[dict[str, str]]:
    """Return the records of a run folder's NDJSON, which are numbered from 1 where none was refused."""
    records = [json.loads(line) for line in path.read_bytes().split(b"\n") if line]
    assert [record.pop("_row") for record in records] == list(range(1, len(records) + 1))
    return records


def refused_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline=""), strict=True))


@settings(max_examples=max(20, settings.default.max_examples if settings.default else 20))
@given(st.data())
def test_what_another_layout_takes_is_converted_from_its_file_into_the_same_records(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("relay")
    names = COLUMNS[: data.draw(st.integers(1, 3))]
    layout = data.draw(LAYOUTS)
    if layout["header"] and data.draw(st.booleans()):
        headings = data.draw(st.lists(st.sampled_from(HEADINGS), min_size=len(names), max_size=len(names)))
        layout["columns"] = [{"name": name, "heading": each} for name, each in zip(names, headings, strict=True)]
    plan = plan_of(folder, names, last=False, **layout)
    record = st.fixed_dictionaries({name: encodable.filter(bool) for name in names})
    given_ = data.draw(st.lists(record, min_size=1, max_size=4))
    standard, legacy = folder / "in.ndjson", folder / "legacy.csv"
    standard.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in given_), encoding="utf-8")
    relayed = relay_file(plan, standard, legacy)
    refused = {row for total in relayed.findings if total.severity == "refuse" for row in total.rows}
    taken = [each for row, each in enumerate(given_, 1) if row not in refused]
    assert relayed.counts.accepted == len(taken)
    if not any("\0" in value for each in given_ for value in each.values()):  # those are refused as lines of JSON
        left = [each for row, each in enumerate(given_, 1) if row in refused]
        assert refused_of(legacy.with_name("legacy.csv.refused.csv")) == left
    if taken:
        report = convert_file(plan, legacy, folder / "run", format="ndjson")
        assert (report.counts.read, report.counts.refused) == (len(taken), 0)
        assert records_of(folder / "run" / "standard.ndjson") == taken


def test_a_line_break_that_would_begin_another_record_is_refused_where_the_file_is_written(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, ("備考", "区分", "番号"), last=False)
    record = {"番号": "1", "区分": "a", "備考": "甲\r\n9,y,z\r\n乙"}
    standard = tmp_path / "in.ndjson"
    standard.write_text(json.dumps(record), encoding="utf-8")
    report = relay_file(plan, standard, tmp_path / "out.csv")
    assert [(total.code, total.column) for total in report.findings] == [("R0011", "備考")]
    assert (tmp_path / "out.csv").read_bytes().count(b"\n") == 1, "the header alone"
