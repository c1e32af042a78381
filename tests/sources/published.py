"""Every recorded answer as papers, and what a paper's record states of its publication."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from enrich.collection.opening import open_papers
from enrich.errors import PapersError, SourceError
from enrich.paper import Lookup, Paper, PaperId
from enrich.sources.arxiv.api import SOURCE as ARXIV
from enrich.sources.openreview.api import SOURCE as OPENREVIEW
from tests.sources.answers import Canned, fetch, response

_ENTRY = re.compile(r"<id[^>]*>\s*https?://arxiv\.org/abs/([^<\s]+)")
_BULK = ("arxiv/kaggle_*.json", "arxiv/oai_*.xml", "openreview/paperlists_*.json")


def read_recorded(folder: Path) -> Iterator[tuple[str, Paper]]:
    """Yield each file's name and each paper of it, in a fixed order."""
    for path in sorted([*folder.glob("arxiv/new_*.xml"), *folder.glob("arxiv/old_*.xml")]):
        body = path.read_bytes()
        for text in dict.fromkeys(_ENTRY.findall(body.decode())):
            canonical = ARXIV.canonical(text)
            assert canonical is not None, text
            for lookup in fetch(ARXIV, Canned(response(body)), canonical[0]).values():
                yield from _name_resolved(path, lookup)
    for path in sorted(folder.glob("openreview/v[12]_note_*.json")):
        data = json.loads(path.read_text())
        note = data["notes"][0] if "notes" in data else data
        asked = PaperId(f"openreview:{note['id']}")
        answers = Canned(by_end={f"id={note['id']}": {"notes": [note]}})
        try:
            for lookup in fetch(OPENREVIEW, answers, asked).values():
                yield from _name_resolved(path, lookup)
        except SourceError:
            continue
    for pattern in _BULK:
        for path in sorted(folder.glob(pattern)):
            try:
                with open_papers(path, on_warning=lambda _: None) as papers:
                    for paper in papers.papers():
                        yield path.name, paper
            except PapersError:
                continue


def _name_resolved(path: Path, lookup: Lookup) -> Iterator[tuple[str, Paper]]:
    if isinstance(lookup, Paper):
        yield path.name, lookup


def describe(paper: Paper) -> dict[str, Any]:
    """Return what a record states of its publication, decision and withdrawal."""
    found = paper.published_as
    return {
        "decision": paper.decision,
        "withdrawn": paper.withdrawn,
        "published_as": found is not None,
        "year": found and found.year,
        "doi": found and found.doi,
        "same_as": list(paper.same_as),
    }
