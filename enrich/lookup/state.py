"""State of one run's lookups: collections, the store, the services in batches, second sources.

The only module in which a `SourceError` becomes a value. A run is one call of the library or of the
command: it has one `now`, asks nothing twice, and remembers what failed; what was found is in the
store. `scheduler` drives it from threads; all methods may be called from several.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from enrich.errors import SourceError
from enrich.http.retry import Retry
from enrich.lookup.run import RunReport
from enrich.paper import Lookup, Paper, PaperId, Unresolved, Version
from enrich.sources import SecondSource, Source
from enrich.store import freshness as trust
from enrich.store.freshness import Record

if TYPE_CHECKING:
    from requests import Session

    from enrich.collection.collection import Collection
    from enrich.store import Store

Key = tuple[PaperId, str | None]
"""A paper and a version; None is the newest."""

Cited = Mapping[PaperId, frozenset[str]]
"""Papers that a talk names, each with the versions that it cites."""

_RECENT = 8192  # papers kept in memory for the talks to come; the rest is in the store


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Where papers come from, in order; shared by the runs of one `Enricher`."""

    sources: Mapping[str, Source]
    fallbacks: Mapping[str, Sequence[SecondSource]]
    """By the name of the source that they stand behind, in the order in which they are asked."""
    collections: Sequence[Collection]
    store: Store
    session: Callable[[], Session]
    """Opened when the first request is due."""
    pauses: Callable[[], Mapping[str, datetime]]
    """The services that named a pause which is not over, with its end."""
    has_answered: Callable[[], bool] = lambda: True
    """Whether any service answered in this run."""
    offline: bool = False
    refresh: bool = False
    max_age_s: float | None = None
    abstracts: bool = False
    locks: Mapping[str, threading.Lock]
    """One for each source: its lookups are serialised."""
    store_lock: threading.Lock = field(default_factory=threading.Lock)
    workers: list[threading.Thread] = field(default_factory=list)
    """The services' threads; one may still wait for an answer when its run is over."""
    retries: dict[str, tuple[Retry, float]] = field(default_factory=dict)
    """By service: its last retry, and when it is due (monotonic)."""

    @property
    def in_use(self) -> bool:
        """Whether a thread still works with the store or the session."""
        return any(worker.is_alive() for worker in self.workers)

    def note_retry(self, retry: Retry) -> None:
        """Store a service's retry, for the progress of the runs."""
        self.retries[retry.service] = (retry, time.monotonic() + retry.wait_s)

    def revision(self, record: Record) -> int:
        """The revision of today's parser of such a record."""
        via = record.paper.via if record.paper else None
        for second in self.fallbacks.get(record.id.source, ()):
            if second.name == via:
                return second.revision
        source = self.sources.get(record.id.source)
        return source.revision if source else record.revision


