"""What a proof says, as text, and as a report that services read."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from stdconv.errors import StdconvError
from stdconv.findings.phrases import words as phrases
from stdconv.japan.visible import visible
from stdconv.layouts.encodings import ENCODINGS
from stdconv.proving.proof import CounterExample, Proof
from stdconv.reports.model import Report
from stdconv.version import VERSION


def proof_report(proof: Proof) -> Report:
    """Return what became of a proof as a report."""
    return Report.of_faults("prove", proof.file, proof.mapping, proof.faults, 0 if proof.holds else 1)


def proof_text(proof: Proof, lang: str = "en") -> str:
    """Return what was proven, or what was found instead and how to see it again."""
    words = phrases("proof", lang)
    counts = {key: getattr(proof, key) for key in ("examples", "records", "files", "accepted", "refused", "seed")}
    tried = words["tried"].format(**counts)
    if proof.holds:
        part = proof.only or ("examples" if not proof.records else None)
        return visible(f"{proof.file}: {words[f'{part}-only' if part else 'proven']}{words['and']}{tried}")
    lines = [each.text(lang) for each in proof.faults]
    if (found := proof.counter_example) is not None:
        parts = phrases("outcome", lang) if any(each.code == "P0009" for each in proof.faults) else {}
        lines += _counter_example(found, words, [parts.get(name, name) for name in found.columns])
    only = f" --only {proof.only}" if proof.only else ""
    command = f"stdconv prove {shlex.quote(proof.file)} --records {proof.asked} --seed {proof.seed}{only}"
    lines += (f"{words['repeat']}: {command}", f"{proof.file}: {words['not-proven']}{words['and']}{tried}")
    return "\n".join(map(visible, lines))


def unproven_document(file: str, error: StdconvError, lang: str = "en") -> dict[str, Any]:
    """Return as data that a mapping cannot be proven since it cannot be compiled."""
    return {
        "format": 1,
        "stdconv": VERSION,
        "file": file,
        "holds": False,
        "faults": [each.document(lang) for each in error.faults],
    }


def _counter_example(found: CounterExample, words: dict[str, str], differing: Sequence[str]) -> Iterator[str]:
    if differing:
        yield f"{words['differ']}: {words['between'].join(differing)}"
    for name, data, encoding in found.parts:
        lines = ENCODINGS[encoding].lines(data)
        yield f"{words['hex']}{words['between']}{name}:"
        yield from (f"  {line.hex(' ')}" for line in lines)
        yield f"{words['text']}{words['between']}{name}:"
        yield from (f"  {visible(line.decode(encoding, errors='backslashreplace'), blanks=False)}" for line in lines)
