r"""Redaction of meeting credentials: links, their numbers and passcodes, dial-in lines. Pure.

Only meeting credentials are removed; other digits stay. Text that may belong to a reference (`protected`)
is never redacted. If removing a span would change such text or its context, the span is masked instead.
The words and patterns are in `redact_words`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from enrich.feeds.ical.values import Properties, split_line, text_of
from enrich.feeds.protected import ANCHORS, Mark, Span, protect
from enrich.feeds.redact_cells import join_labels
from enrich.feeds.redact_rules import (
    LIKELY_WORD,
    NUMBER_AFTER_LINK,
    OF_A_MEETING,
    SECRET,
    Rules,
    compile_lower,
    make_rules,
)
from enrich.feeds.redact_spelling import fold_letters
from enrich.feeds.redact_words import FILLER_WORDS, NOT_SECRETS
from enrich.text.content_lines import escape_value
from enrich.text.html import html_text, plain_text
from enrich.text.patterns import compile_later

_PEOPLE = frozenset({"ATTENDEE", "ORGANIZER", "CONTACT", "CONFERENCE", "CALENDAR-ADDRESS"})
_MAIL = compile_later(
    r"(?<![\w.%+-])(?:mailto:)?([\w.%+-]{1,80}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,5})", re.IGNORECASE
)
_REWRITTEN_PROPERTIES = frozenset({"SUMMARY", "DESCRIPTION", "COMMENT", "LOCATION", "X-ALT-DESC"})
_CONFERENCES = frozenset({"CONFERENCE", "X-GOOGLE-CONFERENCE"})
_HTML = frozenset({"X-ALT-DESC", "STYLED-DESCRIPTION"})
"""Properties whose text is always HTML."""
_DIGIT = compile_later(r"\d")
_SIGN = compile_later(r"[\d:=\t>\uff1a\u2013\u2014\u2192-]")
"""A digit or a sign after a label; each credential on one line has one."""
_HIDING = compile_later(r"<(?:!--|(?:script|style|title|template)\b)", re.IGNORECASE)
"""Pattern of the start of HTML that is not shown."""
_INVISIBLE = compile_later("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_MAX_ROUNDS = 8
_EMPTIED = compile_later(r"[ ]?[(\[][ ,;:.\0]{0,20}\0[ ,;:.\0]{0,20}[)\]]")
_WORD = compile_later(r"[^\W_]+")
_SEPARATOR_LINE = compile_later(r"[\W_]{8,400}")
_MEETING_LABEL = compile_later(
    r"join|dial|tap|zoom|teams|meet|webex|local number|edit this|options|phone|call|sip"
)
_MASKED = compile_later(r"(?P<kept>https?://)|(?P<digit>\d)|[^\W_]")


def redact_text(
    text: str,
    people: Collection[str] = (),
    anchors: tuple[str, ...] = ANCHORS,
    rules: Rules | None = None,
) -> str:
    r"""Return a text without meeting credentials and the addresses of people.

    Args:
        text: any text; a text without credentials is returned unchanged.
        people: mail addresses of the event's people, in lower case.
        anchors: labels and hosts that mark a paper in a text (`protected.protect`).
        rules: rules of redaction; None means those of `redact_words`.

    >>> redact_text("Join Zoom Meeting\nhttps://uni.zoom.us/j/123?pwd=abc\nPasscode: 314\n\nBased on 2103.01338")
    'Based on 2103.01338'
    >>> redact_text("We meet in room 314 (https://arxiv.org/abs/2103.01338)")
    'We meet in room 314 (https://arxiv.org/abs/2103.01338)'
    """
    rules = rules or make_rules()
    for _ in range(_MAX_ROUNDS):  # removing one span can bring a label next to another credential
        if not people and not rules.is_suspect(text.lower().encode("utf-8", "replace")):
            break
        redacted = _redact_once(text, people, anchors, rules)
        if redacted == text:
            break
        text = redacted
    return text


def redact_title(text: str, anchors: tuple[str, ...] = ANCHORS) -> str:
    """Redact passwords in the title of an event with a meeting.

    Non-English password words count only if the event has a meeting, which may be in another field. In a
    title, the password must hold a digit.

    >>> redact_title("Sur les anneaux (Mdp : 717172)"), redact_title("Clave: an overview")
    ('Sur les anneaux', 'Clave: an overview')
    """
    if _DIGIT.search(text) is None:
        return text
    spans = _subtract_spans(
        _find_beside(text), [(mark.start, mark.end) for mark in protect(text, anchors)]
    )
    return _remove_from_line(text, spans).rstrip(" ,;|\u2013-") if spans else text


def redact_beside(text: str, anchors: tuple[str, ...] = ANCHORS) -> str:
    r"""Redact passwords in a text of an event whose meeting is in another field.

    The password must hold a digit, or fill its line with its label.

    >>> redact_beside("On knots.\nKenncode: 4Xk2"), redact_beside("Kenncode: Euler\nClave: an overview")
    ('On knots.', 'Clave: an overview')
    """
    if "\n" not in text and _SIGN.search(text) is None:
        return text
    return _remove_credentials(text, _find_beside(text, lines=True), anchors)


def _find_beside(text: str, *, lines: bool = False) -> list[Span]:
    """Return the spans of passwords that hold a digit.

    With `lines`, also of those that fill their line.
    """
    lower = fold_letters(text)
    rules = make_rules().beside if lines else make_rules().beside[-2:]  # those of other languages
    spans = [
        span
        for rule in rules
        for span in rule.find(lower)
        if _has_digit(lower, span) or (lines and _fills_line(lower, span))
    ]
    if lines:
        for secret in SECRET.search(lower):
            span = secret.start(), secret.end("value")
            is_marked = secret["sign"] is not None or _has_digit(lower, secret.span("value"))
            if is_marked and _fills_line(lower, span):
                spans.append(span)
    return _merge_spans(spans)


def _has_digit(text: str, span: Span) -> bool:
    return any(c.isdigit() for c in text[slice(*span)])


def _fills_line(text: str, span: Span) -> bool:
    """Return whether a line has no letters and digits outside a span."""
    before = text[text.rfind("\n", 0, span[0]) + 1 : span[0]]
    end = text.find("\n", span[1])
    after = text[span[1] : end if end >= 0 else len(text)]
    return not any(c.isalnum() for c in before + after)


def redact_id(text: str, anchors: tuple[str, ...] = ANCHORS) -> str:
    """Replace an event's id that holds credentials.

    The replacement is a hash of the id, so it stays unique.

    >>> redact_id("81234@example.org"), redact_id("https://zoom.us/j/8123?pwd=abc")
    ('81234@example.org', 'redacted-c65c847a5bd2828f')
    """
    if redact_text(text, (), anchors) == text:
        return text
    import hashlib

    return "redacted-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def _redact_once(text: str, people: Collection[str], anchors: tuple[str, ...], rules: Rules) -> str:
    """Return a text after one round of redaction."""
    spans = _find_credentials(text, rules)
    if people and "@" in text:
        found = [m.span() for m in _MAIL.finditer(text) if m[1].lower() in people]
        spans = _merge_spans(spans + found)
    return _remove_credentials(text, spans, anchors)


def _remove_credentials(text: str, spans: list[Span], anchors: tuple[str, ...]) -> str:
    """Return a text without the spans; protected text and its context stay."""
    if not spans:
        return text
    marks = protect(text, anchors)
    if marks:
        spans = _subtract_spans(spans, [(mark.start, mark.end) for mark in marks])
    protected = _list_protected(text, marks)
    for shorter in (_remove_lines(text, spans), _remove_spans(text, spans)):
        if _list_protected(shorter, protect(shorter, anchors)) == protected:
            return shorter
    return _mask_spans(text, spans)


def _list_protected(text: str, marks: Sequence[Mark]) -> list[tuple[str, bytes]]:
    """Return the text and context of each protected span."""
    return [(text[mark.start : mark.end], mark.context) for mark in marks]


def people_of(properties: Properties) -> Collection[str]:
    """Return the mail addresses of an event's people, in lower case."""
    if _PEOPLE.isdisjoint(properties.first):
        return ()
    values = (value for name in _PEOPLE for value in properties.texts(name))
    return frozenset(m[1].lower() for value in values for m in _MAIL.finditer(value))


