"""Codec of papers as records of the store: compact JSON without derivable fields. Pure.

A field is omitted if it has its default or can be derived from the rest of the record:

- `authors`: the name alone if `text.names` splits it into the same parts; `given|family` if the name is
  given name, blank, family name; otherwise a list of name, family, given.
- `versions`: the date alone for v1, v2 … in order without titles; the title `true` is the paper's title.
- `latest_version`: the last version; `published`: the date of v1; `updated`: the last date, except v1's.
- `dates`: {`submitted`: published, `updated`: updated}.
- `url`, `pdf`, `doi`: derived from the id by the paper's source (`Links`, a parameter).
- `url` in `published_as`: derived from its DOI; `via` in it: "arxiv".

A record may come from an untrusted file, so decoding checks it. It has neither `stale` nor `abstract`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from enrich.codes import Decision, known_word
from enrich.document import DateText, IdText, NonEmpty, UrlText, VersionText, explain
from enrich.paper import Author, Links, Paper, PaperId, Publication, Version
from enrich.text.dates import existing_date, existing_year
from enrich.text.names import is_usual_word, split_name
from enrich.text.tidy import tidy
from enrich.text.web import doi_url

Derive = Callable[[PaperId], Links]
"""Derives a paper's links from its id."""

VersionRow = tuple[VersionText, DateText | None, str | bool | None]
"""Version, its date, and its title: True if it is the paper's title, None if unknown."""


class PublicationRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Published version in a record."""

    venue: str | None = field(default=None, name="e")
    year: int | None = field(default=None, name="y")
    doi: str | None = field(default=None, name="i")
    via: str | None = field(default="arxiv", name="s")
    url: UrlText | UnsetType | None = field(default=UNSET, name="r")


class PaperRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Paper in the store; UNSET means "derived", None means "absent"."""

    title: NonEmpty = field(name="t")
    authors: Sequence[str | tuple[str, str | None, str | None]] = field(
        default_factory=list, name="a"
    )
    versions: Sequence[DateText | VersionRow] = field(default_factory=list, name="v")
    latest_version: VersionText | UnsetType | None = field(default=UNSET, name="n")
    published: DateText | UnsetType | None = field(default=UNSET, name="p")
    updated: DateText | UnsetType | None = field(default=UNSET, name="u")
    dates: dict[str, DateText] | UnsetType = field(default=UNSET, name="d")
    authors_hidden: bool = field(default=False, name="h")
    category: str | None = field(default=None, name="c")
    venue: str | None = field(default=None, name="e")
    decision: str | None = field(default=None, name="s")
    withdrawn: bool = field(default=False, name="w")
    doi: str | UnsetType | None = field(default=UNSET, name="i")
    published_as: PublicationRecord | None = field(default=None, name="j")
    same_as: list[IdText] = field(default_factory=list, name="m")
    matched_by: str | None = field(default=None, name="g")
    work: IdText | None = field(default=None, name="k")
    via: str | None = field(default=None, name="y")
    url: UrlText | UnsetType | None = field(default=UNSET, name="r")
    pdf: UrlText | UnsetType | None = field(default=UNSET, name="f")


class StoredPaper(NamedTuple):
    """Stored form of a paper: its record, and separately its abstract."""

    id: PaperId
    record: bytes
    abstract: str | None


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(PaperRecord)


def store_paper(paper: Paper, derive: Derive) -> StoredPaper:
    """Make the stored form of a paper."""
    return StoredPaper(paper.id, encode_paper(paper, derive), paper.abstract)


