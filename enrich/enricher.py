"""`Enricher`: talks in, annotated talks out, lazily and in order; it holds what runs share."""

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
_PATIENCE_S = 2.0  # at the end, for a thread that waits for an answer


class Enricher:
    """Lookups of the papers that talks mention. Use it as a context manager, or `close` it.

    One may be used from several threads; lookups are serialised per service.

    Args:
        papers: collections or files of papers that are asked first, in this order; or papers.
        offline: never touch the network.
        refresh: ask for every paper again; a collection still wins.
        fallback: ask a second source where a service cannot answer.
        published: ask where preprints were published, all of a run at once.
        max_age: seconds, or a timedelta, after which a stored record counts as expired.
        timeout_s: seconds, or a timedelta, for all requests of a run; what is left then is `failed`,
            retryable.
        lookahead: how many talks may wait for their papers; 1 answers each at once.
        cache_dir: folder of the store; the user's cache folder if None.
        state_dir: folder of the rate limiter's files, shared by all that share one request rate.
        contact: a mail address for the User-Agent.
        login: a token or (username, password) for the one source that takes a login, OpenReview;
            or a mapping from names of sources to theirs. The environment is not read.
        session: your session; its adapters become the network end of the polite ones.
        sources: the sources to extract and look up with, and no others; the installed ones if None.
        on_progress: called with a `Progress` each second while a run waits for a service.
        on_trouble: called with a sentence when the store or the like cannot be used.
        clock: seconds since 1970; read once a run. Waits are measured by one that is given, too.
        sleep: how waiting is done; the clock must go on under it.

    Raises:
        PapersError: one of `papers` cannot be read.
        TypeError: a duration is not a number of seconds or a timedelta; `papers` is not a list;
            `sources` are names; `login` or `lookahead` has another type.
        ValueError: `contact` is not a mail address, `lookahead` is less than 1, a duration is
            negative, offline with refresh, or not exactly one source takes the login.
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
            raise ValueError("offline and refresh exclude each other")
        self._offline = offline
        self._refresh = refresh
        self._max_age_s = to_seconds("max_age", max_age)
        self._timeout_s = to_seconds("timeout_s", timeout_s)
        self._lookahead = check_lookahead(lookahead)
        self._abstracts = abstracts
        self._cache_dir = None if cache_dir is None else Path(cache_dir).expanduser()
        self._state_dir = None if state_dir is None else Path(state_dir).expanduser()
        self._contact = contact and mail_address(contact)
        self._base = session
        self._sources = installed_sources() if sources is None else check_sources(sources)
        self._logins = assign_login(login, self._sources)
        names = {source.name for source in self._sources}
        second = second_sources()
        self._second = tuple(s for s in second if fallback and s.behind in names)
        self._publishers = tuple(
            s for s in second if published and getattr(s, "publishes", None) in names
        )
        self._on_progress = on_progress
        self._on_trouble = on_trouble or (lambda _: None)
        self._clock = clock
        self._monotonic = time.monotonic if clock is time.time else clock
        self._sleep = sleep
        self._lock = threading.RLock()
        self._open = ExitStack()
        self._library: Library | None = None
        self._session: PoliteSession | None = None
        self._closed = False
        papers = check_papers(papers)
        self._given = tuple(paper for paper in papers if isinstance(paper, Paper))
        self._collections = self._open_collections(
            path for path in papers if not isinstance(path, Paper)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._close(patience_s=_PATIENCE_S if kind is None else 0.0)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "an Enricher holds open files and connections, so it cannot be pickled or copied; make "
            "one Enricher in each process, or send the values (Talk, References, Papers) instead"
        )

    def close(self) -> None:
        """Close the store, the collections and the session."""
        self._close(patience_s=_PATIENCE_S)

    def _close(self, *, patience_s: float) -> None:
        with self._lock:
            self._closed = True  # from now on no thread opens a session
            library, self._library, self._session = self._library, None, None
            held = self._open.pop_all()
        try:
            for worker in [*library.workers] if library else ():
                if worker.is_alive():  # one may be listed and not have begun
                    worker.join(timeout=patience_s)
        finally:
            if library and library.in_use:
                # A thread waits for an answer: SQLite must not close under it.
                left = ([*library.workers], held)
                threading.Thread(
                    target=_close_after, args=left, name="closing", daemon=True
                ).start()
            else:
                held.close()

    def run(self, talks: Iterable[Talk]) -> Run:
        """Return one run: exactly one annotated talk for each talk, in order.

        A talk comes out as soon as it and all before it are known. Nothing happens before the first
        one is asked for, but the run's time (`timeout_s`) begins here. Its report belongs to it alone:

            run = enricher.run(read_talks("feed.ics"))
            for annotated in run: ...
            for service, error in run.report.troubles.items(): ...
        """
        check_talks(talks)
        tracker = RunTracker()
        return Run(self._annotate_all(talks, tracker, self._end_of_run()), tracker)

    def enrich(self, talks: Iterable[Talk]) -> Iterator[AnnotatedTalk]:
        """Yield one annotated talk for each talk, in order.

        They are those of one `run`.
        """
        return iter(self.run(talks))

    def enrich_text(self, text: str) -> AnnotatedTalk:
        """Return a text as if it were a talk's abstract."""
        if not isinstance(text, str):
            raise TypeError(f"enrich_text takes a string, not {name_type(text)}")
        (annotated,) = self.enrich([Talk(id="text", abstract=text)])
        return annotated

    def lookup(self, wanted: Iterable[Reference | PaperId | str]) -> Papers:
        """Return the papers that references, ids or addresses name, each once.

        They are in the order wanted, and found by id as well as by the spelling that was asked for.

        Raises:
            InvalidId: a string names no paper.
        """
        return self.lookup_with_report(wanted)[0]

    def lookup_with_report(
        self, wanted: Iterable[Reference | PaperId | str]
    ) -> tuple[Papers, RunReport]:
        """Return the same as `lookup`, and the report of that run."""
        cited, spellings = self._parse_wanted(wanted)
        state = self._begin_run(self._end_of_run())
        (answered,) = self._queues(state, lookahead=1).answered(iter([Item(None, cited)]))
        papers = {**answered.papers, **state.find_published(answered.papers.values())}
        return Papers(papers, spellings), state.report()

    def lookup_each(self, cited: Cited) -> tuple[Iterator[Lookup], RunTracker]:
        """Return the papers one by one, in order, and the run's report as it grows.

        Unlike `lookup` it holds `lookahead` of them at most: it is for very many.
        """
        until, tracker = self._end_of_run(), RunTracker()

        def look_up() -> Iterator[Lookup]:
            state = self._begin_run(until)
            tracker.begin(state.report)
            items = (Item(id_, {id_: versions}) for id_, versions in cited.items())
            try:
                for item in self._queues(state).answered(items):
                    yield item.papers[item.value]
            finally:
                tracker.end()

        return look_up(), tracker

    def find_same_titles(self, papers: Mapping[PaperId, Lookup]) -> Mapping[PaperId, Paper]:
        """Return the store's other papers that have a title of these.

        They are what `relate_papers` takes as `others`, so that a paper of an earlier run is matched.
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
        self, talks: Iterable[Talk], tracker: RunTracker, until: float
    ) -> Iterator[AnnotatedTalk]:
        state = self._begin_run(until)
        tracker.begin(state.report)

        def extract_all() -> Iterator[Item[tuple[Talk, References]]]:
            for talk in talks:
                if not isinstance(talk, Talk):
                    refuse_talk(talk)
                references = talk.references
                if references is None:
                    references = find_references(talk, sources=self._sources)
                if talk.papers:
                    state.give(talk.papers)
                yield Item((talk, references), _collect_cited(references))

        try:
            answered = self._queues(state).answered(extract_all())
            for item in self._add_published(answered, state) if self._publishers else answered:
                talk, references = item.value
                yield annotate(talk, references, item.papers)
        finally:
            tracker.end()

    def _add_published(self, items: Iterable[Item[T]], state: LookupState) -> Iterator[Item[T]]:
        """Yield the items with their preprints' published versions, as many at once as may wait."""
        waiting = iter(items)
        while chunk := list(islice(waiting, self._lookahead)):
            papers = {id_: paper for item in chunk for id_, paper in item.papers.items()}
            found = state.find_published(papers.values())
            for item in chunk:
                item.papers |= {id_: found[id_] for id_ in item.papers if id_ in found}
                yield item

    def _queues(self, state: LookupState, *, lookahead: int | None = None) -> Queues:
        return Queues(state, lookahead=lookahead or self._lookahead, on_progress=self._on_progress)

    def _end_of_run(self) -> float:
        """Return when the requests of a run that begins now must be over."""
        return math.inf if self._timeout_s is None else self._monotonic() + self._timeout_s

    def _begin_run(self, until: float = math.inf) -> LookupState:
        with self._lock:
            if self._closed:
                raise ValueError("the Enricher is closed")
            if self._library is None:
                self._library = self._make_library()
            state = LookupState(self._library, now=self._clock(), until=until)
        state.give(self._given)
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
        if session is None:
            return True
        from enrich.http.session import has_answered

        return has_answered(session)

    def _make_library(self) -> Library:
        from enrich.store import open_store

        store = open_store(
            self._cache_dir, now=self._clock(), on_trouble=self._on_trouble, derive=links
        )
        self._open.push(store)
        behind: dict[str, list[SecondSource]] = {}
        for second in () if self._offline else self._second:
            behind.setdefault(second.behind, []).append(second)
        return Library(
            sources={source.name: source for source in self._sources},
            fallbacks=behind,
            publishers=cast("Sequence[Publisher]", self._publishers),
            collections=self._collections,
            store=store,
            session=self._opened_session,
            pauses=self._find_pauses,
            on_trouble=self._on_trouble,
            has_answered=self._has_answered,
            offline=self._offline,
            refresh=self._refresh,
            max_age_s=self._max_age_s,
            abstracts=self._abstracts,
            locks={source.name: threading.Lock() for source in self._sources},
        )

    def _opened_session(self) -> Session:
        with self._lock:
            if self._closed:
                raise ValueError("the Enricher is closed")
            if self._session is None:
                from enrich.http.session import open_session

                self._session = open_session(
                    (*self._sources, *dict.fromkeys((*self._second, *self._publishers))),
                    cache_dir=self._cache_dir,
                    state_dir=self._state_dir,
                    contact=self._contact,
                    login=self._logins,
                    refresh=self._refresh,
                    base=self._base,
                    on_retry=self._note_retry,
                    on_trouble=self._on_trouble,
                    now=self._clock,
                    clock=self._monotonic,
                    sleep=self._sleep,
                )
                self._open.callback(self._session.close)
            return self._session

    def _open_collections(self, paths: Iterable[str | Path]) -> Sequence[Collection]:
        collections: list[Collection] = []
        for path in paths:
            from enrich.collection.collection import open_papers

            collection = open_papers(
                Path(path), on_warning=self._on_trouble, abstracts=self._abstracts
            )
            self._open.callback(collection.close)
            collections.append(collection)
        return tuple(collections)


def _close_after(workers: Iterable[threading.Thread], held: ExitStack) -> None:
    for worker in workers:
        if worker.is_alive():
            worker.join()
    held.close()


def _collect_cited(references: Iterable[Reference]) -> Cited:
    """Return the papers of references, each with its cited versions."""
    cited: dict[PaperId, frozenset[str]] = {}
    for reference in references:
        version = frozenset((reference.version,)) if reference.version else frozenset()
        cited[reference.paper] = cited.get(reference.paper, frozenset()) | version
    return cited
