"""What holds of any bytes, any cut, any order of calendars."""

from __future__ import annotations

import io
import pickle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enrich.errors import FeedError
from enrich.feeds.calendar import read_calendar
from enrich.feeds.dialects import Event, TalkFields
from enrich.feeds.dialects.generic import Generic
from enrich.feeds.ical.lines import find_spans
from enrich.feeds.reading import read_talks
from enrich.model import Notice, Talk
from tests.feeds import calendar, event, read

PIECES = [
    b"BEGIN:VCALENDAR", b"END:VCALENDAR", b"BEGIN:VEVENT", b"END:VEVENT", b"BEGIN:VTIMEZONE",
    b"END:VTIMEZONE", b"BEGIN:VALARM", b"END:VALARM", b"begin:vevent", b"UID:1", b"UID:", b"uid:2",
    b"SUMMARY:A talk", b"DTSTART:20220218T180000Z", b"DTSTART;TZID=X:20220218T180000", b"DTSTART:TBA",
    b"DTSTART;VALUE=DATE:20220218", b"DTEND:20220217", b"DURATION:PT1H", b"TZID:X", b"RRULE:FREQ=DAILY",
    b"DESCRIPTION:See https://arxiv.org/abs/2103.01338", b"DESCRIPTION;ENCODING=QUOTED-PRINTABLE:a=",
    b"X-WR-CALNAME:Name", b"X-WR-TIMEZONE:Europe/Berlin", b"ATTENDEE:mailto:a@b.org", b"URL:x", b"=",
    b"https://zoom.us/j/123", b"Passcode: 1", b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b" ", b"\t", b"\r",
    b"\n", b"\r\n", b"\r\r\n", b":", b";", b'"', b"\\", b"<p>", b"&amp;", b"\xe9", b"STATUS:CANCELLED",
]  # fmt: skip
lines = st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=40)
soups = st.builds(
    lambda pieces, glue: glue.join(pieces), lines, st.sampled_from([b"\r\n", b"\n", b"\r", b""])
)


@settings(max_examples=300, deadline=None)
@given(soups | st.binary(max_size=300))
@example(b"BEGIN:VEVENT\r\nDTSTART:00010101T000000Z\r\nDURATION:-P1D\r\nEND:VEVENT")
@example(b"BEGIN:VEVENT\nDTSTART;TZID=Pacific/Auckland:00010101T000000\nDURATION:PT1H\nEND:VEVENT")
def test_any_bytes_give_talks_notices_or_one_error(data: bytes) -> None:
    try:
        talks, notices = read(data)
    except FeedError:
        return
    assert all(isinstance(talk, Talk) for talk in talks)
    assert all(isinstance(notice, Notice) for notice in notices)
    spans = find_spans(io.BytesIO(data), max_event_bytes=4_000_000)
    told = [notice for notice in notices if notice.line is not None]
    assert len(talks) + len(told) == len(spans.starts) + len(spans.truncated)
    for talk in talks:
        assert pickle.loads(pickle.dumps(talk)) == talk
        str(talk).encode()


FEED = calendar(
    *(
        event(
            f"SUMMARY:Talk {number} é",
            f"DESCRIPTION:{'long text, ' * 20}\\nhttps://arxiv.org/abs/2103.0{number:04}",
            "BEGIN:VALARM\nACTION:DISPLAY\nEND:VALARM",
            uid=str(number),
        )
        for number in range(4)
    ),
    head=["X-WR-CALNAME:Name"],
)
WHOLE = read(FEED)[0]


