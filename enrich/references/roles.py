"""What a reference is to its text: the talk's own paper, an item of a reference list, or a mention."""

from __future__ import annotations

import re

from enrich.model import Role

_LOOK = 240
"""Bytes before a reference in which its sentence is looked at."""
_LIST = 8
"""Bytes between two items of a list."""
_OWN = re.compile(rb"based (?:up)?on|joint work|prints? ?:|papers? ?:|paper link ?:")
_SENTENCE_END = re.compile(rb"[.!?](?<=[a-z0-9)\]][a-z0-9)\]].)[\"')\]]{0,2}\s|\n[ \t\r]*\n|\x0b")
_HEADING = re.compile(
    rb"\n[ \t#*_>]{0,8}(?:[0-9]{1,2}\.?[ \t])?"
    rb"(?:references?|bibliography|literature|works[ ]cited)[ \t*_]{0,4}(?::|\r?\n)"
)
_LEAST_CUE = len(". paper:")
_FIRST = b"rblw#*_> \t"
_MAY_BE_ITEM = b"[\\ \t>*-"
_ITEM = re.compile(
    rb"\n[ \t>*-]{0,8}(?:\[(?:[0-9]{1,3}|[a-z+]{1,10}[0-9]{2,4}[a-z]?)\][^(]|\\bibitem)"
)


def heading(low: bytes, end: int) -> int:
    """Where the first list of references before `end` begins in a lower-case text; else `end`."""
    if low[0] in _FIRST and _HEADING.match(b"\n" + low[:64]):
        return 0
    at = low.find(b"\n", 0, end)
    while at >= 0:
        if low[at + 1] in _FIRST and _HEADING.match(low, at):
            return at
        at = low.find(b"\n", at + 1, end)
    return end


def role(low: bytes, start: int, done: int, last: Role) -> Role:
    """The role of a reference that stands under no heading, at byte `start`.

    The one before ended at `done`; a list goes on in its role.
    """
    if done and start - done <= _LIST:
        return last
    reach = start - _LOOK if start - done > _LOOK else done
    line = low.rfind(b"\n", reach, start) + 1
    if low[line] in _MAY_BE_ITEM and _is_item(low, reach, start):
        return "cited"
    stop = low.rfind(b". ", line or reach, start)
    while stop > reach + 1 and not low[stop - 2 : stop].isalnum():  # an initial ends no sentence
        stop = low.rfind(b". ", line or reach, stop)
    if start - stop < _LEAST_CUE:
        return "mentioned"
    sentence = low[stop + 1 : start] if stop >= 0 else low[line or reach : start]
    if _OWN.search(sentence):
        said = list(_OWN.finditer(sentence))
        if said and not _SENTENCE_END.search(sentence, said[-1].start()):
            return "own"
    return "mentioned"


def _is_item(low: bytes, reach: int, start: int) -> bool:
    window = low[reach:start] if reach else b"\n" + low[:start]
    return _ITEM.search(window, window.rfind(b"\n\n") + 1) is not None
