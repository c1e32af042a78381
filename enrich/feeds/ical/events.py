"""The properties of an event to a talk: its times, its dialect, the texts that are searched. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from enrich.feeds.dialects import Account, Event, dialects
from enrich.feeds.dialects._shared import page, refers
from enrich.feeds.ical.times import Time, Zones, is_before, later, moment
from enrich.feeds.ical.values import Properties, read_properties
from enrich.model import TalkWarning, WarningCode
from enrich.text.html import html_text, plain_text
from enrich.text.tidy import tidy

_MESSAGES: dict[WarningCode, str] = {
    "bad_time": "a time is not written as calendars write it",
    "end_before_start": "the end lies before the start",
    "floating_time": "the time has no zone",
    "no_start": "there is no DTSTART",
    "no_uid": "there is no UID; the id was made from the event's texts",
    "private_cut": "a meeting link, its number or passcode, or an address of the event's people was cut",
    "unclosed_event": "there is no END:VEVENT; the event ends where the next line of structure stands",
    "unknown_zone": "the zone of a time is not known",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What a calendar says of all its events."""

    name: str | None = None
    prodid: str = ""
    method: str = ""
    zones: Zones = field(default_factory=Zones)


def read_calendar_lines(
    lines: Sequence[str], own_zones: Mapping[str, bytes], zones: Mapping[str, bytes]
) -> Calendar:
    """A calendar from its own lines, its zones and those of all calendars of the file, by name."""
    properties = read_properties(lines)
    home = properties.text("X-WR-TIMEZONE")
    return Calendar(
        name=tidy(properties.text("X-WR-CALNAME") or "") or None,
        prodid=tidy(properties.text("PRODID") or ""),
        method=tidy(properties.text("METHOD") or "").upper(),
        zones=Zones(own_zones, zones, home=home and home.strip()),
    )


def warned(warnings: tuple[TalkWarning, ...], code: WarningCode) -> tuple[TalkWarning, ...]:
    """Warnings with one more, each code once."""
    if any(warning.code == code for warning in warnings):
        return warnings
    return (*warnings, TalkWarning(code=code, message=_MESSAGES[code]))


def body(lines: list[str], *, closed: bool) -> list[str]:
    """The lines between BEGIN:VEVENT and END:VEVENT."""
    glued = lines[0].partition(":")[2].lstrip()[len("VEVENT") :].strip()  # a fold after BEGIN
    inner = lines[1:-1] if closed else lines[1:]
    return [glued, *inner] if glued else inner


def uid_of(lines: Sequence[str]) -> str | None:
    """The UID of an event that may be cut off."""
    uid = read_properties(lines[1:]).text("UID")
    return tidy(uid) or None if uid is not None else None


def recurrence_of(properties: Properties, calendar: Calendar) -> Time | str | None:
    """Which instance of a recurring event this one overrides, None for none."""
    value = properties.first.get("RECURRENCE-ID")
    if value is None:
        return None
    return (
        moment(value, properties.parameters.get("RECURRENCE-ID", {}), calendar.zones).time or value
    )


