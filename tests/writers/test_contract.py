"""What every writer keeps, whichever it is: found by its file, so that a new one is held to it."""

from __future__ import annotations

import re
import tracemalloc
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module
from io import StringIO
from itertools import count

import pytest
from hypothesis import example, given

from enrich.model import AnnotatedTalk, Document, Notice, Reference, Talk
from enrich.paper import Paper, PaperId, Papers
from enrich.writers import builtin_names, configure, names, write, writer
from tests.strategies import documents

EACH = pytest.mark.parametrize("name", names())

# Controls but the line feed; what turns the direction of text; halves of a surrogate pair.
UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
EVIL = "a\x1b[31m\x07\x85\u202eb\u2066\u200f\ud800\r\nc\x00"
EVIL_DOCUMENT = Document(
    (
        AnnotatedTalk(
            talk=Talk(id=EVIL, title=EVIL, speaker=EVIL, series=EVIL, room=EVIL, abstract=EVIL,
                      url=f"https://x.org/{EVIL}", speaker_affiliation=EVIL, texts=(("comments", EVIL),)),
            papers=Papers({PaperId("arxiv:2103.01338"): Paper(id=PaperId("arxiv:2103.01338"), title=EVIL, venue=EVIL,
                                                              category=EVIL, url=f"https://x.org/{EVIL}")}),
        ),
    ),
    (Notice(code="other", message=EVIL, feed=EVIL, event=EVIL),),
)  # fmt: skip
EDGES_OF_TIME = Document(
    tuple(
        AnnotatedTalk(talk=Talk(id="1", start_time=time, end_time=time))
        for zone in (UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))
        for time in (datetime.min.replace(tzinfo=zone), datetime.max.replace(tzinfo=zone))
    ),
    zone=timezone(timedelta(hours=-12)),
)


@EACH
def test_its_suffixes_are_its_own(name: str) -> None:
    suffixes = writer(name).suffixes
    assert suffixes
    assert all(re.fullmatch(r"(?:\.[a-z0-9]+){1,2}", suffix) for suffix in suffixes)
    everywhere = Counter(suffix for each in names() for suffix in writer(each).suffixes)
    assert [suffix for suffix in suffixes if everywhere[suffix] > 1] == []


@EACH
@given(document=documents)
@example(document=EVIL_DOCUMENT)
def test_any_document_is_written_safely_and_twice_the_same(name: str, document: Document) -> None:
    pieces = list(write(document, name))
    assert all(type(piece) is str for piece in pieces)
    text = "".join(pieces)
    assert text or not any(True for _ in document.talks)
    assert not text or text.endswith("\n")
    if text.count("\r\n") == text.count("\n"):  # formats whose lines end in CRLF, all of them
        text = text.replace("\r\n", "\n")
    assert UNSAFE.findall(text) == []
    text.encode()
    assert list(write(document, name)) == pieces


@EACH
def test_times_at_the_edges_of_the_calendar_are_written(name: str) -> None:
    assert "".join(write(EDGES_OF_TIME, name))


@EACH
def test_an_empty_document_is_written(name: str) -> None:
    text = "".join(write(Document(()), name))
    assert not text or text.endswith("\n")


@EACH
@given(document=documents)
def test_iterators_are_written_like_tuples(name: str, document: Document) -> None:
    once = replace(document, talks=iter(document.talks), notices=iter(document.notices))
    assert "".join(write(once, name)) == "".join(write(document, name))


def streams(name: str) -> bool:
    """Return whether a format's description says that it streams."""
    text = import_module(f"enrich.writers.{name}").__doc__ or ""
    return bool(re.search(r"Streams|constant memory", text))


STREAMING = [name for name in builtin_names() if streams(name)]


def test_these_formats_stream() -> None:
    assert STREAMING == ["csv", "ics", "json", "ndjson", "text"]


@pytest.mark.parametrize("name", STREAMING)
@pytest.mark.parametrize("rows", ["talk", "reference"])
def test_what_streams_writes_each_talk_before_the_next_but_one(name: str, rows: str) -> None:
    read: list[int] = []

    def talks() -> Iterator[AnnotatedTalk]:
        for number in count():
            read.append(number)
            yield cite_once(number, "")

    pieces = configure(writer(name), {"rows": rows}).write(Document(talks()))
    text = ""
    for number in range(50):
        while f"Title {number}." not in text:
            text += next(pieces)
        assert len(read) <= number + 2


@pytest.mark.parametrize("name", STREAMING)
@pytest.mark.parametrize("rows", ["talk", "reference"])
def test_what_streams_holds_no_talks(name: str, rows: str) -> None:
    chosen = configure(writer(name), {"rows": rows})
    size, talks = 100_000, 60
    deque(chosen.write(Document([cite_once(0, "a")])), maxlen=0)  # imports and caches
    tracemalloc.start()
    try:
        document = Document(cite_once(number, "a" * size) for number in range(talks))
        deque(chosen.write(document), maxlen=0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < size * talks / 4


def cite_once(number: int, abstract: str) -> AnnotatedTalk:
    """Return a talk with a reference to one paper."""
    id_ = PaperId("arxiv:2103.01338")
    reference = Reference(id_, None, "abstract", 0, 1, "a", (0, 1), "bare", "mentioned")
    talk = Talk(id=str(number), title=f"Title {number}.", abstract=f"a{abstract}")
    papers = Papers({id_: Paper(id=id_, title="A paper", url="https://arxiv.org/abs/2103.01338")})
    return AnnotatedTalk(talk=talk, references=(reference,), papers=papers)


@EACH
def test_nothing_is_written_before_it_is_asked_for(name: str) -> None:
    def talks() -> list[AnnotatedTalk]:
        raise AssertionError("the talks were read at once")

    class Late:
        def __iter__(self) -> object:
            return talks()

    write(Document(Late()), name)  # type: ignore[arg-type]


@EACH
def test_a_writer_prints_nothing(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    StringIO().writelines(write(EVIL_DOCUMENT, name))
    assert capsys.readouterr() == ("", "")
