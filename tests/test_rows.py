"""Flat rows of a talk, documents read back, and what a notebook shows."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import assume, given, settings

from enrich import AnnotatedTalk, Document, Talk, annotate, find_references, write
from enrich.cli.main import main
from enrich.model import Row
from enrich.paper import Paper, PaperId
from tests.conftest import ROOT
from tests.strategies import joined_talks

EXAMPLE = ROOT / "enrich/example"


@pytest.fixture(scope="module")
def text() -> str:
    """The document of the demo."""
    import contextlib

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["demo", "-q", "-f", "json"]) == 0
    return out.getvalue()


def test_a_document_is_read_back(text: str) -> None:
    document = Document.from_json(text)
    assert "".join(write(document)) == text
    assert Document.from_json(text.encode()) == document


@settings(max_examples=30, deadline=None)
@given(joined_talks())
def test_any_document_is_read_back(talk: AnnotatedTalk) -> None:
    try:
        AnnotatedTalk.from_dict(talk.to_dict())
    except ValueError:  # drawn values can break the schema: an empty id, an empty message
        assume(False)
    written = "".join(write(Document([talk])))
    assert "".join(write(Document.from_json(written))) == written


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("[", "not JSON"),
        ("[]", "not a document of enrich"),
        ('{"format": "enrich.talks"}', '"generator" is missing|"summary" is missing'),
        ("[" * 100_000, "not JSON|nested too deeply"),
    ],
)
def test_another_text_is_refused(given: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Document.from_json(given)


def test_the_place_of_a_fault_is_named(text: str) -> None:
    data = json.loads(text)
    data["talks"][0]["references"][0]["start"] = "1"
    with pytest.raises(ValueError, match=r"references\[0\].start: not an integer"):
        Document.from_json(json.dumps(data))


@pytest.mark.parametrize("wrong", [None, {}, Path("a.json")])
def test_what_is_not_a_text_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError, match="JSON text"):
        Document.from_json(wrong)


def test_a_row_is_a_reference(text: str) -> None:
    (talk,) = Document.from_json(text).talks
    rows = talk.rows()
    assert [(row["paper"], row["version"]) for row in rows] == [
        (str(r.paper), r.version) for r in talk.references
    ]
    assert rows[0]["paper_authors"] == "Naman Agarwal; Surbhi Goel; Cyril Zhang"
    assert rows[0]["talk_start_time"] == "2022-02-18T18:00:00Z"
    assert rows[0]["paper_status"] == "resolved"


def test_a_talk_without_references_is_one_row() -> None:
    (row,) = AnnotatedTalk(talk=Talk(id="1", title="T")).rows()
    assert (row["talk_id"], row["talk_title"], row["paper"]) == ("1", "T", None)


@settings(max_examples=30, deadline=None)
@given(joined_talks())
def test_rows_have_the_types_that_they_state(talk: AnnotatedTalk) -> None:
    hints = get_type_hints(Row)
    rows = talk.rows()
    assert len(rows) == max(1, len(talk.references))
    for row in rows:
        assert list(row) == list(hints)
        for key, value in row.items():
            assert isinstance(value, hints[key]), key


def test_the_names_are_those_of_csv(text: str) -> None:
    header = next(iter(write(Document.from_json(text), "csv"))).strip().split(",")
    assert set(Row.__annotations__) <= set(header)


def test_a_notebook_shows_a_talk_as_text() -> None:
    id_ = PaperId("arxiv:2103.01338")
    paper = Paper(id=id_, title="A <b> & c", url="https://arxiv.org/abs/2103.01338")
    talk = Talk(
        id="1",
        title="<script>alert(1)</script>\u202e",
        url="javascript:alert(1)",
        abstract="arXiv:2103.01338",
    )
    annotated = annotate(talk, find_references(talk), {id_: paper})
    shown = annotated._repr_html_()
    assert "<script" not in shown
    assert 'href="javascript' not in shown
    assert "\u202e" not in shown
    assert '<a href="https://arxiv.org/abs/2103.01338">A &lt;b&gt; &amp; c</a>' in shown
    assert shown in (Document([annotated])._repr_html_() or "")


def test_a_notebook_reads_no_talk_that_can_be_read_only_once() -> None:
    assert Document(iter(()))._repr_html_() is None
