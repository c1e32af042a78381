"""Feeds as people have them: the recorded ones, and a generator with their mix, made up and seeded.

`describe` counts what makes a feed slow to read (HTML, meeting blocks, folds, zones, series, overrides,
line breaks, papers), so that the mix of generated feeds can be printed beside that of recorded ones.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

_LEAST_BYTES = 20_000
_EVENT = re.compile(rb"BEGIN:VEVENT.*?END:VEVENT", re.DOTALL)
_SHARES = {
    "text": rb"\nDESCRIPTION",
    "html": rb"<(?:p|br|div|ul|b)\b|</|<a ",
    "meeting": rb"(?i)zoom|teams\.|meet\.google|webex|passcode",
    "label": rb"(?i)speakers?:|presenter:|vortragende",
    "tzid": rb"TZID=",
    "series": rb"\nRRULE",
    "override": rb"\nRECURRENCE-ID",
    "arxiv": rb"(?i)arxiv",
    "doi": rb"\b10\.[0-9]{4,5}/",
}
_COUNTS = {"folds": rb"\r?\n[ \t]", "breaks": rb"\\n", "links": rb"https?://"}

_TEXT = (
    "attention abstract bounds (convex) deep, descent dynamics é equation; flows for gradient kernels"
    " Köln learning manifolds networks neural of on operators optimal proof sampling spectral the theorem"
    " to transport under we why 70 $x<y$"
)
_WORDS = _TEXT.split()
_NAMES = ("Emmy Nöther", "Emil Artin", "Ruth Moufang", "Sofja Kowalewskaja", "Max Dehn")
_ZONES = ("Europe/Berlin", "America/New_York", "W. Europe Standard Time")


def recorded(folder: Path | None) -> dict[str, bytes]:
    """The recorded feeds above 20 kB that icalendar reads, by name; none where they are not here."""
    from icalendar import Calendar

    found = {}
    for path in sorted(folder.glob("*.ics")) if folder is not None else ():
        data = path.read_bytes()
        if len(data) > _LEAST_BYTES:
            try:
                Calendar.from_ical(data)
            except ValueError:
                continue
            found[path.name.rpartition("__")[2]] = data
    return found


def describe(feeds: Mapping[str, bytes]) -> dict[str, float]:
    """Shares of events that hold something, and counts and bytes an event, over some feeds."""
    events = [event for data in feeds.values() for event in _EVENT.findall(data)]
    shares = {
        name: sum(re.search(sign, event) is not None for event in events) / len(events)
        for name, sign in _SHARES.items()
    }
    counts = {
        name: sum(len(re.findall(sign, event)) for event in events) / len(events)
        for name, sign in _COUNTS.items()
    }
    size = sum(map(len, events)) / len(events)
    return {"events": len(events), "bytes": size, **shares, **counts}


def mixed(talks: int, *, seed: int = 11) -> bytes:
    """A feed of so many events with the recorded ones' mix, the same for the same arguments."""
    chance = random.Random(seed)
    out = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN", "X-WR-CALNAME:bench"]
    begin = datetime(2022, 1, 3, 9, tzinfo=UTC)
    for number in range(talks):
        out += _event(number, begin + timedelta(hours=5 * number), chance)
    return "\r\n".join([*out, "END:VCALENDAR", ""]).encode()


def _event(number: int, at: datetime, chance: random.Random) -> list[str]:
    title = _text(chance, 4 + chance.randrange(8)).capitalize()
    name = chance.choice(_NAMES)
    form = chance.random()
    if form < 0.25:
        title = f"{name}: {title}"
    elif form < 0.35:
        title = f"Seminar: {title} ({name}, University of Köln)"
    zone = f";TZID={chance.choice(_ZONES)}" if chance.random() < 0.13 else ""
    lines = [f"DTSTART{zone}:{at:%Y%m%dT%H%M%S}{'' if zone else 'Z'}"]
    lines.append(f"DTEND{zone}:{at + timedelta(hours=1):%Y%m%dT%H%M%S}{'' if zone else 'Z'}")
    kind = chance.random()
    if kind < 0.02:
        lines.append("RRULE:FREQ=WEEKLY;COUNT=12")
    elif kind < 0.025:
        lines.append(f"RECURRENCE-ID{zone}:{at:%Y%m%dT%H%M%S}{'' if zone else 'Z'}")
    if chance.random() < 0.68:
        lines.append("DESCRIPTION:" + _escaped(_description(name, number, chance)))
    lines += [f"SUMMARY:{_escaped(title)}", f"UID:{number}@bench.example.org"]
    lines += [
        f"URL:https://bench.example.org/event/{number}",
        f"LOCATION:Room {number % 9}\\, Köln",
    ]
    return ["BEGIN:VEVENT", "DTSTAMP:20240101T000000Z", *map(_folded, lines), "END:VEVENT"]


def _description(name: str, number: int, chance: random.Random) -> str:
    parts = []
    if chance.random() < 0.20:
        parts.append(f"Speaker: {name} (University of Köln)")
    parts += [_text(chance, 4 + chance.randrange(30)) for _ in range(1 + chance.randrange(5))]
    paper = f"{number % 12 + 2101}.{number + 1:05}"
    cited = chance.random()
    if cited < 0.02:
        parts.append(f"Based on https://arxiv.org/abs/{paper}")
    elif cited < 0.025:
        parts.append(f"See doi:10.48550/arXiv.{paper}")
    if chance.random() < 0.07:
        room = chance.randrange(10**10, 10**11)
        parts.append(
            f"Join Zoom Meeting\nhttps://uni.zoom.us/j/{room}?pwd=4Xk2\n\nMeeting ID: {room}\nPasscode: 774411"
        )
    if chance.random() < 0.26:
        return (
            "".join(f"<p>{part}</p>" for part in parts) + '<a href="https://example.org/">more</a>'
        )
    return "\n\n".join(parts)


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    return "\r\n ".join(line[at : at + 70] for at in range(0, len(line), 70))
