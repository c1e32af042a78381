r"""Passwords in HTML whose label is in another cell, list item or block. Pure.

`<td>Passcode</td><td>spring</td>` becomes `Passcode spring` in plain text. `join_labels` writes such a pair
as `Passcode: "spring"` in one of the two cells, before the HTML is converted; then redaction finds it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from enrich.feeds.protected import protect
from enrich.feeds.redact_rules import (
    CODE_WORD,
    FOR_WHAT,
    LIKELY_WORD,
    OF_A_MEETING,
    SECRET,
    WHOSE,
    compile_lower,
    make_rules,
)
from enrich.feeds.redact_spelling import fold_letters, spell
from enrich.feeds.redact_words import LANGUAGES, NOT_SECRETS
from enrich.text.html import html_text, is_html, plain_text
from enrich.text.patterns import compile_later

_BOUNDARY = compile_later(
    r"<(?P<close>/?)(?P<name>table|tr|t[dh]|thead|tbody|d[ltd]|li|[uo]l|p|div|h[1-6r]|br|section|center"
    r"|caption|address|blockquote)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
"""Pattern of a tag that ends one stretch of text and begins the next."""
_MARKS = " \t\r\n\u00a0:=*_"
"""Characters around a label."""
_MAX_LABEL_CHARS = 600
"""Longest HTML of a label or a value."""
_MAX_VALUE_CHARS = 60
_MAX_VALUE_WORDS = 4
_NEIGHBOURS = 8
"""Stretches before and after a label that are searched for the other cells of its row."""
_MAX_COLUMN = 300
"""Stretches after a label that are searched for the values of its column."""
_LABEL = rf"{WHOSE}{CODE_WORD}(?:[ ]?\([^()]{{1,40}}\))?{FOR_WHAT}"
_NUMBER_LABEL = r"(?:(?:meeting|webinar|zoom|conference)[ -]?)(?:id|number|no\.?|nr\.?)"
_NUMBER = "Meeting ID"
_MEETING_WORD = compile_later(
    r"meeting|webinar|zoom|webex|teams|\b(?:id|link|url|room|host|day|date|time|phone|dial|join)\b"
)
"""Words in other cells of a table that has a password."""
_VALUE = compile_later(r"[^\s]{1,60}|\d(?:[ -]?\d){2,12}#?")
_NO_VALUE = NOT_SECRETS | frozenset(
    [
        "a",
        "an",
        "and",
        "be",
        "by",
        "from",
        "in",
        "no",
        "none",
        "of",
        "on",
        "per",
        "see",
        "tba",
        "tbd",
        "the",
        "to",
        "upon",
        "via",
        "will",
        "yes",
    ]
)
"""Words of values that announce a password."""


@cache
def _list_other_labels() -> frozenset[str]:
    """Return the labels that count only beside a meeting."""
    return frozenset(
        fold_letters(word) for row in LANGUAGES if row.secret for word in spell(row.secret)
    )


class _Label(NamedTuple):
    """Label of a password or a number."""

    word: str
    """The word as written, in lower case; "id" for a number, "other" for a word of another language."""
    is_likely: bool = False
    """Whether the label is rare in other texts."""


class _Stretch(NamedTuple):
    """Stretch of HTML between two boundaries, and the cell that holds it."""

    start: int
    end: int
    text: str
    row: int
    column: int
    """Number of the cell in its row; -1 outside tables."""
    is_head: bool
    table: int
    label: _Label | None
    """The label, if it is the whole text."""
    is_of_meeting: bool


def plain_text_with_labels(text: str) -> str:
    """Convert a text like `plain_text`, with labels joined to passwords."""
    return plain_text(join_labels(text) if "<" in text and is_html(text) else text)


def html_text_with_labels(text: str) -> str:
    """Convert HTML like `html_text`, with labels joined to passwords."""
    return html_text(join_labels(text))


def join_labels(html: str) -> str:
    """Return HTML with each password beside its label.

    >>> join_labels("<tr><td>Passcode</td><td>spring</td></tr>")
    '<tr><td>Passcode: "spring"</td><td></td></tr>'
    >>> join_labels("<tr><td>Password</td><td>Entropy</td></tr>")
    '<tr><td>Password</td><td>Entropy</td></tr>'
    """
    if not _may_hold_labels(html):
        return html
    stretches = _find_stretches(html)
    found = [at for at, stretch in enumerate(stretches) if stretch.label]
    if not found:
        return html
    has_meeting = next(make_rules().find_meetings(html.lower()), None) is not None
    of_meetings = Counter(one.table for one in stretches if one.is_of_meeting and one.column >= 0)
    edits: dict[int, tuple[int, int, str]] = {}
    for at in found:
        label = stretches[at]
        is_column, values = _find_values(stretches, at)
        for value in values:
            near = label.column >= 0 and of_meetings[label.table] > label.is_of_meeting
            if (word := _choose_label(label, value, has_meeting=has_meeting or near)) is None:
                continue
            shown = value.text if word == _NUMBER else f'"{value.text}"'
            joined = f"{word}: {shown}".replace("&", "&amp;").replace("<", "&lt;")
            if is_column:
                edits[value.start] = (value.start, value.end, joined)
            else:
                edits[label.start] = (label.start, label.end, joined)
                edits[value.start] = (value.start, value.end, "")
    pieces = []
    copied_to = 0
    for start, end, new in sorted(edits.values()):
        pieces += [html[copied_to:start], new]
        copied_to = end
    return "".join([*pieces, html[copied_to:]])


def _may_hold_labels(html: str) -> bool:
    """Return whether HTML holds a block and a word for a password."""
    if "<" not in html or _BOUNDARY.search(html) is None:
        return False
    lower = fold_letters(html)
    words = map(lower.__contains__, SECRET.words)
    return any(words) or make_rules().is_suspect(lower.encode("utf-8", "replace"))


def _find_stretches(html: str) -> list[_Stretch]:
    """Return the stretches of text between boundaries, without empty ones."""
    found: list[_Stretch] = []
    at = row = table = 0
    column = -1
    is_head = False
    for tag in _BOUNDARY.finditer(html):
        _add_stretch(found, html, at, tag.start(), (row, column, is_head, table))
        at = tag.end()
        name, closes = tag["name"].lower(), bool(tag["close"])
        if name == "table":
            table, row, column, is_head = table + 1, row + 1, -1, False
        elif name == "tr":
            row, column = row + 1, -1
        elif name in {"td", "th"} and not closes:
            column, is_head = column + 1, name == "th"
    _add_stretch(found, html, at, len(html), (row, column, is_head, table))
    return found


def _add_stretch(
    found: list[_Stretch], html: str, start: int, end: int, cell: tuple[int, int, bool, int]
) -> None:
    raw = html[start:end]
    if not raw or raw.isspace():
        return
    text = " ".join(html_text(raw).split()) if end - start <= _MAX_LABEL_CHARS else raw
    if not text:
        return
    label, is_of_meeting = None, False
    if len(text) <= _MAX_VALUE_CHARS:
        label = _find_label(text)
        is_of_meeting = _MEETING_WORD.search(text.lower()) is not None
    found.append(_Stretch(start, end, text, *cell, label, is_of_meeting))


def _find_label(text: str) -> _Label | None:
    """Return the label if a text consists of it alone."""
    lower = fold_letters(text).strip(_MARKS)
    if (found := compile_lower(_LABEL).fullmatch(lower)) is not None:
        is_likely = compile_lower(LIKELY_WORD).match(found["word"]) is not None
        return _Label(found["word"], is_likely or found["whose"] in OF_A_MEETING)
    if lower in _list_other_labels():
        return _Label("other", is_likely=False)
    return _Label("id") if compile_lower(_NUMBER_LABEL).fullmatch(lower) is not None else None


def _find_values(stretches: Sequence[_Stretch], at: int) -> tuple[bool, list[_Stretch]]:
    """Return whether a label heads a column, and its values."""
    label = stretches[at]
    after = stretches[at + 1 : at + 1 + _NEIGHBOURS]
    if not after or label.column < 0:
        return False, [value for value in after[:1] if value.column < 0]
    if after[0].row == label.row and after[0].column == label.column:  # the cell holds both
        return False, [after[0]]
    around = (*stretches[max(at - _NEIGHBOURS, 0) : at], *after)
    beside = [one for one in around if one.row == label.row and one.column != label.column]
    if not beside:  # the only cell of its row
        is_single = len({one.row for one in after[:2]}) == len(after[:2])
        return False, [one for one in after[:1] if is_single and one.table == label.table]
    is_head = label.is_head and all(one.is_head for one in beside)
    if not is_head and not any(one.label for one in beside):
        return False, [one for one in beside if one.column > label.column][:1]
    if not any(one.is_of_meeting or one.label for one in beside) and not (
        label.label and label.label.is_likely
    ):
        return False, []
    return True, list(_find_values_below(stretches, at))


def _find_values_below(stretches: Sequence[_Stretch], at: int) -> Iterator[_Stretch]:
    """Yield the stretches below a label in its table, up to the next label."""
    label = stretches[at]
    for number in range(at + 1, min(at + 1 + _MAX_COLUMN, len(stretches))):
        one = stretches[number]
        if one.table != label.table:
            return
        if one.row != label.row and one.column == label.column:
            if one.label is not None:
                return
            yield one


def _choose_label(label: _Stretch, stretch: _Stretch, *, has_meeting: bool) -> str | None:
    """Return the label to write before a value; None if it is not a secret."""
    found, value = label.label, stretch.text
    if found is None or stretch.label is not None or len(value) > _MAX_VALUE_CHARS:
        return None
    if '"' in value or "://" in value or protect(value):
        return None
    words = value.lower().rstrip(".!").split()
    is_one = _VALUE.fullmatch(value) is not None
    digits = sum(c.isdigit() for c in value)
    if found.word == "id":
        return _NUMBER if is_one and digits >= 6 else None
    shown = label.text.strip(_MARKS) if found.is_likely else "Passcode"
    if found.word == "pin":
        return shown if is_one and digits >= 4 else None
    if found.word == "other" and not has_meeting:
        return None
    if is_one and digits:
        return shown
    is_secret = found.is_likely or has_meeting
    is_promised = len(words) > _MAX_VALUE_WORDS or not _NO_VALUE.isdisjoint(words)
    return shown if is_secret and not is_promised else None
