"""For authors of mappings: what a test of a mapping needs, in three lines, and strategies for custom tests.

::

    from stdconv.testing import assert_lint_clean, assert_round_trip

    def test_our_mapping():
        assert_lint_clean("mappings/ours.yaml")
        assert_round_trip("mappings/ours.yaml")

``damage_legacy`` and ``damage_standard`` plant what real files have into a good one, with a plan of what is where:
what a conversion must tell in a rehearsal.

``texts``, ``near_misses`` and ``records`` give Hypothesis strategies for domains and schemas, ``legacy_files`` for the
bytes of a mapping's layout, damaged or not.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Any, TypeAlias

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
from stdconv.proving import damaging
from stdconv.proving.damage import OF_FILES, Compared, Damage, DamagePlan, Kind
from stdconv.proving.damaging import KINDS, Damaged
from stdconv.proving.files import LegacyFile
from stdconv.proving.generated import cases, legacy_file
from stdconv.proving.lenslaws import LawError, broken_law
from stdconv.proving.proof import Proof
from stdconv.proving.prove import RECORDS, SEED, prove
from stdconv.proving.report import proof_text
from stdconv.runs.sample import undrawn
from stdconv.standard.schema import Schema

__all__ = [
    "Compared",
    "Damage",
    "DamagePlan",
    "Damaged",
    "LawError",
    "LegacyFile",
    "assert_lens_laws",
    "assert_lint_clean",
    "assert_round_trip",
    "damage_legacy",
    "damage_standard",
    "legacy_files",
    "near_misses",
    "odd_texts",
    "raw_bytes",
    "records",
    "texts",
]

MappingLike: TypeAlias = Plan | str | PathLike[str]
"""A shipped name, a path, or a plan."""
SchemaLike: TypeAlias = Schema | str | PathLike[str]
"""A shipped name, a path, or a schema."""


def assert_lint_clean(mapping: MappingLike) -> Linted:
    """Fail with every fault and warning that lint has about ``mapping``."""
    __tracebackhide__ = True
    linted = lint(arguments.mapping(mapping))
    if not linted.is_clean:
        raise AssertionError(lint_text(linted))
    return linted


def assert_round_trip(mapping: MappingLike, *, records: int = RECORDS, seed: int = SEED) -> Proof:
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


def legacy_files(mapping: MappingLike, *, damaged: bool = False) -> st.SearchStrategy[LegacyFile]:
    """Return a strategy for files of a layout: ``body`` (records, no header) and the rows of lookups, as bytes.

    Most records are ones that the mapping accepts; ``damaged`` ones have values and bytes changed here and there.
    """
    plan = arguments.plan(mapping)
    return cases(plan, damaged=damaged).map(lambda case: legacy_file(plan, case))


def damage_legacy(
    mapping: MappingLike,
    data: bytes,
    *,
    lookups: Mapping[str, bytes] | None = None,
    kinds: Iterable[Kind] | None = None,
    times: int = 1,
    seed: int = 0,
) -> Damaged:
    r"""Return the legacy file ``data`` with damage as real files have it, and the plan of what was planted where.

    Every kind of ``kinds`` is planted into ``times`` records that convert, each of which has nothing else, nor have the
    others of that person and household; the plan says why a kind is left out. Without ``kinds`` it is all that are
    about records: those that change a whole file (``mark``, ``all-quoted``, ``trailing-columns-throughout``,
    ``column-gone``) are planted alone (C0116). ``lookups`` are the files of the lookups. The file is held in memory.

    >>> from stdconv import convert_bytes
    >>> header = "住民番号,履歴番号,氏名,生年月日,性別,住民区分,異動日,住民種別"
    >>> good = f"{header}\r\n1234567890,1,行政　花子,3600707,女,住登者,20240301,日本人\r\n".encode("cp932")
    >>> bad = damage_legacy("vendor-a/resident-link", good, kinds=["no-such-day", "lost-sign"], seed=1)
    >>> bad.plan.damages[0].record, bad.plan.damages[0].column, bad.plan.left_out["lost-sign"]["en"][:27]
    (1, '生年月日', 'the mapping names no signs ')
    >>> compared = bad.plan.compare(convert_bytes(bad.data, "vendor-a/resident-link").findings)
    >>> compared.is_as_planned, compared.table().rows()
    (True, [('no-such-day', 1, 1, 'T0004')])
    """
    plan = arguments.plan(mapping)
    given = {name: _octets(rows) for name, rows in arguments.frames_or_bytes(lookups, "lookups", plan).items()}
    return damaging.damage_legacy(plan, _octets(data), given, _kinds(kinds), **_how(times, seed))


def damage_standard(
    schema: SchemaLike, data: bytes, *, kinds: Iterable[Kind] | None = None, times: int = 1, seed: int = 0
) -> Damaged:
    r"""Return the standard CSV ``data`` with damage, as ``damage_legacy`` does.

    >>> good = "宛名番号,履歴番号,氏名\r\n1,1,行政　花子\r\n2,1,行政　太郎\r\n".encode()
    >>> bad = damage_standard("resident-link/1.0", good, kinds=["duplicate"])
    >>> bad.data.decode().splitlines()[bad.plan.damages[0].record]
    '1,1,行政　花子'
    """
    return damaging.damage_standard(arguments.schema(schema), _octets(data), _kinds(kinds), **_how(times, seed))


def _octets(data: Any) -> bytes:
    if not isinstance(data, bytes | bytearray | memoryview):
        raise arguments.refused("data", "bytes", data)
    return bytes(data)


def _kinds(kinds: Iterable[Kind] | None) -> tuple[Kind, ...]:
    if kinds is None:
        return tuple(kind for kind in KINDS if kind not in OF_FILES)
    return tuple(dict.fromkeys(arguments.choice(kind, "kinds", Kind) for kind in kinds))


def _how(times: int, seed: int) -> dict[str, int]:
    return {
        "times": arguments.number(times, "times", least=1),
        "seed": arguments.number(seed, "seed", most=arguments.SEEDS),
    }
