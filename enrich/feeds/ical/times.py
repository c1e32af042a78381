"""Dates, times and zones of calendars. Pure.

Plain forms are parsed here; icalendar parses durations and the zones that a feed defines. Zones of the
time zone database come from the database; a feed's own rules for them are ignored.
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
"""A leap second, which `datetime` does not support."""
_NAMED = compile_later(
    r"(?!posix|right/|localtime$|Factory$)[A-Za-z][A-Za-z0-9_+/-]{1,60}", re.ASCII
)
"""Names of the time zone database, except those that differ between machines."""
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
"""A rule for some days in one month of each year."""
_ANCIENT = compile_later(rb"^DTSTART[^:\r\n]*:(?:0|1[0-4])", re.MULTILINE)
_MAX_RULES = 24  # of one zone
_MAX_RULES_OF_ANCIENT = 4  # of a zone that begins in the year 1, as .NET writes it
_MAX_OWN_ZONES = 50  # parsed for one calendar
_MAX_RULE_YEARS = 40_000  # rules times years of all zones of one calendar; takes a second
_MAX_STEPS = 25_000_000  # rules times years, for each day, in one calendar; takes a second
_LAST_YEAR = 2099  # a later year has the offsets of an earlier one with the same weekdays
_YEAR = compile_later(rb"^DTSTART[^:\r\n]*:(\d{4})", re.IGNORECASE | re.MULTILINE)
_MAX_ZONE_BYTES = 32_000  # the whole history of a zone takes some 15 kB
_DAY_LENGTHS = frozenset({len("20220218"), len("2022-02-18")})
_MAX_CACHED_DAYS = 20_000  # days of one zone whose offset is cached


class Moment(NamedTuple):
    """A point in time, and the warning about it, if any."""

    time: Time | None
    problem: WarningCode | None = None
    """`bad_time`, `unknown_zone`."""


def zone_name(block: bytes) -> str | None:
    """Return the name of a VTIMEZONE, or None.

    None means that the name is missing or the block is too large.
    """
    name = _TZID.search(block)
    if name is None or len(block) > _MAX_ZONE_BYTES:
        return None
    return _clean_zone_name(name[1].decode("utf-8", "replace"))


class Zones:
    """Time zones of one calendar, by the names in its times."""

    def __init__(
        self,
        own: Mapping[str, bytes] | None = None,
        others: Mapping[str, bytes] | None = None,
        *,
        home: str | None = None,
    ) -> None:
        """Store the VTIMEZONE blocks by `zone_name`.

        `own` are those of the calendar, `others` those of its file, `home` is its X-WR-TIMEZONE.
        """
        self._blocks = (own or {}, others or {})
        self._known: dict[str, tzinfo | _OwnZone | None] = {}
        self._tried = 0  # number of VTIMEZONE blocks parsed
        self._rule_years = 0
        self._budget = _StepBudget()
        self._home = home

    def at(self, time: datetime, name: str | None) -> Moment:
        """Return a time in a zone.

        Without a name, the calendar's X-WR-TIMEZONE is used.
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
            offset = zone.find_offset_at(time)
            return (
                Moment(time, "unknown_zone")
                if offset is None
                else Moment(time.replace(tzinfo=timezone(offset)))
            )
        return Moment(time.replace(tzinfo=zone))

    def to_local(self, time: datetime, name: str | None) -> datetime | None:
        """Return an instant's naive time in a zone, or None."""
        name = self._home if name is None else name
        if name is None or self.at(time.replace(tzinfo=None), name).problem is not None:
            return None
        zone = self._known.get(name)
        if isinstance(zone, _OwnZone):
            return zone.to_local(time)
        return None if zone is None else time.astimezone(zone).replace(tzinfo=None)

    def _find(self, name: str) -> tzinfo | _OwnZone | None:
        name = _clean_zone_name(name)
        if (zone := _find_database_zone(name)) is not None:
            return zone
        for blocks in self._blocks:
            if name in blocks and self._tried < _MAX_OWN_ZONES:
                self._tried += 1
                rule_years = _count_rule_years(blocks[name])
                self._rule_years += rule_years
                if self._rule_years > _MAX_RULE_YEARS:
                    continue
                if (own := _parse_own_zone(blocks[name])) is not None:
                    return _OwnZone(own, rule_years, self._budget)
        parts = name.split("/")  # a vendor's path: /mozilla.org/20070129_1/Europe/Berlin
        for start in range(1, len(parts)):
            if (zone := _find_database_zone("/".join(parts[start:]))) is not None:
                return zone
        for written in (name, *find_written_names(name), parts[-1]):
            zone = _find_windows_zone(written) or _find_database_zone(
                _list_names_by_case().get(written.lower(), "")
            )
            if zone is not None or (zone := find_offset(written)) is not None:
                return zone
        return None


@cache
def _list_names_by_case() -> dict[str, str]:
    """Return the database's names, by lower-case name.

    Some feeds write `America/New_york`.
    """
    from zoneinfo import available_timezones

    return {name.lower(): name for name in available_timezones()}


class _StepBudget:
    """Budget of steps for the zones of one calendar."""

    def __init__(self) -> None:
        self._left = _MAX_STEPS

    def use(self, steps: int) -> bool:
        """Use some steps; return False if the budget is exceeded."""
        self._left -= steps
        return self._left >= 0


