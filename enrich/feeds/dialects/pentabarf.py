"""`schedule.xml` of Pentabarf, frab, pretalx, wafer and FOSDEM."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from enrich.feeds.dialects._schedule import from_xml, read_schedule
from enrich.feeds.dialects._shared import DocumentOnly
from enrich.model import Talk


class Pentabarf(DocumentOnly):
    """Dialect of XML schedules; `pretalx` reads those in JSON."""

    def knows_document(self, document: Any) -> bool:
        """Return whether a document is a `<schedule>`.

        It must have a conference, or days with rooms.
        """
        return getattr(document, "tag", None) == "schedule" and (
            document.find("conference") is not None or document.find("day/room") is not None
        )

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:
        """Yield the talks of the schedule."""
        schedule, generator = from_xml(document)
        return read_schedule(schedule, generator)


DIALECT = Pentabarf()
