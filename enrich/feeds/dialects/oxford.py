"""Oxford Talks (ox-it/talks.ox, talks/core/renderers.py): the UID is the talk's page."""

from __future__ import annotations

from enrich.feeds.dialects import Event, TalkFields
from enrich.feeds.dialects._shared import (
    CalendarOnly,
    find_web_url,
    may_refer,
    split_people,
    text_or_none,
)
from enrich.feeds.dialects.generic import DIALECT as GENERIC

_LABEL = "\nSpeakers:\n"


class Oxford(CalendarOnly):
    """Dialect of Oxford Talks: DESCRIPTION is the text, then "Speakers:" and a line of names."""

    def knows(self, prodid: str, event: Event) -> bool:
        """Return whether PRODID or UID is that of Oxford Talks."""
        return "talks.ox" in prodid or (
            event.uid.startswith("http")
            and "/talks/id/" in event.uid
            and "Speakers:" in (event.description or "")
        )

    def read(self, event: Event) -> TalkFields:
        """Move the speakers from the text into their own fields.

        The text after them stays.
        """
        talk = GENERIC.read(event)._replace(url=find_web_url((event.uid, *event.urls)))
        text, label, rest = f"\n{talk.abstract or ''}".rpartition(_LABEL)
        if not label:
            return talk._replace(abstract=text_or_none(rest.strip("\n")))
        names, _, below = rest.partition("\n")
        speaker, affiliation = split_people(names)
        if may_refer(names, event.anchors):  # names are not searched
            return talk._replace(speaker=speaker, speaker_affiliation=affiliation)
        kept = [part for part in (text.strip("\n"), below.strip("\n")) if part]
        return talk._replace(
            speaker=speaker,
            speaker_affiliation=affiliation,
            abstract=text_or_none("\n\n".join(kept)),
        )


DIALECT = Oxford()
