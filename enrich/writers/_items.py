"""The CSL items of a document in order of first mention, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from enrich.model import Document
from enrich.paper import Paper
from enrich.writers._csl_item import Item, paper_item, talk_day, talk_item


def items(
    document: Document, render_formula: Callable[[str], str], *, cite_talks: bool
) -> Iterator[Item]:
    """Yield the item of each resolved paper, each cited talk before its papers."""
    seen = set[str]()
    for annotated in document.talks:
        talk = annotated.talk
        if cite_talks and talk.status != "cancelled":
            item = talk_item(talk, render_formula)
            if item["id"] in seen:  # the same UID at another time
                item["id"] += f"/{talk_day(talk)}"
            if item["id"] not in seen:
                seen.add(item["id"])
                yield item
        for id_, paper in annotated.papers.items():
            if isinstance(paper, Paper) and id_ not in seen:
                seen.add(id_)
                yield paper_item(paper, render_formula)
