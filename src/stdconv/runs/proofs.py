"""A proof that stands behind a run: what `prove --format json` wrote, held against the mapping that is used."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from stdconv.definitions.model import Strict
from stdconv.definitions.regular import open_regular
from stdconv.errors import DefinitionError, Fault
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.findings.shown import Counted
from stdconv.mapping.plan import Plan
from stdconv.reports.evidence import Hash, LintUse, Number, ProofUse
from stdconv.version import VERSION

FORMAT = 1
LARGEST = 1 << 20
"""How many bytes a proof may have: one that holds has a thousand."""
Name = Annotated[str, Field(max_length=4096)]


class _Document(Strict):
    """A whole proof that holds, as it is written."""

    format: Literal[1]
    stdconv: Annotated[str, Field(max_length=40)]
    file: Name
    mapping: Name
    mapping_sha256: Hash
    digest: Hash
    only: None
    examples: Number
    asked: Number
    seed: Number
    files: Number
    records: Annotated[int, Field(ge=1, le=2**53)]
    accepted: Number
    refused: Number
    holds: Literal[True]
    lint: LintUse
    faults: Annotated[list[Any], Field(max_length=0)]
    counter_example: None


@dataclass(frozen=True, repr=False)
class GivenProof(Counted):
    """A proof of the mapping that is used: its bytes, and what reports say of it."""

    data: bytes
    use: ProofUse
    lint: LintUse


def load_proof(path: Path, plan: Plan) -> GivenProof:
    """Read the proof at ``path``, which must be a whole one that holds, of ``plan`` and by this stdconv.

    Raises ``DefinitionError`` where it is not, and ``UnreadableError`` where the file cannot be read.
    """
    with open_regular(path) as file:
        data = file.read(LARGEST + 1)
    document = _document(path, data)
    use = ProofUse(
        sha256=hashlib.sha256(data).hexdigest(),
        **document.model_dump(include=ProofUse.model_fields.keys() - {"sha256"}),
    )
    if faults := [*_of_another(path, document, plan)]:
        raise DefinitionError(faults)
    return GivenProof(data, use, document.lint)


def _document(path: Path, data: bytes) -> _Document:
    if len(data) > LARGEST:
        raise DefinitionError([_no_proof(path, "large")])
    try:
        document = json.loads(data.decode())
    except (ValueError, RecursionError):
        raise DefinitionError([_no_proof(path, "json")]) from None
    if not isinstance(document, dict) or "holds" not in document:
        raise DefinitionError([_no_proof(path, "other")])
    version = document.get("format")
    if type(version) is int and version > FORMAT:
        raise DefinitionError([fault("C0131", file=path, version=str(version)[:20], known=FORMAT)])
    if document["holds"] is False:
        raise DefinitionError([fault("C0133", file=path)])
    if document["holds"] is not True:
        raise DefinitionError([_no_proof(path, "other")])
    if _is_partial(document):
        raise DefinitionError([fault("C0134", file=path)])
    try:
        return _Document.model_validate(document, strict=True)
    except (ValidationError, RecursionError):
        raise DefinitionError([_no_proof(path, "other")]) from None


def _is_partial(document: dict[str, Any]) -> bool:
    return document.get("only") in ("examples", "laws") or (
        type(document.get("records")) is int and document["records"] == 0
    )


def _no_proof(path: Path, problem: str) -> Fault:
    return fault("C0130", file=path, problem=phrase("no-proof", problem))


def _of_another(path: Path, document: _Document, plan: Plan) -> list[Fault]:
    """Return what the proof is of, if not of ``plan`` and this stdconv."""
    if document.mapping_sha256 != plan.sha256:
        return [_other(path, "mapping", document.mapping_sha256, plan.sha256)]
    if document.digest != plan.digest:
        return [_other(path, "schema", document.digest, plan.digest)]
    if document.stdconv != VERSION:
        return [_other(path, "version", document.stdconv, VERSION)]
    return []


def _other(path: Path, what: str, theirs: str, ours: str) -> Fault:
    return fault("C0132", file=path, what=phrase("proof-of", what), theirs=theirs, ours=ours)
