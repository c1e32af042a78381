"""Progress line of a run on a terminal."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from enrich.lookup.scheduler import Progress
from enrich.sources import title_of
from enrich.text.terminal import printable


def open_progress(
    *, quiet: bool, noun: str = "talks", total: int | None = None
) -> ProgressLine | None:
    """Return a progress line; None if standard error is not a terminal.

    `noun` names the items that it counts; `total` is their number if the run does not report one.
    """
    shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return ProgressLine(noun, total) if shown and not quiet else None


def describe_progress(progress: Progress, noun: str = "talks") -> str:
    """Describe the progress of a run in one line.

    >>> describe_progress(Progress(talks=3, papers=0, total=12, waiting=(("arxiv", 3.0, 8.6),)))
    '3 of 12 talks, 0 papers requested; waiting for arXiv, 3 s per request: about 9 s left'
    """
    of = "" if progress.total is None else f" of {progress.total}"
    parts = [f"{progress.talks}{of} {noun}, {progress.papers} papers requested"]
    parts += map(str, progress.retrying)
    retrying = {retry.service for retry in progress.retrying}
    for name, delay_s, left_s in progress.waiting:
        if left_s:
            parts.append(
                f"waiting for {title_of(name)}, {delay_s:g} s per request: about {left_s:.0f} s left"
            )
        elif name not in retrying:
            parts.append(f"waiting for {title_of(name)}")
    return "; ".join(parts)


class ProgressLine:
    """Line on standard error that each call replaces."""

    def __init__(self, noun: str = "talks", total: int | None = None) -> None:
        self._noun, self._total = noun, total
        self._shown = ""

    def __call__(self, progress: Progress) -> None:
        """Show the progress of a run."""
        if progress.total is None and self._total is not None:
            progress = replace(progress, total=self._total)
        self._show(describe_progress(progress, self._noun))

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            self._show("")

    def _show(self, line: str) -> None:
        import shutil

        width = shutil.get_terminal_size().columns - 1  # a wrapped line cannot be cleared
        line = printable(line)[:width]
        if line != self._shown:
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)  # noqa: T201
            self._shown = line
