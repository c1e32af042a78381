"""Collections that lookups make: the answer for each id, kept as it comes, published whole.

The answers of a run grow beside the collection's place as `NAME.part`. A run that was stopped goes on
there, and one that was finished is continued: only ids without an answer, and those that failed, are
left to ask. Beside the tables of any collection there is one for what a paper's record does not hold:
why an id is unresolved, and that a record is stale. The bytes of the finished file depend on the answers
alone, not on their order or on the number of runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import msgspec
from msgspec import Struct, field

from enrich.codes import known_word
from enrich.collection.collection import (
    Collection,
    Name,
    check_is_collection,
    connect_collection,
    finish,
    insert,
)
from enrich.collection.part import (
    FILES,
    check_replaceable,
    connect_part,
    name_part,
    publish_part,
    remove_part,
)
from enrich.errors import ErrorCode, PapersError
from enrich.paper import Lookup, Paper, PaperId, Unresolved
from enrich.sources import links
from enrich.store.codec import decode_paper, store_paper
from enrich.store.sqlite import (
    FAULTS,
    SCHEMA,
    checksum,
    create_tables,
    describe_cause,
    is_busy,
    transaction,
)
from enrich.store.store import BATCH

Cited = Mapping[PaperId, frozenset[str]]
"""Papers, each with its cited versions."""

ANSWERS = """CREATE TABLE answers (
    id TEXT PRIMARY KEY, sum INTEGER NOT NULL, record BLOB NOT NULL
) WITHOUT ROWID"""
_LOOKUPS = """CREATE TABLE lookups (
    id TEXT PRIMARY KEY, record BLOB, abstract TEXT, answer BLOB
) WITHOUT ROWID"""
"""Table of a growing collection: of two answers for one id the later stays."""
_VERSION = b"answer"


class AnswerRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the record of a paper does not hold; no code: the paper is stale."""

    code: str | None = field(default=None, name="c")
    message: str = field(default="", name="m")
    retryable: bool = field(default=False, name="r")


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(AnswerRecord)


