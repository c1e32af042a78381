"""The pure join: a talk, its references and what is known of their papers become an annotated talk.

Here stands what only the join can know: which papers are the same, which cited versions there are,
which warnings that gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from enrich.model import AnnotatedTalk, Reference, References, Talk, TalkWarning
from enrich.paper import Lookup, Paper, PaperId, Papers, Unresolved, with_versions
from enrich.sources import links


def annotate(
    talk: Talk,
    references: Iterable[Reference],
    papers: Mapping[PaperId, Lookup],
) -> AnnotatedTalk:
    """Join a talk with its references and their papers, in order of first reference.

    A reference whose paper was not looked up is `failed` (`offline_miss`): nothing found is dropped.
    The warnings of `References` become the talk's; nothing is searched here.

    >>> talk = Talk(id="1", abstract="see arXiv:2103.01338")
    >>> from enrich.references.extract import find_references
    >>> annotated = annotate(talk, find_references(talk), {})
    >>> annotated.papers["arxiv:2103.01338"].code
    'offline_miss'
    """
    warnings = references.warnings if isinstance(references, References) else ()
    references = tuple(references)
    found = {r.paper: papers.get(r.paper) or _unasked(r.paper) for r in references}
    found = described(found, [(r.paper, r.version) for r in references])
    return AnnotatedTalk(
        talk=talk,
        references=references,
        papers=Papers(related(found)),
        warnings=tuple(
            dict.fromkeys(
                (
                    *talk.warnings,
                    *warnings,
                    *_unknown_versions(references, found),
                )
            )
        ),
    )


def related(papers: Mapping[PaperId, Lookup]) -> dict[PaperId, Lookup]:
    """The papers with `same_as` in both directions and `work`, as far as these papers tell.

    `work` is the id of the first of them in the given order, or where the other one is not among
    them, the id that the record itself names.
    """
    if not [paper for paper in papers.values() if paper.same_as]:
        return dict(papers)
    same: dict[PaperId, list[PaperId]] = {}
    grounds: dict[PaperId, str] = {}
    for id_, paper in papers.items():
        for other in paper.same_as:
            for a, b in ((id_, other), (other, id_)):
                if b not in (row := same.setdefault(a, [])):
                    row.append(b)
                if paper.matched_by:
                    grounds.setdefault(a, paper.matched_by)
    out = dict(papers)
    for id_, paper in papers.items():
        if not (others := _reachable(id_, same)):
            continue
        shown = tuple(other for other in same[id_] if other in papers or other in paper.same_as)
        work = next((i for i in papers if i == id_ or i in others), id_)
        out[id_] = replace(
            paper,
            same_as=shown,
            matched_by=paper.matched_by or grounds.get(id_),
            work=None if work == id_ else work,
        )
    return out


def merged(first: Lookup, second: Lookup) -> Lookup:
    """Two views of one paper from two talks: the rows of `versions` of both, else the first."""
    if not isinstance(first, Paper) or not isinstance(second, Paper):
        return first
    if first.versions == second.versions:
        return first
    rows = {row.version: row for row in (*first.versions, *second.versions)}
    return replace(first, versions=tuple(sorted(rows.values(), key=lambda row: row.number)))


def described(
    papers: Mapping[PaperId, Lookup], cited: Iterable[tuple[PaperId, str | None]]
) -> dict[PaperId, Lookup]:
    """The papers with the rows of `versions` that the citations ask for."""
    versions: dict[PaperId, list[str]] = {}
    for id_, version in cited:
        if version:
            versions.setdefault(id_, []).append(version)
    return {
        id_: with_versions(paper, versions.get(id_, ())) if isinstance(paper, Paper) else paper
        for id_, paper in papers.items()
    }


def _unasked(id_: PaperId) -> Unresolved:
    url, pdf, _ = links(id_)
    return Unresolved(
        id=id_, code="offline_miss", message="not looked up", retryable=True, url=url, pdf=pdf
    )


def _reachable(id_: PaperId, same: Mapping[PaperId, list[PaperId]]) -> set[PaperId]:
    seen: set[PaperId] = set()
    todo = list(same.get(id_, ()))
    while todo:
        other = todo.pop()
        if other != id_ and other not in seen:
            seen.add(other)
            todo.extend(same.get(other, ()))
    return seen


def unknown_version(version: str | None, paper: Lookup) -> str | None:
    """What to say of a cited version that the paper does not have; None where it has, or who knows."""
    newest = paper.latest_version if isinstance(paper, Paper) else None
    if version and newest and int(version[1:]) > int(newest[1:]):
        return f"{paper.id} has no {version}; its newest is {newest}"
    return None


def _unknown_versions(
    references: Iterable[Reference], papers: Mapping[PaperId, Lookup]
) -> Iterable[TalkWarning]:
    for reference in references:
        version = reference.version
        if version and (message := unknown_version(version, papers[reference.paper])):
            yield TalkWarning(
                code="unknown_version",
                message=message,
                field=reference.field,
                start=reference.start,
                end=reference.end,
            )
