r"""Line breaks inside an id or URL: soft line breaks and calendar folds.

Two lines are joined only if the first does not end with a complete id. A calendar fold is a line break
and one blank (RFC 5545 §3.1) and can occur anywhere. Any other break joins two lines only if both halves
together form a word or a number of the sources' grammars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from enrich.sources.arxiv.ids import ARCHIVES, NEW, OLD
from enrich.sources.openreview.forms import find_split_ids
from enrich.text.patterns import compile_later

_MAX_LINE_BYTES = 160
"""Bytes before a break that are searched for the start of its line."""
_MIN_LINE_BYTES = 2
"""A shorter line cannot be part of a reference; this skips a column of digits cheaply."""

_MAX_FIND_CALLS = 4
"""Line breaks searched with `bytes.find`; then the pattern searches."""
_DOT, _SLASH, _ZERO, _NINE, _PERCENT_SIGN, _LOW_LINE = b"./09%_"
_BLANKS = frozenset({b" ", b"\t"})
_BREAK = rb"[ \t]{0,3}+\r?+\n[ \t]{0,40}+"
_FOLD = rb"\r?\n[ \t]"
_SPLIT_NUMBER = b"|".join(
    [  # a new-style id split after its full stop, one split before it, an old-style id
        *(
            rb"(?<="
            + era
            + rb"[0-9]{2}\.[0-9]{%d})" % digits_before
            + _BREAK
            + rb"(?=[0-9]{%d}(?![0-9]))" % (width - digits_before)
            for era, width in ((rb"(?:0[7-9]|1[0-4])", 4), (rb"(?:1[5-9]|[2-4][0-9])", 5))
            for digits_before in range(width)
        ),
        _BREAK + rb"(?=[0-9]{0,3}\.[0-9]{4,5}(?![0-9]))",
        *(
            rb"(?<=/[0-9]{%d})" % digits_before
            + _BREAK
            + rb"(?=[0-9]{%d}(?![0-9]))" % (7 - digits_before)
            for digits_before in range(1, 7)
        ),
    ]
)


class Break(NamedTuple):
    """Patterns of one kind of break: the text before it, its white space, and the texts after it.

    `following` maps each pattern of the text after it to an example.
    """

    before: bytes
    space: bytes
    following: Mapping[bytes, bytes]


BREAKS = (
    Break(b"(?<=/)", _BREAK, {rb"[a-z0-9]": b"https://arxiv.org/abs/\n2103.01338"}),
    Break(b"(?<=[0-9.])(?=[ \t\r\n])", _SPLIT_NUMBER, {b"": b"arXiv:2103.\n01338"}),
    Break(
        b"(?<=[a-z-])",
        _BREAK,
        {
            rb"[a-z-]{1,12}+[./:?=]": b"https://arx\niv.org/abs/2103.01338",
            rb"/[a-z_-]{2,12}+[/?]": b"https://arxiv.org\n/abs/2103.01338",
            rb":[ ]?(?:[0-9]{4}\.[0-9]|[a-z.-]{2,20}/[0-9]{7})": b"arXiv\n:2103.01338",
            rb"\.(?:org|net|gov|co|com)/": b"https://arxiv\n.org/abs/2103.01338",
            rb"\?(?:id|noteid)=": b"https://openreview.net/forum\n?id=FpKgG31Z_i9",
            rb"/[0-9]{4}\.[0-9]": b"https://arxiv.org/abs\n/2103.01338",
            rb"/[0-9]{7}(?![0-9])": b"hep-th\n/9901001",
            rb"=[a-z0-9_-]": b"https://openreview.net/forum?id\n=FpKgG31Z_i9",
            rb"/[a-z]{2,8}(?:-[a-z]{2,5})?(?:\.[a-z-]{2,9})?/[0-9]{7}": b"https://arxiv.org/abs\n/hep-th/9901001",
            rb"\.[a-z]{2}/[0-9]{7}": b"math\n.AG/0601001",
            rb"\.[0-9]{4}\.[0-9]": b"10.48550/arXiv\n.2103.01338",
        },
    ),
    Break(
        rb"(?<=\.)",
        _BREAK,
        {
            rb"(?:org|net|gov|co|com)/": b"https://arxiv.\norg/abs/2103.01338",
            rb"[a-z-]{2,9}/[0-9]{7}": b"math.\nAG/0601001",
        },
    ),
    Break(
        b"(?<=[=?&:])", _FOLD, {rb"[a-z0-9_-]": b"https://openreview.net/forum?id=\n FpKgG31Z_i9"}
    ),
    Break(b"(?<=[a-z])", _FOLD, {rb"(?:rxiv|xiv|iv|v)[: ]": b"ar\n xiv: 2103.01338"}),
)
"""All kinds of breaks; to support another, add a row, or a pattern to a row's `following`."""
_CANDIDATE = compile_later(
    b"(?i)"
    + b"|".join(
        kind.before + b"(?:" + kind.space + b")(?=" + b"|".join(kind.following) + b")"
        for kind in BREAKS
    )
)
_FOLDED = compile_later(rb"\n[ \t]")
_MAY_JOIN = re.compile(
    rb"(?i)\n(?:(?<=[a-z \t\r-]\n)[ \t]{0,40}+(?:[/:.?=]|[a-z-]{1,12}+[./:?=]|(?:rx|x)?i?v )"
    rb"|(?<=\.\n)[ \t]{0,40}+(?:[0-9.]|[a-z-]{2,12}+/)"
    rb"|(?<=[0-9]\n)[ \t]{0,40}+[0-9.]"
    rb"|(?<=/\n)[ \t]{0,40}+[a-z0-9.]"
    rb"|(?<=[=?&:]\n)[ \t][a-z0-9_-]"
    rb"|(?<=[ \t]\n)[ \t]{0,40}[a-z0-9.]|(?<=\r\n)[ \t]{0,40}[a-z0-9_.-])"
)
"""A line break that may split an id or URL (a cheap check of the bytes next to it)."""
_SPLITTABLE_WORDS = (
    frozenset(
        """
    arxiv alphaxiv openreview huggingface scirate emergentmind semanticscholar inspirehep doi corr
    org net com co gov https http www export api abs pdf html format e-print src forum attachment
    revisions references notes challenge login redirect papers paper overview journals noteid id
    name preprint preprints eprint
    """.split()  # noqa: SIM905 - reads as the list it is
    )
    | ARCHIVES
)
"""Words of ids and URLs that a break may split."""

