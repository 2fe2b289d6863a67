"""Whatever ends a conversion, no file of its run folder stays open and nothing of it remains."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pytest

from stdconv.errors import UnreadableError
from stdconv.mapping.plan import load_plan
from stdconv.runs.convert import convert_file
from support.links import a_file

STEPS = (
    "stdconv.runs.folder.open_sink",
    "stdconv.runs.folder.RefusalsFile",
    "stdconv.runs.folder.ParquetSink",
    "stdconv.runs.folder.ParquetSink.write",
    "stdconv.runs.folder.RefusalsFile.write",
    "stdconv.standard.writers.CsvSink.write",
    "stdconv.standard.dataset.Dataset.add",
    "stdconv.runs.folder.RunWriter.close_records",
    "stdconv.runs.folder.RunWriter.finish",
    "stdconv.runs.folder.describe",
    "stdconv.runs.convert.outcomes",
    "stdconv.runs.atomic.AtomicOutput.commit",
)
"""Where something may raise once files are open."""

RECORD = "1234567890,1,行政\u3000花子,3600707,女,住登者,20240301,日本人\r\n".encode("cp932")


def held(folder: Path) -> list[str]:
    """Return the files below ``folder`` that this process holds open."""
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            links.append(str(descriptor.readlink()))
        except FileNotFoundError:  # the folder that was listed
            continue
    return sorted(link for link in links if link.startswith(str(folder)))


@pytest.mark.parametrize("step", STEPS)
def test_an_error_in_any_step_leaves_no_file_open_and_nothing_behind(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> NoReturn:
        raise OSError(28, "No space left on device")

    legacy = tmp_path / "in.csv"
    legacy.write_bytes(a_file() + RECORD)
    monkeypatch.setattr(step, full)
    with pytest.raises(UnreadableError, match=f"C0009 cannot-write: {tmp_path / 'run'} .*No space left on device"):
        convert_file(load_plan("vendor-a/resident-link"), legacy, tmp_path / "run")
    assert held(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_files_are_seen_while_they_are_open(tmp_path: Path) -> None:
    with (tmp_path / "open").open("wb"):
        assert held(tmp_path) == [str(tmp_path / "open")]
