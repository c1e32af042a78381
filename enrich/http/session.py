"""Session for papers: a cache, then one polite adapter per host.

```
CachedSession ─▶ PoliteAdapter ─▶ tenacity ─▶ RateLimiter ─▶ network ─▶ whole body ─▶ check
 (cache)          (polite)                    (rate_limit) (exchange)             (the service's)
```
Checks raise below the cache, so a bad response is neither stored nor replaces a good one. The cache
never returns an expired response for a failed request: only the store returns stale papers.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests
from requests_cache import DO_NOT_CACHE, CachedSession
from requests_cache.backends.base import BaseCache
from requests_cache.policy import ExpirationPatterns

from enrich.http.adapter import Connectivity, Login, PoliteAdapter, Service, ServiceRun
from enrich.http.cache import open_cache
from enrich.http.rate_limit import RateLimiter
from enrich.http.retry import Retry
from enrich.http.watch import open_adapter
from enrich.text.web import mail_address
from enrich.version import VERSION

__all__ = ["Login", "PoliteSession", "Service", "has_answered", "open_session", "paused_until"]

logger = logging.getLogger("enrich")


class PoliteSession(CachedSession):
    """Session that sends https requests to the given services only."""

    def __init__(
        self,
        cache: BaseCache,
        runs: Iterable[ServiceRun],
        *,
        refresh: bool,
        timeout_s: float | None,
    ) -> None:
        self.runs = {run.service.name: run for run in runs}
        self._refresh = refresh
        self._timeout_s = timeout_s
        keep: ExpirationPatterns = {
            f"{host}/*": DO_NOT_CACHE if run.login else run.service.politeness.keep_s
            for run in self.runs.values()
            for host in run.service.politeness.hosts
        }
        super().__init__(
            backend=cache, expire_after=DO_NOT_CACHE, urls_expire_after=keep, stale_if_error=False
        )
        self.auth = _leave_unchanged
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()
        for run in self.runs.values():
            for host, adapter in run.adapters.items():
                self.mount(f"https://{host}/", adapter)
        self.begin_run()

    def begin_run(self) -> None:
        """Begin another run; its time starts now.

        Hosts that were excluded in the last run may get requests again.
        """
        for run in self.runs.values():
            run.deadline = math.inf if self._timeout_s is None else run.clock() + self._timeout_s
            run.login_failed = None
            run.connectivity.answered = False
            if self._refresh:
                run.limiter.forget()
            for adapter in run.adapters.values():
                adapter.begin_run()

    def open_run(self, deadline: float) -> PoliteSession:
        """Return a session for one run.

        Runs may overlap. Only the session that opened them is closed.

        Args:
            deadline: End of the run, by the clock of the session.
        """
        connectivity = Connectivity()
        runs = [run.begin_run(deadline, connectivity) for run in self.runs.values()]
        session = PoliteSession(self.cache, runs, refresh=self._refresh, timeout_s=None)
        for run in session.runs.values():
            run.deadline = deadline
        session.verify, session.cert = self.verify, self.cert
        session.proxies, session.trust_env = self.proxies, self.trust_env
        return session

    @contextmanager
    def checked(self, name: str, check: Callable[[], None]) -> Iterator[None]:
        """Call a check before each request to a service.

        This holds within the block. An exception of the check aborts the request.
        """
        run = self.runs.get(name)
        if run is None:
            yield
            return
        run.before_request = check
        try:
            yield
        finally:
            run.before_request = None

    def close(self) -> None:
        """Close connections and cache, except a caller's connections."""
        super().close()  # type: ignore[no-untyped-call]

    def send(  # type: ignore[override]  # all options as keywords
        self, request: requests.PreparedRequest, **kwargs: Any
    ) -> Any:
        """Send a request; under refresh, ignore the cache."""
        if self._refresh:
            kwargs["force_refresh"] = True
        return super().send(request, **kwargs)


