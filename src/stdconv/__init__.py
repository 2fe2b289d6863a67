"""stdconv: legacy resident-registry exports (住民記録) to standard-spec records and back, byte for byte.

Frames in, frames out::

    import stdconv

    plan = stdconv.load_mapping("vendor-a/resident-link")
    result = stdconv.convert(legacy, plan)        # result.standard, .refused, .residue, .findings
    again = stdconv.restore(result.standard, plan, residue=result.residue)

and the same for files: ``convert_file``, ``restore_file``, ``validate_file``, ``verify``; for mappings ``lint`` and
``prove``, and ``stdconv.testing`` for tests of them. Names are imported when they
are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stdconv import version

if TYPE_CHECKING:
    from stdconv.api import (
        convert,
        convert_file,
        lint,
        load_mapping,
        load_schema,
        prove,
        restore,
        restore_file,
        sample,
        validate,
        validate_file,
        verify,
    )
    from stdconv.errors import DefinitionError, StdconvError, UnprovenError, UnreadableError

__version__ = version.VERSION

_ERRORS = ("DefinitionError", "StdconvError", "UnprovenError", "UnreadableError")
_LIBRARY = (
    "convert",
    "convert_file",
    "lint",
    "load_mapping",
    "load_schema",
    "prove",
    "restore",
    "restore_file",
    "sample",
    "validate",
    "validate_file",
    "verify",
)

__all__ = [
    "DefinitionError",
    "StdconvError",
    "UnprovenError",
    "UnreadableError",
    "__version__",
    "convert",
    "convert_file",
    "lint",
    "load_mapping",
    "load_schema",
    "prove",
    "restore",
    "restore_file",
    "sample",
    "validate",
    "validate_file",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    from importlib import import_module

    if name in _LIBRARY:
        return getattr(import_module("stdconv.api"), name)
    if name in _ERRORS:
        return getattr(import_module("stdconv.errors"), name)
    raise AttributeError(f"module 'stdconv' has no attribute '{name}'")


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
