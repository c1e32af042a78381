"""What a reference is to its text: the talk's own paper, an item of a reference list, or a mention."""

from __future__ import annotations

import re
from collections.abc import Sequence

from enrich.model import Role

_LOOK = 240
"""Bytes before a reference in which its sentence is looked at."""
_OWN = re.compile(
    rb"(?:\bbased[ \t]{1,3}(?:up)?on\b|\bpre-?prints?[ \t]?(?:link|url)?[ \t]?:|\b(?:relevant |related )?papers?(?:[ \t](?:link|url|available))?[ \t]?:"
    rb"|\bjoint[ \t]{1,3}(?:work|project|paper)\b)"
)
_SENTENCE_END = re.compile(rb"[a-z0-9)\]][.!?][\"')\]]{0,2}\s|\n[ \t\r]*\n|\x0b")
_HEADING = re.compile(
    rb"(?:\A|\n|\x0b|\\n)[ \t#*_>]{0,8}(?:[0-9]{1,2}\.?[ \t])?"
    rb"(?:references?|bibliography|literature|works[ ]cited)[ \t*_]{0,4}(?::|\r?\n|\Z)"
)
_WORDS = (b"reference", b"bibliography", b"literature", b"works cited")
_ITEM = re.compile(
    rb"(?:\A|\n)[ \t>*-]{0,8}(?:\[(?:[0-9]{1,3}|[a-z+]{1,10}[0-9]{2,4}[a-z]?)\][^(]|\\bibitem)"
)


def headings(low: bytes) -> Sequence[int]:
    """Where the lists of references begin in a lower-case text."""
    if any(word in low for word in _WORDS):
        return [match.start() for match in _HEADING.finditer(low)]
    return ()


def role(low: bytes, start: int, field: str, lists: Sequence[int]) -> Role:
    """The role of the reference that begins at byte `start` of a lower-case text."""
    if field == "paper_link":
        return "own"
    if lists and lists[0] < start:
        return "cited"
    window = low[start - _LOOK if start > _LOOK else 0 : start]
    if b"[" in window or b"\\" in window:
        paragraph = window[window.rfind(b"\n\n") + 1 :]
        if _ITEM.search(paragraph):
            return "cited"
    if b"based" in window or b"print" in window or b"paper" in window or b"joint" in window:
        said = list(_OWN.finditer(window))
        if said and not _SENTENCE_END.search(window, said[-1].end()):
            return "own"
    return "mentioned"
