"""Dataset rules: what no record can answer for by itself, checked after all batches with a few bytes held a record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import polars as pl

from stdconv.dataset.groups import Fingerprint, fingerprint, group_of
from stdconv.standard.schema import Standard

PORTION = 500_000
"""Of how many groups the records are looked at by value in one reading."""

Batches = Callable[[], Iterator[pl.DataFrame]]


class Dataset:
    """The dataset rules of ``standard`` on a file with ``columns``: ``add`` every batch, then take the ``findings``.

    ``fingerprint`` gives equal values equal numbers; the worse it tells others apart, the more faults stay hidden.
    """

    def __init__(self, standard: Standard, columns: Collection[str], *, fingerprint: Fingerprint = fingerprint) -> None:
        self._groups = [group_of(rule, fingerprint) for rule in standard.dataset if set(rule.names) <= set(columns)]

    def add(self, standard: pl.DataFrame) -> None:
        """Take the records of the next batch (``_row`` and columns by name, null for absent) into account."""
        for group in self._groups:
            group.add(standard)

    def findings(self, again: Batches) -> Iterator[pl.DataFrame]:
        """Yield what is wrong with the records that were added; ``again`` gives the same batches once more.

        It is asked once: what was held is given up on the way.
        """
        waiting = []
        for group in self._groups:
            suspects = group.suspects()
            portions = [suspects.slice(first, PORTION) for first in range(0, len(suspects), PORTION)]
            waiting.append((group, portions))
        while any(portions for _, portions in waiting):
            now = [(group, portions.pop(), list[pl.DataFrame]()) for group, portions in waiting if portions]
            for batch in again():
                for group, suspects, records in now:
                    records.append(group.records(batch, suspects))
            for group, _, records in now:
                group.judge(pl.concat(records))
                records.clear()
        for group in self._groups:
            yield from group.told()
