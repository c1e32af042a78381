"""State of one run's lookups in collections, the store, the services and the second sources.

Only this module turns a `SourceError` into a value. A run is one call of the library or of the command.
It has one `now`, requests no key twice, and keeps its failures in memory; its results are in the store.
Several threads may call any method, as those of `scheduler` do.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from enrich.errors import BadAnswer, PapersError, SourceError
from enrich.http.retry import Retry
from enrich.lookup.run import RunReport
from enrich.paper import Lookup, Paper, PaperId, Unresolved, Version
from enrich.sources import Publisher, SecondSource, Source
from enrich.store.freshness import Key, Record, decide_answer, is_fresh

if TYPE_CHECKING:
    from requests import Session

    from enrich.collection.collection import Collection
    from enrich.store.store import Store

Cited = Mapping[PaperId, frozenset[str]]
"""Papers that a talk cites, each with the cited versions."""


class _StoredMeanwhile(Exception):  # noqa: N818 - not an error: the request gets smaller
    """Raised if another run stored some of the requested keys first."""


class BatchResult(Struct, frozen=True):
    """Keys of a batch that still need work."""

    for_fallback: list[PaperId] = field(default_factory=list)
    """Papers without a record, for the fallback sources."""
    to_retry: list[Key] = field(default_factory=list)
    """Keys missing from the response; to be retried once."""


_PUBLISHED = "published"
"""Replaces `v2` and the like in the key of a record that holds a journal's or conference's version."""
_MAX_RECENT_PAPERS = 2048
"""Records kept in memory for the next talks; the store has all records."""


class Library(Struct, frozen=True, kw_only=True):
    """Collections, store and services of one `Enricher`, shared by its runs."""

    sources: Mapping[str, Source]
    fallbacks: Mapping[str, Sequence[SecondSource]]
    """Second sources of each source, by the source's name, in the order of their requests."""
    collections: Sequence[Collection]
    store: Store
    session: Callable[[], Session]
    """Returns the session; opens it at the first request."""
    pauses: Callable[[], Mapping[str, datetime]]
    """Returns the services that asked for a pause, with the end of the pause."""
    on_trouble: Callable[[str], None] = lambda _: None
    """Called with a message if a collection is damaged."""
    has_answered: Callable[[Any], bool] = lambda _: True
    """Called with the run's session; returns whether any service responded to it."""
    publishers: Sequence[Publisher] = ()
    """Second sources that know the published versions of preprints."""
    offline: bool = False
    refresh: bool = False
    max_age_s: float | None = None
    abstracts: bool = False
    locks: Mapping[str, threading.Lock]
    """One lock per source: only one request to it at a time."""
    store_lock: threading.Lock = field(default_factory=threading.Lock)
    workers: list[threading.Thread] = field(default_factory=list)
    """Threads of the services; one may still wait for a response after its run has ended."""
    retries: dict[str, tuple[Retry, float]] = field(default_factory=dict)
    """The last retry of each service, with its time (monotonic)."""

    @property
    def in_use(self) -> bool:
        """Whether a thread still uses the store or the session."""
        return any(worker.is_alive() for worker in self.workers)

    def note_retry(self, retry: Retry) -> None:
        """Keep a service's last retry, for progress reports."""
        self.retries[retry.service] = (retry, time.monotonic() + retry.wait_s)

    def revision(self, record: Record) -> int:
        """Return the current revision of a record's parser."""
        via = record.paper.via if record.paper else None
        for second in self.fallbacks.get(record.id.source, ()):
            if second.name == via:
                return second.revision
        source = self.sources.get(record.id.source)
        return source.revision if source else record.revision