_ARCHIVES = b"|".join(sorted((a.encode() for a in ARCHIVES), reverse=True))
_OPEN = compile_later(  # addresses that cannot end with this slash
    rb"(?i)(?:\bhttps?:/?|\.(?:org|net|co|com|gov|edu|ai|cn)|\b(?:abs|pdf|html|format|e-print|src|ps|papers?)"
    rb"|\barxiv|\bmain|\boverview|\b10\.48550)/\Z"
)
_HOST = compile_later(
    rb"(?i)(?:\.(?:org|net|co|com|gov|cn)|\b(?:arxiv|openreview|huggingface|lanl)"
    rb"|\b(?:forum|pdf|attachment|revisions|notes|abs|html|format|e-print|src|papers)"
    rb"|openreview\.net/[a-z/]{3,20}\?(?:note)?id"
    rb"|(?<![a-z0-9.-])(?:" + _ARCHIVES + rb")(?:\.[a-z-]{2,9})?"
    rb"|\b10\.48550/arxiv)\Z"
)
_HOST_LABEL = compile_later(
    rb"(?i)(?:arxiv|ar5iv|openreview|huggingface|hf|lanl|scirate|doi|(?<![a-z0-9.-])(?:"
    + _ARCHIVES
    + rb"))\.\Z"
)
_SOURCE_URL = compile_later(rb"(?i)(?:arxiv|openreview)[^\s<>\"']{0,120}\Z")
_NEW_HEAD = compile_later(
    rb"(?i)(?:(?:(?<![0-9.])|(?<=arxiv\.))([0-9]{4}\.[0-9]{0,4})|(?:[:/=({\[ \"'>~\x80-\xff]|arxiv\.)([0-9]{1,4}))\Z"
)
_OLD_HEAD = compile_later(
    rb"(?i)(?<![a-z0-9.-])([a-z]{2,8}(?:-[a-z]{2,5})?(?:\.[a-z-]{2,9})?/[0-9]{0,6})\Z"
)
_DIGITS = compile_later(rb"[0-9.]{1,9}")
_MAX_HOST_BYTES, _MAX_WORD_BYTES = 64, 12
"""Bytes before a break in which these patterns are searched."""
_LETTERS_BEFORE = compile_later(rb"(?i)[a-z-]{1,12}\Z")
_LETTERS = compile_later(rb"(?i)[a-z-]{1,12}")
_NEW_ID = compile_later(NEW)
_OLD_ID = compile_later(rb"(?i)" + OLD)

