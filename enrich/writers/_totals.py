"""Papers and counts of a document, collected while its talks are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from enrich.document import SummaryObject
from enrich.identity import merge_views, relate_papers
from enrich.model import AnnotatedTalk, Document
from enrich.paper import Lookup, PaperId


class Totals:
    """Counts of the talks so far, and each paper once; holds papers in memory, but no talks."""

    def __init__(self) -> None:
        self._talks = 0
        self._references = 0
        self._papers: dict[PaperId, Lookup] = {}

    def counting(self, talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
        """Yield the same talks; count them and collect their papers."""
        for talk in talks:
            self._talks += 1
            self._references += len(talk.references)
            for id_, paper in talk.papers.items():
                known = self._papers.get(id_)
                self._papers[id_] = merge_views(known, paper) if known else paper
            yield talk

    def papers(self, document: Document) -> dict[PaperId, Lookup]:
        """Return all papers so far, in order of first reference.

        They are related to each other, and to the papers that `document.find_others` finds.
        """
        find = document.find_others
        return relate_papers(self._papers, find(self._papers) if find else None)

    def summary(self, papers: Mapping[PaperId, Lookup]) -> SummaryObject:
        """Make the document's `summary` object."""
        status = Counter(paper.status for paper in papers.values())
        return SummaryObject(
            talks=self._talks,
            references=self._references,
            papers=len(papers),
            works=len({paper.work or id_ for id_, paper in papers.items()}),
            resolved=status["resolved"],
            not_found=status["not_found"],
            failed=status["failed"],
        )
