"""The papers and the counts of a document, gathered while its talks pass by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from enrich.identity import merge_views, relate_papers
from enrich.model import AnnotatedTalk
from enrich.paper import Lookup, PaperId


class Tally:
    """Counts of what passed, and each paper once: memory for papers, never for talks."""

    def __init__(self) -> None:
        self.talks = 0
        self.references = 0
        self._papers: dict[PaperId, Lookup] = {}

    def passing(self, talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
        """The same talks, counted as they pass."""
        for talk in talks:
            self.talks += 1
            self.references += len(talk.references)
            for id_, paper in talk.papers.items():
                known = self._papers.get(id_)
                self._papers[id_] = merge_views(known, paper) if known else paper
            yield talk

    def papers(self) -> dict[PaperId, Lookup]:
        """All papers so far, in order of first reference, related to each other."""
        return relate_papers(self._papers)


def summary(tally: Tally, papers: Mapping[PaperId, Lookup]) -> dict[str, int]:
    """The document's `summary` object."""
    status = Counter(paper.status for paper in papers.values())
    return {
        "talks": tally.talks,
        "references": tally.references,
        "papers": len(papers),
        "works": len({paper.work or id_ for id_, paper in papers.items()}),
        "resolved": status["resolved"],
        "not_found": status["not_found"],
        "failed": status["failed"],
    }
