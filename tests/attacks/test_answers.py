"""Hostile answers and header fields: each is a bad answer, never a traceback or "no such paper"."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from enrich.errors import BadAnswer, FeedError, Refused, SourceError
from enrich.feeds.download import fetch as fetch_feed
from enrich.http.session import PoliteSession
from enrich.http.transport import exchange, retry_after_s
from enrich.paper import Lookup, Paper, PaperId, Unresolved
from enrich.sources import datacite, dblp
from enrich.sources.arxiv import api as arxiv
from enrich.sources.arxiv import entry
from enrich.sources.openreview import api as openreview
from enrich.sources.openreview import note as note_parser
from tests.attacks.trickling import Trickle
from tests.fakes import Answer, FakePaper, Fakes, Request
from tests.fakes.arxiv import feed
from tests.http.sessions import Run
from tests.sources.answers import Canned, fetch, polite, response

ARXIV = "export.arxiv.org"
A, B = PaperId("arxiv:2103.00001"), PaperId("arxiv:2103.00002")

ABSURD_DATES = (
    "Mon, 01 Jan 0001 00:00:00 +2359",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Mon, 01 Jan 0000 00:00:00 GMT",
    "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    "Fri, 31 Dec 2027 23:59:59 +9999",
    "Fri, 31 Dec 2027 23:59:59 -999999999999999",
    "Fri, 31 Dec 2027 23:59:59 -0000",
    "Fri, 99 Dec 2027 99:99:99 GMT",
    "(" * 10_000,
    ",",
    "0",
    "\x00",
)


# --- header fields -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ABSURD_DATES)
@pytest.mark.parametrize("now", [0.0, 1_800_000_000.0])
def test_any_retry_after_gives_seconds_or_none(text: str, now: float) -> None:
    seconds = retry_after_s(response(b"", headers={"Retry-After": text}), now)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize("date", ABSURD_DATES)
@pytest.mark.parametrize(
    "reset",
    ["2027-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "x", None],
)
def test_any_date_and_reset_time_of_openreview_give_seconds_or_none(
    date: str, reset: str | None
) -> None:
    body = {"name": "RateLimitError", "details": {"resetTime": reset}}
    seconds = openreview._pause_s(body, response(b"", headers={"Date": date}))
    assert seconds is None or seconds >= 0


def test_a_date_without_zone_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"details": {"resetTime": "2027-01-01T00:01:00Z"}}
    answer = response(b"", headers={"Date": "Fri, 01 Jan 2027 00:00:00 -0000"})
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert openreview._pause_s(body, answer) == 60


def raw(*lines: str, body: bytes = b"{}") -> Iterator[bytes]:
    yield "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode() + body


ODD_HEADS = {
    "two lengths": ["Content-Length: 2", "Content-Length: 3"],
    "two lengths in one": ["Content-Length: 2, 3"],
    "no number": ["Content-Length: -5"],
    "no chunk": ["Transfer-Encoding: chunked"],
    "unknown encoding": ["Content-Encoding: gzip"],
    "many fields": [f"X-{n}: 1" for n in range(200)],
    "a long field": ["X: " + "x" * 70_000],
    "nothing but colons": [":" * 100],
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", ODD_HEADS)
def test_an_odd_head_is_the_services_fault_and_not_of_our_settings(kind: str) -> None:
    errors = []
    with Trickle(raw(*ODD_HEADS[kind]), every_s=0) as server, closing(HTTPAdapter()) as network:
        request = requests.Request("GET", f"http://127.0.0.1:{server.port}/a").prepare()
        try:
            exchange(
                network,
                request,
                timeout_s=(1, 0.3),
                deadline=1,
                max_bytes=1000,
                clock=lambda: 0,
            )
        except SourceError as error:
            errors.append(error)
    for failed in errors:
        assert "settings" not in str(failed)
        assert failed.hint is None
        assert failed.retryable
        assert type(failed) is not Refused
    if kind.startswith("two lengths"):
        assert [type(failed) for failed in errors] == [BadAnswer]
    errors.clear()
    gc.collect()  # urllib3 leaves a socket to the collector if it refuses a head


@pytest.mark.parametrize(
    "error",
    [
        ValueError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError,
        UnicodeError, KeyError, requests.exceptions.InvalidHeader, requests.exceptions.ContentDecodingError,
    ],
)  # fmt: skip
def test_an_error_in_a_callers_adapter_is_a_bad_answer_that_is_asked_again(
    error: type[Exception], fakes: Fakes, run: Run
) -> None:
    attempts = []

    class Odd(HTTPAdapter):
        def send(self, *args: Any, **options: Any) -> requests.Response:
            attempts.append(1)
            if len(attempts) < 3:
                raise error
            return super().send(*args, **options)

    fakes.arxiv.add(FakePaper(id=A.key))
    with requests.Session() as base:
        base.mount("https://", Odd())
        session = run.open(arxiv.SOURCE, base=base)
        found = fetch(arxiv.SOURCE, session, A)
        assert isinstance(found[A, None], Paper)
        assert len(attempts) == 3


def test_a_lasting_error_in_a_callers_adapter_is_a_bad_answer(fakes: Fakes, run: Run) -> None:
    class Odd(HTTPAdapter):
        def send(self, *_: Any, **__: Any) -> requests.Response:
            raise ValueError("odd")

    with requests.Session() as base:
        base.mount("https://", Odd())
        with pytest.raises(BadAnswer) as caught:
            fetch(arxiv.SOURCE, run.open(arxiv.SOURCE, base=base), A)
    assert caught.value.hint is None


def test_an_error_in_a_services_check_is_a_bad_answer(fakes: Fakes, run: Run) -> None:
    class Odd(type(arxiv.SOURCE)):  # type: ignore[misc]
        def check(self, _: requests.Response) -> None:
            raise AttributeError("odd")

    with pytest.raises(BadAnswer):
        fetch(arxiv.SOURCE, run.open(Odd()), A)
    assert len(fakes.requests(ARXIV)) == 4


ODD_LOCATIONS = (
    "https://[::1",
    "http://%E2%91%A0/x",
    "http://a%20b/",
    "http://a b/",
    "https://" + "a" * 300 + "/",
    "https://a..b/",
    "https://*.example.org/",
    "https://xn--" + "a" * 60 + "/",
    "https://example.org:99999999/",
    "https://example.org:x/",
    "https://\u2460.example/",
    "//",
    "https://",
    "https:///x",
    "\x01",
    "http://\ud800/".encode("utf-8", "surrogatepass").decode("latin-1"),
)


def redirect(location: str) -> Any:
    def answer(_: Request) -> Answer:
        return Answer(status=302, headers=(("Location", location),))

    return answer


@pytest.mark.parametrize("location", ODD_LOCATIONS)
def test_an_odd_address_of_a_redirect_is_a_bad_answer(
    location: str, fakes: Fakes, run: Run
) -> None:
    text = location.encode("utf-8").decode("latin-1")
    fakes.host(ARXIV, redirect(text))
    with pytest.raises(BadAnswer):
        fetch(arxiv.SOURCE, run.open(arxiv.SOURCE), A)


@pytest.mark.parametrize("location", ODD_LOCATIONS)
@pytest.mark.parametrize("owned", [True, False])
def test_an_odd_address_of_a_redirect_fails_its_feed_alone(
    location: str, owned: bool, fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fakes.use(monkeypatch)
    text = location.encode("utf-8").decode("latin-1")
    url = fakes.serve("https://feeds.example.org/a", b"", status=302, headers=[("Location", text)])
    with requests.Session() as session, pytest.raises(FeedError) as caught:
        fetch_feed(
            url,
            check=lambda _: None,
            on_stale=lambda _: None,
            session=None if owned else session,
            cache_dir=tmp_path,
        )
    assert "settings" not in str(caught.value)


# --- what arXiv's answers hold -------------------------------------------------------------


@pytest.fixture
def session(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[PoliteSession]:
    fakes.use(monkeypatch)
    with polite(tmp_path, arxiv.SOURCE) as opened:
        yield opened


def atom(text: str) -> Any:
    return lambda _: Answer(media="application/atom+xml; charset=utf-8", body=text.encode())


def only(*papers: PaperId) -> str:
    return feed([(FakePaper(id=paper.key, title="T"), 1) for paper in papers], id_list="")


@pytest.mark.parametrize("wanted", [[A], [A, PaperId("arxiv:2103.00003")]])
def test_only_what_nobody_asked_for_is_no_answer(
    wanted: list[PaperId], fakes: Fakes, session: PoliteSession
) -> None:
    fakes.host(ARXIV, atom(only(B)))
    with pytest.raises(BadAnswer) as caught:
        fetch(arxiv.SOURCE, session, *wanted)
    assert caught.value.code == "parse_error"
    assert len(fakes.requests(ARXIV)) == 2


def test_one_such_answer_costs_one_request(fakes: Fakes, session: PoliteSession) -> None:
    fakes.arxiv.add(FakePaper(id=A.key))
    answers = iter([atom(only(B)), fakes.arxiv.answer])
    fakes.host(ARXIV, lambda request: next(answers)(request))  # noqa: PLW0108
    assert isinstance(fetch(arxiv.SOURCE, session, A)[A, None], Paper)


@pytest.mark.parametrize("version", ["v99999", "v01", "v0", "v", "v1000", "v" + "9" * 9, "v٣", ""])
@pytest.mark.parametrize("others", [(), (B,)])
def test_an_entry_of_a_version_that_none_has_cannot_be_read(
    version: str, others: tuple[PaperId, ...], fakes: Fakes, session: PoliteSession
) -> None:
    text = only(A, *others).replace(f"{A.key}v1<", f"{A.key}{version}<")
    fakes.host(ARXIV, atom(text))
    found = fetch(arxiv.SOURCE, session, A, *others)
    assert code(found[A, None]) == "parse_error"
    assert all(isinstance(found[other, None], Paper) for other in others)


def code(lookup: Lookup) -> str | None:
    return lookup.code if isinstance(lookup, Unresolved) else None


@pytest.mark.parametrize(
    "date",
    ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "x", "", "2021-13-01T00:00:00Z"],
)
def test_a_date_that_is_none_is_null_and_costs_nothing_else(
    date: str, fakes: Fakes, session: PoliteSession
) -> None:
    text = only(A, B)
    head, entry, rest = re.split(
        rf"(?=<entry>\n    <id>http://arxiv.org/abs/{A.key}v1)|(?<=</entry>)", text, maxsplit=2
    )
    dated = re.sub(r"(<(?:published|updated)>)[^<]*", rf"\g<1>{date}", entry)
    fakes.host(ARXIV, atom(head + dated + rest))
    found = fetch(arxiv.SOURCE, session, A, B)
    dated_paper, other = found[A, None], found[B, None]
    assert isinstance(dated_paper, Paper)
    assert isinstance(other, Paper)
    assert (dated_paper.published, dated_paper.updated) == (None, None)
    assert other.published is not None


def test_an_entry_that_cannot_be_read_fails_alone(
    fakes: Fakes, session: PoliteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = entry.paper

    def odd(result: Any, id_: PaperId, *rest: Any, **more: Any) -> Any:
        if id_ == A:
            raise AttributeError("odd")
        return whole(result, id_, *rest, **more)

    monkeypatch.setattr(entry, "paper", odd)
    fakes.host(ARXIV, atom(only(A, B)))
    found = fetch(arxiv.SOURCE, session, A, B)
    assert code(found[A, None]) == "parse_error"
    assert isinstance(found[B, None], Paper)


def raise_odd(*_: object, **__: object) -> Any:
    raise AttributeError("odd")


def test_a_note_that_cannot_be_read_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    note = {"id": "FpKgG31Z_i9", "forum": "FpKgG31Z_i9", "readers": ["everyone"]}
    canned = Canned(by_end={"FpKgG31Z_i9": {"notes": [{**note, "content": {"title": "T"}}]}})
    monkeypatch.setattr(note_parser, "dates", raise_odd)
    paper = PaperId("openreview:FpKgG31Z_i9")
    assert code(fetch(openreview.SOURCE, canned, paper)[paper, None]) == "parse_error"


def test_a_record_of_datacite_that_cannot_be_read_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = [
        {"attributes": {"doi": f"10.48550/arXiv.{each.key}", "titles": [{"title": "T"}]}}
        for each in (A, B)
    ]
    whole = datacite.read

    def odd(paper: PaperId, attributes: Any) -> Paper | None:
        return raise_odd() if paper == A else whole(paper, attributes)

    monkeypatch.setattr(datacite, "read", odd)
    canned = Canned(response(json.dumps({"data": records}).encode()))
    assert [paper.id for paper in datacite.SECOND_SOURCE.fetch([A, B], canned)] == [B]


def test_a_record_of_dblp_that_cannot_be_read_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "https://openreview.net/forum?id=FpKgG31Z_i9"
    row = {"page": page, "pub": "p", "title": "T.", "n": "1", "name": "A"}
    bindings = [{name: {"value": value} for name, value in row.items()}]
    canned = Canned(response(json.dumps({"results": {"bindings": bindings}}).encode()))
    monkeypatch.setattr(dblp._Record, "paper", raise_odd)
    wanted = [PaperId("openreview:FpKgG31Z_i9")]
    assert list(dblp.SECOND_SOURCE.fetch(wanted, canned)) == []
