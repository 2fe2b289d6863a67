"""A total carries its details with their counts: the commonest ones, and how many more there are."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from stdconv.findings.frames import about_rows
from stdconv.reports.csv import as_csv
from stdconv.reports.github import as_github
from stdconv.reports.json import as_json
from stdconv.reports.junit import as_junit
from stdconv.reports.model import Report
from stdconv.reports.sarif import as_sarif
from stdconv.reports.text import as_text
from stdconv.reports.totals import KINDS, Total, Totals
from support.commandline import said
from support.links import RIGHT_IN_A, a_file


def findings(*details: str) -> pl.DataFrame:
    rows = pl.Series(range(1, len(details) + 1), dtype=pl.Int64)
    return about_rows(rows, "E0003", side="legacy", column="氏名", detail=pl.Series(details, dtype=pl.String))


def total(*frames: pl.DataFrame) -> Total:
    totals = Totals()
    for frame in frames:
        totals.add(frame)
    (found,) = totals.totals()
    return found


def counts(found: Total) -> list[tuple[str, int]]:
    return [(each.detail, each.count) for each in found.details]


SEVEN = ["U+E001"] + ["U+E002"] * 3 + ["U+E003"] * 2 + ["U+E004", "U+E005", "U+E006", "U+E007"]


def test_the_commonest_details_come_first_and_of_the_same_count_the_first() -> None:
    found = total(findings(*SEVEN))
    assert (found.count, found.kinds) == (10, 7)
    assert counts(found)[:4] == [("U+E002", 3), ("U+E003", 2), ("U+E001", 1), ("U+E004", 1)]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_details_are_the_same_wherever_the_file_is_cut(size: int) -> None:
    whole = findings(*SEVEN)
    assert total(*whole.iter_slices(size)) == total(whole)


def test_so_many_details_are_told_apart_wherever_the_file_is_cut() -> None:
    texts = [f"shape=9 length={number}" for number in range(KINDS + 500)]
    whole = findings(*texts, *texts[-100:], *texts[:5])
    found = total(whole)
    assert (found.count, found.kinds) == (KINDS + 605, KINDS)
    assert counts(found)[:5] == [(text, 2) for text in texts[:5]]
    assert total(*whole.iter_slices(4_999)) == found


def test_no_details_are_none_and_some_without_are_counted() -> None:
    none, some = total(findings("", "")), total(findings("", "U+E001", ""))
    assert (none.details, none.kinds) == ((), 0)
    assert (counts(some), some.kinds) == ([("", 2), ("U+E001", 1)], 2)


SAID = {
    "en": "U+E002 ×3, U+E003 ×2, U+E001 ×1, U+E004 ×1, U+E005 ×1, 2 more kinds ×2",
    "ja": "U+E002 ×3、U+E003 ×2、U+E001 ×1、U+E004 ×1、U+E005 ×1、ほか 2 種 ×2",
}


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_form_says_how_often_each(lang: str) -> None:
    report = Report(command="convert", file="x.csv", findings=(total(findings(*SEVEN)),))
    for form in (as_text, as_junit, as_sarif, as_github):
        assert SAID[lang] in form([report], lang), form
    assert SAID["en"] in as_csv([report], lang)
    document = Report.model_validate_json(as_json([report], lang))
    assert counts(document.findings[0])[0] == ("U+E002", 3)
    assert document.findings[0].kinds == 7


def test_values_of_other_shapes_are_not_shown_as_the_first(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    wrong = [RIGHT_IN_A.replace("住登者", value).replace("1000000001", f"10000{number:05}") for number, value in WRONG]
    (tmp_path / "x.csv").write_bytes(a_file(*wrong, RIGHT_IN_A))
    words = ("convert", tmp_path / "x.csv", "-m", "vendor-a/resident-link", "-o", tmp_path / "run")
    err = said(capfd, *words)[2]
    assert "  住民区分  ×45  " in err
    assert "(shape=漢漢 length=2 ×40, shape=漢漢␣ length=3 ×5)" in err
    assert "転籍" not in err


WRONG = list(enumerate(["転居 "] * 2 + ["転籍"] * 40 + ["転居 "] * 3))


def test_what_a_code_means_is_said_once_below_its_columns() -> None:
    """A layout of 64 columns leaves many of them empty for the same reason."""
    totals = Totals()
    for column in ("氏名", "旧氏", "通称"):
        totals.add(about_rows(pl.Series([1]), "E0003", side="legacy", column=column))
    totals.add(about_rows(pl.Series([1]), "E0004", side="legacy", column="氏名"))
    _, *lines = as_text([Report(command="convert", file="x.csv", findings=totals.totals())], "en").splitlines()
    assert [line.split()[1] if line.startswith("warn") else "" for line in lines] == [*["E0003"] * 3, "", "E0004", ""]
    assert all(line.startswith("       ") for line in (lines[3], lines[5]))