def redact_lines(
    lines: Iterable[str], people: Collection[str] = (), anchors: tuple[str, ...] = ANCHORS
) -> list[str]:
    """Return a component's logical lines without people and credentials."""
    kept = []
    has_meeting = False
    for line in lines:
        split = split_line(line)
        if split is None:
            # continues a text whose line breaks were not escaped
            kept.append(redact_text(line, people, anchors))
            continue
        name, parameters, value = split
        if name in _PEOPLE:
            has_meeting = has_meeting or name == "CONFERENCE"
            continue
        if parameters and _has_credentials(parameters, people, anchors):
            if "ENCODING" in parameters:
                continue
            line, parameters = f"{name}:{value}", {}  # noqa: PLW2901
            has_meeting = True
        text = text_of(value, parameters)
        clean = redact_text(text, people, anchors)
        if "<" in text or "&" in text:
            is_html = _is_html_value(name, parameters)
            clean = redact_markup(text, clean, people, anchors, is_html=is_html)
        if clean == text:
            kept.append(line)
        else:
            has_meeting = True
            if name == "UID" and (new_id := redact_id(text, anchors)) != text:
                kept.append("UID:" + new_id)
            if name in _REWRITTEN_PROPERTIES and "ENCODING" not in parameters:
                kept.append(line[: len(line) - len(value)] + escape_value(clean))
    return [_redact_line_beside(line, anchors) for line in kept] if has_meeting else kept


