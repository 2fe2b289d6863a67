"""Cases of ``when``, and sets of ``route``, held against the values that choose among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stdconv.domains.sets import Choice
from stdconv.domains.subset import subset
from stdconv.errors import Fault
from stdconv.linting.fields import Field
from stdconv.mapping.models import RouteField, WhenField


def routed(field: Field) -> Iterator[Fault]:
    """Yield codes that the table of a route gives and no set is for: values under them are refused, unless said why."""
    if not isinstance(field.form, RouteField) or field.because:
        return
    route = field.form.route
    last = route.steps.get(route.by, ())[-1:]
    given = dict(last[0].codomain.columns)[0] if last else None
    known = given.values if isinstance(given, Choice) else ()
    for code in known if set(route.sets) <= set(known) else ():
        if code not in route.sets:
            yield field.fault("M0144", "route", "sets", code=code, column=route.by)


def faults(field: Field, others: Sequence[Field]) -> Iterator[Fault]:
    """Yield cases that the choosing column never has, and values of it that have no case."""
    if not isinstance(field.form, WhenField) or field.form.when.column not in field.schema.names:
        return
    column, cases = field.schema.column(field.form.when.column), field.form.when.cases
    unknown = [case for case in cases if subset(Choice((case,)), column.domain) is False]
    for case in unknown:
        known = list(column.choices)
        yield field.fault("M0081", "when", "cases", case, case=case, column=column.name, known=known)
    given = {entry.code for other in others for entry in other.entries if entry.column.name == column.name}
    for code in sorted(given or column.choices):
        if code not in cases and not unknown:
            label = column.labels.get(code, "–")
            yield field.fault("M0082", "when", "cases", code=code, label=label, column=column.name)
