"""A seminar's web page given as a feed: the calendar that it names is read, by the rules of every feed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enrich.errors import FeedError
from enrich.feeds.reading import read_talks
from enrich.feeds.web_pages import find_calendar_link
from enrich.model import Notice, Talk
from tests.fakes import Fakes

HOST = "seminar.example.org"
PAGE_URL = f"https://{HOST}/spring/?key=Zq7secret"
CALENDAR = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20310305T160000Z\r\nSUMMARY:Flight\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
Read = Callable[..., list[Talk]]


def page(link: str) -> bytes:
    """Return a web page with a link in its head."""
    return f"<!DOCTYPE html><html><head><title>Seminar</title>{link}</head><body>Talks</body></html>".encode()


def link_to(address: str) -> bytes:
    """Return a web page that names a calendar."""
    return page(f'<link rel="alternate" type="text/calendar" title="ICS" href="{address}">')


@pytest.fixture
def net(fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fakes:
    """Return the stand-ins, reached through their proxy, and a home folder of its own."""
    fakes.use(monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path))
    return fakes


@pytest.fixture
def notices() -> list[Notice]:
    """Return the list that notices go to."""
    return []


@pytest.fixture
def read(tmp_path: Path, notices: list[Notice]) -> Read:
    """Return a function that reads an address."""

    def reading(url: str = PAGE_URL, **options: Any) -> list[Talk]:
        return list(read_talks(url, cache_dir=tmp_path, on_notice=notices.append, **options))

    return reading


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/cal.ics", f"https://{HOST}/cal.ics"),
        ("cal.ics?a=1&amp;b=2", f"https://{HOST}/spring/cal.ics?a=1&b=2"),
        ("https://other.example/cal.ics", "https://other.example/cal.ics"),
        ("webcal://other.example/cal.ics", "https://other.example/cal.ics"),
        ("//other.example/cal.ics", "https://other.example/cal.ics"),
    ],
)
def test_the_calendar_that_a_page_names_is_read_with_a_notice(
    net: Fakes, read: Read, notices: list[Notice], address: str, target: str
) -> None:
    net.serve(PAGE_URL, link_to(address), media="text/html")
    net.serve(target, CALENDAR, etag="one")
    (talk,) = read()
    assert (talk.title, talk.feed.name) == ("Flight", HOST)
    (notice,) = notices
    named = target.removeprefix("https://").partition("?")[0]
    assert notice.code == "calendar_of_page"
    assert notice.message == (
        f"{HOST}/spring/ is a web page; the calendar that it names was read: {named}"
    )


def test_the_notice_is_the_same_offline_and_the_page_is_asked_without_conditions(
    net: Fakes, read: Read, notices: list[Notice]
) -> None:
    net.serve(PAGE_URL, link_to("/cal.ics"), media="text/html", etag="page")
    net.serve(f"https://{HOST}/cal.ics", CALENDAR, etag="one")
    assert read() == read() == read(offline=True)
    assert len(set(notices)) == 1
    assert len(notices) == 3
    assert [r.status for r in net.requests(HOST)] == [200] * 4
    assert all(r.headers["if-none-match"] is None for r in net.requests(HOST))


@pytest.mark.parametrize(
    "body",
    [
        page(""),
        page('<link rel="alternate" type="application/rss+xml" href="/feed">'),
        page('<link rel="stylesheet" type="text/calendar" href="/cal.ics">'),
        page('<!-- <link rel="alternate" type="text/calendar" href="/cal.ics"> -->'),
        page('<link rel="alternate" type="text/calendar">'),
    ],
)
def test_a_page_that_names_no_calendar_is_an_error(net: Fakes, read: Read, body: bytes) -> None:
    net.serve(PAGE_URL, body, media="text/html")
    with pytest.raises(FeedError, match=f"{HOST}: is a web page, not a calendar"):
        read()


def test_a_page_leads_to_no_second_page(net: Fakes, read: Read) -> None:
    net.serve(PAGE_URL, link_to("/next"), media="text/html")
    net.serve(f"https://{HOST}/next", link_to("/cal.ics"), media="text/html")
    with pytest.raises(FeedError, match="is a web page"):
        read()
    assert len(net.requests(HOST)) == 2


@pytest.mark.parametrize(
    ("target", "cause"),
    [
        ("http://127.0.0.1/cal.ics", "private address"),
        ("http://169.254.169.254/cal.ics", "private address"),
        ("http://other.example/cal.ics", "from https to http"),
        ("file:///etc/passwd", "not http"),
        ("javascript:alert(1)", "not http"),
    ],
)
def test_a_page_leads_nowhere_that_a_redirect_may_not(
    net: Fakes, read: Read, target: str, cause: str
) -> None:
    net.serve(PAGE_URL, link_to(target), media="text/html")
    with pytest.raises(FeedError, match=cause):
        read()
    assert len(net.requests()) == 1


def test_a_password_goes_to_the_page_s_own_site_alone(net: Fakes, read: Read) -> None:
    url = PAGE_URL.replace("https://", "https://me:word@")
    net.serve(PAGE_URL, link_to("https://other.example/cal.ics"), media="text/html")
    net.serve("https://other.example/cal.ics", CALENDAR)
    read(url)
    (asked,) = net.requests("other.example")
    assert asked.headers["authorization"] is None


@pytest.mark.parametrize("site", ["researchseminars.org", "www.mathseminars.org"])
@pytest.mark.parametrize("end", ["", "/", "?past=1", "#next"])
def test_a_series_page_is_its_series(
    net: Fakes, read: Read, notices: list[Notice], site: str, end: str
) -> None:
    for path in ("/api/0/lookup/series?series_id=%22SciML%22", "/seminar/SciML/json"):
        net.serve(f"https://researchseminars.org{path}", b"", status=404)
    net.serve("https://researchseminars.org/seminar/SciML/ics", CALENDAR)
    assert [talk.title for talk in read(f"https://{site}/seminar/SciML{end}")] == ["Flight"]
    assert [n.code for n in notices] == ["calendar_of_page"]
    assert "the series SciML was read" in notices[0].message


def test_a_talk_page_is_its_talk(net: Fakes, read: Read, notices: list[Notice]) -> None:
    net.serve("https://researchseminars.org/talk/SciML/3/ics", CALENDAR)
    assert len(read("https://researchseminars.org/talk/SciML/3/")) == 1
    assert [n.code for n in notices] == ["calendar_of_page"]


@pytest.mark.parametrize("piece", [b"<link ", b"<!--", b"<a href=", b'<link rel="alternate" '])
def test_the_time_for_a_page_is_linear(piece: bytes) -> None:
    def measure(times: int) -> float:
        begin = time.perf_counter()
        find_calendar_link(b"<html>" + piece * times)
        return time.perf_counter() - begin

    short = min(measure(10_000) for _ in range(3))
    assert measure(40_000) < 14 * short + 0.2
