"""What a run found, as one model: exact totals with capped samples, and the faults that ended it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Literal, Self

from stdconv.definitions.model import Data, Readable
from stdconv.errors import Fault, Message, Place, StdconvError
from stdconv.findings.registry import Messages, Threshold, fault
from stdconv.japan.visible import escaped, readable
from stdconv.reports.counts import Counts
from stdconv.reports.decided import SiteUse
from stdconv.reports.evidence import MappingUse
from stdconv.reports.expected import ExpectedUse
from stdconv.reports.issues import IssuesUse
from stdconv.reports.patterns import PatternsUse
from stdconv.reports.people import PeopleUse
from stdconv.reports.ruled import Ruled
from stdconv.reports.tables import TableUse
from stdconv.reports.totals import Total, Totals
from stdconv.standard.checks import Check
from stdconv.standard.days import ExtractDay
from stdconv.version import VERSION

DISAGREEING = ("R0019", "C0105", "C0106", "C0120", "C0121", "C0122", "C0123", "C0124", "C0125")
"""What says that what was given from outside (trailer, control file, totals, a list) is not what was counted."""
PRECEDENCE = (0, 1, 4, 2, 3, 70)
"""The exit codes, the gravest last."""


class LookupUse(Data):
    """How many rows a lookup has, and how many of them a record asked for."""

    rows: int
    used: int


class ControlUse(Data):
    """What the control file called ``name`` says of the file, and what was counted.

    ``lines`` are those behind the header; the number of records is accepted too, since a record may be several lines.
    """

    name: Readable
    bytes: int
    lines: int
    counted_bytes: int
    counted_records: int
    counted_lines: int


class ReportedFault(Data):
    """A fault as data: where it is, and what is said of it by language."""

    code: str
    name: str
    severity: str
    file: Readable | None
    line: int | None
    column: int | None
    messages: dict[str, Message]

    @classmethod
    def of(cls, fault: Fault) -> Self:
        """Return ``fault`` as data."""
        place = fault.place or Place("")
        return cls(
            code=fault.code,
            name=fault.name,
            severity=fault.severity,
            file=place.file or None,
            line=place.line,
            column=place.column,
            messages={
                lang: Message(readable(each.summary), readable(each.cause), readable(each.remedy))
                for lang, each in fault.messages.items()
            },
        )

    def text(self, lang: str) -> str:
        """Return the fault as one visible line in ``lang`` (``en`` or ``ja``)."""
        place = Place(self.file, self.line, self.column) if self.file else None
        return Fault(self.code, self.name, Messages(self.messages), place, self.severity).text(lang)


class Report(Data):
    """What a run read, accepted and refused, and what it found.

    ``path`` is the file as the command line was given it; ``faults`` are why it could not be read at all. ``checked``
    says by code of which columns (joined by ``+`` where a check looks at several) all records were asked. ``tallies``
    counts records by column and code (empty: no value; ``*``: values that are not in the column's list); ``labels``
    says what the codes mean, where the column has a code list. ``joined_records`` counts those that were put together
    from several lines, since a quote was open at the end of the first; ``raw_ways`` those of ``raw_records`` by what is
    written otherwise: ``line-end``, ``quotes``, ``characters``, ``numbers``, ``filling``. ``control`` is what the
    control file beside it says. ``people`` counts whose records they are, ``tables`` which values became which codes;
    ``issues`` says what became of those that people decided about. ``expected`` is what was said of the file from
    outside. ``as_of`` is the day that dates of events were held against.
    ``lost_values`` are those that the layout has no column for, in ``lost_records`` records. ``mapping_used`` says
    whether the mapping is a shipped one; ``site`` says what was decided about severities, ``severities`` what the
    mapping decides about rules of the schema. ``patterns`` says which findings records have together. Findings from
    ``fail_on`` on make it a failure.
    """

    format: Literal[1] = 1
    command: str
    stdconv: str = VERSION
    mapping: str | None = None
    mapping_used: MappingUse | None = None
    standard: Readable | None = None
    file: Readable
    path: Readable | None = None
    fail_on: Threshold = "refuse"
    counts: Counts = Counts(read=0, accepted=0, refused=0)
    faults: tuple[ReportedFault, ...] = ()
    joined_records: int = 0
    raw_records: int = 0
    raw_share: float = 0.0
    raw_ways: dict[str, int] = {}
    control: ControlUse | None = None
    lookups: dict[str, LookupUse] = {}
    people: PeopleUse | None = None
    tables: tuple[TableUse, ...] = ()
    expected: tuple[ExpectedUse, ...] = ()
    issues: IssuesUse | None = None
    tallies: dict[str, dict[str, int]] = {}
    labels: dict[str, dict[str, str]] = {}
    as_of: ExtractDay | None = None
    lost_values: int = 0
    lost_records: int = 0
    site: SiteUse | None = None
    severities: tuple[Ruled, ...] = ()
    checked: dict[str, tuple[str, ...]] = {}
    findings: tuple[Total, ...] = ()
    patterns: PatternsUse = PatternsUse()
    exit_code: int = 0

    def write(self, path: str | PathLike[str]) -> None:
        """Write the report as JSON, over what is there; what the system raises is passed on."""
        Path(path).write_text(escaped(self.model_dump_json(indent=2)) + "\n", encoding="utf-8")

    @property
    def verdicts(self) -> tuple[ReportedFault, ...]:
        """What is to be said of the file as a whole: why it could not be read, or that its counts are not a result."""
        counts = self.counts
        if not counts.balance:
            return (*self.faults, ReportedFault.of(fault("C0022", **counts.model_dump())))
        if counts.read and not counts.accepted:
            return (*self.faults, ReportedFault.of(fault("C0023", read=counts.read)))
        return self.faults

    @property
    def place(self) -> str:
        """The file's path where that is known, else its name."""
        return self.path or self.file

    @classmethod
    def unread(
        cls, command: str, standard: str | None, path: Path, error: StdconvError, *, mapping: str | None = None
    ) -> Self:
        """Return the report of a file that could not be read, or of which nothing could be kept."""
        faults = tuple(ReportedFault.of(each) for each in error.faults)
        return cls(
            command=command,
            mapping=mapping,
            standard=standard,
            file=path.name,
            path=path.as_posix(),
            faults=faults,
            exit_code=error.exit_code,
        )

    @classmethod
    def of_faults(cls, command: str, file: str, mapping: str | None, faults: Iterable[Fault], exit_code: int) -> Self:
        """Return the report of a mapping in which ``faults`` were found, in their order."""
        reported = tuple(map(ReportedFault.of, faults))
        path = Path(file)
        return cls(command=command, mapping=mapping, file=path.name, path=file, faults=reported, exit_code=exit_code)


def held(checks: Iterable[Check], columns: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the code and columns under which findings of ``checks`` appear.

    A check without a column of the file has none.
    """
    given = set(columns)
    yield from (check.reported_as for check in checks if not given.isdisjoint(check.columns))


def by_code(checks: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return checks, each a code and its columns, as ``Report.checked`` has them, the codes in order."""
    found: dict[str, dict[str, None]] = {}
    for code, columns in checks:
        found.setdefault(code, {})[columns] = None
    return {code: tuple(found[code]) for code in sorted(found)}


def exit_code(counts: Counts, totals: Totals, threshold: Threshold) -> int:
    """Return 4 where counts do not balance, nothing was accepted or a number given from outside is another one.

    Else 1 where findings reach ``threshold``, and 0 where none does.
    """
    is_other = any(totals.count(code) for code in DISAGREEING)
    if is_other or not counts.balance or (counts.read and not counts.accepted):
        return 4
    return int(totals.reach(threshold))


def gravest(codes: Iterable[int]) -> int:
    """Return the exit code of several that outranks the others.

    >>> gravest([0, 1, 4]), gravest([1, 3, 2]), gravest([])
    (4, 3, 0)
    """
    return max((0, *codes), key=PRECEDENCE.index)
