"""A feed over http(s): cached, conditional, bounded, and told nothing it need not know.

```
CachedSession ─▶ _Transport ─▶ a hop: connect ─▶ is the peer allowed? ─▶ whole body ─▶ is it a feed?
```
An address may hold a secret (`/user/ics/TOKEN`), so the cache knows it by a hash alone, and errors
and logs by its host. Redirects are followed below the cache, each to a checked address. What is no
feed is refused below the cache too, so a login page never replaces a good copy.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.utils import select_proxy
from requests_cache import CachedSession

from enrich.errors import EnrichError, FeedError, SourceError
from enrich.feeds.ssrf import Borders, guarded, is_private
from enrich.http.cache import open_cache
from enrich.http.transport import exchange
from enrich.version import VERSION

FILE = "feeds.sqlite"
KEEP_S = 30 * 86_400
"""How long a copy may stand in for a feed that cannot be had."""
MAX_REDIRECTS = 5
DEADLINE_S = 120.0
"""Seconds that one feed may take, redirects and all."""

_CACHED = "https://feeds.invalid/"
_KEPT = ("Content-Type", "ETag", "Last-Modified")
_UNMARKED = '"unmarked"'
"""The mark of a copy whose site gave none; with it the cache asks each time. It is never sent."""
_CONDITIONS = ("If-None-Match", "If-Modified-Since")
_ACCEPT = "text/calendar, application/json;q=0.9, text/xml;q=0.9, */*;q=0.5"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_LOGGERS = (
    "urllib3.connectionpool", "urllib3.poolmanager", "urllib3.util.retry", "requests_cache.session"
)  # fmt: skip

logger = logging.getLogger("enrich")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one fetch may take."""

    max_bytes: int = 64_000_000
    """Decoded."""
    timeout_s: tuple[float, float] = (10.0, 30.0)
    """To connect, and to wait for the next bytes."""
    deadline_s: float = DEADLINE_S
    """For everything, redirects and all."""


def fetch(
    url: str,
    *,
    check: Callable[[bytes], None],
    on_stale: Callable[[str], None],
    session: requests.Session | None = None,
    offline: bool = False,
    refresh: bool = False,
    cache_dir: str | os.PathLike[str] | None = None,
    limits: Limits = Limits(),
    private: Callable[[str], bool] = is_private,
) -> bytes:
    """The body of a feed, asked for with what is known of its last copy.

    Args:
        url: http, https, webcal or webcals.
        check: Raises FeedError where a body is no feed; such a one is never kept.
        on_stale: Told why the feed could not be had, when its last copy is given instead.
        session: A caller's; it alone sends, as it is. Cache and checks stay ours.
        offline: Give the last copy and ask nobody.
        refresh: Ask for the whole feed, whatever the site says of its last copy.
        cache_dir: Where the copies lie; None: the user's cache folder.
        limits: Bytes and seconds.
        private: Which IP addresses a public address must not lead to.

    Raises:
        FeedError: no feed, and no copy of it.
    """
    url, host = address(url)
    if cache_dir is None:
        from platformdirs import user_cache_path

        cache_dir = user_cache_path("enrich")
    transport = _Transport(
        url=url,
        host=host,
        session=session,
        check=check,
        limits=limits,
        private=private,
        whole=refresh,
    )
    cache = open_cache(Path(cache_dir), logger.warning, file=FILE)
    with CachedSession(backend=cache, expire_after=KEEP_S, stale_if_error=True) as cached, _quiet():
        cached.adapters.clear()
        cached.mount(_CACHED, transport)
        try:
            key = _CACHED + hashlib.sha256(url.encode()).hexdigest()
            response = cached.get(key, refresh=not offline, only_if_cached=offline)
        finally:
            transport.close()
    failed = transport.failed
    if failed is not None:
        if transport.denied or not getattr(response, "from_cache", False):
            raise failed
        on_stale(str(failed).removeprefix(f"{host}: "))
    if response.status_code != 200:
        raise FeedError(f"{host}: there is no copy of this feed, and offline nobody is asked")
    return response.content


def address(url: str) -> tuple[str, str]:
    """The http(s) address of a feed, and its host, which is all that may be told of it.

    Raises:
        FeedError: it is none.

    >>> address("webcal://Example.org/talks.ics")
    ('https://Example.org/talks.ics', 'example.org')
    """
    scheme, _, rest = url.partition("://")
    if scheme.lower() in {"webcal", "webcals"}:
        scheme = "https"
    url = f"{scheme}://{rest.partition('#')[0]}"
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    if not host or not url.isprintable():
        raise FeedError("the address given is none")
    return url, host


