"""Lint: everything that is wrong or doubtful in a mapping file, at once, in the order of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from typing import Any

from stdconv.errors import Fault
from stdconv.findings.registry import ensure_language
from stdconv.linting import beside, copies, cutover, evidence, flags, lost, names, orders, places, seams, tables, when
from stdconv.linting.fields import fields
from stdconv.linting.seams import Verdict
from stdconv.mapping.plan import Draft, Plan, examine, text_of

WHOLLY_WRONG = ("M0048", "M0051", "M0081", "M0130")
"""What says all there is to say of a field: of its examples nothing more is asked."""

CHECKS = (evidence.reasons, evidence.order, evidence.keys, places.fillings, places.unmapped)
"""What is asked of a mapping as a whole."""

NEVER_ADMITTED = ("M0046", "M0131", "M0137")
"""What says all there is to say of an entry: no example of it can be accepted."""


@dataclass(frozen=True)
class Linted:
    """What lint says of one mapping file. ``faults`` make it unusable or wrong, ``warnings`` want a look.

    ``fits`` says for each standard column whether everything that its field can give is in it: ``yes``; ``no``,
    some values will be refused; ``never``; ``unknown``.
    """

    file: str
    mapping: str | None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    fits: dict[str, Verdict] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether there is neither a fault nor a warning."""
        return not self.faults and not self.warnings

    def document(self, lang: str = "en") -> dict[str, Any]:
        """Return everything as plain data for JSON; texts in ``lang``."""
        ensure_language(lang)
        return {
            "file": self.file,
            "mapping": self.mapping,
            "faults": [each.document(lang) for each in self.faults],
            "warnings": [each.document(lang) for each in self.warnings],
            "fits": dict(self.fits),
        }


def lint(mapping: Plan | str | PathLike[str]) -> Linted:
    """Look at a mapping: a shipped name, a path or a plan. Raises only where the file cannot be read at all."""
    return lint_yaml(*text_of(mapping))


def lint_yaml(text: str, file: str) -> Linted:
    """Look at a mapping given as YAML text; ``file`` is what faults call it."""
    return lint_draft(examine(text, file), file)


def lint_draft(draft: Draft, file: str) -> Linted:
    """Look at a mapping that was examined; ``file`` is what faults call it."""
    found = [*draft.faults, *_sense(draft)]
    ordered = sorted(dict.fromkeys(found), key=in_file)
    return Linted(
        file,
        draft.mapping.id if draft.mapping else None,
        tuple(each for each in ordered if each.severity != "warn"),
        tuple(each for each in ordered if each.severity == "warn"),
        {column: verdict for each in fields(draft) for column, verdict in seams.fits(each)},
    )


def in_file(fault: Fault) -> tuple[int, int]:
    """Return the place of ``fault``, to sort by."""
    return (fault.place.line or 0, fault.place.column or 0) if fault.place else (0, 0)


def _sense(draft: Draft) -> list[Fault]:
    """Return what is wrong with a mapping that can be read, beyond what keeps it from being compiled."""
    mapping, located = draft.mapping, draft.reading.located
    if mapping is None or located is None:
        return []
    found = [each for check in CHECKS for each in check(mapping, located)]
    if draft.schema is not None:
        found += evidence.numbers(mapping, draft.schema, located)
        found += evidence.severities(mapping, draft.schema, located)
    ready = list(fields(draft))
    for each in ready:
        other = [*tables.faults(each), *seams.faults(each), *when.faults(each, ready), *when.routed(each)]
        other += list(places.faults(each)) or list(places.entries(each))
        found += [*other, *names.faults(each), *tables.oddities(each)]
        if draft.reading.is_whole and not any(fault.code in WHOLLY_WRONG for fault in other):
            known = {fault.place for fault in (*draft.faults, *other) if fault.code in NEVER_ADMITTED}
            shown = (*evidence.faults(each), *evidence.refusals(each, ready))
            found += [fault for fault in shown if fault.place not in known]
            found += [*copies.faults(each), *orders.faults(each), *orders.of_steps(each)]
    found += [*cutover.faults(ready, mapping), *names.crossed(ready), *lost.faults(ready, mapping, located)]
    found += flags.faults(ready, mapping)
    return found + (list(beside.faults(ready)) if draft.reading.is_whole else [])
