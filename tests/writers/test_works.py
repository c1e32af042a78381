"""One work stands once in every output, with both links and the accepted version.

`python -m tests.writers.test_works` writes the golden files anew.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given

from enrich.annotation import annotate
from enrich.model import AnnotatedTalk, Document, Talk
from enrich.paper import Author, Paper, PaperId, Papers, Publication, Unresolved
from enrich.references.extract import find_references
from enrich.writers import builtin_names, write, writer
from tests.conftest import ROOT
from tests.strategies import documents

A, B = PaperId("arxiv:2203.09376"), PaperId("openreview:g1SzIRLQXMM")
AUTHORS = (Author("Ingrid Solheim"), Author("Tomas Reyes"))
PREPRINT = Paper(
    id=A,
    title="Tidal Locking of Recurrent Memory Cells",
    authors=AUTHORS,
    published="2022-03-17",
    latest_version="v2",
    category="cs.LG",
    doi="10.48550/arXiv.2203.09376",
    url="https://arxiv.org/abs/2203.09376",
    pdf="https://arxiv.org/pdf/2203.09376",
)
ACCEPTED = Paper(
    id=B,
    title="Tidal Locking of Recurrent Memory Cells",
    authors=AUTHORS,
    published="2021-09-30",
    venue="ICLR 2022 Spotlight",
    decision="accepted",
    url="https://openreview.net/forum?id=g1SzIRLQXMM",
    pdf="https://openreview.net/pdf?id=g1SzIRLQXMM",
)
TEXT = "See arXiv:2203.09376v1 and https://openreview.net/forum?id=g1SzIRLQXMM"

GOLDEN = ROOT / "tests/data/golden"
EACH = pytest.mark.parametrize("name", sorted(builtin_names()))
ONE_ENTRY = ("atom", "bibtex", "biblatex", "csl", "ris", "text", "md")
"""Formats in which a work's title stands once."""


def document(preprint: Paper = PREPRINT, accepted: Paper = ACCEPTED) -> Document:
    talk = Talk(id="1", title="A talk", speaker="Ingrid Solheim", abstract=TEXT)
    return Document([annotate(talk, find_references(talk), {A: preprint, B: accepted})])


@pytest.mark.parametrize("name", sorted({*builtin_names()} - {"html"}))  # a page is long
def test_a_work_of_two_records_is_written_as_in_the_golden(name: str) -> None:
    expected = (GOLDEN / f"work.{name}").read_bytes().decode()
    assert "".join(write(document(), name)) == expected


@EACH
def test_both_links_and_the_preprints_id_are_written(name: str) -> None:
    text = "".join(write(document(), name)).replace("\r\n ", "")
    assert PREPRINT.url in text
    assert ACCEPTED.url in text
    assert "2203.09376" in text
    if name != "csv":
        assert "ICLR 2022 Spotlight" in text or name == "ics"
    if name in ONE_ENTRY:
        assert text.count(PREPRINT.title) == 1


def test_a_row_of_papers_is_a_work() -> None:
    made = writer("csv").with_options(rows="paper")  # type: ignore[attr-defined]
    (row,) = csv.DictReader(StringIO("".join(made.write(document()))))
    assert (row["id"], row["decision"], row["same_as"]) == (B, "accepted", A)
    assert row["url"] == f"{ACCEPTED.url}; {PREPRINT.url}"
    assert row["pdf"] == f"{ACCEPTED.pdf}; {PREPRINT.pdf}"


def in_two_talks(*papers: Paper) -> Document:
    """Return a document with a talk for each paper."""
    return Document(
        [
            AnnotatedTalk(talk=Talk(id=str(n)), papers=Papers({paper.id: paper}))
            for n, paper in enumerate(papers)
        ]
    )


@pytest.mark.parametrize("name", ["atom", "bibtex", "biblatex", "csl", "ris"])
def test_records_that_stand_in_two_talks_are_one_entry(name: str) -> None:
    for order in ((PREPRINT, ACCEPTED), (ACCEPTED, PREPRINT)):
        text = "".join(write(in_two_talks(*order), name))
        assert text.count(PREPRINT.title) == 1
        assert PREPRINT.url in text
        assert ACCEPTED.url in text


def test_the_key_is_that_of_the_earliest_record() -> None:
    early = replace(
        PREPRINT, published="2020-05-01", title="Tidal Locking of Recurrent Memory Cells"
    )
    renamed = replace(ACCEPTED, title="Locked Memories", same_as=(A,), matched_by="openreview")
    text = "".join(write(in_two_talks(renamed, early), "bibtex"))
    assert "@inproceedings{solheim2020tidal," in text
    assert "{{Locked Memories}}" in text
    assert "year = {2022}" in text
    (item,) = json.loads("".join(write(in_two_talks(renamed, early), "csl")))
    assert (item["id"], item["issued"]) == (A, {"date-parts": [[2022]]})


