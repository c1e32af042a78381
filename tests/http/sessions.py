"""Runs of the program as the HTTP layer sees them, without their waits."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

from enrich.http.session import PoliteSession, Service, open_session


class Clock:
    """Both clocks, with what was slept added: waits take no time."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._stopped: tuple[float, float] | None = None

    def stop(self) -> None:
        """Let nothing but waits take time: what is waited is exact, however busy the machine."""
        self._stopped = time.monotonic(), time.time()

    def clock(self) -> float:
        real = self._stopped[0] if self._stopped else time.monotonic()
        return real + sum(self.waits)

    def now(self) -> float:
        real = self._stopped[1] if self._stopped else time.time()
        return real + sum(self.waits)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class Run:
    """Sessions as one run after the other opens them, with one clock."""

    def __init__(self, folder: Path) -> None:
        random.seed(0)  # of the backoff
        self.services: tuple[Service, ...] = ()
        """Those of a session for which none are named."""
        self.clock = Clock()
        self.folder = folder
        self.waits: list[tuple[str, float]] = []
        self.troubles: list[str] = []
        self.sessions: list[PoliteSession] = []

    def open(self, *services: Service, **options: Any) -> PoliteSession:
        """The session of the next run."""
        session = open_session(
            services or self.services,
            **{
                "cache_dir": self.folder / "cache",
                "state_dir": self.folder / "state",
                "clock": self.clock.clock,
                "now": self.clock.now,
                "sleep": self.clock.sleep,
                "on_wait": lambda name, seconds: self.waits.append((name, seconds)),
                "on_trouble": self.troubles.append,
                **options,
            },
        )
        self.sessions.append(session)
        return session

    def close(self) -> None:
        """Close all sessions."""
        for session in self.sessions:
            session.close()
