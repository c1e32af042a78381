"""Entries of .bib files, shared by the dialects of BibTeX and BibLaTeX."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from enrich.model import Document, Talk
from enrich.paper import Author
from enrich.text.names import split_suffix
from enrich.text.terminal import drop_unsafe
from enrich.writers._csl_item import clean, talk_day, talk_speakers, talk_title
from enrich.writers._keys import Namesake, make_keys, paper_namesake, talk_namesake
from enrich.writers._labels import find_remark
from enrich.writers._options import Configurable
from enrich.writers._tex import escape_text
from enrich.writers._works import Entry, collect_cited, identify_talk

BibtexType = Literal["online", "article", "misc"]
Fields = Iterable[tuple[str, str | None]]

HEAD = "% Encoding: UTF-8\n"
"""First line of a file, as JabRef reads and writes it."""

_LONE_PERCENT = "%(?![0-9A-Fa-f]{2})"
_NOT_IN_URLS = re.compile(rf"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]|{_LONE_PERCENT}")
_NOT_IN_DOIS = re.compile(rf"[^!-\[\]-z|~]|{_LONE_PERCENT}")
_AND = re.compile(r"(?i)(?:^|\s)and(?:\s|$)")
_SPECIAL_IN_NAMES = re.compile(r"[,\\$\"~]")
_SPECIAL_IN_PARTS = re.compile(
    r"(?i)[\x00-\x1f\x7f-\xa0\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
    r"\\^~<>&%#_$,\"{}]|and"
)
"""Anything in a part of a name that must be escaped or checked; most parts have no match."""
_OTHERS = frozenset({"et al", "et al.", "and others", "others"})


@dataclass(frozen=True)
class BibWriter(Configurable):
    """Writer of .bib files; each dialect is a subclass."""

    options: ClassVar[tuple[str, ...]] = ("bibtex_type", "cite_talks")
    bibtex_type: BibtexType | None = None
    """Type of preprints; each dialect has its own default."""
    cite_talks: bool = False

    @abstractmethod
    def format_work(self, key: str, work: Entry) -> str:
        """Return the entry of a work."""

    @abstractmethod
    def format_talk(self, key: str, talk: Talk) -> str:
        """Return the entry of a talk."""

    def write(self, document: Document) -> Iterator[str]:
        """Yield the entries."""
        yield HEAD
        for key, cited in collect_entries(document, cite_talks=self.cite_talks):
            if isinstance(cited, Talk):
                yield self.format_talk(key, cited)
            else:
                news = f"New: {'; '.join(cited.news)}" if cited.news else ""
                yield _format_comment(news) + self.format_work(key, cited)
        yield _format_comment(find_remark(document.notices) or "", end="\n")


def collect_entries(document: Document, *, cite_talks: bool) -> Iterator[tuple[str, Talk | Entry]]:
    """Yield each talk and work with its key: talks first, then works."""
    cited = list(collect_cited(document, cite_talks=cite_talks))
    cited.sort(key=lambda one: not isinstance(one, Talk))
    yield from zip(make_keys(map(_make_namesake, cited)), cited, strict=True)


def _format_comment(text: str, end: str = "") -> str:
    """Return a comment line; `@` is replaced, because it would begin an entry."""
    return f"\n% {clean(drop_unsafe(text)).replace('@', '(at)')}{end}" if text else ""


def _make_namesake(cited: Talk | Entry) -> Namesake:
    if not isinstance(cited, Talk):
        return paper_namesake(cited.earliest)
    identity = identify_talk(cited)
    return talk_namesake(talk_speakers(cited), talk_day(cited), talk_title(cited), identity)


def format_entry(kind: str, key: str, fields: Fields) -> str:
    """Return an entry; fields without a value are left out."""
    lines = [f"  {name} = {value}" for name, value in fields if value]
    return f"\n@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def braced(text: str | None) -> str | None:
    """Return a value in braces; None if it is empty."""
    return f"{{{text}}}" if text else None


def text_field(text: str | None) -> str | None:
    """Return plain text as the value of a field."""
    return braced(escape_text(text)) if text else None


def url_field(url: str | None) -> str | None:
    """Return an address as a value, percent-encoded by RFC 3986.

    >>> url_field("https://x.org/a_b%20c?q={1}#é")
    '{https://x.org/a_b%20c?q=%7B1%7D#%C3%A9}'
    """
    return braced(_NOT_IN_URLS.sub(_percent_encode, url)) if url else None


def doi_field(doi: str | None) -> str | None:
    """Return a DOI as a value."""
    return braced(_NOT_IN_DOIS.sub(_percent_encode, doi)) if doi else None


def _percent_encode(match: re.Match[str]) -> str:
    return "".join([f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace")])


def names_field(authors: Iterable[Author]) -> str | None:
    """Return names as a value: `Family, Given and Family, Jr., Given and {Whole Name}`.

    >>> names_field([Author("Aad van der Vaart"), Author("W. King, Jr."), Author("Qwen Team"), Author("et al.")])
    '{van der Vaart, Aad and King, Jr., W. and {Qwen Team} and others}'
    """
    names = [_format_bib_name(author) for author in authors]
    if len(names) > 1 and names[-1].strip("{}").lower() in _OTHERS:
        names[-1] = "others"
    return braced(" and ".join(name for name in names if name != "{}"))


def _format_bib_name(author: Author) -> str:
    if not author.family or not author.given:
        return f"{{{escape_text(author.name).strip()}}}"
    given, suffix = split_suffix(author.given)
    return ", ".join([_format_part(part) for part in (author.family, suffix, given) if part])


def _format_part(part: str) -> str:
    """Return a part of a name, in braces if BibTeX could split or misread it."""
    if (text := part.strip()) and not _SPECIAL_IN_PARTS.search(text):
        return text
    text = escape_text(part).strip()
    is_plain = not _SPECIAL_IN_NAMES.search(text) and not _AND.search(text)
    return text if text and is_plain else f"{{{text}}}"
