"""`-f ndjson`: one talk a line with its own papers, compact; flat memory.

Every line has the same keys, so that columnar readers infer one schema. Notices are not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from json import JSONEncoder

from enrich.model import AnnotatedTalk, Document
from enrich.paper import Lookup, PaperId
from enrich.text import printable, quoted

_KEPT = 8192  # encoded papers, for talks of one feed share theirs


class _Ndjson:
    suffixes = (".ndjson", ".jsonl")

    def write(self, document: Document) -> Iterator[str]:
        to_json = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        kept: dict[PaperId, tuple[Lookup, str]] = {}

        def safe(line: str) -> str:
            if line.isascii() and "\x7f" not in line:  # JSON has escaped all other controls
                return line
            return printable(line)

        def encoded(paper: Lookup) -> str:
            known = kept.get(paper.id)
            if known is None or known[0] is not paper:
                if len(kept) >= _KEPT:
                    kept.clear()
                known = kept[paper.id] = (paper, safe(to_json(paper.to_dict())))
            return known[1]

        def told(talk: AnnotatedTalk) -> str:
            """The talk; its abstract apart, which is most of it and has few letters to escape."""
            values = talk.talk_dict()
            if (abstract := values["abstract"]) is None:
                return safe(to_json(values))
            values["abstract"] = ""
            before, after = to_json(values).split('"abstract":""', 1)
            return f'{safe(before)}"abstract":{quoted(abstract)}{safe(after)}'

        for talk in document.talks:
            papers = ",".join(map(encoded, talk.papers.values()))
            yield f'{told(talk)[:-1]},"papers":[{papers}]}}\n'


WRITER = _Ndjson()
