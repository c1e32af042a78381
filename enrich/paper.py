"""What is known of papers: ids, records, failed lookups. Frozen; scalars and tuples only; pure.

`to_dict` gives the document's paper object with all keys in their order; `Paper.from_dict` reads one
back, checked like a service's answer, for it may come from a stranger's file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, Self, get_args

from enrich.errors import ErrorCode
from enrich.text.checks import boolean, integer, objects, string, strings, web_address
from enrich.text.tex import plain
from enrich.text.tidy import tidy

Decision = Literal[
    "accepted", "rejected", "under_review", "withdrawn", "desk_rejected", "retracted"
]


class PaperId(str):
    """A canonical, versionless id such as `arxiv:2103.01338`; made by `parse_id` and the sources.

    >>> PaperId("arxiv:math/0601001").key
    'math/0601001'
    >>> PaperId("openreview:a:b").source  # only the first colon parts
    'openreview'
    """

    __slots__ = ()

    @property
    def source(self) -> str:
        """Name of the source whose id it is: `arxiv`, `openreview`."""
        return self.partition(":")[0]

    @property
    def key(self) -> str:
        """The id as the source itself writes it."""
        return self.partition(":")[2]


class Links(NamedTuple):
    """What a paper's source derives from its id; all None if the source is not installed."""

    url: str | None = None
    """The canonical page."""
    pdf: str | None = None
    doi: str | None = None
    """The DOI that the service registers itself."""


