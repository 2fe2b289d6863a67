"""Title lines in front of a file's records: whatever they say, it comes back, and what is made anew has its own."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import stdconv
from stdconv.errors import UnreadableError
from stdconv.mapping.plan import Plan
from stdconv.runs.convert import convert_file
from stdconv.runs.restore import restore_file
from stdconv.runs.sample import sample_file
from support.paths import CASES

pytestmark = pytest.mark.slow

COLUMNS = ["宛名", "異動", "予備"]
PLACES = [{"name": name, "at": at, "length": 10, "pad": " "} for name, at in zip(COLUMNS, (1, 11, 21), strict=True)]
RECORDS = [("1", "20240301", "a"), ("2", "20240230", "b"), ("3", "", "")]
LAYOUTS: dict[str, dict[str, Any]] = {
    "header": {},
    "by name": {"header": "by_name", "newline": "lf", "encoding": "utf-8-sig"},
    "no header": {"header": False, "newline": "cr"},
    "two bytes": {"encoding": "utf-16le"},
    "places": {"format": "fixed", "encoding": "cp932", "columns": PLACES},
}
parts = st.sampled_from([b"", b"a", b",", b'"', b"\x00", b"\x85\xff", b"\x1a", "宛名,異動,予備".encode(), b"\r", b"\n"])


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plan]:
    """The mapping of the golden case with the title lines 題 and a blank one, in several layouts."""
    case, folder = CASES / "golden-titles", tmp_path_factory.mktemp("titles")
    (folder / "own.schema.json").write_bytes((case / "own.schema.json").read_bytes())
    given_ = yaml.safe_load((case / "mapping.yaml").read_bytes())
    for name, how in LAYOUTS.items():
        legacy = {"encoding": "utf-8", "before": 2, "write": {"before": ["題", ""]}, "columns": COLUMNS, **how}
        examples = [{**given_["examples"][0]}]
        if name == "no header":
            examples[0]["line"] = "1,20240301,a"
        text = yaml.safe_dump({**given_, "legacy": legacy, "examples": examples}, allow_unicode=True)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return {name: stdconv.load_mapping(folder / f"{name}.yaml") for name in LAYOUTS}


def records_of(name: str) -> bytes:
    """Return what stands behind the title lines, written by hand here."""
    if name == "places":
        return b"".join("".join(value.ljust(10) for value in record).encode() + b"\r\n" for record in RECORDS)
    rows = [COLUMNS, *RECORDS]
    if name == "by name":
        rows = [row[::-1] for row in rows]
    end = {"by name": "\n", "no header": "\r"}.get(name, "\r\n")
    text = "".join(",".join(row) + end for row in rows[name == "no header" :])
    return text.encode("utf-16-le" if name == "two bytes" else "utf-8")


def titles_of(name: str, drawn: tuple[list[bytes], list[bytes]]) -> bytes:
    """Return two lines of what was drawn, each of which ends where the layout's lines do."""
    end, inside = (b"\r", b"\n") if name == "no header" else (b"\n", b"\r")
    bodies = [b"".join(line).replace(end, inside) for line in drawn]
    if name == "two bytes":  # each byte with another one, so that some are halves of characters
        lines = [b"".join(bytes((byte, 0xD8 if byte > 0x80 else 0)) for byte in body) for body in bodies]
        return b"\xff\xfe" + b"".join(line + b"\r\0\n\0" for line in lines)
    mark = b"\xef\xbb\xbf" if name == "by name" else b""
    return mark + b"".join(body + (b"\r\n" if end == b"\n" else end) for body in bodies)


@given(st.sampled_from(sorted(LAYOUTS)), st.tuples(st.lists(parts, max_size=4), st.lists(parts, max_size=4)), st.data())
def test_whatever_title_lines_say_they_come_back_and_change_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    plans: dict[str, Plan],
    name: str,
    drawn: tuple[list[bytes], list[bytes]],
    data: Any,
) -> None:
    plan, folder, titles = plans[name], tmp_path_factory.mktemp("run"), titles_of(name, drawn)
    whole = titles + records_of(name)
    (folder / "in.csv").write_bytes(whole)
    report = convert_file(plan, folder / "in.csv", folder / "run", batch_size=data.draw(st.integers(1, 200)))
    assert (report.counts.read, report.counts.refused) == (3, 1)
    assert [each.lines for each in report.findings if each.code == "T0004"] == [
        (4 + (name in ("header", "by name", "two bytes")),)
    ]
    restore_file(folder / "run", folder / "again.csv")
    assert (folder / "again.csv").read_bytes() == whole
    again = convert_file(plan, folder / "run" / "refused.csv", folder / "refused")
    assert (again.counts.read, again.counts.refused) == (1, 1), "refused records stand below the title lines"
    session, step = stdconv.Converter(plan), data.draw(st.integers(1, 60))
    fed = [session.feed(whole[at : at + step]) for at in range(0, len(whole), step)]
    session.finish()
    assert pl.concat([each.standard for each in (*fed, session.rest)])["宛名番号"].to_list() == ["1", "3"]


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_files_made_anew_have_the_title_lines_that_the_mapping_says(
    tmp_path: Path, plans: dict[str, Plan], name: str
) -> None:
    plan = plans[name]
    begin = plan.dialect.mark + f"題{plan.dialect.terminator * 2}".encode(plan.dialect.coding.in_files)
    sample_file(plan, 5, 1, tmp_path / "sample.csv")
    target = io.BytesIO()
    stdconv.write_legacy(pl.DataFrame([dict(zip(COLUMNS, RECORDS[0], strict=True))]), plan, target)
    standard = stdconv.convert_bytes(target.getvalue(), plan).standard
    relayed = stdconv.restore(standard, plan).to_bytes()
    for made, count in (((tmp_path / "sample.csv").read_bytes(), 5), (target.getvalue(), 1), (relayed, 1)):
        assert made.startswith(begin)
        assert stdconv.convert_bytes(made, plan).counts.accepted == count


@pytest.mark.parametrize("data", [b"x", b"x\r\n", b"x\r\ny", b"x\r\n" + b"y" * 140_000 + b"\r\n"])
def test_a_file_without_all_title_lines_is_none(plans: dict[str, Plan], data: bytes) -> None:
    for name in ("header", "places"):
        with pytest.raises(UnreadableError) as raised:
            stdconv.convert_bytes(data, plans[name])
        assert [fault.code for fault in raised.value.faults] == ["R0027"]


def test_behind_its_title_lines_a_file_may_have_no_record_but_not_no_header(plans: dict[str, Plan]) -> None:
    assert stdconv.convert_bytes(b"x\r\n\r\n", plans["places"]).counts.read == 0
    with pytest.raises(UnreadableError) as raised:
        stdconv.convert_bytes(b"x\r\n\r\n", plans["header"])
    assert [fault.code for fault in raised.value.faults] == ["R0010"]
