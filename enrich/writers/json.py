"""`-f json`: the document, indented by two blanks. Streams talks; keeps papers until the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from json import dumps
from typing import Any

from enrich.model import Document
from enrich.text.terminal import printable
from enrich.version import VERSION as GENERATOR_VERSION
from enrich.writers._totals import Tally, summary

FORMAT = "enrich.talks"
VERSION = "1.0"


class _Json:
    suffixes = (".json",)

    def write(self, document: Document) -> Iterator[str]:
        tally = Tally()
        head = {
            "format": FORMAT,
            "version": VERSION,
            "generator": f"enrich/{GENERATOR_VERSION}",
            "offset_unit": "codepoint",
        }
        yield _indented(head)[:-2]  # the brace stays open
        yield ',\n  "talks": '
        yield from _array(talk.talk_dict() for talk in tally.passing(document.talks))
        papers = tally.papers()
        yield ',\n  "papers": '
        yield from _array(paper.to_dict() for paper in papers.values())
        yield ',\n  "notices": '
        yield from _array(notice.to_dict() for notice in document.notices)
        yield f',\n  "summary": {_indented(summary(tally, papers), by=2)}\n}}\n'


def _array(objects: Iterable[Any]) -> Iterator[str]:
    opening = "[\n    "
    for item in objects:
        yield opening + _indented(item, by=4)
        opening = ",\n    "
    yield "[]" if opening.startswith("[") else "\n  ]"


def _indented(value: Any, by: int = 0) -> str:
    text = printable(dumps(value, ensure_ascii=False, indent=2))
    return text.replace("\n", "\n" + " " * by) if by else text


WRITER = _Json()
