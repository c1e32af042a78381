"""Occurrences of series: their limits, and the local times that rules and exceptions are in."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from enrich.feeds.reading import read_talks
from enrich.feeds.recurrence import UncheckedError, iterate_occurrences
from enrich.feeds.selection import select_talks
from enrich.model import Notice, Recurrence, Talk

_ENDLESS = [
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31",
    "FREQ=SECONDLY;BYHOUR=3;BYMINUTE=0;BYSECOND=0",
    "FREQ=SECONDLY;INTERVAL=7",
    "FREQ=MINUTELY",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
    "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=HOURLY;BYHOUR=3;BYMONTH=2;BYMONTHDAY=31",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=YEARLY;BYSETPOS=" + ",".join(map(str, range(1, 100))),
    "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))),
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=FORTNIGHTLY",
    "FREQ=WEEKLY;BYDAY=XX",
    "RRULE:FREQ=WEEKLY",
    "",
]


@pytest.mark.parametrize("rule", _ENDLESS)
def test_steps_are_limited(rule: str) -> None:
    """Stop at a rule that would be followed for long, or is none."""
    series = Recurrence(start=datetime(2000, 1, 1, 10, tzinfo=UTC), rules=((rule, None),))
    began = time.process_time()
    with pytest.raises(UncheckedError):
        list(iterate_occurrences(series))
    assert time.process_time() - began < 3


def _read(*events: str, zone: str = "", notices: list[Notice] | None = None) -> list[Talk]:
    parts = [f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events]
    calendar = f"BEGIN:VCALENDAR\n{zone}{''.join(parts)}END:VCALENDAR\n"
    return list(
        read_talks(calendar.encode(), on_notice=None if notices is None else notices.append)
    )


_OWN_ZONE = """BEGIN:VTIMEZONE
TZID:Our time
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


def test_exceptions_across_summer_time() -> None:
    """Exclude occurrences by local time, in a zone that the feed defines."""
    [talk] = _read(
        "UID:1\nDTSTART;TZID=Our time:20260325T100000\nDTEND;TZID=Our time:20260325T113000\n"
        "RRULE:FREQ=WEEKLY;UNTIL=20260408T080000Z\n"
        "EXDATE;TZID=Our time:20260325T100000\nEXDATE:20260401T080000Z",
        zone=_OWN_ZONE,
    )
    assert talk.start_time == datetime.fromisoformat("2026-04-08T10:00:00+02:00")
    assert talk.end_time == datetime.fromisoformat("2026-04-08T11:30:00+02:00")


@pytest.mark.parametrize(
    ("lines", "start"),
    [
        ("RRULE:FREQ=WEEKLY;COUNT=3;\nEXDATE;VALUE=DATE:20260203", "2026-02-10T15:00:00+00:00"),
        ("RRULE:FREQ=WEEKLY;UNTIL=20260210\nEXDATE:20260203T150000Z", "2026-02-10T15:00:00+00:00"),
        ("RDATE;VALUE=PERIOD:20260301T150000Z/PT1H\nEXDATE:20260203T150000Z", "2026-03-01T15:00:00+00:00"),
        ("RDATE:20260101T150000Z", "2026-01-01T15:00:00+00:00"),
        ("RRULE:FREQ=DAILY;BYDAY=MO, TU, WE\nEXDATE:20260203T150000Z", "2026-02-04T15:00:00+00:00"),
        ("RRULE:FREQ=NEVER", "2026-02-03T15:00:00+00:00"),
        ("EXDATE:20260203T150000Z", "2026-02-03T15:00:00+00:00"),
    ],
)  # fmt: skip
def test_first_occurrence(lines: str, start: str) -> None:
    """Find the first occurrence that stands, however the exceptions are written."""
    [talk] = _read(f"UID:1\nDTSTART:20260203T150000Z\n{lines}")
    assert talk.start_time == datetime.fromisoformat(start)


def test_series_without_occurrence() -> None:
    """Tell of a series that its own overrides use up, with its UID and line."""
    notices: list[Notice] = []
    assert not _read(
        "UID:1\nDTSTART:20260203T150000Z\nRRULE:FREQ=DAILY;COUNT=1\nEXDATE:20260203T150000Z",
        notices=notices,
    )
    assert [(n.code, n.event, n.line) for n in notices] == [("no_occurrence", "1", 2)]


def test_duplicates_compare_the_written_start() -> None:
    """Drop a series that another feed has without its exception."""
    seen: set[int] = set()
    head = "BEGIN:VEVENT\nUID:1\nDTSTART:20260203T150000Z\nRRULE:FREQ=WEEKLY\n"
    first = f"{head}EXDATE:20260203T150000Z\nEND:VEVENT\n".encode()
    assert len(list(read_talks(first, seen=seen))) == 1
    assert not list(read_talks(f"{head}END:VEVENT\n".encode(), seen=seen))


def test_unchecked_series_are_kept_with_a_warning() -> None:
    """Keep a series whose rule is not understood, once a range is asked for."""
    talks = _read("UID:1\nDTSTART:20260203T150000Z\nRRULE:FREQ=NEVER")
    [kept] = select_talks(talks, since=datetime(2027, 1, 1, tzinfo=UTC))
    assert [w.code for w in talks[0].warnings] == ["recurring"]
    assert [w.code for w in kept.warnings] == ["recurring", "recurring_unchecked"]
