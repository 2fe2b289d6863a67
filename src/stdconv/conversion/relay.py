"""Standard records in a vendor's layout: what converts back to the same record, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from stdconv.conversion import residue
from stdconv.conversion.knownback import KnownBack
from stdconv.conversion.lookups import contradictory
from stdconv.conversion.numbering import Numbering
from stdconv.conversion.program import program_of
from stdconv.conversion.restore import overlay, restore_frame
from stdconv.conversion.translate import translated
from stdconv.conversion.work import Work
from stdconv.findings.frames import about_file, about_rows, empty, joined
from stdconv.findings.rows import ROW, only, refused_rows, shifted, without
from stdconv.findings.shown import Counted
from stdconv.layouts.records import absent
from stdconv.layouts.writable import not_writable
from stdconv.mapping.plan import Plan
from stdconv.mapping.route import standard_column
from stdconv.standard.checking import validate
from stdconv.standard.checks import present_checks

NOBODY = pl.Series(dtype=pl.Int64)
"""No rows."""


@dataclass(frozen=True, repr=False)
class Relayed(Counted):
    """Standard records in another layout: ``legacy`` (``_row``, legacy and looked-up columns) of the accepted ones.

    ``refused_rows`` are the numbers of the others, in order.
    """

    legacy: pl.DataFrame
    findings: pl.DataFrame
    refused_rows: pl.Series

    def shifted(self, offset: int) -> Relayed:
        """Return the same with ``offset`` records before it."""
        frames = shifted(self.legacy, offset), shifted(self.findings, offset)
        return Relayed(*frames, self.refused_rows + offset if offset else self.refused_rows)


def relay_frame(
    plan: Plan, standard: pl.DataFrame, remains: pl.DataFrame | None = None, *, known: KnownBack | None = None
) -> Relayed:
    """Restore ``standard`` (``_row`` and standard columns, null for absent) into the layout of ``plan``.

    A record is accepted exactly where converting what it became gives the same values again on what the layout
    carries. Whether it would get the same number is checked by ``refuse_misnumbered`` alone. With ``remains`` (the
    residue of these rows) the values are spelled as they were, as far as they are the same, and unmapped columns have
    theirs, unless the record is another one today (T0037); a value that no file can hold is refused unless it is one
    of those. ``known`` are the values of other frames.
    """
    answer = known.answer(standard) if known is not None and remains is None else None
    if answer is None:
        legacy, found = _returned(plan, standard, remains)
    else:
        legacy, found = answer.legacy, answer.differences
        if answer.others is not None:
            others, more = _returned(plan, answer.others, None)
            legacy, found = pl.concat([legacy, others]).sort(ROW), [*found, *more]
    findings = pl.concat([empty(), *found])
    refused = refused_rows(findings)
    losses = _losses(plan, without(standard, refused))
    return Relayed(without(legacy, refused), pl.concat([findings, *losses]), refused)


def _returned(
    plan: Plan, standard: pl.DataFrame, remains: pl.DataFrame | None
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Write standard records and read them again; returns what they are written as, and the findings."""
    wanted = Work.of_standard(standard, plan.carried).standard(plan.carried)
    legacy = restore_frame(plan, standard)
    misplaced: list[pl.DataFrame] = []
    if remains is not None:
        legacy = _spelled(plan, wanted, legacy, remains)
        misplaced = list(_misplaced(plan, wanted, remains))
    again = translated(program_of(plan.routes), Work.of_legacy(legacy))
    broken = validate(present_checks(plan.checks, standard.columns), wanted)[1]
    unwritable = pl.concat([empty(), *_unwritable(plan, legacy)])
    if remains is not None and len(unwritable):
        unwritable = _not_given_back(unwritable, legacy, remains)
    return legacy, [*_differences(plan, wanted, again), *broken, unwritable, *misplaced]


