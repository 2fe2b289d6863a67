"""Run folders and validations: their files, hashes, counts and versions, written and held against what is there."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import polars as pl
from pydantic import Field

from stdconv.definitions.model import Data, Readable
from stdconv.definitions.regular import read_bytes
from stdconv.errors import DefinitionError, Fault, StdconvError, UnprovenError, UnreadableError
from stdconv.findings.registry import fault
from stdconv.layouts.files import sha256_of
from stdconv.layouts.progress import UNWATCHED, Watch
from stdconv.reports.counts import Counts
from stdconv.reports.evidence import Hash, MappingUse
from stdconv.runs.remains import remains
from stdconv.standard.forms import FileForm
from stdconv.standard.writers import Format
from stdconv.version import VERSION

MANIFEST, REPORT = "manifest.json", "report.json"
STANDARD, REFUSED = "standard", "refused"
"""The names, but for the suffixes, of the accepted records and of the refused ones' bytes."""
MOMENT: Literal["run.json"] = "run.json"
"""What depends on the moment: the manifest names it, and does not hash it."""
REFUSALS, RESIDUE_FILE, FINDINGS_FILE = "refused-causes.csv", "residue.parquet", "findings.parquet"
ISSUES, ISSUES_WITH_KEYS = "issues.csv", "issues-with-keys.csv"
"""The findings for people, to be decided about; the second one says whose records they are, which is personal data."""
MAPPING, PROOF, SITE = "mapping.yaml", "proof.json", "site.yaml"
TABLES = "tables.csv"
EXPECTED_KEYS = "expected-keys.csv"
"""The people that a list from outside has and the file lacks, and the reverse: the keys themselves."""
CONTROL, STANDARD_CONTROL = "control.hed", f"{STANDARD}.hed"
"""The control file that was beside the original, as it was, and the one that is written for the standard file."""
FORMAT = 1
VALIDATION: Literal["validation"] = "validation"
"""The kind of manifest that is not a run folder's, which has none."""


class FileHash(Data):
    """A file's size in bytes and its SHA-256."""

    bytes: int
    sha256: Hash


class Original(FileHash):
    """The legacy file that was converted, or the standard file that was checked."""

    name: Readable


class Manifest(Data):
    """What a run folder holds and what it was made from. Paths are names inside the folder.

    ``unhashed`` are files that depend on the moment; every other one is a function of what was given. ``control`` is
    what the control file beside the original is called; ``standard_control`` says that the standard file has one;
    ``standard_form`` is that of a CSV; ``site`` says that the decisions of a site are in the folder.
    """

    format: Literal[1] = 1
    stdconv: str = VERSION
    polars: str = pl.__version__
    python: str = Field(default_factory=platform.python_version)
    mapping: str
    mapping_used: MappingUse
    standard: Readable
    standard_format: Format
    standard_form: FileForm | None = None
    original: Original
    counts: Counts
    lookups: tuple[str, ...]
    files: dict[str, FileHash]
    unhashed: tuple[Literal["run.json"], ...] = (MOMENT,)
    control: Readable | None = None
    standard_control: bool = False
    site: bool = False

    @property
    def standard_file(self) -> str:
        """The name of the standard file."""
        return f"{STANDARD}.{self.standard_format}"

    def file(self, stem: str) -> str:
        """Return the name of the file called ``stem`` and any suffix but those of schemas."""
        found = (
            n for n in self.files if n.partition(".")[0] == stem and not n.endswith((".schema.json", ".rules.yaml"))
        )
        return next(found, stem)

    @property
    def needed(self) -> set[str]:
        """The names of the files without which there is no run folder."""
        named = {MAPPING, REPORT, REFUSALS, RESIDUE_FILE, FINDINGS_FILE, TABLES}
        named |= {CONTROL} if self.control is not None else set()
        named |= {STANDARD_CONTROL} if self.standard_control else set()
        named |= {SITE} if self.site else set()
        named |= {PROOF} if self.mapping_used.proof is not None else set()
        return named | {self.standard_file, f"{REFUSED}{Path(self.original.name).suffix}"}


class ValidationManifest(Data):
    """What the folder of a validation holds and what it is about: ``checked`` is the file.

    ``schema_sha256`` is that of the schema with its rules and code lists, as they were used; ``site`` is what the site
    file calls its municipality, where one was given.
    """

    format: Literal[1] = 1
    kind: Literal["validation"] = VALIDATION
    stdconv: str = VERSION
    polars: str = pl.__version__
    python: str = Field(default_factory=platform.python_version)
    standard: Readable
    schema_sha256: Hash
    checked: Original
    site: str | None = None
    counts: Counts
    files: dict[str, FileHash]

    @property
    def unhashed(self) -> tuple[str, ...]:
        """Nothing: no file of it depends on the moment."""
        return ()

    @property
    def needed(self) -> set[str]:
        """The names of the files without which there is no validation."""
        return {REPORT, FINDINGS_FILE}

    def write(self, folder: Path) -> None:
        """Write it into ``folder``."""
        (folder / MANIFEST).write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


AnyManifest: TypeAlias = Manifest | ValidationManifest


