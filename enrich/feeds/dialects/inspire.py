"""INSPIRE's seminars: one record of `/api/seminars/N`, or the hits of a search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from enrich.feeds.dialects._documents import (
    affiliations,
    further_texts,
    joined,
    line_of,
    link_of,
    list_of,
    moment,
    number_of,
    prose,
    text_of,
    time_warnings,
)
from enrich.feeds.dialects._shared import DocumentOnly, line_or_none
from enrich.model import Talk
from enrich.text.patterns import compile_later

_SLIDES = compile_later(r"\bslides?\b", re.IGNORECASE)
_VIDEO = compile_later(r"\b(?:video|recording)\b", re.IGNORECASE)


class Inspire(DocumentOnly):
    """`join_urls` and `contact_details` are private and never read."""

    def knows_document(self, document: Any) -> bool:
        """Return whether it holds metadata with speakers and a start."""
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
    start = moment(data.get("start_datetime"), UTC)
    speakers = list_of(data, "speakers")
    series = list_of(data, "series")
    material = list_of(data, "material_urls")
    title = line_or_none(prose(text_of(data.get("title"), "title")))
    return Talk(
        id=f"inspire-seminar-{own}" if own else title or "seminar",
        url=f"https://inspirehep.net/seminars/{own}" if own else None,
        title=title,
        speaker=joined(_reorder_name(p) for p in speakers),
        speaker_affiliation=affiliations(
            line_of(a, "value") for p in speakers for a in list_of(p, "affiliations")
        ),
        series=line_of(series[0], "name") if series else None,
        status="cancelled" if data.get("deleted") is True else None,
        start_time=start,
        end_time=moment(data.get("end_datetime"), UTC),
        room=line_of(data.get("address"), "place_name"),
        slides_link=_described(material, _SLIDES),
        video_link=_described(material, _VIDEO),
        abstract=prose(text_of(data.get("abstract"), "value")),
        texts=further_texts(
            ("comments", _values(list_of(data, "public_notes"))),
            ("attach", _values(material)),
            ("url", _values(list_of(data, "urls"))),
            ("title", title),
        ),
        warnings=time_warnings(data.get("start_datetime"), start),
    )


def _reorder_name(person: Mapping[str, Any]) -> str | None:
    """Return `Doe, John` as `John Doe`."""
    last, comma, first = (line_of(person, "name") or "").partition(", ")
    return f"{first} {last}" if comma else last or None


def _described(items: list[Mapping[str, Any]], pattern: re.Pattern[str]) -> str | None:
    for item in items:
        if pattern.search(text_of(item, "description") or "") and (found := link_of(item, "value")):
            return found
    return None


def _values(items: list[Mapping[str, Any]]) -> str | None:
    return "\n".join(v for item in items if (v := prose(text_of(item, "value")))) or None


DIALECT = Inspire()
