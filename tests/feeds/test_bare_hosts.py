"""A feed whose address is a host alone, with or without port, path and query, over http and https."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enrich.errors import FeedError
from enrich.feeds.reading import read_talks
from enrich.model import Notice, Talk
from tests.fakes import Fakes, Request
from tests.fakes.wire import Answer

HOST = "feeds.example.org"
SECRET = "Zq7-token-0f3e9b"
CALENDAR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20310305T160000Z\r\n"
    b"SUMMARY:Flight\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
ENDS = ["", "/", "?x", f"?key={SECRET}", "/?x", "#top", f"?{SECRET}#top"]
Read = Callable[..., list[Talk]]


@pytest.fixture
def notices() -> list[Notice]:
    return []


@pytest.fixture
def net(fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fakes:
    """The stand-ins, and a home folder of its own."""
    fakes.use(monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path))
    return fakes


@pytest.fixture
def read(tmp_path: Path, notices: list[Notice]) -> Read:
    def reading(url: str, **options: Any) -> list[Talk]:
        options = dict[str, Any](cache_dir=tmp_path / "cache", on_notice=notices.append) | options
        return list(read_talks(url, **options))

    return reading


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("port", ["", ":80", ":"])
@pytest.mark.parametrize("scheme", ["http", "HTTP"])
def test_a_host_alone_is_read(net: Fakes, read: Read, scheme: str, port: str, end: str) -> None:
    net.host(HOST, lambda _: Answer(body=CALENDAR, headers=(("ETag", '"one"'),)))
    for _ in range(2):
        (talk,) = read(f"{scheme}://{HOST}{port}{end}")
        assert talk.feed.name == HOST
    asked = net.requests(HOST)
    assert {(r.scheme, r.path) for r in asked} == {("http", "/")}
    assert len(asked) == 2
    assert len(read(f"{scheme}://{HOST}{port}{end}", offline=True)) == 1


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("scheme", ["https", "webcal", "WebCals"])
def test_a_host_alone_is_read_over_https(net: Fakes, read: Read, scheme: str, end: str) -> None:
    net.host(HOST, lambda _: Answer(body=CALENDAR))
    (talk,) = read(f"{scheme}://{HOST}{end}")
    assert talk.feed.name == HOST
    assert [(r.scheme, r.path) for r in net.requests(HOST)] == [("https", "/")]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("login", [f"ada:{SECRET}@", f"{SECRET}@", f":{SECRET}@", "@"])
def test_a_login_is_sent_and_never_shown(  # noqa: PLR0917 - fixtures
    net: Fakes, read: Read, notices: list[Notice], caplog: pytest.LogCaptureFixture, login: str, end: str
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    found: list[Request] = []

    def answer(request: Request) -> Answer:
        found.append(request)
        return Answer(status=403) if len(found) > 1 else Answer(body=CALENDAR)

    net.host(HOST, answer)
    (talk,) = read(f"http://{login}{HOST}{end}")
    assert SECRET not in repr(talk)
    with pytest.raises(FeedError) as caught:
        read(f"http://{login}{HOST}{end}")
    assert SECRET not in str(caught.value) + str(caught.value.hint) + repr(notices) + caplog.text
    assert (found[0].headers["authorization"] is not None) is (login not in {"@", f":{SECRET}@"})


@pytest.mark.parametrize(
    "rest",
    ["", "?x", "/", ":80", ":", "@", f"ada:{SECRET}@", f"ada:{SECRET}@:80", f"ada:{SECRET}@/x",
     f"{HOST}:99999", f"{HOST}:x", f"{HOST}:-1", f"{HOST}:80:80", f"ada:{SECRET}@{HOST}:99999",
     f"ada:{SECRET}@{HOST}:{SECRET}", f"[{HOST}]", f"{HOST}:٨٠", "[::1", ".", "..", f".{HOST}",
     f"ada:{SECRET}@[::1", f"ada:{SECRET}@.", f"a b.example.org?{SECRET}", f"{'a' * 64}.example.org?{SECRET}",
     f"{'a.' * 200}org?{SECRET}", f"*.example.org?{SECRET}", f"{HOST}\\@other.example?{SECRET}"],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["http", "https", "webcal"])
def test_what_is_not_a_host_is_refused_in_a_sentence(
    net: Fakes, read: Read, caplog: pytest.LogCaptureFixture, scheme: str, rest: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(FeedError) as caught:
        read(f"{scheme}://{rest}")
    shown = str(caught.value)
    assert len(shown) > 10
    assert SECRET not in shown + str(caught.value.hint) + caplog.text
    assert {request.host for request in net.requests()} <= {
        "a" * 64 + ".example.org",
        "a." * 200 + "org",
    }


@pytest.mark.parametrize("typed", [HOST, f"{HOST}:80", f"{HOST}?x", f"{HOST}/", f"{HOST}/talks.ics", f"//{HOST}",
     f"{HOST}:80/x?{SECRET}", f"{HOST}?{SECRET}", f"//{HOST}/x?{SECRET}", f"ada:{SECRET}@{HOST}", f"ada:{SECRET}@{HOST}/x",
     f"ada:{SECRET}@{HOST}:80?x", "www.example.ac.uk"])  # fmt: skip
def test_without_a_scheme_it_is_a_path_and_the_hint_names_the_scheme(
    net: Fakes, read: Read, typed: str
) -> None:
    with pytest.raises(FeedError, match="no such file") as caught:
        read(typed)
    assert SECRET not in str(caught.value)
    assert caught.value.hint == "an address begins with https://"
    assert net.requests() == []


@pytest.mark.parametrize(
    "typed", ["talks.ics", "spring.ics.gz", "a.b.md", "spring.2026", "v1.2/talks.ics?"]
)
def test_a_path_is_named_as_typed(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    (tmp_path / "v1.2").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FeedError) as caught:
        read(typed)
    assert str(caught.value) == f"{typed}: no such file"
    assert caught.value.hint is None


@pytest.mark.parametrize(
    "location", [f"http://{HOST}\\@other.example/b", "http://127.0.0.1\\@other.example/"]
)
def test_a_redirect_with_two_hosts_is_refused(net: Fakes, read: Read, location: str) -> None:
    net.host(HOST, lambda _: Answer(status=302, headers=(("Location", location),)))
    with pytest.raises(FeedError, match="redirects to an invalid URL"):
        read(f"http://{HOST}")
    assert len(net.requests()) == 1


def test_a_redirect_from_a_host_alone_is_followed(net: Fakes, read: Read) -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/":
            return Answer(status=302, headers=(("Location", "talks.ics"),))
        return Answer(body=CALENDAR)

    net.host(HOST, answer)
    assert len(read(f"http://ada:{SECRET}@{HOST}")) == 1
    assert [r.path for r in net.requests(HOST)] == ["/", "/talks.ics"]


@pytest.mark.parametrize("location", [f"http://{HOST}:80/b", f"http://{HOST}:8080/b", "http://other.example", "//other.example?x"])  # fmt: skip
def test_a_login_of_a_host_alone_stays_there(net: Fakes, read: Read, location: str) -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/" and request.host == HOST:
            return Answer(status=302, headers=(("Location", location),))
        return Answer(body=CALENDAR)

    for host in (HOST, "other.example"):
        net.host(host, answer)
    read(f"http://ada:{SECRET}@{HOST}")
    first, *others = net.requests()
    assert first.headers["authorization"] is not None
    assert [r.headers["authorization"] for r in others] == [None]