def describe(folder: Path, known: Mapping[str, str | None], watch: Watch = UNWATCHED) -> dict[str, FileHash]:
    """Return every file of ``folder`` that is the same at any moment, by name, with its size and hash.

    ``known`` are hashes that were taken while a file was written, by its name.
    """
    found = (path for path in sorted(folder.iterdir()) if path.name not in (MANIFEST, MOMENT))
    hashes = {path: known.get(path.name) or sha256_of(path, lambda _: watch.ask()) for path in found}
    return {path.name: FileHash(bytes=path.stat().st_size, sha256=sha256) for path, sha256 in hashes.items()}


def load_manifest(folder: Path) -> Manifest:
    """Read the manifest of a run folder. Raises ``DefinitionError`` where it is not one."""
    manifest = load_any(folder)
    if isinstance(manifest, ValidationManifest):
        raise DefinitionError([fault("C0135", folder=folder)])
    return manifest


def load_any(folder: Path) -> AnyManifest:
    """Read the manifest of a run folder or of a validation. Raises ``DefinitionError`` where it is neither."""
    path = folder / MANIFEST
    if folder.is_file():
        raise DefinitionError([fault("C0119", folder=folder)])
    if not path.is_file():
        left = [] if os.path.lexists(folder) else remains(folder)
        faults = [fault("C0136", folder=folder, left=each.path, written=each.written) for each in left]
        raise DefinitionError(faults or [fault("C0008", folder=folder)])
    try:
        document = json.loads(read_bytes(path))
        version = document.get("format") if isinstance(document, dict) else None
        if isinstance(version, int) and version > FORMAT:
            raise UnprovenError([fault("C0029", version=version)])
        is_validation = isinstance(document, dict) and document.get("kind") == VALIDATION
        return (ValidationManifest if is_validation else Manifest).model_validate(document)
    except (ValueError, TypeError, RecursionError):
        raise UnprovenError([fault("C0021", file=path)]) from None


def ensure_intact(folder: Path, manifest: AnyManifest, watch: Watch = UNWATCHED) -> None:
    """Hold the folder against its manifest. Raises ``UnprovenError`` with every file that differs."""
    faults = list(_differences(folder, manifest, watch.at("check")))
    if not manifest.counts.balance or manifest.counts != _reported(folder):
        faults.append(fault("C0022", **manifest.counts.model_dump()))
    if faults:
        raise UnprovenError(faults)


def _reported(folder: Path) -> Counts | None:
    """Return the counts of the report, whose hash is in the manifest."""
    try:
        return Counts.model_validate(json.loads(read_bytes(folder / REPORT))["counts"])
    except (UnreadableError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _differences(folder: Path, manifest: AnyManifest, watch: Watch) -> Iterator[Fault]:
    done, total = 0, sum(file.bytes for file in manifest.files.values())

    def moved(size: int) -> None:
        nonlocal done
        watch.tell(done := done + size, total, "bytes")

    there = {path.name for path in folder.iterdir()} - {MANIFEST}
    for name, file in manifest.files.items():
        path = folder / name
        if name not in there or not path.is_file():
            yield fault("C0025", file=path)
        elif path.stat().st_size != file.bytes or sha256_of(path, moved) != file.sha256:
            yield fault("C0021", file=path)
    for name in sorted({*(manifest.needed - manifest.files.keys()), *(set(manifest.unhashed) - there)}):
        yield fault("C0025", file=folder / name)
    for name in sorted(there - manifest.files.keys() - manifest.needed - set(manifest.unhashed)):
        yield fault("C0026", file=folder / name)


def verify(folder: Path, watch: Watch = UNWATCHED) -> AnyManifest:
    """Return the manifest of ``folder`` once every hash and count in it was found right; else raises."""
    manifest = load_any(folder)
    ensure_intact(folder, manifest, watch)
    return manifest


def is_ours(path: Path) -> bool:
    """Return whether ``path`` is an empty folder, or a run folder or validation with no files but its own."""
    if not path.is_dir() or path.is_symlink():
        return False
    children = list(path.iterdir())
    names = {child.name for child in children}
    if not all(child.is_file() and not child.is_symlink() for child in children):
        return False
    if MANIFEST in names:
        try:
            return names <= _listed(load_any(path))
        except StdconvError:
            return False
    return not names or (names <= {REPORT, FINDINGS_FILE, EXPECTED_KEYS} and _is_report(path / REPORT))


def _listed(manifest: AnyManifest) -> set[str]:
    return {MANIFEST, *manifest.files, *manifest.unhashed}


def _is_report(path: Path) -> bool:
    try:
        return "stdconv" in json.loads(read_bytes(path))
    except (UnreadableError, ValueError, TypeError, RecursionError):
        return False


def is_own(path: Path, watch: Watch = UNWATCHED) -> bool:
    """Return whether ``path`` is the unchanged standard file of a run folder: its SHA-256 is in the manifest there."""
    try:
        manifest = load_manifest(path.parent)
    except StdconvError:
        return False
    file = manifest.files.get(path.name)
    if file is None or path.name != manifest.standard_file:
        return False
    return file.sha256 == sha256_of(path, lambda _: watch.ask())
