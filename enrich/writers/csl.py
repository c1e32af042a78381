"""`-f csl`: CSL-JSON, an array of items; streams, memory for the ids of papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from enrich.document import encode_indented
from enrich.model import Document
from enrich.writers._csl_item import protect_formula
from enrich.writers._items import items


@dataclass(frozen=True)
class _Csl:
    suffixes: ClassVar[tuple[str, ...]] = (".csl.json",)
    options: ClassVar[tuple[str, ...]] = ("cite_talks",)
    cite_talks: bool = False

    def with_options(self, **options: Any) -> Self:
        """Return the writer with some of its options set."""
        return replace(self, **options)

    def write(self, document: Document) -> Iterator[str]:
        """Yield the items."""
        opening = "[\n  "
        for item in items(document, protect_formula, cite_talks=self.cite_talks):
            yield opening + encode_indented(item, by=2)
            opening = ",\n  "
        yield "[]\n" if opening.startswith("[") else "\n]\n"


WRITER = _Csl()
