"""Requests to arXiv: what an answer lacks and older versions ride in the next batch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from enrich.enricher import Enricher
from enrich.model import Talk
from enrich.paper import Paper
from enrich.sources.installed import source
from tests.fakes import FakePaper, Fakes, FakeVersion

HOST = "export.arxiv.org"


def paced(name: str, delay_s: float = 0.0) -> Any:
    """Return an installed source with another pace."""
    base = source(name)
    made = type(base)()
    made.politeness = replace(base.politeness, delay_s=delay_s)
    return made


@pytest.fixture
def enricher(fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Enricher]:
    fakes.use(monkeypatch)
    with ExitStack() as held:
        yield held.enter_context(
            Enricher(
                sources=[paced("arxiv")],
                fallback=False,
                cache_dir=tmp_path / "cache",
                state_dir=tmp_path / "state",
            )
        )


def key(n: int) -> str:
    return f"2101.{n:05d}"


def add(fakes: Fakes, numbers: Iterable[int], *, versions: int = 1) -> None:
    dates = [FakeVersion(date=f"2021-01-{day:02d}T00:00:00Z") for day in range(1, versions + 1)]
    fakes.arxiv.add(*(FakePaper(id=key(n), title=f"T {n}", versions=dates) for n in numbers))


def sent(fakes: Fakes) -> list[int]:
    return [len(request.query["id_list"].split(",")) for request in fakes.requests(HOST)]


@pytest.mark.parametrize("how", ["lookup", "talks"])
@pytest.mark.parametrize(
    ("papers", "versions", "lacking"),
    [
        (421, 41, 0),
        (421, 0, 17),
        (380, 41, 25),
        (100, 0, 0),
        (100, 1, 0),
        (101, 0, 1),
        (250, 150, 60),
    ],
)
def test_the_number_of_requests(  # noqa: PLR0917 - pytest's fixtures
    enricher: Enricher, fakes: Fakes, how: str, papers: int, versions: int, lacking: int
) -> None:
    """n ids, m further versions and k that are lacking: ⌈(n + m + k) / 100⌉ + 1 at most."""
    absent = {papers - n * papers // lacking for n in range(lacking)}
    present = [n for n in range(1, papers + 1) if n not in absent]
    add(fakes, present, versions=2)
    old = [present[n * len(present) // versions] for n in range(versions)]  # over all batches
    cited = [f"arxiv:{key(n)}" for n in range(1, papers + 1)]
    cited += [f"arxiv:{key(n)}v1" for n in old]
    found: dict[str, Any]
    if how == "lookup":
        found = dict(enricher.lookup(cited).items())
    else:
        talks = [Talk(id=text, abstract=text.replace("arxiv:", "arXiv:")) for text in cited]
        found = {id_: p for talk in enricher.enrich(talks) for id_, p in talk.papers.items()}
    assert len(fakes.requests(HOST)) <= math.ceil((papers + versions + lacking) / 100) + 1
    assert max(sent(fakes)) <= 100
    resolved = [p for p in found.values() if isinstance(p, Paper)]
    assert len(resolved) == papers - lacking
    with_titles = [p for p in resolved if p.versions[0].title is not None]
    assert len(with_titles) == versions, "the cited version has its own title"


def test_what_is_lacking_is_asked_for_twice_and_no_more(enricher: Enricher, fakes: Fakes) -> None:
    add(fakes, [1])
    found = enricher.lookup([key(1), key(2), f"{key(1)}v7"])
    assert [getattr(p, "code", None) for p in found.values()] == [None, "not_found"]
    asked = [request.query["id_list"].split(",") for request in fakes.requests(HOST)]
    assert asked == [[key(1), key(2)], [key(2)]]


def test_many_versions_of_one_paper_keep_to_the_size_of_a_batch(
    enricher: Enricher, fakes: Fakes
) -> None:
    add(fakes, range(1, 11), versions=20)
    cited = [f"{key(n)}v{v}" for n in range(1, 11) for v in range(1, 20)]
    enricher.lookup(cited)
    assert sent(fakes) == [10, 100, 90]


def test_a_good_answer_is_kept_where_the_next_one_fails(enricher: Enricher, fakes: Fakes) -> None:
    add(fakes, [1, 2])
    fakes.fault(HOST, "403", match="id_list=" + key(3))
    found = enricher.lookup([key(1), key(2), key(3)])
    assert [getattr(p, "code", None) for p in found.values()] == [None, None, "forbidden"]


def test_lookahead_of_one_still_answers_each_talk(
    fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.use(monkeypatch)
    add(fakes, [1, 2], versions=3)
    talks = [Talk(id=f"{n}", abstract=f"arXiv:{key(n)}v1") for n in (1, 2, 3)]
    with Enricher(
        sources=[paced("arxiv")],
        fallback=False,
        lookahead=1,
        cache_dir=tmp_path,
        state_dir=tmp_path,
    ) as opened:
        answered = [next(iter(talk.papers.values())) for talk in opened.enrich(talks)]
    assert [isinstance(paper, Paper) for paper in answered] == [True, True, False]
    assert len(fakes.requests(HOST)) == 6