class _OwnZone:
    """Time zone that a feed defines; the offset of a day without a change is cached."""

    def __init__(self, zone: tzinfo, steps: int, budget: _StepBudget) -> None:
        self._zone = zone
        self._steps = steps
        self._budget = budget
        self._days: dict[date, timedelta | None] = {}

    def find_offset_at(self, time: datetime) -> timedelta | None:
        time = _move_to_early_year(time)
        day = time.date()
        if day not in self._days:
            if len(self._days) >= _MAX_CACHED_DAYS:
                self._days.clear()
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - naive, in the zone itself
            offset = self._compute_offset(midnight)
            if day == date.max or offset != self._compute_offset(midnight + timedelta(days=1)):
                return self._compute_offset(time)
            self._days[day] = offset
        return self._days[day]

    def to_local(self, time: datetime) -> datetime | None:
        """Return an instant's naive time; None if the rules fail."""
        try:
            return time.astimezone(self._zone).replace(tzinfo=None)
        except Exception:  # noqa: BLE001 - dateutil raises errors of many types
            return None

    def _compute_offset(self, time: datetime) -> timedelta | None:
        if not self._budget.use(self._steps):
            return None
        try:
            offset = self._zone.utcoffset(time.replace(tzinfo=self._zone))
        except Exception:  # noqa: BLE001 - dateutil raises errors of many types
            return None
        return offset if offset is not None and abs(offset) < timedelta(days=1) else None


def parse_moment(value: str, parameters: Mapping[str, str], zones: Zones) -> Moment:
    """Return the time of a property: aware, naive without a zone, or a date.

    >>> parse_moment("20220218T180000Z", {}, Zones()).time
    datetime.datetime(2022, 2, 18, 18, 0, tzinfo=datetime.timezone.utc)
    >>> parse_moment("20220218T180000", {"TZID": "W. Europe Standard Time"}, Zones()).time.isoformat()
    '2022-02-18T18:00:00+01:00'
    >>> parse_moment("TBA", {}, Zones())
    Moment(time=None, problem='bad_time')
    """
    value = value.strip()
    if not parameters and value[-1:] == "Z" and _BASIC.fullmatch(value) is not None:
        try:  # the usual form; twice as fast
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
                problem = "bad_time"  # dashes, as in ISO 8601, are read nevertheless
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
        # an unquoted colon in the zone's name: TZID=(UTC+01:00) Berlin
        return parse_moment(rest, {**parameters, "TZID": f"{name}:{zone}"}, zones)
    if time.tzinfo is None:
        placed = zones.at(time, name)
    elif name is None or (placed := zones.at(time.replace(tzinfo=None), name)).problem:
        return Moment(time, problem)
    return placed if problem is None else Moment(placed.time, problem)


def add_duration(start: Time, duration: str) -> Moment:
    """Return the end that a DURATION gives.

    Days are days of the calendar, hours are exact (RFC 5545 §3.3.6).

    >>> add_duration(date(2022, 2, 18), "P1D"), add_duration(date(2022, 2, 18), "soon").problem
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
    """Return whether an end is before its start.

    If one of them is a date, only the days are compared.

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


def _clean_zone_name(name: str) -> str:
    name = name.replace("\\", "")  # some feeds escape it like a TEXT value
    return name.strip().strip('"').strip("/").strip()


def _find_database_zone(name: str) -> tzinfo | None:
    if _NAMED.fullmatch(name) is None:
        return None
    if name in {"UTC", "Etc/UTC", "Zulu", "GMT"}:
        return UTC
    from zoneinfo import ZoneInfo  # feeds in UTC need none

    with suppress(ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a KeyError
        return ZoneInfo(name)
    return None


def _is_simple(block: bytes) -> bool:
    """Return whether a zone's rules are few and simple.

    Other rules could take hours to expand.
    """
    block = block.upper()
    rules = _RULE.findall(block)
    limit = _MAX_RULES if _ANCIENT.search(block) is None else _MAX_RULES_OF_ANCIENT
    return len(rules) <= limit and all(_YEARLY.fullmatch(rule.strip()) for rule in rules)


def _count_rule_years(block: bytes) -> int:
    """Count the rules of a zone times their years."""
    first = min(map(int, _YEAR.findall(block)), default=_LAST_YEAR)
    return len(_RULE.findall(block)) * max(_LAST_YEAR - first, 0)


def _move_to_early_year(time: datetime) -> datetime:
    """Move a late time to an earlier year.

    A time after `_LAST_YEAR` is moved to a year with the same weekdays.

    >>> _move_to_early_year(datetime(9998, 2, 28)), datetime(9998, 2, 28).weekday()
    (datetime.datetime(2099, 2, 28, 0, 0), 5)
    """
    if time.year <= _LAST_YEAR:
        return time
    is_leap = isleap(time.year)
    weekday = date(time.year, 1, 1).weekday()
    return next(  # one of 28 consecutive years matches
        time.replace(year=year)
        for year in range(_LAST_YEAR, _LAST_YEAR - 28, -1)
        if isleap(year) == is_leap and date(year, 1, 1).weekday() == weekday
    )


def _parse_own_zone(block: bytes) -> tzinfo | None:
    """Return the zone that a VTIMEZONE defines, or None.

    icalendar caches each parsed zone by its TZID for the whole process, so the first feed with a name
    would define it for all. The block is therefore parsed without its name, by a separate provider.
    """
    from icalendar import Timezone
    from icalendar.timezone import TZP

    if not _is_simple(block):
        return None
    try:
        zone = Timezone.from_ical(_TZID.sub(b"COMMENT:", block, count=1))
        if not isinstance(zone, Timezone):
            return None
        zone["TZID"] = "own"
        own: tzinfo = zone.to_tz(TZP("zoneinfo"), lookup_tzid=False)
    except Exception:  # noqa: BLE001 - ValueError, AttributeError, or any error of dateutil
        return None
    return own


def _find_windows_zone(name: str) -> tzinfo | None:
    """Return the zone with a Windows name, or None.

    The table is Unicode's, as included in icalendar.
    """
    if _WINDOWS.fullmatch(name) is None:
        return None
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return _find_database_zone(WINDOWS_TO_OLSON.get(name, ""))
