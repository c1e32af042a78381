"""Segments of a text: its references and the text between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from enrich.model import Reference


def segments(
    text: str, references: Iterable[Reference], field: str = "abstract"
) -> Iterator[tuple[str, Reference | None]]:
    """Yield the pieces of a text, each with its reference or None.

    The joined pieces are the text.

    >>> from enrich.references.extract import find_references
    >>> text = "see arXiv:2103.01338!"
    >>> [(piece, ref and ref.paper.key) for piece, ref in segments(text, find_references(text), "text")]
    [('see ', None), ('arXiv:2103.01338', '2103.01338'), ('!', None)]
    """
    at = 0
    for reference in references:
        if reference.field != field:
            continue
        if reference.start > at:
            yield text[at : reference.start], None
        yield reference.exact, reference
        at = reference.end
    if at < len(text):
        yield text[at:], None