def _has_credentials(
    parameters: Mapping[str, str], people: Collection[str], anchors: tuple[str, ...]
) -> bool:
    """Return whether parameters of a line hold credentials."""
    return any(
        redact_text(value, people, anchors) != value for value in parameters.values() if value
    )


def redact_markup(
    text: str,
    clean: str,
    people: Collection[str] = (),
    anchors: tuple[str, ...] = ANCHORS,
    *,
    is_html: bool = False,
) -> str:
    """Redact a value with tags or entities.

    Markup may separate a label from its secret, so the text that the value shows is redacted too.

    Args:
        text: the value, unescaped.
        clean: the value after `redact_text`.
        people: mail addresses of the event's people, in lower case.
        anchors: labels and hosts that mark a paper in a text (`protected.protect`).
        is_html: the value stays HTML; otherwise, if its markup hid credentials, it becomes plain text.
    """
    show = html_text if is_html else plain_text
    shown = show(text)
    joined = join_labels(text)
    redacted = redact_text(shown if joined == text else show(joined), people, anchors)
    if redacted == shown:
        return clean
    if _HIDING.search(text) is None and show(clean).split() == redacted.split():
        return clean
    return _write_shown(redacted, is_html=is_html)


def _is_html_value(name: str, parameters: Mapping[str, str]) -> bool:
    """Return whether the text of a property is HTML."""
    return name in _HTML or parameters.get("FMTTYPE", "").lower() == "text/html"


def _write_shown(text: str, *, is_html: bool) -> str:
    """Return a shown text as a value, escaped if it is HTML."""
    text = text.strip(" \t\r\n")
    import html

    return html.escape(text, quote=False).replace("\n", "<br>") if is_html else text


