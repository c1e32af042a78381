"""The scheduler as a machine: runs are begun, read in part, closed, broken anywhere, side by side."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from enrich.enricher import Enricher
from enrich.errors import Overloaded
from enrich.model import AnnotatedTalk, Talk
from enrich.paper import Lookup, PaperId
from tests.lookup.fake_source import FakeSource


class BrokenError(Exception):
    """What a test lets go wrong."""


@dataclass
class FailingSource(FakeSource):
    """A source that fails at some of its batches, as services or as code do."""

    fails: dict[int, type[Exception]] = field(default_factory=dict)
    """By the number of papers that were answered before."""
    given: int = 0
    answered: set[str] = field(default_factory=set)
    repeated: list[str] = field(default_factory=list)
    """Papers that were asked for although they had been answered."""

    def fetch(
        self, wanted: Sequence[tuple[PaperId, str | None]], session: object
    ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
        self.repeated += [id_.key for id_, _ in wanted if id_.key in self.answered]
        for answer in super().fetch(wanted, session):
            if kind := self.fails.pop(self.given, None):
                raise kind("it broke")
            self.given += 1
            yield answer
        self.answered |= {id_.key for id_, _ in wanted}


@dataclass
class Reading:
    """A run that is being read."""

    talks: list[Talk]
    out: Generator[AnnotatedTalk, None, None]
    read: int = 0
    breaks_at: int | None = None


def _talk(number: int, keys: list[int]) -> Talk:
    return Talk(id=str(number), abstract=" ".join(f"arXiv:2101.{key:05}" for key in keys))


def _read(enricher: Enricher, talks: Iterator[Talk]) -> Generator[AnnotatedTalk, None, None]:
    yield from enricher.enrich(talks)


feeds = st.lists(st.lists(st.integers(1, 30), max_size=3), max_size=30)


class SchedulerMachine(RuleBasedStateMachine):
    """One Enricher and its runs."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.readings: list[Reading] = []
        self.before = threading.active_count()

    @initialize(lookahead=st.sampled_from([1, 2, 7, 2000]), batch=st.sampled_from([1, 3, 100]))
    def open(self, lookahead: int, batch: int) -> None:
        self.source = FailingSource("arxiv", batch=batch)
        sources: list[Any] = [self.source]
        self.enricher = Enricher(
            sources=sources, cache_dir=self.folder, state_dir=self.folder, lookahead=lookahead,
            fallback=False,
        )  # fmt: skip
        vars(self.enricher)["_ensure_session"] = lambda: None

    @rule(keys=feeds, breaks_at=st.none() | st.integers(0, 30))
    def begin(self, keys: list[list[int]], breaks_at: int | None) -> None:
        talks = [_talk(number, each) for number, each in enumerate(keys)]

        def feed() -> Iterator[Talk]:
            for number, talk in enumerate(talks):
                if number == breaks_at:
                    raise BrokenError("the feed broke")
                yield talk

        stops = breaks_at if breaks_at is not None and breaks_at < len(talks) else None
        self.readings.append(Reading(talks, _read(self.enricher, feed()), breaks_at=stops))

    @rule(after=st.integers(0, 40), kind=st.sampled_from([Overloaded, BrokenError]))
    def let_the_source_fail(self, after: int, kind: type[Exception]) -> None:
        self.source.fails[self.source.given + after] = kind

    @precondition(lambda self: self.readings)
    @rule(data=st.data(), number=st.integers(1, 40))
    def read(self, data: st.DataObject, number: int) -> None:
        reading = data.draw(st.sampled_from(self.readings))
        for _ in range(number):
            try:
                annotated = next(reading.out)
            except StopIteration:
                assert reading.breaks_at is None
                assert reading.read == len(reading.talks)
                self.readings.remove(reading)
                return
            except BrokenError as error:
                if "feed" in str(error):
                    assert reading.read == reading.breaks_at
                self.readings.remove(reading)
                return
            assert annotated.talk == reading.talks[reading.read]
            assert {r.paper for r in annotated.references} == set(annotated.papers)
            for paper in annotated.papers.values():
                assert paper.status in {"resolved", "failed"}
            reading.read += 1

    @precondition(lambda self: self.readings)
    @rule(data=st.data())
    def close_one(self, data: st.DataObject) -> None:
        reading = data.draw(st.sampled_from(self.readings))
        self.readings.remove(reading)
        reading.out.close()

    @precondition(lambda self: self.readings)
    @rule(data=st.data())
    def forget_one(self, data: st.DataObject) -> None:
        self.readings.remove(data.draw(st.sampled_from(self.readings)))

    @rule(keys=st.lists(st.integers(1, 30), min_size=1, max_size=5))
    def look_up(self, keys: list[int]) -> None:
        try:
            found = self.enricher.lookup([f"2101.{key:05}" for key in keys])
        except BrokenError:
            return
        assert len(found) == len(set(keys))

    @invariant()
    def nothing_that_was_answered_is_asked_again(self) -> None:
        assert not hasattr(self, "source") or self.source.repeated == []

    def teardown(self) -> None:
        for reading in self.readings:
            reading.out.close()
        if hasattr(self, "enricher"):
            self.enricher.close()
        deadline = time.monotonic() + 20
        while threading.active_count() > self.before:
            assert time.monotonic() < deadline, threading.enumerate()
            time.sleep(0.005)
        shutil.rmtree(self.folder)


TestScheduler = SchedulerMachine.TestCase
TestScheduler.settings = settings(max_examples=100, stateful_step_count=15, deadline=None)
