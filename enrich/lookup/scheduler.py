"""Queues side by side: one thread a service, filled while the feed is read.

Items (talks with what they cite) go in and come out in the same order, each as soon as it and all
before it are answered. The reader runs ahead until a service that takes batches has a whole one
wanting, the items end, or `lookahead` of them wait; then what is wanting is asked for.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from msgspec import Struct, field

from enrich.http.retry import Retry
from enrich.lookup.state import Asked, Cited, Key, LookupState
from enrich.paper import Lookup, PaperId

_CHUNK = 100  # items whose papers are read from the store in one go

_PATIENCE_S = 0.2  # for a thread that has nothing to do; one that waits for an answer is left alone

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is; passed to `on_progress` each second while a service is waited for."""

    talks: int
    """Talks that came out."""
    papers: int
    """Papers that a service was asked for."""
    total: int | None = None
    """Talks of the feed; None until it is read to its end."""
    waiting: tuple[tuple[str, float, float], ...] = ()
    """(service, seconds between two requests, seconds left for its requests at that pace)."""
    retrying: tuple[Retry, ...] = ()
    """Attempts that failed and will be repeated."""


class Item(Struct, Generic[T]):
    """Something that cites papers, on its way."""

    value: T
    cited: Cited
    papers: dict[PaperId, Lookup] = field(default_factory=dict)
    open: set[Key] = field(default_factory=set)


