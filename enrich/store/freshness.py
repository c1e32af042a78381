"""What may replace what, and what is fresh. Pure: `now` is a parameter, one for a whole run.

1. An answer of a paper's own service replaces every record. A second source's (`via` datacite, dblp)
   replaces none of a better one.
2. `not_found` never replaces a record that was once resolved: that one is served, stale.
3. A failure replaces nothing: a resolved record is served, stale, else the failure itself.
4. A record is fresh until it expires. `vN` never does, for arXiv's versions do not change; the newest
   version's lives 7 days, 30 where the paper is older than a year, spread by the id so that a feed's
   papers do not expire at once; `missing` an hour, doubling each time, to 7 days; a second source's a day.
5. A record of an older parser counts as expired, `vN` included, as does one from the future (an hour's
   grace, for clocks differ and other runs write while this one does).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple
from zlib import crc32

from enrich.paper import Lookup, Paper, PaperId, Unresolved

HOUR = 3600.0
DAY = 24 * HOUR


def rank_origin(via: str | None) -> int:
    """Return the precedence of a record.

    A lower one never replaces a higher one.
    """
    return 1 if via in {None, "collection"} else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the store holds of a paper, or of one of its versions."""

    id: PaperId
    version: str | None = None
    """`v2`; None is the newest."""
    paper: Paper | None
    """None: the service answered that there is no such paper."""
    revision: int
    """Of the parser that made it."""
    fetched_at: float
    """Seconds of the epoch."""
    expires_at: float | None
    """None: never."""
    misses: int = 0
    """How often in a row the service answered that there is no such paper."""


class Decision(NamedTuple):
    """What to return to the caller, and what to write to the store."""

    lookup: Lookup
    record: Record | None
    """None: the store stays as it is."""


def is_fresh(record: Record, *, now: float, revision: int, max_age: float | None = None) -> bool:
    """Return whether a record can be returned without asking.

    `revision` is that of the parser that would make it today; `max_age` (seconds) is for records
    that can expire.
    """
    if record.revision < revision or record.fetched_at > now + HOUR:
        return False
    if record.expires_at is None:
        return True
    return now < record.expires_at and (max_age is None or now - record.fetched_at <= max_age)


def compute_expiry(
    paper: PaperId, version: str | None, answer: Paper | None, *, now: float, misses: int = 1
) -> float | None:
    """Compute when a record made now expires; None: never.

    `answer` None is a missing paper.

    >>> compute_expiry(PaperId("arxiv:2103.99999"), None, None, now=0, misses=3) / HOUR
    4.0
    """
    if answer is None:
        return now + min(HOUR * 2.0 ** min(misses - 1, 10), 7 * DAY)
    if rank_origin(answer.via) < rank_origin(None):
        return now + DAY
    if version is not None:
        return None
    spread = crc32(paper.encode()) / 2**32
    if _older_than_a_year(answer, now):
        return now + (27 + 3 * spread) * DAY
    return now + (7 + 0.7 * spread) * DAY


def may_replace(old: Record, new: Record) -> bool:
    """Return whether a new record may replace the old one."""
    if old.paper is None:
        return True
    return new.paper is not None and rank_origin(new.paper.via) >= rank_origin(old.paper.via)


def decide_answer(
    old: Record | None,
    answer: Lookup,
    *,
    version: str | None = None,
    now: float,
    revision: int,
) -> Decision:
    """Decide what to return and what to store after an answer.

    `old` is the record that was there (expired, or the run refreshes), `revision` that of the parser
    that made the answer.
    """
    kept = old.paper if old else None
    if isinstance(answer, Unresolved) and answer.code != "not_found":
        return Decision(replace(kept, stale=True) if kept else answer, None)
    found = answer if isinstance(answer, Paper) else None
    misses = 0 if found else 1 + (old.misses if old else 0)
    new = Record(
        id=answer.id,
        version=version,
        paper=found,
        revision=revision,
        fetched_at=now,
        expires_at=compute_expiry(answer.id, version, found, now=now, misses=misses),
        misses=misses,
    )
    if old and kept and not may_replace(old, new):
        return Decision(replace(kept, stale=True), None)
    return Decision(answer, new)


def _older_than_a_year(paper: Paper, now: float) -> bool:
    newest = max(filter(None, (paper.published, paper.updated)), default=None)
    if newest is None:
        return False
    year_ago = datetime.fromtimestamp(max(now - 365 * DAY, 0), UTC).date().isoformat()
    return newest < year_ago[: len(newest)]
