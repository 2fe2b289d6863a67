"""Batches of bytes read as legacy frames, with what could not be read, what is doubtful and what will not come back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import itemgetter
from typing import Literal, TypeAlias

import polars as pl

from stdconv.findings.frames import about_rows
from stdconv.findings.rows import ROW, only, without
from stdconv.findings.shown import Counted
from stdconv.layouts import encoding, fixed, pieces, places, positions, records, writer
from stdconv.layouts.characters import look_closer, lost_signs
from stdconv.layouts.dialect import Dialect
from stdconv.layouts.fields import QUOTE, divided, fields_of
from stdconv.layouts.parts import Extent, Odd, Overlong, Part, Pieces
from stdconv.layouts.terminators import body_of

Way: TypeAlias = Literal["line-end", "quotes", "characters", "numbers", "filling"]
"""A way in which a record can be written otherwise; ``characters``, ``numbers``: by other bytes for the same ones.

``filling``: with other filling around a value than its width asks for.
"""
WAYS: tuple[Way, ...] = ("line-end", "quotes", "characters", "numbers", "filling")


Refused: TypeAlias = tuple[int, str, str, str]
"""A record that is none, or not readable: its row, the code, the column if it is one, the detail."""
SEPARATOR = "\0"
"""What stands between values that are decoded together: no value holds it, and no character has it as a byte."""


@dataclass(frozen=True, repr=False)
class ParsedBatch(Counted):
    """A batch that was read: ``frame`` has ``_row`` (from 1 in the batch) and the legacy columns, in row order.

    ``raw`` holds the records whose bytes the dialect would write differently, ``ways`` in which ways. These are bytes
    as the file has them, and so are those that the methods return; ``pieces`` has them as they are worked on.
    ``unread`` are the records of which some values cannot be read, which are null.
    """

    pieces: Pieces
    dialect: Dialect
    frame: pl.DataFrame
    findings: tuple[pl.DataFrame, ...]
    raw: Mapping[int, bytes] = field(default_factory=dict)
    ways: Mapping[int, tuple[Way, ...]] = field(default_factory=dict)
    unread: pl.DataFrame | None = None

    def bytes_of(self, rows: pl.Series) -> list[bytes]:
        """Return the original bytes of ``rows``, terminators included."""
        return list(map(self.dialect.coding.outside, self._bytes_of(rows)))

    def _bytes_of(self, rows: pl.Series) -> list[bytes]:
        if rows.is_empty():
            return []
        odd = {each.row: each.raw for each in self.pieces.odd}
        there = self.pieces.plain_rows
        lines = [] if set(rows) <= odd.keys() else pieces.plain_lines(self.pieces.plain, self.dialect)
        return [odd[row] if row in odd else lines[bisect_left(there, row)] for row in rows]

    @property
    def gaps(self) -> dict[int, bytes]:
        """The original bytes before rows."""
        return {row: self.dialect.coding.outside(gap) for row, gap in self.pieces.gaps.items()}

    @property
    def overlong(self) -> Overlong | None:
        """What is longer than a record may be, or some of it."""
        if (part := self.pieces.overlong) is None:
            return None
        outside = self.dialect.coding.outside
        return replace(part, data=outside(part.data), before=outside(part.before))

    @property
    def extent(self) -> Extent:
        """How much of the file this is."""
        if (part := self.overlong) is not None:
            return part.extent(self.dialect.end)
        return self.pieces.extent(self.dialect.end, self.dialect.coding.size)

    def keys(self, columns: Sequence[str]) -> pl.DataFrame:
        """Return ``_row`` and ``columns`` of every record of which these can be read, if not all the others."""
        read = self.frame.select(ROW, *columns)
        if self.unread is None:
            return read
        apart = self.unread.select(ROW, *columns).drop_nulls()
        return pl.concat([read, apart]).sort(ROW) if len(apart) else read


def read_batch(batch: Part, dialect: Dialect, *, side: str = "legacy") -> ParsedBatch:
    """Read a batch; every record that ends in it is in the frame or has a refusing finding."""
    cut = pieces.split(batch, dialect, is_counted=False)
    plain = _plain_frame(cut, dialect)
    if plain is None and (counted := pieces.split(batch, dialect)).plain_rows != cut.plain_rows:
        cut, plain = counted, _plain_frame(counted, dialect)
    if plain is None:
        cut = _set_apart(cut, dialect)
        plain = _plain_frame(cut, dialect)
    if plain is None:
        cut = _all_odd(cut, dialect)
        plain = records.parse(b"", [], dialect)
    odd, partly, findings = _read_odd(cut.odd, dialect, side)
    if dialect.terminator and cut.odd and not cut.odd[-1].raw.endswith(dialect.end):
        findings.append(about_rows(pl.Series([cut.odd[-1].row]), "R0007", side=side, column=""))
    frame = plain if plain is not None else records.no_records(dialect)
    apart = pl.concat([odd, partly]) if len(partly) else odd
    if len(apart):
        frame = pl.concat([frame, apart]).sort(ROW)
    repeated = _repeated_headers(frame, dialect)
    if len(repeated):
        frame = without(frame, repeated)
        findings.append(about_rows(repeated, "R0005", side=side, column=""))
    if len(apart) or 0 in frame.to_series(-1).chunk_lengths():
        # polars 2.1 panics where texts and numbers are put together in columns whose last chunk is empty
        frame = frame.rechunk()
    full = frame
    frame, unusual, wrong = places.held(full, dialect, side)
    flagged, findings = pl.concat([odd[ROW], unusual]), findings + wrong
    frame, unread = _read_wholly(frame)
    if cut.odd or encoding.may_need_a_look(cut.plain, dialect):
        looked_at, doubts = look_closer(frame, dialect, side)
        flagged, findings = pl.concat([flagged, looked_at]), findings + doubts
    findings += _lost(frame, cut, dialect, side)
    unread = None if unread is None else _with_absent(unread, dialect)
    parsed = ParsedBatch(cut, dialect, _with_absent(frame, dialect), tuple(findings), unread=unread)
    suspects = flagged.unique()
    return _with_raw(parsed, suspects, full) if len(suspects) else parsed


def _with_absent(frame: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    """Return the records with the columns that the file does not have, empty."""
    return frame.with_columns(pl.lit("").alias(name) for name in dialect.absent) if dialect.absent else frame


def _lost(frame: pl.DataFrame, cut: Pieces, dialect: Dialect, side: str) -> Iterable[pl.DataFrame]:
    """Find signs of lost characters, where the bytes have any."""
    parts = chain([cut.plain], (each.raw for each in cut.odd))
    if dialect.lost is None or not dialect.lost.may_be_in(parts, lambda sign: encoding.encode(sign, dialect)):
        return ()
    return lost_signs(dialect.lost, frame, dialect.columns, side=side)


def _read_wholly(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return the records all of whose values were read, and the others, if there are any."""
    if not sum(frame.null_count().row(0)):
        return frame, None
    is_read = pl.all_horizontal(pl.all().is_not_null())
    return frame.filter(is_read), frame.filter(~is_read)


