"""What is new since an earlier output, with its reasons, and what stays of it. Pure.

A talk is news if its feed, id and start are not in the earlier output, if it was cancelled since, or
if one of its papers has a new version, decision or published version, or could not be found before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import filterfalse

from enrich.changes.earlier import Earlier
from enrich.changes.holdings import Holdings, Key, Stated, group_by_key
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

VANISHED = TalkWarning(code="vanished", message="the feed does not hold this talk any more")
_MAX_SERIES = 20
"""Series of one id whose rules are followed; an honest feed has one."""
_OWN_RECORDS = (None, "collection")
"""`via` of records that are compared: those of second sources lack versions and decisions."""


class Changes:
    """The news of a run since an earlier output."""

    def __init__(
        self,
        earlier: Earlier,
        holdings: Holdings,
        *,
        select_occurrences: SelectOccurrences = lambda _series, _times: (),
    ) -> None:
        """Compare an earlier output with what the feeds hold.

        Args:
            earlier: The earlier output.
            holdings: What the feeds hold, complete.
            select_occurrences: Which times are occurrences of a series, were none excluded.
        """
        self._papers = earlier.papers
        self._same: dict[tuple[Key, str], Sequence[Talk]] = {}
        """By the start that a talk has now: what it was, if it did not move."""
        self._moved: dict[tuple[Key, str], Talk] = {}
        """By the start that a talk has now: what it was, if it moved."""
        talks = group_by_key(annotated.talk for annotated in earlier.talks)
        for key, stated in holdings.list_stated():
            if known := talks.get(key):
                self._relate(key, stated, known, select_occurrences)

    def list_reasons(self, annotated: AnnotatedTalk) -> tuple[TalkWarning, ...]:
        """Return why a talk is news; nothing if it is not.

        A reason that concerns a paper has the place of the talk's first reference to it.
        """
        reasons = tuple(self._compare_talk(annotated.talk))
        if any(reason.code == "new_talk" for reason in reasons):
            return reasons
        return (*reasons, *self._compare_papers(annotated))

    def mark(self, annotated: AnnotatedTalk) -> AnnotatedTalk | None:
        """Return a talk that is news, with the reasons among its warnings; otherwise None."""
        reasons = self.list_reasons(annotated)
        if not reasons:
            return None
        return replace(annotated, warnings=(*annotated.warnings, *reasons))

    def _compare_talk(self, talk: Talk) -> Iterator[TalkWarning]:
        if talk.references is not None:  # it is the earlier one itself
            return
        place = ((talk.feed.name, talk.id), format_instant(talk.start_time))
        same = self._same.get(place, ())
        before = next((t for t in same if t.title == talk.title), next(iter(same), None))
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
            if before.via not in _OWN_RECORDS or paper.via not in _OWN_RECORDS:
                continue
            for code, message in _describe_news(before, paper):
                yield _give_reason(code, f"{id_}: {message}", place)

    def _relate(
        self,
        key: Key,
        stated: Sequence[Stated],
        known: Sequence[Talk],
        select_occurrences: SelectOccurrences,
    ) -> None:
        """Relate the talks of one feed and id to those of the earlier output.

        Of a series, DTSTART as written counts: an earlier first occurrence that is excluded now does
        not move it. A talk moved if its start is not in the earlier output, which has one that the
        feed does not have any more; several are paired in their order.
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
            found = next((each for each in (instant, first) if each in at), None)
            if found is None:
                added.add(instant)
            else:
                here.add(found)
                self._same[key, instant] = at[found]
            if recurrence is not None:
                series.append((instant, recurrence))
        if not added and len(here) == len(at):
            return
        starts = [talk.start_time for talk in known if talk.start_time is not None]
        for number, (instant, recurrence) in enumerate(series):
            # What cannot be checked did not move.
            times = starts
            if number < _MAX_SERIES:
                times = [*select_occurrences(recurrence, starts)]
            here.update(map(format_instant, times))
            if instant in added and times:
                added.discard(instant)
                self._same[key, instant] = at[format_instant(times[0])]
        gone = (talk for instant in sorted(at.keys() - here) for talk in at[instant])
        for instant, before in zip(sorted(added), gone, strict=False):
            self._moved[key, instant] = before


def select_kept(earlier: Earlier, holdings: Holdings) -> Iterator[Talk]:
    """Yield the earlier talks that stay although no feed gives them now.

    They are those that vanished, which are marked, and those whose feed, or event, could not be
    read. Their references stand.
    """
    for annotated in earlier.talks:
        talk = annotated.talk
        key = (talk.feed.name, talk.id)
        if holdings.has_lost(key):
            yield _keep_talk(annotated, (*filterfalse(_is_vanished, talk.warnings), VANISHED))
        elif not holdings.holds(key):
            yield _keep_talk(annotated, talk.warnings)


def count_present(earlier: Earlier) -> int:
    """Return how many talks the feeds held when the earlier output was written."""
    return sum(not any(map(_is_vanished, a.talk.warnings)) for a in earlier.talks)


def _keep_talk(annotated: AnnotatedTalk, warnings: tuple[TalkWarning, ...]) -> Talk:
    """Return an earlier talk whose references stand.

    If one does not fit its text, which somebody changed, all are searched again.
    """
    texts = dict(annotated.talk.searched())
    fit = all(
        _fits(reference, texts.get(reference.field, "")) for reference in annotated.references
    )
    found = [w for w in annotated.warnings if w.code in EXTRACTION_WARNINGS]
    references = References(annotated.references, found) if fit else None
    return replace(annotated.talk, warnings=warnings, references=references)


def _fits(reference: Reference, text: str) -> bool:
    exact = text[reference.start : reference.end]
    return exact == reference.exact and 0 <= reference.context[0] <= reference.context[1] <= len(
        text
    )


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
        return "the talk has a start now" + (f", {label_time(now, None)}" if now else "")
    return f"the talk was moved from {label_time(before, None)}"


def _describe_news(before: Paper, now: Paper) -> Iterator[tuple[NewsCode, str]]:
    """Yield what a paper's record has that the earlier one has not."""
    if _count_versions(now) > _count_versions(before) > 0:
        date_ = f" of {now.updated}" if now.updated else ""
        yield "new_version", f"new version {now.latest_version}{date_}"
    if now.decision is not None and now.decision != before.decision:
        venue = f", {now.venue}" if now.venue else ""
        yield "new_decision", f"{now.decision.replace('_', ' ')}{venue}"
    published = now.published_as
    if published is not None and _is_other(before.published_as, published):
        facts = (published.venue, published.year and str(published.year), published.doi)
        yield "new_publication", ", ".join(["published", *(fact for fact in facts if fact)])


def _count_versions(paper: Paper) -> int:
    return int(paper.latest_version[1:]) if paper.latest_version else 0


def _is_other(before: Publication | None, now: Publication) -> bool:
    """Return whether a published version is another one than before."""
    if before is None:
        return True
    if before.doi and now.doi:
        return before.doi.casefold() != now.doi.casefold()
    return False
