"""The exit codes of the design, section 7, as a table: what is given, what is run, what comes out."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pytest

from stdconv.cli.entry import run
from stdconv.definitions import catalog
from support.commandline import Ended, said, stdconv
from support.links import RIGHT, RIGHT_IN_A, STANDARD_HEADER, WRONG, WRONG_IN_A, a_file, standard_file
from support.processes import interrupted

pytestmark = pytest.mark.slow

MAPPING = catalog.find("mapping", "vendor-a/resident-link").read_text(encoding="utf-8")
CONVERT = "convert {dir}/%s -m vendor-a/resident-link -o {dir}/run"
WITH_LOOKUP = f"{CONVERT} --lookup households={{dir}}/households.csv"
VALIDATE = "validate {dir}/%s -s resident-link/1.0"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with an accepted and a refused record."""
    base = tmp_path_factory.mktemp("made")
    (base / "mixed.csv").write_bytes(a_file(RIGHT_IN_A, WRONG_IN_A))
    assert run(["convert", str(base / "mixed.csv"), "-m", "vendor-a/resident-link", "-o", str(base / "run")]) == 1
    return base / "run"


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Path) -> Path:
    """A folder with files of every kind, and ``made``, a run folder of its own."""
    monkeypatch.setenv("STDCONV_LANG", "en")
    files = {
        "good.csv": a_file(RIGHT_IN_A),
        "mixed.csv": a_file(RIGHT_IN_A, WRONG_IN_A),
        "bad.csv": a_file(WRONG_IN_A),
        "twice.csv": a_file(RIGHT_IN_A, RIGHT_IN_A),
        "header.csv": a_file(),
        "empty.csv": b"",
        "unfit.csv": a_file(RIGHT_IN_A).replace("氏名".encode("cp932"), "名前".encode("cp932")),
        "households.csv": "住民番号,世帯番号\r\n1000000001,9876541\r\n".encode("cp932"),
        "more-households.csv": "住民番号,世帯番号\r\n1000000001,9876541\r\n1000000009,1\r\n".encode("cp932"),
        "right.csv": standard_file(RIGHT),
        "wrong.csv": standard_file(WRONG),
        "half.csv": standard_file(RIGHT, WRONG),
        "double.csv": standard_file(RIGHT, RIGHT),
        "unknown.csv": standard_file(f"{RIGHT},x", header=f"{STANDARD_HEADER},備考"),
        "notes.txt": b"notes",
        "broken.yaml": b"grammar: 1\n",
        "swapped.yaml": MAPPING.replace('男: "1", 女: "2"', '男: "2", 女: "1"').encode(),
        "doubtful.yaml": MAPPING.replace(', 不明: "0"', "").encode(),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "empty").mkdir()
    shutil.copytree(made, tmp_path / "made")
    return tmp_path


