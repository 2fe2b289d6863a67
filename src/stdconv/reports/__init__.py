"""Reports: one model of what a run found, and how it is written for terminals, scripts, people and services."""

from stdconv.reports.decided import SiteUse
from stdconv.reports.evidence import MappingUse
from stdconv.reports.model import (
    ControlUse,
    LookupUse,
    Report,
    ReportedFault,
    by_code,
    exit_code,
    gravest,
    held,
)
from stdconv.reports.totals import KINDS, SAMPLE, Detail, Total, Totals

__all__ = [
    "KINDS",
    "SAMPLE",
    "ControlUse",
    "Detail",
    "LookupUse",
    "MappingUse",
    "Report",
    "ReportedFault",
    "SiteUse",
    "Total",
    "Totals",
    "by_code",
    "exit_code",
    "gravest",
    "held",
]
