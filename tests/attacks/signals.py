"""Signals at random moments of a run with `-o`: `python -m tests.attacks.signals [NUMBER] [SEED]`.

After each the file is the old one or the new one, nothing lies beside it, and the status is the
signal's. A run that ended before its signal came is not counted.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

OLD = b"the old file\n"
STATUSES = {
    "SIGTERM": (-signal.SIGTERM,),
    "SIGHUP": (-getattr(signal, "SIGHUP", 0),),  # Windows has none
    "SIGINT": (130, -signal.SIGINT),  # the second while Python itself starts or ends
}
"""What `Popen.returncode` may be: a negative one is a death by that signal, 128 more in a shell."""
_TALKS = 400
_WHOLE = 3  # all is written; no paper is known


class Target:
    """A folder with a feed, a file that is replaced, and the time that one whole run takes."""

    def __init__(self, folder: Path, suffix: str = ".json") -> None:
        self.folder = folder / "out"
        self.folder.mkdir()
        self.file = self.folder / f"talks{suffix}"
        self._feed = folder / "feed.ics"
        self._feed.write_text("\r\n".join(_calendar()))
        self._home = folder / "home"
        start = time.monotonic()
        process = self.start()
        process.communicate(timeout=120)
        assert process.returncode == _WHOLE
        self.whole_s = time.monotonic() - start
        self.new = self.file.read_bytes()

    def start(self) -> subprocess.Popen[bytes]:
        """Start a run over an old file."""
        self.file.write_bytes(OLD)
        return subprocess.Popen(
            [sys.executable, "-m", "enrich", str(self._feed), "--offline", "-q",
             "--cache-dir", str(self._home), "--state-dir", str(self._home), "-o", str(self.file)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=listen_to_signals,
        )  # fmt: skip

    def strike(self, name: str, after_s: float) -> str | None:
        """Send a signal after some time; return what is wrong, or None if nothing is.

        Raises:
            TimeoutError: the run ended before the signal came, or had not begun: an interrupt while
                the interpreter itself starts is its own fatal error, with status 1.
        """
        process = self.start()
        time.sleep(after_s)
        process.send_signal(getattr(signal, name))
        _, errors = process.communicate(timeout=60)
        status = process.returncode
        left = [path.name for path in self.folder.iterdir() if path != self.file]
        content = self.file.read_bytes()
        if left or content not in (OLD, self.new):
            return f"{name} after {after_s:.3f} s: beside it {left}, {len(content)} bytes in it"
        if status == _WHOLE or (status == 1 and not _has_begun(errors)):
            raise TimeoutError
        return None if status in STATUSES[name] else f"{name} after {after_s:.3f} s: {status}"


def _has_begun(errors: bytes) -> bool:
    """Return whether a traceback is of the program, not of the interpreter that starts.

    Python 3.11 turns an interrupt while a class is made into its own RuntimeError.
    """
    return b"enrich" in errors and b"Error calling __set_name__" not in errors


def listen_to_signals() -> None:
    """Undo what `nohup` does to the tests themselves; for `preexec_fn`."""
    for name in STATUSES:
        default = signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
        signal.signal(getattr(signal, name), default)


def strikes(target: Target, number: int, seed: int) -> Iterator[tuple[str, str | None]]:
    """Strike at random moments; yield the signal and what is wrong of those that came in time.

    Raises:
        TimeoutError: most of the signals came too late.
    """
    draw = random.Random(seed)
    done = late = 0
    while done < number:
        if late > 10 * number:
            raise TimeoutError("the runs end before their signals come")
        name = list(STATUSES)[done % len(STATUSES)]
        try:
            yield name, target.strike(name, draw.uniform(0, target.whole_s))
        except TimeoutError:
            late += 1
            continue
        done += 1


def _calendar() -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    for number in range(_TALKS):
        yield from ("BEGIN:VEVENT", f"UID:{number}", "DTSTART:20260101T100000Z", "SUMMARY:A talk")
        yield f"DESCRIPTION:see arXiv:2103.{number:05} {'and more ' * 20}"
        yield "END:VEVENT"
    yield from ("END:VCALENDAR", "")


def main() -> int:
    """Strike as often as asked; return 1 if anything was wrong."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        counts: Counter[str] = Counter()
        wrong = 0
        for name, problem in strikes(Target(Path(folder)), number, seed):
            counts[name] += 1
            wrong += problem is not None
            if problem:
                print(problem)
    print(dict(counts), f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
