"""`-f ndjson`: one talk a line with its own papers, compact; flat memory.

Every line has the same keys, so that columnar readers infer one schema. Notices are not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from json import JSONEncoder

from enrich.model import Document
from enrich.text import printable


class _Ndjson:
    suffixes = (".ndjson", ".jsonl")

    def write(self, document: Document) -> Iterator[str]:
        encode = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        for talk in document.talks:
            yield printable(encode(talk.to_dict())) + "\n"


WRITER = _Ndjson()
