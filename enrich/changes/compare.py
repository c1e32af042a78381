"""News since an earlier output, with reasons, and the earlier talks to keep. Pure.

A talk is news if its feed, id and start are not in the earlier output, if it was cancelled since then,
or if one of its papers has a new version, decision or published version, or was not found before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import filterfalse, pairwise

from enrich.changes.earlier import Earlier
from enrich.changes.feed_contents import FeedContents, StatedStart, TalkKey, group_by_key
from enrich.codes import NewsCode
from enrich.model import (
    EXTRACTION_WARNINGS,
    AnnotatedTalk,
    Recurrence,
    Reference,
    References,
    Talk,
    TalkWarning,
)
from enrich.paper import Paper, Publication
from enrich.text.times import format_instant, label_time

Start = datetime | date | None
SelectOccurrences = Callable[[Recurrence, Iterable[datetime | date]], Iterable[datetime | date]]

VANISHED = TalkWarning(code="vanished", message="the feed no longer has this talk")
_MAX_SERIES = 20
"""Number of series of one id whose rules are evaluated; a normal feed has one."""
_COMPARED_ORIGINS = (None, "collection")
"""`via` of records that are compared; records of second sources have no versions or decisions."""


class Changes:
    """The news of a run since an earlier output."""

    def __init__(
        self,
        earlier: Earlier,
        feed_contents: FeedContents,
        *,
        select_occurrences: SelectOccurrences = lambda _series, _times: (),
    ) -> None:
        """Compare an earlier output with the feeds' talks.

        Args:
            earlier: The earlier output.
            feed_contents: All talks of the feeds.
            select_occurrences: Selects the times that are occurrences of a series, also excluded ones.
        """
        self._papers = earlier.papers
        self._unmoved: dict[tuple[TalkKey, str], Sequence[Talk]] = {}
        """Earlier versions of the talks that did not move, by key and present start."""
        self._moved: dict[tuple[TalkKey, str], Talk] = {}
        """Earlier versions of the talks that moved, by key and present start."""
        talks = group_by_key(annotated.talk for annotated in earlier.talks)
        for key, stated in feed_contents.list_stated():
            if known := talks.get(key):
                self._relate(key, stated, known, select_occurrences)

    def list_reasons(self, annotated: AnnotatedTalk) -> tuple[TalkWarning, ...]:
        """Return why a talk is news; empty if it is not.

        A reason about a paper has the place of the talk's first reference to it.
        """
        reasons = tuple(self._compare_talk(annotated.talk))
        if any(reason.code == "new_talk" for reason in reasons):
            return reasons
        return (*reasons, *self._compare_papers(annotated))

    def mark(self, annotated: AnnotatedTalk) -> AnnotatedTalk | None:
        """Return a talk with the reasons why it is news as warnings; otherwise None."""
        reasons = self.list_reasons(annotated)
        if not reasons:
            return None
        return replace(annotated, warnings=(*annotated.warnings, *reasons))

    def _compare_talk(self, talk: Talk) -> Iterator[TalkWarning]:
        if talk.references is not None:  # kept from the earlier output
            return
        place = ((talk.feed.name, talk.id), format_instant(talk.start_time))
        unmoved = self._unmoved.get(place, ())
        before = next((t for t in unmoved if t.title == talk.title), next(iter(unmoved), None))
        if before is None:
            before = self._moved.get(place)
            if before is None:
                yield _give_reason("new_talk", "the talk is new")
                return
            yield _give_reason("moved", _describe_move(before.start_time, talk.start_time))
        elif talk.status == "postponed" != before.status:
            yield _give_reason("moved", "the talk was postponed")
        if talk.status == "cancelled" != before.status:
            yield _give_reason("now_cancelled", "the talk was cancelled")

    def _compare_papers(self, annotated: AnnotatedTalk) -> Iterator[TalkWarning]:
        for id_, paper in annotated.papers.items():
            before = self._papers.get(id_)
            if not isinstance(paper, Paper) or before is None:
                continue
            place = next((r for r in annotated.references if r.paper == id_), None)
            if not isinstance(before, Paper):
                yield _give_reason("now_resolved", f"{id_}: found now", place)
                continue
            if before.via not in _COMPARED_ORIGINS or paper.via not in _COMPARED_ORIGINS:
                continue
            for code, message in _describe_news(before, paper):
                yield _give_reason(code, f"{id_}: {message}", place)

    def _relate(
        self,
        key: TalkKey,
        stated: Sequence[StatedStart],
        known: Sequence[Talk],
        select_occurrences: SelectOccurrences,
    ) -> None:
        """Relate the talks of one feed and id to those of the earlier output.

        A series starts at its DTSTART as written, so it does not move if its first occurrence is now
        excluded. A talk moved if its start is new, and an earlier start of the same id is gone. Several
        new and gone starts are paired in order.
        """
        at: dict[str, list[Talk]] = {}
        for talk in known:
            at.setdefault(format_instant(talk.start_time), []).append(talk)
        here: set[str] = set()
        added: set[str] = set()
        series: list[tuple[str, Recurrence]] = []
        for start, recurrence in stated:
            instant = format_instant(start)
            first = instant if recurrence is None else format_instant(recurrence.start)
            found = next((written for written in (instant, first) if written in at), None)
            if found is None:
                added.add(instant)
            else:
                here.add(found)
                self._unmoved[key, instant] = at[found]
            if recurrence is not None:
                series.append((instant, recurrence))
        if not added and len(here) == len(at):
            return
        starts = [talk.start_time for talk in known if talk.start_time is not None]
        for number, (instant, recurrence) in enumerate(series):
            # A series that is not evaluated counts as unmoved.
            times = starts
            if number < _MAX_SERIES:
                times = [*select_occurrences(recurrence, starts)]
            here.update(map(format_instant, times))
            if instant in added and times:
                added.discard(instant)
                self._unmoved[key, instant] = at[format_instant(times[0])]
        gone = (talk for instant in sorted(at.keys() - here) for talk in at[instant])
        for instant, before in zip(sorted(added), gone, strict=False):
            self._moved[key, instant] = before


def select_kept(earlier: Earlier, feed_contents: FeedContents) -> Iterator[Talk]:
    """Yield the earlier talks that no feed of this run has.

    Such a talk vanished and gets a warning, or its feed or event could not be read. Its references are
    kept.
    """
    for annotated in earlier.talks:
        talk = annotated.talk
        key = (talk.feed.name, talk.id)
        if feed_contents.has_lost(key):
            yield _keep_talk(annotated, (*filterfalse(_is_vanished, talk.warnings), VANISHED))
        elif not feed_contents.has_talk(key):
            yield _keep_talk(annotated, talk.warnings)


def count_present(earlier: Earlier) -> int:
    """Return the number of talks that the feeds held at the earlier run."""
    return sum(not any(map(_is_vanished, a.talk.warnings)) for a in earlier.talks)


def _keep_talk(annotated: AnnotatedTalk, warnings: tuple[TalkWarning, ...]) -> Talk:
    """Return an earlier talk with its references.

    If a reference does not match its text, because the output was edited, or overlaps another, all are
    searched again.
    """
    texts = dict(annotated.talk.searched())
    match = all(
        _matches_text(reference, texts.get(reference.field, ""))
        for reference in annotated.references
    ) and not _has_overlap(annotated.references)
    found = [w for w in annotated.warnings if w.code in EXTRACTION_WARNINGS]
    references = References(annotated.references, found) if match else None
    return replace(annotated.talk, warnings=warnings, references=references)


def _matches_text(reference: Reference, text: str) -> bool:
    exact = text[reference.start : reference.end]
    return exact == reference.exact and 0 <= reference.context[0] <= reference.context[1] <= len(
        text
    )


def _has_overlap(references: Iterable[Reference]) -> bool:
    """Return whether two references share a part of a text."""
    spans = sorted((r.field, r.start, r.end) for r in references)
    return any(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(spans))


def _is_vanished(warning: TalkWarning) -> bool:
    return warning.code == VANISHED.code


def _give_reason(code: NewsCode, message: str, place: Reference | None = None) -> TalkWarning:
    if place is None:
        return TalkWarning(code=code, message=message)
    return TalkWarning(
        code=code, message=message, field=place.field, start=place.start, end=place.end
    )


def _describe_move(before: Start, now: Start) -> str:
    if before is None:
        return "the talk now has a start" + (f", {label_time(now, None)}" if now else "")
    return f"the talk was moved from {label_time(before, None)}"


def _describe_news(before: Paper, now: Paper) -> Iterator[tuple[NewsCode, str]]:
    """Yield the code and message of each news of a paper."""
    if _count_versions(now) > _count_versions(before) > 0:
        date_ = f" of {now.updated}" if now.updated else ""
        yield "new_version", f"new version {now.latest_version}{date_}"
    if now.decision is not None and now.decision != before.decision:
        venue = f", {now.venue}" if now.venue else ""
        yield "new_decision", f"{now.decision.replace('_', ' ')}{venue}"
    published = now.published_as
    if published is not None and _is_new_publication(before.published_as, published):
        facts = (published.venue, published.year and str(published.year), published.doi)
        yield "new_publication", ", ".join(["published", *(fact for fact in facts if fact)])


def _count_versions(paper: Paper) -> int:
    return int(paper.latest_version[1:]) if paper.latest_version else 0


def _is_new_publication(before: Publication | None, now: Publication) -> bool:
    """Return whether a published version differs from the earlier one."""
    if before is None:
        return True
    if before.doi and now.doi:
        return before.doi.casefold() != now.doi.casefold()
    return False
