"""Files in, files out: what the commands do, as functions.

All of them run in the same way. ``jobs`` is how many batches are worked on at once (by default as many as there are
cores, four at most); the result is the same with any number. ``progress`` is called with a ``Progress`` whenever some
more was read (4 MiB or more at once) or worked on, and ``cancel`` is asked just as often whether the run is to end:
both in the thread that called the function. Where ``cancel`` returns true the function raises ``Cancelled``,
and where one of the two raises, that is raised. Either way nothing is left at the target or beside it, and what was
there before stays, whatever ``force`` says; once the result is in its place, nothing is asked any more.

They may be called from several threads, with one plan, and from asyncio by ``asyncio.to_thread(convert_file, …,
cancel=event.is_set)`` with an ``Event`` of ``threading``. Other processes are to be started by ``spawn`` or
``forkserver``; plans, schemas, results and errors can be pickled. polars says of itself: "Polars is multithreaded as to
provide strong performance out-of-the-box. Thus, it cannot be combined with fork"
(https://docs.pola.rs/user-guide/misc/multiprocessing/). A process that was forked after stdconv was used would wait
for ever, so it is refused (C0090); to import stdconv before the fork, and to use it after that, is possible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypedDict

from stdconv import arguments
from stdconv.api.given import load_site
from stdconv.arguments import Day, File
from stdconv.findings.registry import Threshold
from stdconv.layouts.progress import Progress
from stdconv.mapping.plan import Plan
from stdconv.reports.model import Report
from stdconv.runs import atomic, manifest
from stdconv.runs import convert as convert_run
from stdconv.runs import relay as relay_run
from stdconv.runs import restore as restore_run
from stdconv.runs import validate as validate_run
from stdconv.runs.asked import Asked
from stdconv.runs.manifest import Manifest, ValidationManifest
from stdconv.standard.forms import FileForm
from stdconv.standard.schema import Schema
from stdconv.standard.writers import Format


def convert_file(
    file: File,
    mapping: Plan | File,
    folder: File,
    *,
    lookups: Mapping[str, File] | None = None,
    format: Format = "csv",  # noqa: A002 -- the command line's name for it
    form: FileForm = "plain",
    fail_on: Threshold = "refuse",
    force: bool = False,
    jobs: int | None = None,
    hed: bool = False,
    as_of: Day | None = None,
    operator: str | None = None,
    proof: File | None = None,
    expect: Mapping[str, int] | None = None,
    expect_keys: File | None = None,
    site: File | None = None,
    issues: bool = False,
    decisions: File | None = None,
    with_keys: bool = False,
    progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Report:
    """Convert a legacy file into a new run folder and return its report; ``exit_code`` is what the command would give.

    A CSV is written in ``form``: `linkage` has a byte order mark, quotes around every value and all columns of the
    record. With ``hed`` the control file beside the file is checked (without one: C0102), and one is written beside the
    standard file. It is checked in any case where the mapping has ``control: hed``. Another size or count gives the
    exit code 4. ``as_of`` is the day of the extract: dates of events that are later are told (D0013); without it they
    are held against the newest day in the file. ``operator`` is who makes the run, for ``run.json``. ``proof`` is a
    file with the JSON of ``prove`` for this mapping, schema and version of stdconv (`json.dumps(proof.document())`),
    which report and manifest then name; it is kept in the folder. ``site`` is a file of what a site has decided about
    findings, applied before they refuse records; it is kept too.

    With ``issues`` the folder has `issues.csv`, a list of all findings to decide in; ``decisions`` is such a list of an
    earlier run with 判断, 担当 and 期限 filled in, which are carried over. With ``with_keys`` there is a second list,
    `issues-with-keys.csv`, with personal data: whose records they are.

    ``expect`` says how many `records`, `people` and `households` the file has, ``expect_keys`` is a file that lists its
    people by their keys. Where the file has others the exit code is 4 too, and `expected-keys.csv` in the folder has
    the keys that are missing and those too many; report and findings have their number alone.

    ``progress`` is told of bytes of the file; then, where rules about many records need them again, of the standard
    file. Raises ``DefinitionError`` (existing folder, lookups), ``UnreadableError`` (file, header) and ``Cancelled``.
    """
    plan = arguments.plan(mapping)
    with arguments.watched(progress, cancel) as watch:
        run = partial(convert_run.convert_file, plan, arguments.path(file, "file"), arguments.path(folder, "folder"))
        run = partial(run, format=arguments.choice(format, "format", Format))
        run = partial(run, form=arguments.choice(form, "form", FileForm), watch=watch)
        return run(
            lookups=arguments.paths(lookups, "lookups", plan),
            asked=Asked(
                as_of=arguments.as_of(as_of, "as_of", plan.schema),
                operator=None if operator is None else arguments.text(operator, "operator"),
                expect=arguments.expected(expect, expect_keys),
                **_given(proof, site, hed=hed),
                **_lists(decisions, issues=issues, with_keys=with_keys),
            ),
            **arguments.run(fail_on, force=force, jobs=jobs),
        )


class _Given(TypedDict):
    """What else is given to a conversion."""

    hed: bool
    proof: Path | None
    site: Path | None


def _given(proof: File | None, site: File | None, *, hed: bool) -> _Given:
    files = arguments.files(proof=proof, site=site)
    return {"hed": arguments.flag(hed, "hed"), "proof": files["proof"], "site": files["site"]}


class _Lists(TypedDict):
    """What is asked about lists of issues."""

    issues: bool
    decisions: Path | None
    with_keys: bool


def _lists(decisions: File | None, *, issues: bool, with_keys: bool) -> _Lists:
    given = None if decisions is None else arguments.path(decisions, "decisions")
    is_personal = arguments.flag(with_keys, "with_keys")
    return {"issues": arguments.flag(issues, "issues"), "decisions": given, "with_keys": is_personal}


def restore_file(
    folder: File,
    file: File,
    *,
    lookups: bool = False,
    force: bool = False,
    jobs: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Manifest:
    """Restore the legacy file that a run folder was made from, its SHA-256 checked; with ``lookups``, those too.

    ``progress`` is told of bytes while the folder is held against its hashes, then of records. Raises
    ``DefinitionError`` for an existing file, ``UnprovenError`` where the folder was changed or the restored bytes are
    not the original's, and ``Cancelled``.
    """
    with arguments.watched(progress, cancel) as watch:
        return restore_run.restore_file(
            arguments.path(folder, "folder"),
            arguments.path(file, "file"),
            lookups=arguments.flag(lookups, "lookups"),
            force=arguments.flag(force, "force"),
            jobs=arguments.at_once(jobs),
            watch=watch,
        )


def relay_file(
    standard: File,
    mapping: Plan | File,
    file: File,
    *,
    fail_on: Threshold = "refuse",
    force: bool = False,
    jobs: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Report:
    """Restore a standard file into the layout of ``mapping``: only records that convert back to the same are written.

    Next to ``file`` are its lookups, the refused standard records and the report, which is returned. ``progress`` is
    told of bytes (of records, in Parquet), again for each time that the file is read. Raises ``DefinitionError`` for an
    existing file, ``UnreadableError`` for a standard file that cannot be read, and ``Cancelled``.
    """
    with arguments.watched(progress, cancel) as watch:
        return relay_run.relay_file(
            arguments.plan(mapping),
            arguments.path(standard, "standard"),
            arguments.path(file, "file"),
            watch=watch,
            **arguments.run(fail_on, force=force, jobs=jobs),
        )


def validate_file(
    file: File,
    schema: Schema | File,
    *,
    folder: File | None = None,
    site: File | None = None,
    as_of: Day | None = None,
    expect: Mapping[str, int] | None = None,
    expect_keys: File | None = None,
    issues: bool = False,
    decisions: File | None = None,
    with_keys: bool = False,
    fail_on: Threshold = "refuse",
    force: bool = False,
    jobs: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Report:
    """Check a standard CSV, Parquet or NDJSON file; with ``folder``, leave report, findings and manifest there.

    ``site`` is a file of what a site has decided about single findings; ``as_of``, ``expect`` and ``expect_keys`` are
    as for ``convert_file``, and so are ``issues``, ``decisions`` and ``with_keys``, which need the folder. ``progress``
    is told of bytes (of records, in Parquet), again where rules about many records need them. Raises
    ``DefinitionError`` for what is wrong in the definitions, ``UnreadableError`` for a file that cannot be read, and
    ``Cancelled``.
    """
    known = arguments.schema(schema)
    day = arguments.as_of(as_of, "as_of", known)
    with arguments.watched(progress, cancel) as watch:
        return validate_run.validate_file(
            known,
            arguments.path(file, "file"),
            folder=None if folder is None else arguments.path(folder, "folder"),
            site=load_site(site, known, day),
            as_of=day,
            expect=arguments.expected(expect, expect_keys),
            **_lists(decisions, issues=issues, with_keys=with_keys),
            watch=watch,
            **arguments.run(fail_on, force=force, jobs=jobs),
        )


def verify(
    folder: File, *, progress: Callable[[Progress], None] | None = None, cancel: Callable[[], bool] | None = None
) -> Manifest | ValidationManifest:
    """Return the manifest of a run folder or a validation once every hash and count was found right.

    ``progress`` is told of bytes. Raises ``UnprovenError``, and ``Cancelled``.
    """
    with arguments.watched(progress, cancel) as watch:
        return manifest.verify(arguments.path(folder, "folder"), watch)


def sweep(folder: File) -> list[Path]:
    """Remove what killed runs have left in ``folder``, where their results were to be; returns what was removed.

    These are files and folders of residents' data, called ``.NAME.stdconv-`` and eight digits. What a run is working on
    stays. So does something old (``.NAME.stdconv-aside-…``) that was to be replaced, as long as nothing is at ``NAME``:
    it may be the only copy, and the next run to ``NAME`` puts it back. Every run sweeps for its own target; this is for
    those that are not run again. Raises ``UnreadableError`` where something cannot be removed.
    """
    return atomic.sweep(arguments.path(folder, "folder"))
