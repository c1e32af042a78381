"""`-f biblatex`: entries for BibLaTeX and biber; all papers are in memory until the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from enrich.model import Talk
from enrich.writers._csl_item import (
    ARCHIVES,
    category_of,
    clean,
    date_in,
    date_of,
    doi_of,
    eprint_of,
    find_publication,
    is_in_proceedings,
    notes_of,
    talk_day,
    talk_speakers,
    talk_title,
    valid_date,
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


@dataclass(frozen=True)
class _Biblatex(BibWriter):
    """Dialect of BibLaTeX; preprints are `online` by default."""

    suffixes: ClassVar[tuple[str, ...]] = (".biblatex",)

    def format_work(self, key: str, work: Entry) -> str:
        """Return the entry of a work."""
        paper = work.paper
        preprint = self.bibtex_type or "online"
        # BibLaTeX requires an author for articles and contributions, and an address for `online`.
        kind: str = preprint
        if is_in_proceedings(paper) and paper.authors:
            kind = "inproceedings"
        elif (preprint == "article" and not paper.authors) or (
            preprint == "online" and not paper.url
        ):
            kind = "misc"
        return format_entry(kind, key, _biblatex_fields(key, work, kind))

    def format_talk(self, key: str, talk: Talk) -> str:
        """Return the entry of a talk."""
        kind = "unpublished" if talk_speakers(talk) else "misc"
        return format_entry(kind, key, _biblatex_talk_fields(key, talk))


def _biblatex_fields(key: str, work: Entry, kind: str) -> Fields:
    paper, others = work.paper, work.others
    eprint = eprint_of(paper, others)
    published = find_publication(paper, others)
    venue = clean(published.venue) if published else ""
    names = names_field(paper.authors)
    yield "title", braced(braced(escape_title(clean(paper.title))))
    yield ("author", names) if names else ("key", braced(key))
    is_in_journal = kind == "article" and bool(venue)
    date = date_in(published, paper) if published and is_in_journal else date_of(paper)
    yield "date", braced(_format_iso_date(date))
    if kind == "inproceedings":
        yield "booktitle", text_field(clean(paper.venue))
    elif kind == "article":
        yield "journaltitle", text_field(venue or ARCHIVES.get(paper.id.source) or "Preprint")
    elif not eprint:
        organization = text_field(ARCHIVES.get(paper.id.source))
        yield ("organization" if kind == "online" else "howpublished"), organization
    if kind != "inproceedings" and not venue:
        yield "pubstate", "{prepublished}"
    if eprint:
        yield "eprint", url_field(eprint)
        yield "eprinttype", "{arxiv}"
        yield "eprintclass", text_field(category_of(paper, others))
    yield "doi", doi_field(doi_of(paper, others))
    yield "url", url_field(paper.url)
    notes = notes_of(paper, others, with_publication=not is_in_journal)
    yield "note", text_field(". ".join(notes))


def _biblatex_talk_fields(key: str, talk: Talk) -> Fields:
    names = names_field(talk_speakers(talk))
    yield "title", braced(braced(escape_title(talk_title(talk))))
    yield ("author", names) if names else ("key", braced(key))
    yield "date", braced(_format_iso_date(talk_day(talk)))
    if names:
        yield "eventtitle", text_field(clean(talk.series))
        yield "venue", text_field(clean(talk.room))
    yield "howpublished", "{Talk}"
    yield "url", url_field(talk.url)


def _format_iso_date(text: str | None) -> str:
    """Return a date as ISO 8601, without parts that are not valid."""
    parts = valid_date(text)
    return "-".join([f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:])]) if parts else ""


WRITER = _Biblatex()
