"""pretalx: its calendar, `schedule.json` (also of frab), the widget's schedule, the API's submissions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from enrich.feeds.dialects import Event, TalkFields
from enrich.feeds.dialects._documents import text_of
from enrich.feeds.dialects._pretalx_json import (
    is_submissions_page,
    is_widget,
    read_submissions,
    read_widget,
)
from enrich.feeds.dialects._schedule import read_schedule
from enrich.feeds.dialects._shared import line_or_none, title_or_none
from enrich.feeds.dialects.generic import DIALECT as GENERIC
from enrich.model import Talk


class Pretalx:
    """Dialect of pretalx: SUMMARY is "TITLE - SPEAKERS", DESCRIPTION the abstract."""

    def knows(self, prodid: str, event: Event) -> bool:
        """Return whether PRODID or UID is pretalx's."""
        return "pretalx" in prodid or event.uid.startswith("pretalx-")

    def read(self, event: Event) -> TalkFields:
        """Split title and speakers at the last " - "."""
        talk = GENERIC.read(event)
        title, dash, speakers = (event.summary or "").rpartition(" - ")
        if not dash or not title.strip():
            return talk
        return talk._replace(title=title_or_none(title), speaker=line_or_none(speakers))

    def knows_document(self, document: Any) -> bool:
        """Return whether pretalx wrote a document.

        It is a schedule, the widget's schedule, or a page of submissions.
        """
        return _is_schedule(document) or is_widget(document) or is_submissions_page(document)

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:
        """Yield the talks of a document.

        If pretalx wrote it, they have the ids of the calendar.
        """
        if _is_schedule(document):
            generator = text_of(document.get("generator"), "name") or ""
            return read_schedule(document["schedule"], generator)
        return read_widget(document) if is_widget(document) else read_submissions(document)


def _is_schedule(document: Any) -> bool:
    """Return whether a document is `{"schedule": {"conference": …}}`."""
    schedule = document.get("schedule") if isinstance(document, Mapping) else None
    return isinstance(schedule, Mapping) and isinstance(schedule.get("conference"), Mapping)


DIALECT = Pretalx()