class LookupState:
    """What one run has learned so far."""

    def __init__(self, library: Library, *, now: float) -> None:
        self.library = library
        self.now = now
        self.troubles: dict[str, SourceError] = {}
        """Why a source could not be asked: the first reason, or one that asking again cannot mend."""
        self._recent: OrderedDict[Key, Record] = OrderedDict()
        self._collected: OrderedDict[PaperId, Paper] = OrderedDict()
        self._asked: set[Key] = set()
        self._failed: dict[PaperId, Lookup] = {}
        self._given: dict[PaperId, Paper] = {}
        self._services: set[str] = set()

    def give(self, papers: Iterable[Paper]) -> None:
        """Take resolved papers that came with a talk (an earlier output); they stand as they are."""
        if not self.library.refresh:
            for paper in papers:
                self._given.setdefault(paper.id, paper)

    def report(self) -> RunReport:
        """Return the report of the run as far as it is."""
        with self.library.store_lock:
            asked = frozenset(id_ for id_, _ in self._asked)
            services = frozenset(self._services)
        pauses = self.library.pauses() if services else {}
        return RunReport(
            troubles=dict(self.troubles),
            asked=asked,
            paused_until={name: end for name, end in pauses.items() if name in services},
            has_network=not services or self.library.has_answered(),
        )

    def add_worker(self, thread: threading.Thread) -> None:
        """Register a service's thread, before it starts."""
        self.library.workers.append(thread)

    def remove_worker(self, thread: threading.Thread) -> None:
        """Forget a service's thread that has ended."""
        self.library.workers.remove(thread)

    def batch_size(self, name: str) -> int:
        """Return the most ids of one request to a service."""
        return self.library.sources[name].politeness.batch

    def request_interval_s(self, name: str) -> float:
        """Return the seconds between two requests to a service."""
        return self.library.sources[name].politeness.delay_s

    def second_batch_size(self, name: str) -> int:
        """Return the most ids of one request to the first second source behind a service."""
        return self.library.fallbacks[name][0].politeness.batch

    def second_pace(self, name: str) -> tuple[str, float]:
        """Return the first second source behind a service, and its seconds between requests."""
        second = self.library.fallbacks[name][0]
        return second.name, second.politeness.delay_s

    def retries(self) -> tuple[Retry, ...]:
        """Return the retries to come, each with the seconds that are left."""
        now = time.monotonic()
        left = [(retry, due - now) for retry, due in [*self.library.retries.values()]]
        return tuple(replace(retry, wait_s=wait_s) for retry, wait_s in left if wait_s > 0)

    def known(self, cited: Cited) -> tuple[dict[PaperId, Lookup], list[Key]]:
        """What can be said without the network, and what only the network can say."""
        found: dict[PaperId, Lookup] = {}
        open_: list[Key] = []
        here = self._at_hand(cited)
        records = self._stored(
            (id_, version)
            for id_, versions in cited.items()
            if id_ not in here
            for version in (None, *versions)
        )
        for id_, versions in cited.items():
            if (paper := here.get(id_)) is not None:
                found[id_] = paper
            elif (lookup := self._failed.get(id_)) is not None:
                found[id_] = self._with_rows(lookup, versions, records)
            elif (record := records.get((id_, None))) is not None and self._usable(record):
                lookup = self._lookup(record)
                found[id_] = self._with_rows(lookup, versions, records)
                open_ += self._open_versions(lookup, versions, records)
            elif self.library.offline or id_.source not in self.library.sources:
                found[id_] = self._unasked(id_)
            else:
                open_.append((id_, None))
                open_ += [(id_, version) for version in sorted(versions)]
        return found, open_

    def ask(self, name: str, wanted: Sequence[Key]) -> list[PaperId]:
        """Ask a service for one batch; what it could not say and nobody knows is given back."""
        source = self.library.sources[name]
        left: list[PaperId] = []
        with self.library.locks[name]:
            wanted = self._still_open(wanted)
            if not wanted:
                return left
            old = self._stored(wanted)
            unanswered = dict.fromkeys(wanted)
            records: list[Record] = []
            self._note_service(name)
            try:
                for id_, version, answer in source.fetch(wanted, self.library.session()):
                    unanswered.pop((id_, version), None)
                    records += self._settle((id_, version), answer, old, source.revision)
            except SourceError as error:
                if name not in self.troubles or not error.retryable:
                    self.troubles[name] = error
                for key in unanswered:
                    failure = self._failure(source, key[0], error)
                    records += self._settle(key, failure, old, source.revision)
                    if key[1] is None and key not in old and name in self.library.fallbacks:
                        left.append(key[0])
            self._keep(records, wanted)
        return left

    def ask_second(self, name: str, wanted: Sequence[PaperId]) -> None:
        """Ask the second sources behind a source, in turn, for papers without any record."""
        records: list[Record] = []
        lacking = list(wanted)
        with self.library.locks[name]:
            for second in self.library.fallbacks[name]:
                self._note_service(second.name)
                for start in range(0, len(lacking), second.politeness.batch):
                    batch = lacking[start : start + second.politeness.batch]
                    # The first source's reason stands; a second source's silence says nothing.
                    with suppress(SourceError):
                        for paper in second.fetch(batch, self.library.session()):
                            _, record = trust.settle(
                                None, paper, revision=second.revision, now=self.now
                            )
                            records += [] if record is None else [record]
                            self._failed.pop(paper.id, None)
                found = {record.id for record in records}
                lacking = [id_ for id_ in lacking if id_ not in found]
            self._keep(records, [(record.id, None) for record in records])

    def _note_service(self, name: str) -> None:
        with self.library.store_lock:
            self._services.add(name)

    def _still_open(self, wanted: Sequence[Key]) -> list[Key]:
        """What nobody has learned while this batch waited: other runs write into the same store."""
        cited: dict[PaperId, frozenset[str]] = {}
        with self.library.store_lock:
            for id_, version in wanted:
                self._recent.pop((id_, version), None)
                cited[id_] = cited.get(id_, frozenset()) | ({version} if version else frozenset())
        open_ = set(self.known(cited)[1]) - self._asked
        return [key for key in wanted if key in open_]

    def _at_hand(self, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
        """The papers that came with a talk, or that the collections have: they stand as they are."""
        found: dict[PaperId, Paper] = {}
        missing: list[PaperId] = []
        for id_ in ids:
            if (paper := self._given.get(id_) or self._collected.get(id_)) is not None:
                found[id_] = paper
            else:
                missing.append(id_)
        for collection in self.library.collections if missing else ():
            with self.library.store_lock:
                more = collection.get_many(missing, abstracts=self.library.abstracts)
            found |= more
            self._collected.update(more)
            missing = [id_ for id_ in missing if id_ not in more]
        while len(self._collected) > _RECENT:
            self._collected.popitem(last=False)
        return found

    def _stored(self, wanted: Iterable[Key]) -> dict[Key, Record]:
        out: dict[Key, Record] = {}
        missing: list[Key] = []
        with self.library.store_lock:
            for key in wanted:
                if (record := self._recent.get(key)) is not None:
                    out[key] = record
                    self._recent.move_to_end(key)
                else:
                    missing.append(key)
            if missing:
                found = self.library.store.get_many(missing, abstracts=self.library.abstracts)
                out.update(found)
                self._remember(found.values())
        return out

    def _remember(self, records: Iterable[Record]) -> None:
        for record in records:
            if record.paper and record.paper.abstract and not self.library.abstracts:
                record = replace(record, paper=replace(record.paper, abstract=None))  # noqa: PLW2901
            self._recent[record.id, record.version] = record
        while len(self._recent) > _RECENT:
            self._recent.popitem(last=False)

    def _usable(self, record: Record) -> bool:
        if self.library.offline or (record.id, record.version) in self._asked:
            return True
        return not self.library.refresh and trust.fresh(
            record,
            now=self.now,
            revision=self.library.revision(record),
            max_age=self.library.max_age_s,
        )

    def _lookup(self, record: Record) -> Lookup:
        if record.paper is not None:
            return record.paper
        return self._not_found(record.id)

    def _open_versions(
        self, lookup: Lookup, versions: Iterable[str], records: Mapping[Key, Record]
    ) -> list[Key]:
        """Cited versions older than the newest, which only the service itself can describe."""
        if self.library.offline or not isinstance(lookup, Paper) or lookup.via:
            return []
        newest = lookup.latest_version
        return [
            (lookup.id, version)
            for version in sorted(versions)
            if newest
            and int(version[1:]) < int(newest[1:])
            and (lookup.id, version) not in self._asked
            and not ((row := records.get((lookup.id, version))) and self._usable(row))
        ]

    def _with_rows(
        self, lookup: Lookup, versions: Iterable[str], records: Mapping[Key, Record]
    ) -> Lookup:
        """The paper with what is known of its cited versions in `versions`."""
        if not isinstance(lookup, Paper) or not versions:
            return lookup
        rows = {row.version: row for row in lookup.versions}
        for version in versions:
            record = records.get((lookup.id, version))
            for row in record.paper.versions if record and record.paper else ():
                if row.version == version:
                    rows[version] = _fuller(row, rows.get(version))
        ordered = tuple(sorted(rows.values(), key=lambda row: row.number))
        return lookup if ordered == lookup.versions else replace(lookup, versions=ordered)

    def _settle(
        self, key: Key, answer: Lookup, old: Mapping[Key, Record], revision: int
    ) -> list[Record]:
        """Take one answer: what may replace what is in the store, else remember what to serve."""
        id_, version = key
        served, record = trust.settle(
            old.get(key), answer, version=version, revision=revision, now=self.now
        )
        if version is None and (
            served.stale if isinstance(served, Paper) else served.code != "not_found"
        ):
            self._failed[id_] = served
        return [] if record is None else [record]

    def _keep(self, records: Sequence[Record], asked: Iterable[Key]) -> None:
        with self.library.store_lock:
            self._asked.update(asked)
            self._remember(records)
            self.library.store.put_many(records)

    def _failure(self, source: Source, id_: PaperId, error: SourceError) -> Unresolved:
        return Unresolved(
            id=id_,
            code=error.code,
            message=str(error),
            retryable=error.retryable,
            url=source.url(id_),
            pdf=source.pdf(id_),
        )

    def _not_found(self, id_: PaperId) -> Unresolved:
        source = self.library.sources[id_.source]
        return Unresolved(
            id=id_,
            code="not_found",
            message=f"{id_.source} has no paper {id_.key}",
            url=source.url(id_),
            pdf=source.pdf(id_),
        )

    def _unasked(self, id_: PaperId) -> Unresolved:
        source = self.library.sources.get(id_.source)
        return Unresolved(
            id=id_,
            code="offline_miss",
            message="not in the store or a collection, and offline",
            retryable=True,
            url=source.url(id_) if source else None,
            pdf=source.pdf(id_) if source else None,
        )


def _fuller(new: Version, old: Version | None) -> Version:
    if old is None:
        return new
    return replace(new, date=new.date or old.date, title=new.title or old.title)
