"""Reader of pretalx's JSON other than `schedule.json`: the widget's schedule, the API's submissions. Pure.

Shapes: `/EVENT/schedule/widgets/schedule.json` (v1 and v2), `/api/events/EVENT/submissions/` and
`/talks/`. Names are strings, objects by language, or codes and numbers of another list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from enrich.feeds.dialects._documents import (
    find_next_page,
    join_names,
    line_of,
    link_of,
    list_of,
    parse_iso_time,
    read_prose,
    select_texts,
    text_of,
    warn_about_start,
)
from enrich.feeds.dialects._shared import line_or_none
from enrich.model import Talk, TalkWarning
from enrich.text.patterns import compile_later

_ACCEPTED = frozenset({"accepted", "confirmed"})
_SLIDES = compile_later(r"\b(?:slides?|folien|presentation)\b", re.IGNORECASE)
_VIDEO = compile_later(r"\b(?:video|recording|aufzeichnung)\b", re.IGNORECASE)
_UNSCHEDULED = (TalkWarning(code="no_start", message="the submission has no slot yet"),)

Names = Mapping[str, str | None]
"""Names of rooms or people, by id."""


def is_widget(document: Any) -> bool:
    """Return whether a document is the widget's schedule."""
    return (
        isinstance(document, Mapping)
        and all(isinstance(document.get(key), list) for key in ("talks", "rooms", "speakers"))
        and any("code" in talk for talk in list_of(document, "talks"))
    )


def is_submissions_page(document: Any) -> bool:
    """Return whether a document is a page of submissions."""
    return isinstance(document, Mapping) and any(map(_is_submission, list_of(document, "results")))


def read_widget(document: Mapping[str, Any]) -> Iterator[Talk | ValueError]:
    """Yield the talks of the widget's schedule."""
    rooms = {
        str(room.get("id")): _find_name(room.get("name")) for room in list_of(document, "rooms")
    }
    people = {
        str(person.get("code")): _find_name(person.get("name"))
        for person in list_of(document, "speakers")
    }
    for index, talk in enumerate(document["talks"], 1):
        if isinstance(talk, Mapping):
            yield _convert_submission(talk, talk, rooms, people)
        else:
            yield ValueError(f"talk {index} is not an object")


def read_submissions(document: Mapping[str, Any]) -> Iterator[Talk | ValueError]:
    """Yield the accepted talks of a page, one per slot."""
    for index, submission in enumerate(document["results"], 1):
        if not isinstance(submission, Mapping) or not _is_submission(submission):
            yield ValueError(f"result {index} is not a submission")
        elif submission.get("state", "confirmed") in _ACCEPTED:
            slots = [*list_of(submission, "slots")]
            if isinstance(submission.get("slot"), Mapping):
                slots = [submission["slot"], *slots]
            seen: dict[str, Mapping[str, Any]] = {}
            for slot in slots or [{}]:
                seen.setdefault(str(slot.get("start")), slot)
            for slot in seen.values():
                yield _convert_submission(submission, slot, {}, {})
    yield from find_next_page(document)


def _is_submission(record: Mapping[str, Any]) -> bool:
    return (
        isinstance(record.get("code"), str)
        and "title" in record
        and not record.keys().isdisjoint({"state", "slot", "slots", "speakers", "submission_type"})
    )


def _convert_submission(
    record: Mapping[str, Any], slot: Mapping[str, Any], rooms: Names, people: Names
) -> Talk:
    start = parse_iso_time(slot.get("start"))
    title = line_or_none(_find_name(record.get("title")))
    resources = list_of(record, "resources")
    speakers = record.get("speakers")
    return Talk(
        id=line_of(record, "code") or title or "talk",
        url=link_of(record, "url"),
        title=title,
        speaker=join_names(
            _find_person(person, people)
            for person in (speakers if isinstance(speakers, list) else ())
        ),
        start_time=start,
        end_time=parse_iso_time(slot.get("end")),
        room=line_or_none(_find_room(slot.get("room"), rooms)),
        slides_link=_find_resource(resources, _SLIDES),
        video_link=_find_resource(resources, _VIDEO),
        abstract=_join_texts(
            read_prose(text_of(record, "abstract")), read_prose(text_of(record, "description"))
        ),
        texts=select_texts(
            ("attach", "\n".join(map(_format_resource, resources))),
            ("title", title),
        ),
        warnings=warn_about_start(slot.get("start"), start) if slot.get("start") else _UNSCHEDULED,
    )


def _join_texts(abstract: str | None, description: str | None) -> str | None:
    """Join both texts; omit one that the other contains."""
    if not abstract or not description or description in abstract:
        return abstract or description
    return description if abstract in description else f"{abstract}\n\n{description}"


def _find_name(value: Any) -> str | None:
    """Return a name from a string or an object by language.

    English is preferred.
    """
    if isinstance(value, Mapping):
        value = value.get("en") or next(
            (v for v in value.values() if isinstance(v, str) and v), None
        )
    return value if isinstance(value, str) else None


def _find_person(person: Any, people: Names) -> str | None:
    if isinstance(person, Mapping):
        return _find_name(person.get("name"))
    return people.get(str(person))


def _find_room(room: Any, rooms: Names) -> str | None:
    if isinstance(room, Mapping):
        return _find_name(room) or _find_name(room.get("name"))
    found = rooms.get(str(room))
    return found if found or not isinstance(room, str) else room


def _format_resource(resource: Mapping[str, Any]) -> str:
    about, address = line_of(resource, "description"), link_of(resource, "resource")
    return f"{about} ({address})" if about and address else address or about or ""


def _find_resource(resources: list[Mapping[str, Any]], pattern: re.Pattern[str]) -> str | None:
    for resource in resources:
        if pattern.search(text_of(resource, "description") or "") and (
            found := link_of(resource, "resource")
        ):
            return found
    return None
