"""Queues of pending keys, filled while the feed is read; each service has one queue and one thread.

A key is a paper's id and a version; None is the newest. A request may take several ids: a cited version
counts as an id of its own, unless the newest version is in the same request.

Items (talks with their cited papers) are yielded in their order, each as soon as it and all before it
are answered. The reader runs ahead until a batch is full, the feed ends, or `lookahead` items are
waiting; then the pending ids are requested.
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
from enrich.lookup.state import BatchResult, Cited, LookupState
from enrich.paper import Lookup, PaperId
from enrich.store.freshness import Key

_CHUNK_ITEMS = 100
"""Items whose papers are read from the store together."""

_JOIN_TIMEOUT_S = 0.2
"""Time for an idle thread to end; a busy one is not waited for."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Progress of a run; passed to `on_progress` each second while the run waits for a service."""

    talks: int
    """Talks yielded so far."""
    papers: int
    """Papers requested from a service so far."""
    total: int | None = None
    """Number of talks in the feed; None until its end is reached."""
    waiting: tuple[tuple[str, float, float], ...] = ()
    """(service, seconds between its requests, seconds that its pending requests take)."""
    retrying: tuple[Retry, ...] = ()
    """Retries to come."""


class Item(Struct, Generic[T]):
    """Value that cites papers, and the papers found for it."""

    value: T
    cited: Cited
    papers: dict[PaperId, Lookup] = field(default_factory=dict)
    unanswered: set[Key] = field(default_factory=set)