def _plain_frame(cut: Pieces, dialect: Dialect) -> pl.DataFrame | None:
    data = _as_utf8(cut.plain, dialect)
    return None if data is None else records.parse(data, cut.plain_rows, dialect)


def _as_utf8(plain: bytes, dialect: Dialect) -> bytes | None:
    """Return plain lines with delimiters between their values, as UTF-8; ``None`` where a value cannot be decoded."""
    if dialect.form is not None:
        return positions.delimited(plain, dialect)
    return encoding.as_utf8(_unquoted(plain, dialect), dialect)


def _unquoted(plain: bytes, dialect: Dialect) -> bytes:
    """Return plain lines with delimiters between their values and without what the dialect puts around every one."""
    if dialect.is_fixed:
        return fixed.delimited(plain, dialect)
    return plain.translate(None, QUOTE) if dialect.quote == "all" else plain


def _set_apart(cut: Pieces, dialect: Dialect) -> Pieces:
    """Move the plain lines that cannot be decoded to the odd ones."""
    return _moved(cut, dialect, lambda line: _as_utf8(line, dialect) is None)


def _all_odd(cut: Pieces, dialect: Dialect) -> Pieces:
    """Move every plain line to the odd ones: polars did not give back all it was given."""
    return _moved(cut, dialect, lambda _: True)


