"""What a run came to: counts for its last line and its exit status, with memory for ids only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from enrich.model import AnnotatedTalk
from enrich.paper import Lookup, Paper, PaperId

WRITTEN = {"arxiv": "arXiv", "openreview": "OpenReview"}
"""Names of services as people write them."""

_WORD = {
    "challenge": "refused",
    "forbidden": "refused",
    "rate_limited": "put off",
    "timeout": "timed out",
    "http_error": "failed",
    "parse_error": "not understood",
    "offline_miss": "not in the store (offline)",
}


class Outcome:
    """Counts of talks, links and papers."""

    def __init__(self) -> None:
        self.talks = 0
        self.links = 0
        self.unreadable = 0
        """Feeds of several that could not be read."""
        self._papers: dict[PaperId, tuple[str, str | None, bool]] = {}

    def passing(self, talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
        """The same talks, counted as they pass."""
        for talk in talks:
            self.talks += 1
            self.links += len(talk.references)
            self.add(talk.papers)
            yield talk

    def add(self, papers: Mapping[PaperId, Lookup]) -> None:
        """Count papers, each once."""
        for id_, paper in papers.items():
            if isinstance(paper, Paper):
                self._papers[id_] = ("resolved", paper.via, paper.stale)
            else:
                self._papers[id_] = (paper.code, None, False)

    @property
    def status(self) -> int:
        """The exit status: 3 where something failed or is stale."""
        bad = any(
            stale or code not in ("resolved", "not_found")
            for code, _, stale in self._papers.values()
        )
        return 3 if bad or self.unreadable else 0

    def told(
        self,
        *,
        target: str | None = None,
        origins: bool = False,
        paused_until: Mapping[str, datetime] | None = None,
        counts_talks: bool = False,
    ) -> str:
        """The last line: `1 talk, 3 links, 3 papers: 2 found, 1 refused (…) -> talks.json`."""
        codes = Counter(code for code, _, _ in self._papers.values())
        parts = [f"{codes['resolved']} found"]
        if stale := sum(stale for _, _, stale in self._papers.values()):
            parts[0] += f" ({stale} of them old records, their service failed)"
        if codes["not_found"]:
            parts.append(f"{codes['not_found']} unknown to their service")
        words: dict[str, int] = {}
        for code, word in _WORD.items():
            if codes[code]:
                words[word] = words.get(word, 0) + codes[code]
        parts += [
            f"{n} {word}{self._remedy(word, paused_until or {})}" for word, n in words.items()
        ]
        line = f"{_some(len(self._papers), 'paper')}: {', '.join(parts)}"
        if counts_talks:
            line = f"{_some(self.talks, 'talk')}, {_some(self.links, 'link')}, {line}"
        if origins and self._papers:
            vias = Counter(
                via or "their services or the store"
                for code, via, _ in self._papers.values()
                if code == "resolved"
            )
            line += (
                "; from " + ", ".join(f"{via}: {n}" for via, n in sorted(vias.items()))
                if vias
                else ""
            )
        return f"{line} -> {target}" if target else line

    def _remedy(self, word: str, paused_until: Mapping[str, datetime]) -> str:
        codes = [code for code, its_word in _WORD.items() if its_word == word]
        names = {id_.source for id_, (code, _, _) in self._papers.items() if code in codes}
        if word == "refused" and "openreview" in names:
            return " (OpenReview wants a login: OPENREVIEW_TOKEN, or OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD, or --papers FILE)"
        pauses = [
            f"{WRITTEN.get(name, name)} not before {until:%H:%M} UTC"
            for name, until in sorted(paused_until.items())
            if name in names
        ]
        if pauses:
            return f" ({', '.join(pauses)})"
        return " (run again later)" if word in {"put off", "timed out", "failed"} else ""


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
