"""Progress of a run: the total, the time left at the service's pace, and retries."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from enrich import Talk
from enrich.cli.progress import ProgressLine, describe_progress
from enrich.http.retry import Retry
from enrich.lookup.scheduler import Progress, Queues
from tests.fakes import FakeNote, FakePaper, Fakes
from tests.in_process import Here
from tests.lookup.fake_source import FakeSource
from tests.lookup.test_scheduler import Make, enricher_of, key, talk

__all__ = ["enricher_of"]

ARXIV = "export.arxiv.org"


@pytest.fixture
def home(fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    return Here(fakes, tmp_path, monkeypatch)


def test_the_total_is_known_once_the_feed_is_read(enricher_of: Make) -> None:
    seen: list[Progress] = []
    talks = [talk(n, key(n + 1)) for n in range(250)]
    list(enricher_of(FakeSource("arxiv"), on_progress=seen.append).enrich(talks))
    assert {progress.total for progress in seen} <= {None, 250}
    assert seen[-1].total == 250
    assert [p.talks for p in seen] == sorted(p.talks for p in seen)


def test_the_time_left_is_that_of_the_requests_to_come(
    enricher_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    enricher = enricher_of(FakeSource("openreview", batch=1))
    queues = Queues(enricher._begin_run(), lookahead=9)
    queues._pending = {"openreview": {(f"openreview:x{n}", None): None for n in range(5)}}  # type: ignore[misc]
    (waiting,) = queues._measure_queues()
    assert waiting[0] == "openreview"
    pace_s = 2.0
    assert queues._measure_left("openreview", 5, pace_s) == 4 * pace_s, "the first may go at once"
    queues._requesting.add("openreview")
    assert queues._measure_left("openreview", 5, pace_s) == 5 * pace_s
    assert queues._measure_left("openreview", 0, pace_s) == 0, "the last one is on its way"
    queues._requesting.clear()
    assert queues._measure_left("openreview", 0, pace_s) is None
    monkeypatch.setattr("enrich.lookup.scheduler.time.monotonic", lambda: 100.25)
    queues._last_request_at["openreview"] = 100.0
    assert queues._measure_left("openreview", 5, pace_s) == 5 * pace_s - 0.25, "a tick later"


def test_it_ticks_while_a_service_is_waited_for(home: Here, fakes: Fakes) -> None:
    fakes.arxiv.add(FakePaper(id="2104.00001"))
    fakes.latency(ARXIV, 2.5)
    seen: list[Progress] = []
    with home.enricher(on_progress=seen.append) as enricher:
        list(enricher.enrich([Talk(id="1", abstract="arXiv:2104.00001")]))
    assert len(seen) >= 3
    assert seen[-1].waiting == (("arxiv", 3.0, 0.0),)


class TestARetryIsShown:
    @pytest.mark.parametrize(
        ("fault", "reason"),
        [("503", "arXiv answered 503"), ("429", "arXiv answered 429"),
         ("reset", "the proxy did not connect to arXiv")],
    )  # fmt: skip
    def test_in_the_log(
        self, home: Here, fakes: Fakes, caplog: pytest.LogCaptureFixture, fault: str, reason: str
    ) -> None:
        fakes.arxiv.add(FakePaper(id="2104.00001"))
        fakes.fault(ARXIV, fault, times=2)
        with caplog.at_level(logging.INFO, logger="enrich"), home.enricher() as enricher:
            enricher.lookup(["2104.00001"])
        first, second = (m for m in caplog.messages if "attempt" in m)
        assert first.startswith(f"{reason}; attempt 2 of 4 in ")
        assert "; attempt 3 of 4 in " in second

    def test_under_v_on_standard_error(self, home: Here, fakes: Fakes, tmp_path: Path) -> None:
        fakes.arxiv.add(FakePaper(id="2104.00001"))
        fakes.fault(ARXIV, "503", times=1)
        (tmp_path / "a.json").write_text('[{"id": "1", "abstract": "arXiv:2104.00001"}]')
        loud = home.command(str(tmp_path / "a.json"), "-v")
        assert "enrich: arXiv answered 503; attempt 2 of 4 in " in loud.err
        fakes.fault(ARXIV, "503", times=1)
        assert "attempt" not in home.command(str(tmp_path / "a.json"), "--refresh").err
        assert not logging.getLogger("enrich").handlers

    def test_in_the_progress(self, home: Here, fakes: Fakes) -> None:
        fakes.openreview.add(FakeNote(id="forum_id_01"))
        seen: list[Progress] = []
        retry = Retry(service="arxiv", reason="arXiv answered 503", attempt=2, attempts=4, wait_s=8)
        with home.enricher(on_progress=seen.append) as enricher:
            state = enricher._begin_run()
            assert state.retries() == ()
            enricher._note_retry(retry)
            (shown,) = state.retries()
            assert 7 < shown.wait_s <= 8
            address = "https://openreview.net/forum?id=forum_id_01"
            list(enricher.enrich([Talk(id="1", abstract=address)]))
        assert seen[0].retrying[0].reason == "arXiv answered 503"

    def test_not_when_it_is_over(self, home: Here) -> None:
        with home.enricher() as enricher:
            state = enricher._begin_run()
            enricher._note_retry(
                Retry(service="arxiv", reason="x", attempt=2, attempts=4, wait_s=0)
            )
            assert state.retries() == ()


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (Progress(talks=0, papers=0), "0 talks, 0 papers requested"),
        (
            Progress(talks=3, papers=1, total=12, waiting=(("arxiv", 3.0, 8.6), ("openreview", 1.0, 0.0))),
            "3 of 12 talks, 1 papers requested; waiting for arXiv, 3 s per request: about 9 s left; waiting for OpenReview",
        ),
        (
            Progress(talks=3, papers=0, total=12, waiting=(("arxiv", 3.0, 0.0),),
                     retrying=(Retry(service="arxiv", reason="arXiv answered 503", attempt=2, attempts=4, wait_s=8.4),)),
            "3 of 12 talks, 0 papers requested; arXiv answered 503; attempt 2 of 4 in 8 s",
        ),
    ],
)  # fmt: skip
def test_the_line_says_what_is_waited_for(progress: Progress, line: str) -> None:
    assert describe_progress(progress) == line


def test_the_line_fits_the_terminal_and_is_removed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    shown = ProgressLine()
    shown(Progress(talks=3, papers=0))
    shown(Progress(talks=3, papers=0))
    shown.clear()
    shown.clear()
    assert capsys.readouterr().err == "\r\x1b[K3 talks, 0 papers r\r\x1b[K"
