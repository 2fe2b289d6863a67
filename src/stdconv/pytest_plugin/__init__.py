"""``pytest --stdconv``: mappings and sample files are tests too.

Every pytest run in an environment with stdconv imports this module, most of them for nothing: the others of this
package, and all that is heavy, are imported once they are asked for.
"""

from __future__ import annotations

import pytest

MAPPINGS = "mappings/**/*.yaml"
"""Where mappings are looked for unless the configuration says otherwise."""

OPTIONS = (
    ("stdconv_mappings", "linelist", f"--stdconv: patterns of mapping files (default: {MAPPINGS})"),
    ("stdconv_samples", "linelist", "--stdconv: lines PATTERN SCHEMA, standard files and what they must obey"),
    ("stdconv_records", "string", "--stdconv: how many records the laws are tried on (default: as `stdconv prove`)"),
    ("stdconv_site", "string", "--stdconv: a file of what a site has decided about findings of sample files"),
    ("stdconv_fail_on", "string", "--stdconv: fail from here on, note, warn, refuse or never (default: refuse)"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare ``--stdconv``, and what the configuration file may say of it."""
    group = parser.getgroup("stdconv", "mappings and standard files of resident registries")
    group.addoption("--stdconv", action="store_true", help="run mapping files and sample files as tests")
    for name, type_, said in OPTIONS:
        parser.addini(name, said, type=type_, default=None)  # type: ignore[arg-type]


def pytest_configure(config: pytest.Config) -> None:
    """Let files be collected where ``--stdconv`` asks for it. Raises ``pytest.UsageError`` where an option is wrong."""
    if config.getoption("stdconv"):
        from stdconv.pytest_plugin.collection import Collection
        from stdconv.pytest_plugin.options import Options

        config.pluginmanager.register(Collection(config, Options(config, MAPPINGS)), "stdconv-collection")
