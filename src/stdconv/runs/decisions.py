"""Lists of issues that come back from a spreadsheet: read with care, and held against the issues of a run."""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from stdconv.definitions.regular import open_regular
from stdconv.errors import DefinitionError, Fault
from stdconv.findings.registry import codes, fault
from stdconv.findings.rows import ROW
from stdconv.findings.shown import Counted
from stdconv.reports.issues import IssuesUse
from stdconv.runs.issues import (
    DECIDED,
    GONE,
    KIND,
    KNOWN,
    NEW,
    NUMBER,
    RECORD,
    SETTLED,
    SOURCE,
    STATE,
    Found,
    cell,
    heading,
)
from stdconv.runs.refusals import seen
from stdconv.standard.hashes import fingerprint

NEEDED = (NUMBER, RECORD, *KIND, *DECIDED)
BLOCK = 1 << 22
LONGEST_HEADER = 1 << 16
AT_ONCE = 200_000
SHOWN = 10
"""How many lines are named of what is wrong in several."""
DAY = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
ROUNDED = r"^[0-9]([.][0-9]+)?[eE][+]?[0-9]+$"
"""How a spreadsheet shows a long number, of which it has lost digits."""
BREAKS = "[\r\n]+"
WHOLE = r"^[0-9]{1,15}$"
SHEET, IDENTITY, AT, OF_KIND = "sheet", "identity", "decision", "kind"


@dataclass(frozen=True, repr=False)
class Given(Counted):
    """A list that was given back: of each issue what tells it (a hash), its kind, and which decision it has.

    ``decisions`` are the different ones, each the texts of three cells; ``kinds`` those of side, column and code.
    ``names`` are the columns of keys that tell issues, none where the numbers of records do.
    """

    listed: pl.DataFrame
    decisions: tuple[tuple[str, str, str], ...]
    kinds: tuple[tuple[str, str, str], ...]
    names: tuple[str, ...]
    sources: frozenset[str]
    sha256: str


def load_decisions(path: Path, copy: Path, person: Sequence[str], household: Sequence[str]) -> Given:
    """Read the list at ``path``, by way of a ``copy`` in UTF-8, which is removed.

    Raises ``DefinitionError`` with the lines that cannot be understood, ``UnreadableError`` for what is no file.
    """
    try:
        sha256 = _copied(path, copy)
        return _Reader(path, copy, sha256, person, household).read()
    finally:
        copy.unlink(missing_ok=True)


def _copied(path: Path, copy: Path) -> str:
    """Write the text of ``path`` as UTF-8 and return the SHA-256 of what was read."""
    for encoding in ("utf-8-sig", "cp932"):
        digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder(encoding)()
        try:
            with open_regular(path) as file, copy.open("wb") as out:
                while data := file.read(BLOCK):
                    if b"\0" in data:
                        raise DefinitionError([fault("C0152", file=path)])
                    digest.update(data)
                    out.write(decoder.decode(data).encode())
                out.write(decoder.decode(b"", final=True).encode())
        except UnicodeDecodeError:
            continue
        return digest.hexdigest()
    raise DefinitionError([fault("C0152", file=path)])


