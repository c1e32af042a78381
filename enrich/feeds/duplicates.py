"""Keys of talks, equal for duplicates, and the filter that drops duplicates. Pure.

A key is equal in every process and on every machine, so that parallel runs can exchange keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableSet
from datetime import date, datetime

from enrich.feeds.ical.lines import hash_key
from enrich.model import Notice, Talk
from enrich.text.patterns import compile_later
from enrich.text.times import format_instant

_TALK_PAGE = compile_later(
    r"https?://(?:www\.)?(?:researchseminars|mathseminars)\.org/talk/([^/?#]+/-?\d+)/?",
    re.IGNORECASE,
)


def talk_key(talk: Talk) -> int:
    """Return the key of a talk.

    It is made of the page on researchseminars.org, otherwise of id and start.

    >>> talk_key(Talk(id="1")) == talk_key(Talk(id="1", room="5")) != talk_key(Talk(id="2"))
    True
    """
    page = None if talk.url is None else _TALK_PAGE.fullmatch(talk.url)
    if page is not None:
        return hash_key(b"page\0" + page[1].encode())
    start = format_instant(talk.start_time) or f"title\0{talk.title}"
    return hash_key(f"start\0{talk.id}\0{start}".encode("utf-8", "surrogatepass"))


def override_key(talk: Talk, recurrence: datetime | date | str) -> int:
    """Return the key of an event that overrides an occurrence.

    `recurrence` is its RECURRENCE-ID.
    """
    named = recurrence if isinstance(recurrence, str) else format_instant(recurrence)
    return hash_key(f"recurrence\0{talk.id}\0{named}".encode("utf-8", "surrogatepass"))


def distinguishing_key(talk: Talk) -> int:
    """Return a key of the title, or 0 if not needed.

    Talks with the same key but different titles are different talks. A talk with a page on
    researchseminars.org needs no key of its title.
    """
    if talk.url is not None and _TALK_PAGE.fullmatch(talk.url):
        return 0
    return hash_key((talk.title or "").encode("utf-8", "surrogatepass"))


class DuplicateFilter:
    """Filter that drops talks returned before, and reports their number."""

    def __init__(self, seen: MutableSet[int] | None, *, dropped: int = 0) -> None:
        """Start with the keys of earlier feeds' talks.

        Each new key is added to `seen`. Without `seen`, nothing is dropped.
        """
        self._seen = seen
        self._feed_talks: set[tuple[int, int]] = set()
        """Key and title's key of each talk of this feed."""
        self._feed_keys: set[int] = set()
        self._dropped = dropped

    def add(self, key: int, title: int = 0) -> bool:
        """Add a talk; return False if it is a duplicate.

        A duplicate has the key of an earlier feed's talk, or key and title of a talk of this feed.
        """
        if self._seen is None:
            return True
        talk = (key, title)
        if talk in self._feed_talks or (key in self._seen and key not in self._feed_keys):
            self._dropped += 1
            return False
        self._feed_talks.add(talk)
        self._feed_keys.add(key)
        self._seen.add(key)
        return True

    def report(self, on_notice: Callable[[Notice], None], feed: str | None) -> None:
        """Report the number of dropped talks, if any."""
        if self._dropped:
            message = (
                f"{self._dropped} duplicate{'s were' if self._dropped > 1 else ' was'} dropped"
            )
            on_notice(Notice(code="duplicates_dropped", message=message, feed=feed))