def encode_paper(paper: Paper, derive: Derive) -> bytes:
    """Encode a paper as a record, in UTF-8.

    >>> paper = Paper(id=PaperId("x:1"), title="A", authors=(Author("B C", "C", "B"),), url="")
    >>> encode_paper(paper, lambda id_: Links())
    b'{"t":"A","a":["B C"]}'
    """
    latest, published, updated = _derive_from_versions(paper.versions)
    links = derive(paper.id)
    dates = _build_dates(paper.published, paper.updated)
    return encode_record(
        PaperRecord(
            title=paper.title,
            authors=[encode_author(author) for author in paper.authors],
            versions=_encode_versions(paper),
            latest_version=UNSET if paper.latest_version == latest else paper.latest_version,
            published=UNSET if paper.published == published else paper.published,
            updated=UNSET if paper.updated == updated else paper.updated,
            dates=UNSET if paper.dates == dates else dict(paper.dates),
            authors_hidden=paper.authors_hidden,
            category=paper.category,
            venue=paper.venue,
            decision=paper.decision,
            withdrawn=paper.withdrawn,
            doi=UNSET if paper.doi == links.doi else paper.doi,
            published_as=encode_publication(paper.published_as),
            same_as=[str(id_) for id_ in paper.same_as],
            matched_by=paper.matched_by,
            work=paper.work and str(paper.work),
            via=paper.via,
            url=UNSET if (paper.url or None) == links.url else paper.url or None,
            pdf=UNSET if paper.pdf == links.pdf else paper.pdf,
        )
    )


def encode_record(record: PaperRecord) -> bytes:
    """Encode a record; lone surrogates become question marks."""
    try:
        return _ENCODER.encode(record)
    except UnicodeEncodeError:
        return _ENCODER.encode(_replace_lone_surrogates(msgspec.to_builtins(record)))


def encode_author(author: Author) -> str | tuple[str, str | None, str | None]:
    """Encode an author for a record.

    >>> encode_author(Author("Ada Lovelace")), encode_author(Author("OpenAI"))
    ('Ada Lovelace', 'OpenAI')
    >>> encode_author(Author("Gabriel García Márquez", "García Márquez", "Gabriel"))
    'Gabriel|García Márquez'
    >>> encode_author(Author("Le Corbusier", None, None))
    ('Le Corbusier', None, None)
    >>> encode_author(Author("King, W., Jr.", "King", "W. Jr."))
    ('King, W., Jr.', 'King', 'W. Jr.')
    """
    name, family, given = author.name, author.family, author.given
    if "|" in name:
        return name, family, given
    if family is not None and given is not None and f"{given} {family}" == name:
        return encode_parts(family, given)
    return name if split_name(name) == (family, given) else (name, family, given)


def encode_parts(family: str, given: str) -> str:
    """Encode the parts of an author's name.

    >>> encode_parts("Lovelace", "Ada"), encode_parts("García Márquez", "Gabriel")
    ('Ada Lovelace', 'Gabriel|García Márquez')
    """
    name = f"{given} {family}"
    if is_usual_word(family) and all(map(is_usual_word, given.split(" "))):
        return name
    return name if split_name(name) == (family, given) else f"{given}|{family}"


def encode_publication(found: Publication | None) -> PublicationRecord | None:
    """Encode a published version for a record."""
    if found is None:
        return None
    return PublicationRecord(
        venue=found.venue,
        year=found.year,
        doi=found.doi,
        via=found.via,
        url=UNSET if found.url == _derive_doi_url(found.doi) else found.url,
    )


def decode_paper(
    id_: PaperId,
    data: bytes,
    derive: Derive,
    *,
    abstract: str | None = None,
    via: str | None = None,
) -> Paper:
    """Decode the paper of a record.

    The parameter `via` takes precedence over the record's `via`.

    Raises:
        ValueError: not a record, or a value has the wrong form.

    >>> decode_paper(PaperId("x:1"), b'{"t":"A","v":["2021-03-01","2021-06-11"]}', lambda _: Links()).updated
    '2021-06-11'
    >>> decode_paper(PaperId("x:1"), b'{"t":["A"]}', lambda _: Links())
    Traceback (most recent call last):
    ...
    ValueError: t: not a string
    """
    try:
        record = _DECODER.decode(data)
    except msgspec.ValidationError as error:
        raise ValueError(explain(error)) from None
    except (msgspec.DecodeError, RecursionError):
        raise ValueError("not JSON") from None
    clean = _return_unchanged if _is_clean(data) else _tidy_if_needed
    title = clean(record.title)
    if not title:
        raise ValueError("t: is empty")
    versions = _decode_versions(record.versions, title, clean)
    latest, published, updated = _derive_from_versions(versions)
    if record.published is not UNSET:
        published = existing_date(record.published)
    if record.updated is not UNSET:
        updated = existing_date(record.updated)
    links = derive(id_)
    return Paper(
        id=id_,
        title=title,
        authors=tuple([_decode_author(author, clean) for author in record.authors]),
        authors_hidden=record.authors_hidden,
        published=published,
        updated=updated,
        dates=_build_dates(published, updated)
        if record.dates is UNSET
        else tuple(
            [(clean(name) or "", day) for name, day in record.dates.items() if existing_date(day)]
        ),
        latest_version=latest if record.latest_version is UNSET else record.latest_version,
        versions=versions,
        category=clean(record.category),
        venue=clean(record.venue),
        decision=known_word(Decision, record.decision),
        withdrawn=record.withdrawn,
        doi=links.doi if record.doi is UNSET else clean(record.doi),
        published_as=_decode_publication(record.published_as, clean),
        same_as=tuple([PaperId(other) for other in record.same_as]),
        matched_by=clean(record.matched_by),
        abstract=abstract,
        url=(links.url if record.url is UNSET else record.url) or "",
        pdf=links.pdf if record.pdf is UNSET else record.pdf,
        work=PaperId(record.work) if record.work else None,
        via=via or clean(record.via),
    )