class _Reader:
    """What is read of a list, part by part."""

    def __init__(self, path: Path, copy: Path, sha256: str, person: Sequence[str], household: Sequence[str]) -> None:
        self.path = path
        self.copy = copy
        self.sha256 = sha256
        with copy.open("rb") as file:
            first = file.readline(LONGEST_HEADER).decode(errors="replace").rstrip("\r\n")
        self.separator = max(",\t;", key=first.count)
        self.headings = [each.strip() for each in next(csv.reader([first], delimiter=self.separator), [])]
        there = {name for name in (*person, *household) if heading(name) in self.headings}
        is_known = bool(person) and there.issuperset(person)
        has_household = there.issuperset(household)
        self.names = (*person, *(household if has_household else ())) if is_known else ()
        self.decisions: dict[tuple[str, ...], int] = {}
        self.kinds: dict[tuple[str, ...], int] = {}
        self.sources: set[str] = set()
        self.faults: list[Fault] = []

    def read(self) -> Given:
        """Return what the list says. Raises ``DefinitionError``."""
        scan = self._scan()
        try:
            parts = [self._part(part) for part in scan.collect_batches(chunk_size=AT_ONCE, maintain_order=True)]
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
            raise DefinitionError([fault("C0152", file=self.path)]) from None
        schema = {SHEET: pl.UInt32, NUMBER: pl.UInt64, IDENTITY: pl.UInt64, AT: pl.UInt32, OF_KIND: pl.UInt32}
        listed = self._once(pl.concat([pl.DataFrame(schema=schema), *parts]))
        if self.faults:
            raise DefinitionError(self.faults[: 2 * SHOWN])
        return Given(
            listed=numbered(listed.sort(NUMBER, maintain_order=True)),
            decisions=tuple(self.decisions),  # type: ignore[arg-type]
            kinds=tuple(self.kinds),  # type: ignore[arg-type]
            names=self.names,
            sources=frozenset(self.sources),
            sha256=self.sha256,
        )

    def _scan(self) -> pl.LazyFrame:
        """Return the cells of the columns that are needed, by heading, without rows that have nothing there."""
        wanted = [*NEEDED, *map(heading, self.names)]
        optional = [name for name in (STATE, SOURCE) if name in self.headings]
        lacking = [name for name in NEEDED if name not in self.headings]
        twice = [name for name in (*wanted, *optional) if self.headings.count(name) > 1]
        if lacking or twice:
            raise DefinitionError([fault("C0147", file=self.path, columns="・".join(lacking or twice))])
        at = {name: f"c{self.headings.index(name)}" for name in (*wanted, *optional)}
        scan = pl.scan_csv(
            self.copy,
            infer_schema=False,
            glob=False,
            separator=self.separator,
            extra_columns="ignore",
            row_index_name=SHEET,
            row_index_offset=2,
            with_column_names=lambda names: [f"c{number}" for number in range(len(names))],
        )
        cells = (
            pl.col(place).str.strip_chars(" \u3000\t\r\n").str.replace_all(BREAKS, " ").fill_null("").alias(name)
            for name, place in at.items()
        )
        scan = scan.select(pl.col(SHEET).cast(pl.UInt32), *cells)
        return scan.filter(pl.any_horizontal(pl.col(name) != "" for name in wanted))

    def _part(self, part: pl.DataFrame) -> pl.DataFrame:
        if STATE in part.columns:
            part = part.filter(pl.col(STATE) != GONE)
        if SOURCE in part.columns:
            self.sources.update(part[SOURCE].unique())
        is_line = (
            pl.col(NUMBER).str.contains(WHOLE)
            & ((pl.col(RECORD) == "") | pl.col(RECORD).str.contains(WHOLE))
            & pl.col("コード").is_in([*codes()])
        )
        self._say(part.filter(~is_line)[SHEET], lambda line: fault("C0148", file=self.path, line=line))
        part = part.filter(is_line)
        for name in self.names:
            column = heading(name)
            rounded = part.filter(pl.col(column).str.contains(ROUNDED))[SHEET]
            self._say(rounded, lambda line, of=column: fault("C0151", file=self.path, line=line, column=of))  # type: ignore[misc]
        decided = part.select(DECIDED).unique(maintain_order=True)
        at = [self.decisions.setdefault(self._decision(part, row), len(self.decisions)) for row in decided.iter_rows()]
        kinds = part.select(KIND).unique(maintain_order=True)
        of = [self.kinds.setdefault(row, len(self.kinds)) for row in kinds.iter_rows()]
        part = part.join(decided.with_columns(pl.Series(AT, at, dtype=pl.UInt32)), on=DECIDED, maintain_order="left")
        part = part.join(kinds.with_columns(pl.Series(OF_KIND, of, dtype=pl.UInt32)), on=KIND, maintain_order="left")
        part = part.rename({heading(name): f"key:{name}" for name in self.names})
        told = identity(RECORD, [f"key:{name}" for name in self.names], KIND)
        return part.select(SHEET, pl.col(NUMBER).cast(pl.UInt64), told.alias(IDENTITY), AT, OF_KIND)

    def _decision(self, part: pl.DataFrame, row: tuple[str, ...]) -> tuple[str, ...]:
        decision, who, until = row
        day = _day(until)
        if day is None:
            is_it = (pl.col(name) == text for name, text in zip(DECIDED, row, strict=True))
            self._say(part.filter(*is_it)[SHEET].head(1), lambda line: fault("C0150", file=self.path, line=line))
            return row
        return decision, who, day

    def _say(self, sheet: pl.Series, said: Callable[[int], Fault]) -> None:
        self.faults += map(said, sheet.head(SHOWN))

    def _once(self, listed: pl.DataFrame) -> pl.DataFrame:
        """Return each issue once; one that stands there twice must have one decision."""
        same = [NUMBER, IDENTITY]
        if listed.select(pl.struct(same).n_unique()).item() == len(listed):
            return listed
        differing = listed.filter(pl.col(AT).n_unique().over(same) > 1)
        for number in differing[NUMBER].unique(maintain_order=True).head(SHOWN):
            lines = differing.filter(pl.col(NUMBER) == number)[SHEET].head(SHOWN)
            self.faults.append(fault("C0149", file=self.path, lines="・".join(map(str, lines)), number=number))
        return listed.unique(same, keep="first", maintain_order=True)


def _day(text: str) -> str | None:
    """Return a day as it is written everywhere, ``None`` for what is none.

    >>> _day("2026/12/1"), _day("令和8年"), _day("")
    ('2026-12-01', None, '')
    """
    if not text:
        return ""
    found = DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(each) for each in found.groups() if each is not None)).isoformat()
    except ValueError:
        return None


