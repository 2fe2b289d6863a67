"""The laws of a mapping, each a function over a file or standard records; one that does not hold is raised."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from stdconv.conversion.known import Known
from stdconv.conversion.outcome import Outcome
from stdconv.conversion.relay import relay, renumbered
from stdconv.findings.rows import ROW, only, refused_rows
from stdconv.mapping.plan import Plan
from stdconv.proving.files import BrokenError, LegacyFile, as_file, convert, restore, written
from stdconv.proving.onfile import through_files


def nothing_is_lost(file: LegacyFile, whole: Outcome) -> None:
    """Accepted + refused = read, order kept."""
    accepted = whole.standard[ROW].to_list()
    refused = whole.refused_rows.to_list()
    said = refused_rows(whole.findings).to_list()
    balanced = sorted([*accepted, *refused]) == list(range(1, whole.read + 1)) and refused == said
    balanced = balanced and len(refused) == len(whole.refused_bytes)
    if not balanced or accepted != sorted(accepted):
        raise BrokenError("P0005", file)


def bytes_come_back(plan: Plan, file: LegacyFile, whole: Outcome) -> None:
    """restore(convert(bytes)) = bytes."""
    if restore(plan, whole) != file.body:
        raise BrokenError("P0006", file)


def batches_do_not_matter(plan: Plan, file: LegacyFile, whole: Outcome, size: int, known: Known) -> None:
    """The same outcome for any batch size, whatever is ``known`` of the values of the batches before."""
    known.forget()
    other = convert(plan, file, size, known=known)
    parts = {
        "standard": whole.standard.equals(other.standard, null_equal=True),
        "refused": whole.refused_bytes == other.refused_bytes,
        "residue": whole.residue.equals(other.residue, null_equal=True),
        "findings": _sorted(whole.findings).equals(_sorted(other.findings), null_equal=True),
        "counts": whole.read == other.read,
    }
    if differing := [name for name, same in parts.items() if not same]:
        raise BrokenError("P0009", file, differing)


def files_give_it_back(plan: Plan, file: LegacyFile, whole: Outcome) -> None:
    """The standard file of every format is read as the records that were written into it."""
    for kind, read in through_files(plan, whole.standard):
        differing = [n for n in plan.carried if not whole.standard[n].equals(read[n], null_equal=True)]
        if differing:
            raise BrokenError("P0012", file, differing, kind)


def _sorted(findings: pl.DataFrame) -> pl.DataFrame:
    return findings.sort(findings.columns, nulls_last=True)


def residue_is_not_needed(plan: Plan, file: LegacyFile, whole: Outcome) -> None:
    """Without residue the restored records, with the lookups that restoring writes, convert to the same standard.

    Only their numbers differ where refused records were between them.
    """
    again = written(plan, whole.standard)
    if again is None:
        raise BrokenError("P0008", file, plan.carried)
    _same(plan, renumbered(plan, whole.standard), again, "P0008", file)


def standard_comes_back(plan: Plan, standard: pl.DataFrame) -> tuple[int, ...]:
    """convert(restore(s)) = s on what the mapping carries; returns the rows that the layout took."""
    relayed = relay(plan, standard)
    kept = only(standard, relayed.legacy[ROW])
    file = as_file(plan, relayed.legacy)
    if file is None:
        raise BrokenError("P0007", LegacyFile(b""), plan.carried)
    _same(plan, kept, file, "P0007", file)
    return tuple(kept[ROW])


def _same(plan: Plan, standard: pl.DataFrame, again: LegacyFile, code: str, shown: LegacyFile) -> None:
    """Raise unless every record of ``again`` is accepted and gives the values of ``standard``."""
    converted = convert(plan, again)
    nothing_is_lost(again, converted)
    if len(converted.standard) != len(standard) or converted.refused:
        refusing = converted.findings.filter(pl.col("severity") == "refuse")
        raise BrokenError(
            code, shown, _names(f"{c} {column}" for c, column in refusing.select("code", "column").rows())
        )
    differing = [n for n in plan.carried if not standard[n].equals(converted.standard[n], null_equal=True)]
    if differing:
        raise BrokenError(code, shown, differing)


def _names(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names)) or ["–"]
