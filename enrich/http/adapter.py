"""Adapter of one host: retries, slots of the rate limiter, redirects, logins, and when to stop.

The only place that retries. One request of a caller becomes at most `ATTEMPTS` attempts, each in a
slot of its own; a redirect's further hops have attempts of their own.
"""

from __future__ import annotations

import copy
import logging
import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, Protocol
from urllib.parse import urljoin, urlsplit

import requests
import tenacity
from requests.adapters import BaseAdapter

from enrich.errors import BadAnswer, ErrorCode, Overloaded, Refused, SourceError, Unreachable
from enrich.http.politeness import Politeness
from enrich.http.rate_limit import PATIENCE_S, RateLimiter
from enrich.http.retry import Retry
from enrich.http.transport import check_form, exchange, retry_after_s

Login = str | tuple[str, str]
"""A token, or (user name, password)."""

ATTEMPTS = 4
_HOPS = 3
_FAILURES = 2  # requests in a row, each with its attempts, after which a host is left alone
_TOTAL_S = 180.0  # from a request's first attempt to the last one's start
_LONGEST_BACKOFF_S = 60.0

logger = logging.getLogger("enrich")


class Service(Protocol):
    """What the HTTP layer needs of a service; sources and second sources have it.

    One with a login also has `log_in(login: Login, send) -> str`, which gives a bearer token, once
    a run. `send(method, url, *, json=None, data=None)` sends past cache, login and `check`, but
    through the rate limiter and retries; it gives answers such as 400 and 401 back, and raises SourceError.
    """

    name: str
    politeness: Politeness

    def check(self, response: requests.Response) -> None:
        """Check a whole answer before it is used or cached.

        Its request is the one that was sent, with the Authorization of a login. Returns for what `fetch` understands, be it 404 or 400. Statuses in `politeness.retried` need
        no care, but for an Overloaded with the pause that the body names.

        Raises:
            BadAnswer: the body is not what was asked for; asked again.
            Overloaded: the service answers "later" in a way of its own; asked again.
            Refused: it does not want to be asked by us: this host is left alone for the run.
        """
        ...


@dataclass(slots=True)
class Connectivity:
    """Whether any service answered in this run; if none did, the network may be down."""

    answered: bool = False


