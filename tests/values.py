"""Plain views of values, for short comparisons."""

from __future__ import annotations

from enrich.paper import Lookup, Paper


def names(paper: Lookup | None) -> tuple[str, ...]:
    """Return the authors' names; empty if the paper was not resolved."""
    return tuple(author.name for author in paper.authors) if isinstance(paper, Paper) else ()
