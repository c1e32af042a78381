"""The store's lookup by title: time a paper, in a store of 20,000 papers."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from enrich.identity import find_title_keys
from enrich.store.freshness import Record
from enrich.store.store import open_store
from tests.bench import figure
from tests.bench.identity import _make_titled


def main() -> int:
    """Look 2,000 papers up by their titles, half of which the store has under another id."""
    papers = list(_make_titled(2).values())
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(Path(folder), now=0.0, on_trouble=print) as store,
    ):
        store.put_many(
            Record(id=p.id, paper=p, revision=1, fetched_at=0.0, expires_at=None) for p in papers
        )
        keys = [key for p in papers[::20] for key in find_title_keys(p)]
        keys += [f"{key}x" for key in keys]
        rounds = []
        for _ in range(5):
            began = time.process_time()
            found = store.find_by_titles(keys)
            rounds.append(time.process_time() - began)
        unknown = []
        for _ in range(5):
            began = time.process_time()
            store.find_by_titles(keys[len(keys) // 2 :])
            unknown.append(time.process_time() - began)
    assert len(found) == len(keys)
    missed = len(keys) // 2
    holds = figure("title lookup, no paper has it", min(unknown) / missed * 1e6, "µs", most=20)
    holds &= figure("title lookup, half have two", min(rounds) / len(keys) * 1e6, "µs", most=20)
    return 0 if holds else 1
