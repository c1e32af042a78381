"""Ids and starts of all talks that the feeds of one run hold, before any filter. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from enrich.model import Notice, Recurrence, Talk

TalkKey = tuple[str | None, str]
"""Name of a feed (None: the feed has no name) and id of a talk."""

_OF_OTHER_RUNS = frozenset({"stale_feed", "unreadable_feed"})
"""Notices whose feed is not a calendar of this run, but a host or a feed of an earlier output."""

_TRUNCATED = frozenset({"truncated_event", "truncated_feed"})
"""Notices of a feed that was not read to its end."""


class StatedStart(NamedTuple):
    """Start of a talk or series, as its feed states it in this run."""

    start: datetime | date | None
    recurrence: Recurrence | None


class FeedContents:
    """Talks and unreadable events of one run's feeds; filled while they are read."""

    def __init__(self) -> None:
        self._stated: dict[TalkKey, list[StatedStart]] = {}
        self._unreadable: set[TalkKey] = set()
        self._ids: set[str] = set()
        self._read_feeds: set[str | None] = set()
        self._failed_feeds: set[str | None] = set()
        self._with_duplicates: set[str | None] = set()
        self._current_names: set[str | None] = set()  # of the feed that is read now
        self._is_truncated = False

    def add_talk(self, talk: Talk) -> None:
        """Add a talk of the current feed."""
        name = talk.feed.name
        self._current_names.add(name)
        self._ids.add(talk.id)
        stated = StatedStart(talk.start_time, talk.occurrences)
        self._stated.setdefault((name, talk.id), []).append(stated)

    def add_notice(self, notice: Notice) -> None:
        """Add the event or the duplicates that a notice of the current feed reports."""
        if notice.code in _OF_OTHER_RUNS:
            return
        self._current_names.add(notice.feed)
        if notice.code in _TRUNCATED:  # the talks behind the end may still be in the feed
            self._is_truncated = True
        if notice.event is not None:  # an unreadable event is still in the feed
            self._unreadable.add((notice.feed, notice.event))
        if notice.code == "duplicates_dropped":
            self._with_duplicates.add(notice.feed)

    def end_feed(self) -> None:
        """Record that the current feed was read to its end, or was truncated."""
        if self._is_truncated:
            self._failed_feeds |= self._current_names
        else:
            self._read_feeds |= self._current_names
        self._current_names.clear()
        self._is_truncated = False

    def fail_feed(self, name: str | None) -> None:
        """Record that the current feed could not be read."""
        self._failed_feeds |= self._current_names if name is None else {name, *self._current_names}
        self._current_names.clear()
        self._is_truncated = False

    def list_stated(self) -> Iterator[tuple[TalkKey, Sequence[StatedStart]]]:
        """Yield each key with its starts."""
        yield from self._stated.items()

    def has_lost(self, key: TalkKey) -> bool:
        """Return whether a feed was read and has no talk of this id.

        A feed does not count as read if another one of its name failed. A talk that was dropped as a
        duplicate of another feed's is not lost.
        """
        name, id_ = key
        if name not in self._read_feeds or name in self._failed_feeds:
            return False
        if key in self._stated or key in self._unreadable:
            return False
        return not (name in self._with_duplicates and id_ in self._ids)

    def has_talk(self, key: TalkKey) -> bool:
        """Return whether a feed of this run has a readable talk of this id."""
        name, id_ = key
        return key in self._stated or (name in self._with_duplicates and id_ in self._ids)


def group_by_key(talks: Iterable[Talk]) -> Mapping[TalkKey, list[Talk]]:
    """Return the talks by feed and id."""
    found: dict[TalkKey, list[Talk]] = {}
    for talk in talks:
        found.setdefault((talk.feed.name, talk.id), []).append(talk)
    return found
