"""`Enricher`: annotates talks lazily, in order; its runs share store, session and collections."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self, TypeVar, cast

from enrich.annotation import annotate
from enrich.identity import find_title_keys
from enrich.lookup.arguments import (
    assign_login,
    check_lookahead,
    check_papers,
    check_sources,
    check_talks,
    name_type,
    refuse_talk,
)
from enrich.lookup.run import Run, RunReport, RunTracker
from enrich.lookup.scheduler import Item, Progress, Queues
from enrich.lookup.state import Cited, Library, LookupState
from enrich.model import AnnotatedTalk, Reference, References, Talk
from enrich.paper import Lookup, Paper, PaperId, Papers
from enrich.references.extract import find_references, parse_citation
from enrich.sources import Publisher, SecondSource, Source, links
from enrich.sources.installed import second_sources
from enrich.sources.installed import sources as installed_sources
from enrich.text.times import to_seconds
from enrich.text.web import mail_address

if TYPE_CHECKING:
    from requests import Session

    from enrich.collection.collection import Collection
    from enrich.http.retry import Retry
    from enrich.http.session import Login, PoliteSession

T = TypeVar("T")

LOOKAHEAD = 2000
_JOIN_TIMEOUT_S = 2.0  # time to join a thread that still waits for a response


class Enricher:
    """Annotator of talks that looks up the cited papers. Use it as a context manager, or `close` it.

    Several threads may use one Enricher; each service gets one request at a time.

    Args:
        papers: collections, files of papers, or papers; searched first, in this order.
        offline: never use the network.
        refresh: request every paper again, except those in collections.
        fallback: if a paper's own service cannot answer, request it from a second source.
        published: request the published versions of preprints, many at once.
        max_age: seconds, or a timedelta, after which a stored record counts as expired.
        timeout_s: seconds, or a timedelta, for all requests of a run; papers still missing then are
            `failed`, retryable.
        lookahead: number of talks that are looked up together; with 1, each is looked up separately.
        cache_dir: folder of the store; the user's cache folder if None.
        state_dir: folder of the rate limiter's files; processes with the same folder share one rate.
        contact: a mail address for the User-Agent.
        login: a token or (username, password) for the one source that takes logins, OpenReview;
            or a mapping from source names to logins. The environment is not read.
        session: your session; its adapters send the requests.
        sources: the only sources used for extraction and lookup; the installed ones if None.
        on_progress: called with a `Progress` each second while a run waits for a service.
        on_trouble: called with a message if the store, the cache or a collection cannot be used.
        clock: returns seconds since 1970, read once per run; if you pass one, it also measures waits.
        sleep: waits for the given seconds; your `clock` must advance by them.

    Raises:
        PapersError: one of `papers` cannot be read.
        TypeError: a duration is not a number of seconds or a timedelta; `papers` is not a list;
            `sources` are names; `login` or `lookahead` has another type.
        ValueError: `contact` is not a mail address, `lookahead` is less than 1, a duration is
            negative, offline is combined with refresh, or `login` does not name its source and not
            exactly one source takes a login.
    """

    def __init__(
        self,
        *,
        papers: Iterable[str | Path | Paper] = (),
        offline: bool = False,
        refresh: bool = False,
        fallback: bool = True,
        published: bool = False,
        max_age: float | timedelta | None = None,
        timeout_s: float | timedelta | None = None,
        lookahead: int = LOOKAHEAD,
        abstracts: bool = False,
        cache_dir: str | Path | None = None,
        state_dir: str | Path | None = None,
        contact: str | None = None,
        login: Login | Mapping[str, Login] | None = None,
        session: Session | None = None,
        sources: Iterable[Source] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        on_trouble: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if offline and refresh:
            raise ValueError("offline and refresh cannot be combined")
        self._offline = offline
        self._refresh = refresh
        self._max_age_s = to_seconds("max_age", max_age)
        self._timeout_s = to_seconds("timeout_s", timeout_s)
        self._lookahead = check_lookahead(lookahead)
        self._abstracts = abstracts
        self._cache_dir = None if cache_dir is None else Path(cache_dir).expanduser()
        self._state_dir = None if state_dir is None else Path(state_dir).expanduser()
        self._contact = contact and mail_address(contact)
        self._base_session = session
        self._sources = installed_sources() if sources is None else check_sources(sources)
        self._logins = assign_login(login, self._sources)
        names = {source.name for source in self._sources}
        second = second_sources()
        self._second_sources = tuple(s for s in second if fallback and s.fallback_for in names)
        self._publishers = tuple(
            s for s in second if published and getattr(s, "publishes", None) in names
        )
        self._on_progress = on_progress
        self._on_trouble = on_trouble or (lambda _: None)
        self._clock = clock
        self._monotonic = time.monotonic if clock is time.time else clock
        self._sleep = sleep
        self._lock = threading.RLock()
        self._resources = ExitStack()
        self._library: Library | None = None
        self._session: PoliteSession | None = None
        self._closed = False
        papers = check_papers(papers)
        self._given_papers = tuple(paper for paper in papers if isinstance(paper, Paper))
        self._collections = self._open_collections(
            path for path in papers if not isinstance(path, Paper)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._close(join_timeout_s=_JOIN_TIMEOUT_S if kind is None else 0.0)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "an Enricher has open files and connections, so it cannot be pickled or copied; make "
            "one Enricher in each process, or send the values (Talk, References, Papers) instead"
        )

    def close(self) -> None:
        """Close the store, the collections and the session."""
        self._close(join_timeout_s=_JOIN_TIMEOUT_S)

    def _close(self, *, join_timeout_s: float) -> None:
        with self._lock:
            self._closed = True  # a thread that would open a session raises instead
            library, self._library, self._session = self._library, None, None
            resources = self._resources.pop_all()
        try:
            for worker in [*library.workers] if library else ():
                if worker.is_alive():  # a listed thread may not have started
                    worker.join(timeout=join_timeout_s)
        finally:
            if library and library.in_use:
                # A thread still waits for a response: keep SQLite open until it ends.
                remaining = ([*library.workers], resources)
                threading.Thread(
                    target=_close_after, args=remaining, name="closing", daemon=True
                ).start()
            else:
                resources.close()

    def run(self, talks: Iterable[Talk]) -> Run:
        """Return one run: an annotated talk for each talk.

        Talks keep their order. Each is yielded as soon as its papers and those of all earlier talks are
        known. The run's time (`timeout_s`) begins with this call, its work with the first iteration. Each
        run has its own report:

            run = enricher.run(read_talks("feed.ics"))
            for annotated in run: ...
            for service, error in run.report.troubles.items(): ...
        """
        check_talks(talks)
        tracker = RunTracker()
        return Run(self._annotate_all(talks, tracker, self._compute_deadline()), tracker)

    def enrich(self, talks: Iterable[Talk]) -> Iterator[AnnotatedTalk]:
        """Yield one annotated talk for each talk, in order.

        This is `run` without its report.
        """
        return iter(self.run(talks))

    def enrich_text(self, text: str) -> AnnotatedTalk:
        """Return a text annotated like a talk's abstract."""
        if not isinstance(text, str):
            raise TypeError(f"enrich_text takes a string, not {name_type(text)}")
        (annotated,) = self.enrich([Talk(id="text", abstract=text)])
        return annotated

    def lookup(self, wanted: Iterable[Reference | PaperId | str]) -> Papers:
        """Return the papers of references, ids or addresses.

        Each is returned once, in the order of `wanted`; find one by its id, or by the string given for it.

        Raises:
            InvalidId: a string names no paper.
        """
        return self.lookup_with_report(wanted)[0]

    def lookup_with_report(
        self, wanted: Iterable[Reference | PaperId | str]
    ) -> tuple[Papers, RunReport]:
        """Return the papers of `lookup` and the run's report."""
        cited, spellings = self._parse_wanted(wanted)
        state = self._begin_run(self._compute_deadline())
        (answered,) = self._make_queues(state, lookahead=1).iterate_answered(
            iter([Item(None, cited)])
        )
        papers = {**answered.papers, **state.find_published(answered.papers.values())}
        return Papers(papers, spellings), state.report()

    def lookup_each(self, cited: Cited) -> tuple[Iterator[Lookup], RunTracker]:
        """Return an iterator of papers, and the run's report.

        The papers are in order. Unlike `lookup` it holds at most `lookahead` papers in memory.
        """
        deadline, tracker = self._compute_deadline(), RunTracker()

        def look_up() -> Iterator[Lookup]:
            state = self._begin_run(deadline)
            tracker.begin(state.report)
            items = (Item(id_, {id_: versions}) for id_, versions in cited.items())
            try:
                for item in self._make_queues(state).iterate_answered(items):
                    yield item.papers[item.value]
            finally:
                tracker.end()

        return look_up(), tracker

    def find_same_titles(self, papers: Mapping[PaperId, Lookup]) -> Mapping[PaperId, Paper]:
        """Return the store's other papers with the same titles.

        Pass them to `relate_papers` as `others`, to match papers of earlier runs.
        """
        with self._lock:
            library = self._library
        if library is None:
            return {}
        keys = [key for p in papers.values() if isinstance(p, Paper) for key in find_title_keys(p)]
        with library.store_lock:
            found = library.store.find_by_titles(keys)
        return {id_: paper for id_, paper in sorted(found.items()) if id_ not in papers}

    def _parse_wanted(
        self, wanted: Iterable[Reference | PaperId | str]
    ) -> tuple[Cited, Mapping[str, PaperId]]:
        if isinstance(wanted, (str, bytes, Reference)):
            shown = wanted.exact if isinstance(wanted, Reference) else wanted
            raise TypeError(f"lookup takes a list: enricher.lookup([{shown!r}])")
        if not isinstance(wanted, Iterable):
            raise TypeError(
                f"lookup takes a list of references and ids, not {name_type(wanted)}: "
                'enricher.lookup(["2103.01338"])'
            )
        cited: dict[PaperId, frozenset[str]] = {}
        spellings: dict[str, PaperId] = {}
        for item in wanted:
            match item:
                case Reference():
                    id_, version = item.paper, item.version
                case PaperId():
                    id_, version = item, None
                case str():
                    id_, version = parse_citation(item, sources=self._sources)
                    spellings[item] = id_
                case _:
                    raise TypeError(
                        f"lookup takes references, ids and strings, not {name_type(item)}"
                    )
            cited[id_] = cited.get(id_, frozenset()) | ({version} if version else frozenset())
        return cited, spellings

    def _annotate_all(
        self, talks: Iterable[Talk], tracker: RunTracker, deadline: float
    ) -> Iterator[AnnotatedTalk]:
        state = self._begin_run(deadline)
        tracker.begin(state.report)

        def extract_all() -> Iterator[Item[tuple[Talk, References]]]:
            for talk in talks:
                if not isinstance(talk, Talk):
                    refuse_talk(talk)
                references = talk.references
                if references is None:
                    references = find_references(talk, sources=self._sources)
                if talk.papers:
                    state.add_papers(talk.papers)
                yield Item((talk, references), _collect_cited(references))

        try:
            answered = self._make_queues(state).iterate_answered(extract_all())
            items = self._add_published_versions(answered, state) if self._publishers else answered
            for item in items:
                talk, references = item.value
                yield annotate(talk, references, item.papers)
        finally:
            tracker.end()

    def _add_published_versions(
        self, items: Iterable[Item[T]], state: LookupState
    ) -> Iterator[Item[T]]:
        """Yield the items with their preprints' published versions."""
        waiting = iter(items)
        while chunk := list(islice(waiting, self._lookahead)):
            papers = {id_: paper for item in chunk for id_, paper in item.papers.items()}
            found = state.find_published(papers.values())
            for item in chunk:
                item.papers |= {id_: found[id_] for id_ in item.papers if id_ in found}
                yield item

    def _make_queues(self, state: LookupState, *, lookahead: int | None = None) -> Queues:
        return Queues(state, lookahead=lookahead or self._lookahead, on_progress=self._on_progress)

    def _compute_deadline(self) -> float:
        """Return the deadline of a run that begins now."""
        return math.inf if self._timeout_s is None else self._monotonic() + self._timeout_s

    def _begin_run(self, deadline: float = math.inf) -> LookupState:
        with self._lock:
            if self._closed:
                raise ValueError("the Enricher is closed")
            if self._library is None:
                self._library = self._make_library()
            state = LookupState(self._library, now=self._clock(), deadline=deadline)
        state.add_papers(self._given_papers)
        return state

    def _note_retry(self, retry: Retry) -> None:
        if (library := self._library) is not None:
            library.note_retry(retry)

    def _find_pauses(self) -> Mapping[str, datetime]:
        session = self._session
        if session is None:
            return {}
        from enrich.http.session import paused_until

        return paused_until(session)

    def _has_answered(self, session: PoliteSession | None) -> bool:
        if session is None:  # no request was sent
            return True
        from enrich.http.session import has_answered

        return has_answered(session)

    def _make_library(self) -> Library:
        from enrich.store.store import open_store

        store = open_store(
            self._cache_dir, now=self._clock(), on_trouble=self._on_trouble, derive=links
        )
        self._resources.push(store)
        fallbacks: dict[str, list[SecondSource]] = {}
        for second in () if self._offline else self._second_sources:
            fallbacks.setdefault(second.fallback_for, []).append(second)
        return Library(
            sources={source.name: source for source in self._sources},
            fallbacks=fallbacks,
            publishers=cast("Sequence[Publisher]", self._publishers),
            collections=self._collections,
            store=store,
            session=self._ensure_session,
            pauses=self._find_pauses,
            on_trouble=self._on_trouble,
            has_answered=self._has_answered,
            offline=self._offline,
            refresh=self._refresh,
            max_age_s=self._max_age_s,
            abstracts=self._abstracts,
            locks={source.name: threading.Lock() for source in self._sources},
        )

    def _ensure_session(self) -> Session:
        with self._lock:
            if self._closed:
                raise ValueError("the Enricher is closed")
            if self._session is None:
                from enrich.http.session import open_session

                self._session = open_session(
                    (*self._sources, *dict.fromkeys((*self._second_sources, *self._publishers))),
                    cache_dir=self._cache_dir,
                    state_dir=self._state_dir,
                    contact=self._contact,
                    login=self._logins,
                    refresh=self._refresh,
                    base=self._base_session,
                    on_retry=self._note_retry,
                    on_trouble=self._on_trouble,
                    now=self._clock,
                    clock=self._monotonic,
                    sleep=self._sleep,
                )
                self._resources.callback(self._session.close)
            return self._session

    def _open_collections(self, paths: Iterable[str | Path]) -> Sequence[Collection]:
        collections: list[Collection] = []
        for path in paths:
            from enrich.collection.opening import open_papers

            collection = open_papers(
                Path(path), on_warning=self._on_trouble, abstracts=self._abstracts
            )
            self._resources.callback(collection.close)
            collections.append(collection)
        return tuple(collections)


def _close_after(workers: Iterable[threading.Thread], resources: ExitStack) -> None:
    """Close the resources after the threads have ended."""
    for worker in workers:
        if worker.is_alive():
            worker.join()
    resources.close()


def _collect_cited(references: Iterable[Reference]) -> Cited:
    """Return the cited papers, each with its cited versions."""
    cited: dict[PaperId, frozenset[str]] = {}
    for reference in references:
        version = frozenset((reference.version,)) if reference.version else frozenset()
        cited[reference.paper] = cited.get(reference.paper, frozenset()) | version
    return cited
