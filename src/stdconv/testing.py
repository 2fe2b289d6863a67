"""For authors of mappings: what a test of a mapping needs, in three lines, and strategies for custom tests.

::

    from stdconv.testing import assert_lint_clean, assert_round_trip

    def test_our_mapping():
        assert_lint_clean("mappings/ours.yaml")
        assert_round_trip("mappings/ours.yaml")

``texts``, ``near_misses`` and ``records`` give Hypothesis strategies for domains and schemas, ``legacy_files`` for the
bytes of a mapping's layout, damaged or not.
"""

from __future__ import annotations

import random
from os import PathLike
from typing import TypeAlias

from hypothesis import strategies as st

from stdconv import arguments
from stdconv.domains.nearmisses import near_misses, odd_texts, raw_bytes
from stdconv.domains.repair import Row
from stdconv.domains.sampler import UnsampledError, values
from stdconv.domains.sets import Record
from stdconv.domains.strategies import records as _records
from stdconv.domains.strategies import texts
from stdconv.lenses.base import Lens
from stdconv.linting.lint import Linted, lint
from stdconv.linting.report import lint_text
from stdconv.mapping.plan import Plan
from stdconv.proving.files import LegacyFile
from stdconv.proving.generated import cases, legacy_file
from stdconv.proving.lenslaws import LawError, broken_law
from stdconv.proving.proof import Proof
from stdconv.proving.prove import RECORDS, SEED, prove
from stdconv.proving.report import proof_text
from stdconv.runs.sample import undrawn
from stdconv.standard.schema import Schema

__all__ = [
    "LawError",
    "LegacyFile",
    "assert_lens_laws",
    "assert_lint_clean",
    "assert_round_trip",
    "legacy_files",
    "near_misses",
    "odd_texts",
    "raw_bytes",
    "records",
    "texts",
]

Mapping: TypeAlias = Plan | str | PathLike[str]
"""A shipped name, a path, or a plan."""


def assert_lint_clean(mapping: Mapping) -> Linted:
    """Fail with every fault and warning that lint has about ``mapping``."""
    __tracebackhide__ = True
    linted = lint(arguments.mapping(mapping))
    if not linted.is_clean:
        raise AssertionError(lint_text(linted))
    return linted


def assert_round_trip(mapping: Mapping, *, records: int = RECORDS, seed: int = SEED) -> Proof:
    """Fail where an example of ``mapping`` does not come true, or a law breaks on one of ``records`` records."""
    __tracebackhide__ = True
    count, begun = arguments.number(records, "records"), arguments.number(seed, "seed", most=arguments.SEEDS)
    proof = prove(arguments.mapping(mapping), records=count, seed=begun)
    if not proof.holds:
        raise AssertionError(proof_text(proof))
    return proof


def assert_lens_laws(lens: Lens, *, values: int = RECORDS, seed: int = SEED) -> None:
    """Fail where ``lens``, with its options, breaks a law or a sourced example of its kind does not hold."""
    __tracebackhide__ = True
    count, begun = arguments.number(values, "values"), arguments.number(seed, "seed", most=arguments.SEEDS)
    if (error := broken_law(lens, values=count, seed=begun)) is not None:
        raise error


def records(of: Record | Schema | str) -> st.SearchStrategy[Row]:
    """Return a strategy for standard records: of a domain, a schema, or the schema of that name.

    A record is a value or ``None`` (absent) for each column: a text, or a whole number where the schema has those.
    Raises ``DefinitionError`` (C0028) where no value of a column, or no record, turns up.
    """
    domain = of if isinstance(of, Record) else arguments.schema(of, "of").record
    columns = [str(name) for name, _ in domain.columns]
    try:
        strategy = _records(domain)
        if strategy.is_empty:
            for name in domain.required:
                columns = [str(name)]
                values(dict(domain.columns)[name], random.Random(0), 1)  # noqa: S311 -- no secrets
    except UnsampledError as error:
        raise undrawn(columns, error) from None
    return strategy


def legacy_files(mapping: Mapping, *, damaged: bool = False) -> st.SearchStrategy[LegacyFile]:
    """Return a strategy for files of a layout: ``body`` (records, no header) and the rows of lookups, as bytes.

    Most records are ones that the mapping accepts; ``damaged`` ones have values and bytes changed here and there.
    """
    plan = arguments.plan(mapping)
    return cases(plan, damaged=damaged).map(lambda case: legacy_file(plan, case))
