"""The queues: order, batches, nothing asked twice, failures in their place."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from enrich.enricher import Enricher
from enrich.model import Talk
from enrich.paper import Lookup, Paper, PaperId, Unresolved
from tests.lookup.fake_source import FakeSource


def talk(number: int, *papers: str) -> Talk:
    return Talk(id=str(number), abstract=" ".join(f"arXiv:{key}" for key in papers))


def key(number: int) -> str:
    return f"2101.{number:05}"


Make = Callable[..., Enricher]


@pytest.fixture
def enricher_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    made: list[Enricher] = []

    def make(*sources: FakeSource, **options: object) -> Enricher:
        enricher = Enricher(sources=sources, cache_dir=tmp_path, **options)  # type: ignore[arg-type]
        monkeypatch.setattr(enricher, "_ensure_session", lambda: None)
        enricher._library = None
        made.append(enricher)
        return enricher

    yield make
    for enricher in made:
        enricher.close()


def test_one_talk_out_for_each_in_and_in_order(enricher_of: Make) -> None:
    source = FakeSource("arxiv")
    talks = [talk(n, key(n % 7 + 1)) if n % 2 else talk(n) for n in range(50)]
    out = list(enricher_of(source).enrich(talks))
    assert [annotated.talk for annotated in out] == talks
    assert sum(len(batch) for batch in source.asked) == len({k for b in source.asked for k in b})


def test_batches_are_whole_and_the_rest_goes_last(enricher_of: Make) -> None:
    source = FakeSource("arxiv")
    talks = [talk(n, key(3 * n + 1), key(3 * n + 2), key(3 * n + 3)) for n in range(100)]
    list(enricher_of(source).enrich(talks))
    assert [len(batch) for batch in source.asked] == [100, 100, 100]


def test_a_second_run_asks_nothing(enricher_of: Make) -> None:
    talks = [talk(n, key(n + 1)) for n in range(5)]
    first, second = FakeSource("arxiv"), FakeSource("arxiv")
    one = [t.to_dict() for t in enricher_of(first).enrich(talks)]
    two = [t.to_dict() for t in enricher_of(second).enrich(talks)]
    assert (len(first.asked), second.asked) == (1, [])
    assert one == two


def test_lookahead_of_one_answers_each_talk_before_the_next_is_read(enricher_of: Make) -> None:
    read: list[int] = []

    def talks() -> Iterator[Talk]:
        for n in range(4):
            read.append(n)
            yield talk(n, key(n + 1))

    for n, annotated in enumerate(enricher_of(FakeSource("arxiv"), lookahead=1).enrich(talks())):
        assert read == list(range(n + 1))
        assert annotated.papers[PaperId(f"arxiv:{key(n + 1)}")].status == "resolved"


def test_services_are_asked_side_by_side(enricher_of: Make) -> None:
    barrier = threading.Barrier(2)
    arxiv = FakeSource("arxiv", barrier=barrier)
    openreview = FakeSource("openreview", batch=1, barrier=barrier)
    one = Talk(id="1", abstract=f"arXiv:{key(1)} https://openreview.net/forum?id=FpKgG31Z_i9")
    (annotated,) = enricher_of(arxiv, openreview).enrich([one])
    assert [p.status for p in annotated.papers.values()] == ["resolved", "resolved"]
    assert arxiv.threads != openreview.threads


def test_a_service_that_is_down_fails_its_papers_and_no_others(enricher_of: Make) -> None:
    arxiv = FakeSource("arxiv", down=True)
    openreview = FakeSource("openreview", batch=1)
    one = Talk(id="1", abstract=f"arXiv:{key(1)} https://openreview.net/forum?id=FpKgG31Z_i9")
    (annotated,) = enricher_of(arxiv, openreview, fallback=False).enrich([one])
    failed, resolved = annotated.papers.values()
    assert isinstance(failed, Unresolved)
    assert (failed.code, failed.retryable, failed.url) == (
        "rate_limited",
        True,
        "https://example.org/" + key(1),
    )
    assert resolved.status == "resolved"


def test_an_old_record_serves_stale_when_its_service_is_down(enricher_of: Make) -> None:
    talks = [talk(1, key(1))]
    list(enricher_of(FakeSource("arxiv")).enrich(talks))
    down = FakeSource("arxiv", down=True)
    (annotated,) = enricher_of(down, refresh=True, fallback=False).enrich(talks)
    (paper,) = annotated.papers.values()
    assert isinstance(paper, Paper)
    assert (paper.stale, paper.title) == (True, f"Title {key(1)}")


def test_not_found_is_an_answer_and_is_remembered(enricher_of: Make) -> None:
    talks = [talk(1, key(1))]
    source = FakeSource("arxiv", gone=frozenset({key(1)}))
    enricher = enricher_of(source)
    for _ in range(2):
        (annotated,) = enricher.enrich(talks)
        (paper,) = annotated.papers.values()
        assert (paper.status, paper.url) == ("not_found", "https://example.org/" + key(1))
    assert len(source.asked) == 1


def test_offline_asks_nobody(enricher_of: Make) -> None:
    source = FakeSource("arxiv")
    (annotated,) = enricher_of(source, offline=True).enrich([talk(1, key(1))])
    (paper,) = annotated.papers.values()
    assert isinstance(paper, Unresolved)
    assert (paper.code, source.asked) == ("offline_miss", [])


def test_papers_of_an_earlier_output_stand_unless_refreshed(enricher_of: Make) -> None:
    given = Paper(
        id=PaperId(f"arxiv:{key(1)}"), title="As it was", url="https://example.org", via="datacite"
    )
    earlier = Talk(id="1", abstract=f"arXiv:{key(1)}", papers=(given,))
    source = FakeSource("arxiv")
    (kept,) = enricher_of(source).enrich([earlier])
    (asked,) = enricher_of(source, refresh=True).enrich([earlier])
    assert [*kept.papers.values()] == [given]
    assert [p.title for p in asked.papers.values() if isinstance(p, Paper)] == [f"Title {key(1)}"]


def test_an_error_of_the_feed_comes_after_the_talks_before_it(enricher_of: Make) -> None:
    def talks() -> Iterator[Talk]:
        yield talk(1, key(1))
        yield talk(2, key(2))
        raise RuntimeError("the feed broke")

    out = enricher_of(FakeSource("arxiv")).enrich(talks())
    assert [next(out).talk.id, next(out).talk.id] == ["1", "2"]
    with pytest.raises(RuntimeError, match="the feed broke"):
        next(out)


def test_an_error_in_a_source_reaches_the_caller(enricher_of: Make) -> None:
    class Broken(FakeSource):
        def fetch(
            self, wanted: Sequence[tuple[PaperId, str | None]], session: object
        ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(enricher_of(Broken("arxiv")).enrich([talk(1, key(1))]))


def test_several_threads_share_one_enricher_and_ask_once(enricher_of: Make) -> None:
    source = FakeSource("arxiv")
    enricher = enricher_of(source)
    talks = [talk(n, key(n + 1)) for n in range(20)]
    outs: list[list[object]] = []

    def run() -> None:
        outs.append([t.to_dict() for t in enricher.enrich(talks)])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(outs) == 4
    assert all(out == outs[0] for out in outs)


def test_a_collection_answers_more_papers_than_are_kept_in_memory(
    enricher_of: Make, tmp_path: Path
) -> None:
    keys = [key(n) for n in range(1, 4202)]
    lines = (json.dumps({"id": f"arxiv:{k}", "title": "A title"}) for k in keys)
    (tmp_path / "papers.jsonl").write_text("\n".join(lines))
    source = FakeSource("arxiv")
    found = enricher_of(source, papers=[tmp_path / "papers.jsonl"]).lookup(keys)
    assert {paper.status for paper in found.values()} == {"resolved"}
    assert (len(found), source.asked) == (4201, [])


def test_a_thread_that_is_late_opens_no_session_when_all_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr("enrich.http.session.open_session", lambda *_, **__: opened.append(1))
    enricher = Enricher(sources=[FakeSource("arxiv")], cache_dir=tmp_path)  # type: ignore[list-item]
    library = enricher._library = enricher._make_library()
    said: list[str] = []

    def read() -> None:
        try:
            list(enricher.enrich([talk(1, key(1))]))
        except ValueError as error:
            said.append(str(error))

    reader = threading.Thread(target=read)
    with library.locks["arxiv"]:
        reader.start()
        while not library.workers:
            time.sleep(0.01)
        enricher.__exit__(KeyboardInterrupt)  # without patience
    reader.join(60)
    assert (said, opened) == (["the Enricher is closed"], [])
    while any(thread.name == "closing" for thread in threading.enumerate()):
        time.sleep(0.01)
