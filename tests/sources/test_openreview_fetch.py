"""OpenReview through the product's session, against the stand-in on real sockets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from enrich.errors import BadAnswer, Overloaded, Refused, SourceError
from enrich.http.adapter import Login
from enrich.http.session import PoliteSession
from enrich.paper import Paper, PaperId, Unresolved
from enrich.sources.openreview.api import SOURCE
from tests.fakes import FakeNote, Fakes
from tests.sources.answers import fetch, polite

API1, API2 = "api.openreview.net", "api2.openreview.net"
OLD, NEW = PaperId("openreview:FpKgG31Z_i9"), PaperId("openreview:aVh9KRZdRk")
ADA = ("ada@example.org", "correct horse")

Open = Callable[..., PoliteSession]


@pytest.fixture
def opened(fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    fakes.use(monkeypatch)
    fakes.openreview.add(
        FakeNote(id=OLD.key, api=1, venue="ICLR 2022 Submitted"),
        FakeNote(id=NEW.key, api=2, venue="NeurIPS 2024 oral", hidden=("authors",)),
    )

    def open_one(login: Login | None = None) -> PoliteSession:
        return polite(tmp_path, SOURCE, login)

    return open_one


def hosts(fakes: Fakes) -> list[str]:
    return [r.host for r in fakes.requests() if r.method == "GET"]


def one(session: PoliteSession, paper: PaperId) -> Paper | Unresolved:
    (found,) = fetch(SOURCE, session, paper).values()
    return found


def test_each_id_is_asked_for_where_it_is_likely(fakes: Fakes, opened: Open) -> None:
    session = opened()
    old, new = one(session, OLD), one(session, NEW)
    assert isinstance(old, Paper)
    assert isinstance(new, Paper)
    assert hosts(fakes) == [API1, API2]
    assert (old.decision, new.decision) == ("rejected", "accepted")
    assert (old.authors_hidden, new.authors_hidden) == (False, True)


@pytest.mark.parametrize("missing", ["404", "empty"])
def test_the_other_host_follows_where_the_first_has_nothing(
    missing: str, fakes: Fakes, opened: Open
) -> None:
    fakes.openreview.missing = missing  # type: ignore[assignment]
    fakes.openreview.add(FakeNote(id="ryxyCeHtPB", api=1), FakeNote(id="a-b_c-d_e-f", api=2))
    session = opened()
    assert isinstance(one(session, PaperId("openreview:ryxyCeHtPB")), Paper)
    assert isinstance(one(session, PaperId("openreview:a-b_c-d_e-f")), Paper)
    gone = one(session, PaperId("openreview:gonegonego"))
    assert isinstance(gone, Unresolved)
    assert gone.code == "not_found"
    assert hosts(fakes) == [API2, API1, API1, API2, API2, API1]


@pytest.mark.parametrize("gate", ["403", "page"])
def test_the_gate_ends_the_asking_at_once(gate: str, fakes: Fakes, opened: Open) -> None:
    fakes.openreview.gate = gate  # type: ignore[assignment]
    session = opened()
    for _ in range(2):
        with pytest.raises(Refused) as caught:
            one(session, OLD)
        assert caught.value.code == "challenge"
        assert "OPENREVIEW_TOKEN" in (caught.value.hint or "")
    assert hosts(fakes) == [API1]


def test_a_login_opens_the_gate_once_for_both_hosts(fakes: Fakes, opened: Open) -> None:
    fakes.openreview.gate = "403"
    session = opened(ADA)
    assert isinstance(one(session, OLD), Paper)
    assert isinstance(one(session, NEW), Paper)
    assert fakes.openreview.logins == 1


def test_a_token_is_taken_as_it_is(fakes: Fakes, opened: Open) -> None:
    fakes.openreview.gate = "403"
    fakes.openreview.tokens.add("given")
    assert isinstance(one(opened("Bearer given\n"), OLD), Paper)
    assert fakes.openreview.logins == 0


def test_an_expired_token_is_renewed(fakes: Fakes, opened: Open) -> None:
    session = opened(ADA)
    one(session, OLD)
    fakes.openreview.tokens.clear()
    assert isinstance(one(session, NEW), Paper)
    assert fakes.openreview.logins == 2


@pytest.mark.parametrize(
    "login", [("ada@example.org", "wrong secret"), "wrong-secret", "a secret b"]
)
def test_a_wrong_login_is_refused_without_telling_it(
    login: Login, fakes: Fakes, opened: Open
) -> None:
    with pytest.raises(Refused) as caught:
        one(opened(login), OLD)
    said = f"{caught.value} {caught.value.hint}"
    assert "secret" not in said
    assert "ada@" not in said
    assert caught.value.hint


def test_a_second_factor_asks_for_a_token(fakes: Fakes, opened: Open) -> None:
    fakes.openreview.second_factor = True
    with pytest.raises(Refused, match="second factor") as caught:
        one(opened(ADA), OLD)
    assert "OPENREVIEW_TOKEN" in (caught.value.hint or "")


def test_what_only_the_login_may_read_is_not_told(fakes: Fakes, opened: Open) -> None:
    secret = FakeNote(id="hidden-note-1", title="Secret", readers=("Venue/Reviewers",))
    fakes.openreview.add(secret)
    for login in (None, ADA):
        found = one(opened(login), PaperId("openreview:hidden-note-1"))
        assert isinstance(found, Unresolved)
        assert found.code == "forbidden"
        assert "Secret" not in repr(found)
    hidden = one(opened(ADA), NEW)
    assert isinstance(hidden, Paper)
    assert hidden.authors == ()
    assert API2 not in hosts(fakes)[:-1]  # after a 403 the other host is not asked


@pytest.mark.parametrize("login", [None, ADA])
def test_an_original_leads_to_its_blind_copy(
    login: Login | None, fakes: Fakes, opened: Open
) -> None:
    original = PaperId("openreview:-iEEvvwzZ1k")
    fakes.openreview.add(
        FakeNote(id=original.key, title="With names", readers=("Venue/Authors",)),
        FakeNote(id="g1SzIRLQXMM", title="Blind", original=original.key),
    )
    found = one(opened(login), original)
    assert isinstance(found, Paper)
    assert (found.id, found.title, found.same_as) == (
        original,
        "Blind",
        ("openreview:g1SzIRLQXMM",),
    )


def test_a_lone_403_with_a_login_fails_that_paper_only(fakes: Fakes, opened: Open) -> None:
    session = opened(ADA)
    fakes.fault(API1, "403", times=1)
    found = one(session, OLD)
    assert isinstance(found, Unresolved)
    assert (found.code, found.retryable) == ("forbidden", True)
    assert isinstance(one(session, OLD), Paper)


def test_the_rate_limit_names_its_pause(fakes: Fakes, opened: Open) -> None:
    fakes.openreview.limit = 0
    with pytest.raises(Overloaded) as caught:
        one(opened(), OLD)
    assert caught.value.retry_after_s == pytest.approx(fakes.openreview.reset_s, abs=60)
    assert len(hosts(fakes)) == 1  # it is an hour away: nobody waits for that


@pytest.mark.parametrize(("fault", "error"), [("captcha", BadAnswer), ("404", SourceError)])
def test_web_pages_are_not_answers(
    fault: str, error: type[SourceError], fakes: Fakes, opened: Open
) -> None:
    fakes.fault(API1, fault)
    with pytest.raises(error):
        one(opened(), OLD)
    assert API2 not in hosts(fakes)
