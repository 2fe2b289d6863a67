"""The commands and their options; what they do is imported when they run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stdconv.cli.console import keep_generated_tables, progress, show_line, show_message, show_output, telling_remains
from stdconv.cli.language import Option
from stdconv.cli.limits import ensure_memory
from stdconv.cli.options import FILE, asked, dated, expecting, forced, judged, option, with_issues, with_lookups
from stdconv.cli.outcome import Ending, present
from stdconv.errors import DefinitionError, StdconvError
from stdconv.findings.language import LANGUAGES
from stdconv.version import VERSION

if TYPE_CHECKING:
    from stdconv.findings.registry import Threshold
    from stdconv.proving.proof import Half
    from stdconv.runs.asked import Expect
    from stdconv.standard.forms import FileForm
    from stdconv.standard.writers import Format

FAULT_FORMATS = click.Choice(["text", "json", "junit", "sarif", "github"])
SCHEMAS = ("mapping-schema", "report-schema")


@click.group(context_settings={"max_content_width": 100})
@click.version_option(VERSION, message="%(prog)s %(version)s", cls=Option)
@option("--lang", type=click.Choice(LANGUAGES), expose_value=False)
@option("--debug", is_flag=True)
@click.pass_obj
def stdconv(context: dict[str, Any], debug: bool) -> None:
    """Convert legacy resident-registry exports (住民記録) into standard-spec records and back, byte for byte."""
    context["debug"] = debug
    ensure_memory()


@stdconv.command()
@click.argument("file", type=FILE)
@option("-m", "--mapping", required=True, metavar="MAPPING")
@option("-o", "--output", "folder", required=True, type=FILE)
@with_lookups
@option(
    "--format",
    "format_",
    type=click.Choice(["csv", "parquet", "ndjson"]),
    default="csv",
    show_default=True,
)
@option("--form", type=click.Choice(["plain", "linkage"]), default="plain", show_default=True)
@judged
@forced
@option("--jobs", type=click.IntRange(1, 64), metavar="N")
@asked
@click.pass_obj
def convert(
    context: dict[str, Any],
    file: Path,
    mapping: str,
    folder: Path,
    lookups: dict[str, Path],
    format_: Format,
    form: FileForm,
    fail_on: Threshold,
    reports: dict[str, Path],
    force: bool,
    jobs: int | None,
    asked: dict[str, Any],
) -> int:
    """Convert a legacy FILE into a run folder: standard and refused records, residue, findings, report, manifest."""
    from stdconv import arguments
    from stdconv.mapping.plan import load_plan
    from stdconv.runs.asked import Asked
    from stdconv.runs.convert import convert_file

    ending = Ending("convert", context["lang"], reports)
    ending.ensure_apart((file, Path(mapping), *lookups.values(), *Asked(**asked).files), [folder])
    with ending.explained([file]):
        plan = load_plan(mapping)
        given = Asked(**asked | {"as_of": arguments.as_of(asked["as_of"], "--as-of", plan.schema)})
    with progress() as watch, telling_remains([folder], context["lang"]):
        work = partial(convert_file, plan, file, folder, lookups=lookups, format=format_, form=form, asked=given)
        work = partial(work, fail_on=fail_on, force=force, jobs=jobs, watch=watch)
        work = partial(work, command=ending.words(), early=ending.say)
        report = ending.attempted(work, file, plan.schema.name, plan.mapping.id)
    return ending.end([(report, file)], within=mapping)


@stdconv.command()
@click.argument("given", type=FILE, metavar="DIR|STANDARD")
@option("-m", "--mapping", metavar="MAPPING")
@option("-o", "--output", "file", required=True, type=FILE)
@option("--lookups", is_flag=True)
@judged
@forced
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
        with telling_remains([file], click_context.obj["lang"]):
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

    with progress() as watch:
        manifest = restore_file(folder, file, lookups=lookups, force=force, watch=watch)
    show_message(f"{file}  sha256 {manifest.original.sha256}")
    return 0


def _relay(ending: Ending, standard: Path, mapping: str, file: Path, fail_on: Threshold, *, force: bool) -> int:
    from stdconv.mapping.plan import load_plan
    from stdconv.runs.relay import relay_file, written_files

    ending.ensure_apart((standard, Path(mapping)), [file])
    with ending.explained([standard]):
        plan = load_plan(mapping)
    ending.ensure_apart((standard, Path(mapping)), written_files(plan, file))
    with progress() as watch, telling_remains(written_files(plan, file), ending.lang):
        work = partial(relay_file, plan, standard, file, fail_on=fail_on, force=force, watch=watch)
        report = ending.attempted(work, standard, plan.schema.name, plan.mapping.id)
    if not report.faults:
        show_message("  ".join(map(str, written_files(plan, file))))
    return ending.end([(report, standard)], within=mapping)


@stdconv.command()
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
@option("-s", "--schema", required=True, metavar="SCHEMA")
@option("-o", "--output", "folder", type=FILE)
@option("--site", type=FILE)
@judged
@forced
@dated
@expecting
@with_issues
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
    as_of: str | None,
    expect: Expect,
    lists: dict[str, Any],
) -> int:
    """Check standard FILEs (CSV, Parquet, NDJSON) against a schema, its code lists and dataset rules.

    Each file is checked separately; the gravest exit code counts: 3 before 2, 4 and 1.
    """
    from stdconv import arguments
    from stdconv.runs.sites import site_of
    from stdconv.runs.validate import validate_file
    from stdconv.standard.schema import load_schema

    ending = Ending("validate", context["lang"], reports)
    beside = [each for each in (site, lists["decisions"], *expect.files) if each is not None]
    ending.ensure_apart((*files, Path(schema), *beside), [folder] if folder else ())
    with ending.explained(files):
        if folder is not None and len(files) > 1:
            from stdconv.findings.registry import fault

            raise DefinitionError([fault("C0030", folder=folder, files=len(files))])
        loaded = load_schema(schema)
        day = arguments.as_of(as_of, "--as-of", loaded)
        decided = site_of(site, loaded, as_of=day)
    with progress() as watch, telling_remains([folder] if folder else (), context["lang"]):
        work = partial(validate_file, loaded, folder=folder, site=decided, fail_on=fail_on, as_of=day)
        work = partial(work, force=force, watch=watch, expect=expect, **lists)
        checked = [(ending.attempted(partial(work, file), file, loaded.name), file) for file in files]
    return ending.end(checked, within=loaded)


@stdconv.command()
@option("-m", "--mapping", required=True, metavar="MAPPING")
@option("--rows", required=True, type=click.IntRange(0), metavar="N")
@option("--seed", required=True, type=click.IntRange(0, 2**31 - 1), metavar="N")
@option("-o", "--output", "file", required=True, type=FILE)
@with_lookups
@forced
def sample(mapping: str, rows: int, seed: int, file: Path, lookups: dict[str, Path], force: bool) -> int:
    """Write a synthetic legacy file whose records all convert; --lookup names the lookup files to write."""
    from stdconv.conversion.lookups import ensure_known_lookups
    from stdconv.mapping.plan import load_plan
    from stdconv.runs.sample import sample_file

    plan = load_plan(mapping)
    ensure_known_lookups(plan, lookups)
    with progress() as watch:
        sample_file(plan, rows, seed, file, lookups=lookups, force=force, watch=watch)
    return 0


@stdconv.command()
@click.argument("mappings", nargs=-1, required=True, metavar="MAPPING...")
@option("--format", "format_", type=FAULT_FORMATS, default="text", show_default=True)
@option("--fail-on", type=click.Choice(["warn", "never"]), default="never")
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


@stdconv.command()
@click.argument("mapping")
@option("--records", type=click.IntRange(0), metavar="N", default=300, show_default=True)
@option("--seed", type=click.IntRange(0, 2**31 - 1), metavar="N", default=0, show_default=True)
@option("--only", type=click.Choice(["examples", "laws"]))
@option("--format", "format_", type=FAULT_FORMATS, default="text", show_default=True)
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
        with progress() as watch:
            proof = proven(mapping, records=records, seed=seed, only=only, watch=watch)
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


@stdconv.command()
@click.argument("folder", type=FILE, metavar="DIR")
@click.pass_obj
def verify(context: dict[str, Any], folder: Path) -> int:
    """Check a run folder, or the folder of a validation, against its manifest: hashes, counts, versions."""
    from stdconv.findings.phrases import words as phrases
    from stdconv.reports.evidence import evidence_lines
    from stdconv.runs.manifest import Manifest
    from stdconv.runs.manifest import verify as verified

    manifest = verified(folder)
    counts, words = manifest.counts.model_dump(), phrases("report", context["lang"])
    show_line(words["as-listed"].format(files=len(manifest.files)))
    show_line("  ".join(f"{words[key]} {number}" for key, number in counts.items()))
    if isinstance(manifest, Manifest):
        used = manifest.mapping_used
        show_line(words["original"].format(**manifest.original.model_dump()))
        show_line(words[f"mapping-{used.origin}"].format(mapping=manifest.mapping, sha256=used.sha256))
        for line in evidence_lines(used, context["lang"]):
            show_line(line)
    else:
        show_line(words["checked"].format(**manifest.checked.model_dump()))
        show_line(words["schema"].format(schema=manifest.standard, sha256=manifest.schema_sha256))
        if manifest.site is not None:
            show_line(words["site"].format(site=manifest.site))
    for name in manifest.unhashed:
        show_line(words["not-hashed"].format(file=name))
    show_line(f"stdconv {manifest.stdconv}  polars {manifest.polars}  python {manifest.python}")
    for name, file in manifest.files.items():
        show_line(f"{file.sha256}  {name}")
    return 0


@stdconv.command()
@click.argument("kind", type=click.Choice(["mapping", "schema", "codes", "lens", "code", *SCHEMAS]))
@click.argument("name", required=False)
@option("--effective", is_flag=True)
@click.pass_obj
def show(context: dict[str, Any], kind: str, name: str | None, effective: bool) -> int:
    """Show a mapping (as 対応表), schema, code list, lens or finding code; without NAME, list them.

    mapping-schema is the JSON Schema of mappings, for editors; report-schema is that of reports.
    """
    from stdconv.cli.pages import effective_mapping, listed, shown

    if kind in SCHEMAS and name:
        from stdconv.findings.registry import fault

        raise DefinitionError([fault("C0050", kind=kind, name=name)])
    if effective and kind == "mapping" and name:
        show_output(effective_mapping(name))
        return 0
    show_output(shown(kind, name, context["lang"]) if name else listed(kind, context["lang"]))
    return 0
