"""A run's talks and its report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from enrich.errors import SourceError
from enrich.model import AnnotatedTalk
from enrich.paper import PaperId


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """Outcome of one run's requests."""

    troubles: Mapping[str, SourceError] = field(default_factory=dict)
    """Why services could not be asked, by name; an error's `hint` states the remedy."""
    asked: frozenset[PaperId] = frozenset()
    """The papers that services were asked for."""
    paused_until: Mapping[str, datetime] = field(default_factory=dict)
    """The services of this run that named a pause which is not over, with its end."""
    has_network: bool = True
    """False if services were asked and none could be reached."""


class Run:
    """Annotated talks of one run, to be iterated once, and its own report."""

    __slots__ = ("_talks", "_tracker")

    def __init__(self, talks: Iterator[AnnotatedTalk], tracker: RunTracker) -> None:
        self._talks = talks
        self._tracker = tracker

    def __iter__(self) -> Iterator[AnnotatedTalk]:
        return self._talks

    @property
    def report(self) -> RunReport:
        """Return what this run alone learned about the services so far."""
        return self._tracker.report


class RunTracker:
    """Report of one run, taken from its state until that has ended.

    It lies between a run and its generator, so that neither keeps the other alive.
    """

    __slots__ = ("_report", "_take")

    def __init__(self) -> None:
        self._take: Callable[[], RunReport] | None = None
        self._report = RunReport()

    @property
    def report(self) -> RunReport:
        """Return the report as far as it is."""
        take = self._take
        return self._report if take is None else take()

    def begin(self, take: Callable[[], RunReport]) -> None:
        """Take the report from the run's state from now on."""
        self._take = take

    def end(self) -> None:
        """Take the report for the last time."""
        self._report = self.report
        self._take = None
