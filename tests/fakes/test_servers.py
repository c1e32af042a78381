"""The stand-ins themselves: what they answer, what goes wrong on demand, what they record."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests
from lxml import etree

from tests.fakes import FakeNote, FakePaper, Fakes, FakeVersion

ARXIV, API1, API2 = "export.arxiv.org", "api.openreview.net", "api2.openreview.net"
QUERY = f"https://{ARXIV}/api/query"
ATOM = {"a": "http://www.w3.org/2005/Atom", "o": "http://a9.com/-/spec/opensearch/1.1/"}


def ask(session: requests.Session, ids: str, **more: str) -> tuple[list[str], int]:
    """Ids of the entries, and totalResults."""
    answer = session.get(QUERY, params={"id_list": ids, **more}, timeout=60)
    assert answer.status_code == 200
    root = etree.fromstring(answer.content)
    entries = [str(id_.text) for id_ in root.iterfind("a:entry/a:id", ATOM)]
    return [id_.rpartition("/abs/")[2] for id_ in entries], int(
        root.findtext("o:totalResults", "", ATOM)
    )


# --- arXiv ---------------------------------------------------------------------------------


def versions(*dates: str) -> list[FakeVersion]:
    return [FakeVersion(date=date) for date in dates]


def test_arxiv_leaves_out_unknown_ids_and_turns_the_order(
    fakes: Fakes, session: requests.Session
) -> None:
    fakes.arxiv.add(FakePaper(id="2101.00001"), FakePaper(id="math/0601001"))
    assert ask(session, "2101.00001,2101.00002,math/0601001") == (
        ["math/0601001v1", "2101.00001v1"],
        2,
    )


def test_arxiv_gives_each_version_its_own_title_and_date(
    fakes: Fakes, session: requests.Session
) -> None:
    old = FakeVersion(date="2021-01-01T00:00:00Z", title="Old")
    new = FakeVersion(date="2021-02-01T00:00:00Z")
    fakes.arxiv.add(FakePaper(id="2101.00001", title="New", versions=[old, new]))
    answer = session.get(QUERY, params={"id_list": "2101.00001v1,2101.00001"}, timeout=60)
    entries = etree.fromstring(answer.content).findall("a:entry", ATOM)
    shown = [
        [e.findtext(f"a:{k}", "", ATOM) for k in ("title", "updated", "published")] for e in entries
    ]
    assert shown == [["New", new.date, old.date], ["Old", old.date, old.date]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("2101.00001,2101.00001v2", ["2101.00001v2"]),  # the current version, twice
        ("2101.00001v3", []),
        ("arXiv:2101.00001", []),
        (" 2101.00001", []),
        ("2101.00001V2", []),
        ("math.AG/0601001", []),
    ],
)
def test_arxiv_matches_exactly(
    fakes: Fakes, session: requests.Session, asked: str, found: list[str]
) -> None:
    fakes.arxiv.add(
        FakePaper(
            id="2101.00001", versions=versions("2021-01-01T00:00:00Z", "2021-02-01T00:00:00Z")
        ),
        FakePaper(id="math/0601001"),
    )
    assert ask(session, asked) == (found, len(found))


@pytest.mark.parametrize("bad", ["abc", "", "hepth/9901001", "foo/9901001"])
def test_one_bad_id_refuses_the_whole_list(
    fakes: Fakes, session: requests.Session, bad: str
) -> None:
    fakes.arxiv.add(FakePaper(id="2101.00001"))
    answer = session.get(QUERY, params={"id_list": f"2101.00001,{bad}"}, timeout=60)
    assert answer.status_code == 400
    assert f"<summary>incorrect id format for {bad}</summary>" in answer.text
    fakes.arxiv.malformed = "omitted"
    assert ask(session, f"2101.00001,{bad}") == (["2101.00001v1"], 1)


def test_arxiv_gives_ten_unless_told_and_takes_a_form(
    fakes: Fakes, session: requests.Session
) -> None:
    ids = [f"2101.{n:05}" for n in range(1, 13)]
    fakes.arxiv.add(*(FakePaper(id=id_) for id_ in ids))
    assert ask(session, ",".join(ids)) == ([f"{id_}v1" for id_ in ids[:1:-1]], 12)
    form = {"id_list": ",".join(ids), "max_results": "100"}
    assert session.post(QUERY, data=form, timeout=60).text.count("<entry>") == 12
    assert ask(session, ",".join(ids), start="10")[0] == ["2101.00002v1", "2101.00001v1"]


def test_a_list_that_is_too_long_for_an_address_is_414(session: requests.Session) -> None:
    ids = ",".join(f"2101.{n:05}" for n in range(1, 700))
    assert session.get(QUERY, params={"id_list": ids}, timeout=60).status_code == 414
    assert session.post(QUERY, data={"id_list": ids}, timeout=60).status_code == 200


def test_unknown_ids_are_counted_by_the_old_service(
    fakes: Fakes, session: requests.Session
) -> None:
    fakes.arxiv.counts_unknown = True
    fakes.arxiv.add(FakePaper(id="2101.00001"))
    assert ask(session, "2101.00001,2101.00002") == (["2101.00001v1"], 2)


# --- OpenReview ----------------------------------------------------------------------------


def note(session: requests.Session, host: str, id_: str, **headers: str) -> requests.Response:
    return session.get(f"https://{host}/notes", params={"id": id_}, headers=headers, timeout=60)


def test_the_two_hosts_hold_different_notes_in_their_own_shapes(
    fakes: Fakes, session: requests.Session
) -> None:
    fakes.openreview.add(
        FakeNote(id="aaaaa_1", title="One"), FakeNote(id="bbbbb2", api=2, title="Two")
    )
    assert note(session, API1, "aaaaa_1").json()["notes"][0]["content"]["title"] == "One"
    assert note(session, API2, "bbbbb2").json()["notes"][0]["content"]["title"] == {"value": "Two"}
    assert note(session, API2, "aaaaa_1").json()["name"] == "NotFoundError"
    fakes.openreview.missing = "empty"
    assert note(session, API2, "aaaaa_1").json() == {"notes": [], "count": 0}


def test_notes_are_found_by_forum_and_original(fakes: Fakes, session: requests.Session) -> None:
    fakes.openreview.add(
        FakeNote(id="blind", original="private"),
        FakeNote(id="private", readers=["Example.org/2022/Conference"]),
        FakeNote(id="reply", forum="blind", replyto="blind", title=None),
        FakeNote(id="gone", forum="blind", ddate=1),
    )
    assert note(session, API1, "private").json()["name"] == "ForbiddenError"
    assert note(session, API1, "gone").status_code == 404
    for query, ids in (("original=private", ["blind"]), ("forum=blind", ["blind", "reply"])):
        answer = session.get(f"https://{API1}/notes?{query}", timeout=60).json()
        assert [n["id"] for n in answer["notes"]] == ids


def test_the_gate_opens_with_a_token_that_a_login_gives(
    fakes: Fakes, session: requests.Session
) -> None:
    fakes.openreview.add(FakeNote(id="aaaaa1", api=2, hidden=["authors"]))
    assert "authors" not in note(session, API2, "aaaaa1").json()["notes"][0]["content"]
    fakes.openreview.gate = "403"
    refused = note(session, API2, "aaaaa1")
    assert (refused.status_code, refused.json()["name"]) == (403, "ChallengeRequiredError")
    fakes.openreview.gate = "page"
    assert "Verifying your browser | OpenReview" in note(session, API2, "aaaaa1").text

    login = {"id": "ada@example.org", "password": "wrong"}
    assert session.post(f"https://{API2}/login", json=login, timeout=60).status_code == 400
    login["password"] = "correct horse"
    token = session.post(f"https://{API2}/login", json=login, timeout=60).json()["token"]
    answer = note(session, API2, "aaaaa1", Authorization=f"Bearer {token}").json()
    assert answer["notes"][0]["content"]["authors"]["readers"] == ["Example.org/2022/Conference"]
    assert fakes.openreview.logins == 2

    fakes.openreview.tokens.clear()
    expired = note(session, API1, "aaaaa1", Authorization=f"Bearer {token}")
    assert (expired.status_code, expired.json()["name"]) == (401, "TokenExpiredError")
    fakes.openreview.second_factor = True
    assert "mfaPendingToken" in session.post(f"https://{API2}/login", json=login, timeout=60).json()


def test_too_many_notes_name_the_time_of_reset(fakes: Fakes, session: requests.Session) -> None:
    fakes.openreview.add(FakeNote(id="aaaaa1"))
    fakes.openreview.limit = 1
    assert note(session, API1, "aaaaa1").status_code == 200
    refused = note(session, API1, "aaaaa1")
    assert refused.status_code == 429
    assert refused.json()["details"]["resetTime"].endswith("Z")


# --- files, proxy, records -----------------------------------------------------------------


def test_files_are_served_directly_through_the_proxy_and_under_any_name(
    fakes: Fakes, session: requests.Session
) -> None:
    urls = [
        fakes.serve("/talks.ics", b"one"),
        fakes.serve("http://feeds.example.org/talks.ics?token=1", b"two"),
        fakes.serve("https://feeds.example.org/talks.ics", b"three", etag="v1"),
    ]
    assert [session.get(url, timeout=60).text for url in urls] == ["one", "two", "three"]
    assert [r.proxied for r in fakes.requests()] == [False, True, True]
    again = session.get(urls[2], headers={"If-None-Match": '"v1"'}, timeout=60)
    assert (again.status_code, again.content) == (304, b"")


def test_a_plain_https_server_answers_on_the_same_port(
    fakes: Fakes, session: requests.Session
) -> None:
    url = fakes.serve("/talks.ics", b"one").replace("http:", "https:")
    assert session.get(url, timeout=60).text == "one"


def test_a_host_that_nobody_gave_cannot_be_reached(fakes: Fakes, session: requests.Session) -> None:
    with pytest.raises(requests.exceptions.ProxyError):
        session.get("https://example.com/", timeout=60)
    (attempt,) = fakes.requests("example.com")
    assert (attempt.method, attempt.fault) == ("CONNECT", "unknown host")


def test_a_command_is_led_here_by_its_environment_alone(fakes: Fakes, tmp_path: Path) -> None:
    fakes.add_example()
    code = (
        "import requests; print(requests.get('https://export.arxiv.org/api/query?id_list=2103.01338',"
        " headers={'x-note': 'hi'}, timeout=60).status_code)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=fakes.env(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "200\n"
    (request,) = fakes.requests()
    assert (request.host, request.path, request.query) == (
        ARXIV,
        "/api/query",
        {"id_list": "2103.01338"},
    )
    assert (request.headers["X-Note"], request.status, request.proxied) == ("hi", 200, True)


def test_requests_in_flight_and_gaps_are_counted(fakes: Fakes, session: requests.Session) -> None:
    fakes.hold(ARXIV)
    threads = [threading.Thread(target=session.get, args=(QUERY,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    fakes.wait_for(ARXIV, 3)
    assert all(request.ended is None for request in fakes.requests(ARXIV))
    fakes.release(ARXIV, 5)
    for thread in threads:
        thread.join()
    assert fakes.most_in_flight(ARXIV) == 3
    fakes.forget()
    fakes.latency(ARXIV, 0.5)
    session.get(QUERY, timeout=60)
    time.sleep(0.1)
    session.get(QUERY, timeout=60)
    (gap,) = fakes.gaps(ARXIV)
    assert 0.1 <= gap < 5
    assert fakes.most_in_flight(ARXIV) == 1
    assert all((r.ended or 0) - r.arrived >= 0.5 for r in fakes.requests(ARXIV))


def test_a_client_that_leaves_ends_its_request(fakes: Fakes, session: requests.Session) -> None:
    fakes.fault(ARXIV, "hang", times=1)
    with pytest.raises(requests.ReadTimeout):
        session.get(QUERY, timeout=(60, 0.1))  # to connect, to be answered
    fakes.wait_until_idle(ARXIV)
    session.get(QUERY, timeout=60)
    left, after = fakes.requests(ARXIV)
    assert left.ended is not None
    assert (left.status, after.in_flight) == (None, 1)


# --- closing ------------------------------------------------------------------------------


def test_defects_of_the_stand_ins_are_raised_when_they_close(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fakes = Fakes()
    fakes.use(monkeypatch)
    fakes.arxiv.order = lambda hits: [hits[7]]
    with pytest.raises(requests.ConnectionError):
        requests.get(QUERY, timeout=60)
    with pytest.raises(ExceptionGroup):
        fakes.close()


def test_closing_does_not_wait_for_idle_clients() -> None:
    fakes = Fakes()
    with socket.create_connection(("127.0.0.1", int(fakes.proxy.rpartition(":")[2]))) as idle:
        idle.sendall(b"GET / HT")
        started = time.monotonic()
        fakes.close()
    assert time.monotonic() - started < 5
