"""Rate limiter of a service: one request at a time, spaced, over all processes of a machine.

A slot holds a file lock through the whole exchange; if the process dies, the operating system releases
the lock. A second file, JSON, is written only under the lock and holds the shared times:

- `ended`: end of the last exchange; null during an exchange, so that a process that died is noticed.
- `paused_until`: end of a pause that the service asked for.
- `refused`: for each host, the time of its last refusal that named no pause.

Times are seconds of the wall clock, which all processes share. If `ended` lies in the future, the clock
was set back; it is replaced by the present time, so that this costs at most one interval.
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

MAX_PAUSE_S = 600.0
"""Longest pause that is recorded, and how long a refusal is remembered."""
MAX_WAIT_S = 60.0
"""Longest pause that a request waits for; a request fails immediately if the pause is longer."""
_SPARE = 1.01  # clocks are slewed by up to 0.05 %, and advance in whole ticks
_TICK_S = 1e-6  # shorter waits are rounding errors
_MAX_QUEUE_S = 600.0  # a stopped process can hold the lock forever

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_MAX_FILE_BYTES = 65_536

logger = logging.getLogger("enrich")


@dataclass(slots=True)
class Slot:
    """One slot of the rate limiter, with the pauses and refusals recorded in it."""

    paused_until: float
    refused: dict[str, float]
    _now: Callable[[], float]

    def record_pause(self, seconds: float) -> None:
        """Record a pause of the service; the longest counts."""
        self.paused_until = max(self.paused_until, self._now() + min(seconds, MAX_PAUSE_S))

    def record_refusal(self, host: str) -> None:
        """Record that a host refused a request and named no pause."""
        self.refused[host] = self._now()

    def record_answer(self, host: str) -> None:
        """Record that a host answered; its refusal is over."""
        self.refused.pop(host, None)


@dataclass(frozen=True, slots=True)
class _Times:
    ended: float | None = 0.0
    paused_until: float = 0.0
    refused: dict[str, float] = field(default_factory=dict)


class RateLimiter:
    """Rate limiter of one service. It has one slot at a time; both clocks must advance during `sleep`."""

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
        """Prepare the limiter; the first slot opens the files.

        Args:
            name: Name of the files, a host name.
            folder: Folder of the files; None to limit this object alone.
            delay_s: Seconds from the end of one exchange to the start of the next.
            clock: Monotonic seconds.
            now: Seconds since 1970.
            sleep: Waits for some seconds.
            on_wait: Called with the seconds of each wait before it begins.
            on_trouble: Called once if the folder cannot be used; then only this object is limited.
        """
        self._name = name
        self._folder = folder
        self._delay_s = delay_s
        self._clock, self._now, self._sleep = clock, now, sleep
        self._on_wait, self._on_trouble = on_wait, on_trouble
        self._forget_pauses = False
        self._thread_lock = threading.Lock()
        self._file_lock: BaseFileLock | None = None
        self._times = _Times()
        self._last_end: float | None = None  # end of this object's last exchange, monotonic

    def forget(self) -> None:
        """Drop all pauses and refusals at the next slot."""
        self._forget_pauses = True

    # --- reading ---------------------------------------------------------------------------

    def paused_until(self) -> float | None:
        """Return the pause's end, in seconds since 1970."""
        until = self._read().paused_until
        return until if self._compute_left_s(until) else None

    def was_refused(self, host: str) -> bool:
        """Return whether the host's last response was a refusal.

        A refusal older than `MAX_PAUSE_S` does not count.
        """
        if self._forget_pauses:
            return False
        since = self._now() - self._read().refused.get(host, -MAX_PAUSE_S)
        return 0 <= since < MAX_PAUSE_S

    def _compute_left_s(self, until: float) -> float:
        left_s = until - self._now()
        if left_s > MAX_PAUSE_S + 60:  # longer than any recorded pause: the clock went back
            return 0.0
        return max(0.0, min(left_s, MAX_PAUSE_S))

    # --- a slot ----------------------------------------------------------------------------

    @contextmanager
    def slot(self, deadline: float, *, before: Callable[[], None] | None = None) -> Iterator[Slot]:
        """Wait for a slot, held through the block.

        Args:
            deadline: End of the run, by the monotonic clock.
            before: Called once the slot is acquired; if it raises, nothing is requested.

        Raises:
            SourceError: the pause is longer than `MAX_WAIT_S`, or the deadline comes before the slot.
        """
        if not self._thread_lock.acquire(timeout=self._compute_queue_s(deadline)):
            raise self._make_timeout()
        try:
            while True:
                with self._hold_file_lock(deadline):
                    times = self._correct_times(self._read())
                    pause_s = self._compute_left_s(times.paused_until)
                    wait_s = max(pause_s, self._compute_spacing(times))
                    if wait_s < _TICK_S and self._clock() < deadline:
                        if before is not None:
                            before()
                        yield from self._hold_slot(times)
                        return
                self._wait(wait_s, pause_s, deadline)
        finally:
            self._thread_lock.release()

    def _hold_slot(self, times: _Times) -> Iterator[Slot]:
        slot = Slot(times.paused_until, dict(times.refused), self._now)
        self._write(_Times(None, slot.paused_until, slot.refused))
        try:
            yield slot
        finally:
            self._last_end = self._clock()
            self._write(_Times(self._now(), slot.paused_until, slot.refused))

    def _correct_times(self, times: _Times) -> _Times:
        corrected, now = times, self._now()
        if self._forget_pauses:
            corrected, self._forget_pauses = _Times(ended=times.ended), False
        if corrected.ended is None or corrected.ended > now:
            # A process died during its exchange, or the clock went back.
            corrected = _Times(now, corrected.paused_until, corrected.refused)
        if corrected != times:
            self._write(corrected)
        return corrected

    def _compute_spacing(self, times: _Times) -> float:
        delay_s = self._delay_s * _SPARE
        left_s = (times.ended or 0.0) + delay_s - self._now()
        if self._last_end is not None:
            left_s = max(left_s, self._last_end + delay_s - self._clock())
        return max(left_s, 0.0)

    def _wait(self, wait_s: float, pause_s: float, deadline: float) -> None:
        if pause_s > MAX_WAIT_S or (pause_s and self._clock() + pause_s > deadline):
            raise SourceError(
                f"{self._name} asked for a pause",
                code="rate_limited",
                retry_after_s=pause_s,
                hint="run again when the pause is over",
            )
        if self._clock() + wait_s >= deadline:
            raise self._make_timeout()
        self._on_wait(wait_s)
        self._sleep(wait_s)

    def _make_timeout(self) -> SourceError:
        return SourceError(
            f"no time was left for a request to {self._name}", code="timeout", hint="run again"
        )

    def _compute_queue_s(self, deadline: float) -> float:
        return max(0.0, min(deadline - self._clock(), _MAX_QUEUE_S))

    # --- files -----------------------------------------------------------------------------

    @contextmanager
    def _hold_file_lock(self, deadline: float) -> Iterator[None]:
        if self._folder is None:
            yield
            return
        from filelock import FileLock, Timeout

        try:
            if self._file_lock is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                path = self._folder / f"{self._name}.lock"
                _refuse_link(path)  # FileLock does not follow a link either
                self._file_lock = FileLock(path, mode=0o600, thread_local=False)
            self._file_lock.acquire(timeout=self._compute_queue_s(deadline), poll_interval=0.02)
        except Timeout:
            raise self._make_timeout() from None
        except (OSError, NotImplementedError) as error:
            self._stop_sharing(error)
            yield
            return
        try:
            yield
        finally:
            self._file_lock.release()

    def _read(self) -> _Times:
        if self._folder is None:
            return self._times
        try:
            return _parse_times(json.loads(_read_private(self._times_path(self._folder))))
        except FileNotFoundError:
            return _Times()
        except OSError as error:
            self._stop_sharing(error)
            return self._times
        except Exception as error:  # noqa: BLE001 - also RecursionError, for a file of brackets
            # damaged, or another program's file: treat it as if an exchange had just ended
            logger.debug("the rate limiter's file raised %s", type(error).__name__)
            return _Times(ended=None)

    def _write(self, times: _Times) -> None:
        self._times = times
        if self._folder is None:
            return
        path = self._times_path(self._folder)
        text = {"ended": times.ended, "paused_until": times.paused_until, "refused": times.refused}
        try:
            _write_private(path, json.dumps(text).encode())
        except OSError as error:
            self._stop_sharing(error)

    def _times_path(self, folder: Path) -> Path:
        return folder / f"{self._name}.json"

    def _stop_sharing(self, error: Exception) -> None:
        folder, self._folder = self._folder, None
        reason = getattr(error, "strerror", None) or type(error).__name__
        self._on_trouble(
            f"the folder {folder} cannot be used ({reason}): this run does not share its rate limit with "
            "others on this machine; use another folder with --state-dir"
        )


