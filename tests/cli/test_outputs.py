"""No command writes over what it reads, or over another of its outputs: refused, and nothing changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from stdconv.cli.entry import run
from support.paths import EXAMPLES

A, B = "vendor-a/resident-link", "vendor-b/resident-link"
LINK = "resident-link/1.0"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a legacy file, a standard file, a run folder, a mapping of one's own, and links to them."""
    folder = tmp_path_factory.mktemp("prepared")
    shutil.copy(EXAMPLES / "vendor_a.csv", folder / "in.csv")
    assert run(["convert", str(folder / "in.csv"), "-m", A, "-o", str(folder / "run")]) in (0, 1)
    shutil.copy(folder / "run" / "standard.csv", folder / "standard.csv")
    shutil.copy(folder / "in.csv", folder / "households.csv")
    (folder / "site.yaml").write_text("x", encoding="utf-8")
    for name in ("in.csv", "standard.csv", "run", "households.csv"):
        (folder / f"link-{name}").symlink_to(name)
    os.link(folder / "in.csv", folder / "hard-in.csv")
    (folder / "nested").mkdir()
    (folder / "nested" / "up").symlink_to("..")
    return folder


CONVERT = ("convert", "in.csv", "-m", A, "--force")
LOOKED_UP = ("--lookup", "households=households.csv")
RELAY = ("restore", "standard.csv", "-m", B, "--force")
SAMPLE = ("sample", "-m", A, "--rows", "2", "--seed", "1", "--force")
VALIDATE = ("validate", "standard.csv", "-s", LINK, "--force")

CLASHES = [
    (*CONVERT, "-o", "in.csv"),
    (*CONVERT, "-o", "link-in.csv"),
    (*CONVERT, "-o", "hard-in.csv"),
    (*CONVERT, "-o", "nested/up/in.csv"),
    (*CONVERT, "-o", "."),
    (*CONVERT, *LOOKED_UP, "-o", "link-households.csv"),
    ("convert", "run/standard.csv", "-m", A, "--force", "-o", "run"),
    ("restore", "run", "--force", "-o", "run/standard.csv"),
    ("restore", "run", "--force", "-o", "run/new.csv"),
    ("restore", "run", "--force", "-o", "link-run/new.csv"),
    ("restore", "link-run", "--force", "-o", "run/new.csv"),
    ("restore", "run", "--force", "-o", "run"),
    (*RELAY, "-o", "standard.csv"),
    (*RELAY, "-o", "link-standard.csv"),
    ("restore", "x.csv.refused.csv", "-m", B, "--force", "-o", "x.csv"),
    (*SAMPLE, "-o", "x.csv", "--lookup", "households=x.csv"),
    (*SAMPLE, "-o", "x.csv", "--lookup", "households=nested/up/x.csv"),
    (*VALIDATE, "-o", "standard.csv"),
    ("validate", "run/standard.csv", "-s", LINK, "--force", "-o", "run"),
    ("validate", "standard.csv", "-s", LINK, "--site", "site.yaml", "--force", "-o", "site.yaml"),
]

REPORTS = [
    (*CONVERT, "-o", "out", "--report", "text=in.csv"),
    (*CONVERT, "-o", "out", "--report", "text=hard-in.csv"),
    (*CONVERT, "-o", "out", "--report", "json=out"),
    (*CONVERT, "-o", "run", "--report", "json=run/report.json"),
    (*CONVERT, "-o", "out", "--report", "text=r", "--report", "json=r"),
    (*CONVERT, "-o", "out", "--report", "text=r", "--report", "json=nested/up/r"),
    (*RELAY, "-o", "x.csv", "--report", "json=x.csv.report.json"),
    (*RELAY, "-o", "x.csv", "--report", "json=x.csv"),
    (*RELAY, "-o", "x.csv", "--report", "json=link-standard.csv"),
    (*VALIDATE, "--report", "text=nested/up/standard.csv"),
]


def whole(folder: Path) -> dict[str, bytes | str]:
    found: dict[str, bytes | str] = {}
    for path in folder.rglob("*"):
        found[str(path)] = str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
    return found


@pytest.mark.parametrize(
    ("command", "code"),
    [*((command, "C0048") for command in CLASHES), *((command, "C0045") for command in REPORTS)],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_outputs_are_held_apart_from_what_is_read_and_from_each_other(
    command: tuple[str, ...],
    code: str,
    prepared: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(prepared)
    if command[1] == "x.csv.refused.csv":
        shutil.copy("standard.csv", "x.csv.refused.csv")
    before = whole(prepared)
    assert run([*command]) == 2
    assert code in capfd.readouterr().err
    assert whole(prepared) == before
    (prepared / "x.csv.refused.csv").unlink(missing_ok=True)
