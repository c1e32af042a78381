"""Sort orders of a page: each entry holds its rank in every order, by which the script sorts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from enrich.identity import Work
from enrich.paper import Paper
from enrich.writers._page.contents import Contents

K = TypeVar("K")

SORTS = (
    "talks by date, papers by talks",
    "talk date, earliest first",
    "talk date, latest first",
    "paper's first date, newest first",
    "paper's last change, newest first",
    "named by most talks",
)
"""Names of the sort orders; the first one is the order without the script."""


def rank_talks(contents: Contents) -> list[str]:
    """Return the ranks of each talk in all orders, as `data-o` holds them."""
    start_ranks = {number: rank for rank, number in enumerate(contents.order)}
    starts = [
        start_ranks[number] if annotated.talk.shown_start else None
        for number, annotated in enumerate(contents.talks)
    ]
    works = [[contents.works[id_] for id_ in cited] for cited in contents.cited]
    return _join_ranks(
        [start_ranks[number] for number in range(len(starts))],
        _rank_keys(starts),
        _rank_keys(starts, reverse=True),
        _rank_keys([max(map(first_date, cited), default="") or None for cited in works], reverse=True),
        _rank_keys([max(map(newest_date, cited), default="") or None for cited in works], reverse=True),
        _rank_keys([max((len(contents.naming[w.id]) for w in cited), default=0) for cited in works], reverse=True),
    )  # fmt: skip


def rank_works(contents: Contents, works: Sequence[Work]) -> list[str]:
    """Return the ranks of each work in all orders, as `data-o` holds them."""
    start_ranks = {number: rank for rank, number in enumerate(contents.order)}
    starts = [
        [start_ranks[n] for n in contents.naming[work.id] if contents.talks[n].talk.shown_start]
        for work in works
    ]
    return _join_ranks(
        list(range(len(works))),
        _rank_keys([min(of_work, default=None) for of_work in starts]),
        _rank_keys([max(of_work, default=None) for of_work in starts], reverse=True),
        _rank_keys([first_date(work) or None for work in works], reverse=True),
        _rank_keys([newest_date(work) or None for work in works], reverse=True),
        _rank_keys([len(contents.naming[work.id]) for work in works], reverse=True),
    )


def first_date(work: Work) -> str:
    """Return the first date of a work; empty if it is not known."""
    earliest = work.earliest
    return (earliest.published or "") if isinstance(earliest, Paper) else ""


def last_change(work: Work) -> str:
    """Return the date of a work's newest version; empty if there is only the first."""
    return max((p.updated or "" for p in work.papers if isinstance(p, Paper)), default="")


def newest_date(work: Work) -> str:
    """Return the date of a work's last change, otherwise its first date."""
    return last_change(work) or first_date(work)


def _rank_keys(keys: Sequence[K | None], *, reverse: bool = False) -> list[int]:
    """Return the rank of each key; None comes last, equal keys keep their order."""
    known = [n for n, key in enumerate(keys) if key is not None]
    get: Callable[[int], K | None] = keys.__getitem__
    ordered = sorted(known, key=get, reverse=reverse)  # type: ignore[arg-type]
    ranks = dict(zip(ordered, range(len(ordered)), strict=True))
    return [ranks.get(n, len(keys)) for n in range(len(keys))]


def _join_ranks(*orders: Sequence[int]) -> list[str]:
    return [" ".join(map(str, ranks)) for ranks in zip(*orders, strict=True)]
