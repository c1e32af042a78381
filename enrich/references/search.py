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
_LINE_FEED, _SLASH = b"\n/"
_START = attrgetter("start")

Recogniser = Callable[[bytes, int], Sequence[Mention]]
"""`recognise` of a source."""


class Grammar(NamedTuple):
    """Anchors of a set of sources, arranged for the search."""

    finds: tuple[tuple[bytes, Recogniser], ...]
    """Anchors that are searched one by one."""
    slashed: Mapping[bytes, Sequence[tuple[int, bytes, Recogniser]]]
    """Anchors with a slash, by the bytes before it: how far before the slash each begins."""
    slashes: re.Pattern[bytes] | None
    """The slashes of all of these.

    Slashes are rare in prose, so that one scan for them serves many anchors.
    """


_KEY_BYTES = 4
"""Bytes before a slash that distinguish anchors; an anchor with fewer is searched by itself."""


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
    slashed: dict[bytes, list[tuple[int, bytes, Recogniser]]] = {}
    for anchors, recognise in sources:
        for anchor in (anchor.translate(FOLD) for anchor in anchors):
            before, slash, _ = anchor.partition(b"/")
            if slash and (not before or len(before) >= _KEY_BYTES):
                entry = (len(before), anchor, recognise)
                slashed.setdefault(before[-_KEY_BYTES:], []).append(entry)
            else:
                finds.append((anchor, recognise))
    found = {anchor for entries in slashed.values() for _, anchor, _ in entries}
    return Grammar(tuple(finds), slashed, _compile_slashes(sorted(found)))


def _compile_slashes(anchors: Sequence[bytes]) -> re.Pattern[bytes] | None:
    """Compile a pattern of the slashes of anchors.

    >>> _compile_slashes([b"/0000000", b"hf.co/papers/"]).findall(b"https://hf.co/papers/0, a/b, math/0000000")
    [b'/', b'/']
    """
    parts = [tuple(map(re.escape, anchor.partition(b"/")[::2])) for anchor in anchors]
    found = [b"(?=%b)" % after for before, after in parts if not before]
    behind = [b"(?<=%b/)(?=%b)" % (before, after) for before, after in parts if before]
    if behind:
        last = b"".join(sorted({before[-1:] for before, _ in parts if before}))
        found.append(b"(?<=[%b]/)(?:%b)" % (last, b"|".join(behind)))
    return re.compile(b"/(?:%b)" % b"|".join(found)) if found else None


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
                at = max(at, seen[-1][3])
            at = low.find(anchor, at)
        if found:
            low = _blank_mentions(low, found)
            mentions = sorted(mentions + found, key=_START) if mentions else found
    if _SLASH not in low:
        return mentions
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
    _, slashed, slashes = grammar
    if slashes is None:
        return
    for slash in slashes.finditer(low):
        at = slash.start()
        for before, anchor, recognise in (
            *slashed.get(b"", ()),
            *slashed.get(low[max(0, at - _KEY_BYTES) : at], ()),
        ):
            if low.startswith(anchor, at - before):
                yield at, at - before, recognise


def _search_windows(
    raw: bytes, low: bytes, grammar: Grammar, cuts: Sequence[tuple[int, int]]
) -> list[Mention]:
    """Return the mentions of a text with escapes."""
    hits = _find_anchors(low, grammar)
    if hits and len(raw) <= _BYTES_BEFORE + _BYTES_AFTER:
        groups = [(0, len(raw))]
    else:
        groups = list(_group_places(sorted((*hits, *(start for start, _ in cuts)))))
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
