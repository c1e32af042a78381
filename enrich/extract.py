"""Text in, references out: the papers that a text names, where, and how. Pure.

A text is searched as bytes for each source's anchors; the source verifies what stands around one. Where
escapes or broken lines are near, it is shown the window as a reader would see it (`grammar.plain`,
`grammar.breaks`). All patterns are bounded, so the time is linear in the length of any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from enrich.errors import InvalidId
from enrich.grammar.breaks import joins
from enrich.grammar.links import resolve
from enrich.grammar.plain import FOLD, hiding, may_be_odd, plain
from enrich.grammar.roles import headings, role
from enrich.model import Mention, Reference, Talk, Warning, WarningCode
from enrich.paper import PaperId
from enrich.sources import Source, sources

_BEFORE, _AFTER = 420, 700
"""Bytes around an anchor that are made plain together."""
_BLANK_LINE = re.compile(r"\n[ \t\r]{0,80}\n")


def find_references(text: str | Talk) -> tuple[Reference, ...]:
    """The references of a text, or of all searched texts of a talk, in order, not overlapping.

    >>> [(r.paper, r.version, r.exact) for r in find_references("See arXiv:2103.01338v2 [cs.LG].")]
    [('arxiv:2103.01338', 'v2', 'arXiv:2103.01338v2')]
    >>> find_references("Call 2103.01338 or look at https://notarxiv.org/abs/2103.01338")
    ()
    """
    if isinstance(text, Talk):
        return tuple(
            reference for field, part in text.searched() for reference in _references(part, field)
        )
    return _references(text, "text")


def find_references_many(texts: Iterable[str]) -> Iterator[tuple[Reference, ...]]:
    """The references of each text, lazily, in order.

    >>> [len(found) for found in find_references_many(["hep-th/9901001", "none"])]
    [1, 0]
    """
    for text in texts:
        yield _references(text, "text")


def find_warnings(talk: Talk) -> tuple[Warning, ...]:
    """What is odd about a talk's links: those that name no paper, and texts that name another one."""
    warnings = []
    for field, text in talk.searched():
        raw = text.encode("utf-8", "surrogatepass")
        found = _search(raw, is_ascii=len(raw) == len(text))
        for mention in found.lost:
            link = _decoded(raw, mention.start, mention.end)
            message = f"{link} is a link into its site from which no paper can be told"
            warnings.append(_warning("unresolvable_link", message, raw, mention, field))
        for said, link_to in found.mismatches:
            message = f"a link says {said.paper} but leads to {link_to.paper}"
            warnings.append(_warning("link_mismatch", message, raw, said, field))
    return tuple(warnings)


def parse_id(text: str) -> PaperId:
    """The one paper that a text names: an id, an address, or any form that is recognised.

    Raises:
        InvalidId: it names none, or more than one.

    >>> parse_id("arXiv:math.AG/0601001v2")
    'arxiv:math/0601001'
    """
    return cited(text)[0]


def cited(text: str) -> tuple[PaperId, str | None]:
    """The one paper that a text names, and the version that it cites.

    Raises:
        InvalidId: it names none, or more than one.

    >>> cited("2103.01338v2"), cited("openreview:FpKgG31Z_i9")
    (('arxiv:2103.01338', 'v2'), ('openreview:FpKgG31Z_i9', None))
    """
    text = text.strip()
    found = {(r.paper, r.version) for r in find_references(text)}
    if not found:
        prefix, colon, key = text.partition(":")
        for source in sources():
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


class _Found(NamedTuple):
    mentions: Sequence[Mention]
    """Those that name papers, in order, not overlapping."""
    lost: Sequence[Mention]
    """Links that name none."""
    mismatches: Sequence[tuple[Mention, Mention]]
    low: bytes


def _references(text: str, field: str) -> tuple[Reference, ...]:
    raw = text.encode("utf-8", "surrogatepass")
    is_ascii = len(raw) == len(text)
    found = _search(raw, is_ascii=is_ascii)
    if not found.mentions:
        return ()
    lists = headings(found.low)
    paragraphs = _paragraphs(text)
    context = next(paragraphs)
    references = []
    done = start = 0
    for mention in found.mentions:
        if is_ascii:
            start, end = mention.start, mention.end
        else:
            start += len(_decoded(raw, done, mention.start))
            end = start + len(_decoded(raw, mention.start, mention.end))
            done = mention.start
        while start >= context[1] and context[1] < len(text):
            context = next(paragraphs)
        references.append(
            Reference(
                paper=mention.paper,  # type: ignore[arg-type]  # those without are in `lost`
                version=mention.version,
                field=field,
                start=start,
                end=end,
                exact=text[start:end],
                context=context,
                form=mention.form,
                role=role(found.low, mention.start, field, lists),
            )
        )
    return tuple(references)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for blank in _BLANK_LINE.finditer(text):
        yield start, blank.start()
        start = blank.end()
    yield start, len(text)


