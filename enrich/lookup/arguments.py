"""Checks of the arguments of an `Enricher`; a message names the right call."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from enrich.model import AnnotatedTalk, Talk
from enrich.paper import Paper
from enrich.sources import Source

if TYPE_CHECKING:
    from enrich.http.session import Login


def assign_login(
    login: Login | Mapping[str, Login] | None, sources: Iterable[Source]
) -> dict[str, Login]:
    """Return each source's login, by the source's name.

    A login that does not name its source is refused unless exactly one source takes a login, because it
    must not be sent to another service.

    Raises:
        TypeError: a login is neither a token nor a pair of strings.
        ValueError: a login does not name its source, and not exactly one source takes a login.
    """
    for value in login.values() if isinstance(login, Mapping) else (login,):
        _check_login(value)
    takers = [source.name for source in sources if hasattr(source, "log_in")]
    if login is None:
        return {}
    if isinstance(login, Mapping):
        return {name: value for name, value in login.items() if name in takers}
    if len(takers) != 1:
        shown = ", ".join(takers) or "none"
        raise ValueError(
            f"one login needs exactly one source that takes a login (here: {shown}); "
            "name the source: login={name: …}"
        )
    return {takers[0]: login}


def _check_login(login: object) -> None:
    """Raise TypeError if this is not a login.

    The message omits its value.
    """
    if login is None or (isinstance(login, str) and login):
        return
    if isinstance(login, tuple) and len(login) == 2 and all(isinstance(x, str) for x in login):
        return
    raise TypeError(
        f"login is a token (str) or (username, password), not {name_type(login)}; "
        "for several sources login={name: …}"
    )


def check_lookahead(lookahead: object) -> int:
    """Return the number of talks that may wait, checked.

    Raises:
        TypeError: not an integer.
        ValueError: less than 1.
    """
    if not isinstance(lookahead, int) or isinstance(lookahead, bool):
        raise TypeError(f"lookahead is a number of talks (int), not {name_type(lookahead)}")
    if lookahead < 1:
        raise ValueError("lookahead is at least 1")
    return lookahead


def check_sources(sources: Iterable[Source | str]) -> tuple[Source, ...]:
    """Return the sources as a tuple, checked.

    Raises:
        TypeError: one of them is the name of a source.
    """
    found = []
    for source in (sources,) if isinstance(sources, str) else sources:
        if isinstance(source, str):
            raise TypeError(
                "sources holds Source objects, not names: "
                f"enrich.sources.installed.source({source!r})"
            )
        found.append(source)
    return tuple(found)


def check_papers(papers: object) -> tuple[str | Path | Paper, ...]:
    """Return the papers and paths as a tuple, checked.

    Raises:
        TypeError: not a list, or a value in it is neither a path nor a Paper.
    """
    if isinstance(papers, (str, bytes, os.PathLike, Paper)):
        shown = "paper" if isinstance(papers, Paper) else repr(os.fspath(papers))
        raise TypeError(f"papers is a list: Enricher(papers=[{shown}])")
    if not isinstance(papers, Iterable):
        raise TypeError(f"papers is a list of paths and Paper values, not {name_type(papers)}")
    found = tuple(papers)
    for value in found:
        if isinstance(value, Mapping):
            raise TypeError("papers holds paths and Paper values: use Paper.from_dict(…)")
        if not isinstance(value, (str, os.PathLike, Paper)):
            raise TypeError(f"papers holds paths and Paper values, not {name_type(value)}")
    return found


def check_talks(talks: object) -> None:
    """Raise TypeError unless this is an iterable of talks."""
    if isinstance(talks, (str, bytes, os.PathLike)):
        path = os.fspath(talks)
        shown = repr(path) if len(path) <= 80 else "…"
        raise TypeError(f"talks is an iterable of Talk: use enricher.enrich(read_talks({shown}))")
    if isinstance(talks, (Talk, Mapping)):
        shown = "talk" if isinstance(talks, Talk) else "Talk.from_dict(…)"
        raise TypeError(f"talks is an iterable of Talk: use enricher.enrich([{shown}])")
    if not isinstance(talks, Iterable):
        raise TypeError(f"talks is an iterable of Talk, not {name_type(talks)}")


def refuse_talk(talk: object) -> NoReturn:
    """Raise TypeError for a value other than a Talk."""
    if isinstance(talk, Mapping):
        raise TypeError("a talk is a Talk, not a dict: use Talk.from_dict(…)")
    if isinstance(talk, AnnotatedTalk):
        raise TypeError("a talk is a Talk, not an AnnotatedTalk: use its .talk")
    raise TypeError(f"a talk is a Talk, not {name_type(talk)}")


def name_type(value: object) -> str:
    """Return the name of a value's type."""
    return type(value).__name__
