"""Calendars enriched in this process, as the command does it, and how they are read back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from icalendar import Calendar

from enrich.annotation import annotate
from enrich.cli.formats import add_raw_references
from enrich.feeds.reading import read_talks
from enrich.model import Document, Talk
from enrich.paper import Lookup, Paper, PaperId, Unresolved
from enrich.references.extract import find_references
from enrich.writers import writer
from tests.conftest import ROOT

EXAMPLE = ROOT / "enrich/example/SciML.ics"


def paper(key: str, title: str) -> Paper:
    return Paper(id=PaperId(f"arxiv:{key}"), title=title, url=f"https://arxiv.org/abs/{key}")


@cache
def known_papers() -> Mapping[PaperId, Lookup]:
    """The example's papers, and some with hostile titles."""
    lines = (ROOT / "enrich/example/papers.jsonl").read_text(encoding="utf-8").splitlines()
    papers = [Paper.from_dict(json.loads(line)) for line in lines]
    papers += [
        paper("2101.00001", "Comment on arXiv:2103.01338"),
        paper("2101.00002", 'The "R&D" of a<b'),
        paper("2101.00003", r"On $x^2$, \'Etale; a\nb: https://arxiv.org/abs/2101.00004"),
        paper("2101.00004", "\u202eevil\x1b[31m\r\nEND:VEVENT\r\nBEGIN:VEVENT"),
    ]
    missing = PaperId("arxiv:2101.99999")
    gone = Unresolved(id=missing, code="not_found", message="no such paper", url="https://arxiv.org/abs/2101.99999")  # fmt: skip
    return {**{p.id: p for p in papers}, missing: gone}


def enrich_talks(talks: Iterable[Talk], papers: Mapping[PaperId, Lookup] | None = None) -> str:
    known = known_papers() if papers is None else papers
    chosen = writer("ics")
    annotated = [annotate(talk, find_references(talk), known) for talk in talks]
    return "".join(chosen.write(Document(add_raw_references(annotated, [chosen]))))


def enrich_feed(
    feed: bytes, papers: Mapping[PaperId, Lookup] | None = None, *, keep_private: bool = False
) -> str:
    """Return a feed's calendar with titles; papers that are not known are `failed`."""
    talks = read_talks(feed, keep_raw=True, duplicates=False, keep_private=keep_private)
    return enrich_talks(talks, papers)


def calendar_of(*lines: str) -> bytes:
    """Return a calendar of one event with these lines."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", "BEGIN:VEVENT", "UID:1"]
    whole = [*head, "DTSTART:20220218T180000Z", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(whole).encode()


def events_of(text: str | bytes) -> list[Any]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def description_of(text: str | bytes) -> str:
    (event,) = events_of(text)
    return str(event["DESCRIPTION"])


READ_BACK = """
const fs = require('fs');
const ICAL = require('ical.js').default || require('ical.js');
const read = text => {
  const root = new ICAL.Component(ICAL.parse(text));
  return root.getAllSubcomponents('vevent').map(e => ({
    uid: e.getFirstPropertyValue('uid'),
    start: String(e.getFirstPropertyValue('dtstart')),
    description: e.getFirstPropertyValue('description'),
    links: e.getAllProperties('link').map(p => [p.getParameter('label'), String(p.getFirstValue())]),
  }));
};
const attempt = text => { try { return read(text); } catch (error) { return null; } };
console.log(JSON.stringify(JSON.parse(fs.readFileSync(0, 'utf8')).map(attempt)));
"""


def read_with_ical_js(folder: Path, *texts: str) -> list[Any]:
    """Return what ical.js reads of each calendar; None if it refuses one."""
    script = folder / "read.cjs"
    script.write_text(READ_BACK, encoding="utf-8")
    done = subprocess.run(
        ["node", str(script)],
        input=json.dumps(texts).encode(),
        capture_output=True,
        check=True,
        cwd=folder,
    )
    found: list[Any] = json.loads(done.stdout)
    return found
