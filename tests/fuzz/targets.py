"""What is fuzzed: each takes bytes, and raises only if something is wrong."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, timedelta, timezone
from pathlib import Path
from typing import Any

import requests

from enrich.collection.readers import Place, names, reader_of
from enrich.collection.readers import __name__ as readers
from enrich.collection.readers._stream import Stream
from enrich.errors import FeedError, PapersError, SourceError
from enrich.feeds.reading import read_talks
from enrich.model import AnnotatedTalk, Document, Notice
from enrich.paper import PaperId
from enrich.references.extract import find_references
from enrich.registry import load
from enrich.sources import datacite, dblp
from enrich.sources.arxiv import api as arxiv
from enrich.sources.openreview import api as openreview
from enrich.store.codec import StoredPaper
from enrich.text.html import html_text, plain_text
from enrich.writers import builtin_names, write
from tests.sources.answers import response

READERS = names()
WRITERS = builtin_names()
_ZONES = (None, UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))
_ARXIV, _OPENREVIEW = PaperId("arxiv:2103.01338"), PaperId("openreview:FpKgG31Z_i9")
_SERVICES: tuple[tuple[Any, Any], ...] = (
    (arxiv.SOURCE, [(_ARXIV, None), (_ARXIV, "v1")]),
    (openreview.SOURCE, [(_OPENREVIEW, None)]),
    (datacite.SECOND_SOURCE, [_ARXIV]),
    (dblp.SECOND_SOURCE, [_OPENREVIEW]),
)


def fuzz_talks(data: bytes) -> None:
    """Read a feed; write what was read."""
    notices: list[Notice] = []
    with suppress(FeedError):
        talks = list(read_talks(data, duplicates=len(data) % 2 == 0, on_notice=notices.append))
        annotated = [AnnotatedTalk(talk=talk) for talk in talks]
        for name in WRITERS:
            for _ in write(Document(annotated, notices), name):
                pass


def fuzz_references(data: bytes) -> None:
    """Find the references of a text: in order, not overlapping, as written."""
    text = data.decode("utf-8", "replace")
    end = 0
    for reference in find_references(text):
        assert text[reference.start : reference.end] == reference.exact
        assert reference.start >= end
        assert reference.context[0] <= reference.start < reference.end <= reference.context[1]
        end = reference.end


def fuzz_html(data: bytes) -> None:
    """Convert HTML to text."""
    text = data.decode("utf-8", "replace")
    html_text(text)
    plain_text(text)


def fuzz_papers(data: bytes) -> None:
    """Read a file of papers, by its reader or that of the first byte; go on at its half."""
    reader = reader_of(data[1:])
    if reader is None:
        reader = load(readers, "READER", READERS[data[0] % len(READERS) if data else 0])
    assert reader is not None
    with tempfile.NamedTemporaryFile() as file:
        file.write(data[1:])
        file.flush()
        with suppress(PapersError), Stream(Path(file.name)) as stream:
            found = list(reader.read(stream, Place()))
            if found:
                half = len(found) // 2
                again = reader.read(stream, found[half].place)
                rest = [item.paper for item in found[half + 1 :]]
                assert _kept(item.paper for item in again) == _kept(rest)


def _kept(papers: Iterable[StoredPaper | None]) -> list[StoredPaper]:
    return [paper for paper in papers if paper is not None]


def fuzz_services(data: bytes) -> None:
    """Parse a service's answer; the first byte chooses the service."""
    number = data[0] % len(_SERVICES) if data else 0
    service, wanted = _SERVICES[number]
    with suppress(SourceError):
        list(service.fetch(wanted, _Session(service, data[1:])))


def fuzz_writers(data: bytes) -> None:
    """Write talks of an earlier output in each format."""
    try:
        value = json.loads(data)
        lines = [
            line
            for line in (value if isinstance(value, list) else [value])
            if isinstance(line, dict)
        ]
        talks = [AnnotatedTalk.from_dict(line) for line in lines]
    except (ValueError, RecursionError):
        return
    for name in WRITERS:
        for zone in _ZONES:
            text = "".join(write(Document(talks, (), zone), name))
            if name == "json":
                json.loads(text)


class _Session(requests.Session):
    """A session that gives one answer to all requests, checked as the adapter checks it."""

    def __init__(self, service: Any, body: bytes) -> None:
        super().__init__()
        self._service, self._body = service, body

    def get(self, url: Any, **_: Any) -> requests.Response:
        answer = response(self._body, url=str(url))
        self._service.check(answer)
        return answer

    post = get  # type: ignore[assignment]


TARGETS: dict[str, Callable[[bytes], None]] = {
    "talks": fuzz_talks,
    "references": fuzz_references,
    "html": fuzz_html,
    "papers": fuzz_papers,
    "services": fuzz_services,
    "writers": fuzz_writers,
}
