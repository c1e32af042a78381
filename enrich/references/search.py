"""Search of one text for the mentions that the sources recognise. Pure.

A text is searched as bytes for each source's anchors; the source verifies what stands around one. Where
escapes or broken lines are near, it gets the window as a reader would see it (`enrich.text.decoding`,
`enrich.references.line_breaks`). All patterns are bounded, so the time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from operator import attrgetter
from typing import NamedTuple

from enrich.model import Mention
from enrich.references.line_breaks import find_breaks
from enrich.sources import Forms, forms
from enrich.text.decoding import FOLD, is_odd, plain, unhidden

_BYTES_BEFORE, _BYTES_AFTER = 420, 700
"""Bytes around an anchor that are decoded together."""
_LINE_FEED = ord("\n")
_SLASHES = re.compile(b"/+")
_START = attrgetter("start")

Recogniser = Callable[[bytes, int], Sequence[Mention]]
"""`recognise` of a source."""


class Grammar(NamedTuple):
    """Anchors of a set of sources, arranged for the search."""

    finds: tuple[tuple[bytes, Recogniser], ...]
    """Anchors that are searched one by one."""
    behind: Mapping[bytes, Sequence[tuple[int, bytes, Recogniser]]]
    """Anchors with a slash, by the bytes before it: how far before the slash each begins.

    Slashes are rare in prose, so that one scan for them serves many anchors.
    """
    ahead: Mapping[bytes, Sequence[tuple[int, bytes, Recogniser]]]
    """Anchors that begin with the slash or shortly before it, by the byte behind it."""


_KEY_BYTES = 5
"""Bytes before a slash that distinguish anchors."""


def grammar_of(sources: Iterable[Forms] | None) -> Grammar:
    """Return the grammar of sources, otherwise of those installed."""
    if sources is None:
        return _installed_grammar()
    return _build_grammar(tuple([(source.anchors, source.recognise) for source in sources]))


@cache
def _installed_grammar() -> Grammar:
    """Return the grammar of the installed sources."""
    return grammar_of(forms())


@lru_cache(maxsize=8)
def _build_grammar(sources: tuple[tuple[tuple[bytes, ...], Recogniser], ...]) -> Grammar:
    """Build the grammar of anchors and their recognisers."""
    finds = []
    behind: dict[bytes, list[tuple[int, bytes, Recogniser]]] = {}
    ahead: dict[bytes, list[tuple[int, bytes, Recogniser]]] = {}
    for anchors, recognise in sources:
        for anchor in (anchor.translate(FOLD) for anchor in anchors):
            before, slash, after = anchor.partition(b"/")
            entry = (len(before), anchor, recognise)
            if slash and len(before) >= _KEY_BYTES:
                behind.setdefault(before[-_KEY_BYTES:], []).append(entry)
            elif slash and after:
                ahead.setdefault(after[:1], []).append(entry)
            else:
                finds.append(entry[1:])
    return Grammar(tuple(finds), behind, ahead)


def find_mentions(raw: bytes, low: bytes, grammar: Grammar, *, is_ascii: bool) -> list[Mention]:
    """Return the mentions of a text in order.

    They do not overlap.

    `low` is the text folded by `FOLD`. Mentions without a paper are among them.
    """
    cuts = find_breaks(raw, low) if _LINE_FEED in raw else ()
    if cuts or is_odd(raw, is_ascii=is_ascii):
        mentions = _search_windows(raw, low, grammar, cuts)
    else:
        mentions = _search_plain(raw, low, grammar)
    return _drop_overlaps(mentions) if len(mentions) > 1 else mentions


def _search_plain(text: bytes, low: bytes, grammar: Grammar) -> list[Mention]:
    """Return the mentions of plain text, in order.

    None begins within another.
    """
    mentions: list[Mention] = []
    for anchor, recognise in grammar.finds:
        at = low.find(anchor)
        if at < 0:
            continue
        found: list[Mention] = []
        while at >= 0:
            seen = recognise(text, at)
            at += len(anchor)
            if seen:
                found += seen
                at = max(at, seen[-1].end)
            at = low.find(anchor, at)
        if found:
            low = _blank_mentions(low, found)
            mentions = sorted(mentions + found, key=_START) if mentions else found
    found = []
    done = 0
    for slash, at, recognise in _find_slash_anchors(low, grammar):
        if slash >= done:
            seen = recognise(text, at)
            if seen:
                found += seen
                done = seen[-1].end
    return sorted(mentions + found, key=_START) if found else mentions


def _blank_mentions(low: bytes, mentions: Iterable[Mention]) -> bytes:
    """Return the text with its mentions overwritten."""
    rest = bytearray(low)
    for _, _, start, end, _ in mentions:
        rest[start:end] = bytes(end - start)
    return bytes(rest)


def _find_slash_anchors(low: bytes, grammar: Grammar) -> Iterator[tuple[int, int, Recogniser]]:
    """Yield each anchor with a slash, and its recogniser.

    Each as place of the slash, place of the anchor, recogniser.
    """
    _, behind, ahead = grammar
    at = low.find(b"/")
    while at >= 0:
        key, following = low[at - _KEY_BYTES : at], low[at + 1 : at + 2]
        if key in behind or following in ahead:
            for before, anchor, recognise in (*behind.get(key, ()), *ahead.get(following, ())):
                if low.startswith(anchor, at - before):
                    yield at, at - before, recognise
        done = at + 1
        at = low.find(b"/", done)
        if at == done and (run := _SLASHES.match(low, at)):
            at = run.end() - 1  # only the ends of a run can belong to an anchor


def _search_windows(
    raw: bytes, low: bytes, grammar: Grammar, cuts: Sequence[tuple[int, int]]
) -> list[Mention]:
    """Return the mentions of a text with escapes."""
    hits = _find_anchors(low, grammar)
    places = sorted((*hits, *(start for start, _ in cuts)))
    groups = list(_group_places(places))
    covers_all = (
        len(groups) == 1 and places[0] <= _BYTES_BEFORE and len(raw) - places[-1] <= _BYTES_AFTER
    )
    if not covers_all:
        seen = unhidden(raw)
        if len(seen) < len(raw) and len(_find_anchors(seen.translate(FOLD), grammar)) > len(hits):
            groups = [(0, len(raw))]  # an anchor is hidden somewhere
    mentions: list[Mention] = []
    cut = 0
    for first, last in groups:
        start, end = max(0, first - _BYTES_BEFORE), last + _BYTES_AFTER
        before = cut
        while cut < len(cuts) and cuts[cut][0] <= last:
            cut += 1
        window = plain(raw, start, end, cuts[before:cut])
        if window is None:
            mentions += (
                Mention(m.paper, m.version, start + m.start, start + m.end, m.form)
                for m in _search_plain(raw[start:end], low[start:end], grammar)
            )
        else:
            mentions += (
                Mention(m.paper, m.version, window.start(m.start), window.end(m.end), m.form)
                for m in _search_plain(window.text, window.text.translate(FOLD), grammar)
            )
    return mentions


def _find_anchors(low: bytes, grammar: Grammar) -> list[int]:
    """Return the places where anchors begin."""
    hits = [start for _, start, _ in _find_slash_anchors(low, grammar)]
    for anchor, _ in grammar.finds:
        at = low.find(anchor)
        while at >= 0:
            hits.append(at)
            at = low.find(anchor, at + len(anchor))
    return hits


def _group_places(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of neighbouring places."""
    if not places:
        return
    first = last = places[0]
    for place in places:
        if place - last > _BYTES_BEFORE + _BYTES_AFTER:
            yield first, last
            first = place
        last = place
    yield first, last


def _drop_overlaps(mentions: list[Mention]) -> list[Mention]:
    """Return the longest of mentions that overlap, in order."""
    done = 0
    for _, _, start, end, _ in mentions:
        if start < done:
            break
        done = end
    else:
        return mentions
    kept: list[Mention] = []
    taken = bytearray(max(mention.end for mention in mentions))
    for mention in sorted(mentions, key=lambda m: (m.paper is None, m.start - m.end, m.start)):
        if taken.find(1, mention.start, mention.end) < 0:
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
            kept.append(mention)
    return sorted(kept, key=_START)
