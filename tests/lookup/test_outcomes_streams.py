"""Talks come out as soon as they can, and services are waited for side by side."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from enrich.enricher import Enricher
from enrich.lookup.scheduler import Progress
from enrich.model import Talk
from tests.fakes import FakeNote, FakePaper, Fakes
from tests.in_process import Here

ARXIV, API1 = "export.arxiv.org", "api.openreview.net"
PAPERS = tuple(FakePaper(id=f"2104.{n:05}") for n in range(1, 251))
NOTES = tuple(FakeNote(id=f"forum_id_{n:02}") for n in range(5))


@pytest.fixture(autouse=True)
def services(fakes: Fakes) -> None:
    fakes.arxiv.add(*PAPERS)
    fakes.openreview.add(*NOTES)


@pytest.fixture
def home(fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    return Here(fakes, tmp_path, monkeypatch)


def talk(number: int) -> Talk:
    return Talk(id=f"arxiv-{number}", abstract=f"arXiv:{PAPERS[number].id}")


def forum_talk(number: int) -> Talk:
    address = f"https://openreview.net/forum?id={NOTES[number].id}"
    return Talk(id=f"openreview-{number}", abstract=address)


def test_a_talk_whose_papers_are_known_does_not_wait_for_those_after_it(
    home: Here, fakes: Fakes
) -> None:
    with home.enricher() as enricher:
        list(enricher.enrich([talk(0)]))
        fakes.forget()
        fakes.hold(ARXIV)
        out = enricher.enrich([Talk(id="none"), talk(0), talk(1)])
        assert [next(out).talk.id, next(out).talk.id] == ["none", "arxiv-0"]
        assert all(request.ended is None for request in fakes.requests())
        fakes.release(ARXIV)
        assert next(out).talk.id == "arxiv-1"


def test_the_command_writes_a_line_before_the_service_answers(fakes: Fakes, tmp_path: Path) -> None:
    env = fakes.env(tmp_path)
    talks = [{"id": t.id, "abstract": t.abstract} for t in (Talk(id="none"), talk(0))]
    (tmp_path / "talks.json").write_text(json.dumps(talks))
    fakes.hold(ARXIV)
    with subprocess.Popen(
        [sys.executable, "-m", "enrich", "-f", "ndjson", str(tmp_path / "talks.json")],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        assert json.loads(process.stdout.readline())["id"] == "none"
        assert all(request.ended is None for request in fakes.requests())
        fakes.release(ARXIV)
        assert json.loads(process.stdout.readline())["papers"][0]["status"] == "resolved"
    assert process.returncode == 0
    assert len(fakes.requests()) == 1


def test_each_talk_comes_when_it_and_all_before_it_are_known(home: Here, fakes: Fakes) -> None:
    fakes.hold(API1)
    with home.enricher() as enricher:
        out = enricher.enrich(map(forum_talk, range(5)))
        for n in range(5):
            fakes.release(API1)
            annotated = next(out)
            assert [paper.status for paper in annotated.papers.values()] == ["resolved"]
            assert n + 1 <= len(fakes.requests()) <= n + 2, "its own, and the next on its way"


def test_a_whole_batch_goes_while_the_feed_is_still_read(home: Here, fakes: Fakes) -> None:
    def feed() -> Iterator[Talk]:
        for n in range(250):
            if n == 200:  # a hundred at a time have been wanting twice
                fakes.wait_for(ARXIV, 2)
            yield talk(n)

    with home.enricher() as enricher:
        out = [annotated.talk.id for annotated in enricher.enrich(feed())]
    assert out == [f"arxiv-{n}" for n in range(250)]
    sizes = [len(request.query["id_list"].split(",")) for request in fakes.requests(ARXIV)]
    assert sizes == [100, 100, 50]


def test_the_services_are_waited_for_side_by_side(
    fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.use(monkeypatch)
    fakes.hold(ARXIV)
    fakes.hold(API1)

    def answer_when_both_are_asked() -> None:
        fakes.wait_for(ARXIV)
        fakes.wait_for(API1)
        fakes.release(ARXIV)
        fakes.release(API1)

    with (
        ThreadPoolExecutor() as pool,
        Enricher(cache_dir=tmp_path, state_dir=tmp_path) as enricher,
    ):
        answering = pool.submit(answer_when_both_are_asked)
        out = list(enricher.enrich([talk(0), forum_talk(0)]))
        answering.result()
    assert all(p.status == "resolved" for annotated in out for p in annotated.papers.values())
    assert (len(fakes.requests(ARXIV)), len(fakes.requests(API1))) == (1, 1)


def test_a_service_that_hangs_holds_up_no_other(home: Here, fakes: Fakes) -> None:
    fakes.fault(API1, "hang")
    with home.enricher(timeout_s=4) as enricher:
        out = list(enricher.enrich([forum_talk(0), talk(0), talk(1)]))
    statuses = [paper.status for annotated in out for paper in annotated.papers.values()]
    assert statuses == ["failed", "resolved", "resolved"]
    (hanging,), (answered,) = fakes.requests(API1), fakes.requests(ARXIV)
    assert answered.ended
    assert answered.ended < (hanging.ended or time.monotonic())


def test_waits_are_shown(home: Here, fakes: Fakes) -> None:
    seen: list[Progress] = []
    fakes.latency(ARXIV, 0.1)
    with home.enricher(on_progress=seen.append) as enricher:
        list(enricher.enrich([*map(talk, range(250)), *map(forum_talk, range(5))]))
    waits = {name: (delay_s, left_s) for p in seen for name, delay_s, left_s in p.waiting}
    assert waits["arxiv"][0] == 3
    assert waits["openreview"][0] == 1
    assert max(left_s for p in seen for name, _, left_s in p.waiting if name == "openreview") <= 5
    assert seen[-1].papers <= 255


def test_threads_that_want_the_same_papers_ask_once(home: Here, fakes: Fakes) -> None:
    fakes.latency(ARXIV, 0.2)
    outs: list[list[object]] = []
    with home.enricher() as enricher:

        def run() -> None:
            outs.append([a.to_dict() for a in enricher.enrich(map(talk, range(20)))])

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
    assert len(outs) == 4
    assert all(out == outs[0] for out in outs)
    assert len(fakes.requests(ARXIV)) == 1