@dataclass(frozen=True, slots=True)
class Author:
    """One author: the name as the source writes it, and its parts where the source has them.

    >>> Author("W. King, Jr.", family="King", given="W., Jr.").family
    'King'
    """

    name: str
    family: str | None = None
    given: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a paper: `v2`, its date, its title where known."""

    version: str
    date: str | None = None
    title: str | None = None

    @property
    def number(self) -> int:
        """2 for `v2`; what versions are sorted by."""
        return int(self.version[1:])

    def to_dict(self) -> dict[str, Any]:
        """A row of the paper's `versions`."""
        return {"version": self.version, "date": self.date, "title": self.title}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a row of `versions`.

        Raises:
            ValueError: it names no version.
        """
        version = _version(data, "version")
        if version is None:
            raise ValueError('a row of "versions" names no version')
        return cls(version=version, date=_date(data, "date"), title=string(data, "title"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Where a preprint was published (`published_as`)."""

    venue: str | None = None
    year: int | None = None
    doi: str | None = None
    url: str | None = None
    via: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The document's `published_as` object."""
        return {
            "venue": self.venue,
            "year": self.year,
            "doi": self.doi,
            "url": self.url,
            "via": self.via,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a `published_as` object.

        Raises:
            ValueError: a value has the wrong type.
        """
        if not isinstance(data, Mapping):
            raise ValueError('"published_as" is no object')  # noqa: TRY004 - bad input, one type
        return cls(
            venue=string(data, "venue"),
            year=integer(data, "year"),
            doi=string(data, "doi"),
            url=web_address(data, "url"),
            via=string(data, "via"),
        )


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
    """The id that stands for all of the same papers; None: its own."""
    via: str | None = None
    """Who said so, where it was not the paper's own service."""
    stale: bool = False
    """An old record, served because its service failed in this run."""

    @property
    def status(self) -> Literal["resolved"]:
        """Beside `Unresolved.status`."""
        return "resolved"

    def to_dict(self) -> dict[str, Any]:
        """The document's paper object."""
        return {
            "id": str(self.id),
            "source": self.id.source,
            "work": str(self.work or self.id),
            "status": "resolved",
            "error": None,
            "via": self.via,
            "stale": self.stale,
            "title": self.title,
            "title_text": plain(self.title),
            "authors": [
                {"name": a.name, "family": a.family, "given": a.given} for a in self.authors
            ],
            "authors_hidden": self.authors_hidden,
            "published": self.published,
            "updated": self.updated,
            "dates": dict(self.dates),
            "latest_version": self.latest_version,
            "versions": [v.to_dict() for v in self.versions],
            "category": self.category,
            "venue": self.venue,
            "decision": self.decision,
            "withdrawn": self.withdrawn,
            "doi": self.doi,
            "published_as": self.published_as and self.published_as.to_dict(),
            "same_as": [str(i) for i in self.same_as],
            "matched_by": self.matched_by,
            "abstract": self.abstract,
            "url": self.url,
            "pdf": self.pdf,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        r"""Read a paper object of the document; `id` and `title` are required.

        Raises:
            ValueError: the object is no resolved paper, or a value has the wrong type.

        >>> Paper.from_dict({"id": "arxiv:2103.01338", "title": " A\n title "}).title
        'A title'
        >>> Paper.from_dict({"id": "2103.01338", "title": "A title"})
        Traceback (most recent call last):
        ...
        ValueError: "id" is no id of the form source:key
        """
        id_ = string(data, "id")
        if not id_ or not _ID.fullmatch(id_):
            raise ValueError('"id" is no id of the form source:key')
        title = tidy(string(data, "title") or "")
        if not title:
            raise ValueError('a paper needs a "title"')
        decision, via = string(data, "decision"), string(data, "via")
        published_as = data.get("published_as")
        work = string(data, "work")
        return cls(
            id=PaperId(id_),
            title=title,
            authors=tuple(map(_author, data.get("authors") or ())),
            authors_hidden=boolean(data, "authors_hidden"),
            published=_date(data, "published"),
            updated=_date(data, "updated"),
            dates=tuple(
                (k, v)
                for k, v in (data.get("dates") or {}).items()
                if isinstance(k, str) and isinstance(v, str) and _DATE.fullmatch(v)
            ),
            latest_version=_version(data, "latest_version"),
            versions=tuple(Version.from_dict(row) for row in objects(data, "versions")),
            category=string(data, "category"),
            venue=string(data, "venue"),
            decision=next((d for d in get_args(Decision) if d == decision), None),
            withdrawn=boolean(data, "withdrawn"),
            doi=string(data, "doi"),
            published_as=Publication.from_dict(published_as) if published_as else None,
            same_as=tuple(PaperId(i) for i in strings(data, "same_as") if _ID.fullmatch(i)),
            matched_by=string(data, "matched_by"),
            abstract=string(data, "abstract"),
            url=web_address(data, "url") or "",
            pdf=web_address(data, "pdf"),
            work=PaperId(work) if work and work != id_ and _ID.fullmatch(work) else None,
            via=via,
            stale=boolean(data, "stale"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A paper that could not be had, with the reason. Its address is known all the same."""

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
        """The document's paper object, with what is unknown null or empty."""
        return {
            "id": str(self.id),
            "source": self.id.source,
            "work": str(self.work or self.id),
            "status": self.status,
            "error": {"code": self.code, "message": self.message, "retryable": self.retryable},
            "via": None,
            "stale": False,
            "title": None,
            "title_text": None,
            "authors": [],
            "authors_hidden": False,
            "published": None,
            "updated": None,
            "dates": {},
            "latest_version": None,
            "versions": [],
            "category": None,
            "venue": None,
            "decision": None,
            "withdrawn": None,
            "doi": None,
            "published_as": None,
            "same_as": [str(i) for i in self.same_as],
            "matched_by": self.matched_by,
            "abstract": None,
            "url": self.url,
            "pdf": self.pdf,
        }


Lookup = Paper | Unresolved
"""What a lookup gives: dispatch with `match`."""


class Papers(Mapping[PaperId, Lookup]):
    """What is known of some papers; found by `PaperId`, by its plain string, and by `spellings`.

    `spellings` maps other names of the papers, such as the addresses that were asked for, to their ids.

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
    """The paper with the first, the newest and the wanted rows of `versions` only.

    A collection's record keeps all it holds.
    """
    if paper.via == "collection" or not paper.versions:
        return paper
    keep = {"v1", paper.latest_version, *wanted}
    rows = tuple(v for v in paper.versions if v.version in keep)
    return paper if rows == paper.versions else replace(paper, versions=rows)


_ID = re.compile(r"[a-z][a-z0-9_]*:[^\s:]\S*")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_VERSION = re.compile(r"v[1-9]\d{0,3}")


def _date(data: Mapping[str, Any], key: str) -> str | None:
    value = string(data, key)
    if value is not None and not _DATE.fullmatch(value):
        raise ValueError(f'"{key}" is no date of the form YYYY[-MM[-DD]]')
    return value


def _version(data: Mapping[str, Any], key: str) -> str | None:
    value = string(data, key)
    if value is not None and not _VERSION.fullmatch(value):
        raise ValueError(f'"{key}" is no version of the form v2')
    return value


def _author(data: Any) -> Author:
    if isinstance(data, str):
        return Author(tidy(data))
    if not isinstance(data, Mapping) or not string(data, "name"):
        raise ValueError('"authors" is no list of names')
    return Author(tidy(data["name"]), string(data, "family"), string(data, "given"))
