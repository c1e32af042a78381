"""`-f bibtex`: entries for BibTeX and its styles; all papers are in memory until the end.

A key must differ from those of all other papers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from enrich.model import Talk
from enrich.writers._csl_item import (
    ARCHIVES,
    category_of,
    clean,
    date_in,
    doi_of,
    eprint_of,
    find_publication,
    is_in_proceedings,
    notes_of,
    talk_day,
    talk_speakers,
    talk_title,
    valid_date,
    year_in_proceedings,
)
from enrich.writers._entries import (
    BibWriter,
    Fields,
    braced,
    doi_field,
    format_entry,
    names_field,
    text_field,
    url_field,
)
from enrich.writers._tex import escape_title
from enrich.writers._works import Entry

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class _Bibtex(BibWriter):
    """Dialect of BibTeX; preprints are `misc` by default, because few styles know `online`."""

    suffixes: ClassVar[tuple[str, ...]] = (".bib",)

    def format_work(self, key: str, work: Entry) -> str:
        """Return the entry of a work."""
        paper = work.paper
        preprint_type = self.bibtex_type or "misc"
        # Styles warn of an article or a contribution without author or year.
        is_complete = bool(paper.authors and valid_date(paper.published))
        if is_in_proceedings(paper) and paper.authors and year_in_proceedings(paper):
            kind = "inproceedings"
        else:
            kind = "misc" if preprint_type == "article" and not is_complete else preprint_type
        return format_entry(kind, key, _bibtex_fields(key, work, kind))

    def format_talk(self, key: str, talk: Talk) -> str:
        """Return the entry of a talk."""
        return format_entry("misc", key, _bibtex_talk_fields(key, talk))


def _bibtex_fields(key: str, work: Entry, kind: str) -> Fields:
    paper, others = work.paper, work.others
    eprint = eprint_of(paper, others)
    publication = find_publication(paper, others) if kind == "article" else None
    journal = clean(publication.venue) if publication else ""
    yield "title", braced(braced(escape_title(clean(paper.title))))
    yield from _author_or_key(key, names_field(paper.authors))
    if kind == "inproceedings":
        yield "booktitle", text_field(clean(paper.venue))
        yield "year", braced(year_in_proceedings(paper))
    else:
        yield from _date_fields(
            date_in(publication, paper) if publication and journal else paper.published
        )
    if kind == "article":
        yield "journal", text_field(journal or _name_archive(work))
    elif kind != "inproceedings" and not eprint:
        yield "howpublished", text_field(ARCHIVES.get(paper.id.source))
    if eprint:
        yield "eprint", url_field(eprint)
        yield "archivePrefix", "{arXiv}"
        yield "primaryClass", text_field(category_of(paper, others))
    yield "doi", doi_field(doi_of(paper, others))
    yield "url", url_field(paper.url)
    yield "note", text_field(". ".join(notes_of(paper, others, with_publication=not journal)))


def _name_archive(work: Entry) -> str:
    """Return the journal field of an `article` that is only a preprint."""
    paper, others = work.paper, work.others
    if eprint := eprint_of(paper, others):
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
    """Yield the author, otherwise `key`, by which styles sort."""
    yield ("author", names) if names else ("key", braced(key))


def _date_fields(text: str | None) -> Fields:
    year, month, _ = [*valid_date(text), 0, 0, 0][:3]
    yield "year", braced(f"{year:04}") if year else None
    yield "month", _MONTHS[month - 1] if month else None


WRITER = _Bibtex()
