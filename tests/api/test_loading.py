"""Mappings loaded: once for the same content, anew for another, from text too; plans compare by what they say."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import stdconv
from stdconv.mapping.loaded import MOST
from support.mappings import changed
from support.paths import MAPPINGS

A, B = "vendor-a/resident-link", "vendor-b/resident-link"
TEXT = (MAPPINGS / "vendor-b" / "resident-link.yaml").read_text(encoding="utf-8")


def codes(call: Callable[[], Any]) -> list[str]:
    with pytest.raises(stdconv.DefinitionError) as raised:
        call()
    return [each.code for each in raised.value.faults]


@pytest.fixture
def basic(tmp_path: Path) -> Path:
    """A mapping with tables of its own, in a folder."""
    shutil.copytree(MAPPINGS / "vendor-a", tmp_path / "vendor")
    return tmp_path / "vendor" / "resident-basic.yaml"


@pytest.mark.parametrize("name", [A, B, "vendor-a/resident-basic"])
def test_the_same_content_is_the_same_object(name: str) -> None:
    plan = stdconv.load_mapping(name)
    assert stdconv.load_mapping(name) is plan
    assert stdconv.Converter(name).plan is plan


def test_every_file_that_changes_gives_another_plan(basic: Path) -> None:
    plans = [stdconv.load_mapping(basic)]
    table = basic.with_name("resident-basic.shojo-jiyu.csv")
    before = table.read_bytes()
    changes: tuple[Callable[[], object], ...] = (
        lambda: basic.write_text(basic.read_text(encoding="utf-8") + "# more\n", encoding="utf-8"),
        lambda: table.write_bytes(before.replace("転出".encode(), "転居".encode(), 1)),
    )
    for change in changes:
        change()
        plans.append(stdconv.load_mapping(basic))
    assert len({id(plan) for plan in plans}) == 3
    table.write_bytes(before)
    assert stdconv.load_mapping(basic).digest == plans[1].digest != plans[2].digest
    table.unlink()
    assert codes(lambda: stdconv.load_mapping(basic)) != []


def test_a_schema_beside_and_its_rules_are_part_of_it(tmp_path: Path) -> None:
    schema = tmp_path / "own.schema.json"
    shutil.copy(MAPPINGS.parent / "schemas" / "standard" / "resident-link" / "1.0.schema.json", schema)
    mapping = tmp_path / "m.yaml"
    mapping.write_text(changed(TEXT, ("standard: resident-link/1.0", "standard: own.schema.json")), encoding="utf-8")
    first = stdconv.load_mapping(mapping)
    assert stdconv.load_mapping(mapping) is first
    assert first.schema.dataset == ()
    rules = tmp_path / "own.rules.yaml"
    unique = "{rule: unique, columns: [宛名番号], title: numbers, source: none}"
    rules.write_text(f"dataset:\n  - {unique}\n", encoding="utf-8")
    second = stdconv.load_mapping(mapping)
    assert second.schema.dataset != ()
    assert second.digest != first.digest
    assert second.schema.digest != first.schema.digest
    rules.unlink()
    assert stdconv.load_mapping(mapping) == first


def test_a_mapping_from_text_is_the_mapping_from_its_file(basic: Path) -> None:
    assert stdconv.load_mapping(text=TEXT) == stdconv.load_mapping(B)
    assert stdconv.load_mapping(text=TEXT) is stdconv.load_mapping(text=TEXT)
    text = basic.read_text(encoding="utf-8")
    assert stdconv.load_mapping(text=text, base=basic.parent) == stdconv.load_mapping(basic)
    assert set(codes(lambda: stdconv.load_mapping(text=text, base=basic.parent.parent))) == {"M0065"}


def test_faults_of_a_text_have_its_lines() -> None:
    with pytest.raises(stdconv.DefinitionError) as raised:
        stdconv.load_mapping(text=changed(TEXT, ("standard: resident-link/1.0", "standard: resident-lonk/1.0")))
    (fault,) = raised.value.faults
    line = next(n for n, each in enumerate(TEXT.splitlines(), 1) if each.startswith("standard:"))
    assert fault.place is not None
    assert (fault.place.file, fault.place.line) == ("(text)", line)


def test_a_text_is_given_instead_of_a_name() -> None:
    load: Any = stdconv.load_mapping
    for call in (
        lambda: load(B, text=TEXT),
        lambda: load(B, base="."),
        lambda: load(text=""),
        lambda: load(text=7),
        lambda: load(base="."),
        load,
    ):
        assert codes(call) == ["C0060"]


def test_plans_compare_by_what_they_say(basic: Path) -> None:
    one, other = stdconv.load_mapping(MAPPINGS / "vendor-a" / "resident-basic.yaml"), stdconv.load_mapping(basic)
    assert one is not other
    assert one == other
    assert len({one, other, stdconv.load_mapping(A)}) == 2
    assert one.digest == other.digest != stdconv.load_mapping(A).digest
    assert len(one.digest) == 64
    assert one != one.digest
    again = pickle.loads(pickle.dumps(one))  # noqa: S301 -- our own bytes
    assert again == one
    assert hash(again) == hash(one)


def test_only_so_many_plans_are_kept() -> None:
    first = stdconv.load_mapping(text=TEXT + "# first\n")
    for number in range(MOST):
        stdconv.load_mapping(text=f"{TEXT}# {number}\n")
    again = stdconv.load_mapping(text=TEXT + "# first\n")
    assert again is not first
    assert again == first


def test_several_threads_load_at_once() -> None:
    texts = [f"{TEXT}# thread {number}\n" for number in range(3)]
    with ThreadPoolExecutor(4) as pool:
        plans = list(pool.map(lambda at: stdconv.load_mapping(text=texts[at % 3]), range(12)))
    assert [plan.text for plan in plans] == [texts[at % 3] for at in range(12)]
