"""Growing collections: the answers of a lookup, written as they arrive.

A run writes its answers to `NAME.part` beside the collection, and a stopped run resumes from that file. A
finished collection can be continued: only ids without an answer and failed ids are requested. The bytes of
the finished file depend only on the answers, not on their order or the number of runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

import msgspec

from enrich.collection.answers import (
    CHECKSUM_VERSION,
    DECODER,
    AnswerRecord,
    Answers,
    make_unresolved,
    open_answers,
)
from enrich.collection.collection import OnWarning, append_papers, index_papers
from enrich.collection.part import (
    FILES,
    check_replaceable,
    connect_part,
    name_part,
    publish_part,
    remove_part,
)
from enrich.errors import PapersError
from enrich.paper import Lookup, Paper, PaperId
from enrich.sources import links
from enrich.store.codec import decode_paper, store_paper
from enrich.store.sqlite import (
    BATCH,
    FAULTS,
    SCHEMA,
    checksum,
    create_tables,
    describe_cause,
    is_busy,
    transaction,
)

Cited = Mapping[PaperId, frozenset[str]]
"""Papers, each with its cited versions."""

ANSWERS = """CREATE TABLE answers (
    id TEXT PRIMARY KEY, sum INTEGER NOT NULL, record BLOB NOT NULL
) WITHOUT ROWID"""
_LOOKUPS = """CREATE TABLE lookups (
    id TEXT PRIMARY KEY, record BLOB, abstract TEXT, answer BLOB
) WITHOUT ROWID"""
"""Table of a growing collection; the last answer for an id is kept."""
_ENCODER = msgspec.json.Encoder()


class GrowingAnswers:
    """Growing collection of a run's answers; a context manager.

    Args:
        out: The collection. A finished one is continued, a growing one resumed.
        refresh: Request the papers of the finished collection again.
        abstracts: Request papers again if they have no abstract.
        on_warning: Receives a line if records of the finished collection are damaged.

    Raises:
        PapersError: another run writes the file, it cannot be written, or it was made from bulk files.
    """

    def __init__(
        self,
        out: Path,
        *,
        refresh: bool = False,
        abstracts: bool = False,
        on_warning: OnWarning | None = None,
    ) -> None:
        check_replaceable(out)
        self._out, self._part = out, name_part(out)
        self._refresh, self._abstracts = refresh, abstracts
        self._earlier = _open_earlier(out, on_warning)
        try:
            self._connection, self.resumed = _open_lookups(self._part)
        except BaseException:
            self._close_earlier()
            raise

    def find_missing(self, wanted: Cited) -> dict[PaperId, frozenset[str]]:
        """Return the papers still to request, with their versions.

        The versions are those wanted and those of an earlier answer, which a new answer must not lose.
        """
        missing: dict[PaperId, frozenset[str]] = {}
        ids = list(wanted)
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            earlier, new = self._find_earlier(batch), self._find_lookups(batch)
            for id_ in batch:
                answer = new.get(id_) or earlier.get(id_)
                is_asked_again = self._refresh and id_ not in new
                if answer is None or is_asked_again or not self._is_final(answer, wanted[id_]):
                    known_versions = answer.versions if isinstance(answer, Paper) else ()
                    missing[id_] = wanted[id_] | {version.version for version in known_versions}
        return missing

    def find(self, ids: Iterable[PaperId]) -> dict[PaperId, Lookup]:
        """Return all answers, of this run and earlier ones."""
        ids = list(ids)
        earlier = self._earlier.get_answers(ids, abstracts=True) if self._earlier else {}
        return earlier | self._find_lookups(ids)

    def add(self, lookups: Iterable[Lookup]) -> None:
        """Add answers in one transaction.

        Raises:
            PapersError: the answers cannot be written.
        """
        try:
            with transaction(self._connection):
                self._connection.executemany(
                    "INSERT OR REPLACE INTO lookups (id, record, abstract, answer) VALUES (?, ?, ?, ?)",
                    map(_encode_lookup_row, lookups),
                )
        except FAULTS as error:
            raise PapersError(
                f"{self._part}: {describe_cause(error)}", hint="run it again to resume"
            ) from None

    def finish(self) -> None:
        """Write the finished collection; remove the growing one.

        Raises:
            PapersError: the collection cannot be written.
        """
        new = name_part(self._part)
        remove_part(new)
        try:
            new.touch()
            with closing(connect_part(new)) as connection, transaction(connection):
                self._copy_sorted(connection)
        except OSError as error:
            raise PapersError(f"{new}: {error.strerror}") from None
        except FAULTS as error:
            remove_part(new)
            raise PapersError(f"{new}: {describe_cause(error)}") from None
        publish_part(new, self._out)
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
        """Return whether an answer is complete and not stale."""
        if not isinstance(answer, Paper):
            return answer.status == "not_found"
        if answer.stale or (self._abstracts and answer.abstract is None):
            return False
        if answer.via or answer.latest_version is None:
            return True
        known = {version.version for version in answer.versions}
        newest = int(answer.latest_version[1:])
        return all(version in known or int(version[1:]) > newest for version in versions)

    def _find_earlier(self, ids: list[PaperId]) -> dict[PaperId, Lookup]:
        """Return the answers of the finished collection."""
        if self._earlier is None:
            return {}
        return self._earlier.get_answers(ids, abstracts=self._abstracts)

    def _find_lookups(self, ids: list[PaperId]) -> dict[PaperId, Lookup]:
        found: dict[PaperId, Lookup] = {}
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            marks = ",".join("?" * len(batch))
            query = f"SELECT id, record, abstract, answer FROM lookups WHERE id IN ({marks})"  # noqa: S608
            for row in self._connection.execute(query, batch):
                with suppress(ValueError, msgspec.DecodeError):
                    answer = _decode_lookup_row(*row)
                    found[answer.id] = answer
        return found

    def _copy_sorted(self, connection: sqlite3.Connection) -> None:
        """Copy all answers into a collection, sorted by id."""
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
            append_papers(connection, stored, abstracts=True)
            papers += len(stored)
            connection.executemany(
                "INSERT INTO answers (id, sum, record) VALUES (?, ?, ?)", _encode_answers(answers)
            )
        connection.execute(
            "INSERT INTO files (name, size, changed, format, abstracts, papers, done)"
            " VALUES ('lookup', 0, 0, 'lookup', 1, ?, 1)",
            (papers,),
        )
        index_papers(connection)


def _open_earlier(out: Path, on_warning: OnWarning | None) -> Answers | None:
    """Open the finished collection to continue, if any."""
    if not out.exists() or not out.stat().st_size:
        return None
    earlier = open_answers(out, on_warning=on_warning)
    if isinstance(earlier, Answers):
        return earlier
    earlier.close()
    raise PapersError(
        f"{out}: this collection was not made by lookups, so it cannot be continued",
        hint="use another name for -o, and this file for --papers",
    )


def _open_lookups(part: Path) -> tuple[sqlite3.Connection, bool]:
    """Open the growing collection; return whether it is resumed."""
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
    """Open an unfinished collection; return None if unusable.

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


