"""Reports: of several files, and in every form."""

import json

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
    assert err.startswith("S0009 unknown-column: ")
    assert all(fault["messages"]["en"][part] in err for part in ("summary", "cause", "remedy"))


def test_one_folder_for_several_files_is_refused_with_a_remedy_and_nothing_is_written(folder, capfd):
    before = sorted(folder.iterdir())
    code, _, err = said(capfd, "validate", "half.csv", "right.csv", "-s", "resident-link/1.0", "-o", "out")
    assert code == 2
    assert err.startswith("C0030 one-folder-for-several-files: -o out is one folder, and 2 files were given.")
    assert "Run the command once for each file" in err
    assert sorted(folder.iterdir()) == before
