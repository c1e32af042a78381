"""`-f ris`: RIS as Zotero, JabRef, EndNote and bibutils read it, with a record for each work.

The arXiv or OpenReview id is in AN, which Zotero keeps as "Loc. in Archive" and JabRef as `number`.
RIS has no type for preprints, and programs have one field for the DOI. So a paper whose published version
is known is described by that version: JOUR or CONF where the venue leaves no doubt, otherwise GEN, with
the venue as the source writes it. A talk is CONF with "Talk" as type of work, because bibutils warns about
SLIDE. Lines end with a line feed, which all of them read. DB is left out, because bibutils warns about it.
All papers are held in memory until the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from enrich.model import Document
from enrich.text.tex import plain_math
from enrich.writers._csl_item import Item, published_item
from enrich.writers._items import items
from enrich.writers._options import Configurable
from enrich.writers._tex import DROPPED

_TYPES = {
    "article": "UNPB",
    "article-journal": "JOUR",
    "document": "GEN",
    "paper-conference": "CONF",
    "speech": "CONF",
}
_DROPPED = {**DROPPED, ord("\n"): " ", ord("\t"): " "}


@dataclass(frozen=True)
class _Ris(Configurable):
    suffixes: ClassVar[tuple[str, ...]] = (".ris",)
    options: ClassVar[tuple[str, ...]] = ("cite_talks",)
    cite_talks: bool = False

    def write(self, document: Document) -> Iterator[str]:
        """Yield the entries; a blank line for a document without papers."""
        before = ""
        found = items(document, plain_math, cite_talks=self.cite_talks, make_item=published_item)
        for item in found:
            yield before + _format_ris_entry(item)
            before = "\n"
        if not before:
            yield "\n"


def _format_ris_entry(item: Item) -> str:
    """Return the lines of an entry; those without a value are left out."""
    lines = [
        (tag, value.translate(_DROPPED).strip()) for tag, value in _tagged_values(item) if value
    ]
    return "".join([f"{tag}  - {value}\n" for tag, value in lines if value]) + "ER  - \n"


def _tagged_values(item: Item) -> Iterator[tuple[str, str | None]]:
    kind = _TYPES[item["type"]]
    yield "TY", kind
    for name in item.get("author", ()):
        yield "AU", _format_ris_name(name)
    yield "TI", item["title"]
    within = item.get("container-title") or item.get("event-title")
    yield "T2", within
    if kind == "CONF":
        yield "BT", within  # JabRef's booktitle
    if "issued" in item:
        (parts,) = item["issued"]["date-parts"]
        yield "PY", f"{parts[0]:04}"
        if len(parts) > 1:
            yield "DA", "/".join([f"{part:02}" for part in parts])
    yield "M3", item["genre"] if item["type"] == "speech" else None
    yield "AN", item.get("number")
    yield "PB", item.get("publisher")
    yield "DO", item.get("DOI")
    yield "UR", item.get("URL")
    yield "N1", item.get("note")
    yield "AB", item.get("abstract")


def _format_ris_name(name: Item) -> str:
    """Return `family, given`, or `name,` for a name without parts.

    Other commas are left out, because readers treat a third part as suffix or as given names, or drop
    it.
    """
    if "literal" in name:
        return f"{name['literal'].replace(',', '')},"
    family, given = (name[key].replace(",", "").strip() for key in ("family", "given"))
    return f"{family}, {given} {name['suffix']}" if "suffix" in name else f"{family}, {given}"


WRITER = _Ris()
