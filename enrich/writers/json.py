"""`-f json`: the document, indented by two blanks. Streams talks; keeps papers until the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from enrich.document import HeadObject, encode_indented
from enrich.model import Document, notice_object, talk_object
from enrich.paper import paper_object
from enrich.version import VERSION
from enrich.writers._totals import Totals


class _Json:
    suffixes = (".json",)
    writes_notices = True

    def write(self, document: Document) -> Iterator[str]:
        totals = Totals()
        head = HeadObject(generator=f"enrich/{VERSION}")
        yield encode_indented(head)[:-2]  # the brace stays open
        yield ',\n  "talks": '
        yield from _array(map(talk_object, totals.counting(document.talks)))
        papers = totals.papers(document)
        yield ',\n  "papers": '
        yield from _array(map(paper_object, papers.values()))
        yield ',\n  "notices": '
        yield from _array(map(notice_object, document.notices))
        yield f',\n  "summary": {encode_indented(totals.summary(papers), by=2)}\n}}\n'


def _array(objects: Iterable[Struct]) -> Iterator[str]:
    opening = "[\n    "
    for item in objects:
        yield opening + encode_indented(item, by=4)
        opening = ",\n    "
    yield "[]" if opening.startswith("[") else "\n  ]"


WRITER = _Json()
