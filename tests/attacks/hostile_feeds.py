"""Feeds that cost more than they should."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator

SIZE = 500_000


def calendar(*lines: str | bytes) -> bytes:
    """Return a calendar of some lines, with one good event at its end."""
    good = ("BEGIN:VEVENT", "UID:good", "DTSTART:20260101T100000Z", "SUMMARY:Good", "END:VEVENT")
    whole = ("BEGIN:VCALENDAR", *lines, *good, "END:VCALENDAR", "")
    return b"\r\n".join(line.encode() if isinstance(line, str) else line for line in whole)


def zone(rules: int = 24, year: str = "1501", rule: str = "FREQ=YEARLY") -> list[str]:
    """Return a zone of many rules."""
    parts = []
    for number in range(rules):
        kind = ("STANDARD", "DAYLIGHT")[number % 2]
        parts += [
            f"BEGIN:{kind}",
            f"DTSTART:{year}{number % 12 + 1:02}01T000000",
            f"RRULE:{rule};BYMONTH={number % 12 + 1};BYMONTHDAY={number % 28 + 1}",
            f"TZOFFSETFROM:+{number % 12:02}00",
            f"TZOFFSETTO:+{(number + 1) % 12:02}00",
            f"END:{kind}",
        ]
    return ["BEGIN:VTIMEZONE", "TZID:Z", *parts, "END:VTIMEZONE"]


def events(number: int, *lines: str) -> Iterator[str]:
    """Yield the lines of some events; `{n}` in a line is the event's number."""
    for n in range(number):
        yield from ("BEGIN:VEVENT", f"UID:{n}", "SUMMARY:T", *(line.format(n=n) for line in lines))
        yield "END:VEVENT"


def _late(number: int, zones: int = 1) -> bytes:
    """Return events of different days of 9998 in zones that count from 1501."""
    named = (line.replace("TZID:Z", f"TZID:Z{n}") for n in range(zones) for line in zone())
    days = (
        (
            "BEGIN:VEVENT",
            f"UID:{n}",
            f"DTSTART;TZID=Z{n % zones}:{9998 - n // 336}{n // 28 % 12 + 1:02}{n % 28 + 1:02}T100000",
            "END:VEVENT",
        )
        for n in range(number)
    )
    return calendar(*named, *(line for day in days for line in day))


