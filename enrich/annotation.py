"""Pure join of a talk, its references and their papers into an annotated talk.

It adds the facts that need all three: which papers are the same work, which are by the speaker, and
which cited versions do not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from enrich.identity import is_by_speaker, relate_papers, select_versions
from enrich.model import AnnotatedTalk, Reference, References, Talk, TalkWarning, check_talk
from enrich.paper import Lookup, Paper, PaperId, Papers, Unresolved
from enrich.sources import links


def annotate(
    talk: Talk, references: Iterable[Reference], papers: Mapping[PaperId, Lookup]
) -> AnnotatedTalk:
    """Join a talk with its references and their papers.

    Pass the `References` that `find_references` returns, not a list of its items: the warnings of the
    extraction are attached to it. The text is not searched again. A paper that is not among `papers`
    is `failed` (`offline_miss`), so that every reference has its paper.

    >>> from enrich import find_references
    >>> talk = Talk(id="1", abstract="see arXiv:2103.01338")
    >>> annotated = annotate(talk, find_references(talk), {})
    >>> annotated.papers["arxiv:2103.01338"].code
    'offline_miss'
    """
    check_talk(talk)
    extraction = references.warnings if isinstance(references, References) else ()
    references = tuple(references)
    found = {r.paper: papers.get(r.paper) or _make_offline_miss(r.paper) for r in references}
    found = select_versions(found, [(r.paper, r.version) for r in references])
    by_speaker = {id_: is_by_speaker(talk.speaker, paper) for id_, paper in found.items()}
    warnings = (*talk.warnings, *extraction, *_find_unknown_versions(references, found))
    return AnnotatedTalk(
        talk=talk,
        references=tuple([r._replace(by_speaker=by_speaker[r.paper]) for r in references]),
        papers=Papers(relate_papers(found)),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def select_own(talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
    """Yield talks with the speaker's own papers.

    A paper is the speaker's own if the text claims it, or if the speaker is an author and the
    reference is not in a reference list. Other references and papers are left out, and so are talks
    without an own paper.

    >>> from enrich import find_references
    >>> talk = Talk(id="1", abstract="Based on arXiv:2103.01338. See also arXiv:0704.0001.")
    >>> (own,) = select_own([annotate(talk, find_references(talk), {})])
    >>> list(own.papers)
    ['arxiv:2103.01338']
    """
    for talk in talks:
        references = tuple([r for r in talk.references if _is_speakers_own(r)])
        if len(references) == len(talk.references) and references:
            yield talk
        elif references:
            papers = {r.paper: talk.papers[r.paper] for r in references}
            yield replace(talk, references=references, papers=Papers(relate_papers(papers)))


def _is_speakers_own(reference: Reference) -> bool:
    """Return whether a reference names the speaker's own paper."""
    return reference.role == "own" or (bool(reference.by_speaker) and reference.role != "cited")


def describe_unknown_version(version: str | None, paper: Lookup) -> str | None:
    """Return a message if the cited version is newer than the newest known one."""
    newest = paper.latest_version if isinstance(paper, Paper) else None
    if version and newest and int(version[1:]) > int(newest[1:]):
        return f"{paper.id} has no {version}; its newest is {newest}"
    return None


def _make_offline_miss(id_: PaperId) -> Unresolved:
    url, pdf, _ = links(id_)
    return Unresolved(
        id=id_, code="offline_miss", message="not looked up", retryable=True, url=url, pdf=pdf
    )


def _find_unknown_versions(
    references: Iterable[Reference], papers: Mapping[PaperId, Lookup]
) -> Iterator[TalkWarning]:
    for reference in references:
        if message := describe_unknown_version(reference.version, papers[reference.paper]):
            yield TalkWarning(
                code="unknown_version",
                message=message,
                field=reference.field,
                start=reference.start,
                end=reference.end,
            )
