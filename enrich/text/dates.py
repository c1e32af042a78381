"""Dates of papers: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as precise as known. Pure."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from enrich.text.patterns import compile_later

_FORM = compile_later(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def existing_date(text: str | None) -> str | None:
    """Return a date if the calendar has it, otherwise None.

    >>> existing_date("2021-02-28"), existing_date("2021"), existing_date("2021-02-31"), existing_date("0000")
    ('2021-02-28', '2021', None, None)
    """
    return text if text and len(text) <= len("2021-02-28") and _is_in_calendar(text) else None


@lru_cache(maxsize=1 << 14)  # many papers share a date
def _is_in_calendar(text: str) -> bool:
    if (found := _FORM.fullmatch(text)) is None:
        return False
    year, month, day = found.groups(default="01")
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def existing_year(year: int | None) -> int | None:
    """Return a year if the calendar has it, otherwise None."""
    return year if year is not None and date.min.year <= year <= date.max.year else None
