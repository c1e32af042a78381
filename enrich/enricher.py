"""`Enricher`: talks in, annotated talks out, lazily and in order. The one class that holds the state."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from enrich.annotation import annotate
from enrich.errors import SourceError
from enrich.lookup.run import Cited, Library, Run
from enrich.lookup.scheduler import Item, Progress, Queues
from enrich.model import AnnotatedTalk, Reference, References, Talk
from enrich.paper import Lookup, Paper, PaperId
from enrich.references.extract import parse_citation, read
from enrich.sources import SecondSource, Source
from enrich.sources.installed import second_sources
from enrich.sources.installed import sources as installed_sources
from enrich.text.web import mail_address

if TYPE_CHECKING:
    from requests import Session

    from enrich.collection.collection import Collection
    from enrich.http.session import Login, PoliteSession

LOOKAHEAD = 2000
_PATIENCE_S = 2.0  # at the end, for a thread that waits for an answer


class Enricher:
    """Looks up the papers that talks mention. Use it as a context manager, or `close` it.

    One may be used from several threads; lookups are serialised per service.

    Args:
        papers: collections or files of papers that are asked first, in this order; or papers.
        offline: never touch the network.
        refresh: ask for every paper again; a collection still wins.
        fallback: ask a second source where a service cannot answer.
        max_age: seconds after which a stored record counts as expired.
        timeout_s: seconds for all requests of a run; what is left then is `failed`, retryable.
        lookahead: how many talks may wait for their papers; 1 answers each at once.
        cache_dir: folder of the store; the user's cache folder if None.
        state_dir: folder of the gate's files, shared by all that must share one request rate.
        contact: a mail address for the User-Agent.
        login: OpenReview's: a token, or (username, password). The environment is not read.
        session: your session; its adapters become the network end of the polite ones.
        sources: the paper sources to ask; those that are installed if None.
        on_progress: called with a `Progress` while a run waits for a service.
        on_trouble: called with a sentence when the store or the like cannot be used.
        clock: seconds since 1970; read once a run. Waits are measured by one that is given, too.
        sleep: how waiting is done; the clock must go on under it.

    Raises:
        PapersError: one of `papers` cannot be read.
        ValueError: `contact` is no mail address, `lookahead` less than 1, offline with refresh.
    """

    def __init__(
        self,
        *,
        papers: Iterable[str | Path | Paper] = (),
        offline: bool = False,
        refresh: bool = False,
        fallback: bool = True,
        max_age: float | None = None,
        timeout_s: float | None = None,
        lookahead: int = LOOKAHEAD,
        abstracts: bool = False,
        cache_dir: str | Path | None = None,
        state_dir: str | Path | None = None,
        contact: str | None = None,
        login: Login | None = None,
        session: Session | None = None,
        sources: Iterable[Source] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        on_trouble: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if lookahead < 1:
            raise ValueError("lookahead is at least 1")
        if offline and refresh:
            raise ValueError("offline and refresh exclude each other")
        if isinstance(papers, (str, Path)):
            raise TypeError("papers is a list of paths, not a path")
        self._offline = offline
        self._refresh = refresh
        self._max_age = max_age
        self._timeout_s = timeout_s
        self._lookahead = lookahead
        self._abstracts = abstracts
        self._cache_dir = None if cache_dir is None else Path(cache_dir)
        self._state_dir = None if state_dir is None else Path(state_dir)
        self._contact = contact and mail_address(contact)
        self._login = login
        self._base = session
        self._sources = tuple(installed_sources() if sources is None else sources)
        names = {source.name for source in self._sources}
        self._second = tuple(s for s in second_sources() if fallback and s.behind in names)
        self._on_progress = on_progress
        self._on_trouble = on_trouble or (lambda _: None)
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.RLock()
        self._open = ExitStack()
        self._library: Library | None = None
        self._session: PoliteSession | None = None
        self._latest: Run | None = None
        self._closed = False
        papers = tuple(papers)
        self._given = tuple(paper for paper in papers if isinstance(paper, Paper))
        self._collections = self._open_collections(
            path for path in papers if not isinstance(path, Paper)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._close(patience_s=_PATIENCE_S if kind is None else 0.0)

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

    def enrich(self, talks: Iterable[Talk]) -> Iterator[AnnotatedTalk]:
        """Exactly one annotated talk for each talk, in order, as soon as it and all before are known."""
        run = self._run()

        def items() -> Iterator[Item[tuple[Talk, References]]]:
            for talk in talks:
                references = References(*read(talk, sources=self._sources))
                if talk.papers:
                    run.give(talk.papers)
                yield Item((talk, references), _cited(references))

        for item in self._queues(run).answered(items()):
            talk, references = item.value
            yield annotate(talk, references, item.papers)

    def lookup(self, wanted: Iterable[Reference | PaperId | str]) -> dict[PaperId, Lookup]:
        """Look papers up, each once; in the order wanted.

        Raises:
            InvalidId: a string names no paper.
        """
        if isinstance(wanted, str):
            raise TypeError("wanted is a list of ids, not an id")
        cited_: dict[PaperId, frozenset[str]] = {}
        for item in wanted:
            match item:
                case Reference():
                    id_, version = item.paper, item.version
                case PaperId():
                    id_, version = item, None
                case _:
                    id_, version = parse_citation(item, sources=self._sources)
            cited_[id_] = cited_.get(id_, frozenset()) | ({version} if version else frozenset())
        run = self._run()
        (answered,) = self._queues(run, lookahead=1).answered(iter([Item(None, cited_)]))
        return answered.papers

    def enrich_text(self, text: str) -> AnnotatedTalk:
        """One text, as if it were a talk's abstract."""
        (annotated,) = self.enrich([Talk(id="text", abstract=text)])
        return annotated

    def paused_until(self) -> Mapping[str, datetime]:
        """Services that named a pause that is not over, with its end."""
        if self._session is None:
            return {}
        from enrich.http.session import paused_until

        return paused_until(self._session)

    def troubles(self) -> Mapping[str, SourceError]:
        """Why services could not be asked in the latest run, with what to do about it."""
        return dict(self._latest.troubles) if self._latest else {}

    def asked(self) -> frozenset[PaperId]:
        """The papers that services were asked for in the latest run."""
        return self._latest.asked() if self._latest else frozenset()

    def _queues(self, run: Run, *, lookahead: int | None = None) -> Queues:
        return Queues(run, lookahead=lookahead or self._lookahead, on_progress=self._on_progress)

    def _run(self) -> Run:
        with self._lock:
            if self._closed:
                raise ValueError("the Enricher is closed")
            if self._library is None:
                self._library = self._make_library()
            if self._session is not None:
                self._session.begin_run()
            run = Run(self._library, now=self._clock())
            self._latest = run
        run.give(self._given)
        return run

    def _make_library(self) -> Library:
        from enrich.store import open_store

        store = open_store(self._cache_dir, now=self._clock(), on_trouble=self._on_trouble)
        self._open.push(store)
        behind: dict[str, list[SecondSource]] = {}
        for second in () if self._offline else self._second:
            behind.setdefault(second.behind, []).append(second)
        return Library(
            sources={source.name: source for source in self._sources},
            fallbacks=behind,
            collections=self._collections,
            store=store,
            session=self._opened_session,
            offline=self._offline,
            refresh=self._refresh,
            max_age_s=self._max_age,
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
                    (*self._sources, *self._second),
                    cache_dir=self._cache_dir,
                    state_dir=self._state_dir,
                    contact=self._contact,
                    login={} if self._login is None else {"openreview": self._login},
                    refresh=self._refresh,
                    timeout_s=self._timeout_s,
                    base=self._base,
                    on_trouble=self._on_trouble,
                    now=self._clock,
                    clock=time.monotonic if self._clock is time.time else self._clock,
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


def _cited(references: Iterable[Reference]) -> Cited:
    out: dict[PaperId, frozenset[str]] = {}
    for reference in references:
        version = frozenset((reference.version,)) if reference.version else frozenset()
        out[reference.paper] = out.get(reference.paper, frozenset()) | version
    return out
