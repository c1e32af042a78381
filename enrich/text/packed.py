"""Limit of the ratio at which data may be compressed. Pure."""

from __future__ import annotations

MAX_RATIO = 100
"""Calendars have a ratio of 5 to 20; 8,000 events that all have one text of 1,500 characters have 43.

Deflate cannot exceed 1,032.
"""
SMALL_BYTES = 5_000_000
"""Data of this size may have any ratio: it costs seconds at most."""


def exceeds_ratio(
    unpacked: int, packed: int, *, most: int = MAX_RATIO, small: int = SMALL_BYTES
) -> bool:
    """Return whether data was compressed more than `most` times and is not `small`.

    The cost of reading grows with the unpacked size, so a small file could cost minutes.

    >>> exceeds_ratio(50_000_000, 170_000), exceeds_ratio(50_000_000, 2_000_000), exceeds_ratio(9_000, 9)
    (True, False, False)
    """
    return unpacked > small and unpacked > most * packed