class Answers(Collection):
    """Open collection that a lookup made; `open_answers` returns it."""

    def get_answers(
        self, ids: Iterable[PaperId], *, abstracts: bool = False
    ) -> dict[PaperId, Lookup]:
        """Return the answers that it holds, as the lookup gave them.

        Raises:
            PapersError: the file is damaged.
        """
        wanted = list(dict.fromkeys(ids))
        found: dict[PaperId, Lookup] = {}
        for id_, record, abstract in self.rows(wanted, abstracts=abstracts):
            with suppress(ValueError):  # a bad record of an untrusted file counts as missing
                found[id_] = decode_paper(id_, record, links, abstract=abstract)
        for id_, answer in self._read_answers(wanted):
            if answer.code is not None:
                found[id_] = _make_unresolved(id_, answer)
            elif isinstance(paper := found.get(id_), Paper):
                found[id_] = replace(paper, stale=True)
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def ids(self) -> Iterator[PaperId]:
        """Yield all ids that have an answer, in no order."""
        for table in ("papers", "answers"):
            query = f"SELECT id FROM {table} WHERE typeof(id) = 'text'"  # noqa: S608 - the two above
            for (key,) in self._execute(query):
                yield PaperId(key.decode("utf-8", "replace"))

    def _read_answers(self, wanted: list[PaperId]) -> Iterator[tuple[PaperId, AnswerRecord]]:
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            names = {id_.encode(): id_ for id_ in batch}
            query = (
                f"SELECT id, sum, record FROM answers WHERE id IN ({','.join('?' * len(batch))})"  # noqa: S608
            )
            for key, total, record in self._execute(query, batch):
                id_ = names.get(key)
                if id_ and type(record) is bytes and total == checksum(key, _VERSION, record):
                    with suppress(msgspec.DecodeError):
                        yield id_, _DECODER.decode(record)

    def _execute(self, query: str, values: Iterable[str] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(query, tuple(values))
        except FAULTS as error:
            raise PapersError(
                f"{self.path}: the collection is damaged ({describe_cause(error)})"
            ) from None


def open_answers(path: Name) -> Collection:
    """Open a collection; one that a lookup made has its answers.

    Raises:
        PapersError: there is no such file, or it is not a collection.
    """
    path = Path(path)
    check_is_collection(path)
    connection = connect_collection(path)
    return (Answers if _has_answers(connection) else Collection)(connection, path)


class GrowingAnswers:
    """Answers of a run on their way into a collection; a context manager.

    Args:
        out: The collection. A finished one is continued, a growing one gone on with.
        refresh: Ask again for what the finished one holds.
        abstracts: A paper without its abstract is not an answer.

    Raises:
        PapersError: another run writes it, it cannot be written, or it was made of bulk files.
    """

    def __init__(self, out: Path, *, refresh: bool = False, abstracts: bool = False) -> None:
        check_replaceable(out)
        self._out, self._part = out, name_part(out)
        self._refresh, self._abstracts = refresh, abstracts
        self._earlier = _open_earlier(out)
        try:
            self._connection, self.resumed = _open_lookups(self._part)
        except BaseException:
            self._close_earlier()
            raise

    def lacks(self, wanted: Cited) -> dict[PaperId, frozenset[str]]:
        """Return what is left to ask, with the versions to ask for.

        Those are the wanted ones and those that an earlier answer has, so that none is lost.
        """
        left: dict[PaperId, frozenset[str]] = {}
        ids = list(wanted)
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            known = self._find_known(batch)
            for id_ in batch:
                answer = known.get(id_)
                if answer is None or not self._is_final(answer, wanted[id_]):
                    rows = answer.versions if isinstance(answer, Paper) else ()
                    left[id_] = wanted[id_] | {row.version for row in rows}
        return left

    def find(self, ids: Iterable[PaperId]) -> dict[PaperId, Lookup]:
        """Return the answers so far; those of the finished collection count, too."""
        ids = list(ids)
        earlier = self._earlier.get_answers(ids, abstracts=True) if self._earlier else {}
        return earlier | self._find_lookups(ids)

    def add(self, lookups: Iterable[Lookup]) -> None:
        """Add answers, as one transaction.

        Raises:
            PapersError: they cannot be written.
        """
        try:
            with transaction(self._connection):
                self._connection.executemany(
                    "INSERT OR REPLACE INTO lookups (id, record, abstract, answer) VALUES (?, ?, ?, ?)",
                    map(_make_row, lookups),
                )
        except FAULTS as error:
            raise PapersError(
                f"{self._part}: {describe_cause(error)}", hint="run it again, and it goes on"
            ) from None

    def finish(self) -> None:
        """Publish the collection; the growing one is removed.

        Raises:
            PapersError: it cannot be written.
        """
        made = name_part(self._part)
        remove_part(made)
        try:
            made.touch()
            with closing(connect_part(made)) as connection, transaction(connection):
                self._copy_sorted(connection)
        except OSError as error:
            raise PapersError(f"{made}: {error.strerror}") from None
        except FAULTS as error:
            remove_part(made)
            raise PapersError(f"{made}: {describe_cause(error)}") from None
        publish_part(made, self._out)
        self._connection.close()
        remove_part(self._part)

    def close(self) -> None:
        """Close the files."""
        self._connection.close()
        self._close_earlier()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _close_earlier(self) -> None:
        if self._earlier is not None:
            self._earlier.close()

    def _is_final(self, answer: Lookup, versions: frozenset[str]) -> bool:
        """Return whether an answer needs no asking, and has the versions."""
        if not isinstance(answer, Paper):
            return answer.status == "not_found"
        if answer.stale or (self._abstracts and answer.abstract is None):
            return False
        if answer.via or answer.latest_version is None:
            return True
        known = {row.version for row in answer.versions}
        newest = int(answer.latest_version[1:])
        return all(version in known or int(version[1:]) > newest for version in versions)

    def _find_known(self, ids: list[PaperId]) -> dict[PaperId, Lookup]:
        earlier = {}
        if self._earlier is not None and not self._refresh:
            earlier = self._earlier.get_answers(ids, abstracts=self._abstracts)
        return earlier | self._find_lookups(ids)

    def _find_lookups(self, ids: list[PaperId]) -> dict[PaperId, Lookup]:
        found: dict[PaperId, Lookup] = {}
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            marks = ",".join("?" * len(batch))
            query = f"SELECT id, record, abstract, answer FROM lookups WHERE id IN ({marks})"  # noqa: S608
            for row in self._connection.execute(query, batch):
                with suppress(ValueError, msgspec.DecodeError):
                    answer = _decode_answer(*row)
                    found[answer.id] = answer
        return found

    def _copy_sorted(self, connection: sqlite3.Connection) -> None:
        """Fill a collection with all answers, by id: its bytes depend on them alone."""
        ids = {
            PaperId(key.decode()) for (key,) in self._connection.execute("SELECT id FROM lookups")
        }
        ids |= set(self._earlier.ids()) if self._earlier else set()
        create_tables(connection)
        connection.execute(FILES)
        connection.execute(ANSWERS)
        papers = 0
        ordered = sorted(ids)
        for start in range(0, len(ordered), BATCH):
            batch = ordered[start : start + BATCH]
            found = self.find(batch)
            answers = [found[id_] for id_ in batch if id_ in found]
            stored = [store_paper(paper, links) for paper in answers if isinstance(paper, Paper)]
            insert(connection, stored, abstracts=True)
            papers += len(stored)
            connection.executemany(
                "INSERT INTO answers (id, sum, record) VALUES (?, ?, ?)", _encode_answers(answers)
            )
        connection.execute(
            "INSERT INTO files (name, size, changed, format, abstracts, papers, done)"
            " VALUES ('lookup', 0, 0, 'lookup', 1, ?, 1)",
            (papers,),
        )
        finish(connection)


def _open_earlier(out: Path) -> Answers | None:
    """Open the finished collection that is continued, if any."""
    if not out.exists() or not out.stat().st_size:
        return None
    earlier = open_answers(out)
    if isinstance(earlier, Answers):
        return earlier
    earlier.close()
    raise PapersError(
        f"{out}: this collection was not made by lookups, and is not continued",
        hint="give -o another name, and this one as --papers",
    )


def _open_lookups(part: Path) -> tuple[sqlite3.Connection, bool]:
    """Open the growing collection; return whether a run left it."""
    try:
        if (connection := _resume_lookups(part)) is not None:
            return connection, True
        remove_part(part)
        part.touch()
        connection = connect_part(part)
        with transaction(connection):
            connection.execute(_LOOKUPS)
            connection.execute(f"PRAGMA user_version={SCHEMA}")
    except OSError as error:
        raise PapersError(f"{part}: {error.strerror}") from None
    except FAULTS as error:
        raise PapersError(f"{part}: {describe_cause(error)}; does another run write it?") from None
    return connection, False


def _resume_lookups(part: Path) -> sqlite3.Connection | None:
    """Open what a run left; return None if that is nothing usable.

    Raises:
        sqlite3.Error: another run is writing it.
    """
    if not part.exists():
        return None
    connection = None
    try:
        connection = connect_part(part)
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute("SELECT id, record, abstract, answer FROM lookups LIMIT 1").fetchone()
        if layout == SCHEMA:
            return connection
    except FAULTS as error:
        if is_busy(error):
            raise
    if connection is not None:
        connection.close()
    return None


def _has_answers(connection: sqlite3.Connection) -> bool:
    found = connection.execute(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'answers'"
    ).fetchone()
    return bool(found == (1,))


def _make_row(lookup: Lookup) -> tuple[str, bytes | None, str | None, bytes | None]:
    """Make the row of a growing collection."""
    answer = _encode_answer(lookup)
    if isinstance(lookup, Paper):
        _, record, abstract = store_paper(lookup, links)
        return str(lookup.id), record, abstract, answer
    return str(lookup.id), None, None, answer


def _decode_answer(
    key: bytes, record: bytes | None, abstract: bytes | None, answer: bytes | None
) -> Lookup:
    """Read the row of a growing collection back.

    Raises:
        ValueError: it is damaged.
    """
    id_ = PaperId(key.decode())
    told = None if answer is None else _DECODER.decode(answer)
    if record is None:
        return _make_unresolved(id_, told or AnswerRecord())
    text = None if abstract is None else abstract.decode("utf-8", "replace")
    paper = decode_paper(id_, record, links, abstract=text)
    return paper if told is None else replace(paper, stale=True)


def _encode_answers(lookups: Iterable[Lookup]) -> Iterator[tuple[str, int, bytes]]:
    for lookup in lookups:
        if (record := _encode_answer(lookup)) is not None:
            key = lookup.id.encode("utf-8", "replace")
            yield str(lookup.id), checksum(key, _VERSION, record), record


def _encode_answer(lookup: Lookup) -> bytes | None:
    """Encode what a paper's record does not hold; None if that is nothing."""
    if isinstance(lookup, Paper):
        return _ENCODER.encode(AnswerRecord()) if lookup.stale else None
    message = lookup.message.encode("utf-8", "replace").decode()
    return _ENCODER.encode(
        AnswerRecord(code=lookup.code, message=message, retryable=lookup.retryable)
    )


def _make_unresolved(id_: PaperId, answer: AnswerRecord) -> Unresolved:
    url, pdf, _ = links(id_)
    return Unresolved(
        id=id_,
        code=known_word(ErrorCode, answer.code, "http_error"),
        message=answer.message,
        retryable=answer.retryable,
        url=url,
        pdf=pdf,
    )