def test_the_published_versions_doi_is_taken_from_any_record() -> None:
    published = Publication(venue="J. of Tides", year=2023, doi="10.1000/182", via="arxiv")
    named = replace(PREPRINT, published_as=published)
    text = "".join(write(document(named), "bibtex"))
    assert "doi = {10.1000/182}" in text
    assert "Published in J. of Tides, 2023. Also at https://arxiv.org/abs/2203.09376" in text
    assert "10.48550" not in text


def test_a_books_doi_joins_no_chapters() -> None:
    chapters = [
        Paper(
            id=PaperId(f"arxiv:2401.0000{n}"), title=f"Chapter {n}", doi="10.1037/10319-000", url=""
        )
        for n in range(3)
    ]
    for name in ("bibtex", "biblatex", "csl", "ris"):
        text = "".join(write(in_two_talks(*chapters), name))
        assert all(text.count(f"Chapter {n}") == 1 for n in range(3))


def test_a_doi_joins_records_of_one_title_at_two_services() -> None:
    one, other = (replace(p, authors=(), doi="10.1000/182") for p in (PREPRINT, ACCEPTED))
    assert "".join(write(in_two_talks(one, other), "ris")).count("TY  - ") == 1
    other = replace(other, title="The Proceedings of the Conference on Tides")
    assert "".join(write(in_two_talks(one, other), "ris")).count("TY  - ") == 2


def test_a_preprint_that_could_not_be_asked_keeps_its_id() -> None:
    failed = Unresolved(id=A, code="timeout", message="later", retryable=True, url=PREPRINT.url)
    accepted = replace(ACCEPTED, same_as=(A,), matched_by="openreview")
    talk = AnnotatedTalk(talk=Talk(id="1"), papers=Papers({A: failed, B: accepted}))
    for name in ("bibtex", "biblatex", "csl", "ris"):
        text = "".join(write(Document([talk]), name))
        assert text.count("2203.09376") == 2
        assert "Tidal" in text


@given(documents)
def test_bibliographies_count_works(document: Document) -> None:
    papers = json.loads("".join(write(document, "json")))["papers"]
    resolved = [p for p in papers if p["status"] == "resolved"]
    works = {p["work"] or p["id"] for p in resolved}
    count = len(json.loads("".join(write(document, "csl"))))
    if any(p["matched_by"] == "doi" for p in resolved):  # a DOI alone joins no two of a service
        assert len(works) <= count <= len(resolved)
    else:
        assert count == len(works)
    assert "".join(write(document, "ris")).count("ER  - \n") == count
    for name in ("bibtex", "biblatex"):
        assert len(re.findall("^@", "".join(write(document, name)), re.MULTILINE)) == count
    rows = "".join(writer("csv").with_options(rows="paper").write(document))  # type: ignore[attr-defined]
    everything = {p["work"] or p["id"] for p in papers}
    assert len(list(csv.reader(StringIO(rows)))) == 1 + len(everything)
    assert "".join(write(document, "atom")).count("<entry>") == len(everything)


def test_json_has_each_record_and_counts_works() -> None:
    out = json.loads("".join(write(document(), "json")))
    assert [(p["id"], p["work"], p["same_as"], p["matched_by"]) for p in out["papers"]] == [
        (A, A, [B], "title"),
        (B, A, [A], "title"),
    ]
    assert (out["summary"]["papers"], out["summary"]["works"]) == (2, 1)
    assert [r["by_speaker"] for r in out["talks"][0]["references"]] == [True, True]


def test_a_line_is_read_back_as_it_was() -> None:
    (line,) = write(document(), "ndjson")
    (talk,) = document().talks
    assert AnnotatedTalk.from_dict(json.loads(line)).papers == talk.papers


@EACH
def test_every_format_marks_a_withdrawn_record(name: str) -> None:
    withdrawn = replace(PREPRINT, withdrawn=True)
    plain = "".join(write(document(), name))
    marked = "".join(write(document(withdrawn), name))
    assert marked != plain
    if name not in {"csv", "json", "ndjson"}:
        assert "withdrawn" in marked.replace("\r\n ", "").lower()
    alone = "".join(write(in_two_talks(withdrawn), name))
    assert alone != "".join(write(in_two_talks(PREPRINT), name)) or name in {"csv", "ics"}


def test_a_withdrawn_record_is_marked_wherever_it_stands() -> None:
    withdrawn = replace(PREPRINT, withdrawn=True)
    assert "2203.09376) **withdrawn**" in "".join(write(document(withdrawn), "md"))
    other = replace(ACCEPTED, decision="withdrawn", withdrawn=True)
    listed = "".join(write(document(PREPRINT, other), "md"))
    assert "g1SzIRLQXMM) **withdrawn**" in listed
    assert (
        "[Tidal Locking of Recurrent Memory Cells](https://arxiv.org/abs/2203.09376)  \n" in listed
    )


if __name__ == "__main__":
    for each in sorted({*builtin_names()} - {"html"}):
        (GOLDEN / f"work.{each}").write_bytes("".join(write(document(), each)).encode())