def sequence_of(properties: Properties) -> int:
    """The revision of the event, 0 where it says none."""
    value = properties.first.get("SEQUENCE", "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


class Told(NamedTuple):
    """What an event tells: its dialect's account, and what is read in the same way of all."""

    account: Account
    start: Time | None
    end: Time | None
    status: Literal["cancelled", "tentative"] | None
    texts: tuple[tuple[str, str], ...]
    warnings: tuple[TalkWarning, ...]


def read_event(properties: Properties, calendar: Calendar, *, closed: bool) -> Told:
    """The talk that an event tells of."""
    event, codes = event_of(properties, calendar.zones)
    if not closed:
        codes.append("unclosed_event")
    for dialect in dialects():
        if dialect.knows(calendar.prodid, event):
            break
    account = dialect.read(event)
    warnings = account.warnings
    for code in codes:
        warnings = warned(warnings, code)
    status = _status(event.status, calendar.method)
    return Told(account, event.start, event.end, status, _texts(account, event), warnings)


def event_of(properties: Properties, zones: Zones) -> tuple[Event, list[WarningCode]]:
    """The values of an event, and the codes of the warnings that they earn."""
    first, parameters = properties.first, properties.parameters
    codes: list[WarningCode] = []
    start = end = None
    if "DTSTART" in first:
        start, problem = moment(first["DTSTART"], parameters.get("DTSTART", {}), zones)
        if problem is not None:
            codes.append(problem)
    else:
        codes.append("no_start")
    if "DTEND" in first:
        end, problem = moment(first["DTEND"], parameters.get("DTEND", {}), zones)
        if problem is not None:
            codes.append(problem)
    elif start is not None and "DURATION" in first:
        end, problem = later(start, first["DURATION"])
        if problem is not None:
            codes.append(problem)
    if start is not None and end is not None and is_before(end, start):
        codes.append("end_before_start")
    text, texts = properties.text, properties.texts
    uid = text("UID")
    if not uid or uid.isspace():
        uid = _made_uid(properties)
        codes.append("no_uid")
    descriptions = texts("DESCRIPTION")
    event = Event(
        uid,
        text("SUMMARY"),
        descriptions[0] if descriptions else None,
        text("X-ALT-DESC" if "X-ALT-DESC" in first else "STYLED-DESCRIPTION"),
        text("LOCATION"),
        tuple([u for url in texts("URL") if (u := url.strip())]) if "URL" in first else (),
        tuple(_attached(texts("ATTACH"))) if "ATTACH" in first else (),
        texts("COMMENT") + descriptions[1:],
        texts("CATEGORIES"),
        text("STATUS"),
        start,
        end,
    )
    return event, codes


def _attached(values: Iterable[str]) -> Iterator[str]:
    """Addresses of attachments; those that lie in the feed itself are not read."""
    for value in values:
        if value[:8].lower().startswith(("http://", "https://")):
            yield value.strip()


def _shown(urls: Iterable[str]) -> Iterator[str]:
    """Addresses of the web, and what names a paper; `mailto:` and the like are nobody's to see."""
    for url in urls:
        if (address := page((url,))) is not None or refers(url):
            yield address or url


def _made_uid(properties: Properties) -> str:
    told = [
        f"{name}:{properties.first.get(name, '')}"
        for name in ("DTSTART", "SUMMARY", "DESCRIPTION", "LOCATION", "URL")
    ]
    return "no-uid-" + hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _status(status: str | None, method: str) -> Literal["cancelled", "tentative"] | None:
    word = (status or "").strip().upper()
    if word in {"CANCELLED", "CANCELED"} or method == "CANCEL":
        return "cancelled"
    return "tentative" if word == "TENTATIVE" else None


def _texts(account: Account, event: Event) -> tuple[tuple[str, str], ...]:
    """The talk's own texts, then those of the event that hold references, or are for people."""
    texts = list(account.texts)
    there = [name for name, _ in texts]
    if event.comments and "comments" not in there:
        texts.append(("comments", "\n\n".join(plain_text(comment) for comment in event.comments)))
    location = event.location
    if location == account.url and not event.urls:  # researchseminars.org repeats the page there
        location = None
    found = [("location", location), ("summary", event.summary)]
    if event.urls or event.attach:
        found[:0] = [("url", "\n".join(_shown(event.urls))), ("attach", "\n".join(event.attach))]
    texts += [(n, text) for n, text in found if text and n not in there and refers(text)]
    if event.x_alt_desc is not None and "x_alt_desc" not in there:
        text = html_text(event.x_alt_desc)
        if not account.abstract or (refers(text) and not refers(account.abstract)):
            texts.append(("x_alt_desc", text))
    return tuple(texts)
