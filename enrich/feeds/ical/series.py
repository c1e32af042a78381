"""Recurring events: their rules, and the first occurrence that takes place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time

from enrich.feeds.ical.times import Time, Zones, parse_moment
from enrich.feeds.ical.values import Properties
from enrich.feeds.recurrence import UncheckedError, iterate_occurrences, to_local
from enrich.feeds.warning_messages import add_warning
from enrich.model import Recurrence, Talk
from enrich.text.patterns import compile_later

Stated = tuple[str, Mapping[str, str]]
"""A property's value as written, and its parameters."""

_UNTIL = compile_later(r"(?:^|;)\s{0,4}UNTIL=([^;]{0,40})", re.IGNORECASE)


def is_recurring(properties: Properties) -> bool:
    """Return whether an event recurs.

    An event that overrides an occurrence does not recur.
    """
    first = properties.first
    return ("RRULE" in first or "RDATE" in first) and "RECURRENCE-ID" not in first


def find_stated(properties: Properties, name: str) -> list[Stated]:
    """Return all values of a name with their parameters."""
    if name not in properties.first:
        return []
    first = (properties.first[name], properties.parameters.get(name, {}))
    return [first, *[(v, p) for n, p, v in properties.further if n == name]]


def read_recurrence(properties: Properties, start: Time, zones: Zones) -> Recurrence:
    """Return the recurrence of an event; `start` is its DTSTART."""
    local = _LocalTime(properties, start, zones)
    return Recurrence(
        start=start,
        rules=tuple([local.split_rule(text) for text, _ in find_stated(properties, "RRULE")]),
        dates=tuple(local.read_times(find_stated(properties, "RDATE"))),
        excluded=frozenset(local.read_times(find_stated(properties, "EXDATE"))),
    )


def read_replaced(
    properties: Properties, start: Time, zones: Zones, overrides: Iterable[Stated]
) -> frozenset[Time]:
    """Return the overridden occurrences, in the series' local time."""
    return frozenset(_LocalTime(properties, start, zones).read_times(overrides))


def place_first(
    talk: Talk, series: Recurrence, properties: Properties, zones: Zones
) -> Talk | None:
    """Return the talk, moved to its first occurrence, or None."""
    warnings = talk.warnings
    written = to_local(series.start)
    try:
        found = next(iterate_occurrences(series), None)
        if found is None:
            return None
    except UncheckedError:
        found = series.start
        warnings = add_warning(warnings, "recurring_unchecked")
    first = to_local(found)
    if first == written:
        return replace(talk, occurrences=series, warnings=warnings)
    start, end = _LocalTime(properties, series.start, zones).to_zone(first), talk.end_time
    if end is not None:
        try:
            moved = to_local(end) + (first - written)
        except OverflowError:
            end = None
        else:
            end = _move_end(moved, end, series.start, start)
    return replace(talk, start_time=start, end_time=end, occurrences=series, warnings=warnings)


def _move_end(moved: datetime, end: Time, old: Time, new: Time) -> Time:
    """Return the moved end in its zone.

    If start and end had the same zone, the new start's zone is used.
    """
    if not isinstance(end, datetime):
        return moved.date()
    zone = end.tzinfo
    if isinstance(old, datetime) and isinstance(new, datetime) and zone == old.tzinfo:
        zone = new.tzinfo
    return moved.replace(tzinfo=zone)


class _LocalTime:
    """Conversion to the local time of a series, which is that of its DTSTART."""

    def __init__(self, properties: Properties, start: Time, zones: Zones) -> None:
        self._start = start
        self._zones = zones
        self._name = properties.parameters.get("DTSTART", {}).get("TZID")
        self._in_utc = properties.first["DTSTART"].strip()[-1:] in {"Z", "z"}

    def split_rule(self, text: str) -> tuple[str, datetime | None]:
        """Split a rule into its text without UNTIL, and UNTIL.

        The text is empty if UNTIL cannot be read.
        """
        text = "".join(text.split()).strip(";")
        found = _UNTIL.search(text)
        if found is None:
            return text, None
        until, problem = parse_moment(found[1], {}, Zones())
        if until is None or problem is not None:
            return "", None
        rest = (text[: found.start()] + text[found.end() :]).strip(";")
        if not isinstance(until, datetime):
            return rest, datetime.combine(until, time.max)
        if not isinstance(self._start, datetime):
            return rest, until.replace(tzinfo=None)
        return rest, self._to_local(until)

    def read_times(self, stated: Iterable[Stated]) -> Iterator[Time]:
        """Yield the readable times of comma-separated values, in local time."""
        for values, parameters in stated:
            own = parameters.get("TZID") == self._name
            for value in values.split(","):
                found = parse_moment(value.partition("/")[0], parameters, self._zones).time
                if found is None:
                    continue
                if not isinstance(found, datetime):
                    yield found
                elif not isinstance(self._start, datetime):
                    yield found.date()
                elif own and value.strip()[-1:] not in {"Z", "z"} and not self._in_utc:
                    yield found.replace(tzinfo=None)
                else:
                    yield self._to_local(found)

    def to_zone(self, local: datetime) -> Time:
        """Return a local time in the zone of the start."""
        start = self._start
        if not isinstance(start, datetime):
            return local.date()
        if start.tzinfo is None or self._in_utc:
            return local.replace(tzinfo=start.tzinfo)
        placed = self._zones.at(local, self._name).time
        if isinstance(placed, datetime) and placed.tzinfo is not None:
            return placed
        return local.replace(tzinfo=start.tzinfo)

    def _to_local(self, time: datetime) -> datetime:
        """Return the local time of an instant."""
        start = self._start
        if time.tzinfo is None or not isinstance(start, datetime) or start.tzinfo is None:
            return time.replace(tzinfo=None)
        try:
            if self._in_utc:
                return time.astimezone(UTC).replace(tzinfo=None)
            return self._zones.to_local(time, self._name) or to_local(time.astimezone(start.tzinfo))
        except (OverflowError, ValueError):
            return time.replace(tzinfo=None)
