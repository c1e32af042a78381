"""Reader of the conference schedule of Pentabarf, frab, pretalx, wafer and FOSDEM. Pure.

XML and JSON have the same elements; XML is converted to the form of JSON first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from enrich.codes import TalkStatus
from enrich.feeds.dialects._documents import (
    join_names,
    line_of,
    link_of,
    list_of,
    number_of,
    parse_iso_time,
    read_prose,
    select_texts,
    text_of,
    warn_about_start,
)
from enrich.model import Talk, TalkWarning
from enrich.text.patterns import compile_later
from enrich.text.web import host_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_SLIDES = compile_later(r"\b(?:slides?|presentation|folien)\b", re.IGNORECASE)
_VIDEO = compile_later(r"\b(?:video|recording|aufzeichnung)\b", re.IGNORECASE)
_CLOCK = compile_later(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?::(\d{2}))?")


def read_schedule(schedule: Mapping[str, Any], generator: str) -> Iterator[Talk | ValueError]:
    """Yield the talks of a schedule.

    `schedule` has the form of JSON: `{"conference": {"days": [{"rooms": …}]}}`.
    """
    conference = schedule.get("conference")
    zone = _open_zone(text_of(conference, "time_zone_name"))
    for day in list_of(conference, "days"):
        rooms = day.get("rooms")
        for room, events in rooms.items() if isinstance(rooms, Mapping) else ():
            for index, event in enumerate(events if isinstance(events, list) else (), 1):
                if isinstance(event, Mapping):
                    yield _convert_event(
                        event,
                        conference=conference,
                        day=day,
                        room=str(room),
                        zone=zone,
                        generator=generator,
                    )
                else:
                    yield ValueError(f"event {index} in {room} is not a JSON object")


def from_xml(root: Any) -> tuple[dict[str, Any], str]:
    """Convert a `<schedule>` to the form of JSON.

    The second value is the name of its generator.
    """
    conference = root.find("conference")
    days = [
        {
            **dict(day.attrib),
            "rooms": _group_by_room(
                (room.get("name") or "", _convert_xml_event(event))
                for room in day.iterfind("room")
                for event in room.iterfind("event")
            ),
        }
        for day in root.iterfind("day")
    ]
    generator = root.find("generator")
    about = (
        {} if conference is None else {e.tag: _join_text(e) for e in conference if _is_element(e)}
    )
    name = "" if generator is None else generator.get("name") or ""
    return {"conference": {**about, "days": days}}, name


def _group_by_room(events: Any) -> dict[str, list[dict[str, Any]]]:
    rooms: dict[str, list[dict[str, Any]]] = {}
    for room, event in events:
        rooms.setdefault(room, []).append(event)
    return rooms


def _convert_xml_event(event: Any) -> dict[str, Any]:
    found: dict[str, Any] = {**dict(event.attrib)}
    for child in event:
        if not _is_element(child):
            continue
        if child.tag == "persons":
            found["persons"] = [{"public_name": _join_text(p)} for p in child.iterfind("person")]
        elif child.tag in {"links", "attachments"}:
            found[child.tag] = [
                {"url": part.get("href") or _join_text(part), "title": _join_text(part)}
                for part in child
                if _is_element(part)
            ]
        else:
            found[child.tag] = _join_text(child)
    return found


def _is_element(element: Any) -> bool:
    return isinstance(element.tag, str)  # comments and entities are elements too


def _join_text(element: Any) -> str:
    return "".join(element.itertext()).strip()


def _convert_event(
    event: Mapping[str, Any],
    *,
    conference: Any,
    day: Mapping[str, Any],
    room: str,
    zone: ZoneInfo | None,
    generator: str,
) -> Talk:
    start = _find_start(event, day, zone)
    url = _find_page(event)
    persons = list_of(event, "persons")
    links = [*list_of(event, "links"), *list_of(event, "attachments")]
    slides = _find_titled_link(links, _SLIDES)
    return Talk(
        id=_make_event_id(event, conference, url, generator),
        url=url,
        title=line_of(event, "title"),
        speaker=join_names(line_of(p, "public_name") or line_of(p, "name") for p in persons),
        series=line_of(conference, "title"),
        start_time=start,
        end_time=_find_end(start, text_of(event, "duration")),
        status=_convert_state(line_of(event, "state")),
        room=line_of(event, "room") or room or None,
        slides_link=slides,
        video_link=link_of(event, "video_download_url") or _find_titled_link(links, _VIDEO),
        abstract=_join_abstracts(
            read_prose(text_of(event, "abstract")), read_prose(text_of(event, "description"))
        ),
        texts=select_texts(
            ("url", link_of(event, "url")),
            ("attach", "\n".join(_format_titled_link(part) for part in links)),
            ("title", line_of(event, "title")),
            ("subtitle", line_of(event, "subtitle")),
        ),
        warnings=(
            *warn_about_start(event.get("date") or event.get("start"), start),
            *_zone_warnings(conference, zone, start),
        ),
    )


def _convert_state(state: str | None) -> TalkStatus | None:
    if state in {"canceled", "cancelled"}:
        return "cancelled"
    return "postponed" if state == "postponed" else None


def _make_event_id(
    event: Mapping[str, Any], conference: Any, url: str | None, generator: str
) -> str:
    """Return the UID in pretalx's calendar, otherwise the event's id."""
    code, slug = line_of(event, "code"), line_of(conference, "acronym")
    host = host_of(url) if url else None
    if generator.lower() == "pretalx" and code and slug and host:
        return f"pretalx-{slug}-{code}@{host}"
    return (
        line_of(event, "guid") or number_of(event, "id") or line_of(event, "slug") or url or "event"
    )


def _find_page(event: Mapping[str, Any]) -> str | None:
    for key in ("url", "full_conf_url", "conf_url", "origin_url"):
        if found := link_of(event, key):
            return found
    return None


def _open_zone(name: str | None) -> ZoneInfo | None:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return None


def _zone_warnings(
    conference: Any, zone: ZoneInfo | None, start: datetime | date | None
) -> tuple[TalkWarning, ...]:
    """Return a warning if a time needs an unknown zone."""
    name = line_of(conference, "time_zone_name")
    if zone is not None or not name or not isinstance(start, datetime) or start.tzinfo is not None:
        return ()
    return (TalkWarning(code="unknown_zone", message=f"the time zone {name[:60]!r} is unknown"),)


def _find_start(
    event: Mapping[str, Any], day: Mapping[str, Any], zone: ZoneInfo | None
) -> datetime | date | None:
    """Return the start of an event.

    It is the event's own time, otherwise the day's date with a time of day, which may be past midnight.
    """
    found = parse_iso_time(event.get("date"), zone)
    if isinstance(found, datetime):
        return found
    on = found or parse_iso_time(day.get("date"))
    clock = _CLOCK.fullmatch(text_of(event, "start") or "")
    if on is None or clock is None:
        return on
    begins = parse_iso_time(day.get("start"), zone)
    try:
        time = datetime(on.year, on.month, on.day, tzinfo=zone) + _parse_length(clock)
        if isinstance(begins, datetime) and begins.replace(tzinfo=None) > time.replace(tzinfo=None):
            time += timedelta(days=1)
    except OverflowError:  # after 9999
        return on
    return time


def _find_end(start: datetime | date | None, duration: str | None) -> datetime | None:
    clock = _CLOCK.fullmatch(duration or "")
    if clock is None or not isinstance(start, datetime):
        return None
    try:
        return start + _parse_length(clock)
    except OverflowError:  # after 9999
        return None


def _parse_length(clock: re.Match[str]) -> timedelta:
    """Convert `H:MM`, `H:MM:SS` or `D:HH:MM:SS`."""
    parts = [int(p) for p in clock[0].split(":")]
    if len(parts) == 4:
        return timedelta(days=parts[0], hours=parts[1], minutes=parts[2], seconds=parts[3])
    return timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2] if len(parts) == 3 else 0)


def _find_titled_link(links: list[Mapping[str, Any]], pattern: re.Pattern[str]) -> str | None:
    for part in links:
        if pattern.search(text_of(part, "title") or "") and (found := link_of(part, "url")):
            return found
    return None


def _format_titled_link(part: Mapping[str, Any]) -> str:
    title, url = line_of(part, "title"), link_of(part, "url")
    return f"{title} ({url})" if title and url and title != url else url or title or ""


def _join_abstracts(abstract: str | None, description: str | None) -> str | None:
    """Join both texts; omit one that the other contains."""
    if not abstract or not description:
        return abstract or description
    if abstract in description:
        return description
    return abstract if description in abstract else f"{abstract}\n\n{description}"
