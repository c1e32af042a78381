"""Virtual conferences with the software of NeurIPS, ICML, ICLR and CVPR: `/static/virtual/data/…json`.

An event's paper is the address under `paper_url`; media that are not visible are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from enrich.feeds.dialects._documents import (
    find_next_page,
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
from enrich.feeds.dialects._shared import DocumentOnly, title_or_none
from enrich.model import Talk, TalkWarning
from enrich.text.patterns import compile_later

_MARKS = frozenset({"eventtype", "virtualsite_url", "starttime", "paper_url", "poster_position"})
_SLIDES = compile_later(r"\bslides?\b", re.IGNORECASE)
_VIDEO = compile_later(r"\b(?:video|recording|youtube|slideslive)\b", re.IGNORECASE)
_OF_A_GROUP = compile_later(r"/group\b")
"""Pattern in OpenReview's address of a venue, which is not a paper."""
_UNSCHEDULED = (TalkWarning(code="no_start", message="the event has no start"),)


class VirtualConference(DocumentOnly):
    """Dialect of virtual conferences: the listed authors of a talk or poster are its speakers."""

    def knows_document(self, document: Any) -> bool:
        """Return whether it is a page of events."""
        return isinstance(document, Mapping) and any(map(_is_event, list_of(document, "results")))

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:
        """Yield the events of the page."""
        for index, record in enumerate(document["results"], 1):
            if isinstance(record, Mapping) and _is_event(record):
                yield _convert_event_record(record)
            else:
                yield ValueError(f"result {index} is not an event of a conference")
        yield from find_next_page(document)


def _is_event(record: Mapping[str, Any]) -> bool:
    return "name" in record and len(record.keys() & _MARKS) > 1


def _convert_event_record(record: Mapping[str, Any]) -> Talk:
    start = parse_iso_time(record.get("starttime"))
    title = title_or_none(text_of(record, "name"))
    people = list_of(record, "authors")
    media = [one for one in list_of(record, "eventmedia") if one.get("visible") is not False]
    papers = dict.fromkeys(
        filter(None, (link_of(record, "paper_url"), link_of(record, "paper_pdf_url")))
    )
    source = link_of(record, "sourceurl")
    if not papers and source and not _OF_A_GROUP.search(source):
        papers[source] = None
    number = number_of(record, "id")
    return Talk(
        id=line_of(record, "uid") or number or title or "event",
        url=link_of(record, "virtualsite_url") or link_of(record, "url"),
        title=title,
        speaker=join_names(line_of(person, "fullname") for person in people),
        speaker_affiliation=join_affiliations(line_of(person, "institution") for person in people),
        series=line_of(record, "session"),
        start_time=start,
        end_time=parse_iso_time(record.get("endtime")),
        room=line_of(record, "room_name"),
        slides_link=_find_medium(media, _SLIDES),
        video_link=_find_medium(media, _VIDEO),
        abstract=read_prose(text_of(record, "abstract")),
        texts=select_texts(
            ("paper_link", "\n".join(papers)),
            ("url", link_of(record, "url")),
            ("attach", "\n".join(filter(None, map(_format_medium, media)))),
            ("title", title),
        ),
        warnings=warn_about_start(record.get("starttime"), start)
        if record.get("starttime")
        else _UNSCHEDULED,
    )


def _find_medium(media: list[Mapping[str, Any]], pattern: re.Pattern[str]) -> str | None:
    for one in media:
        if pattern.search(text_of(one, "name") or "") and (found := link_of(one, "uri")):
            return found
    return None


def _format_medium(medium: Mapping[str, Any]) -> str | None:
    name, address = line_of(medium, "name"), link_of(medium, "uri")
    return f"{name} ({address})" if name and address else address


DIALECT = VirtualConference()
