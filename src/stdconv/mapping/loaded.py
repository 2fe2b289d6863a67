"""Mappings loaded once: the very same plan, as long as nothing changes of all that it is made of."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import NamedTuple, TypeAlias

from stdconv.definitions import catalog
from stdconv.definitions.regular import read_bytes
from stdconv.errors import StdconvError
from stdconv.mapping.loading import load_text
from stdconv.mapping.plan import Plan, read_plan
from stdconv.standard.schema import SUFFIX, rules_beside

MOST = 32
"""How many plans are kept."""
UNNAMED = "(text)"
"""What faults call a mapping that is given as text."""

State: TypeAlias = tuple[str | None, ...]


class _Loaded(NamedTuple):
    plan: Plan
    state: State


_LOADED: OrderedDict[tuple[str, str, str], _Loaded] = OrderedDict()
_LOCK = Lock()


def load_plan(name: str | Path) -> Plan:
    """Return the mapping ``name`` compiled. Raises ``DefinitionError`` with all faults at once."""
    return _plan_of(*load_text(name))


def plan_of_text(text: str, base: Path) -> Plan:
    """Return a mapping given as YAML ``text`` compiled; what it names is sought in the folder ``base``."""
    return _plan_of(text, str(base / UNNAMED))


def _plan_of(text: str, file: str) -> Plan:
    key = (file, str(Path(file).absolute()), text)
    with _LOCK:
        known = _LOADED.get(key)
    if known is None or known.state != _state(known.plan):
        plan = read_plan(text, file)
        known = _Loaded(plan, _state(plan))
    with _LOCK:
        _LOADED[key] = known
        _LOADED.move_to_end(key)
        while len(_LOADED) > MOST:
            _LOADED.popitem(last=False)
    return known.plan


def _state(plan: Plan) -> State:
    """Return what the other files of ``plan`` are at this moment, rules beside a schema included, be there none."""
    others = plan.files[1:]
    beside = (rules for file in others if file.name.endswith(SUFFIX) for rules in rules_beside(file))
    return tuple(map(_sha256, dict.fromkeys((*others, *beside))))


def _sha256(path: Path) -> str | None:
    if not catalog.is_there(path):
        return None
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except StdconvError:
        return ""
