"""Identity of papers: which papers are one work, by stated ids, DOI, or title and author; pure.

Two papers are the same work if

- one states an id of the other (`same_as`: OpenReview's links to arXiv, a forum, a record of dblp or
  paperlists with both ids),
- both have one DOI, or
- their titles are equal and they share an author, under the conditions of `_match_titles`.

Nothing is decided by similarity: a wrong merge is worse than a missing one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from itertools import chain, combinations
from operator import attrgetter
from typing import Any, NamedTuple

from enrich.paper import Lookup, Paper, PaperId, with_versions
from enrich.text.persons import (
    Spellings,
    count_shared_families,
    find_shared,
    is_full_name,
    read_person,
    split_persons,
)
from enrich.text.titles import title_key

_PREFERRED_IDS = "arxiv:"
"""Prefix of the ids that are preferred as the id of a work, as the document promises."""

_MAX_YEARS_APART = 3
_MAX_PAPERS_OF_TITLE = 3
"""Papers of a document that may share a title; more are a series ("Report of the workshop")."""
_MAX_AUTHORS_PER_SHARED = 3
"""Papers of one title are one work only if they share one in this many authors of the shorter list."""

_PAPER_FIELDS = tuple(field.name for field in fields(Paper))
_read_fields = attrgetter(*_PAPER_FIELDS)

Neighbours = dict[PaperId, dict[PaperId, None]]
"""Linked ids of each id, in both directions."""


class Work(NamedTuple):
    """Papers of a document that are one work, in the document's order."""

    id: PaperId
    papers: tuple[Lookup, ...]

    @property
    def earliest(self) -> Lookup:
        """Return the resolved paper with the first date, otherwise the first by id."""
        return min(self.papers, key=_read_date)

    @property
    def best(self) -> Lookup:
        """Return the paper that describes the work.

        It is the accepted one, otherwise a published one, otherwise a resolved one.
        """
        return min(self.papers, key=_rank_record)

    @property
    def is_withdrawn(self) -> bool:
        """Return whether the work's best record was withdrawn."""
        return isinstance(self.best, Paper) and self.best.withdrawn


def group_works(papers: Iterable[Lookup]) -> list[Work]:
    """Group related papers into works, in their order.

    >>> a, b = PaperId("arxiv:2103.01338"), PaperId("openreview:FpKgG31Z_i9")
    >>> preprint = Paper(id=a, title="T", url="", published="2021-03-01")
    >>> accepted = Paper(id=b, title="T", url="", decision="accepted", same_as=(a,))
    >>> (work,) = group_works(relate_papers({b: accepted, a: preprint}).values())
    >>> work.id, work.best.id, work.earliest.id
    ('arxiv:2103.01338', 'openreview:FpKgG31Z_i9', 'arxiv:2103.01338')
    """
    groups: dict[PaperId, list[Lookup]] = {}
    for paper in papers:
        groups.setdefault(paper.work or paper.id, []).append(paper)
    return [Work(id_, tuple(group)) for id_, group in groups.items()]


