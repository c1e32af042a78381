"""The pure join: versions, same papers, warnings."""

from __future__ import annotations

from enrich.annotation import annotate, merged, related
from enrich.model import AnnotatedTalk, Talk, TalkWarning
from enrich.paper import Paper, PaperId, Unresolved, Version
from enrich.references.extract import find_references

A = PaperId("arxiv:2103.01338")
B = PaperId("openreview:FpKgG31Z_i9")
C = PaperId("openreview:abcdefghij")


def paper(id_: PaperId, **more: object) -> Paper:
    return Paper(id=id_, title=f"Title of {id_}", url="https://example.org/", **more)  # type: ignore[arg-type]


ROWS = tuple(Version(version=f"v{n}", date=f"2021-0{n}-01") for n in range(1, 6))


def join(text: str, *papers: Paper | Unresolved, **talk: object) -> AnnotatedTalk:
    one = Talk(id="1", abstract=text, **talk)  # type: ignore[arg-type]
    return annotate(one, find_references(one), {p.id: p for p in papers})


def test_versions_are_the_first_the_newest_and_the_cited() -> None:
    whole = paper(A, versions=ROWS, latest_version="v5")
    out = join("arXiv:2103.01338v2 and arXiv:2103.01338v4", whole).papers[A]
    assert isinstance(out, Paper)
    assert [row.version for row in out.versions] == ["v1", "v2", "v4", "v5"]


def test_a_collections_record_gives_all_versions_it_holds() -> None:
    whole = paper(A, versions=ROWS, latest_version="v5", via="collection")
    out = join("arXiv:2103.01338", whole).papers[A]
    assert isinstance(out, Paper)
    assert out.versions == ROWS


def test_a_version_above_the_newest_is_a_warning_with_its_span() -> None:
    text = "see arXiv:2103.01338v9"
    out = join(text, paper(A, latest_version="v5"))
    (warning,) = out.warnings
    assert warning.code == "unknown_version"
    assert text[warning.start : warning.end] == "arXiv:2103.01338v9"


def test_the_readers_warnings_come_first_and_nothing_stands_twice() -> None:
    own = TalkWarning(code="floating_time", message="no zone")
    out = join("arXiv:2103.01338v9", paper(A, latest_version="v5"), warnings=(own, own))
    assert [w.code for w in out.warnings] == ["floating_time", "unknown_version"]


def test_a_paper_nobody_looked_up_stays_with_its_reason_and_address() -> None:
    (out,) = join("arXiv:2103.01338").papers.values()
    assert isinstance(out, Unresolved)
    assert (out.status, out.url) == ("failed", "https://arxiv.org/abs/2103.01338")


def test_same_papers_point_at_each_other_and_share_one_work() -> None:
    out = related({B: paper(B, same_as=(A,), matched_by="openreview"), A: paper(A)})
    first, second = out.values()
    assert (first.same_as, first.work, first.matched_by) == ((A,), None, "openreview")
    assert (second.same_as, second.work, second.matched_by) == ((B,), B, "openreview")


def test_a_same_paper_outside_of_the_document_is_named_but_is_no_work() -> None:
    (out,) = related({B: paper(B, same_as=(A,), matched_by="forum")}).values()
    assert (out.same_as, out.work) == ((A,), None)


def test_the_same_through_a_third_is_the_same_work() -> None:
    out = related({A: paper(A), B: paper(B, same_as=(A,)), C: paper(C, same_as=(B,))})
    assert [p.work for p in out.values()] == [None, A, A]


def test_unrelated_papers_are_left_alone() -> None:
    papers = {A: paper(A), B: paper(B)}
    assert related(papers) == papers


def test_two_views_of_a_paper_have_the_rows_of_both() -> None:
    out = merged(
        paper(A, versions=(ROWS[0], ROWS[4])), paper(A, versions=(ROWS[0], ROWS[2], ROWS[4]))
    )
    assert isinstance(out, Paper)
    assert out.versions == (ROWS[0], ROWS[2], ROWS[4])
