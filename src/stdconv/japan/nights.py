"""Times of day, and times after midnight that are counted on from the day before: observed in exports of 操作時刻."""

from __future__ import annotations

CLOCK = "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
"""The times of one day."""

PAST_MIDNIGHT = "^(2[4-9]|3[0-9]|4[0-7]):[0-5][0-9]:[0-5][0-9]$"
"""The times of the day after, counted on: 24:00:00 to 47:59:59."""

HOURS = {str(hour): f"{hour - 24:02}" for hour in range(24, 48)}
"""The hours of the day after → what the clock shows."""