def _moved(cut: Pieces, dialect: Dialect, is_odd: Callable[[bytes], bool]) -> Pieces:
    kept_rows: list[int] = []
    kept: list[bytes] = []
    odd = list(cut.odd)
    for row, line in zip(cut.plain_rows, pieces.plain_lines(cut.plain, dialect), strict=True):
        if is_odd(line):
            body = line.removesuffix(dialect.terminator.encode())
            if dialect.is_fixed:
                odd.append(fixed.odd(row, line, body, dialect))
            else:
                odd.append(Odd(row, line, divided(_unquoted(body, dialect), dialect)))
        else:
            kept_rows.append(row)
            kept.append(line)
    odd.sort(key=lambda each: each.row)
    return replace(cut, plain=b"".join(kept), plain_rows=kept_rows, odd=odd)


def _read_odd(odd: list[Odd], dialect: Dialect, side: str) -> tuple[pl.DataFrame, pl.DataFrame, list[pl.DataFrame]]:
    """Decode odd records: those that can be, and those that only in part; each that is not is a finding too."""
    found = [each for each in odd if each.fields is not None]
    refused = [(each.row, each.code or "R0001", "", each.detail) for each in odd if each.fields is None]
    texts = encoding.decode(SEPARATOR.encode().join(value for each in found for value in each.fields or ()), dialect)
    if found and texts is not None:
        values, width = texts.split(SEPARATOR), len(dialect.columns)
        columns = (values[at::width] for at in range(width))
        whole = records.from_fields([each.row for each in found], columns, dialect)
        return whole, records.no_records(dialect), _grouped(refused, side)
    return _decoded_singly(found, refused, dialect, side)


def _decoded_singly(
    odd: list[Odd], refused: list[Refused], dialect: Dialect, side: str
) -> tuple[pl.DataFrame, pl.DataFrame, list[pl.DataFrame]]:
    """Decode records field by field, since not all can be."""
    rows: tuple[list[int], list[int]] = ([], [])
    values: tuple[list[list[str | None]], list[list[str | None]]] = ([], [])
    for each in odd:
        texts = [encoding.decode(value, dialect) for value in each.fields or ()]
        refused += [
            (each.row, "E0001", name, encoding.undecodable(value, dialect))
            for name, value, text in zip(dialect.columns, each.fields or (), texts, strict=True)
            if text is None
        ]
        rows[None in texts].append(each.row)
        values[None in texts].append(texts)
    whole, partly = (
        records.from_fields(numbers, zip(*texts, strict=True) if texts else [[]] * len(dialect.columns), dialect)
        for numbers, texts in zip(rows, values, strict=True)
    )
    return whole, partly, _grouped(sorted(refused, key=itemgetter(0)), side)


def _grouped(refused: list[Refused], side: str) -> list[pl.DataFrame]:
    frame = pl.DataFrame(
        refused, schema={ROW: pl.Int64, "code": pl.String, "column": pl.String, "detail": pl.String}, orient="row"
    )
    return [
        about_rows(group[ROW], str(code), side=side, column=str(column), detail=group["detail"])
        for (code, column), group in frame.group_by("code", "column", maintain_order=True)
    ]


def _repeated_headers(frame: pl.DataFrame, dialect: Dialect) -> pl.Series:
    """Return the rows that are the header again."""
    pairs = list(zip(dialect.columns, dialect.headings, strict=True))
    if not dialect.header:
        return frame[ROW].clear()
    name, heading = pairs[0]
    first = frame.filter(pl.col(name) == heading)
    return first.filter(pl.all_horizontal([pl.col(name) == heading for name, heading in pairs]))[ROW]


