"""Text in, references out: the papers that a text names, where, and how. Pure.

A text is searched as bytes for each source's anchors; the source verifies what stands around one. Where
escapes or broken lines are near, it is shown the window as a reader would see it (`grammar.plain`,
`grammar.breaks`). All patterns are bounded, so the time is linear in the length of any text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from operator import attrgetter
from typing import NamedTuple

from enrich.errors import InvalidId
from enrich.model import Mention, Reference, Role, Talk, TalkWarning, WarningCode
from enrich.paper import PaperId
from enrich.references.line_breaks import joins
from enrich.references.links import resolve
from enrich.references.roles import heading, role
from enrich.sources import Forms, forms
from enrich.text.decoding import FOLD, is_odd, plain, unhidden

_BEFORE, _AFTER = 420, 700
"""Bytes around an anchor that are made plain together."""
_LINE_FEED = ord("\n")
_SLASHES = re.compile(b"/+")
_START = attrgetter("start")
_BLANK_LINE = re.compile(r"\n[ \t\r]{0,80}\n")


def find_references(
    text: str | Talk, *, sources: Iterable[Forms] | None = None
) -> tuple[Reference, ...]:
    """Return the references of a text, or of a talk's texts, in order.

    `sources` are those whose papers are recognised; the installed ones if None.

    >>> [(r.paper, r.version, r.exact) for r in find_references("See arXiv:2103.01338v2 [cs.LG].")]
    [('arxiv:2103.01338', 'v2', 'arXiv:2103.01338v2')]
    >>> find_references("Call 2103.01338 or look at https://notarxiv.org/abs/2103.01338")
    ()
    """
    if isinstance(text, Talk):
        return read(text, sources=sources)[0]
    return _references(*_searched(text, _grammar_of(sources)), "text")


def find_references_many(
    texts: Iterable[str], *, sources: Iterable[Forms] | None = None
) -> Iterator[tuple[Reference, ...]]:
    """Yield the references of each text, lazily, in order.

    >>> [len(found) for found in find_references_many(["hep-th/9901001", "none"])]
    [1, 0]
    """
    grammar = _grammar_of(sources)
    for text in texts:
        yield _references(*_searched(text, grammar), "text")


def find_warnings(talk: Talk) -> tuple[TalkWarning, ...]:
    """What is odd about a talk's links: those that name no paper, and texts that name another one."""
    return read(talk)[1]


def read(
    talk: Talk, *, sources: Iterable[Forms] | None = None
) -> tuple[tuple[Reference, ...], tuple[TalkWarning, ...]]:
    """Return the references of a talk and the warnings about its links."""
    grammar = _grammar_of(sources)
    references: list[Reference] = []
    warnings: list[TalkWarning] = []
    for field, text in talk.searched():
        _, raw, low, mentions = _searched(text, grammar)
        references += _references(text, raw, low, mentions, field)
        warnings += _warnings(raw, mentions, field)
    return tuple(references), tuple(warnings)


def parse_id(text: str, *, sources: Iterable[Forms] | None = None) -> PaperId:
    """Return the one paper that a text names: by id, address or any recognised form.

    Raises:
        InvalidId: it names none, or more than one.

    >>> parse_id("arXiv:math.AG/0601001v2")
    'arxiv:math/0601001'
    """
    return parse_citation(text, sources=sources)[0]


def parse_citation(
    text: str, *, sources: Iterable[Forms] | None = None
) -> tuple[PaperId, str | None]:
    """Return the one paper that a text names, and the version that it cites.

    Raises:
        InvalidId: it names none, or more than one.

    >>> parse_citation("2103.01338v2"), parse_citation("openreview:FpKgG31Z_i9")
    (('arxiv:2103.01338', 'v2'), ('openreview:FpKgG31Z_i9', None))
    """
    text = text.strip()
    sources = forms() if sources is None else tuple(sources)
    found = {(r.paper, r.version) for r in find_references(text, sources=sources)}
    if not found:
        prefix, colon, key = text.partition(":")
        for source in sources:
            if colon and prefix.lower() == source.name:
                found.update(filter(None, [source.canonical(key.strip())]))
            elif not colon and not text.isalpha():
                found.update(filter(None, [source.canonical(text)]))
    if len({paper for paper, _ in found}) == 1:
        return max(found, key=lambda pair: pair[1] or "")
    shown = text if len(text) <= 80 else text[:79] + "…"
    if found:
        raise InvalidId(f"{shown!r} names {len(found)} papers", hint="Give one paper at a time.")
    raise InvalidId(
        f"{shown!r} names no paper",
        hint="Papers are written like 2103.01338, arXiv:hep-th/9901001v2 or "
        "https://openreview.net/forum?id=FpKgG31Z_i9.",
    )


