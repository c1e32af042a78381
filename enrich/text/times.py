"""Conversion of times: ISO 8601 text, time zones, and instants that order talks."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, tzinfo

from enrich.text.tidy import tidy


def format_time(time: datetime | date | None) -> str | None:
    """Return a time as ISO 8601.

    UTC is written as `Z`, a floating time has no offset, and a date has no time.

    >>> format_time(datetime.fromisoformat("2022-02-18T18:00:00+00:00"))
    '2022-02-18T18:00:00Z'
    >>> format_time(datetime.fromisoformat("2022-02-18T18:00:00")), format_time(date(2022, 2, 18))
    ('2022-02-18T18:00:00', '2022-02-18')
    """
    if time is None:
        return None
    text = time.isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def label_time(time: datetime | date, zone: tzinfo | None) -> str:
    """Return a time in a zone with the zone's name; a date has neither.

    >>> label_time(datetime.fromisoformat("2022-02-18T18:00:00Z"), None), label_time(date(2022, 2, 18), None)
    ('2022-02-18 18:00 UTC', '2022-02-18')
    """
    if not isinstance(time, datetime):
        return time.isoformat()
    time = to_zone(time, zone)
    text = time.isoformat(" ", "minutes")[: len("2022-02-18 18:00")]
    return f"{text} {tidy(time.tzname() or '')}".rstrip()


def parse_time(text: str) -> datetime | date:
    """Parse a date or time of ISO 8601.

    Raises:
        ValueError: not an ISO 8601 time.

    >>> parse_time("2022-02-18T18:00:00Z")
    datetime.datetime(2022, 2, 18, 18, 0, tzinfo=datetime.timezone.utc)
    >>> parse_time("2022-02-18")
    datetime.date(2022, 2, 18)
    """
    if len(text) == len("2022-02-18"):
        return date.fromisoformat(text)
    return datetime.fromisoformat(text)


def to_zone(time: datetime, zone: tzinfo | None) -> datetime:
    """Return a time in a zone.

    A floating time is returned unchanged, and so is a time that would leave the years 1 to 9999.

    >>> from zoneinfo import ZoneInfo
    >>> to_zone(datetime.fromisoformat("2022-02-18T18:00:00-05:00"), ZoneInfo("Europe/Paris")).isoformat()
    '2022-02-19T00:00:00+01:00'
    """
    if zone is None or time.tzinfo is None:
        return time
    try:
        return time.astimezone(zone)
    except OverflowError:  # the years 1 and 9999
        return time


def to_instant(time: datetime | date, zone: tzinfo) -> datetime:
    """Return a time as an aware datetime.

    A date becomes its midnight; a date and a floating time are read in `zone`.

    >>> from datetime import UTC
    >>> to_instant(date(2022, 2, 18), UTC).isoformat()
    '2022-02-18T00:00:00+00:00'
    """
    if not isinstance(time, datetime):
        return datetime(time.year, time.month, time.day, tzinfo=zone)
    return time if time.tzinfo else time.replace(tzinfo=zone)


def to_seconds(name: str, duration: object) -> float | None:
    """Return a duration in seconds.

    Raises:
        TypeError: `duration` is not a number or a timedelta.
        ValueError: `duration` is negative or NaN.
    """
    if duration is None:
        return None
    if isinstance(duration, timedelta):
        seconds = duration.total_seconds()
    elif isinstance(duration, (int, float)) and not isinstance(duration, bool):
        seconds = float(duration)
    else:
        raise TypeError(
            f"{name} is a number of seconds or a timedelta, not {type(duration).__name__} {duration!r}"
        )
    if math.isnan(seconds) or seconds < 0:
        raise ValueError(f"{name} is a number of seconds from 0 on, not {duration!r}")
    return seconds


def format_instant(time: datetime | date | None) -> str:
    """Return a text that is equal for equal instants.

    Aware times are converted to UTC. None becomes an empty text.

    >>> format_instant(datetime.fromisoformat("2022-02-18T18:00:00-05:00")), format_instant(date(2022, 2, 18))
    ('2022-02-18T23:00:00+00:00', '2022-02-18')
    """
    if isinstance(time, datetime) and time.tzinfo is not None:
        try:
            return time.astimezone(UTC).isoformat()
        except (OverflowError, ValueError):  # at the ends of the calendar
            return time.isoformat()
    return "" if time is None else time.isoformat()
