"""Standard records through a real file of each format: written as a run writes them, read as restoring reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from stdconv.mapping.plan import Plan, standard_dialect
from stdconv.standard.files import open_standard
from stdconv.standard.forms import FileForm
from stdconv.standard.writers import FORMATS, Format, open_sink


def through_files(plan: Plan, standard: pl.DataFrame) -> Iterator[tuple[Format, pl.DataFrame]]:
    """Yield each format, CSV in each form, with what its file gives of ``standard`` (``_row`` and carried columns).

    That is the carried columns.
    """
    names = list(plan.carried)
    written: list[tuple[Format, FileForm]] = [(kind, "plain") for kind in FORMATS]
    with TemporaryDirectory() as folder:
        for kind, form in (*written, ("csv", "linkage")):
            path = Path(folder) / f"{form}.{kind}"
            with open_sink(path, kind, standard_dialect(plan, form)) as sink:
                for part in (standard[: len(standard) // 2], standard[len(standard) // 2 :]):
                    sink.write(part)
                sink.close()
            batches = [batch.frame for batch in open_standard(path, plan.schema, is_own=True).batches()]
            yield kind, pl.concat(batches).select(names) if batches else standard.select(names).clear()
