"""Files in, files out: what the commands do, as functions."""

from __future__ import annotations

from collections.abc import Mapping

from stdconv import arguments
from stdconv.api.definitions import load_site
from stdconv.arguments import File
from stdconv.findings.registry import Threshold
from stdconv.layouts.files import Progress, quiet
from stdconv.mapping.plan import Plan
from stdconv.reports.model import Report
from stdconv.runs import convert as convert_run
from stdconv.runs import manifest
from stdconv.runs import relay as relay_run
from stdconv.runs import restore as restore_run
from stdconv.runs import validate as validate_run
from stdconv.runs.manifest import Manifest
from stdconv.standard.schema import Schema
from stdconv.standard.writers import Format


def convert_file(
    file: File,
    mapping: Plan | File,
    folder: File,
    *,
    lookups: Mapping[str, File] | None = None,
    format: Format = "csv",  # noqa: A002 -- the command line's name for it
    fail_on: Threshold = "refuse",
    force: bool = False,
    jobs: int | None = None,
    progress: Progress = quiet,
) -> Report:
    """Convert a legacy file into a new run folder and return its report; ``exit_code`` is what the command would give.

    ``jobs`` is how many batches are worked on at once; ``progress`` is called with the bytes read and the bytes there
    are. Raises ``DefinitionError`` (existing folder, lookups) and ``UnreadableError`` (file, header).
    """
    plan = arguments.plan(mapping)
    return convert_run.convert_file(
        plan,
        arguments.path(file, "file"),
        arguments.path(folder, "folder"),
        lookups=arguments.paths(lookups, "lookups", plan),
        format=arguments.choice(format, "format", Format),
        jobs=None if jobs is None else arguments.number(jobs, "jobs", least=1, most=arguments.JOBS),
        **arguments.run(fail_on, force=force, progress=progress),
    )


def restore_file(
    folder: File, file: File, *, lookups: bool = False, force: bool = False, progress: Progress = quiet
) -> Manifest:
    """Restore the legacy file that a run folder was made from, its SHA-256 checked; with ``lookups``, those too.

    ``progress`` is called with the records done and the records there are. Raises ``DefinitionError`` for an existing
    file, and ``UnprovenError`` where the folder was changed or the restored bytes are not the original's.
    """
    return restore_run.restore_file(
        arguments.path(folder, "folder"),
        arguments.path(file, "file"),
        lookups=arguments.flag(lookups, "lookups"),
        force=arguments.flag(force, "force"),
        progress=arguments.function(progress, "progress"),
    )


def relay_file(
    standard: File,
    mapping: Plan | File,
    file: File,
    *,
    fail_on: Threshold = "refuse",
    force: bool = False,
    progress: Progress = quiet,
) -> Report:
    """Restore a standard file into the layout of ``mapping``: only records that convert back to the same are written.

    Next to ``file`` are its lookups, the refused standard records and the report, which is returned. Raises
    ``DefinitionError`` for an existing file, and ``UnreadableError`` for a standard file that cannot be read.
    """
    return relay_run.relay_file(
        arguments.plan(mapping),
        arguments.path(standard, "standard"),
        arguments.path(file, "file"),
        **arguments.run(fail_on, force=force, progress=progress),
    )


def validate_file(
    file: File,
    schema: Schema | File,
    *,
    folder: File | None = None,
    site: File | None = None,
    fail_on: Threshold = "refuse",
    force: bool = False,
    progress: Progress = quiet,
) -> Report:
    """Check a standard CSV, Parquet or NDJSON file; with ``folder``, leave report and findings there.

    ``site`` is a file of what a site has decided about single findings. Raises ``DefinitionError`` for what is wrong in
    it, and ``UnreadableError`` for a file that cannot be read.
    """
    known = arguments.schema(schema)
    return validate_run.validate_file(
        known,
        arguments.path(file, "file"),
        folder=None if folder is None else arguments.path(folder, "folder"),
        site=load_site(site, known),
        **arguments.run(fail_on, force=force, progress=progress),
    )


def verify(folder: File) -> Manifest:
    """Return the manifest of a run folder once every hash and count was found right. Raises ``UnprovenError``."""
    return manifest.verify(arguments.path(folder, "folder"))
