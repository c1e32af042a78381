r"""Reference lists of a text: lists under headings, `\bibitem`s, BibTeX and RIS entries, numbered items.

`raw` is the original text and `plain` the text normalized by `enrich.references.layout`, both as bytes:
in lower case, with each digit as `0` and markup as plain characters. Offsets in `plain` are those in `raw`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from enrich.references.wording import HEADINGS, SECTIONS
from enrich.text.decoding import FOLD
from enrich.text.patterns import compile_later, group_words

Span = tuple[int, int]
"""Start and end of a part of the text, in bytes."""


_MARK = rb"(?:[^\w\s\x80-\xff|]|_|[ \t]|\xe2[\x80-\xbf][\x80-\xbf]|\xf0\x9f[\x80-\xbf][\x80-\xbf]|\xef\xb8\x8f)"
"""A markup character, a blank or a symbol."""
_COMMAND = rb"\\(?:sub){0,2}(?:section|chapter|paragraph|part|textbf|heading)\*?\{"
_ASCII_MARK = rb"[^a-zA-Z0-9\n\r\x0b\x0c|\x80-\xff]"
_LINE_START = (
    rb"\n(?P<mark>(?>(?![ \t]{0,8}\\)"
    + _ASCII_MARK
    + rb"{0,15}+(?![\xe2\xef\xf0])|[ \t]{0,8}"
    + _COMMAND
    + _MARK
    + rb"{0,3}+|"
    + _MARK
    + rb"{0,15}+))(?P<number>"
    rb"(?:(?:0{1,2}(?:\.0{1,2}){0,2}[.)]?|[ivx]{1,4}[.)])[ \t]{1,3})?)"
)
_KEY_BYTES = 4
"""First bytes of a heading by which headings are indexed."""
_MAX_START_BYTES = 80
"""Maximum bytes that `_LINE_START` matches."""
_RIS_KEY = b"ty  "
"""First bytes of the line that begins a RIS entry."""
_REVERSE_SOLIDUS, _AT_SIGN = b"\\@"  # bytes by their Unicode names; the first is the backslash
_HEADING_REST = (
    rb")(?![a-z0-9\x80-\xff])[ \t]?[*_}\]=#-]{0,8}[ \t]?(?:\([^()\n]{0,30}\))?[ \t]{0,3}"
    rb"(?P<colon>:[*_}\]]{0,4}[ \t]{0,80})?[*_}#=.\xe2\x80\x94-]{0,8}[ \t]{0,80}(?P<alone>\r?\n|\Z|\\\\)?"
)


def _index_headings(words: Iterable[str]) -> dict[bytes, set[bytes]]:
    """Return the spellings of headings, by first bytes."""
    keyed: dict[bytes, set[bytes]] = {}
    for word in words:
        for form in (word, word.capitalize(), word.title(), word.upper()):
            spelled = form.encode().translate(FOLD)
            keyed.setdefault(spelled[:_KEY_BYTES], set()).add(spelled)
    return keyed


_HEADINGS = _index_headings(HEADINGS)


@cache
def _compile_headings(key: bytes) -> re.Pattern[bytes]:
    """Return the pattern of the headings that begin with `key`.

    A run needs few of the hundreds of headings; compiling those of all languages takes 100 ms.
    """
    found = sorted(map(re.escape, _HEADINGS[key]), reverse=True)
    return re.compile(b"(?:" + b"|".join(found) + _HEADING_REST)


_HEADING_START = compile_later(_LINE_START + b"(?=" + group_words(_HEADINGS) + b")")
"""The start of a line that may be a heading of references."""
_FIRST_BYTES = frozenset(
    byte for byte in range(128) if not chr(byte).isalnum() and byte not in b"|\n\r"
) | frozenset(b"0\xe2\xf0\xef")
"""First bytes of a line that begins with markup or a number."""
_ROMAN_BYTES = b"ivx"
_ROMAN_NUMBER = compile_later(rb"[ivx]{1,4}(?:[.)]|\Z)")
_LIST_KEYS = frozenset({_RIS_KEY, *_HEADINGS})
_MAX_CHECKED_LINES = 4
"""Lines whose first bytes are checked; a longer text is always searched for lists."""
_PLAIN_LETTERS = b"abcdefghjklmnopqrstuwyz"
"""Letters that do not begin a Roman number."""
_ITEM_BYTES = b" \t>*.[0-"
"""First bytes of a line that may be an item."""
_ITEM_START = compile_later(rb"\n(?:[" + _ITEM_BYTES + b"]|" + _RIS_KEY + b")")
_ENDS = compile_later(  # headings that end a list, all at the start of a line
    rb"\n(?:[ \t]{0,3}#{1,6}[ \t]|={1,6}[ \t]\S|[ \t]{0,8}"
    + _COMMAND
    + rb"|[ \t]{0,8}\\end\{thebib"
    rb"|[ \t]{0,3}(?P<bold>(?:\*\*|__)[^*_\n]{2,40}(?:\*\*[ \t]{0,9}:?|__:?|:\*\*|:__))[ \t]{0,80}(?=\r?\n|\Z|[^\n]{0,2}\w)"
    rb"|(?=[^\n]{2,60}\n(?:={3,80}|-{3,80}|~{3,80}|\^{3,80})[ \t\r]{0,9}(?:\n|\Z))"
    rb"|(?P<blank>[ \t\r]{0,40}\n)(?P<line>[^\n]{2,60}))"
)
_UNDERLINE = compile_later(
    rb"[ \t\r]{0,9}\n?(?:={3,80}|-{3,80}|~{3,80}|\^{3,80})[ \t\r]{0,9}(?=\n|\Z)"
)
_BLANK_LINE = compile_later(rb"\n[ \t\r]{0,80}\n")
_IS_REFERENCE = compile_later(rb"arxiv|/|0000|openreview|@")
_ENTRY = compile_later(rb"@[a-z]{3,20}[ \t]{0,4}[{(][ \t\r\n]{0,8}[^\s{},\"]{1,120}[ \t]{0,4},")
_BRACE = compile_later(rb"[{}]")
_RIS_START = compile_later(rb"(?:\n|\A)[ \t]{0,8}ty  ?- ?[a-z]")
_RIS_END = compile_later(rb"\n[ \t]{0,8}er  ?-")
_BIBITEM = compile_later(rb"\\bib(?:item[\[{ ]|\{[^{}\n]{1,60}\}\{[a-z]{3,20}\}\{)")
_BIBITEM_END = compile_later(rb"\\end\{|\n[ \t]{0,8}\\(?:sub){0,2}section|\n[ \t]{0,3}#{1,6}[ \t]")
_BRACKETED_ITEM = compile_later(
    rb"\n[ \t>*.-]{0,8}\[(?:0{1,3}|[a-z+]{1,10}0{1,4}[a-z]?)\](?!\()(?P<text>[^\n])"
)
_DOTTED_ITEM = compile_later(rb"\n[ \t>*-]{0,8}0{1,3}[.)][ \t]{1,4}(?P<text>[^\n])")
_BULLETS = frozenset({b"*", b"-", b"+"})
_BULLET_LINES = {
    mark: compile_later(rb"\n[ \t]{0,3}" + re.escape(mark) + rb" ([^\n]{2,40})(?=\n|\Z)")
    for mark in _BULLETS
}
"""Lines with a bullet, by the bullet.