def _with_raw(parsed: ParsedBatch, rows: pl.Series, full: pl.DataFrame) -> ParsedBatch:
    """Return ``parsed`` with those of ``rows`` that the dialect would write with other bytes, as they are.

    ``full`` has the values with what fills them.
    """
    suspects = only(parsed.frame, rows)
    written = writer.rows(suspects, parsed.dialect)
    originals = parsed._bytes_of(suspects[ROW])
    compared = zip(suspects[ROW], originals, written, strict=True)
    others = {row: (original, again or b"") for row, original, again in compared if original != again}
    outside = parsed.dialect.coding.outside
    found = {row: ways(*both, parsed.dialect) for row, both in others.items()}
    if parsed.dialect.rooms:
        found = _ways_of_rooms(others, only(full, pl.Series(list(others), dtype=pl.Int64)), parsed.dialect)
    return replace(parsed, raw={row: outside(original) for row, (original, _) in others.items()}, ways=found)


def ways(original: bytes, written: bytes, dialect: Dialect) -> tuple[Way, ...]:
    r"""Return in which ways a record's ``original`` bytes differ from those that the dialect writes for it.

    >>> ways(b'"1",2\n', b"1,2\r\n", Dialect(columns=("a", "b")))
    ('line-end', 'quotes')
    """
    if dialect.is_fixed:
        return _ways_of_places(original, written, dialect)
    (body, end), (again, declared) = _divided(original), _divided(written)
    usual: bytes | None = body
    if body.replace(QUOTE, b"") != again.replace(QUOTE, b""):
        text = encoding.decode(body, dialect)
        usual = None if text is None else encoding.encode(text, dialect)
    found = {"line-end": end != declared, "characters": body not in (usual, again), "quotes": usual != again}
    return tuple(way for way in WAYS if found.get(way))


def _ways_of_places(original: bytes, written: bytes, dialect: Dialect) -> tuple[Way, ...]:
    body, again = body_of(original, dialect), body_of(written, dialect)
    differing = [at for at in dialect.positions if body[at.at - 1 : at.stop] != again[at.at - 1 : at.stop]]
    found: set[Way] = {"characters" if place.number is None else "numbers" for place in differing}
    if original[len(body) :] != written[len(again) :]:
        found.add("line-end")
    return tuple(way for way in WAYS if way in found)


def _ways_of_rooms(
    others: Mapping[int, tuple[bytes, bytes]], full: pl.DataFrame, dialect: Dialect
) -> dict[int, tuple[Way, ...]]:
    """Return the same by row, where columns have a fixed width: filled otherwise, and what else differs then."""
    anyhow = replace(dialect, rooms=())
    as_filled = encoding.encode_rows(records.lines(full, anyhow), anyhow)
    found: dict[int, tuple[Way, ...]] = {}
    for (row, (original, written)), again in zip(others.items(), as_filled, strict=True):
        filling: tuple[Way, ...] = () if again == written else ("filling",)
        found[row] = ways(original, again or b"", anyhow) + filling
    return found


def values_of(record: bytes, dialect: Dialect) -> list[str | None] | None:
    """Return the values of a record's bytes by column, ``None`` for one that cannot be decoded; ``None`` for none."""
    body = body_of(record, dialect)
    if not dialect.is_fixed:
        fields, _ = fields_of(body, dialect)
        return None if fields is None else _bare([encoding.decode(field, dialect) for field in fields], dialect)
    kinds = dialect.kinds
    if positions.size(body, dialect) != dialect.length:
        return None
    if kinds is not None and positions.code(body, kinds, dialect) not in kinds.of_data:
        return None
    texts = [encoding.decode(field, dialect) for field in positions.fields(body, dialect)]
    frame = pl.DataFrame([texts], schema=dict.fromkeys(dialect.columns, pl.String), orient="row")
    return list(fixed.bare(frame, dialect).row(0))


def _bare(texts: list[str | None], dialect: Dialect) -> list[str | None]:
    """Return the values of a delimited record without what fills them."""
    if dialect.of_rooms is None or len(texts) != len(dialect.columns):
        return texts
    frame = pl.DataFrame([texts], schema=dict.fromkeys(dialect.columns, pl.String), orient="row")
    return list(fixed.bare(frame, dialect.of_rooms).row(0))


def _divided(record: bytes) -> tuple[bytes, bytes]:
    body = record.rstrip(b"\r\n")
    return body, record[len(body) :]
