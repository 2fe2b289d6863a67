"""No command writes over what it reads, or over another of its outputs: refused, and nothing changed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from stdconv.cli.entry import run
from stdconv.cli.outcome import FORMATS
from support.links import WRONG, standard_file
from support.paths import EXAMPLES, MAPPINGS, STANDARD_SCHEMAS

pytestmark = pytest.mark.slow

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
    for name in ("base.yaml", "own.schema.json", "own.rules.yaml"):
        shutil.copy(FILES[name], folder / name)
    made_of(folder)
    (folder / "site.yaml").write_text("x", encoding="utf-8")
    for name in ("in.csv", "standard.csv", "run", "households.csv"):
        (folder / f"link-{name}").symlink_to(name)
    os.link(folder / "in.csv", folder / "hard-in.csv")
    (folder / "link-table").symlink_to("codes.csv")
    (folder / "precious.docx").write_bytes(b"PK precious")
    (folder / "report.docx").write_text("read 1  accepted 1\n", encoding="utf-8")
    (folder / "link-precious").symlink_to("precious.docx")
    os.mkfifo(folder / "pipe")
    (folder / "nested").mkdir()
    (folder / "nested" / "up").symlink_to("..")
    return folder


FILES = {
    "base.yaml": MAPPINGS / "vendor-a" / "resident-link.yaml",
    "own.schema.json": STANDARD_SCHEMAS / "resident-link" / "1.0.schema.json",
    "own.rules.yaml": STANDARD_SCHEMAS / "resident-link" / "1.0.rules.yaml",
}
TABLE = "legacy,standard\r\n男,1\r\n女,2\r\n不明,0\r\n"


def made_of(folder: Path) -> None:
    """Write a mapping that extends another one, has a table in a file, and names a schema of one's own."""
    base = (folder / "base.yaml").read_text(encoding="utf-8")
    table = '{男: "1", 女: "2", 不明: "0"}'
    assert table in base
    (folder / "base.yaml").write_text(base.replace(table, "codes.csv"), encoding="utf-8")
    (folder / "codes.csv").write_text(TABLE, encoding="utf-8", newline="")
    (folder / "own.yaml").write_text("extends: base.yaml\nid: own\nstandard: own.schema.json\n", encoding="utf-8")


CONVERT = ("convert", "in.csv", "-m", A, "--force")
LOOKED_UP = ("--lookup", "households=households.csv")
RELAY = ("restore", "standard.csv", "-m", B, "--force")
SAMPLE_OWN = ("sample", "-m", "own.yaml", "--rows", "2", "--seed", "1", "--force")
SAMPLE = ("sample", "-m", A, "--rows", "2", "--seed", "1", "--force")
VALIDATE = ("validate", "standard.csv", "-s", LINK, "--force")

OWN = ("convert", "in.csv", "-m", "own.yaml", "--force")
PARTS = ("own.yaml", "base.yaml", "codes.csv", "own.schema.json", "own.rules.yaml")

CLASHES = [
    *((*OWN, "-o", part) for part in PARTS),
    *(("restore", "standard.csv", "-m", "own.yaml", "--force", "-o", part) for part in PARTS),
    *((*SAMPLE_OWN, "-o", part) for part in PARTS),
    (*SAMPLE, "-o", "x.csv", "--lookup", "households=x.csv"),
    (*SAMPLE_OWN, "-o", "x", "--lookup", "households=codes.csv"),
    (*SAMPLE_OWN, "-o", "x", "--lookup", "households=link-table"),
    ("validate", "standard.csv", "-s", "own.schema.json", "--force", "-o", "own.rules.yaml"),
    ("validate", "standard.csv", "-s", "own.schema.json", "--force", "-o", "own.schema.json"),
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

NOT_REPORTS = [
    *((*CONVERT, "-o", "out", "--report", f"{form}=precious.docx") for form in FORMATS),
    *((*VALIDATE, "--report", f"{form}=report.docx") for form in FORMATS),
    *((*OWN, "-o", "out", "--report", f"csv={part}") for part in PARTS[1:]),
    (*CONVERT, "-o", "out", "--report", "text=link-precious"),
    (*RELAY, "-o", "x.csv", "--report", "sarif=precious.docx"),
    (*VALIDATE, "--report", "json=pipe"),
    (*VALIDATE, "--report", "json=nested"),
]
WITHIN_A_RUN = [
    (*CONVERT, "-o", "run/again"),
    (*RELAY, "-o", "run/x.csv"),
    (*SAMPLE, "-o", "x.csv", "--lookup", "households=link-run/x.csv"),
    (*VALIDATE, "-o", "run/validated"),
    (*VALIDATE, "--report", "json=run/report.json"),
    (*VALIDATE, "--report", "json=run/new.json"),
    (*VALIDATE, "--report", "text=nested/up/run/new.txt"),
]


def whole(folder: Path) -> dict[str, bytes | str]:
    found: dict[str, bytes | str] = {}
    for path in folder.rglob("*"):
        found[str(path)] = str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
    return found


@pytest.mark.parametrize(
    ("command", "code"),
    [
        *((command, "C0048") for command in CLASHES),
        *((command, "C0045") for command in REPORTS),
        *((command, "C0051") for command in NOT_REPORTS),
        *((command, "C0056") for command in WITHIN_A_RUN),
    ],
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


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("files", ["standard.csv", "standard.csv wrong.csv", "nowhere.csv", "wrong.csv"])
def test_a_report_replaces_an_earlier_one_and_nothing_is_left_beside(
    form: str, files: str, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(prepared / "standard.csv", tmp_path)
    (tmp_path / "wrong.csv").write_bytes(standard_file(WRONG))
    (tmp_path / "link").symlink_to("r")
    for lang in ("en", "ja"):
        words = ["--lang", lang, "validate", *files.split(), "-s", LINK, "--report"]
        code = run([*words, f"{form}=r"])
        first = Path("r").read_bytes()
        assert run([*words, f"{form}=link"]) == run([*words, f"{form}=r"]) == code
        assert Path("r").read_bytes() == first
    assert {path.name for path in tmp_path.iterdir()} == {"standard.csv", "wrong.csv", "r", "link"}
    assert (tmp_path / "link").is_symlink()


def test_a_report_takes_the_place_of_an_empty_file(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(prepared)
    (tmp_path / "r").touch()
    assert run([*VALIDATE, "--report", f"json={tmp_path / 'r'}"]) == 0
    assert json.loads((tmp_path / "r").read_bytes())["command"] == "validate"


def test_a_report_has_the_mode_of_new_files(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(prepared)
    (tmp_path / "mine").touch()
    assert run([*VALIDATE, "--report", f"json={tmp_path / 'r'}"]) == 0
    assert (tmp_path / "r").stat().st_mode == (tmp_path / "mine").stat().st_mode
