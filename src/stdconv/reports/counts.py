"""How many records a run read, accepted and refused."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Counts(BaseModel):
    """How many records were read, accepted and refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    read: int
    accepted: int
    refused: int

    @property
    def balance(self) -> bool:
        """Whether every record read was accepted or refused."""
        return self.read == self.accepted + self.refused
