"""Adapter for Daft: the two steps on workers as classes whose methods map columns to columns.

Pass a class to `daft.cls` with the number of workers; each worker opens the collection once, with its
first rows. The same code runs on one machine and on Ray.

    mapper = daft.cls(Mapper, use_process=True, max_concurrency=2)("base.sqlite")
    talks = feeds.select("path", mapper.map_feeds(col("path"), col("path").download()))

A row that cannot be read becomes a row with an `error`; no bad row raises.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import daft
import pyarrow as pa
from daft import DataType, Series
from msgspec import to_builtins

from enrich.collection.answers import open_answers
from enrich.collection.collection import Collection, open_collection
from enrich.document import decode_line
from enrich.engines.arrow import LINE, REFERENCE, arrow_array, make_array
from enrich.engines.steps import MappedTalk, join_each, map_talks
from enrich.errors import FeedError
from enrich.feeds.reading import read_talks
from enrich.model import Notice, References, Talk, reference_object
from enrich.references.extract import find_references_many

MAPPED = pa.struct(
    [
        ("number", pa.int64()),  # position of the talk or error in its feed, from 1
        ("row", pa.string()),  # for `Joiner`
        ("missing", pa.list_(pa.string())),  # ids to look up
        ("references", pa.list_(REFERENCE)),
        ("error", pa.string()),
    ]
)
"""Result of the first step for one talk."""
JOINED = pa.struct([("line", pa.string()), ("error", pa.string())])
"""Result of the last step for one row."""
_BATCH_SIZE = 2000  # rows in one call; Daft's default is 100,000


class Mapper:
    """First step, on workers: talks to rows, references, and the ids missing in a collection.

    Args:
        collection: Path of a collection that every worker can read; None: all ids are missing.
        abstracts: Whether to include the papers' abstracts.
    """

    def __init__(self, collection: str | None = None, *, abstracts: bool = False) -> None:
        self._collection = None if collection is None else open_collection(collection)
        self._abstracts = abstracts

    @daft.method.batch(return_dtype=DataType.from_arrow_type(pa.list_(MAPPED)), batch_size=16)
    def map_feeds(self, paths: Series, contents: Series) -> pa.Array:
        """Map feeds, each given as path and bytes, to lists of talks.

        Errors of a feed follow its talks; if its bytes are null, that is its only error.
        """
        feeds = zip(paths.to_pylist(), contents.to_pylist(), strict=True)
        made = [list(self._map_feed(path, content)) for path, content in feeds]
        return make_array(made, pa.list_(MAPPED))

    @daft.method.batch(return_dtype=DataType.from_arrow_type(MAPPED), batch_size=_BATCH_SIZE)
    def map_talks(self, talks: Series) -> pa.Array:
        """Map talks, each given as JSON as `enrich talks --json` prints it."""
        made: list[dict[str, object]] = []
        readable: list[tuple[int, Talk]] = []
        for place, text in enumerate(talks.to_pylist()):
            made.append({"number": 1})
            try:
                readable.append((place, Talk.from_dict(json.loads(text))))
            except (ValueError, TypeError, AttributeError, RecursionError) as error:
                made[place]["error"] = _make_encodable(f"not a talk: {error}")
        mapped = self._map_all([talk for _, talk in readable])
        for (place, _), found in zip(readable, mapped, strict=True):
            made[place] |= _make_mapped(found)
        return make_array(made, MAPPED)

    @daft.method.batch(
        return_dtype=DataType.from_arrow_type(pa.list_(REFERENCE)), batch_size=_BATCH_SIZE
    )
    def find_references(self, texts: Series) -> pa.Array:
        """Find the references of texts; null has none."""
        found = find_references_many(text or "" for text in texts.to_pylist())
        return make_array(
            [_describe_references(references) for references in found],
            pa.list_(REFERENCE),
        )

    def _map_feed(self, path: str, content: bytes | None) -> Iterator[dict[str, object]]:
        """Yield the mapped talks of a feed, then its errors."""
        if content is None:
            yield {"number": 1, "error": f"{path}: cannot be read"}
            return
        notices: list[Notice] = []
        number = 0
        try:
            talks = read_talks(
                _NamedBytes(path, content), duplicates=False, on_notice=notices.append
            )
            for number, found in enumerate(self._map_all(talks), 1):
                yield {"number": number, **_make_mapped(found)}
        except FeedError as error:
            notices.append(Notice(code="unreadable_feed", message=str(error)))
        for further, notice in enumerate(notices, number + 1):
            where = "" if notice.event is None else f", event {notice.event}"
            yield {"number": further, "error": _make_encodable(f"{path}{where}: {notice.message}")}

    def _map_all(self, talks: list[Talk] | Iterator[Talk]) -> Iterator[MappedTalk]:
        return map_talks(talks, self._collection, abstracts=self._abstracts)


class Joiner:
    """Last step, on workers: rows of `Mapper` and the looked-up papers to talks.

    Args:
        collection: Path of the collection from `enrich lookup - -o FILE.sqlite`, or of any other.
        abstracts: Whether to include the papers' abstracts.
    """

    def __init__(self, collection: str | None = None, *, abstracts: bool = False) -> None:
        self._collection: Collection | None = (
            None if collection is None else open_answers(collection)
        )
        self._abstracts = abstracts

    @daft.method.batch(return_dtype=DataType.from_arrow_type(JOINED), batch_size=_BATCH_SIZE)
    def join_lines(self, rows: Series) -> pa.Array:
        """Join rows to the lines that `enrich -f ndjson` writes, without line feeds."""
        joined = self._join_all(rows)
        return make_array(
            [{"line": line and line.rstrip("\n"), "error": error} for line, error in joined], JOINED
        )

    @daft.method.batch(return_dtype=DataType.from_arrow_type(LINE), batch_size=_BATCH_SIZE)
    def join_talks(self, rows: Series) -> pa.Array:
        """Join rows to talks as structs; an unreadable row becomes null."""
        joined = self._join_all(rows)
        return arrow_array((decode_line(line) if line else None for line, _ in joined), LINE)

    def _join_all(self, rows: Series) -> Iterator[tuple[str | None, str | None]]:
        """Yield line and error of each row; neither for a null row."""
        given = (row or "" for row in rows.to_pylist())
        return join_each(given, self._collection, abstracts=self._abstracts)


def _make_mapped(found: MappedTalk) -> dict[str, object]:
    """Return the fields of `MAPPED` for a talk."""
    return {
        "row": found.row,
        "missing": list(found.missing),
        "references": _describe_references(found.references),
    }


def _describe_references(references: References) -> list[dict[str, object]]:
    return [to_builtins(reference_object(reference)) for reference in references]


def _make_encodable(message: str) -> str:
    """Replace lone surrogates, which no column can hold."""
    return message.encode("utf-8", "replace").decode()


class _NamedBytes(io.BytesIO):
    """Bytes with the name of their file, which names a calendar without a name."""

    def __init__(self, path: str, content: bytes) -> None:
        super().__init__(content)
        self.name = path