def _searched(text: str, grammar: _Grammar) -> tuple[str, bytes, bytes, Sequence[Mention]]:
    raw = text.encode("utf-8", "surrogatepass")
    low = raw.translate(FOLD)
    return text, raw, low, _search(raw, low, grammar, is_ascii=len(raw) == len(text))


def _warnings(raw: bytes, mentions: Sequence[Mention], field: str) -> Iterator[TalkWarning]:
    for mention in mentions:
        if mention.paper is None:
            link = _decoded(raw, mention.start, mention.end)
            message = f"{link} is a link into its site from which no paper can be told"
            yield _warning("unresolvable_link", message, raw, mention, field)
    if len(mentions) > 1:
        for said, link_to in resolve(raw, mentions).mismatches:
            message = f"a link says {said.paper} but leads to {link_to.paper}"
            yield _warning("link_mismatch", message, raw, said, field)


def _references(
    text: str, raw: bytes, low: bytes, mentions: Sequence[Mention], field: str
) -> tuple[Reference, ...]:
    if not mentions:
        return ()
    if len(mentions) > 1 and ("(" in text or "<" in text or "{" in text or "[" in text):
        mentions = resolve(raw, mentions).mentions
    is_ascii = len(raw) == len(text)
    found = []
    done = start = paragraph = before = 0
    said: Role = "mentioned"
    blank, paragraph_end = _blank_line(text, 0)
    listed = heading(low, mentions[-1][2])
    for paper, version, first, last, form in mentions:
        if paper is None:
            continue
        if is_ascii:
            start, end = first, last
        else:
            start += len(raw[done:first].decode("utf-8", "surrogatepass"))
            end = start + len(raw[first:last].decode("utf-8", "surrogatepass"))
            done = first
        while blank <= start:
            paragraph = paragraph_end
            blank, paragraph_end = _blank_line(text, paragraph)
        if field == "paper_link":
            said = "own"
        elif listed < first:
            said = "cited"
        else:
            said = role(low, first, before, said)
        before = last
        exact = text[start:end]
        context = paragraph, blank
        found.append(Reference(paper, version, field, start, end, exact, context, form, said))
    return tuple(found)


def _blank_line(text: str, at: int) -> tuple[int, int]:
    """Where the next blank line from `at` on begins and ends; at the text's end if there is none."""
    found = text.find("\n", at)
    while found >= 0:
        blank = _BLANK_LINE.match(text, found)
        if blank is not None:
            return blank.span()
        found = text.find("\n", found + 1)
    return len(text), len(text)


def _decoded(raw: bytes, start: int, end: int) -> str:
    return raw[start:end].decode("utf-8", "surrogatepass")


def _warning(
    code: WarningCode, message: str, raw: bytes, mention: Mention, field: str
) -> TalkWarning:
    if field != "abstract":
        return TalkWarning(code=code, message=message)
    start = len(_decoded(raw, 0, mention.start))
    end = start + len(_decoded(raw, mention.start, mention.end))
    return TalkWarning(code=code, message=message, start=start, end=end)


Recogniser = Callable[[bytes, int], Sequence[Mention]]


class _Grammar(NamedTuple):
    finds: tuple[tuple[bytes, Recogniser], ...]
    """Anchors that are looked for one by one."""
    behind: Mapping[bytes, Sequence[tuple[int, bytes, Recogniser]]]
    """Those with a slash, by the bytes before it: how far before the slash each begins.

    Slashes are rare in prose, so that one scan for them serves many anchors.
    """
    ahead: Mapping[bytes, Sequence[tuple[int, bytes, Recogniser]]]
    """Those that begin with the slash or shortly before it, by the byte behind it."""


_KEY = 5
"""Bytes before a slash by which anchors are told apart."""


def _grammar_of(sources: Iterable[Forms] | None) -> _Grammar:
    if sources is None:
        return _installed_grammar()
    return _build_grammar(tuple([(source.anchors, source.recognise) for source in sources]))


@cache
def _installed_grammar() -> _Grammar:
    return _grammar_of(forms())


@lru_cache(maxsize=8)
def _build_grammar(sources: tuple[tuple[tuple[bytes, ...], Recogniser], ...]) -> _Grammar:
    finds = []
    behind: dict[bytes, list[tuple[int, bytes, Recogniser]]] = {}
    ahead: dict[bytes, list[tuple[int, bytes, Recogniser]]] = {}
    for anchors, recognise in sources:
        for anchor in (anchor.translate(FOLD) for anchor in anchors):
            before, slash, after = anchor.partition(b"/")
            entry = (len(before), anchor, recognise)
            if slash and len(before) >= _KEY:
                behind.setdefault(before[-_KEY:], []).append(entry)
            elif slash and after:
                ahead.setdefault(after[:1], []).append(entry)
            else:
                finds.append(entry[1:])
    return _Grammar(tuple(finds), behind, ahead)