class Queues:
    """The queues of one run."""

    def __init__(
        self,
        state: LookupState,
        *,
        lookahead: int,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._state = state
        self._lookahead = lookahead
        self._on_progress = on_progress
        self._changed = threading.Condition()
        self._wanting: dict[str, dict[Key, None]] = {}
        self._again: dict[str, dict[Key, None]] = {}
        self._second: dict[str, dict[PaperId, None]] = {}
        self._open: set[Key] = set()
        self._flush = False
        self._stopped = False
        self._error: BaseException | None = None
        self._threads: list[threading.Thread] = []
        self._talks = 0
        self._papers = 0
        self._read = 0
        self._total: int | None = None
        self._asking: set[str] = set()
        self._asked_at: dict[str, float] = {}

    def answered(self, items: Iterator[Item[T]]) -> Iterator[Item[T]]:
        """Yield the items in their order, each with its papers."""
        waiting: deque[Item[T]] = deque()
        more = True
        failure: BaseException | None = None
        try:
            while True:
                while waiting and self._settled(waiting[0]):
                    self._talks += 1
                    yield self._complete(waiting.popleft())
                if more and len(waiting) < self._lookahead and not self._full():
                    chunk, failure = _take_items(items, min(_CHUNK, self._lookahead - len(waiting)))
                    more = bool(chunk) and failure is None
                    self._read += len(chunk)
                    self._total = None if more else self._read
                    self._add(chunk)
                    waiting.extend(chunk)
                elif waiting:
                    self._wait(waiting, more=more)
                elif failure is not None:
                    raise failure
                else:
                    return
        finally:
            with self._changed:
                self._stopped = True
                self._changed.notify_all()
            for thread in self._threads:
                thread.join(timeout=_PATIENCE_S)
                if not thread.is_alive():
                    self._state.remove_worker(thread)

    def _add(self, chunk: list[Item[T]]) -> None:
        """Fill in what is known; queue the rest."""
        together: dict[PaperId, frozenset[str]] = {}
        for item in chunk:
            for id_, versions in item.cited.items():
                together[id_] = together.get(id_, frozenset()) | versions
        found, open_ = self._state.known(together)
        if not open_:
            for item in chunk:
                item.papers = {id_: found[id_] for id_ in item.cited}
            return
        wanted: dict[PaperId, list[Key]] = {}
        for key in open_:
            wanted.setdefault(key[0], []).append(key)
        for item in chunk:
            for id_, versions in item.cited.items():
                item.open.update(
                    key for key in wanted.get(id_, ()) if key[1] is None or key[1] in versions
                )
            if not item.open:
                item.papers = {id_: found[id_] for id_ in item.cited}
        with self._changed:
            for key in open_:
                if key not in self._open:
                    self._open.add(key)
                    self._wanting.setdefault(key[0].source, {})[key] = None
                    self._start(key[0].source)
            self._changed.notify_all()

    def _settled(self, item: Item[T]) -> bool:
        if not item.open:
            return True
        with self._changed:
            if self._error is not None:
                raise self._error
            return self._open.isdisjoint(item.open)

    def _complete(self, item: Item[T]) -> Item[T]:
        if item.open:
            item.papers, _ = self._state.known(item.cited)
        return item

    def _full(self) -> bool:
        with self._changed:
            return self._whole_batch()

    def _whole_batch(self) -> bool:
        return any(
            self._state.batch_size(name) > 1 and self._has_batch(name) for name in self._wanting
        )

    def _has_batch(self, name: str) -> bool:
        """Return whether as many ids wait for a service as one request may hold."""
        waiting = len(self._again.get(name, ())) + _count_ids(self._wanting.get(name, {}))
        return waiting >= self._state.batch_size(name)

    def _wait(self, waiting: deque[Item[T]], *, more: bool) -> None:
        """Wait until the first item is answered or the reader may run on."""
        head = waiting[0]
        room = more and len(waiting) < self._lookahead
        with self._changed:
            self._flush = not room
            self._changed.notify_all()
            while not (
                self._error is not None
                or self._open.isdisjoint(head.open)
                or (room and not self._whole_batch())
            ):
                self._report()
                self._changed.wait(timeout=1.0)
            self._flush = False

    def _start(self, name: str) -> None:
        if not any(thread.name == name for thread in self._threads):
            thread = threading.Thread(target=self._work, args=(name,), name=name, daemon=True)
            self._threads.append(thread)
            self._state.add_worker(thread)
            thread.start()

    def _report(self) -> None:
        if self._on_progress is not None:
            self._on_progress(
                Progress(
                    talks=self._talks,
                    papers=self._papers,
                    total=self._total,
                    waiting=tuple(self._measure_queues()),
                    retrying=self._state.retries(),
                )
            )

    def _measure_queues(self) -> Iterator[tuple[str, float, float]]:
        """Yield the pace and the seconds left of each service that is waited for."""
        for name, wanting in self._wanting.items():
            ids = len({id_ for id_, _ in wanting})
            left_s = self._measure_left(
                name, -(-ids // self._state.batch_size(name)), self._state.request_interval_s(name)
            )
            if left_s is not None:
                yield name, self._state.request_interval_s(name), left_s
        for name, second in self._second.items():
            if second:
                service, interval_s = self._state.second_pace(name)
                requests = -(-len(second) // self._state.second_batch_size(name))
                yield service, interval_s, requests * interval_s

    def _measure_left(self, name: str, requests: int, interval_s: float) -> float | None:
        """Return the seconds that requests to come take.

        Return None if the service is not waited for.

        The pause before the first of them has begun when the request before it ended.
        """
        if name in self._asking:
            return requests * interval_s
        if not requests:
            return None
        passed_s = time.monotonic() - self._asked_at.get(name, -math.inf)
        return requests * interval_s - min(passed_s, interval_s)

    def _work(self, name: str) -> None:
        """Ask for batches as they fill, then the rest.

        This is the thread of one service.
        """
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._stopped or self._due(name))
                    if self._stopped:
                        return
                    keys, again, ids = self._next(name)
                    self._asking.add(name)
                asked = Asked()
                if keys or again:
                    asked = self._state.ask(name, [*again, *keys], frozenset(again))
                else:
                    self._state.ask_second(name, ids)
                with self._changed:
                    self._asking.discard(name)
                    self._asked_at[name] = time.monotonic()
                    self._papers += len({id_ for id_, _ in keys})
                    self._second.setdefault(name, {}).update(dict.fromkeys(asked.unknown))
                    self._again.setdefault(name, {}).update(dict.fromkeys(asked.lacking))
                    later = {(id_, None) for id_ in asked.unknown} | set(asked.lacking)
                    self._open -= {*keys, *again, *((id_, None) for id_ in ids)} - later
                    self._changed.notify_all()
        except BaseException as error:  # noqa: BLE001 - it is raised again in the reader's thread
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _due(self, name: str) -> bool:
        waits = bool(self._wanting.get(name) or self._again.get(name))
        if waits and (self._flush or self._has_batch(name)):
            return True
        second = self._second.get(name)
        if not second:
            return False
        batch = self._state.second_batch_size(name)
        return len(second) >= batch or (self._flush and not waits)

    def _next(self, name: str) -> tuple[list[Key], list[Key], list[PaperId]]:
        """Return the next batch for the service.

        If it has none, the batch is for the service behind it.

        What an answer has lacked rides in the next batch, and is a batch of its own after the last.
        """
        wanting, lacking = self._wanting.get(name, {}), self._again.get(name, {})
        if wanting or lacking:
            size = self._state.batch_size(name)
            again = list(lacking)[:size]
            for key in again:
                del lacking[key]
            keys = _pick_batch(wanting, size - len(again))
            for key in keys:
                del wanting[key]
            return keys, again, []
        second = self._second[name]
        ids = list(second)[: self._state.second_batch_size(name)]
        for id_ in ids:
            del second[id_]
        return [], [], ids


def _count_ids(keys: Iterable[Key]) -> int:
    """Return how many ids a request for these holds.

    A version's own id counts only without its paper's.
    """
    papers = {id_ for id_, version in keys if version is None}
    return len(papers) + sum(id_ not in papers for id_, version in keys if version is not None)


def _pick_batch(wanting: Iterable[Key], room: int) -> list[Key]:
    """Return the first keys that fit one request.

    All keys of a paper stay together.
    """
    grouped: dict[PaperId, list[Key]] = {}
    for key in wanting:
        grouped.setdefault(key[0], []).append(key)
    picked: list[Key] = []
    for keys in grouped.values():
        count = _count_ids(keys)
        if count > room and picked:
            break
        if room <= 0:
            break
        picked += keys
        room -= count
    return picked


def _take_items(items: Iterator[Item[T]], most: int) -> tuple[list[Item[T]], BaseException | None]:
    """Take some items; return them and the error that ended them."""
    chunk: list[Item[T]] = []
    try:
        for item in items:
            chunk.append(item)
            if len(chunk) >= most:
                break
    except Exception as error:  # noqa: BLE001 - raised again after the items before it
        return chunk, error
    return chunk, None
