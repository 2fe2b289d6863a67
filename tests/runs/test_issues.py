"""Lists of issues: what is in them, what comes back from a spreadsheet, and whose records they tell when asked."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import stdconv
from stdconv.runs.decisions import load_decisions
from support.links import a_file

pytestmark = pytest.mark.slow

MAPPING = "vendor-a/resident-link"
GOOD = "1234567890,1,行政\u3000花子,3600707,女,住登者,20240301,日本人"
BAD = [
    "1234567891,1,行政\u3000太郎,3600707,X,住登者,20240301,日本人",
    "1234567892,1,行政次郎,3600799,X,住登者,20240301,日本人",
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def made(name: str, *lines: str) -> Path:
    path = Path(name)
    path.write_bytes(a_file(*lines))
    return path


def run(file: Path, folder: str, **given: object) -> tuple[stdconv.Report, list[dict[str, str]]]:
    report = stdconv.convert_file(file, MAPPING, folder, fail_on="never", issues=True, **given)  # type: ignore[arg-type]
    return report, listed(Path(folder, "issues.csv"))


def listed(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    assert data.startswith("\ufeff番号,レコード,行,".encode())
    assert data.count(b"\n") == data.count(b"\r\n")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def given_back(source: str, change: Callable[[list[dict[str, str]]], object], encoding: str = "utf-8-sig") -> Path:
    """Return the list of a run as a spreadsheet saves it: columns turned round, one more, and empty lines."""
    lines = listed(Path(source))
    names = [*reversed(lines[0]), "備考"]
    change(lines)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    path = Path("back.csv")
    path.write_bytes((out.getvalue() + "," * (len(names) - 1) + "\r\n\r\n").encode(encoding))
    return path


def decide(line: dict[str, str], decision: str = "旧側で直す", who: str = "山田", until: str = "2026/12/1") -> bool:
    line.update({"判断": decision, "担当": who, "期限": until})
    return True


def test_every_finding_is_a_line_with_its_record_line_and_pattern() -> None:
    report, lines = run(made("in.csv", GOOD, *BAD), "run")
    assert [(each["番号"], each["レコード"], each["行"], each["コード"]) for each in lines] == [
        ("1", "", "", "T0015"),
        ("2", "2", "3", "D0021"),
        ("3", "2", "3", "T0002"),
        ("4", "3", "4", "D0021"),
        ("5", "3", "4", "T0002"),
        ("6", "3", "4", "T0004"),
        ("7", "3", "4", "T0012"),
    ]
    assert lines[0]["内容"].endswith("（×3）")
    assert lines[1]["パターン"] == lines[3]["パターン"] != ""
    assert len({each["パターン"] for each in lines[4:]}) == 1
    assert lines[2]["パターン"] != lines[4]["パターン"]
    assert {each["状態"] for each in lines} == {"新規"}
    assert {each["判断"] + each["担当"] + each["期限"] for each in lines} == {""}
    assert report.issues is not None
    assert (report.issues.found, report.issues.decisions) == (7, None)
    assert stdconv.verify("run").files["issues.csv"].bytes > 0
    assert not Path("run/issues-with-keys.csv").exists()


def test_lines_are_those_of_the_file_where_records_span_several() -> None:
    schema = stdconv.load_schema("resident-link/1.0")
    names = list(schema.names)
    row = dict.fromkeys(names, "")
    Path("s.csv").write_text(
        ",".join(names) + "\n" + ",".join('"a\n\nb"' if name == "氏名" else row[name] for name in names) + "\n"
        + ",".join("x" if name == "性別" else "" for name in names) + "\n",
        encoding="utf-8",
    )  # fmt: skip
    stdconv.validate_file("s.csv", "resident-link/1.0", folder="checked", issues=True)
    lines = listed(Path("checked/issues.csv"))
    assert {(each["レコード"], each["行"]) for each in lines if each["レコード"]} == {("1", "2"), ("2", "5")}
    assert stdconv.verify("checked").files["issues.csv"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
@pytest.mark.parametrize("with_keys", [False, True])
def test_decisions_are_carried_over_and_what_is_new_and_gone_is_said(encoding: str, with_keys: bool) -> None:
    run(made("in.csv", GOOD, *BAD), "run", with_keys=with_keys)
    name = "run/issues-with-keys.csv" if with_keys else "run/issues.csv"
    back = given_back(
        name, lambda lines: (decide(lines[2]), decide(lines[5]), decide(lines[6], "", "佐藤\n課", "")), encoding
    )
    another = "1234567893,1,行政\u3000花子,3600707,Y,住登者,20240301,日本人"
    mended = BAD[1].replace("3600799", "3600707")
    report, lines = run(made("in2.csv", GOOD, BAD[0], mended, another), "run2", decisions=back)
    states = {(each["レコード"], each["コード"]): each["状態"] for each in lines}
    assert states == {
        ("", "T0015"): "継続",
        ("2", "D0021"): "継続",
        ("2", "T0002"): "判断済",
        ("3", "D0021"): "継続",
        ("3", "T0002"): "継続",
        ("3", "T0012"): "継続",
        ("4", "D0021"): "新規",
        ("4", "T0002"): "新規",
        ("", "T0004"): "解消",
    }
    assert [lines[2][each] for each in ("判断", "担当", "期限")] == ["旧側で直す", "山田", "2026-12-01"]
    assert next(each for each in lines if each["コード"] == "T0012")["担当"] == "佐藤 課"
    assert (lines[-1]["判断"], lines[-1]["項目"]) == ("旧側で直す", "生年月日")
    use = report.issues
    assert use is not None
    assert (use.decided, use.open, use.new, use.gone, use.overdue) == (1, 5, 2, 1, None)
    assert (use.matched, use.of_another_file) == ("keys" if with_keys else "records", True)
    assert report.exit_code == 0
    again, _ = run(Path("in2.csv"), "run3", decisions=Path("run2/issues.csv"))
    assert again.issues is not None
    assert (again.issues.decided, again.issues.new, again.issues.gone) == (1, 0, 0)
    assert again.issues.of_another_file is False


def test_people_are_found_again_where_records_have_moved() -> None:
    run(made("in.csv", *BAD), "run", with_keys=True)

    def as_excel(lines: list[dict[str, str]]) -> None:
        for line in lines:
            line["宛名番号"] = line["宛名番号"].lstrip("0")
            if line["コード"] == "T0002":
                decide(line, f"判断{line['宛名番号']}")

    back = given_back("run/issues-with-keys.csv", as_excel)
    report, lines = run(made("in2.csv", BAD[1], GOOD, BAD[0]), "run2", decisions=back)
    assert report.issues is not None
    assert (report.issues.new, report.issues.gone) == (0, 0)
    decided = {each["レコード"]: each["判断"] for each in lines if each["コード"] == "T0002"}
    assert decided == {"1": "判断1234567892", "3": "判断1234567891"}
    assert b"1234567892" in Path("run2/issues.csv").read_bytes()  # what people wrote is theirs


def test_whose_records_they_are_stands_in_a_file_of_its_own_for_the_owner_alone() -> None:
    report, _ = run(made("in.csv", GOOD, *BAD, "1234567894,1"), "run", with_keys=True)
    path = Path("run/issues-with-keys.csv")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    keys = {(each["レコード"], each["宛名番号"]) for each in listed(path)}
    assert keys == {("", ""), ("2", "1234567891"), ("3", "1234567892"), ("4", "")}
    assert report.issues is not None
    assert report.issues.personal == "issues-with-keys.csv"
    for name in ("issues.csv", "report.json", "findings.parquet", "manifest.json"):
        assert b"1234567891" not in Path("run", name).read_bytes()
    assert not [each for each in Path("run").iterdir() if each.name.startswith(".")]
    assert stdconv.verify("run").files["issues-with-keys.csv"]


def test_what_is_overdue_is_said_on_the_day_of_the_extract() -> None:
    schema = "resident-basic/0.2"
    names = stdconv.load_schema(schema).names
    Path("s.csv").write_text(",".join(names) + "\n" + "," * (len(names) - 1) + "\n", encoding="utf-8")
    stdconv.validate_file("s.csv", schema, folder="one", fail_on="never", issues=True)
    back = given_back("one/issues.csv", lambda lines: (decide(lines[12]), decide(lines[13], until="2026-12-24")))
    report = stdconv.validate_file("s.csv", schema, folder="two", decisions=back, as_of="2026-12-24")
    assert report.issues is not None
    assert (report.issues.overdue, report.issues.decided, report.issues.new) == (1, 2, 0)


def cell(name: str, text: str, line: int = 2) -> Callable[[list[dict[str, str]]], None]:
    return lambda lines: lines[line].update({name: text})


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        (cell("番号", "x"), "C0148", 4),
        (cell("レコード", "1.5"), "C0148", 4),
        (cell("コード", "T9999"), "C0148", 4),
        (cell("期限", "12月1日"), "C0150", 4),
        (cell("期限", "2026-02-30"), "C0150", 4),
        (cell("宛名番号", "1.23457E+14"), "C0151", 4),
        (lambda lines: (lines.append(dict(lines[2])), decide(lines[2])), "C0149", None),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(
    change: Callable[[list[dict[str, str]]], object], code: str, place: int | None
) -> None:
    run(made("in.csv", GOOD, *BAD), "run", with_keys=True)
    back = given_back("run/issues-with-keys.csv", change)
    with pytest.raises(stdconv.DefinitionError) as caught:
        run(Path("in.csv"), "run2", decisions=back)
    assert [each.code for each in caught.value.faults] == [code]
    assert place is None or caught.value.faults[0].parameters["line"]["en"] == str(place)
    assert not Path("run2").exists()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "C0147"),
        ("番号,レコード\r\n1,2\r\n".encode(), "C0147"),
        ("番号,番号,レコード,側,項目,コード,判断,担当,期限\r\n".encode(), "C0147"),
        (b"PK\x03\x04\xff\xfe\x00", "C0152"),
        ('番号,レコード,側,項目,コード,判断,担当,期限\r\n1,,a,b,T0002,"c,,\r\n2,,a,b,T0002,,,\r\n'.encode(), "C0152"),
    ],
)
def test_what_is_no_list_is_refused(data: bytes, code: str) -> None:
    Path("back.csv").write_bytes(data)
    with pytest.raises(stdconv.DefinitionError) as caught:
        run(made("in.csv", GOOD), "run", decisions=Path("back.csv"))
    assert [each.code for each in caught.value.faults] == [code]


def test_what_is_gone_stands_in_the_list_with_keys_too() -> None:
    run(made("in.csv", GOOD, *BAD), "run", with_keys=True)
    report, _ = run(made("better.csv", GOOD), "next", with_keys=True, decisions=Path("run/issues-with-keys.csv"))
    assert report.issues is not None
    assert (report.issues.matched, report.issues.gone) == ("keys", 6)
    keyed = Path("next/issues-with-keys.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.count("解消") for line in keyed].count(1) == 6


def test_lists_need_a_folder_and_keys_a_column() -> None:
    Path("s.csv").write_text("番号\n1\n", encoding="utf-8")
    Path("own.schema.json").write_text(
        '{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "own", "type": "object",'
        ' "properties": {"番号": {"type": "string"}}}',
        encoding="utf-8",
    )
    for given in ({"issues": True}, {"with_keys": True}, {"decisions": "s.csv"}):
        with pytest.raises(stdconv.DefinitionError, match="C0146"):
            stdconv.validate_file("s.csv", "own.schema.json", **given)
    with pytest.raises(stdconv.DefinitionError, match="C0145"):
        stdconv.validate_file("s.csv", "own.schema.json", folder="v", with_keys=True)


def test_a_long_list_is_read_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stdconv.runs.decisions.AT_ONCE", 50)
    monkeypatch.setattr("stdconv.runs.issues.AT_ONCE", 50)
    many = [BAD[0].replace("1234567891", str(1234500000 + at)) for at in range(300)]
    _, lines = run(made("in.csv", *many), "run")
    assert [each["番号"] for each in lines] == [str(at) for at in range(1, 602)]
    assert [int(each["レコード"]) for each in lines[1:]] == [at for at in range(1, 301) for _ in range(2)]
    back = given_back("run/issues.csv", lambda lines: decide(lines[-1], until=""))
    given = load_decisions(back, Path("copy"), (), ())
    assert len(given.listed) == 601
    assert not Path("copy").exists()
    report, again = run(Path("in.csv"), "run2", decisions=back)
    assert report.issues is not None
    assert (report.issues.decided, report.issues.open, report.issues.new, report.issues.gone) == (1, 600, 0, 0)
    assert again[-1]["判断"] == "旧側で直す"
    assert isinstance(given.listed, pl.DataFrame)