Clean = Callable[[str | None], str | None]


def _is_clean(data: bytes) -> bool:
    """Return whether all strings of a record are tidy.

    False only means that one may hold a control character or a run of blanks.
    """
    return b"\\" not in data and b"  " not in data and data.decode().isprintable()


def _return_unchanged(text: str | None) -> str | None:
    return text


def _tidy_if_needed(text: str | None) -> str | None:
    return text if text is None or text.isprintable() else tidy(text)


def _encode_versions(paper: Paper) -> list[DateText | VersionRow]:
    rows: list[DateText | VersionRow] = []
    for number, version in enumerate(paper.versions, 1):
        if version.title is None and version.date and version.version == f"v{number}":
            rows.append(version.date)
        else:
            title = True if version.title == paper.title else version.title
            rows.append((version.version, version.date, title))
    return rows


def _decode_versions(
    rows: Iterable[DateText | VersionRow], title: str, clean: Clean
) -> tuple[Version, ...]:
    versions = []
    for number, row in enumerate(rows, 1):
        if isinstance(row, str):
            versions.append(_make_version(number, row))
        else:
            name, date, row_title = row
            if not isinstance(row_title, str):
                row_title = title if row_title else None
            else:
                row_title = clean(row_title)
            versions.append(Version(version=name, date=existing_date(date), title=row_title))
    return tuple(versions)


@lru_cache(maxsize=1 << 14)  # many papers share a date
def _make_version(number: int, date: str) -> Version:
    return Version(version=f"v{number}", date=existing_date(date))


def _derive_from_versions(
    versions: tuple[Version, ...],
) -> tuple[str | None, str | None, str | None]:
    """Return the newest version, first date and newest date.

    Each can be None, if the versions do not contain it.
    """
    if not versions:
        return None, None, None
    first, last = versions[0], versions[-1]
    published = first.date if first.version == "v1" else None
    return last.version, published, last.date if last.version != "v1" else None


def _build_dates(published: str | None, updated: str | None) -> tuple[tuple[str, str], ...]:
    if published is None:
        return ()
    return (("submitted", published), *((("updated", updated),) if updated else ()))


def _decode_author(author: str | tuple[str, str | None, str | None], clean: Clean) -> Author:
    if isinstance(author, str):
        return _decode_author_text(clean(author) or "")
    name, family_, given_ = author
    return Author(clean(name) or "", clean(family_), clean(given_))


@lru_cache(maxsize=1 << 12)  # papers of one title, of one group or of one talk share authors
def _decode_author_text(text: str) -> Author:
    given, bar, family = text.partition("|")
    return Author(f"{given} {family}", family, given) if bar else Author(given)


def _decode_publication(found: PublicationRecord | None, clean: Clean) -> Publication | None:
    if found is None:
        return None
    doi = clean(found.doi)
    return Publication(
        venue=clean(found.venue),
        year=existing_year(found.year),
        doi=doi,
        url=_derive_doi_url(doi) if found.url is UNSET else found.url,
        via=clean(found.via),
    )


def _derive_doi_url(doi: str | None) -> str | None:
    return doi_url(doi) if doi else None


def _replace_lone_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, (list, tuple)):
        return [_replace_lone_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {key: _replace_lone_surrogates(item) for key, item in value.items()}
    return value
