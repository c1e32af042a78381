"""Conversion of an event's properties to a talk: times, dialect, texts to search. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from enrich.codes import TalkStatus, WarningCode
from enrich.feeds.dialects import Event, TalkFields, dialects
from enrich.feeds.dialects._shared import find_web_url, may_refer
from enrich.feeds.ical.series import find_stated, is_recurring
from enrich.feeds.ical.times import Time, Zones, add_duration, is_before, parse_moment
from enrich.feeds.ical.values import Properties, read_properties
from enrich.feeds.protected import ANCHORS
from enrich.feeds.redact_cells import html_text_with_labels, plain_text_with_labels
from enrich.feeds.warning_messages import add_warning
from enrich.model import NO_FEED, Feed, Talk
from enrich.text.tidy import tidy


class Calendar(Struct, frozen=True, kw_only=True):
    """Values of a calendar that hold for all its events."""

    name: str | None = None
    prodid: str = ""
    method: str = ""
    zones: Zones = field(default_factory=Zones)


def read_calendar_lines(
    lines: Sequence[str], own_zones: Mapping[str, bytes], zones: Mapping[str, bytes]
) -> Calendar:
    """Return the values of one calendar.

    `lines` are its own lines, `own_zones` its VTIMEZONEs by name, `zones` those of the whole file.
    """
    properties = read_properties(lines)
    default_zone = properties.text("X-WR-TIMEZONE") or properties.text("TIMEZONE-ID")
    return Calendar(
        name=tidy(properties.text("X-WR-CALNAME") or "") or None,
        prodid=tidy(properties.text("PRODID") or ""),
        method=tidy(properties.text("METHOD") or "").upper(),
        zones=Zones(own_zones, zones, home=default_zone and default_zone.strip()),
    )


def unwrap_event(lines: list[str], *, closed: bool) -> list[str]:
    """Return the lines between BEGIN:VEVENT and END:VEVENT."""
    glued = lines[0].partition(":")[2].lstrip()[len("VEVENT") :].strip()  # a fold after BEGIN
    inner = lines[1:-1] if closed else lines[1:]
    return [glued, *inner] if glued else inner


def uid_of(lines: Sequence[str]) -> str | None:
    """Return the UID of an event that may be truncated."""
    uid = read_properties(lines[1:]).text("UID")
    return tidy(uid) or None if uid is not None else None


def recurrence_of(properties: Properties, calendar: Calendar) -> Time | str | None:
    """Return the overridden instance of a recurring event, or None."""
    value = properties.first.get("RECURRENCE-ID")
    if value is None:
        return None
    return (
        parse_moment(value, properties.parameters.get("RECURRENCE-ID", {}), calendar.zones).time
        or value
    )


def sequence_of(properties: Properties) -> int:
    """Return the revision of the event; 0 by default."""
    value = properties.first.get("SEQUENCE", "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


def modified_of(properties: Properties) -> str:
    """Return LAST-MODIFIED in UTC, or an empty string.

    Values as written sort by time.
    """
    value = properties.first.get("LAST-MODIFIED", "").strip()
    return value if re.fullmatch(r"\d{8}T\d{6}Z", value, re.ASCII) else ""


def read_event(
    properties: Properties,
    calendar: Calendar,
    *,
    closed: bool,
    anchors: tuple[str, ...] = ANCHORS,
    feed: Feed = NO_FEED,
    raw: bytes | None = None,
) -> Talk:
    """Return the talk that an event's dialect reads."""
    event, codes = event_of(properties, calendar.zones, anchors)
    if not closed:
        codes.append("unclosed_event")
    recurring = is_recurring(properties)
    if recurring:
        codes.append("recurring")
    for dialect in dialects():
        if dialect.knows(calendar.prodid, event):
            break
    fields = dialect.read(event)
    warnings = fields.warnings
    for code in codes:
        warnings = add_warning(warnings, code)
    return Talk(
        id=fields.id,
        feed=feed,
        url=fields.url,
        title=fields.title,
        speaker=fields.speaker,
        speaker_affiliation=fields.speaker_affiliation,
        series=fields.series,
        start_time=event.start,
        end_time=event.end,
        recurrence=properties.first.get("RRULE", "").strip() or None if recurring else None,
        status=_find_event_status(event.status, calendar.method),
        room=fields.room,
        slides_link=fields.slides_link,
        video_link=fields.video_link,
        abstract=fields.abstract,
        texts=_collect_texts(fields, event),
        warnings=warnings,
        raw=raw,
    )


