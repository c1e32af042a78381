"""What the feeds of one run hold before any filter: ids and starts, by the name of the feed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from enrich.model import Notice, Recurrence, Talk

Key = tuple[str | None, str]
"""The name of a feed and the id of a talk."""

_OF_OTHER_RUNS = frozenset({"stale_feed", "unreadable_feed"})
"""Notices that do not name a calendar that was read: hosts, and feeds of an earlier output."""


class Stated(NamedTuple):
    """When a talk starts, as its feed has it now."""

    start: datetime | date | None
    series: Recurrence | None


class Holdings:
    """What the feeds of one run hold; filled while they are read."""

    def __init__(self) -> None:
        self._stated: dict[Key, list[Stated]] = {}
        self._broken: set[Key] = set()
        self._ids: set[str] = set()
        self._read: set[str | None] = set()
        self._failed: set[str | None] = set()
        self._with_duplicates: set[str | None] = set()
        self._names: set[str | None] = set()

    def add_talk(self, talk: Talk) -> None:
        """Add a talk of the feed that is read now."""
        name = talk.feed.name
        self._names.add(name)
        self._ids.add(talk.id)
        stated = Stated(talk.start_time, talk.occurrences)
        self._stated.setdefault((name, talk.id), []).append(stated)

    def add_notice(self, notice: Notice) -> None:
        """Add what a notice of the feed that is read now reveals."""
        if notice.code in _OF_OTHER_RUNS:
            return
        self._names.add(notice.feed)
        if notice.event is not None:  # an event that cannot be read is held all the same
            self._broken.add((notice.feed, notice.event))
        if notice.code == "duplicates_dropped":
            self._with_duplicates.add(notice.feed)

    def end_feed(self) -> None:
        """Record that the feed was read to its end."""
        self._read |= self._names
        self._names.clear()

    def fail_feed(self, name: str | None) -> None:
        """Record that the feed could not be read."""
        self._failed |= self._names if name is None else {name, *self._names}
        self._names.clear()

    def list_stated(self) -> Iterator[tuple[Key, Sequence[Stated]]]:
        """Yield each key with its starts."""
        yield from self._stated.items()

    def has_lost(self, key: Key) -> bool:
        """Return whether a feed was read and holds no talk of this id.

        A feed that shares its name with one that could not be read does not count as read. A talk
        that was dropped, because another feed of the run has it too, is held.
        """
        name, id_ = key
        if name not in self._read or name in self._failed:
            return False
        if key in self._stated or key in self._broken:
            return False
        return not (name in self._with_duplicates and id_ in self._ids)

    def holds(self, key: Key) -> bool:
        """Return whether a feed that was read holds a readable talk of this id."""
        name, id_ = key
        return key in self._stated or (name in self._with_duplicates and id_ in self._ids)


def group_by_key(talks: Iterable[Talk]) -> Mapping[Key, list[Talk]]:
    """Return the talks by feed and id."""
    found: dict[Key, list[Talk]] = {}
    for talk in talks:
        found.setdefault((talk.feed.name, talk.id), []).append(talk)
    return found
