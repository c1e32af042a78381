"""Feeds over real sockets: conditional, bounded, never led astray, and silent about their address."""

from __future__ import annotations

import gzip
import json
import logging
import stat
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import enrich
from enrich.errors import FeedError
from enrich.feeds.download import Limits, fetch
from enrich.feeds.reading import read_talks
from enrich.feeds.ssrf import is_private
from enrich.model import Notice, Talk
from tests.fakes import Fakes, Request
from tests.fakes.wire import Answer

HOST = "feeds.example.org"
URL = f"https://{HOST}/spring/talks.ics"
SECRET = "Zq7-token-0f3e9b"
SECRET_URL = f"https://{HOST}/user/ics/{SECRET}?key={SECRET}"
EVENT = b"BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:20310305T160000Z\r\nSUMMARY:Flight\r\nEND:VEVENT\r\n"
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + EVENT % 1 + b"END:VCALENDAR\r\n"
LONGER = CALENDAR.replace(EVENT % 1, EVENT % 1 + EVENT % 2)


@pytest.fixture
def net(fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fakes:
    """The stand-ins, reached through their proxy, and a home folder of its own."""
    fakes.use(monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return fakes


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "enrich"


@pytest.fixture
def notices() -> list[Notice]:
    return []


@pytest.fixture
def read(cache: Path, notices: list[Notice]) -> Callable[..., list[Talk]]:
    def reading(url: str = URL, **options: Any) -> list[Talk]:
        return list(read_talks(url, cache_dir=cache, on_notice=notices.append, **options))

    return reading


Read = Callable[..., list[Talk]]


def _nothing(_: Any) -> None:
    pass


def _fetch(url: str, cache: Path, **options: Any) -> bytes:
    return fetch(url, check=_nothing, on_stale=_nothing, cache_dir=cache, **options)


# --- what is asked, and kept ----------------------------------------------------------------


def test_a_feed_is_asked_politely_and_named_by_its_host(net: Fakes, read: Read) -> None:
    net.serve(URL, CALENDAR)
    (talk,) = read()
    assert (talk.title, talk.feed.name) == ("Flight", HOST)
    (asked,) = net.requests(HOST)
    assert asked.headers["user-agent"] == f"enrich/{enrich.__version__}"
    assert "text/calendar" in asked.headers["accept"]
    assert asked.headers["cookie"] is None
    assert asked.headers["authorization"] is None


@pytest.mark.parametrize("scheme", ["webcal", "webcals", "WEBCAL", "https"])
def test_webcal_is_https(net: Fakes, read: Read, scheme: str) -> None:
    net.serve(URL, CALENDAR)
    assert len(read(URL.replace("https", scheme))) == 1
    assert net.requests(HOST)[0].scheme == "https"


def test_an_unchanged_feed_is_asked_for_by_its_mark_and_not_sent_again(
    net: Fakes, read: Read
) -> None:
    net.serve(URL, CALENDAR, etag="one")
    first, second = read(), read()
    assert first == second
    assert [r.status for r in net.requests(HOST)] == [200, 304]
    net.serve(URL, LONGER, etag="two")
    assert len(read()) == 2
    assert len(read()) == 2
    assert [r.status for r in net.requests(HOST)] == [200, 304, 200, 304]


def test_a_feed_with_a_date_is_asked_for_by_it(net: Fakes, read: Read) -> None:
    net.serve(URL, CALENDAR, headers=[("Last-Modified", "Wed, 05 Mar 2031 16:00:00 GMT")])
    read(), read()
    first, second = net.requests(HOST)
    assert first.headers["if-modified-since"] is None
    assert second.headers["if-modified-since"] == "Wed, 05 Mar 2031 16:00:00 GMT"


def test_refresh_asks_for_the_whole(net: Fakes, read: Read) -> None:
    net.serve(URL, CALENDAR, etag="one")
    read(), read(refresh=True)
    assert [r.status for r in net.requests(HOST)] == [200, 200]


def test_offline_reads_the_copy_and_asks_nobody(
    net: Fakes, read: Read, notices: list[Notice]
) -> None:
    with pytest.raises(FeedError, match=f"^{HOST}: there is no copy of this feed"):
        read(offline=True)
    net.serve(URL, CALENDAR)
    read()
    assert len(read(offline=True)) == 1
    assert len(net.requests()) == 1
    assert notices == []


def test_compressed_feeds_are_read_in_the_wire_and_in_the_file(net: Fakes, read: Read) -> None:
    net.serve(URL, CALENDAR)
    net.fault(HOST, "gzip", times=1)
    assert len(read()) == 1
    net.serve(f"{URL}.gz", gzip.compress(CALENDAR), media="application/gzip")
    assert len(read(f"{URL}.gz")) == 1


def test_a_body_that_is_packed_more_than_any_real_one_is_refused(net: Fakes, read: Read) -> None:
    net.serve(URL, CALENDAR + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 1_000_000)
    net.fault(HOST, "gzip", times=1)
    with pytest.raises(FeedError, match="unpacks to more than 100 times its size"):
        read()


def test_the_users_cache_folder_is_the_default_and_nobody_elses(net: Fakes, tmp_path: Path) -> None:
    net.serve(URL, CALENDAR)
    assert len(list(read_talks(URL))) == 1
    folder = tmp_path / "cache" / "enrich"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in folder.iterdir())


def test_two_addresses_have_two_copies(net: Fakes, read: Read) -> None:
    net.serve(f"{URL}?a=1", CALENDAR)
    net.serve(f"{URL}?a=2", LONGER)
    assert [len(read(f"{URL}?a={n}")) for n in (1, 2, 1)] == [1, 2, 1]
    assert [len(read(f"{URL}?a={n}", offline=True)) for n in (1, 2)] == [1, 2]


# --- what goes wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", ["503", "429", "500", "reset", "cut", "captcha", "tls", "bad-gzip"]
)
def test_a_feed_that_cannot_be_had_is_read_from_its_last_copy_which_is_told(
    net: Fakes, read: Read, notices: list[Notice], fault: str, capfd: pytest.CaptureFixture[str]
) -> None:
    net.serve(URL, CALENDAR)
    before = read()
    net.fault(HOST, fault)
    assert read() == before
    (notice,) = notices
    assert (notice.code, notice.feed) == ("stale_feed", HOST)
    net.heal(HOST)
    assert read() == before
    assert len(notices) == 1
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("503", f"{HOST}: answered 503"),
        ("429", f"{HOST}: answered 429"),
        ("404", f"{HOST}: has no such feed (404)"),
        ("403", f"{HOST}: refuses the feed (403)"),
        ("reset", f"the proxy did not connect to {HOST}"),
        ("refused", f"the proxy did not connect to {HOST}"),
        ("tls", f"no trusted TLS connection to {HOST}"),
        ("captcha", f"{HOST}: is a web page, not a calendar"),
        ("redirect-loop", f"{HOST}: too many redirects (5)"),
        ("cut", f"the connection to {HOST} failed"),
    ],
)
def test_without_a_copy_the_cause_is_one_line(
    net: Fakes, read: Read, fault: str, cause: str
) -> None:
    net.serve(URL, CALENDAR)
    net.fault(HOST, fault)
    with pytest.raises(FeedError) as caught:
        read()
    assert str(caught.value) == cause


