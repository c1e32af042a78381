"""Download of a feed over http(s): cached, conditional, and limited in bytes and seconds.

```
stored copy ─▶ _Connection ─▶ for each hop: connect ─▶ check the peer ─▶ read the body ─▶ check that it is a feed
```
A URL may hold a secret (`/user/ics/TOKEN`). The cache (requests-cache) therefore stores a hash of the URL
and its host; errors and log messages name only the host. urllib3 logs the path of each request at the level
DEBUG; filters on its loggers mask the path during a request. The alternative is more code: connection pools
that do not log the path, for direct requests, proxies and a caller's session.

Redirects are followed here, after each target is checked. A web page that links a calendar as its alternate
counts as one more redirect. A body that is not a feed is refused before it is stored, so a login page never
replaces a good copy.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy

from enrich.errors import EnrichError, FeedError, SourceError
from enrich.feeds.ssrf import SsrfGuard, guarded, is_private
from enrich.feeds.web_pages import find_calendar_link, name_address
from enrich.http.cache import open_cache
from enrich.http.transport import exchange
from enrich.text.patterns import compile_later
from enrich.version import VERSION

if TYPE_CHECKING:
    from requests_cache.models.response import CachedResponse

FILE = "feeds.sqlite"
KEEP_S = 30 * 86_400
"""Seconds for which a copy may replace a feed that cannot be downloaded."""
MAX_REDIRECTS = 5
DEADLINE_S = 120.0
"""Seconds that one feed may take, including redirects."""

_LINKED_HEADER = "X-Enrich-Calendar"
"""Header added to the stored copy of a calendar that was found through a page.

It holds the calendar's host and path, without query."""
_STORED_HEADERS = ("Content-Type", "ETag", "Last-Modified")
_CONDITIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_ACCEPT = "text/calendar, application/json;q=0.9, text/xml;q=0.9, */*;q=0.5"
_WEBCAL = compile_later(r"\Awebcals?:", re.IGNORECASE)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_LOGGERS = (
    "urllib3.connectionpool", "urllib3.poolmanager", "urllib3.util.retry"
)  # fmt: skip

