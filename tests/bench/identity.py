"""Papers of a large document related to each other: pairs, one chain, and one paper in the middle."""

from __future__ import annotations

import time
from collections.abc import Mapping

from enrich.identity import relate_papers
from enrich.paper import Paper, PaperId
from tests.bench import figure

PAPERS = 16_000


def main() -> int:
    """Relate 16,000 papers in three shapes."""
    ids = [PaperId(f"arxiv:2101.{n:05}") for n in range(PAPERS)]
    half = PAPERS // 2
    shapes = {
        "pairs": {n: n - half for n in range(half, PAPERS)},
        "a chain": {n: n + 1 for n in range(PAPERS - 1)},
        "a star": dict.fromkeys(range(1, PAPERS), 0),
    }
    holds = []
    for name, links in shapes.items():
        papers = {
            id_: Paper(
                id=id_,
                title="A title",
                url="https://arxiv.org/",
                same_as=(ids[links[n]],) if n in links else (),
                matched_by="doi" if n in links else None,
            )
            for n, id_ in enumerate(ids)
        }
        seconds = _best_time(papers)
        holds.append(figure(f"{PAPERS:,} papers, {name}", seconds, "s", most=0.1))
    return 0 if all(holds) else 1


def _best_time(papers: Mapping[PaperId, Paper]) -> float:
    """Return the CPU seconds of the best of seven rounds."""
    rounds = []
    for _ in range(7):
        began = time.process_time()
        relate_papers(papers)
        rounds.append(time.process_time() - began)
    return min(rounds)
