"""Outcome of a run: counts for its last line and its exit status, with memory for ids only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from enrich.errors import SourceError, Unreachable
from enrich.lookup.run import RunReport
from enrich.model import AnnotatedTalk
from enrich.paper import Lookup, Paper, PaperId
from enrich.sources import title_of

_OFFLINE = "not in the store (offline)"
_WORD_OF_CODE = {
    "challenge": "refused",
    "forbidden": "refused",
    "rate_limited": "put off",
    "timeout": "timed out",
    "http_error": "failed",
    "parse_error": "not understood",
    "offline_miss": _OFFLINE,
}


class Outcome:
    """Counts of talks, links and papers."""

    def __init__(self) -> None:
        self.talks = 0
        self.links = 0
        self.unreadable_feeds = 0
        """Number of feeds that could not be read."""
        self.stale_feeds = 0
        """Number of feeds read from their last copy, because their server failed in this run."""
        self.unreadable_events = 0
        """Number of events and records that could not be read."""
        self._papers: dict[PaperId, _PaperOutcome] = {}

    def count_talks(self, talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
        """Yield the same talks, and count them."""
        for talk in talks:
            self.talks += 1
            self.links += len(talk.references)
            self.add(talk.papers)
            yield talk

    def add(self, papers: Mapping[PaperId, Lookup]) -> None:
        """Count papers, each once."""
        for id_, paper in papers.items():
            if isinstance(paper, Paper):
                self._papers[id_] = _make_outcome("resolved", paper.via, paper.stale, False)
            else:
                self._papers[id_] = _make_outcome(paper.code, None, False, paper.retryable)

    @property
    def status(self) -> int:
        """The exit status: 3 if something failed or is stale."""
        return self.find_status("failed")

    def find_status(self, fail_on: str) -> int:
        """Return the exit status under `--fail-on`.

        `never`: always 0. `failed`: 3 if something failed or is stale. `unresolved`: also 3 if a
        service does not know a paper.
        """
        answers = ("resolved",) if fail_on == "unresolved" else ("resolved", "not_found")
        bad = any(paper.stale or paper.code not in answers for paper in self._papers.values())
        return 3 if fail_on != "never" and (bad or self.unreadable_feeds or self.stale_feeds) else 0

    def summary_line(
        self,
        report: RunReport,
        *,
        target: str | None = None,
        counts_talks: bool = False,
        with_origins: bool = False,
    ) -> str:
        """Return `1 talk, 3 links, 3 papers: 2 found, 1 refused (…) -> talks.json`.

        Args:
            report: The report of the run.
            target: The path of the output, as typed.
            counts_talks: Whether to begin with the numbers of talks and links.
            with_origins: Whether to end with the numbers of papers by their origin.
        """
        codes = Counter(paper.code for paper in self._papers.values())
        reasons = _Reasons(report.paused_until, report.troubles, report.has_network)
        parts = [f"{codes['resolved']} found{self._describe_stale(reasons)}"]
        if codes["not_found"]:
            parts.append(f"{codes['not_found']} unknown to their service")
        for word in dict.fromkeys(_WORD_OF_CODE.values()):
            same = {code for code, its_word in _WORD_OF_CODE.items() if its_word == word}
            papers = {id_: paper for id_, paper in self._papers.items() if paper.code in same}
            if papers:
                reason = reasons.describe({id_.source for id_ in papers}, same)
                if not reason and any(p.retryable for p in papers.values()) and word != _OFFLINE:
                    reason = "run again later"
                parts.append(f"{len(papers)} {word}" + (f" ({reason})" if reason else ""))
        line = f"{_format_count(len(self._papers), 'paper')}: {', '.join(parts)}"
        if counts_talks:
            talks, links = _format_count(self.talks, "talk"), _format_count(self.links, "link")
            line = f"{talks}, {links}, {line}"
        if self.stale_feeds:
            line += f"; {_format_count(self.stale_feeds, 'feed')} read from the last copy"
        if self.unreadable_events:
            line += f"; {_format_count(self.unreadable_events, 'event')} could not be read (see the notices)"
        if with_origins and self._papers:
            origins = Counter(self._find_origin(id_, report.asked) for id_ in self._papers)
            line += "; from " + ", ".join(f"{name}: {n}" for name, n in sorted(origins.items()))
        return f"{line} -> {target}" if target else line

    def _find_origin(self, id_: PaperId, asked: Container[PaperId]) -> str:
        if via := self._papers[id_].via:
            return via
        return title_of(id_.source) if id_ in asked else "the store"

    def _describe_stale(self, reasons: _Reasons) -> str:
        papers = [id_ for id_, paper in self._papers.items() if paper.stale]
        if not papers:
            return ""
        names = {id_.source for id_ in papers}
        if names.isdisjoint(reasons.troubles):
            return f" ({len(papers)} of them old records, no longer known to their service)"
        reason = reasons.describe(names) or "run again later"
        return f" ({len(papers)} of them old records, their service failed: {reason})"


class _PaperOutcome(Struct, frozen=True, kw_only=True):
    """How one lookup ended."""

    code: str
    via: str | None = None
    stale: bool = False
    retryable: bool = False


@lru_cache(maxsize=256)
def _make_outcome(code: str, via: str | None, stale: bool, retryable: bool) -> _PaperOutcome:
    """Return an outcome; equal ones are one object, to save memory."""
    return _PaperOutcome(code=code, via=via, stale=stale, retryable=retryable)


class _Reasons(Struct, frozen=True):
    """Reasons why services could not answer."""

    paused_until: Mapping[str, datetime]
    troubles: Mapping[str, SourceError]
    has_network: bool

    def describe(self, names: Iterable[str], codes: Container[str] | None = None) -> str:
        """Return when to retry these services, or what to do; empty if unknown."""
        reasons: list[str] = []
        unreachable: dict[str, Unreachable] = {}
        for name in sorted(names):
            error = self.troubles.get(name)
            if until := self.paused_until.get(name):
                reasons.append(f"{title_of(name)} not before {until:%H:%M} UTC")
            elif isinstance(error, Unreachable) and (codes is None or error.code in codes):
                unreachable[title_of(name)] = error
            elif error and error.hint and (codes is None or error.code in codes):
                reasons.append(f"{error}: {error.hint}")
        if unreachable:
            hint = next(iter(unreachable.values())).hint or "run again later"
            kind = "" if self.has_network else "no network: "
            reasons.append(f"{kind}no connection to {' and '.join(unreachable)}; {hint}")
        return "; ".join(reasons)


def _format_count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
