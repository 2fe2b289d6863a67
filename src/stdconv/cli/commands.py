"""The commands and their options; what they do is imported when they run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stdconv.cli.console import keep_generated_tables, progress, show_line, show_message, show_output
from stdconv.cli.limits import ensure_memory
from stdconv.cli.outcome import FORMATS, Ending, present
from stdconv.errors import DefinitionError, StdconvError, UnreadableError
from stdconv.version import VERSION

if TYPE_CHECKING:
    from stdconv.findings.registry import Threshold
    from stdconv.proving.proof import Half
    from stdconv.standard.writers import Format

Command = Callable[..., Any]

FILE = click.Path(path_type=Path)
FAULT_FORMATS = click.Choice(["text", "json", "junit", "sarif", "github"])
SCHEMAS = ("mapping-schema", "report-schema")
SEVERITIES = click.Choice(["note", "warn", "refuse", "never"])


def _pairs(
    option: str, expected: str, names: tuple[str, ...] = ()
) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], dict[str, Path]]:
    """Return a callback that reads NAME=FILE, each name once, and one of ``names`` if there are any."""

    def read(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, Path]:
        pairs: dict[str, Path] = {}
        for value in values:
            name, equals, file = value.partition("=")
            if not (name and equals and file) or name in pairs or (names and name not in names):
                from stdconv.findings.registry import fault

                raise DefinitionError([fault("C0010", option=option, expected=expected)])
            pairs[name] = Path(file)
        return pairs

    def read_places(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, Path]:
        pairs = read(context, parameter, values)
        for file in pairs.values():
            if not file.absolute().parent.is_dir():
                from stdconv.findings.registry import fault

                raise UnreadableError([fault("C0009", output=file, problem="no such folder")])
        return pairs

    return read_places


def _lookups(command: Command) -> Command:
    return click.option(
        "--lookup",
        "lookups",
        multiple=True,
        metavar="NAME=FILE",
        callback=_pairs("--lookup", "NAME=FILE"),
        help="A lookup of the mapping and its file; repeatable.",
    )(command)


def _judged(command: Command) -> Command:
    """Add the options of commands that end with a report."""
    options = (
        click.option(
            "--fail-on",
            type=SEVERITIES,
            default="refuse",
            show_default=True,
            help="Exit with 1 if any finding is this severe or worse.",
        ),
        click.option(
            "--report",
            "reports",
            multiple=True,
            metavar="FORMAT=FILE",
            callback=_pairs("--report", ", ".join(f"{form}=FILE" for form in FORMATS), FORMATS),
            help=f"Write a report as {', '.join(FORMATS)}, over an earlier one; - is stdout; repeatable.",
        ),
    )
    for option in options:
        command = option(command)
    return command


def _forced(command: Command) -> Command:
    return click.option("--force", is_flag=True, help="Replace an existing file or run folder.")(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION)
@click.option("--lang", type=click.Choice(["en", "ja"]), help="Language of messages (default: from the environment).")
@click.option("--debug", is_flag=True, help="Show tracebacks of bugs; they may contain residents' values.")
@click.pass_obj
def stdconv(context: dict[str, Any], lang: str | None, debug: bool) -> None:
    """Convert legacy resident-registry exports (住民記録) into standard-spec records and back, byte for byte."""
    context["debug"] = debug
    context["lang"] = lang or context["lang"]
    ensure_memory()


@stdconv.command(short_help="Convert a legacy file into a run folder.")
@click.argument("file", type=FILE)
@click.option("-m", "--mapping", required=True, metavar="MAPPING", help="A shipped name or a path.")
@click.option("-o", "--output", "folder", required=True, type=FILE, help="Run folder to create.")
@_lookups
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "parquet", "ndjson"]),
    default="csv",
    show_default=True,
    help="Format of the standard records.",
)
@_judged
@_forced
@click.option("--jobs", type=click.IntRange(1, 64), help="Batches processed in parallel (default: up to 4).")
@click.pass_obj
def convert(
    context: dict[str, Any],
    file: Path,
    mapping: str,
    folder: Path,
    lookups: dict[str, Path],
    format_: Format,
    fail_on: Threshold,
    reports: dict[str, Path],
    force: bool,
    jobs: int | None,
) -> int:
    """Convert a legacy FILE into a run folder: standard and refused records, residue, findings, report, manifest."""
    from stdconv.mapping.plan import load_plan
    from stdconv.runs.convert import convert_file

    ending = Ending("convert", context["lang"], reports)
    ending.ensure_apart((file, Path(mapping), *lookups.values()), [folder])
    with ending.explained([file]):
        plan = load_plan(mapping)
    with progress() as moved:
        work = partial(
            convert_file,
            plan,
            file,
            folder,
            lookups=lookups,
            format=format_,
            fail_on=fail_on,
            force=force,
            jobs=jobs,
            progress=moved,
            command=ending.words(),
        )
        report = ending.attempted(work, file, plan.schema.name, plan.mapping.id)
    return ending.end([(report, file)], within=mapping)


@stdconv.command(short_help="Restore a legacy file, or write another vendor's layout.")
@click.argument("given", type=FILE, metavar="DIR|STANDARD")
@click.option("-m", "--mapping", metavar="MAPPING", help="Mapping of the layout to write, for a STANDARD file.")
@click.option("-o", "--output", "file", required=True, type=FILE, help="Legacy file to write.")
@click.option("--lookups", is_flag=True, help="Also write the lookup files of a run folder, as FILE.<lookup>.csv.")
@_judged
@_forced
@click.pass_context
def restore(
    click_context: click.Context,
    given: Path,
    mapping: str | None,
    file: Path,
    lookups: bool,
    fail_on: Threshold,
    reports: dict[str, Path],
    force: bool,
) -> int:
    """Write the original legacy file of a run folder DIR, or a STANDARD file in the layout of MAPPING."""
    if mapping is None:
        _ensure_not_given(click_context, "DIR", "--fail-on", "--report")
        return _restore_folder(given, file, lookups=lookups, force=force)
    _ensure_not_given(click_context, "STANDARD", "--lookups")
    return _relay(Ending("restore", click_context.obj["lang"], reports), given, mapping, file, fail_on, force=force)


def _ensure_not_given(context: click.Context, kind: str, *options: str) -> None:
    """Raise ``DefinitionError`` for options of the other half of the command, which do not fit what is restored."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if parameter.opts[0] in options and source is not click.core.ParameterSource.DEFAULT:
            from stdconv.findings.registry import fault

            raise DefinitionError([fault("C0046", option=parameter.opts[0], kind=kind)])


