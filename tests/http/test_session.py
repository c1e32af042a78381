"""Asking politely, over real sockets: what is retried, what is believed, what ends the asking."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import pytest
import requests
from lxml import etree

from enrich import __version__
from enrich.errors import BadAnswer, Overloaded, Refused, SourceError
from enrich.http.politeness import Politeness
from enrich.http.session import PoliteSession, paused_until
from tests.fakes import FakePaper, Fakes
from tests.http.sessions import Run

HOST = "export.arxiv.org"
URL = f"https://{HOST}/api/query?id_list=2101.00001"


class Atom:
    """A service in arXiv's manner, without its parser."""

    name = "arxiv"
    politeness = Politeness(
        hosts=(HOST,),
        delay_s=3,
        timeout_s=(10, 10),
        deadline_s=12,
        media="application/atom+xml",
        retried=frozenset({406, 429, 500, 502, 503, 504}),
        keep_s=3600,
    )

    def __init__(self, patience_s: float | None = None) -> None:
        """One that is given little patience waits no longer for an answer or its end."""
        if patience_s is not None:
            short: dict[str, Any] = {"timeout_s": (10.0, patience_s), "deadline_s": patience_s}
            self.politeness = replace(self.politeness, **short)

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


@pytest.fixture(autouse=True)
def _services(fakes: Fakes, run: Run) -> None:
    run.services = (Atom(),)
    fakes.arxiv.add(*(FakePaper(id=f"2101.0000{n}", title="Tó") for n in range(1, 10)))


TRANSIENT = {
    1: Overloaded, 2: Overloaded, 3: Overloaded, 4: Overloaded, 5: Overloaded, 7: Overloaded,
    8: Overloaded, 9: Overloaded, 10: BadAnswer, 11: BadAnswer, 12: Overloaded, 13: Overloaded,
    14: BadAnswer, 15: BadAnswer, 16: BadAnswer, 18: BadAnswer, 21: BadAnswer, "downgrade": BadAnswer,
    22: BadAnswer, 23: BadAnswer, 24: Overloaded, "406": Overloaded, "429-bare": Overloaded,
    "hang": Overloaded,
}  # fmt: skip
TAKES_LONG = {12, 13, "hang"}


@pytest.mark.parametrize("fault", TRANSIENT, ids=str)
def test_one_bad_answer_is_asked_again_and_never_kept(
    fakes: Fakes, run: Run, fault: int | str
) -> None:
    fakes.fault(HOST, fault, times=1)
    session = run.open(Atom(patience_s=2 if fault in TAKES_LONG else None))
    start = time.monotonic()
    good = session.get(URL)
    assert time.monotonic() - start < 8, "however slowly a bad answer drips"
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
    session = run.open(Atom(patience_s=0.3 if fault in TAKES_LONG else None))
    with pytest.raises(SourceError) as caught:
        session.get(URL)
    assert type(caught.value) is TRANSIENT[fault]
    assert caught.value.retryable
    text = re.sub(r"HTTP status \d{3}", "", str(caught.value))
    assert not re.search(r"\d|/", text), "a text that never changes"
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


@pytest.mark.parametrize("fault", ["gzip", 17, 19])
def test_what_is_no_fault_of_http(fakes: Fakes, run: Run, fault: int | str) -> None:
    fakes.fault(HOST, fault)
    assert run.open().get(URL).status_code == 200
    assert len(fakes.requests(HOST)) == 1


def test_requests_are_our_own_and_evenly_spaced(fakes: Fakes, run: Run) -> None:
    run.clock.stop()
    session = run.open(contact="ada@example.org")
    for n in range(3):
        session.get(
            f"https://{HOST}/api/query?id_list=2101.0000{n + 1}", headers={"user-agent": "x"}
        )
    for request in fakes.requests(HOST):
        assert request.headers["user-agent"] == f"enrich/{__version__} (+mailto:ada@example.org)"
        assert request.headers["accept"].startswith("application/atom+xml, ")
        assert request.headers["cookie"] is None
    assert run.clock.waits == [pytest.approx(3.03)] * 2
    assert run.waits == [("arxiv", seconds) for seconds in run.clock.waits]


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/api/query", f"https://{HOST}:8443/api/query", "https://example.org/",
        f"https://{HOST}@example.org/", f"https://user@{HOST}/", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_nobody_else_can_be_asked(fakes: Fakes, run: Run, url: str) -> None:
    with pytest.raises(requests.exceptions.InvalidSchema):
        run.open().get(url)
    assert not fakes.requests()


# --- waiting -------------------------------------------------------------------------------


def test_backoff_grows_and_a_named_pause_is_kept(fakes: Fakes, run: Run) -> None:
    run.clock.stop()
    fakes.fault(HOST, "503", times=3)
    run.open().get(URL)
    first, second, third = (wait for wait in run.clock.waits if wait > 3.1)
    assert 3 <= first <= 6 <= second <= 9
    assert 12 <= third <= 15
    run.clock.waits.clear()
    fakes.fault(HOST, "429", times=1, retry_after=40)
    run.open().get(f"https://{HOST}/api/query?id_list=2101.00002")
    assert sum(run.clock.waits) == pytest.approx(43.03), "the gate's turn, and the pause"
    run.clock.waits.clear()
    fakes.fault(HOST, "503", times=1, retry_after=0)  # as arXiv's edge says
    run.open().get(f"https://{HOST}/api/query?id_list=2101.00003")
    assert sum(run.clock.waits) >= 6


