"""One request over the network and its whole answer: bounded, buffered, of the right form.

What the network, TLS or a broken body raise becomes one of our errors here. Nothing waits or retries.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from enrich.errors import (
    BadAnswer,
    EnrichError,
    Overloaded,
    Refused,
    SourceError,
    Unreachable,
)
from enrich.http.dates import parse_http_date
from enrich.http.watch import DeadlineError, SizeError, Watch, watch_exchange

_PIECE = 1 << 16
_OF_THE_WIRE = frozenset(
    {"connection", "content-encoding", "content-length", "set-cookie", "transfer-encoding"}
)

logger = logging.getLogger("enrich")


def exchange(
    network: BaseAdapter,
    request: requests.PreparedRequest,
    *,
    timeout_s: tuple[float, float],
    deadline: float,
    max_bytes: int,
    clock: Callable[[], float],
    **carried: Any,
) -> requests.Response:
    """Send a request once and read the answer whole.

    Args:
        network: What sends.
        request: As it shall be sent.
        timeout_s: Seconds to connect, and to wait for the next bytes.
        deadline: When all must be over, from the connection to the last byte, by `clock`.
        max_bytes: The most bytes of the body, as they come and decoded.
        clock: Monotonic seconds.
        carried: `verify`, `cert`, `proxies`.

    Raises:
        Unreachable: no connection could be opened.
        Overloaded: no connection, no answer in time, or an answer that breaks off.
        BadAnswer: an answer that is too long or cannot be read.
        Refused: TLS or this machine's own settings stand in the way.
        FeedError: a guard of the connection's peer refused it.
    """
    host = urlsplit(request.url or "").hostname

    def send(watch: Watch) -> tuple[requests.Response, bytes]:
        answer = network.send(request, stream=True, timeout=timeout_s, **carried)
        watch.add_answer(answer.raw)
        try:
            body = _read_body(answer.raw, max_bytes, watch, f"{host}")
        except BaseException:
            answer.raw.close()
            raise
        answer.raw.release_conn()
        return answer, body

    try:
        answer, body = watch_exchange(send, left_s=deadline - clock(), max_bytes=max_bytes)
        return _buffered(answer, request, body)
    except EnrichError:
        raise
    except Exception as error:
        raise _name_failure(error, host) from error


def _name_failure(error: Exception, host: str | None) -> SourceError:
    """Return a failure of an exchange as our error.

    What this machine's settings cause is Refused. All else that nobody foresaw is a bad answer.
    """
    match error:
        case requests.exceptions.SSLError():
            return Refused(
                f"no trusted TLS connection to {host}",
                code="http_error",
                retryable=True,
                hint="if you use a certificate authority of your own, name its file in REQUESTS_CA_BUNDLE",
            )
        case DeadlineError():
            return Overloaded(f"{host} did not end its answer in time", code="timeout")
        case requests.Timeout() | urllib3.exceptions.TimeoutError() | TimeoutError():
            return Overloaded(f"{host} did not answer in time", code="timeout")
        case SizeError():
            return BadAnswer(f"{host} sent more than an answer can be")
        case urllib3.exceptions.DecodeError():
            return BadAnswer(f"{host} sent a damaged body")
        case requests.exceptions.ProxyError():
            kind = Unreachable if _is_unreachable(error) else Overloaded
            return kind(
                f"the proxy did not lead to {host}", code="http_error", hint="check HTTPS_PROXY"
            )
        case requests.ConnectionError() | ConnectionError():
            kind = Unreachable if _is_unreachable(error) else Overloaded
            return kind(f"the connection to {host} failed", code="http_error")
        case urllib3.exceptions.InvalidHeader() | requests.exceptions.InvalidHeader():
            return _refuse_answer(error, host)
        case urllib3.exceptions.HTTPError():
            kind = Unreachable if _is_unreachable(error) else Overloaded
            return kind(f"the connection to {host} failed", code="http_error")
        case _ if _is_setting(error):
            return Refused(
                f"{host} cannot be asked with these network settings",
                code="http_error",
                retryable=True,
                hint="check HTTPS_PROXY and REQUESTS_CA_BUNDLE",
            )
        case requests.RequestException() | OSError():
            logger.debug("%s: %s in an exchange", host, type(error).__name__)
            return Overloaded(f"the connection to {host} failed", code="http_error")
        case _:
            return _refuse_answer(error, host)


def _is_unreachable(error: BaseException) -> bool:
    """Return whether a name was not found, or a connection was refused."""
    causes: list[Any] = [error]
    for cause in causes[:1]:
        causes += [getattr(arg, "reason", None) for arg in cause.args]
    causes += [getattr(cause, "original_error", None) for cause in causes]
    return any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in causes)


def _is_setting(error: Exception) -> bool:
    """Return whether a setting causes it: proxy, certificates."""
    if isinstance(error, requests.RequestException):
        wrong = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)
        return isinstance(error, wrong)  # of the proxy; the address itself was prepared before
    found = (FileNotFoundError, PermissionError, IsADirectoryError)
    return isinstance(error, OSError) and (error.errno is None or isinstance(error, found))


def _refuse_answer(error: Exception, host: str | None) -> BadAnswer:
    logger.debug("%s: an answer raised %s", host, type(error).__name__)
    return BadAnswer(f"{host} sent an answer that cannot be read")


def _read_body(raw: Any, max_bytes: int, watch: Watch, host: str) -> bytes:
    # `read1` alone gives what has come; `read` and `stream` wait until a piece is full.
    raw.decode_content = True
    pieces, size = [], 0
    while piece := raw.read1(_PIECE):
        size += len(piece)
        if size > max_bytes:
            raise BadAnswer(f"{host} sent more than an answer can be")
        if watch.ended:
            raise DeadlineError
        pieces.append(piece)
    return b"".join(pieces)


def _buffered(
    answer: requests.Response, request: requests.PreparedRequest, body: bytes
) -> requests.Response:
    # A fresh one: vcrpy's own cannot be cached, and what was decoded must not be marked as encoded.
    headers = [(k, v) for k, v in answer.raw.headers.items() if k.lower() not in _OF_THE_WIRE]
    fresh = urllib3.HTTPResponse(
        body=BytesIO(body),
        headers=urllib3.HTTPHeaderDict(headers),
        status=answer.status_code,
        reason=answer.reason,
        preload_content=False,
        request_method=request.method,
        request_url=request.url,
    )
    return HTTPAdapter().build_response(request, fresh)


def check_form(response: requests.Response, media: str) -> None:
    """Check that a body is well-formed for its media type.

    Raises:
        BadAnswer: it is not.
    """
    body = response.content
    try:
        if media.endswith("json"):
            json.loads(body)
        elif media.endswith("xml"):
            from lxml import etree

            etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except (ValueError, RecursionError, SyntaxError) as error:  # lxml's is a SyntaxError
        kind = "JSON" if media.endswith("json") else "XML"
        host = urlsplit(response.url).hostname
        raise BadAnswer(f"{host} sent something that is no {kind}") from error


def retry_after_s(response: requests.Response, now: float) -> float | None:
    """Return the seconds that Retry-After names (RFC 9110 §10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    date = parse_http_date(text)
    return None if date is None else max(0.0, date.timestamp() - now)
