"""What was tried to prove a mapping, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from stdconv.errors import Fault
from stdconv.findings.registry import ensure_language
from stdconv.layouts.encodings import Encoding
from stdconv.reports.evidence import LintUse
from stdconv.version import VERSION

Half: TypeAlias = Literal["examples", "laws"]
"""What a proof has: the mapping's examples come true; the laws hold, on those and on generated files."""


@dataclass(frozen=True)
class CounterExample:
    """A file, as small as could be found, on which a law does not hold, and the columns in which it shows.

    ``parts`` are the records, under the mapping's id, and the rows of the lookups that were given, by name; each with
    the encoding that it is to be read with.
    """

    columns: tuple[str, ...]
    parts: tuple[tuple[str, bytes, Encoding], ...]


@dataclass(frozen=True)
class Proof:
    """What was tried and what came of it. ``faults`` is empty where every example came true and every law held.

    ``records`` were generated in ``files``; ``accepted`` and ``refused`` count what became of them. ``only`` is the
    part that was tried, where that was not all. ``mapping_sha256`` is that of the whole mapping, with everything
    written in that it takes from other files; ``digest`` is of that with its schema, rules and code lists. ``lint`` is
    what lint says, asked where all of it was tried and holds: such a proof may stand behind a run.
    """

    file: str
    mapping: str
    examples: int
    asked: int
    seed: int
    files: int = 0
    records: int = 0
    accepted: int = 0
    refused: int = 0
    faults: tuple[Fault, ...] = ()
    counter_example: CounterExample | None = None
    only: Half | None = None
    mapping_sha256: str = ""
    digest: str = ""
    lint: LintUse | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    def document(self, lang: str = "en") -> dict[str, Any]:
        """Return everything as plain data for JSON; texts in ``lang``, bytes in hex."""
        ensure_language(lang)
        names = ("file", "mapping", "mapping_sha256", "digest", "only", "examples", "asked", "seed", "files", "records")
        counter = self.counter_example
        return (
            {"format": 1, "stdconv": VERSION}
            | {name: getattr(self, name) for name in (*names, "accepted", "refused")}
            | {
                "holds": self.holds,
                "lint": self.lint and self.lint.model_dump(),
                "faults": [each.document(lang) for each in self.faults],
                "counter_example": counter
                and {
                    "columns": list(counter.columns),
                    "files": {name: data.hex(" ") for name, data, _ in counter.parts},
                },
            }
        )
