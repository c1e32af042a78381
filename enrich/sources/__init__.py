"""Sources: services that name papers; second sources: services that hold records of another's papers.

A source has two halves. `Forms` is pure: it recognises papers in text, canonicalizes ids and derives
links. `Source` adds what asks the service, through the session that it is given. This module reaches
the pure halves alone; `enrich.sources.installed` has the whole ones.

Members are found because their file exists:

- a folder: its `forms.py` ends with `FORMS = …`, its `api.py` with `SOURCE = …`, whose class inherits
  that of the forms;
- a file that ends with `SOURCE = …`, which has its own forms, or with `SECOND_SOURCE = …`;
- an entry point of the group `enrich.sources` in another distribution: an object of either kind.

A member of the folder wins over an entry point of its name.
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
    """The pure half of a source; hashable.

    It may have a `title`: its name as people write it; otherwise its `name` is shown.
    """

    name: str
    """Name of its file, and prefix of its ids."""
    anchors: tuple[bytes, ...]
    """Lower-case bytes without which no mention can be there; a digit in one stands for any digit."""

    def recognise(self, text: bytes, at: int) -> Sequence[Mention]:
        """Return the mentions around the anchor at byte `at`.

        They are in order: none, one, or those of a list.

        The text is plain: its escapes are decoded, invisible characters removed (`enrich.text.decoding`).
        """
        ...

    def canonical(self, text: str) -> tuple[PaperId, str | None] | None:
        """Return the id and the version of a bare key.

        Return None if it is not one of this source.
        """
        ...

    def url(self, paper: PaperId) -> str:
        """Return the address of the paper's page."""
        ...

    def pdf(self, paper: PaperId) -> str | None:
        """Return the address of the PDF."""
        ...

    def doi(self, paper: PaperId) -> str | None:
        """Return the DOI that the service itself registers for the paper."""
        ...


class Source(Forms, Protocol):
    """A service that names papers. Its forms never see a session, `fetch` never sees a talk."""

    revision: int
    """Of the parser; a stored record of an older one counts as expired."""
    politeness: Politeness

    def check(self, response: Response) -> None:
        """Check a whole response before it is used or cached (`enrich.http.adapter.Service`).

        Raises:
            SourceError: it is not a response of the service's API.
        """
        ...

    def fetch(
        self, wanted: Sequence[tuple[PaperId, str | None]], session: Session
    ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
        """Yield the lookup of each wanted pair, in any order.

        Version None is the newest.

        At most `politeness.batch` papers. A pair that is not yielded could not be asked.

        Raises:
            SourceError: the service could not be asked; pairs not yet yielded stay open.
        """
        ...


class SecondSource(Protocol):
    """A service that holds records of another source's papers, asked if that one could not answer.

    What it does not know of a paper stays None; what it lacks means nothing for the paper.
    """

    name: str
    """Name of its file, and the records' `via`."""
    behind: str
    """Name of the source whose papers it holds."""
    revision: int
    politeness: Politeness

    def check(self, response: Response) -> None:
        """Check a whole response before it is used or cached (`enrich.http.adapter.Service`).

        Raises:
            SourceError: it is not a response of the service's API.
        """
        ...

    def fetch(self, wanted: Sequence[PaperId], session: Session) -> Iterator[Paper]:
        """Yield its records of at most `politeness.batch` papers, in any order.

        Raises:
            SourceError: it could not be asked either.
        """
        ...


class Publisher(Protocol):
    """A second source that also knows where another source's preprints were published."""

    name: str
    publishes: str
    """Name of the source whose preprints it knows."""
    revision: int
    politeness: Politeness

    def fetch_published(self, wanted: Sequence[PaperId], session: Session) -> Iterator[Paper]:
        """Yield records of at most `politeness.batch` preprints, with `published_as`, in any order.

        They may state ids of the same work (`same_as`). What is not yielded has no known version.

        Raises:
            SourceError: it could not be asked.
        """
        ...


def members() -> tuple[str, ...]:
    """Return the names of the members of this folder, sorted.

    Nothing is imported.
    """
    return tuple(name for name in names_in(__path__) if name != "installed")


@cache
def names(kind: Literal["SOURCE", "SECOND_SOURCE"] = "SOURCE") -> tuple[str, ...]:
    """Return the names of all installed sources, or second sources, sorted.

    Members of this folder are not imported for it.
    """
    here = [name for name in members() if kind in _offered_kinds(name)]
    there = [name for name in _names_elsewhere() if (kind == "SOURCE") != _is_second(name)]
    return tuple(sorted([*here, *there]))


@cache
def forms() -> tuple[Forms, ...]:
    """Return the pure halves of all installed sources.

    They are sorted by name.
    """
    return tuple(forms_of(name) for name in names())


@cache
def forms_of(name: str) -> Forms:
    """Return the pure half of one source.

    Entry points are not searched for a source in this folder.

    Raises:
        LookupError: no installed source has this name.
    """
    if name not in members():
        found = load_elsewhere(name)
    elif "SOURCE" not in _offered_kinds(name):
        raise LookupError(f"{name!r} is a second source")
    elif is_folder(__name__, name):
        found = load_part(__name__, "FORMS", name, "forms")
    else:
        found = load(__name__, "SOURCE", name)
    return found  # type: ignore[no-any-return]


def load_elsewhere(name: str) -> Any:
    """Return another distribution's source under a name.

    It may be a second source.

    Raises:
        LookupError: no distribution offers it.
        PluginError: it cannot be loaded, or calls itself otherwise.
    """
    found = load_entry_point(__name__, name)
    if getattr(found, "name", None) != name:
        raise PluginError(f"the entry point {name} of {__name__} leads to no source of this name")
    return found


def title_of(name: str) -> str:
    """Return a source's name as people write it.

    >>> title_of("openreview"), title_of("unknown")
    ('OpenReview', 'unknown')
    """
    try:
        found = forms_of(name)
    except LookupError:
        return name
    return str(getattr(found, "title", name))


def links(paper: PaperId) -> Links:
    """Return what a paper's source derives from its id.

    Each field is `None` if the source is not installed.

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
    """Return what a member of this folder offers: SOURCE, SECOND_SOURCE.

    Raises:
        PluginError: its file defines neither.
    """
    if is_folder(__name__, name):
        return frozenset({"SOURCE"})
    offered = list_global_names(__name__, name) & {"SOURCE", "SECOND_SOURCE"}
    if not offered:
        raise PluginError(f"enrich/sources/{name}.py defines neither SOURCE nor SECOND_SOURCE")
    return offered


def _names_elsewhere() -> tuple[str, ...]:
    """Return the names that only other distributions offer."""
    here = members()
    return tuple(name for name in entry_points_of(__name__) if name not in here)


def _is_second(name: str) -> bool:
    return hasattr(load_elsewhere(name), "behind")
