"""Lookups: requests sent, waiting, reading what is known; against the naive way, side by side.

The services are the stand-ins on loopback, their intervals scaled down; nothing else is.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from enrich import Enricher, Paper
from enrich.sources.installed import source
from enrich.store.store import open_store
from tests.bench import figure
from tests.fakes import FakeNote, FakePaper, Fakes

ARXIV, OPENREVIEW = 800, 200
SCALE = 5.0  # of the intervals between two requests


class Hurried:
    """A source whose interval is scaled down."""

    def __init__(self, name: str) -> None:
        self._source = source(name)
        politeness = self._source.politeness
        self.politeness = replace(politeness, delay_s=politeness.delay_s / SCALE)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


def main() -> int:
    """Run it; 1 where a figure misses its bound."""
    with tempfile.TemporaryDirectory() as folder, Fakes() as fakes:
        os.environ.update(fakes.variables())
        holds = [*cold_and_warm(fakes, Path(folder)), *gate(fakes, Path(folder, "gate"))]
    return 0 if all(holds) else 1


def cold_and_warm(fakes: Fakes, folder: Path) -> list[bool]:
    """A thousand papers cold, warm, and with one that is new."""
    keys = [f"2101.{n:05}" for n in range(1, ARXIV + 2)]
    notes = [f"bench{n:05}" for n in range(OPENREVIEW)]
    fakes.arxiv.add(*(FakePaper(id=key, title=f"Paper {key}") for key in keys))
    fakes.openreview.add(*(FakeNote(id=key, api=2, title=f"Note {key}") for key in notes))
    *known, new = [*(f"openreview:{key}" for key in notes), *(f"arxiv:{key}" for key in keys)]
    services = [Hurried("arxiv"), Hurried("openreview")]
    options: dict[str, Any] = {"sources": services, "cache_dir": folder, "state_dir": folder}

    def look_up(ids: list[str]) -> float:
        fakes.forget()
        begin = time.perf_counter()
        with Enricher(**options) as enricher:
            found = enricher.lookup(ids)
        took = time.perf_counter() - begin
        if not all(isinstance(paper, Paper) for paper in found.values()):
            raise AssertionError("a paper was not found")
        return took

    cold_s = look_up(known)
    asked = fakes.requests("export.arxiv.org")
    arxiv_s = _floor(fakes, services[0], "export.arxiv.org")
    openreview_s = _floor(fakes, services[1], "api2.openreview.net")
    holds = [
        figure("cold: requests to arXiv for 800 papers", len(asked), "requests", most=ARXIV / 100),
        figure(
            "cold: whole time / longer queue's floor",
            cold_s / max(arxiv_s, openreview_s),
            "x",
            most=1.10,
        ),
    ]
    figure("cold: whole time, intervals a fifth", cold_s, "s")
    look_up(known)
    holds.append(figure("the same again: requests", len(fakes.requests()), "requests", most=0))
    look_up([*known, new])
    holds.append(figure("one new paper: requests", len(fakes.requests()), "requests", most=1))
    return [*holds, *warm(folder), *naive(fakes, folder, keys[:20])]


def _floor(fakes: Fakes, service: Hurried, host: str) -> float:
    """Seconds that a queue takes at the least: its requests, and the intervals between them."""
    asked = fakes.requests(host)
    return (len(asked) - 1) * service.politeness.delay_s + sum(
        (request.ended or request.arrived) - request.arrived for request in asked
    )


def warm(folder: Path) -> list[bool]:
    """Reading records from the store, 500 at once."""
    from enrich.paper import PaperId

    keys = [(PaperId(f"arxiv:2101.{n:05}"), None) for n in range(1, 501)]
    with open_store(folder, now=time.time(), on_trouble=print) as store:
        per_paper = min(_timed(lambda: store.get_many(keys)) for _ in range(20)) / len(keys)
        if len(store.get_many(keys)) != len(keys):
            raise AssertionError("a record is missing")
    return [figure("warm: a paper from the store, 500 at once", per_paper * 1e6, "us", most=20)]


def naive(fakes: Fakes, folder: Path, keys: list[str]) -> list[bool]:
    """One id a request: the stock client, and a cached session with a parse a paper."""
    import arxiv
    from arxiv._feed import parse
    from requests_cache import CachedSession

    from enrich.paper import PaperId

    delay_s = source("arxiv").politeness.delay_s / SCALE
    client = arxiv.Client(page_size=1, delay_seconds=delay_s, num_retries=3)
    fakes.forget()
    begin = time.perf_counter()
    for key in keys:
        list(client.results(arxiv.Search(id_list=[key], max_results=1)))
    took = time.perf_counter() - begin
    figure(f"naive: the stock client, one id a request, {len(keys)} papers", took, "s")
    figure("naive: the same for 800 papers (extrapolated)", took / len(keys) * ARXIV, "s")
    with CachedSession(folder / "naive", backend="sqlite", serializer="json", wal=True) as session:
        urls = [f"https://export.arxiv.org/api/query?id_list={key}" for key in keys]
        for url in urls:
            session.get(url)
        hits = min(
            _timed(lambda: [parse(session.get(url).content) for url in urls]) for _ in range(5)
        ) / len(urls)
    with open_store(folder, now=time.time(), on_trouble=print) as store:
        wanted = [(PaperId(f"arxiv:2101.{n:05}"), None) for n in range(1, 501)]
        ours = min(_timed(lambda: store.get_many(wanted)) for _ in range(20)) / len(wanted)
    figure("naive: a cached session's hit and a parse", hits * 1e6, "us")
    return [figure("warm: naive / ours, a paper", hits / ours, "x", least=50)]


def gate(fakes: Fakes, folder: Path) -> list[bool]:
    """Two processes, twenty requests each, through the gate."""
    from tests.http.many_processes import HOST, gaps_of_processes

    fakes.forget()
    fakes.heal()
    delay_s = 0.1
    gaps, in_flight = gaps_of_processes(fakes, folder, processes=2, requests=20, delay_s=delay_s)
    if len(fakes.requests(HOST)) != 40:
        raise AssertionError("a request is missing")
    return [
        figure(
            "gate: the smallest gap / the limit, 2 processes x 20 requests",
            min(gaps) / delay_s,
            "x",
            least=1.0,
        ),
        figure("gate: the most requests in flight", in_flight, "requests", most=1),
    ]


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    raise SystemExit(main())