def _search(raw: bytes, low: bytes, grammar: _Grammar, *, is_ascii: bool) -> list[Mention]:
    """All mentions of a text in order, not overlapping, those without a paper too."""
    cuts = joins(raw, low) if _LINE_FEED in raw else ()
    if cuts or is_odd(raw, is_ascii=is_ascii):
        mentions = _in_windows(raw, low, grammar, cuts)
    else:
        mentions = _recognised(raw, low, grammar)
    return _apart(mentions) if len(mentions) > 1 else mentions


def _recognised(text: bytes, low: bytes, grammar: _Grammar) -> list[Mention]:
    """What the sources recognise in plain text, in order; within a mention nothing is looked for."""
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
            low = _blanked(low, found)
            mentions = sorted(mentions + found, key=_START) if mentions else found
    found = []
    done = 0
    for slash, at, recognise in _at_slashes(low, grammar):
        if slash >= done:
            seen = recognise(text, at)
            if seen:
                found += seen
                done = seen[-1].end
    return sorted(mentions + found, key=_START) if found else mentions


def _blanked(low: bytes, mentions: Iterable[Mention]) -> bytes:
    """The text without what is recognised already, of the same length."""
    rest = bytearray(low)
    for _, _, start, end, _ in mentions:
        rest[start:end] = bytes(end - start)
    return bytes(rest)


def _at_slashes(low: bytes, grammar: _Grammar) -> Iterator[tuple[int, int, Recogniser]]:
    """The anchors with a slash: where the slash stands, where the anchor begins, who recognises it."""
    _, behind, ahead = grammar
    at = low.find(b"/")
    while at >= 0:
        key, following = low[at - _KEY : at], low[at + 1 : at + 2]
        if key in behind or following in ahead:
            for before, anchor, recognise in (*behind.get(key, ()), *ahead.get(following, ())):
                if low.startswith(anchor, at - before):
                    yield at, at - before, recognise
        done = at + 1
        at = low.find(b"/", done)
        if at == done and (run := _SLASHES.match(low, at)):
            at = run.end() - 1  # only the ends of a run can belong to an anchor


def _in_windows(
    raw: bytes, low: bytes, grammar: _Grammar, cuts: Sequence[tuple[int, int]]
) -> list[Mention]:
    """The mentions of a text in which something may have to be made plain first."""
    hits = _hits(low, grammar)
    places = sorted((*hits, *(start for start, _ in cuts)))
    groups = list(_groups(places))
    all_seen = len(groups) == 1 and places[0] <= _BEFORE and len(raw) - places[-1] <= _AFTER
    if not all_seen:
        seen = unhidden(raw)
        if len(seen) < len(raw) and len(_hits(seen.translate(FOLD), grammar)) > len(hits):
            groups = [(0, len(raw))]  # an anchor is hidden somewhere
    mentions: list[Mention] = []
    cut = 0
    for first, last in groups:
        start, end = max(0, first - _BEFORE), last + _AFTER
        before = cut
        while cut < len(cuts) and cuts[cut][0] <= last:
            cut += 1
        window = plain(raw, start, end, cuts[before:cut])
        if window is None:
            mentions += (
                Mention(m.paper, m.version, start + m.start, start + m.end, m.form)
                for m in _recognised(raw[start:end], low[start:end], grammar)
            )
        else:
            mentions += (
                Mention(m.paper, m.version, window.start(m.start), window.end(m.end), m.form)
                for m in _recognised(window.text, window.text.translate(FOLD), grammar)
            )
    return mentions


def _hits(low: bytes, grammar: _Grammar) -> list[int]:
    """Where anchors begin."""
    hits = [start for _, start, _ in _at_slashes(low, grammar)]
    for anchor, _ in grammar.finds:
        at = low.find(anchor)
        while at >= 0:
            hits.append(at)
            at = low.find(anchor, at + len(anchor))
    return hits


def _groups(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of places whose windows touch."""
    if not places:
        return
    first = last = places[0]
    for place in places:
        if place - last > _BEFORE + _AFTER:
            yield first, last
            first = place
        last = place
    yield first, last


def _apart(mentions: list[Mention]) -> list[Mention]:
    """Mentions in order; of those that overlap, the longest, then the leftmost."""
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
