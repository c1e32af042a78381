"""Notes of OpenReview: recorded ones, both shapes, and any JSON whatever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.errors import BadAnswer, Overloaded, Refused, SourceError
from enrich.paper import Lookup, Paper, PaperId, Unresolved
from enrich.sources.openreview import note as note_parser
from enrich.sources.openreview.api import SOURCE
from tests.sources.answers import Canned, fetch, response
from tests.values import names

NOTES = "https://api.openreview.net/notes?id=X"


def recorded(shared: Path, name: str) -> dict[str, Any]:
    data = json.loads((shared / "openreview" / f"{name}.json").read_text())
    note: dict[str, Any] = data["notes"][0] if "notes" in data else data
    return note


def lookup(note: Mapping[str, Any], **others: Mapping[str, Any]) -> Lookup:
    """What a note gives when its API answers with it; others by their ids."""
    notes = {f"id={note['id']}": {"notes": [note]}}
    notes |= {f"id={id_}": {"notes": [other]} for id_, other in others.items()}
    paper = PaperId(f"openreview:{note['id']}")
    (found,) = fetch(SOURCE, Canned(by_end=notes), paper).values()
    return found


def paper_of(note: Mapping[str, Any]) -> Paper:
    found = lookup(note)
    assert isinstance(found, Paper), found
    return found


PAPERS = {
    "v1_note_iclr2018_rejected_S1sRrN-CW": (5, "2018-02-15", None, None),
    "v1_note_iclr2019_rJl0r3R9KX": (4, "2018-09-27", None, None),
    "v1_note_iclr2020_accepted_ryxyCeHtPB": (6, "2019-09-25", None, None),
    "v1_note_iclr2021_rejected_trPMYEn1FCX": (None, "2020-10-03", None, None),
    "v1_note_iclr2022_spotlight_g1SzIRLQXMM": (4, "2021-09-30", "ICLR 2022 Spotlight", "accepted"),
    "v1_note_nips2018ws_HkghWScuoQ": (5, "2018-10-20", None, None),
    "v1_note_nips2018ws_r1eLk2mKiX": (None, "2018-10-20", None, None),
    "v2_note_neurips2024_oral_aVh9KRZdRk": (0, "2024-05-15", "NeurIPS 2024 oral", "accepted"),
    "v2_note_tmlr_qq4yipldw2": (2, "2026-03-06", "Accepted by TMLR", "accepted"),
}


@pytest.mark.parametrize("name", PAPERS)
def test_the_recorded_papers(shared: Path, name: str) -> None:
    count, published, venue, decision = PAPERS[name]
    note = recorded(shared, name)
    paper = paper_of(note)
    assert Paper.from_dict(paper.to_dict()) == paper
    assert (paper.published, paper.venue, paper.decision) == (published, venue, decision)
    assert count is None or len(paper.authors) == count
    assert paper.authors_hidden is (not paper.authors)
    assert paper.url == f"https://openreview.net/forum?id={note['id']}"
    assert paper.updated is None
    assert "@" not in json.dumps([*names(paper), paper.title, paper.venue])
    assert paper.matched_by is None


def test_dates_and_titles_of_recorded_papers(shared: Path) -> None:
    tmlr = paper_of(recorded(shared, "v2_note_tmlr_qq4yipldw2"))
    assert tmlr.title.startswith("Sin<GLU>: ")
    assert dict(tmlr.dates) == {
        "submitted": "2026-03-06",
        "published": "2026-07-16",
        "modified": "2026-07-16",
    }
    spotlight = paper_of(recorded(shared, "v1_note_iclr2022_spotlight_g1SzIRLQXMM"))
    assert dict(spotlight.dates) == {"submitted": "2021-09-30", "modified": "2022-03-15"}


def test_what_not_everyone_may_read_is_not_shown(shared: Path) -> None:
    note = recorded(shared, "v2_note_docs_hidden_authors_WEIzUBsDX6")
    found = lookup(note)
    assert isinstance(found, Unresolved)
    assert found.code == "forbidden"
    paper = paper_of({**note, "readers": ["everyone"]})
    assert (paper.authors, paper.authors_hidden, paper.decision) == ((), True, "under_review")
    title = {"value": "Secret", "readers": ["TC/2024/Conference"]}
    hidden = {**note, "readers": ["everyone"], "content": {**note["content"], "title": title}}
    unresolved = lookup(hidden)
    assert isinstance(unresolved, Unresolved)
    assert unresolved.code == "forbidden"
    assert "Secret" not in repr(unresolved)


REPLIES = [
    ("v1_decision_iclr2018_r1uxS1arz", "v1_note_iclr2018_rejected_S1sRrN-CW"),
    ("v1_decision_iclr2022_0zSOgdUBpLa", "v1_note_iclr2022_spotlight_g1SzIRLQXMM"),
    ("v1_review_iclr2022_8XgiSituROK", "v1_note_iclr2022_spotlight_g1SzIRLQXMM"),
    ("v1_comment_iclr2022_4bUxFRU-wKY", "v1_note_iclr2022_spotlight_g1SzIRLQXMM"),
    ("v1_reply_nips2018ws_HJGsH53x6Q", "v1_note_nips2018ws_HkghWScuoQ"),
    ("v1_reference_iclr2019_BJpIR25YX", "v1_note_iclr2019_rJl0r3R9KX"),
    ("v1_reference_iclr2021_bibtexonly_3B-7TDoj17", "v1_note_iclr2021_rejected_trPMYEn1FCX"),
    ("v1_reference_iclr2022_partial_fqNvERVHSh", "v1_note_iclr2022_spotlight_g1SzIRLQXMM"),
    ("v1_metareview_iclr2019_HJlQWqQreN", "v1_note_iclr2019_rJl0r3R9KX"),
    ("v2_review_neurips2024_PdJabwbJeE", "v2_note_neurips2024_oral_aVh9KRZdRk"),
]


@pytest.mark.parametrize(("name", "forum"), REPLIES)
def test_replies_and_revisions_lead_to_their_forum(shared: Path, name: str, forum: str) -> None:
    reply, note = recorded(shared, name), recorded(shared, forum)
    found = lookup(reply, **{note["id"]: note})
    assert isinstance(found, Paper)
    assert found.id == f"openreview:{reply['id']}"
    assert found.same_as[0] == f"openreview:{note['id']}"
    assert found.matched_by == "forum"
    assert found.title == note_parser.title(note["content"])
    assert found.url == f"https://openreview.net/forum?id={note['id']}"
    assert found.pdf == f"https://openreview.net/pdf?id={note['id']}"


def test_a_reply_whose_paper_is_gone_is_not_found(shared: Path) -> None:
    found = lookup(recorded(shared, "v1_reply_nips2018ws_HJGsH53x6Q"))
    assert isinstance(found, Unresolved)
    assert found.code == "not_found"


def test_replies_that_point_at_each_other_end() -> None:
    public = {"readers": ["everyone"], "content": {"title": "T"}}
    first, second = {"id": "aaaaa", "forum": "bbbbb"}, {"id": "bbbbb", "forum": "aaaaa"}
    found = lookup({**public, **first}, bbbbb={**public, **second})
    assert isinstance(found, Paper | Unresolved)


# --- what a note may hold -------------------------------------------------------------------


def note(**fields: Any) -> dict[str, Any]:
    base = {"id": "FpKgG31Z_i9", "forum": "FpKgG31Z_i9", "readers": ["everyone"]}
    return {**base, "content": {"title": "A title"}, **fields}


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        (["Ada Lovelace", " Alan  Turing "], ("Ada Lovelace", "Alan Turing")),
        ("Ada Lovelace", ("Ada Lovelace",)),
        (
            [{"fullname": "Ada Lovelace", "username": "~Ada1"}, {"username": "~B1"}],
            ("Ada Lovelace",),
        ),
        (["Ada Lovelace <ada@example.org>", "bob@example.org"], ("Ada Lovelace",)),
        (["(ada@example.org) Ada"], ("Ada",)),
        (["Anonymous"], ()),
        (["Andr&eacute; Weil"], ("André Weil",)),
        ([], ()),
        (None, ()),
        (7, ()),
        ([[["x"]], 3, None, {"fullname": ["y"]}], ("y",)),
    ],
)
def test_authors_in_every_shape(authors: Any, expected: tuple[str, ...]) -> None:
    for content in ({"authors": authors}, {"authors": {"value": authors}}):
        paper = paper_of(note(content={"title": "T", **content}))
        assert names(paper) == expected or (authors and authors[0] == [["x"]])
        assert paper.authors_hidden is (not paper.authors)
        assert "@" not in repr(paper.authors)


@pytest.mark.parametrize(
    ("venue", "venueid", "more", "decision"),
    [
        ("ICLR 2022 Submitted", None, {}, "rejected"),
        ("ICLR 2022 Poster", "ICLR.cc/2022/Conference", {}, "accepted"),
        ("ICLR 2023 notable top 5%", None, {}, "accepted"),
        ("Submitted to ICLR 2024", "ICLR.cc/2024/Conference/Rejected_Submission", {}, "rejected"),
        ("Submitted to ICLR 2023", "ICLR.cc/2023/Conference", {}, "rejected"),
        ("Submitted to ICLR 2024", None, {}, None),
        ("ICLR 2026 Conference Submission", "ICLR.cc/2026/Conference/Submission", {}, "under_review"),
        ("ICLR 2024 Conference Withdrawn Submission", "ICLR.cc/2024/Conference/Withdrawn_Submission", {}, "withdrawn"),
        ("ICLR 2024 Conference Withdrawn Submission", None, {}, "withdrawn"),
        (None, "ICLR.cc/2024/Conference/Desk_Rejected_Submission", {}, "desk_rejected"),
        ("Rejected by TMLR", "TMLR/Rejected", {}, "rejected"),
        ("Rejected by TMLR", None, {}, "rejected"),
        ("Desk rejected by TMLR", "TMLR/Desk_Rejected", {}, "desk_rejected"),
        ("Under review for TMLR", "TMLR/Under_Review", {}, "under_review"),
        ("Retracted by TMLR", "TMLR/Retracted_Acceptance", {}, "retracted"),
        ("Accepted by TMLR", "TMLR", {}, "accepted"),
        ("CoRR 2021", "dblp.org/journals/CORR/2021", {}, None),
        ("ICML 2019 poster", "OpenReview.net/Archive", {}, None),
        (None, None, {"invitation": "ICLR.cc/2021/Conference/-/Withdrawn_Submission"}, "withdrawn"),
        (None, None, {"invitation": "ICLR.cc/2021/Conference/-/Blind_Submission"}, None),
        ("ICML 2025", "ICML.cc/2025/Conference", {"domain": "ICML.cc/2025/Conference"}, "accepted"),
        ("ICML 2025", "ICML.cc/2025/Conference", {}, None),
        (["ICLR 2022 Poster"], ["ICLR.cc/2022/Conference"], {}, "accepted"),
        ({"a": 1}, 3, {}, None),
    ],
)  # fmt: skip
def test_decisions(venue: Any, venueid: Any, more: dict[str, Any], decision: str | None) -> None:
    content = {"title": "T", "venue": venue, "venueid": venueid}
    paper = paper_of(note(content=content, **more))
    assert paper.decision == decision
    assert paper.withdrawn is (decision == "withdrawn")
    assert paper.venue == (venue if isinstance(venue, str) else note_parser.first_string(venue))


def test_certain_links_to_arxiv_and_to_the_published_paper() -> None:
    ids = ["arxiv:2103.01338v2", "doi:10.1000/Abc", "dblp:conf/x", 7, "arxiv:nonsense"]
    paper = paper_of(note(externalIds=ids))
    assert paper.same_as == ("arxiv:2103.01338",)
    assert paper.matched_by == "openreview"
    assert paper.published_as is not None
    assert (paper.published_as.doi, paper.published_as.via) == ("10.1000/Abc", "openreview")
    for address in (
        "https://arxiv.org/pdf/2103.01338",
        "http://www.arxiv.org/pdf/2103.01338v2.pdf",
        "https://arxiv.org/abs/2103.01338/",
    ):
        assert paper_of(note(content={"title": "T", "pdf": address})).same_as == paper.same_as
    for address in (
        "/pdf/2103.01338.pdf",
        "https://evil.example/arxiv.org/pdf/2103.01338",
        "https://[x",
    ):
        assert paper_of(note(content={"title": "T", "pdf": address})).same_as == ()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"ddate": 1632965333637}, "not_found"),
        ({"content": None}, "parse_error"),
        ({"content": {"title": " "}}, "parse_error"),
        ({"content": {"title": 3}}, "parse_error"),
        ({"forum": 3}, "parse_error"),
        ({"forum": "a b"}, "parse_error"),
        ({"readers": None}, "forbidden"),
        ({"readers": "everyone"}, "forbidden"),
    ],
)
def test_notes_that_give_no_paper(fields: dict[str, Any], code: str) -> None:
    found = lookup(note(**fields))
    assert isinstance(found, Unresolved)
    assert (found.code, found.retryable) == (code, False)
    assert found.url == "https://openreview.net/forum?id=FpKgG31Z_i9"


def test_a_note_of_another_id_is_not_taken() -> None:
    other = note(id="aaaaaaaaaa")
    session = Canned(by_end={"id=FpKgG31Z_i9": {"notes": [other]}})
    (found,) = fetch(SOURCE, session, PaperId("openreview:FpKgG31Z_i9")).values()
    assert isinstance(found, Unresolved)


# --- bodies that are none --------------------------------------------------------------------


def challenge(shared: Path) -> bytes:
    return (shared / "openreview" / "error_403_challenge_notes.json").read_bytes()


def test_the_recorded_challenge_is_refused_with_the_remedies(shared: Path) -> None:
    with pytest.raises(Refused) as caught:
        SOURCE.check(response(challenge(shared), status=403, url=NOTES))
    assert caught.value.code == "challenge"
    assert caught.value.hint is not None
    for word in ("OPENREVIEW_TOKEN", "OPENREVIEW_USERNAME", "OPENREVIEW_PASSWORD", "--papers"):
        assert word in caught.value.hint


def test_the_recorded_rate_limit_names_its_end(shared: Path) -> None:
    body = (shared / "openreview" / "error_429_ratelimit_attachment.json").read_bytes()
    date = {"Date": "Mon, 31 Aug 2026 08:00:00 GMT"}
    with pytest.raises(Overloaded) as caught:
        SOURCE.check(response(body, status=429, url=NOTES, headers=date))
    assert caught.value.retry_after_s == pytest.approx(3565.212)
    body = (shared / "openreview" / "error_429_web_message.json").read_bytes()
    with pytest.raises(Overloaded) as caught:
        SOURCE.check(response(body, status=429, url=NOTES))
    assert caught.value.retry_after_s is None


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"<title>Verifying your browser | OpenReview</title>", 200, Refused),
        (b"<title>Verifying your browser | OpenReview</title>", 403, Refused),
        (b"<html></html>", 403, Refused),
        (b"<html></html>", 200, BadAnswer),
        (b"[]", 200, BadAnswer),
        (b'{"notes": {}}', 200, BadAnswer),
        (b'{"notes": [1]}', 200, BadAnswer),
        (b"[" * 100_000, 200, BadAnswer),
        (b"\xff\xfe", 200, BadAnswer),
    ],
)
def test_what_is_no_answer_is_not_believed(
    body: bytes, status: int, error: type[SourceError]
) -> None:
    with pytest.raises(error):
        SOURCE.check(response(body, status=status, url=NOTES))


@pytest.mark.parametrize("status", [200, 404, 403])
def test_the_api_s_own_answers_pass(status: int) -> None:
    name = {403: "ForbiddenError", 404: "NotFoundError"}.get(status)
    SOURCE.check(
        response(json.dumps({"notes": [], "name": name}).encode(), status=status, url=NOTES)
    )


# --- anything ---------------------------------------------------------------------------------

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text("aÉ@<&;\x00\x1b\u202e\ud800 \n", max_size=8)
    | st.sampled_from(["everyone", "a@b.c", "<b>", "FpKgG31Z_i9", "arxiv:2103.01338"])
)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "readers", "fullname", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = [
    *("id", "forum", "readers", "content", "cdate", "tcdate", "mdate", "pdate", "odate", "ddate"),
    *("invitation", "invitations", "domain", "externalIds", "original", "referent", "replyto"),
]
CONTENT = ["title", "authors", "venue", "venueid", "pdf", "html", "abstract", "externalIds"]


@settings(max_examples=400)
@given(
    st.dictionaries(st.sampled_from(KEYS), ANY_JSON, max_size=4),
    st.dictionaries(st.sampled_from(CONTENT), ANY_JSON, max_size=4),
)
def test_any_note_gives_a_paper_an_unresolved_or_our_error(
    fields: dict[str, Any], content: dict[str, Any]
) -> None:
    hostile = note(content={"title": "A title", **content})
    hostile |= fields
    session = Canned(by_end={"=FpKgG31Z_i9": {"notes": [hostile]}})
    try:
        (found,) = fetch(SOURCE, session, PaperId("openreview:FpKgG31Z_i9")).values()
    except SourceError:
        return
    json.dumps(found.to_dict(), ensure_ascii=False).encode()
    if isinstance(found, Paper):
        assert Paper.from_dict(found.to_dict()) == found
        assert "@" not in repr(found.authors)


@given(ANY_JSON, st.sampled_from([200, 400, 401, 403, 404, 429, 500]))
def test_any_body_gives_an_answer_or_our_error(body: Any, status: int) -> None:
    answer = response(json.dumps(body).encode(), status=status, url=NOTES)
    try:
        SOURCE.check(answer)
        fetch(SOURCE, Canned(answer, answer), PaperId("openreview:FpKgG31Z_i9"))
    except SourceError:
        pass
