"""Each format on 5,000 papers of two services, beside json.dumps of the same objects."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

from enrich.model import AnnotatedTalk, Document, Talk
from enrich.paper import Author, Paper, PaperId, Papers
from enrich.writers import builtin_names, configure, writer
from tests.bench import figure

PAPERS = 5_000
FORMATS = builtin_names()
MOST = 10
"""Times json.dumps, side by side in one run."""
MOST_OF_A_PAGE = 30
"""The same for `html`, which shows each paper twice, with its BibTeX entry, ContextObject and JSON."""
MOST_GROWTH = 2.6
"""Time of twice as many papers over that of the half, each the best of its rounds."""


def main() -> int:
    """Write 5,000 papers in each format, and twice as many."""
    papers = [*_make_papers(2 * PAPERS)]
    half, whole = _document(papers[:PAPERS]), _document(papers)
    objects = [paper.to_dict() for paper in papers[:PAPERS]]
    dumps = _best_time(lambda: json.dumps(objects))
    figure("json.dumps of the same objects", 1e6 * dumps / PAPERS, "us/paper")
    holds = []
    for name in FORMATS:
        chosen = configure(writer(name), {"rows": "paper"})
        seconds = _best_time(lambda chosen=chosen: "".join(chosen.write(half)))  # type: ignore[misc]
        figure(f"{name}, {PAPERS:,} papers", 1e6 * seconds / PAPERS, "us/paper")
        most = MOST_OF_A_PAGE if name == "html" else MOST
        holds.append(figure(f"{name} over json.dumps", seconds / dumps, "times", most=most))
        twice = _best_time(lambda chosen=chosen: "".join(chosen.write(whole)))  # type: ignore[misc]
        holds.append(
            figure(f"{name}, twice the papers", twice / seconds, "times", most=MOST_GROWTH)
        )
    return 0 if all(holds) else 1


def _make_papers(count: int) -> Iterator[Paper]:
    families = ("van der Vaart", "Łoś", "García Márquez", "O'Brien", "Wang", "Team")
    for n in range(count):
        yield Paper(
            id=PaperId(
                f"openreview:{n:011}" if n % 5 == 0 else f"arxiv:21{n // 10_000:02}.{n % 10_000:05}"
            ),
            title=f"On the $O(n^{{{n}}})$ acceleration of R\\'enyi graphs & trees {n}",
            authors=tuple([Author(f"A{n} B. {family}") for family in families]),
            published=f"20{n % 20:02}-03-01",
            category="cs.LG",
            doi=f"10.48550/arXiv.21{n}",
            url=f"https://arxiv.org/abs/21{n}",
        )


def _document(papers: list[Paper]) -> Document:
    """Return a document of talks with ten papers each."""
    return Document(
        tuple(
            AnnotatedTalk(
                talk=Talk(id=str(n)), papers=Papers({p.id: p for p in papers[n : n + 10]})
            )
            for n in range(0, len(papers), 10)
        )
    )


def _best_time(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the best of five rounds."""
    rounds = []
    for _ in range(5):
        began = time.process_time()
        work()
        rounds.append(time.process_time() - began)
    return min(rounds)
