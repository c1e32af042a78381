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
_WORD = {
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
        self.unreadable = 0
        """Feeds of several that could not be read."""
        self.stale_feeds = 0
        """Feeds whose server failed in this run, so that their last copy was read."""
        self.lost = 0
        """Events and records that could not be read."""
        self._papers: dict[PaperId, _Paper] = {}

    def passing(self, talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
        """Yield the same talks, counted as they pass."""
        for talk in talks:
            self.talks += 1
            self.links += len(talk.references)
            self.add(talk.papers)
            yield talk

    def add(self, papers: Mapping[PaperId, Lookup]) -> None:
        """Count papers, each once."""
        for id_, paper in papers.items():
            if isinstance(paper, Paper):
                self._papers[id_] = _find_paper("resolved", paper.via, paper.stale, False)
            else:
                self._papers[id_] = _find_paper(paper.code, None, False, paper.retryable)

    @property
    def status(self) -> int:
        """The exit status: 3 if something failed or is stale."""
        return self.find_status("failed")

    def find_status(self, fail_on: str) -> int:
        """Return the exit status by what it is to show.

        `never` is always 0; `failed` is 3 if something failed or is stale; `unresolved` is also 3 if
        a service does not know a paper.
        """
        answers = ("resolved",) if fail_on == "unresolved" else ("resolved", "not_found")
        bad = any(paper.stale or paper.code not in answers for paper in self._papers.values())
        return 3 if fail_on != "never" and (bad or self.unreadable or self.stale_feeds) else 0

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
            report: The run's own.
            target: Where the output was written, as the user typed it.
            counts_talks: Begin with the numbers of talks and links.
            with_origins: End with the numbers of papers by their origin.
        """
        codes = Counter(paper.code for paper in self._papers.values())
        why = _Why(report.paused_until, report.troubles, report.has_network)
        parts = [f"{codes['resolved']} found{self._stale(why)}"]
        if codes["not_found"]:
            parts.append(f"{codes['not_found']} unknown to their service")
        for word in dict.fromkeys(_WORD.values()):
            meant = {code for code, its_word in _WORD.items() if its_word == word}
            papers = {id_: paper for id_, paper in self._papers.items() if paper.code in meant}
            if papers:
                reasons = why.of({id_.source for id_ in papers}, meant)
                if not reasons and any(p.retryable for p in papers.values()) and word != _OFFLINE:
                    reasons = "run again later"
                parts.append(f"{len(papers)} {word}" + (f" ({reasons})" if reasons else ""))
        line = f"{_some(len(self._papers), 'paper')}: {', '.join(parts)}"
        if counts_talks:
            line = f"{_some(self.talks, 'talk')}, {_some(self.links, 'link')}, {line}"
        if self.stale_feeds:
            line += f"; {_some(self.stale_feeds, 'feed')} read from the last copy"
        if self.lost:
            line += f"; {_some(self.lost, 'event')} could not be read (see the notices)"
        if with_origins and self._papers:
            origins = Counter(self._origin(id_, report.asked) for id_ in self._papers)
            line += "; from " + ", ".join(f"{name}: {n}" for name, n in sorted(origins.items()))
        return f"{line} -> {target}" if target else line

    def _origin(self, id_: PaperId, asked: Container[PaperId]) -> str:
        if via := self._papers[id_].via:
            return via
        return title_of(id_.source) if id_ in asked else "the store"

    def _stale(self, why: _Why) -> str:
        papers = [id_ for id_, paper in self._papers.items() if paper.stale]
        if not papers:
            return ""
        names = {id_.source for id_ in papers}
        if names.isdisjoint(why.troubles):
            return f" ({len(papers)} of them old records, no longer known to their service)"
        reasons = why.of(names) or "run again later"
        return f" ({len(papers)} of them old records, their service failed: {reasons})"


class _Paper(Struct, frozen=True, kw_only=True):
    code: str
    via: str | None = None
    stale: bool = False
    retryable: bool = False


@lru_cache(maxsize=256)
def _find_paper(code: str, via: str | None, stale: bool, retryable: bool) -> _Paper:
    """Return the one value that all such papers share."""
    return _Paper(code=code, via=via, stale=stale, retryable=retryable)


class _Why(Struct, frozen=True):
    """Reasons of services that could not be asked."""

    paused_until: Mapping[str, datetime]
    troubles: Mapping[str, SourceError]
    has_network: bool

    def of(self, names: Iterable[str], codes: Container[str] | None = None) -> str:
        """Return when to ask these services again, or what else to do; empty if unknown."""
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


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
