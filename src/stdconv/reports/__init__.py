"""Reports: one model of what a run found, and how it is written for terminals, scripts, people and services."""

from stdconv.reports.model import (
    KINDS,
    SAMPLE,
    ControlUse,
    Detail,
    LookupUse,
    MappingUse,
    Report,
    ReportedFault,
    SiteUse,
    Total,
    Totals,
    by_code,
    exit_code,
    gravest,
    held,
)

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