_NESTED_URL_SIGNS = (b"0a%", b"-0a__", b"redirect=%")
"""Signs of a URL inside a URL: a scheme encoded by percent or by Proofpoint, or a redirect parameter."""
_ENCODED_START = compile_later(rb"(?i)(?:https?(?:%(?:25){0,3})?|\?)\Z")
_SPLIT_ENCODED = compile_later(
    rb"(?i)[^\s<>\"']{1,110}(\r?\n[ \t])(?=[a-z0-9%.&=_-])(?!arxiv|https?:)"
)
_WHOLE_ID = compile_later(
    rb"(?i)(?:"
    + NEW
    + b"|"
    + OLD.replace(b"/", rb"(?:/|_|%(?:25){0,2}2f)")
    + rb"|id(?:%(?:25){0,2}|-)3d[\w-]{10,20})\Z"
)
_MAX_ID_BYTES = 32
"""Maximum bytes of an id, percent-encoded."""


def find_breaks(raw: bytes, low: bytes) -> list[tuple[int, int]]:
    r"""Return the spans that split an id or address.

    >>> find_breaks(b"arXiv:2103.\n01338", b"arxiv:0000.\n00000")
    [(11, 12)]
    >>> find_breaks(b"arXiv:1203.0133\n8 talks", b"arxiv:0000.0000\n0 talks")
    []
    """
    lines, is_folded = _find_joinable(raw)
    if not lines and not is_folded:
        return []
    found = []
    for at in lines:
        before = raw.rfind(b"\n", at - _MAX_LINE_BYTES if at > _MAX_LINE_BYTES else 0, at)
        match = _match_break(raw, at) if at - before > _MIN_LINE_BYTES else None
        if match is not None:
            start, end = match.span()
            left = raw[max(before + 1, start - _MAX_LINE_BYTES) : start]
            if _is_split(left, raw[end : end + 24]):
                found.append((start, end))
    if not is_folded:
        return found
    splits = {*found, *find_split_ids(raw, low)}
    if _PERCENT_SIGN in raw or _LOW_LINE in raw:
        for sign in _NESTED_URL_SIGNS:
            splits.update(_find_split_urls(raw, low, sign))
    disjoint: list[tuple[int, int]] = []
    for split in sorted(splits):
        if not disjoint or disjoint[-1][1] <= split[0]:
            disjoint.append(split)
    return disjoint


def _find_joinable(raw: bytes) -> tuple[list[int], bool]:
    """Return the line breaks that may split an id.

    Also return whether any line begins with a blank (a fold). The first breaks are found with
    `bytes.find`, which is fastest on long lines; the others with the pattern.
    """
    found: list[int] = []
    is_folded = False
    at = raw.find(b"\n")
    for _ in range(_MAX_FIND_CALLS):
        if at < 0:
            return found, is_folded
        following = raw[at + 1 : at + 2]
        if following == b"\n":  # a blank line separates paragraphs
            at += 1
        else:
            is_folded = is_folded or following in _BLANKS
            if _MAY_JOIN.match(raw, at):
                found.append(at)
        at = raw.find(b"\n", at + 1)
    if at >= 0:
        found += [line.start() for line in _MAY_JOIN.finditer(raw, at)]
        is_folded = is_folded or _FOLDED.search(raw, at) is not None
    return found, is_folded


