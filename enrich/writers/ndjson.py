"""`-f ndjson`: compact JSON, a line for each talk with its own papers; constant memory.

Every line has the same keys, so that columnar readers infer one schema. Notices are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from enrich.document import encode, encode_bytes
from enrich.model import Document, line_object
from enrich.paper import Lookup, PaperId, paper_object

_MAX_CACHED_PAPERS = 512  # neighbouring talks share papers


class _Ndjson:
    suffixes = (".ndjson", ".jsonl")

    def write(self, document: Document) -> Iterator[str]:
        cached: dict[PaperId, tuple[Lookup, msgspec.Raw]] = {}

        def encode_paper(paper: Lookup) -> msgspec.Raw:
            known = cached.get(paper.id)
            if known is None or known[0] is not paper:
                if len(cached) >= _MAX_CACHED_PAPERS:
                    cached.clear()
                raw = msgspec.Raw(encode_bytes(paper_object(paper)))
                known = cached[paper.id] = (paper, raw)
            return known[1]

        for talk in document.talks:
            yield encode(line_object(talk, encode_paper)) + "\n"


WRITER = _Ndjson()
