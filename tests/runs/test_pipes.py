"""What is no regular file is refused at once, wherever a file is read or replaced: nothing waits for a pipe."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from stdconv.cli.entry import run
from support.paths import EXAMPLES, MAPPINGS, STANDARD_SCHEMAS

A = "vendor-a/resident-link"
CONVERT = f"convert in.csv -m {A} -o new"
OWN = "convert in.csv -m own.yaml -o new"
VALIDATE = "validate standard.csv -s resident-link/1.0"

PLACES = [
    ("in.csv", CONVERT, 3),
    ("households.csv", f"{CONVERT} --lookup households=households.csv", 3),
    ("own.yaml", OWN, 2),
    ("own.yaml", "lint own.yaml", 2),
    ("own.yaml", "prove own.yaml --records 0", 2),
    ("base.yaml", OWN, 2),
    ("codes.csv", OWN, 2),
    ("own.schema.json", OWN, 2),
    ("own.rules.yaml", OWN, 2),
    ("own.rules.yaml", "validate standard.csv -s own.schema.json", 2),
    ("own.schema.json", "validate standard.csv -s own.schema.json", 2),
    ("site.yaml", f"{VALIDATE} --site site.yaml", 2),
    ("standard.csv", VALIDATE, 3),
    ("standard.parquet", "validate standard.parquet -s resident-link/1.0", 3),
    ("standard.ndjson", "validate standard.ndjson -s resident-link/1.0", 3),
    ("standard.csv", f"restore standard.csv -m {A} -o new", 3),
    ("run/standard.csv", "validate run/standard.csv -s resident-link/1.0", 3),
    ("run/standard.csv", f"restore run/standard.csv -m {A} -o new", 3),
    ("r.json", f"{VALIDATE} --report json=r.json", 2),
    ("r.txt", f"{VALIDATE} --report text=r.txt", 2),
    ("r.xml", f"{CONVERT} --report junit=r.xml", 2),
    ("new", f"{CONVERT} --force", 2),
    ("x.csv", "restore run -o x.csv --force", 2),
    ("x.csv.report.json", f"restore standard.csv -m {A} -o x.csv --force", 2),
    ("x.csv", f"sample -m {A} --rows 1 --seed 1 -o x.csv --force", 2),
    ("households.csv", f"sample -m {A} --rows 1 --seed 1 -o x --lookup households=households.csv --force", 2),
    ("validated/report.json", f"{VALIDATE} -o validated --force", 2),
    ("run/report.json", f"convert in.csv -m {A} -o run --force", 2),
    ("run/manifest.json", f"convert in.csv -m {A} -o run --force", 2),
    *((f"run/{name}", "verify run", 4) for name in ("report.json", "standard.csv", "mapping.yaml", "residue.parquet")),
    *(
        (f"run/{name}", "restore run -o x", 4)
        for name in ("report.json", "standard.csv", "mapping.yaml", "refused.csv")
    ),
    ("run/manifest.json", "verify run", 2),
    ("run/extra", "verify run", 4),
]
"""What is replaced by something else than a file, the command that meets it, and its exit code."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    shutil.copy(EXAMPLES / "vendor_a.csv", folder / "in.csv")
    shutil.copy(EXAMPLES / "vendor_a_households.csv", folder / "households.csv")
    base = (MAPPINGS / "vendor-a" / "resident-link.yaml").read_text(encoding="utf-8")
    table = '{男: "1", 女: "2", 不明: "0"}'
    (folder / "base.yaml").write_text(base.replace(table, "codes.csv"), encoding="utf-8")
    (folder / "codes.csv").write_text("legacy,standard\n男,1\n女,2\n不明,0\n", encoding="utf-8")
    (folder / "own.yaml").write_text("extends: base.yaml\nid: own\nstandard: own.schema.json\n", encoding="utf-8")
    for part in ("schema.json", "rules.yaml"):
        shutil.copy(STANDARD_SCHEMAS / "resident-link" / f"1.0.{part}", folder / f"own.{part}")
    (folder / "site.yaml").write_text("site: 霞ヶ関市\n", encoding="utf-8")
    assert run(["convert", str(folder / "in.csv"), "-m", A, "-o", str(folder / "run")]) == 0
    shutil.copy(folder / "run" / "standard.csv", folder / "standard.csv")
    words = ["validate", str(folder / "standard.csv"), "-s", "resident-link/1.0", "-o", str(folder / "validated")]
    assert run(words) == 0
    return folder


@pytest.fixture
def never_waiting() -> Iterator[None]:
    """End the test where something waits for ever, however slow the machine is."""

    def ended(*_: object) -> None:
        raise AssertionError("waited")

    before = signal.signal(signal.SIGALRM, ended)
    signal.alarm(300)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def put(kind: str, path: Path) -> None:
    """Put something that is no regular file at ``path``, instead of what is there."""
    path.unlink(missing_ok=True)
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as listening, contextlib.chdir(path.parent):
                listening.bind(path.name)
        case "device":
            path.symlink_to("/dev/zero")


@pytest.fixture
def copy(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    return tmp_path / "copy"


@pytest.mark.slow
@pytest.mark.usefixtures("never_waiting")
@pytest.mark.parametrize("kind", ["pipe", "socket", "device"])
@pytest.mark.parametrize("met", PLACES, ids=[f"{place}: {line}" for place, line, _ in PLACES])
def test_what_is_no_regular_file_is_refused_at_once(
    kind: str, met: tuple[str, str, int], copy: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place, line, code = met
    put(kind, copy / place)
    before = sorted(copy.rglob("*"))
    ended = run(line.split())
    said = "".join(capfd.readouterr())
    assert ended == code, said
    assert any(part.partition(".")[0] in said for part in Path(place).parts)
    assert "C0099" not in said
    assert sorted(copy.rglob("*")) == before


@pytest.mark.usefixtures("never_waiting")
def test_a_pipe_under_the_name_of_a_working_place_is_no_obstacle(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(".new.stdconv-0123abcd")
    assert run(["convert", str(made / "in.csv"), "-m", A, "-o", "new"]) == 0


def test_a_file_that_is_redirected_to_stdin_is_one(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with (made / "in.csv").open("rb") as file:
        assert run(["convert", f"/dev/fd/{file.fileno()}", "-m", A, "-o", "new"]) == 0
    assert (Path("new") / "standard.csv").read_bytes() == (made / "run" / "standard.csv").read_bytes()
