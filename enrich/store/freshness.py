"""Rules for the expiry and replacement of records. Pure: `now` is a parameter, one for a whole run.

1. A paper from its own service replaces every record. A paper from a second source (`via` datacite, dblp)
   never replaces a record with higher precedence.
2. `not_found` never replaces a resolved record: the old record is returned, marked stale.
3. A failure replaces no record: a resolved record is returned, marked stale; without one, the failure is
   returned.
4. A record is fresh until it expires. The record of a version (`v2`) never expires, because arXiv's
   versions do not change. The newest version's record expires after 7 to 7.7 days, or after 27 to 30 if the
   paper is older than a year; the spread depends on the id, so that a feed's papers do not expire together.
   A missing paper is requested again after 1 hour, then 2, 4 and so on, at most 7 days. A second source's
   record expires after a day.
5. Records of an older parser count as expired, even those of a version. So do records dated more than an
   hour ahead: clocks differ, and other runs write during this one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple
from zlib import crc32

from enrich.paper import Lookup, Paper, PaperId, Unresolved

HOUR = 3600.0
DAY = 24 * HOUR


Key = tuple[PaperId, str | None]
"""A paper and a version; None means the newest version."""


def rank_origin(via: str | None) -> int:
    """Return the precedence of a record; higher replaces lower."""
    return 1 if via in {None, "collection"} else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Record of a paper, or of one of its versions, in the store."""

    id: PaperId
    version: str | None = None
    """For example `v2`; None means the newest version."""
    paper: Paper | None
    """The paper; None if the service answered that there is no such paper."""
    revision: int
    """Revision of the parser that made the record."""
    fetched_at: float
    """Seconds since 1970."""
    expires_at: float | None
    """Seconds since 1970; None if it never expires."""
    misses: int = 0
    """Number of `not_found` answers in a row."""


class Decision(NamedTuple):
    """Lookup to return to the caller, and record to write to the store."""

    lookup: Lookup
    record: Record | None
    """None if the store keeps its record."""


def is_fresh(record: Record, *, now: float, revision: int, max_age: float | None = None) -> bool:
    """Return whether a record needs no request.

    `revision` is the current one of its parser; `max_age` (seconds) limits records that can expire.
    """
    if record.revision < revision or record.fetched_at > now + HOUR:
        return False
    if record.expires_at is None:
        return True
    return now < record.expires_at and (max_age is None or now - record.fetched_at <= max_age)


def compute_expiry(
    paper: PaperId, version: str | None, answer: Paper | None, *, now: float, misses: int = 1
) -> float | None:
    """Compute when a new record expires; None for never.

    An `answer` of None is a missing paper.

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
    if _is_older_than_a_year(answer, now):
        return now + (27 + 3 * spread) * DAY
    return now + (7 + 0.7 * spread) * DAY


def may_replace(old: Record, new: Record) -> bool:
    """Return whether a new record may replace an old."""
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
    """Choose the lookup and the record for an answer.

    `old` is the stored record, expired or to be refreshed; `revision` belongs to the answer's parser.
    """
    old_paper = old.paper if old else None
    if isinstance(answer, Unresolved) and answer.code != "not_found":
        return Decision(replace(old_paper, stale=True) if old_paper else answer, None)
    paper = answer if isinstance(answer, Paper) else None
    misses = 0 if paper else 1 + (old.misses if old else 0)
    new = Record(
        id=answer.id,
        version=version,
        paper=paper,
        revision=revision,
        fetched_at=now,
        expires_at=compute_expiry(answer.id, version, paper, now=now, misses=misses),
        misses=misses,
    )
    if old and old_paper and not may_replace(old, new):
        return Decision(replace(old_paper, stale=True), None)
    return Decision(answer, new)


def _is_older_than_a_year(paper: Paper, now: float) -> bool:
    newest = max(filter(None, (paper.published, paper.updated)), default=None)
    if newest is None:
        return False
    year_ago = datetime.fromtimestamp(max(now - 365 * DAY, 0), UTC).date().isoformat()
    return newest < year_ago[: len(newest)]
