"""Numbers with check digits that never repeat: counted up by a step that runs through all of them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from stdconv.japan.checkdigits import atena_bango_check_digit
from stdconv.town.dice import between


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of ``digits`` digits, the last of which is a check digit by modulus 11, none with a leading zero."""

    digits: int
    start: int
    step: int

    @classmethod
    def drawn(cls, rng: Random, digits: int) -> Numbers:
        """Draw where to start, and a step that has no factor in common with how many numbers there are."""
        size = 9 * 10 ** (digits - 2)
        return cls(digits, between(rng, 0, size - 1), step=1 + 30 * between(rng, 0, size // 30 - 1))

    def number(self, index: int) -> str:
        """Return the number of an ``index``: different ones for different indices below ``9 * 10**(digits - 2)``."""
        size = 9 * 10 ** (self.digits - 2)
        body = str(size // 9 + (self.start + index * self.step) % size)
        return body + atena_bango_check_digit(body)
