"""A definition file that cannot be read is named, with what is wrong with it, whatever refers to it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from support.commandline import said
from support.links import RIGHT, standard_file
from support.paths import CASES

CITY = "extends: base.yaml\nid: city/resident-link\n"
SITE = "site: 例の市\ndecisions: []\n"
COMMANDS = {
    "mapping.yaml": ("lint", "mapping.yaml"),
    "base.yaml": ("lint", "city.yaml"),
    "jiyu.csv": ("lint", "mapping.yaml"),
    "own.schema.json": ("lint", "mapping.yaml"),
    "own.rules.yaml": ("show", "schema", "own.schema.json"),
    "site.yaml": ("validate", "standard.csv", "-s", "resident-link/1.0", "--site", "site.yaml"),
}
"""Each kind of definition file, and a command that needs it."""


def as_cp932(path: Path) -> None:
    path.write_bytes(path.read_bytes() + "# 住民\n".encode("cp932"))


def as_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def as_a_link_to_nothing(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def as_a_link_to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def as_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGES: dict[Callable[[Path], None], str] = {
    as_cp932: "UTF-8",
    as_a_folder: "is not a file",
    as_a_link_to_nothing: "No such file or directory",
    as_a_link_to_itself: "symbolic links",
    as_a_pipe: "is not a file",
}
"""What is done to a file, and what is said of it."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STDCONV_LANG", "en")
    monkeypatch.chdir(tmp_path)
    shutil.copytree(CASES / "lint-table-file-not-utf-8", tmp_path, dirs_exist_ok=True)
    as_utf8 = (tmp_path / "jiyu.csv").read_bytes().decode("cp932")
    (tmp_path / "jiyu.csv").write_text(as_utf8, encoding="utf-8")
    (tmp_path / "own.rules.yaml").write_text("record: []  # 規則\n", encoding="utf-8")
    shutil.copy(tmp_path / "mapping.yaml", tmp_path / "base.yaml")
    (tmp_path / "city.yaml").write_text(CITY, encoding="utf-8")
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    (tmp_path / "standard.csv").write_bytes(standard_file(RIGHT))
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_can_read_the_file_as_it_is(name: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capfd, *COMMANDS[name])
    assert code == 0, out + err


@pytest.mark.parametrize(
    ("content", "said_of_it"),
    [
        ("", "base.yaml:1:1: M0001"),
        ("- 住民\n", "base.yaml:1:1: M0018"),
        ("住民\n", "base.yaml:1:1: M0018"),
        ("a: b\nc: d\u0001\n", "base.yaml:2:5: M0001 not-yaml: The file cannot be read as YAML: the character U+0001"),
        ("a: [\n", "base.yaml:2:1: M0001"),
    ],
)
def test_a_base_that_is_no_mapping_is_named_alone(
    content: str, said_of_it: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "base.yaml").write_text(content, encoding="utf-8")
    code, out, _ = said(capfd, "lint", "city.yaml")
    assert code == 2
    assert said_of_it in out
    assert "city.yaml: faults 1, warnings 0" in out


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_it_alone_is_named_with_what_is_wrong_with_it(
    name: str, damage: Callable[[Path], None], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    damage(folder / name)
    code, out, err = said(capfd, *COMMANDS[name])
    text = out + err
    assert code in (2, 3), text
    assert name in text
    assert DAMAGES[damage] in text
    assert "There is no" not in text
    others = [other for other in (*COMMANDS, "city.yaml") if other not in (name, *COMMANDS[name])]
    assert not [other for other in others if f"{other}:" in text], text
