"""Which papers are the same work: links in both directions, one id for each work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from enrich.identity import group_works, merge_views, relate_papers, select_versions
from enrich.paper import Author, Lookup, Paper, PaperId, Publication, Unresolved, Version

A = PaperId("arxiv:2103.01338")
B = PaperId("openreview:FpKgG31Z_i9")
C = PaperId("openreview:abcdefghij")

ROWS = tuple(Version(version=f"v{n}", date=f"2021-0{n}-01") for n in range(1, 6))


def paper(id_: PaperId, **more: object) -> Paper:
    return Paper(id=id_, title=f"Title of {id_}", url="https://example.org/", **more)  # type: ignore[arg-type]


def test_same_papers_point_at_each_other_and_share_one_work() -> None:
    out = relate_papers({B: paper(B, same_as=(A,), matched_by="openreview"), A: paper(A)})
    first, second = out.values()
    assert (first.same_as, first.work, first.matched_by) == ((A,), A, "openreview")
    assert (second.same_as, second.work, second.matched_by) == ((B,), None, "openreview")


def test_a_same_paper_outside_of_the_document_is_named_but_is_no_work() -> None:
    (out,) = relate_papers({B: paper(B, same_as=(A,), matched_by="forum")}).values()
    assert (out.same_as, out.work) == ((A,), None)


def test_the_same_through_a_third_is_the_same_work() -> None:
    out = relate_papers({A: paper(A), B: paper(B, same_as=(A,)), C: paper(C, same_as=(B,))})
    assert [p.work for p in out.values()] == [None, A, A]


def test_an_arxiv_id_stands_for_a_work_before_a_smaller_id() -> None:
    acl, new, old = PaperId("acl:x"), PaperId("arxiv:2103.01338"), PaperId("arxiv:0704.0001")
    out = relate_papers({new: paper(new), acl: paper(acl, same_as=(new, old)), old: paper(old)})
    assert {p.work or id_ for id_, p in out.items()} == {old}
    out = relate_papers({C: paper(C), B: paper(B, same_as=(C,)), acl: paper(acl, same_as=(B,))})
    assert {p.work or id_ for id_, p in out.items()} == {acl}


def test_an_unresolved_paper_is_related_too() -> None:
    lost = Unresolved(id=A, code="timeout", message="timed out", retryable=True)
    out = relate_papers({B: paper(B, same_as=(A,), matched_by="forum"), A: lost})
    assert (out[A].same_as, out[A].matched_by, out[B].work) == ((B,), "forum", A)


def test_unrelated_papers_and_a_paper_that_names_itself_are_left_alone() -> None:
    papers = {A: paper(A), B: paper(B, same_as=(B,))}
    assert relate_papers(papers) == papers


IDS = [PaperId(f"{source}:{key}") for source in ("acl", "arxiv", "openreview") for key in "abc"]
links = st.dictionaries(
    st.sampled_from(IDS), st.lists(st.sampled_from(IDS), unique=True, max_size=3), max_size=9
)


@given(links, st.data())
def test_works_are_an_equivalence_whatever_the_order(
    same_as: Mapping[PaperId, list[PaperId]], data: st.DataObject
) -> None:
    papers = {id_: paper(id_, same_as=tuple(others)) for id_, others in same_as.items()}
    out = relate_papers(papers)
    works = {id_: p.work or id_ for id_, p in out.items()}

    for id_, group in reachable(same_as).items():
        among = [other for other in group if other in papers]
        assert works[id_] == min(among, key=lambda i: (i.source != "arxiv", i))
    for id_, p in out.items():
        assert set(p.same_as) - {id_} == {
            other
            for other in IDS
            if other != id_ and (other in same_as[id_] or id_ in same_as.get(other, ()))
        }
    shuffled = {
        id_: paper(id_, same_as=tuple(data.draw(st.permutations(same_as[id_]))))
        for id_ in data.draw(st.permutations(list(papers)))
    }
    again = relate_papers(shuffled)
    assert {id_: again[id_].work or id_ for id_ in papers} == works
    assert list(out) == list(papers)
    assert relate_papers(out) == out


def reachable(same_as: Mapping[PaperId, list[PaperId]]) -> dict[PaperId, set[PaperId]]:
    """Return the closure of the links of each paper, the slow way."""
    groups = {id_: {id_, *others} for id_, others in same_as.items()}
    for _ in IDS:
        for id_, group in groups.items():
            groups[id_] = group.union(*(g for g in groups.values() if g & group))
    return groups


class CountingPapers(dict[PaperId, Lookup]):
    """Papers that count how often they are read."""

    reads = 0

    def __getitem__(self, key: PaperId) -> Lookup:
        self.reads += 1
        return super().__getitem__(key)

    def get(self, key: PaperId, default: Any = None) -> Any:
        self.reads += 1
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.reads += 1
        return super().__contains__(key)

    def __iter__(self) -> Iterator[PaperId]:
        for id_ in super().__iter__():
            self.reads += 1
            yield id_


def test_the_number_of_reads_grows_with_the_papers_alone() -> None:
    def reads(number: int) -> int:
        ids = [PaperId(f"arxiv:2101.{n:05}") for n in range(number)]
        chain = zip(ids, [*ids[1:], ids[0]], strict=True)
        papers = CountingPapers({a: paper(a, same_as=(b,)) for a, b in chain})
        out = relate_papers(papers)
        assert {p.work or id_ for id_, p in out.items()} == {ids[0]}
        return papers.reads

    assert reads(2000) <= 2.1 * reads(1000)


def test_two_views_of_a_paper_have_the_rows_of_both() -> None:
    out = merge_views(
        paper(A, versions=(ROWS[0], ROWS[4])), paper(A, versions=(ROWS[0], ROWS[2], ROWS[4]))
    )
    assert isinstance(out, Paper)
    assert out.versions == (ROWS[0], ROWS[2], ROWS[4])


def test_a_title_that_one_of_two_views_has_is_kept() -> None:
    named = replace(ROWS[2], title="Named")
    for rows in ((named, ROWS[2]), (ROWS[2], named)):
        out = merge_views(*(paper(A, versions=(ROWS[0], row)) for row in rows))
        assert isinstance(out, Paper)
        assert out.versions == (ROWS[0], named)


def test_a_title_of_a_version_is_shown_where_it_is_cited() -> None:
    """What another talk cites was looked up in a cold run later, in a warm one at once."""
    rows = tuple(replace(row, title=row.version) for row in ROWS)
    whole = paper(A, versions=rows, latest_version="v5")
    for cited, titles in ((None, [None, "v5"]), ("v1", ["v1", "v5"]), ("v3", [None, "v3", "v5"])):
        (out,) = select_versions({A: whole}, [(A, cited)]).values()
        assert isinstance(out, Paper)
        assert [row.title for row in out.versions] == titles


def test_the_versions_that_citations_need_are_selected() -> None:
    whole = paper(A, versions=ROWS, latest_version="v5")
    (out,) = select_versions({A: whole}, [(A, None), (A, "v3")]).values()
    assert isinstance(out, Paper)
    assert [row.version for row in out.versions] == ["v1", "v3", "v5"]


TITLE = "Counting Lattice Walks with a Forgetful Automaton"
D = PaperId("arxiv:2104.00001")


def titled(id_: PaperId, *names: str, **more: Any) -> Paper:
    authors = tuple(map(Author, names or ("Ewa Zych",)))
    return Paper(**{"id": id_, "title": TITLE, "authors": authors, "url": "", **more})


def works(papers: Mapping[PaperId, Lookup]) -> dict[PaperId, PaperId]:
    return {id_: found.work or id_ for id_, found in papers.items()}


def relate(*papers: Lookup) -> dict[PaperId, Lookup]:
    return relate_papers({each.id: each for each in papers})


def test_equal_title_and_author_are_the_ground() -> None:
    out = relate(titled(B), titled(A))
    assert works(out) == {B: A, A: A}
    assert {found.matched_by for found in out.values()} == {"title"}
    assert out[A].same_as == (B,)


def test_the_title_of_any_known_version_counts() -> None:
    renamed = titled(A, title="Another title", versions=(Version(version="v1", title=TITLE),))
    assert works(relate(renamed, titled(B))) == {A: A, B: A}


def test_papers_of_one_doi_are_one_work() -> None:
    printed = Publication(doi="10.1234/ABC")
    out = relate(
        paper(B, published_as=Publication(doi="10.1234/abc")), paper(A, published_as=printed)
    )
    assert works(out) == {B: A, A: A}
    assert {found.matched_by for found in out.values()} == {"doi"}
    own = paper(A, doi="10.48550/arXiv.2103.01338")
    named = paper(B, published_as=Publication(doi="10.48550/arxiv.2103.01338"))
    assert works(relate(own, named)) == {A: A, B: A}


def test_ids_are_joined_before_titles_and_name_the_ground() -> None:
    reply = titled(C, same_as=(B,), matched_by="forum")
    out = relate(reply, titled(B), titled(A))
    assert works(out) == {C: A, B: A, A: A}
    assert [out[id_].matched_by for id_ in (C, B, A)] == ["forum", "forum", "title"]


def test_a_group_that_would_join_two_ids_of_one_kind_is_not_merged() -> None:
    out = relate(titled(A), titled(B), titled(D))
    assert works(out) == {A: A, B: B, D: D}
    assert not any(found.same_as for found in out.values())
    # an id outside of the document counts as well
    assert works(relate(titled(A), titled(B, same_as=(D,), matched_by="openreview"))) == {
        A: A,
        B: B,
    }
    # also where two titles make the group
    other = "Tidal Locking of Recurrent Memory Cells"
    both = titled(B, versions=(Version(version="v1", title=other),))
    assert works(relate(titled(A), both, titled(D, title=other))) == {A: A, B: B, D: D}


def test_more_than_three_papers_of_one_title_are_not_merged() -> None:
    more = [titled(PaperId(f"{kind}:x")) for kind in ("acl", "ssrn")]
    assert len(set(works(relate(titled(A), titled(B), more[0])).values())) == 1
    assert len(set(works(relate(titled(A), titled(B), *more)).values())) == 4


def test_a_merge_within_a_talk_is_decided_again_for_the_document() -> None:
    within = relate(titled(A), titled(B, same_as=()))
    document = relate(*within.values(), titled(D))
    assert works(document) == {A: A, B: B, D: D}
    assert [found.matched_by for found in document.values()] == [None, None, None]
    # a link by id that another talk found stays one, whatever this talk's ground was
    assert works(relate(*within.values(), titled(C, "No Body", same_as=(B,), matched_by="forum"))) == {
        A: A, B: A, C: A,
    }  # fmt: skip


def test_a_paper_outside_of_the_document_is_named_and_stands_for_no_work() -> None:
    (out,) = relate_papers({B: titled(B)}, others={A: titled(A)}).values()
    assert (out.same_as, out.matched_by, out.work) == ((A,), "title", None)
    (again,) = relate_papers({B: out}).values()
    assert (again.same_as, again.matched_by) == ((), None)


def test_a_works_best_and_earliest_records() -> None:
    preprint = titled(A, published="2021-03-02")
    accepted = titled(B, published="2021", decision="accepted", same_as=(A,))
    lost = Unresolved(id=C, code="timeout", message="timed out")
    first, second = group_works(relate(lost, accepted, preprint).values())
    assert (first.id, first.papers, first.best) == (C, (lost,), lost)
    assert (second.id, second.best.id, second.earliest.id) == (A, B, A)
    printed = titled(A, published_as=Publication(venue="Nature"))
    (work,) = group_works(relate(titled(B, decision="rejected"), printed).values())
    assert work.best.id == A


stated_links = st.just(((), None)) | st.tuples(
    st.tuples(st.sampled_from(IDS)), st.sampled_from(["openreview", "title"])
)
drawn_papers = st.lists(
    st.builds(
        lambda links, id_, name, **more: titled(
            id_, name, same_as=links[0], matched_by=links[1], **more
        ),
        stated_links,
        st.sampled_from(IDS),
        st.sampled_from(
            ["Ewa Zych", "E. Zych", "Adam Zych", "Zych Ewa", "Ann Lee", "A Collaboration"]
        ),
        title=st.sampled_from(
            [TITLE, TITLE.upper() + ".", "Tidal Locking of Recurrent Memory Cells"]
        ),
        published=st.sampled_from([None, "2017", "2021-03-02", "2022"]),
        published_as=st.none() | st.builds(Publication, doi=st.sampled_from(["10.1/a", "10.1/B"])),
    ),
    unique_by=lambda drawn: drawn.id,
    max_size=7,
)


@given(drawn_papers, st.randoms(use_true_random=False))
def test_merging_is_an_equivalence_whatever_the_order(papers: list[Paper], random: Any) -> None:
    out = relate(*papers)
    found = works(out)
    for id_, related in out.items():
        assert found[found[id_]] == found[id_], "a work stands for itself"
        for other in related.same_as:
            if other in out:
                assert found[other] == found[id_]
                assert id_ in out[other].same_as or id_ == other
    shuffled = [*papers]
    random.shuffle(shuffled)
    again = relate(*shuffled)
    assert works(again) == found
    assert {id_: set(p.same_as) for id_, p in again.items()} == {
        id_: set(p.same_as) for id_, p in out.items()
    }
    assert relate_papers(out) == out


@given(drawn_papers)
def test_titles_join_no_two_ids_of_one_kind(papers: list[Paper]) -> None:
    by_id = relate(
        *[
            paper(p.id, same_as=p.same_as, matched_by=p.matched_by, published_as=p.published_as)
            for p in papers
        ]
    )
    before, after = works(by_id), works(relate(*papers))
    for one in after:
        for two in after:
            if one < two and one.source == two.source and after[one] == after[two]:
                assert before[one] == before[two]
