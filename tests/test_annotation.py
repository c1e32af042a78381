"""The pure join: versions, warnings, papers that were not looked up."""

from __future__ import annotations

from enrich.annotation import annotate, select_own
from enrich.model import AnnotatedTalk, References, Talk, TalkWarning
from enrich.paper import Author, Paper, PaperId, Unresolved, Version
from enrich.references.extract import find_references

A = PaperId("arxiv:2103.01338")


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


def test_it_takes_the_warnings_of_references_and_searches_nothing() -> None:
    odd = TalkWarning(code="unresolvable_link", message="odd", field="abstract", start=0, end=3)
    one = Talk(id="1", abstract="https://arxiv.org/abs/nonsense")
    assert annotate(one, References((), (odd, odd)), {}).warnings == (odd,)
    assert annotate(one, [], {}).warnings == ()


def test_the_warning_of_a_version_names_its_text() -> None:
    one = Talk(id="1", texts=(("comments", "arXiv:2103.01338v9"),))
    out = annotate(one, find_references(one), {A: paper(A, latest_version="v5")})
    (warning,) = out.warnings
    assert (warning.field, warning.start, warning.end) == ("comments", 0, 18)


B = PaperId("arxiv:0704.0001")


def test_a_reference_states_whether_the_speaker_is_an_author() -> None:
    own = paper(A, authors=(Author("Ewa Zych"), Author("Ann Lee")))
    out = join("arXiv:2103.01338 and arXiv:0704.0001, arXiv:2103.01338v2", own, speaker="Lee, A.")
    assert [r.by_speaker for r in out.references] == [True, None, True]
    assert [r.by_speaker for r in join("arXiv:2103.01338", own).references] == [None]
    other = paper(A, authors=(Author("Bo Lee"),))
    assert [
        r.by_speaker for r in join("arXiv:2103.01338", other, speaker="Ann Lee").references
    ] == [False]


def test_own_papers_are_those_by_role_and_those_by_the_speaker_that_are_not_cited() -> None:
    mine = paper(A, authors=(Author("Ann Lee"),))
    also_mine = paper(B, authors=(Author("Ann Lee"),), same_as=(A,), matched_by="dblp")
    text = "Based on arXiv:2103.01338.\n\nReferences:\n[1] arXiv:0704.0001"
    talk = join(text, mine, also_mine, speaker="Ann Lee")
    assert {r.paper: (r.role, r.by_speaker) for r in talk.references} == {
        A: ("own", True),
        B: ("cited", True),
    }
    (own,) = select_own([talk])
    assert [r.paper for r in own.references] == [A]
    assert list(own.papers) == [A]
    assert own.papers[A].work is None

    mentioned = join("arXiv:2103.01338", mine, speaker="Ann Lee")
    assert [r.role for r in mentioned.references] == ["mentioned"]
    assert list(select_own([mentioned])) == [mentioned]


def test_talks_without_an_own_paper_are_left_out() -> None:
    other = paper(A, authors=(Author("Bo Ek"),))
    talks = [
        join("arXiv:2103.01338", other, speaker="Ann Lee"),
        join("no paper", speaker="Ann Lee"),
    ]
    assert list(select_own(talks)) == []
