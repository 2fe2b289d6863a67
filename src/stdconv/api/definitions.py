"""Mappings, schemas and sites: loaded, linted and proven."""

from __future__ import annotations

from typing import overload

from stdconv import arguments
from stdconv.arguments import File
from stdconv.findings.explained import Explanation, explanation
from stdconv.findings.language import Language
from stdconv.linting.lint import Linted
from stdconv.mapping.plan import Plan
from stdconv.proving.proof import Half, Proof
from stdconv.standard.schema import Schema


@overload
def load_mapping(name: File) -> Plan: ...
@overload
def load_mapping(*, text: str, base: File | None = None) -> Plan: ...
def load_mapping(name: File | None = None, *, text: str | None = None, base: File | None = None) -> Plan:
    """Return the mapping ``name`` (a shipped name or a path), compiled against the schema that it names.

    It may be given as YAML ``text`` instead; the files that it names are then sought in the folder ``base``, the
    current one unless given. The same content gives the same object again, so that loading costs next to nothing; a
    file that changed gives another plan. Raises ``DefinitionError`` with every fault, each with file and line.

    >>> plan = load_mapping("vendor-a/resident-link")
    >>> plan.mapping.about.vendor, plan.carried[:2]
    ('A社', ('宛名番号', '履歴番号'))
    """
    if text is None and base is None:
        return arguments.plan(name, "name")
    if name is not None:
        raise arguments.refused("base" if text is None else "text", "instead-of-name", base if text is None else text)
    return arguments.plan_from_text(text, base)


def load_schema(name: File) -> Schema:
    """Return the schema ``name`` (a shipped name or a path): its columns, checks, key and dataset rules.

    Raises ``DefinitionError``.

    >>> load_schema("resident-link/1.0").key
    ('宛名番号', '履歴番号')
    """
    return arguments.schema(name, "name")


def lint(mapping: Plan | File) -> Linted:
    """Look for everything that is wrong or doubtful in a mapping: ``faults`` and ``warnings``, each with its line.

    Raises ``DefinitionError`` where there is no mapping of that name and no such file (C0001), and ``UnreadableError``
    where the file cannot be read.

    >>> lint("vendor-b/resident-link").is_clean
    True
    """
    from stdconv.linting import lint as linting

    return linting.lint(arguments.mapping(mapping))


def prove(mapping: Plan | File, *, records: int = 300, seed: int = 0, only: Half | None = None) -> Proof:
    """Prove a mapping: its own examples, then the laws on at least ``records`` generated records, through bytes.

    Raises ``DefinitionError`` where the mapping cannot be compiled. The same ``seed`` makes the same records; ``only``
    is the part that is asked for alone.

    >>> prove("vendor-b/resident-link", records=1).holds
    True
    """
    from stdconv.proving import prove as proving  # imports hypothesis

    return proving.prove(
        arguments.mapping(mapping),
        records=arguments.number(records, "records"),
        seed=arguments.number(seed, "seed", most=arguments.SEEDS),
        only=None if only is None else arguments.choice(only, "only", Half),
    )


def explain(code: str, lang: Language = "en") -> Explanation:
    """Return what a code means, in ``lang`` (``en`` or ``ja``): name, severity, family, summary, cause and remedy.

    Raises ``DefinitionError`` for what is no code of this version, and for another language.

    >>> explain("D0001", "ja").summary
    '受け入れた複数のレコードのキーが重複しています。'
    """
    return explanation(arguments.code(code, "code"), arguments.choice(lang, "lang", Language))
