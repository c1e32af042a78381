"""What every fault comes to, from the wire to the document: never a bad record, never a good one lost.

The faults are those of `tests.fakes.faults`, on real sockets, through the real command.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from enrich.sources.installed import source
from tests import command
from tests.fakes import FakeNote, FakePaper, FakeRecord, Fakes, FakeVersion
from tests.fakes.faults import NUMBERED
from tests.in_process import Here

PAPERS = (
    FakePaper(id="2103.00001", title="Größe", versions=[FakeVersion(date="2021-03-01T22:52:13Z")]),
    FakePaper(id="2103.00002", title="Naïve", versions=[FakeVersion(date="2021-03-02T22:52:13Z")]),
    FakePaper(id="math/0601001", title="Čech", versions=[FakeVersion(date="2006-01-01T10:00:00Z")]),
)
NOTE = FakeNote(id="FpKgG31Z_i9", title="Größe", venue="ICLR 2022 Submitted")


class Service(NamedTuple):
    """A service that is asked once for some papers."""

    name: str
    host: str
    ids: tuple[str, ...]


ARXIV = Service("arxiv", "export.arxiv.org", tuple(f"arxiv:{paper.id}" for paper in PAPERS))
OPENREVIEW = Service("openreview", "api.openreview.net", (f"openreview:{NOTE.id}",))


class Lasts(NamedTuple):
    """What a fault that never ends comes to."""

    code: str
    requests: int
    openreview: str | None = None
    """Its code where it is another."""


LASTS = {
    "500": Lasts("http_error", 4),
    "502": Lasts("http_error", 4),
    "503": Lasts("http_error", 4),
    "429": Lasts("rate_limited", 4),
    "429-date": Lasts("rate_limited", 4),
    "429-hour": Lasts("rate_limited", 1),  # a pause that is too long to be waited for
    "reset": Lasts("http_error", 4),
    "cut": Lasts("http_error", 4),
    "cut-chunked": Lasts("http_error", 4),
    "cut-unmarked": Lasts("parse_error", 4),
    "truncated": Lasts("parse_error", 4),
    "slow": Lasts("timeout", 4),
    "drip": Lasts("timeout", 4),
    "bad-gzip": Lasts("parse_error", 4),
    "captcha": Lasts("parse_error", 4),
    "rate-exceeded": Lasts("rate_limited", 4, openreview="parse_error"),  # they are arXiv's words
    "empty": Lasts("parse_error", 2),  # several ids, none of them there: asked once more
    "lost": Lasts("not_found", 2),  # in the further request too: an answer
    "latin-1": Lasts("parse_error", 4),
    "redirect-loop": Lasts("http_error", 4),
    "redirect": Lasts("http_error", 4),
    "downgrade": Lasts("http_error", 4),
    "huge": Lasts("parse_error", 4),
    "bomb": Lasts("parse_error", 4),
    "refused": Lasts("http_error", 4),
    "tls": Lasts("http_error", 1),
    "tls-name": Lasts("http_error", 1),
    "404": Lasts("http_error", 1),
    "429-bare": Lasts("rate_limited", 4),
    "406": Lasts("rate_limited", 4, openreview="http_error"),
}
NOT_ASKED_AGAIN = {"429-hour", "tls", "tls-name", "404"}
"""One such answer fails its run; the next run asks again."""
ASKED_ONCE = {("openreview", "406")}
"""Load shed at arXiv's edge is asked again; elsewhere it is a 4xx like others."""
NO_FAULT = {("openreview", "empty"), ("openreview", "lost")}
"""A list without the note is how OpenReview says that it has none; it has a test of its own."""

EACH = [
    pytest.param(service, fault, id=f"{service.name}-{fault}")
    for service in (ARXIV, OPENREVIEW)
    for fault in LASTS
    if (service.name, fault) not in NO_FAULT
]
each_fault = pytest.mark.parametrize(("service", "fault"), EACH)

Fail = Callable[..., None]


def test_every_fault_has_its_row() -> None:
    assert set(NUMBERED.values()) <= set(LASTS)
    assert sorted(NUMBERED) == list(range(1, 27))