def _encode_lookup_row(lookup: Lookup) -> tuple[str, bytes | None, str | None, bytes | None]:
    """Encode an answer as a growing collection's row."""
    answer = _encode_answer(lookup)
    if isinstance(lookup, Paper):
        _, record, abstract = store_paper(lookup, links)
        return str(lookup.id), record, abstract, answer
    return str(lookup.id), None, None, answer


def _decode_lookup_row(
    key: bytes, record: bytes | None, abstract: bytes | None, answer: bytes | None
) -> Lookup:
    """Decode a row of a growing collection.

    Raises:
        ValueError: the row is damaged.
    """
    id_ = PaperId(key.decode())
    answer_record = None if answer is None else DECODER.decode(answer)
    if record is None:
        return make_unresolved(id_, answer_record or AnswerRecord())
    text = None if abstract is None else abstract.decode("utf-8", "replace")
    paper = decode_paper(id_, record, links, abstract=text)
    return paper if answer_record is None else replace(paper, stale=True)


def _encode_answers(lookups: Iterable[Lookup]) -> Iterator[tuple[str, int, bytes]]:
    for lookup in lookups:
        if (record := _encode_answer(lookup)) is not None:
            key = lookup.id.encode("utf-8", "replace")
            yield str(lookup.id), checksum(key, CHECKSUM_VERSION, record), record


def _encode_answer(lookup: Lookup) -> bytes | None:
    """Encode a failure or a stale mark, if any."""
    if isinstance(lookup, Paper):
        return _ENCODER.encode(AnswerRecord()) if lookup.stale else None
    message = lookup.message.encode("utf-8", "replace").decode()
    return _ENCODER.encode(
        AnswerRecord(code=lookup.code, message=message, retryable=lookup.retryable)
    )
