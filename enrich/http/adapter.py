"""Adapter of one host: retries, rate limiter slots, redirects, logins, and the end of requests.

Only this module retries. A request of a caller becomes at most `ATTEMPTS` attempts, each in its own
slot; each hop of a redirect has its own attempts.
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
from enrich.http.rate_limit import MAX_WAIT_S, RateLimiter
from enrich.http.retry import Retry
from enrich.http.transport import check_form, exchange, retry_after_s

Login = str | tuple[str, str]
"""A token, or (user name, password)."""

ATTEMPTS = 4
_MAX_REDIRECTS = 3
_MAX_FAILURES = 2  # failed requests in a row, each with its attempts; then the host gets no more
_MAX_TOTAL_S = 180.0  # from the first attempt of a request to the start of the last
_MAX_BACKOFF_S = 60.0

logger = logging.getLogger("enrich")


class Service(Protocol):
    """Part of a source or second source that the HTTP layer needs.

    A service with a login also has `log_in(login: Login, send) -> str`, which returns a bearer token
    and is called once per run. `send(method, url, *, json=None, data=None)` bypasses cache, login and
    `check`, but not the rate limiter and the retries. It returns responses such as 400 and 401, and
    raises SourceError.
    """

    name: str
    politeness: Politeness

    def check(self, response: requests.Response) -> None:
        """Check a response before it is used or cached.

        `response.request` is the request as sent, with the Authorization of a login. Return normally
        if `fetch` can handle the response, including 404 and 400. Statuses in `politeness.retried` are
        handled elsewhere; raise Overloaded only to pass on a pause from the body.

        Raises:
            BadAnswer: the body does not answer the request; retried.
            Overloaded: the service signals overload in its own way; retried.
            Refused: the service blocks us; no more requests to this host in this run.
        """
        ...


@dataclass(slots=True)
class Connectivity:
    """Flag of one run: whether any service answered. If none did, the network may be down."""

    answered: bool = False


@dataclass(kw_only=True, slots=True)
class SharedToken:
    """Token of a login, shared by all runs of a session."""

    token: str | None = field(default=None, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(kw_only=True, slots=True)
class ServiceRun:
    """Parts that the adapters of one service's hosts share in one run."""

    service: Service
    limiter: RateLimiter
    login: Login | None = field(default=None, repr=False)
    shared_token: SharedToken = field(default_factory=SharedToken)
    user_agent: str
    clock: Callable[[], float]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    deadline: float = math.inf
    """Deadline of the run, by `clock`."""
    on_wait: Callable[[str, float], None]
    on_retry: Callable[[Retry], None] = lambda _: None
    connectivity: Connectivity = field(default_factory=Connectivity)
    adapters: dict[str, PoliteAdapter] = field(default_factory=dict)
    login_failed: SourceError | None = None
    before_request: Callable[[], None] | None = None
    """Called once the slot is acquired; an exception aborts the request."""

    def begin_run(self, deadline: float, connectivity: Connectivity) -> ServiceRun:
        """Return a copy for another run.

        Both may run at the same time.
        """
        run = replace(
            self,
            deadline=deadline,
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
        self._attempts: int | None = None  # set at the first request to the host
        self._failures = 0
        self._final_error: SourceError | None = None

    def begin_run(self) -> None:
        """Reset the attempts and failures of the host."""
        self._attempts, self._failures, self._final_error = None, 0, None

    def close(self) -> None:
        """Close the connections if this adapter opened them."""
        if self._owned:
            self.network.close()

    def send(  # noqa: PLR0917 - requests' own signature
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002
        timeout: object = None,  # noqa: ARG002 - set by the service's politeness
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Return a buffered response that passed its service's check.

        Raises:
            SourceError: no attempt got such a response.
        """
        if self._final_error is not None:
            raise _copy_error(self._final_error)
        options = {"verify": verify, "cert": cert, "proxies": proxies}
        try:
            response = self._send_with_login(request, options)
        except Refused as error:
            self._final_error = error
            raise
        except (Overloaded, BadAnswer) as error:
            self._failures += 1
            if isinstance(error, Unreachable) and not self._run.connectivity.answered:
                self._final_error = error
                raise
            if self._failures >= _MAX_FAILURES or self._attempts == 1:
                self._final_error = Overloaded(
                    f"{self._host} failed repeatedly; no more requests to it in this run",
                    code="rate_limited",
                    hint="run again later",
                )
            raise
        self._failures = 0
        return response

    # --- login -----------------------------------------------------------------------------

    def _send_with_login(
        self, request: requests.PreparedRequest, options: Mapping[str, Any]
    ) -> requests.Response:
        run = self._run
        if run.login is None:
            return self._follow(request, options, None)
        token = self._fetch_token(options, None)
        response = self._follow(request, options, token)
        if response.status_code == 401:  # OpenReview: TokenExpiredError
            response = self._follow(request, options, self._fetch_token(options, token))
        if response.status_code == 401:
            _refuse_login(self._host)
        return response

    def _fetch_token(self, options: Mapping[str, Any], expired: str | None) -> str:
        """Return the token; log in first if necessary.

        An expired token is replaced.
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
                adapter = run.adapters[_find_allowed_host(url, run.service.politeness.hosts) or ""]
                prepared = requests.Request(method, url, **parts).prepare()
                return adapter._follow(prepared, options, None, login=True)  # noqa: SLF001

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
        options: Mapping[str, Any],
        token: str | None,
        *,
        login: bool = False,
    ) -> requests.Response:
        adapter, hop = self, request
        for _ in range(1 + _MAX_REDIRECTS):
            response = adapter._send_with_retries(hop, options, token, login=login)
            if not response.is_redirect:
                response.request = request  # as the caller made it: without the token
                return response
            url = _resolve_redirect(hop.url or "", response.headers["location"]) or ""
            adapter = self._run.adapters[urlsplit(url).hostname or ""]
            hop = hop.copy()
            hop.prepare_url(url, None)
        raise BadAnswer(f"{self._host} redirected too often", code="http_error")

    def _send_with_retries(
        self,
        request: requests.PreparedRequest,
        options: Mapping[str, Any],
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
            multiplier=delay, max=_MAX_BACKOFF_S
        ) + tenacity.wait_random(0, delay)
        deadline = min(run.deadline, run.clock() + _MAX_TOTAL_S)

        def wait(state: tenacity.RetryCallState) -> float:
            return max(backoff(state), getattr(_find_error(state), "retry_after_s", None) or 0.0)

        def stop(state: tenacity.RetryCallState) -> bool:
            return (
                state.attempt_number >= attempts
                or (isinstance(_find_error(state), Unreachable) and not run.connectivity.answered)
                or state.upcoming_sleep > MAX_WAIT_S
                or run.clock() + state.upcoming_sleep > deadline
            )

        def report_retry(state: tenacity.RetryCallState) -> None:
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
            before_sleep=report_retry,
            sleep=run.sleep,
            reraise=True,
        )
        for attempt in retrying:
            with attempt:
                last = attempt.retry_state.attempt_number >= attempts
                return self._send_once(request, options, token, last=last, login=login)
        raise AssertionError("tenacity returns a response or raises")

    def _describe(self, error: BaseException | None) -> str:
        """Return why an attempt failed.

        The message has the service's name instead of the host's.
        """
        title = getattr(self._run.service, "title", self._run.service.name)
        text = f"{error}".replace(self._host, title)
        return text.replace("answered with HTTP status", "answered")

    def _send_once(
        self,
        request: requests.PreparedRequest,
        options: Mapping[str, Any],
        token: str | None,
        *,
        last: bool,
        login: bool,
    ) -> requests.Response:
        run, politeness = self._run, self._run.service.politeness
        with run.limiter.slot(run.deadline, before=run.before_request) as slot:
            left_s = max(0.001, run.deadline - run.clock())
            connect_s, read_s = politeness.timeout_s
            try:
                response = exchange(
                    self.network,
                    self._add_headers(request, token),
                    timeout_s=(min(connect_s, left_s), min(read_s, left_s)),
                    deadline=run.clock() + min(politeness.deadline_s, left_s),
                    max_bytes=politeness.max_bytes,
                    clock=run.clock,
                    **options,
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

    def _run_check(self, response: requests.Response) -> None:
        """Call the service's check.

        Any exception other than SourceError is raised as BadAnswer.
        """
        try:
            self._run.service.check(response)
        except SourceError:
            raise
        except Exception as error:
            logger.debug("%s: a check raised %s", self._host, type(error).__name__)
            raise BadAnswer(f"{self._host} sent a response that cannot be read") from error

    def _check_answer(self, response: requests.Response, *, logged_in: bool, login: bool) -> None:
        service, status = self._run.service, response.status_code
        if response.is_redirect:
            url = _resolve_redirect(response.url, response.headers["location"])
            safe = response.request.method in {"GET", "HEAD"}
            if not safe or url is None or _find_allowed_host(url, service.politeness.hosts) is None:
                raise BadAnswer(f"{self._host} redirected to another host", code="http_error")
            return
        expired = logged_in and status == 401
        retried = status in service.politeness.retried
        try:
            if not login and not expired:
                self._run_check(response)  # first: it recognizes a challenge page
            if status == 200:
                check_form(response, service.politeness.media)
        except BadAnswer:
            if not retried:  # otherwise the status is the better reason
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


def _resolve_redirect(base: str, location: str) -> str | None:
    """Return the absolute URL of a redirect, if valid."""
    try:
        url = urljoin(base, location)
        requests.Request("GET", url).prepare()
    except Exception as error:  # noqa: BLE001 - ValueError, UnicodeError, errors of requests and urllib3
        logger.debug("a redirect's address raised %s", type(error).__name__)
        return None
    return url


def _find_allowed_host(url: str, hosts: tuple[str, ...]) -> str | None:
    """Return the host of an https URL, if allowed.

    A URL with a port is not allowed.
    """
    parts = urlsplit(url)
    host = parts.netloc.lower()
    return host if parts.scheme == "https" and host in hosts else None


def _find_error(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _copy_error(error: SourceError) -> SourceError:
    return copy.copy(error).with_traceback(None)


def _refuse_login(host: str) -> NoReturn:
    raise Refused(f"{host} rejected the login", hint="use a new token, or user name and password")
