"""The faults that the stand-ins can be told to have."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from tests.fakes import FakeNote, FakePaper, Fakes
from tests.fakes.faults import FAULTS, NUMBERED

ARXIV, API1 = "export.arxiv.org", "api.openreview.net"
QUERY = f"https://{ARXIV}/api/query"
URL = f"{QUERY}?id_list=2101.00001,2101.00002"


def meet(session: requests.Session, url: str) -> str:
    """What a plain client meets: status and length, or the error's name."""
    try:
        with session.get(url, timeout=(60, 3), stream=True) as answer:
            return f"{answer.status_code} {sum(map(len, answer.iter_content(1 << 20)))}"
    except requests.RequestException as error:
        return type(error).__name__


@pytest.fixture
def healthy(fakes: Fakes, session: requests.Session) -> int:
    """Length of the right answer."""
    fakes.arxiv.add(FakePaper(id="2101.00001"), FakePaper(id="2101.00002"))
    length = len(session.get(URL, timeout=60).content)
    fakes.forget()
    return length


BAD_STATUS = {
    "500": 500,
    "502": 502,
    "503": 503,
    "429": 429,
    "429-date": 429,
    "429-hour": 429,
    "429-bare": 429,
    "404": 404,
    "406": 406,
    "403": 403,
}
ERRORS = {
    "reset": "ProxyError",  # requests' ConnectionError of a tunnel
    "cut": "ChunkedEncodingError",
    "cut-chunked": "ChunkedEncodingError",
    "slow": "ReadTimeout",
    "hang": "ReadTimeout",
    "bad-gzip": "ContentDecodingError",
    "redirect-loop": "TooManyRedirects",
    "refused": "ProxyError",
    "tls": "SSLError",
    "tls-name": "SSLError",
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_met_once_and_is_over(
    fakes: Fakes, session: requests.Session, healthy: int, name: str
) -> None:
    times = None if name == "redirect-loop" else 1
    options: dict[str, dict[str, Any]] = {
        "drip": {"seconds": 0.5},
        "slow": {"seconds": 8},
        "huge": {"megabytes": 8},
        "bomb": {"megabytes": 8},
    }
    fakes.fault(ARXIV, name, times=times, **options.get(name, {}))
    started = time.monotonic()
    met = meet(session, URL)
    if name in BAD_STATUS:
        assert met.split()[0] == str(BAD_STATUS[name])
    elif name in ERRORS:
        assert met == ERRORS[name]
    else:
        assert met.startswith("200 ")
        length = int(met.split()[1])
        if name in {"cut-unmarked", "truncated"}:
            assert length == healthy // 2
        elif name in {"huge", "bomb"}:
            assert length == healthy + (8 << 20)
        elif name in {"drip", "gzip", "redirect", "downgrade"}:
            assert length == healthy
        else:
            assert name in {"captcha", "rate-exceeded", "empty", "latin-1", "lost"}
            assert length != healthy
    if name == "drip":
        assert time.monotonic() - started >= 0.45
    assert fakes.requests(ARXIV)[0].fault == name
    fakes.heal(ARXIV)
    fakes.wait_until_idle(ARXIV)
    assert meet(session, URL) == f"200 {healthy}"
    assert fakes.most_in_flight(ARXIV) == 1


def test_faults_are_taken_in_order_by_number_and_where_they_match(
    fakes: Fakes, session: requests.Session, healthy: int
) -> None:
    fakes.fault(ARXIV, 1, times=2)
    fakes.fault(ARXIV, "503", times=1, retry_after=7)
    fakes.fault(ARXIV, "404", match="2101.00002")
    assert [meet(session, URL)[:3] for _ in range(5)] == ["500", "500", "503", "404", "404"]
    assert meet(session, f"{QUERY}?id_list=2101.00001")[:3] == "200"
    with pytest.raises(TypeError):
        fakes.fault(ARXIV, "503", seconds=1)
    with pytest.raises(KeyError):
        fakes.fault(ARXIV, "no such fault")


def test_the_numbers_are_whole() -> None:
    assert sorted(NUMBERED) == list(range(1, 27))


def test_retry_after_is_in_seconds_or_a_date(
    fakes: Fakes, session: requests.Session, healthy: int
) -> None:
    said = []
    for name in ("429", "429-date", "429-hour", "429-bare"):
        fakes.fault(ARXIV, name, times=1)
        said.append(session.get(URL, timeout=60).headers.get("Retry-After"))
    assert said[0] == "1"
    assert str(said[1]).endswith("GMT")
    assert said[2:] == ["3600", None]


def test_json_is_emptied_cut_and_mangled_too(fakes: Fakes, session: requests.Session) -> None:
    note = f"https://{API1}/notes?id=aaaaa1"
    fakes.openreview.add(FakeNote(id="aaaaa1"))
    fakes.fault(API1, "empty", times=1)
    assert session.get(note, timeout=60).json() == {"notes": [], "count": 0}
    fakes.fault(API1, "latin-1", times=1)
    with pytest.raises(UnicodeDecodeError):
        session.get(note, timeout=60).content.decode("utf-8")
    fakes.fault(API1, "truncated", times=1)
    with pytest.raises(requests.JSONDecodeError):
        session.get(note, timeout=60).json()


def test_a_fault_of_the_connection_strikes_in_its_turn(
    fakes: Fakes, session: requests.Session, healthy: int
) -> None:
    fakes.fault(ARXIV, "503", times=1)
    fakes.fault(ARXIV, "tls", times=1)
    fakes.fault(ARXIV, "refused", times=1)
    met = [meet(session, URL) for _ in range(4)]
    assert met == ["503 18", "SSLError", "ProxyError", f"200 {healthy}"]
    assert [(r.method, r.fault) for r in fakes.requests(ARXIV)] == [
        ("GET", "503"),
        ("CONNECT", "tls"),
        ("CONNECT", "refused"),
        ("GET", None),
    ]


def test_a_plain_connection_is_reset_where_it_is_to_be_refused(
    fakes: Fakes, session: requests.Session
) -> None:
    url = fakes.serve("/talks.ics", b"one")
    fakes.fault("127.0.0.1", "refused", times=1)
    assert [meet(session, url) for _ in range(2)] == ["ConnectionError", "200 3"]
