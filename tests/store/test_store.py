"""The store of papers, when all is well; test_store_disasters.py has the rest."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.paper import Paper, PaperId
from enrich.store import store as stored
from enrich.store.codec import Derive
from enrich.store.freshness import Record, may_replace
from enrich.store.sqlite import BATCH
from enrich.store.store import Store, open_store
from tests.strategies import papers

NOW = 1.7e9


def record(
    n: int, *, title: str = "T", version: str | None = None, abstract: str | None = None
) -> Record:
    id_ = PaperId(f"arxiv:2103.{n:05}")
    paper = Paper(id=id_, title=title, abstract=abstract, url=f"https://arxiv.org/abs/{id_.key}")
    return Record(
        id=id_, version=version, paper=paper, revision=1, fetched_at=NOW, expires_at=NOW + 9
    )


def missing(n: int, *, misses: int = 1) -> Record:
    return replace(record(n), paper=None, misses=misses)


def keys(*records: Record) -> list[tuple[PaperId, str | None]]:
    return [(one.id, one.version) for one in records]


@pytest.fixture
def troubles() -> Iterator[list[str]]:
    said: list[str] = []
    yield said
    assert said == []


@pytest.fixture
def store(tmp_path: Path, troubles: list[str]) -> Iterator[Store]:
    with open_store(tmp_path / "cache", now=NOW, on_trouble=troubles.append) as store:
        yield store


def test_what_is_put_is_got(store: Store) -> None:
    some = [record(1), record(1, version="v2"), missing(2)]
    store.put_many(some)
    assert list(store.get_many(keys(*some, record(3))).values()) == some


@settings(max_examples=25)
@given(st.lists(st.tuples(papers(), st.sampled_from([None, "v1", "v2"])), max_size=5))
def test_every_record_is_kept_whole(
    tmp_path_factory: pytest.TempPathFactory, some: list[tuple[Paper, str | None]]
) -> None:
    records = {
        (paper.id, version): Record(
            id=paper.id, version=version, paper=paper, revision=3, fetched_at=NOW, expires_at=None
        )
        for paper, version in some
    }
    folder = tmp_path_factory.mktemp("store")
    with open_store(folder, now=NOW, on_trouble=pytest.fail) as store:
        store.put_many(records.values())
    with open_store(folder, now=NOW, on_trouble=pytest.fail) as store:
        assert store.get_many(records) == records


def test_abstracts_are_kept_apart_and_given_when_asked_for(store: Store) -> None:
    with_abstract = record(1, abstract="About\u2029it.")
    store.put_many([with_abstract, record(2)])
    (bare,) = store.get_many(keys(with_abstract)).values()
    assert bare == record(1)
    got = store.get_many(keys(with_abstract, record(2)), abstracts=True)
    assert list(got.values()) == [with_abstract, record(2)]
    store.put_many([record(1, title="Again")])
    (again,) = store.get_many(keys(with_abstract), abstracts=True).values()
    assert again.paper is not None
    # one that its service does not show any more is not served for ever, as no cold run would
    assert (again.paper.title, again.paper.abstract) == ("Again", None)
    assert store.info()["abstracts"] == 0


def test_more_than_a_batch_is_got(store: Store) -> None:
    some = [record(n) for n in range(2 * BATCH + 1)]
    store.put_many(some)
    assert list(store.get_many(keys(*some)).values()) == some


def test_putting_obeys_the_rules_of_trust(store: Store) -> None:
    best, worse, none = record(1, title="Best"), record(1), missing(1)
    assert worse.paper
    worse = replace(worse, paper=replace(worse.paper, via="datacite"))
    for old, new in [(best, worse), (best, none), (worse, none), (none, worse), (worse, best)]:
        store.clear()
        store.put_many([old])
        store.put_many([new])
        (kept,) = store.get_many(keys(best)).values()
        assert kept == (new if may_replace(old, new) else old)


def test_a_second_run_finds_the_first_ones_records(tmp_path: Path, troubles: list[str]) -> None:
    for folder in (tmp_path / "a folder", tmp_path / "odd?#%20name"):
        with open_store(folder, now=NOW, on_trouble=troubles.append) as store:
            store.put_many([record(1)])
        with open_store(folder, now=NOW, on_trouble=troubles.append) as store:
            assert store.get_many(keys(record(1)))


def test_the_default_folder_is_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, troubles: list[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with open_store(None, now=NOW, on_trouble=troubles.append) as store:
        assert store.path.is_relative_to(tmp_path)
        assert store.path.parent.name == "enrich"


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_nobody_else_can_read_it(store: Store) -> None:
    store.put_many([record(1)])
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    for file in store.path.parent.iterdir():
        if file.name.startswith(store.path.name) and not file.name.endswith(".lock"):
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_the_file_says_whose_it_is(store: Store) -> None:
    connection = sqlite3.connect(store.path)
    pragmas = [
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version", "journal_mode")
    ]
    connection.close()
    assert pragmas == [0x656E7269, 3, "wal"]


def test_info_counts_and_clear_forgets(store: Store) -> None:
    expired = replace(record(3), expires_at=NOW - 1)
    store.put_many([record(1, abstract="A"), missing(2), expired])
    (store.path.parent / f"{store.path.name}.corrupt-1").write_bytes(b"old")
    info = store.info()
    assert info.pop("bytes") > 0
    assert info == {
        "path": str(store.path),
        "schema": 3,
        "papers": 2,
        "missing": 1,
        "abstracts": 1,
        "expired": 1,
        "writable": True,
    }
    store.clear()
    assert store.get_many(keys(record(1), missing(2))) == {}
    assert store.info()["abstracts"] == 0
    assert not list(store.path.parent.glob("*.corrupt-*"))


def test_threads_share_a_store(store: Store) -> None:
    def work(n: int) -> None:
        for k in range(20):
            store.put_many([record(100 * n + k)])
            store.get_many(keys(record(100 * n)))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [record(100 * n + k) for n in range(4) for k in range(20)]
    assert len(store.get_many(keys(*every))) == len(every)


def test_lone_surrogates_do_not_stop_it(store: Store) -> None:
    store.put_many([record(1, title="a\ud835b")])
    (kept,) = store.get_many(keys(record(1))).values()
    assert kept.paper
    assert kept.paper.title == "a?b"


def test_an_interrupt_leaves_all_or_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:

    insert, left = stored._insert, [3]

    def interrupted(connection: sqlite3.Connection, one: Record, derive: Derive) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        insert(connection, one, derive)

    monkeypatch.setattr(stored, "_insert", interrupted)
    some = [record(n) for n in range(5)]
    with pytest.raises(KeyboardInterrupt):
        store.put_many(some)
    assert store.get_many(keys(*some)) == {}
    monkeypatch.undo()
    store.put_many(some)
    assert list(store.get_many(keys(*some)).values()) == some


def test_a_store_of_an_earlier_layout_is_rebuilt_with_one_line(tmp_path: Path) -> None:
    lines: list[str] = []
    path = tmp_path / "papers.sqlite"
    with open_store(tmp_path, now=NOW, on_trouble=lines.append) as store:
        store.put_many([record(1)])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=1")
    with open_store(tmp_path, now=NOW, on_trouble=lines.append) as store:
        assert store.get_many(keys(record(1))) == {}
        store.put_many([record(2)])
    with open_store(tmp_path, now=NOW, on_trouble=lines.append) as store:
        assert list(store.get_many(keys(record(2)))) == keys(record(2))
    (line,) = lines
    assert "earlier layout" in line
