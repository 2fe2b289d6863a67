"""What shows that a mapping is true, and not only consistent: examples, wordings, reasons, sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from stdconv.conversion.program import Program
from stdconv.conversion.translate import forward
from stdconv.definitions import yaml
from stdconv.errors import Fault, KeyPath
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.lenses.base import Branch
from stdconv.linting.fields import Entry, Field, branches, joined_examples
from stdconv.linting.fields import refusals as refused_by_name
from stdconv.linting.wordings import named, parts
from stdconv.mapping.declared import MissingField, NumberField
from stdconv.mapping.models import Form, LookupField, Mapping
from stdconv.mapping.severities import of_rule
from stdconv.standard.schema import Schema

ASSUMED = "assumed:"


def faults(field: Field) -> Iterator[Fault]:
    """Yield the ways through the field that no example goes and no code list's wording vouches for."""
    if not field.route.steps:
        return
    work = field.work
    if field.accepted_examples and not work.accepted(field.route).any():
        first = field.route.legacy[0]
        written = work.legacy([first])[first].unique(maintain_order=True)[:3]
        values = [phrase("mapping", "quoted", text=value) for value in written]
        yield field.fault("M0070", "legacy", values=values)
        return
    for step, lens in field.steps():
        given = tuple(pl.col(name) for name in field.route.between(step))
        for branch, plain in zip(lens.branches(*given), branches(lens), strict=True):
            is_shown = bool(work.frame.select(branch.taken.fill_null(value=False).any()).item())
            if not is_shown and not _is_said(field, step, plain):
                column = "・".join(field.route.standard)
                yield field.fault("M0054", *field.step(step, *branch.path), what=branch.words, column=column)


def refusals(field: Field, others: Sequence[Field]) -> Iterator[Fault]:
    """Yield the values that the field refuses by name and no example shows to be refused so."""
    if not any(map(refused_by_name, field.route.steps)):
        return
    examples = [each for each in field.mapping.examples if each.refused is not None]
    if (needed := _needed(field, others)) is None:
        return
    shown = forward(Program(each.route for each in needed), joined_examples(needed, examples))
    for step, lens in field.steps():
        for branch in lens.refused(*(pl.col(name) for name in field.route.between(step))):
            goes = zip(examples, shown.select(goes=branch.taken.fill_null(value=False))["goes"], strict=True)
            if not any(is_so and example.refused == branch.refused_as for example, is_so in goes):
                at: KeyPath = field.step(step, *branch.path)
                yield field.fault("M0138", *at, what=branch.words, code=branch.refused_as)


def _needed(field: Field, others: Sequence[Field]) -> list[Field] | None:
    """Return ``field`` with those whose standard values choose its steps, theirs included; ``None`` without one."""
    needed = [field]
    for each in needed:
        for name in each.route.beside:
            giving = next((other for other in others if name in other.route.standard), None)
            if giving is None or not giving.is_read:
                return None
            if all(giving.number != known.number for known in needed):
                needed.append(giving)
    return needed


def _is_said(field: Field, step: int, branch: Branch) -> bool:
    """Return whether code lists have the very wording of an entry for the very codes that it gives, all of them.

    A column without a code list may get the wording itself.
    """
    said = [entry for entry in field.entries if entry.step == step and entry.branch.path == branch.path]
    is_coded = any(entry.column.labels for entry in said)
    return is_coded and all(_is_word_for(entry) for entry in said)


def _is_word_for(entry: Entry) -> bool:
    wording, labels = entry.branch.wording, entry.column.labels
    said = [wording, *(parts(wording) if len(entry.branch.says) > 1 else ())]
    return any(named(each, labels) == entry.code for each in said) if labels else entry.code in said


def severities(mapping: Mapping, schema: Schema, located: yaml.Located) -> Iterator[Fault]:
    """Yield rules that warn or refuse otherwise than the schema says, and no example shows it."""
    shown = {("warn", code) for example in mapping.examples for code in example.warned or ()}
    shown |= {("refuse", example.refused) for example in mapping.examples if example.refused}
    for number, each in enumerate(mapping.severity):
        is_rule = bool(of_rule(each, schema.checks))
        if is_rule and each.becomes != "note" and (each.becomes, each.code) not in shown:
            key = "warned" if each.becomes == "warn" else "refused"
            yield fault(
                "M0155", located.place(("severity", number)), code=each.code, columns=list(each.columns), key=key
            )


def order(mapping: Mapping, located: yaml.Located) -> Iterator[Fault]:
    """Yield that nothing shows the order of the columns, where no header does."""
    if not mapping.legacy.header and not any(example.line for example in mapping.examples):
        yield fault("M0057", located.place(("legacy", "columns")))


def keys(mapping: Mapping, located: yaml.Located) -> Iterator[Fault]:
    """Yield lookups whose key column no field writes back: without residue they find nothing."""
    written = {column for form in mapping.fields for column in getattr(form, "legacy", None) or ()}
    for name, lookup in mapping.lookups.items():
        for column in lookup.key:
            if column in mapping.unmapped.legacy and column not in written:
                yield fault("M0068", located.place(("lookups", name, "key")), lookup=name, column=column)


def numbers(mapping: Mapping, schema: Schema, located: yaml.Located) -> Iterator[Fault]:
    """Yield records counted by columns that no field writes back, or by columns other than the rest of the key."""
    written = {column: form.standard for form in mapping.fields for column in getattr(form, "legacy", None) or ()}
    for at, form in enumerate(mapping.fields):
        if not isinstance(form, NumberField):
            continue
        place, by = located.place(("fields", at, "number", "by")), form.number.by
        lost = [column for column in by if column in mapping.unmapped.legacy and column not in written]
        for column in lost:
            yield fault("M0090", place, standard=form.standard, column=column)
        rest = {name for name in schema.key if name != form.standard}
        key = [column for column, made in written.items() if rest.intersection(made)]
        is_known = not lost and set(by) <= set(mapping.legacy.columns)
        if form.standard in schema.key and key and set(key) != set(by) and is_known:
            yield fault("M0091", place, standard=form.standard, by=by, key=key, written=", ".join(key))


def reasons(mapping: Mapping, located: yaml.Located) -> Iterator[Fault]:
    """Yield reasons and sources that say nothing, such as a dash, or ``assumed:`` without why."""
    for path, reason in _reasons(mapping):
        said = reason.strip().removeprefix(ASSUMED)
        if not any(character.isalnum() for character in said):
            yield fault("M0055", located.place(path), reason=reason)


def _reasons(mapping: Mapping) -> Iterator[tuple[KeyPath, str]]:
    yield ("about", "source"), mapping.about.source
    for number, form in enumerate(mapping.fields):
        for path, reason in _reasons_of(form):
            yield ("fields", number, *path), reason
    for side in ("legacy", "standard"):
        for column, reason in getattr(mapping.unmapped, side).items():
            yield ("unmapped", side, column, "because"), reason
    for number, decision in enumerate(mapping.severity):
        yield ("severity", number, "because"), decision.because
    for number, example in enumerate(mapping.examples):
        yield ("examples", number, "source"), example.source


def _reasons_of(form: Form) -> Iterator[tuple[KeyPath, str]]:
    if not isinstance(form, MissingField) and form.because:
        yield ("because",), form.because
    if isinstance(form, LookupField | MissingField) and form.missing:
        yield ("missing", "because"), form.missing.because
    for at, steps in form.chains.items():
        for number, lens in enumerate(steps):
            for option, reason in lens.reasons():
                yield (*at, number, *option), reason