def settle(plan: Plan, relayed: Relayed, keys: Mapping[str, pl.DataFrame]) -> Relayed:
    """Refuse every record whose key would need several rows in a lookup; ``keys`` are those, by lookup."""
    for name, refused in keys.items():
        key = list(plan.mapping.lookups[name].key)
        rows = relayed.legacy.join(refused, on=key, how="semi", maintain_order="left")[ROW]
        if rows.is_empty():
            continue
        relayed = _refuse(relayed, about_rows(rows, "T0032", side=f"lookup:{name}", column=joined(key)))
    return relayed


def refuse_misnumbered(relayed: Relayed, numbering: Numbering, *, outside: pl.Series = NOBODY) -> Relayed:
    """Refuse every record that would have another number where it is written; the rows ``outside`` are not written."""
    if not numbering.forms:
        return relayed
    misplaced = numbering.misplaced(without(relayed.legacy, outside))
    refusals = [
        about_rows(pl.Series(rows, dtype=pl.Int64), "T0030", side="standard", column=name)
        for name, rows in misplaced.items()
    ]
    return _refuse(relayed, pl.concat([empty(), *refusals]))


def _refuse(relayed: Relayed, refusals: pl.DataFrame) -> Relayed:
    """Refuse the records that the ``refusals`` are about: a record that is not written loses no value."""
    if refusals.is_empty():
        return relayed
    rows = refusals[ROW].unique()
    is_lost = (pl.col("code") == "T0031") & pl.col(ROW).is_in(rows.implode())
    return Relayed(
        without(relayed.legacy, rows),
        pl.concat([relayed.findings.filter(~is_lost), refusals]),
        pl.concat([relayed.refused_rows, rows]).unique().sort(),
    )


def relay(plan: Plan, standard: pl.DataFrame) -> Relayed:
    """Restore all records of a file at once: as ``relay_frame``, with lookups and numbers that hold for all of them."""
    return settled_together(plan, relay_frame(plan, standard))


def settled_together(plan: Plan, each: Relayed) -> Relayed:
    """Refuse what lookups and numbers have no place for among all records of a file; ``each`` was restored alone."""
    keys = dict[str, pl.DataFrame]()
    while True:
        relayed = refuse_misnumbered(settle(plan, each, keys), Numbering(plan))
        more = {name: contradictory(plan, name, relayed.legacy) for name in plan.mapping.lookups}
        if all(found.is_empty() for found in more.values()):
            return relayed
        keys = joined_keys(keys, more)


def needed_together(plan: Plan) -> list[str]:
    """Return the columns of restored records that ``settled_together`` looks at."""
    of_lookups = [
        name
        for lookup, each in plan.mapping.lookups.items()
        for name in (*each.key, *(f"{lookup}.{column}" for column in each.columns))
    ]
    return list(dict.fromkeys([*of_lookups, *(n for form in plan.numbered for n in (*form.number.by, form.column))]))


def left_empty(plan: Plan) -> list[pl.DataFrame]:
    """Return a finding about each column of the layout that no standard value fills."""
    given = {*plan.written, *plan.mapping.defaults}
    idle = [name for name in plan.mapping.legacy.columns if name not in given]
    return [about_file("T0033", side="legacy", column=name) for name in idle]


