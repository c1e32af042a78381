"""What must not leave the reader: meeting links, meeting numbers, passcodes, dial-in lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PEOPLE = ("ATTENDEE", "ORGANIZER", "CONTACT", "CONFERENCE", "CALENDAR-ADDRESS")
_HOST = re.compile(
    r"(?:[a-z0-9-]+\.)*(?:zoom\.us|zoom\.com|zoomgov\.com|zoom-x\.de|teams\.microsoft\.com|teams\.live\.com"
    r"|meet\.google\.com|webex\.com|whereby\.com|gotomeeting\.com|gotomeet\.me|bluejeans\.com|meet\.jit\.si)",
    re.IGNORECASE,
)
_LINK = re.compile(rf"https?://{_HOST.pattern}(?:/[^\s<>\"\\]*)?", re.IGNORECASE)


def cut(text: str) -> str:
    """A text without its joining blocks; the same object where there are none."""
    if "://" not in text:
        return text
    return _LINK.sub("", text)


def clean_lines(lines: Iterable[str]) -> list[str]:
    """Logical lines of a component without people and without lines that hold private things."""
    return [line for line in lines if not line.upper().startswith(_PEOPLE) and cut(line) == line]
