"""Logical lines of events and calendars: the feed's own, or made of a talk's fields. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from enrich.model import Talk
from enrich.text.content_lines import escape_value, split_content_line
from enrich.text.terminal import drop_unsafe
from enrich.text.tex import plain
from enrich.text.tidy import tidy
from enrich.version import VERSION

_TEXT_PROPERTIES = frozenset(
    (
        *("SUMMARY", "DESCRIPTION", "COMMENT", "LOCATION", "STYLED-DESCRIPTION", "X-ALT-DESC"),
        *("CATEGORIES", "RESOURCES"),
    )
)
"""Properties whose text may have a raw line break."""
_PEOPLE_PROPERTIES = frozenset({"ATTENDEE", "ORGANIZER", "CONTACT", "CALENDAR-ADDRESS"})
_UNKNOWN_TIME = "19700101T000000Z"


def list_event_lines(talk: Talk) -> list[str]:
    """Return the logical lines of a talk's event, with its BEGIN and END lines."""
    return _make_event(talk) if talk.raw is None else _complete_event(_split_block(talk.raw))


def list_head_lines(head: bytes | None, name: str | None) -> tuple[list[str], list[list[str]]]:
    """Return a calendar's own lines, and the lines of each of its zones."""
    own: list[str] = []
    zones: list[list[str]] = []
    open_zone: list[str] | None = None
    for line in _split_block(head or b""):
        mark = line.strip().upper()
        if mark == "BEGIN:VTIMEZONE":
            open_zone = []
            zones.append(open_zone)
        if open_zone is None:
            if split_content_line(line) is not None and mark[:6] != "BEGIN:" and mark[:4] != "END:":
                own.append(line)
        else:
            open_zone.append(line)
            if mark == "END:VTIMEZONE":
                open_zone = None
    names = {parts.name for line in own if (parts := split_content_line(line)) is not None}
    if "PRODID" not in names:
        own.insert(0, f"PRODID:-//enrich//enrich {VERSION}//EN")
    if "VERSION" not in names:
        own.insert(0, "VERSION:2.0")
    if head is None and name and (shown := tidy(drop_unsafe(name))):
        own.append(f"X-WR-CALNAME:{escape_value(shown)}")
    return own, zones


def _split_block(raw: bytes) -> list[str]:
    text = raw.decode("utf-8", "replace").removesuffix("\r\n")
    return text.split("\r\n") if text else []


def _complete_event(lines: list[str]) -> list[str]:
    """Return an event's lines in valid form, from BEGIN to END.

    A line without a property name continues the text before it, after a raw line break, as
    `feeds.ical.values` reads it. The line break is escaped.
    """
    if not lines:
        return ["BEGIN:VEVENT", "END:VEVENT"]
    glued = lines[0].partition(":")[2].lstrip()[len("VEVENT") :].strip()  # a fold after BEGIN
    rest = [glued, *lines[1:]] if glued else lines[1:]
    if rest and rest[-1].replace(" ", "").upper() == "END:VEVENT":
        rest.pop()
    return ["BEGIN:VEVENT", *_join_raw_breaks(rest), "END:VEVENT"]


def _join_raw_breaks(lines: Iterable[str]) -> Iterator[str]:
    kept: list[str] = []
    text: int | None = None  # number of the last text property's line
    last, blanks, continues = "", 0, False
    for line in lines:
        parts = None if continues else split_content_line(line)
        if continues:  # quoted-printable, vCalendar 1.0: a soft line break
            kept[-1] = kept[-1][:-1] + line
        elif parts is not None:
            kept.append(line)
            last, blanks = parts.name, 0
            if last in _TEXT_PROPERTIES:
                text = len(kept) - 1
        elif not line.strip():
            blanks += 1
            continue
        elif (
            text is not None
            and last not in _PEOPLE_PROPERTIES
            and (last[:2] != "X-" or last in _TEXT_PROPERTIES)
        ):
            kept[text] += "\\n" * (blanks + 1) + line
            blanks = 0
        if parts is not None or continues:
            continues = "QUOTED-PRINTABLE" in kept[-1].partition(":")[0].upper() and kept[
                -1
            ].endswith("=")
    if continues:  # no line follows: drop the `=`, which would join the next property
        kept[-1] = kept[-1].rstrip("=")
    return iter(kept)


def _make_event(talk: Talk) -> list[str]:
    """Return the lines of an event for a talk that is not from a calendar.

    A recurrence is left out, because the talk's start is one occurrence's, not the rule's.
    """
    fields = (
        *("DTSTAMP:" + _format_utc(talk.start_time), _format_moment("DTSTART", talk.start_time)),
        *(_format_moment("DTEND", talk.end_time), _format_text("UID", talk.id) or "UID:talk"),
        _format_text("SUMMARY", talk.title and plain(talk.title)),
        _format_text("DESCRIPTION", make_description(talk), keep_breaks=True),
        _format_text("LOCATION", talk.room),
        _format_uri("URL", talk.url),
        *(_format_uri("ATTACH", talk.slides_link), _format_uri("ATTACH", talk.video_link)),
        f"STATUS:{talk.status.upper()}" if talk.status in {"cancelled", "tentative"} else "",
    )
    return ["BEGIN:VEVENT", *(line for line in fields if line), "END:VEVENT"]


def make_description(talk: Talk) -> str:
    """Return the description of a made event: speaker, series, abstract."""
    speaker = talk.speaker or ""
    if speaker and talk.speaker_affiliation:
        speaker += f" ({talk.speaker_affiliation})"
    head = [text for text in (tidy(speaker), tidy(talk.series or "")) if text]
    return "\n".join([*head, *([""] if head and talk.abstract else []), talk.abstract or ""])


def _format_text(name: str, text: str | None, *, keep_breaks: bool = False) -> str:
    text = drop_unsafe(text or "").replace("\t", " ")
    text = text.rstrip() if keep_breaks else tidy(text)
    return f"{name}:{escape_value(text)}" if text else ""


def _format_uri(name: str, url: str | None) -> str:
    url = "".join(drop_unsafe(url or "").split())
    return f"{name}:{url}" if url.startswith(("https://", "http://")) else ""


def _format_moment(name: str, time: datetime | date | None) -> str:
    if time is None:
        return ""
    if not isinstance(time, datetime):
        return f"{name};VALUE=DATE:{_format_digits(time)}"
    if time.tzinfo is None:
        return f"{name}:{_format_digits(time)}"
    return f"{name}:{_format_utc(time)}"


def _format_utc(time: datetime | date | None) -> str:
    """Return a time in UTC; a time without a zone counts as UTC."""
    if not isinstance(time, datetime):
        return _UNKNOWN_TIME if time is None else _format_digits(time) + "T000000Z"
    try:
        return _format_digits(time.astimezone(UTC) if time.tzinfo else time) + "Z"
    except OverflowError:  # the years 1 and 9999
        return _format_digits(time) + "Z"


def _format_digits(time: datetime | date) -> str:
    text = time.isoformat()[: len("2022-02-18T18:00:00")]
    return text.replace("-", "").replace(":", "")
