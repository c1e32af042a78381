"""Dialect of any producer: the summary is the title; labels in the description are evaluated.

It is also used for producers without their own form: ics.py, Jekyll, R's calendar, Apple, Outlook,
Google.
"""

from __future__ import annotations

from enrich.feeds.dialects import Event, TalkFields
from enrich.feeds.dialects._shared import (
    CalendarOnly,
    find_web_url,
    room_or_none,
    text_or_none,
    title_or_none,
)
from enrich.feeds.redact_cells import plain_text_with_labels
from enrich.feeds.speakers import find_speaker


class Generic(CalendarOnly):
    """Dialect for all events that no other dialect reads."""

    def knows(self, prodid: str, event: Event) -> bool:  # noqa: ARG002 - the protocol's
        """Return True for any event."""
        return True

    def read(self, event: Event) -> TalkFields:
        """Read title, speaker and text of an event."""
        abstract = (
            text_or_none(plain_text_with_labels(event.description)) if event.description else None
        )
        title = title_or_none(event.summary)
        speaker, affiliation, labelled_title = find_speaker(title, abstract)
        return TalkFields(
            id=event.uid,
            url=find_web_url(event.urls),
            title=labelled_title or title,
            speaker=speaker,
            speaker_affiliation=affiliation,
            room=room_or_none(event.location),
            abstract=abstract,
        )


DIALECT = Generic()