def _html(piece: str, *, alternative: bool = False) -> bytes:
    """Return an event whose text is HTML of one piece, again and again."""
    name = "X-ALT-DESC;FMTTYPE=text/html" if alternative else "DESCRIPTION"
    text = "<p>" + piece * (SIZE // len(piece))
    return calendar("BEGIN:VEVENT", "UID:1", f"{name}:{text}", "END:VEVENT")


def _schedule_json(start: str, duration: str) -> bytes:
    event = {"guid": "1", "id": 1, "date": start, "start": "10:00", "duration": duration, "title": "T",
             "abstract": "A", "persons": [], "links": []}  # fmt: skip
    good = {
        **event,
        "guid": "2",
        "title": "Good",
        "date": "2026-01-01T10:00:00+00:00",
        "duration": "01:00",
    }
    day = {"date": "2026-01-01", "rooms": {"R": [event, good]}}
    return json.dumps(
        {"schedule": {"version": "1", "conference": {"title": "C", "days": [day]}}}
    ).encode()


def _schedule_xml(start: str, duration: str) -> bytes:
    def event(number: int, date: str, lasts: str) -> str:
        return (f'<event guid="{number}" id="{number}"><date>{date}</date><start>10:00</start>'
                f"<duration>{lasts}</duration><title>T{number}</title></event>")  # fmt: skip

    return (
        '<?xml version="1.0"?><schedule><conference><title>C</title></conference>'
        f'<day date="2026-01-01"><room name="R">{event(1, start, duration)}'
        f"{event(2, '2026-01-01T10:00:00+00:00', '01:00')}</room></day></schedule>"
    ).encode()


HOSTILE_FEEDS: dict[str, Callable[[], bytes]] = {
    "a zone of 24 yearly rules, an event in 9998": lambda: _late(1),
    "a zone of 24 yearly rules, 400 events in 9998": lambda: _late(400),
    "100 zones of 24 yearly rules": lambda: _late(400, 100),
    "a zone of 24 yearly rules, 4000 events": lambda: _late(4000),
    "a zone of 300 yearly rules": lambda: calendar(
        *zone(300), *events(2, "DTSTART;TZID=Z:99980601T100000")
    ),
    "a zone of daily rules": lambda: calendar(
        *zone(24, rule="FREQ=DAILY"), *events(2, "DTSTART;TZID=Z:99980601T100000")
    ),
    "many zones": lambda: calendar(
        *(line.replace("TZID:Z", f"TZID:Z{n}") for n in range(100) for line in zone(8)),
        *events(100, "DTSTART;TZID=Z{n}:99980601T100000"),
    ),
    "a recurrence without an end": lambda: calendar(
        *events(2000, "DTSTART:00010101T100000Z", "RRULE:FREQ=DAILY")
    ),
    "a recurrence that never happens": lambda: calendar(
        *events(2000, "DTSTART:20260101T100000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
    ),
    "a recurrence by the second": lambda: calendar(
        *events(500, "DTSTART:00010101T100000Z", "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30")
    ),
    "a recurrence in a zone of rules": lambda: calendar(
        *zone(),
        *events(
            50,
            "DTSTART;TZID=Z:15010101T100000",
            "RRULE:FREQ=WEEKLY",
            "EXDATE;TZID=Z:99980601T100000",
        ),
    ),
    "many excluded dates": lambda: calendar(
        *events(
            1,
            "DTSTART:20260101T100000Z",
            "RRULE:FREQ=DAILY",
            *(
                "EXDATE:"
                + ",".join(f"2026{m:02}{d:02}T100000Z" for m in range(1, 13) for d in range(1, 29)),
            )
            * 50,
        )
    ),
    "lines of a calendar": lambda: calendar(*["X:"] * (SIZE // 4)),
    "lines of a calendar, packed": lambda: gzip.compress(calendar(*["X:"] * (9 * SIZE // 4))),
    "lines of zones": lambda: calendar("BEGIN:VTIMEZONE", *["X:"] * (SIZE // 4), "END:VTIMEZONE"),
    "lines of an event": lambda: calendar(
        "BEGIN:VEVENT", "UID:1", *["X:"] * (SIZE // 4), "END:VEVENT"
    ),
    "folds": lambda: calendar("X:" + "a\r\n " * (SIZE // 4)),
    "folds of an event": lambda: calendar(
        "BEGIN:VEVENT", "DESCRIPTION:" + "a\r\n " * (SIZE // 4), "END:VEVENT"
    ),
    "beginnings of events": lambda: calendar(*["BEGIN:VEVENT"] * (SIZE // 14)),
    "components in components": lambda: calendar(*["BEGIN:X"] * (SIZE // 9)),
    "parameters": lambda: calendar(
        "BEGIN:VEVENT", "UID:1", "SUMMARY" + ";A=b" * (SIZE // 4) + ":T", "END:VEVENT"
    ),
    "punycode": lambda: calendar(
        "BEGIN:VEVENT",
        "UID:1",
        "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=punycode:" + "b" * 200_000,
        "END:VEVENT",
    ),
    "idna": lambda: calendar(
        "BEGIN:VEVENT",
        "UID:1",
        "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=idna:" + "a." * 50_000,
        "END:VEVENT",
    ),
    "unicode_escape": lambda: calendar(
        "BEGIN:VEVENT",
        "UID:1",
        "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=unicode_escape:" + "\\x" * 50_000,
        "END:VEVENT",
    ),
    "zip": lambda: calendar(
        "BEGIN:VEVENT",
        "UID:1",
        "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=zip:x",
        "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=undefined:x",
        "END:VEVENT",
    ),
    "quoted printable": lambda: calendar(
        "BEGIN:VEVENT",
        "UID:1",
        "SUMMARY;ENCODING=QUOTED-PRINTABLE:" + "=\r\n" * (SIZE // 3),
        "END:VEVENT",
    ),
    **{
        f"HTML of {piece}{' as the alternative' * alternative}": lambda piece=piece, alternative=alternative: (
            _html(  # type: ignore[misc]
                piece, alternative=alternative
            )
        )
        for alternative in (False, True)
        for piece in (
            "<",
            "<b>",
            "<a href=",
            "<a href='",
            '<a href="x">',
            "<!--",
            "<!-- -->",
            "<![CDATA[",
            "<![if x]>",
            "</",
            "<ul><li>",
            "<html-blob>",
            "&amp\\;",
            "&#",
            "&#38\\;",
            "&x",
            '\\"',
            '<a b=\\"',
            "<script>",
            "<style>",
            "<td>Passcode</td>",
            "<p>Passcode<p>a1",
            "<a href=https://arxiv.org/abs/2103.01338>https://arxiv.org/abs/2103.01338</a>",
        )
    },
    "a schedule that ends after 9999": lambda: _schedule_json("9999-12-31T23:30:00+00:00", "99:00"),
    "a schedule before 1": lambda: _schedule_json("0001-01-01T00:30:00+14:00", "99:00"),
    "a schedule of a long duration": lambda: _schedule_json(
        "2026-01-01T00:30:00+00:00", "9" * 400 + ":00"
    ),
    "XML that ends after 9999": lambda: _schedule_xml("9999-12-31T23:30:00+00:00", "99:00"),
    "XML before 1": lambda: _schedule_xml("0001-01-01T00:30:00+14:00", "99:00"),
    "XML of a long duration": lambda: _schedule_xml("2026-01-01T00:30:00+00:00", "9" * 400 + ":00"),
    "an event that ends after 9999": lambda: calendar(
        *events(3, "DTSTART:99991231T233000Z", "DURATION:P9999D"),
        *events(3, "DTSTART:99991231T233000", "DURATION:PT999999999999H"),
    ),
    "an event before 1": lambda: calendar(
        *events(3, "DTSTART;TZID=Asia/Tokyo:00010101T000000", "DURATION:-P9D"),
        *events(3, "DTSTART:00000000T000000Z"),
    ),
    "an earlier output of dates that are a list": lambda: json.dumps(
        {
            "talks": [{"id": "good", "start_time": "2026-01-01"}],
            "papers": [{"id": "arxiv:2103.01338", "title": "T", "dates": ["x"]}] * 100,
        }
    ).encode(),
    "deep JSON": lambda: b'[{"id": "good"}, {"id": "x", "y": ' + b"[" * 900 + b"]" * 900 + b"}]",
    "deep lines": lambda: (
        b'{"id": "good"}\n{"id": "x", "y": ' + b"[" * (SIZE // 2) + b"]" * (SIZE // 2) + b"}\n"
    ),
    "lists of nothing": lambda: b'[{"id": "good", "x": [' + b"[]," * (SIZE // 3) + b"[]]}]",
    "talks of nothing": lambda: b'[{"id": "good"}' + b",{}" * (SIZE // 3) + b"]",
    "XML of nothing": lambda: (
        b'<?xml version="1.0"?><schedule><day><room name="R"><event id="1"><title>T</title><date>2026-01-01T10:00:00Z</date></event>'
        + b"<event/>" * (SIZE // 8)
        + b"</room></day></schedule>"
    ),
    "lines of nothing": lambda: b'{"id": "good"}\n' + b"{}\n" * (SIZE // 3),
}
"""Bytes of each; it has a good talk at least."""
