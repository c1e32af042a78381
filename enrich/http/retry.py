"""Retry of a failed request, for progress and log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Attempt to come, after a failed one.

    >>> str(Retry(service="arxiv", reason="arXiv answered 503", attempt=2, attempts=4, wait_s=8.2))
    'arXiv answered 503; attempt 2 of 4 in 8 s'
    """

    service: str
    reason: str
    """Why the previous attempt failed."""
    attempt: int
    """Number of this attempt; the first retry is 2."""
    attempts: int
    wait_s: float
    """Seconds until this attempt."""

    def __str__(self) -> str:
        return f"{self.reason}; attempt {self.attempt} of {self.attempts} in {round(self.wait_s)} s"