Under `* References` its papers and the next heading can be list items too: `* Contact` ends the list.
"""
_MAX_HEADING_WORDS = 4
"""Words of a heading without markup."""
_MAX_CASELESS_HEADING_CHARS = 12
"""Characters of such a heading in a script without letter case, such as Han."""
_MAX_ITEM_BYTES = 400
"""Maximum distance from the start of an item to a reference in it."""


def find_reference_lists(raw: bytes, plain: bytes, last_start: int) -> tuple[list[Span], bool]:
    """Return the reference lists, in order.

    Lists that begin after `last_start`, the start of the last reference, do not matter and may be
    missing. Also return whether a line before `last_start` may begin a list item or a RIS entry.
    """
    spans, may_have_items = _find_under_headings(raw, plain, last_start)
    if _REVERSE_SOLIDUS in plain and b"\\bib" in plain:
        spans += _find_bibitems(plain)
    if _AT_SIGN in plain:
        spans += _find_entries(plain)
    if may_have_items and b"ty  -" in plain:
        spans += _find_ris(plain)
    if len(spans) > 1:
        spans.sort()
    return spans, may_have_items


class _Heading(NamedTuple):
    """A heading of a reference list."""

    start: int
    """Offset of the line feed before it; -1 at the start of the text."""
    mark: bytes
    is_numbered: bool
    is_alone: bool
    """True if nothing follows on its line."""
    end: int


def _find_under_headings(raw: bytes, plain: bytes, last_start: int) -> tuple[list[Span], bool]:
    """Return the spans under headings of references.

    Also return whether a line before `last_start` may begin a list item or a RIS entry.
    """
    spans: list[Span] = []
    searched_to = 0
    may_have_items = plain[0] in _ITEM_BYTES or plain.startswith(_RIS_KEY)
    heading = _match_first_line(plain)
    if heading is None:
        searched_to = plain.find(b"\n", 0, last_start)
        if searched_to < 0:
            return spans, may_have_items
        heading = _search_heading(plain, searched_to, last_start)
    while heading is not None:
        may_have_items = may_have_items or _has_item_start(plain, searched_to, heading.start + 2)
        searched_to = _find_list_end(raw, plain, heading)
        spans.append((heading.end, searched_to))
        heading = _search_heading(plain, searched_to, last_start)
    return spans, may_have_items or _has_item_start(plain, searched_to, last_start + 1)


def _has_item_start(plain: bytes, at: int, end: int) -> bool:
    return _ITEM_START.search(plain, at, end) is not None


def may_have_lists(plain: bytes, last_start: int) -> bool:
    """Return whether a list may begin before the last reference.

    `last_start` is the start of that reference. This is a cheap check: for a few lines, comparing first
    bytes is faster than patterns.
    """
    if (
        plain[0] in _FIRST_BYTES
        or plain[:_KEY_BYTES] in _LIST_KEYS
        or (plain[0] in _ROMAN_BYTES and _ROMAN_NUMBER.match(plain))
        or _AT_SIGN in plain
        or _REVERSE_SOLIDUS in plain
    ):
        return True
    at = plain.find(b"\n", 0, last_start)
    for _ in range(_MAX_CHECKED_LINES):
        if at < 0:
            return False
        key = plain[at + 1 : at + 1 + _KEY_BYTES]
        if (
            key[0] in _FIRST_BYTES
            or key in _LIST_KEYS
            or (key[0] in _ROMAN_BYTES and _ROMAN_NUMBER.match(key))
        ):
            return True
        at = plain.find(b"\n", at + 1, last_start)
    return True


def _match_first_line(plain: bytes) -> _Heading | None:
    """Match a heading of references at the start of a text."""
    if plain[0] in _PLAIN_LETTERS and plain[:_KEY_BYTES] not in _HEADINGS:
        return None
    start = _HEADING_START.match(b"\n" + plain[:_MAX_START_BYTES])
    return None if start is None else _match_heading(plain, start, -1)


def _search_heading(plain: bytes, at: int, end: int) -> _Heading | None:
    """Return the next heading of references that begins before `end`."""
    for start in _HEADING_START.finditer(plain, at, end + _MAX_START_BYTES):
        if start.start() >= end:
            break
        heading = _match_heading(plain, start)
        if heading is not None:
            return heading
    return None


def _match_heading(plain: bytes, start: re.Match[bytes], shift: int = 0) -> _Heading | None:
    """Match a heading's words after the start of its line."""
    at = start.end() + shift
    rest = _compile_headings(plain[at : at + _KEY_BYTES]).match(plain, at)
    if rest is None or (rest["alone"] is None and rest["colon"] is None):
        return None
    return _Heading(
        start.start() + shift,
        start["mark"].strip(),
        bool(start["number"]),
        rest["alone"] is not None,
        rest.start("alone") if rest["alone"] is not None else rest.end(),
    )


