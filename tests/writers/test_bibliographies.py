"""Entries of bibliographies: fields, types, names and titles."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from enrich.model import AnnotatedTalk, Document, Talk
from enrich.paper import Author, Paper, PaperId, Papers, Publication, Unresolved
from enrich.text.tex import plain
from enrich.writers import writer
from enrich.writers._entries import BibtexType, doi_field, names_field, url_field
from enrich.writers._tex import escape_text, escape_title
from tests.conftest import ROOT
from tests.strategies import papers
from tests.writers.bibliography import FORMATS, injected, make_paper, read_lines, render

ID = PaperId("arxiv:2103.01338")
PAPER = Paper(
    id=ID,
    title="Acceleration via Fractal Learning Rate Schedules",
    authors=(Author("Naman Agarwal"), Author("Cyril Zhang")),
    published="2021-03-01",
    category="cs.LG",
    doi="10.48550/arXiv.2103.01338",
    url="https://arxiv.org/abs/2103.01338",
)
ACCEPTED = Paper(
    id=PaperId("openreview:FpKgG31Z_i9"),
    title="Grafting",
    authors=(Author("Rohan Anil"),),
    published="2021-09-29",
    venue="ICLR 2022 Poster",
    decision="accepted",
    url="https://openreview.net/forum?id=FpKgG31Z_i9",
)
CONTROL_WORD = re.compile(r"(?<!\\)(?:\\\\)*\\([A-Za-z]+)")
HARMLESS = {"textbackslash", "textasciicircum", "textasciitilde", "textless", "textgreater"}


def fields(text: str) -> dict[str, str]:
    """Return the fields of the one entry of a .bib file."""
    return dict(re.findall(r"^  (\w+) = (.*?),?$", text, re.MULTILINE))


def only(paper: Paper, name: str = "bibtex", **options: Any) -> dict[str, str]:
    return fields(render([paper], name, **options))


def test_a_preprint_in_bibtex() -> None:
    text = render([PAPER], "bibtex")
    assert "@misc{agarwal2021acceleration," in text
    assert fields(text) == {
        "title": "{{Acceleration via Fractal Learning Rate Schedules}}",
        "author": "{Agarwal, Naman and Zhang, Cyril}",
        "year": "{2021}",
        "month": "mar",
        "eprint": "{2103.01338}",
        "archivePrefix": "{arXiv}",
        "primaryClass": "{cs.LG}",
        "doi": "{10.48550/arXiv.2103.01338}",
        "url": "{https://arxiv.org/abs/2103.01338}",
    }


def test_a_preprint_in_biblatex() -> None:
    text = render([PAPER], "biblatex")
    assert "@online{agarwal2021acceleration," in text
    assert fields(text) == {
        "title": "{{Acceleration via Fractal Learning Rate Schedules}}",
        "author": "{Agarwal, Naman and Zhang, Cyril}",
        "date": "{2021-03-01}",
        "pubstate": "{prepublished}",
        "eprint": "{2103.01338}",
        "eprinttype": "{arxiv}",
        "eprintclass": "{cs.LG}",
        "doi": "{10.48550/arXiv.2103.01338}",
        "url": "{https://arxiv.org/abs/2103.01338}",
    }


def test_a_preprint_in_csl() -> None:
    assert json.loads(render([replace(PAPER, latest_version="v2")], "csl")) == [
        {
            "id": "arxiv:2103.01338",
            "type": "article",
            "genre": "preprint",
            "publisher": "arXiv",
            "number": "arXiv:2103.01338",
            "version": "v2",
            "title": "Acceleration via Fractal Learning Rate Schedules",
            "author": [
                {"family": "Agarwal", "given": "Naman"},
                {"family": "Zhang", "given": "Cyril"},
            ],
            "issued": {"date-parts": [[2021, 3, 1]]},
            "DOI": "10.48550/arXiv.2103.01338",
            "URL": "https://arxiv.org/abs/2103.01338",
        }
    ]


def test_a_preprint_in_ris() -> None:
    assert render([PAPER], "ris").splitlines() == [
        "TY  - UNPB",
        "AU  - Agarwal, Naman",
        "AU  - Zhang, Cyril",
        "TI  - Acceleration via Fractal Learning Rate Schedules",
        "PY  - 2021",
        "DA  - 2021/03/01",
        "AN  - arXiv:2103.01338",
        "PB  - arXiv",
        "DO  - 10.48550/arXiv.2103.01338",
        "UR  - https://arxiv.org/abs/2103.01338",
        "ER  - ",
    ]


def test_an_accepted_paper_is_in_proceedings() -> None:
    assert "@inproceedings{anil2021grafting," in render([ACCEPTED], "bibtex")
    assert only(ACCEPTED)["booktitle"] == "{ICLR 2022 Poster}"
    assert only(ACCEPTED)["year"] == "{2022}"
    assert "@inproceedings{" in render([ACCEPTED], "biblatex")
    (item,) = json.loads(render([ACCEPTED], "csl"))
    assert (item["type"], item["container-title"]) == ("paper-conference", "ICLR 2022 Poster")
    assert "TY  - CONF\n" in render([ACCEPTED], "ris")


def test_a_submission_is_not_in_proceedings() -> None:
    submitted = replace(ACCEPTED, venue="Submitted to ICLR 2022", decision="rejected")
    assert "@misc{" in render([submitted], "bibtex")
    found = only(submitted)
    assert (found["howpublished"], found["note"]) == ("{OpenReview}", "{Submitted to ICLR 2022}")
    assert "booktitle" not in found


def test_the_doi_is_that_of_the_published_version() -> None:
    published = Publication(venue="J. of Tests & Co.", year=2022, doi="10.1000/a_b<1>", via="arxiv")
    paper = replace(PAPER, published_as=published)
    assert only(paper)["doi"] == "{10.1000/a_b<1>}"
    assert only(paper)["note"] == r"{Published in J. of Tests \& Co., 2022}"
    assert only(paper)["eprint"] == "{2103.01338}"
    assert json.loads(render([paper], "csl"))[0]["DOI"] == "10.1000/a_b<1>"
    without = replace(PAPER, published_as=replace(published, doi=None))
    assert only(without)["doi"] == "{10.48550/arXiv.2103.01338}"


def test_a_withdrawn_paper_says_so() -> None:
    for name in FORMATS:
        assert "Withdrawn" in render([replace(PAPER, withdrawn=True)], name)


@pytest.mark.parametrize("kind", get_args(BibtexType))
@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_the_type_of_preprints_can_be_chosen(name: str, kind: str) -> None:
    text = render([PAPER, ACCEPTED], name, bibtex_type=kind)
    assert re.findall(r"^@(\w+)", text, re.MULTILINE) == [kind, "inproceedings"]
    if kind == "article":
        key = "journal" if name == "bibtex" else "journaltitle"
        assert fields(text)[key]


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_an_article_has_the_year_of_its_journal(name: str) -> None:
    published = Publication(venue="J. of Tests 3", year=2022, doi="10.1000/182", via="arxiv")
    found = only(replace(PAPER, published_as=published), name, bibtex_type="article")
    assert found.get("journal", found.get("journaltitle")) == "{J. of Tests 3}"
    assert found.get("year", found.get("date")) == "{2022}"
    assert not {"month", "note"} & found.keys()  # the month was the preprint's
    same_year = replace(PAPER, published_as=replace(published, year=2021))
    found = only(same_year, name, bibtex_type="article")
    assert found.get("month", "mar") == "mar"
    assert found.get("date", "{2021-03-01}") == "{2021-03-01}"
    without = replace(PAPER, published_as=replace(published, venue=None))
    assert only(without, name, bibtex_type="article").get("year", "{2021}") == "{2021}"


def test_without_authors_there_is_a_key_to_sort_by() -> None:
    paper = Paper(id=ID, title=r"$\ell_1$", url="")
    assert "@misc{anonl1," in render([paper], "bibtex")
    assert only(paper)["key"] == "{anonl1}"


def test_an_unresolved_paper_is_left_out() -> None:
    failed = Unresolved(id=ID, code="timeout", message="too late")
    document = Document([AnnotatedTalk(talk=Talk(id="1"), papers=Papers({ID: failed}))])
    for name in FORMATS:
        assert "2103" not in "".join(writer(name).write(document))


def test_dates_that_no_calendar_has_are_cut_short() -> None:
    assert only(replace(PAPER, published="2021-02-31"), "biblatex")["date"] == "{2021-02}"
    assert "month" not in only(replace(PAPER, published="2021-13"))


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ([Author("Aad van der Vaart")], "van der Vaart, Aad"),
        ([Author("W. King, Jr.")], "King, Jr., W."),
        ([Author("王小明"), Author("김철수")], "王, 小明 and 김, 철수"),
        ([Author("for the ATLAS Collaboration")], "{for the ATLAS Collaboration}"),
        ([Author("Council on A, B, and C", None, None)], "{Council on A, B, and C}"),
        ([Author("Mai and Linh Ngo", "Ngo", "Mai and Linh")], "Ngo, {Mai and Linh}"),
        ([Author("François, abbé d'Aubry", "d'Aubry", "François, abbé")], "d'Aubry, {François, abbé}"),
        ([Author("Ada Lovelace"), Author("et al.")], "Lovelace, Ada and others"),
        ([Author("others")], "{others}"),
        ([Author("A & B", None, None)], r"{A \& B}"),
        ([Author(r"\input x", "x", r"\input")], r"x, {\textbackslash{}input}"),
        ([], None),
    ],
)  # fmt: skip
def test_names(authors: list[Author], expected: str | None) -> None:
    assert names_field(authors) == (expected and f"{{{expected}}}")


def test_addresses_and_dois() -> None:
    assert (
        url_field("https://x.org/a_b%20c?x=1&y=%5Bz%5D#~s")
        == "{https://x.org/a_b%20c?x=1&y=%5Bz%5D#~s}"
    )
    assert url_field("https://x.org/{a}\\|é 5%") == "{https://x.org/%7Ba%7D%5C%7C%C3%A9%205%25}"
    assert doi_field("10.1002/(SICI)1<1::AID>3.0.CO;2-_") == "{10.1002/(SICI)1<1::AID>3.0.CO;2-_}"
    assert doi_field("10.1000/{a}") == "{10.1000/%7Ba%7D}"


# --- TeX ------------------------------------------------------------------------------------------

tex = st.text(alphabet=st.sampled_from("\\${}^_~%#&<>|'\"`ainputehldfrc1 \n{}$$\\"), max_size=60)


def check_tex(text: str) -> None:
    """Check that braces are balanced, no sign acts, and control words are those of the lists."""
    from enrich.writers._tex import _WORDS

    depth = 0
    for brace in re.findall("[{}]", text):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert "^^" not in text
    assert not re.search(r"(?<!\\)(?:\\\\)*[%#]", text)
    for word in CONTROL_WORD.findall(text):
        assert word in HARMLESS | _WORDS


@given(tex)
def test_no_title_acts_in_tex(title: str) -> None:
    check_tex(escape_title(title))
    check_tex(escape_text(title))
    assert len(re.findall(r"(?<!\\)\$", escape_title(title))) % 2 == 0


@given(papers())
def test_any_entry_of_a_bib_file_is_balanced(paper: Paper) -> None:
    for name in ("bibtex", "biblatex"):
        entry = render([paper], name).partition("\n@")[2]
        assert entry.count("{") == entry.count("}")
        assert "@" not in "".join(line[:1] for line in entry.splitlines())


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
@pytest.mark.parametrize("paper", [pytest.param(p, id=p.id.key) for p in injected()])
def test_an_injection_stays_text(paper: Paper, name: str) -> None:
    found = only(paper, name)
    for key in {"title", "author", "note", "booktitle"} & set(found):
        check_tex(found[key])
    for word in ("input{", "write18{", "write18 ", "catcode`", "csname ", "special{", "href{"):
        assert f"\\{word}" not in found["title"]


@pytest.mark.parametrize("paper", [pytest.param(p, id=p.id.key) for p in injected()])
def test_an_injection_stays_in_its_line_of_ris(paper: Paper) -> None:
    lines = render([paper], "ris").splitlines()
    assert [line[:6] for line in lines].count("TY  - ") == 1
    assert lines[-1] == "ER  - "
    assert all(re.match("[A-Z][A-Z0-9]  - ", line) for line in lines)


# --- the torture cases ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(1, 11))
def test_a_torture_case(shared: Path, number: int) -> None:
    record = read_lines(shared / "bibliography/torture.jsonl")[number - 1]
    right = record["right"]
    paper = make_paper(record)
    text = render([paper], "bibtex")
    found = fields(text)
    assert plain(paper.title) == right.get("title", plain(paper.title))
    for kept in right.get("bibtex_title_keeps", ()):
        assert kept in found["title"]
    for lacking in right.get("bibtex_title_lacks", ()):
        assert lacking not in found["title"]
    if "key" in right:
        assert f"{{{right['key']},\n" in text
    if "bibtex_type" in right:
        assert re.findall(r"@(\w+)", text)[0] in right["bibtex_type"]
    if "authors" in right:
        parts = [[a.family, a.given] if a.family else [a.name] for a in paper.authors]
        assert parts == right["authors"]
    (item,) = json.loads(render([paper], "csl"))
    for key in ("doi", "url"):
        if key in right:
            assert found[key] == f"{{{right[key]}}}"
            assert item[key.upper()] == right[key]
            assert f"{'DO' if key == 'doi' else 'UR'}  - {right[key]}\n" in render([paper], "ris")


# --- CSL ------------------------------------------------------------------------------------------


@given(st.lists(papers(), max_size=2))
def test_any_items_fit_the_schema_of_csl(found: list[Paper]) -> None:
    schema = ROOT.parent / "shared/data/csl/csl-data.json"
    if not schema.exists():
        pytest.skip("../shared is not here")
    validator = Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))
    validator.validate(json.loads(render(found, "csl")))


def test_formulas_keep_their_case_in_csl() -> None:
    (item,) = json.loads(render([replace(PAPER, title="On $O(n^{loc})$ & $L^2$")], "csl"))
    assert item["title"] == 'On <span class="nocase">O(n<sup>loc</sup>)</span> & L²'


# --- talks ----------------------------------------------------------------------------------------


def cite_talk(name: str, **talk: Any) -> str:
    made: Any = writer(name)
    values = {
        "id": "SciML/3", "title": "Understanding $x_1$", "speaker": "Dr. Cyril Zhang",
        "series": "e-Seminar", "url": "https://researchseminars.org/talk/SciML/3/",
        "start_time": date(2022, 2, 18),
    }  # fmt: skip
    document = Document(
        [AnnotatedTalk(talk=Talk(**{**values, **talk}), papers=Papers({ID: PAPER}))]
    )
    return "".join(made.with_options(cite_talks=True).write(document))


def test_a_talk_is_cited() -> None:
    bibtex, biblatex = cite_talk("bibtex"), cite_talk("biblatex")
    assert "@misc{zhang2022understanding_talk," in bibtex
    assert "  howpublished = {Talk, e-Seminar}" in bibtex
    assert "@unpublished{zhang2022understanding_talk," in biblatex
    assert "  eventtitle = {e-Seminar}" in biblatex
    assert "  date = {2022-02-18}" in biblatex
    talk, paper = json.loads(cite_talk("csl"))
    assert paper["id"] == ID
    assert (talk["type"], talk["author"]) == ("speech", [{"family": "Zhang", "given": "Cyril"}])
    assert talk["event-title"] == "e-Seminar"
    assert talk["URL"] == "https://researchseminars.org/talk/SciML/3/"
    ris = cite_talk("ris")
    assert ris.startswith(
        "TY  - CONF\nAU  - Zhang, Cyril\nTI  - Understanding x₁\nT2  - e-Seminar\n"
    )
    assert "\nM3  - Talk\n" in ris
    assert "2103.01338" in ris


def test_a_cancelled_talk_is_not_cited() -> None:
    for name in FORMATS:
        assert "Understanding" not in cite_talk(name, status="cancelled")


def test_cited_talks_change_no_key_of_a_paper() -> None:
    namesake = cite_talk("bibtex", title="Acceleration", speaker="A. Agarwal",
                         start_time=date(2021, 1, 1))  # fmt: skip
    assert "{agarwal2021acceleration," in namesake
    assert "{agarwal2021acceleration_talk," in namesake


def test_a_talk_without_speaker_is_no_unpublished_work() -> None:
    assert "@misc{anon2022understanding_talk," in cite_talk("biblatex", speaker=None)
