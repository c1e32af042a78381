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
"""Maximum number of occurrences that are examined per series."""

_MAX_DAYS = {"YEARLY": 100_000, "MONTHLY": 100_000, "WEEKLY": 70_000, "DAILY": 10_000}
"""Maximum number of days that a rule may try, by frequency."""
_MAX_CLOCK_STEPS = 20_000  # dateutil counts a step of hours or less twice
_RULE = compile_later(
    r"[A-Za-z]{3,12}=[A-Za-z0-9+,-]{1,400}(?:;[A-Za-z]{3,12}=[A-Za-z0-9+,-]{1,400}){0,14}"
)
_CLOCK = compile_later(r"BY(?:HOUR|MINUTE|SECOND)=([^;]*)", re.IGNORECASE)
_MAX_TIMES = 1500
"""Maximum number of times of one day in a rule."""
_MAX_RULE_CHARS = 500


class UncheckedError(Exception):
    """Raised if a rule cannot be read, or needs too many steps."""


def iterate_occurrences(series: Recurrence) -> Iterator[datetime | date]:
    """Yield the occurrences that take place, in order.

    They are in local time.

    Raises:
        UncheckedError: the next occurrence cannot be found within the limits.

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
        if not any(
            moment in dropped or day in dropped for dropped in (series.excluded, series.replaced)
        ):
            yield day if all_day else moment


def select_occurrences(
    series: Recurrence, moments: Iterable[datetime | date]
) -> list[datetime | date]:
    """Return the times that are occurrences of a series.

    Excluded occurrences count too. If the rule cannot be evaluated, all times are returned.

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
    """Return a time without zone, a date as midnight.

    >>> to_local(date(2026, 1, 1))
    datetime.datetime(2026, 1, 1, 0, 0)
    """
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    return datetime.combine(moment, time())


def _iterate_all(series: Recurrence) -> Iterator[datetime]:
    """Yield all occurrences in order, including the start.

    Rules are evaluated only when an occurrence after the start is needed.
    """
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
    except (ValueError, OverflowError):  # no further occurrence before the year 10000
        return


def _build_rule(text: str, start: datetime) -> Any:
    """Build dateutil's rule, with a limit on its steps.

    Without the limit, a rule that never matches would run until the year 9999. For each day, and for each
    step within a day, dateutil tests the truth value of the rule's months and hours; these tests are counted.
    """
    from dateutil.rrule import rrulestr

    if len(text) > _MAX_RULE_CHARS or _RULE.fullmatch(text) is None:
        raise UncheckedError
    times = 1
    for hours in _CLOCK.findall(text):
        times *= hours.count(",") + 1
    if times > _MAX_TIMES:
        raise UncheckedError
    try:
        rule: Any = rrulestr(text, dtstart=start)
    except Exception as error:  # dateutil raises errors of many types
        raise UncheckedError from error
    if rule._interval < 1:  # noqa: SLF001 - dateutil would never end
        raise UncheckedError
    steps = next((n for name, n in _MAX_DAYS.items() if name in text.upper()), _MAX_CLOCK_STEPS)
    steps //= 1 + (times + len(rule._bysetpos or ())) // 8  # noqa: SLF001 - each takes a further step
    limit = [steps]
    for name in ("_bymonth", "_byhour"):
        setattr(rule, name, _CountedNumbers(getattr(rule, name) or (), limit))
    return rule


class _CountedNumbers(tuple[int, ...]):  # noqa: SLOT001 - a subclass of tuple cannot have slots
    """Tuple of a rule that counts how often its truth value is tested."""

    limit: list[int]

    def __new__(cls, numbers: Any, limit: list[int]) -> Self:
        """Make a tuple that uses up the steps in `limit`."""
        made = super().__new__(cls, numbers)
        made.limit = limit
        return made

    def __bool__(self) -> bool:
        self.limit[0] -= 1
        if self.limit[0] < 0:
            raise UncheckedError
        return len(self) > 0
