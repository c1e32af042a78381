"""Indico: its calendars (modules/events/ical.py), and `/export/event/N.json?detail=contributions`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from enrich.feeds.dialects import Event, TalkFields
from enrich.feeds.dialects._documents import (
    join_affiliations,
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
from enrich.feeds.dialects._shared import may_refer, split_people, text_or_none
from enrich.feeds.dialects.generic import DIALECT as GENERIC
from enrich.model import Talk, TalkWarning
from enrich.text.web import host_of

_UNSCHEDULED = (TalkWarning(code="no_start", message="the contribution is not scheduled yet"),)


class Indico:
    """Dialect of Indico: DESCRIPTION is "Speakers: A (X), B", the text without tags, and the page's URL."""

    def knows(self, prodid: str, event: Event) -> bool:
        """Recognize PRODID `-//CERN//INDICO//EN`, or a UID `indico-…`."""
        return "INDICO" in prodid or event.uid.startswith("indico-")

    def read(self, event: Event) -> TalkFields:
        """Read an event.

        Speakers and the page's URL are removed from its text.
        """
        talk = GENERIC.read(event)
        text = talk.abstract or ""
        first, _, rest = text.partition("\n")
        if first.startswith(("Speakers: ", "Speaker: ")):
            speaker, affiliation = split_people(first.partition(": ")[2])
            talk = talk._replace(speaker=speaker, speaker_affiliation=affiliation)
            text = text if may_refer(first, event.anchors) else rest  # names are not searched
        if talk.url and not may_refer(talk.url, event.anchors) and text.rstrip().endswith(talk.url):
            before = text.rstrip()[: -len(talk.url)]
            if not before or before[-1].isspace():
                text = before.rstrip()
        return talk._replace(abstract=text_or_none(text.lstrip("\n")))

    def knows_document(self, document: Any) -> bool:
        """Recognize the HTTP API's envelope."""
        return (
            isinstance(document, Mapping)
            and isinstance(document.get("results"), list)
            and (document.get("_type") == "HTTPAPIResult" or "additionalInfo" in document)
        )

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:
        """Yield the contributions of each event, otherwise the event itself."""
        for index, event in enumerate(document["results"], 1):
            if not isinstance(event, Mapping):
                yield ValueError(f"event {index} is not a JSON object")
                continue
            contributions = [
                *list_of(event, "contributions"),
                *(c for s in list_of(event, "sessions") for c in list_of(s, "contributions")),
            ]
            if not contributions:
                yield _convert_record(
                    event, "event", line_of(event, "category"), ("speakers", "chairs")
                )
            for contribution in contributions:
                series = line_of(event, "title")
                yield _convert_record(contribution, "contribution", series, ("speakers",), event)
                for part in list_of(contribution, "subContributions"):
                    yield _convert_record(part, "subcontribution", series, ("speakers",), event)


def _convert_record(
    record: Mapping[str, Any],
    kind: str,
    series: str | None,
    roles: tuple[str, ...],
    event: Mapping[str, Any] | None = None,
) -> Talk:
    url = link_of(record, "url")
    host = host_of(url or link_of(event, "url") or "")
    own = number_of(record, "db_id") or number_of(record, "id")
    start = _parse_record_time(record.get("startDate"))
    people = next((found for role in roles if (found := list_of(record, role))), [])
    attached = [
        part
        for holder in (record, *list_of(record, "folders"), *list_of(record, "material"))
        for key in ("attachments", "resources")
        for part in list_of(holder, key)
    ]
    title = line_of(record, "title")
    slides = next((_find_address(a) for a in attached if "slides" in _get_title(a).lower()), None)
    return Talk(
        id=f"indico-{kind}-{own}@{host}" if own and host else own or url or title or "event",
        url=url,
        title=title,
        speaker=join_names(_format_person(p) for p in people),
        speaker_affiliation=join_affiliations(line_of(p, "affiliation") for p in people),
        series=series,
        start_time=start,
        end_time=_parse_record_time(record.get("endDate")),
        room=line_of(record, "roomFullname") or line_of(record, "room"),
        slides_link=slides,
        abstract=read_prose(text_of(record, "description")),
        texts=select_texts(
            ("attach", "\n".join(f"{_get_title(a)} ({_find_address(a)})" for a in attached)),
            ("title", title),
        ),
        warnings=warn_about_start(record.get("startDate"), start)
        if record.get("startDate")
        else _UNSCHEDULED,
    )


def _parse_record_time(value: Any) -> Any:
    """Return the time of `{"date": "2022-02-18", "time": "18:00:00", "tz": "Europe/Zurich"}`."""
    day, clock = text_of(value, "date"), text_of(value, "time")
    if not day:
        return parse_iso_time(value)
    from zoneinfo import ZoneInfo

    try:
        zone = ZoneInfo(text_of(value, "tz") or "")
    except (ValueError, KeyError, OSError):
        zone = None
    return parse_iso_time(f"{day}T{clock}" if clock else day, zone)


def _format_person(person: Mapping[str, Any]) -> str | None:
    first, last = line_of(person, "first_name"), line_of(person, "last_name")
    if first and last:
        return f"{first} {last}"
    last, comma, first = (line_of(person, "fullName") or line_of(person, "name") or "").partition(
        ", "
    )
    return f"{first} {last}" if comma else last or None


def _get_title(attachment: Mapping[str, Any]) -> str:
    return line_of(attachment, "title") or line_of(attachment, "name") or ""


def _find_address(attachment: Mapping[str, Any]) -> str | None:
    return (
        link_of(attachment, "link_url")
        or link_of(attachment, "download_url")
        or link_of(attachment, "url")
    )


DIALECT = Indico()
