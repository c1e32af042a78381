"""Papers of an earlier run found by title, and what the document says of them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from enrich import Enricher, Paper, write
from enrich.identity import find_title_keys
from enrich.model import Document, Talk
from enrich.paper import Author, PaperId, Version
from enrich.store.freshness import Record
from enrich.store.store import Store, open_store

A, B, C = (
    PaperId(text) for text in ("arxiv:2103.01338", "openreview:FpKgG31Z_i9", "arxiv:0704.0001")
)
TITLE = "Counting Lattice Walks with a Forgetful Automaton"


def titled(id_: PaperId, title: str = TITLE, **more: object) -> Paper:
    return Paper(id=id_, title=title, authors=(Author("Ewa Zych"),), url="https://x.org/", **more)  # type: ignore[arg-type]


def record(paper: Paper | None, id_: PaperId = A, *, at: float = 1.0) -> Record:
    return Record(id=id_, paper=paper, revision=99, fetched_at=at, expires_at=None)


def opened(folder: Path) -> Store:
    def fail(message: str) -> None:
        raise AssertionError(message)

    return open_store(folder, now=2.0, on_trouble=fail)


def test_papers_are_found_by_every_title_of_their_newest_record(tmp_path: Path) -> None:
    old = "Tidal Locking of Recurrent Memory Cells"
    first = titled(A, versions=(Version(version="v1", title=old), Version(version="v2")))
    with opened(tmp_path) as store:
        store.put_many([record(first), record(titled(C, "Lecture notes"), C)])
        keys = list(find_title_keys(first))
        assert len(keys) == 2
        for key in keys:
            assert list(store.find_by_titles([key, "nosuchtitleanywhere"])) == [A]
        assert store.find_by_titles([]) == {}
        store.put_many([record(titled(A), at=2.0)])
        assert [list(store.find_by_titles([key])) for key in keys] == [[A], []]
        store.clear()
        assert store.find_by_titles(keys) == {}


def test_a_lookup_by_title_uses_the_index(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.put_many([record(titled(A))])
    with closing(sqlite3.connect(tmp_path / "papers.sqlite")) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT id FROM papers p JOIN titles USING (number)"
            " WHERE titles.key IN (1, 2) AND version = ''"
        ).fetchall()
    assert all("SCAN" not in row[3] for row in plan), plan


def lines(folder: Path, text: str, format_: str) -> str:
    with Enricher(cache_dir=folder, offline=True) as enricher:
        talks = enricher.enrich([Talk(id="1", abstract=text)])
        document = Document(talks, find_others=enricher.find_same_titles)
        return "".join(write(document, format_))


def test_a_paper_of_an_earlier_run_is_the_same_work(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.put_many([record(titled(A)), record(titled(B), B)])
    text = "https://openreview.net/forum?id=FpKgG31Z_i9"
    (paper,) = json.loads(lines(tmp_path, text, "json"))["papers"]
    assert (paper["id"], paper["same_as"], paper["matched_by"]) == (B, [A], "title")
    assert paper["work"] == B, "a paper outside of the document stands for no work"
    assert lines(tmp_path, text, "json") == lines(tmp_path, text, "json")
    # a line depends on its own talk alone
    assert json.loads(lines(tmp_path, text, "ndjson"))["papers"][0]["same_as"] == []


def test_a_third_paper_of_the_store_can_forbid_a_merge(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.put_many([record(titled(A)), record(titled(B), B), record(titled(C), C)])
    text = "https://openreview.net/forum?id=FpKgG31Z_i9"
    (paper,) = json.loads(lines(tmp_path, text, "json"))["papers"]
    assert paper["same_as"] == []