def event_of(
    properties: Properties, zones: Zones, anchors: tuple[str, ...] = ANCHORS
) -> tuple[Event, list[WarningCode]]:
    """Return an event's values and its warning codes."""
    first, parameters = properties.first, properties.parameters
    codes: list[WarningCode] = []
    start = end = None
    if "DTSTART" in first:
        start, problem = parse_moment(first["DTSTART"], parameters.get("DTSTART", {}), zones)
        if problem is not None:
            codes.append(problem)
    else:
        codes.append("no_start")
    if "DTEND" in first:
        end, problem = parse_moment(first["DTEND"], parameters.get("DTEND", {}), zones)
        if problem is not None:
            codes.append(problem)
    elif start is not None and "DURATION" in first:
        end, problem = add_duration(start, first["DURATION"])
        if problem is not None:
            codes.append(problem)
    if start is not None and end is not None and is_before(end, start):
        codes.append("end_before_start")
    text, texts = properties.text, properties.texts
    uid = text("UID")
    if not uid or uid.isspace():
        uid = _make_uid(properties)
        codes.append("no_uid")
    descriptions = texts("DESCRIPTION")
    event = Event(
        uid,
        text("SUMMARY"),
        descriptions[0] if descriptions else None,
        text("X-ALT-DESC" if "X-ALT-DESC" in first else "STYLED-DESCRIPTION"),
        text("LOCATION"),
        tuple([u for url in texts("URL") if (u := url.strip())]) if "URL" in first else (),
        tuple(_find_attachments(texts("ATTACH"))) if "ATTACH" in first else (),
        texts("COMMENT") + descriptions[1:],
        tuple(_iterate_links(properties)) if "LINK" in first else (),
        texts("CATEGORIES"),
        text("STATUS"),
        start,
        end,
        anchors,
    )
    return event, codes


def _find_attachments(values: Iterable[str]) -> Iterator[str]:
    """Yield the web addresses of attachments."""
    for value in values:
        if value[:8].lower().startswith(("http://", "https://")):
            yield value.strip()


def _iterate_links(properties: Properties) -> Iterator[str]:
    """Yield the web addresses of LINK (RFC 9253).

    Those derived from the event's texts are skipped.
    """
    for value, parameters in find_stated(properties, "LINK"):
        is_derived = parameters.get("DERIVED", "").upper() == "TRUE"
        if parameters.get("VALUE", "URI").upper() != "URI" or is_derived:
            continue
        if (address := find_web_url((value.strip(),))) is not None:
            yield address


def _select_urls(urls: Iterable[str], anchors: tuple[str, ...]) -> Iterator[str]:
    """Yield web addresses, and URLs that may name a paper.

    Other URLs, such as `mailto:`, are personal.
    """
    for url in urls:
        if (address := find_web_url((url,))) is not None or may_refer(url, anchors):
            yield address or url


def _make_uid(properties: Properties) -> str:
    values = [
        f"{name}:{properties.first.get(name, '')}"
        for name in ("DTSTART", "SUMMARY", "DESCRIPTION", "LOCATION", "URL")
    ]
    return "no-uid-" + hashlib.sha256("\n".join(values).encode()).hexdigest()[:16]


def _find_event_status(status: str | None, method: str) -> TalkStatus | None:
    word = (status or "").strip().upper()
    if word in {"CANCELLED", "CANCELED"} or method == "CANCEL":
        return "cancelled"
    if word == "POSTPONED":
        return "postponed"
    return "tentative" if word == "TENTATIVE" else None


def _collect_texts(fields: TalkFields, event: Event) -> tuple[tuple[str, str], ...]:
    """Return the dialect's texts, then the common ones."""
    location = event.location
    # researchseminars.org repeats the URL in LOCATION
    if location == fields.url and not event.urls:
        location = None
    found: list[tuple[str, str | None]] = [("location", location), ("summary", event.summary)]
    if event.urls or event.attach:
        urls = "\n".join(_select_urls(event.urls, event.anchors))
        found[:0] = [("url", urls), ("attach", "\n".join(event.attach))]
    if event.links:
        found.append(("link", "\n".join(event.links)))
    if event.comments:
        comments = "\n\n".join([plain_text_with_labels(comment) for comment in event.comments])
        found.insert(0, ("comments", comments))
    if event.x_alt_desc is not None:
        found.append(("x_alt_desc", html_text_with_labels(event.x_alt_desc)))
    known = [name for name, _ in fields.texts]
    return (*fields.texts, *[(n, text) for n, text in found if text and n not in known])
