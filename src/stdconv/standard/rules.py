"""The dataset rules that a rules file may name, as data: what no record can answer for by itself."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def listed(value: Any) -> Any:
    """Return a list, as YAML gives it, as the tuple that the models hold."""
    return tuple(value) if isinstance(value, list) else value


Names = Annotated[tuple[str, ...], BeforeValidator(listed), Field(min_length=1)]
"""One column or several."""


class Rule(BaseModel):
    """What every dataset rule has: a ``title``, the ``source`` that it comes from, the ``codes`` it is told under."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    codes: ClassVar[tuple[str, ...]] = ()
    title: str
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that the rule looks at, each once."""
        raise NotImplementedError


class UniqueRule(Rule):
    """The dataset rule ``unique``: no two records share the values of ``columns``; absent is a value as any other."""

    codes: ClassVar[tuple[str, ...]] = ("D0001",)
    rule: Literal["unique"]
    columns: Names

    @property
    def names(self) -> tuple[str, ...]:
        """The columns together."""
        return self.columns


DatasetRule: TypeAlias = UniqueRule