@pytest.mark.parametrize(("fault", "message"), [("404", "no such feed"), ("403", "refuses")])
def test_a_feed_that_is_gone_or_refused_is_not_covered_by_an_old_copy(
    net: Fakes, read: Read, fault: str, message: str
) -> None:
    net.serve(URL, CALENDAR)
    read()
    net.fault(HOST, fault, times=1)
    with pytest.raises(FeedError, match=message):
        read()
    assert len(read()) == 1


def test_a_login_page_never_replaces_the_good_copy(net: Fakes, read: Read) -> None:
    net.serve(URL, CALENDAR)
    read()
    net.serve(URL, b"<html><form><input type=password></form></html>", media="text/html")
    assert len(read()) == 1
    assert len(read(offline=True)) == 1


def test_65_megabytes_are_too_many_and_a_bomb_too(net: Fakes, read: Read, cache: Path) -> None:
    net.serve(URL, CALENDAR)
    for fault, megabytes in (("huge", 65), ("bomb", 300)):
        net.fault(HOST, fault, times=1, megabytes=megabytes)
        with pytest.raises(FeedError, match=r"sent more than|too large"):
            read()
    assert sum(p.stat().st_size for p in cache.iterdir()) < 1_000_000
    with pytest.raises(FeedError, match=r"sent more than|too large"):
        read(max_bytes=len(CALENDAR) - 1)
    assert len(read(max_bytes=len(CALENDAR))) == 1


