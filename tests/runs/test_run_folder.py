"""Run folders appear whole or not at all, hold exactly what the design lists, and prove themselves.

Real processes are killed, interrupted, stopped and starved of disk here; nothing is simulated. Commands that need no
process of their own run in this one.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stdconv.cli.entry import run as run_command_line
from support.commandline import command
from support.links import a_file
from support.nightly import by_day
from support.paths import CASES, EXAMPLES
from support.processes import caught, interrupted, started, wait_for

pytestmark = pytest.mark.slow

MAPPING = "vendor-a/resident-link"
FILES = {
    "standard.csv",
    "refused.csv",
    "refused-causes.csv",
    "residue.parquet",
    "findings.parquet",
    "mapping.yaml",
    "report.json",
    "tables.csv",
    "run.json",
    "manifest.json",
}
HEADER = a_file()
RECORD = "1234567890,1,行政\u3000花子,3600707,女,住登者,20240301,日本人\r\n".encode("cp932")
UNKNOWN_SEX = "1234567891,1,行政\u3000花子,3600707,鳥,住登者,20240301,日本人\r\n".encode("cp932")


@dataclass(frozen=True)
class Ended:
    """What a command gave: its exit code and its output."""

    returncode: int
    stdout: str
    stderr: str


def stdconv(*arguments: object) -> Ended:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_command_line([str(argument) for argument in arguments])
    return Ended(code, out.getvalue(), err.getvalue())


def in_a_shell(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, after the shell's ``script``."""
    shell = ["/bin/sh", "-c", f'{script}; exec "$@"', "sh"]
    return subprocess.run([*shell, *command(*arguments)], capture_output=True, encoding="utf-8", check=False)


def is_gone(process: subprocess.Popen[str]) -> bool:
    """Tell whether no process of the group is left; what the kernel still tears down gets a moment."""
    for _ in range(200):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def beside(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.glob(f".{target.name}.stdconv-*"))


def is_whole(folder: Path) -> bool:
    return stdconv("verify", folder).returncode == 0


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A sampled file of 100,000 records, two batches, and how many seconds converting it takes here."""
    folder = tmp_path_factory.mktemp("big")
    assert stdconv("sample", "-m", MAPPING, "--rows", 100_000, "--seed", 7, "-o", folder / "big.csv").returncode == 0
    begin = time.monotonic()
    whole = started("convert", folder / "big.csv", "-m", MAPPING, "-o", folder / "run")
    whole.communicate()
    assert whole.returncode == 0
    return folder / "big.csv", time.monotonic() - begin


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder with one accepted and one refused record."""
    (tmp_path / "in.csv").write_bytes(HEADER + RECORD + UNKNOWN_SEX)
    assert stdconv("convert", tmp_path / "in.csv", "-m", MAPPING, "-o", tmp_path / "run").returncode == 1
    return tmp_path / "run"


# What a run folder is


def test_a_run_folder_is_for_its_owner_alone_and_holds_exactly_the_listed_files(run: Path) -> None:
    assert {path.name for path in run.iterdir()} == FILES
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in run.iterdir()} == {0o600}
    assert beside(run) == []


@pytest.mark.e2e
def test_a_run_folder_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    convert = ("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", tmp_path / "run")
    assert in_a_shell("umask 000", *convert).returncode == 0
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "run").iterdir()} == {0o600}


def test_the_refused_file_holds_the_header_and_the_original_bytes(run: Path) -> None:
    assert (run / "refused.csv").read_bytes() == HEADER + UNKNOWN_SEX


@pytest.mark.parametrize("suffix", [".txt", ".DAT", ""])
def test_the_refused_file_has_the_suffix_of_the_legacy_file(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"in{suffix}").write_bytes(HEADER + RECORD + UNKNOWN_SEX)
    assert stdconv("convert", tmp_path / f"in{suffix}", "-m", MAPPING, "-o", tmp_path / "run").returncode == 1
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES - {"refused.csv"} | {f"refused{suffix}"}
    assert stdconv("restore", tmp_path / "run", "-o", tmp_path / "again").returncode == 0
    assert (tmp_path / "again").read_bytes() == (tmp_path / f"in{suffix}").read_bytes()


