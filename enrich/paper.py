"""Papers: ids, records, failed lookups. Frozen; scalars and tuples only; pure.

`to_dict` gives the document's paper object. `Paper.from_dict` reads one back and checks it like a
service's response, because it may come from an untrusted file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Self, cast

from msgspec import UNSET

from enrich.codes import Decision as Decision  # noqa: PLC0414 - until its importers follow
from enrich.codes import known_word
from enrich.errors import ErrorCode
from enrich.text.dates import existing_date, existing_year
from enrich.text.names import split_name
from enrich.text.tex import plain
from enrich.text.tidy import person, tidy

if TYPE_CHECKING:
    from enrich.document import AuthorObject, PaperObject


class PaperId(str):
    """A canonical, versionless id such as `arxiv:2103.01338`; made by `parse_id` and the sources.

    >>> PaperId("arxiv:math/0601001").key
    'math/0601001'
    >>> PaperId("openreview:a:b").source  # only the first colon separates
    'openreview'
    """

    __slots__ = ()

    @property
    def source(self) -> str:
        """Name of the id's source: `arxiv`, `openreview`."""
        return self.partition(":")[0]

    @property
    def key(self) -> str:
        """The id as the source itself writes it."""
        return self.partition(":")[2]


class Links(NamedTuple):
    """Addresses that a source derives from a paper's id; empty if the source is not installed."""

    url: str | None = None
    """The canonical page."""
    pdf: str | None = None
    doi: str | None = None
    """The DOI that the service itself registers for the paper."""


DERIVED: Final = cast("str | None", ...)
"""Default of an author's parts: derive them from the name."""


