"""The mapping guide: every file in it is written, every command in it is run, and both languages show the same ones."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import jsonschema
import pytest
import yaml

from support.commandline import in_bare_surroundings, ran, said
from support.pages import blocks, page_text
from support.paths import DOCS

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("name", ["mapping-guide.md"])
def test_a_reader_who_follows_the_guide_gets_what_it_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    in_bare_surroundings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    count = 0
    for kind, file, body in blocks(page_text(name)):
        if file:
            (tmp_path / file).write_text(body, encoding="utf-8")
        elif kind == "sh":
            for line in body.splitlines():
                typed, _, remark = line.partition("#")
                wanted = int(remark.split()[1]) if remark else 0
                typed, _, target = typed.partition(" > ")
                words = shlex.split(typed)
                if words[0] == "stdconv":
                    code, out, err = said(capfd, *words[1:])
                else:
                    done = ran(*words, folder=tmp_path)
                    code, out, err = done.returncode, done.stdout, done.stderr
                assert code == wanted, f"{line}\n{out}{err}"
                if target:
                    (tmp_path / target.strip()).write_text(out, encoding="utf-8")
                count += 1
    assert count > 10
    check_editor_line(name, tmp_path)


def check_editor_line(name: str, folder: Path) -> None:
    """The first line that the guide gives to editors names a schema beside the mappings, which all of them are valid by."""
    shown = [body for kind, file, body in blocks(page_text(name)) if kind == "yaml" and not file]
    (line,) = [body for body in shown if body.startswith("#")]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)\n", line)
    assert named is not None
    validator = jsonschema.Draft202012Validator(json.loads((folder / named[1]).read_text(encoding="utf-8")))
    mappings = [yaml.safe_load(line + path.read_text(encoding="utf-8")) for path in folder.glob("*.yaml")]
    assert len(mappings) > 1
    assert [error.message for each in mappings for error in validator.iter_errors(each)] == []
    assert not validator.is_valid(mappings[0] | {"feilds": []})


def test_both_languages_show_the_same_files_and_commands() -> None:
    assert blocks(page_text("mapping-guide.md")) == blocks(page_text("mapping-guide.ja.md"))


def test_what_the_guide_names_exists() -> None:
    text = page_text("mapping-guide.md")
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (DOCS / link).exists(), link
