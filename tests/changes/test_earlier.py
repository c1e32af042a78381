"""Earlier outputs, read for comparison: json and ndjson, and what is refused."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from enrich.annotation import annotate
from enrich.changes.earlier import Earlier, parse_earlier
from enrich.model import AnnotatedTalk, Document, Talk
from enrich.paper import Paper, PaperId
from enrich.references.extract import find_references
from enrich.writers import write

ID = PaperId("arxiv:2601.00001")
PAPER = Paper(id=ID, title="A Title", latest_version="v1", url="https://arxiv.org/abs/2601.00001")


def annotated() -> list[AnnotatedTalk]:
    talks = [
        Talk(id=id_, abstract="arXiv:2601.00001", start_time=datetime(2026, 1, 5, tzinfo=UTC))
        for id_ in ("1", "2")
    ]
    return [annotate(talk, find_references(talk), {ID: PAPER}) for talk in talks]


@pytest.mark.parametrize("name", ["json", "ndjson"])
def test_a_written_output_is_read_back(name: str) -> None:
    read = parse_earlier("".join(write(Document(annotated()), name)).encode())
    assert [one.references for one in read.talks] == [one.references for one in annotated()]
    assert read.papers[ID] == PAPER


@pytest.mark.parametrize("name", ["json", "ndjson"])
def test_an_output_without_talks_is_read_back(name: str) -> None:
    assert parse_earlier("".join(write(Document(()), name)).encode()) == Earlier()


def document(**changes: object) -> bytes:
    whole = json.loads("".join(write(Document(annotated()))))
    return json.dumps({**whole, **changes}).encode()


def test_a_later_minor_version_is_read() -> None:
    talk = {"id": "1", "a_new_key": 1, "warnings": [{"code": "a_new_code", "message": "?"}]}
    (read,) = parse_earlier(document(version="1.7", talks=[talk])).talks
    assert [warning.code for warning in read.warnings] == ["other"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"# Reading list\n", "neither a document"),
        (b"BEGIN:VCALENDAR\n", "neither a document"),
        (b"[1, 2]", "neither a document"),
        (b'{"papers": []}', "neither a document"),
        (b'{"id": "1"}\n{"id": \n', "neither a document"),
        (b'{"id": "1"}\n{"id": 2}\n', "line 2: id: not a string"),
        (document(format="other.talks"), '"format" is not'),
        (document(version="2.0"), "\"version\" is '2.0', not 1.x"),
        (document(talks=1), '"talks" is not a list of objects'),
        (document(talks=[{"id": "1", "start_time": "soon"}]), "talk 1: start_time"),
        (document(papers=[1]), '"papers" is not a list of objects'),
        (document(talks=[{"id": ""}]), "talk 1: id: is empty"),
    ],
)
def test_what_would_be_lost_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        parse_earlier(data)


def test_a_paper_that_cannot_be_read_is_compared_with_nothing() -> None:
    papers = [{"id": "no id", "title": "?"}, {"id": "arxiv:1"}, PAPER.to_dict()]
    assert list(parse_earlier(document(papers=papers)).papers) == [ID]
    lines = [{"id": "1", "papers": papers}, {"id": "2"}]
    read = parse_earlier("\n".join(map(json.dumps, lines)).encode())
    assert [one.talk.id for one in read.talks] == ["1", "2"]
    assert list(read.papers) == [ID]
