"""What is read out of answers without a network: Retry-After, and the form of a body."""

from __future__ import annotations

from email.utils import formatdate

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from enrich.errors import BadAnswer
from enrich.http.transport import check_form, retry_after_s

NOW = 1_800_000_000.0


def response(body: bytes = b"", **headers: str) -> requests.Response:
    made = requests.Response()
    made.url = "https://a.example/"
    made._content = body
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0), ("120", 120), (" 7 ", 7), (formatdate(NOW + 90, usegmt=True), 90),
        (formatdate(NOW - 90, usegmt=True), 0), ("", None), ("soon", None), ("-5", None),
        ("1.5", None), ("٣", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after_s(response(Retry_After=text), NOW) == seconds


def test_without_retry_after_there_is_none() -> None:
    assert retry_after_s(response(), NOW) is None


@given(st.text(max_size=60))
@example("9" * 400)
@example("Mon, 01 Jan 0001 00:00:00 +2359")
@example("Fri, 31 Dec 9999 23:59:59 -2359")
@example("Fri, 31 Dec 2027 23:59:59 +9999")
def test_any_retry_after_is_none_or_seconds(text: str) -> None:
    seconds = retry_after_s(response(Retry_After=text), NOW)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/json", b'{"a": [1, null]}'),
        ("application/vnd.api+json", '{"a": "é"}'.encode()),
        ("application/atom+xml", b"<feed/>"),
        ("application/atom+xml", b'<?xml version="1.0" encoding="iso-8859-1"?><feed>\xe9</feed>'),
        ("text/plain", b"anything"),
    ],
)
def test_well_formed_bodies_pass(media: str, body: bytes) -> None:
    check_form(response(body), media)


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/json", b""),
        ("application/json", b"<html></html>"),
        ("application/json", b'{"a": '),
        ("application/json", b'"\xff"'),
        ("application/json", b"[" * 100_000),
        ("application/atom+xml", b""),
        ("application/atom+xml", b"Rate exceeded."),
        ("application/atom+xml", b"<feed><entry>"),
        ("application/atom+xml", b"<feed>\xe9</feed>"),
        ("application/atom+xml", b"<feed/><feed/>"),
        ("application/atom+xml", b"<a>" * 10_000),
    ],
)
def test_broken_bodies_do_not(media: str, body: bytes) -> None:
    with pytest.raises(BadAnswer):
        check_form(response(body), media)