def joined_keys(keys: Mapping[str, pl.DataFrame], more: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return all keys that several rows were needed for: without their records others may be the next of a number."""
    return {name: pl.concat([keys[name], found]) if name in keys else found for name, found in more.items()}


def _spelled(plan: Plan, wanted: pl.DataFrame, written: pl.DataFrame, remains: pl.DataFrame) -> pl.DataFrame:
    """Return ``written`` in the spellings of ``remains``, those alone that are read as today's value."""
    legacy = overlay(written, remains)
    again = translated(program_of(plan.routes), Work.of_legacy(legacy))
    given = again.standard(plan.carried)
    for route in plan.routes:
        is_today = again.accepted(route)
        for name in route.standard:
            is_today &= wanted[name].eq_missing(given[name])
        names = [name for name in route.legacy if name in legacy.columns]
        legacy = legacy.with_columns(
            pl.select(pl.when(is_today).then(legacy[name]).otherwise(written[name]).alias(name)).to_series()
            for name in names
        )
    return legacy


def _misplaced(plan: Plan, wanted: pl.DataFrame, remains: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Find unmapped values that were kept for other standard values than the record has today."""
    there = only(remains, residue.misplaced(remains, wanted, plan.carried))
    for name in plan.unwritten:
        rows = there.filter(pl.col(name).is_not_null())[ROW]
        if len(rows):
            yield about_rows(rows, "T0037", side="legacy", column=name)


def _differences(plan: Plan, wanted: pl.DataFrame, again: Work) -> Iterator[pl.DataFrame]:
    """Find the columns that would come back differently, or that the layout's own lenses do not accept."""
    given, unsayable = again.standard(plan.carried), program_of(plan.routes).unsayable
    for route in plan.routes:
        is_other = pl.repeat(value=False, n=len(wanted), eager=True)
        if route.index in unsayable:
            code, applies = unsayable[route.index]
            is_other = (
                wanted.select(pl.col(name).alias(standard_column(name)) for name in route.standard)
                .select(applies)
                .to_series()
            )
            if is_other.any():
                yield about_rows(wanted[ROW].filter(is_other), code, side="standard", column=joined(route.standard))
        is_said = ~is_other
        for name in route.standard:
            differs = wanted[name].ne_missing(given[name]) & is_said
            is_other |= differs
            if differs.any():
                yield about_rows(wanted[ROW].filter(differs), "T0030", side="standard", column=name)
        rows = wanted[ROW].filter(~again.accepted(route) & ~is_other)
        if len(rows):
            yield about_rows(rows, "T0030", side="standard", column=joined(route.standard))


def _losses(plan: Plan, standard: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Find values in columns that the layout does not carry."""
    for name in plan.schema.names:
        if name in standard.columns and name not in plan.carried:
            rows = standard.filter(pl.col(name).is_not_null())[ROW]
            if len(rows):
                yield about_rows(rows, "T0031", side="standard", column=name)


def _unwritable(plan: Plan, legacy: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Find records that the layout, or that of one of its lookups, cannot hold."""
    yield from not_writable(legacy, plan.dialect, side="legacy")
    for name, lookup in plan.mapping.lookups.items():
        looked_up = {f"{name}.{column}": column for column in lookup.columns}
        given = legacy.select(ROW, *lookup.key, *looked_up).rename(looked_up)
        yield from not_writable(given, plan.lookup_dialect(name), side=f"lookup:{name}")


def _not_given_back(found: pl.DataFrame, legacy: pl.DataFrame, remains: pl.DataFrame) -> pl.DataFrame:
    """Return what is found in single values but for those that ``remains`` gave back: a frame held them, no file."""
    names = [name for name in remains.columns if name in legacy.columns and name != ROW]
    rows = found[ROW].unique().sort()
    now, kept = (only(each, rows).unpivot(names, index=ROW, variable_name="column") for each in (legacy, remains))
    back = now.join(kept, on=[ROW, "column", "value"], how="semi").with_columns(side=pl.lit("legacy"))
    of_values = found.filter(pl.col("column") != "")
    return of_values.join(back, on=[ROW, "side", "column"], how="anti", maintain_order="left")


def renumbered(plan: Plan, standard: pl.DataFrame) -> pl.DataFrame:
    """Return ``standard`` (``_row`` and standard columns) with the numbers that a file of just these records gives."""
    if not plan.numbered:
        return standard
    legacy = Numbering(plan).number(restore_frame(plan, standard))
    return standard.with_columns(
        absent(legacy.select(form.column))[form.column].alias(form.standard) for form in plan.numbered
    )
