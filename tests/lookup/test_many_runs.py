"""Runs at the same time: each paper is asked for once, and each run has its own time."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from enrich.enricher import Enricher
from tests.fakes import FakeNote, Fakes
from tests.lookup.many_runs import ARXIV, OPENREVIEW, ask_at_once, paced


def test_processes_and_threads_ask_for_each_paper_once(fakes: Fakes, tmp_path: Path) -> None:
    """A run that waited for its slot reads the store again before it asks."""
    asked = ask_at_once(fakes, tmp_path, processes=2, threads=3, papers=8, delay_s=0.5)
    assert set(asked.values()) == {1}
    assert len(asked) == 8
    for host in (ARXIV, OPENREVIEW):
        assert all(gap >= 0.5 for gap in fakes.gaps(host))


def test_a_run_does_not_renew_the_time_and_the_hosts_of_another(
    fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.use(monkeypatch)
    notes = [f"Abcdefgh_{n:02d}" for n in range(20)]
    fakes.openreview.add(*(FakeNote(id=id_, title="T") for id_ in notes))
    fakes.latency(OPENREVIEW, 0.3)
    found: list[object] = []
    with Enricher(
        sources=[paced("openreview", 0.0)],
        fallback=False,
        timeout_s=1.5,
        cache_dir=tmp_path,
        state_dir=tmp_path,
    ) as enricher:

        def look_up() -> None:
            found.extend(enricher.lookup(f"openreview:{id_}" for id_ in notes).values())

        thread = threading.Thread(target=look_up)
        start = time.monotonic()
        thread.start()
        while thread.is_alive():  # further runs begin while the first one asks
            enricher.lookup([])
            thread.join(0.1)
        assert time.monotonic() - start < 1.5 + 2
    codes = [getattr(each, "code", None) for each in found]
    assert set(codes) == {None, "timeout"}