def identity(record: str, keys: Sequence[str], kind: Sequence[str]) -> pl.Expr:
    """Return what tells an issue: its record, or whose record it is where ``keys`` say that, and its kind."""
    texts = [pl.col(name).str.strip_prefix("'").str.strip_chars_start("0") for name in keys]
    by_key = pl.all_horizontal(pl.col(name) != "" for name in keys[:1]) if keys else pl.lit(value=False)
    row = pl.when(by_key).then(pl.lit("")).otherwise(pl.col(record)).alias("record")
    said = [pl.col(name).str.strip_prefix("'").alias(f"kind{at}") for at, name in enumerate(kind)]
    return pl.struct(row, *(text.alias(f"key{at}") for at, text in enumerate(texts)), *said).hash(seed=0)


def numbered(issues: pl.DataFrame) -> pl.DataFrame:
    """Return issues told apart from others that are told by the same: the first, the second and so on."""
    nth = pl.int_range(pl.len(), dtype=pl.UInt32).over(IDENTITY).alias("nth")
    return issues.with_columns(nth).with_columns(fingerprint([IDENTITY, "nth"]).alias(IDENTITY)).drop("nth")


class Matched:
    """The issues of a run, each with the decision of the list that it had before, if it had one."""

    def __init__(self, found: Found, given: Given) -> None:
        self.given = given
        self._names = found.names
        issues = pl.concat([pl.DataFrame(schema={IDENTITY: pl.UInt64}), *_told(found, given.names)])
        now = numbered(issues)
        there = given.listed.select(IDENTITY, pl.col(AT) + 1)
        self._at = now.join(there, on=IDENTITY, how="left", maintain_order="left")[AT].fill_null(0)
        self.gone = given.listed.join(now, on=IDENTITY, how="anti", maintain_order="left")
        cells = pl.DataFrame([("", "", ""), *given.decisions], schema=dict.fromkeys(DECIDED, pl.String), orient="row")
        shown = pl.DataFrame([cell(cells[name]) for name in DECIDED])
        states = pl.Series([NEW, *(SETTLED if each[0] else KNOWN for each in given.decisions)], dtype=pl.String)
        joined = pl.concat_str(DECIDED, separator=",")
        self._ends = shown.select(pl.concat_str(joined, pl.lit(states), separator=",").alias("ends"))["ends"]
        self._gone_ends = shown.select(pl.concat_str(joined, pl.lit(GONE), separator=",").alias("ends"))["ends"]
        self._is_decided = states == SETTLED

    def carried(self, first: int, many: int) -> pl.Series:
        """Return the ends of the lines of issues."""
        return self._ends.gather(self._at.slice(first, many))

    def gone_parts(self) -> Iterator[tuple[pl.DataFrame, pl.Series]]:
        """Yield the issues that are no longer there, and the ends of their lines."""
        kinds = pl.DataFrame(
            self.given.kinds, schema=dict.fromkeys(("side", "column", "code"), pl.String), orient="row"
        ).with_columns(severity=pl.Series([codes()[code].severity for *_, code in self.given.kinds], dtype=pl.String))
        for some in self.gone.iter_slices(AT_ONCE):
            part = kinds[some[OF_KIND]].with_columns(
                pl.lit(None, dtype=pl.Int64).alias(ROW),
                pl.lit(None, dtype=pl.Int64).alias("line"),
                pl.lit("").alias("detail"),
                pl.lit(None, dtype=pl.String).alias("pattern"),
                *(pl.lit(None, dtype=pl.String).alias(name) for name in self._names),
            )
            yield part, self._gone_ends.gather(some[AT] + 1)

    def use(self, source: str, day: str | None, personal: str | None) -> IssuesUse:
        """Return what became of the issues of the file ``source``, of which the extract is of ``day``."""
        decided, new = int(self._is_decided.gather(self._at).sum()), int((self._at == 0).sum())
        sources = self.given.sources - {""}
        return IssuesUse(
            found=len(self._at),
            decisions=self.given.sha256,
            matched="keys" if self.given.names else "records",
            of_another_file=sources != {source} if sources else None,
            decided=decided,
            open=len(self._at) - decided - new,
            new=new,
            gone=len(self.gone),
            overdue=self._overdue(day) if day is not None else None,
            personal=personal,
        )

    def _overdue(self, day: str) -> int:
        is_late = pl.Series([False, *("" < until < day for _, _, until in self.given.decisions)], dtype=pl.Boolean)
        return int(is_late.gather(self._at).sum())


def _told(found: Found, names: Sequence[str]) -> Iterator[pl.DataFrame]:
    for part in found.parts():
        cells = part.select(
            pl.col(ROW).cast(pl.String).fill_null("").alias("record"),
            *(seen(part[name].fill_null("")).alias(f"key:{name}") for name in names),
            *(seen(part[name]) for name in ("side", "column")),
            pl.col("code"),
        )
        told = identity("record", [f"key:{name}" for name in names], ("side", "column", "code"))
        yield cells.select(told.alias(IDENTITY))
