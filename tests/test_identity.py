"""Which papers are the same work: links in both directions, one id for each work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from enrich.identity import merge_views, relate_papers, select_versions
from enrich.paper import Lookup, Paper, PaperId, Unresolved, Version

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


def test_the_versions_that_citations_need_are_selected() -> None:
    whole = paper(A, versions=ROWS, latest_version="v5")
    (out,) = select_versions({A: whole}, [(A, None), (A, "v3")]).values()
    assert isinstance(out, Paper)
    assert [row.version for row in out.versions] == ["v1", "v3", "v5"]
