"""INSPIRE's seminars: one record of `/api/seminars/N`, or the hits of a search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

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
from enrich.feeds.dialects._shared import DocumentOnly, line_or_none
from enrich.model import Talk
from enrich.text.patterns import compile_later

_SLIDES = compile_later(r"\bslides?\b", re.IGNORECASE)
_VIDEO = compile_later(r"\b(?:video|recording)\b", re.IGNORECASE)


class Inspire(DocumentOnly):
    """Dialect of INSPIRE; `join_urls` and `contact_details` are personal data and not read."""

    def knows_document(self, document: Any) -> bool:
        """Return whether a document holds seminars with speakers and start."""
        records = _list_records(document)
        return bool(records) and any(_is_seminar(r) for r in records)

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:
        """Yield the seminars; times are UTC."""
        for index, record in enumerate(_list_records(document), 1):
            if _is_seminar(record):
                yield _convert_metadata(record["metadata"])
            else:
                yield ValueError(f"record {index} is not a seminar")


def _list_records(document: Any) -> list[Mapping[str, Any]]:
    if not isinstance(document, Mapping):
        return []
    if isinstance(document.get("metadata"), Mapping):
        return [document]
    if "start_datetime" in document:
        return [{"metadata": document}]
    return list_of(document.get("hits"), "hits")


def _is_seminar(record: Mapping[str, Any]) -> bool:
    metadata = record.get("metadata")
    return isinstance(metadata, Mapping) and "speakers" in metadata and "start_datetime" in metadata


def _convert_metadata(data: Mapping[str, Any]) -> Talk:
    own = number_of(data, "control_number")
    start = parse_iso_time(data.get("start_datetime"), UTC)
    speakers = list_of(data, "speakers")
    series = list_of(data, "series")
    material = list_of(data, "material_urls")
    title = line_or_none(read_prose(text_of(data.get("title"), "title")))
    return Talk(
        id=f"inspire-seminar-{own}" if own else title or "seminar",
        url=f"https://inspirehep.net/seminars/{own}" if own else None,
        title=title,
        speaker=join_names(_reorder_name(p) for p in speakers),
        speaker_affiliation=join_affiliations(
            line_of(a, "value") for p in speakers for a in list_of(p, "affiliations")
        ),
        series=line_of(series[0], "name") if series else None,
        status="cancelled" if data.get("deleted") is True else None,
        start_time=start,
        end_time=parse_iso_time(data.get("end_datetime"), UTC),
        room=line_of(data.get("address"), "place_name"),
        slides_link=_find_described_link(material, _SLIDES),
        video_link=_find_described_link(material, _VIDEO),
        abstract=read_prose(text_of(data.get("abstract"), "value")),
        texts=select_texts(
            ("comments", _join_values(list_of(data, "public_notes"))),
            ("attach", _join_values(material)),
            ("url", _join_values(list_of(data, "urls"))),
            ("title", title),
        ),
        warnings=warn_about_start(data.get("start_datetime"), start),
    )


def _reorder_name(person: Mapping[str, Any]) -> str | None:
    """Return `Doe, John` as `John Doe`."""
    last, comma, first = (line_of(person, "name") or "").partition(", ")
    return f"{first} {last}" if comma else last or None


def _find_described_link(items: list[Mapping[str, Any]], pattern: re.Pattern[str]) -> str | None:
    for item in items:
        if pattern.search(text_of(item, "description") or "") and (found := link_of(item, "value")):
            return found
    return None


def _join_values(items: list[Mapping[str, Any]]) -> str | None:
    return "\n".join(v for item in items if (v := read_prose(text_of(item, "value")))) or None


DIALECT = Inspire()
