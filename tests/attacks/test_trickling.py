"""Answers that never end: one clock runs over connection, TLS, head, body and trailers."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from itertools import chain, repeat
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter

from enrich.errors import BadAnswer, FeedError, Overloaded, SourceError
from enrich.feeds.download import Limits, fetch
from enrich.http.transport import exchange
from tests.attacks.trickling import Trickle, endless_answers
from tests.fakes import Fakes

DEADLINE_S = 0.4
SPARE_S = 1.0  # of a busy machine


def ask(
    port: int,
    *,
    network: HTTPAdapter | None = None,
    scheme: str = "http",
    proxies: dict[str, str] | None = None,
    deadline_s: float = DEADLINE_S,
) -> float:
    """Ask a local port with little time; gives the seconds that it took to fail."""
    start = time.monotonic()
    request = requests.Request("GET", f"{scheme}://127.0.0.1:{port}/a").prepare()
    with pytest.raises(SourceError) as caught:
        exchange(
            HTTPAdapter() if network is None else network,
            request,
            timeout_s=(5.0, 5.0),
            deadline=time.monotonic() + deadline_s,
            max_bytes=1_000_000,
            clock=time.monotonic,
            proxies=proxies or {},
        )
    assert type(caught.value) is Overloaded
    assert caught.value.code == "timeout"
    return time.monotonic() - start


@pytest.mark.parametrize("kind", endless_answers())
def test_an_endless_answer_ends_at_the_deadline(kind: str) -> None:
    with Trickle(endless_answers()[kind]) as server:
        assert ask(server.port) < DEADLINE_S + SPARE_S


@pytest.mark.parametrize("kind", ["header", "100 Continue", "body", "trailers"])
def test_a_connection_of_our_own_is_shut_down_at_the_deadline(kind: str) -> None:
    from enrich.http.watch import open_adapter

    with Trickle(endless_answers()[kind]) as server:
        ask(server.port, network=open_adapter())
        assert server.left.wait(SPARE_S), "the connection is still open"


def test_a_tls_handshake_ends_at_the_deadline() -> None:
    hello = chain([b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"], repeat(b"\x00"))
    with Trickle(hello) as server:
        assert ask(server.port, scheme="https") < DEADLINE_S + SPARE_S


def test_a_proxys_endless_answer_ends_at_the_deadline() -> None:
    with Trickle(chain([b"HTTP/1.1 200 OK\r\nX: "], repeat(b"x"))) as server:
        proxies = {"https": f"http://127.0.0.1:{server.port}"}
        assert ask(1, scheme="https", proxies=proxies) < DEADLINE_S + SPARE_S


def test_an_adapter_of_a_caller_that_hangs_is_left_at_the_deadline() -> None:
    class Hanging(HTTPAdapter):
        def send(self, *_: object, **__: object) -> requests.Response:
            time.sleep(2.5)
            raise AssertionError

    assert ask(1, network=Hanging()) < DEADLINE_S + SPARE_S


def test_an_empty_body_of_many_bytes_is_too_long() -> None:
    """Bytes on the wire count too: nothing decodes from them, however fast they come."""
    compressed = (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    )
    blocks = chain([compressed], repeat(b"\x00\x00\x00\xff\xff" * 10_000))
    with Trickle(blocks, every_s=0) as server, pytest.raises(BadAnswer):
        exchange(
            HTTPAdapter(),
            requests.Request("GET", f"http://127.0.0.1:{server.port}/a").prepare(),
            timeout_s=(5.0, 5.0),
            deadline=time.monotonic() + 60,
            max_bytes=1_000_000,
            clock=time.monotonic,
        )


def test_no_thread_is_left_behind() -> None:
    from enrich.http.watch import open_adapter

    before = threading.active_count()
    with Trickle(endless_answers()["header"]) as server:
        ask(server.port, network=open_adapter())
        for _ in range(100):
            if threading.active_count() <= before + 2:  # the server's own two
                break
            time.sleep(0.02)
        assert threading.active_count() <= before + 2


@pytest.mark.parametrize("kind", ["header", "100 Continue", "trailers", "name in gzip"])
def test_an_endless_feed_ends_at_the_deadline(kind: str, tmp_path: Path) -> None:
    start = time.monotonic()
    with Trickle(endless_answers()[kind]) as server, pytest.raises(FeedError):
        fetch(
            f"http://127.0.0.1:{server.port}/a.ics",
            check=lambda _: None,
            on_stale=lambda _: None,
            cache_dir=tmp_path,
            limits=Limits(deadline_s=DEADLINE_S),
        )
    assert time.monotonic() - start < DEADLINE_S + SPARE_S


@pytest.mark.parametrize("command", ["lookup", "feed"])
def test_the_time_given_on_the_command_line_is_kept(
    command: str, fakes: Fakes, tmp_path: Path
) -> None:
    """The proxy's answer to CONNECT never ends; imports are not counted."""
    with Trickle(chain([b"HTTP/1.1 200 OK\r\nX: "], repeat(b"x"))) as server:
        proxy = f"http://127.0.0.1:{server.port}"
        if command == "lookup":
            args = ["lookup", "2103.01338", "--timeout", "1s"]
        else:
            args = ["https://feeds.example.org/a.ics", "--timeout", "1s"]
        env = fakes.env(tmp_path, HTTPS_PROXY=proxy, https_proxy=proxy)
        start = time.monotonic()
        subprocess.run([sys.executable, "-m", "enrich", "--version"], env=env, check=True)
        imports_s = time.monotonic() - start
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "enrich", *args], env=env, capture_output=True, check=False
        )
        assert done.returncode == (3 if command == "lookup" else 1), done.stderr
        assert time.monotonic() - start < 1 + 2 + 4 * imports_s
