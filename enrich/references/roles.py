"""Role of a reference in its text: the talk's own paper, an item of a reference list, or a mention."""

from __future__ import annotations

import re

from enrich.codes import Role

_SENTENCE_BYTES = 240
"""Bytes before a reference in which its sentence is searched."""
_LIST_GAP = 8
"""Maximum number of bytes between two items of a list."""
_OWN = re.compile(rb"based (?:up)?on|joint work|prints? ?:|papers? ?:|paper link ?:")
_SENTENCE_END = re.compile(rb"[.!?](?<=[a-z0-9)\]][a-z0-9)\]].)[\"')\]]{0,2}\s|\n[ \t\r]*\n|\x0b")
_HEADING = re.compile(
    rb"\n[ \t#*_>]{0,8}(?:[0-9]{1,2}\.?[ \t])?"
    rb"(?:references?|bibliography|literature|works[ ]cited)[ \t*_]{0,4}(?::|\r?\n)"
)
_SHORTEST_CUE = len(". paper:")
_HEADING_STARTS = b"rblw#*_> \t"
"""First bytes of a line that may be a heading."""
_ITEM_STARTS = b"[\\ \t>*-"
"""First bytes of a line that may be an item of a reference list."""
_ITEM = re.compile(
    rb"\n[ \t>*-]{0,8}(?:\[(?:[0-9]{1,3}|[a-z+]{1,10}[0-9]{2,4}[a-z]?)\][^(]|\\bibitem)"
)


def find_reference_list(low: bytes, end: int) -> int:
    """Return where the first list of references before `end` begins, otherwise `end`.

    `low` is the text in lower case.
    """
    if low[0] in _HEADING_STARTS and _HEADING.match(b"\n" + low[:64]):
        return 0
    at = low.find(b"\n", 0, end)
    while at >= 0:
        if low[at + 1] in _HEADING_STARTS and _HEADING.match(low, at):
            return at
        at = low.find(b"\n", at + 1, end)
    return end


def decide_role(low: bytes, start: int, previous_end: int, previous: Role) -> Role:
    """Return the role of a reference at byte `start` that stands under no heading.

    `previous` is the role of the reference before, which a list keeps.
    """
    if previous_end and start - previous_end <= _LIST_GAP:
        return previous
    reach = start - _SENTENCE_BYTES if start - previous_end > _SENTENCE_BYTES else previous_end
    line = low.rfind(b"\n", reach, start) + 1
    if low[line] in _ITEM_STARTS and _is_item(low, reach, start):
        return "cited"
    stop = low.rfind(b". ", line or reach, start)
    while stop > reach + 1 and not low[stop - 2 : stop].isalnum():  # an initial ends no sentence
        stop = low.rfind(b". ", line or reach, stop)
    if start - stop < _SHORTEST_CUE:
        return "mentioned"
    sentence = low[stop + 1 : start] if stop >= 0 else low[line or reach : start]
    cues = list(_OWN.finditer(sentence))
    if cues and not _SENTENCE_END.search(sentence, cues[-1].start()):
        return "own"
    return "mentioned"


def _is_item(low: bytes, reach: int, start: int) -> bool:
    """Return whether an item of a reference list, `[12]`, begins between `reach` and `start`."""
    window = low[reach:start] if reach else b"\n" + low[:start]
    return _ITEM.search(window, window.rfind(b"\n\n") + 1) is not None
