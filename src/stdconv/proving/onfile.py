"""Standard records through a real file of each format: written as a run writes them, read as restoring reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from stdconv.mapping.plan import Plan
from stdconv.standard.files import open_standard
from stdconv.standard.writers import FORMATS, Format, open_sink


def through_files(plan: Plan, standard: pl.DataFrame) -> Iterator[tuple[Format, pl.DataFrame]]:
    """Yield each format with what its file gives of ``standard`` (``_row`` and the carried columns): these columns."""
    names = list(plan.carried)
    with TemporaryDirectory() as folder:
        for kind in FORMATS:
            path = Path(folder) / f"standard.{kind}"
            with open_sink(path, kind, names) as sink:
                for part in (standard[: len(standard) // 2], standard[len(standard) // 2 :]):
                    sink.write(part)
                sink.close()
            batches = [batch.frame for batch in open_standard(path, plan.schema, is_own=True).batches()]
            yield kind, pl.concat(batches).select(names) if batches else standard.select(names).clear()