def _read_private(path: Path) -> bytes:
    """Return the first `_MAX_FILE_BYTES` of a file.

    Raises:
        OSError: the file cannot be read, or is a link.
        ValueError: not a regular file.
    """
    _refuse_link(path)
    # O_NONBLOCK: opening a pipe would wait for its writer.
    file = os.open(path, os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(file, "rb") as opened:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise ValueError("not a file")
        return opened.read(_MAX_FILE_BYTES)


def _write_private(path: Path, content: bytes) -> None:
    """Replace a file by a private one.

    The caller holds the lock.

    Raises:
        OSError: the file cannot be written.
    """
    _refuse_link(path)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)  # of a process that died; a link is removed, not followed
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600)
    with os.fdopen(file, "wb") as opened:
        opened.write(content)
    new.replace(path)


def _refuse_link(path: Path) -> None:
    """Raise OSError if a path is a symbolic link."""
    if path.is_symlink():
        raise OSError(errno.ELOOP, f"{path.name} is a symbolic link")


def _parse_times(data: Any) -> _Times:
    refused = {str(host): _parse_seconds(at) for host, at in data["refused"].items()}
    ended = None if data["ended"] is None else _parse_seconds(data["ended"])
    return _Times(ended, _parse_seconds(data["paused_until"]), refused)


def _parse_seconds(value: Any) -> float:
    seconds = float(value)
    if not math.isfinite(seconds):
        raise ValueError("not a time")
    return seconds
