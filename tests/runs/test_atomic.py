"""What exists is replaced whole or stands as it was, whatever fails in between; nothing of others' is swept."""

from __future__ import annotations

import contextlib
import os
from itertools import product
from pathlib import Path

import pytest

from stdconv.errors import DefinitionError, UnprovenError, UnreadableError
from stdconv.mapping.plan import load_plan
from stdconv.runs import atomic, renames
from stdconv.runs.atomic import AtomicOutput, commit
from stdconv.runs.convert import convert_file
from stdconv.runs.manifest import is_ours
from support.paths import EXAMPLES


def replace(target: Path) -> None:
    with AtomicOutput(target, is_folder=True, force=True, is_ours=Path.is_dir) as output:
        (output.work / "who").write_text("new", encoding="utf-8")
        output.commit()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "who").write_text("old", encoding="utf-8")
    return tmp_path / "run"


def who(target: Path) -> str:
    return (target / "who").read_text(encoding="utf-8")


def beside(target: Path) -> list[str]:
    return [path.name for path in target.parent.iterdir() if path != target]


@pytest.mark.parametrize("has_exchange", [True, False])
def test_the_new_folder_takes_the_place_of_the_old_one(
    has_exchange: bool, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_exchange:
        monkeypatch.setattr(atomic, "exchange", lambda *_: False)
    replace(target)
    assert (who(target), beside(target)) == ("new", [])


@pytest.mark.parametrize("error", [OSError(5, "input/output error"), KeyboardInterrupt(), SystemExit(4)])
def test_where_the_second_rename_does_not_happen_the_old_folder_stands(
    error: BaseException, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def fails(path: Path, to: Path) -> Path:
        if to == target and "aside" not in path.name:
            raise error
        return rename(path, to)

    monkeypatch.setattr(atomic, "exchange", lambda *_: False)
    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(UnreadableError if isinstance(error, OSError) else type(error)):
        replace(target)
    assert (who(target), beside(target)) == ("old", [])


@pytest.mark.parametrize("error", [OSError(5, "input/output error"), OSError(22, "invalid argument")])
def test_that_a_new_name_is_on_the_disk_is_not_said_where_the_system_does_not(
    error: OSError, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = atomic._sync

    def fails(path: Path) -> None:
        if path == target.parent:
            raise error
        sync(path)

    monkeypatch.setattr(atomic, "_sync", fails)
    with pytest.raises(UnprovenError, match="C0049") if error.errno == 5 else contextlib.nullcontext():
        replace(target)
    assert (who(target), beside(target)) == ("new", [])


def test_a_folder_that_a_killed_run_left_aside_is_put_back_before_anything_else(target: Path) -> None:
    target.rename(target.with_name(".run.stdconv-aside-0000dead"))
    with pytest.raises(DefinitionError, match="C0002"), AtomicOutput(target, is_folder=True):
        pass
    assert (who(target), beside(target)) == ("old", [])


def test_an_old_folder_aside_is_swept_only_beside_a_newer_one(target: Path) -> None:
    aside = target.with_name(".run.stdconv-aside-0000dead")
    aside.mkdir()
    (aside / "who").write_text("older", encoding="utf-8")
    replace(target)
    assert (who(target), beside(target)) == ("new", [])


def test_a_name_that_only_begins_like_ours_is_left_alone(target: Path) -> None:
    names = [".run.stdconv-backup", ".run.stdconv-DEADBEEF", ".run.stdconv-aside-yesterday", ".run.stdconv-aside-me"]
    for name in names:
        target.with_name(name).mkdir()
    replace(target)
    assert sorted(beside(target)) == sorted(names)


def test_exchanging_names_is_one_step_or_none(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    (one / "mark").touch()
    assert not renames.exchange(one, other), "there is nothing to exchange with"
    other.mkdir()
    done = renames.exchange(one, other)
    assert (other / "mark").exists() is done
    assert (one / "mark").exists() is not done


@pytest.mark.parametrize("name", ["own.schema.json", "own.rules.yaml", "standard.parquet", "refused.txt", "notes"])
def test_a_run_folder_with_anything_that_its_manifest_does_not_list_is_not_ours(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    convert_file(load_plan("vendor-a/resident-link"), EXAMPLES / "vendor_a.csv", folder)
    assert is_ours(folder)
    (folder / name).write_text("mine", encoding="utf-8")
    assert not is_ours(folder)


def test_a_run_folder_with_a_folder_or_link_under_a_listed_name_is_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    convert_file(load_plan("vendor-a/resident-link"), EXAMPLES / "vendor_a.csv", folder)
    (folder / "standard.csv").unlink()
    (folder / "standard.csv").mkdir()
    assert not is_ours(folder)
    (folder / "standard.csv").rmdir()
    (folder / "standard.csv").symlink_to(EXAMPLES / "standard.csv")
    assert not is_ours(folder)


def test_a_folder_with_a_report_alone_is_ours_and_one_with_anything_else_is_not(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"stdconv": "0.1.0"}', encoding="utf-8")
    assert is_ours(tmp_path)
    (tmp_path / "letter.schema.json").write_text("mine", encoding="utf-8")
    assert not is_ours(tmp_path)


NAMES = ("one", "two", "three")


def placed_together(folder: Path) -> None:
    with contextlib.ExitStack() as stack:
        outputs = [
            stack.enter_context(AtomicOutput(folder / name, is_folder=False, force=True, is_ours=Path.is_file))
            for name in NAMES
        ]
        for output in outputs:
            output.work.write_text("new", encoding="utf-8")
        commit(outputs)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.mark.parametrize("has_exchange", [True, False])
@pytest.mark.parametrize("there", [*product([True, False], repeat=3)])
def test_files_that_belong_together_are_placed_together_or_none_is(
    has_exchange: bool, there: tuple[bool, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: "old" for name, is_there in zip(NAMES, there, strict=True) if is_there}
    for name in before:
        (tmp_path / name).write_text("old", encoding="utf-8")
    if not has_exchange:
        monkeypatch.setattr(atomic, "exchange", lambda *_: False)
    for failing in NAMES:
        with monkeypatch.context() as patch:
            fail_on_placing(failing, patch)
            with pytest.raises(UnreadableError, match=f"C0009 .*/{failing} cannot be written"):
                placed_together(tmp_path)
        assert contents(tmp_path) == before
    placed_together(tmp_path)
    assert contents(tmp_path) == dict.fromkeys(NAMES, "new")


def fail_on_placing(failing: str, patch: pytest.MonkeyPatch) -> None:
    """Let the system refuse to give one output its name, or to take that from what has it."""
    exchange, rename_anew, rename = renames.exchange, renames.rename_anew, Path.rename

    def refused(name: str) -> bool:
        if name == failing:
            raise OSError(5, os.strerror(5))
        return False

    patch.setattr(atomic, "exchange", lambda one, other: other.name != failing and exchange(one, other))
    patch.setattr(atomic, "rename_anew", lambda one, other: refused(other.name) or rename_anew(one, other))
    patch.setattr(Path, "rename", lambda path, to: refused(path.name) or rename(path, to))


@pytest.mark.parametrize("before", [{}, {"one": "old"}])
def test_what_cannot_be_taken_back_is_said_and_the_old_one_is_not_removed(
    before: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in before.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    fail_on_placing("two", monkeypatch)
    monkeypatch.setattr(AtomicOutput, "_undone", lambda _: False)
    with pytest.raises(UnprovenError, match=r"C0055 not-taken-back: .*/one is in its place") as raised:
        placed_together(tmp_path)
    left = contents(tmp_path)
    assert left.pop("one") == "new"
    assert list(left.values()) == list(before.values())
    assert all(str(tmp_path / name) in str(raised.value) for name in left)


def test_a_file_that_another_run_made_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    with AtomicOutput(target, is_folder=False) as output:
        output.work.write_text("mine", encoding="utf-8")
        monkeypatch.setattr(output, "_is_replaceable", lambda: False)  # it comes right after that look
        target.write_text("theirs", encoding="utf-8")
        with pytest.raises(DefinitionError, match="C0002"):
            output.commit()
    assert contents(tmp_path) == {"out": "theirs"}


@pytest.mark.parametrize("name", ["あ" * 80, "あ" * 85, "x" * 255, "あ" * 70 + ".csv", "[*]?" * 60])
@pytest.mark.parametrize("is_folder", [True, False])
def test_a_long_name_of_a_target_is_no_obstacle(name: str, is_folder: bool, tmp_path: Path) -> None:
    target = tmp_path / name
    for force in (False, True):
        with AtomicOutput(target, is_folder=is_folder, force=force, is_ours=Path.exists) as output:
            left = output._sibling()
            left.mkdir()
            if not is_folder:
                output.work.write_text("new", encoding="utf-8")
            output.commit()
        assert {path.name for path in tmp_path.iterdir()} == {name, left.name}
        with AtomicOutput(target, is_folder=is_folder, force=True, is_ours=Path.exists):
            assert not left.exists(), "what a killed run left is found again"


def test_long_names_that_begin_alike_have_working_places_of_their_own(tmp_path: Path) -> None:
    one, other = (AtomicOutput(tmp_path / ("あ" * 80 + end), is_folder=True) for end in "ab")
    with one:
        one._release()  # as if killed
        with other:
            assert one.work.exists()


def test_what_cannot_be_removed_is_named(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic, "_remove", lambda _: None)
    with pytest.raises(UnreadableError, match="C0053 left-behind") as raised:
        replace(target)
    assert who(target) == "new"
    assert [str(target.with_name(name)) in str(raised.value) for name in beside(target)] == [True]


def test_pipes_under_names_of_ours_are_left_alone(target: Path) -> None:
    os.mkfifo(target.with_name(".run.stdconv-0000dead"))
    os.mkfifo(target.with_name(".run.stdconv-aside-0000dead"))
    replace(target)
    assert who(target) == "new"
    assert sorted(beside(target)) == [".run.stdconv-0000dead", ".run.stdconv-aside-0000dead"]
