"""Dates, times and zones of calendars. Pure.

Plain forms are read here, durations and zones that a feed defines itself are icalendar's. Zones that
everybody knows come from the time zone database; a feed's own rules for those are ignored.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import NamedTuple

from enrich.codes import WarningCode
from enrich.feeds.ical.zone_names import find_offset, find_written_names
from enrich.text.patterns import compile_later

Time = datetime | date

_BASIC = re.compile(r"\d{8}(?:T(?:[01]\d|2[0-3])[0-5]\d[0-5]\dZ?)?", re.ASCII)
_LEAP = compile_later(r"(\d{8}T\d{4})60(Z?)", re.ASCII | re.IGNORECASE)
"""A second that clocks of computers do not have."""
_NAMED = compile_later(
    r"(?!posix|right/|localtime$|Factory$)[A-Za-z][A-Za-z0-9_+/-]{1,60}", re.ASCII
)
"""Names of the time zone database, but those that differ from machine to machine."""
_WINDOWS = compile_later(
    r"[A-Za-z0-9 .+-]{1,60} Standard Time(?: \(Mexico\))?|Russia Time Zone \d\d?|UTC[+-]\d\d",
    re.ASCII,
)
_TZID = compile_later(rb"^TZID(?:;[^:\r\n]*)?:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_RULE = compile_later(rb"^RRULE(?:;[^:\r\n]*)?:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_YEARLY = compile_later(
    rb"(?:(?:FREQ=YEARLY|INTERVAL=\d{1,3}|COUNT=\d{1,4}|UNTIL=\d{8}(?:T\d{6}Z?)?|WKST=[A-Z]{2}|BYMONTH=\d{1,2}"
    rb"|BYHOUR=\d{1,2}|BYMINUTE=\d{1,2}|BYSECOND=\d{1,2}|BYDAY=[+-]?\d{0,2}[A-Z]{2}|BYMONTHDAY=-?\d{1,2}(?:,-?\d{1,2}){0,6})(?:;|\Z)){1,9}"
)
"""Some days of one month of each year."""
_ANCIENT = compile_later(rb"^DTSTART[^:\r\n]*:(?:0|1[0-4])", re.MULTILINE)
_RULES = 24  # of one zone
_RULES_OF_ANCIENT = 4  # .NET counts from the year 1
_OWN_ZONES = 50  # of one calendar that are tried
_RULE_YEARS = (
    40_000  # of all zones of one calendar: rules times years, each counted up once; a second
)
_STEPS = 25_000_000  # of all zones of one calendar: rules times years that are passed for each day; a second
_LAST_YEAR = 2099  # later ones have the offsets of an earlier year with the same weekdays
_YEAR = compile_later(rb"^DTSTART[^:\r\n]*:(\d{4})", re.IGNORECASE | re.MULTILINE)
_ZONE_BYTES = 32_000  # a zone's whole history is some 15 KB
_DAY_LENGTHS = frozenset({len("20220218"), len("2022-02-18")})
_DAYS = 20_000  # days of one zone whose offset is kept


class Moment(NamedTuple):
    """A point in time, or why it is missing or in doubt."""

    time: Time | None
    problem: WarningCode | None = None
    """`bad_time`, `unknown_zone`."""


def zone_name(block: bytes) -> str | None:
    """Return the name of a VTIMEZONE; None if it is missing or the block is too large."""
    name = _TZID.search(block)
    if name is None or len(block) > _ZONE_BYTES:
        return None
    return _clean(name[1].decode("utf-8", "replace"))


class Zones:
    """The zones of one calendar, by the names its times bear."""

    def __init__(
        self,
        own: Mapping[str, bytes] | None = None,
        others: Mapping[str, bytes] | None = None,
        *,
        home: str | None = None,
    ) -> None:
        """Take the calendar's zones.

        They are blocks, its own and others of its file, by `zone_name`; and X-WR-TIMEZONE.
        """
        self._blocks = (own or {}, others or {})
        self._known: dict[str, tzinfo | _OwnZone | None] = {}
        self._tried = 0  # zones of its own
        self._rule_years = 0
        self._effort = _Effort()
        self._home = home

    def at(self, time: datetime, name: str | None) -> Moment:
        """Return a time in the zone of this name.

        Without a name it is the calendar's own zone.
        """
        if name is None:
            name = self._home
            if name is None:
                return Moment(time)
        zone = self._known.get(name)
        if zone is None and name not in self._known:
            zone = self._known[name] = self._find(name)
        if zone is None:
            return Moment(time, None if name is self._home else "unknown_zone")
        if isinstance(zone, _OwnZone):
            offset = zone.offset(time)
            return (
                Moment(time, "unknown_zone")
                if offset is None
                else Moment(time.replace(tzinfo=timezone(offset)))
            )
        return Moment(time.replace(tzinfo=zone))

    def to_local(self, time: datetime, name: str | None) -> datetime | None:
        """Return the naive time of an instant in the zone of this name; None if it is not known."""
        name = self._home if name is None else name
        if name is None or self.at(time.replace(tzinfo=None), name).problem is not None:
            return None
        zone = self._known.get(name)
        if isinstance(zone, _OwnZone):
            return zone.to_local(time)
        return None if zone is None else time.astimezone(zone).replace(tzinfo=None)

    def _find(self, name: str) -> tzinfo | _OwnZone | None:
        name = _clean(name)
        if (zone := _database(name)) is not None:
            return zone
        for blocks in self._blocks:
            if name in blocks and self._tried < _OWN_ZONES:
                self._tried += 1
                rule_years = _count_rule_years(blocks[name])
                self._rule_years += rule_years
                if self._rule_years > _RULE_YEARS:
                    continue
                if (own := _own(blocks[name])) is not None:
                    return _OwnZone(own, rule_years, self._effort)
        parts = name.split("/")  # a vendor's path: /mozilla.org/20070129_1/Europe/Berlin
        for start in range(1, len(parts)):
            if (zone := _database("/".join(parts[start:]))) is not None:
                return zone
        for written in (name, *find_written_names(name), parts[-1]):
            zone = _windows(written) or _database(_as_spelt().get(written.lower(), ""))
            if zone is not None or (zone := find_offset(written)) is not None:
                return zone
        return None


@cache
def _as_spelt() -> dict[str, str]:
    """Return the database's names by their lower-case letters.

    People write `America/New_york`.
    """
    from zoneinfo import available_timezones

    return {name.lower(): name for name in available_timezones()}


class _Effort:
    """The work that the zones of one calendar may still take."""

    def __init__(self) -> None:
        self._left = _STEPS

    def spend(self, steps: int) -> bool:
        """Take some steps; return whether they were left."""
        self._left -= steps
        return self._left >= 0


class _OwnZone:
    """A zone that a feed defines; its offset is asked once for each day that has only one."""

    def __init__(self, zone: tzinfo, steps: int, effort: _Effort) -> None:
        self._zone = zone
        self._steps = steps
        self._effort = effort
        self._days: dict[date, timedelta | None] = {}

    def offset(self, time: datetime) -> timedelta | None:
        time = _place_early(time)
        day = time.date()
        if day not in self._days:
            if len(self._days) >= _DAYS:
                self._days.clear()
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - of the zone asked
            offset = self._ask(midnight)
            if day == date.max or offset != self._ask(midnight + timedelta(days=1)):
                return self._ask(time)
            self._days[day] = offset
        return self._days[day]

    def to_local(self, time: datetime) -> datetime | None:
        """Return the naive time of an instant; None if the rules cannot give it."""
        try:
            return time.astimezone(self._zone).replace(tzinfo=None)
        except Exception:  # noqa: BLE001 - whatever a feed's rules make dateutil raise
            return None

    def _ask(self, time: datetime) -> timedelta | None:
        if not self._effort.spend(self._steps):
            return None
        try:
            offset = self._zone.utcoffset(time.replace(tzinfo=self._zone))
        except Exception:  # noqa: BLE001 - whatever a feed's rules make dateutil raise
            return None
        return offset if offset is not None and abs(offset) < timedelta(days=1) else None


def moment(value: str, parameters: Mapping[str, str], zones: Zones) -> Moment:
    """Return the time of a property: aware, naive without a zone, or a date.

    >>> moment("20220218T180000Z", {}, Zones()).time
    datetime.datetime(2022, 2, 18, 18, 0, tzinfo=datetime.timezone.utc)
    >>> moment("20220218T180000", {"TZID": "W. Europe Standard Time"}, Zones()).time.isoformat()
    '2022-02-18T18:00:00+01:00'
    >>> moment("TBA", {}, Zones())
    Moment(time=None, problem='bad_time')
    """
    value = value.strip()
    if not parameters and value[-1:] == "Z" and _BASIC.fullmatch(value) is not None:
        try:  # the usual one, in half the time
            return Moment(datetime.fromisoformat(value))
        except ValueError:
            return Moment(None, "bad_time")
    name = parameters.get("TZID")
    problem: WarningCode | None = None
    try:
        if _BASIC.fullmatch(value) is None:
            value = _LEAP.sub(r"\g<1>59\2", value)
            if _BASIC.fullmatch(value) is not None:
                pass
            elif _BASIC.fullmatch(value.upper()) is None:
                problem = "bad_time"  # with dashes, as in ISO 8601, it can be read all the same
            else:
                value = value.upper()
        day = len(value) in _DAY_LENGTHS
        if day and (name is None or parameters.get("VALUE", "").upper() == "DATE"):
            return Moment(date.fromisoformat(value), problem)
        time = datetime.fromisoformat(value)
    except ValueError:
        zone, colon, rest = value.rpartition(":")
        if name is None or not colon or _BASIC.fullmatch(rest) is None:
            return Moment(None, "bad_time")
        # a colon of the zone's name, which should stand in quotes: TZID=(UTC+01:00) Berlin
        return moment(rest, {**parameters, "TZID": f"{name}:{zone}"}, zones)
    if time.tzinfo is None:
        placed = zones.at(time, name)
    elif name is None or (placed := zones.at(time.replace(tzinfo=None), name)).problem:
        return Moment(time, problem)
    return placed if problem is None else Moment(placed.time, problem)


def later(start: Time, duration: str) -> Moment:
    """Return the end by a DURATION.

    Days are days of the calendar, hours are exact (RFC 5545 §3.3.6).

    >>> later(date(2022, 2, 18), "P1D"), later(date(2022, 2, 18), "soon").problem
    (Moment(time=datetime.date(2022, 2, 19), problem=None), 'bad_time')
    """
    from icalendar import vDuration

    try:
        span: timedelta = vDuration.from_ical(duration.strip())
        if not isinstance(start, datetime):
            return Moment(start + span)
        end = start + timedelta(days=span.days)
        rest = span - timedelta(days=span.days)
        if end.tzinfo is not None:
            return Moment((end.astimezone(UTC) + rest).astimezone(end.tzinfo))
        return Moment(end + rest)
    except (ValueError, OverflowError):
        return Moment(None, "bad_time")


def is_before(end: Time, start: Time) -> bool:
    """Return whether an end lies before its start.

    The days alone are compared where one of them is a date.

    >>> is_before(date(2022, 2, 18), datetime(2022, 2, 18, 18))
    False
    """
    if type(end) is datetime and type(start) is datetime:
        if (end.tzinfo is None) == (start.tzinfo is None):
            return end < start
        return end.replace(tzinfo=None) < start.replace(tzinfo=None)
    return _day(end) < _day(start)


def _day(time: Time) -> date:
    return time.date() if isinstance(time, datetime) else time


def _clean(name: str) -> str:
    name = name.replace("\\", "")  # a text's escapes, which a parameter has none of
    return name.strip().strip('"').strip("/").strip()


def _database(name: str) -> tzinfo | None:
    if _NAMED.fullmatch(name) is None:
        return None
    if name in {"UTC", "Etc/UTC", "Zulu", "GMT"}:
        return UTC
    from zoneinfo import ZoneInfo  # feeds in UTC need none

    with suppress(ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a KeyError
        return ZoneInfo(name)
    return None


def _is_of_clocks(block: bytes) -> bool:
    """Return whether a zone's rules are such as clocks follow.

    Others could take hours to expand.
    """
    block = block.upper()
    rules = _RULE.findall(block)
    most = _RULES if _ANCIENT.search(block) is None else _RULES_OF_ANCIENT
    return len(rules) <= most and all(_YEARLY.fullmatch(rule.strip()) for rule in rules)


def _count_rule_years(block: bytes) -> int:
    """Count the occurrences that the rules of a zone can have until the last year."""
    first = min(map(int, _YEAR.findall(block)), default=_LAST_YEAR)
    return len(_RULE.findall(block)) * max(_LAST_YEAR - first, 0)


def _place_early(time: datetime) -> datetime:
    """Place a time after the last year in an earlier one that has the same days of the week.

    >>> _place_early(datetime(9998, 2, 28)), datetime(9998, 2, 28).weekday()
    (datetime.datetime(2099, 2, 28, 0, 0), 5)
    """
    if time.year <= _LAST_YEAR:
        return time
    is_leap = isleap(time.year)
    weekday = date(time.year, 1, 1).weekday()
    return next(  # of 28 years in a row
        time.replace(year=year)
        for year in range(_LAST_YEAR, _LAST_YEAR - 28, -1)
        if isleap(year) == is_leap and date(year, 1, 1).weekday() == weekday
    )


def _own(block: bytes) -> tzinfo | None:
    """Return the zone that a VTIMEZONE defines; None if it defines none.

    icalendar keeps each zone that it parses under its TZID, for the whole process: a name's first feed
    would rule it. So the block is parsed without its name, and by a provider of our own.
    """
    from icalendar import Timezone
    from icalendar.timezone import TZP

    if not _is_of_clocks(block):
        return None
    try:
        zone = Timezone.from_ical(_TZID.sub(b"COMMENT:", block, count=1))
        if not isinstance(zone, Timezone):
            return None
        zone["TZID"] = "own"
        own: tzinfo = zone.to_tz(TZP("zoneinfo"), lookup_tzid=False)
    except Exception:  # noqa: BLE001 - ValueError, AttributeError, dateutil's: then it defines none
        return None
    return own


def _windows(name: str) -> tzinfo | None:
    """Return the zone that Windows calls so, by the Unicode table that icalendar brings."""
    if _WINDOWS.fullmatch(name) is None:
        return None
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return _database(WINDOWS_TO_OLSON.get(name, ""))
