"""Whether stdconv, pydantic and jsonschema refuse the same records: those of a damaged file that were damaged.

    python bench/agreement.py FINDINGS

prints the rows that a findings.parquet refuses, or fails the run for: a process of its own, so that the one that
measures stays small.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from files import RIVALS, SCHEMA, Files, Part, stdconv

REFUSED = 1
"""What all of them exit with when they refuse a record."""


def check_agreement(files: Files) -> dict[str, dict[str, int]]:
    """Return how many damaged records, damaged in how many ways, each refused; ends the bench if rows differ."""
    refused = {
        "stdconv": (files.whole, _by_stdconv(files.whole)),
        "pydantic": (files.whole, _by_rival("pydantic", files.whole)),
        "jsonschema": (files.part, _by_rival("jsonschema", files.part)),
    }
    told: dict[str, dict[str, int]] = {}
    for name, (part, rows) in refused.items():
        damages = {row: way for row, way in files.damages.items() if row <= part.count}
        if differing := rows ^ damages.keys():
            row = min(differing)
            verb = "did not refuse" if row in damages else "refused"
            sys.exit(f"bench: {name} {verb} row {row} ({damages.get(row, 'undamaged')}), {len(differing)} rows differ")
        told[name] = {"records": part.count, "refused": len(rows), "ways": len(set(damages.values()))}
    return told


def _by_stdconv(part: Part) -> set[int]:
    folder = part.folder / "validated"
    stdconv("validate", str(part.damaged), "-s", SCHEMA, "-o", str(folder), expect=REFUSED)
    return refused_by_findings(folder)


def refused_by_findings(folder: Path) -> set[int]:
    """Return the rows that the findings in ``folder`` refuse, or fail the run for."""
    command = (sys.executable, __file__, str(folder / "findings.parquet"))
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return {int(row) for row in done.stdout.split()}


def _by_rival(rival: str, part: Part) -> set[int]:
    rows = part.folder / f"{rival}.txt"
    done = subprocess.run((*RIVALS, rival, str(part.damaged), str(rows)), check=False, capture_output=True)
    if done.returncode != REFUSED or not rows.exists():
        sys.exit(f"bench: {rival} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    return {int(row) for row in rows.read_text(encoding="utf-8").split()}


def print_refused(findings: str) -> None:
    import polars as pl

    rows = pl.read_parquet(findings).filter(pl.col("severity").is_in(["refuse", "fail"]))["_row"]
    print(*rows.drop_nulls().unique())


if __name__ == "__main__":
    print_refused(sys.argv[1])
