"""Bytes in and bytes out: uploads converted, legacy records read and written without a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import UnsupportedOperation
from os import PathLike
from typing import BinaryIO

import polars as pl

from stdconv import arguments
from stdconv.api.converter import Converter, Originals
from stdconv.api.given import KEY, ensure_key, of_edition, texts, with_numbers
from stdconv.api.results import Converted, Legacy
from stdconv.api.sessions import Octets
from stdconv.arguments import File, Frame
from stdconv.errors import DefinitionError
from stdconv.findings.frames import empty
from stdconv.findings.registry import Threshold, fault
from stdconv.findings.rows import ROW, refused_rows, shifted, without
from stdconv.layouts.batches import BATCH
from stdconv.layouts.headings import joined_texts, unknown_headings
from stdconv.layouts.parts import Part
from stdconv.layouts.reader import read_batch
from stdconv.layouts.streams import Stream
from stdconv.layouts.writable import file_of
from stdconv.mapping.plan import Plan, in_order
from stdconv.runs.apart import ensure_apart
from stdconv.runs.atomic import AtomicOutput


def convert_bytes(
    data: Octets | BinaryIO,
    mapping: Plan | File,
    *,
    name: str | None = None,
    lookups: Mapping[str, Frame | Octets] | None = None,
    fail_on: Threshold = "refuse",
) -> Converted:
    """Convert the bytes of a legacy file, header and mark included, or a file opened for reading bytes.

    What comes of it is what ``convert_file`` writes. Of refused records there are ``_row`` and ``_raw``, their own
    bytes; the residue has the bytes around and instead of records too, as in a run folder, but not the header's.
    ``lookups`` are frames, or bytes of files; ``name`` is what faults and the report call the bytes; findings from
    ``fail_on`` on make the report a failure. Raises ``DefinitionError`` for lookups, and ``UnreadableError`` for a
    header that does not fit and for no bytes at all; what reading the open file raises is passed on.

    >>> from io import BytesIO
    >>> from stdconv import load_mapping
    >>> plan, upload = load_mapping("vendor-a/resident-link"), BytesIO()
    >>> write_legacy(pl.DataFrame([dict(plan.mapping.examples[0].legacy)]), plan, upload)
    >>> result = convert_bytes(upload.getvalue(), plan)
    >>> result.standard["生年月日"].item(), result.report.exit_code
    ('1985-07-07', 0)
    """
    blocks = _blocks(data)
    session = Converter(mapping, lookups=lookups, name=name, fail_on=fail_on)
    every = [session.feed(block) for block in blocks]
    report = session.finish()
    every.append(session.rest)
    return Converted(
        standard=pl.concat([each.standard for each in every]),
        refused=pl.concat([each.refused for each in every]),
        residue=pl.concat([each.residue for each in every]),
        findings=pl.concat([each.findings for each in every]),
        report=report,
    )


def read_legacy(data: Octets | BinaryIO, mapping: Plan | File, *, name: str | None = None) -> Legacy:
    """Read the bytes of a legacy file, or a file opened for reading bytes, as its mapping says, and convert nothing.

    Records that cannot be read are ``refused``, each as its own bytes. ``name`` is what faults call the bytes. Raises
    ``UnreadableError`` as ``convert_bytes`` does.

    >>> from io import BytesIO
    >>> from stdconv import load_mapping
    >>> plan, upload = load_mapping("vendor-b/resident-link"), BytesIO()
    >>> write_legacy(pl.DataFrame([dict(plan.mapping.examples[0].legacy)]), plan, upload)
    >>> read = read_legacy(upload.getvalue(), plan)
    >>> read.legacy["氏名"].item(), read.counts.refused
    ('行政花子', 0)
    """
    blocks = _blocks(data)
    plan = arguments.plan(mapping)
    dialect = plan.dialect
    stream = Stream(
        dialect,
        "legacy" if name is None else arguments.text(name, "name"),
        lambda beginning: in_order(plan, beginning.header).dialect,
    )
    shape = pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(plan.mapping.legacy.columns, pl.String)})
    frames, findings, originals, read = [shape], [empty()], Originals(), 0
    for part in _parts(stream, blocks):
        parsed = read_batch(part, stream.dialect)
        found = pl.concat([empty(), *parsed.findings]).sort(ROW, maintain_order=True)
        rows, overlong = refused_rows(found), parsed.overlong
        frames.append(shifted(without(parsed.frame, rows), read).select(frames[0].columns))
        findings.append(shifted(found, read))
        originals.take(rows + read, parsed.bytes_of(rows) if overlong is None else [overlong.data])
        read += parsed.pieces.count
    return Legacy(legacy=pl.concat(frames), refused=originals.taken(), findings=pl.concat(findings))


def write_legacy(frame: Frame, mapping: Plan | File, target: File | BinaryIO, *, force: bool = False) -> None:
    """Write legacy records (the mapping's legacy columns, text, null is empty) as its layout says.

    ``target`` is a new file, or one opened for writing bytes; what exists is replaced with ``force``. Characters are
    written as Windows writes them. Raises ``DefinitionError`` for columns that are missing, not text or not of the
    layout, for records that it cannot hold (C0085), and for an existing file; then nothing is written.

    >>> from io import BytesIO
    >>> from stdconv import load_mapping
    >>> plan, target = load_mapping("vendor-a/resident-link"), BytesIO()
    >>> write_legacy(pl.DataFrame([dict(plan.mapping.examples[0].legacy) | {"氏名": "髙橋　花子"}]), plan, target)
    >>> "髙".encode("cp932") in target.getvalue(), bytes.fromhex("fbfc") in target.getvalue()
    (False, True)
    """
    plan = arguments.plan(mapping)
    records, columns = of_edition(arguments.frame(frame, "frame"), plan), plan.mapping.legacy.columns
    given = texts(records, columns, "legacy")
    if unknown := unknown_headings([name for name in records.columns if name != ROW], columns):
        raise DefinitionError([fault("C0059", side="legacy", headings=joined_texts(unknown))])
    force = arguments.flag(force, "force")
    if not isinstance(target, str | PathLike):
        _ensure_takes_bytes(target)
    data = file_of(given, plan.dialect, side="legacy")
    if not isinstance(target, str | PathLike):
        rest = memoryview(data)
        while rest:
            rest = rest[target.write(rest) or 0 :]
        return
    path = arguments.path(target, "target")
    ensure_apart(plan.files, [path])
    with AtomicOutput(path, is_folder=False, force=force) as output:
        with output.told():
            output.work.write_bytes(data)
        output.commit()


def keyed_residue(residue: Frame, standard: Frame, key: Sequence[str]) -> pl.DataFrame:
    """Return the residue of accepted records with their ``key``, to be found by that instead of ``_row``.

    ``residue`` and ``standard`` are those of one conversion, as it returned them, or from its run folder, where Parquet
    and NDJSON have ``_row``, and CSV has not; ``key`` are columns of ``standard``, such as ``Schema.key``. The values
    of the key are in columns called ``key:`` and its name. Raises ``DefinitionError`` for columns that are missing, and
    where a value is absent or several records have the same key (C0084).

    >>> standard = pl.DataFrame({"_row": [1, 2], "宛名番号": ["7", "8"]})
    >>> keyed_residue(pl.DataFrame({"_row": [0, 2], "備考": [None, "メモ"]}), standard, ["宛名番号"]).rows()
    [(2, 'メモ', '8')]
    """
    remains = with_numbers(arguments.frame(residue, "residue"), "residue")
    records = with_numbers(arguments.frame(standard, "standard"), "standard")
    names = arguments.names(key, "key", records.columns, near=())
    keys = records.select(ROW, *(pl.col(name).cast(pl.String).alias(KEY + name) for name in names))
    ensure_key(keys, [KEY + name for name in names], names, "standard")
    return remains.join(keys, on=ROW, how="inner", maintain_order="left")


def _ensure_takes_bytes(target: BinaryIO) -> None:
    """Raise for what bytes cannot be written to, such as a file opened for text, before anything is written."""
    if not hasattr(target, "write"):
        raise arguments.refused("target", "target", target)
    try:
        target.write(b"")
    except (TypeError, UnsupportedOperation):
        raise arguments.refused("target", "target", target, "target") from None


def _parts(stream: Stream, blocks: Iterator[bytes]) -> Iterator[Part]:
    for block in blocks:
        yield from stream.feed(block)
    yield from stream.end()


def _blocks(data: Octets | BinaryIO) -> Iterator[bytes]:
    """Return the bytes in blocks; what is neither bytes nor gives them is refused at once."""
    if isinstance(data, arguments.OCTETS):
        return iter([bytes(data)])
    if not hasattr(data, "read"):
        raise arguments.refused("data", "bytes", data, "bytes")
    return _read(data)


def _read(file: BinaryIO) -> Iterator[bytes]:
    while True:
        block = file.read(BATCH)
        if not isinstance(block, bytes):
            raise arguments.refused("data", "bytes", block, "bytes")
        if not block:
            return
        yield block
