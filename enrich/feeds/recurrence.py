"""Occurrences of recurring events, within limits. Pure.

The rules are dateutil's. All times here are local: naive, in the zone of the series' start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from heapq import merge
from itertools import chain
from typing import Any, Self

from enrich.model import Recurrence
from enrich.text.patterns import compile_later

MAX_OCCURRENCES = 10_000
"""Most occurrences of a series that are examined."""

_STEPS = {"YEARLY": 100_000, "MONTHLY": 100_000, "WEEKLY": 70_000, "DAILY": 10_000}
"""Most days that a rule may try: some 10,000 steps, less where a step is a year's or a month's days."""
_STEPS_OF_CLOCKS = 20_000  # a step of hours or less is tried twice
_RULE = compile_later(
    r"[A-Za-z]{3,12}=[A-Za-z0-9+,-]{1,400}(?:;[A-Za-z]{3,12}=[A-Za-z0-9+,-]{1,400}){0,14}"
)
_CLOCK = compile_later(r"BY(?:HOUR|MINUTE|SECOND)=([^;]*)", re.IGNORECASE)
_TIMES = 1500  # of one day
_RULE_LENGTH = 500


class UncheckedError(Exception):
    """A rule that is not understood, or needs more steps than are taken."""


def iterate_occurrences(series: Recurrence) -> Iterator[datetime | date]:
    """Yield the occurrences that stand, in local time and order.

    Raises:
        UncheckedError: the next one cannot be found within the limits.

    >>> series = Recurrence(start=date(2026, 1, 1), rules=(("FREQ=YEARLY", None),), excluded=frozenset({date(2026, 1, 1)}))
    >>> next(iterate_occurrences(series))
    datetime.date(2027, 1, 1)
    """
    all_day = not isinstance(series.start, datetime)
    last: datetime | None = None
    for number, moment in enumerate(_iterate_all(series)):
        if number >= MAX_OCCURRENCES:
            raise UncheckedError
        if moment == last:
            continue
        last = moment
        day = moment.date()
        if not any(moment in out or day in out for out in (series.excluded, series.replaced)):
            yield day if all_day else moment


def select_occurrences(
    series: Recurrence, moments: Iterable[datetime | date]
) -> list[datetime | date]:
    """Return the times that are occurrences of a series, were none excluded.

    If the rule cannot be checked, all of them are.

    >>> series = Recurrence(start=date(2026, 1, 1), rules=(("FREQ=YEARLY", None),), excluded=frozenset({date(2027, 1, 1)}))
    >>> select_occurrences(series, [date(2027, 1, 1), date(2027, 1, 2)])
    [datetime.date(2027, 1, 1)]
    """
    zone = series.start.tzinfo if isinstance(series.start, datetime) else None
    all_day = not isinstance(series.start, datetime)
    wanted: dict[datetime, list[datetime | date]] = {}
    for moment in moments:
        if isinstance(moment, datetime) == all_day:
            continue
        local = moment
        if isinstance(moment, datetime) and moment.tzinfo is not None and zone is not None:
            local = moment.astimezone(zone)
        wanted.setdefault(to_local(local), []).append(moment)
    if not wanted:
        return []
    last, found = max(wanted), dict[datetime, None]()
    try:
        for number, occurrence in enumerate(_iterate_all(series)):
            if number >= MAX_OCCURRENCES:
                return [*chain.from_iterable(wanted.values())]
            if occurrence > last:
                break
            if occurrence in wanted:
                found[occurrence] = None
    except UncheckedError:
        found = dict.fromkeys(wanted)
    return [moment for local in found for moment in wanted[local]]


def to_local(moment: datetime | date) -> datetime:
    """Return a time without its zone; a date as its midnight.

    >>> to_local(date(2026, 1, 1))
    datetime.datetime(2026, 1, 1, 0, 0)
    """
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    return datetime.combine(moment, time())


def _iterate_all(series: Recurrence) -> Iterator[datetime]:
    """Yield all occurrences in order; the start is one, and no rule is asked before it is taken."""
    start = to_local(series.start)
    dates = sorted(map(to_local, series.dates))
    yield from (moment for moment in dates if moment < start)
    yield start
    later = iter([moment for moment in dates if moment >= start])
    yield from merge(later, *[_iterate_rule(*rule, start) for rule in series.rules])


def _iterate_rule(text: str, until: datetime | None, start: datetime) -> Iterator[datetime]:
    rule = _build_rule(text, start)
    try:
        for moment in rule:
            if until is not None and moment > until:
                return
            yield moment
    except (ValueError, OverflowError):  # it can never occur again, or only after the year 9999
        return


def _build_rule(text: str, start: datetime) -> Any:
    """Build dateutil's rule, which counts what it tries.

    A rule that never fits would be followed to the year 9999. For each day that it tries, and for each
    step inside a day, dateutil asks whether there are months, and hours, that it is limited to.
    """
    from dateutil.rrule import rrulestr

    if len(text) > _RULE_LENGTH or _RULE.fullmatch(text) is None:
        raise UncheckedError
    times = 1
    for hours in _CLOCK.findall(text):
        times *= hours.count(",") + 1
    if times > _TIMES:
        raise UncheckedError
    try:
        rule: Any = rrulestr(text, dtstart=start)
    except Exception as error:  # whatever a feed's rule makes dateutil raise
        raise UncheckedError from error
    if rule._interval < 1:  # noqa: SLF001 - dateutil would never end
        raise UncheckedError
    steps = next((n for name, n in _STEPS.items() if name in text.upper()), _STEPS_OF_CLOCKS)
    steps //= 1 + (times + len(rule._bysetpos or ())) // 8  # noqa: SLF001 - each costs a step more
    limit = [steps]
    for name in ("_bymonth", "_byhour"):
        setattr(rule, name, _Counted(getattr(rule, name) or (), limit))
    return rule


class _Counted(tuple[int, ...]):  # noqa: SLOT001 - a tuple's subclass can have none
    """Numbers of a rule that count how often they are asked for."""

    limit: list[int]

    def __new__(cls, numbers: Any, limit: list[int]) -> Self:
        """Make a tuple that takes its steps from `limit`."""
        made = super().__new__(cls, numbers)
        made.limit = limit
        return made

    def __bool__(self) -> bool:
        self.limit[0] -= 1
        if self.limit[0] < 0:
            raise UncheckedError
        return len(self) > 0
