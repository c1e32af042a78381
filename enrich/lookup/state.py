"""State of one run's lookups: collections, the store, the services in batches, second sources.

The only module in which a `SourceError` becomes a value. A run is one call of the library or of the
command: it has one `now`, asks nothing twice, and remembers what failed; what was found is in the
store. `scheduler` drives it from threads; all methods may be called from several.
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
from enrich.store.freshness import Record, decide_answer, is_fresh

if TYPE_CHECKING:
    from requests import Session

    from enrich.collection.collection import Collection
    from enrich.store import Store

Key = tuple[PaperId, str | None]
"""A paper and a version; None is the newest."""

Cited = Mapping[PaperId, frozenset[str]]
"""Papers that a talk names, each with the versions that it cites."""


class _StoredMeanwhile(Exception):  # noqa: N818 - not an error: less is to be asked for
    """Signal that others have stored what a request was to ask for."""


class Asked(Struct, frozen=True):
    """What a batch left open."""

    unknown: list[PaperId] = field(default_factory=list)
    """Papers that the service could not be asked for and nobody knows."""
    lacking: list[Key] = field(default_factory=list)
    """What the answer lacked, to be asked for once more."""


_PUBLISHED = "published"
"""In place of a version: the store's record of where a preprint was published."""
_RECENT = 2048  # papers kept in memory for the talks to come; the rest is in the store


class Library(Struct, frozen=True, kw_only=True):
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
    on_trouble: Callable[[str], None] = lambda _: None
    """Called with a sentence when a collection turns out to be damaged."""
    has_answered: Callable[[Any], bool] = lambda _: True
    """Whether any service answered in the run of such a session."""
    publishers: Sequence[Publisher] = ()
    """Second sources that are asked where preprints were published."""
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
        """Return the current revision of such a record's parser."""
        via = record.paper.via if record.paper else None
        for second in self.fallbacks.get(record.id.source, ()):
            if second.name == via:
                return second.revision
        source = self.sources.get(record.id.source)
        return source.revision if source else record.revision


