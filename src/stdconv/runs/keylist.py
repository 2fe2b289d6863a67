"""The list of people that a file is held against: a key a line, read in blocks, and read again where keys are told."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from stdconv.definitions.regular import open_regular
from stdconv.domains.check import check_value
from stdconv.errors import DefinitionError, Place
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.layouts.batches import BATCH
from stdconv.layouts.encodings import MARK
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.standard.hashes import HASH, Hashes, fingerprint
from stdconv.standard.schema import Schema

LONGEST = 65_536
"""How many bytes a line may have."""
LINE, TEXT, CELLS = "_line", "_text", "_cells"
ROUNDED = r"^[0-9]([.][0-9]+)?E[+][0-9]+$"
"""How a spreadsheet writes a number that is too long for it."""
CONTROLS = r"[\x00-\x1f\x7f]"


class KeyList:
    """A list of the keys of people: CSV under the names of the columns, or a key a line where that is one column.

    UTF-8, lines end in LF or CRLF, blank ones are passed over, nothing else: keys are compared as they are. Raises
    ``DefinitionError`` where it is no such list, and ``UnreadableError`` where it is no file that can be read.
    """

    def __init__(self, path: Path, schema: Schema, watch: Watch = UNWATCHED) -> None:
        self.path = path
        self.columns = list(schema.person)
        self._schema, self._watch = schema, watch
        self._order: list[str] = []
        self.hashes, self.lines = Hashes(), 0
        for keys in self.read():
            self.hashes.add(keys)
            self.lines += len(keys)
        if not self.lines:
            raise self._fault("empty")

    def read(self) -> Iterator[pl.DataFrame]:
        """Yield the keys, in the order of the file, with their hashes; not all at once."""
        for number, data in self._blocks():
            lines = self._lines(number, data)
            if number == 1 and len(lines):
                first = self._cells(lines.head(1))
                if self._is_header(first):
                    lines = lines.slice(1)
            if len(lines):
                yield self._keys(self._cells(lines))

    def _blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yield whole lines, and the number of the first of them."""
        number, rest = 1, b""
        with open_regular(self.path) as file:
            while data := file.read(BATCH):
                self._watch.ask()
                data = rest + (data.removeprefix(MARK) if number == 1 and not rest else data)
                end = data.rfind(b"\n") + 1
                if len(data) - end > LONGEST:
                    raise self._fault("long", number + data.count(b"\n"), limit=LONGEST)
                data, rest = data[:end], data[end:]
                if data:
                    yield number, data
                    number += data.count(b"\n")
            if rest:
                yield number, rest

    def _lines(self, number: int, data: bytes) -> pl.DataFrame:
        """Return the lines that are not blank, each with its number."""
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise self._fault("encoding", number + data.count(b"\n", 0, error.start)) from None
        split = pl.Series(TEXT, [text.removesuffix("\n")]).str.split("\n").explode()
        numbered = split.str.strip_suffix("\r").to_frame().with_row_index(LINE, number)
        lines = numbered.filter(pl.col(TEXT) != "")
        self._ensure(lines, pl.col(TEXT).str.len_bytes() <= LONGEST, "long", limit=LONGEST)
        self._ensure(lines, ~pl.col(TEXT).str.contains(CONTROLS), "control")
        return lines

    def _cells(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Return the cells of each line, as many as there are columns."""
        many = len(self.columns)
        plain = lines.filter(~pl.col(TEXT).str.contains('"', literal=True))
        cells = plain.select(LINE, pl.col(TEXT).str.split(",").alias(CELLS))
        if len(plain) < len(lines):
            quoted = lines.filter(pl.col(TEXT).str.contains('"', literal=True))
            apart = [self._unquoted(line, text) for line, text in quoted.iter_rows()]
            others = pl.DataFrame({LINE: quoted[LINE], CELLS: pl.Series(apart, dtype=pl.List(pl.String))})
            cells = pl.concat([cells, others]).sort(LINE)
        self._ensure(cells, pl.col(CELLS).list.len() == many, "columns", expected=many)
        each = [pl.col(CELLS).list.get(at).alias(str(at)) for at in range(many)]
        return cells.select(LINE, *each)

    def _unquoted(self, line: int, text: str) -> list[str]:
        try:
            (cells,) = csv.reader([text], strict=True)
        except (csv.Error, ValueError):
            raise self._fault("quotes", line) from None
        return cells

    def _is_header(self, first: pl.DataFrame) -> bool:
        """Return whether the first line names the columns; in any order, which is then the order of the cells."""
        names = [first[str(at)].item() for at in range(len(self.columns))]
        if sorted(names) == sorted(self.columns):
            self._order = names
            return True
        self._order = self.columns
        if len(names) == 1 and self._is_possible(first["0"]):
            return False
        raise self._fault("heading", first[LINE].item(), columns=self.columns)

    def _is_possible(self, value: pl.Series) -> bool:
        """Return whether the one column may have that value."""
        (name,) = self.columns
        if name in self._schema.numbers:
            return value.str.contains("^[0-9]+$").item() is True
        return pl.select(check_value(self._schema.column(name).domain, pl.lit(value))).to_series().all()

    def _keys(self, cells: pl.DataFrame) -> pl.DataFrame:
        values = [
            pl.col(str(at)).cast(pl.Int64, strict=False).alias(name)
            if name in self._schema.numbers
            else pl.when(pl.col(str(at)) != "").then(pl.col(str(at))).alias(name)
            for at, name in enumerate(self._order)
        ]
        keys = cells.select(LINE, *values)
        texts = pl.col(list(map(str, range(len(self._order)))))
        self._ensure(cells, ~pl.any_horizontal(texts.cast(pl.String).str.contains(ROUNDED)), "rounded")
        self._ensure(keys, pl.all_horizontal(pl.col(self.columns).is_not_null()), "value")
        return keys.select(self.columns).with_columns(fingerprint(self.columns).alias(HASH))

    def _ensure(self, lines: pl.DataFrame, right: pl.Expr, problem: str, **said: object) -> None:
        """Raise for the first line that is not ``right``."""
        wrong = lines.filter(~right)[LINE]
        if len(wrong):
            raise self._fault(problem, wrong[0], **said)

    def _fault(self, problem: str, line: int | None = None, **said: object) -> DefinitionError:
        place = Place(str(self.path), line)
        why = phrase("key-list", problem, **said)
        return DefinitionError([fault("C0126", place, file=self.path, problem=why, columns=self.columns)])