def test_a_pause_that_is_too_long_ends_the_asking_for_every_run(fakes: Fakes, run: Run) -> None:
    run.clock.stop()
    fakes.fault(HOST, 6, times=1)
    session = run.open()
    assert paused_until(session) == {}
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            session.get(URL)
        assert (caught.value.code, caught.value.retryable) == ("rate_limited", True)
    other = run.open()
    with pytest.raises(SourceError):
        other.get(URL)
    assert len(fakes.requests(HOST)) == 1
    assert paused_until(other) == paused_until(session)
    assert paused_until(other)["arxiv"].timestamp() == pytest.approx(run.clock.now() + 600, abs=2)
    assert run.open(refresh=True).get(URL).status_code == 200
    assert other.get(URL).status_code == 200
    assert paused_until(other) == {}


def test_the_time_for_the_run_ends_waits_and_requests(fakes: Fakes, run: Run) -> None:
    run.clock.stop()
    fakes.fault(HOST, "503")
    session = run.open(timeout_s=10)
    with pytest.raises(Overloaded) as caught:
        session.get(URL)
    assert caught.value.code == "http_error"
    assert 1 <= len(fakes.requests(HOST)) <= 2
    fakes.forget()
    run.clock.sleep(10)
    with pytest.raises(SourceError) as late:
        session.get(URL)
    assert (late.value.code, late.value.retryable) == ("timeout", True)
    assert not fakes.requests()


def test_the_time_for_the_run_ends_an_exchange(fakes: Fakes, run: Run) -> None:
    fakes.fault(HOST, "hang")
    start = time.monotonic()
    with pytest.raises(Overloaded) as caught:
        run.open(timeout_s=0.5).get(URL)
    assert caught.value.code == "timeout"
    assert time.monotonic() - start < 5


# --- knowing when to stop ------------------------------------------------------------------


def ask(session: PoliteSession, n: int = 1) -> SourceError | None:
    try:
        session.get(f"https://{HOST}/api/query?id_list=2101.0000{n}")
    except SourceError as error:
        return error
    return None


def test_two_failed_requests_in_a_row_end_the_asking_of_that_host(fakes: Fakes, run: Run) -> None:
    fakes.fault(HOST, "503", times=4)
    session = run.open()
    assert ask(session)
    assert ask(session) is None, "one good answer, and all is forgotten"
    fakes.fault(HOST, "503")
    assert ask(session, 2)
    assert ask(session, 3)
    assert len(fakes.requests(HOST)) == 4 + 1 + 4 + 4
    errors = [ask(session, n) for n in (4, 5)]
    assert [(e.code, e.retryable) for e in errors if e] == [("rate_limited", True)] * 2
    assert len(fakes.requests(HOST)) == 13
    assert ask(session) is None, "what the cache holds is still there"


def test_a_session_serves_several_runs(fakes: Fakes, run: Run) -> None:
    fakes.fault(HOST, "403", times=1)
    session = run.open(timeout_s=60)
    assert ask(session)
    run.clock.sleep(50)
    session.begin_run()
    run.clock.sleep(50)
    assert ask(session) is None
    assert len(fakes.requests(HOST)) == 2
    run.clock.sleep(10)
    error = ask(session, 2)
    assert error
    assert error.code == "timeout"


def test_after_a_refusal_the_next_run_sends_one_request(fakes: Fakes, run: Run) -> None:
    fakes.fault(HOST, "429-bare")
    assert ask(run.open())
    assert len(fakes.requests(HOST)) == 4
    fakes.forget()
    session = run.open()
    assert [ask(session, n) is None for n in (1, 2, 3)] == [False] * 3
    assert len(fakes.requests(HOST)) == 1
    fakes.forget()
    assert ask(run.open(refresh=True))
    assert len(fakes.requests(HOST)) == 4
    fakes.forget()
    run.clock.sleep(600)
    assert ask(run.open())
    assert len(fakes.requests(HOST)) == 4
    fakes.forget()
    fakes.heal()
    session = run.open()
    assert ask(session) is None
    fakes.fault(HOST, "503", times=3)
    assert ask(session, 2) is None, "an answer ends the caution"
    assert len(fakes.requests(HOST)) == 1 + 4


def test_a_pause_with_an_end_is_no_refusal(fakes: Fakes, run: Run) -> None:
    fakes.fault(HOST, "429", retry_after=2)
    assert ask(run.open())
    run.clock.sleep(10)
    fakes.forget()
    assert ask(run.open())
    assert len(fakes.requests(HOST)) == 4


def test_a_403_page_ends_the_asking_at_once(fakes: Fakes, run: Run) -> None:
    fakes.fault(HOST, "403", times=1)
    session = run.open()
    for n in (1, 2):
        error = ask(session, n)
        assert isinstance(error, Refused)
        assert error.code == "forbidden"
    assert len(fakes.requests(HOST)) == 1


@pytest.mark.parametrize("contact", ["ada", "a b@c.example", "a@b.c\r\nX: y", "ä@b.c", "a(b)@c"])
def test_a_contact_that_is_none_is_refused(run: Run, contact: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        run.open(contact=contact)
