"""Where the shipped schemas, code lists and mappings are: inside the wheel, or at the top of a checkout."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from stdconv.definitions.nearest import likely
from stdconv.errors import DefinitionError, Fault
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault

Kind: TypeAlias = Literal["mapping", "schema", "codes"]

_FOLDERS: dict[Kind, tuple[str, str]] = {
    "mapping": ("mappings", ".yaml"),
    "schema": ("schemas/standard", ".schema.json"),
    "codes": ("schemas/standard/codes", ".csv"),
}


@cache
def root() -> Path:
    """Return the folder that holds ``schemas`` and ``mappings``."""
    package = Path(__file__).resolve().parents[1]
    return package if (package / "schemas").is_dir() else package.parents[1]


def published(name: str) -> Path:
    """Return the file of a published JSON Schema: ``mapping``, for editors, or ``report``."""
    return root() / "schemas" / f"{name}.schema.json"


def names(kind: Kind) -> list[str]:
    """Return the names that are shipped, sorted.

    >>> "vendor-a/resident-link" in names("mapping")
    True
    """
    return list(_names(kind))


@cache
def _names(kind: Kind) -> tuple[str, ...]:
    folder, suffix = _FOLDERS[kind]
    base = root() / folder
    found = (path.relative_to(base).as_posix() for path in base.rglob(f"*{suffix}"))
    return tuple(sorted(name.removesuffix(suffix) for name in found))


def find(kind: Kind, name: str | Path) -> Path:
    """Return the file that ``name`` means: a shipped name, else a path. Raises ``DefinitionError`` where neither.

    Something is at that path; only reading it shows what.
    """
    folder, suffix = _FOLDERS[kind]
    if str(name) in _names(kind):
        return root() / folder / f"{name}{suffix}"
    if kind != "codes" and str(name) and is_there(Path(name)):
        return Path(name)
    raise DefinitionError([unknown(kind, str(name), names(kind))])


def unknown(kind: str, name: str, known: Iterable[str]) -> Fault:
    """Return that there is no such ``name``, with those that may have been meant, or how all of them are listed."""
    near = likely(name, known)
    said = near or phrase("name", "listed", kind=kind)
    return fault("C0001", kind=phrase("name", kind), name=name, known=said)


def is_there(path: Path) -> bool:
    """Return whether anything is at ``path``, be it a folder, a link to nothing, or what this user may not see."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a NUL is in no path
        return False
    except OSError:
        return True
    return True
