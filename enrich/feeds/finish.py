r"""Last step of reading a talk of any format: tidying, redaction, limits, warnings, status. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from enrich.feeds.cancelled import find_status
from enrich.feeds.dialects import JOINING
from enrich.feeds.protected import ANCHORS, protect
from enrich.feeds.redact import (
    has_credentials,
    is_suspect,
    redact_beside,
    redact_id,
    redact_markup,
    redact_text,
    redact_title,
)
from enrich.feeds.speakers import is_placeholder
from enrich.feeds.warning_messages import add_warning, is_own_message
from enrich.model import Talk, TalkWarning
from enrich.text.tidy import tidy

MAX_TEXT_BYTES = 64_000
"""Maximum size of the further texts of one talk together, in UTF-8."""
_LINES = (
    "title",
    "speaker",
    "speaker_affiliation",
    "series",
    "room",
    "url",
    "slides_link",
    "video_link",
)
"""Fields that hold one line."""
_BESIDE_LINK = " \n,;/|\u2013-"
"""Characters between a room or title and a meeting link on one line."""
_AT_SIGN = ord("@")
_MAX_SHORT_CHARS = 400
"""Texts shorter than this get a cheap check before the search."""
_TITLES = frozenset({"title", "summary"})
"""Texts that hold a title."""
_SHOWN_TEXTS = frozenset({"comments", "paper_link"})
"""Texts that are shown, not only searched."""

Texts = tuple[tuple[str, str], ...]
"""Further texts of a talk (`Talk.texts`): pairs of a field name and its text."""


def finish_talk(
    talk: Talk,
    *,
    keep_private: bool,
    people: Collection[str] = (),
    anchors: tuple[str, ...] = ANCHORS,
    has_meeting: bool = False,
) -> Talk:
    r"""Return the finished talk.

    Its lines are tidy, its credentials redacted, its warnings and status set.

    Args:
        talk: as read by its dialect or from an earlier output.
        keep_private: meeting credentials are not redacted.
        people: mail addresses of the event's people, in lower case; they are redacted too.
        anchors: labels and hosts that mark a paper in a text (`protected.protect`).
        has_meeting: the event has a meeting that is not part of the talk.

    >>> done = finish_talk(Talk(id="1", title=" A \n B", abstract="Join https://zoom.us/j/123\n", room=" "), keep_private=False)
    >>> done.title, done.abstract, done.room, [w.code for w in done.warnings]
    ('A B', None, None, ['private_cut'])
    """
    lines = {name: line for name in _LINES if (line := getattr(talk, name)) is not None}
    texts, abstract, warnings = talk.texts, talk.abstract, talk.warnings
    if texts and not keep_private:
        texts = tuple([text for text in texts if text[0] != JOINING])
        has_meeting = has_meeting or len(texts) < len(talk.texts)
    joined_lines = " ".join(lines.values())
    try:  # lower-casing bytes is ten times as fast as text
        lower = (
            "\n".join([joined_lines, *[text for _, text in texts], abstract or ""]).encode().lower()
        )
    except UnicodeEncodeError:
        talk = _replace_surrogates(talk)
        return finish_talk(
            talk,
            keep_private=keep_private,
            people=people,
            anchors=anchors,
            has_meeting=has_meeting,
        )
    changes: dict[str, Any] = {} if keep_private else _redact_other_values(talk, people, anchors)
    warnings = changes.pop("warnings", warnings)
    is_tidy = "" not in lines.values() and _is_tidy(joined_lines)
    if not keep_private and (has_meeting or (people and _AT_SIGN in lower) or is_suspect(lower)):
        redacted = {name: _redact_line(line, people, anchors) for name, line in lines.items()}
        clean = tuple([(field, _redact(text, people, anchors)) for field, text in texts])
        before = abstract
        abstract = None if abstract is None else _redact(abstract, people, anchors)
        if has_meeting or (
            (clean, redacted, abstract) != (texts, lines, before)
            and _holds_credentials([*lines.values(), *[t for _, t in texts], before or ""], people)
        ):
            redacted = {name: _redact_beside(name, t, anchors) for name, t in redacted.items()}
            clean = tuple([(field, _redact_beside(field, t, anchors)) for field, t in clean])
            abstract = None if abstract is None else redact_beside(abstract, anchors)
        if (redacted, abstract) != (lines, before) or any(
            new != old and _is_visible(old, before, anchors)
            for new, old in zip(clean, texts, strict=True)
        ):
            warnings = add_warning(warnings, "private_cut")
            is_tidy = False
        lines, texts = redacted, clean
    if not is_tidy:
        changes.update((name, tidy(line) or None) for name, line in lines.items())
    if abstract is not None:
        abstract = None if abstract.isspace() else abstract.rstrip("\r\n") or None
    texts = tuple([text for text in texts if text[1] and not text[1].isspace()])
    if len(lower) > MAX_TEXT_BYTES and (shorter := _limit_texts(texts)) != texts:
        texts, warnings = shorter, add_warning(warnings, "texts_truncated")
    if _is_floating(talk.start_time) or _is_floating(talk.end_time):
        warnings = add_warning(warnings, "floating_time")
    speaker = changes.get("speaker", lines.get("speaker"))
    if speaker is not None and is_placeholder(speaker):
        changes["speaker"] = None
    title = changes.get("title", talk.title)
    if talk.status is None and (status := find_status(title, abstract, lower)) is not None:
        changes["status"] = status
    if abstract != talk.abstract or texts != talk.texts or warnings != talk.warnings:
        changes.update(abstract=abstract, texts=texts, warnings=warnings)
    return replace(talk, **changes) if changes else talk


def _holds_credentials(values: Iterable[str], people: Collection[str]) -> bool:
    """Return whether redacted values hold more than mail addresses."""
    return not people or any(map(has_credentials, values))


def _redact_other_values(
    talk: Talk, people: Collection[str], anchors: tuple[str, ...]
) -> dict[str, Any]:
    """Return the redacted id, recurrence and warnings, if changed."""
    changes: dict[str, Any] = {}
    if ":" in talk.id and (clean := redact_id(talk.id, anchors)) != talk.id:
        changes["id"] = clean
    if talk.recurrence and (clean := _redact(talk.recurrence, people, anchors)) != talk.recurrence:
        changes["recurrence"] = clean.strip() or None
    if not all(map(is_own_message, talk.warnings)):
        changes["warnings"] = redact_warnings(talk.warnings, people, anchors)
    return changes


def redact_warnings(
    warnings: Iterable[TalkWarning],
    people: Collection[str] = (),
    anchors: tuple[str, ...] = ANCHORS,
) -> tuple[TalkWarning, ...]:
    """Return warnings whose messages hold no credentials."""
    return tuple([replace(w, message=_redact(w.message, people, anchors)) for w in warnings])


def _redact(text: str, people: Collection[str], anchors: tuple[str, ...]) -> str:
    """Return a text redacted.

    A short text is first checked for signs of credentials, which is faster.
    """
    if len(text) < _MAX_SHORT_CHARS:
        lower = text.encode().lower()
        if not ((people and _AT_SIGN in lower) or is_suspect(lower)):
            return text
    clean = redact_text(text, people, anchors)
    if ("&" in text and ";" in text) or "</" in text:  # markup may separate a label from its secret
        return redact_markup(text, clean, people, anchors)
    return clean


def _redact_beside(field: str, text: str, anchors: tuple[str, ...]) -> str:
    """Redact passwords in a field of a talk that has a meeting."""
    return (redact_title if field in _TITLES else redact_beside)(text, anchors)


def _redact_line(line: str, people: Collection[str], anchors: tuple[str, ...]) -> str:
    redacted = _redact(line, people, anchors)
    return line if redacted == line else redacted.strip(_BESIDE_LINK)


def _is_visible(text: tuple[str, str], abstract: str | None, anchors: tuple[str, ...]) -> bool:
    """Return whether a text may be shown to people.

    Such a text is a shown field, or holds a reference.
    """
    field, value = text
    if field in _SHOWN_TEXTS or (field == "x_alt_desc" and not abstract):
        return True
    return bool(protect(value, anchors))


def _is_tidy(joined: str) -> bool:
    """Return whether `tidy` would change none of the joined lines."""
    return joined.isprintable() and "  " not in joined and joined.strip(" ") == joined


def _limit_texts(texts: Texts) -> Texts:
    """Return the texts up to their limit.

    A text that exceeds the limit is truncated at a blank.
    """
    kept: list[tuple[str, str]] = []
    left = MAX_TEXT_BYTES
    for field, text in texts:
        data = text.encode()
        if len(data) > left:
            head = data[:left].decode("utf-8", "ignore")
            head = head[: max(map(head.rfind, " \n"), default=0) + 1].rstrip()
            return (*kept, (field, head)) if head else tuple(kept)
        left -= len(data)
        kept.append((field, text))
    return tuple(kept)


def _is_floating(time: datetime | date | None) -> bool:
    return type(time) is datetime and time.tzinfo is None


def _replace_surrogates(talk: Talk) -> Talk:
    """Return the talk without lone surrogates.

    JSON can hold lone surrogates, but UTF-8 cannot.
    """
    names = ("id", "abstract", *_LINES)
    changed: dict[str, Any] = {name: _drop_lone_surrogates(getattr(talk, name)) for name in names}
    texts = tuple([(field, _drop_lone_surrogates(text) or "") for field, text in talk.texts])
    return replace(talk, texts=texts, **changed)


def _drop_lone_surrogates(text: str | None) -> str | None:
    if text is None:
        return None
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
