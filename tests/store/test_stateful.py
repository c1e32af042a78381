"""The store as a machine: whatever is put, read, broken and opened again, it is what a dict would be."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from enrich.paper import Paper, PaperId
from enrich.store import store as stored
from enrich.store.codec import Derive
from enrich.store.freshness import Record, may_replace
from enrich.store.store import Store, open_store

NOW = 1.7e9
Key = tuple[PaperId, str | None]

_IDS = [PaperId(f"arxiv:2103.{n:05}") for n in range(4)]
_KEYS = [(id_, version) for id_ in _IDS for version in (None, "v1")]


def _record(key: Key, via: str | None, title: str, *, missing: bool) -> Record:
    paper = None
    if not missing:
        paper = Paper(
            id=key[0], title=title, via=via, abstract=title if via is None else None, url=""
        )
    return Record(
        id=key[0], version=key[1], paper=paper, revision=1, fetched_at=NOW, expires_at=NOW + 9,
        misses=int(missing),
    )  # fmt: skip


records = st.builds(
    _record,
    st.sampled_from(_KEYS),
    st.sampled_from([None, "datacite"]),
    st.sampled_from(["One", "Two", "Three"]),
    missing=st.booleans(),
)


class StoreMachine(RuleBasedStateMachine):
    """Two open stores on one file, and a dict that says what both must return."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.model: dict[Key, Record] = {}
        self.lost = False
        """The file was damaged: records may be missing, none may be wrong."""
        self.ever: dict[Key, set[str | None]] = {}
        self.stores: list[Store] = []

    @initialize()
    def open_both(self) -> None:
        self.stores = [self._open(), self._open()]

    def _open(self) -> Store:
        return open_store(self.folder, now=NOW, on_trouble=lambda _: None)

    @rule(which=st.integers(0, 1), some=st.lists(records, max_size=4))
    def put(self, which: int, some: list[Record]) -> None:
        self.stores[which].put_many(some)
        for key, record in {(one.id, one.version): one for one in some}.items():
            if key not in self.model or may_replace(self.model[key], record):
                self.model[key] = record
            self.ever.setdefault(key, set()).add(_title(record))

    @rule(which=st.integers(0, 1))
    def reopen(self, which: int) -> None:
        self.stores[which].close()
        self.stores[which] = self._open()

    @rule(which=st.integers(0, 1))
    def clear(self, which: int) -> None:
        with suppress(Exception):
            self.stores[which].clear()
            self.model.clear()

    @rule(
        which=st.integers(0, 1),
        some=st.lists(records, min_size=1, max_size=4),
        at=st.integers(0, 3),
    )
    def fail_in_a_transaction(self, which: int, some: list[Record], at: int) -> None:
        insert: Callable[..., None] = stored._insert
        left = [at]

        def failing(connection: sqlite3.Connection, record: Record, derive: Derive) -> None:
            if left[0] == 0:
                raise KeyboardInterrupt
            left[0] -= 1
            insert(connection, record, derive)

        stored._insert = failing
        try:
            self.stores[which].put_many(some)
        except KeyboardInterrupt:
            return
        finally:
            stored._insert = insert
        for key, record in {(one.id, one.version): one for one in some}.items():
            if key not in self.model or may_replace(self.model[key], record):
                self.model[key] = record
            self.ever.setdefault(key, set()).add(_title(record))

    @precondition(lambda self: not self.lost)
    @rule(at=st.floats(0, 1), size=st.integers(1, 4000))
    def damage(self, at: float, size: int) -> None:
        for store in self.stores:
            store.close()
        path = self.folder / "papers.sqlite"
        data = bytearray(path.read_bytes())
        start = int(at * len(data))
        data[start : start + size] = b"\x5a" * len(data[start : start + size])
        path.write_bytes(data)
        self.lost = True
        self.stores = [self._open(), self._open()]

    @rule(key=st.sampled_from(_KEYS))
    def damage_a_row(self, key: Key) -> None:
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(self.folder / "papers.sqlite")) as file,
        ):
            file.execute(
                "UPDATE papers SET sum = sum + 1 WHERE id = ? AND version = ?",
                (key[0], key[1] or ""),
            )
            file.commit()
        self.model.pop(key, None)

    @invariant()
    def both_return_what_the_dict_holds(self) -> None:
        for store in self.stores:
            found = store.get_many(_KEYS, abstracts=True)
            if self.lost:
                for key, record in found.items():
                    assert _title(record) in self.ever[key]
                    assert (record.id, record.version) == key
            else:
                assert {k: _plain(r) for k, r in found.items()} == {
                    k: _plain(r) for k, r in self.model.items()
                }

    def teardown(self) -> None:
        for store in self.stores:
            store.close()
        shutil.rmtree(self.folder)


def _title(record: Record) -> str | None:
    return None if record.paper is None else record.paper.title


def _plain(record: Record) -> Record:
    return replace(record, fetched_at=0.0)


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