def ended(prepared: Path, line: str, capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a line; returns its exit code and what it said on stderr."""
    code, out, err = said(capfd, *(word.replace("{dir}", str(prepared)) for word in line.split()))
    assert "Traceback" not in out + err
    return code, err


TABLE = [
    (0, "a clean conversion", f"{WITH_LOOKUP % 'good.csv'} --fail-on note"),
    (0, "warnings under the default threshold", CONVERT % "good.csv"),
    (0, "a header alone", CONVERT % "header.csv"),
    (0, "restoring a run folder with refused records", "restore {dir}/made -o {dir}/again.csv"),
    (0, "restoring into another layout", "restore {dir}/right.csv -m vendor-a/resident-link -o {dir}/other.csv"),
    (2, "a threshold for a run folder", "restore {dir}/made -o {dir}/again.csv --fail-on note"),
    (2, "the usual threshold, asked for", "restore {dir}/made -o {dir}/again.csv --fail-on refuse"),
    (2, "a report on a run folder", "restore {dir}/made -o {dir}/again.csv --report json={dir}/r.json"),
    (2, "lookups of another layout", "restore {dir}/right.csv -m vendor-a/resident-link -o {dir}/other.csv --lookups"),
    (0, "a clean validation", f"{VALIDATE % 'right.csv'} --fail-on note"),
    (0, "a sample", "sample -m vendor-a/resident-link --rows 3 --seed 1 -o {dir}/sample.csv"),
    (0, "a sample of no records", "sample -m vendor-a/resident-link --rows 0 --seed 1 -o {dir}/sample.csv"),
    (0, "verifying what is whole", "verify {dir}/made"),
    (0, "showing", "show code D0001"),
    (0, "help", "convert --help"),
    (0, "the version", "--version"),
    (0, "linting what is clean", "lint vendor-a/resident-link vendor-b/resident-link --fail-on warn"),
    (0, "a warning of lint", "lint {dir}/doubtful.yaml"),
    (0, "a proof", "prove vendor-a/resident-link --records 0"),
    (1, "a warning of lint at its threshold", "lint {dir}/doubtful.yaml --fail-on warn"),
    (1, "an example that does not come true", "prove {dir}/swapped.yaml --records 0"),
    (2, "a fault of lint", "lint {dir}/swapped.yaml"),
    (2, "a fault of lint, whatever the threshold", "lint vendor-a/resident-link {dir}/swapped.yaml --fail-on never"),
    (2, "linting a broken mapping", "lint {dir}/broken.yaml"),
    (2, "linting nothing", "lint"),
    (2, "linting an unknown mapping", "lint vendor-c/x"),
    (2, "proving a broken mapping", "prove {dir}/broken.yaml --records 0"),
    (2, "proving an unknown mapping", "prove vendor-c/x"),
    (2, "examples below zero", "prove vendor-a/resident-link --records -1"),
    (1, "a refused record", CONVERT % "mixed.csv"),
    (1, "a refused record at its threshold", f"{CONVERT % 'mixed.csv'} --fail-on refuse"),
    (1, "a warning at its threshold", f"{CONVERT % 'good.csv'} --fail-on warn"),
    (1, "a warning above the lowest threshold", f"{CONVERT % 'good.csv'} --fail-on note"),
    (
        1,
        "a note at its threshold",
        f"{CONVERT % 'good.csv'} --lookup households={{dir}}/more-households.csv --fail-on note",
    ),
    (
        0,
        "a note below a threshold",
        f"{CONVERT % 'good.csv'} --lookup households={{dir}}/more-households.csv --fail-on warn",
    ),
    (0, "a refused record under never", f"{CONVERT % 'mixed.csv'} --fail-on never"),
    (1, "a duplicate key", CONVERT % "twice.csv"),
    (1, "a refused record on validating", VALIDATE % "half.csv"),
    (1, "a duplicate key on validating", VALIDATE % "double.csv"),
    (0, "a refused record on validating under never", f"{VALIDATE % 'half.csv'} --fail-on never"),
    (
        1,
        "a refused record on restoring into another layout",
        "restore {dir}/half.csv -m vendor-a/resident-link -o {dir}/o.csv",
    ),
    (0, "clean files", f"{VALIDATE % 'right.csv'} {{dir}}/right.csv --fail-on note"),
    (1, "a clean file and one with a refused record", f"{VALIDATE % 'right.csv'} {{dir}}/half.csv"),
    (1, "files with findings in any order", f"{VALIDATE % 'half.csv'} {{dir}}/right.csv"),
    (4, "a file of which nothing is accepted outranks findings", f"{VALIDATE % 'wrong.csv'} {{dir}}/half.csv"),
    (
        2,
        "a file of unknown suffix outranks one of which nothing is accepted",
        f"{VALIDATE % 'notes.txt'} {{dir}}/wrong.csv",
    ),
    (
        3,
        "an unreadable file outranks all others",
        f"{VALIDATE % 'nowhere.csv'} {{dir}}/notes.txt {{dir}}/wrong.csv {{dir}}/half.csv",
    ),
    (2, "one folder for several files", f"{VALIDATE % 'right.csv'} {{dir}}/half.csv -o {{dir}}/run"),
    (2, "validating nothing", "validate -s resident-link/1.0"),
    (2, "an unknown command", "reconvert"),
    (2, "no command", ""),
    (2, "an unknown option", f"{CONVERT % 'good.csv'} --frobnicate"),
    (2, "no mapping", "convert {dir}/good.csv -o {dir}/run"),
    (2, "no file", "convert -m vendor-a/resident-link -o {dir}/run"),
    (2, "no target", "convert {dir}/good.csv -m vendor-a/resident-link"),
    (2, "an unknown format", f"{CONVERT % 'good.csv'} --format xlsx"),
    (2, "an unknown threshold", f"{CONVERT % 'good.csv'} --fail-on refused"),
    (2, "jobs that are no number", f"{CONVERT % 'good.csv'} --jobs many"),
    (2, "no jobs", f"{CONVERT % 'good.csv'} --jobs 0"),
    (2, "rows below zero", "sample -m vendor-a/resident-link --rows -1 --seed 1 -o {dir}/sample.csv"),
    (2, "a malformed report", f"{CONVERT % 'good.csv'} --report json"),
    (2, "an unknown report", f"{CONVERT % 'good.csv'} --report xml={{dir}}/report.xml"),
    (2, "a malformed lookup", f"{CONVERT % 'good.csv'} --lookup households"),
    (2, "a lookup that is not declared", f"{CONVERT % 'good.csv'} --lookup homes={{dir}}/households.csv"),
    (2, "an unknown mapping", "convert {dir}/good.csv -m no-such-vendor/resident-link -o {dir}/run"),
    (2, "a broken mapping", "convert {dir}/good.csv -m {dir}/broken.yaml -o {dir}/run"),
    (2, "an existing target", "convert {dir}/good.csv -m vendor-a/resident-link -o {dir}/made"),
    (2, "an empty folder as target", "convert {dir}/good.csv -m vendor-a/resident-link -o {dir}/empty"),
    (2, "an existing file as target", "restore {dir}/made -o {dir}/notes.txt"),
    (2, "restoring what is no run folder", "restore {dir}/empty -o {dir}/again.csv"),
    (2, "restoring a standard file without a mapping", "restore {dir}/right.csv -o {dir}/again.csv"),
    (2, "verifying what is no run folder", "verify {dir}/empty"),
    (2, "validating a file of unknown suffix", VALIDATE % "notes.txt"),
    (2, "validating against an unknown schema", "validate {dir}/right.csv -s resident-link/0.9"),
    (2, "a sample of an unknown mapping", "sample -m vendor-c/x --rows 1 --seed 1 -o {dir}/sample.csv"),
    (2, "showing an unknown lens", "show lens recoed"),
    (2, "showing an unknown kind", "show lenses"),
    (3, "a file that is not there", CONVERT % "nowhere.csv"),
    (3, "an empty file", CONVERT % "empty.csv"),
    (3, "a folder as file", CONVERT % "empty"),
    (3, "a header that does not fit", CONVERT % "unfit.csv"),
    (3, "a lookup that is not there", f"{CONVERT % 'good.csv'} --lookup households={{dir}}/nowhere.csv"),
    (3, "a lookup whose header does not fit", f"{CONVERT % 'good.csv'} --lookup households={{dir}}/good.csv"),
    (3, "an unknown standard column", VALIDATE % "unknown.csv"),
    (3, "validating an empty file", VALIDATE % "empty.csv"),
    (
        3,
        "restoring an unknown standard column",
        "restore {dir}/unknown.csv -m vendor-a/resident-link -o {dir}/again.csv",
    ),
    (3, "a target in no folder", "convert {dir}/good.csv -m vendor-a/resident-link -o {dir}/no/where"),
    (3, "a report in no folder", f"{CONVERT % 'good.csv'} --report json={{dir}}/no/where.json"),
    (3, "a sample in no folder", "sample -m vendor-a/resident-link --rows 1 --seed 1 -o {dir}/no/where.csv"),
    (4, "records read and none accepted", CONVERT % "bad.csv"),
    (4, "records validated and none accepted", VALIDATE % "wrong.csv"),
    (
        4,
        "records of which no one fits the other layout",
        "restore {dir}/wrong.csv -m vendor-a/resident-link -o {dir}/o.csv",
    ),
    # precedence 70 > 3 > 2 > 4 > 1
    (4, "none accepted, which is also a refusal at the threshold", f"{CONVERT % 'bad.csv'} --fail-on note"),
    (4, "none accepted, whatever the threshold", f"{CONVERT % 'bad.csv'} --fail-on never"),
    (
        2,
        "an existing target, where none would be accepted",
        "convert {dir}/bad.csv -m vendor-a/resident-link -o {dir}/made",
    ),
    (3, "a header that does not fit, with the lowest threshold", f"{CONVERT % 'unfit.csv'} --fail-on note"),
    (3, "an unreadable file and an existing target", "convert {dir}/empty.csv -m vendor-a/resident-link -o {dir}/made"),
]


@pytest.mark.parametrize(
    ("code", "line"), [(code, line) for code, _, line in TABLE], ids=[f"{c}: {w}" for c, w, _ in TABLE]
)
def test_a_command_exits_as_the_table_says(
    code: int, line: str, prepared: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    got, err = ended(prepared, line, capfd)
    assert got == code, err
    if code in (2, 3):
        assert err.strip() or line.startswith("lint"), "a fault is said on stderr; what lint finds is its data"
        assert not (prepared / "run").exists()


@pytest.mark.parametrize("damage", ["edited", "lacking", "added", "unbalanced"])
@pytest.mark.parametrize("command", ["verify {dir}/made", "restore {dir}/made -o {dir}/again.csv"])
def test_a_run_folder_that_is_not_proven_exits_with_4(
    damage: str, command: str, prepared: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = prepared / "made"
    if damage == "edited":
        with (made / "standard.csv").open("ab") as file:
            file.write(b"1,1,,1,1,,x,1,,\r\n")
    elif damage == "lacking":
        (made / "findings.parquet").unlink()
    elif damage == "added":
        (made / "notes.txt").write_bytes(b"mine")
    else:
        manifest = json.loads((made / "manifest.json").read_bytes())
        manifest["counts"]["accepted"] += 1
        (made / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    code, err = ended(prepared, command, capfd)
    assert code == 4, err
    assert not (prepared / "again.csv").exists()


def test_the_run_folder_is_there_where_nothing_was_accepted(prepared: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert ended(prepared, CONVERT % "bad.csv", capfd)[0] == 4
    assert (prepared / "run" / "manifest.json").is_file()
    assert json.loads((prepared / "run" / "report.json").read_bytes())["exit_code"] == 4


def test_a_duplicate_key_fails_the_run_at_every_threshold_that_can_be_reached(
    prepared: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for number, (threshold, expected) in enumerate({"note": 1, "warn": 1, "refuse": 1, "never": 0}.items()):
        line = (CONVERT % "twice.csv").replace("/run", f"/run{number}")
        assert ended(prepared, f"{line} --fail-on {threshold}", capfd)[0] == expected


@pytest.mark.e2e
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_an_interrupted_run_exits_with_4_and_leaves_no_run_folder(name: str, tmp_path: Path) -> None:
    number = getattr(signal, name)
    if signal.getsignal(number) == signal.SIG_IGN:
        pytest.skip("this session ignores the signal, and its children inherit that")
    big = tmp_path / "big.csv"
    big.write_bytes(a_file() + a_file(RIGHT_IN_A).split(b"\r\n")[1].join([b"", b"\r\n"]) * 300_000)
    target = tmp_path / "run"
    convert = ("convert", big, "-m", "vendor-a/resident-link", "-o", target)
    process, err = interrupted(number, ".run.stdconv-*", target, *convert)
    assert process.returncode == 4, err
    assert "C0020" in err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["big.csv"]


def bug(tmp_path: Path, module: str, line: str) -> Ended:
    """Run a line where a dependency breaks, with a resident's name in its words."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / f"{module}.py").write_text('raise RuntimeError("龍崎　鱗太")\n', encoding="utf-8")
    words = line.replace("{dir}", str(tmp_path)).split()
    return stdconv(*words, PYTHONPATH=str(tmp_path / "broken"), STDCONV_LANG="en", PYTHONIOENCODING="utf-8")


@pytest.mark.e2e
@pytest.mark.parametrize("module", ["pydantic", "polars", "yaml"])
def test_a_bug_exits_with_70_and_shows_neither_traceback_nor_values(module: str, prepared: Path) -> None:
    done = bug(prepared, module, CONVERT % "good.csv")
    assert "Traceback" not in done.stderr
    assert "龍崎" not in done.stderr
    assert done.returncode == 70, done.stderr
    assert "C0099" in done.stderr
    assert "RuntimeError" in done.stderr
    assert done.stdout == ""


@pytest.mark.e2e
def test_a_bug_shows_its_traceback_with_debug_and_exits_with_70_too(prepared: Path) -> None:
    done = bug(prepared, "pydantic", f"--debug {CONVERT % 'good.csv'}")
    assert "Traceback" in done.stderr
    assert done.returncode == 70, done.stderr


@pytest.mark.e2e
def test_a_whole_command_line_exits_with_the_code_of_the_table(prepared: Path) -> None:
    codes = {"good.csv": 0, "mixed.csv": 1, "empty.csv": 3, "bad.csv": 4}
    for number, (name, code) in enumerate(codes.items()):
        line = (CONVERT % name).replace("/run", f"/run{number}").replace("{dir}", str(prepared))
        done = stdconv(*line.split())
        assert done.returncode == code, done.stderr
        assert done.stdout == "", "messages go to stderr"
