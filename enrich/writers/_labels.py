"""Labels of talks and papers that the formats for people share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from enrich.model import NEWS_WARNINGS, AnnotatedTalk, Notice, Reference, Talk
from enrich.paper import Lookup, Paper, PaperId, Publication
from enrich.text.tex import plain
from enrich.text.tidy import tidy


def label_id(id_: PaperId) -> str:
    """Return an id as people write it: arXiv:2103.01338, openreview:FpKgG31Z_i9."""
    return f"arXiv:{id_.key}" if id_.source == "arxiv" else str(id_)


def label_speaker(talk: Talk) -> str:
    """Return the speaker and, in brackets, the affiliation; empty if there is no speaker."""
    if not talk.speaker:
        return ""
    place = f" ({talk.speaker_affiliation})" if talk.speaker_affiliation else ""
    return tidy(talk.speaker + place)


def label_talk(talk: Talk) -> str:
    """Return the talk's title as plain text, or a stand-in."""
    return tidy(plain(talk.title)) if talk.title and talk.title.strip() else "Untitled talk"


def label_paper(paper: Lookup) -> str:
    """Return the paper's title as plain text; its id if the title is not known."""
    return tidy(plain(paper.title)) if isinstance(paper, Paper) else label_id(paper.id)


def label_authors(paper: Paper) -> str:
    """Return the authors' names, or "authors hidden"."""
    names = ", ".join(tidy(author.name) for author in paper.authors)
    return names or ("authors hidden" if paper.authors_hidden else "")


def label_dates(paper: Paper) -> str:
    """Return the first date, and the newest version's."""
    return (paper.published or "") + (f", updated {paper.updated}" if paper.updated else "")


def label_publication(published: Publication) -> str:
    """Return where a preprint was published: venue, year, DOI or address."""
    place = published.doi and f"doi:{published.doi}"
    facts = (published.venue, published.year and str(published.year), place or published.url)
    return "published as " + ", ".join(fact for fact in facts if fact)


def list_cited_versions(references: Iterable[Reference]) -> list[str]:
    """Return the versions that references cite, the oldest first."""
    return sorted({r.version for r in references if r.version}, key=lambda v: (len(v), v))


def describe_state(paper: Lookup) -> Iterator[str]:
    """Yield the state of a record: withdrawn, decision, publication, same works, origin, age."""
    if not isinstance(paper, Paper):
        yield "no such paper" if paper.status == "not_found" else "not looked up"
        if paper.message:
            yield tidy(paper.message)
        return
    if paper.withdrawn:
        yield "withdrawn"
    if decision := label_decision(paper):
        yield decision
    if paper.published_as:
        yield label_publication(paper.published_as)
    if paper.same_as:
        yield "same work as " + ", ".join(map(label_id, paper.same_as))
    yield from describe_origin(paper)


def label_decision(paper: Paper) -> str | None:
    """Return a venue's decision; None also if it repeats that the paper is withdrawn."""
    if paper.decision is None or (paper.withdrawn and paper.decision == "withdrawn"):
        return None
    return paper.decision.replace("_", " ")


def describe_origin(paper: Paper) -> Iterator[str]:
    """Yield the second source of a record, and a remark if it is old."""
    if paper.via not in {None, "collection"}:
        yield f"via {paper.via}"
    if paper.stale:
        yield "an old record: its service did not answer"


def describe_references(references: Iterable[Reference]) -> Iterator[str]:
    """Yield how a talk names a paper: as its own, by the speaker, which versions."""
    references = tuple(references)
    if any(r.role == "own" for r in references):
        yield "the talk's own paper"
    if any(r.by_speaker for r in references):
        yield "by the speaker"
    if versions := list_cited_versions(references):
        yield f"cited: {', '.join(versions)}"


def describe_news(annotated: AnnotatedTalk, paper: PaperId | None = None) -> Iterator[str]:
    """Yield why a talk is new; with `paper`, only reasons for the talk or that paper.

    A reason about a paper has the place of a reference to it.
    """
    places = {(r.field, r.start) for r in annotated.references if r.paper == paper}
    for warning in annotated.warnings:
        if warning.code in NEWS_WARNINGS and (
            paper is None or warning.start is None or (warning.field, warning.start) in places
        ):
            yield warning.message


def has_vanished(annotated: AnnotatedTalk) -> bool:
    """Return whether the talk's feed no longer has it."""
    return any(warning.code == "vanished" for warning in annotated.warnings)


def find_remark(notices: Iterable[Notice]) -> str | None:
    """Return the `nothing_new` message, for formats without notices."""
    return next((n.message for n in notices if n.code == "nothing_new"), None)


def locate_notice(notice: Notice) -> list[str]:
    """Return the place of a notice: feed, event and line, as far as known."""
    facts = (notice.feed, notice.event, notice.line and f"line {notice.line}")
    return [fact for fact in facts if fact]


def group_references(annotated: AnnotatedTalk) -> dict[PaperId, list[Reference]]:
    """Return the talk's references to each of its papers, in order."""
    found: dict[PaperId, list[Reference]] = {id_: [] for id_ in annotated.papers}
    for reference in annotated.references:
        found.setdefault(reference.paper, []).append(reference)
    return found
