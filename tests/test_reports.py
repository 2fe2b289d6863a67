"""Reports: of several files, and in every form."""

import json

import polars as pl
import pytest

from stdconv.cli import run

COLUMNS = "宛名番号,履歴番号,世帯番号,住民種別,住民状態,異動年月日,氏名,性別,生年月日_元号,生年月日"
RIGHT = "1000000001,1,,1,1,2024-03-01,行政　花子,2,3,1985-07-07"
WRONG = "1000000002,1,,1,1,2024-03-01,行政　花子,7,3,1985-07-07"


def standard(*records, header=COLUMNS):
    return "".join(f"{line}\r\n" for line in (header, *records)).encode()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder, which is the current one, with standard files: all right, half right, with an unknown column."""
    monkeypatch.setenv("STDCONV_LANG", "en")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "right.csv").write_bytes(standard(RIGHT))
    (tmp_path / "half.csv").write_bytes(standard(RIGHT, WRONG))
    (tmp_path / "unknown.csv").write_bytes(standard(f"{RIGHT},x", header=f"{COLUMNS},備考"))
    return tmp_path


def said(capfd, *words):
    capfd.readouterr()
    code = run([*words])
    out, err = capfd.readouterr()
    return code, out, err


def test_several_files_are_checked_each_by_itself_and_told_under_their_paths(folder, capfd):
    code, out, err = said(capfd, "validate", "half.csv", "nowhere.csv", "right.csv", "-s", "resident-link/1.0")
    assert (code, out) == (3, "")
    half, nowhere, right = err.split("\n\n")
    assert half.startswith("half.csv\nread 2  accepted 1  refused 1\nrefuse S0004 ")
    assert nowhere.startswith(
        "nowhere.csv\nC0003 unreadable-file: nowhere.csv cannot be read: No such file or directory."
    )
    assert right == "right.csv\nread 1  accepted 1  refused 0\n"


def test_one_file_is_told_without_its_path(folder, capfd):
    assert said(capfd, "validate", "right.csv", "-s", "resident-link/1.0") == (0, "", "read 1  accepted 1  refused 0\n")


def test_one_file_gives_a_json_object_and_several_an_array_of_the_same(folder, capfd):
    def reported(*files):
        return json.loads(said(capfd, "validate", *files, "-s", "resident-link/1.0", "--report", "json=-")[1])

    half, right = reported("half.csv"), reported("right.csv")
    assert (half["path"], half["counts"]) == ("half.csv", {"read": 2, "accepted": 1, "refused": 1})
    assert [total["code"] for total in half["findings"]] == ["S0004"]
    assert reported("half.csv", "right.csv") == [half, right]


def test_a_file_that_cannot_be_read_has_a_report_that_says_why(folder, capfd):
    code, out, err = said(capfd, "validate", "unknown.csv", "-s", "resident-link/1.0", "--report", "json=-")
    report = json.loads(out)
    assert code == report["exit_code"] == 3
    assert report["counts"] == {"read": 0, "accepted": 0, "refused": 0}
    (fault,) = report["faults"]
    assert (fault["code"], fault["name"], fault["severity"]) == ("S0009", "unknown-column", "fail")
    assert err.startswith("unknown.csv:1: S0009 unknown-column: ")
    assert all(fault["messages"]["en"][part] in err for part in ("summary", "cause", "remedy"))


def test_one_folder_for_several_files_is_refused_with_a_remedy_and_nothing_is_written(folder, capfd):
    before = sorted(folder.iterdir())
    code, _, err = said(capfd, "validate", "half.csv", "right.csv", "-s", "resident-link/1.0", "-o", "out")
    assert code == 2
    assert err.startswith("C0030 one-folder-for-several-files: -o out is one folder, and 2 files were given.")
    assert "Run the command once for each file" in err
    assert sorted(folder.iterdir()) == before


# Lines


def lines_of(report):
    """Return rows and lines of every total, by code and column."""
    return {(total["code"], total["column"]): (total["rows"], total["lines"]) for total in report["findings"]}


def validated(capfd, file, *more):
    return json.loads(said(capfd, "validate", file, "-s", "resident-link/1.0", "--report", "json=-", *more)[1])


OTHER = RIGHT.replace("1000000001", "1000000003")
TWO_LINES = '1000000004,1,,1,1,2024-03-01,"行政\r\n花子",2,3,1985-07-07'


def test_a_record_is_told_with_the_line_that_it_begins_on(folder, capfd):
    """The header is on line 3, behind two blank lines; records on 4, 6 (a blank line before it), 7 and 8, 9."""
    (folder / "x.csv").write_bytes(b"\r\n\r\n" + standard(RIGHT, "", OTHER, TWO_LINES, WRONG))
    found = lines_of(validated(capfd, "x.csv"))
    assert found["S0004", "性別"] == ([4], [9])
    assert found["S0002", "氏名"] == ([3], [7])


def test_a_finding_of_a_dataset_rule_has_lines_too(folder, capfd):
    (folder / "x.csv").write_bytes(standard(TWO_LINES, RIGHT, RIGHT))
    assert lines_of(validated(capfd, "x.csv"))["D0001", "宛名番号+履歴番号"] == ([2, 3], [4, 5])


def test_the_lines_are_those_of_the_first_rows_alone(folder, capfd):
    (folder / "x.csv").write_bytes(standard(*[WRONG] * 30))
    assert lines_of(validated(capfd, "x.csv"))["S0004", "性別"] == (list(range(1, 11)), list(range(2, 12)))


def test_each_line_of_ndjson_is_a_record_and_a_parquet_file_has_no_lines(folder, capfd):
    (folder / "x.ndjson").write_text(
        '{"宛名番号": "1", "履歴番号": "1"}\n{"宛名番号": "2", "履歴番号": "x"}\n', encoding="utf-8"
    )
    assert lines_of(validated(capfd, "x.ndjson"))["S0002", "履歴番号"] == ([2], [2])
    pl.DataFrame({"宛名番号": ["1", "2"], "履歴番号": ["1", "x"]}).write_parquet(folder / "x.parquet")
    assert lines_of(validated(capfd, "x.parquet"))["S0002", "履歴番号"] == ([2], [])


LEGACY = "住民番号,履歴番号,氏名,生年月日,性別,住民区分,異動日,住民種別"
LEGACY_GOOD = "1000000001,1,行政　花子,3600707,女,住登者,20240301,日本人"


def legacy(*records):
    return "".join(f"{line}\r\n" for line in (LEGACY, *records)).encode("cp932")


def test_a_legacy_file_is_told_with_its_lines_and_a_lookup_without(folder, capfd):
    bad = LEGACY_GOOD.replace("女", "女性").replace("1000000001", "1000000002")
    quoted = LEGACY_GOOD.replace("1000000001", '"1000000003\r\n"')
    (folder / "x.csv").write_bytes(legacy(quoted, "", bad))
    (folder / "h.csv").write_bytes("住民番号,世帯番号\r\n1,2\r\n3\r\n".encode("cp932"))
    words = "convert x.csv -m vendor-a/resident-link -o run --lookup households=h.csv --report json=-".split()
    report = json.loads(said(capfd, *words)[1])
    found = lines_of(report)
    assert found["T0002", "性別"] == ([2], [5])
    lookup = {
        total["code"]: (total["rows"], total["lines"]) for total in report["findings"] if total["side"] != "legacy"
    }
    assert lookup["D0004"] == ([2], [])


def test_the_text_says_the_lines(folder, capfd):
    _, _, err = said(capfd, "validate", "half.csv", "-s", "resident-link/1.0")
    assert "×1  records 2  lines 3" in err
    _, _, err = said(capfd, "--lang", "ja", "validate", "half.csv", "-s", "resident-link/1.0")
    assert "×1  レコード 2  行 3" in err
