"""Tables: whole and safe cells, the contract's keys, read back by csv and by DuckDB."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given

from enrich.document import PaperObject, ReferenceObject, TalkObject
from enrich.model import AnnotatedTalk, Document, Talk
from enrich.paper import Author, Paper, PaperId, Papers, Publication, Unresolved, Version
from enrich.text.terminal import drop_unsafe
from enrich.writers import configure, writer
from tests.strategies import documents
from tests.writers.bibliography import count_works

ROWS = ("talk", "paper", "reference")
PAPER = Paper(
    id=PaperId("arxiv:2103.01338"), title="A, B", authors=(Author("Ada B."), Author("Łu, C")), dates=(("submitted", "2021"),),
    versions=(Version(version="v1", date="2021-03-01"), Version(version="v2")), withdrawn=True, stale=True, decision="accepted",
    published_as=Publication(venue="V", year=2022, doi="10.1/x"), same_as=(PaperId("openreview:x"),), via="datacite",
    url="https://arxiv.org/abs/2103.01338",
)  # fmt: skip


def table(document: Document, rows: str) -> list[dict[str, str]]:
    text = "".join(configure(writer("csv"), {"rows": rows}).write(document))
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def of_papers(*papers: Paper | Unresolved) -> Document:
    found = Papers({paper.id: paper for paper in papers})
    return Document((AnnotatedTalk(talk=Talk(id="1"), papers=found),))


@pytest.mark.parametrize("rows", ROWS)
@given(documents)
def test_any_document_has_rows_of_one_length(rows: str, document: Document) -> None:
    text = "".join(configure(writer("csv"), {"rows": rows}).write(document))
    header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert len(set(header)) == len(header)
    assert {len(line) for line in lines} <= {len(header)}
    talks = tuple(document.talks)
    counts = {
        "talk": len(talks),
        "reference": sum(len(t.references) for t in talks),
        "paper": count_works(document),
    }
    assert len(lines) == counts[rows]
    cells = [cell for line in lines for cell in line]
    assert [c for c in cells if c[:1] and c[:1] in "=+-@\t\r"] == []


@given(documents)
def test_titles_come_back(document: Document) -> None:
    talks = [t.talk for t in document.talks]
    for row, talk in zip(table(document, "talk"), talks, strict=True):
        title = drop_unsafe((talk.title or "").replace("\t", " "))
        assert row["title"].removeprefix("'") in {title, title.removeprefix("'")}


class TestFormulas:
    @pytest.mark.parametrize(
        "text",
        ["=1+1", "+1", "-1", "@SUM(A1)", '=cmd|" /C calc"!A0', '=HYPERLINK("https://x.org")', "\t=1", "\r=1", "\n=1",
         "\x00=1", "\u202e=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", " =1"],
    )  # fmt: skip
    def test_are_text(self, text: str) -> None:
        for rows in ("talk", "paper"):
            document = Document(
                (
                    AnnotatedTalk(
                        talk=Talk(id=text, title=text, speaker=text, room=text, abstract=text),
                        papers=Papers({PAPER.id: Paper(id=PAPER.id, title=text, url="https://x.org/")}),
                    ),
                )
            )  # fmt: skip
            (row,) = table(document, rows)
            assert row["title"].startswith("'")

    def test_cannot_follow_a_separator(self) -> None:
        (row,) = table(Document((AnnotatedTalk(talk=Talk(id="1", title='a",=1+1,"\n=2')),)), "talk")
        assert row["title"] == 'a",=1+1,"\n=2'


class TestColumns:
    def test_are_the_contracts_keys(self) -> None:
        document = of_papers(PAPER)
        nested = {"error", "published_as", "context", "texts", "suggested"}
        assert set(PaperObject.__struct_fields__) - nested <= table(document, "paper")[0].keys()
        assert set(TalkObject.__struct_fields__) - nested <= table(document, "talk")[0].keys()
        text = next(iter(writer("csv").write(document)))
        assert set(ReferenceObject.__struct_fields__) - nested <= set(text.strip().split(","))

    def test_every_key_of_a_paper_is_written(self) -> None:
        (row,) = table(of_papers(PAPER), "paper")
        expected = {
            "authors": "Ada B.; Łu, C", "dates": "submitted 2021", "versions": "v1 2021-03-01; v2", "withdrawn": "true",
            "stale": "true", "decision": "accepted", "published_as_venue": "V", "published_as_year": "2022",
            "published_as_doi": "10.1/x", "published_as_url": "", "same_as": "openreview:x", "via": "datacite", "status": "resolved",
        }  # fmt: skip
        assert {key: row[key] for key in expected} == expected

    def test_an_unresolved_paper_has_its_reason(self) -> None:
        gone = Unresolved(id=PAPER.id, code="timeout", message="later, please", retryable=True)
        (row,) = table(of_papers(gone), "paper")
        found = (row["status"], row["error_code"], row["error_message"], row["error_retryable"])
        assert found == ("failed", "timeout", "later, please", "true")

    def test_a_byte_order_mark_on_request(self) -> None:
        plain, marked = (
            "".join(configure(writer("csv"), {"bom": bom}).write(of_papers(PAPER)))
            for bom in (False, True)
        )
        assert marked == "\ufeff" + plain


class TestChosenColumns:
    def write(self, document: Document, rows: str, *columns: str) -> str:
        return "".join(configure(writer("csv"), {"rows": rows, "columns": columns}).write(document))

    @pytest.mark.parametrize("rows", ROWS)
    @given(documents)
    def test_are_those_of_the_whole_table(self, rows: str, document: Document) -> None:
        whole = table(document, rows)
        empty = configure(writer("csv"), {"rows": rows}).write(Document(()))
        (header,) = csv.reader(empty)
        columns = header[::-3]
        text = self.write(document, rows, *columns)
        found = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        assert [*found] == [{column: row[column] for column in columns} for row in whole]
        assert found.fieldnames == columns

    def test_are_in_the_given_order(self) -> None:
        text = self.write(of_papers(PAPER), "paper", "url", "title")
        assert text == 'url,title\nhttps://arxiv.org/abs/2103.01338,"A, B"\n'

    def test_begin_with_the_mark_on_request(self) -> None:
        chosen = configure(writer("csv"), {"rows": "paper", "columns": ("doi",), "bom": True})
        assert next(iter(chosen.write(of_papers(PAPER)))) == "\ufeffdoi\n"

    @pytest.mark.parametrize(
        ("rows", "columns", "message"),
        [
            ("reference", ("title",), r"'title' .* of references; did you mean talk_title or paper_title\?$"),
            ("reference", ("paper_autors",), r"did you mean paper_authors\?$"),
            ("paper", ("paper_title",), r"'paper_title' .* of papers; did you mean title\?$"),
            ("talk", ("xyz",), r"'xyz' .* of talks; its columns are id, feed, url, title, .*, warnings$"),
            ("paper", ("url", "doi", "url"), r"the column url is named twice$"),
            ("paper", ("",), r"'' is not a column"),
        ],
    )  # fmt: skip
    def test_that_the_table_lacks_are_refused(
        self, rows: str, columns: tuple[str, ...], message: str
    ) -> None:
        with pytest.raises(ValueError, match=message):
            configure(writer("csv"), {"rows": rows, "columns": columns})


@pytest.mark.parametrize("rows", ROWS)
def test_duckdb_reads_it(rows: str, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    titles = ['a, "b"\nc', "=1+1", "Ł; é", "plain"]
    document = Document(
        tuple(
            AnnotatedTalk(talk=Talk(id=str(n), title=title), papers=Papers({PAPER.id: PAPER}))
            for n, title in enumerate(titles)
        )
    )
    path = tmp_path / "table.csv"
    text = "".join(configure(writer("csv"), {"rows": rows}).write(document))
    path.write_text(text, encoding="utf-8")
    found = duckdb.sql(f"SELECT * FROM read_csv('{path}', header=true, all_varchar=true)")
    expected = list(csv.DictReader(io.StringIO(text, newline="")))
    assert found.columns == next(csv.reader(io.StringIO(text)))
    read = [
        {k: v or "" for k, v in zip(found.columns, row, strict=True)} for row in found.fetchall()
    ]
    assert read == expected


def test_duckdb_reads_json_and_ndjson(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    for name in ("json", "ndjson"):
        path = tmp_path / f"talks.{name}"
        path.write_text("".join(writer(name).write(of_papers(PAPER))), encoding="utf-8")
        ((title,),) = duckdb.sql(
            f"SELECT p.title FROM (SELECT unnest(papers) AS p FROM '{path}')"
        ).fetchall()
        assert title == json.loads(path.read_text(encoding="utf-8"))["papers"][0]["title"]