def relate_papers(
    papers: Mapping[PaperId, Lookup], others: Mapping[PaperId, Lookup] | None = None
) -> dict[PaperId, Lookup]:
    """Return the papers with mutual `same_as`, `matched_by` and `work`.

    `same_as` is an equivalence relation: it is completed to both directions, and all ids that it
    connects are one work. `work` is the smallest arXiv id among the given papers of a work, otherwise
    their smallest id; it does not depend on the order of the papers or of their lists. Ids outside of the given
    papers connect others, but are never the id of a work. Links that an earlier call made by title
    (`matched_by` "title") are decided again. Linear in papers and links.

    Args:
        papers: The papers of one document, or of one talk.
        others: Papers outside of the document, which can be the same as papers in it.

    >>> a, b = PaperId("arxiv:2103.01338"), PaperId("openreview:FpKgG31Z_i9")
    >>> papers = {
    ...     b: Paper(id=b, title="T", url="https://openreview.net/", same_as=(a,)),
    ...     a: Paper(id=a, title="T", url="https://arxiv.org/"),
    ... }
    >>> [(paper.same_as, paper.work) for paper in relate_papers(papers).values()]
    [(('arxiv:2103.01338',), 'arxiv:2103.01338'), (('openreview:FpKgG31Z_i9',), None)]
    """
    known = {**papers, **others, **papers} if others else papers
    neighbours, grounds = _collect_links(known)
    _add_equal_dois(known, neighbours, grounds)
    title_matches = _match_titles(papers, known)
    roots = _find_roots(_link_pairs(neighbours))
    if title_matches:
        title_matches = _drop_contradictions(title_matches, roots)
    titled: dict[PaperId, tuple[PaperId, ...]] = {}
    for first, second in sorted(title_matches):
        if second not in neighbours.get(first, ()):
            titled[first] = (*titled.get(first, ()), second)
            titled[second] = (*titled.get(second, ()), first)
    if titled:
        roots = _find_roots(chain(_link_pairs(neighbours), title_matches))
    works: dict[PaperId, tuple[bool, PaperId]] = {}
    for id_, root in roots.items():
        if id_ in papers:
            precedence = _precedence(id_)
            if root not in works or precedence < works[root]:
                works[root] = precedence
    out = dict(papers)
    for id_, paper in papers.items():
        if id_ in roots:
            linked = (*neighbours.get(id_, ()), *titled.get(id_, ()))
            own = None if paper.matched_by == "title" else paper.matched_by
            ground = own or grounds.get(id_) or (None if id_ in neighbours else "title")
            _, work = works[roots[id_]]
            out[id_] = _with_links(paper, linked, ground, None if work == id_ else work)
        elif any(other != id_ for other in paper.same_as):
            out[id_] = _with_links(paper, (), None, None)
    return out


def is_by_speaker(speaker: str | None, paper: Lookup) -> bool | None:
    """Return whether a speaker is among the authors; None if either is unknown.

    The family name is the same and the given names are compatible. Names are read in both orders; a
    family name that several authors have needs the given name.

    >>> from enrich.paper import Author
    >>> author = Author("Xiaoming Zhang")
    >>> paper = Paper(id=PaperId("arxiv:2103.01338"), title="T", url="", authors=(author,))
    >>> is_by_speaker("Ann Lee and ZHANG Xiaoming", paper), is_by_speaker("Xiaohong Zhang", paper)
    (True, False)
    >>> is_by_speaker("TBA", paper)
    """
    if not speaker or not isinstance(paper, Paper):
        return None
    speakers = [found for name in split_persons(speaker) if (found := read_person(name))]
    authors = _read_authors(paper)
    if not speakers or not authors:
        return None
    if find_shared(speakers, authors, any_order=True):
        return True
    single_names = {author[0].whole for author in authors if author[0].stated is None}
    if any(found[0].whole in single_names for found in speakers):
        return True
    return False if any(found[0].stated for found in speakers) else None


def merge_views(first: Lookup, second: Lookup) -> Lookup:
    """Merge two talks' records of one paper.

    Returns the first record with the versions of both, because `select_versions` keeps only the
    versions that a talk needs.
    """
    if not isinstance(first, Paper) or not isinstance(second, Paper):
        return first
    if first.versions == second.versions:
        return first
    versions = {version.version: version for version in first.versions}
    for version in second.versions:
        known = versions.get(version.version)
        if known is None or known.title is None:
            versions[version.version] = version
    return replace(first, versions=tuple(sorted(versions.values(), key=lambda v: v.number)))


def select_versions(
    papers: Mapping[PaperId, Lookup], citations: Iterable[tuple[PaperId, str | None]]
) -> dict[PaperId, Lookup]:
    """Return the papers with the versions needed.

    Those are the first, the newest and the cited ones.
    """
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
) -> tuple[Neighbours, dict[PaperId, str]]:
    """Return the links by id, and the papers' grounds.

    A paper's own links come first, so that papers that were related before stay unchanged.
    """
    linking = [(id_, paper) for id_, paper in papers.items() if paper.same_as]
    matched = {id_: paper.same_as for id_, paper in linking if paper.matched_by == "title"}
    stated = [
        (id_, other, paper.matched_by)
        for id_, paper in linking
        if id_ not in matched
        for other in paper.same_as
        if other != id_ and id_ not in matched.get(other, ())
    ]
    neighbours: Neighbours = {}
    for id_, other, _ in stated:
        neighbours.setdefault(id_, {})[other] = None
    grounds: dict[PaperId, str] = {}
    for id_, other, ground in stated:
        neighbours.setdefault(other, {})[id_] = None
        if ground:
            grounds.setdefault(id_, ground)
            grounds.setdefault(other, ground)
    return neighbours, grounds


