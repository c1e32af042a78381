"""Where a feed may lead, however its address is written, and where its password may go."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from enrich.errors import FeedError
from enrich.feeds.download import fetch
from enrich.feeds.reading import read_talks
from tests.fakes import Fakes

HOST = "feeds.example.org"
BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def net(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    fakes.use(monkeypatch)
    return fakes


def read(url: str, folder: Path, session: requests.Session | None = None) -> bytes:
    return fetch(
        url,
        check=lambda _: None,
        on_stale=lambda _: None,
        cache_dir=folder,
        session=session,
    )


PRIVATE = (
    "169.254.169.254", "169%2e254%2e169%2e254", "169%2E254.169.254", "169%252e254%252e169%252e254",
    "169.254.169.254.", "169.254.169.254%2e", "localhost.", "LOCALHOST", "local%68ost", "a.localhost.",
    "１６９.254.169.254", "169。254。169。254", "①②⑦.0.0.1", "ⓛocalhost", "2852039166", "0xa9fea9fe",
    "0251.0376.0251.0376", "127.1", "[::ffff:169.254.169.254]", "[::1]", "[fe80::1%25eth0]",
    "[::ffff:a9fe:a9fe]", "10.0.0.1.", "0",
)  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("owned", [True, False])
def test_behind_a_proxy_no_spelling_leads_to_a_private_address(  # noqa: PLR0917 - fixtures
    host: str,
    scheme: str,
    owned: bool,
    net: Fakes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    location = f"{scheme}://{host}/latest/meta-data".encode().decode("latin-1")
    url = net.serve(f"{scheme}://{HOST}/a", b"", status=302, headers=[("Location", location)])
    with requests.Session() as session, pytest.raises(FeedError):
        read(url, tmp_path, None if owned else session)
    assert {request.host for request in net.requests()} == {HOST}


@pytest.mark.parametrize("host", ["169%2e254%2e169%2e254", "169.254.169.254.", "localhost."])
def test_such_an_address_is_called_private(host: str, net: Fakes, tmp_path: Path) -> None:
    url = net.serve(f"http://{HOST}/a", b"", status=302, headers=[("Location", f"http://{host}/")])
    with pytest.raises(FeedError, match="private address"):
        read(url, tmp_path)


def test_a_public_address_in_another_spelling_is_followed(net: Fakes, tmp_path: Path) -> None:
    net.serve("https://other.example/b", BODY)
    headers = [("Location", "https://OTHER.example/b")]
    url = net.serve(f"https://{HOST}/a", b"", status=302, headers=headers)
    assert read(url, tmp_path) == BODY


# --- downgrades and passwords --------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["https", "webcal", "webcals"])
def test_a_feed_does_not_lead_from_https_to_http(scheme: str, net: Fakes, tmp_path: Path) -> None:
    net.serve("http://other.example/b", BODY)
    headers = [("Location", "http://other.example/b")]
    net.serve(f"https://{HOST}/a", b"", status=302, headers=headers)
    with pytest.raises(FeedError, match="from https to http"):
        read(f"{scheme}://{HOST}/a", tmp_path)
    assert not net.requests("other.example")


def test_who_typed_http_may_be_led_there_again(net: Fakes, tmp_path: Path) -> None:
    net.serve("http://third.example/c", BODY)
    net.serve(
        "https://other.example/b", b"", status=302, headers=[("Location", "http://third.example/c")]
    )
    headers = [("Location", "https://other.example/b")]
    url = net.serve(f"http://{HOST}/a", b"", status=302, headers=headers)
    assert read(url, tmp_path) == BODY


@pytest.mark.parametrize(
    "target", ["http://ada:word@feeds.example.org/b", "http://feeds.example.org/b"]
)
@pytest.mark.parametrize("typed", ["http", "https"])
def test_a_password_is_not_sent_after_a_downgrade(
    typed: str, target: str, net: Fakes, tmp_path: Path
) -> None:
    """The feed goes from https to http on its own host, with the password in the address again."""
    files = {
        ("http", "/a"): ("https://ada:word@feeds.example.org/a2"),
        ("https", "/a"): target,
        ("https", "/a2"): target,
    }
    from tests.fakes import Answer, Request

    def answer(request: Request) -> Answer:
        location = files.get((request.scheme, request.path))
        if location is None:
            return Answer(body=BODY)
        return Answer(status=302, headers=(("Location", location),))

    net.host(HOST, answer)
    try:
        read(f"{typed}://ada:word@{HOST}/a", tmp_path)
    except FeedError:
        assert typed == "https"
    plain = [r for r in net.requests(HOST) if r.scheme == "http" and r.path == "/b"]
    assert [request.headers["authorization"] for request in plain] == [None] * len(plain)
    assert len(plain) == (typed == "http")


@pytest.mark.parametrize("name", ["..", ".", "...", "a/../b", "a?b", "", "a b", "%2e%2e"])
def test_a_series_is_not_a_path(name: str, net: Fakes, tmp_path: Path) -> None:
    with pytest.raises(FeedError):
        read_talks(f"researchseminars:{name}", cache_dir=tmp_path)
    assert not net.requests()
