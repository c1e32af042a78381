"""Any input of n bytes is read in a second of CPU for 200 kB, and in 100 MB over the imports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.costs import Meter, check_cost
from tests.attacks.hostile_feeds import HOSTILE_FEEDS
from tests.attacks.hostile_papers import HOSTILE_PAPERS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path("/proc/self/status").exists(), reason="memory is measured by /proc"
    ),
]

_PAPERS = """
from enrich.collection.readers import Place, names
from enrich.collection.readers._stream import Stream
from enrich.errors import PapersError
from enrich.registry import load
readers = {name: load("enrich.collection.readers", "READER", name) for name in names()}
import enrich.sources.arxiv.forms, enrich.sources.openreview.forms, enrich.references.extract
from enrich.sources import links
enrich.references.extract.find_references("https://arxiv.org/abs/2103.01338")

def count(path, reader):
    found = 0
    try:
        for item in readers[reader].read(Stream(Path(path)), Place()):
            found += item.paper is not None
    except PapersError:
        pass
    return found
"""
_FEEDS = """
from enrich.feeds.reading import read_talks
from lxml import etree
import enrich.feeds.download

def count(path, library):
    return sum(
        1 for _ in read_talks(path, duplicates=library, keep_raw=library, on_notice=lambda _: None)
    )

for warm in (
    b"BEGIN:VCALENDAR\\nBEGIN:VEVENT\\nUID:1\\nDTSTART;TZID=Europe/Paris:20260101T100000\\n"
    b"RRULE:FREQ=DAILY\\nEND:VEVENT\\nEND:VCALENDAR",
    b'[{"id": "1"}]',
):
    list(read_talks(warm))
"""


@pytest.fixture(scope="module")
def papers() -> Iterator[Meter]:
    with Meter(_PAPERS, "count(*arguments)") as meter:
        yield meter


@pytest.fixture(scope="module")
def feeds() -> Iterator[Meter]:
    with Meter(_FEEDS, "count(*arguments)") as meter:
        yield meter


@pytest.mark.parametrize("name", HOSTILE_PAPERS)
def test_a_file_of_papers_is_read_in_bounds(papers: Meter, tmp_path: Path, name: str) -> None:
    reader, make = HOSTILE_PAPERS[name]
    data = make()
    path = tmp_path / "papers"
    path.write_bytes(data)
    cost = papers.measure(path, reader)
    assert cost.records >= 1
    check_cost(cost, len(data))


@pytest.mark.parametrize("library", [False, True], ids=["command", "library"])
@pytest.mark.parametrize("name", HOSTILE_FEEDS)
def test_a_feed_is_read_in_bounds(feeds: Meter, tmp_path: Path, name: str, library: bool) -> None:
    data = HOSTILE_FEEDS[name]()
    path = tmp_path / "feed"
    path.write_bytes(data)
    cost = feeds.measure(path, library)
    assert cost.records >= 1
    check_cost(cost, len(data))