def _add_equal_dois(
    papers: Mapping[PaperId, Lookup], neighbours: Neighbours, grounds: dict[PaperId, str]
) -> None:
    """Link papers of one DOI to one of them."""
    groups: dict[str, list[PaperId]] = {}
    for id_, paper in papers.items():
        if isinstance(paper, Paper):
            if paper.doi:
                groups.setdefault(paper.doi.lower(), []).append(id_)
            if paper.published_as and paper.published_as.doi:
                groups.setdefault(paper.published_as.doi.lower(), []).append(id_)
    for group in groups.values():
        if len(group) > 1:
            centre = min(group, key=_precedence)
            for id_ in group:
                if id_ != centre:
                    neighbours.setdefault(id_, {})[centre] = None
                    neighbours.setdefault(centre, {})[id_] = None
                    grounds.setdefault(id_, "doi")
                    grounds.setdefault(centre, "doi")


def _match_titles(
    papers: Mapping[PaperId, Lookup], known: Mapping[PaperId, Lookup]
) -> set[tuple[PaperId, PaperId]]:
    """Return pairs of equal title with a shared author.

    The titles of any known version count. Years, where known, are at most 3 apart, and not more than
    three papers of the document have the title. Linear, as only papers of one title are compared.
    """
    source = next(iter(known), "").partition(":")[0]
    if all(id_.source == source for id_ in known):
        return set()  # title and author never join two ids of one source
    groups: dict[str, list[PaperId]] = {}
    keys: dict[str, str | None] = {}
    for id_, paper in known.items():
        if isinstance(paper, Paper):
            if paper.title not in keys:
                keys[paper.title] = title_key(paper.title)
            key = keys[paper.title]
            if key is not None:
                groups.setdefault(key, []).append(id_)
            for other in _find_older_keys(paper, key):
                groups.setdefault(other, []).append(id_)
    pairs: set[tuple[PaperId, PaperId]] = set()
    for group in groups.values():
        if len(group) > 1:
            inside = [id_ for id_ in group if id_ in papers] if known is not papers else group
            if len(inside) > _MAX_PAPERS_OF_TITLE:
                continue
            for pair in combinations(
                sorted(group if len(group) <= _MAX_PAPERS_OF_TITLE else inside), 2
            ):
                if pair not in pairs and _is_same_title_match(known[pair[0]], known[pair[1]]):
                    pairs.add(pair)
    return pairs


def find_title_keys(paper: Paper) -> list[str]:
    """Return the keys of a paper's known titles."""
    key = title_key(paper.title)
    return [*([] if key is None else [key]), *_find_older_keys(paper, key)]


def _find_older_keys(paper: Paper, newest: str | None) -> Iterable[str]:
    """Return the keys of a paper's earlier titles."""
    others = {v.title for v in paper.versions if v.title and v.title != paper.title}
    return (
        {key for title in others if (key := title_key(title)) is not None} - {newest}
        if others
        else ()
    )


def _is_same_title_match(first: Lookup, second: Lookup) -> bool:
    """Compare years and authors of papers with one title."""
    if not isinstance(first, Paper) or not isinstance(second, Paper):
        return False
    years = [int(paper.published[:4]) for paper in (first, second) if paper.published]
    if years and max(years) - min(years) > _MAX_YEARS_APART:
        return False
    names = {author.name for author in first.authors}
    equal = [author.name for author in second.authors if author.name in names]
    shorter = min(len(first.authors), len(second.authors))
    if len(equal) * _MAX_AUTHORS_PER_SHARED >= shorter and any(map(is_full_name, equal)):
        return True  # true for most pairs; the full comparison is slower
    one, two = _read_authors(first), _read_authors(second)
    return count_shared_families(one, two) * _MAX_AUTHORS_PER_SHARED >= min(
        len(one), len(two)
    ) and find_shared(one, two, any_order=False)


