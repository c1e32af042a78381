"""One request and its whole response: bounded, buffered and well-formed.

Errors of the network, of TLS and of broken bodies become a `SourceError` here. This module neither waits
between requests nor retries.
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
from enrich.text.packed import MAX_RATIO, exceeds_ratio

_PIECE_BYTES = 1 << 16
_WIRE_HEADERS = frozenset(
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
    **options: Any,
) -> requests.Response:
    """Send a request once and read the whole response.

    Args:
        network: The adapter that sends the request.
        request: The request, complete.
        timeout_s: Seconds to connect, and to wait for the next bytes.
        deadline: End of the whole exchange, by `clock`.
        max_bytes: Limit of the body, both on the wire and decoded.
        clock: Monotonic seconds.
        options: `verify`, `cert`, `proxies`.

    Raises:
        Unreachable: no connection could be opened.
        Overloaded: no connection, no response in time, or an incomplete response.
        BadAnswer: the response is too large or cannot be read.
        Refused: TLS failed, or this machine's settings prevent the request.
        FeedError: the SSRF guard refused the address.
    """
    host = urlsplit(request.url or "").hostname

    def send(watch: Watch) -> tuple[requests.Response, bytes]:
        response = network.send(request, stream=True, timeout=timeout_s, **options)
        watch.add_response(response.raw)
        try:
            body = _read_body(response.raw, max_bytes, watch, f"{host}")
        except BaseException:
            response.raw.close()
            raise
        response.raw.release_conn()
        return response, body

    try:
        response, body = watch_exchange(send, left_s=deadline - clock(), max_bytes=max_bytes)
        return _build_buffered(response, request, body)
    except EnrichError:
        raise
    except Exception as error:
        raise _convert_exception(error, host) from error


def _convert_exception(error: Exception, host: str | None) -> SourceError:
    """Return the SourceError for an exception of an exchange.

    An error of this machine's settings is Refused; an unknown exception is a BadAnswer.
    """
    match error:
        case requests.exceptions.SSLError():
            return Refused(
                f"no trusted TLS connection to {host}",
                code="http_error",
                retryable=True,
                hint="if you use your own certificate authority, set REQUESTS_CA_BUNDLE to its file",
            )
        case DeadlineError():
            return Overloaded(f"{host} did not complete its response in time", code="timeout")
        case requests.Timeout() | urllib3.exceptions.TimeoutError() | TimeoutError():
            return Overloaded(f"{host} did not respond in time", code="timeout")
        case SizeError():
            return BadAnswer(f"{host} sent a response that is too large")
        case urllib3.exceptions.DecodeError():
            return BadAnswer(f"{host} sent a damaged body")
        case requests.exceptions.ProxyError():
            kind = Unreachable if _is_unreachable(error) else Overloaded
            return kind(
                f"the proxy did not connect to {host}", code="http_error", hint="check HTTPS_PROXY"
            )
        case requests.ConnectionError() | ConnectionError():
            kind = Unreachable if _is_unreachable(error) else Overloaded
            return kind(f"the connection to {host} failed", code="http_error")
        case urllib3.exceptions.InvalidHeader() | requests.exceptions.InvalidHeader():
            return _make_bad_answer(error, host)
        case urllib3.exceptions.HTTPError():
            kind = Unreachable if _is_unreachable(error) else Overloaded
            return kind(f"the connection to {host} failed", code="http_error")
        case _ if _is_settings_error(error):
            return Refused(
                f"the network settings prevent requests to {host}",
                code="http_error",
                retryable=True,
                hint="check HTTPS_PROXY and REQUESTS_CA_BUNDLE",
            )
        case requests.RequestException() | OSError():
            logger.debug("%s: %s in an exchange", host, type(error).__name__)
            return Overloaded(f"the connection to {host} failed", code="http_error")
        case _:
            return _make_bad_answer(error, host)


def _is_unreachable(error: BaseException) -> bool:
    """Return whether no connection was opened: name or port."""
    causes: list[Any] = [error]
    for cause in causes[:1]:
        causes += [getattr(arg, "reason", None) for arg in cause.args]
    causes += [getattr(cause, "original_error", None) for cause in causes]
    return any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in causes)


def _is_settings_error(error: Exception) -> bool:
    """Return whether proxy or certificate settings caused the error."""
    if isinstance(error, requests.RequestException):
        wrong = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)
        return isinstance(error, wrong)  # the proxy's URL; the request's own was valid
    found = (FileNotFoundError, PermissionError, IsADirectoryError)
    return isinstance(error, OSError) and (error.errno is None or isinstance(error, found))


def _make_bad_answer(error: Exception, host: str | None) -> BadAnswer:
    logger.debug("%s: a response raised %s", host, type(error).__name__)
    return BadAnswer(f"{host} sent a response that cannot be read")


def _read_body(raw: Any, max_bytes: int, watch: Watch, host: str) -> bytes:
    # Only `read1` returns available bytes; `read` and `stream` wait for a full piece.
    raw.decode_content = True
    pieces, size = [], 0
    while piece := raw.read1(_PIECE_BYTES):
        size += len(piece)
        if size > max_bytes:
            raise BadAnswer(f"{host} sent a response that is too large")
        if watch.ended:
            raise DeadlineError
        pieces.append(piece)
    packed = watch.count_bytes()
    if packed and exceeds_ratio(size, packed):  # 0: an adapter of the caller does not count
        raise BadAnswer(
            f"{host} sent a response that unpacks to more than {MAX_RATIO} times its size"
        )
    return b"".join(pieces)


def _build_buffered(
    response: requests.Response, request: requests.PreparedRequest, body: bytes
) -> requests.Response:
    # A new response: vcrpy's cannot be cached, and a decoded body must not be marked as encoded.
    headers = [(k, v) for k, v in response.raw.headers.items() if k.lower() not in _WIRE_HEADERS]
    fresh = urllib3.HTTPResponse(
        body=BytesIO(body),
        headers=urllib3.HTTPHeaderDict(headers),
        status=response.status_code,
        reason=response.reason,
        preload_content=False,
        request_method=request.method,
        request_url=request.url,
    )
    return HTTPAdapter().build_response(request, fresh)


def check_form(response: requests.Response, media: str) -> None:
    """Raise BadAnswer if a body does not parse."""
    body = response.content
    try:
        if media.endswith("json"):
            json.loads(body)
        elif media.endswith("xml"):
            from lxml import etree

            etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except (ValueError, RecursionError, SyntaxError) as error:  # lxml raises a SyntaxError
        kind = "JSON" if media.endswith("json") else "XML"
        host = urlsplit(response.url).hostname
        raise BadAnswer(f"{host} sent a response that is not valid {kind}") from error


def retry_after_s(response: requests.Response, now: float) -> float | None:
    """Return the seconds of Retry-After (RFC 9110 §10.2.3)."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    date = parse_http_date(text)
    return None if date is None else max(0.0, date.timestamp() - now)
