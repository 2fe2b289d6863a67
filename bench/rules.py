"""What resident-link/1.0 says, written once more for what stdconv is measured beside: patterns, lists, eras, lengths.

``ALL`` names its rules as the bench's tables do.
"""

from __future__ import annotations

NUMBER = "^[!-~]([ -~]*[!-~])?$"
HISTORY = "^[1-9][0-9]*$"
ELEMENT = "[\u00a1-\u2fff\u3001-\ud7ff\ue000-\uff60\uffa0-\U0010ffff]+"
NAME = f"^{ELEMENT}(\u3000{ELEMENT})*$"
VARIATION = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
"""What a variation selector is: it counts as one character with the one before it."""
DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
LONGEST_NUMBER, LONGEST_HISTORY, LONGEST_NAME = 15, 5, 100
KINDS, STATES, SEXES = ("1", "2"), ("1", "2", "3", "9"), ("0", "1", "2")
SPANS = {
    "1": ("1873-01-01", "1912-07-30"),
    "2": ("1912-07-30", "1926-12-25"),
    "3": ("1926-12-25", "1989-01-07"),
    "4": ("1989-01-08", "2019-04-30"),
    "5": ("2019-05-01", "9999-12-31"),
}
"""The first and the last day of each era."""

REQUIRED, PATTERN, LENGTH, CODES, DATE = "required", "pattern", "length", "codes", "date"
SELECTORS, BY_KIND, ERA, KEY, LATER = "name's length", "era by kind", "era of date", "key", "later key"
ALL = frozenset({REQUIRED, PATTERN, LENGTH, CODES, DATE, SELECTORS, BY_KIND, ERA, KEY})
"""All rules. ``LATER`` is a weaker ``KEY``: of two records that share a key only the later one is told of."""
OF_RECORDS = ALL - {KEY}
OF_JSON_SCHEMA = OF_RECORDS - {SELECTORS, ERA}
"""What JSON Schema says without a keyword of our own."""
