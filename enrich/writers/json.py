"""`-f json`: the document, indented by two spaces. Streams talks; holds papers in memory."""

from __future__ import annotations

from collections.abc import Iterator

from enrich.document import HeadObject, encode_array, encode_indented
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
        yield from encode_array(map(talk_object, totals.counting(document.talks)), by=2)
        papers = totals.papers(document)
        yield ',\n  "papers": '
        yield from encode_array(map(paper_object, papers.values()), by=2)
        yield ',\n  "notices": '
        yield from encode_array(map(notice_object, document.notices), by=2)
        yield f',\n  "summary": {encode_indented(totals.summary(papers), by=2)}\n}}\n'


WRITER = _Json()
