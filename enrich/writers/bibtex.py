"""`-f bibtex`: entries for BibTeX and its styles; memory for papers, their keys need them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from enrich.model import Document, Talk
from enrich.paper import Paper
from enrich.writers._csl_item import (
    ARCHIVES,
    clean,
    doi_of,
    eprint_of,
    is_in_proceedings,
    notes_of,
    talk_day,
    talk_speakers,
    talk_title,
    valid_date,
    year_in_proceedings,
)
from enrich.writers._entries import (
    HEAD,
    BibtexType,
    Fields,
    braced,
    collect_entries,
    doi_field,
    format_entry,
    names_field,
    text_field,
    url_field,
)
from enrich.writers._tex import escape_title

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class _Bibtex:
    suffixes: ClassVar[tuple[str, ...]] = (".bib",)
    options: ClassVar[tuple[str, ...]] = ("bibtex_type", "cite_talks")
    bibtex_type: BibtexType | None = None
    """Type of preprints; `misc` unless given, for few styles know `online`."""
    cite_talks: bool = False

    def with_options(self, **options: Any) -> Self:
        """Return the writer with some of its options set."""
        return replace(self, **options)

    def write(self, document: Document) -> Iterator[str]:
        """Yield the entries."""
        yield HEAD
        for key, cited in collect_entries(document, cite_talks=self.cite_talks):
            if isinstance(cited, Paper):
                yield format_bibtex(key, cited, self.bibtex_type or "misc")
            else:
                yield format_entry("misc", key, _bibtex_talk_fields(key, cited))


def format_bibtex(key: str, paper: Paper, preprint: BibtexType) -> str:
    """Return the entry of a paper; a preprint gets a type of its own."""
    # Styles warn of an article or a contribution without author or year.
    is_complete = bool(paper.authors and valid_date(paper.published))
    if is_in_proceedings(paper) and paper.authors and year_in_proceedings(paper):
        kind = "inproceedings"
    else:
        kind = "misc" if preprint == "article" and not is_complete else preprint
    return format_entry(kind, key, _bibtex_fields(key, paper, kind))


def _bibtex_fields(key: str, paper: Paper, kind: str) -> Fields:
    eprint = eprint_of(paper)
    yield "title", braced(braced(escape_title(clean(paper.title))))
    yield from _author_or_key(key, names_field(paper.authors))
    if kind == "inproceedings":
        yield "booktitle", text_field(clean(paper.venue))
        yield "year", braced(year_in_proceedings(paper))
    else:
        yield from _date_fields(paper.published)
    if kind == "article":
        yield "journal", text_field(journal_of(paper))
    elif kind != "inproceedings" and not eprint:
        yield "howpublished", text_field(ARCHIVES.get(paper.id.source))
    if eprint:
        yield "eprint", url_field(eprint)
        yield "archivePrefix", "{arXiv}"
        yield "primaryClass", text_field(paper.category)
    yield "doi", doi_field(doi_of(paper))
    yield "url", url_field(paper.url)
    yield "note", text_field(". ".join(notes_of(paper)))


def journal_of(paper: Paper) -> str:
    """Return what stands for the journal of a preprint that is an article."""
    if paper.published_as and (venue := clean(paper.published_as.venue)):
        return venue
    if eprint := eprint_of(paper):
        return f"arXiv preprint arXiv:{eprint}"
    return clean(paper.venue) or ARCHIVES.get(paper.id.source, paper.id.source)


def _bibtex_talk_fields(key: str, talk: Talk) -> Fields:
    yield "title", braced(braced(escape_title(talk_title(talk))))
    yield from _author_or_key(key, names_field(talk_speakers(talk)))
    yield from _date_fields(talk_day(talk))
    series = clean(talk.series)
    yield "howpublished", text_field(f"Talk, {series}" if series else "Talk")
    yield "url", url_field(talk.url)


def _author_or_key(key: str, names: str | None) -> Fields:
    """Yield the author, otherwise what styles sort by."""
    yield ("author", names) if names else ("key", braced(key))


def _date_fields(text: str | None) -> Fields:
    year, month, _ = [*valid_date(text), 0, 0, 0][:3]
    yield "year", braced(f"{year:04}") if year else None
    yield "month", _MONTHS[month - 1] if month else None


WRITER = _Bibtex()
