"""stdconv: legacy resident-registry exports (住民記録) to standard-spec records and back, byte for byte.

Frames in, frames out::

    import stdconv

    plan = stdconv.load_mapping("vendor-a/resident-link")
    result = stdconv.convert(legacy, plan)        # result.standard, .refused, .residue, .findings
    again = stdconv.restore(result.standard, plan, residue=result.residue)

and the same for bytes (``convert_bytes``, ``read_legacy``, ``write_legacy``), chunk by chunk (``Converter``,
``Restorer``, ``Validator``) and for files: ``convert_file``, ``restore_file`` (a run folder), ``relay_file`` (into
another layout), ``validate_file``, ``verify``; for mappings ``lint`` and ``prove``, and ``stdconv.testing`` for tests
of them. The types that these functions take and return are here too. Names are imported when they are first used.
"""

from __future__ import annotations

from stdconv.version import VERSION as __version__  # noqa: N811 -- what it is called is everyone's convention

TYPE_CHECKING = False  # the command line comes through here before it takes signals: `typing` would take a while
if TYPE_CHECKING:
    from stdconv.api.converter import Converter as Converter
    from stdconv.api.definitions import explain as explain
    from stdconv.api.definitions import lint as lint
    from stdconv.api.definitions import load_mapping as load_mapping
    from stdconv.api.definitions import load_schema as load_schema
    from stdconv.api.definitions import prove as prove
    from stdconv.api.files import convert_file as convert_file
    from stdconv.api.files import relay_file as relay_file
    from stdconv.api.files import restore_file as restore_file
    from stdconv.api.files import sweep as sweep
    from stdconv.api.files import validate_file as validate_file
    from stdconv.api.files import verify as verify
    from stdconv.api.frames import convert as convert
    from stdconv.api.frames import restore as restore
    from stdconv.api.frames import sample as sample
    from stdconv.api.frames import validate as validate
    from stdconv.api.octets import convert_bytes as convert_bytes
    from stdconv.api.octets import keyed_residue as keyed_residue
    from stdconv.api.octets import read_legacy as read_legacy
    from stdconv.api.octets import write_legacy as write_legacy
    from stdconv.api.restorer import Restorer as Restorer
    from stdconv.api.results import Conversion as Conversion
    from stdconv.api.results import Converted as Converted
    from stdconv.api.results import Legacy as Legacy
    from stdconv.api.results import Restoration as Restoration
    from stdconv.api.results import Result as Result
    from stdconv.api.results import Validation as Validation
    from stdconv.api.sessions import Octets as Octets
    from stdconv.api.validator import Validator as Validator
    from stdconv.arguments import ArrowStream as ArrowStream
    from stdconv.arguments import File as File
    from stdconv.arguments import Frame as Frame
    from stdconv.errors import Cancelled as Cancelled
    from stdconv.errors import DefinitionError as DefinitionError
    from stdconv.errors import Fault as Fault
    from stdconv.errors import Message as Message
    from stdconv.errors import Place as Place
    from stdconv.errors import StdconvError as StdconvError
    from stdconv.errors import UnprovenError as UnprovenError
    from stdconv.errors import UnreadableError as UnreadableError
    from stdconv.findings.explained import Explanation as Explanation
    from stdconv.findings.language import Language as Language
    from stdconv.findings.registry import Severity as Severity
    from stdconv.findings.registry import Threshold as Threshold
    from stdconv.layouts.progress import Progress as Progress
    from stdconv.linting.lint import Linted as Linted
    from stdconv.linting.seams import Verdict as Verdict
    from stdconv.mapping.plan import Origin as Origin
    from stdconv.mapping.plan import Plan as Plan
    from stdconv.proving.proof import CounterExample as CounterExample
    from stdconv.proving.proof import Half as Half
    from stdconv.proving.proof import Proof as Proof
    from stdconv.reports.counts import Counts as Counts
    from stdconv.reports.decided import Decided as Decided
    from stdconv.reports.decided import SiteUse as SiteUse
    from stdconv.reports.evidence import LintUse as LintUse
    from stdconv.reports.evidence import MappingUse as MappingUse
    from stdconv.reports.evidence import ProofUse as ProofUse
    from stdconv.reports.expected import ExpectedUse as ExpectedUse
    from stdconv.reports.issues import IssuesUse as IssuesUse
    from stdconv.reports.model import ControlUse as ControlUse
    from stdconv.reports.model import LookupUse as LookupUse
    from stdconv.reports.model import Report as Report
    from stdconv.reports.model import ReportedFault as ReportedFault
    from stdconv.reports.patterns import PatternKind as PatternKind
    from stdconv.reports.patterns import PatternsUse as PatternsUse
    from stdconv.reports.patterns import PatternUse as PatternUse
    from stdconv.reports.people import PeopleCounts as PeopleCounts
    from stdconv.reports.people import PeopleUse as PeopleUse
    from stdconv.reports.ruled import Ruled as Ruled
    from stdconv.reports.tables import TableCode as TableCode
    from stdconv.reports.tables import TableRow as TableRow
    from stdconv.reports.tables import TableUse as TableUse
    from stdconv.reports.tables import UnlistedValue as UnlistedValue
    from stdconv.reports.totals import Detail as Detail
    from stdconv.reports.totals import Total as Total
    from stdconv.runs.manifest import FileHash as FileHash
    from stdconv.runs.manifest import Manifest as Manifest
    from stdconv.runs.manifest import Original as Original
    from stdconv.runs.manifest import ValidationManifest as ValidationManifest
    from stdconv.standard.days import ExtractDay as ExtractDay
    from stdconv.standard.documents import Column as Column
    from stdconv.standard.schema import Schema as Schema
    from stdconv.standard.tables import Database as Database
    from stdconv.standard.writers import Format as Format

