"""Rate limiter of a service: one request at a time, spaced, over all processes of a machine.

A slot holds a file lock through the whole exchange; the operating system frees it when its holder
dies. What the processes share stands in a second file, JSON, written only under the lock:

- `ended`: when the last exchange ended; null while one is open, so that one that died is noticed.
- `paused_until`: the end of a pause that the service named.
- `refused`: per host, when it last refused without naming an end.

Times are seconds of the wall clock, for it is the one that processes share; each is clamped, so that
a clock that jumps costs one interval at most.
"""

from __future__ import annotations

import errno
import json
import logging
import math
import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enrich.errors import SourceError

if TYPE_CHECKING:
    from filelock import BaseFileLock

MOST_PAUSE_S = 600.0
"""The longest pause that a service may name, and how long a refusal without one is remembered."""
PATIENCE_S = 60.0
"""The longest pause that a request waits for; before a longer one it fails at once."""
_SPARE = 1.01  # clocks are slewed by up to 0.05 %, and arrive in whole ticks
_TICK_S = 1e-6  # what rounding leaves of a wait that is over
_LONGEST_QUEUE_S = 600.0  # a holder that was stopped must not hold everybody for ever

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_MAX_FILE_BYTES = 65_536

logger = logging.getLogger("enrich")


@dataclass(slots=True)
class Slot:
    """One slot of the rate limiter, and what the service answered in it."""

    paused_until: float
    refused: dict[str, float]
    _now: Callable[[], float]

    def pause(self, seconds: float) -> None:
        """Record a pause that the service named.

        A longer one is kept.
        """
        self.paused_until = max(self.paused_until, self._now() + min(seconds, MOST_PAUSE_S))

    def refuse(self, host: str) -> None:
        """Record that a host refused without naming an end."""
        self.refused[host] = self._now()

    def answer(self, host: str) -> None:
        """Record that a host answered: its refusal is over."""
        self.refused.pop(host, None)


@dataclass(frozen=True, slots=True)
class _Times:
    ended: float | None = 0.0
    paused_until: float = 0.0
    refused: dict[str, float] = field(default_factory=dict)