@pytest.mark.parametrize("line_break", [b"\r\n", b"\n", b"\r"], ids=["crlf", "lf", "cr"])
def test_a_cut_anywhere_loses_at_most_the_cut_event(line_break: bytes) -> None:
    data = FEED.replace(b"\r\n", line_break)
    ends = [
        at + len(b"END:VEVENT") for at in range(len(data)) if data.startswith(b"END:VEVENT", at)
    ]
    for cut in range(len(data)):
        try:
            talks, notices = read(data[:cut])
        except FeedError:
            assert cut < data.index(b"BEGIN:VEVENT")
            continue
        whole = sum(end <= cut for end in ends)
        assert [talk.id for talk in talks] == [str(number) for number in range(whole)]
        assert [talk.abstract for talk in talks] == [talk.abstract for talk in WHOLE[:whole]]
        begun = data[:cut].count(b"BEGIN:VEVENT")
        assert len([n for n in notices if n.code == "truncated_event"]) == begun - whole


@settings(max_examples=50, deadline=None)
@given(
    st.permutations(
        [GOOD := event(uid="a"), "BEGIN:VEVENT\nUID:b", "X", event(uid="c"), "END:VEVENT"]
    )
)
def test_a_bad_piece_never_costs_a_good_event(pieces: list[str]) -> None:
    ids = [talk.id for talk in read(calendar(*pieces))[0]]
    assert {"a", "c"} <= set(ids)


def test_the_position_of_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1, 2, 7, 64, 300):
        monkeypatch.setattr("enrich.feeds.ical.lines._CHUNK", size)
        for data in (FEED, FEED.replace(b"\r\n", b"\r"), FEED.replace(b"VEVENT", b"VE\r\n VENT")):
            assert [t.abstract for t in read(data)[0]] == [t.abstract for t in WHOLE]


def test_lines_of_notices_are_those_of_the_file() -> None:
    bad = event("SUMMARY:x" * 300, uid="bad")
    for line_break in (b"\r\n", b"\n", b"\r"):
        data = calendar(GOOD, bad, GOOD, bad).replace(b"\r\n", line_break)
        _, notices = read(data, max_event_bytes=1000)
        begins = [n for n, line in enumerate(data.split(line_break), 1) if line == b"BEGIN:VEVENT"]
        assert [(n.code, n.event, n.line) for n in notices] == [
            ("event_too_large", "bad", begins[1]),
            ("event_too_large", "bad", begins[3]),
        ]


def test_an_event_without_end_eats_no_memory_and_the_next_is_read() -> None:
    data = b"BEGIN:VEVENT\nUID:big\nDESCRIPTION:" + b"x" * 9_000_000 + b"\n" + GOOD.encode()
    talks, notices = read(data)
    assert [talk.id for talk in talks] == ["a"]
    assert [(n.code, n.event, n.line) for n in notices] == [("event_too_large", "big", 1)]


def test_talks_come_lazily_and_the_file_stays_open() -> None:
    file = io.BytesIO(FEED)
    talks = read_calendar(file, name=None)
    assert next(talks).id == "0"
    assert not file.closed
    assert [talk.id for talk in talks] == ["1", "2", "3"]


def test_reading_is_the_same_by_every_door() -> None:
    assert list(read_talks(FEED)) == read(FEED, name=None)[0]


def test_an_event_that_cannot_be_read_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(Generic):
        def read(self, event: Event) -> TalkFields:
            if event.uid == "b":
                raise LookupError("a fault of our own")
            return super().read(event)

    monkeypatch.setattr("enrich.feeds.ical.events.dialects", lambda: (Failing(),))
    talks, notices = read(calendar(GOOD, event(uid="b"), event(uid="c")))
    assert [talk.id for talk in talks] == ["a", "c"]
    assert [(n.code, n.message, n.feed, n.event, n.line) for n in notices] == [
        ("unreadable_event", "event 2 cannot be read (LookupError)", "feed", "b", 8)
    ]


def test_notices_say_which_event_and_why() -> None:
    data = calendar(GOOD, event("SUMMARY:" + "x" * 900, uid="b")) + b"BEGIN:VEVENT\r\nUID:c"
    _, notices = read(data, max_event_bytes=500)
    assert [n.message for n in notices] == [
        "event 2 is larger than 500 bytes",
        "the file ends inside event 3",
    ]