def _restore_folder(folder: Path, file: Path, *, lookups: bool, force: bool) -> int:
    from stdconv.runs.restore import restore_file

    with progress() as moved:
        manifest = restore_file(folder, file, lookups=lookups, force=force, progress=moved)
    show_message(f"{file}  sha256 {manifest.original.sha256}")
    return 0


def _relay(ending: Ending, standard: Path, mapping: str, file: Path, fail_on: Threshold, *, force: bool) -> int:
    from stdconv.mapping.plan import load_plan
    from stdconv.runs.relay import relay_file, written_files

    ending.ensure_apart((standard, Path(mapping)), [file])
    with ending.explained([standard]):
        plan = load_plan(mapping)
    ending.ensure_apart((standard, Path(mapping)), written_files(plan, file))
    with progress() as moved:
        work = partial(relay_file, plan, standard, file, fail_on=fail_on, force=force, progress=moved)
        report = ending.attempted(work, standard, plan.schema.name, plan.mapping.id)
    if not report.faults:
        show_message("  ".join(map(str, written_files(plan, file))))
    return ending.end([(report, standard)], within=mapping)


@stdconv.command(short_help="Check standard files against a schema and dataset rules.")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("-s", "--schema", required=True, metavar="SCHEMA", help="A shipped name or a path.")
@click.option("-o", "--output", "folder", type=FILE, help="Folder for report and findings (with one FILE only).")
@click.option("--site", type=FILE, help="Site file: severity overrides, each with reason and date.")
@_judged
@_forced
@click.pass_obj
def validate(
    context: dict[str, Any],
    files: tuple[Path, ...],
    schema: str,
    folder: Path | None,
    site: Path | None,
    fail_on: Threshold,
    reports: dict[str, Path],
    force: bool,
) -> int:
    """Check standard FILEs (CSV, Parquet, NDJSON) against a schema, its code lists and dataset rules.

    Each file is checked separately; the gravest exit code counts: 3 before 2, 4 and 1.
    """
    from stdconv.runs.validate import site_of, validate_file
    from stdconv.standard.schema import load_schema

    ending = Ending("validate", context["lang"], reports)
    ending.ensure_apart((*files, Path(schema), *([site] if site else ())), [folder] if folder else ())
    with ending.explained(files):
        if folder is not None and len(files) > 1:
            from stdconv.findings.registry import fault

            raise DefinitionError([fault("C0030", folder=folder, files=len(files))])
        loaded = load_schema(schema)
        decided = site_of(site, loaded)
    with progress() as moved:
        work = partial(validate_file, loaded, folder=folder, site=decided, fail_on=fail_on, force=force, progress=moved)
        checked = [(ending.attempted(partial(work, file), file, loaded.name), file) for file in files]
    return ending.end(checked, within=loaded)


@stdconv.command(short_help="Write a synthetic legacy file whose records all convert.")
@click.option("-m", "--mapping", required=True, metavar="MAPPING", help="A shipped name or a path.")
@click.option("--rows", required=True, type=click.IntRange(0), help="Number of records.")
@click.option("--seed", required=True, type=click.IntRange(0, 2**31 - 1), help="The same seed gives the same file.")
@click.option("-o", "--output", "file", required=True, type=FILE, help="Legacy file to write.")
@_lookups
@_forced
def sample(mapping: str, rows: int, seed: int, file: Path, lookups: dict[str, Path], force: bool) -> int:
    """Write a synthetic legacy file whose records all convert; --lookup names the lookup files to write."""
    from stdconv.conversion.lookups import ensure_known_lookups
    from stdconv.mapping.plan import load_plan
    from stdconv.runs.sample import sample_file

    plan = load_plan(mapping)
    ensure_known_lookups(plan, lookups)
    with progress() as moved:
        sample_file(plan, rows, seed, file, lookups=lookups, force=force, progress=moved)
    return 0