def test_a_feed_that_drips_is_given_up_at_the_deadline(net: Fakes, cache: Path) -> None:
    net.serve(URL, CALENDAR)
    net.fault(HOST, "drip", seconds=30)
    began = time.monotonic()
    with pytest.raises(FeedError, match=f"{HOST} did not complete its response in time"):
        _fetch(URL, cache, limits=Limits(deadline_s=0.5))
    assert time.monotonic() - began < 15


def test_a_host_that_says_nothing_is_given_up(net: Fakes, cache: Path) -> None:
    net.serve(URL, CALENDAR)
    net.fault(HOST, "hang")
    with pytest.raises(FeedError, match=f"{HOST} did not respond in time"):
        _fetch(URL, cache, limits=Limits(timeout_s=(5, 0.3)))


@pytest.mark.parametrize(
    "url", ["https://", "http://[::1", "https:///x", "https://a b/x", "https://a\n/x"]
)
def test_an_address_that_is_none_is_told(read: Read, url: str) -> None:
    with pytest.raises(FeedError, match=r"not a valid URL|cannot be requested"):
        read(url)


def test_a_cache_folder_that_cannot_be_used_costs_only_the_copy(
    net: Fakes, tmp_path: Path, notices: list[Notice]
) -> None:
    net.serve(URL, CALENDAR)
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    assert len(list(read_talks(URL, cache_dir=blocked / "cache"))) == 1


# --- where it leads -------------------------------------------------------------------------


def test_redirects_are_followed_and_the_name_stays_that_of_the_address(
    net: Fakes, read: Read
) -> None:
    net.serve(URL, b"", status=302, headers=[("Location", "/moved.ics")])
    net.serve(
        f"https://{HOST}/moved.ics",
        b"",
        status=307,
        headers=[("Location", "https://other.example/t.ics")],
    )
    net.serve("https://other.example/t.ics", CALENDAR, etag="one")
    assert [t.feed.name for t in read()] == [HOST]
    assert len(read()) == 1
    assert [r.status for r in net.requests("other.example")] == [200, 304]


def test_five_redirects_are_followed_and_a_sixth_is_not(net: Fakes, read: Read) -> None:
    for n in range(6):
        net.serve(f"https://{HOST}/{n}", b"", status=302, headers=[("Location", f"/{n + 1}")])
    net.serve(f"https://{HOST}/6", CALENDAR)
    assert len(read(f"https://{HOST}/1")) == 1
    with pytest.raises(FeedError, match="too many redirects"):
        read(f"https://{HOST}/0")


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://x.org/t", "javascript:x", "data:,x"]
)
def test_redirects_lead_to_the_web_only(net: Fakes, read: Read, target: str) -> None:
    net.serve(URL, b"", status=302, headers=[("Location", target)])
    with pytest.raises(FeedError, match=r"redirects to a URL that is not http\(s\)"):
        read()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "0x7f000001", "169.254.169.254"]
)
def test_a_public_feed_never_leads_to_a_private_address(net: Fakes, read: Read, host: str) -> None:
    secret = net.serve("/secret.ics", LONGER)
    target = (
        secret.replace("127.0.0.1", host)
        if host in {"127.0.0.1", "localhost"}
        else f"http://{host}/"
    )
    net.serve(URL, b"", status=302, headers=[("Location", target)])
    with pytest.raises(FeedError, match="private address"):
        read()
    assert net.requests("127.0.0.1") == net.requests("localhost") == []


