"""Dates and ages as a page writes them, in English in every locale."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from enrich.text.tidy import tidy
from enrich.text.times import to_zone

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_start(start: datetime | date, zone: tzinfo | None) -> str:
    """Return a start as people write it, in a zone.

    >>> format_start(datetime.fromisoformat("2022-02-18T18:00:00Z"), None), format_start(date(2022, 2, 18), None)
    ('Fri 18 Feb 2022, 18:00 UTC', 'Fri 18 Feb 2022')
    """
    if isinstance(start, datetime):
        start = to_zone(start, zone)
        clock = f", {start.hour:02}:{start.minute:02} {tidy(start.tzname() or '')}".rstrip()
    else:
        clock = ""
    day = f"{_DAYS[start.weekday()]} {start.day} {MONTHS[start.month - 1]} {start.year:04}"
    return day + clock


def describe_age(days: int) -> str:
    """Return an age as people write it.

    >>> describe_age(0), describe_age(1), describe_age(354), describe_age(-3), describe_age(3650)
    ('same day', '1 day', '12 months', '3 days after the talk', '10 years')
    """
    if days == 0:
        return "same day"
    size = abs(days)
    if size < 60:
        text = f"{size} day" + ("s" if size > 1 else "")
    elif size < 730:
        text = f"{round(size / 30.44)} months"
    else:
        text = f"{round(size / 365.25)} years"
    return text if days > 0 else f"{text} after the talk"
