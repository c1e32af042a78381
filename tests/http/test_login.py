"""The login: once a run, only where it is needed, and never kept or shown."""

from __future__ import annotations

import logging
import threading

import pytest

from enrich.errors import Refused, SourceError
from enrich.http.session import PoliteSession
from enrich.sources.installed import source
from tests.fakes import FakeNote, Fakes
from tests.http.sessions import Run

API1, API2 = "api.openreview.net", "api2.openreview.net"
ACCOUNT = ("ada@example.org", "correct horse")


@pytest.fixture(autouse=True)
def _services(fakes: Fakes, run: Run) -> None:
    run.services = (source("openreview"),)
    fakes.openreview.add(*(FakeNote(id=f"aaaaaaaaaa{n}", api=2, title="T") for n in range(9)))


def ask(session: PoliteSession, n: int, host: str = API2) -> int:
    return session.get(f"https://{host}/notes?id=aaaaaaaaaa{n}").status_code


def test_one_login_serves_both_hosts_and_all_threads(fakes: Fakes, run: Run) -> None:
    run.clock.stop()
    fakes.openreview.gate = "403"
    session = run.open(login={"openreview": ACCOUNT})
    assert not fakes.requests(), "nobody has asked yet"
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: statuses.append(ask(session, n))) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 4
    assert ask(session, 1, API1) == 404
    assert fakes.openreview.logins == 1
    assert fakes.most_in_flight(API2) == 1
    assert len(run.clock.waits) == 5, "the login had a turn at the gate of its own"


def test_nothing_secret_is_kept_or_logged(
    fakes: Fakes, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with run.open(login={"openreview": ACCOUNT}) as session:
        fakes.fault(API2, "503", times=1, match="/notes")
        response = session.get(f"https://{API2}/notes?id=aaaaaaaaaa1")
        assert "Authorization" not in response.request.headers
        assert len(fakes.openreview.tokens) == 1
        kept = b"".join(
            path.read_bytes() for path in sorted(run.folder.rglob("*")) if path.is_file()
        )
        assert not list(session.cache.responses), "what a login sees never enters the cache"
    for secret in (*fakes.openreview.tokens, ACCOUNT[1]):
        assert secret.encode() not in kept
        assert secret not in caplog.text
        assert secret not in repr(vars(session))
        assert secret not in repr(session.runs)


def test_an_expired_token_is_renewed_once(fakes: Fakes, run: Run) -> None:
    session = run.open(login={"openreview": ACCOUNT})
    assert ask(session, 1) == 200
    fakes.openreview.tokens.clear()
    assert ask(session, 2) == 200
    assert fakes.openreview.logins == 2
    assert len(fakes.requests(API2)) == 2 + 3


def test_a_token_that_is_given_and_not_taken_ends_the_asking(fakes: Fakes, run: Run) -> None:
    fakes.openreview.tokens.add("good")
    assert ask(run.open(login={"openreview": "good"}), 1) == 200
    fakes.forget()
    session = run.open(login={"openreview": "bad"})
    for n in (1, 2):
        with pytest.raises(Refused) as caught:
            ask(session, n)
        assert "bad" not in str(caught.value)
    assert len(fakes.requests()) == 1
    assert fakes.openreview.logins == 0


@pytest.mark.parametrize(
    ("login", "second_factor"),
    [((ACCOUNT[0], "wrong-one"), False), (ACCOUNT, True)],
)
def test_a_login_that_fails_is_tried_once(
    fakes: Fakes, run: Run, login: tuple[str, str], second_factor: bool
) -> None:
    fakes.openreview.second_factor = second_factor
    session = run.open(login={"openreview": login})
    for host in (API2, API2, API1):
        with pytest.raises(Refused) as caught:
            ask(session, 1, host)
        assert login[1] not in str(caught.value)
    assert len(fakes.requests()) == 1


def test_a_login_meets_faults_like_any_request(fakes: Fakes, run: Run) -> None:
    fakes.fault(API2, "503", times=1, match="/login")
    assert ask(run.open(login={"openreview": ACCOUNT}), 1) == 200
    assert len(fakes.requests(API2)) == 3
    fakes.forget()
    fakes.fault(API2, "503", match="/login")
    session = run.open(login={"openreview": ACCOUNT}, refresh=True)
    for host in (API2, API1):
        with pytest.raises(SourceError) as caught:
            ask(session, 1, host)
        assert caught.value.retryable
    assert len(fakes.requests()) == 4


@pytest.mark.parametrize("gate", ["403", "page"])
def test_an_anonymous_challenge_ends_the_asking_of_that_host(
    fakes: Fakes, run: Run, gate: str
) -> None:
    fakes.openreview.gate = gate  # type: ignore[assignment]
    session = run.open()
    for n in (1, 2):
        with pytest.raises(Refused) as caught:
            ask(session, n)
        assert caught.value.code == "challenge"
        assert "OPENREVIEW_TOKEN" in str(caught.value.hint)
    assert len(fakes.requests()) == 1
    assert not list(session.cache.responses)


def test_a_limit_with_an_end_pauses_both_hosts_and_every_run(fakes: Fakes, run: Run) -> None:
    fakes.openreview.limit = 0
    for session in (run.open(), run.open(login={"openreview": ACCOUNT})):
        for host in (API2, API1):
            with pytest.raises(SourceError) as caught:
                ask(session, 1, host)
            assert (caught.value.code, caught.value.retryable) == ("rate_limited", True)
    assert len(fakes.requests()) == 1
    fakes.openreview.limit = 3
    fakes.openreview.reset_s = 20
    assert [ask(run.open(refresh=True), n) for n in range(2)] == [200] * 2