def test_a_private_feed_may_lead_to_a_private_address(fakes: Fakes, read: Read) -> None:
    with Fakes() as other:
        target = other.serve("/b.ics", CALENDAR)
        assert (
            len(read(fakes.serve("/a.ics", b"", status=302, headers=[("Location", target)]))) == 1
        )


def test_it_is_the_connections_peer_that_is_judged_before_anything_is_sent(
    fakes: Fakes, cache: Path
) -> None:
    judged: list[str] = []

    def private(address: str) -> bool:
        judged.append(address)
        return len(judged) > 1  # the same address, private the second time

    with Fakes() as other:
        target = other.serve("/b.ics", CALENDAR).replace("127.0.0.1", "localhost")
        url = fakes.serve("/a.ics", b"", status=302, headers=[("Location", target)])
        with pytest.raises(FeedError, match="private address"):
            _fetch(url, cache, private=private)
        assert judged == ["127.0.0.1", "127.0.0.1"]
        assert other.requests() == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", False),
        ("2606:4700::1111", False),
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("192.168.1.1", True),
        ("100.64.0.1", True),
        ("169.254.169.254", True),
        ("0.0.0.0", True),
        ("224.0.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fc00::1", True),
        ("::ffff:127.0.0.1", True),
        ("2002:7f00:1::", True),
        ("64:ff9b::7f00:1", True),
    ],
)
def test_what_counts_as_private(address: str, *, expected: bool) -> None:
    assert is_private(address) is expected


# --- what nobody may learn ------------------------------------------------------------------


