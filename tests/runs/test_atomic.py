"""What exists is replaced whole or stands as it was, whatever fails in between; nothing of others' is swept."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from stdconv.errors import DefinitionError, UnprovenError, UnreadableError
from stdconv.mapping.plan import load_plan
from stdconv.runs import atomic
from stdconv.runs.atomic import AtomicOutput
from stdconv.runs.convert import convert_file
from stdconv.runs.folder import is_ours
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
    assert not atomic.exchange(one, other), "there is nothing to exchange with"
    other.mkdir()
    done = atomic.exchange(one, other)
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