def open_session(
    services: Iterable[Service],
    *,
    cache_dir: Path | None,
    state_dir: Path | None = None,
    contact: str | None = None,
    login: Mapping[str, Login] | None = None,
    refresh: bool = False,
    timeout_s: float | None = None,
    base: requests.Session | None = None,
    on_wait: Callable[[str, float], None] | None = None,
    on_retry: Callable[[Retry], None] = lambda _: None,
    on_trouble: Callable[[str], None] = logger.warning,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> PoliteSession:
    """Open a session for one run.

    Call `begin_run` to use it for another run. The caller closes it at the end.

    Args:
        services: Sources and second sources; requests go only to their hosts.
        cache_dir: Folder of the HTTP cache; None for the user's cache folder.
        state_dir: Folder of the rate limiters' files; None for the user's state folder.
        contact: A mail address for the User-Agent.
        login: Logins by the service's name.
        refresh: Request cached responses again, and drop pauses and refusals of earlier runs.
        timeout_s: Seconds for the whole run.
        base: A caller's session; its adapters send the requests.
        on_wait: Called with a service's name and the seconds of each wait before it begins.
        on_retry: Called with each retry before its wait.
        on_trouble: Called with a message if the cache or the state folder cannot be used.
        clock: Monotonic seconds.
        now: Seconds since 1970.
        sleep: Waits for some seconds; both clocks must advance meanwhile.

    Raises:
        ValueError: the contact is not a mail address.
    """
    from platformdirs import user_cache_path, user_state_path

    cache_dir = cache_dir or user_cache_path("enrich", appauthor=False)
    state_dir = state_dir or user_state_path("enrich", appauthor=False)
    report_wait, on_trouble = on_wait or _ignore_wait, _call_once(on_trouble)
    runs, connectivity = list[ServiceRun](), Connectivity()
    for service in services:
        politeness, name = service.politeness, service.name
        limiter = RateLimiter(
            politeness.hosts[0],
            state_dir,
            politeness.delay_s,
            clock=clock,
            now=now,
            sleep=sleep,
            on_wait=lambda seconds, name=name: report_wait(name, seconds),  # type: ignore[misc]
            on_trouble=on_trouble,
        )
        run = ServiceRun(
            service=service,
            limiter=limiter,
            login=(login or {}).get(name),
            user_agent=_build_user_agent(contact),
            clock=clock,
            now=now,
            sleep=sleep,
            on_wait=report_wait,
            on_retry=on_retry,
            connectivity=connectivity,
        )
        for host in politeness.hosts:
            network = open_adapter() if base is None else base.get_adapter(f"https://{host}/")
            if isinstance(network, PoliteAdapter):
                network = network.network
            run.adapters[host] = PoliteAdapter(host, run, network, owned=base is None)
        runs.append(run)
    session = PoliteSession(
        open_cache(cache_dir, on_trouble), runs, refresh=refresh, timeout_s=timeout_s
    )
    if base is not None:
        session.verify, session.cert = base.verify, base.cert
        session.proxies, session.trust_env = base.proxies, base.trust_env
    return session


def paused_until(session: PoliteSession) -> dict[str, datetime]:
    """Return the ends of the services' pauses, by name."""
    ends = {name: run.limiter.paused_until() for name, run in session.runs.items()}
    return {name: datetime.fromtimestamp(end, UTC) for name, end in ends.items() if end}


def has_answered(session: PoliteSession) -> bool:
    """Return whether any service responded to this session."""
    return any(run.connectivity.answered for run in session.runs.values())


def _build_user_agent(contact: str | None) -> str:
    if not contact:
        return f"enrich/{VERSION}"
    return f"enrich/{VERSION} (+mailto:{mail_address(contact)})"


def _leave_unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request  # without an auth, requests would read ~/.netrc


def _call_once(report: Callable[[str], None]) -> Callable[[str], None]:
    reported: set[str] = set()  # the rate limiters of all services share one folder

    def report_once(message: str) -> None:
        if message not in reported:
            reported.add(message)
            report(message)

    return report_once


def _ignore_wait(name: str, seconds: float) -> None:
    pass