class RateLimiter:
    """Rate limiter of one service. Its slots exclude each other; `sleep` must let both clocks go on."""

    def __init__(
        self,
        name: str,
        folder: Path | None,
        delay_s: float,
        *,
        clock: Callable[[], float],
        now: Callable[[], float],
        sleep: Callable[[float], None],
        on_wait: Callable[[float], None] = lambda _: None,
        on_trouble: Callable[[str], None] = logger.warning,
    ) -> None:
        """Set up; nothing is touched before the first slot.

        Args:
            name: Of the files, a host name.
            folder: Where they lie; None: nobody else is to be considered.
            delay_s: Seconds from the end of one exchange to the start of the next.
            clock: Monotonic seconds.
            now: Seconds since 1970.
            sleep: Waits.
            on_wait: Called with the seconds that are about to be waited.
            on_trouble: Called once if the folder cannot be used; the limit then binds this object only.
        """
        self._name = name
        self._folder = folder
        self._delay_s = delay_s
        self._clock, self._now, self._sleep = clock, now, sleep
        self._on_wait, self._on_trouble = on_wait, on_trouble
        self._forget = False
        self._threads = threading.Lock()
        self._lock: BaseFileLock | None = None
        self._times = _Times()
        self._last: float | None = None  # the end of our own last exchange, by the monotonic clock

    def forget(self) -> None:
        """End all pauses and refusals with the next slot."""
        self._forget = True

    # --- reading ---------------------------------------------------------------------------

    def paused_until(self) -> float | None:
        """Return the end of the current pause, in seconds since 1970."""
        until = self._read().paused_until
        return until if self._left(until) else None

    def was_refused(self, host: str) -> bool:
        """Return whether the host refused lately and has not answered since."""
        if self._forget:
            return False
        since = self._now() - self._read().refused.get(host, -MOST_PAUSE_S)
        return 0 <= since < MOST_PAUSE_S

    def _left(self, until: float) -> float:
        left = until - self._now()
        if left > MOST_PAUSE_S + 60:  # nobody can have written that: the clock has gone back
            return 0.0
        return max(0.0, min(left, MOST_PAUSE_S))

    # --- a slot ----------------------------------------------------------------------------

    @contextmanager
    def slot(self, until: float, *, before: Callable[[], None] | None = None) -> Iterator[Slot]:
        """Wait for a slot and hold it through the block.

        Args:
            until: The end of the run, by the monotonic clock.
            before: Called when the slot is had; if it raises, nothing was asked.

        Raises:
            SourceError: a pause is longer than our patience, or the slot did not come in time.
        """
        if not self._threads.acquire(timeout=self._queue_s(until)):
            raise self._too_late()
        try:
            while True:
                with self._locked(until):
                    times = self._correct_times(self._read())
                    pause = self._left(times.paused_until)
                    wait = max(pause, self._compute_spacing(times))
                    if wait < _TICK_S and self._clock() < until:
                        if before is not None:
                            before()
                        yield from self._hold_slot(times)
                        return
                self._wait(wait, pause, until)
        finally:
            self._threads.release()

    def _hold_slot(self, times: _Times) -> Iterator[Slot]:
        slot = Slot(times.paused_until, dict(times.refused), self._now)
        self._write(_Times(None, slot.paused_until, slot.refused))
        try:
            yield slot
        finally:
            self._last = self._clock()
            self._write(_Times(self._now(), slot.paused_until, slot.refused))

    def _correct_times(self, times: _Times) -> _Times:
        right, now = times, self._now()
        if self._forget:
            right, self._forget = _Times(ended=times.ended), False
        if right.ended is None or right.ended > now:
            # Whoever held the lock died in the exchange, or the clock went back.
            right = _Times(now, right.paused_until, right.refused)
        if right != times:
            self._write(right)
        return right

    def _compute_spacing(self, times: _Times) -> float:
        delay = self._delay_s * _SPARE
        left = (times.ended or 0.0) + delay - self._now()
        if self._last is not None:
            left = max(left, self._last + delay - self._clock())
        return max(left, 0.0)

    def _wait(self, wait: float, pause: float, until: float) -> None:
        if pause > PATIENCE_S or (pause and self._clock() + pause > until):
            raise SourceError(
                f"{self._name} asked for a pause",
                code="rate_limited",
                retry_after_s=pause,
                hint="run again when it is over",
            )
        if self._clock() + wait >= until:
            raise self._too_late()
        self._on_wait(wait)
        self._sleep(wait)

    def _too_late(self) -> SourceError:
        return SourceError(
            f"{self._name} could not be asked in the time given", code="timeout", hint="run again"
        )

    def _queue_s(self, until: float) -> float:
        return max(0.0, min(until - self._clock(), _LONGEST_QUEUE_S))

    # --- files -----------------------------------------------------------------------------

    @contextmanager
    def _locked(self, until: float) -> Iterator[None]:
        if self._folder is None:
            yield
            return
        from filelock import FileLock, Timeout

        try:
            if self._lock is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                path = self._folder / f"{self._name}.lock"
                _refuse_link(path)  # the lock's own opening does not follow one either
                self._lock = FileLock(path, mode=0o600, thread_local=False)
            self._lock.acquire(timeout=self._queue_s(until), poll_interval=0.02)
        except Timeout:
            raise self._too_late() from None
        except (OSError, NotImplementedError) as error:
            self._trouble(error)
            yield
            return
        try:
            yield
        finally:
            self._lock.release()

    def _read(self) -> _Times:
        if self._folder is None:
            return self._times
        try:
            return _parse_times(json.loads(_read_private(self._file(self._folder))))
        except FileNotFoundError:
            return _Times()
        except OSError as error:
            self._trouble(error)
            return self._times
        except Exception as error:  # noqa: BLE001 - RecursionError too, for a file of brackets
            # torn by a power cut, or another's: as if an exchange had just ended
            logger.debug("the rate limiter's file raised %s", type(error).__name__)
            return _Times(ended=None)

    def _write(self, times: _Times) -> None:
        self._times = times
        if self._folder is None:
            return
        path = self._file(self._folder)
        text = {"ended": times.ended, "paused_until": times.paused_until, "refused": times.refused}
        try:
            _write_private(path, json.dumps(text).encode())
        except OSError as error:
            self._trouble(error)

    def _file(self, folder: Path) -> Path:
        return folder / f"{self._name}.json"

    def _trouble(self, error: Exception) -> None:
        folder, self._folder = self._folder, None
        reason = getattr(error, "strerror", None) or type(error).__name__
        self._on_trouble(
            f"the folder {folder} cannot be used ({reason}): this run and others on this machine do "
            "not know of each other's requests; --state-dir names another folder"
        )


def _read_private(path: Path) -> bytes:
    """Return the content of a file, of a large one its beginning.

    Raises:
        OSError: it cannot be read, or is a link.
        ValueError: not a file.
    """
    _refuse_link(path)
    # NONBLOCK: the opening of a pipe would wait for its writer.
    file = os.open(path, os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(file, "rb") as opened:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise ValueError("not a file")
        return opened.read(_MAX_FILE_BYTES)


def _write_private(path: Path, content: bytes) -> None:
    """Replace a file that nobody else may read.

    The caller holds the lock.

    Raises:
        OSError: it cannot be written.
    """
    _refuse_link(path)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)  # of a process that died; whatever it is, it is not followed
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600)
    with os.fdopen(file, "wb") as opened:
        opened.write(content)
    new.replace(path)


def _refuse_link(path: Path) -> None:
    """Refuse a symbolic link.

    Raises:
        OSError: it is one.
    """
    if path.is_symlink():
        raise OSError(errno.ELOOP, f"{path.name} is a symbolic link")


def _parse_times(data: Any) -> _Times:
    refused = {str(host): _parse_seconds(at) for host, at in data["refused"].items()}
    ended = None if data["ended"] is None else _parse_seconds(data["ended"])
    return _Times(ended, _parse_seconds(data["paused_until"]), refused)


def _parse_seconds(value: Any) -> float:
    seconds = float(value)
    if not math.isfinite(seconds):
        raise ValueError("no time")
    return seconds
