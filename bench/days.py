"""Days as the standard has them: from 0000-01-01, which neither Python's dates nor jsonschema's own check know."""

from __future__ import annotations

from datetime import date


def is_day(text: str) -> bool:
    """Tell whether a text is YYYY-MM-DD and a day of the Gregorian calendar; the year 0000 is a leap year, as 2000."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return False
    try:
        date.fromisoformat(f"2{text[1:]}" if text.startswith("0000") else text)
    except ValueError:
        return False
    return True
