"""Runs without any network end in seconds, and the summary says so in one line."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import urllib3

from enrich.errors import Overloaded, Unreachable
from enrich.http.transport import _is_unreachable
from tests.command import run
from tests.conftest import ROOT
from tests.fakes import FakePaper, Fakes
from tests.in_process import Here

EXAMPLE = ROOT / "enrich/example/SciML.ics"
ARXIV = "export.arxiv.org"


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as held:  # bound and not listening: a connection is refused
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def lead_nowhere(env: dict[str, str], port: int) -> dict[str, str]:
    names = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
    return {**env, **dict.fromkeys(names, f"http://127.0.0.1:{port}")}


@pytest.mark.parametrize("options", [(), ("--no-fallback",)])
def test_the_summary_says_so_after_seconds(
    fakes: Fakes, tmp_path: Path, closed_port: int, options: tuple[str, ...]
) -> None:
    env = lead_nowhere(fakes.env(tmp_path), closed_port)
    began = time.monotonic()
    ran = run(str(EXAMPLE), *options, env=env, timeout=60)
    assert time.monotonic() - began < 30
    assert ran.status == 3
    assert {paper["error"]["code"] for paper in ran.document["papers"]} == {"http_error"}
    (line,) = ran.err.splitlines()
    assert line.count("no network") == 1
    assert "3 failed (no network: no connection to arXiv and OpenReview; " in line


def test_a_later_run_is_not_held_back_by_it(fakes: Fakes, tmp_path: Path, closed_port: int) -> None:
    env = fakes.env(tmp_path)
    fakes.arxiv.add(FakePaper(id="2104.00001"))
    assert run("lookup", "2104.00001", env=lead_nowhere(env, closed_port)).status == 3
    fakes.fault(ARXIV, "reset", times=1)
    assert run("lookup", "2104.00001", env=env).status == 0, "the reset is tried again"


def test_after_an_answer_a_lost_connection_is_tried_again(
    fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Here(fakes, tmp_path, monkeypatch)
    fakes.arxiv.add(*(FakePaper(id=f"2104.{n:05}") for n in range(1, 102)))
    sends = []
    real = requests.adapters.HTTPAdapter.send

    def send(self: object, *args: object, **options: object) -> requests.Response:
        sends.append(1)
        if len(sends) in {2, 3}:
            cause = urllib3.exceptions.NewConnectionError(None, "refused")  # type: ignore[arg-type]
            raise requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", cause))  # type: ignore[arg-type]
        return real(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    with home.enricher() as enricher:
        found = enricher.lookup([f"2104.{n:05}" for n in range(1, 102)])
        assert {paper.status for paper in found.values()} == {"resolved"}
        assert len(sends) == 4


def test_the_first_failure_without_an_answer_is_the_last_attempt(
    fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Here(fakes, tmp_path, monkeypatch)
    sends = []

    def send(self: object, *args: object, **options: object) -> requests.Response:
        sends.append(1)
        cause = urllib3.exceptions.NameResolutionError("h", None, OSError())  # type: ignore[arg-type]
        raise requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", cause))  # type: ignore[arg-type]

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    with home.enricher(fallback=False) as enricher:
        keys = [f"2104.{n:05}" for n in range(1, 252)]
        found, report = enricher.lookup_with_report(keys)
    assert len(sends) == 1, "one attempt, for three batches"
    assert {paper.status for paper in found.values()} == {"failed"}
    assert isinstance(report.troubles["arxiv"], Unreachable)
    assert not report.has_network
    assert home.clock.waits == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", urllib3.exceptions.NewConnectionError(None, ""))), True),  # type: ignore[arg-type]
        (requests.ConnectionError(urllib3.exceptions.ProtocolError("reset", OSError())), False),
        (requests.exceptions.ProxyError(urllib3.exceptions.MaxRetryError(None, "/", urllib3.exceptions.ProxyError("", urllib3.exceptions.NewConnectionError(None, "")))), True),  # type: ignore[arg-type]
        (requests.exceptions.ProxyError(urllib3.exceptions.MaxRetryError(None, "/", urllib3.exceptions.ProxyError("", OSError("502")))), False),  # type: ignore[arg-type]
        (requests.ConnectionError(), False),
    ],
    ids=["refused", "reset", "no proxy", "proxy says no", "bare"],
)  # fmt: skip
def test_what_counts_as_no_connection(error: requests.ConnectionError, *, expected: bool) -> None:
    assert _is_unreachable(error) is expected


def test_the_error_is_one_that_is_retried() -> None:
    assert issubclass(Unreachable, Overloaded)
