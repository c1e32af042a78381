"""The network's end: proxies and certificate authorities, cassettes, and a caller's own session."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from enrich.errors import Refused
from enrich.sources.installed import source
from tests.fakes import FakePaper, Fakes
from tests.http.sessions import Run

HOST = "export.arxiv.org"
URL = f"https://{HOST}/api/query?id_list=2101.00001"


@pytest.fixture(autouse=True)
def _services(fakes: Fakes, run: Run) -> None:
    run.services = (source("arxiv"),)
    fakes.arxiv.add(FakePaper(id="2101.00001"))


# --- the environment -----------------------------------------------------------------------

COMMAND = """
import socket, sys
from pathlib import Path
from enrich.errors import SourceError
from enrich.http.session import open_session
from enrich.sources.installed import source

def looked_up(host, *rest, ask=socket.getaddrinfo):
    print("connects to", host)
    if host != "127.0.0.1":
        raise socket.gaierror("no such host here")
    return ask(host, *rest)

socket.getaddrinfo = looked_up
folder = Path(sys.argv[1])
session = open_session([source("arxiv")], cache_dir=folder, state_dir=folder, timeout_s=float(sys.argv[2]))
try:
    print(session.get("https://export.arxiv.org/api/query?id_list=2101.00001").status_code)
except SourceError as error:
    print(error, "|", error.hint)
"""


def command(fakes: Fakes, folder: Path, *, timeout_s: float = 60, **env: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, str(folder), str(timeout_s)],
        env=fakes.env(folder, **env),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_proxy_and_a_companys_authority_are_honoured(fakes: Fakes, tmp_path: Path) -> None:
    assert command(fakes, tmp_path).splitlines() == ["connects to 127.0.0.1", "200"]
    assert [request.proxied for request in fakes.requests(HOST)] == [True]


def test_without_the_authority_nothing_is_sent_and_the_remedy_named(
    fakes: Fakes, tmp_path: Path
) -> None:
    said = command(fakes, tmp_path, REQUESTS_CA_BUNDLE="")
    assert "TLS" in said
    assert "REQUESTS_CA_BUNDLE" in said
    assert not [request for request in fakes.requests() if request.method != "CONNECT"]


def test_a_bundle_that_is_not_there_is_a_setting_to_mend(fakes: Fakes, tmp_path: Path) -> None:
    said = command(fakes, tmp_path, REQUESTS_CA_BUNDLE="/nowhere/ca.pem")
    assert "REQUESTS_CA_BUNDLE" in said
    assert "/nowhere" not in said
    assert not fakes.requests()


@pytest.mark.parametrize("proxy", ["http://", "socks5://127.0.0.1:9", "::"])
def test_a_proxy_that_is_none_is_a_setting_to_mend(
    fakes: Fakes, tmp_path: Path, proxy: str
) -> None:
    said = command(fakes, tmp_path, HTTPS_PROXY=proxy, https_proxy=proxy)
    assert "HTTPS_PROXY" in said
    assert not fakes.requests()


@pytest.mark.parametrize("spared", [HOST, "arxiv.org", "*"])
def test_no_proxy_goes_straight(fakes: Fakes, tmp_path: Path, spared: str) -> None:
    said = command(fakes, tmp_path, timeout_s=3, NO_PROXY=spared, no_proxy=spared)
    assert f"connects to {HOST}" in said
    assert "connects to 127" not in said
    assert not fakes.requests()


# --- a caller's session --------------------------------------------------------------------


class Counting(HTTPAdapter):
    """A caller's adapter."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[requests.PreparedRequest] = []
        self.closed = False

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        self.sent.append(request)
        return super().send(request, *args, **kwargs)

    def close(self) -> None:
        self.closed = True
        super().close()


def test_a_callers_adapter_sends_under_our_gate_and_retries(
    fakes: Fakes, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name)
    adapter = Counting()
    with requests.Session() as mine:
        mine.mount(f"https://{HOST}/", adapter)
        mine.proxies = {"https": fakes.proxy}
        mine.verify = str(fakes.bundle)
        mine.headers["X-Secret"] = "mine"
        mine.auth = ("me", "mine")
        fakes.fault(HOST, "503", times=1)
        with run.open(base=mine) as session:
            assert session.get(URL).status_code == 200
        assert not adapter.closed, "it is the caller's"
    assert len(adapter.sent) == 2
    for request in adapter.sent:
        assert request.headers["User-Agent"].startswith("enrich/")
        assert not {"x-secret", "authorization"} & {name.lower() for name in request.headers}


def test_a_session_of_ours_as_a_base_has_one_gate(fakes: Fakes, run: Run) -> None:
    with run.open() as first, run.open(base=first) as second:
        assert second.get(URL).status_code == 200
    assert len(fakes.requests(HOST)) == 1


def test_a_password_file_is_not_looked_into(
    fakes: Fakes, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = run.folder / "netrc"
    netrc.write_text(f"machine {HOST} login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    run.open().get(URL)
    assert fakes.requests(HOST)[0].headers["authorization"] is None


def test_cookies_are_not_taken(fakes: Fakes, run: Run) -> None:
    class Cookies(HTTPAdapter):
        def send(self, *args: Any, **kwargs: Any) -> Any:
            response = super().send(*args, **kwargs)
            response.raw.headers["Set-Cookie"] = "clearance=mine; Path=/"
            return response

    base = requests.Session()
    base.mount("https://", Cookies())
    session = run.open(base=base)
    for _ in range(2):
        response = session.get(URL)
    assert "Set-Cookie" not in response.headers
    assert not session.cookies
    assert all(request.headers["cookie"] is None for request in fakes.requests(HOST))


# --- cassettes -----------------------------------------------------------------------------


@pytest.mark.vcr
@pytest.mark.default_cassette("arxiv-503-then-200.yaml")
def test_a_cassette_replays_through_the_whole_chain(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "enrich")
    arxiv = source("arxiv")
    ids = [("2103.01338", None), ("2110.10090", None)]
    pairs = [(found[0], version) for key, version in ids if (found := arxiv.canonical(key))]
    papers = {paper: found for paper, _, found in arxiv.fetch(pairs, run.open())}
    assert {type(found).__name__ for found in papers.values()} == {"Paper"}
    assert len(papers) == 2
    assert "arXiv answered 503; attempt 2 of 4 in " in caplog.text


@pytest.mark.vcr
@pytest.mark.default_cassette("openreview-challenge.yaml")
def test_a_recorded_challenge_ends_the_asking(run: Run) -> None:
    openreview = source("openreview")
    found = openreview.canonical("FpKgG31Z_i9")
    assert found is not None
    session = run.open(openreview)
    for _ in range(2):
        with pytest.raises(Refused) as caught:
            list(openreview.fetch([(found[0], None)], session))
        assert caught.value.code == "challenge"
