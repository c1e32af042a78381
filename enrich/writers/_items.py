"""CSL items of a document in order of first mention, one for each work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from enrich.model import Document, Talk
from enrich.paper import Lookup, Paper
from enrich.writers._csl_item import Item, clean, paper_item, talk_day, talk_item
from enrich.writers._works import collect_cited


class MakeItem(Protocol):
    """A function that makes the item of a paper: `paper_item` or `published_item`."""

    def __call__(
        self, paper: Paper, render_formula: Callable[[str], str], others: tuple[Lookup, ...]
    ) -> Item:
        """Make the item; `others` are other records of the same work."""
        ...


def items(
    document: Document,
    render_formula: Callable[[str], str],
    *,
    cite_talks: bool,
    make_item: MakeItem = paper_item,
) -> Iterator[Item]:
    """Yield the item of each work, each cited talk before its papers.

    An item's id is that of the work's earliest paper, as keys in .bib files are.
    """
    seen = set[str]()
    for cited in collect_cited(document, cite_talks=cite_talks):
        if isinstance(cited, Talk):
            item = talk_item(cited, render_formula)
            if item["id"] in seen:  # the same UID with another start
                item["id"] += f"/{talk_day(cited)}"
            if item["id"] not in seen:
                seen.add(item["id"])
                yield item
        else:
            item = make_item(cited.paper, render_formula, cited.others)
            if cited.news:
                notes = (item.get("note"), f"New: {clean('; '.join(cited.news))}")
                item["note"] = ". ".join(note for note in notes if note)
            yield {**item, "id": str(cited.earliest.id)}
