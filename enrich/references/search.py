"""Search of one text for the mentions that the sources recognise. Pure.

A text is searched as bytes for each source's anchors; the source then parses the text around each anchor.
If escapes or split lines are near, the source gets the text decoded and joined (`enrich.text.decoding`,
`enrich.references.line_breaks`). All patterns are bounded, so time is linear in the length of the text.
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
from enrich.text.decoding import FOLD, decode_anchors, decode_window, is_odd

_BYTES_BEFORE, _BYTES_AFTER = 420, 700
"""Bytes around an anchor that are decoded together."""
_LINE_FEED, _SLASH = b"\n/"
_START = attrgetter("start")

Recognizer = Callable[[bytes, int], Sequence[Mention]]
"""The function `recognise` of a source."""


class Grammar(NamedTuple):
    """Anchors of a set of sources, indexed for the search."""

    finds: tuple[tuple[bytes, Recognizer], ...]
    """Anchors that are searched one by one, each with its recognizer."""
    slashed: Mapping[bytes, Sequence[tuple[int, bytes, Recognizer]]]
    """Anchors with a slash, by the bytes before it.

    Each item holds the number of bytes before the slash, the anchor and its recognizer.
    """
    slashes: re.Pattern[bytes] | None
    """Pattern of the slashes in these anchors.

    Slashes are rare in prose, so one scan for them finds many anchors.
    """


_KEY_BYTES = 4
"""Bytes before a slash by which anchors are indexed; an anchor with fewer is in `finds`."""


def grammar_of(sources: Iterable[Forms] | None) -> Grammar:
    """Return the grammar of sources; None means those installed."""
    if sources is None:
        return _installed_grammar()
    return _build_grammar(tuple([(source.anchors, source.recognise) for source in sources]))


@cache
def _installed_grammar() -> Grammar:
    """Return the grammar of the installed sources."""
    return grammar_of(forms())


@lru_cache(maxsize=8)
def _build_grammar(sources: tuple[tuple[tuple[bytes, ...], Recognizer], ...]) -> Grammar:
    """Build the grammar of anchors and their recognizers."""
    finds = []
    slashed: dict[bytes, list[tuple[int, bytes, Recognizer]]] = {}
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

    They do not overlap, and include links that do not name a paper. `low` is the text folded by `FOLD`.
    """
    breaks = find_breaks(raw, low) if _LINE_FEED in raw else ()
    if breaks or is_odd(raw, is_ascii=is_ascii):
        mentions = _search_windows(raw, low, grammar, breaks)
    else:
        mentions = _search_plain(raw, low, grammar)
    return _drop_overlaps(mentions) if len(mentions) > 1 else mentions


def _search_plain(text: bytes, low: bytes, grammar: Grammar) -> list[Mention]:
    """Return the mentions of plain text, in order.

    No mention begins within another.
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
    found_to = 0
    for slash, at, recognise in _find_slash_anchors(low, grammar):
        if slash >= found_to:
            seen = recognise(text, at)
            if seen:
                found += seen
                found_to = seen[-1].end
    return sorted(mentions + found, key=_START) if found else mentions


def _blank_mentions(low: bytes, mentions: Iterable[Mention]) -> bytes:
    """Return the text with its mentions overwritten."""
    rest = bytearray(low)
    for _, _, start, end, _ in mentions:
        rest[start:end] = bytes(end - start)
    return bytes(rest)


def _find_slash_anchors(low: bytes, grammar: Grammar) -> Iterator[tuple[int, int, Recognizer]]:
    """Yield each anchor with a slash, and its recognizer.

    Each item is the offset of the slash, the offset of the anchor, and the recognizer.
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
    raw: bytes, low: bytes, grammar: Grammar, breaks: Sequence[tuple[int, int]]
) -> list[Mention]:
    """Return the mentions of a text with escapes."""
    hits = _find_anchors(low, grammar)
    if hits and len(raw) <= _BYTES_BEFORE + _BYTES_AFTER:
        groups = [(0, len(raw))]
    else:
        groups = list(_group_offsets(sorted((*hits, *(start for start, _ in breaks)))))
        seen = decode_anchors(raw)
        if len(seen) < len(raw) and len(_find_anchors(seen.translate(FOLD), grammar)) > len(hits):
            groups = [(0, len(raw))]  # an anchor is hidden somewhere
    mentions: list[Mention] = []
    at_break = 0
    for first, last in groups:
        start, end = max(0, first - _BYTES_BEFORE), last + _BYTES_AFTER
        before = at_break
        while at_break < len(breaks) and breaks[at_break][0] <= last:
            at_break += 1
        window = decode_window(raw, start, end, breaks[before:at_break])
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
    """Return the offsets at which anchors begin."""
    hits = [start for _, start, _ in _find_slash_anchors(low, grammar)]
    for anchor, _ in grammar.finds:
        at = low.find(anchor)
        while at >= 0:
            hits.append(at)
            at = low.find(anchor, at + len(anchor))
    return hits


def _group_offsets(offsets: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last offset of each group.

    A group holds the offsets that share a window.
    """
    if not offsets:
        return
    first = last = offsets[0]
    for offset in offsets:
        if offset - last > _BYTES_BEFORE + _BYTES_AFTER:
            yield first, last
            first = offset
        last = offset
    yield first, last


def _drop_overlaps(mentions: list[Mention]) -> list[Mention]:
    """Drop overlapping mentions; prefer those with papers, then longer ones."""
    previous_end = 0
    for _, _, start, end, _ in mentions:
        if start < previous_end:
            break
        previous_end = end
    else:
        return mentions
    kept: list[Mention] = []
    taken = bytearray(max(mention.end for mention in mentions))
    for mention in sorted(mentions, key=lambda m: (m.paper is None, m.start - m.end, m.start)):
        if taken.find(1, mention.start, mention.end) < 0:
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
            kept.append(mention)
    return sorted(kept, key=_START)
