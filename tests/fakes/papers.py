"""The papers that a test gives to the stand-ins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

EVERYONE = ("everyone",)


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeVersion:
    """One version at arXiv; what is None is as the paper says."""

    date: str
    """When it was submitted, `2021-03-01T22:52:13Z`."""
    title: str | None = None
    summary: str | None = None
    comment: str | None = None
    authors: Sequence[str] | None = None
    withdrawn: bool = False
    """DataCite says so in its dates; at arXiv only comment and abstract do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FakePaper:
    """A paper at arXiv (and, added there, at DataCite and dblp)."""

    id: str
    """Canonical and bare: `2103.01338`, `math/0601001`."""
    title: str = "A Title"
    authors: Sequence[str] = ("Ada Author", "Émile Écrivain")
    affiliations: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Author's name to affiliations."""
    versions: Sequence[FakeVersion] = (FakeVersion(date="2021-03-01T22:52:13Z"),)
    """v1 first."""
    summary: str = "An abstract."
    categories: Sequence[str] = ("cs.LG",)
    """The primary one first."""
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    """Of the published version, `10.1234/abc`."""

    def version(self, number: int) -> FakeVersion:
        """The version of this number, from 1."""
        return self.versions[number - 1]

    @property
    def newest(self) -> int:
        """Number of the newest version."""
        return len(self.versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeNote:
    """A note at OpenReview: a paper, or with `forum` and `replyto` a reply to one.

    Dates are milliseconds since 1970. What is None stands in the answer as null, or not at all where
    the recorded notes lack it.
    """

    id: str
    api: Literal[1, 2] = 1
    """Which of the two stores holds it."""
    title: str | None = "A Title"
    authors: Any = ("Ada Author", "Émile Écrivain")
    """Names, one string, or (API 2) objects with `fullname`; None: the field is not there."""
    venue: str | None = None
    venueid: str | None = None
    abstract: str | None = "An abstract."
    pdf: str | None = None
    forum: str | None = None
    """None: it is its own forum."""
    replyto: str | None = None
    original: str | None = None
    """API 1: the id of the note that this blind copy shows."""
    referent: str | None = None
    invitation: str = "Example.org/2022/Conference/-/Blind_Submission"
    readers: Sequence[str] = EVERYONE
    hidden: Sequence[str] = ()
    """Fields of the content that only the venue may read (API 2)."""
    cdate: int | None = 1632900000000
    tcdate: int | None = 1633400000000
    mdate: int | None = None
    tmdate: int | None = 1644700000000
    ddate: int | None = None
    odate: int | None = None
    pdate: int | None = None
    number: int | None = 1
    content: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the content, plain; API 2 wraps them."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the note itself (`externalIds`, `license` …); they win over the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeRecord:
    """A publication at dblp."""

    key: str
    """`conf/iclr/Author22`."""
    pages: Sequence[str]
    """Addresses of its pages, the main one first: `https://openreview.net/forum?id=X`."""
    title: str = "A Title"
    """Without dblp's closing dot."""
    authors: Sequence[str] = ("Ada Author", "Émile Écrivain 0001")
    """With dblp's homonym numbers."""
    venue: str | None = "ICLR"
    year: str | None = "2022"
    kind: Literal["Inproceedings", "Article", "Informal"] = "Inproceedings"
    doi: str | None = None