def _decoded(raw: bytes, start: int, end: int) -> str:
    return raw[start:end].decode("utf-8", "surrogatepass")


def _warning(code: WarningCode, message: str, raw: bytes, mention: Mention, field: str) -> Warning:
    if field != "abstract":
        return Warning(code=code, message=message)
    start = len(_decoded(raw, 0, mention.start))
    end = start + len(_decoded(raw, mention.start, mention.end))
    return Warning(code=code, message=message, start=start, end=end)


@cache
def _grammar() -> tuple[tuple[Source, ...], tuple[tuple[bytes, int], ...]]:
    """The sources, and all anchors with the number of their source."""
    found = sources()
    anchors = [(a.translate(FOLD), n) for n, source in enumerate(found) for a in source.anchors]
    return found, tuple(anchors)


def _search(raw: bytes, *, is_ascii: bool) -> _Found:
    low = raw.translate(FOLD)
    hits = _hits(low)
    odd = may_be_odd(raw, is_ascii=is_ascii)
    cuts = joins(raw, low) if b"\n" in raw else []
    if odd or cuts:
        mentions = _in_windows(raw, hits, cuts, odd=odd)
    elif hits:
        mentions = _recognised(raw, hits)
    else:
        mentions = []
    if len(mentions) > 1:
        mentions = _apart(mentions)
    lost = [mention for mention in mentions if mention.paper is None]
    if lost:
        mentions = [mention for mention in mentions if mention.paper is not None]
    if len(mentions) > 1:
        resolved, mismatches = resolve(raw, mentions)
        return _Found(resolved, lost, mismatches, low)
    return _Found(mentions, lost, (), low)


def _hits(low: bytes) -> list[tuple[int, int]]:
    """Where anchors begin, with the numbers of their sources, in order."""
    hits = []
    for anchor, number in _grammar()[1]:
        at = low.find(anchor)
        while at >= 0:
            hits.append((at, number))
            at = low.find(anchor, at + len(anchor))
    hits.sort()
    return hits


def _recognised(text: bytes, hits: Iterable[tuple[int, int]]) -> list[Mention]:
    found = _grammar()[0]
    ends = [0] * len(found)
    mentions: list[Mention] = []
    for at, number in hits:
        if at >= ends[number]:
            seen = found[number].recognise(text, at)
            if seen:
                mentions += seen
                ends[number] = seen[-1].end
    return mentions


def _in_windows(
    raw: bytes, hits: Sequence[tuple[int, int]], cuts: Sequence[tuple[int, int]], *, odd: bool
) -> list[Mention]:
    """The mentions of a text in which something has to be made plain first."""
    places = [at for at, _ in hits]
    places += (start for start, _ in cuts)
    if odd:
        places += hiding(raw)
    places.sort()
    mentions: list[Mention] = []
    hit = cut = 0
    for first, last in _groups(places):
        low, high = max(0, first - _BEFORE), last + _AFTER
        before_hit, before_cut = hit, cut
        while hit < len(hits) and hits[hit][0] <= last:
            hit += 1
        while cut < len(cuts) and cuts[cut][0] <= last:
            cut += 1
        seen = plain(raw, low, high, cuts[before_cut:cut])
        if seen is None:
            mentions += _recognised(raw, hits[before_hit:hit])
        else:
            mentions += (
                mention._replace(start=seen.start(mention.start), end=seen.end(mention.end))
                for mention in _recognised(seen.text, _hits(seen.text.translate(FOLD)))
            )
    return mentions


def _groups(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of places whose windows touch."""
    first = last = -1
    for place in places:
        if last < 0:
            first = place
        elif place - last > _BEFORE + _AFTER:
            yield first, last
            first = place
        last = place
    if last >= 0:
        yield first, last


def _apart(mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions in order; of those that overlap, the longest, then the leftmost."""
    ordered = sorted(mentions, key=lambda m: (m.start, -m.end))
    if all(a.end <= b.start for a, b in pairwise(ordered)):
        return ordered
    kept: list[Mention] = []
    for mention in sorted(ordered, key=lambda m: (m.paper is None, m.start - m.end, m.start)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)
