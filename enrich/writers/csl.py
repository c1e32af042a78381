"""`-f csl`: CSL-JSON, an array with an item for each work; all papers are in memory until the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from enrich.document import encode_array
from enrich.model import Document
from enrich.writers._csl_item import protect_formula
from enrich.writers._items import items
from enrich.writers._options import Configurable


@dataclass(frozen=True)
class _Csl(Configurable):
    suffixes: ClassVar[tuple[str, ...]] = (".csl.json",)
    options: ClassVar[tuple[str, ...]] = ("cite_talks",)
    cite_talks: bool = False

    def write(self, document: Document) -> Iterator[str]:
        """Yield the items."""
        yield from encode_array(items(document, protect_formula, cite_talks=self.cite_talks))
        yield "\n"


WRITER = _Csl()
