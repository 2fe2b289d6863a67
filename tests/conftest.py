"""Hypothesis profiles and what the end of a run says."""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil

import pytest
from hypothesis import HealthCheck, settings

import stdconv

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)

settings.register_profile(
    "quick", max_examples=15, deadline=None, derandomize=True, print_blob=True, suppress_health_check=SLOW
)
settings.register_profile(
    "ci", max_examples=15, deadline=None, derandomize=True, print_blob=True, suppress_health_check=SLOW
)
settings.register_profile("nightly", max_examples=5_000, deadline=None, print_blob=True, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "quick"))

# All that is collected stays until the end: going through it again and again would cost more than many a test.
gc.disable()

# Hypothesis draws from the constants of the modules that are loaded, too. All are loaded before the first test, so that
# what a test draws does not depend on which tests its worker ran before.
for module in pkgutil.walk_packages(stdconv.__path__, "stdconv."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)


def pytest_collection_finish() -> None:
    """Collect garbage from here on, but not among what has been imported and collected."""
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests recorded as ``summary``: how much was tried, which a green tick does not say."""
    reports = [
        report for some in terminalreporter.stats.values() for report in some if hasattr(report, "user_properties")
    ]
    for line in sorted({text for report in reports for name, text in report.user_properties if name == "summary"}):
        terminalreporter.write_line(line)
