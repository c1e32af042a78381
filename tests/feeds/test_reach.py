"""Reading a feed loads no extractor, source, lookup, store or HTTP library, whatever the feed holds."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.feeds import calendar, event
from tests.feeds.dialect_cases import source_of

FORBIDDEN = (
    "enrich.references", "enrich.sources", "enrich.fallbacks", "enrich.lookup", "enrich.store", "enrich.collection",
    "enrich.http", "requests", "requests_cache", "urllib3", "arxiv",
)  # fmt: skip

CODE = """
import json, sys
from enrich.errors import FeedError
from enrich.feeds.reading import read_talks
count = 0
for path in sys.argv[2:]:
    for keep_raw in (False, True):
        try:
            count += len(list(read_talks(path, duplicates=False, keep_raw=keep_raw)))
        except FeedError:
            pass
exec(sys.argv[1])
print(json.dumps([count, sorted(sys.modules)]))
"""


def reached_by_reading(paths: Iterable[Path], *, then: str = "") -> tuple[int, list[str]]:
    """Return the number of talks of some feeds, and which forbidden modules reading them loads."""
    command = [sys.executable, "-c", CODE, then, *map(str, paths)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    count, modules = json.loads(run.stdout)
    return count, [
        m for m in modules if m in FORBIDDEN or m.startswith(tuple(f"{f}." for f in FORBIDDEN))
    ]


@pytest.fixture
def feeds(tmp_path: Path) -> list[Path]:
    """A feed of every dialect, and one in which there is something to redact around references."""
    paths = [ROOT / "enrich/example/SciML.ics"]
    for number, file in enumerate(sorted((ROOT / "tests/data/dialects").glob("*.json"))):
        for index, case in enumerate(json.loads(file.read_text("utf-8"))["cases"]):
            paths.append(tmp_path / f"{number}-{index}")
            paths[-1].write_bytes(source_of(case))
    paths.append(tmp_path / "meeting.ics")
    text = r"DESCRIPTION:See arXiv:2103.01338\nhttps://zoom.us/j/1?to=https://arxiv.org/abs/2103.01338\n"
    link = "LOCATION:https://openreview.net/forum?id=FpKgG31Z_i9"
    paths[-1].write_bytes(
        calendar(event(text, link), event("SUMMARY:preprint 2103.01338", uid="2"))
    )
    return paths


def test_reading_reaches_nothing_that_extracts_or_asks(feeds: list[Path]) -> None:
    count, reached = reached_by_reading(feeds)
    assert count > 40
    assert reached == []


def test_a_forbidden_import_is_noticed(feeds: list[Path]) -> None:
    then = "from enrich import find_references; find_references('arXiv:2103.01338')"
    _, reached = reached_by_reading(feeds[:1], then=then)
    assert "enrich.references.extract" in reached
    assert any(name.startswith("enrich.sources.") for name in reached)


def test_every_recorded_feed_reaches_nothing_that_extracts_or_asks(shared: Path) -> None:
    count, reached = reached_by_reading(
        [*(shared / "feeds").iterdir(), *(shared / "faults/feeds").iterdir()]
    )
    assert count > 500
    assert reached == []