class LookupState:
    """Results, failures and requests of one run so far."""

    def __init__(self, library: Library, *, now: float, deadline: float = math.inf) -> None:
        """Create the state of a run.

        Args:
            library: Collections, store and services.
            now: Seconds since 1970.
            deadline: Deadline of the run's requests, by the clock of the library's session.
        """
        self.library = library
        self.now = now
        self._deadline = deadline
        self._session: Any = None
        self._session_lock = threading.Lock()
        self.troubles: dict[str, SourceError] = {}
        """Why a source failed: the first error, replaced by a later one that is not retryable."""
        self._recent_records: OrderedDict[Key, Record] = OrderedDict()
        self._collected_papers: OrderedDict[PaperId, Paper] = OrderedDict()
        self._damaged_collections: set[Path] = set()
        self._requested: set[Key] = set()
        self._failures: dict[PaperId, Lookup] = {}
        self._given_papers: dict[PaperId, Paper] = {}
        self._used_services: set[str] = set()
        self._requested_published: set[PaperId] = set()

    def add_papers(self, papers: Iterable[Paper]) -> None:
        """Add resolved papers of a talk.

        They come from an earlier output, and are used unchanged unless the run refreshes.
        """
        if not self.library.refresh:
            for paper in papers:
                self._given_papers.setdefault(paper.id, paper)

    def report(self) -> RunReport:
        """Return the report of the run so far."""
        with self.library.store_lock:
            requested = frozenset(id_ for id_, _ in self._requested)
            services = frozenset(self._used_services)
        pauses = self.library.pauses() if services else {}
        return RunReport(
            troubles=dict(self.troubles),
            asked=requested,
            paused_until={name: end for name, end in pauses.items() if name in services},
            has_network=not services or self.library.has_answered(self._session),
        )

    def add_worker(self, thread: threading.Thread) -> None:
        """Register a service's thread, before it starts."""
        self.library.workers.append(thread)

    def remove_worker(self, thread: threading.Thread) -> None:
        """Remove a service's thread that has ended."""
        self.library.workers.remove(thread)

    def batch_size(self, name: str) -> int:
        """Return the maximum number of ids in a request."""
        return self.library.sources[name].politeness.batch

    def request_interval_s(self, name: str) -> float:
        """Return the seconds between two requests to a service."""
        return self.library.sources[name].politeness.delay_s

    def fallback_batch_size(self, name: str) -> int:
        """Return the batch size of a service's first fallback."""
        return self.library.fallbacks[name][0].politeness.batch

    def fallback_pace(self, name: str) -> tuple[str, float]:
        """Return a service's first fallback and its delay (seconds)."""
        second = self.library.fallbacks[name][0]
        return second.name, second.politeness.delay_s

    def retries(self) -> tuple[Retry, ...]:
        """Return the pending retries, with their remaining seconds."""
        now = time.monotonic()
        left = [(retry, due - now) for retry, due in [*self.library.retries.values()]]
        return tuple(replace(retry, wait_s=wait_s) for retry, wait_s in left if wait_s > 0)

    def split_known(self, cited: Cited) -> tuple[dict[PaperId, Lookup], list[Key]]:
        """Return the known lookups and the remaining keys."""
        found: dict[PaperId, Lookup] = {}
        to_request: list[Key] = []
        local = self._find_local(cited)
        records = self._read_stored(
            (id_, version)
            for id_, versions in cited.items()
            if id_ not in local
            for version in (None, *versions)
        )
        for id_, versions in cited.items():
            if (paper := local.get(id_)) is not None:
                found[id_] = paper
            elif (lookup := self._failures.get(id_)) is not None:
                found[id_] = self._with_versions(lookup, versions, records)
            elif (record := records.get((id_, None))) is not None and self._is_usable(record):
                lookup = self._to_lookup(record)
                found[id_] = self._with_versions(lookup, versions, records)
                to_request += self._list_missing_versions(lookup, versions, records)
            elif self.library.offline or id_.source not in self.library.sources:
                found[id_] = self._make_offline_miss(id_)
            else:
                to_request.append((id_, None))
                to_request += [(id_, version) for version in sorted(versions)]
        return found, to_request

    def request_batch(
        self, name: str, wanted: Sequence[Key], retried: AbstractSet[Key] = frozenset()
    ) -> BatchResult:
        """Fetch the keys of a batch not stored yet.

        Args:
            name: Name of the service.
            wanted: The batch.
            retried: Keys of the batch that are requested for the second time.
        """
        with self.library.locks[name]:
            while wanted := self._drop_stored_keys(wanted):
                try:
                    return self._request_once(name, wanted, retried)
                except _StoredMeanwhile:
                    continue
        return BatchResult()

    def _request_once(
        self, name: str, wanted: Sequence[Key], retried: AbstractSet[Key]
    ) -> BatchResult:
        """Fetch a batch from a service.

        Raises:
            _StoredMeanwhile: another run stored some of its keys first.
        """
        self._note_service(name)
        source = self.library.sources[name]
        old = self._read_stored(wanted)
        unanswered = dict.fromkeys(wanted)
        records: list[Record] = []
        result = BatchResult()

        def check() -> None:
            if len(self._drop_stored_keys(list(unanswered))) < len(unanswered):
                raise _StoredMeanwhile

        def fail(error: SourceError) -> None:
            if name not in self.troubles or not error.retryable:
                self.troubles[name] = error
            for key in unanswered:
                id_, version = key
                failure = self._make_failed(source, id_, error)
                records.extend(self._decide_records(key, failure, old, source.revision))
                if version is None and key not in old and name in self.library.fallbacks:
                    result.for_fallback.append(id_)

        part = getattr(source, "fetch_part", None)
        try:
            with self._checked_session(name, check) as session:
                answers = (
                    source.fetch(wanted, session)
                    if part is None
                    else part(wanted, session, retried=retried & set(wanted))
                )
                for id_, version, answer in answers:
                    unanswered.pop((id_, version), None)
                    records += self._decide_records((id_, version), answer, old, source.revision)
        except _StoredMeanwhile:
            self._store_records(records, [key for key in wanted if key not in unanswered])
            raise
        except SourceError as error:
            fail(error)
        else:
            if part is not None:
                result.to_retry.extend(key for key in unanswered if key not in retried)
            for key in result.to_retry:
                del unanswered[key]
            if unanswered:
                fail(BadAnswer(f"{name} did not answer for every paper"))
        self._store_records(records, [key for key in wanted if key not in result.to_retry])
        return result

    def request_fallbacks(self, name: str, wanted: Sequence[PaperId]) -> None:
        """Fetch papers from the fallbacks of a source.

        Each fallback gets the papers of which the earlier fallbacks have no record.
        """
        records: list[Record] = []
        with self.library.locks[name]:
            without_record = self._drop_stored_papers(wanted)
            for second in self.library.fallbacks[name]:
                self._note_service(second.name)
                for start in range(0, len(without_record), second.politeness.batch):
                    batch = without_record[start : start + second.politeness.batch]
                    # The paper keeps the error of its own source; a fallback's error adds nothing.
                    with suppress(SourceError):
                        for paper in self._fetch_from_fallback(second, batch):
                            _, record = decide_answer(
                                None, paper, revision=second.revision, now=self.now
                            )
                            records += [] if record is None else [record]
                            self._failures.pop(paper.id, None)
                found = {record.id for record in records}
                without_record = [id_ for id_ in without_record if id_ not in found]
            self._store_records(records, [(record.id, None) for record in records])

    def find_published(self, papers: Iterable[Lookup]) -> dict[PaperId, Paper]:
        """Return the preprints with a known published version.

        A publisher's record names the published version. Records that are not in the store are requested
        during the call.
        """
        found: dict[PaperId, Paper] = {}
        for publisher in self.library.publishers:
            preprints = {
                paper.id: paper
                for paper in papers
                if isinstance(paper, Paper)
                and paper.id.source == publisher.publishes
                and paper.published_as is None
            }
            records = self._request_published(publisher, [*preprints])
            for id_, paper in preprints.items():
                record = records.get((id_, _PUBLISHED))
                if record is not None and record.paper is not None:
                    found[id_] = _add_published(paper, record.paper)
        return found

    def _request_published(self, publisher: Publisher, ids: Sequence[PaperId]) -> dict[Key, Record]:
        """Return a publisher's records of preprints, stored or new."""
        with self.library.locks[publisher.publishes]:
            known = self._read_stored((id_, _PUBLISHED) for id_ in ids)
            wanted = [
                id_
                for id_ in ids
                if id_ not in self._requested_published
                and not self._is_fresh(known.get((id_, _PUBLISHED)), publisher.revision)
            ]
            if not wanted or self.library.offline:
                return known
            self._note_service(publisher.name)
            for start in range(0, len(wanted), publisher.politeness.batch):
                batch = wanted[start : start + publisher.politeness.batch]
                try:
                    with self._checked_session(publisher.name, lambda: None) as session:
                        papers = {p.id: p for p in publisher.fetch_published(batch, session)}
                except SourceError as error:
                    self.troubles.setdefault(publisher.name, error)
                    break
                records = []
                for id_ in batch:
                    key = (id_, _PUBLISHED)
                    answer = papers.get(id_) or self._make_not_found(id_)
                    _, record = decide_answer(
                        known.get(key), answer, version=_PUBLISHED,
                        revision=publisher.revision, now=self.now,
                    )  # fmt: skip
                    records += [record] if record else []
                self._store_records(records, ())
                known |= {(record.id, record.version): record for record in records}
            self._requested_published.update(wanted)
        return known

    def _is_fresh(self, record: Record | None, revision: int) -> bool:
        return (
            record is not None
            and not self.library.refresh
            and is_fresh(record, now=self.now, revision=revision, max_age=self.library.max_age_s)
        )

    def _fetch_from_fallback(
        self, second: SecondSource, batch: Sequence[PaperId]
    ) -> Iterator[Paper]:
        """Yield a fallback's records of papers not stored yet."""

        def check() -> None:
            if len(self._drop_stored_papers(batch)) < len(batch):
                raise _StoredMeanwhile

        while batch := self._drop_stored_papers(batch):
            try:
                with self._checked_session(second.name, check) as session:
                    yield from second.fetch(batch, session)
            except _StoredMeanwhile:
                continue
            return

    def _drop_stored_papers(self, wanted: Sequence[PaperId]) -> list[PaperId]:
        """Return the papers without a fresh stored record."""
        with self.library.store_lock:
            for id_ in wanted:
                self._recent_records.pop((id_, None), None)
        records = self._read_stored((id_, None) for id_ in wanted)
        for id_ in wanted:
            record = records.get((id_, None))
            if record is not None and record.paper is not None and self._is_current(record):
                self._failures.pop(id_, None)
        return [id_ for id_ in wanted if id_ in self._failures]

    def _is_current(self, record: Record) -> bool:
        """Return whether a record is fresh for its current parser."""
        return self._is_fresh(record, self.library.revision(record))

    @contextmanager
    def _checked_session(self, name: str, check: Callable[[], None]) -> Iterator[Session]:
        """Hold the run's session, with a check before requests."""
        with self._session_lock:
            if self._session is None:
                whole = self.library.session()
                open_run = getattr(whole, "open_run", None)  # of a `PoliteSession`
                self._session = whole if open_run is None else open_run(self._deadline)
            session = self._session
        checked = getattr(session, "checked", None)
        with nullcontext() if checked is None else checked(name, check):
            yield session

    def _note_service(self, name: str) -> None:
        with self.library.store_lock:
            self._used_services.add(name)

    def _drop_stored_keys(self, wanted: Sequence[Key]) -> list[Key]:
        """Return the keys that other runs have not stored."""
        cited: dict[PaperId, frozenset[str]] = {}
        with self.library.store_lock:
            for id_, version in wanted:
                self._recent_records.pop((id_, version), None)
                cited[id_] = cited.get(id_, frozenset()) | ({version} if version else frozenset())
        to_request = set(self.split_known(cited)[1]) - self._requested
        return [key for key in wanted if key in to_request]

    def _find_local(self, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
        """Return the papers that talks or collections contain."""
        found: dict[PaperId, Paper] = {}
        missing: list[PaperId] = []
        for id_ in ids:
            if (
                paper := self._given_papers.get(id_) or self._collected_papers.get(id_)
            ) is not None:
                found[id_] = paper
            else:
                missing.append(id_)
        for collection in self.library.collections if missing else ():
            more = self._read_collection(collection, missing)
            found |= more
            self._collected_papers.update(more)
            missing = [id_ for id_ in missing if id_ not in more]
        while len(self._collected_papers) > _MAX_RECENT_PAPERS:
            self._collected_papers.popitem(last=False)
        return found

    def _read_collection(
        self, collection: Collection, wanted: Sequence[PaperId]
    ) -> Mapping[PaperId, Paper]:
        """Return the papers in a collection.

        A damaged collection has none.
        """
        with self.library.store_lock:
            if collection.path in self._damaged_collections:
                return {}
            try:
                return collection.get_many(wanted, abstracts=self.library.abstracts)
            except PapersError as error:
                self._damaged_collections.add(collection.path)
                trouble = f"{error}; its papers are looked up elsewhere"
        self.library.on_trouble(trouble)
        return {}

    def _read_stored(self, wanted: Iterable[Key]) -> dict[Key, Record]:
        out: dict[Key, Record] = {}
        missing: list[Key] = []
        with self.library.store_lock:
            for key in wanted:
                if (record := self._recent_records.get(key)) is not None:
                    out[key] = record
                    self._recent_records.move_to_end(key)
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
            self._recent_records[record.id, record.version] = record
        while len(self._recent_records) > _MAX_RECENT_PAPERS:
            self._recent_records.popitem(last=False)

    def _is_usable(self, record: Record) -> bool:
        if self.library.offline or (record.id, record.version) in self._requested:
            return True
        return self._is_current(record)

    def _to_lookup(self, record: Record) -> Lookup:
        if record.paper is not None:
            return record.paper
        return self._make_not_found(record.id)

    def _list_missing_versions(
        self, lookup: Lookup, versions: Iterable[str], records: Mapping[Key, Record]
    ) -> list[Key]:
        """Return the cited older versions still to request."""
        if self.library.offline or not isinstance(lookup, Paper) or lookup.via:
            return []
        newest = lookup.latest_version
        return [
            (lookup.id, version)
            for version in sorted(versions)
            if newest
            and int(version[1:]) < int(newest[1:])
            and (lookup.id, version) not in self._requested
            and not ((record := records.get((lookup.id, version))) and self._is_usable(record))
        ]

    def _with_versions(
        self, lookup: Lookup, versions: Iterable[str], records: Mapping[Key, Record]
    ) -> Lookup:
        """Add the stored data of the cited versions."""
        if not isinstance(lookup, Paper) or not versions:
            return lookup
        merged = {version.version: version for version in lookup.versions}
        for name in versions:
            record = records.get((lookup.id, name))
            for version in record.paper.versions if record and record.paper else ():
                if version.version == name:
                    merged[name] = _merge_versions(version, merged.get(name))
        ordered = tuple(sorted(merged.values(), key=lambda version: version.number))
        return lookup if ordered == lookup.versions else replace(lookup, versions=ordered)

    def _decide_records(
        self, key: Key, answer: Lookup, old: Mapping[Key, Record], revision: int
    ) -> list[Record]:
        """Return the records to store for one answer.

        A failure, or a stale record returned in its place, is also kept in memory for this run.
        """
        id_, version = key
        returned, record = decide_answer(
            old.get(key), answer, version=version, revision=revision, now=self.now
        )
        if version is None and (
            returned.stale if isinstance(returned, Paper) else returned.code != "not_found"
        ):
            self._failures[id_] = returned
        return [] if record is None else [record]

    def _store_records(self, records: Sequence[Record], requested: Iterable[Key]) -> None:
        with self.library.store_lock:
            self._requested.update(requested)
            self._remember(records)
            self.library.store.put_many(records)

    def _make_failed(self, source: Source, id_: PaperId, error: SourceError) -> Unresolved:
        return Unresolved(
            id=id_,
            code=error.code,
            message=str(error),
            retryable=error.retryable,
            url=source.url(id_),
            pdf=source.pdf(id_),
        )

    def _make_not_found(self, id_: PaperId) -> Unresolved:
        source = self.library.sources[id_.source]
        return Unresolved(
            id=id_,
            code="not_found",
            message=f"{id_.source} has no paper {id_.key}",
            url=source.url(id_),
            pdf=source.pdf(id_),
        )

    def _make_offline_miss(self, id_: PaperId) -> Unresolved:
        source = self.library.sources.get(id_.source)
        return Unresolved(
            id=id_,
            code="offline_miss",
            message="not in the store or a collection, and offline",
            retryable=True,
            url=source.url(id_) if source else None,
            pdf=source.pdf(id_) if source else None,
        )


def _add_published(paper: Paper, known: Paper) -> Paper:
    """Return a preprint with a publisher's published version."""
    more = tuple(id_ for id_ in known.same_as if id_ not in paper.same_as)
    return replace(
        paper,
        published_as=known.published_as,
        same_as=(*paper.same_as, *more),
        matched_by=paper.matched_by or (known.matched_by if more else None),
    )


def _merge_versions(new: Version, old: Version | None) -> Version:
    """Return the new version, completed from the old one."""
    if old is None:
        return new
    return replace(new, date=new.date or old.date, title=new.title or old.title)
