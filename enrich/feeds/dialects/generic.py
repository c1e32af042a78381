"""Whoever wrote the event: the summary is the title, labelled lines of the description are believed.

Also the producers without habits that matter here: ics.py, Jekyll, R's calendar, Apple, Outlook, Google.
"""

from __future__ import annotations

from enrich.feeds.dialects import Event, TalkFields
from enrich.feeds.dialects._shared import (
    CalendarOnly,
    page,
    room,
    text_or_none,
    title_or_none,
)
from enrich.feeds.speakers import find_speaker
from enrich.text.html import plain_text


class Generic(CalendarOnly):
    """What nobody else knows."""

    def knows(self, prodid: str, event: Event) -> bool:  # noqa: ARG002 - the protocol's
        """Return True: any event."""
        return True

    def read(self, event: Event) -> TalkFields:
        """Read title, speaker and text of an event."""
        abstract = text_or_none(plain_text(event.description)) if event.description else None
        title = title_or_none(event.summary)
        speaker, affiliation, labelled_title = find_speaker(title, abstract)
        return TalkFields(
            id=event.uid,
            url=page(event.urls),
            title=labelled_title or title,
            speaker=speaker,
            speaker_affiliation=affiliation,
            room=room(event.location),
            abstract=abstract,
        )


DIALECT = Generic()