def _find_list_end(raw: bytes, plain: bytes, heading: _Heading) -> int:
    """Return where the list under a heading ends."""
    at = heading.end
    limit = len(plain)
    if not heading.is_alone:  # "References: A; B" ends with its paragraph
        blank = _BLANK_LINE.search(plain, at)
        limit = limit if blank is None else blank.start()
    elif underline := _UNDERLINE.match(plain, at):
        at = underline.end()
    if heading.mark in _BULLETS:  # ends at the next line with this mark but no reference
        for line in _BULLET_LINES[heading.mark].finditer(plain, at, limit):
            if not _IS_REFERENCE.search(line[1]):
                limit = line.start()
                break
    list_end = at
    has_item = False
    while (match := _ENDS.search(plain, at, limit)) is not None:
        has_item = has_item or bool(plain[list_end : match.start()].strip())
        list_end = match.start()
        if match["line"] is None:
            return list_end
        if has_item and _is_section(raw, plain, match.span("line"), numbered=heading.is_numbered):
            return list_end
        at = match.end("blank") - 1
    return limit


def _is_section(raw: bytes, plain: bytes, span: Span, *, numbered: bool) -> bool:
    """Return whether a line is a heading without markup."""
    start, end = span
    shown = _decode_span(raw, start, end)
    if _IS_REFERENCE.search(plain, start, end):
        label, colon, _ = shown.partition(":")
        return bool(colon) and label.strip().lower() in SECTIONS
    if numbered and shown[:1].isdigit():
        shown = shown.lstrip("0123456789.) ")
    label, colon, rest = shown.partition(":")
    if colon and label.strip().lower() in SECTIONS:
        return True
    if plain[end : end + 1] not in {b"", b"\n", b"\r"} or (colon and rest.strip()):
        return False
    shown = label.strip()
    words = shown.split()
    if not words or not all(c.isalpha() or c in " '’-/&" for c in shown):
        return False
    first = shown[0]
    if first.lower() == first.upper():  # a script without cases
        return len(shown) <= _MAX_CASELESS_HEADING_CHARS
    return first.isupper() and len(words) <= _MAX_HEADING_WORDS


