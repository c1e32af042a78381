"""What is loaded at run time, beside the graph of `test_laws`; and the public names."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

import enrich
from tests.conftest import ROOT, SHARED
from tests.feeds.dialect_cases import all_cases, source_of
from tests.house import laws
from tests.house.import_graph import FOLDER, PACKAGE, is_below

HEAVY = {"requests", "requests_cache", "arxiv", "lxml", "icalendar", "tenacity", "click", "urllib3"}


READ_FEEDS = """
import sys
from enrich import FeedError, read_talks
for feed in FEEDS:
    try:
        assert list(read_talks(feed, on_notice=lambda notice: None)) or True
    except FeedError:
        pass
"""
FIND_REFERENCES = "from enrich import find_references; assert find_references('arXiv:2103.01338')"
WRITE_NOTHING = """
from enrich.model import Document
from enrich.writers import names, write
for name in names():
    "".join(write(Document(()), name))
"""
NOT_FOR_FEEDS = (
    *("enrich.references", "enrich.sources", "enrich.lookup", "enrich.store", "requests"),
)
NOT_FOR_REFERENCES = (
    *("enrich.sources.arxiv.api", "enrich.sources.openreview.api", "enrich.sources.installed"),
    *("enrich.sources.datacite", "enrich.sources.dblp", "enrich.http", "enrich.store", "requests"),
)


NOT_FOR_A_PLAIN_RUN = (
    *("concurrent.futures", "html", "shutil", "tempfile", "zoneinfo"),  # 8 ms together
    *("icalendar", "lxml", "requests", "enrich.http.session", "enrich.feeds.download"),
)


def loaded_by(statement: str) -> frozenset[str]:
    code = f"{statement}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return frozenset(json.loads(done.stdout.splitlines()[-1]))


def forbidden_modules(loaded: frozenset[str], forbidden: tuple[str, ...]) -> list[str]:
    return sorted(name for name in loaded if is_below(name, forbidden))


def foreign_to_writers(loaded: frozenset[str]) -> list[str]:
    allowed = tuple(f"{PACKAGE}.{name}" for name in laws.WRITERS_MAY_REACH)
    return sorted(
        name
        for name in loaded
        if name != PACKAGE and is_below(name, (PACKAGE,)) and not is_below(name, allowed)
    )


def test_reading_every_recorded_feed_loads_nothing_but_feeds(tmp_path: Path) -> None:
    feeds = [ROOT / "enrich/example/SciML.ics", *sorted((SHARED / "data/feeds").glob("*.*"))]
    for number, (_, case) in enumerate(all_cases()):
        feeds.append(tmp_path / f"{number}.feed")
        feeds[-1].write_bytes(source_of(case))
    loaded = loaded_by(f"FEEDS = {list(map(str, feeds))!r}\n{READ_FEEDS}")
    assert forbidden_modules(loaded, NOT_FOR_FEEDS) == []


def test_finding_references_loads_no_api() -> None:
    assert forbidden_modules(loaded_by(FIND_REFERENCES), NOT_FOR_REFERENCES) == []


def test_writing_a_document_loads_only_what_writers_may() -> None:
    assert foreign_to_writers(loaded_by(WRITE_NOTHING)) == []


def test_what_is_loaded_at_run_time_is_seen() -> None:
    loaded = loaded_by("import enrich.store.store, requests")
    assert "enrich.store" in forbidden_modules(loaded, NOT_FOR_FEEDS)
    assert "requests" in forbidden_modules(loaded, NOT_FOR_REFERENCES)
    assert "enrich.store" in foreign_to_writers(loaded)


@pytest.mark.parametrize(
    ("statement", "may"),
    [
        ("import enrich", set()),
        ("from enrich import Talk, Paper, Document, Reference, annotate", set()),
        ("from enrich import find_references; find_references('arXiv:2103.01338')", set()),
        ("from enrich import write, Document; ''.join(write(Document(())))", set()),
        ("from enrich import read_talks", set()),
        ("from enrich import select_talks; list(select_talks([], match='x'))", set()),
        ("import enrich.cli.main", {"click"}),
        ("from enrich.cli.main import main; main(['--help'])", {"click"}),
        ("from enrich.cli.main import main; main(['demo', '-q'])", {"click", "icalendar"}),
    ],
)
def test_a_path_loads_only_what_it_needs(statement: str, may: set[str]) -> None:
    assert {name.partition(".")[0] for name in loaded_by(statement)} & HEAVY <= may


def test_a_run_on_a_feed_in_utc_loads_only_what_it_needs(tmp_path: Path) -> None:
    args = [str(ROOT / "enrich/example/SciML.ics"), "-q", "--offline"]
    args += ["--cache-dir", str(tmp_path), "--state-dir", str(tmp_path)]
    loaded = loaded_by(f"from enrich.cli.main import main; main({args!r})")
    assert "enrich.feeds.ical.events" in loaded
    assert forbidden_modules(loaded, NOT_FOR_A_PLAIN_RUN) == []


def test_public_names_are_there_and_no_module_hides_one() -> None:
    modules = {path.stem for path in FOLDER.glob("*.py")} | {
        p.parent.name for p in FOLDER.glob("*/__init__.py")
    }
    assert sorted(enrich.__all__) == enrich.__all__
    # Each is a value, a function or an error of CONTRACT, section 4; and `select_talks`, which the
    # options --match and --exclude are.
    assert len(enrich.__all__) <= 27
    for name in enrich.__all__:
        assert name not in modules
        assert getattr(enrich, name) is not None
    assert set(dir(enrich)) == {*enrich.__all__, "__version__"}


def test_the_version_is_that_of_the_distribution() -> None:
    assert enrich.__version__ == importlib.metadata.version("talk-enrich")
