"""Reading feeds: time against `Calendar.from_ical` on the same bytes, memory by the size of the feed.

Recorded feeds are read where they are present (`../shared/data/feeds`), beside one that is generated
with their mix; both mixes are printed. Others are generated from a seed: talks of 2.5 KB in
researchseminars.org's grammar with times in UTC, and such as Indico's with `DTSTART;TZID=`, and talks
without text. Memory is that of processes of their own.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from enrich.enricher import Enricher
from enrich.feeds.reading import read_talks
from enrich.model import Document
from enrich.paper import Author, Paper, PaperId
from enrich.sources.installed import source
from enrich.store.freshness import Record
from enrich.store.store import open_store
from enrich.writers import write
from tests.bench import figure
from tests.bench._feeds import describe, mixed, recorded
from tests.bench._peak import measure_peak
from tests.references.labelled_texts import find_shared

_TEXT = (
    "attention abstract bounds (convex) deep, descent dynamics é equation; flows for gradient kernels"
    " Köln learning manifolds networks neural of on operators optimal proof sampling spectral the theorem"
    " to transport under we why 70 $x<y$"
)
_WORDS = _TEXT.split()
_PAPERS = 5_000
_PLACES = ("Köln", "Princeton", "Göttingen", "Kyoto")


def feed(talks: int, *, zoned: bool = False, with_text: bool = True) -> bytes:
    """A feed of so many talks, always the same for the same arguments."""
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
        name = text[900:950]
        paper = _paper(number % _PAPERS)
        abstract = f"{text[:900]}\n\n- {text[900:1500]} [https://arxiv.org/abs/{paper}]\n\nBio: {text[1500:]}"
        speaker = f"Emmy Nöther (University of {chance.choice(_PLACES)}, Earth)"
        if not with_text:
            lines = [
                f"DTSTART:{at:%Y%m%dT%H%M%SZ}",
                f"DTEND:{at + timedelta(hours=1):%Y%m%dT%H%M%SZ}",
                f"SUMMARY:{_escaped(name)}",
                f"UID:{number}@bench.example.org",
                f"URL:https://bench.example.org/event/{number}",
                f"LOCATION:Room {number % 9}",
            ]
        elif zoned:
            lines = [
                f"DTSTART;TZID=Europe/Berlin:{at:%Y%m%dT%H%M%S}",
                f"DTEND;TZID=Europe/Berlin:{at:%Y%m%dT%H%M%S}",
                f"SUMMARY:{_escaped(name)}",
                "DESCRIPTION:" + _escaped(f"Speaker: {speaker}\n\n{abstract}"),
                f"UID:{number}@bench.example.org",
                f"URL:https://bench.example.org/event/{number}",
                f"LOCATION:Room {number % 9}",
            ]
        else:
            page = f"https://researchseminars.org/talk/{series}/{number}/"
            title = f'Title: <a href="{page}">{name}</a>'
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


def _paper(number: int) -> str:
    return f"{number % 12 + 2101}.{number + 1:05}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    return "\r\n ".join(line[at : at + 70] for at in range(0, len(line), 70))


def main() -> int:
    """Run it; 1 where a figure misses its bound."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill_store(folder)
        holds = [*real(), *ratios(), *growth(), warm(folder), *memory(folder)]
    return 0 if all(holds) else 1


def real() -> Iterator[bool]:
    """Recorded feeds, summed and the slowest, and a generated one of their mix."""
    shared = find_shared()
    feeds = recorded(shared / "feeds" if shared is not None else None)
    made = mixed(1_000)
    yield _ratio("feed.mixed.1k", [made], most=0.30)
    print_mix("mixed", describe({"mixed": made}))
    if not feeds:
        print("feed.recorded: ../shared is not here")
        return
    print_mix("recorded", describe(feeds))
    names = list(feeds)
    theirs, ours = times(_read, [feeds[name] for name in names])
    parts = {name: our / their for name, our, their in zip(names, ours, theirs, strict=True)}
    yield figure("feed.recorded", sum(ours) / sum(theirs), "x from_ical", most=0.18)
    slowest = max(parts, key=lambda name: parts[name])
    yield figure(f"feed.recorded.slowest {slowest}", parts[slowest], "x from_ical", most=0.5)
    for name in sorted(parts, key=lambda name: -parts[name]):
        figure(f"feed.recorded {name}", parts[name], "x from_ical")


