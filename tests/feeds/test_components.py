"""Components beside events are left out of a calendar's head whole: no line of theirs is misplaced."""

from __future__ import annotations

import pytest

from tests.feeds import event, read
from tests.writers.calendars import enrich_feed

TODO = ["BEGIN:VTODO", "UID:8", "SUMMARY:todo", "END:VTODO"]
ALARM = ["BEGIN:VALARM", "SUMMARY:ring", "END:VALARM"]
OWN = ["VERSION:2.0", "PRODID:-//tests//EN", "X-WR-CALNAME:Knots"]
ZONE = ["BEGIN:VTIMEZONE", "TZID:X", "END:VTIMEZONE"]
CASES: dict[str, tuple[list[str], list[str]]] = {
    "a to-do": ([*OWN, *TODO], OWN),
    "a to-do before the calendar's own lines": ([*TODO, *OWN], OWN),
    "a to-do with an alarm": ([*OWN, *TODO[:-1], *ALARM, TODO[-1]], OWN),
    "a journal and a table of times": (
        [*OWN, "BEGIN:VJOURNAL", "UID:9", "END:VJOURNAL", "BEGIN:VFREEBUSY", "UID:7", "END:VFREEBUSY"],
        OWN,
    ),
    "a name in small letters": ([*OWN, "begin:vtodo", "UID:8", "end:vtodo"], OWN),
    "a to-do without an end": ([*OWN, *TODO[:-1]], OWN),
    "an end without a beginning": ([*OWN, "END:VTODO"], OWN),
    "kept lines alone": (OWN, OWN),
    "kept a zone": ([*OWN, *ZONE], [*OWN, *ZONE]),
    "kept a zone behind a to-do": ([*OWN, *TODO, *ZONE], [*OWN, *ZONE]),
    "kept a zone inside a to-do": ([*OWN, *TODO[:-1], *ZONE, TODO[-1]], [*OWN, *ZONE]),
    "kept a value that names a component": ([*OWN, "X-NOTE:BEGIN:VTODO"], [*OWN, "X-NOTE:BEGIN:VTODO"]),
    "kept lines of nobody": ([*OWN, "X-A:1"], [*OWN, "X-A:1"]),
}  # fmt: skip


def make_calendar(lines: list[str]) -> bytes:
    text = "\n".join(["BEGIN:VCALENDAR", *lines, event(), "END:VCALENDAR", ""])
    return text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(("lines", "expected"), CASES.values(), ids=CASES)
def test_a_head_holds_its_own_lines_and_zones_alone(lines: list[str], expected: list[str]) -> None:
    (talk,), _ = read(make_calendar(lines), keep_raw=True)
    assert (talk.feed.head or b"").decode().split("\r\n")[:-1] == expected


@pytest.mark.parametrize("lines", [lines for lines, _ in CASES.values()], ids=CASES)
def test_no_line_of_another_component_stands_in_the_calendar(lines: list[str]) -> None:
    once = enrich_feed(make_calendar(lines))
    assert not {"UID:8", "SUMMARY:todo", "SUMMARY:ring", "UID:9", "UID:7"} & {*once.splitlines()}
    assert "UID:1" in once.splitlines()
    assert enrich_feed(once.encode()) == once
