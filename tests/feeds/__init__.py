"""What the tests of calendars share: reading whole, the values of each event, a small writer."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from enrich.feeds.calendar import read_calendar
from enrich.feeds.dialects import Event
from enrich.feeds.ical.events import event_of, unwrap_event
from enrich.feeds.ical.lines import find_spans, logical_lines, read_span
from enrich.feeds.ical.times import Zones, zone_name
from enrich.feeds.ical.values import read_properties
from enrich.model import Notice, Talk


def read(data: bytes, **options: Any) -> tuple[list[Talk], list[Notice]]:
    """The talks and notices of a calendar."""
    notices: list[Notice] = []
    options.setdefault("name", "feed")
    talks = list(read_calendar(io.BytesIO(data), on_notice=notices.append, **options))
    return talks, notices


def events(data: bytes) -> list[Event]:
    """The values of each event before any dialect; of feeds with one calendar and no home zone."""
    stream = io.BytesIO(data)
    spans = find_spans(stream, max_event_bytes=4_000_000)
    blocks = [
        "\r\n".join(logical_lines(read_span(stream, start, end))).encode()
        for _, start, end in spans.zones
    ]
    zones = Zones({zone_name(raw) or "": raw for raw in blocks})
    found = []
    for number, (start, end) in enumerate(zip(spans.starts, spans.ends, strict=True)):
        lines = logical_lines(read_span(stream, start, end))
        properties = read_properties(unwrap_event(lines, closed=number not in spans.unclosed))
        found.append(event_of(properties, zones)[0])
    return found


def calendar(*blocks: str, head: Iterable[str] = ()) -> bytes:
    """A calendar of these events, CRLF, nothing folded."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", *head]
    for text in blocks:
        lines.extend(text.strip("\n").split("\n"))
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def event(*lines: str, uid: str = "1", start: str = "DTSTART:20220218T180000Z") -> str:
    """One event as text."""
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", start, *lines, "END:VEVENT"])