@stdconv.command(short_help="Report everything wrong or doubtful in mappings.")
@click.argument("mappings", nargs=-1, required=True, metavar="MAPPING...")
@click.option(
    "--format", "format_", type=FAULT_FORMATS, default="text", show_default=True, help="Format of the report."
)
@click.option("--fail-on", type=click.Choice(["warn", "never"]), default="never", help="Exit with 1 on warnings.")
@click.pass_obj
def lint(context: dict[str, Any], mappings: tuple[str, ...], format_: str, fail_on: str) -> int:
    """Report everything wrong or doubtful in mapping files at once, each with file and line.

    Exits with 2 if there are faults.
    """
    from stdconv.linting.lint import Linted
    from stdconv.linting.lint import lint as linted
    from stdconv.linting.report import lint_report, lint_text

    found, codes = [], []
    for mapping in mappings:
        try:
            found.append(linted(mapping))
            codes.append(2 if found[-1].faults else 1 if found[-1].warnings and fail_on == "warn" else 0)
        except StdconvError as error:
            found.append(Linted(mapping, None, error.faults))
            codes.append(error.exit_code)
    lang = context["lang"]
    present(
        format_,
        lang,
        text=lambda: "\n".join(lint_text(each, lang) for each in found),
        document=lambda: [each.document(lang) for each in found],
        reports=lambda: [lint_report(each, code) for each, code in zip(found, codes, strict=True)],
    )
    return max(codes)


@stdconv.command(short_help="Prove a mapping by its examples and by generated records.")
@click.argument("mapping")
@click.option("--records", type=click.IntRange(0), default=300, show_default=True, help="Records to generate.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Same seed, same run.")
@click.option("--only", type=click.Choice(["examples", "laws"]), help="Prove only this part.")
@click.option(
    "--format", "format_", type=FAULT_FORMATS, default="text", show_default=True, help="Format of the report."
)
@click.pass_obj
def prove(context: dict[str, Any], mapping: str, records: int, seed: int, only: Half | None, format_: str) -> int:
    """Prove MAPPING: run its examples, then check the laws on generated records.

    If something does not hold, prints the smallest counter-example and exits with 1.
    """
    keep_generated_tables()
    from stdconv.proving.prove import prove as proven
    from stdconv.proving.report import proof_report, proof_text, unproven_document
    from stdconv.reports.model import Report

    lang = context["lang"]
    try:
        with progress() as moved:
            proof = proven(mapping, records=records, seed=seed, only=only, progress=moved)
    except StdconvError as error:
        unproven = error
        if format_ != "text":
            present(
                format_,
                lang,
                text=str,
                document=lambda: unproven_document(mapping, unproven, lang),
                reports=lambda: [Report.unread("prove", None, Path(mapping), unproven)],
            )
        raise
    present(
        format_,
        lang,
        text=lambda: proof_text(proof, lang),
        document=lambda: proof.document(lang),
        reports=lambda: [proof_report(proof)],
    )
    return 0 if proof.holds else 1


@stdconv.command(short_help="Check a run folder against its manifest.")
@click.argument("folder", type=FILE, metavar="DIR")
def verify(folder: Path) -> int:
    """Check a run folder against its manifest: hashes, counts, versions."""
    from stdconv.runs.manifest import verify as verified

    manifest = verified(folder)
    counts = manifest.counts
    show_line(f"read {counts.read}  accepted {counts.accepted}  refused {counts.refused}")
    show_line(f"stdconv {manifest.stdconv}  polars {manifest.polars}  python {manifest.python}")
    for name, file in manifest.files.items():
        show_line(f"{file.sha256}  {name}")
    return 0


@stdconv.command(short_help="Show a mapping, schema, code list, lens or finding code.")
@click.argument("kind", type=click.Choice(["mapping", "schema", "codes", "lens", "code", *SCHEMAS]))
@click.argument("name", required=False)
@click.option("--effective", is_flag=True, help="Show a mapping as YAML, with its base and tables included.")
@click.pass_obj
def show(context: dict[str, Any], kind: str, name: str | None, effective: bool) -> int:
    """Show a mapping (as 対応表), schema, code list, lens or finding code; without NAME, list them.

    mapping-schema is the JSON Schema of mappings, for editors; report-schema is that of reports.
    """
    from stdconv.cli.pages import effective_mapping, listed, shown

    if kind in SCHEMAS and name:
        raise click.UsageError(f"{kind} takes no NAME: there is one for all")

    if effective and kind == "mapping" and name:
        show_output(effective_mapping(name))
        return 0
    show_output(shown(kind, name, context["lang"]) if name else listed(kind, context["lang"]))
    return 0
