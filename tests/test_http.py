"""Asking politely, over real sockets: what is retried, what is believed, what ends the asking."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from enrich.errors import BadAnswer, Overloaded, Refused, SourceError
from enrich.http import PoliteSession, open_session
from enrich.sources import Politeness
from tests.fakes import FakePaper, Fakes

HOST = "export.arxiv.org"
URL = f"https://{HOST}/api/query?id_list=2101.00001"


class Clock:
    """Both clocks, with what was slept added: waits take no time."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def clock(self) -> float:
        return time.monotonic() + sum(self.waits)

    def now(self) -> float:
        return time.time() + sum(self.waits)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class Atom:
    """A service in arXiv's manner, without its parser."""

    name = "arxiv"
    politeness = Politeness(
        hosts=(HOST,),
        delay_s=3,
        timeout_s=(1, 0.6),
        deadline_s=0.8,
        media="application/atom+xml",
        retried=frozenset({406, 429, 500, 502, 503, 504}),
        keep_s=3600,
    )

    def check(self, response: requests.Response) -> None:
        if response.status_code == 403:
            raise Refused(f"{HOST} wants no more requests")
        if response.status_code == 200:
            try:
                root = etree.fromstring(response.content)
            except etree.XMLSyntaxError:
                raise BadAnswer(f"{HOST} sent no XML") from None
            if root.tag != "{http://www.w3.org/2005/Atom}feed":
                raise BadAnswer(f"{HOST} sent no feed")


class Run:
    """Sessions as one run after the other opens them, with one clock."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.folder = folder
        self.waits: list[tuple[str, float]] = []
        self.troubles: list[str] = []
        self.sessions: list[PoliteSession] = []

    def open(self, *services: Any, **options: Any) -> PoliteSession:
        session = open_session(
            services or [Atom()],
            **{
                "cache_dir": self.folder / "cache",
                "state_dir": self.folder / "state",
                "clock": self.clock.clock,
                "now": self.clock.now,
                "sleep": self.clock.sleep,
                "on_wait": lambda name, seconds: self.waits.append((name, seconds)),
                "on_trouble": self.troubles.append,
                **options,
            },
        )
        self.sessions.append(session)
        return session


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    random.seed(0)
    runs = Run(tmp_path)
    yield runs
    for session in runs.sessions:
        session.close()


@pytest.fixture(autouse=True)
def _services(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.use(monkeypatch)
    fakes.arxiv.add(*(FakePaper(id=f"2101.0000{n}", title="Tó") for n in range(1, 10)))


TRANSIENT = {
    1: Overloaded, 2: Overloaded, 3: Overloaded, 4: Overloaded, 5: Overloaded, 7: Overloaded,
    8: Overloaded, 9: Overloaded, 10: BadAnswer, 11: BadAnswer, 12: Overloaded, 13: Overloaded,
    14: BadAnswer, 15: BadAnswer, 16: BadAnswer, 18: BadAnswer, 21: BadAnswer, "downgrade": BadAnswer,
    22: BadAnswer, 23: BadAnswer, 24: Overloaded, "406": Overloaded, "429-bare": Overloaded,
    "hang": Overloaded,
}  # fmt: skip


@pytest.mark.parametrize("fault", TRANSIENT, ids=str)
def test_one_bad_answer_is_asked_again_and_never_kept(
    fakes: Fakes, run: Run, fault: int | str
) -> None:
    fakes.fault(HOST, fault, times=1)
    session = run.open()
    good = session.get(URL)
    assert good.status_code == 200
    assert b"<entry>" in good.content
    assert len(fakes.requests(HOST)) == 2
    assert session.get(URL).content == good.content
    assert len(fakes.requests(HOST)) == 2, "the good answer is the one that is kept"


@pytest.mark.parametrize("fault", TRANSIENT, ids=str)
def test_a_lasting_fault_costs_four_requests_and_leaves_nothing_behind(
    fakes: Fakes, run: Run, fault: int | str
) -> None:
    fakes.fault(HOST, fault)
    session = run.open()
    with pytest.raises(SourceError) as caught:
        session.get(URL)
    assert type(caught.value) is TRANSIENT[fault]
    assert caught.value.retryable
    assert len(fakes.requests(HOST)) == 4
    assert not list(session.cache.responses)


@pytest.mark.parametrize(
    ("fault", "kind", "sent"),
    [
        (6, Overloaded, 1),  # a pause beyond our patience
        (20, BadAnswer, 4),  # three hops
        (25, Refused, 1),
        ("tls-name", Refused, 1),
        ("403", Refused, 1),
    ],
)
def test_what_is_not_asked_again(
    fakes: Fakes, run: Run, fault: int | str, kind: type[SourceError], sent: int
) -> None:
    fakes.fault(HOST, fault)
    session = run.open()
    with pytest.raises(kind):
        session.get(URL)
    assert len(fakes.requests(HOST)) == sent
    assert not list(session.cache.responses)


def test_404_is_an_answer(fakes: Fakes, run: Run) -> None:
    fakes.fault(HOST, 26)
    assert run.open().get(URL).status_code == 404
    assert len(fakes.requests(HOST)) == 1