class _Transport(BaseAdapter):
    """What the cache takes for the network: it asks for the one feed, whatever it is asked."""

    def __init__(
        self,
        *,
        url: str,
        host: str,
        session: requests.Session | None,
        check: Callable[[bytes], None],
        limits: Limits,
        private: Callable[[str], bool],
        whole: bool,
    ) -> None:
        super().__init__()
        self.failed: FeedError | None = None
        self.denied = False
        """Whether the answer was that there is no such feed for us, which no old copy may cover."""
        self._url, self._host = url, host
        self._check, self._limits, self._whole = check, limits, whole
        self._borders = Borders(private=private)
        self._owned = session is None
        self._session = _own_session(self._borders) if session is None else session

    def close(self) -> None:
        if self._owned:
            self._session.close()

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        known = () if self._whole else _CONDITIONS
        conditions = {
            name: value
            for name in known
            if (value := request.headers.get(name)) and value != _UNMARKED
        }
        try:
            response = self._follow(conditions)
            if response.status_code == 200:
                self._check(response.content)
            return _bare(response, request)
        except FeedError as error:
            self.failed = error
        except SourceError as error:
            cause = str(error)
            text = cause if self._host in cause else f"{self._host}: {cause}"
            self.failed = FeedError(text, hint=error.hint)
        raise self.failed  # here, without what urllib3 said: that may tell the address

    def _follow(self, conditions: dict[str, str]) -> requests.Response:
        deadline = time.monotonic() + self._limits.deadline_s
        url = self._url
        for _ in range(MAX_REDIRECTS + 1):
            response = self._hop(url, conditions, deadline)
            target = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or not target:
                self._judge(response.status_code)
                return response
            url = self._join(url, target)
            if urlsplit(url).scheme not in {"http", "https"}:
                raise FeedError(f"{self._host}: leads to something that is no web address")
        raise FeedError(f"{self._host}: leads on and on ({MAX_REDIRECTS} redirects)")

    def _join(self, url: str, target: str) -> str:
        """Return where a redirect leads.

        Raises:
            FeedError: its address cannot be read.
        """
        try:
            joined = urljoin(url, target)
            urlsplit(joined)
        except ValueError as error:
            logger.debug("a redirect's address raised %s", type(error).__name__)
            raise FeedError(f"{self._host}: leads to an address that cannot be asked") from None
        return joined

    def _hop(self, url: str, conditions: dict[str, str], deadline: float) -> requests.Response:
        session = self._session
        try:
            request = session.prepare_request(requests.Request("GET", url, headers=conditions))
            if self._owned and urlsplit(url).netloc == urlsplit(self._url).netloc:
                _give_password(request, url)
            settings: dict[str, Any] = dict(
                session.merge_environment_settings(url, {}, True, None, None)
            )
            del settings["stream"]
            proxied = bool(select_proxy(url, settings["proxies"]))
            self._borders.cross(url, proxied=proxied, guarded=self._owned)
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
        except Exception as error:  # noqa: BLE001 - their messages hold the address
            logger.debug("a request for a feed raised %s", type(error).__name__)
        raise FeedError(f"{self._host}: leads to an address that cannot be asked")

    def _judge(self, status: int) -> None:
        if status in {200, 304}:
            return
        self.denied = 400 <= status < 500 and status not in {408, 425, 429}
        if status in {401, 403, 407}:
            raise FeedError(
                f"{self._host}: refuses the feed ({status})",
                hint="the site's calendar link for programs often holds a key of your own",
            )
        if status in {404, 410}:
            raise FeedError(f"{self._host}: has no such feed ({status})")
        raise FeedError(f"{self._host}: answered {status}")


def _own_session(borders: Borders) -> requests.Session:
    session = requests.Session()
    session.auth = _no_auth
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": f"enrich/{VERSION}", "Accept": _ACCEPT})
    session.adapters.clear()
    session.mount("https://", guarded(borders))
    session.mount("http://", session.adapters["https://"])
    return session


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request  # else ~/.netrc is looked into


def _give_password(request: requests.PreparedRequest, url: str) -> None:
    parts = urlsplit(url)
    if parts.username:
        name, word = unquote(parts.username), unquote(parts.password or "")
        requests.auth.HTTPBasicAuth(name, word)(request)


def _bare(response: requests.Response, request: requests.PreparedRequest) -> requests.Response:
    """The answer as the cache may see it: no cookies, no addresses, no headers but three."""
    headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
    if response.status_code == 200 and not headers.keys() & {"ETag", "Last-Modified"}:
        headers["ETag"] = _UNMARKED
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


class _Mask(logging.Filter):
    """Takes the path out of what urllib3 logs of a request; a stale copy is told by a notice."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("requests_cache"):
            return record.levelno < logging.WARNING
        if isinstance(record.args, tuple):
            record.args = tuple(
                "/…" if isinstance(a, str) and ("/" in a and not a.startswith("HTTP/")) else a
                for a in record.args
            )
        return True


@contextmanager
def _quiet() -> Iterator[None]:
    """While a feed is asked for, no log tells its address."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    mask = _Mask()
    for log in loggers:
        log.addFilter(mask)
    try:
        yield
    finally:
        for log in loggers:
            log.removeFilter(mask)
