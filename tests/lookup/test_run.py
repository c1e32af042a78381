"""Runs: each has its own report, whatever other threads do."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from enrich.enricher import Enricher
from enrich.errors import Overloaded, SourceError
from enrich.lookup.run import Run, RunReport
from enrich.model import Talk
from enrich.paper import Lookup, PaperId
from tests.lookup.fake_source import FakeSource

ARXIV = Talk(id="1", abstract="see arXiv:2101.00001")
OPENREVIEW = Talk(id="2", abstract="see https://openreview.net/forum?id=FpKgG31Z_i9")


class Paused(FakeSource):
    """A source that fails; its error names the source."""

    def fetch(
        self, wanted: Sequence[tuple[PaperId, str | None]], session: object
    ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
        if self.barrier:
            self.barrier.wait(timeout=60)
        raise Overloaded(f"{self.name} is down", hint="run again later")
        yield


@pytest.fixture
def barrier() -> threading.Barrier:
    return threading.Barrier(2)


@pytest.fixture
def enricher(
    tmp_path: Path, barrier: threading.Barrier, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Enricher]:
    sources = [Paused("arxiv", barrier=barrier), Paused("openreview", barrier=barrier)]
    end = datetime(2026, 1, 1, tzinfo=UTC)
    with Enricher(sources=sources, cache_dir=tmp_path, fallback=False) as opened:  # type: ignore[arg-type]
        monkeypatch.setattr(opened, "_ensure_session", lambda: None)
        monkeypatch.setattr(opened, "_find_pauses", lambda: {"arxiv": end, "openreview": end})
        yield opened


def test_two_threads_see_their_own_troubles(enricher: Enricher) -> None:
    reports: dict[str, RunReport] = {}

    def enrich(name: str, talk: Talk) -> None:
        run = enricher.run([talk])
        assert len(list(run)) == 1
        reports[name] = run.report

    threads = [
        threading.Thread(target=enrich, args=args)
        for args in (("arxiv", ARXIV), ("openreview", OPENREVIEW))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    for name, id_ in (("arxiv", "arxiv:2101.00001"), ("openreview", "openreview:FpKgG31Z_i9")):
        report = reports[name]
        assert {key: str(error) for key, error in report.troubles.items()} == {
            name: f"{name} is down"
        }
        assert report.asked == {id_}
        assert list(report.paused_until) == [name]


def test_a_report_grows_with_its_run_and_outlives_the_enricher(
    enricher: Enricher, barrier: threading.Barrier
) -> None:
    barrier.abort()
    enricher._sources[0].barrier = None  # type: ignore[attr-defined]
    run = enricher.run([ARXIV])
    assert run.report == RunReport()
    next(iter(run))
    assert list(run.report.troubles) == ["arxiv"]
    assert list(run) == []
    enricher.close()
    assert run.report.asked == {"arxiv:2101.00001"}
    assert isinstance(run.report.troubles["arxiv"], SourceError)


def test_a_further_run_begins_with_an_empty_report(tmp_path: Path) -> None:
    with Enricher(offline=True, cache_dir=tmp_path) as enricher:
        first, second = enricher.run([ARXIV]), enricher.run([])
        assert [len(list(run)) for run in (first, second)] == [1, 0]
    assert first.report == second.report == RunReport()


def test_a_run_that_is_dropped_ends_at_once(tmp_path: Path) -> None:
    with Enricher(offline=True, cache_dir=tmp_path, lookahead=1) as enricher:
        run = enricher.run([ARXIV, OPENREVIEW])
        next(iter(run))
        talks = weakref.ref(run._talks)
        gc.disable()
        try:
            del run
            assert talks() is None
        finally:
            gc.enable()


def test_nothing_about_a_run_lies_on_the_enricher(tmp_path: Path) -> None:
    with Enricher(offline=True, cache_dir=tmp_path) as enricher:
        list(enricher.enrich([]))
        before = dict(vars(enricher))
        assert isinstance(enricher.run([ARXIV]), Run)
        list(enricher.enrich([ARXIV]))
        enricher.lookup(["2101.00001"])
        assert vars(enricher) == before


def test_a_lookup_has_a_report_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Paused("arxiv")
    with Enricher(sources=[source], cache_dir=tmp_path, fallback=False) as enricher:  # type: ignore[list-item]
        monkeypatch.setattr(enricher, "_ensure_session", lambda: None)
        papers, report = enricher.lookup_with_report(["2101.00001"])
        assert [paper.status for paper in papers.values()] == ["failed"]
        assert list(report.troubles) == ["arxiv"]
        assert report.asked == {PaperId("arxiv:2101.00001")}
        assert enricher.lookup_with_report([])[1] == RunReport()