@dataclass(frozen=True, slots=True)
class Author:
    """One author: the name as the source writes it, and its parts.

    The parts are the source's own; if it has only whole names, `text.names` derives the parts. With
    None for both, the name stays whole.

    >>> Author("W. King, Jr.", family="King", given="W., Jr.").family
    'King'
    >>> Author("Aad van der Vaart")
    Author(name='Aad van der Vaart', family='van der Vaart', given='Aad')
    >>> Author("Le Corbusier", None, None)
    Author(name='Le Corbusier', family=None, given=None)
    """

    name: str
    family: str | None = DERIVED
    given: str | None = DERIVED

    def __post_init__(self) -> None:
        if self.family is DERIVED and self.given is DERIVED:
            family, given = split_name(self.name)
        elif self.family is DERIVED or self.given is DERIVED:
            family = None if self.family is DERIVED else self.family
            given = None if self.given is DERIVED else self.given
        else:
            return
        object.__setattr__(self, "family", family)
        object.__setattr__(self, "given", given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a paper: `v2`, its date, its title where known."""

    version: str
    date: str | None = None
    title: str | None = None

    @property
    def number(self) -> int:
        """Sort key of versions: 2 for `v2`."""
        return int(self.version[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Where a preprint was published (`published_as`)."""

    venue: str | None = None
    year: int | None = None
    doi: str | None = None
    url: str | None = None
    via: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper that was looked up, described by its newest version. Dates are `YYYY[-MM[-DD]]`, UTC."""

    id: PaperId
    title: str
    """TeX kept, white space collapsed."""
    authors: tuple[Author, ...] = ()
    authors_hidden: bool = False
    published: str | None = None
    """First date: arXiv's v1; OpenReview's cdate, else tcdate, odate, pdate."""
    updated: str | None = None
    dates: tuple[tuple[str, str], ...] = ()
    latest_version: str | None = None
    versions: tuple[Version, ...] = ()
    category: str | None = None
    venue: str | None = None
    decision: Decision | None = None
    withdrawn: bool = False
    doi: str | None = None
    published_as: Publication | None = None
    same_as: tuple[PaperId, ...] = ()
    matched_by: str | None = None
    abstract: str | None = None
    url: str
    pdf: str | None = None
    work: PaperId | None = None
    """Id of the work, which all its papers share; None: the paper's own id."""
    via: str | None = None
    """The collection or second source that the record is from; None: the paper's own service."""
    stale: bool = False
    """Whether this is an old record, returned because its service failed in this run."""

    @property
    def status(self) -> Literal["resolved"]:
        """Always `resolved`; `Unresolved.status` has the other values."""
        return "resolved"

    def to_dict(self) -> dict[str, Any]:
        """Return the document's paper object."""
        from enrich.document import to_dict

        return to_dict(paper_object(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        r"""Read a resolved paper object of the document.

        `id` and `title` are required.

        Raises:
            ValueError: not a resolved paper, or a value has the wrong type.

        >>> Paper.from_dict({"id": "arxiv:2103.01338", "title": " A\n title "}).title
        'A title'
        >>> Paper.from_dict({"id": "2103.01338", "title": "A title"})
        Traceback (most recent call last):
        ...
        ValueError: id: not an id of the form source:key
        """
        from enrich.document import check_object, read_paper

        check_object(data, "Paper.from_dict")
        return cls(**_paper_fields(read_paper(data)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """Paper that could not be looked up, with the reason and its derived address."""

    id: PaperId
    code: ErrorCode
    message: str
    retryable: bool = False
    url: str | None = None
    pdf: str | None = None
    same_as: tuple[PaperId, ...] = ()
    matched_by: str | None = None
    work: PaperId | None = None

    @property
    def status(self) -> Literal["not_found", "failed"]:
        """`not_found` is an answer; everything else is `failed`."""
        return "not_found" if self.code == "not_found" else "failed"

    def to_dict(self) -> dict[str, Any]:
        """Return the document's paper object; unknown values are null or empty."""
        from enrich.document import to_dict

        return to_dict(paper_object(self))


Lookup = Paper | Unresolved
"""Result of a lookup; dispatch with `match`."""


class Papers(Mapping[PaperId, Lookup]):
    """Lookups by `PaperId`, by its plain string, and by `spellings`.

    `spellings` maps other names of the papers, such as the addresses given to a lookup, to their ids.

    >>> paper = Paper(id=PaperId("arxiv:2103.01338"), title="T", url="https://arxiv.org/abs/2103.01338")
    >>> Papers({paper.id: paper})["arxiv:2103.01338"].status
    'resolved'
    """

    __slots__ = ("_papers", "_spellings")

    def __init__(
        self, papers: Mapping[PaperId, Lookup], spellings: Mapping[str, PaperId] | None = None
    ) -> None:
        self._papers = dict(papers)
        self._spellings = dict(spellings or {})

    def __getitem__(self, id_: str) -> Lookup:
        if (named := self._spellings.get(id_)) is not None:
            return self._papers[named]
        return self._papers[id_]  # type: ignore[index]  # equal strings are equal keys

    def __iter__(self) -> Iterator[PaperId]:
        return iter(self._papers)

    def __len__(self) -> int:
        return len(self._papers)

    def __hash__(self) -> int:
        return hash(frozenset(self._papers))

    def __repr__(self) -> str:
        return f"Papers({self._papers!r})"


NO_PAPERS = Papers({})


def with_versions(paper: Paper, wanted: Iterable[str]) -> Paper:
    """Return the paper with its first, newest and wanted versions only.

    A collection's record keeps all its versions. Titles of other versions are left out: they are known
    only if another talk, looked up at the same time, cites that version.
    """
    if paper.via == "collection" or not paper.versions:
        return paper
    titled = {paper.latest_version, *wanted}
    selected = tuple(
        [
            v if v.title is None or v.version in titled else replace(v, title=None)
            for v in paper.versions
            if v.version == "v1" or v.version in titled
        ]
    )
    return paper if selected == paper.versions else replace(paper, versions=selected)


def paper_object(lookup: Lookup) -> PaperObject:
    """Make the document's object of a paper, resolved or not."""
    return _resolved_object(lookup) if isinstance(lookup, Paper) else _unresolved_object(lookup)


def _resolved_object(paper: Paper) -> PaperObject:
    from enrich import document

    published_as = paper.published_as
    return document.PaperObject(
        id=str(paper.id),
        source=paper.id.source,
        work=str(paper.work or paper.id),
        via=paper.via,
        stale=paper.stale,
        title=paper.title,
        title_text=plain(paper.title),
        authors=[
            document.AuthorObject(name=a.name, family=a.family, given=a.given)
            for a in paper.authors
        ],
        authors_hidden=paper.authors_hidden,
        published=paper.published,
        updated=paper.updated,
        dates=dict(paper.dates),
        latest_version=paper.latest_version,
        versions=[
            document.VersionObject(version=v.version, date=v.date, title=v.title)
            for v in paper.versions
        ],
        category=paper.category,
        venue=paper.venue,
        decision=paper.decision,
        withdrawn=paper.withdrawn,
        doi=paper.doi,
        published_as=None
        if published_as is None
        else document.PublishedAsObject(
            venue=published_as.venue,
            year=published_as.year,
            doi=published_as.doi,
            url=published_as.url,
            via=published_as.via,
        ),
        same_as=[str(other) for other in paper.same_as],
        matched_by=paper.matched_by,
        abstract=paper.abstract,
        url=paper.url or None,
        pdf=paper.pdf,
    )


def _unresolved_object(paper: Unresolved) -> PaperObject:
    from enrich import document

    return document.PaperObject(
        id=str(paper.id),
        source=paper.id.source,
        work=str(paper.work or paper.id),
        status=paper.status,
        error=document.ErrorObject(
            code=paper.code, message=paper.message, retryable=paper.retryable
        ),
        same_as=[str(other) for other in paper.same_as],
        matched_by=paper.matched_by,
        url=paper.url,
        pdf=paper.pdf,
    )


def lookup_from(data: PaperObject) -> Lookup:
    """Make the paper, resolved or not, of a checked paper object.

    Raises:
        ValueError: a resolved paper without a title.
    """
    if data.status == "resolved":
        return Paper(**_paper_fields(data))
    code = data.error.code if data.error else "http_error"
    return Unresolved(
        id=PaperId(data.id),
        code=known_word(ErrorCode, code, "http_error"),
        message=data.error.message if data.error else "",
        retryable=data.error is not None and data.error.retryable,
        url=data.url,
        pdf=data.pdf,
        same_as=_parse_ids(data.same_as),
        matched_by=data.matched_by,
        work=_parse_work(data),
    )


def _paper_fields(data: PaperObject) -> dict[str, Any]:
    """Return the fields of a resolved paper.

    Derived keys of the object are left out.
    """
    title = tidy(data.title or "")
    if not title or data.status != "resolved":
        raise ValueError("title: is missing" if not title else "not a resolved paper")
    found = data.published_as
    return {
        "id": PaperId(data.id),
        "title": title,
        "authors": tuple([author for a in data.authors if (author := _make_author(a)).name]),
        "authors_hidden": data.authors_hidden,
        "published": existing_date(data.published),
        "updated": existing_date(data.updated),
        "dates": tuple([(name, day) for name, day in data.dates.items() if existing_date(day)]),
        "latest_version": data.latest_version,
        "versions": tuple(
            [
                Version(version=v.version, date=existing_date(v.date), title=v.title)
                for v in data.versions
            ]
        ),
        "category": data.category,
        "venue": data.venue,
        "decision": known_word(Decision, data.decision),
        "withdrawn": bool(data.withdrawn),
        "doi": data.doi,
        "published_as": found
        and Publication(
            venue=found.venue,
            year=existing_year(found.year),
            doi=found.doi,
            url=found.url,
            via=found.via,
        ),
        "same_as": _parse_ids(data.same_as),
        "matched_by": data.matched_by,
        "abstract": data.abstract,
        "url": data.url or "",
        "pdf": data.pdf,
        "work": _parse_work(data),
        "via": data.via,
        "stale": data.stale,
    }


def _make_author(data: AuthorObject) -> Author:
    """Make the author of an object.

    If both parts are missing, they are derived from the name.
    """
    family, given = data.family, data.given
    if family is UNSET and given is UNSET:
        return Author(person(data.name))
    return Author(
        person(data.name), person(family) if family else None, person(given) if given else None
    )


def _parse_ids(ids: Iterable[str]) -> tuple[PaperId, ...]:
    return tuple([PaperId(id_) for id_ in ids if _ID.fullmatch(id_)])


def _parse_work(data: PaperObject) -> PaperId | None:
    return PaperId(data.work) if data.work and data.work != data.id else None


_ID = re.compile(r"[a-z][a-z0-9_]*:[^\s:]\S*")
