r"""Spans of a text that may belong to a reference to a paper, which redaction must not change. Pure.

The check is conservative. It matches arXiv ids, labels and URLs with an id, keys in the queries of some
hosts, words that make a bare number an id, and lists of these. Labels and hosts are a parameter
(`ANCHORS`). Extraction later determines which spans are references.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from enrich.text.decoding import decode_window, is_odd
from enrich.text.patterns import compile_later
from enrich.text.urls import find_host_start, find_scheme_start, in_address, is_glued, is_userinfo

Span = tuple[int, int]
"""Start and end of a part of the text, in bytes."""

ANCHORS = (
    "arxiv", "corr", "openreview.net/", "huggingface.co/papers/", "hf.co/papers/",
    "alphaxiv.org/", "ar5iv.org/", "emergentmind.com/papers/", "researchtrend.ai/papers/",
    "scholarfeed.org/paper/", "connectedpapers.com/main/", "front.math.ucdavis.edu/",
    "scirate.com/arxiv/", "papers.cool/arxiv/", "semanticscholar.org/arxiv/", "inspirehep.net/",
    "lanl.gov/", "xxx.itp.ac.cn/", "journals/corr/abs-",
)  # fmt: skip
"""Hosts and labels that mark a paper, in lower case; labels are also cues for bare numbers."""

_NEW = (
    rb"(?:(?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\.[0-9]{4}"
    rb"|(?:1[5-9]|[2-4][0-9])(?:0[1-9]|1[0-2])\.[0-9]{5})(?![0-9])"
)
_OLD_NUMBER = rb"(?:9[1-9]|0[0-7])(?:0[1-9]|1[0-2])[0-9]{3}(?![0-9])"
_OLD = rb"[a-z]{1,8}(?:[-\x1e][a-z]{2,5})?(?:\.[a-z-]{2,11})?/" + _OLD_NUMBER
_VERSION = rb"(?:v[1-9][0-9]{0,2}(?![0-9]))?"
_ID = rb"(?:" + _NEW + rb"|" + _OLD + rb")" + _VERSION
_PDF = rb"(?:\.pdf(?![a-z0-9]))?"

# Text after a host or a label, in lower case.
_IN_ADDRESS = rb"(?:(?:(?<=redirect=)|(?!https?:/))[^\s<>\"'`]){0,200}?"
_ADDRESS_ID = compile_later(
    _IN_ADDRESS + rb"(?:(?<![0-9])" + _ID + rb"|[/=]" + _OLD_NUMBER + _VERSION + rb")" + _PDF
)
_DOMAIN = compile_later(rb"(?:\.[a-z]{2,5}|-[a-z]{2,10}\.[a-z]{2,3})\.?(?::[0-9]{1,5})?[/?:]")
_HEAD_OF_ADDRESS = compile_later(rb"https?://[a-z0-9.-]{1,60}/(?:[a-z]{1,20}/)?\Z")
_DBLP_ID = compile_later(rb"[0-9]{4}-[0-9]{4,5}(?![0-9])")
_LABEL_ID = compile_later(
    rb"(?:s|ids?)?[\s~:;.,#=_/(\[{\"'<*\x0b\x1e+-]{0,50}?(?:(?:abs|pdf|[a-z.-]{2,20})/)?" + _ID
)
_BIBCODE = compile_later(rb"(?:[0-9]{4}\.?[0-9]{5}|[0-9]{4}\.[0-9]{4})[a-z](?![a-z0-9])")
_KEY = rb"(?:[a-z0-9-]|_(?!_;)){5,20}(?:(?=__;)|(?![\w-]|\.[a-z]{1,20}/))"
_QUERY_KEY = compile_later(
    _IN_ADDRESS
    + rb"[?&;](?:id|forum|noteid)="
    + _KEY
    + rb"(?:&(?:amp;)?(?:[^\s<>\"'`&]{0,80}&){0,3}(?:id|forum)="
    + _KEY
    + rb")?"
)
_PATH_KEY = compile_later(rb"(?:[a-z0-9-]|_(?!_;)){9,12}(?:(?=__;)|(?![\w-]))")
_DOI = b"10.48550/"

_NUMBER = compile_later(rb"(?<![0-9.])" + _NEW + _VERSION)
_DOT_OF_NUMBER = compile_later(rb"\.(?<=[0-9]{4}\.)(?=[0-9]{4})")
"""Begins with one fixed byte, which is found fast."""
_YEAR_AND_MONTH = 4  # digits before the dot
_SLASH_OF_OLD = compile_later(rb"/[0-9]{7}")
_OLD_AT = compile_later(rb"/" + _OLD_NUMBER + _VERSION)
_ARCHIVE = compile_later(rb"(?<![a-z0-9])[a-z]{1,8}(?:[-\x1e][a-z]{2,5})?(?:\.[a-z-]{2,11})?\Z")

# Text that continues an id: its version, its category, further items of a list.
_CATEGORY = rb"[ \t]{0,4}\[[ \t]{0,2}[a-z]{1,8}(?:-[a-z]{2,5})?(?:[.,;| \t][a-z.,;| \t-]{0,60})?\]"
_LATER = (
    rb"(?:,?[ \t]{1,3}v|,?[ \t]{0,3}[(\[][ \t]?v"
    rb"|,?[ \t]{0,3}[(\[]?[ \t]{0,2}(?<![0-9a-z])ver(?:sion|\.)?[ \t]{0,2})"
    rb"[1-9][0-9]{0,2}(?![a-z0-9]|\.[0-9])[)\]]?"
)
_ITEM_END = rb"(?:" + _LATER + rb")?(?:" + _CATEGORY + rb")?"
_ITEM_GAP = (
    rb"[)\]}\"'*`]{0,2}+(?:"
    rb"(?:[ \t]{0,8}+(?:(?:\r?\n|\x0b)[ \t>]{0,24}+)?+"
    rb"(?:[,;&+|/]|[a-z]{1,5}+(?![a-z./-])|[\x80-\xff]{1,24}+-?+)){1,3}+"
    rb"[ \t]{0,8}+(?:(?:\r?\n|\x0b)[ \t>]{0,24}+)?+"
    rb"|[ \t]{0,8}+(?:\r?\n|\x0b)[ \t>]{0,24}+)"
    rb"(?:(?:\[[0-9]{1,3}\]|\(?[0-9]{1,2}[.)]|[-*+]|\xe2\x80\xa2)[ \t]{1,4}+)?[(\[{\"'*`]{0,2}+"
)
_LIST = compile_later(
    _ITEM_END
    + rb"(?:"
    + _ITEM_GAP
    + _ID
    + rb"(?![a-z0-9@%]|_[a-z0-9]|[.:-][0-9])"
    + _ITEM_END
    + rb"){0,50}"
)

# Cues that make a bare number an id, and text that excludes it.
_MAX_CUE_GAP_CHARS = 40
_CUES = (
    rb"e?-?prints?(?![a-z])|pre-?prints?(?![a-z])|papers?[*_ \t]{0,4}:|based[ \t]{1,3}on(?![a-z])"
)
_DIGITS_TO_LINE_ENDS = bytes(10 if b in b"0123456789\n\r\x0b\x0c" else b for b in range(256))
_ADDRESS_SIGN = compile_later(rb"://|www\.|[a-z0-9]/[a-z]|@")
_PAPER_PATH = compile_later(rb"\.org/(?:abs|pdf|html)/[ \t]{0,3}\Z")
_LIST_HEAD = compile_later(
    rb"(?<![a-z])references?[*_ \t]{0,3}:[\s\W]{0,24}(?:[0-9]{1,3}[\].)])?[\s\W]{0,6}\Z"
)
_CATEGORY_AT = compile_later(_CATEGORY)
_JOINT_WORK = b"joint work"
_SENTENCE_END = compile_later(rb"[a-z)\]]{2}[.!?]\s|\n[ \t\r]*\n")
_VALUE = compile_later(rb"[a-z]{0,10}\s{0,4}=\s{0,4}[{\"']{0,2}\Z")
_BEFORE_ENTRY = compile_later(rb"[\W_]{0,8}(?:vol(?:ume|\.)?\W{0,8})?(?:\\[a-z]{2,8}\W{0,3})?")
_JOURNAL = compile_later(rb"journal\s{0,4}=\s{0,4}[{\"']{0,2}")
_WORD_BEFORE = compile_later(rb"(?:[a-z]{1,20}[ \t]{1,3}|/[ \t]{0,3}\r?\n[ \t]{0,40})\Z")
_BLOCKING_WORD = compile_later(
    rb"(?:pin|pass(?:code|word|wort|e)?|kennwort|pwd?|code|phones?|tel|telefon|fax|dial(?:-in)?|call|zoom"
    rb"|meeting|rooms?|raum|grants?|versions?|isbn|doi|zbl|[$+#]|\xe2\x82\xac|\xc2[\xa3\xa5])"
    rb"(?:[ \t.:#=/*\"'(\[{-]{1,6}+(?:is|at|on|n[or]|num(?:ber)?|nummer|id)?){0,4}"
    rb"[ \t.:#=/*\"'(\[{-]{0,6}\Z"
)
_NEVER_BEFORE = compile_later(rb"(?:[a-z0-9@\\%#$+/]|[0-9][.,:-]|[a-z0-9]_|[=<>~!]=)\Z")
_NEVER_AFTER = compile_later(
    rb"[a-z0-9@%]|_[a-z0-9]|[.:-][0-9]|,[0-9]{3}(?![0-9.])|/(?![0-9]{4}\.[0-9])[a-z0-9~]"
    rb"|\.(?:pdf|txt|tex|ps|zip|html?|png|csv|json)(?![a-z0-9])"
)
_PRICED = compile_later(
    rb"[ \t]?(?:eur|euros?|usd|gbp|chf|dollars?|[$%]|\xe2\x82\xac|\xc2[\xa3\xa5])(?![a-z])"
)

_NEVER_BEFORE_OLD = frozenset({b"/", b"@", b"%", b"\\", b"#"})
_PLAIN_BEFORE = frozenset({b"", *(bytes([byte]) for byte in b" \t\r\n\x0b([{<>\"'`|*")})
_LETTERS = tuple(bytes([letter]) for letter in range(ord("a"), ord("z") + 1))
_MIN_DIGITS = 7
# a slash and its escapes; `in` finds numbers faster than bytes
_SIGNS_OF_ADDRESS = tuple(b"/%&\\_")
_HOST_KEY_BYTES = 4  # first bytes of a host, for a cheap check
_MAX_KEY_BYTES = 12  # longest key of a query

# A line break that may split a URL or an id.
_BREAK = compile_later(
    rb"[ \t\r\n](?<=[\w/.:=?&%-][ \t\r\n])(?:(?<=\n)|(?<=\r)\n|(?<=[ \t])[ \t]{0,2}\r?\n)"
    rb"[ \t]{0,40}(?=[\w/.:=?&%\\-])"
)
"""Begins with a set of bytes, which is found fast."""
_BLANKS = frozenset({b" ", b"\t"})
_MAX_URL_BYTES = 160
_LETTERS_BEFORE = compile_later(rb"[a-z]{1,16}\Z")
_WORD = compile_later(rb"[a-z]{1,16}")
_WORDS_OF_ADDRESSES = frozenset(
    b"""
    http https www org net com co gov export api abs pdf html format src forum attachment revisions
    references notes challenge login redirect id noteid name preprint preprints eprint doi
    """.split()
)
_WORDS_OF_ARCHIVES = frozenset(
    b"""
    acc phys adap org alg geom astro ph bayes an chao dyn chem cmp lg comp gas cond mat cs econ eess
    funct gr qc hep ex lat th math mtrl nlin nucl patt sol physics plasm bio fin quant solv int stat
    supr con q atom ao sci dg ga
    """.split()
)
"""Words at the beginning of old ids."""

# Text between the text of a link and its target, in both orders.
_TEXT_FIRST = compile_later(
    rb"[ ]?(?:\[[\w., -]{1,60}\])?[\]*_`\"']{0,3}[ \t]{0,2}[(<][ \t<]{0,2}"
    rb"(?:https?://[^\s<>\"'()\[\]]{4,200})?"
)
_LINK_FIRST = compile_later(
    rb"[^\s<>\"'{}\[\]]{0,200}(?:[\"']?(?:\s[^<>]{0,200})?>(?:<[^<>]{0,200}>|[\s*_\"'(\[{]){0,8}"
    rb"|\}\s?\{[^{}\w]{0,8}|\]\[[^\]\w]{0,4})"
)
_MAX_GAP_BYTES = 400
_REWRITTEN = compile_later(rb"(?i)(?:https?://)?urldefense[^\s\"'<>]{1,60}u(?:=|%3d)\Z")
"""Beginning of a URL that a mail filter rewrote; without it the rest cannot be decoded."""


class Mark(NamedTuple):
    """Protected span: half-open offsets in code points, and its context."""

    start: int
    end: int
    context: bytes = b""
    """Text before the span that changes its meaning: a word, or `(` for the target of a link."""


def protect(text: str, anchors: tuple[str, ...] = ANCHORS) -> list[Mark]:
    """Return the spans that may belong to a reference.

    They are in order and do not overlap.

    >>> text = "PIN 2103.01338, preprint 2110.10090, https://x.org/?to=https://arxiv.org/abs/2103.01338&x=1"
    >>> [text[mark.start : mark.end] for mark in protect(text)]
    ['preprint 2110.10090', 'https://arxiv.org/abs/2103.01338']
    """
    raw = text.encode("utf-8", "surrogatepass")
    if not _may_hold_any(raw, anchors):
        return []
    is_ascii = len(raw) == len(text)
    odd = is_odd(raw, is_ascii=is_ascii)
    if not odd and not _may_hold_plain(raw, _compile_anchors(anchors)):
        return []
    marks = list(_scan_text(raw, anchors, [], is_odd=odd))
    if breaks := list(_find_breaks(raw.lower(), _compile_anchors(anchors))):
        marks += _find_split_marks(raw, anchors, breaks, _merge_marks(marks))
    marks = _merge_marks(marks)
    return marks if is_ascii else _to_code_points(raw, marks)


def _find_split_marks(
    raw: bytes, anchors: tuple[str, ...], breaks: list[Span], whole: list[Mark]
) -> Iterator[Mark]:
    """Yield the marks that line breaks split.

    A mark that is complete on one line is extended over a break only if the break is a fold, or if the
    last character before it shows that the text continues.
    """
    starts, ends = dict(breaks), {end: start for start, end in breaks}
    firsts, wholes = [start for start, _ in breaks], [mark.end for mark in whole]
    for mark in _scan_text(raw, anchors, breaks, is_odd=True):
        number_of_break = bisect_left(firsts, mark.start)
        if number_of_break == len(firsts) or firsts[number_of_break] >= mark.end:
            continue
        number = bisect_right(wholes, mark.start)
        if number < len(whole) and whole[number].start < mark.end:
            other = whole[number]
            after, before = starts.get(other.end), ends.get(other.start)
            if after is not None and mark.end > other.end:
                is_fold = raw[after - 1 : after] in _BLANKS
                if not is_fold or mark.end - other.end > _MAX_KEY_BYTES:
                    continue
            if before is not None and mark.start < other.start:
                is_fold = raw[other.start - 1 : other.start] in _BLANKS
                if not is_fold and raw[before - 1 : before] not in {b"-", b".", b"/"}:
                    continue
        yield mark


def _find_breaks(low: bytes, grammar: _Grammar) -> Iterator[Span]:
    """Yield line breaks that may split an id or URL."""
    for found in _BREAK.finditer(low):
        start, end = found.span()
        last, first = low[start - 1 : start], low[end : end + 1]
        if low[end - 1 : end] in _BLANKS:
            token = low[max(0, start - _MAX_URL_BYTES) : start].split()[-1]
            if b"%" in token or any(name in token for name in (*grammar.hosts, *grammar.labels)):
                yield start, end
                continue
        if last.isalpha() and first.isalpha():
            head, tail = (
                _LETTERS_BEFORE.search(low, max(0, start - 20), start),
                _WORD.match(low, end),
            )
            if head and tail and head[0] + tail[0] in grammar.words:
                yield start, end
        elif last.isdigit():
            if first.isdigit() or first == b".":
                yield start, end
        else:
            yield start, end


def _may_hold_any(raw: bytes, anchors: tuple[str, ...]) -> bool:
    """Return whether a text may hold an id or URL."""
    if len(raw) - len(raw.translate(None, b"0123456789")) >= _MIN_DIGITS:
        return True
    if not any(map(raw.__contains__, _SIGNS_OF_ADDRESS)):
        return False
    low = _BREAK.sub(b"", raw.lower())
    return any(map(low.__contains__, _compile_anchors(anchors).heads))


def _may_hold_plain(raw: bytes, grammar: _Grammar) -> bool:
    """Return whether a plain text may hold a reference.

    Line breaks inside the reference are taken into account.
    """
    low = raw.translate(None, b" \t\r\n").lower()
    return (
        _DOT_OF_NUMBER.search(low) is not None
        or _SLASH_OF_OLD.search(low) is not None
        or any(map(low.__contains__, grammar.labels))
        or any(map(low.__contains__, grammar.hosts))
    )


def _scan_text(
    raw: bytes, anchors: tuple[str, ...], breaks: list[Span], *, is_odd: bool
) -> Iterator[Mark]:
    """Yield the marks of a decoded text.

    The line breaks `breaks` are removed first. Offsets are bytes of `raw`.
    """
    window = decode_window(raw, 0, len(raw), breaks) if is_odd else None
    view = raw if window is None else window.text
    low = view.lower()
    grammar = _compile_anchors(anchors)
    seeds = [*_find_labelled_ids(view, low, grammar), *_find_urls(view, low, grammar)]
    seeds = sorted(
        {*seeds, *_find_old_ids(view, low, grammar.cue)}, key=lambda span: (span[0], -span[1])
    )
    before = 0
    for start, end, word in sorted({*_add_numbers(view, low, seeds, grammar.cue)}):
        gap = low[before:start] if 0 < before < start <= before + _MAX_GAP_BYTES else b""
        linked = _TEXT_FIRST.fullmatch(gap) or _LINK_FIRST.fullmatch(gap)
        before = max(before, end)
        if window is None:
            yield Mark(start, end, b"(" if linked else word)
            continue
        first, last = window.start(start), window.end(end)
        head = _REWRITTEN.search(raw, max(0, first - 120), first)
        yield Mark(head.start() if head else first, last, b"(" if linked else word)


def _merge_marks(marks: Iterable[Mark]) -> list[Mark]:
    """Return marks in order; merge overlapping ones."""
    merged: list[Mark] = []
    for mark in sorted(marks):
        last = merged[-1] if merged else None
        if last is not None and mark.start < last.end:
            merged[-1] = last._replace(end=max(last.end, mark.end))
        else:
            merged.append(mark)
    return merged


def _to_code_points(raw: bytes, marks: list[Mark]) -> list[Mark]:
    at = char_end = 0
    converted = []
    for start, end, context in marks:
        char_start = char_end + len(raw[at:start].decode("utf-8", "surrogatepass"))
        char_end = char_start + len(raw[start:end].decode("utf-8", "surrogatepass"))
        at = end
        converted.append(Mark(char_start, char_end, context))
    return converted


class _Grammar(NamedTuple):
    """Anchors, with the patterns and words made from them."""

    labels: tuple[bytes, ...]
    hosts: tuple[bytes, ...]
    heads: tuple[bytes, ...]
    """First bytes of the hosts."""
    cue: re.Pattern[bytes]
    words: frozenset[bytes]
    """Words that a line break may split."""


@lru_cache(maxsize=8)
def _compile_anchors(anchors: tuple[str, ...]) -> _Grammar:
    names = tuple(a.lower().encode("utf-8", "replace") for a in anchors if a)
    labels = tuple(name for name in names if name.isalpha())
    hosts = tuple(name for name in names if not name.isalpha())
    words = b"".join(re.escape(label) + rb"(?:s|ids?)?(?![a-z])|" for label in labels)
    cue = re.compile(rb"(?<![a-z0-9/@])(?:" + words + _CUES + rb")")
    known = _WORDS_OF_ADDRESSES | _WORDS_OF_ARCHIVES | set(_WORD.findall(b" ".join(names)))
    return _Grammar(labels, hosts, tuple({host[:_HOST_KEY_BYTES] for host in hosts}), cue, known)


def _find_anchor(low: bytes, anchor: bytes) -> Iterator[int]:
    """Yield the offsets of an anchor."""
    at = low.find(anchor)
    while at >= 0:
        yield at
        at = low.find(anchor, at + len(anchor))


def _find_labelled_ids(view: bytes, low: bytes, grammar: _Grammar) -> Iterator[Span]:
    """Yield the spans of labels with their ids.

    A URL counts too if its host has the name of a label.
    """
    for label in filter(low.__contains__, grammar.labels):
        for at in _find_anchor(low, label):
            end = at + len(label)
            before, after = low[at - 1 : at], low[end : end + 1]
            if domain := _DOMAIN.match(low, end):
                if found := _ADDRESS_ID.match(low, domain.end() - 1):
                    yield from _extend_to_start(view, low, at, found.end(), is_address=True)
            elif before.isdigit() and after != b":":
                if low[at - 4 : at].isdigit() and (found := _BIBCODE.match(low, end)):
                    yield at - 4, found.end()
            elif found := _LABEL_ID.match(low, end):
                is_path = after == b"/" and before in {b"/", b"\\", b".", b"~"}
                if (
                    after in {b":", b"-"}
                    or not (is_path or in_address(view, at))
                    or low[at - len(_DOI) : at] == _DOI
                ):
                    yield from _extend_to_start(view, low, at, found.end(), is_address=False)


def _find_urls(view: bytes, low: bytes, grammar: _Grammar) -> Iterator[Span]:
    """Yield the spans of URLs, up to the id or key."""
    for host in filter(low.__contains__, grammar.hosts):
        for at in _find_anchor(low, host):
            end = at + len(host)
            found = (
                _ADDRESS_ID.match(low, end)
                or _DBLP_ID.match(low, end)
                or _QUERY_KEY.match(low, end - 1)
                or (_PATH_KEY.match(low, end) if host.endswith(b"/papers/") else None)
            )
            if found is not None:
                yield from _extend_to_start(view, low, at, found.end(), is_address=True)


def _extend_to_start(
    view: bytes, low: bytes, at: int, end: int, *, is_address: bool
) -> Iterator[Span]:
    """Yield the span of the label or URL with an anchor at `at`.

    It is extended to the start of the URL. Nothing is yielded if the anchor is part of a longer word.
    """
    if is_userinfo(view, end):
        return
    if low[at - len(_DOI) : at] == _DOI:
        at -= len(_DOI)
        is_address = low[at - 8 : at] == b"doi.org/"
        yield (find_scheme_start(view, find_host_start(view, at - 1)) if is_address else at), end
    elif is_address and low[at - 1 : at] in {b"-", b"_"}:
        return
    elif (
        is_address
        and low[at - 1 : at] == b"/"
        and (head := _HEAD_OF_ADDRESS.search(low, max(0, at - 120), at))
    ):
        yield head.start(), end
    elif low[at - 1 : at].isdigit() or low[at - 8 : at] == b"preprint" or not is_glued(view, at):
        yield (find_scheme_start(view, find_host_start(view, at)) if is_address else at), end


def _find_old_ids(view: bytes, low: bytes, cue: re.Pattern[bytes]) -> Iterator[Span]:
    """Yield old ids, which need no label."""
    for found in _OLD_AT.finditer(low):
        archive = _ARCHIVE.search(low, max(0, found.start() - 24), found.start())
        if archive is not None and _WORDS_OF_ARCHIVES.issuperset(
            _WORD.findall(archive[0].partition(b".")[0])
        ):
            start = archive.start()
            before = low[start - 1 : start]
            if low[start - 4 : start] == b"abs/":
                yield from _find_entry(low, start, found.end(), cue)
            elif before not in _NEVER_BEFORE_OLD and not in_address(view, start):
                yield start, found.end()


def _add_numbers(
    view: bytes, low: bytes, seeds: list[Span], cue: re.Pattern[bytes]
) -> Iterator[tuple[int, int, bytes]]:
    """Yield the spans, extended by lists after them.

    Bare numbers with a cue are yielded too.
    """
    list_end = 0
    numbers = _find_numbers(low)
    number = next(numbers, None)
    for start, end in (*seeds, (len(low), len(low))):
        while number is not None and number.start() < start:
            if number.start() >= list_end and (found := _find_cues(view, low, *number.span(), cue)):
                word = _WORD_BEFORE.search(low, max(0, found[0][0] - 24), found[0][0])
                list_end = _end_list(low, number.end())
                for first, last in found:
                    is_number = first <= number.start() < last
                    yield (
                        first,
                        max(last, list_end) if is_number else last,
                        word[0] if word else b"",
                    )
            number = next(numbers, None)
        if start >= list_end and start < len(low):
            list_end = _end_list(low, end)
            yield start, list_end, b""


def _find_numbers(low: bytes) -> Iterator[re.Match[bytes]]:
    """Yield the numbers of new ids, with their versions."""
    for dot in _DOT_OF_NUMBER.finditer(low):
        if (found := _NUMBER.match(low, dot.start() - _YEAR_AND_MONTH)) is not None:
            yield found


def _end_list(low: bytes, end: int) -> int:
    found = _LIST.match(low, end)
    return end if found is None else found.end()


def _find_cues(view: bytes, low: bytes, start: int, end: int, cue: re.Pattern[bytes]) -> list[Span]:
    """Return the spans of a bare number and its cue.

    The result is empty if there is no cue.
    """
    if low[start - 4 : start] == b"abs/":
        return _find_entry(low, start, end, cue)
    if (
        _NEVER_BEFORE.search(low, max(0, start - 2), start)
        or _NEVER_AFTER.match(low, end)
        or (low[start - 1 : start] not in _PLAIN_BEFORE and in_address(view, start))
        or _PRICED.match(low, end)
    ):
        return []
    window = low[max(0, start - 240) : start].translate(_DIGITS_TO_LINE_ENDS)
    line = low[start - len(window) + window.rfind(b"\n") + 1 : start]
    if _BLOCKING_WORD.search(line[-64:]):
        return []
    if found := _CATEGORY_AT.match(low, end):
        return [(start, found.end())]
    if found := _LIST_HEAD.search(low, max(0, start - 64), start):
        return [(found.start(), end)]
    if low[start - 1 : start] == b"(" and (at := _find_joint_work(view, low, start)) >= 0:
        return [(at, at + len(_JOINT_WORK)), (start - 1, end)]
    cues = list(cue.finditer(line))
    if not cues:
        return []
    between = line[cues[-1].end() :]
    is_far = len(between.decode("utf-8", "ignore")) > _MAX_CUE_GAP_CHARS
    if is_far or (_ADDRESS_SIGN.search(between) and not _PAPER_PATH.match(between)):
        return []
    word = start - len(line) + cues[-1].start()
    if not any(map(between.count, _LETTERS)) and (
        between.isascii() or len(between) <= _MAX_CUE_GAP_CHARS
    ):
        return [(word, end)]
    return [(word, start - len(between)), (start, end)]


def _find_entry(low: bytes, start: int, end: int, cue: re.Pattern[bytes]) -> list[Span]:
    """Return `abs/NUMBER` with the journal or label around it."""
    first, last = max(0, start - _MAX_GAP_BYTES), end + _MAX_GAP_BYTES
    before = list(cue.finditer(low, first, start - 4))[-1:]
    if before and _BEFORE_ENTRY.fullmatch(low, before[0].end(), start - 4):
        field = _JOURNAL.search(low, max(first, before[0].start() - 24), before[0].start())
        return [(field.start() if field else before[0].start(), end)]
    words = [*before, *list(cue.finditer(low, end, last))[:1]]
    if not words:
        return []
    words += [*list(_JOURNAL.finditer(low, first, start))[-1:]]
    words += [*list(_JOURNAL.finditer(low, end, last))[:1]]
    value = _VALUE.search(low, max(0, start - 24), start - 4)
    return sorted({*(m.span() for m in words), (value.start() if value else start - 4, end)})


def _find_joint_work(view: bytes, low: bytes, start: int) -> int:
    """Return the offset of "joint work", or -1.

    It must be in the same sentence, with a name before the parenthesis.
    """
    at = low.rfind(_JOINT_WORK, max(0, start - _MAX_GAP_BYTES), start)
    if at < 0 or _SENTENCE_END.search(low, at, start):
        return -1
    words = view[at : start - 1].decode("utf-8", "ignore").split()
    initial = words[-1].strip("*_~'\"").lstrip("({[")[:1]
    return at if initial.isalpha() and not initial.islower() else -1
