"""What is new since an earlier output, case by case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given

from enrich.annotation import annotate
from enrich.changes.compare import Changes, count_present, select_kept
from enrich.changes.earlier import Earlier, parse_earlier
from enrich.changes.feed_contents import FeedContents
from enrich.codes import NoticeCode
from enrich.feeds.recurrence import select_occurrences
from enrich.model import AnnotatedTalk, Document, Feed, Notice, Recurrence, Talk, TalkWarning
from enrich.paper import Lookup, Paper, PaperId, Papers, Publication, Unresolved
from enrich.references.extract import find_references
from enrich.writers import write
from tests.strategies import documents

ID = PaperId("arxiv:2601.00001")
LINK = "https://arxiv.org/abs/2601.00001"
OLD_PAPER = Paper(id=ID, title="A Title", latest_version="v1", url=LINK)
MONDAY = datetime(2026, 1, 5, 16, tzinfo=UTC)
TUESDAY = datetime(2026, 1, 6, 16, tzinfo=UTC)
WEDNESDAY = datetime(2026, 1, 7, 16, tzinfo=UTC)
ALPHA = Feed(name="Alpha")


def talk(id_: str = "1", start: datetime | date | None = MONDAY, **more: Any) -> Talk:
    return Talk(**{"id": id_, "feed": ALPHA, "start_time": start, "title": "A talk", **more})


def join(one: Talk, papers: Mapping[PaperId, Lookup] | None = None) -> AnnotatedTalk:
    found = find_references(one) if one.references is None else one.references
    return annotate(one, found, papers or {})


def earlier(*talks: Talk, papers: Mapping[PaperId, Lookup] | None = None) -> Earlier:
    """An output with these talks, written and read back."""
    document = Document([join(one, papers) for one in talks])
    return parse_earlier("".join(write(document)).encode())


def holding(*talks: Talk, notices: Iterable[Notice] = ()) -> FeedContents:
    feed_contents = FeedContents()
    for one in talks:
        feed_contents.add_talk(one)
    for notice in notices:
        feed_contents.add_notice(notice)
    feed_contents.end_feed()
    return feed_contents


def reasons(
    before: Iterable[Talk],
    now: Iterable[Talk],
    papers: tuple[Lookup, Lookup] = (OLD_PAPER, OLD_PAPER),
) -> list[list[str]]:
    """The codes of each talk of this run."""
    now = tuple(now)
    old = earlier(*before, papers={ID: papers[0]})
    changes = Changes(old, holding(*now), select_occurrences=select_occurrences)
    return [[w.code for w in changes.list_reasons(join(t, {ID: papers[1]}))] for t in now]


def with_link(**more: Any) -> Talk:
    return talk(abstract=f"See {LINK}.", **more)


PARIS = timezone(timedelta(hours=1))
TALKS: dict[str, tuple[list[Talk], list[Talk], list[list[str]]]] = {
    "the same": ([talk()], [talk()], [[]]),
    "another title": ([talk()], [talk(title="Another")], [[]]),
    "another abstract, room and speaker": ([talk()], [talk(abstract="x", room="y", speaker="z")], [[]]),
    "a paper that it did not name": ([talk()], [with_link()], [[]]),
    "an unknown id": ([talk()], [talk("2")], [["new_talk"]]),
    "an unknown feed": ([talk()], [talk(feed=Feed(name="Beta"))], [["new_talk"]]),
    "no feed": ([talk(feed=Feed())], [talk(feed=Feed())], [[]]),
    "nothing before": ([], [talk()], [["new_talk"]]),
    "another start": ([talk()], [talk(start=TUESDAY)], [["moved"]]),
    "the same instant in another zone": ([talk()], [talk(start=MONDAY.astimezone(PARIS))], [[]]),
    "a day that gets a time": ([talk(start=date(2026, 1, 5))], [talk()], [["moved"]]),
    "no start that gets one": ([talk(start=None)], [talk()], [["moved"]]),
    "a start that is open now": ([talk()], [talk(start=None)], [["moved"]]),
    "a second event of the id": ([talk()], [talk(), talk(start=TUESDAY)], [[], ["new_talk"]]),
    "one of two events of the id": (
        [talk(), talk(start=TUESDAY)], [talk(), talk(start=WEDNESDAY)], [[], ["moved"]],
    ),
    "two events of the id": (
        [talk(), talk(start=TUESDAY)],
        [talk(start=MONDAY + timedelta(hours=1)), talk(start=WEDNESDAY)],
        [["moved"], ["moved"]],
    ),
    "one event that became two": (
        [talk()], [talk(start=TUESDAY), talk(start=WEDNESDAY)], [["moved"], ["new_talk"]],
    ),
    "cancelled": ([talk()], [talk(status="cancelled")], [["now_cancelled"]]),
    "cancelled before": ([talk(status="cancelled")], [talk(status="cancelled")], [[]]),
    "cancelled, and tentative before": (
        [talk(status="tentative")], [talk(status="cancelled")], [["now_cancelled"]],
    ),
    "taking place after all": ([talk(status="cancelled")], [talk()], [[]]),
    "moved and cancelled": (
        [talk()], [talk(start=TUESDAY, status="cancelled")], [["moved", "now_cancelled"]],
    ),
    "unknown and cancelled": ([], [talk(status="cancelled")], [["new_talk"]]),
    "postponed": ([talk()], [talk(status="postponed")], [["moved"]]),
    "postponed before": ([talk(status="postponed")], [talk(status="postponed")], [[]]),
    "cancelled, of two of one key": (
        [talk(title="A"), talk(title="B", status="cancelled")],
        [talk(title="A"), talk(title="B", status="cancelled")],
        [[], []],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TALKS)
def test_a_talk_is_new_by_feed_id_and_start(name: str) -> None:
    before, now, expected = TALKS[name]
    assert reasons(before, now) == expected


def paper(**more: Any) -> Paper:
    return replace(OLD_PAPER, **more)


NEXT = Publication(venue="J. Sums", year=2026, doi="10.1234/a")
FAILED = Unresolved(id=ID, code="timeout", message="timed out", retryable=True)
PAPERS: dict[str, tuple[Lookup, Lookup, list[str]]] = {
    "the same": (OLD_PAPER, OLD_PAPER, []),
    "a version": (OLD_PAPER, paper(latest_version="v2"), ["new_version"]),
    "the tenth version": (paper(latest_version="v9"), paper(latest_version="v10"), ["new_version"]),
    "an older version": (paper(latest_version="v2"), OLD_PAPER, []),
    "a version where none was known": (paper(latest_version=None), OLD_PAPER, []),
    "a decision": (OLD_PAPER, paper(decision="accepted"), ["new_decision"]),
    "another decision": (
        paper(decision="under_review"), paper(decision="rejected"), ["new_decision"],
    ),
    "no decision any more": (paper(decision="accepted"), OLD_PAPER, []),
    "a published version": (OLD_PAPER, paper(published_as=NEXT), ["new_publication"]),
    "more about the published version": (
        paper(published_as=Publication(venue="J. Sums")), paper(published_as=NEXT), [],
    ),
    "another published version": (
        paper(published_as=replace(NEXT, doi="10.1234/B")), paper(published_as=NEXT), ["new_publication"],
    ),
    "the DOI in other case": (
        paper(published_as=replace(NEXT, doi="10.1234/A")), paper(published_as=NEXT), [],
    ),
    "all at once": (
        OLD_PAPER, paper(latest_version="v2", decision="accepted", published_as=NEXT),
        ["new_version", "new_decision", "new_publication"],
    ),
    "a title": (OLD_PAPER, paper(title="Another"), []),
    "found, and failed before": (FAILED, paper(latest_version="v2"), ["now_resolved"]),
    "failed": (OLD_PAPER, FAILED, []),
    "a second source's record": (OLD_PAPER, paper(latest_version="v2", via="datacite"), []),
    "its own record after a second source's": (
        paper(via="datacite"), paper(latest_version="v2", decision="accepted"), [],
    ),
    "a collection's record": (OLD_PAPER, paper(latest_version="v2", via="collection"), ["new_version"]),
}  # fmt: skip


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_new_by_version_decision_and_published_version(name: str) -> None:
    before, now, expected = PAPERS[name]
    assert reasons([with_link()], [with_link()], (before, now)) == [expected]


def test_the_papers_of_a_new_talk_are_no_further_reasons() -> None:
    now = (OLD_PAPER, paper(latest_version="v2"))
    assert reasons([with_link()], [with_link(id_="2")], now) == [["new_talk"]]


def test_the_reason_of_a_paper_has_the_place_of_its_first_reference() -> None:
    text = f"See {LINK} and {LINK}v2."
    one = talk(abstract=text)
    changes = Changes(earlier(one, papers={ID: OLD_PAPER}), holding(one))
    marked = changes.mark(join(one, {ID: paper(latest_version="v2", updated="2026-01-19")}))
    assert marked is not None
    (warning,) = [w for w in marked.warnings if w.code == "new_version"]
    assert warning.message == "arxiv:2601.00001: new version v2 of 2026-01-19"
    assert (warning.field, warning.start) == ("abstract", text.index(LINK))


def test_a_move_names_the_start_before() -> None:
    changes = Changes(earlier(talk()), holding(talk(start=TUESDAY)))
    (warning,) = changes.list_reasons(join(talk(start=TUESDAY)))
    assert warning.message == "the talk was moved from 2026-01-05 16:00 UTC"


class TestSeries:
    """Of a series, DTSTART as written counts, although `start_time` is the first that takes place."""

    DAY = date(2026, 1, 5)
    WEEK = timedelta(days=7)

    def series(self, first: int, *excluded: int, start: date = DAY) -> Talk:
        rule = Recurrence(
            start=start,
            rules=(("FREQ=WEEKLY", None),),
            excluded=frozenset(start + n * self.WEEK for n in excluded),
        )
        return talk(
            start=start + first * self.WEEK, recurrence="FREQ=WEEKLY", occurrences=rule,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("before", "now", "expected"),
        [
            (0, [0], []),
            (0, [1, 0], []),  # the first occurrence is excluded now
            (1, [2, 0, 1], []),
            (1, [0], []),  # it takes place again
        ],
    )
    def test_exclusions_move_nothing(
        self, before: int, now: list[int], expected: list[str]
    ) -> None:
        assert reasons([self.series(before)], [self.series(*now)]) == [expected]

    def test_another_weekday_is_a_move(self) -> None:
        later = self.series(0, start=self.DAY + timedelta(days=1))
        assert reasons([self.series(0)], [later]) == [["moved"]]

    def test_a_rule_that_cannot_be_checked_moves_nothing(self) -> None:
        rule = Recurrence(start=self.DAY, rules=(("FREQ=NEVER", None),))
        now = talk(start=self.DAY, recurrence="FREQ=NEVER", occurrences=rule)
        assert reasons([talk(start=date(2026, 3, 1))], [now]) == [[]]

    def test_more_series_of_one_id_than_are_followed_move_nothing(self) -> None:
        days = [self.DAY + timedelta(days=n) for n in range(200, 240)]
        now = [self.series(0, start=day) for day in days]
        assert reasons([talk(start=self.DAY)], now)[20:] == [[]] * 20

    def test_times_are_compared_in_the_zone_of_the_series(self) -> None:
        start = datetime(2026, 1, 5, 17, tzinfo=PARIS)
        rule = Recurrence(start=start, rules=(("FREQ=WEEKLY", None),))
        now = talk(start=start + 2 * self.WEEK, recurrence="FREQ=WEEKLY", occurrences=rule)
        assert reasons([talk(start=MONDAY + self.WEEK)], [now]) == [[]]
        assert reasons([talk(start=TUESDAY + self.WEEK)], [now]) == [["moved"]]


def kept(old: Earlier, feed_contents: FeedContents) -> dict[str, list[str]]:
    return {one.id: [w.code for w in one.warnings] for one in select_kept(old, feed_contents)}


class TestWhatStays:
    def test_a_talk_vanished_if_its_feed_was_read_and_lacks_its_id(self) -> None:
        assert kept(earlier(talk(), talk("2")), holding(talk())) == {"2": ["vanished"]}

    def test_another_start_is_no_loss(self) -> None:
        assert kept(earlier(talk()), holding(talk(start=TUESDAY))) == {}

    def test_a_feed_that_was_not_read_keeps_its_talks(self) -> None:
        assert kept(earlier(talk()), holding(talk(feed=Feed(name="Beta")))) == {"1": []}

    def test_a_feed_that_fails_keeps_its_talks_also_where_another_has_its_name(self) -> None:
        feed_contents = holding(talk("2"))
        feed_contents.fail_feed("Alpha")
        assert kept(earlier(talk()), feed_contents) == {"1": []}

    def test_a_feed_that_fails_after_some_talks_was_not_read(self) -> None:
        feed_contents = FeedContents()
        feed_contents.add_talk(talk("2"))
        feed_contents.fail_feed(None)
        assert kept(earlier(talk(), talk("2")), feed_contents) == {"1": []}

    def test_a_feed_without_talks_was_read(self) -> None:
        notice = Notice(code="no_talks", message="no talks", feed="Alpha")
        assert kept(earlier(talk()), holding(notices=[notice])) == {"1": ["vanished"]}

    def test_an_event_that_cannot_be_read_is_held(self) -> None:
        notice = Notice(code="unreadable_event", message="?", feed="Alpha", event="1")
        assert kept(earlier(talk()), holding(talk("2"), notices=[notice])) == {"1": []}

    @pytest.mark.parametrize("code", ["truncated_event", "truncated_feed"])
    def test_a_talk_behind_the_end_of_a_truncated_feed_did_not_vanish(
        self, code: NoticeCode
    ) -> None:
        notice = Notice(code=code, message="?", feed="Alpha", event="2")
        old = earlier(talk(), talk("2"), talk("3"))
        assert kept(old, holding(talk(), notices=[notice])) == {"2": [], "3": []}

    def test_a_talk_that_another_feed_gave_first_did_not_vanish(self) -> None:
        dropped = Notice(code="duplicates_dropped", message="1 duplicate", feed="Alpha")
        other = talk(feed=Feed(name="Beta"))
        assert kept(earlier(talk()), holding(other, notices=[dropped])) == {}

    def test_notices_of_an_earlier_output_that_is_read_as_a_feed_count_for_nothing(self) -> None:
        notice = Notice(code="unreadable_feed", message="?", feed="Alpha")
        assert kept(earlier(talk()), holding(notices=[notice])) == {"1": []}

    def test_a_talk_that_vanished_before_is_marked_once(self) -> None:
        gone = replace(talk(), warnings=(TalkWarning(code="vanished", message="gone"),))
        assert kept(earlier(gone), holding(talk("2"))) == {"1": ["vanished"]}
        assert count_present(earlier(gone, talk("2"))) == 1

    def test_its_references_stand(self) -> None:
        one = with_link()
        old = earlier(one, papers={ID: OLD_PAPER})
        changed = replace(
            old.talks[0], references=(old.talks[0].references[0]._replace(role="own"),)
        )
        (stays,) = select_kept(Earlier(talks=(changed,)), holding(talk("2")))
        assert stays.references is not None
        assert stays.references[0].role == "own"

    def test_references_that_do_not_fit_the_text_are_searched_again(self) -> None:
        old = earlier(with_link(), papers={ID: OLD_PAPER})
        changed = replace(old.talks[0], talk=replace(old.talks[0].talk, abstract=f"See now {LINK}"))
        (stays,) = select_kept(Earlier(talks=(changed,)), holding(talk("2")))
        assert stays.references is None

    def test_warnings_of_extraction_stand_and_news_of_the_last_run_do_not(self) -> None:
        found = TalkWarning(code="unresolvable_link", message="?", field="abstract", start=0, end=1)
        news = TalkWarning(code="moved", message="the talk was moved")
        one = replace(join(talk()), warnings=(found, news))
        old = parse_earlier("".join(write(Document([one]))).encode())
        (stays,) = select_kept(old, holding(talk("2")))
        assert [w.code for w in join(stays).warnings] == ["vanished", "unresolvable_link"]

    def test_news_of_its_papers_are_news(self) -> None:
        old = earlier(with_link(), papers={ID: OLD_PAPER})
        feed_contents = holding(talk("2"))
        (stays,) = select_kept(old, feed_contents)
        marked = Changes(old, feed_contents).mark(join(stays, {ID: paper(latest_version="v2")}))
        assert marked is not None
        assert [w.code for w in marked.warnings] == ["vanished", "new_version"]
        assert Changes(old, feed_contents).mark(join(stays, {ID: OLD_PAPER})) is None


def as_read(document: Document) -> Earlier:
    """A made document as an earlier output: its ids, fields and messages are not empty."""
    talks = [
        replace(
            one,
            talk=replace(one.talk, id=f"x{one.talk.id}"),
            references=tuple(r for r in one.references if r.field),
            warnings=(),
        )
        for one in document.talks
    ]
    return parse_earlier("".join(write(Document(talks), "ndjson")).encode("utf-8", "surrogatepass"))


@given(documents)
def test_a_run_that_equals_its_earlier_output_has_no_news(document: Document) -> None:
    old = as_read(document)
    feed_contents = holding(*(one.talk for one in old.talks))
    changes = Changes(old, feed_contents)
    assert list(select_kept(old, feed_contents)) == []
    for one in old.talks:
        assert {w.code for w in changes.list_reasons(one)} <= PAPER_CODES
        again = replace(one, papers=Papers({id_: old.papers[id_] for id_ in one.papers}))
        assert changes.list_reasons(again) == ()


@given(documents)
def test_what_stays_is_read_back_as_it_was_written(document: Document) -> None:
    old = as_read(document)
    kept = list(select_kept(old, FeedContents()))
    assert [one.id for one in kept] == [one.talk.id for one in old.talks]
    for before, stays in zip(old.talks, kept, strict=True):
        assert stays.references is None or stays.references == before.references
        assert stays.warnings == before.talk.warnings


PAPER_CODES = {"new_version", "new_decision", "new_publication", "now_resolved"}
"""What a document of made papers can hold: one paper in several states."""
