"""Sources: services with their own paper ids. Second sources: services with records of other sources' papers.

A source has two parts. `Forms` is pure: it recognizes papers in text, canonicalizes ids and derives
links. `Source` adds the requests to the service, through a session that it gets. This module imports only
the pure parts; `enrich.sources.installed` imports whole sources.

The members are:

- each folder here: its `forms.py` ends with `FORMS = …`, its `api.py` with `SOURCE = …`, whose class
  inherits from the class of the forms;
- each file here: it ends with `SOURCE = …`, whose class has the forms too, or with `SECOND_SOURCE = …`;
- each entry point of the group `enrich.sources` in another distribution: a source or a second source.

A member of the folder takes precedence over an entry point of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol

from enrich.model import Mention
from enrich.paper import Links, Lookup, Paper, PaperId
from enrich.registry import (
    PluginError,
    entry_points_of,
    is_folder,
    list_global_names,
    load,
    load_entry_point,
    load_part,
    names_in,
)

if TYPE_CHECKING:
    from requests import Response, Session

    from enrich.http.politeness import Politeness


class Forms(Protocol):
    """Pure part of a source; hashable.

    It may have a `title`, the name shown to people; otherwise `name` is shown.
    """

    name: str
    """Name of the source's file, and prefix of its ids."""
    anchors: tuple[bytes, ...]
    """Lower-case bytes, one of which is in every mention; a digit stands for any digit."""

    def recognise(self, text: bytes, at: int) -> Sequence[Mention]:
        """Return the mentions around the anchor at byte `at`.

        They are in order: none, one, or those of a list. In `text`, escapes are decoded and invisible
        characters removed (`enrich.text.decoding`).
        """
        ...

    def canonical(self, text: str) -> tuple[PaperId, str | None] | None:
        """Return a key's id and version, if valid."""
        ...

    def url(self, paper: PaperId) -> str:
        """Return the address of the paper's page."""
        ...

    def pdf(self, paper: PaperId) -> str | None:
        """Return the address of the PDF."""
        ...

    def doi(self, paper: PaperId) -> str | None:
        """Return the DOI that the service registers."""
        ...


class Source(Forms, Protocol):
    """Service with its own paper ids. Its forms get no session, and `fetch` gets no talk."""

    revision: int
    """Revision of the parser; a stored record of an older revision counts as expired."""
    politeness: Politeness

    def check(self, response: Response) -> None:
        """Check a response before it is used or cached.

        The rules are those of `enrich.http.adapter.Service`.

        Raises:
            SourceError: it is not a response of the service's API.
        """
        ...

    def fetch(
        self, wanted: Sequence[tuple[PaperId, str | None]], session: Session
    ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
        """Yield a lookup for each pair, in any order.

        A version of None means the newest. `wanted` has at most `politeness.batch` papers. A pair that is
        not yielded counts as a failed request.

        Raises:
            SourceError: a request failed; the pairs not yet yielded remain unanswered.
        """
        ...


class SecondSource(Protocol):
    """Service with records of another source's papers, requested if that source fails.

    Unknown fields of a paper stay None. A missing record does not mean that the paper is missing.
    """

    name: str
    """Name of the second source's file, and `via` of its records."""
    fallback_for: str
    """Name of the source whose papers it has."""
    revision: int
    politeness: Politeness

    def check(self, response: Response) -> None:
        """Check a response before it is used or cached.

        The rules are those of `enrich.http.adapter.Service`.

        Raises:
            SourceError: it is not a response of the service's API.
        """
        ...

    def fetch(self, wanted: Sequence[PaperId], session: Session) -> Iterator[Paper]:
        """Yield the records of papers, in any order.

        `wanted` has at most `politeness.batch` papers.

        Raises:
            SourceError: the request failed.
        """
        ...


class Publisher(Protocol):
    """Second source that also has the published versions of another source's preprints."""

    name: str
    publishes: str
    """Name of the source of the preprints."""
    revision: int
    politeness: Politeness

    def fetch_published(self, wanted: Sequence[PaperId], session: Session) -> Iterator[Paper]:
        """Yield records of preprints, with `published_as`.

        `wanted` has at most `politeness.batch` preprints; records come in any order, and may have ids of
        the same work (`same_as`). A preprint that is not yielded has no known published version.

        Raises:
            SourceError: the request failed.
        """
        ...


def members() -> tuple[str, ...]:
    """Return the sorted names of this folder's members.

    No member is imported.
    """
    return tuple(name for name in names_in(__path__) if name != "installed")


@cache
def names(kind: Literal["SOURCE", "SECOND_SOURCE"] = "SOURCE") -> tuple[str, ...]:
    """Return the sorted names of sources or second sources.

    Members of this folder are not imported.
    """
    built_in = [name for name in members() if kind in _offered_kinds(name)]
    external = [name for name in _external_names() if (kind == "SOURCE") != _is_second(name)]
    return tuple(sorted([*built_in, *external]))


@cache
def forms() -> tuple[Forms, ...]:
    """Return all installed sources' forms, sorted by name."""
    return tuple(forms_of(name) for name in names())


@cache
def forms_of(name: str) -> Forms:
    """Return the forms of one source.

    Entry points are not searched for a source in this folder.

    Raises:
        LookupError: no installed source has this name.
    """
    if name not in members():
        found = load_external(name)
    elif "SOURCE" not in _offered_kinds(name):
        raise LookupError(f"{name!r} is a second source")
    elif is_folder(__name__, name):
        found = load_part(__name__, "FORMS", name, "forms")
    else:
        found = load(__name__, "SOURCE", name)
    return found  # type: ignore[no-any-return]


def load_external(name: str) -> Any:
    """Return a source or second source of another distribution.

    Raises:
        LookupError: no distribution offers this name.
        PluginError: the object cannot be loaded, or has another `name`.
    """
    found = load_entry_point(__name__, name)
    if getattr(found, "name", None) != name:
        raise PluginError(f"the entry point {name} of {__name__} is not a source of this name")
    return found


def title_of(name: str) -> str:
    """Return the name of a source, for people.

    >>> title_of("openreview"), title_of("unknown")
    ('OpenReview', 'unknown')
    """
    try:
        found = forms_of(name)
    except LookupError:
        return name
    return str(getattr(found, "title", name))


def links(paper: PaperId) -> Links:
    """Return the links derived from a paper's id.

    Each field stays empty if the source is not installed.

    >>> links(PaperId("arxiv:2103.01338")).doi
    '10.48550/arXiv.2103.01338'
    >>> links(PaperId("unknown:1"))
    Links(url=None, pdf=None, doi=None)
    """
    try:
        found = forms_of(paper.source)
    except LookupError:
        return Links()
    return Links(found.url(paper), found.pdf(paper), found.doi(paper))


@cache
def _offered_kinds(name: str) -> frozenset[str]:
    """Return the kinds of a member: SOURCE, SECOND_SOURCE.

    Raises:
        PluginError: the member's file defines neither.
    """
    if is_folder(__name__, name):
        return frozenset({"SOURCE"})
    offered = list_global_names(__name__, name) & {"SOURCE", "SECOND_SOURCE"}
    if not offered:
        raise PluginError(f"enrich/sources/{name}.py defines neither SOURCE nor SECOND_SOURCE")
    return offered


def _external_names() -> tuple[str, ...]:
    """Return the names that only other distributions offer."""
    built_in = members()
    return tuple(name for name in entry_points_of(__name__) if name not in built_in)


def _is_second(name: str) -> bool:
    return hasattr(load_external(name), "fallback_for")
