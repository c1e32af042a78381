"""COinS: a paper's OpenURL as key-value text in Dublin Core, which reference managers read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from enrich.paper import Author, Lookup, Paper
from enrich.text.tex import plain
from enrich.writers._csl_item import ARCHIVES, clean, date_of, doi_of, is_in_proceedings

_SAFE = "/:,()'"
"""Characters that need no encoding in a query (RFC 3986)."""


def make_context_object(paper: Paper, others: Iterable[Lookup] = ()) -> str:
    """Return the ContextObject of a paper (ANSI/NISO Z39.88-2004).

    `others` are other records of the same work.

    >>> from enrich.paper import PaperId
    >>> paper = Paper(id=PaperId("arxiv:2103.01338"), title="A & B", authors=(Author("Ada Lovelace"),), url="")
    >>> make_context_object(paper).partition("&rft.title")[2]
    '=A%20%26%20B&rft.creator=Lovelace,%20Ada&rft.publisher=arXiv&rft.identifier=arxiv:2103.01338'
    """
    fixed = "ctx_ver=Z39.88-2004&rft_val_fmt=info:ofi/fmt:kev:mtx:dc"
    pairs = (
        f"{key}={quote(value, safe=_SAFE, errors='replace')}"
        for key, value in _list_pairs(paper, others)
        if value
    )
    return "&".join([fixed, *pairs])


def _list_pairs(paper: Paper, others: Iterable[Lookup]) -> Iterator[tuple[str, str]]:
    """Yield keys and values; `rft.type` is an item type of Zotero."""
    is_published = is_in_proceedings(paper)
    doi = doi_of(paper, others)
    yield "rft_id", f"info:doi/{doi}" if doi else ""
    yield "rft_id", paper.url
    yield "rft.type", "conferencePaper" if is_published else "preprint"
    yield "rft.title", clean(plain(paper.title))
    for author in paper.authors:
        yield "rft.creator", _format_creator(author)
    yield "rft.date", date_of(paper) or ""
    yield "rft.source", clean(paper.venue) if is_published else ""
    yield "rft.publisher", "" if is_published or doi else ARCHIVES.get(paper.id.source, "")
    yield "rft.identifier", "" if doi else str(paper.id)


def _format_creator(author: Author) -> str:
    if author.family and author.given:
        return f"{author.family}, {author.given}"
    return author.name