class Queues:
    """Pending keys of one run, with one queue and one thread per service."""

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
        self._pending: dict[str, dict[Key, None]] = {}
        # Keys missing from a response. They are requested once more, with the next batch or, if there is
        # none, in a batch of their own.
        self._to_retry: dict[str, dict[Key, None]] = {}
        self._pending_fallback: dict[str, dict[PaperId, None]] = {}
        self._unanswered: set[Key] = set()
        self._is_flushing = False
        self._stopped = False
        self._error: BaseException | None = None
        self._threads: list[threading.Thread] = []
        self._answered_talks = 0
        self._requested_papers = 0
        self._read_talks = 0
        self._total_talks: int | None = None
        self._requesting: set[str] = set()
        self._last_request_at: dict[str, float] = {}

    def iterate_answered(self, items: Iterator[Item[T]]) -> Iterator[Item[T]]:
        """Yield the items in order, each with its papers."""
        waiting: deque[Item[T]] = deque()
        more = True
        failure: BaseException | None = None
        try:
            while True:
                while waiting and self._is_answered(waiting[0]):
                    self._answered_talks += 1
                    yield self._add_papers(waiting.popleft())
                if more and len(waiting) < self._lookahead and not self._has_full_batch():
                    chunk, failure = _take_items(
                        items, min(_CHUNK_ITEMS, self._lookahead - len(waiting))
                    )
                    more = bool(chunk) and failure is None
                    self._read_talks += len(chunk)
                    self._total_talks = None if more else self._read_talks
                    self._queue_chunk(chunk)
                    waiting.extend(chunk)
                elif waiting:
                    self._wait_for_first(waiting, more=more)
                elif failure is not None:
                    raise failure
                else:
                    return
        finally:
            with self._changed:
                self._stopped = True
                self._changed.notify_all()
            for thread in self._threads:
                thread.join(timeout=_JOIN_TIMEOUT_S)
                if not thread.is_alive():
                    self._state.remove_worker(thread)

    def _queue_chunk(self, chunk: list[Item[T]]) -> None:
        """Add known papers to items; queue the other keys."""
        together: dict[PaperId, frozenset[str]] = {}
        for item in chunk:
            for id_, versions in item.cited.items():
                together[id_] = together.get(id_, frozenset()) | versions
        found, to_request = self._state.split_known(together)
        if not to_request:
            for item in chunk:
                item.papers = {id_: found[id_] for id_ in item.cited}
            return
        wanted: dict[PaperId, list[Key]] = {}
        for id_, version in to_request:
            wanted.setdefault(id_, []).append((id_, version))
        for item in chunk:
            for id_, versions in item.cited.items():
                item.unanswered.update(
                    (id_, version)
                    for _, version in wanted.get(id_, ())
                    if version is None or version in versions
                )
            if not item.unanswered:
                item.papers = {id_: found[id_] for id_ in item.cited}
        with self._changed:
            for key in to_request:
                if key not in self._unanswered:
                    id_, _ = key
                    self._unanswered.add(key)
                    self._pending.setdefault(id_.source, {})[key] = None
                    self._start_worker(id_.source)
            self._changed.notify_all()

    def _is_answered(self, item: Item[T]) -> bool:
        """Return whether all papers of an item are known.

        Raise the error of a thread, if any.
        """
        if not item.unanswered:
            return True
        with self._changed:
            if self._error is not None:
                raise self._error
            return self._unanswered.isdisjoint(item.unanswered)

    def _add_papers(self, item: Item[T]) -> Item[T]:
        if item.unanswered:
            item.papers, _ = self._state.split_known(item.cited)
        return item

    def _has_full_batch(self) -> bool:
        with self._changed:
            return self._has_full_batch_locked()

    def _has_full_batch_locked(self) -> bool:
        """Return whether a service has a full batch.

        Only services that take several ids per request count. The caller holds the lock.
        """
        return any(
            self._state.batch_size(name) > 1 and self._is_batch_full(name) for name in self._pending
        )

    def _is_batch_full(self, name: str) -> bool:
        """Return whether a service's pending ids fill one request."""
        waiting = len(self._to_retry.get(name, ())) + _count_ids(self._pending.get(name, {}))
        return waiting >= self._state.batch_size(name)

    def _wait_for_first(self, waiting: deque[Item[T]], *, more: bool) -> None:
        """Wait until the first item is answered.

        Return earlier if reading can continue.
        """
        head = waiting[0]
        may_read = more and len(waiting) < self._lookahead
        with self._changed:
            self._is_flushing = not may_read
            self._changed.notify_all()
            while not (
                self._error is not None
                or self._unanswered.isdisjoint(head.unanswered)
                or (may_read and not self._has_full_batch_locked())
            ):
                self._report_progress()
                self._changed.wait(timeout=1.0)
            self._is_flushing = False

    def _start_worker(self, name: str) -> None:
        if not any(thread.name == name for thread in self._threads):
            thread = threading.Thread(target=self._run_worker, args=(name,), name=name, daemon=True)
            self._threads.append(thread)
            self._state.add_worker(thread)
            thread.start()

    def _report_progress(self) -> None:
        if self._on_progress is not None:
            self._on_progress(
                Progress(
                    talks=self._answered_talks,
                    papers=self._requested_papers,
                    total=self._total_talks,
                    waiting=tuple(self._measure_queues()),
                    retrying=self._state.retries(),
                )
            )

    def _measure_queues(self) -> Iterator[tuple[str, float, float]]:
        """Yield the pace of each service with pending requests.

        Each tuple is an item of `Progress.waiting`.
        """
        for name, pending in self._pending.items():
            ids = len({id_ for id_, _ in pending})
            left_s = self._measure_left(
                name, -(-ids // self._state.batch_size(name)), self._state.request_interval_s(name)
            )
            if left_s is not None:
                yield name, self._state.request_interval_s(name), left_s
        for name, ids_for_fallback in self._pending_fallback.items():
            if ids_for_fallback:
                service, interval_s = self._state.fallback_pace(name)
                requests = -(-len(ids_for_fallback) // self._state.fallback_batch_size(name))
                yield service, interval_s, requests * interval_s

    def _measure_left(self, name: str, requests: int, interval_s: float) -> float | None:
        """Return the seconds that a service's pending requests take.

        Return None if none is pending. The first interval began at the last request.
        """
        if name in self._requesting:
            return requests * interval_s
        if not requests:
            return None
        passed_s = time.monotonic() - self._last_request_at.get(name, -math.inf)
        return requests * interval_s - min(passed_s, interval_s)

    def _run_worker(self, name: str) -> None:
        """Fetch batches as they fill, then the remaining keys.

        It runs in the service's thread.
        """
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._stopped or self._is_batch_due(name))
                    if self._stopped:
                        return
                    keys, retried, ids = self._take_batch(name)
                    self._requesting.add(name)
                result = BatchResult()
                if keys or retried:
                    wanted = [*retried, *keys]
                    result = self._state.request_batch(name, wanted, frozenset(retried))
                else:
                    self._state.request_fallbacks(name, ids)
                with self._changed:
                    self._requesting.discard(name)
                    self._last_request_at[name] = time.monotonic()
                    self._requested_papers += len({id_ for id_, _ in keys})
                    self._pending_fallback.setdefault(name, {}).update(
                        dict.fromkeys(result.for_fallback)
                    )
                    self._to_retry.setdefault(name, {}).update(dict.fromkeys(result.to_retry))
                    later = {(id_, None) for id_ in result.for_fallback} | set(result.to_retry)
                    self._unanswered -= {*keys, *retried, *((id_, None) for id_ in ids)} - later
                    self._changed.notify_all()
        except BaseException as error:  # noqa: BLE001 - raised again in the reader's thread
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _is_batch_due(self, name: str) -> bool:
        """Return whether a service's next batch is due."""
        has_keys = bool(self._pending.get(name) or self._to_retry.get(name))
        if has_keys and (self._is_flushing or self._is_batch_full(name)):
            return True
        ids = self._pending_fallback.get(name)
        if not ids:
            return False
        return len(ids) >= self._state.fallback_batch_size(name) or (
            self._is_flushing and not has_keys
        )

    def _take_batch(self, name: str) -> tuple[list[Key], list[Key], list[PaperId]]:
        """Return the next batch, removed from its queue.

        The three lists are new keys, retried keys, and ids for the fallbacks; the third is filled only if
        the others are empty.
        """
        pending, to_retry = self._pending.get(name, {}), self._to_retry.get(name, {})
        if pending or to_retry:
            size = self._state.batch_size(name)
            retried = list(to_retry)[:size]
            for key in retried:
                del to_retry[key]
            keys = _pick_batch(pending, size - len(retried))
            for key in keys:
                del pending[key]
            return keys, retried, []
        pending_ids = self._pending_fallback[name]
        ids = list(pending_ids)[: self._state.fallback_batch_size(name)]
        for id_ in ids:
            del pending_ids[id_]
        return [], [], ids


def _count_ids(keys: Iterable[Key]) -> int:
    """Return the number of ids in a request.

    Count a version only if its paper is not in the request.
    """
    papers = {id_ for id_, version in keys if version is None}
    return len(papers) + sum(id_ not in papers for id_, version in keys if version is not None)


def _pick_batch(pending: Iterable[Key], limit: int) -> list[Key]:
    """Return the first keys, within a limit of ids.

    All keys of a paper are in the same request.
    """
    grouped: dict[PaperId, list[Key]] = {}
    for key in pending:
        id_, _ = key
        grouped.setdefault(id_, []).append(key)
    picked: list[Key] = []
    for keys in grouped.values():
        count = _count_ids(keys)
        if count > limit and picked:
            break
        if limit <= 0:
            break
        picked += keys
        limit -= count
    return picked


def _take_items(items: Iterator[Item[T]], limit: int) -> tuple[list[Item[T]], BaseException | None]:
    """Return the next items, and the error after them."""
    chunk: list[Item[T]] = []
    try:
        for item in items:
            chunk.append(item)
            if len(chunk) >= limit:
                break
    except Exception as error:  # noqa: BLE001 - raised again after the items before it
        return chunk, error
    return chunk, None