logger = logging.getLogger("enrich")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one download."""

    max_bytes: int = 64_000_000
    """Bytes of the decoded body."""
    timeout_s: tuple[float, float] = (10.0, 30.0)
    """Seconds to connect, and to wait for the next bytes."""
    deadline_s: float = DEADLINE_S
    """Seconds for the whole download, including redirects."""


def fetch(
    url: str,
    *,
    check: Callable[[bytes], None],
    on_stale: Callable[[str], None],
    on_linked: Callable[[str], None] = lambda _: None,
    session: requests.Session | None = None,
    offline: bool = False,
    refresh: bool = False,
    cache_dir: str | os.PathLike[str] | None = None,
    limits: Limits = Limits(),
    private: Callable[[str], bool] = is_private,
) -> bytes:
    """Return the body of a feed, or its last copy.

    Args:
        url: http, https, webcal or webcals.
        check: Raises FeedError if a body is not a feed; such a body is never stored.
        on_stale: Called with the reason when the last copy is returned instead.
        on_linked: Called with host and path of the calendar, if the URL is a page that links one.
        session: Sends all requests, if given; its settings are not changed. The feed is cached and
            checked as without it.
        offline: Return the last copy without a request.
        refresh: Request the whole feed, without conditions.
        cache_dir: Folder of the copies; None means the user's cache folder.
        limits: Limits of bytes and seconds.
        private: Returns whether an IP address is private; a public feed must not lead to one.

    Raises:
        FeedError: the feed cannot be downloaded, and there is no copy of it.
    """
    url, host = parse_address(url)
    if cache_dir is None:
        from platformdirs import user_cache_path

        cache_dir = user_cache_path("enrich")
    cache = open_cache(Path(cache_dir), logger.warning, file=FILE)
    key = hashlib.sha256(url.encode()).hexdigest()
    copy: CachedResponse | None = cache.get_response(key)
    if offline:
        if copy is None:
            raise FeedError(f"{host}: there is no copy of this feed in the cache (offline)")
        _report_linked(copy, on_linked)
        return copy.content
    connection = _Connection(
        url=url, host=host, session=session, check=check, limits=limits, private=private
    )
    try:
        with _mask_paths():
            response = connection.send(
                _make_conditions(copy) if copy is not None and not refresh else {}
            )
    except FeedError as error:
        if copy is None or connection.denied:
            raise
        on_stale(str(error).removeprefix(f"{host}: "))
        _report_linked(copy, on_linked)
        return copy.content
    finally:
        connection.close()
    stored: requests.Response | None = copy
    if response.status_code == 200:
        stored = _strip_response(response, host, connection.linked)
    if stored is None:
        raise FeedError(f"{host}: unexpected status {response.status_code}")
    cache.save_response(stored, key, datetime.now(UTC) + timedelta(seconds=KEEP_S))
    _report_linked(stored, on_linked)
    return stored.content


def _report_linked(response: requests.Response, on_linked: Callable[[str], None]) -> None:
    """Report the calendar that a page links, if any."""
    if name := response.headers.get(_LINKED_HEADER):
        on_linked(name)


def _make_conditions(copy: CachedResponse) -> dict[str, str]:
    """Return the headers of a conditional request."""
    return {name: copy.headers[mark] for mark, name in _CONDITIONS.items() if mark in copy.headers}


def parse_address(url: str) -> tuple[str, str]:
    """Return the http(s) address of a feed, and its host.

    Raises:
        FeedError: `url` is not an http(s) or webcal(s) URL.

    >>> parse_address("webcal://Example.org/talks.ics")
    ('https://Example.org/talks.ics', 'example.org')
    """
    scheme, _, rest = url.partition("://")
    if scheme.lower() in {"webcal", "webcals"}:
        scheme = "https"
    url = f"{scheme}://{rest.partition('#')[0]}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or port == 0 or not url.isprintable() or "\\" in parts.netloc:
        raise FeedError("the address is not a valid URL")
    return url, host


class _Connection:
    """Connection for one feed: its URL, the session, and the state of the redirects."""

    def __init__(
        self,
        *,
        url: str,
        host: str,
        session: requests.Session | None,
        check: Callable[[bytes], None],
        limits: Limits,
        private: Callable[[str], bool],
    ) -> None:
        self.denied = False
        """True if the site refused the feed or has none; then no old copy is returned."""
        self._url, self._host = url, host
        self.linked: str | None = None
        """Host and path of the calendar, if the feed's URL is a page that links it."""
        self._was_secure = False
        """True after the first https URL; no password is then sent over http."""
        self._typed_http = urlsplit(url).scheme.lower() == "http"
        self._check, self._limits = check, limits
        self._guard = SsrfGuard(private=private)
        self._owns_session = session is None
        self._session = _open_session(self._guard) if session is None else session

    def close(self) -> None:
        if self._owns_session:
            self._session.close()

    def send(self, conditions: dict[str, str]) -> requests.Response:
        """Return the response: a whole feed or status 304.

        Raises:
            FeedError: the request failed. urllib3's message is left out, because it may name the URL.
        """
        try:
            response = self._follow_redirects(conditions)
            if response.status_code == 200:
                self._check(response.content)
        except FeedError as error:
            failed = error
        except SourceError as error:
            cause = str(error)
            text = cause if self._host in cause else f"{self._host}: {cause}"
            failed = FeedError(text, hint=error.hint)
        else:
            return response
        raise failed

    def _follow_redirects(self, conditions: dict[str, str]) -> requests.Response:
        deadline = time.monotonic() + self._limits.deadline_s
        url = self._url
        for _ in range(MAX_REDIRECTS + 1):
            response = self._request_hop(url, conditions, deadline)
            target = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or not target:
                self._check_status(response.status_code)
                target = None if self.linked else find_calendar_link(response.content)
                if target is None:
                    return response
                target = _WEBCAL.sub("https:", target)
                self.linked, conditions = "", {}
            before = urlsplit(url).scheme
            url = self._join(url, target)
            if before == "https" and urlsplit(url).scheme == "http" and not self._typed_http:
                # a private address is the more serious error, so it is reported first
                self._guard.check_url(url, proxied=True, guarded=False)
                raise FeedError(
                    f"{self._host}: redirects from https to http, which is not followed"
                )
            if urlsplit(url).scheme not in {"http", "https"}:
                raise FeedError(f"{self._host}: redirects to a URL that is not http(s)")
            if self.linked is not None:
                self.linked = self.linked or name_address(url)
        raise FeedError(f"{self._host}: too many redirects ({MAX_REDIRECTS})")

    def _join(self, url: str, target: str) -> str:
        """Return the target of a redirect.

        Raises:
            FeedError: the target is not a valid URL.
        """
        try:
            joined = urljoin(url, target)
            if "\\" in urlsplit(joined).netloc:  # clients disagree on the host of such a URL
                raise ValueError("backslash")  # noqa: TRY301
        except ValueError as error:
            logger.debug("a redirect's address raised %s", type(error).__name__)
            raise FeedError(f"{self._host}: redirects to an invalid URL") from None
        return joined

    def _request_hop(
        self, url: str, conditions: dict[str, str], deadline: float
    ) -> requests.Response:
        session = self._session
        self._was_secure = self._was_secure or urlsplit(url).scheme == "https"
        try:
            request = session.prepare_request(requests.Request("GET", url, headers=conditions))
            if self._owns_session and self._may_have_password(url):
                _add_password(request, url)
            settings: dict[str, Any] = dict(
                session.merge_environment_settings(url, {}, True, None, None)
            )
            del settings["stream"]
            proxied = bool(select_proxy(url, settings["proxies"]))
            self._guard.check_url(request.url or url, proxied=proxied, guarded=self._owns_session)
            return exchange(
                session.get_adapter(url),
                request,
                timeout_s=self._limits.timeout_s,
                deadline=deadline,
                max_bytes=self._limits.max_bytes,
                clock=time.monotonic,
                **settings,
            )
        except EnrichError:
            raise
        except Exception as error:  # noqa: BLE001 - messages of other exceptions may hold the URL
            logger.debug("a request for a feed raised %s", type(error).__name__)
        raise FeedError(
            f"{self._host}: the feed's URL, or one that it redirects to, cannot be requested"
        )

    def _may_have_password(self, url: str) -> bool:
        """Return whether a URL may receive the feed's password."""
        asked, typed = urlsplit(url), urlsplit(self._url)
        return asked.netloc == typed.netloc and (asked.scheme == "https" or not self._was_secure)

    def _check_status(self, status: int) -> None:
        if status in {200, 304}:
            return
        self.denied = 400 <= status < 500 and status not in {408, 425, 429}
        if status in {401, 403, 407}:
            raise FeedError(
                f"{self._host}: refuses the feed ({status})",
                hint="the site's private calendar link, which holds a key, needs no login",
            )
        if status in {404, 410}:
            raise FeedError(f"{self._host}: has no such feed ({status})")
        raise FeedError(f"{self._host}: answered {status}")


