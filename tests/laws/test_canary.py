"""No resident's value stands in a finding, report, log, message or exception (design, section 7).

Distinctive values are planted wherever a value can stand; then everything that a command says or writes is searched,
save what the design exempts: standard.*, issues-with-keys.csv, refused.<suffix>, FILE.refused.csv, residue.parquet, and the legacy and lookup
files that restore and sample write.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

import stdconv
from stdconv.cli.outcome import FORMATS
from support.commandline import said
from support.links import A_COLUMNS, B_COLUMNS, STANDARD_COLUMNS

pytestmark = pytest.mark.slow

TEXTS = ["龍崎", "鱗太", "鼈甲", "齋賀", "霹靂", "RYUZAKI", "ﾘｭｳｻﾞｷ", "ＲＹＵＺＡＫＩ"]
NUMBERS = [
    "7070707071",
    "77171",
    "8080808081",
    "3370412",
    "19620412",
    "1962-04-12",
    "19731119",
    "1973-11-19",
    "3480230",
]

ACCEPTED_A = ["7070707071", "77171", "龍崎　鱗太", "3370412", "女", "住登者", "19731119", "日本人"]
REFUSED_A = ["龍崎7070707071", "鱗太", "龍崎　　鱗太", "3480230", "鼈甲", "齋賀", "19731119龍崎", "霹靂"]
ACCEPTED_B = ["7070707071", "77171", "龍崎鱗太", "19731119", "1", "19620412", "昭和", "8080808081", "住登者"]
REFUSED_B = ["龍崎7070707071", "鱗太", "龍崎　　鱗太", "19731119龍崎", "鼈甲", "19620412", "齋賀", "ﾘｭｳｻﾞｷ", "霹靂"]
ACCEPTED_S = ["7070707071", "77171", "8080808081", "1", "1", "1973-11-19", "龍崎　鱗太", "1", "3", "1962-04-12"]
REFUSED_S = ["ＲＹＵＺＡＫＩ", "鱗太", "龍崎", "鼈甲", "齋賀", "1973-11-19龍崎", "RYUZAKI", "霹靂", "ﾘｭｳｻﾞｷ", "19620412"]

EXEMPT = re.compile(r"standard\.\w+|issues-with-keys\.csv|refused\.\w+|.*\.refused\.csv|residue\.parquet")


def spellings() -> re.Pattern[bytes]:
    """Return every planted value as patterns of bytes, in each encoding and escape that could show it."""
    patterns = []
    for text in TEXTS:
        shapes = {text.encode("utf-8"), text.encode("cp932"), text.encode("utf-16-le")}
        shapes |= {repr(text.encode("utf-8"))[2:-1].encode(), repr(text.encode("cp932"))[2:-1].encode()}
        shapes |= {text.encode("unicode_escape"), "".join(f"U+{ord(c):04X}" for c in text).encode()}
        shapes |= {
            " ".join(f"U+{ord(c):04X}" for c in text).encode(),
            text.encode("utf-8").hex().encode(),
            text.encode("cp932").hex().encode(),
        }
        patterns += [re.escape(shape) for shape in shapes]
    patterns += [rb"(?<![0-9a-fA-F])" + re.escape(number.encode()) + rb"(?![0-9a-fA-F])" for number in NUMBERS]
    return re.compile(b"|".join(patterns))


CANARY = spellings()


def assert_silent(data: bytes | str, where: str) -> None:
    data = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    assert not (found := CANARY.search(data)), (
        f"{where} shows {found[0]!r}: {data[max(0, found.start() - 200) : found.end() + 40]!r}"
    )


def assert_silent_files(folder: Path, planted: set[Path]) -> None:
    """Search every file below ``folder`` that was not planted and is not exempt; Parquet files cell by cell too."""
    for path in sorted(folder.rglob("*")):
        assert_silent(str(path.relative_to(folder)), "a file's name")
        if not path.is_file() or path in planted or EXEMPT.fullmatch(path.name):
            continue
        assert_silent(path.read_bytes(), path.name)
        if path.suffix == ".parquet":
            assert_silent(repr(pl.read_parquet(path).rows()), path.name)


def encoded(encoding: str, *records: Sequence[str] | bytes, end: str = "\r\n") -> bytes:
    """Return records, lists of texts or lines of bytes, as a file."""
    lines = [record if isinstance(record, bytes) else ",".join(record).encode(encoding) for record in records]
    return b"".join(line + end.encode() for line in lines)


def damaged(encoding: str, accepted: Sequence[str], refused: Sequence[str]) -> list[bytes]:
    """Return records in which a value is planted wherever a record can go wrong."""
    line = ",".join(accepted).encode(encoding)
    name = accepted[2].encode(encoding)
    number = accepted[0].encode()

    def other(k: int) -> bytes:
        return line.replace(number, b"707070708%d" % k)

    return [
        line,
        ",".join(refused).encode(encoding),
        *(",".join([*accepted[:k], refused[k], *accepted[k + 1 :]]).encode(encoding) for k in range(len(accepted))),
        other(1).replace(name, b'"' + name),
        other(2).replace(name, b'"' + name + b'"' + name),
        other(3).replace(name, name + b'"' + name),
        other(4).replace(name, b'"' + name + b"\r\n" + name + b'"'),
        other(5).replace(name, name + b"\0" + name),
        other(6).replace(name, name + b"\x96"),
        other(7).replace(name, name + b"\x80"),
        other(8) + b"," + name,
        name,
        line[: line.index(name) + len(name)],
        line + b"\n" + other(9),
        line,
    ]


def say(arguments: Sequence[object], capfd: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Run stdconv in this process, search what it says, and return its exit code and output."""
    code, out, err = said(capfd, *arguments)
    for text, where in ((out, "stdout"), (err, "stderr")):
        assert_silent(text, f"{where} of {arguments[0]} {arguments[1:]}")
        assert "Traceback" not in text
    return code, out, err


