"""The Events Calendar for WordPress (src/Tribe/iCal.php), which strips tags and keeps entities."""

from __future__ import annotations

from enrich.feeds.dialects import Event, TalkFields
from enrich.feeds.dialects._shared import CalendarOnly, line_or_none
from enrich.feeds.dialects.generic import DIALECT as GENERIC
from enrich.text.html import unescape_entities


class EventsCalendar(CalendarOnly):
    r"""Dialect of The Events Calendar.

    The producer escapes only `,` and line breaks, so LaTeX such as `\nu` cannot be restored.
    """

    def knows(self, prodid: str, event: Event) -> bool:  # noqa: ARG002 - the protocol's
        """Return whether PRODID is like `-//NAME - ECPv6.0//NONSGML v1.0//EN`."""
        return " - ECPv" in prodid

    def read(self, event: Event) -> TalkFields:
        """Read an event as `generic`, and decode the title's entities."""
        talk = GENERIC.read(event)
        if event.summary and "&" in event.summary:
            return talk._replace(title=line_or_none(unescape_entities(event.summary)))
        return talk


DIALECT = EventsCalendar()