def _open_session(guard: SsrfGuard) -> requests.Session:
    session = requests.Session()
    session.auth = _skip_netrc
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": f"enrich/{VERSION}", "Accept": _ACCEPT})
    session.adapters.clear()
    session.mount("https://", guarded(guard))
    session.mount("http://", session.adapters["https://"])
    return session


def _skip_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request  # without this, requests reads ~/.netrc


def _add_password(request: requests.PreparedRequest, url: str) -> None:
    parts = urlsplit(url)
    if parts.username:
        name, word = unquote(parts.username), unquote(parts.password or "")
        requests.auth.HTTPBasicAuth(name, word)(request)


def _strip_response(
    response: requests.Response, host: str, linked: str | None
) -> requests.Response:
    """Return the response in the form that is stored.

    It has no cookies, no path, and only three headers. For a calendar that was found through a page,
    these headers are left out, too: the next request goes to the page, and they describe the calendar.
    """
    headers = {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers}
    if linked:
        headers = {_LINKED_HEADER: linked.encode("ascii", "backslashreplace").decode()}
    request = requests.Request("GET", f"https://{host}/").prepare()
    raw = urllib3.HTTPResponse(
        body=BytesIO(response.content),
        headers=headers,
        status=response.status_code,
        reason=response.reason,
        preload_content=False,
        request_method="GET",
        request_url=request.url,
    )
    return HTTPAdapter().build_response(request, raw)


class _PathMask(logging.Filter):
    """Filter that removes paths from urllib3's log messages."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                "/…" if isinstance(a, str) and ("/" in a and not a.startswith("HTTP/")) else a
                for a in record.args
            )
        return True


@contextmanager
def _mask_paths() -> Iterator[None]:
    """Redact the paths in urllib3's logs within the block."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    mask = _PathMask()
    for log in loggers:
        log.addFilter(mask)
    try:
        yield
    finally:
        for log in loggers:
            log.removeFilter(mask)