def _traces(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


def test_a_token_is_in_no_cache_log_output_or_error(  # noqa: PLR0917 - fixtures
    net: Fakes, read: Read, cache: Path, notices: list[Notice],
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    cookie = ("Set-Cookie", f"session={SECRET}; Path=/")
    net.serve(SECRET_URL, CALENDAR, etag="one", headers=[cookie, ("X-Request-Url", SECRET_URL)])
    assert len(read(SECRET_URL)) == 1
    assert len(read(SECRET_URL)) == 1
    net.fault(HOST, "503", times=1)
    talks = read(SECRET_URL)
    shown = [repr(talks), repr(notices)]
    for fault in ("reset", "404", "tls", "hang", "redirect-loop"):
        net.fault(HOST, fault, times=9)
        try:
            _fetch(SECRET_URL, cache / "new", limits=Limits(timeout_s=(5, 0.3)))
        except FeedError:
            shown.append(traceback.format_exc())
        net.heal(HOST)
    assert len(shown) == 7
    assert any("one" in r.headers.get("if-none-match", "") for r in net.requests(HOST))
    shown += [caplog.text, *(str(r.args) for r in caplog.records), *capfd.readouterr()]
    assert [text for text in shown if SECRET in text] == []
    assert SECRET.encode() not in b"".join(_traces(cache))
    assert len(list(_traces(cache))) >= 2


def test_a_password_in_the_address_is_given_to_its_host_alone(net: Fakes, read: Read) -> None:
    url = URL.replace("https://", "https://ada:w%40rd@")
    net.serve(URL, b"", status=302, headers=[("Location", "https://other.example/t.ics")])
    net.serve("https://other.example/t.ics", CALENDAR)
    assert [t.feed.name for t in read(url)] == [HOST]
    assert net.requests(HOST)[0].headers["authorization"] == "Basic YWRhOndAcmQ="
    assert net.requests("other.example")[0].headers["authorization"] is None


def test_no_login_of_the_machine_is_sent(net: Fakes, read: Read, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(f"machine {HOST} login ada password word\n")
    (tmp_path / ".netrc").chmod(0o600)
    net.serve(URL, CALENDAR)
    read()
    assert net.requests(HOST)[0].headers["authorization"] is None


# --- a caller's session ---------------------------------------------------------------------


def test_a_callers_session_sends_as_it_is(net: Fakes, read: Read) -> None:
    net.serve(URL, CALENDAR, etag="one")
    with requests.Session() as session:
        session.headers["X-Mine"] = "yes"
        assert len(read(session=session)) == 1
        assert len(read(session=session)) == 1
        assert session.adapters.keys() == {"https://", "http://"}
    assert [r.headers["x-mine"] for r in net.requests(HOST)] == ["yes", "yes"]
    assert [r.status for r in net.requests(HOST)] == [200, 304]


def test_a_callers_session_is_not_led_to_a_private_address_either(net: Fakes, read: Read) -> None:
    target = net.serve("/secret.ics", CALENDAR)
    net.serve(URL, b"", status=302, headers=[("Location", target)])
    with requests.Session() as session, pytest.raises(FeedError, match="private address"):
        read(session=session)
    assert net.requests("127.0.0.1") == []


# --- researchseminars.org -------------------------------------------------------------------

SITE = "researchseminars.org"
SUMS = {
    "seminar_id": "LOOPS",
    "series_ctr": 1,
    "title": "Sums",
    "abstract": "",
    "speaker": "Ada Kit",
    "start_time": "2031-03-05 11:00:00-05:00",
    "paper_link": "https://arxiv.org/abs/2103.01338",
}
PROPERTIES = {"series_id": "LOOPS", "name": "Loops"}
ANSWER = {"code": "success", "properties": PROPERTIES, "talks": [SUMS]}
ICS = CALENDAR.replace(b"UID:1", b"UID:LOOPS/1").replace(
    b"VERSION", b"PRODID:researchseminars.org\r\nVERSION"
)


def test_a_series_is_asked_for_where_its_papers_are_named(net: Fakes, read: Read) -> None:
    asked: list[Request] = []

    def site(request: Request) -> Answer:
        asked.append(request)
        if request.path == "/api/0/lookup/series":
            return Answer(body=json.dumps(ANSWER).encode(), media="application/json")
        return Answer(status=404, body=b"")

    net.host(SITE, site)
    (talk,) = read("researchseminars:LOOPS")
    assert (talk.id, talk.series, talk.feed.name) == ("LOOPS/1", "Loops", SITE)
    assert dict(talk.texts) == {
        "paper_link": "https://arxiv.org/abs/2103.01338",
        "title": "Sums",
    }
    assert [r.query for r in asked] == [{"series_id": '"LOOPS"'}]


def test_a_series_falls_back_to_its_json_and_its_calendar(net: Fakes, read: Read) -> None:
    net.serve(f"https://{SITE}/seminar/LOOPS/ics", ICS)
    (talk,) = read("researchseminars:LOOPS")
    assert (talk.id, talk.url) == ("LOOPS/1", "https://researchseminars.org/talk/LOOPS/1/")
    assert [r.path.rsplit("/", 1)[1] for r in net.requests(SITE)] == ["series", "json", "ics"]
    listed = json.dumps([SUMS]).encode()
    net.serve(f"https://{SITE}/seminar/LOOPS/json", listed, media="application/json")
    (talk,) = read("researchseminars:LOOPS")
    assert dict(talk.texts) == {
        "paper_link": "https://arxiv.org/abs/2103.01338",
        "title": "Sums",
    }


def test_a_series_that_nobody_knows_is_told(net: Fakes, read: Read) -> None:
    net.serve(f"https://{SITE}/else", b"")
    with pytest.raises(FeedError, match=f"{SITE}: has no such feed"):
        read("researchseminars:NONE")


# --- what it costs --------------------------------------------------------------------------


def test_importing_the_reader_loads_no_network() -> None:
    import subprocess

    code = "import sys, enrich.feeds.reading\nprint({'requests', 'lxml', 'requests_cache'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert run.stdout == "set()\n"
