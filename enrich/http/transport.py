"""One request over the network and its whole answer: bounded, buffered, of the right form.

What the network, TLS or a broken body raise becomes one of our errors here. Nothing waits or retries.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from enrich.errors import BadAnswer, Overloaded, Refused, Unreachable

_PIECE = 1 << 16
_OF_THE_WIRE = frozenset(
    {"connection", "content-encoding", "content-length", "set-cookie", "transfer-encoding"}
)


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
        deadline: When the last byte must be there, by `clock`.
        max_bytes: The most decoded bytes.
        clock: Monotonic seconds.
        carried: `verify`, `cert`, `proxies`.

    Raises:
        Unreachable: no connection could be opened.
        Overloaded: no connection, no answer in time, or an answer that breaks off.
        BadAnswer: a body that is too long or cannot be decoded.
        Refused: TLS or this machine's own settings stand in the way.
    """
    host = urlsplit(request.url or "").hostname
    try:
        answer = network.send(request, stream=True, timeout=timeout_s, **carried)
        try:
            body = _whole(answer.raw, max_bytes, deadline, clock, f"{host}")
        except BaseException:
            answer.raw.close()
            raise
        answer.raw.release_conn()
    except requests.exceptions.SSLError as error:
        raise Refused(
            f"no trusted TLS connection to {host}",
            code="http_error",
            retryable=True,
            hint="where an own certificate authority is in use, REQUESTS_CA_BUNDLE names its file",
        ) from error
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise Overloaded(f"{host} did not answer in time", code="timeout") from error
    except urllib3.exceptions.DecodeError as error:
        raise BadAnswer(f"{host} sent a damaged body") from error
    except requests.exceptions.ProxyError as error:
        kind = Unreachable if _is_unreachable(error) else Overloaded
        raise kind(
            f"the proxy did not lead to {host}", code="http_error", hint="look at HTTPS_PROXY"
        ) from error
    except (requests.ConnectionError, urllib3.exceptions.HTTPError) as error:
        kind = Unreachable if _is_unreachable(error) else Overloaded
        raise kind(f"the connection to {host} failed", code="http_error") from error
    except OSError as error:  # requests' other errors too: a bad proxy address, no CA file
        raise Refused(
            f"{host} cannot be asked with these network settings",
            code="http_error",
            retryable=True,
            hint="look at HTTPS_PROXY and REQUESTS_CA_BUNDLE",
        ) from error
    return _buffered(answer, request, body)


def _is_unreachable(error: BaseException) -> bool:
    """Return whether a name was not found, or a connection was refused."""
    causes: list[Any] = [error]
    for cause in causes[:1]:
        causes += [getattr(arg, "reason", None) for arg in cause.args]
    causes += [getattr(cause, "original_error", None) for cause in causes]
    return any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in causes)


def _whole(
    raw: Any, max_bytes: int, deadline: float, clock: Callable[[], float], host: str
) -> bytes:
    # `read1` alone gives what has come; `read` and `stream` wait until a piece is full.
    raw.decode_content = True
    pieces, size = [], 0
    while piece := raw.read1(_PIECE):
        size += len(piece)
        if size > max_bytes:
            raise BadAnswer(f"{host} sent more than an answer can be")
        if clock() > deadline:
            raise Overloaded(f"{host} did not end its answer in time", code="timeout")
        pieces.append(piece)
    return b"".join(pieces)


def _buffered(
    answer: requests.Response, request: requests.PreparedRequest, body: bytes
) -> requests.Response:
    # A fresh one: vcrpy's own cannot be cached, and what was decoded must not say it is encoded.
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
    """Whether the body of a 200 is well-formed JSON or XML, as its media type wants.

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
    """Seconds that Retry-After names, as a number or a date (RFC 9110 §10.2.3); else None."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, date.replace(tzinfo=date.tzinfo or UTC).timestamp() - now)
