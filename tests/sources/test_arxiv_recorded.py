"""arXiv's recorded answers, of 2012 to 2026, and answers that are none."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.errors import BadAnswer, Overloaded, Refused, SourceError
from enrich.paper import Paper, PaperId, Unresolved
from enrich.sources.arxiv import entry
from enrich.sources.arxiv.api import SOURCE
from tests.sources.answers import Canned, fetch, response
from tests.values import names


def recordings(folder: Path) -> list[Path]:
    found = sorted([*folder.glob("arxiv/new_*.xml"), *folder.glob("arxiv/old_*.xml")])
    assert len(found) == 21
    return found


def entry_ids(body: bytes) -> list[str]:
    return re.findall(r"<id[^>]*>\s*https?://arxiv\.org/abs/([^<\s]+)", body.decode())


def test_every_recorded_feed_is_believed_and_read(shared: Path) -> None:
    for path in recordings(shared):
        body = path.read_bytes()
        SOURCE.check(response(body))
        for text in entry_ids(body):
            found = SOURCE.canonical(text)
            assert found is not None, text
            paper, version = found
            # the batch's other ids are not asked for, so they are left aside
            (lookup,) = fetch(SOURCE, Canned(response(body)), paper).values()
            assert isinstance(lookup, Paper), (path.name, lookup)
            assert Paper.from_dict(lookup.to_dict()) == lookup
            assert lookup.authors
            assert all(name == name.strip() and "\n" not in name for name in names(lookup))
            assert lookup.title == " ".join(lookup.title.split())
            assert lookup.latest_version == version
            assert lookup.versions[0].version == "v1"
            assert lookup.url == f"https://arxiv.org/abs/{paper.key}"
            assert lookup.category
            assert (lookup.updated is None) is (version == "v1")


def paper_of(path: Path, key: str) -> Paper:
    paper = PaperId(f"arxiv:{key}")
    (lookup,) = fetch(SOURCE, Canned(response(path.read_bytes())), paper).values()
    assert isinstance(lookup, Paper)
    return lookup


def test_fields_of_recorded_papers(shared: Path) -> None:
    folder = shared / "arxiv"
    paper = paper_of(folder / "old_affil_doi_1404.1899v2.xml", "1404.1899")
    assert paper.published_as is not None
    assert asdict(paper.published_as) == {
        "venue": "Astrophys. J. 789 (2014) L29",
        "year": 2014,
        "doi": "10.1088/2041-8205/789/2/L29",
        "url": "https://doi.org/10.1088/2041-8205/789/2/L29",
        "via": "arxiv",
    }
    assert paper.doi == "10.48550/arXiv.1404.1899"
    assert (paper.published, paper.updated) == ("2014-04-07", "2014-06-12")
    assert paper_of(folder / "new_title_zero_2104.12255v1.xml", "2104.12255").title == "0"
    hep = paper_of(folder / "new_multi_hep-ex_0307015_0710.5765_trimmed.xml", "hep-ex/0307015")
    assert names(hep)[0] == "H1 Collaboration"
    assert hep.id == "arxiv:hep-ex/0307015"
    old = paper_of(folder / "new_oldversion_1706.03762v2_trimmed.xml", "1706.03762")
    assert [(v.version, v.date) for v in old.versions] == [
        ("v1", "2017-06-12"),
        ("v2", "2017-06-19"),
    ]


def test_the_recorded_withdrawals_are_seen(shared: Path) -> None:
    paths = sorted((shared / "arxiv").glob("abs_withdrawn_*"))
    assert len(paths) == 3
    for path in paths:
        comment = re.search(r"^Comments: (.*(?:\n  .*)*)", path.read_text(), re.MULTILINE)
        assert comment is not None
        assert entry.is_withdrawn(comment[1], "We discuss tensor categories.")


@pytest.mark.parametrize(
    ("comment", "abstract", "withdrawn"),
    [
        ("This papers has been withdrawn", "", True),
        ("v2: withdrawn from arXiv by the author", "", True),
        ("Withdrawn", "", True),
        ("accepted at ICML, withdrawn from NeurIPS", "", False),
        (None, "This submission has been withdrawn by arXiv administrators", True),
        (None, "The paper was withdrawn due to an error in Lemma 2.", True),
        (None, "This paper studies how deposits are withdrawn from banks.", False),
        (None, "We study withdrawn papers.", False),
    ],
)
def test_withdrawals_by_their_words(comment: str | None, abstract: str, withdrawn: bool) -> None:
    assert entry.is_withdrawn(comment, abstract) is withdrawn


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Phys. Rev. D76 (2007) 013009", 2007),
        ("ICML 2021, PMLR 139:87-99", 2021),
        ("Phys.Rev.D76:013009,2007", 2007),
        ("J. Stat. Mech. 2004 (2005) P09011", 2005),
        ("Nature 2015, reprinted 2016", None),
        ("Ann. Phys. 1999-2001", None),
        ("", None),
    ],
)
def test_the_year_of_a_journal_reference(text: str, year: int | None) -> None:
    found = entry.publication(text, "10.1000/x")
    assert found is not None
    assert found.year == year


@pytest.mark.parametrize("name", ["new_error400_bad_id_abc.xml", "old_pubs_INVALIDID.xml"])
@pytest.mark.parametrize("status", [200, 400])
def test_the_recorded_refusals_name_the_bad_id(shared: Path, name: str, status: int) -> None:
    body = (shared / "arxiv" / name).read_bytes()
    key = "abc" if "abc" in name else "INVALIDID"
    paper = PaperId(f"arxiv:{key}")
    (lookup,) = fetch(SOURCE, Canned(response(body, status=status)), paper).values()
    assert isinstance(lookup, Unresolved)
    assert lookup.code == "not_found"


def test_a_refusal_that_names_none_of_the_batch_is_split(shared: Path) -> None:
    bad = (shared / "arxiv" / "new_error400_bad_id_abc.xml").read_bytes()
    good = (shared / "arxiv" / "new_single_1605.08386.xml").read_bytes()
    paper, other = PaperId("arxiv:1605.08386"), PaperId("arxiv:2103.01338")
    session = Canned(response(bad, status=400), response(good), response(bad, status=400))
    found = fetch(SOURCE, session, paper, other)
    assert isinstance(found[paper, None], Paper)
    assert isinstance(found[other, None], Unresolved)
    assert len(session.asked) == 3


def test_a_service_that_calls_everything_malformed_is_soon_left_alone(shared: Path) -> None:
    bad = (shared / "arxiv" / "new_error400_bad_id_abc.xml").read_bytes()
    session = Canned(*(response(bad, status=400) for _ in range(200)))
    papers = [PaperId(f"arxiv:2103.{n:05}") for n in range(1, 101)]
    with pytest.raises(BadAnswer):
        fetch(SOURCE, session, *papers)
    assert len(session.asked) < 30


def test_a_400_that_is_no_answer_of_arxiv_is_an_error() -> None:
    session = Canned(response(b"<html><body>Bad Request</body></html>", status=400))
    with pytest.raises(SourceError, match="HTTP 400"):
        fetch(SOURCE, session, PaperId("arxiv:2103.01338"))


@pytest.mark.parametrize("cut", ["<published>.*</published>", "<title>(?!arXiv).*</title>"])
def test_an_entry_without_date_or_title_is_not_called_missing(shared: Path, cut: str) -> None:
    body = (shared / "arxiv" / "new_single_1605.08386.xml").read_text()
    broken = re.sub(cut, "", body).encode()
    assert broken != body.encode()
    session = Canned(response(broken))
    (lookup,) = fetch(SOURCE, session, PaperId("arxiv:1605.08386")).values()
    assert isinstance(lookup, Unresolved)
    assert (lookup.code, len(session.asked)) == ("parse_error", 1)


@pytest.mark.parametrize(
    "date",
    ["soon", "2021-02-31T00:00:00Z", "", "0001-01-01T00:00:00+14:00", "0000-00-00", "9" * 400],
)
@pytest.mark.parametrize("name", ["published", "updated"])
def test_a_date_that_does_not_exist_is_null(shared: Path, name: str, date: str) -> None:
    body = (shared / "arxiv" / "new_single_1605.08386.xml").read_text()
    good = re.search("<entry>.*</entry>", body, re.DOTALL)
    assert good is not None
    broken = re.sub(f"<{name}>.*</{name}>", f"<{name}>{date}</{name}>", good[0])
    bad = broken.replace("1605.08386", "1605.08387")
    session = Canned(response(body.replace(good[0], bad + good[0]).encode()))
    ids = (PaperId("arxiv:1605.08386"), PaperId("arxiv:1605.08387"))
    found = fetch(SOURCE, session, *ids)
    right, wrong = (found[id_, None] for id_ in ids)
    assert isinstance(right, Paper)
    assert isinstance(wrong, Paper)
    assert len(session.asked) == 1
    assert wrong.title == right.title
    assert right.published
    first, last = ((right.published, right.updated), (wrong.published, wrong.updated))
    if name == "published":
        assert last == (None, first[1])
        assert wrong.versions[0].date is None or wrong.latest_version != "v1"
        assert "submitted" not in dict(wrong.dates)
    else:
        assert last == (first[0], None)
        assert "updated" not in dict(wrong.dates)
        assert wrong.latest_version == right.latest_version


@pytest.mark.parametrize(
    "written", ["Ada L &lt;ada@example.org&gt;", "Ada L (ada@example.org)", "ada@example.org Ada L"]
)
def test_an_authors_mail_address_is_cut(shared: Path, written: str) -> None:
    body = (shared / "arxiv" / "new_single_1605.08386.xml").read_text()
    body = re.sub("<name>.*?</name>", f"<name>{written}</name>", body, count=1)
    (lookup,) = fetch(SOURCE, Canned(response(body.encode())), PaperId("arxiv:1605.08386")).values()
    assert isinstance(lookup, Paper)
    assert names(lookup)[0] == "Ada L"


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"Rate exceeded.", 200, Overloaded),
        (b"\n rate exceeded.", 200, Overloaded),
        (b"", 200, BadAnswer),
        (b"<!DOCTYPE html><html><body>Are you a robot?</body></html>", 200, BadAnswer),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", 200, BadAnswer),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>", 200, BadAnswer),
        ("<feed xmlns='http://www.w3.org/2005/Atom'>é</feed>".encode("latin-1"), 200, BadAnswer),
        (
            b"<!DOCTYPE a [<!ENTITY x 'y'>]><feed xmlns='http://www.w3.org/2005/Atom'/>",
            200,
            BadAnswer,
        ),
        (b"<html><title>Access Denied</title></html>", 403, Refused),
    ],
)
def test_what_is_no_feed_is_not_believed(
    body: bytes, status: int, error: type[SourceError]
) -> None:
    with pytest.raises(error):
        SOURCE.check(response(body, status=status))


@given(st.binary(max_size=300), st.sampled_from([200, 400, 404, 500]))
def test_any_bytes_give_an_answer_or_our_error(body: bytes, status: int) -> None:
    answer = response(body, status=status)
    try:
        SOURCE.check(answer)
        fetch(SOURCE, Canned(answer, answer), PaperId("arxiv:2103.01338"))
    except SourceError:
        pass
