"""Limit of data that was compressed. Pure."""

from __future__ import annotations

MAX_RATIO = 100
"""Calendars shrink to a 5th to 20th, 8,000 events with one text of 1,500 characters to a 43rd.

Deflate itself ends at a 1,032nd.
"""
SMALL_BYTES = 5_000_000
"""Data of this size may have any ratio: it costs seconds at most."""


def exceeds_ratio(unpacked: int, packed: int) -> bool:
    """Return whether data was compressed more than any real file.

    The cost of reading grows with the unpacked size, so a small file could cost minutes.

    >>> exceeds_ratio(50_000_000, 170_000), exceeds_ratio(50_000_000, 2_000_000), exceeds_ratio(9_000, 9)
    (True, False, False)
    """
    return unpacked > SMALL_BYTES and unpacked > MAX_RATIO * packed