def _match_break(raw: bytes, at: int) -> re.Match[bytes] | None:
    """Match a break that may split an id or address.

    `at` is the offset of its line feed.
    """
    start = at
    while raw[start - 1] in b" \t\r" and at - start < 4:
        start -= 1
    last = raw[start - 1]
    if last in b"=?&:" and raw[at + 1] not in b" \t":
        return None
    if last == _DOT:
        if _is_column(raw, start, at + 1):
            return None
    elif (
        _ZERO <= last <= _NINE
        and raw.find(b".", start - 6 if start > 6 else 0, at + 7) < 0
        and raw.find(b"/", start - 8 if start > 8 else 0, start) < 0
    ):
        return None  # not a new-style id: it has a full stop between its digits
    return _CANDIDATE.match(raw, start)


def _is_column(raw: bytes, start: int, end: int) -> bool:
    """Return whether too few digits follow a full stop.

    A cheap check that rejects columns of numbers.
    """
    year = raw[max(0, start - 5) : start - 3]
    width = 5 if year > b"14" else 4
    return year.isdigit() and not raw[end : end + width].strip().isdigit()


def _is_split(left: bytes, right: bytes) -> bool:
    """Return whether a break splits one id or address."""
    last, first = left[-1:], right[:1]
    if (last.isdigit() or last in b"./") and (first.isdigit() or first == b"."):
        digits = _DIGITS.match(right)
        if digits is not None and _is_split_number(left, digits[0]):
            return True
        if last.isdigit():
            return False
    if last == b"/":
        return _OPEN.search(left, max(0, len(left) - _MAX_HOST_BYTES)) is not None
    if last in b"=?&:":
        return _SOURCE_URL.search(left) is not None
    if last == b".":
        return _HOST_LABEL.search(left, max(0, len(left) - _MAX_HOST_BYTES)) is not None
    tail = _LETTERS.match(right)
    if tail is None:
        return _HOST.search(left, max(0, len(left) - _MAX_HOST_BYTES)) is not None
    head = _LETTERS_BEFORE.search(left, max(0, len(left) - _MAX_WORD_BYTES))
    return head is not None and (head[0] + tail[0]).decode().lower() in _SPLITTABLE_WORDS


def _is_split_number(left: bytes, digits: bytes) -> bool:
    """Return whether digits complete the id before them."""
    left = left[-_MAX_ID_BYTES:]
    part = left[len(left.rstrip(b"0123456789.")) :].lstrip(b".")
    if _SLASH in left:
        head = _OLD_HEAD.search(left)
        if head is not None and _OLD_ID.match(head[1] + digits):
            return True
    if (_DOT not in part and _DOT not in digits) or not _NEW_HEAD.search(left[-len(part) - 6 :]):
        return False
    whole = _NEW_ID.match(part + digits)
    return whole is not None and whole.end() > len(part) and not _NEW_ID.fullmatch(part)


def _find_split_urls(raw: bytes, low: bytes, sign: bytes) -> Iterator[tuple[int, int]]:
    """Yield the folds within a nested URL."""
    at = low.find(sign)
    while at >= 0:
        if _ENCODED_START.search(raw, at - 12 if at > 12 else 0, at):
            match = _SPLIT_ENCODED.match(raw, at)
            while match is not None:
                end = match.start(1)
                if _WHOLE_ID.search(raw, max(at, end - _MAX_ID_BYTES), end):
                    break
                yield match.span(1)
                at = match.end()
                match = _SPLIT_ENCODED.match(raw, at)
        at = low.find(sign, at + len(sign))
