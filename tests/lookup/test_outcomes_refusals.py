"""When a service refuses: who stops asking whom, for how long, and what is said of it.

On real sockets; through the real command in this process, or in one of its own where that is the point.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from enrich.paper import PaperId
from tests import command
from tests.fakes import FakeNote, FakePaper, Fakes, FakeVersion
from tests.in_process import Here

ARXIV, API1, API2 = "export.arxiv.org", "api.openreview.net", "api2.openreview.net"

PAPERS = tuple(FakePaper(id=f"2104.{n:05}") for n in range(1, 301))
NOTES = tuple(FakeNote(id=f"forum_id_{n:02}") for n in range(10))
THREE_HUNDRED = tuple(paper.id for paper in PAPERS)
TEN = tuple(f"openreview:{note.id}" for note in NOTES)


@pytest.fixture(autouse=True)
def services(fakes: Fakes) -> None:
    fakes.arxiv.add(*PAPERS)
    fakes.openreview.add(*NOTES)


@pytest.fixture
def home(fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    return Here(fakes, tmp_path, monkeypatch)


def codes(papers: list[dict[str, Any]]) -> dict[str, int]:
    """How many papers have which error code, `resolved` for those without."""
    return dict(Counter(p["error"]["code"] if p["error"] else p["status"] for p in papers))


def retryable(papers: list[dict[str, Any]]) -> set[bool]:
    return {paper["error"]["retryable"] for paper in papers if paper["error"]}


def last(text: str) -> str:
    return text.splitlines()[-1]


# --- two failures in a row -----------------------------------------------------------------


def test_two_failed_batches_end_the_asking_of_arxiv(home: Here, fakes: Fakes) -> None:
    fakes.fault(ARXIV, "503")
    ran = home.command("lookup", "--no-fallback", *THREE_HUNDRED)
    papers = json.loads(ran.out)
    assert len(fakes.requests()) == 2 * 4
    assert codes(papers[:200]) == {"http_error": 200}
    assert codes(papers[200:]) == {"rate_limited": 100}
    assert (ran.status, retryable(papers)) == (3, {True})
    assert last(ran.err).endswith(
        "0 found, 100 put off (run again later), 200 failed (run again later)"
    )


def test_two_failed_notes_end_the_asking_of_their_host_only(home: Here, fakes: Fakes) -> None:
    fakes.openreview.add(FakeNote(id="tenletters", api=2))
    fakes.fault(API1, "503")
    status, papers = home.lookup("--no-fallback", *TEN, "openreview:tenletters")
    sent = Counter(request.host for request in fakes.requests())
    assert sent == {API1: 2 * 4, API2: 1}
    assert codes(papers) == {"http_error": 2, "rate_limited": 8, "resolved": 1}
    assert (status, retryable(papers)) == (3, {True})


def test_a_good_answer_between_two_failures_is_a_new_beginning(home: Here, fakes: Fakes) -> None:
    fakes.fault(ARXIV, "503", times=4)  # the first batch fails, the second does not
    status, papers = home.lookup("--no-fallback", *THREE_HUNDRED)
    assert (status, codes(papers)) == (3, {"http_error": 100, "resolved": 200})
    fakes.forget()
    status, papers = home.lookup("--no-fallback", *THREE_HUNDRED)
    assert (status, codes(papers)) == (0, {"resolved": 300})
    (request,) = fakes.requests()
    assert request.query["id_list"].split(",") == sorted(THREE_HUNDRED[:100])


# --- a refusal without an end --------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "ids"), [(ARXIV, THREE_HUNDRED), (API1, TEN)], ids=["arxiv", "openreview"]
)
def test_after_a_refusal_the_next_runs_send_one_attempt(
    host: str, ids: tuple[str, ...], home: Here, fakes: Fakes
) -> None:
    def run(*options: str) -> tuple[int, dict[str, int]]:
        fakes.forget()
        _, papers = home.lookup("--no-fallback", *options, *ids)
        assert retryable(papers) <= {True}
        return len(fakes.requests()), codes(papers)

    fakes.fault(host, "429-bare")
    many = {"rate_limited": len(ids)}
    assert run() == (8, many)
    assert run() == (1, many)
    home.clock.sleep(590)
    assert run() == (1, many), "each refusal counts anew"
    assert run("--refresh") == (8, many)
    home.clock.sleep(601)
    assert run() == (8, many)
    fakes.heal()
    requests, found = run()
    assert (requests, found) == (3 if host == ARXIV else 10, {"resolved": len(ids)})
    # an answer has ended the refusal: the next run is as patient as the first
    fakes.fault(host, "429-bare", times=3)
    fakes.arxiv.add(FakePaper(id="2105.00001"))
    fakes.openreview.add(FakeNote(id="forum_id_11"))
    more = "2105.00001" if host == ARXIV else "openreview:forum_id_11"
    assert home.lookup("--no-fallback", more)[0] == 0


# --- a pause whose end the service names ---------------------------------------------------


def test_a_named_pause_binds_a_second_process(fakes: Fakes, tmp_path: Path) -> None:
    env = fakes.env(tmp_path)
    fakes.fault(ARXIV, "429", retry_after=300)
    asked = time.time()
    first = command.run("lookup", "--no-fallback", THREE_HUNDRED[0], env=env)
    fakes.heal()
    second = command.run("lookup", "--no-fallback", THREE_HUNDRED[1], TEN[0], env=env)
    assert [request.host for request in fakes.requests()] == [ARXIV, API1]
    assert (first.status, second.status) == (3, 3)
    for ran in (first, second):
        paper = json.loads(ran.out)[0]
        assert paper["error"]["code"] == "rate_limited"
        assert paper["error"]["retryable"]
        until = re.search(r"1 put off \(arXiv not before (\d\d:\d\d) UTC\)", last(ran.err))
        assert until, ran.err
        ends = {f"{datetime.fromtimestamp(asked + 300 + s, UTC):%H:%M}" for s in range(0, 120, 10)}
        assert until[1] in ends
    assert json.loads(second.out)[1]["status"] == "resolved"
    elsewhere = command.run(
        "lookup", THREE_HUNDRED[2], env={**env, "ENRICH_STATE_DIR": str(tmp_path / "state")}
    )
    assert elsewhere.status == 0, "another state folder, another gate"
    refreshed = command.run("lookup", "--refresh", THREE_HUNDRED[0], env=env)
    assert refreshed.status == 0, "--refresh ends it"


def test_openreviews_limit_pauses_both_its_hosts_and_every_run(home: Here, fakes: Fakes) -> None:
    fakes.openreview.limit = 3
    ran = home.command("lookup", "--no-fallback", *TEN)
    papers = json.loads(ran.out)
    assert len(fakes.requests()) == 3 + 1
    assert codes(papers) == {"resolved": 3, "rate_limited": 7}
    assert re.search(r"7 put off \(OpenReview not before \d\d:\d\d UTC\)", last(ran.err))
    fakes.openreview.limit = None
    fakes.forget()
    status, papers = home.lookup("--no-fallback", *TEN)
    assert (status, codes(papers)) == (3, {"resolved": 3, "rate_limited": 7})
    assert fakes.requests() == []
    home.clock.sleep(601)  # no pause is longer than ten minutes, though resetTime was an hour away
    status, papers = home.lookup("--no-fallback", *TEN)
    assert (status, codes(papers), len(fakes.requests())) == (0, {"resolved": 10}, 7)


def test_a_short_pause_is_waited_for(home: Here, fakes: Fakes) -> None:
    fakes.fault(ARXIV, "429", times=1, retry_after=40)
    before = home.clock.now()
    status, papers = home.lookup(*THREE_HUNDRED[:5])
    assert (status, codes(papers), len(fakes.requests())) == (0, {"resolved": 5}, 2)
    assert 40 <= home.clock.now() - before < 50


def test_stale_papers_of_a_paused_service_say_when_to_ask_again(home: Here, fakes: Fakes) -> None:
    home.command("lookup", THREE_HUNDRED[0])
    fakes.fault(ARXIV, "429-hour")
    ran = home.command("lookup", "--refresh", THREE_HUNDRED[0])
    assert ran.status == 3
    assert re.search(
        r"1 found \(1 of them old records, their service failed: arXiv not before \d\d:\d\d UTC\)$",
        last(ran.err),
    )


# --- refusals for good ---------------------------------------------------------------------


def test_arxivs_403_page_ends_the_asking_at_once(home: Here, fakes: Fakes) -> None:
    fakes.fault(ARXIV, "403")
    for n in range(2):
        fakes.forget()
        ran = home.command("lookup", "--no-fallback", *THREE_HUNDRED, TEN[n])
        papers = json.loads(ran.out)
        assert Counter(request.host for request in fakes.requests()) == {ARXIV: 1, API1: 1}
        assert (ran.status, codes(papers)) == (3, {"forbidden": 300, "resolved": 1})
        assert retryable(papers) == {False}
        assert "info.arxiv.org/help/robots" in last(ran.err)


def test_the_challenge_ends_the_asking_of_openreview_and_names_the_remedies(
    home: Here, fakes: Fakes
) -> None:
    fakes.openreview.gate = "403"
    ran = home.command("lookup", "--no-fallback", *TEN, THREE_HUNDRED[0])
    papers = json.loads(ran.out)
    assert Counter(request.host for request in fakes.requests()) == {ARXIV: 1, API1: 1}
    assert (ran.status, codes(papers)) == (3, {"challenge": 10, "resolved": 1})
    assert "10 refused (OpenReview requires a login: set OPENREVIEW_TOKEN" in last(ran.err)
    # over old records too
    fakes.openreview.gate = "open"
    home.command("lookup", "--refresh", TEN[0])
    fakes.openreview.gate = "403"
    ran = home.command("lookup", "--refresh", TEN[0])
    assert "(1 of them old records, their service failed: OpenReview requires a login" in last(
        ran.err
    )


def test_a_second_factor_is_told_for_openreviews_papers_only(
    home: Here, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.openreview.second_factor = True
    monkeypatch.setenv("OPENREVIEW_USERNAME", "ada@example.org")
    monkeypatch.setenv("OPENREVIEW_PASSWORD", "correct horse")
    ran = home.command("lookup", "--no-fallback", *TEN, *THREE_HUNDRED[:5])
    papers = json.loads(ran.out)
    assert (ran.status, codes(papers)) == (3, {"forbidden": 10, "resolved": 5})
    assert {p["error"]["message"] for p in papers[:10]} == {
        "OpenReview requires a second factor for this account"
    }
    assert fakes.openreview.logins == 1
    assert [r.path for r in fakes.requests() if r.host != ARXIV] == ["/login"]
    assert last(ran.err).endswith(
        "10 refused (OpenReview requires a second factor for this account: use a token: OPENREVIEW_TOKEN)"
    )
    assert "correct horse" not in ran.out + ran.err


def test_an_untrusted_certificate_names_its_remedy(home: Here, fakes: Fakes) -> None:
    fakes.fault(ARXIV, "tls")
    ran = home.command("lookup", "--no-fallback", *THREE_HUNDRED)
    assert len(fakes.requests()) == 1
    assert codes(json.loads(ran.out)) == {"http_error": 300}
    assert "REQUESTS_CA_BUNDLE" in last(ran.err)


# --- the time for a run, and its end -------------------------------------------------------


def test_what_cannot_be_asked_in_time_is_for_the_next_run(home: Here, fakes: Fakes) -> None:
    home.clock.stop()
    ran = home.command("lookup", "--no-fallback", "--timeout", "6", *THREE_HUNDRED)
    papers = json.loads(ran.out)
    assert len(fakes.requests()) == 2  # at 0 s and 3.03 s; the third would be at 6.06 s
    assert (ran.status, codes(papers)) == (3, {"resolved": 200, "timeout": 100})
    assert retryable(papers) == {True}
    assert "100 timed out (no time was left for a request to export.arxiv.org: run again)" in (
        last(ran.err)
    )
    fakes.forget()
    status, papers = home.lookup("--timeout", "5", *THREE_HUNDRED)
    assert (status, codes(papers), len(fakes.requests())) == (0, {"resolved": 300}, 1)


def test_the_time_is_kept_before_a_service_that_hangs(fakes: Fakes, tmp_path: Path) -> None:
    fakes.fault(ARXIV, "hang")
    start = time.monotonic()
    ran = command.run(
        "lookup", "--timeout", "4s", *THREE_HUNDRED[:3], *TEN[:1], env=fakes.env(tmp_path)
    )
    assert time.monotonic() - start < 25
    assert (ran.status, codes(json.loads(ran.out))) == (3, {"timeout": 3, "resolved": 1})
    assert len(fakes.requests(ARXIV)) == 1


def test_an_interrupt_keeps_what_was_found(fakes: Fakes, tmp_path: Path) -> None:
    env, feed, target = fakes.env(tmp_path), tmp_path / "talks.json", tmp_path / "out.json"
    abstract = " ".join(f"https://openreview.net/forum?id={note.id}" for note in NOTES[:3])
    feed.write_text(json.dumps([{"id": "1", "abstract": abstract}]))
    target.write_text("the old one")
    fakes.hold(API1)
    fakes.release(API1)
    process = subprocess.Popen(
        [sys.executable, "-m", "enrich", str(feed), "-o", str(target)],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    fakes.wait_for(API1, 2)  # the second is on its way: one has been answered
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.strip()) == (130, "", "enrich: interrupted")
    assert target.read_text() == "the old one"
    assert [path.name for path in tmp_path.glob(".out.json.*")] == []
    fakes.release(API1, 3)
    offline = command.run("lookup", "--offline", *TEN[:3], env=env)
    assert codes(json.loads(offline.out)) == {"resolved": 1, "offline_miss": 2}
    fakes.forget()
    again = command.run("lookup", *TEN[:3], env=env)
    assert (again.status, codes(json.loads(again.out))) == (0, {"resolved": 3})
    assert [r.query["id"] for r in fakes.requests()] == [note.id for note in NOTES[1:3]]


# --- answers that are none -----------------------------------------------------------------


@pytest.mark.parametrize("malformed", ["400", "omitted"])
def test_a_bad_id_costs_its_batch_nothing(malformed: Any, home: Here, fakes: Fakes) -> None:
    fakes.arxiv.malformed = malformed
    bad = PaperId("arxiv:no-id-at-all")
    wanted = [*(PaperId(f"arxiv:{key}") for key in THREE_HUNDRED[:99]), bad]
    with home.enricher() as enricher:
        found = enricher.lookup(wanted)
    assert Counter(paper.status for paper in found.values()) == {"resolved": 99, "not_found": 1}
    assert found[bad].status == "not_found"
    assert len(fakes.requests()) == 2


def test_an_empty_page_for_a_batch_is_a_fault_and_no_hundred_missing_papers(
    home: Here, fakes: Fakes
) -> None:
    fakes.fault(ARXIV, "empty")
    status, papers = home.lookup("--no-fallback", *THREE_HUNDRED[:100])
    assert (status, codes(papers), retryable(papers)) == (3, {"parse_error": 100}, {True})
    assert len(fakes.requests()) == 2
    fakes.heal()
    status, papers = home.lookup(*THREE_HUNDRED[:100])
    assert (status, codes(papers)) == (0, {"resolved": 100})


def test_missing_papers_and_cited_versions_share_one_further_request(
    home: Here, fakes: Fakes
) -> None:
    dates = ("2021-03-01T00:00:00Z", "2021-04-01T00:00:00Z", "2021-05-01T00:00:00Z")
    versions = [FakeVersion(date=date, title=f"As of {date[:10]}") for date in dates]
    fakes.arxiv.add(FakePaper(id="2103.01338", versions=versions))
    ids = ("2103.01338v2", "2103.01338v3", "2103.01338", "2103.99999", THREE_HUNDRED[0])
    status, (paper, missing, other) = home.lookup(*ids)
    assert (status, missing["status"], other["status"]) == (0, "not_found", "resolved")
    assert [row["version"] for row in paper["versions"]] == ["v1", "v2", "v3"]
    assert paper["versions"][1] == {
        "version": "v2", "date": "2021-04-01", "title": "As of 2021-04-01",
    }  # fmt: skip
    assert (paper["title"], paper["latest_version"]) == ("As of 2021-05-01", "v3")
    first, further = [request.query["id_list"] for request in fakes.requests()]
    assert sorted(first.split(",")) == sorted({"2103.01338", "2103.99999", THREE_HUNDRED[0]})
    assert sorted(further.split(",")) == ["2103.01338v2", "2103.99999"]
    fakes.forget()
    assert home.lookup(*ids)[1] == [paper, missing, other]
    assert fakes.requests() == []
    # another old version of a paper that is known takes one request, for it alone
    _, (paper, *_) = home.lookup("2103.01338v1", *ids)
    assert paper["versions"][0]["title"] == "As of 2021-03-01"
    assert [request.query["id_list"] for request in fakes.requests()] == ["2103.01338v1"]


def test_a_further_request_that_fails_costs_only_what_it_was_for(home: Here, fakes: Fakes) -> None:
    dates = ("2021-03-01T00:00:00Z", "2021-04-01T00:00:00Z")
    versions = [FakeVersion(date=date, title=f"As of {date[:10]}") for date in dates]
    fakes.arxiv.add(FakePaper(id="2103.01338", versions=versions))
    fakes.fault(ARXIV, "503", match="2103.01338v1")
    status, (paper, missing) = home.lookup("--no-fallback", "2103.01338v1", "2103.99999")
    assert len(fakes.requests()) == 1 + 4
    assert (status, paper["stale"], paper["title"]) == (3, False, "As of 2021-04-01")
    assert paper["versions"][0] == {"version": "v1", "date": "2021-03-01", "title": None}
    assert (missing["status"], missing["error"]["code"]) == ("failed", "http_error")
    fakes.heal()
    status, (paper, missing) = home.lookup("--no-fallback", "2103.01338v1", "2103.99999")
    assert (status, missing["status"]) == (0, "not_found")
    assert paper["versions"][0]["title"] == "As of 2021-03-01"
    # what is known of the version stays known when a refresh of it fails
    fakes.fault(ARXIV, "503", match="2103.01338v1")
    assert home.lookup("--refresh", "2103.01338v1") == (0, [paper])


def test_what_could_not_be_had_is_said_plainly(home: Here, fakes: Fakes) -> None:
    fakes.fault(ARXIV, "429-hour")
    fakes.openreview.gate = "403"
    ran = home.command("lookup", "2103.01338v2", "math.AG/0601001", "openreview:FpKgG31Z_i9")
    papers = json.loads(ran.out)
    assert ran.status == 3
    assert [(p["id"], p["error"]["code"], p["error"]["message"]) for p in papers] == [
        ("arxiv:2103.01338", "rate_limited", "export.arxiv.org answered with HTTP status 429"),
        ("arxiv:math/0601001", "rate_limited", "export.arxiv.org answered with HTTP status 429"),
        ("openreview:FpKgG31Z_i9", "challenge", "OpenReview requires a login"),
    ]
    assert re.fullmatch(
        r"enrich: 3 papers: 0 found, 1 refused \(OpenReview requires a login: set OPENREVIEW_TOKEN, or "
        r"OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD, or pass the paper with --papers FILE\), "
        r"2 put off \(arXiv not before \d\d:\d\d UTC\)",
        last(ran.err),
    )


def test_a_version_above_the_newest_is_a_warning(home: Here, fakes: Fakes) -> None:
    with home.enricher() as enricher:
        annotated = enricher.enrich_text(f"see arXiv:{THREE_HUNDRED[0]}v7")
    (warning,) = annotated.warnings
    assert warning.code == "unknown_version"
    assert "v7" in warning.message
    assert "v1" in warning.message
    assert [paper.status for paper in annotated.papers.values()] == ["resolved"]
    assert len(fakes.requests()) == 1


@pytest.mark.parametrize(
    ("id_", "host"), [(THREE_HUNDRED[0], ARXIV), (TEN[0], API1)], ids=["arxiv", "openreview"]
)
def test_a_paper_that_is_denied_after_all_is_served_stale(
    id_: str, host: str, home: Here, fakes: Fakes
) -> None:
    before = home.command("lookup", id_)
    fakes.arxiv.remove(THREE_HUNDRED[0])
    fakes.openreview.remove(NOTES[0].id)
    for _ in range(2):
        ran = home.command("lookup", "--refresh", id_)
        (paper,) = json.loads(ran.out)
        assert (ran.status, paper) == (3, {**json.loads(before.out)[0], "stale": True})
        assert last(ran.err).endswith("(1 of them old records, no longer known to their service)")
    assert home.command("lookup", "--offline", id_).out == before.out
    assert len(fakes.requests(host)) >= 3