def _read_authors(paper: Paper) -> list[Spellings]:
    return [
        found
        for author in paper.authors
        if (found := read_person(author.name, author.family, author.given))
    ]


def _drop_contradictions(
    pairs: Iterable[tuple[PaperId, PaperId]], roots: Mapping[PaperId, PaperId]
) -> set[tuple[PaperId, PaperId]]:
    """Drop the pairs of each group that would join two ids of one source.

    Ids that stated ids have already joined count as one.
    """
    rooted = [(roots.get(first, first), roots.get(second, second)) for first, second in pairs]
    groups = _find_roots(pair for pair in rooted if pair[0] != pair[1])
    root_by_source: dict[tuple[PaperId, str], PaperId] = {}
    bad: set[PaperId] = set()
    members = [(id_, root) for id_, root in roots.items() if root in groups]
    members += [(id_, id_) for id_ in groups if id_ not in roots]
    for id_, root in members:
        if root_by_source.setdefault((groups[root], id_.source), root) != root:
            bad.add(groups[root])
    return {
        (first, second)
        for first, second in pairs
        if (root := roots.get(first, first)) in groups and groups[root] not in bad
    }


def _link_pairs(neighbours: Neighbours) -> Iterator[tuple[PaperId, PaperId]]:
    """Iterate over each link once."""
    return ((id_, other) for id_, others in neighbours.items() for other in others if id_ < other)


def _find_roots(links: Iterable[tuple[PaperId, PaperId]]) -> dict[PaperId, PaperId]:
    """Return one id for each connected set of linked ids.

    This is union-find with path compression.
    """
    parents: dict[PaperId, PaperId] = {}
    sizes: dict[PaperId, int] = {}

    def find(id_: PaperId) -> PaperId:
        root = id_
        while (parent := parents.setdefault(root, root)) is not root:
            root = parent
        while (parent := parents[id_]) is not root:
            parents[id_], id_ = root, parent
        return root

    for one, two in links:
        first, second = find(one), find(two)
        if first is not second:
            large, small = sizes.get(first, 1), sizes.get(second, 1)
            if large < small:
                first, second = second, first
            parents[second] = first
            sizes[first] = large + small
    return {id_: find(id_) for id_ in parents}


def _with_links(
    paper: Lookup, same_as: tuple[PaperId, ...], matched_by: str | None, work: PaperId | None
) -> Lookup:
    if paper.work == work and paper.same_as == same_as and paper.matched_by == matched_by:
        return paper
    if not isinstance(paper, Paper):
        return replace(paper, same_as=same_as, matched_by=matched_by, work=work)
    # dataclasses.replace takes a third longer, and this call dominates the run time.
    values: dict[str, Any] = dict(zip(_PAPER_FIELDS, _read_fields(paper), strict=True))
    values["same_as"], values["matched_by"], values["work"] = same_as, matched_by, work
    return Paper(**values)


def _precedence(id_: PaperId) -> tuple[bool, PaperId]:
    """Return the sort key of ids: first is preferred."""
    return not id_.startswith(_PREFERRED_IDS), id_


def _read_date(paper: Lookup) -> tuple[bool, str, tuple[bool, PaperId]]:
    """Return the sort key of papers by date; those that are not resolved come last."""
    if not isinstance(paper, Paper):
        return True, "", _precedence(paper.id)
    published = f"{paper.published or '9999'}-99-99"[:10]  # "2021" is some day of that year
    return False, published, _precedence(paper.id)


def _rank_record(paper: Lookup) -> tuple[bool, bool, bool, tuple[bool, PaperId]]:
    """Return the sort key of records: first is best."""
    if not isinstance(paper, Paper):
        return True, True, True, _precedence(paper.id)
    accepted = paper.decision == "accepted"
    return False, not accepted, paper.published_as is None, _precedence(paper.id)