@dataclass(kw_only=True, slots=True)
class SharedToken:
    """Token of a login, shared by all runs of a session."""

    token: str | None = field(default=None, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(kw_only=True, slots=True)
class ServiceRun:
    """Shared parts of the adapters of one service's hosts, in one run."""

    service: Service
    limiter: RateLimiter
    login: Login | None = field(default=None, repr=False)
    shared_token: SharedToken = field(default_factory=SharedToken)
    user_agent: str
    clock: Callable[[], float]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    until: float = math.inf
    """The end of the run, by `clock`."""
    on_wait: Callable[[str, float], None]
    on_retry: Callable[[Retry], None] = lambda _: None
    connectivity: Connectivity = field(default_factory=Connectivity)
    adapters: dict[str, PoliteAdapter] = field(default_factory=dict)
    login_failed: SourceError | None = None
    before_request: Callable[[], None] | None = None
    """Called when the slot for a request is had; what it raises ends the request."""

    def begin_run(self, until: float, connectivity: Connectivity) -> ServiceRun:
        """Return the same service for a further run.

        That run may go on beside this one.
        """
        run = replace(
            self,
            until=until,
            connectivity=connectivity,
            adapters={},
            login_failed=None,
            before_request=None,
        )
        for host, adapter in self.adapters.items():
            run.adapters[host] = PoliteAdapter(host, run, adapter.network, owned=False)
        return run


class PoliteAdapter(BaseAdapter):
    """Adapter that a session mounts for one https host."""

    def __init__(self, host: str, run: ServiceRun, network: BaseAdapter, *, owned: bool) -> None:
        super().__init__()
        self.network = network
        self._owned = owned
        self._host = host
        self._run = run
        self._attempts: int | None = None  # known when the host is first asked
        self._failures = 0
        self._ended: SourceError | None = None

    def begin_run(self) -> None:
        """Reset what was learned about the host."""
        self._attempts, self._failures, self._ended = None, 0, None

    def close(self) -> None:
        """Close the connections if they are ours."""
        if self._owned:
            self.network.close()

    def send(  # noqa: PLR0917 - requests' own signature
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002
        timeout: object = None,  # noqa: ARG002 - the service's politeness says it
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Return a buffered answer that passed its service's check.

        Raises:
            SourceError: there was no such answer.
        """
        if self._ended is not None:
            raise _copy_error(self._ended)
        carried = {"verify": verify, "cert": cert, "proxies": proxies}
        try:
            response = self._send_with_login(request, carried)
        except Refused as error:
            self._ended = error
            raise
        except (Overloaded, BadAnswer) as error:
            self._failures += 1
            if isinstance(error, Unreachable) and not self._run.connectivity.answered:
                self._ended = error
                raise
            if self._failures >= _FAILURES or self._attempts == 1:
                self._ended = Overloaded(
                    f"{self._host} failed and was left alone for the rest of the run",
                    code="rate_limited",
                    hint="run again later",
                )
            raise
        self._failures = 0
        return response

    # --- login -----------------------------------------------------------------------------

    def _send_with_login(
        self, request: requests.PreparedRequest, carried: Mapping[str, Any]
    ) -> requests.Response:
        run = self._run
        if run.login is None:
            return self._follow(request, carried, None)
        token = self._fetch_token(carried, None)
        response = self._follow(request, carried, token)
        if response.status_code == 401:  # OpenReview: TokenExpiredError
            response = self._follow(request, carried, self._fetch_token(carried, token))
        if response.status_code == 401:
            _refuse_login(self._host)
        return response

    def _fetch_token(self, carried: Mapping[str, Any], expired: str | None) -> str:
        """Return the token.

        An expired one is replaced by a new one.
        """
        run = self._run
        shared = run.shared_token
        with shared.lock:
            if run.login_failed is not None:
                raise _copy_error(run.login_failed)
            if shared.token is not None and shared.token != expired:
                return shared.token
            if isinstance(run.login, str) and expired is not None:
                _refuse_login(self._host)

            def send(method: str, url: str, **parts: Any) -> requests.Response:
                adapter = run.adapters[_target(url, run.service.politeness.hosts) or ""]
                prepared = requests.Request(method, url, **parts).prepare()
                return adapter._follow(prepared, carried, None, login=True)  # noqa: SLF001

            try:
                shared.token = run.service.log_in(run.login, send)  # type: ignore[attr-defined]
            except SourceError as error:
                run.login_failed = error
                raise
            return shared.token

    # --- redirects and attempts ------------------------------------------------------------

    def _follow(
        self,
        request: requests.PreparedRequest,
        carried: Mapping[str, Any],
        token: str | None,
        *,
        login: bool = False,
    ) -> requests.Response:
        adapter, asked = self, request
        for _ in range(1 + _HOPS):
            response = adapter._attempt(asked, carried, token, login=login)
            if not response.is_redirect:
                response.request = request  # as the caller made it: without the token
                return response
            url = _join(asked.url or "", response.headers["location"]) or ""
            adapter = self._run.adapters[urlsplit(url).hostname or ""]
            asked = asked.copy()
            asked.prepare_url(url, None)
        raise BadAnswer(f"{self._host} redirects without end", code="http_error")

    def _attempt(
        self,
        request: requests.PreparedRequest,
        carried: Mapping[str, Any],
        token: str | None,
        *,
        login: bool,
    ) -> requests.Response:
        run = self._run
        attempts = self._attempts
        if attempts is None:
            attempts = 1 if run.limiter.was_refused(self._host) else ATTEMPTS
            self._attempts = attempts
        delay = max(1.0, run.service.politeness.delay_s)
        backoff = tenacity.wait_exponential(
            multiplier=delay, max=_LONGEST_BACKOFF_S
        ) + tenacity.wait_random(0, delay)
        until = min(run.until, run.clock() + _TOTAL_S)

        def wait(state: tenacity.RetryCallState) -> float:
            return max(backoff(state), getattr(_find_error(state), "retry_after_s", None) or 0.0)

        def stop(state: tenacity.RetryCallState) -> bool:
            return (
                state.attempt_number >= attempts
                or (isinstance(_find_error(state), Unreachable) and not run.connectivity.answered)
                or state.upcoming_sleep > PATIENCE_S
                or run.clock() + state.upcoming_sleep > until
            )

        def tell(state: tenacity.RetryCallState) -> None:
            retry = Retry(
                service=run.service.name,
                reason=self._describe(_find_error(state)),
                attempt=state.attempt_number + 1,
                attempts=attempts,
                wait_s=state.upcoming_sleep,
            )
            logger.info("%s", retry)
            run.on_retry(retry)
            run.on_wait(run.service.name, state.upcoming_sleep)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type((Overloaded, BadAnswer)),
            wait=wait,
            stop=stop,
            before_sleep=tell,
            sleep=run.sleep,
            reraise=True,
        )
        for attempt in retrying:
            with attempt:
                last = attempt.retry_state.attempt_number >= attempts
                return self._send_once(request, carried, token, last=last, login=login)
        raise AssertionError("tenacity gives an outcome or raises")

    def _describe(self, error: BaseException | None) -> str:
        """Return why an attempt failed.

        The service's name stands in place of the host's.
        """
        title = getattr(self._run.service, "title", self._run.service.name)
        text = f"{error}".replace(self._host, title)
        return text.replace("answered with HTTP status", "answered")

    def _send_once(
        self,
        request: requests.PreparedRequest,
        carried: Mapping[str, Any],
        token: str | None,
        *,
        last: bool,
        login: bool,
    ) -> requests.Response:
        run, politeness = self._run, self._run.service.politeness
        with run.limiter.slot(run.until, before=run.before_request) as slot:
            left = max(0.001, run.until - run.clock())
            connect_s, read_s = politeness.timeout_s
            try:
                response = exchange(
                    self.network,
                    self._add_headers(request, token),
                    timeout_s=(min(connect_s, left), min(read_s, left)),
                    deadline=run.clock() + min(politeness.deadline_s, left),
                    max_bytes=politeness.max_bytes,
                    clock=run.clock,
                    **carried,
                )
                run.connectivity.answered = True
                self._check_answer(response, logged_in=token is not None, login=login)
            except SourceError as error:
                if error.retry_after_s:
                    slot.pause(error.retry_after_s)
                elif last or isinstance(error, Refused):
                    slot.refuse(self._host)
                raise
            slot.answer(self._host)
        self._attempts = ATTEMPTS
        return response

    def _add_headers(
        self, request: requests.PreparedRequest, token: str | None
    ) -> requests.PreparedRequest:
        prepared = request.copy()
        prepared.headers["User-Agent"] = self._run.user_agent  # arxiv.Client sets its own each time
        if prepared.headers.get("Accept", "*/*") == "*/*":
            prepared.headers["Accept"] = f"{self._run.service.politeness.media}, */*;q=0.1"
        if token is not None:
            prepared.headers["Authorization"] = f"Bearer {token}"
        return prepared

    def _check(self, response: requests.Response) -> None:
        """Call the service's check.

        Any exception of it but our own means a bad answer.
        """
        try:
            self._run.service.check(response)
        except SourceError:
            raise
        except Exception as error:
            logger.debug("%s: a check raised %s", self._host, type(error).__name__)
            raise BadAnswer(f"{self._host} sent an answer that cannot be read") from error

    def _check_answer(self, response: requests.Response, *, logged_in: bool, login: bool) -> None:
        service, status = self._run.service, response.status_code
        if response.is_redirect:
            url = _join(response.url, response.headers["location"])
            safe = response.request.method in {"GET", "HEAD"}
            if not safe or url is None or _target(url, service.politeness.hosts) is None:
                raise BadAnswer(f"{self._host} redirects to another place", code="http_error")
            return
        expired = logged_in and status == 401
        retried = status in service.politeness.retried
        try:
            if not login and not expired:
                self._check(response)  # first: it knows a challenge page from a broken body
            if status == 200:
                check_form(response, service.politeness.media)
        except BadAnswer:
            if not retried:  # else the status is the better reason
                raise
        except SourceError as error:
            if error.retry_after_s is None:
                error.retry_after_s = retry_after_s(response, self._run.now())
            raise
        if retried:
            code: ErrorCode = "rate_limited" if status in {406, 429} else "http_error"
            raise Overloaded(
                f"{self._host} answered with HTTP status {status}",
                code=code,
                retry_after_s=retry_after_s(response, self._run.now()),
            )


def _join(base: str, location: str) -> str | None:
    """Return where a redirect leads, None if its address cannot be read."""
    try:
        url = urljoin(base, location)
        requests.Request("GET", url).prepare()
    except Exception as error:  # noqa: BLE001 - ValueError, UnicodeError, requests' and urllib3's
        logger.debug("a redirect's address raised %s", type(error).__name__)
        return None
    return url


def _target(url: str, hosts: tuple[str, ...]) -> str | None:
    """Return the host of an https address.

    Return None unless it is one of these hosts, on its own port.
    """
    parts = urlsplit(url)
    return (
        parts.netloc.lower() if parts.scheme == "https" and parts.netloc.lower() in hosts else None
    )


def _find_error(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _copy_error(error: SourceError) -> SourceError:
    return copy.copy(error).with_traceback(None)


def _refuse_login(host: str) -> NoReturn:
    raise Refused(
        f"{host} does not take the login", hint="a new token is needed, or user name and password"
    )
