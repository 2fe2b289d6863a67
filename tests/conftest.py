"""Hypothesis profiles and what the end of a run says."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)

settings.register_profile(
    "quick", max_examples=20, deadline=None, derandomize=True, print_blob=True, suppress_health_check=SLOW
)
settings.register_profile(
    "ci", max_examples=30, deadline=None, derandomize=True, print_blob=True, suppress_health_check=SLOW
)
settings.register_profile("nightly", max_examples=5_000, deadline=None, print_blob=True, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "quick"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests recorded as ``summary``: how much was tried, which a green tick does not say."""
    reports = [
        report for some in terminalreporter.stats.values() for report in some if hasattr(report, "user_properties")
    ]
    for line in sorted({text for report in reports for name, text in report.user_properties if name == "summary"}):
        terminalreporter.write_line(line)