def test_the_causes_of_refusal_are_utf_8_with_a_mark_and_one_line_a_refusal(run: Path) -> None:
    causes = (run / "refused-causes.csv").read_bytes()
    assert causes.startswith(b"\xef\xbb\xbf")
    assert causes.count(b"\r\n") == 2
    assert causes.splitlines()[1].startswith(b"2,legacy,")


# Existing targets


@pytest.mark.parametrize("kind", ["run folder", "empty folder", "other folder", "file", "dangling link"])
def test_an_existing_target_is_refused_and_left_as_it_is(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "run"
    match kind:
        case "run folder":
            assert stdconv("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", target).returncode == 0
        case "empty folder":
            target.mkdir()
        case "other folder":
            target.mkdir()
            (target / "letter.txt").write_text("mine")
        case "file":
            target.write_text("mine")
        case "dangling link":
            target.symlink_to(tmp_path / "nowhere")
    before = sorted((path.relative_to(tmp_path), path.lstat().st_mtime_ns) for path in tmp_path.rglob("*"))

    refused = stdconv("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", target)

    assert refused.returncode == 2
    assert "C0002" in refused.stderr
    assert sorted((path.relative_to(tmp_path), path.lstat().st_mtime_ns) for path in tmp_path.rglob("*")) == before


def test_force_replaces_a_run_folder(run: Path) -> None:
    replaced = stdconv("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", run, "--force")
    assert replaced.returncode == 0, replaced.stderr
    assert json.loads((run / "report.json").read_text(encoding="utf-8"))["counts"]["read"] == 1
    assert is_whole(run)
    assert beside(run) == []


def test_force_replaces_a_run_folder_that_holds_a_schema_of_ones_own(tmp_path: Path) -> None:
    case = CASES / "golden-any-date"
    convert = ("convert", case / "legacy.csv", "-m", case / "mapping.yaml", "-o", tmp_path / "run")
    assert stdconv(*convert).returncode == 1
    assert (tmp_path / "run" / "own.schema.json").is_file()
    replaced = stdconv(*convert, "--force")
    assert replaced.returncode == 1, replaced.stderr
    assert "C0012" not in replaced.stderr


def test_force_fills_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    forced = stdconv("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", tmp_path / "run", "--force")
    assert forced.returncode == 0, forced.stderr
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700
    assert beside(tmp_path / "run") == []


@pytest.mark.parametrize("kind", ["other folder", "folder with some other manifest.json", "file"])
def test_force_replaces_nothing_but_a_run_folder(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "run"
    kept = target if kind == "file" else target / "letter.txt"
    if kind != "file":
        target.mkdir()
    if kind == "folder with some other manifest.json":
        (target / "manifest.json").write_text('{"name": "a web application", "version": "1.0"}')
    kept.write_text("mine")

    refused = stdconv("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", target, "--force")

    assert kept.is_file(), "a folder that is no run folder was replaced"
    assert kept.read_text() == "mine"
    assert refused.returncode == 2
    assert "C0012" in refused.stderr
    assert beside(target) == []


def test_force_leaves_the_old_run_folder_where_the_new_run_cannot_be_made(run: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    (tmp_path / "wrong.csv").write_bytes(b"a,b\r\n1,2\r\n")
    assert stdconv("convert", tmp_path / "wrong.csv", "-m", MAPPING, "-o", run, "--force").returncode == 3
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before
    assert beside(run) == []


def test_force_lets_validate_replace_its_own_folder(tmp_path: Path) -> None:
    arguments = ("validate", EXAMPLES / "standard.csv", "-s", "resident-link/1.0", "-o", tmp_path / "checked")
    assert stdconv(*arguments).returncode == 0
    assert stdconv(*arguments).returncode == 2
    forced = stdconv(*arguments, "--force")
    assert forced.returncode == 0, forced.stderr
    assert {path.name for path in (tmp_path / "checked").iterdir()} == {
        "report.json",
        "findings.parquet",
        "manifest.json",
    }


@pytest.mark.parametrize("taken", ["again.csv", "again.csv.households.csv"])
def test_restore_refuses_an_existing_file_and_force_replaces_it(taken: str, tmp_path: Path) -> None:
    lookup = f"households={EXAMPLES / 'vendor_a_households.csv'}"
    convert = ("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", tmp_path / "run", "--lookup", lookup)
    assert stdconv(*convert).returncode == 0
    (tmp_path / taken).write_text("mine")
    restore = ("restore", tmp_path / "run", "-o", tmp_path / "again.csv", "--lookups")

    refused = stdconv(*restore)
    assert refused.returncode == 2
    assert "C0002" in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [taken, "run"]
    assert (tmp_path / taken).read_text() == "mine"

    assert stdconv(*restore, "--force").returncode == 0
    assert (tmp_path / "again.csv").read_bytes() == (EXAMPLES / "vendor_a.csv").read_bytes()
    assert (tmp_path / "again.csv.households.csv").read_bytes() == (EXAMPLES / "vendor_a_households.csv").read_bytes()
    assert len(list(tmp_path.iterdir())) == 3


def test_a_mistake_in_the_options_is_told_before_anything_is_made(tmp_path: Path) -> None:
    convert = ("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", tmp_path / "run")
    refused = stdconv(*convert, "--report", f"poem={tmp_path / 'report.txt'}")
    assert refused.returncode == 2
    assert list(tmp_path.iterdir()) == []


# Killed and interrupted runs


@pytest.mark.e2e
@pytest.mark.parametrize("moment", by_day([0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97], 2, first=1))
def test_a_run_killed_at_any_moment_leaves_a_whole_folder_or_none_and_no_process_and_can_be_run_again(
    moment: float, big: tuple[Path, float], tmp_path: Path
) -> None:
    file, seconds = big
    target = tmp_path / "run"
    convert = ("convert", file, "-m", MAPPING, "-o", target)
    process = started(*convert)
    time.sleep((moment + random.uniform(-0.05, 0.05)) * seconds)
    process.kill()
    process.communicate()

    assert is_gone(process)
    if target.exists():
        assert is_whole(target)
        shutil.rmtree(target)
    again = stdconv(*convert)
    assert again.returncode == 0, again.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert is_whole(target)


@pytest.mark.e2e
@pytest.mark.parametrize("attempt", range(4))
def test_a_run_killed_while_it_replaces_a_folder_leaves_the_old_one_or_the_new_one(
    attempt: int, big: tuple[Path, float], run: Path
) -> None:
    convert = ("convert", big[0], "-m", MAPPING, "-o", run, "--force")
    process = started(*convert)
    wait_for(f".{run.name}.stdconv-*/manifest.json", run.parent, process)
    time.sleep(random.uniform(0, 0.02) * attempt)
    process.kill()
    process.communicate()

    assert is_gone(process)
    assert is_whole(run)
    again = stdconv("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", run, "--force")
    assert again.returncode == 0, again.stderr
    assert beside(run) == []
    assert is_whole(run)


@pytest.mark.e2e
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("part", ["", "standard.csv", "findings.parquet"])
def test_an_interrupted_run_exits_with_4_and_leaves_nothing(
    sent: signal.Signals, part: str, tmp_path: Path, big: tuple[Path, float]
) -> None:
    target = tmp_path / "run"
    pattern = f".run.stdconv-*/{part}" if part else ".run.stdconv-*"
    process, stderr = interrupted(sent, pattern, target, "convert", big[0], "-m", MAPPING, "-o", target)

    assert is_gone(process)
    assert process.returncode == 4, stderr
    assert "C0020" in stderr
    assert "Traceback" not in stderr
    assert not target.exists()
    assert beside(target) == []


@pytest.mark.e2e
@pytest.mark.parametrize(
    "sent",
    [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT],
    ids=["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"],
)
def test_an_interrupted_restore_exits_with_4_and_leaves_nothing(
    sent: signal.Signals, tmp_path: Path, big: tuple[Path, float]
) -> None:
    if sent == signal.SIGHUP and signal.getsignal(sent) is signal.SIG_IGN:
        pytest.skip("this session ignores the signal (nohup), and its children inherit that")
    target = tmp_path / "again.csv"
    restore = ("restore", big[0].with_name("run"), "-o", target)
    process, stderr = interrupted(sent, ".again.csv.stdconv-*", target, *restore)

    assert process.returncode == 4, stderr
    assert "Traceback" not in stderr
    assert list(tmp_path.iterdir()) == []


# Runs side by side


@pytest.mark.e2e
def test_two_runs_at_once_to_the_same_target_leave_one_whole_folder(tmp_path: Path, big: tuple[Path, float]) -> None:
    convert = ("convert", big[0], "-m", MAPPING, "-o", tmp_path / "run")
    processes = [started(*convert) for _ in range(2)]
    said = [process.communicate()[1] for process in processes]

    assert sorted(process.returncode for process in processes) == [0, 2], said
    assert "C0002" in "".join(said)
    assert is_whole(tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.e2e
def test_a_live_runs_working_folder_is_not_swept_by_another_run(tmp_path: Path, big: tuple[Path, float]) -> None:
    target = tmp_path / "run"
    slow = caught(".run.stdconv-*/standard.csv", target, "convert", big[0], "-m", MAPPING, "-o", target)
    (working,) = tmp_path.glob(".run.stdconv-*/standard.csv")
    try:
        quick = stdconv("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", target)
        survived = working.exists()
    finally:
        slow.send_signal(signal.SIGCONT)
    _, stderr = slow.communicate()

    assert (quick.returncode, survived) == (0, True)
    assert slow.returncode == 2, stderr
    assert json.loads((target / "report.json").read_text(encoding="utf-8"))["counts"]["read"] == 1
    assert is_whole(target)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_only_unlocked_leftovers_of_the_same_target_are_swept(tmp_path: Path) -> None:
    names = [
        ".run.stdconv-0000dead",
        ".run.stdconv-000011fe",
        ".run2.stdconv-0000dead",
        ".run.other",
        ".run.stdconv-backup",
        ".running.stdconv-0000dead",
    ]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "standard.csv").write_bytes(b"half")
    descriptor = os.open(tmp_path / ".run.stdconv-000011fe", os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert stdconv("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", tmp_path / "run").returncode == 0
    finally:
        os.close(descriptor)
    assert {path.name for path in tmp_path.iterdir()} == {"run", *names} - {".run.stdconv-0000dead"}


# verify and restore notice what was changed


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def edit_manifest(run: Path, **changes: object) -> None:
    path = run / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def test_verify_prints_the_hashes_and_counts_of_a_whole_folder(run: Path) -> None:
    verified = stdconv("verify", run)
    assert verified.returncode == 0
    assert verified.stdout.startswith("all 8 files are as the manifest says\nread 2  accepted 1  refused 1\n")
    for path in run.iterdir():
        if path.name not in {"manifest.json", "run.json"}:
            printed = subprocess.run(["/usr/bin/env", "sha256sum", path], capture_output=True, text=True, check=True)
            assert f"{printed.stdout.split()[0]}  {path.name}" in verified.stdout


@pytest.mark.parametrize("name", sorted(FILES - {"manifest.json", "run.json"}))
def test_verify_and_restore_notice_one_changed_byte_in_any_file(name: str, run: Path) -> None:
    flip(run / name)
    verified = stdconv("verify", run)
    assert verified.returncode == 4
    assert "C0021" in verified.stderr
    assert name in verified.stderr
    restored = stdconv("restore", run, "-o", run.parent / "again.csv")
    assert restored.returncode == 4
    assert sorted(path.name for path in run.parent.iterdir()) == ["in.csv", "run"]


@pytest.mark.parametrize("name", ["standard.csv", "residue.parquet"])
def test_verify_and_restore_notice_a_missing_file(name: str, run: Path) -> None:
    (run / name).unlink()
    verified = stdconv("verify", run)
    assert verified.returncode == 4
    assert "C0025" in verified.stderr
    assert stdconv("restore", run, "-o", run.parent / "again.csv").returncode == 4
    assert sorted(path.name for path in run.parent.iterdir()) == ["in.csv", "run"]


@pytest.mark.parametrize("name", sorted(FILES - {"manifest.json", "run.json"}))
@pytest.mark.parametrize("is_there", [True, False])
def test_verify_and_restore_demand_every_file_of_a_run_folder_of_its_manifest(
    name: str, is_there: bool, run: Path
) -> None:
    manifest = json.loads((run / "manifest.json").read_bytes())
    del manifest["files"][name]
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    if not is_there:
        (run / name).unlink()
    for words in (("verify", run), ("restore", run, "-o", run.parent / "back.csv")):
        ended = stdconv(*words)
        assert ended.returncode == 4
        assert "C0025" in ended.stderr
        assert name in ended.stderr
    assert not (run.parent / "back.csv").exists()


def test_what_depends_on_the_moment_is_in_one_file_that_is_named_and_not_hashed(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(HEADER + RECORD)
    for out in ("one", "two"):
        words = ("convert", tmp_path / "in.csv", "-m", MAPPING, "-o", tmp_path / out, "--jobs", "1", "--force")
        assert stdconv(*words).returncode == 0
    for name in FILES - {"run.json"}:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    moment = json.loads((tmp_path / "one" / "run.json").read_bytes())
    assert moment["command"] == ["convert", "--force", "--jobs", "--mapping", "--output"]
    assert moment["started"] <= moment["ended"]
    assert moment["machine"] == os.uname().nodename
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_bytes())
    assert manifest["unhashed"] == ["run.json"]
    named = ("convert", tmp_path / "in.csv", "-m", MAPPING, "-o", tmp_path / "three", "--operator", "市民課 行政")
    assert stdconv(*named).returncode == 0
    assert json.loads((tmp_path / "three" / "run.json").read_bytes())["operator"] == "市民課 行政"
    assert (tmp_path / "three" / "manifest.json").read_bytes() == (tmp_path / "two" / "manifest.json").read_bytes()
    (tmp_path / "one" / "run.json").write_text("{}", encoding="utf-8")
    assert stdconv("verify", tmp_path / "one").returncode == 0
    (tmp_path / "one" / "run.json").unlink()
    assert "run.json" in stdconv("verify", tmp_path / "one").stderr
    assert stdconv("verify", tmp_path / "one").returncode == 4


def test_verify_notices_a_file_too_many(run: Path) -> None:
    (run / "notes.txt").write_text("mine")
    verified = stdconv("verify", run)
    assert verified.returncode == 4
    assert "C0026" in verified.stderr


def test_verify_tells_everything_that_is_wrong_at_once(run: Path) -> None:
    flip(run / "standard.csv")
    (run / "refused.csv").unlink()
    (run / "notes.txt").write_text("mine")
    said = stdconv("verify", run).stderr
    assert {code for code in ("C0021", "C0025", "C0026") if code in said} == {"C0021", "C0025", "C0026"}


def test_verify_notices_counts_that_do_not_balance(run: Path) -> None:
    edit_manifest(run, counts={"read": 3, "accepted": 1, "refused": 1})
    verified = stdconv("verify", run)
    assert verified.returncode == 4
    assert "C0022" in verified.stderr


def test_verify_notices_counts_that_balance_but_are_not_the_folders(run: Path) -> None:
    edit_manifest(run, counts={"read": 3, "accepted": 2, "refused": 1})
    assert stdconv("verify", run).returncode == 4


@pytest.mark.parametrize("changes", [{"format": 99}, {"files": {}}, {"files": None}, {"counts": {"read": "two"}}])
def test_verify_notices_a_manifest_that_is_none(changes: dict[str, object], run: Path) -> None:
    edit_manifest(run, **changes)
    verified = stdconv("verify", run)
    assert verified.returncode == 4
    assert "Traceback" not in verified.stderr


def test_a_folder_of_an_unknown_format_version_is_said_to_be_that(run: Path) -> None:
    edit_manifest(run, format=99)
    assert "C0029" in stdconv("verify", run).stderr


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[]"])
def test_a_damaged_manifest_is_told_without_a_traceback(damage: bytes, run: Path) -> None:
    (run / "manifest.json").write_bytes(damage)
    for outcome in (stdconv("verify", run), stdconv("restore", run, "-o", run.parent / "again.csv")):
        assert outcome.returncode == 4
        assert "C0021" in outcome.stderr
    assert not (run.parent / "again.csv").exists()


@pytest.mark.parametrize("command_name", ["verify", "restore"])
def test_what_is_no_run_folder_is_a_usage_fault(command_name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    for given, code in (("folder", "C0008"), ("file", "C0119"), ("nowhere", "C0008")):
        output = ["-o", str(tmp_path / "out")] if command_name == "restore" else []
        outcome = stdconv(command_name, tmp_path / given, *output)
        assert outcome.returncode == 2
        assert code in outcome.stderr


def test_restore_refuses_an_edited_standard_file_and_leaves_no_output(run: Path) -> None:
    standard = run / "standard.csv"
    standard.write_bytes(standard.read_bytes().replace("花子".encode(), "花男".encode()))
    restored = stdconv("restore", run, "-o", run.parent / "again.csv", "--lookups")
    assert restored.returncode == 4
    assert "C0021" in restored.stderr
    assert sorted(path.name for path in run.parent.iterdir()) == ["in.csv", "run"]


def test_restore_refuses_a_standard_file_whose_hash_was_edited_too(run: Path) -> None:
    """The residue and the original's hash still tell: the restored bytes are not the original's."""
    standard = run / "standard.csv"
    standard.write_bytes(standard.read_bytes().replace("花子".encode(), "花男".encode()))
    hashed = subprocess.run(["/usr/bin/env", "sha256sum", standard], capture_output=True, text=True, check=True)
    files = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["files"]
    files["standard.csv"]["sha256"] = hashed.stdout.split()[0]
    edit_manifest(run, files=files)

    restored = stdconv("restore", run, "-o", run.parent / "again.csv")

    assert restored.returncode == 4
    assert "C0024" in restored.stderr
    assert sorted(path.name for path in run.parent.iterdir()) == ["in.csv", "run"]


# An environment that does not let us write


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("mounting a small file system needs root")
    if subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "none", folder], check=False).returncode != 0:
        pytest.skip("mounting a small file system is not permitted here")
    yield folder
    subprocess.run([shutil.which("umount") or "umount", folder], check=True)


@pytest.mark.e2e
@pytest.mark.parametrize("file_format", ["csv", "parquet", "ndjson"])
def test_a_full_disk_is_reported_as_such_and_nothing_is_left(
    file_format: str, tiny_disk: Path, big: tuple[Path, float]
) -> None:
    full = in_a_shell(":", "convert", big[0], "-m", MAPPING, "-o", tiny_disk / "run", "--format", file_format)
    assert "Traceback" not in full.stderr
    assert list(tiny_disk.iterdir()) == []
    assert full.returncode == 3, full.stderr
    assert "C0009" in full.stderr


@pytest.mark.e2e
def test_a_full_disk_stops_restore_and_sample_too(tiny_disk: Path, big: tuple[Path, float]) -> None:
    commands = [
        ("restore", big[0].with_name("run"), "-o", tiny_disk / "again.csv"),
        (
            "restore",
            big[0].with_name("run") / "standard.csv",
            "-m",
            "vendor-b/resident-link",
            "-o",
            tiny_disk / "b.csv",
        ),
        ("sample", "-m", MAPPING, "--rows", 100_000, "--seed", 1, "-o", tiny_disk / "sample.csv"),
    ]
    for arguments in commands:
        full = stdconv(*arguments)
        assert (full.returncode, list(tiny_disk.iterdir())) == (3, []), full.stderr
        assert "Traceback" not in full.stderr


@pytest.mark.e2e
@pytest.mark.parametrize("file_format", ["csv", "parquet", "ndjson"])
def test_a_file_that_may_not_grow_is_reported_as_an_environment_fault(
    file_format: str, tmp_path: Path, big: tuple[Path, float]
) -> None:
    """The same without root: the size of files is limited, and every write beyond it fails."""
    convert = ("convert", big[0], "-m", MAPPING, "-o", tmp_path / "run", "--format", file_format)
    stopped = in_a_shell("ulimit -f 200", *convert)
    assert "Traceback" not in stopped.stderr
    assert list(tmp_path.iterdir()) == []
    assert stopped.returncode == 3, stopped.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_may_not_be_written_is_an_environment_fault(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    stopped = stdconv("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", tmp_path / "shut" / "run")
    assert stopped.returncode == 3
    assert "C0009" in stopped.stderr


def test_a_target_in_a_folder_that_is_not_there_is_an_environment_fault(tmp_path: Path) -> None:
    stopped = stdconv("convert", EXAMPLES / "vendor_a.csv", "-m", MAPPING, "-o", tmp_path / "nowhere" / "run")
    assert stopped.returncode == 3
    assert "C0009" in stopped.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a[1]", "a[", "a*?"])
def test_a_folder_may_be_called_what_looks_like_a_pattern(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    given, folder, back = (tmp_path / name / each for each in ("in.csv", "run", "out.csv"))
    given.write_bytes(HEADER + RECORD + UNKNOWN_SEX)
    assert stdconv("convert", given, "-m", MAPPING, "-o", folder, "--format", "parquet").returncode == 1
    assert stdconv("validate", folder / "standard.parquet", "-s", "resident-link/1.0").returncode == 0
    assert stdconv("restore", folder, "-o", back).returncode == 0
    assert back.read_bytes() == given.read_bytes()
