"""Checks of what is given to an `Enricher`: likely mistakes name the right call."""

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
    """Return the logins by the names of the sources that take one.

    A login without a name is given to nobody if several could take it: it is a secret.

    Raises:
        TypeError: a login is neither a token nor a pair of strings.
        ValueError: a login without a name, and not exactly one source that takes one.
    """
    for one in login.values() if isinstance(login, Mapping) else (login,):
        _check_login(one)
    takers = [source.name for source in sources if hasattr(source, "log_in")]
    if login is None:
        return {}
    if isinstance(login, Mapping):
        return {name: one for name, one in login.items() if name in takers}
    if len(takers) != 1:
        shown = ", ".join(takers) or "none"
        raise ValueError(
            f"login is for exactly one source that takes one (here: {shown}); name it: "
            "login={name: …}"
        )
    return {takers[0]: login}


def _check_login(login: object) -> None:
    """Raise TypeError if this is not a login; its value is in no message."""
    if login is None or (isinstance(login, str) and login):
        return
    if isinstance(login, tuple) and len(login) == 2 and all(isinstance(x, str) for x in login):
        return
    raise TypeError(
        f"login is a token (str) or (username, password), not {name_type(login)}; "
        "for several sources login={name: …}"
    )


def check_lookahead(lookahead: object) -> int:
    """Return how many talks may wait.

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
    """Return the sources.

    Raises:
        TypeError: they are names of sources, not sources.
    """
    found = []
    for one in (sources,) if isinstance(sources, str) else sources:
        if isinstance(one, str):
            raise TypeError(
                f"sources holds Source objects, not names: enrich.sources.installed.source({one!r})"
            )
        found.append(one)
    return tuple(found)


def check_papers(papers: object) -> tuple[str | Path | Paper, ...]:
    """Return the papers and paths of papers.

    Raises:
        TypeError: not a list, or it holds something else.
    """
    if isinstance(papers, (str, bytes, os.PathLike, Paper)):
        shown = "paper" if isinstance(papers, Paper) else repr(os.fspath(papers))
        raise TypeError(f"papers is a list: Enricher(papers=[{shown}])")
    if not isinstance(papers, Iterable):
        raise TypeError(f"papers is a list of paths and Paper values, not {name_type(papers)}")
    found = tuple(papers)
    for one in found:
        if isinstance(one, Mapping):
            raise TypeError("papers holds paths and Paper values: use Paper.from_dict(…)")
        if not isinstance(one, (str, os.PathLike, Paper)):
            raise TypeError(f"papers holds paths and Paper values, not {name_type(one)}")
    return found


def check_talks(talks: object) -> None:
    """Raise TypeError if this is not an iterable of talks."""
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
    """Raise TypeError for something that is not a Talk."""
    if isinstance(talk, Mapping):
        raise TypeError("a talk is a Talk, not a dict: use Talk.from_dict(…)")
    if isinstance(talk, AnnotatedTalk):
        raise TypeError("a talk is a Talk, not an AnnotatedTalk: use its .talk")
    raise TypeError(f"a talk is a Talk, not {name_type(talk)}")


def name_type(value: object) -> str:
    """Return the name of a value's type, for a message."""
    return type(value).__name__
