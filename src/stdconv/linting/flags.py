"""Flags of dates held against the dates: a record with a date says whether it is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stdconv.errors import Fault
from stdconv.findings.phrases import phrase
from stdconv.linting.fields import Field
from stdconv.mapping.declared import AssumeField
from stdconv.mapping.models import Mapping

FLAG = "_不詳フラグ"
"""How the name of a date's flag ends; before it stands the name of the date."""


def faults(fields: Sequence[Field], mapping: Mapping) -> Iterator[Fault]:
    """Yield dates that are mapped without their flags, or with a flag assumed, unless the field says why."""
    assumed = {name for each in fields if isinstance(each.form, AssumeField) for name in each.route.standard}
    for field in fields:
        for date in field.route.standard if field.is_read and not field.because else ():
            flag = date + FLAG
            if flag in mapping.unmapped.standard or flag in assumed:
                how = phrase("mapping", "flag-assumed" if flag in assumed else "flag-left-out")
                yield field.fault("M0166", "standard", flag=flag, date=date, how=how)
