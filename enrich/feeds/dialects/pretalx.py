"""pretalx: the calendar (pretalx, schedule/domain/ical.py) and `schedule.json`, which frab writes too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from enrich.feeds.dialects import Event, TalkFields
from enrich.feeds.dialects._documents import text_of
from enrich.feeds.dialects._schedule import read_schedule
from enrich.feeds.dialects._shared import line_or_none, title_or_none
from enrich.feeds.dialects.generic import DIALECT as GENERIC
from enrich.model import Talk


class Pretalx:
    """SUMMARY is "TITLE - SPEAKERS", DESCRIPTION the abstract alone."""

    def knows(self, prodid: str, event: Event) -> bool:
        """Return whether PRODID or UID are of pretalx."""
        return "pretalx" in prodid or event.uid.startswith("pretalx-")

    def read(self, event: Event) -> TalkFields:
        """Split title and speakers at the last " - "."""
        talk = GENERIC.read(event)
        title, dash, speakers = (event.summary or "").rpartition(" - ")
        if not dash or not title.strip():
            return talk
        return talk._replace(title=title_or_none(title), speaker=line_or_none(speakers))

    def knows_document(self, document: Any) -> bool:
        """Return whether it is `{"schedule": {"conference": …}}`."""
        schedule = document.get("schedule") if isinstance(document, Mapping) else None
        return isinstance(schedule, Mapping) and isinstance(schedule.get("conference"), Mapping)

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:
        """Yield its talks, with the calendar's ids if pretalx wrote it."""
        return read_schedule(document["schedule"], text_of(document.get("generator"), "name") or "")


DIALECT = Pretalx()