def print_mix(name: str, mix: dict[str, float]) -> None:
    """Print the shares of what makes a feed slow to read."""
    print(f"feed.mix {name:8}", " ".join(f"{key} {value:.3g}" for key, value in mix.items()))


def ratios() -> Iterator[bool]:
    """Times of `read_talks` as parts of `Calendar.from_ical`'s, the best of some side by side."""
    for name, data, most in (
        ("utc", feed(1_000), 0.16),
        ("tzid", feed(1_000, zoned=True), 0.16),
        ("no_text", feed(1_000, with_text=False), 0.14),
    ):
        yield _ratio(f"feed.{name}.1k", [data], most=most)


def growth() -> Iterator[bool]:
    """Time of a feed of four times the size: four times, not more."""
    small, large = times(_read, [mixed(1_000), mixed(4_000)])[1]
    yield figure("feed.growth.4x", large / small, "x time", most=5)


def _ratio(name: str, feeds: Sequence[bytes], *, most: float) -> bool:
    theirs, ours = times(_read, feeds)
    return figure(name, sum(ours) / sum(theirs), "x from_ical", most=most)


def fill_store(folder: Path) -> None:
    """All papers of the feeds, as if they had been looked up before."""
    papers = [
        Paper(
            id=PaperId(f"arxiv:{key}"),
            title=f"On the {number}th of five thousand papers",
            authors=(Author("Emmy Noether"), Author("David Hilbert")),
            published="2021-03-02",
            latest_version="v1",
            category="cs.LG",
            url=f"https://arxiv.org/abs/{key}",
        )
        for number, key in enumerate(map(_paper, range(_PAPERS)))
    ]
    now = time.time()
    with open_store(folder, now=now, on_trouble=print) as store:
        store.put_many(
            Record(
                id=paper.id,
                paper=paper,
                revision=source("arxiv").revision,
                fetched_at=now,
                expires_at=None,
            )
            for paper in papers
        )


def warm(folder: Path) -> bool:
    """A whole run, from the feed to ndjson, its papers in the store."""

    def run(data: bytes) -> None:
        with Enricher(offline=True, cache_dir=folder, state_dir=folder) as enricher:
            annotated = enricher.enrich(read_talks(data, duplicates=False))
            lines = sum(1 for _ in write(Document(annotated), "ndjson"))
        if not lines:
            raise AssertionError("nothing was written")

    return figure("feed.warm_run.10k", _part(run, feed(10_000)), "x from_ical", most=0.30)


def memory(folder: Path) -> Iterator[bool]:
    """Most resident memory of the command over that of its imports, by the size of the feed."""
    megabytes = {}
    for talks in (1, 10_000, 50_000):
        path = folder / f"{talks}.ics"
        path.write_bytes(feed(talks))
        megabytes[talks] = measure_peak(path, folder)
    grown = {talks: megabytes[talks] - megabytes[1] for talks in (10_000, 50_000)}
    for talks, value in grown.items():
        yield figure(f"feed.rss.{talks // 1000}k", value, "MB over imports", most=60)
    yield figure("feed.rss.apart", abs(grown[50_000] - grown[10_000]), "MB", most=10)


def _part(work: Callable[[bytes], object], data: bytes) -> float:
    theirs, ours = times(work, [data], rounds=3)
    return ours[0] / theirs[0]


def times(
    work: Callable[[bytes], object], feeds: Sequence[bytes], *, rounds: int = 7
) -> tuple[list[float], list[float]]:
    """Least times of `Calendar.from_ical` and of ours, in turns, so that a slow spell hits both."""
    from icalendar import Calendar

    theirs, ours = [1e9] * len(feeds), [1e9] * len(feeds)
    for _ in range(rounds):
        for number, data in enumerate(feeds):
            theirs[number] = min(theirs[number], _seconds(Calendar.from_ical, data))
            ours[number] = min(ours[number], _seconds(work, data))
    return theirs, ours


def _seconds(work: Callable[[bytes], object], data: bytes) -> float:
    begin = time.process_time()  # others share the machine
    work(data)
    return time.process_time() - begin


def _read(data: bytes) -> int:
    return sum(1 for _ in read_talks(data, duplicates=False))


if __name__ == "__main__":
    raise SystemExit(main())