def _decode_span(raw: bytes, start: int, end: int) -> str:
    """Decode a span, without white space around it."""
    return raw[start:end].decode("utf-8", "ignore").strip()


def _find_bibitems(plain: bytes) -> Iterator[Span]:
    r"""Yield the span of each `\bibitem`, up to the next.

    The last one ends with its paragraph.
    """
    items = list(_BIBITEM.finditer(plain))
    for place, item in enumerate(items):
        limit = items[place + 1].start() if place + 1 < len(items) else len(plain)
        end = _BIBITEM_END.search(plain, item.end(), limit)
        if end is not None:
            limit = end.start()
        elif place + 1 == len(items) and (blank := _BLANK_LINE.search(plain, item.end())):
            limit = blank.start()
        yield item.start(), limit


def _find_entries(plain: bytes) -> Iterator[Span]:
    """Yield the spans of BibTeX entries.

    Each ends at its closing brace; without one, at a blank line or at the next entry.
    """
    entries = list(_ENTRY.finditer(plain))
    for place, entry in enumerate(entries):
        limit = entries[place + 1].start() if place + 1 < len(entries) else len(plain)
        depth = 0
        end = limit
        for brace in _BRACE.finditer(plain, entry.start(), limit):
            depth += 1 if brace[0] == b"{" else -1
            if depth <= 0:
                end = brace.end()
                break
        else:
            blank = _BLANK_LINE.search(plain, entry.end(), limit)
            end = limit if blank is None else blank.start()
        yield entry.start(), end