class LookupState:
    """Knowledge of one run so far."""

    def __init__(self, library: Library, *, now: float, until: float = math.inf) -> None:
        """Begin.

        Args:
            library: Where papers come from.
            now: Seconds since 1970.
            until: The end of the run's requests, by the clock of the library's session.
        """
        self.library = library
        self.now = now
        self._until = until
        self._session: Any = None
        self._session_lock = threading.Lock()
        self.troubles: dict[str, SourceError] = {}
        """Why a source could not be asked: the first reason, or one that asking again cannot mend."""
        self._recent: OrderedDict[Key, Record] = OrderedDict()
        self._collected: OrderedDict[PaperId, Paper] = OrderedDict()
        self._damaged: set[Path] = set()
        self._asked: set[Key] = set()
        self._failed: dict[PaperId, Lookup] = {}
        self._given: dict[PaperId, Paper] = {}
        self._services: set[str] = set()
        self._asked_published: set[PaperId] = set()

    def give(self, papers: Iterable[Paper]) -> None:
        """Take resolved papers that came with a talk (an earlier output).

        They are used as they are.
        """
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
            has_network=not services or self.library.has_answered(self._session),
        )

    def add_worker(self, thread: threading.Thread) -> None:
        """Register a service's thread, before it starts."""
        self.library.workers.append(thread)

    def remove_worker(self, thread: threading.Thread) -> None:
        """Remove a service's thread that has ended."""
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
        """Return the first second source behind a service.

        The second value is its seconds between requests.
        """
        second = self.library.fallbacks[name][0]
        return second.name, second.politeness.delay_s

    def retries(self) -> tuple[Retry, ...]:
        """Return the retries to come, each with the seconds that are left."""
        now = time.monotonic()
        left = [(retry, due - now) for retry, due in [*self.library.retries.values()]]
        return tuple(replace(retry, wait_s=wait_s) for retry, wait_s in left if wait_s > 0)

    def known(self, cited: Cited) -> tuple[dict[PaperId, Lookup], list[Key]]:
        """Return what is known, and what only services know."""
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

    def ask(self, name: str, wanted: Sequence[Key], again: AbstractSet[Key] = frozenset()) -> Asked:
        """Ask a service for what of a batch nobody stored.

        Args:
            name: Of the service.
            wanted: A batch.
            again: Those of it that an answer has lacked before.
        """
        with self.library.locks[name]:
            while wanted := self._still_open(wanted):
                try:
                    return self._ask_once(name, wanted, again)
                except _StoredMeanwhile:
                    continue
        return Asked()

    def _ask_once(self, name: str, wanted: Sequence[Key], again: AbstractSet[Key]) -> Asked:
        """Ask a service for a batch.

        Raises:
            _StoredMeanwhile: others have stored some of it, so less is to be asked for.
        """
        self._note_service(name)
        source = self.library.sources[name]
        old = self._stored(wanted)
        unanswered = dict.fromkeys(wanted)
        records: list[Record] = []
        asked = Asked()

        def check() -> None:
            if len(self._still_open(list(unanswered))) < len(unanswered):
                raise _StoredMeanwhile

        def fail(error: SourceError) -> None:
            if name not in self.troubles or not error.retryable:
                self.troubles[name] = error
            for key in unanswered:
                failure = self._failure(source, key[0], error)
                records.extend(self._take_answer(key, failure, old, source.revision))
                if key[1] is None and key not in old and name in self.library.fallbacks:
                    asked.unknown.append(key[0])

        part = getattr(source, "fetch_part", None)
        try:
            with self._checked_session(name, check) as session:
                answers = (
                    source.fetch(wanted, session)
                    if part is None
                    else part(wanted, session, again=again & set(wanted))
                )
                for id_, version, answer in answers:
                    unanswered.pop((id_, version), None)
                    records += self._take_answer((id_, version), answer, old, source.revision)
        except _StoredMeanwhile:
            self._keep(records, [key for key in wanted if key not in unanswered])
            raise
        except SourceError as error:
            fail(error)
        else:
            if part is not None:
                asked.lacking.extend(key for key in unanswered if key not in again)
            for key in asked.lacking:
                del unanswered[key]
            if unanswered:
                fail(BadAnswer(f"{name} left papers without an answer"))
        self._keep(records, [key for key in wanted if key not in asked.lacking])
        return asked

    def ask_second(self, name: str, wanted: Sequence[PaperId]) -> None:
        """Ask the second sources behind a source.

        They are asked in turn for papers without any record.
        """
        records: list[Record] = []
        lacking = list(wanted)
        with self.library.locks[name]:
            lacking = self._not_stored(lacking)
            for second in self.library.fallbacks[name]:
                self._note_service(second.name)
                for start in range(0, len(lacking), second.politeness.batch):
                    batch = lacking[start : start + second.politeness.batch]
                    # The first source's reason stands; a second source's silence means nothing.
                    with suppress(SourceError):
                        for paper in self._fetch_second(second, batch):
                            _, record = decide_answer(
                                None, paper, revision=second.revision, now=self.now
                            )
                            records += [] if record is None else [record]
                            self._failed.pop(paper.id, None)
                found = {record.id for record in records}
                lacking = [id_ for id_ in lacking if id_ not in found]
            self._keep(records, [(record.id, None) for record in records])

    def find_published(self, papers: Iterable[Lookup]) -> dict[PaperId, Paper]:
        """Return the preprints among papers with their published versions, as publishers know them.

        All that the store does not know is asked for at once.
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
            records = self._ask_published(publisher, [*preprints])
            for id_, paper in preprints.items():
                record = records.get((id_, _PUBLISHED))
                if record is not None and record.paper is not None:
                    found[id_] = _add_published(paper, record.paper)
        return found

    def _ask_published(self, publisher: Publisher, ids: Sequence[PaperId]) -> dict[Key, Record]:
        """Return a publisher's records of preprints, from the store or by asking."""
        with self.library.locks[publisher.publishes]:
            known = self._stored((id_, _PUBLISHED) for id_ in ids)
            wanted = [
                id_
                for id_ in ids
                if id_ not in self._asked_published
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
                    answer = papers.get(id_) or self._not_found(id_)
                    _, record = decide_answer(
                        known.get(key), answer, version=_PUBLISHED,
                        revision=publisher.revision, now=self.now,
                    )  # fmt: skip
                    records += [record] if record else []
                self._keep(records, ())
                known |= {(record.id, record.version): record for record in records}
            self._asked_published.update(wanted)
        return known

    def _is_fresh(self, record: Record | None, revision: int) -> bool:
        return (
            record is not None
            and not self.library.refresh
            and is_fresh(record, now=self.now, revision=revision, max_age=self.library.max_age_s)
        )

    def _fetch_second(self, second: SecondSource, batch: Sequence[PaperId]) -> Iterator[Paper]:
        """Yield a second source's records of what nobody stored."""

        def check() -> None:
            if len(self._not_stored(batch)) < len(batch):
                raise _StoredMeanwhile

        while batch := self._not_stored(batch):
            try:
                with self._checked_session(second.name, check) as session:
                    yield from second.fetch(batch, session)
            except _StoredMeanwhile:
                continue
            return

    def _not_stored(self, wanted: Sequence[PaperId]) -> list[PaperId]:
        """Return the papers without a fresh record in the store."""
        with self.library.store_lock:
            for id_ in wanted:
                self._recent.pop((id_, None), None)
        records = self._stored((id_, None) for id_ in wanted)
        for id_ in wanted:
            record = records.get((id_, None))
            if record is not None and record.paper is not None and self._is_new(record):
                self._failed.pop(id_, None)
        return [id_ for id_ in wanted if id_ in self._failed]

    def _is_new(self, record: Record) -> bool:
        """Return whether a record can be used as if this run had asked for it."""
        return self._is_fresh(record, self.library.revision(record))

    @contextmanager
    def _checked_session(self, name: str, check: Callable[[], None]) -> Iterator[Session]:
        """Hold the run's session, with a check for each slot."""
        with self._session_lock:
            if self._session is None:
                whole = self.library.session()
                open_run = getattr(whole, "open_run", None)  # of a `PoliteSession`
                self._session = whole if open_run is None else open_run(self._until)
            session = self._session
        checked = getattr(session, "checked", None)
        with nullcontext() if checked is None else checked(name, check):
            yield session

    def _note_service(self, name: str) -> None:
        with self.library.store_lock:
            self._services.add(name)

    def _still_open(self, wanted: Sequence[Key]) -> list[Key]:
        """Return what no other run has stored while this waited."""
        cited: dict[PaperId, frozenset[str]] = {}
        with self.library.store_lock:
            for id_, version in wanted:
                self._recent.pop((id_, version), None)
                cited[id_] = cited.get(id_, frozenset()) | ({version} if version else frozenset())
        open_ = set(self.known(cited)[1]) - self._asked
        return [key for key in wanted if key in open_]

    def _at_hand(self, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
        """Return the papers that came with talks or in collections."""
        found: dict[PaperId, Paper] = {}
        missing: list[PaperId] = []
        for id_ in ids:
            if (paper := self._given.get(id_) or self._collected.get(id_)) is not None:
                found[id_] = paper
            else:
                missing.append(id_)
        for collection in self.library.collections if missing else ():
            more = self._ask_collection(collection, missing)
            found |= more
            self._collected.update(more)
            missing = [id_ for id_ in missing if id_ not in more]
        while len(self._collected) > _RECENT:
            self._collected.popitem(last=False)
        return found

    def _ask_collection(
        self, collection: Collection, wanted: Sequence[PaperId]
    ) -> Mapping[PaperId, Paper]:
        """Return the papers that a collection holds; once it is damaged, none."""
        with self.library.store_lock:
            if collection.path in self._damaged:
                return {}
            try:
                return collection.get_many(wanted, abstracts=self.library.abstracts)
            except PapersError as error:
                self._damaged.add(collection.path)
                trouble = f"{error}; what it held is looked up elsewhere"
        self.library.on_trouble(trouble)
        return {}

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
        return self._is_new(record)

    def _lookup(self, record: Record) -> Lookup:
        if record.paper is not None:
            return record.paper
        return self._not_found(record.id)

    def _open_versions(
        self, lookup: Lookup, versions: Iterable[str], records: Mapping[Key, Record]
    ) -> list[Key]:
        """Return the cited older versions that only the service knows."""
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
        """Fill in what is known of a paper's cited versions."""
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

    def _take_answer(
        self, key: Key, answer: Lookup, old: Mapping[Key, Record], revision: int
    ) -> list[Record]:
        """Take one answer, and return the records to store.

        A record replaces a stored one if it may; otherwise, what to return is remembered.
        """
        id_, version = key
        returned, record = decide_answer(
            old.get(key), answer, version=version, revision=revision, now=self.now
        )
        if version is None and (
            returned.stale if isinstance(returned, Paper) else returned.code != "not_found"
        ):
            self._failed[id_] = returned
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


def _add_published(paper: Paper, known: Paper) -> Paper:
    """Return a preprint with the published version and the same works of a publisher's record."""
    more = tuple(id_ for id_ in known.same_as if id_ not in paper.same_as)
    return replace(
        paper,
        published_as=known.published_as,
        same_as=(*paper.same_as, *more),
        matched_by=paper.matched_by or (known.matched_by if more else None),
    )


def _fuller(new: Version, old: Version | None) -> Version:
    if old is None:
        return new
    return replace(new, date=new.date or old.date, title=new.title or old.title)
