"""Reading of collections made by lookups: papers, failures and stale marks.

Besides the tables of every collection there is a table of failures and stale marks, which a paper's record
does not have. `growing` writes such collections.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from enrich.codes import known_word
from enrich.collection.collection import (
    Collection,
    FilePath,
    OnWarning,
    check_is_collection,
    connect_collection,
)
from enrich.errors import ErrorCode, PapersError
from enrich.paper import Lookup, Paper, PaperId, Unresolved
from enrich.sources import links
from enrich.store.sqlite import BATCH, FAULTS, checksum, describe_cause

CHECKSUM_VERSION = b"answer"


class AnswerRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Failure of an id, or the stale mark of a paper if there is no code."""

    code: str | None = field(default=None, name="c")
    message: str = field(default="", name="m")
    retryable: bool = field(default=False, name="r")


DECODER = msgspec.json.Decoder(AnswerRecord)


class Answers(Collection):
    """Open collection made by a lookup; `open_answers` returns it."""

    def get_answers(
        self, ids: Iterable[PaperId], *, abstracts: bool = False
    ) -> dict[PaperId, Lookup]:
        """Return the stored answers, as the lookup returned them.

        Raises:
            PapersError: the file is damaged.
        """
        wanted = list(dict.fromkeys(ids))
        found: dict[PaperId, Lookup] = {}
        for id_, record, abstract in self.rows(wanted, abstracts=abstracts):
            if (paper := self._decode(id_, record, abstract)) is not None:
                found[id_] = paper
        for id_, answer in self._read_answers(wanted):
            if answer.code is not None:
                found[id_] = make_unresolved(id_, answer)
            elif isinstance(known := found.get(id_), Paper):
                found[id_] = replace(known, stale=True)
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def ids(self) -> Iterator[PaperId]:
        """Yield all ids with an answer, unordered."""
        for table in ("papers", "answers"):
            query = f"SELECT id FROM {table} WHERE typeof(id) = 'text'"  # noqa: S608 - constant names
            for (key,) in self._execute(query):
                yield PaperId(key.decode("utf-8", "replace"))

    def _read_answers(self, wanted: list[PaperId]) -> Iterator[tuple[PaperId, AnswerRecord]]:
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            names = {id_.encode(): id_ for id_ in batch}
            query = (
                f"SELECT id, sum, record FROM answers WHERE id IN ({','.join('?' * len(batch))})"  # noqa: S608
            )
            for key, stored_sum, record in self._execute(query, batch):
                id_ = names.get(key)
                if id_ is None:
                    continue
                answer = None
                if type(record) is bytes and stored_sum == checksum(key, CHECKSUM_VERSION, record):
                    with suppress(msgspec.DecodeError):
                        answer = DECODER.decode(record)
                if answer is None:
                    self._damaged.add(id_)
                else:
                    yield id_, answer

    def _execute(self, query: str, values: Iterable[str] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(query, tuple(values))
        except FAULTS as error:
            raise PapersError(
                f"{self.path}: the collection is damaged ({describe_cause(error)})"
            ) from None


def open_answers(path: FilePath, *, on_warning: OnWarning | None = None) -> Collection:
    """Open a collection, as `Answers` if lookups made it.

    `on_warning` gets a line if records are damaged; without it, the log gets that line.

    Raises:
        PapersError: there is no such file, or it is not a collection.
    """
    path = Path(path)
    check_is_collection(path)
    connection = connect_collection(path)
    kind = Answers if _has_answers(connection) else Collection
    return kind(connection, path, on_warning)


def _has_answers(connection: sqlite3.Connection) -> bool:
    found = connection.execute(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'answers'"
    ).fetchone()
    return bool(found == (1,))


def make_unresolved(id_: PaperId, answer: AnswerRecord) -> Unresolved:
    """Make the answer of a failed lookup."""
    url, pdf, _ = links(id_)
    return Unresolved(
        id=id_,
        code=known_word(ErrorCode, answer.code, "http_error"),
        message=answer.message,
        retryable=answer.retryable,
        url=url,
        pdf=pdf,
    )