def _redact_line_beside(line: str, anchors: tuple[str, ...]) -> str:
    """Return a line of an event with a meeting, without its passwords."""
    if (split := split_line(line)) is None or split[0] not in _REWRITTEN_PROPERTIES:
        return line
    name, parameters, value = split
    text = text_of(value, parameters)
    if name == "SUMMARY":
        clean = redact_title(text, anchors)
    else:
        clean = redact_beside(text, anchors)
        if "<" in text or "&" in text:
            is_html = _is_html_value(name, parameters)
            shown = html_text(text) if is_html else plain_text(text)
            redacted = redact_beside(shown, anchors)
            if redacted != shown:
                clean = _write_shown(redacted, is_html=is_html)
    if clean == text or "ENCODING" in parameters:
        return line
    return line[: len(line) - len(value)] + escape_value(clean)


def has_conference(properties: Properties) -> bool:
    """Return whether an event states a meeting in a property of its own."""
    return not _CONFERENCES.isdisjoint(properties.first) or any(
        name[:2] == "X-" and "//" in value and name not in _HTML and has_credentials(value)
        for name, value in properties.first.items()
    )


def has_credentials(text: str) -> bool:
    """Return whether a text holds meeting credentials."""
    return is_suspect(text.lower().encode()) and bool(_find_credentials(text, make_rules()))


def is_suspect(lower: bytes) -> bool:
    """Return whether a text may hold credentials.

    `lower` is the text in lower case, as UTF-8.
    """
    return make_rules().is_suspect(lower)


def _find_credentials(text: str, rules: Rules) -> list[Span]:
    """Return the spans of meeting credentials, in order.

    They do not overlap. A text with invisible characters is searched with them and without.
    """
    spans = _find_visible(text, rules)
    if text.isascii() or _INVISIBLE.search(text) is None:
        return spans
    places = [at for at, letter in enumerate(text) if _INVISIBLE.match(letter) is None]
    found = _find_visible(_INVISIBLE.sub("", text), rules)
    return _merge_spans([*spans, *((places[start], places[end - 1] + 1) for start, end in found)])


def _find_visible(text: str, rules: Rules) -> list[Span]:
    """Return the spans of credentials in an unchanged text."""
    lower = fold_letters(text)
    links = [*rules.find_meetings(lower)]
    for rule in rules.links:
        links += rule.find(lower)
    spans = []
    for rule in rules.others:
        spans += rule.find(lower)
    for start, end in links:
        tail = compile_lower(NUMBER_AFTER_LINK).match(lower, end)
        spans.append(
            (start, tail.end() if tail else start + len(lower[start:end].rstrip(".,;:!?")))
        )
    spans += list(_find_secrets(lower, spans))
    if spans:
        for rule in rules.beside:
            spans += rule.find(lower)
    return _merge_spans(spans)


def _find_secrets(lower: str, others: Sequence[Span]) -> Iterator[Span]:
    """Yield passwords and codes, recognized by their context."""
    ends = {end for _, end in others}
    for secret in SECRET.search(lower):
        value = secret["value"].rstrip(".!?:")
        near = not ends.isdisjoint(range(secret.start() - 3, secret.start() + 1))
        if value and _is_secret(secret, value, has_meeting=bool(others), near=near):
            yield secret.start(), secret.start("value") + len(value)


def _is_secret(found: re.Match[str], value: str, *, has_meeting: bool, near: bool) -> bool:
    """Return whether a match is a secret.

    `has_meeting`: the text holds other credentials; `near`: one of these ends just before the match.
    """
    digits = sum(c.isdigit() for c in value)
    if found["word"] == "pin":
        return digits >= 4 and (has_meeting or found["sign"] is not None)
    has_meeting = has_meeting or found["whose"] in OF_A_MEETING
    likely = has_meeting or compile_lower(LIKELY_WORD).match(found["word"]) is not None
    if found["sign"] is not None or found["dash"] is not None:
        return likely or digits > 0
    if found["verb"] is not None:
        ends = found.string[found.end() : found.end() + 1] in {"", " ", "\n", ",", ";", ")"}
        return (
            digits > 0 or value[0] in "\"'“‘" or (has_meeting and ends and value not in NOT_SECRETS)
        )
    return digits >= (1 if likely else 4) or (near and value not in NOT_SECRETS)


