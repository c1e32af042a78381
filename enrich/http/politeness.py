"""Limits of one service; the HTTP layer keeps them for every request."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Politeness:
    """Hosts, pace and sizes of one service."""

    hosts: tuple[str, ...]
    """Hosts of the service; the first is also the name of the rate limiter's file."""
    delay_s: float
    """Seconds from the end of one request to the start of the next, over all processes."""
    timeout_s: tuple[float, float] = (5.0, 30.0)
    """Seconds to connect and to wait for the next bytes."""
    deadline_s: float = 60.0
    """Seconds that one whole response may take."""
    batch: int = 1
    """Maximum number of ids in one request."""
    max_bytes: int = 4_000_000
    """Maximum size of a response, in decoded bytes."""
    media: str = "application/json"
    """Required media type of a response, such as `application/json` or `application/atom+xml`."""
    retried: frozenset[int] = frozenset({429, 500, 502, 503, 504})
    """HTTP statuses that are retried."""
    keep_s: int = 0
    """Seconds that the HTTP cache may keep a response; 0 for batches, because a batch with one other id
    is another URL. Responses obtained with a login are never kept."""
