"""Papers of a large document related to each other: by ids in three shapes, and by title."""

from __future__ import annotations

import time
from collections.abc import Mapping

from enrich.identity import relate_papers
from enrich.paper import Author, Paper, PaperId
from tests.bench import figure

PAPERS = 16_000
TITLED = 20_000


def main() -> int:
    """Relate 16,000 papers in three shapes, and 20,000 with titles and authors."""
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
        seconds = _best_time(papers)  # 60 ms of them make the 16,000 new records
        holds.append(figure(f"{PAPERS:,} papers, {name}", seconds, "s", most=0.15))
    for name, same in {"of 10,000 titles": 2, "of one title each": 1}.items():
        seconds = _best_time(_make_titled(same))
        holds.append(figure(f"{TITLED:,} papers, {name}", seconds, "s", most=0.3))
    return 0 if all(holds) else 1


def _make_titled(same: int) -> dict[PaperId, Paper]:
    """Make papers, so many with one title and the same five authors, of two sources in turn."""
    papers = {}
    for n in range(TITLED):
        work = n // same
        id_ = PaperId(f"openreview:{n:011}" if n % 2 else f"arxiv:2101.{n:05}")
        code = "".join(chr(97 + int(digit)) for digit in f"{work:06}")
        names = [f"{given} {code.title()}{m}" for m, given in enumerate(_GIVEN_NAMES)]
        papers[id_] = Paper(
            id=id_,
            title=_TITLES[work % len(_TITLES)].format(code),
            authors=tuple(
                [Author(name.replace(str(m), "abcde"[m])) for m, name in enumerate(names)]
            ),
            published="2021" if n % 2 else "2021-03-01",
            url="",
        )
    return papers


_GIVEN_NAMES = ("Ingrid", "Tomas", "Wei", "Begoña", "Jean-Luc")
_TITLES = (
    "{}: Zero-Shot Dating of Pottery from Photographs",
    "How Many Sheep Does a {} Robot Need?",
    r"Robust Recovery Under $\ell_2$ Corruption of {} Sketches",
    "Counting {} Walks with a Forgetful Automaton in 3D",
)


def _best_time(papers: Mapping[PaperId, Paper]) -> float:
    """Return the CPU seconds of the best of seven rounds."""
    rounds = []
    for _ in range(7):
        began = time.process_time()
        relate_papers(papers)
        rounds.append(time.process_time() - began)
    return min(rounds)
