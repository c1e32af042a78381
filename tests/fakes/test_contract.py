"""The stand-ins against the services' real recorded answers, and the composed cassettes as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from tests.fakes import FakeNote, FakePaper, Fakes, FakeVersion
from tests.fakes.arxiv import HOST

ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
RECORDED_LISTS = (
    "new_single_1605.08386",
    "new_title_zero_2104.12255v1",
    "new_two_ids_one_missing",
    "new_oldstyle_astro-ph_0601001",
    "new_oldstyle_quant-ph_0201082v1",
    "new_multi_hep-ex_0307015_0710.5765_trimmed",
    "new_oldversion_1706.03762v2_trimmed",
    "new_empty_0000.0000",
    "new_empty_0808.05394",
    "new_error400_bad_id_abc",
)
RECORDED_SEARCHES = ("new_search_testing_10", "new_search_testing_20_10")


# --- arXiv ---------------------------------------------------------------------------------


def texts(entry: etree._Element, name: str) -> list[str]:
    return [found.text or "" for found in entry.iterfind(name)]


def paper_of(entry: etree._Element) -> FakePaper:
    """What a test would have to say of a paper to get this recorded entry."""

    def one(name: str) -> str | None:
        return entry.findtext(name)

    id_, _, version = str(one(f"{ATOM}id")).rpartition("/abs/")[2].rpartition("v")
    first, last = str(one(f"{ATOM}published")), str(one(f"{ATOM}updated"))
    authors = entry.findall(f"{ATOM}author")
    names = [author.findtext(f"{ATOM}name") or "" for author in authors]
    return FakePaper(
        id=id_,
        title=str(one(f"{ATOM}title")),
        authors=names,
        affiliations={
            name: texts(author, f"{ARXIV}affiliation")
            for name, author in zip(names, authors, strict=True)
        },
        versions=[FakeVersion(date=first)] * (int(version) - 1) + [FakeVersion(date=last)],
        summary=str(one(f"{ATOM}summary")),
        categories=[str(c.get("term")) for c in entry.iterfind(f"{ATOM}category")],
        comment=one(f"{ARXIV}comment"),
        journal_ref=one(f"{ARXIV}journal_ref"),
        doi=one(f"{ARXIV}doi"),
    )


def shape(element: etree._Element) -> tuple[Any, ...]:
    """An element with all below it; the texts that change with every request are left out."""
    text = (element.text or "").strip() and element.text
    volatile = element.tag in {f"{ATOM}id", f"{ATOM}updated"} and (
        element.getparent() is None or element.getparent().tag == f"{ATOM}feed"  # type: ignore[union-attr]
    )
    return (
        element.tag,
        dict(element.attrib),
        None if volatile else text,
        [shape(child) for child in element],
    )


def document(root: etree._Element) -> tuple[Any, ...]:
    return (dict(root.nsmap), shape(root))


def recorded(shared: Path, name: str) -> etree._Element:
    return etree.parse(shared / "arxiv" / f"{name}.xml").getroot()


def requested(shared: Path, name: str) -> str:
    for line in (shared / "arxiv" / "MANIFEST.tsv").read_text().splitlines():
        cells = line.split("\t")
        if cells[0] == f"{name}.xml":
            return cells[3]
    raise AssertionError(name)


@pytest.mark.parametrize("name", RECORDED_LISTS)
def test_a_recorded_answer_comes_out_again(
    shared: Path, fakes: Fakes, session: requests.Session, name: str
) -> None:
    want = recorded(shared, name)
    for entry in want.iterfind(f"{ATOM}entry"):
        if entry.find(f"{ATOM}published") is not None:  # an error entry has none
            fakes.arxiv.add(paper_of(entry))
    fakes.arxiv.order = lambda hits: hits  # as these were recorded
    answer = session.get(requested(shared, name), timeout=60)
    assert answer.status_code == (400 if "error400" in name else 200)
    got = etree.fromstring(answer.content)
    if "error400" in name:
        for root in (got, want):
            root.find(f"{ATOM}entry/{ATOM}updated").text = "now"  # type: ignore[union-attr]
    assert document(got) == document(want)


@pytest.mark.parametrize("name", RECORDED_SEARCHES)
def test_recorded_entries_of_a_search_come_out_again(
    shared: Path, fakes: Fakes, session: requests.Session, name: str
) -> None:
    want = list(recorded(shared, name).iterfind(f"{ATOM}entry"))
    papers = [paper_of(entry) for entry in want]
    fakes.arxiv.add(*papers)
    fakes.arxiv.order = lambda hits: hits
    ids = ",".join(f"{paper.id}v{paper.newest}" for paper in papers)
    answer = session.get(f"https://{HOST}/api/query?id_list={ids}&max_results=100", timeout=60)
    got = etree.fromstring(answer.content).iterfind(f"{ATOM}entry")
    assert [shape(entry) for entry in got] == [shape(entry) for entry in want]


def test_the_body_of_a_throttled_answer_is_the_recorded_one(
    shared: Path, fakes: Fakes, session: requests.Session
) -> None:
    body = (shared / "arxiv" / "rate_exceeded_body.txt").read_bytes()
    for fault, status in (("rate-exceeded", 200), ("429-bare", 429)):
        fakes.fault(HOST, fault, times=1)
        answer = session.get(f"https://{HOST}/api/query?id_list=2101.00001", timeout=60)
        assert (answer.status_code, answer.content) == (status, body)


# --- OpenReview ----------------------------------------------------------------------------

RECORDED_NOTES_1 = (
    "v1_note_iclr2018_rejected_S1sRrN-CW",
    "v1_note_iclr2019_rJl0r3R9KX",
    "v1_note_iclr2020_accepted_ryxyCeHtPB",
    "v1_note_iclr2021_rejected_trPMYEn1FCX",
    "v1_note_iclr2022_spotlight_g1SzIRLQXMM",
    "v1_note_nips2018ws_HkghWScuoQ",
    "v1_reference_iclr2019_BJpIR25YX",
    "v1_reference_iclr2022_partial_fqNvERVHSh",
    "v1_decision_iclr2022_0zSOgdUBpLa",
    "v1_review_iclr2022_8XgiSituROK",
)
RECORDED_NOTES_2 = (
    "v2_note_docs_hidden_authors_WEIzUBsDX6",
    "v2_note_neurips2024_oral_aVh9KRZdRk",
    "v2_note_tmlr_qq4yipldw2",
    "v2_review_neurips2024_PdJabwbJeE",
)
NOT_PRINTED = {"mdate", "referent", "details"}
"""Keys of API 1 that some recorded notes lack, for their recorder did not print them."""


def recorded_json(shared: Path, name: str) -> Any:
    value = json.loads((shared / "openreview" / f"{name}.json").read_text())
    return value["notes"][0] if "notes" in value else value


def note_of(note: dict[str, Any], api: Any) -> FakeNote:
    """What a test would have to say of a note to get this recorded one."""
    content = {key: value for key, value in note["content"].items() if api == 1}
    hidden = []
    for key, value in note["content"].items():
        if api == 2:
            content[key] = value["value"]
            if "readers" in value:
                hidden.append(key)
    named = ("title", "authors", "abstract", "venue", "venueid", "pdf")
    dates = ("cdate", "tcdate", "mdate", "tmdate", "ddate", "odate", "pdate")
    by_habit = ("signatures", "writers", "nonreaders", "license", "details", "tddate")
    return FakeNote(
        id=note["id"],
        api=api,
        **{name: content.get(name) for name in named},
        **{name: note.get(name) for name in dates},
        forum=note.get("forum"),
        replyto=note.get("replyto"),
        original=note.get("original"),
        referent=note.get("referent"),
        number=note.get("number"),
        invitation=note["invitation"] if api == 1 else note["invitations"][0],
        readers=note["readers"],
        hidden=hidden,
        content={key: value for key, value in content.items() if key not in named},
        fields={name: note[name] for name in (*by_habit, "invitations") if name in note},
    )


@pytest.mark.parametrize("name", RECORDED_NOTES_1)
def test_a_recorded_note_of_api_1_comes_out_again(
    shared: Path, fakes: Fakes, session: requests.Session, name: str
) -> None:
    want = recorded_json(shared, name)
    fakes.openreview.add(note_of(want, 1))
    answer = session.get(f"https://api.openreview.net/notes?id={want['id']}", timeout=60).json()
    (got,) = answer["notes"]
    assert answer["count"] == 1
    assert {key: got[key] for key in want} == want
    assert set(got) - set(want) <= NOT_PRINTED


@pytest.mark.parametrize("name", RECORDED_NOTES_2)
def test_a_recorded_note_of_api_2_comes_out_again(
    shared: Path, fakes: Fakes, session: requests.Session, name: str
) -> None:
    want = recorded_json(shared, name)
    keys = {key for other in RECORDED_NOTES_2 for key in recorded_json(shared, other)}
    fakes.openreview.add(note_of(want, 2))
    fakes.openreview.tokens.add("t")  # one of them was recorded by a member of the venue
    session.headers["Authorization"] = "Bearer t"
    answer = session.get(f"https://api2.openreview.net/notes?id={want['id']}", timeout=60).json()
    (got,) = answer["notes"]
    want.pop("parent_invitations", None)  # as openreview-py spells it; no service's answer shows it
    for value in want["content"].values():
        if "readers" in value:
            value["readers"] = [want["domain"]]  # the stand-in names the venue alone
    assert {key: got[key] for key in want} == want
    assert set(got) <= keys


def types(value: object) -> object:
    """Keys and types of a JSON value, without its texts and numbers."""
    if isinstance(value, dict):
        return {key: types(item) for key, item in value.items()}
    return type(value).__name__


def test_the_bodies_of_errors_have_the_recorded_keys_and_types(
    shared: Path, fakes: Fakes, session: requests.Session
) -> None:
    url = "https://api2.openreview.net/notes?id=aaaaa1"
    fakes.openreview.gate = "403"
    challenge = session.get(url, timeout=60)
    fakes.openreview.gate = "open"
    fakes.openreview.limit = 1
    limited = session.get(url, timeout=60)
    for answer, name in (
        (challenge, "error_403_challenge_notes"),
        (limited, "error_429_ratelimit_attachment"),
    ):
        want = recorded_json(shared, name)
        assert types(answer.json()) == types(want)
        assert answer.status_code == want["status"]
        assert answer.json()["name"] == want["name"]
    redirect = recorded_json(shared, "error_403_challenge_notes")["details"]["challengeUrl"]
    assert challenge.json()["details"]["challengeUrl"].startswith(redirect.rstrip("…"))
    policy = "180;w=60"  # as in the manifest of the other recorded challenge
    assert policy in (shared / "openreview" / "MANIFEST.tsv").read_text()
    assert challenge.headers["ratelimit-policy"] == policy

    fakes.openreview.limit = None
    fakes.openreview.refused.add("aaaaa1")
    fakes.openreview.add(FakeNote(id="aaaaa1", api=2))
    forbidden = session.get(url, timeout=60)
    want = recorded_json(shared, "error_403_forbidden_group")  # an excerpt
    assert forbidden.json()["name"] == want["name"]
    assert forbidden.json()["message"].rpartition(" ")[0] == want["message"].rpartition(" ")[0]
