"""Whoever wrote the event: the summary is the title, labelled lines of the description are believed.

Also the producers without habits that matter here: ics.py, Jekyll, R's calendar, Apple, Outlook, Google.
"""

from __future__ import annotations

import re

from enrich.feeds.dialects import Event, TalkFields
from enrich.feeds.dialects._shared import (
    CalendarOnly,
    page,
    people,
    room,
    text_or_none,
    title_or_none,
)
from enrich.text.html import plain_text

_SPEAKER = re.compile(
    r"^[ \t*_-]{0,4}(?:speakers?|presenters?|lecturer|referent(?:in)?|vortragender?|orateur|ponente)"
    r"(?: ?name)?[*_ ]{0,3}:[*_]{0,2}[ \t]*\n?[ \t]*(?P<who>\S[^\r\n]{0,300})$",
    re.IGNORECASE | re.MULTILINE,
)


class Generic(CalendarOnly):
    """What nobody else knows."""

    def knows(self, prodid: str, event: Event) -> bool:  # noqa: ARG002 - the protocol's
        """Any event."""
        return True

    def read(self, event: Event) -> TalkFields:
        """Title from the summary, speaker from a line "Speaker: …", text from the description."""
        abstract = text_or_none(plain_text(event.description)) if event.description else None
        speaker, affiliation = labelled_speaker(abstract)
        return TalkFields(
            id=event.uid,
            url=page(event.urls),
            title=title_or_none(event.summary),
            speaker=speaker,
            speaker_affiliation=affiliation,
            room=room(event.location),
            abstract=abstract,
        )


def labelled_speaker(text: str | None) -> tuple[str | None, str | None]:
    r"""Name and affiliation from the first line "Speaker: NAME (AFFILIATION)".

    >>> labelled_speaker("Speaker: Emmy Noether (Göttingen)\nOn invariants.")
    ('Emmy Noether', 'Göttingen')
    """
    if not text or ":" not in text:
        return None, None
    found = _SPEAKER.match(text)
    at = 0
    while found is None and (at := text.find("\n", at) + 1):  # a quarter of a search's time
        found = _SPEAKER.match(text, at)
    return (None, None) if found is None else people(found["who"].strip("*_ "))


DIALECT = Generic()
