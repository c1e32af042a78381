"""The talks and the report of one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from enrich.errors import SourceError
from enrich.model import AnnotatedTalk
from enrich.paper import PaperId


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """Outcome of the requests of one run."""

    troubles: Mapping[str, SourceError] = field(default_factory=dict)
    """Errors of services that failed, by name; an error's `hint` states the remedy."""
    asked: frozenset[PaperId] = frozenset()
    """Papers that were requested from services."""
    paused_until: Mapping[str, datetime] = field(default_factory=dict)
    """Services of this run that asked for a pause, with the end of the pause."""
    has_network: bool = True
    """False if requests were sent and no service could be reached."""


class Run:
    """Annotated talks of one run, to be iterated once, and the run's report."""

    __slots__ = ("_talks", "_tracker")

    def __init__(self, talks: Iterator[AnnotatedTalk], tracker: RunTracker) -> None:
        self._talks = talks
        self._tracker = tracker

    def __iter__(self) -> Iterator[AnnotatedTalk]:
        return self._talks

    @property
    def report(self) -> RunReport:
        """Return the report of this run alone, so far."""
        return self._tracker.report


class RunTracker:
    """Report of one run: read from its state while it runs, kept afterwards.

    The run and its generator refer to the tracker, not to each other, so neither keeps the other alive.
    """

    __slots__ = ("_read_report", "_report")

    def __init__(self) -> None:
        self._read_report: Callable[[], RunReport] | None = None
        self._report = RunReport()

    @property
    def report(self) -> RunReport:
        """Return the report so far."""
        read_report = self._read_report
        return self._report if read_report is None else read_report()

    def begin(self, read_report: Callable[[], RunReport]) -> None:
        """Begin to read the report from the run's state."""
        self._read_report = read_report

    def end(self) -> None:
        """Keep the last report, and release the run's state."""
        self._report = self.report
        self._read_report = None
