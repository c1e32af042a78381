"""A failed attempt at a request that will be repeated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """One attempt that is waited for.

    >>> str(Retry(service="arxiv", reason="arXiv answered 503", attempt=2, attempts=4, wait_s=8.2))
    'arXiv answered 503; attempt 2 of 4 in 8 s'
    """

    service: str
    reason: str
    """Why the attempt before it failed."""
    attempt: int
    """Number of the attempt to come, from 2 on."""
    attempts: int
    wait_s: float
    """Seconds until then."""

    def __str__(self) -> str:
        return f"{self.reason}; attempt {self.attempt} of {self.attempts} in {round(self.wait_s)} s"