def _find_ris(plain: bytes) -> Iterator[Span]:
    """Yield the spans of RIS entries."""
    entries = list(_RIS_START.finditer(plain))
    for place, entry in enumerate(entries):
        limit = entries[place + 1].start() if place + 1 < len(entries) else len(plain)
        end = _RIS_END.search(plain, entry.end(), limit)
        yield entry.start(), limit if end is None else end.start()


def is_in_item(raw: bytes, plain: bytes, start: int, end: int) -> bool:
    """Return whether a reference is in an item, `[1]` or `1.`."""
    window_start = max(0, start - _MAX_ITEM_BYTES)
    window_start = max(window_start, plain.rfind(b"\n\n", window_start, start) + 1)
    window = plain[window_start:start] if window_start else b"\n" + plain[:start]
    shift = window_start or -1
    items = list(_BRACKETED_ITEM.finditer(window))
    if items:
        return _has_words(raw[items[-1].start("text") + shift : start])
    items = list(_DOTTED_ITEM.finditer(window))
    if not items:
        return False
    text = _decode_span(raw, items[-1].start("text") + shift, start)
    return _begins_citation(text) or (
        text.endswith("](") and _AUTHOR_AFTER.match(_decode_span(raw, end, end + 60)) is not None
    )


_LETTERS = compile_later(r"[^\W\d_]{2,}")
_SEE = compile_later(
    r"(?:see|cf|vgl|siehe|voir|ver|véase|vedi|zie|см|patrz|bkz|se|confer|compare)\b", re.IGNORECASE
)
_AUTHOR_AFTER = compile_later(r"\)?[,;]?\s(?:by\s)?(?:[^\W\d_]\.\s?){1,3}[^\W\d_]{2,}")
_INITIALS = r"(?:[^\W\d_]\.[\s~-]{0,2}){1,3}"
_NAME = r"[^\W\d_][\w'’-]+"
_AND = r"(?:,|;|\.|:|\s(?:and|&|und|et|y|e|i|и|og|och|en|ve|et\sal)\b)"
_AUTHORS = compile_later(
    rf"(?:{_INITIALS}(?:(?:van|von|de|den|der|di|da|le|la|el|al)\s){{0,2}}{_NAME}"
    rf"|{_NAME}(?:\s{_NAME})?,?\s{_INITIALS}"
    rf"|{_NAME}(?:\s(?:[^\W\d_]\.|van|von|de|den|der|di|da|le|la)){{0,2}}\s{_NAME}{_AND}"
    rf"|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{{2,8}}\s?[,.，、。:：])"
)
_BEFORE_ID = ('"', ",", ".", ";", ":", "(", "[", "<", "”", "»", "’", "'", "}", "{", "/", "=", "*")


def _has_words(between: bytes) -> bool:
    """Return whether an author or title precedes a reference."""
    text = between.decode("utf-8", "ignore").strip()
    if _SEE.match(text):
        return False
    words = _LETTERS.findall(text)
    return len(words) > 1 or (
        len(words) == 1 and len(text) > 2 and ("," in text or "." in text or "](" in text)
    )


def _begins_citation(text: str) -> bool:
    """Return whether a text is the beginning of a citation.

    Such a text begins with an author and ends with a character that may precede an id.
    """
    text = text.lstrip('*_"“‘ ')
    return (
        (text[:1].lower() == text[:1].upper() or text[:1].isupper())
        and _AUTHORS.match(text) is not None
        and text.endswith(_BEFORE_ID)
    )
