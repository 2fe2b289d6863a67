"""How many records a run read, accepted and refused."""

from __future__ import annotations

from stdconv.definitions.model import Data


class Counts(Data):
    """How many records were read, accepted and refused."""

    read: int
    accepted: int
    refused: int

    @property
    def balance(self) -> bool:
        """Whether every record read was accepted or refused."""
        return self.read == self.accepted + self.refused
