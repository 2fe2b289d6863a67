"""Mapping files read: located YAML, then the models; everything that does not fit is a fault with its line."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stdconv import catalog, yaml
from stdconv.errors import DefinitionError, Fault, Place, UnreadableError
from stdconv.findings import fault
from stdconv.lenses import LENSES
from stdconv.mapping.models import Mapping

_TAGS = frozenset({"steps", "lookup", "assume", "missing"})
_CODES = {
    "extra_forbidden": "M0006",
    "missing": "M0007",
    "union_tag_invalid": "M0008",
    "union_tag_not_found": "M0009",
    "literal_error": "M0008",
    "string_type": "M0010",
    "too_short": "M0011",
    "string_too_short": "M0011",
    "string_pattern_mismatch": "M0017",
}
_WRONG_TYPE = "M0018"


def load_mapping(name: str | Path) -> tuple[Mapping, yaml.Located]:
    """Read the mapping ``name``, shipped or a path, and where its parts stand. Raises ``DefinitionError``."""
    path = catalog.find("mapping", name)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError([fault("M0001", Place(str(path)), problem=f"byte {error.start} is not UTF-8")]) from None
    except OSError as error:
        raise UnreadableError([fault("C0003", file=path, problem=error.strerror)]) from None
    return read_mapping(text, str(path))


def read_mapping(text: str, file: str) -> tuple[Mapping, yaml.Located]:
    """Read a mapping from YAML text; ``file`` is what faults call it."""
    located = yaml.load(text, file)
    try:
        return Mapping.model_validate(located.data), located
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True, include_input=True)
    raise DefinitionError([_fault(detail, located) for detail in details])


def _fault(detail: ErrorDetails, located: yaml.Located) -> Fault:
    """Translate pydantic's finding into one of the registry."""
    path = _path(detail["loc"], located.data)
    code = _CODES.get(detail["type"], _WRONG_TYPE)
    context = detail.get("ctx", {})
    written = detail.get("input")
    known = _known(context)
    words = {
        "key": path[-1] if path else "",
        "written": written if isinstance(written, str) else context.get("tag", ""),
        "known": known,
        "near": _near(str(path[-1]) if code == "M0006" else str(context.get("tag", written)), known),
        "expected": detail["msg"]
        if detail["type"] in ("bool_type", "int_type", "dict_type", "list_type")
        else "another type",
    }
    return fault(code, located.place(path if code != "M0007" else path[:-1] or path), **words)


def _path(loc: tuple[int | str, ...], data: Any) -> tuple[int | str, ...]:
    """Return pydantic's location without the union tags it puts between, as the file has it."""
    path: list[int | str] = []
    here = data
    for index, step in enumerate(loc):
        if step in _keys(here):
            here = here[step]
        elif index < len(loc) - 1 or step in _TAGS or not isinstance(here, dict):
            continue
        path.append(step)
    return tuple(path)


def _keys(part: Any) -> Collection[Any]:
    """Return what ``part`` of a document can be asked for."""
    return part.keys() if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ()


def _known(context: dict[str, Any]) -> str:
    """Return the words that would have been right, as pydantic lists them; a step without ``op`` can be any lens."""
    return str(context.get("expected_tags", context.get("expected", ", ".join(LENSES)))).replace("'", "")


def _near(word: str, known: str) -> str:
    """Return the known word that ``word`` was probably meant to be, or all of them."""
    words = known.replace(" or ", ", ").split(", ")
    return next(iter(difflib.get_close_matches(word, words, n=1, cutoff=0.5)), known)