@pytest.fixture
def home(fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    fakes.arxiv.add(*PAPERS)
    fakes.openreview.add(NOTE)
    return Here(fakes, tmp_path, monkeypatch)


@pytest.fixture
def fail(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Plan a fault, and make it cost little time."""
    options: dict[str, dict[str, Any]] = {
        "slow": {"seconds": 5},
        "drip": {"seconds": 10},
        "huge": {"megabytes": 2},
        "bomb": {"megabytes": 2},
    }

    def plan(service: Service, fault: str, times: int | None = None) -> None:
        quick: dict[str, Any] = {"max_bytes": 1_000_000}
        if fault in {"slow", "drip"}:
            patience_s = 0.2 if times is None else 2.0  # a good answer must be there in time
            quick |= {"timeout_s": (10.0, patience_s), "deadline_s": patience_s}
        kind = type(source(service.name))
        monkeypatch.setattr(kind, "politeness", replace(kind.politeness, **quick))
        fakes.fault(service.host, fault, times=times, **options.get(fault, {}))

    return plan


def lasts(service: Service, fault: str) -> tuple[str, int]:
    """Code and requests of a fault that never ends."""
    row = LASTS[fault]
    code = row.openreview or row.code if service is OPENREVIEW else row.code
    return code, 1 if (service.name, fault) in ASKED_ONCE else row.requests


def hit(fault: str, papers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The papers that a fault strikes: `lost` loses the last entry, which is the first id's."""
    return papers[:1] if fault == "lost" else papers


@each_fault
def test_after_one_bad_answer_and_a_good_one_only_good_records_are_kept(
    service: Service, fault: str, home: Here, fail: Fail, fakes: Fakes
) -> None:
    elsewhere = home.elsewhere(home.cache.parent / "elsewhere")
    never_failed = elsewhere.command("lookup", *service.ids)
    keys = [(id_, None) for id_ in service.ids]
    fakes.forget()

    fail(service, fault, times=1)
    ran = home.command("lookup", "--no-fallback", *service.ids)
    if fault in NOT_ASKED_AGAIN or (service.name, fault) in ASKED_ONCE:
        assert ran.status == 3
        assert home.records(*keys) == [None] * len(keys)
        assert len(fakes.requests()) == 1
        home.clock.sleep(601)  # a pause is over then
        ran = home.command("lookup", "--no-fallback", *service.ids)
    assert len(fakes.requests()) == 2
    assert (ran.status, ran.out) == (0, never_failed.out)
    assert [record and record.paper for record in home.records(*keys)] == [
        record and record.paper for record in elsewhere.records(*keys)
    ]
    assert home.command("lookup", "--offline", *service.ids).out == never_failed.out
    assert len(fakes.requests()) == 2


@each_fault
def test_for_ever_over_an_old_record_it_is_served_stale(
    service: Service, fault: str, home: Here, fail: Fail, fakes: Fakes
) -> None:
    before = home.command("lookup", *service.ids)
    assert before.status == 0
    fakes.forget()
    fail(service, fault)
    status, papers = home.lookup("--refresh", *service.ids)
    _, requests = lasts(service, fault)
    assert len(fakes.requests()) == requests  # of all hosts: no second source is asked
    old = json.loads(before.out)
    for paper in hit(fault, old):
        paper["stale"] = True
    assert (status, papers) == (3, old)
    assert home.command("lookup", "--offline", *service.ids).out == before.out


@each_fault
def test_for_ever_and_without_a_record_it_fails_with_its_reason(
    service: Service, fault: str, home: Here, fail: Fail, fakes: Fakes
) -> None:
    fail(service, fault)
    status, papers = home.lookup("--no-fallback", *service.ids)
    code, requests = lasts(service, fault)
    assert len(fakes.requests()) == requests
    for paper in hit(fault, papers):
        error = paper["error"]
        assert (paper["status"], error["code"], error["retryable"]) == (
            ("not_found", "not_found", False) if code == "not_found" else ("failed", code, True)
        )
        assert_is_deterministic(error["message"])
        assert (paper["title"], paper["stale"], paper["via"]) == (None, False, None)
        assert paper["url"]
    assert status == (0 if code == "not_found" else 3)
    kept = [record for record in home.records(*((id_, None) for id_ in service.ids)) if record]
    assert [record.id for record in kept] == (
        [] if code != "not_found" else list(service.ids)  # two good ones and a missing one
    )


def assert_is_deterministic(message: str) -> None:
    """No count, time or path of this machine; a status, a host and an id are the service's own."""
    rest = re.sub(r"HTTP (status )?\d{3}|[a-z0-9]+\.(arxiv\.org|openreview\.net)", "", message)
    rest = re.sub(r"has no paper \S+", "", rest)
    assert not re.search(r"[\d/\\]", rest), message


@pytest.mark.parametrize("fault", ["empty", "lost"])
def test_a_note_that_openreview_denies(fault: str, home: Here, fail: Fail, fakes: Fakes) -> None:
    (id_,) = OPENREVIEW.ids
    fail(OPENREVIEW, fault, times=1)
    status, (paper,) = home.lookup(id_)
    assert (status, paper["status"]) == (0, "not_found")
    assert [r.host for r in fakes.requests()] == ["api.openreview.net", "api2.openreview.net"]
    home.clock.sleep(3601)  # what was missing once is asked for after an hour
    status, (found,) = home.lookup("--refresh", id_)
    assert (status, found["status"]) == (0, "resolved")
    fail(OPENREVIEW, fault)
    status, (paper,) = home.lookup("--refresh", id_)
    assert (status, paper) == (3, {**found, "stale": True})


# --- second sources ------------------------------------------------------------------------

BEHIND = (
    Service("datacite", "api.datacite.org", ARXIV.ids),
    Service("dblp", "sparql.dblp.org", OPENREVIEW.ids),
)
WHAT_A_SECOND_SOURCE_MAY_DO = {
    "503": 4, "429": 4, "reset": 4, "cut": 4, "cut-unmarked": 4, "truncated": 4, "bad-gzip": 4,
    "captcha": 4, "rate-exceeded": 4, "latin-1": 4, "redirect": 4, "huge": 4, "bomb": 4, "refused": 4,
    "429-hour": 1, "tls": 1, "404": 1, "403": 1, "empty": 1,
}  # fmt: skip
"""Fault to requests; an empty list is an answer, and says nothing of a paper."""
PAGES_ARE_CHALLENGES = {("dblp", "captcha")}
"""dblp's test for bots comes under 200."""


@pytest.mark.parametrize("fault", WHAT_A_SECOND_SOURCE_MAY_DO)
@pytest.mark.parametrize("behind", BEHIND, ids=lambda behind: behind.name)
def test_a_second_source_that_fails_too_leaves_the_first_ones_reason(
    behind: Service, fault: str, home: Here, fakes: Fakes
) -> None:
    fakes.datacite.add(*PAPERS)
    fakes.dblp.add(
        FakeRecord(key="conf/iclr/A22", pages=[f"https://openreview.net/forum?id={NOTE.id}"])
    )
    options: dict[str, Any] = {"megabytes": 5} if fault in {"huge", "bomb"} else {}
    fakes.fault(ARXIV.host, "429-bare")
    fakes.openreview.gate = "403"
    fakes.fault(behind.host, fault, **options)
    status, papers = home.lookup(*behind.ids)
    expected = "rate_limited" if behind.name == "datacite" else "challenge"
    assert {(p["status"], p["error"]["code"]) for p in papers} == {("failed", expected)}
    assert home.records(*((id_, None) for id_ in behind.ids)) == [None] * len(behind.ids)
    once = (behind.name, fault) in PAGES_ARE_CHALLENGES
    requests = 1 if once else WHAT_A_SECOND_SOURCE_MAY_DO[fault]
    assert len(fakes.requests(behind.host)) == requests
    assert status == 3
    fakes.heal(behind.host)
    home.clock.sleep(601)
    status, papers = home.lookup(*behind.ids)
    assert (status, {p["via"] for p in papers}) == (0, {behind.name})


# --- in processes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "fault"), [(ARXIV, "404"), (OPENREVIEW, "tls"), (OPENREVIEW, "429-hour")]
)
def test_the_same_in_a_process_of_its_own(
    service: Service, fault: str, fakes: Fakes, tmp_path: Path
) -> None:
    fakes.arxiv.add(*PAPERS)
    fakes.openreview.add(NOTE)
    env = fakes.env(tmp_path)
    before = command.run("lookup", *service.ids, env=env)
    fakes.forget()
    fakes.fault(service.host, fault)
    ran = command.run("lookup", "--refresh", *service.ids, env=env)
    assert len(fakes.requests()) == 1
    assert (before.status, ran.status) == (0, 3)
    assert json.loads(ran.out) == [{**p, "stale": True} for p in json.loads(before.out)]
    assert f"({len(service.ids)} of them old records, their service failed: " in ran.err
