"""What stands behind the mapping of a run: where it is from, and what lint and a proof said of it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from stdconv.definitions.model import Data
from stdconv.findings.phrases import words as phrases

Hash: TypeAlias = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Number: TypeAlias = Annotated[int, Field(ge=0, le=2**53)]
Code: TypeAlias = Annotated[str, Field(pattern="^[A-Z][0-9]{4}$")]


class LintUse(Data):
    """What ``lint`` said of a mapping: the number of faults, and that of warnings by code."""

    faults: Number
    warnings: dict[Code, Number]


class ProofUse(Data):
    """The proof that was given of a mapping: the SHA-256 of its file, and what was tried.

    It holds, is whole, and is of the same mapping, schema and stdconv as the run.
    """

    sha256: Hash
    examples: Number
    files: Number
    records: Number
    accepted: Number
    refused: Number
    seed: Number


class MappingUse(Data):
    """What the mapping is: shipped, an altered copy of the shipped one of that id, or one's own; and its SHA-256.

    The SHA-256 is that of the whole mapping as it was used, with everything written in that it takes from other files.
    ``proof`` is the one that was given, and ``lint`` what it says that lint said; without one the mapping counts as
    not proven, and lint was not asked.
    """

    origin: Literal["shipped", "altered", "own"]
    sha256: Hash
    lint: LintUse | None = None
    proof: ProofUse | None = None


def evidence_texts(use: MappingUse | None) -> dict[str, str]:
    """Return what a mapping is and the SHA-256 of the proof behind it, as services take it; nothing for no mapping."""
    if use is None:
        return {}
    proof = use.proof.sha256 if use.proof is not None else "none"
    return {"mapping_origin": use.origin, "mapping_sha256": use.sha256, "mapping_proof": proof}


def evidence_lines(use: MappingUse, lang: str) -> list[str]:
    """Return what stands behind a mapping, a line for the proof and, where there is one, a line for lint."""
    words = phrases("evidence", lang)
    if use.proof is None:
        return [words["unproven"]]
    lines = [words["proven"].format(**use.proof.model_dump())]
    if use.lint is not None:
        found = (words["times"].format(code=code, count=count) for code, count in use.lint.warnings.items())
        listed = words["listed"].format(codes=words["between"].join(found)) if use.lint.warnings else ""
        warnings = sum(use.lint.warnings.values())
        lines.append(words["lint"].format(faults=use.lint.faults, warnings=warnings) + listed)
    return lines
