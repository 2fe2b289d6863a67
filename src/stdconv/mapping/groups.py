"""Groups written out: columns and codes that are left out for one reason, name by name, as all read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from stdconv.definitions.model import Group, TupleOf
from stdconv.definitions.nearest import nearest
from stdconv.definitions.yaml import Located
from stdconv.errors import Fault, KeyPath, Place
from stdconv.findings.phrases import phrase
from stdconv.findings.registry import fault
from stdconv.lenses.codes import CodeGroup
from stdconv.mapping.layout import ColumnGroup

SIDES = ("legacy", "standard")
"""What both sides are called under ``unmapped``."""

Order: TypeAlias = Callable[[str], Sequence[str]]
"""What gives the columns of a side in their order; none where nobody knows them."""

Columns: TypeAlias = Callable[[object, str], Sequence[str]]
"""What gives the columns of a schema that a file calls by name; none where there is no such schema."""

_COLUMNS: TypeAdapter[Sequence[Group]] = TypeAdapter(TupleOf[ColumnGroup])
_CODES: TypeAdapter[Sequence[Group]] = TypeAdapter(TupleOf[CodeGroup])


@dataclass
class Groups:
    """What groups were written out: what is wrong with them, where their names are, and what they may have meant."""

    faults: list[Fault] = field(default_factory=list)
    claimed: set[str] = field(default_factory=set)

    def unmapped(self, located: Located, order: Order) -> Located:
        """Return ``located`` with the groups of columns that it leaves out written out."""
        given = located.data.get("unmapped")
        for side in SIDES if isinstance(given, dict) else ():
            if isinstance(listed := given.get(side), list):
                names = self.written_out(located, ("unmapped", side), listed, _COLUMNS, partial(order, side))
                given = given if names is None else given | {side: names}
        return replace(located, data=located.data | {"unmapped": given}) if isinstance(given, dict) else located

    def lacks(self, located: Located, path: KeyPath, step: Any) -> Any:
        """Return a step with the groups of codes that it lacks written out."""
        if not isinstance(step, dict) or not isinstance(listed := step.get("lacks"), list):
            return step
        names = self.written_out(located, (*path, "lacks"), listed, _CODES, tuple)
        return step if names is None else step | {"lacks": names}

    def written_out(
        self,
        located: Located,
        path: KeyPath,
        listed: list[Any],
        model: TypeAdapter[Sequence[Group]],
        order: Callable[[], Sequence[str]],
    ) -> dict[str, str] | None:
        """Return the names of groups with their reasons; ``None`` for what are no groups, which the model says.

        The places of the names are added to those of ``located``.
        """
        try:
            groups = model.validate_python(listed)
        except ValidationError:
            self.claimed.update(order())
            return None
        found: dict[str, str] = {}
        for number, group in enumerate(groups):
            at = (*path, number)
            names = dict[str, Place]()
            twice = dict[str, Place]()
            for name, place in self.names(located, at, group, order):
                (twice if name in found or name in names else names)[name] = place
            if twice:
                self.faults.append(fault("M0146", next(iter(twice.values())), names=list(twice)))
            because = located.place((*at, "because"))
            for name, place in names.items():
                found[name] = group.reason
                located.marks[(*path, name)] = place
                located.marks[(*path, name, "because")] = because
        return found

    def names(
        self, located: Located, at: KeyPath, group: Group, order: Callable[[], Sequence[str]]
    ) -> Iterator[tuple[str, Place]]:
        """Yield the names of a group, each with its place."""
        ends = [group.first, group.last] if isinstance(group, ColumnGroup) else [None, None]
        if ends == [None, None] and group.said:
            key = "columns" if isinstance(group, ColumnGroup) else "codes"
            yield from ((name, located.place((*at, key, n))) for n, name in enumerate(group.said))
        elif None in ends or group.said:
            self.faults.append(fault("M0147", located.place(at)))
            self.claimed.update(order())
        else:
            yield from ((name, located.place((*at, "from"))) for name in self.between(located, at, ends, order()))

    def between(self, located: Located, at: KeyPath, ends: Sequence[str | None], known: Sequence[str]) -> Sequence[str]:
        """Return the columns from one to another; none where they are not ``known``, or the other way round."""
        side, wrong = phrase("side", str(at[1])), []
        for key, name in zip(("from", "to"), ends, strict=True):
            if name not in known and known:
                near = nearest(str(name), known) or list(known)
                wrong.append(fault("M0023", located.place((*at, key)), side=side, column=name, near=near))
        places = [known.index(name) for name in ends if name in known]
        if len(places) == len(ends) and places[0] > places[1]:
            wrong.append(fault("M0145", located.place((*at, "to")), side=side, first=ends[0], last=ends[1]))
        if wrong or not known:
            self.faults += wrong
            self.claimed.update(known)
            return ()
        return known[places[0] : places[1] + 1]


def order_of(data: dict[str, Any], file: str, columns: Columns) -> Order:
    """Return what gives the columns of both sides of a mapping, as far as its document says them."""

    def order(side: str) -> Sequence[str]:
        legacy = data.get("legacy")
        if side == "standard":
            return columns(data.get("standard"), file)
        if not isinstance(legacy, dict):
            return ()
        if "columns" not in legacy:
            return columns(legacy.get("schema"), file)
        named = [each.get("name") if isinstance(each, dict) else each for each in legacy["columns"] or ()]
        return tuple(name for name in named if isinstance(name, str))

    return order
