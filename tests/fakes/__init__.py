"""Stand-ins for the services, on real loopback sockets, under the services' real names.

One threaded server is an HTTPS proxy (CONNECT, with certificates of its own authority), a proxy for
plain http, and a plain server. The product needs no hook: it runs with HTTPS_PROXY and
REQUESTS_CA_BUNDLE pointing here and asks https://export.arxiv.org as ever.

```python
def test_it(fakes: Fakes, tmp_path: Path) -> None:
    fakes.arxiv.add(FakePaper(id="2103.01338", title="…", versions=[FakeVersion(date="2021-03-01T22:52:13Z")]))
    fakes.openreview.add(FakeNote(id="FpKgG31Z_i9", title="…", venue="ICLR 2022 Submitted"))
    fakes.fault("export.arxiv.org", "503", times=1)          # then healthy again
    subprocess.run([sys.executable, "-m", "enrich", …], env=fakes.env(tmp_path))   # the real command
    first, second = fakes.requests("export.arxiv.org")
    assert first.fault == "503" and second.query["id_list"] == "2103.01338"
```

What a test may do:

- `fakes.env(home)`: the environment for a command; `fakes.use(monkeypatch)`: the same for this process.
- `fakes.arxiv.add(FakePaper…)`, `.remove(id)`; switches `.malformed`, `.counts_unknown`, `.order`.
- `fakes.openreview.add(FakeNote…)`, `.add_json(api, note)`, `.remove(id)`; switches `.gate`, `.missing`,
  `.limit`, `.reset_s`, `.accounts`, `.second_factor`, `.tokens`, `.refused`; the count `.logins`.
- `fakes.datacite.add(FakePaper…)`, `.remove(id)`; switches `.numbers`, `.overrides`.
- `fakes.dblp.add(FakeRecord…)`; switch `.challenge`.
- `fakes.add_example()`: the example's three papers, at every service that has them.
- `fakes.serve("/talks.ics", body)`: a file at 127.0.0.1; `fakes.serve("https://feeds.example.org/t.ics", body)`:
  the same at any host; both give the URL. With `etag=`, a matching If-None-Match is answered 304;
  `status=302, headers=[("Location", …)]` makes a redirect.
- `fakes.host(name, model)`: any host, answered by a function from `Request` to `Answer`.
- `fakes.fault(host, which, times=1)`: one of the faults listed in `tests.fakes.faults`, by number or name;
  `times=None` (as given) for ever; `match="/login"` only where that is in the path or query;
  further options are the fault's own (`seconds=`, `retry_after=`). Several are taken in order.
  `fakes.heal(host)` ends them.
- `fakes.latency(host, seconds)`: each answer waits.
- `fakes.hold(host)`: each answer waits until `fakes.release(host, answers)` lets so many of them go.
- `fakes.wait_for(host, 2)`: wait until so many requests have come; `fakes.wait_until_idle(host)`: until all ended.
- `fakes.requests(host)`: what was asked: method, path, query, form, headers, body, arrived and ended
  (monotonic, comparable with other processes), in_flight, status, fault. An attempt that a fault ended
  before a request came (`refused`, `tls`, an unknown host) is there as method CONNECT.
- `fakes.gaps(host)`: seconds from the end of each request to the next; `fakes.most_in_flight(host)`.
- `fakes.forget()`: forget the requests so far.

Closing raises what went wrong in the stand-ins themselves.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import pytest

from tests.fakes import example
from tests.fakes.arxiv import Arxiv
from tests.fakes.datacite import DataCite
from tests.fakes.dblp import Dblp
from tests.fakes.faults import ELSEWHERE
from tests.fakes.files import Files
from tests.fakes.openreview import OpenReview
from tests.fakes.papers import FakeNote, FakePaper, FakeRecord, FakeVersion
from tests.fakes.server import Server
from tests.fakes.wire import Answer, Request

__all__ = ["Answer", "FakeNote", "FakePaper", "FakeRecord", "FakeVersion", "Fakes", "Request"]

ROOT = Path(__file__).parents[2]

_DROPPED = ("ENRICH_", "OPENREVIEW_", "XDG_", "PYTHON")
_DROPPED_NAMES = frozenset(
    {"ALL_PROXY", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "COLUMNS", "NO_COLOR"}
)


class Fakes:
    """All services on one port; a context manager."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fakes-")
        self._server = Server()
        self.bundle = Path(self._folder.name, "ca.pem")
        """The certificate authority, for REQUESTS_CA_BUNDLE."""
        self._server.authority.cert_pem.write_to_path(str(self.bundle))
        self.proxy = f"http://127.0.0.1:{self._server.port}"
        self.arxiv = Arxiv()
        self.openreview = OpenReview()
        self.datacite = DataCite()
        self.dblp = Dblp()
        self._files: dict[str, Files] = {}
        for service in (self.arxiv, self.openreview, self.datacite, self.dblp):
            for host in service.hosts:
                self._server.models[host] = service.answer
        self._server.models[ELSEWHERE] = self._elsewhere

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server; raises what went wrong in it."""
        try:
            self._server.close()
        finally:
            self._folder.cleanup()

    def add_example(self) -> None:
        """Let the services have the papers of the example feed (partly reconstructed)."""
        self.arxiv.add(*example.PAPERS)
        self.openreview.add(*example.NOTES)
        self.datacite.add(*example.PAPERS)
        self.dblp.add(*example.RECORDS)

    # --- for the program under test --------------------------------------------------------

    def variables(self) -> dict[str, str]:
        """The variables that lead a client here."""
        proxies = dict.fromkeys(
            ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), self.proxy
        )
        spared = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
        return {**proxies, **spared, "REQUESTS_CA_BUNDLE": str(self.bundle)}

    def env(self, home: Path, **more: str) -> dict[str, str]:
        """The environment for a command: this one, cleaned, with an own home folder."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_DROPPED) and name.upper() not in _DROPPED_NAMES
        }
        return {
            **kept,
            **self.variables(),
            "HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Lead the clients of this process here."""
        for name in ("ALL_PROXY", "all_proxy", "CURL_CA_BUNDLE"):
            patch.delenv(name, raising=False)
        for name, value in self.variables().items():
            patch.setenv(name, value)

    def serve(
        self,
        url: str,
        body: bytes,
        *,
        status: int = 200,
        media: str | None = "text/calendar; charset=utf-8",
        etag: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
    ) -> str:
        """Serve a file, at a path of 127.0.0.1 or at the address given; gives its URL."""
        whole = f"{self.proxy}{url}" if url.startswith("/") else url
        parts = urlsplit(whole)
        files = self._files.get(parts.hostname or "")
        if files is None:
            files = self._files[parts.hostname or ""] = Files()
            self._server.models[parts.hostname or ""] = files.answer
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        answer = Answer(status=status, media=media, headers=tuple(headers), body=body)
        files.put(path, answer, etag)
        return whole

    def host(self, name: str, model: Callable[[Request], Answer]) -> None:
        """Let a function answer for a host."""
        self._server.models[name] = model

    # --- what goes wrong -------------------------------------------------------------------

    def fault(
        self,
        host: str,
        which: str | int,
        *,
        times: int | None = None,
        match: str = "",
        **options: Any,
    ) -> None:
        """Plan a fault for a host: `times` times, or (None) for ever.

        Raises:
            KeyError: there is no such fault.
            TypeError: it has no such option.
        """
        self._server.faults.plan(host, which, times=times, match=match, **options)
        if self._server.faults.strike_next(host):
            self._server.drop(host)

    def heal(self, host: str | None = None) -> None:
        """End the faults of a host, or all."""
        self._server.faults.clear(host)

    def latency(self, host: str, seconds: float) -> None:
        """Let each answer of a host wait."""
        self._server.latencies[host] = seconds

    def hold(self, host: str) -> None:
        """Let the answers of a host wait until they are released."""
        self._server.held[host] = threading.Semaphore(0)

    def release(self, host: str, answers: int = 1) -> None:
        """Let so many answers of a held host go, now or when they are due."""
        self._server.held[host].release(answers)

    def wait_for(self, host: str, requests: int = 1) -> None:
        """Wait until so many requests have come to a host.

        Raises:
            TimeoutError: they did not, for a minute.
        """
        _wait(lambda: len(self.requests(host)) >= requests)

    def wait_until_idle(self, host: str) -> None:
        """Wait until no request to a host is open: that a client has left is noticed a moment later.

        Raises:
            TimeoutError: one is, after a minute.
        """
        _wait(lambda: all(request.ended is not None for request in self.requests(host)))

    def _elsewhere(self, request: Request) -> Answer:
        _, host, path = request.target.split("/", 2)
        request.target = f"/{path}"
        seen, request.host = request.host, host
        try:
            return self._server.models[host](request)
        finally:
            request.host = seen

    # --- what was asked --------------------------------------------------------------------

    def requests(self, host: str | None = None) -> list[Request]:
        """The requests so far, of a host or all, in the order of their arrival."""
        return self._server.requests(host)

    def gaps(self, host: str) -> list[float]:
        """Seconds from the end of each request to the arrival of the next."""
        return [
            later.arrived - (earlier.ended or later.arrived)
            for earlier, later in pairwise(self.requests(host))
        ]

    def most_in_flight(self, host: str) -> int:
        """The most requests that were open at once."""
        return max((request.in_flight for request in self.requests(host)), default=0)

    def forget(self) -> None:
        """Forget the requests so far."""
        self._server.forget()


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not done():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)
