"""Never stuck: what every mixture of healthy and ailing services comes to, each a row of a table.

On real sockets, through the real command. The papers are the example's three and one that ICLR
accepted: DataCite stands behind arXiv, dblp behind OpenReview, and dblp has no rejected paper.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.command import Ran
from tests.conftest import ROOT
from tests.fakes import FakeNote, FakePaper, FakeRecord, Fakes
from tests.in_process import Here

EXAMPLE = ROOT / "enrich/example/SciML.ics"
FRACTAL, BIASES, REJECTED, ACCEPTED = (
    "arxiv:2103.01338",
    "arxiv:2110.10090",
    "openreview:FpKgG31Z_i9",
    "openreview:AcceptedAt1",
)
IDS = (FRACTAL, BIASES, REJECTED, ACCEPTED)

ARXIV, DATACITE, DBLP = "export.arxiv.org", "api.datacite.org", "sparql.dblp.org"
API1, API2 = "api.openreview.net", "api2.openreview.net"

# What a paper comes to: status, code, via, stale.
WORDS = {
    "found": ("resolved", None, None, False),
    "datacite": ("resolved", None, "datacite", False),
    "dblp": ("resolved", None, "dblp", False),
    "stale": ("resolved", None, None, True),
    "challenge": ("failed", "challenge", None, False),
    "rate_limited": ("failed", "rate_limited", None, False),
    "http_error": ("failed", "http_error", None, False),
}

# Without any record.
COLD = """
arXiv OpenReview second | FRACTAL      BIASES       REJECTED   ACCEPTED   | exit | arXiv API1 API2 DataCite dblp
ok    ok         ok     | found        found        found      found      | 0    | 1     2    0    0        0
ok    ok         down   | found        found        found      found      | 0    | 1     2    0    0        0
ok    challenge  ok     | found        found        challenge  dblp       | 3    | 1     1    0    0        1
ok    challenge  down   | found        found        challenge  challenge  | 3    | 1     1    0    0        4
ok    login      ok     | found        found        found      found      | 0    | 1     2    1    0        0
ok    login      down   | found        found        found      found      | 0    | 1     2    1    0        0
ok    down       ok     | found        found        http_error dblp       | 3    | 1     8    0    0        1
ok    down       down   | found        found        http_error http_error | 3    | 1     8    0    0        4
429   ok         ok     | datacite     datacite     found      found      | 0    | 4     2    0    1        0
429   ok         down   | rate_limited rate_limited found      found      | 3    | 4     2    0    4        0
429   challenge  ok     | datacite     datacite     challenge  dblp       | 3    | 4     1    0    1        1
429   challenge  down   | rate_limited rate_limited challenge  challenge  | 3    | 4     1    0    4        4
429   login      ok     | datacite     datacite     found      found      | 0    | 4     2    1    1        0
429   login      down   | rate_limited rate_limited found      found      | 3    | 4     2    1    4        0
429   down       ok     | datacite     datacite     http_error dblp       | 3    | 4     8    0    1        1
429   down       down   | rate_limited rate_limited http_error http_error | 3    | 4     8    0    4        4
down  ok         ok     | datacite     datacite     found      found      | 0    | 4     2    0    1        0
down  ok         down   | http_error   http_error   found      found      | 3    | 4     2    0    4        0
down  challenge  ok     | datacite     datacite     challenge  dblp       | 3    | 4     1    0    1        1
down  challenge  down   | http_error   http_error   challenge  challenge  | 3    | 4     1    0    4        4
down  login      ok     | datacite     datacite     found      found      | 0    | 4     2    1    1        0
down  login      down   | http_error   http_error   found      found      | 3    | 4     2    1    4        0
down  down       ok     | datacite     datacite     http_error dblp       | 3    | 4     8    0    1        1
down  down       down   | http_error   http_error   http_error http_error | 3    | 4     8    0    4        4
"""

# With --refresh over records of the papers' own services: no second source is ever asked.
OVER_OLD_RECORDS = """
arXiv OpenReview second | FRACTAL      BIASES       REJECTED   ACCEPTED   | exit | arXiv API1 API2 DataCite dblp
ok    ok         ok     | found        found        found      found      | 0    | 1     2    0    0        0
ok    ok         down   | found        found        found      found      | 0    | 1     2    0    0        0
ok    challenge  ok     | found        found        stale      stale      | 3    | 1     1    0    0        0
ok    challenge  down   | found        found        stale      stale      | 3    | 1     1    0    0        0
ok    login      ok     | found        found        found      found      | 0    | 1     2    1    0        0
ok    login      down   | found        found        found      found      | 0    | 1     2    1    0        0
ok    down       ok     | found        found        stale      stale      | 3    | 1     8    0    0        0
ok    down       down   | found        found        stale      stale      | 3    | 1     8    0    0        0
429   ok         ok     | stale        stale        found      found      | 3    | 4     2    0    0        0
429   ok         down   | stale        stale        found      found      | 3    | 4     2    0    0        0
429   challenge  ok     | stale        stale        stale      stale      | 3    | 4     1    0    0        0
429   challenge  down   | stale        stale        stale      stale      | 3    | 4     1    0    0        0
429   login      ok     | stale        stale        found      found      | 3    | 4     2    1    0        0
429   login      down   | stale        stale        found      found      | 3    | 4     2    1    0        0
429   down       ok     | stale        stale        stale      stale      | 3    | 4     8    0    0        0
429   down       down   | stale        stale        stale      stale      | 3    | 4     8    0    0        0
down  ok         ok     | stale        stale        found      found      | 3    | 4     2    0    0        0
down  ok         down   | stale        stale        found      found      | 3    | 4     2    0    0        0
down  challenge  ok     | stale        stale        stale      stale      | 3    | 4     1    0    0        0
down  challenge  down   | stale        stale        stale      stale      | 3    | 4     1    0    0        0
down  login      ok     | stale        stale        found      found      | 3    | 4     2    1    0        0
down  login      down   | stale        stale        found      found      | 3    | 4     2    1    0        0
down  down       ok     | stale        stale        stale      stale      | 3    | 4     8    0    0        0
down  down       down   | stale        stale        stale      stale      | 3    | 4     8    0    0        0
"""


class Row(NamedTuple):
    """How arXiv, OpenReview and the second sources are, and what that comes to."""

    services: tuple[str, ...]
    papers: list[str]
    status: int
    requests: list[int]


def rows(table: str) -> list[Row]:
    """The rows of a table."""
    cells = [[cell.split() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [
        Row(tuple(services), papers, int(status), [*map(int, requests)])
        for services, papers, (status,), requests in cells[1:]
    ]


def test_the_tables_are_whole() -> None:
    mixtures = {
        (arxiv, openreview, second)
        for arxiv in ("ok", "429", "down")
        for openreview in ("ok", "challenge", "login", "down")
        for second in ("ok", "down")
    }
    for table in (COLD, OVER_OLD_RECORDS):
        assert {row.services for row in rows(table)} == mixtures
        assert len(rows(table)) == len(mixtures)


@pytest.fixture
def home(fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    fakes.add_example()
    fakes.openreview.add(FakeNote(id="AcceptedAt1", venue="ICLR 2022 Poster"))
    fakes.dblp.add(at_dblp("AcceptedAt1"))
    return Here(fakes, tmp_path, monkeypatch)


def at_dblp(key: str) -> FakeRecord:
    return FakeRecord(key=f"conf/iclr/{key}", pages=[f"https://openreview.net/forum?id={key}"])


def ail(fakes: Fakes, services: tuple[str, ...], patch: pytest.MonkeyPatch) -> None:
    """Bring the services into the state that a row names."""
    arxiv, openreview, second = services
    down = {ARXIV: arxiv, API1: openreview, API2: openreview, DATACITE: second, DBLP: second}
    for host in (host for host, state in down.items() if state == "down"):
        fakes.fault(host, "refused")
    if arxiv == "429":
        fakes.fault(ARXIV, "429-bare")
    if openreview in {"challenge", "login"}:
        fakes.openreview.gate = "403"
    if openreview == "login":
        patch.setenv("OPENREVIEW_USERNAME", "ada@example.org")
        patch.setenv("OPENREVIEW_PASSWORD", "correct horse")


def heal(fakes: Fakes) -> None:
    fakes.heal()
    fakes.openreview.gate = "open"
    fakes.forget()


def assert_comes_to(ran: Ran, row: Row, fakes: Fakes) -> None:
    seen = [
        (p["status"], (p["error"] or {}).get("code"), p["via"], p["stale"])
        for p in json.loads(ran.out)
    ]
    assert seen == [WORDS[word] for word in row.papers]
    assert ran.status == row.status
    sent = Counter(request.host for request in fakes.requests())
    assert [sent[host] for host in (ARXIV, API1, API2, DATACITE, DBLP)] == row.requests
    assert sum(row.requests) == len(fakes.requests())


@pytest.mark.parametrize("row", rows(COLD), ids=lambda row: "-".join(row.services))
def test_without_a_record(
    row: Row, home: Here, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    ail(fakes, row.services, monkeypatch)
    ran = home.command("lookup", *IDS)
    assert_comes_to(ran, row, fakes)
    # Once all are well, what was not had or is lesser is had: no failure outlives its run.
    heal(fakes)
    well = Row(row.services, ["found"] * 4, 0, [1, 2, int("login" in row.services), 0, 0])
    assert_comes_to(home.command("lookup", "--refresh", *IDS), well, fakes)


@pytest.mark.parametrize("row", rows(OVER_OLD_RECORDS), ids=lambda row: "-".join(row.services))
def test_over_old_records(
    row: Row, home: Here, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = home.command("lookup", *IDS)
    fakes.forget()
    ail(fakes, row.services, monkeypatch)
    ran = home.command("lookup", "--refresh", *IDS)
    assert_comes_to(ran, row, fakes)
    assert [{**p, "stale": False} for p in json.loads(ran.out)] == json.loads(before.out)
    assert home.command("lookup", "--offline", *IDS).out == before.out


# --- arXiv answers 429 for hours -----------------------------------------------------------


def test_datacite_stands_in_for_arxiv_with_one_request(home: Here, fakes: Fakes) -> None:
    fakes.fault(ARXIV, "429-bare")
    ran = home.command(str(EXAMPLE))
    assert ran.status == 0
    papers = {paper["id"]: paper for paper in ran.document["papers"]}
    assert [papers[id_]["via"] for id_ in (FRACTAL, BIASES, REJECTED)] == ["datacite"] * 2 + [None]
    assert papers[FRACTAL]["title"] == "Acceleration via Fractal Learning Rate Schedules"
    assert (papers[BIASES]["published"], papers[BIASES]["updated"]) == ("2021-10-19", "2022-06-24")
    assert len(fakes.requests(DATACITE)) == 1
    fakes.forget()
    warm = home.command(str(EXAMPLE))
    assert (warm.status, warm.out, fakes.requests()) == (0, ran.out, [])


@pytest.mark.parametrize("later", ["refresh", "a day"])
def test_after_arxiv_is_back_its_own_records_replace_the_lesser_ones(
    later: str, home: Here, fakes: Fakes
) -> None:
    fakes.fault(ARXIV, "429-bare")
    home.command(str(EXAMPLE))
    fakes.heal()
    fakes.forget()
    if later == "a day":
        home.clock.sleep(24 * 3600 + 1)
    ran = home.command(*(["--refresh"] if later == "refresh" else []), str(EXAMPLE))
    assert ran.status == 0
    assert [paper["via"] for paper in ran.document["papers"]] == [None] * 3
    assert (len(fakes.requests(ARXIV)), fakes.requests(DATACITE)) == (1, [])
    # ... and never the reverse.
    fakes.fault(ARXIV, "429-bare")
    ran = home.command("--refresh", str(EXAMPLE))
    assert ran.status == 3
    assert [(p["via"], p["stale"]) for p in ran.document["papers"] if p["source"] == "arxiv"] == [
        (None, True), (None, True),
    ]  # fmt: skip
    assert fakes.requests(DATACITE) == []


def test_what_datacite_does_not_have_stays_failed(home: Here, fakes: Fakes) -> None:
    fakes.datacite.remove(BIASES.partition(":")[2])
    fakes.fault(ARXIV, "429-bare")
    status, (one, two) = home.lookup(FRACTAL, BIASES)
    assert status == 3
    assert (one["via"], two["status"], two["error"]["code"]) == (
        "datacite", "failed", "rate_limited",
    )  # fmt: skip
    assert two["error"]["retryable"]


def test_what_arxiv_does_not_have_is_asked_of_nobody_else(home: Here, fakes: Fakes) -> None:
    fakes.datacite.add(FakePaper(id="2103.99999"))
    status, (paper,) = home.lookup("2103.99999")
    assert (status, paper["status"]) == (0, "not_found")
    assert fakes.requests(DATACITE) == []
    # nor later, when arXiv is down and that answer has expired
    home.clock.sleep(3601)
    fakes.fault(ARXIV, "429-bare")
    status, (paper,) = home.lookup("2103.99999")
    assert (status, paper["status"], paper["error"]["code"]) == (3, "failed", "rate_limited")
    assert fakes.requests(DATACITE) == []


def test_three_hundred_papers_take_six_requests_at_datacite(home: Here, fakes: Fakes) -> None:
    papers = [FakePaper(id=f"2104.{n:05}") for n in range(1, 301)]
    fakes.arxiv.add(*papers)
    fakes.datacite.add(*papers)
    fakes.fault(ARXIV, "429-bare")
    status, found = home.lookup(*(paper.id for paper in papers))
    assert (status, {paper["via"] for paper in found}) == (0, {"datacite"})
    assert (len(fakes.requests(ARXIV)), len(fakes.requests(DATACITE))) == (8, 6)


def test_without_fallback_no_second_source_is_asked(home: Here, fakes: Fakes) -> None:
    fakes.fault(ARXIV, "429-bare")
    fakes.openreview.gate = "403"
    status, papers = home.lookup("--no-fallback", *IDS)
    assert status == 3
    assert [paper["error"]["code"] for paper in papers] == ["rate_limited"] * 2 + ["challenge"] * 2
    assert {request.host for request in fakes.requests()} == {ARXIV, API1}


# --- behind OpenReview's gate --------------------------------------------------------------


def test_dblp_stands_in_for_openreview_in_one_batch(home: Here, fakes: Fakes) -> None:
    more = [f"AcceptedAt{n}" for n in range(2, 8)]
    fakes.openreview.add(*(FakeNote(id=key) for key in more))
    fakes.dblp.add(*map(at_dblp, more))
    fakes.openreview.gate = "403"
    ids = (ACCEPTED, *(f"openreview:{key}" for key in more), REJECTED)
    ran = home.command("lookup", *ids)
    *accepted, rejected = json.loads(ran.out)
    assert {(p["status"], p["via"], p["published"]) for p in accepted} == {
        ("resolved", "dblp", "2022")
    }
    assert [a["name"] for a in accepted[0]["authors"]] == ["Ada Author", "Émile Écrivain"]
    assert (len(fakes.requests(API1)), len(fakes.requests(DBLP))) == (1, 1)
    assert (ran.status, rejected["status"], rejected["error"]["code"]) == (3, "failed", "challenge")
    last = ran.err.splitlines()[-1]
    remedies = ("OPENREVIEW_TOKEN", "OPENREVIEW_USERNAME", "OPENREVIEW_PASSWORD", "--papers FILE")
    assert all(remedy in last for remedy in ("1 refused", "requires a login", *remedies))


def test_the_example_behind_the_gate(home: Here, fakes: Fakes) -> None:
    fakes.openreview.gate = "403"
    ran = home.command(str(EXAMPLE))
    papers = {paper["id"]: paper for paper in ran.document["papers"]}
    assert ran.status == 3
    assert [papers[id_]["status"] for id_ in (FRACTAL, BIASES)] == ["resolved"] * 2
    assert papers[REJECTED]["status"] == "failed"
    assert papers[REJECTED]["error"]["code"] == "challenge"
    assert papers[REJECTED]["url"] == "https://openreview.net/forum?id=FpKgG31Z_i9"
    assert len(fakes.requests(DBLP)) == 1


def test_a_login_replaces_what_dblp_knows(
    home: Here, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.openreview.gate = "403"
    _, (lesser,) = home.lookup(ACCEPTED)
    monkeypatch.setenv("OPENREVIEW_USERNAME", "ada@example.org")
    monkeypatch.setenv("OPENREVIEW_PASSWORD", "correct horse")
    status, (better,) = home.lookup("--refresh", ACCEPTED)
    assert (lesser["via"], lesser["published"]) == ("dblp", "2022")
    assert (status, better["via"], better["published"]) == (0, None, "2021-09-29")


def test_a_challenge_of_dblp_is_never_believed(home: Here, fakes: Fakes) -> None:
    fakes.openreview.gate = "page"
    fakes.dblp.challenge = True
    status, (paper,) = home.lookup(ACCEPTED)
    assert (status, paper["status"], paper["error"]["code"]) == (3, "failed", "challenge")
    assert len(fakes.requests(DBLP)) == 1
    fakes.dblp.challenge = False
    home.clock.sleep(601)
    status, (paper,) = home.lookup(ACCEPTED)
    assert (status, paper["via"]) == (0, "dblp")
