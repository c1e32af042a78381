"""Greatest memory of a run by the number of distinct papers in its feed, each known to the store."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from enrich.paper import Author, Paper, PaperId
from enrich.sources.installed import source
from enrich.store.freshness import Record
from enrich.store.store import open_store
from tests.bench import figure
from tests.bench._peak import measure_peak

PAPERS = (2_000, 20_000)


def main() -> int:
    """Run feeds of one paper a talk; 1 if a paper takes too much."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill_store(folder, PAPERS[-1])
        peaks = []
        for papers in (1, *PAPERS):
            path = folder / f"{papers}.ics"
            path.write_bytes(_make_feed(papers))
            peaks.append(measure_peak(path, folder))
    for papers, peak in zip(PAPERS, peaks[1:], strict=True):
        figure(f"memory: {papers:,} distinct papers", peak - peaks[0], "MB over an empty run")
    grown = (peaks[-1] - peaks[1]) / (PAPERS[-1] - PAPERS[0]) * 1_000
    return 0 if figure("memory: per 1,000 distinct papers", grown, "MB", most=2) else 1


def _paper(number: int) -> str:
    month, count = divmod(number, 9_000)
    return f"{15 + month // 12}{month % 12 + 1:02}.{count + 1:05}"


def _make_feed(papers: int) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}@talks.example\r\nDTSTAMP:20240101T000000Z\r\n"
        f"DTSTART:20240{n % 9 + 1}{n % 28 + 1:02}T{n % 24:02}0000Z\r\nSUMMARY:Talk {n}\r\n"
        f"DESCRIPTION:See arXiv:{_paper(n)} for details.\r\nEND:VEVENT\r\n"
        for n in range(papers)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n{events}END:VCALENDAR\r\n".encode()


def _fill_store(folder: Path, papers: int) -> None:
    revision, now = source("arxiv").revision, time.time()
    with open_store(folder, now=now, on_trouble=print) as store:
        for start in range(0, papers, 500):
            store.put_many(
                Record(
                    id=id_,
                    paper=Paper(
                        id=id_,
                        title=f"On the {id_.key}th of many thousand papers",
                        authors=(Author("Emmy Noether"), Author("David Hilbert")),
                        published="2021-03-02",
                        latest_version="v1",
                        category="cs.LG",
                        url=f"https://arxiv.org/abs/{id_.key}",
                    ),
                    revision=revision,
                    fetched_at=now,
                    expires_at=None,
                )
                for id_ in (PaperId(f"arxiv:{_paper(n)}") for n in range(start, start + 500))
            )