@pytest.fixture(params=["en", "ja"])
def lang(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("STDCONV_LANG", request.param)
    return str(request.param)


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """Files full of planted values, by name."""
    files = {
        "a.csv": encoded("cp932", A_COLUMNS, *damaged("cp932", ACCEPTED_A, REFUSED_A)),
        "a-good.csv": encoded("cp932", A_COLUMNS, ACCEPTED_A),
        "a-bad.csv": encoded("cp932", A_COLUMNS, REFUSED_A),
        "a-no-header.csv": encoded("cp932", ACCEPTED_A, ACCEPTED_A),
        "a-no-header-refused.csv": encoded("cp932", REFUSED_A),
        "a-no-header-quoted.csv": encoded("cp932", [f'"{text}"' for text in ACCEPTED_A]),
        "a-no-header-open.csv": encoded("cp932", ['"' + text for text in ACCEPTED_A]),
        "a-no-header-undecodable.csv": encoded(
            "cp932", ",".join(ACCEPTED_A).encode("cp932").replace(b",3370412", b"\x96,3370412")
        ),
        "a-no-header-utf-8.csv": encoded("utf-8", ACCEPTED_A),
        "a-no-header-one-line.csv": encoded("cp932", ACCEPTED_A, end=""),
        "b.csv": encoded("utf-8", B_COLUMNS, *damaged("utf-8", ACCEPTED_B, REFUSED_B)),
        "b-no-header.csv": encoded("utf-8", ACCEPTED_B),
        "b-no-header-cp932.csv": encoded("cp932", ACCEPTED_B),
        "households.csv": encoded(
            "cp932",
            ["住民番号", "世帯番号"],
            ["7070707071", "8080808081"],
            ["7070707071", "龍崎"],
            ["龍崎", "鱗太"],
            ["龍崎", "鱗太"],
            '"龍崎,鱗太'.encode("cp932"),
            '鱗太"龍崎,x'.encode("cp932"),
            "龍崎,鱗太,x".encode("cp932"),
            "龍崎\x00,鱗太".encode("cp932"),
            "鱗太".encode("cp932") + b"\x96,x",
        ),
        "households-no-header.csv": encoded("cp932", ["7070707071", "龍崎"]),
        "names.csv": encoded(
            "utf-8",
            ["宛名番号", "氏", "名"],
            ["7070707071", "龍崎", "鱗太"],
            ["7070707081", "鼈甲", "齋賀"],
            ["霹靂", "龍崎", "鱗太"],
            '"鱗太,x'.encode(),
        ),
        "names-no-header.csv": encoded("utf-8", ["7070707071", "龍崎", "鱗太"]),
        "standard.csv": encoded("utf-8", STANDARD_COLUMNS, *damaged("utf-8", ACCEPTED_S, REFUSED_S)),
        "standard-good.csv": encoded("utf-8", STANDARD_COLUMNS, ACCEPTED_S),
        "standard-bad.csv": encoded("utf-8", STANDARD_COLUMNS, REFUSED_S),
        "standard-no-header.csv": encoded("utf-8", ACCEPTED_S),
        "standard-no-key.csv": encoded("utf-8", STANDARD_COLUMNS[1:], ACCEPTED_S[1:]),
        "standard.ndjson": '{"宛名番号": "7070707071", "履歴番号": "鱗太", "氏名": "龍崎　　鱗太"}\n'.encode(),
        "standard-damaged.ndjson": '{"宛名番号": "7070707071", "氏名": "龍崎\n{"鱗太'.encode(),
        "standard-unknown.ndjson": '{"龍崎": "鱗太"}\n'.encode(),
        "standard-mixed.ndjson": '{"宛名番号": "龍崎"}\n{"宛名番号": {"鱗太": 1}}\n'.encode(),
        "standard.parquet": "PAR1龍崎　鱗太PAR1".encode(),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def asked(planted: Path) -> list[str]:
    """Return the options that ask for a report in every form, as ``r.<form>``."""
    return [word for form in FORMATS for word in ("--report", f"{form}={planted / f'r.{form}'}")]


def silent(planted: Path, before: set[Path]) -> None:
    """Search what a command wrote; ``before`` are the files that were planted."""
    assert_silent_files(planted, before)


def files_of(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", ["csv", "parquet", "ndjson"])
@pytest.mark.parametrize(
    "given",
    [
        ("a.csv", "vendor-a/resident-link", {}),
        ("a.csv", "vendor-a/resident-link", {"households": "households.csv"}),
        ("a-good.csv", "vendor-a/resident-link", {"households": "households.csv"}),
        ("a-bad.csv", "vendor-a/resident-link", {}),
        ("b.csv", "vendor-b/resident-link", {}),
        ("b.csv", "vendor-b/resident-link", {"names": "names.csv"}),
    ],
)
def test_a_run_folder_and_what_is_said_about_it_show_no_value(
    given: tuple[str, str, dict[str, str]], kind: str, planted: Path, lang: str, capfd: pytest.CaptureFixture[str]
) -> None:
    file, mapping, lookups = given
    before = files_of(planted)
    options = [word for name, path in lookups.items() for word in ("--lookup", f"{name}={planted / path}")]
    reports = asked(planted)
    target = planted / "run"
    code, _, _ = say(
        ["convert", planted / file, "-m", mapping, "-o", target, "--format", kind, *options, *reports], capfd
    )
    assert code in (1, 4)
    say(["convert", planted / file, "-m", mapping, "-o", planted / "keyed", "--with-keys", *options], capfd)
    listed = planted / "keyed" / "issues-with-keys.csv"
    assert listed.exists()
    say(["convert", planted / file, "-m", mapping, "-o", planted / "next", "--decisions", listed, *options], capfd)
    say(["verify", target], capfd)
    silent(planted, before)
    again = planted / "again.csv"
    code, _, _ = say(["restore", target, "-o", again, "--lookups"], capfd)
    assert code == 0
    silent(planted, before | {again, *planted.glob("again.csv.*.csv")})
    (target / "residue.parquet").write_bytes("龍崎　鱗太".encode())
    assert say(["verify", target], capfd)[0] == 4
    assert say(["restore", target, "-o", planted / "third.csv"], capfd)[0] == 4
    silent(planted, before | {again, *planted.glob("again.csv.*.csv")})


@pytest.mark.parametrize("file", ["standard.csv", "standard-good.csv", "standard-bad.csv", "standard.ndjson"])
@pytest.mark.parametrize("mapping", ["vendor-a/resident-link", "vendor-b/resident-link"])
def test_restoring_into_another_layout_says_no_value(
    file: str, mapping: str, planted: Path, lang: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = files_of(planted)
    code, _, _ = say(["restore", planted / file, "-m", mapping, "-o", planted / "out.csv", *asked(planted)], capfd)
    assert code in (0, 1, 4)
    written = {planted / "out.csv", *(path for path in planted.glob("out.csv.*.csv"))}
    silent(planted, before | written)
    assert (planted / "out.csv.report.json").exists()


@pytest.mark.parametrize("file", ["standard.csv", "standard-good.csv", "standard-bad.csv", "standard.ndjson"])
def test_validating_says_no_value(file: str, planted: Path, lang: str, capfd: pytest.CaptureFixture[str]) -> None:
    before = files_of(planted)
    code, _, _ = say(
        ["validate", planted / file, "-s", "resident-link/1.0", "-o", planted / "out", *asked(planted)], capfd
    )
    assert code in (0, 1, 4)
    assert len(list(planted.glob("r.*"))) == len(FORMATS)
    silent(planted, before)


def test_validating_several_files_says_no_value_in_any_form_of_report(
    planted: Path, lang: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Files without a header, in another encoding, damaged and not there at all among them."""
    before = files_of(planted)
    given = sorted(path for path in planted.iterdir() if path.suffix in (".csv", ".ndjson", ".parquet"))
    words = ["validate", *given, planted / "nowhere.csv", "-s", "resident-link/1.0"]
    assert say([*words, *asked(planted)], capfd)[0] == 3
    assert len(list(planted.glob("r.*"))) == len(FORMATS)
    silent(planted, before)
    for form in FORMATS:
        say([*words, "--report", f"{form}=-"], capfd)


FAILING = [
    *(
        f"convert {{dir}}/{name} -m vendor-a/resident-link -o {{dir}}/run"
        for name in (
            "a-no-header.csv",
            "a-no-header-refused.csv",
            "a-no-header-quoted.csv",
            "a-no-header-open.csv",
            "a-no-header-undecodable.csv",
            "a-no-header-utf-8.csv",
            "a-no-header-one-line.csv",
            "b.csv",
            "standard.ndjson",
            "standard.parquet",
        )
    ),
    *(
        f"convert {{dir}}/{name} -m vendor-b/resident-link -o {{dir}}/run"
        for name in ("b-no-header.csv", "b-no-header-cp932.csv", "a.csv")
    ),
    "convert {dir}/a.csv -m vendor-a/resident-link -o {dir}/run --lookup households={dir}/households-no-header.csv",
    "convert {dir}/a.csv -m vendor-a/resident-link -o {dir}/run --lookup households={dir}/a-no-header.csv",
    "convert {dir}/b.csv -m vendor-b/resident-link -o {dir}/run --lookup names={dir}/names-no-header.csv",
    "convert {dir}/a.csv -m vendor-a/resident-link -o {dir}/a.csv",
    "convert {dir}/a.csv -m {dir}/a.csv -o {dir}/run",
    "convert {dir}/a.csv -m {dir}/b-no-header.csv -o {dir}/run",
    "convert {dir}/a.csv -m {dir}/names.csv -o {dir}/run",
    "convert {dir}/a.csv -m {dir}/standard-damaged.ndjson -o {dir}/run",
    *(
        f"validate {{dir}}/{name} -s resident-link/1.0 -o {{dir}}/out"
        for name in (
            "standard-no-header.csv",
            "standard-no-key.csv",
            "standard-damaged.ndjson",
            "standard-unknown.ndjson",
            "standard-mixed.ndjson",
            "standard.parquet",
            "a.csv",
            "b-no-header.csv",
        )
    ),
    "validate {dir}/standard.csv -s {dir}/standard.csv",
    "validate {dir}/standard.csv -s {dir}/standard.ndjson",
    "validate {dir}/standard.csv -s {dir}/a.csv",
    *(
        f"restore {{dir}}/{name} -m vendor-b/resident-link -o {{dir}}/out.csv"
        for name in (
            "standard-no-header.csv",
            "standard-damaged.ndjson",
            "standard-mixed.ndjson",
            "standard-unknown.ndjson",
            "standard.parquet",
        )
    ),
    "restore {dir}/a.csv -o {dir}/out.csv",
    "verify {dir}/a.csv",
    "sample -m {dir}/a.csv --rows 1 --seed 1 -o {dir}/out.csv",
    "show mapping {dir}/a.csv",
    "show mapping {dir}/b-no-header.csv",
    "show schema {dir}/standard.csv",
    "show schema {dir}/standard.ndjson",
    "show codes {dir}/a.csv",
]


@pytest.mark.parametrize("line", FAILING)
def test_a_command_that_fails_says_no_value(
    line: str, planted: Path, lang: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = files_of(planted)
    code, _, err = say([word.replace("{dir}", str(planted)) for word in line.split()], capfd)
    assert code in (2, 3, 4), err
    assert err.strip()
    silent(planted, before)


def assert_silent_result(result: stdconv.Result, report: stdconv.Report) -> None:
    """Search all that a program would log or show of a result."""
    told = [repr(result), str(result), repr(result.findings.rows()), report.model_dump_json(), repr(report)]
    told += [repr(result.findings_in("en").rows()), repr(result.findings_in("ja").rows())]
    for text in told:
        assert_silent(text, type(result).__name__)


@pytest.mark.parametrize(
    ("file", "mapping", "lookups"),
    [
        ("a.csv", "vendor-a/resident-link", {"households": "households.csv"}),
        ("a-bad.csv", "vendor-a/resident-link", {}),
        ("b.csv", "vendor-b/resident-link", {"names": "names.csv"}),
    ],
)
def test_a_result_of_the_library_shows_no_value_in_words_or_in_what_it_prints(
    file: str, mapping: str, lookups: dict[str, str], planted: Path
) -> None:
    given = {name: (planted / path).read_bytes() for name, path in lookups.items()}
    result = stdconv.convert_bytes((planted / file).read_bytes(), mapping, lookups=given)
    assert len(result.findings) > 0
    assert_silent_result(result, result.report)
    bad = pl.read_csv(planted / "standard-bad.csv", infer_schema=False)
    checked = stdconv.validate(bad, "resident-link/1.0")
    assert len(checked.findings) > 0
    assert_silent_result(checked, checked.report)
    for other in ("vendor-a/resident-link", "vendor-b/resident-link"):
        assert_silent_result(stdconv.restore(bad, other), checked.report)


@pytest.mark.parametrize(
    "name",
    [
        *("a-no-header.csv", "a-no-header-refused.csv", "a-no-header-quoted.csv", "a-no-header-open.csv"),
        *("a-no-header-undecodable.csv", "a-no-header-utf-8.csv", "a-no-header-one-line.csv"),
    ],
)
def test_a_fault_of_the_library_has_no_value_among_its_parameters(name: str, planted: Path) -> None:
    """The first line of each of these is a record, where headings should be."""
    data = (planted / name).read_bytes()
    frame = pl.DataFrame({value: ["1"] for value in ACCEPTED_A})
    calls: tuple[Callable[[], object], ...] = (
        lambda: stdconv.convert_bytes(data, "vendor-a/resident-link"),
        lambda: stdconv.read_legacy(data, "vendor-a/resident-link"),
        lambda: stdconv.convert(frame, "vendor-a/resident-link"),
        lambda: stdconv.restore(frame, "vendor-b/resident-link"),
        lambda: stdconv.validate(frame, "resident-link/1.0"),
    )
    for call in calls:
        with pytest.raises(stdconv.StdconvError) as caught:
            call()
        error = caught.value
        for text in (str(error), error.text("ja"), repr(error), *(repr(each.parameters) for each in error.faults)):
            assert_silent(text, name)


def test_a_file_without_a_header_is_told_by_what_is_missing_not_by_what_stands_there(
    planted: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STDCONV_LANG", "en")
    code, _, err = say(
        ["convert", planted / "a-no-header.csv", "-m", "vendor-a/resident-link", "-o", planted / "run"], capfd
    )
    assert code == 3
    assert "R0010" in err
    assert all(column in err for column in A_COLUMNS)


def test_the_search_finds_what_it_is_meant_to_find(
    planted: Path, capfd: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The canary sings in the very files that the design exempts, so that its silence elsewhere means something."""
    say(["convert", planted / "a.csv", "-m", "vendor-a/resident-link", "-o", planted / "run", "--with-keys"], capfd)
    for name in ("standard.csv", "refused.csv", "issues-with-keys.csv"):
        assert CANARY.search((planted / "run" / name).read_bytes())
    bare = tmp_path_factory.mktemp("bare")
    shutil.copy(planted / "run" / "residue.parquet", bare / "other.parquet")
    pl.DataFrame({"detail": ["龍崎"]}).write_parquet(bare / "found.parquet")
    with pytest.raises(AssertionError, match="shows"):
        assert_silent_files(bare, set())