_HOMES = {
    "api.definitions": ("explain", "lint", "load_mapping", "load_schema", "prove"),
    "api.converter": ("Converter",),
    "api.files": ("convert_file", "relay_file", "restore_file", "sweep", "validate_file", "verify"),
    "api.frames": ("convert", "restore", "sample", "validate"),
    "api.octets": ("convert_bytes", "keyed_residue", "read_legacy", "write_legacy"),
    "api.restorer": ("Restorer",),
    "api.results": ("Conversion", "Converted", "Legacy", "Restoration", "Result", "Validation"),
    "api.sessions": ("Octets",),
    "api.validator": ("Validator",),
    "arguments": ("ArrowStream", "File", "Frame"),
    "errors": (
        *("Cancelled", "DefinitionError", "StdconvError", "UnprovenError", "UnreadableError"),
        *("Fault", "Message", "Place"),
    ),
    "findings.explained": ("Explanation",),
    "findings.language": ("Language",),
    "findings.registry": ("Severity", "Threshold"),
    "layouts.progress": ("Progress",),
    "linting.lint": ("Linted",),
    "linting.seams": ("Verdict",),
    "mapping.plan": ("Origin", "Plan"),
    "proving.proof": ("CounterExample", "Half", "Proof"),
    "reports.counts": ("Counts",),
    "reports.decided": ("Decided", "SiteUse"),
    "reports.evidence": ("LintUse", "MappingUse", "ProofUse"),
    "reports.issues": ("IssuesUse",),
    "reports.expected": ("ExpectedUse",),
    "reports.model": ("ControlUse", "LookupUse", "Report", "ReportedFault"),
    "reports.patterns": ("PatternKind", "PatternUse", "PatternsUse"),
    "reports.people": ("PeopleCounts", "PeopleUse"),
    "reports.ruled": ("Ruled",),
    "reports.tables": ("TableCode", "TableRow", "TableUse", "UnlistedValue"),
    "reports.totals": ("Detail", "Total"),
    "runs.manifest": ("FileHash", "Manifest", "Original", "ValidationManifest"),
    "standard.days": ("ExtractDay",),
    "standard.documents": ("Column",),
    "standard.schema": ("Schema",),
    "standard.tables": ("Database",),
    "standard.writers": ("Format",),
}
"""Where each public name lives."""

_HOME = {name: f"stdconv.{module}" for module, names in _HOMES.items() for name in names}

__all__ = ["__version__", *_HOME]  # noqa: PLE0604 -- made of the table above, so that no name is written again


if not TYPE_CHECKING:  # a type checker takes a misspelt name for one of these otherwise

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used."""
        from importlib import import_module

        if name in _HOME:
            return getattr(import_module(_HOME[name]), name)
        raise AttributeError(f"module 'stdconv' has no attribute '{name}'")


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
