"""Which papers are the same work, and what two records of one paper say together; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from enrich.paper import Lookup, Paper, PaperId, with_versions

_PREFERRED_IDS = "arxiv:"
"""Prefix of the ids that stand for a work before all others (the document's contract)."""

_PAPER_FIELDS = tuple(field.name for field in fields(Paper))
_read_fields = attrgetter(*_PAPER_FIELDS)


def relate_papers(papers: Mapping[PaperId, Lookup]) -> dict[PaperId, Lookup]:
    """Return the papers with mutual `same_as`, `matched_by` and `work`.

    `same_as` means an equivalence relation: it is completed to both directions, and its transitive
    closure is one work. `work` is the smallest arXiv id among the given papers of a work, otherwise
    their smallest id, whatever the order of the papers and of their lists. Ids outside of the given
    papers connect others, but stand for no work. Linear in papers and links.

    >>> a, b = PaperId("arxiv:2103.01338"), PaperId("openreview:FpKgG31Z_i9")
    >>> papers = {
    ...     b: Paper(id=b, title="T", url="https://openreview.net/", same_as=(a,)),
    ...     a: Paper(id=a, title="T", url="https://arxiv.org/"),
    ... }
    >>> [(paper.same_as, paper.work) for paper in relate_papers(papers).values()]
    [(('arxiv:2103.01338',), 'arxiv:2103.01338'), (('openreview:FpKgG31Z_i9',), None)]
    """
    neighbours, grounds = _collect_links(papers)
    if not neighbours:
        return dict(papers)
    roots = _find_roots(neighbours)
    works: dict[PaperId, tuple[bool, PaperId]] = {}
    for id_, root in roots.items():
        if id_ in papers:
            precedence = _precedence(id_)
            if root not in works or precedence < works[root]:
                works[root] = precedence
    out = dict(papers)
    for id_, others in neighbours.items():
        if (paper := papers.get(id_)) is not None:
            _, work = works[roots[id_]]
            out[id_] = _with_links(
                paper,
                tuple(others),
                paper.matched_by or grounds.get(id_),
                None if work == id_ else work,
            )
    return out


def merge_views(first: Lookup, second: Lookup) -> Lookup:
    """Return the first of two views of one paper, with the versions of both.

    The views of two talks differ in the cited versions that `select_versions` kept.
    """
    if not isinstance(first, Paper) or not isinstance(second, Paper):
        return first
    if first.versions == second.versions:
        return first
    versions = {version.version: version for version in (*first.versions, *second.versions)}
    return replace(first, versions=tuple(sorted(versions.values(), key=lambda v: v.number)))


def select_versions(
    papers: Mapping[PaperId, Lookup], citations: Iterable[tuple[PaperId, str | None]]
) -> dict[PaperId, Lookup]:
    """Return the papers with the versions that the citations need."""
    cited: dict[PaperId, list[str]] = {}
    for id_, version in citations:
        if version:
            cited.setdefault(id_, []).append(version)
    return {
        id_: with_versions(paper, cited.get(id_, ())) if isinstance(paper, Paper) else paper
        for id_, paper in papers.items()
    }


def _collect_links(
    papers: Mapping[PaperId, Lookup],
) -> tuple[dict[PaperId, dict[PaperId, None]], dict[PaperId, str]]:
    """Return the neighbours of each id in both directions, and the first ground of each.

    A paper's own links come first, so that papers that were related before stay as they are.
    """
    linking = [(id_, paper) for id_, paper in papers.items() if paper.same_as]
    neighbours = {
        id_: {other: None for other in paper.same_as if other != id_} for id_, paper in linking
    }
    grounds: dict[PaperId, str] = {}
    for id_, paper in linking:
        for other in paper.same_as:
            if other != id_:
                neighbours.setdefault(other, {})[id_] = None
                if paper.matched_by:
                    grounds.setdefault(id_, paper.matched_by)
                    grounds.setdefault(other, paper.matched_by)
    return {id_: others for id_, others in neighbours.items() if others}, grounds


def _find_roots(neighbours: Mapping[PaperId, Iterable[PaperId]]) -> dict[PaperId, PaperId]:
    """Return one id for each connected set of ids: union-find with path compression."""
    parents = {id_: id_ for id_ in neighbours}
    sizes = dict.fromkeys(neighbours, 1)

    def find(id_: PaperId) -> PaperId:
        root = id_
        while (parent := parents[root]) is not root:
            root = parent
        while (parent := parents[id_]) is not root:
            parents[id_], id_ = root, parent
        return root

    for id_, others in neighbours.items():
        first = find(id_)
        for other in others:
            second = find(other)
            if first is not second:
                if sizes[first] < sizes[second]:
                    first, second = second, first
                parents[second] = first
                sizes[first] += sizes[second]
    return {id_: find(id_) for id_ in neighbours}


def _with_links(
    paper: Lookup, same_as: tuple[PaperId, ...], matched_by: str | None, work: PaperId | None
) -> Lookup:
    if paper.work == work and paper.same_as == same_as and paper.matched_by == matched_by:
        return paper
    if not isinstance(paper, Paper):
        return replace(paper, same_as=same_as, matched_by=matched_by, work=work)
    # dataclasses.replace takes a third longer, and nearly all of the time goes here.
    values: dict[str, Any] = dict(zip(_PAPER_FIELDS, _read_fields(paper), strict=True))
    values.update(same_as=same_as, matched_by=matched_by, work=work)
    return Paper(**values)


def _precedence(id_: PaperId) -> tuple[bool, PaperId]:
    """Return the sort key by which an id stands for its work."""
    return not id_.startswith(_PREFERRED_IDS), id_