def _merge_spans(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _subtract_spans(spans: Sequence[Span], kept: Sequence[Span]) -> list[Span]:
    """Return spans without the parts that others cover.

    Both are sorted and do not overlap.
    """
    left = []
    at = 0
    for start, end in spans:
        while at < len(kept) and kept[at][1] <= start:
            at += 1
        begin, inner = start, at
        while inner < len(kept) and kept[inner][0] < end:
            if kept[inner][0] > begin:
                left.append((begin, kept[inner][0]))
            begin = max(begin, kept[inner][1])
            inner += 1
        if begin < end:
            left.append((begin, end))
    return left


def _mask_spans(text: str, spans: Sequence[Span]) -> str:
    """Replace letters and digits of spans by `x` and `0`.

    All other characters stay, so no new neighbours appear.
    """
    pieces = []
    at = 0
    for start, end in spans:
        pieces.append(text[at:start])
        pieces.append(_MASKED.sub(_mask_character, text[start:end]))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _mask_character(found: re.Match[str]) -> str:
    return found["kept"] or ("0" if found["digit"] else "x" if found[0].islower() else "X")


def _remove_spans(text: str, spans: Sequence[Span]) -> str:
    """Return the text without the spans."""
    pieces = []
    at = 0
    for start, end in spans:
        pieces.append(text[at:start])
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _remove_lines(text: str, spans: Sequence[Span]) -> str:
    """Remove the spans, and lines with only filler words left."""
    kept: list[str | None] = []  # None: a removed line
    start, next_span = 0, 0
    for line in text.split("\n"):
        end = start + len(line)
        mine = []
        while next_span < len(spans) and spans[next_span][0] <= end:
            mine.append(spans[next_span])
            if spans[next_span][1] > end:
                break
            next_span += 1
        if not mine:
            kept.append(line)
        else:
            rest = _remove_from_line(
                line, [(max(a - start, 0), min(b - start, len(line))) for a, b in mine]
            )
            kept.append(None if _is_filler(rest) else rest)
        start = end + 1
    return _join_kept_lines(kept)


def _remove_from_line(line: str, spans: Sequence[Span]) -> str:
    """Remove spans from a line, and brackets left empty."""
    pieces = []
    at = 0
    for start, end in spans:
        pieces.append(line[at:start])
        at = end
    pieces.append(line[at:])
    if "\0" in line:
        return "".join(pieces)
    rest = _EMPTIED.sub("\0", "\0".join(pieces))
    return (
        rest.replace(" \0 ", " ")
        .replace("\0 ", "\0" if rest[:1] == "\0" else "\0 ")
        .replace("\0", "")
    )


def _join_kept_lines(lines: list[str | None]) -> str:
    """Join lines; drop labels and separators next to removed lines."""
    for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
        beside = False
        for number in order:
            line = lines[number]
            if line is None:
                beside = True
            elif line.strip():
                if beside and (
                    _is_meeting_label(line) or _SEPARATOR_LINE.fullmatch(line) is not None
                ):
                    lines[number] = None
                else:
                    beside = False
    kept: list[str] = []
    gap = False
    for line in lines:
        if line is None:
            gap = True
        elif line.strip() or not gap or (kept and kept[-1].strip()):
            kept.append(line)
            gap = gap and not line.strip()
    return "\n".join(kept)


def _is_meeting_label(line: str) -> bool:
    """Return whether a line is only the label of a meeting."""
    return _MEETING_LABEL.search(line.lower()) is not None and _is_filler(line)


def _is_filler(text: str) -> bool:
    """Return whether a text has only filler words."""
    return all(word.lower() in FILLER_WORDS for word in _WORD.findall(text))
