"""Functions and base classes for dialects: people, places, texts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from enrich.feeds.dialects import Event, TalkFields
from enrich.feeds.protected import protect
from enrich.model import Talk
from enrich.text.html import decode_entities, unescape_quotes
from enrich.text.patterns import compile_later


class CalendarOnly:
    """Base of a dialect without JSON and XML."""

    def knows_document(self, document: Any) -> bool:  # noqa: ARG002 - the protocol's
        """Return False: the producer writes no documents."""
        return False

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:  # noqa: ARG002
        """Return an empty iterator."""
        return iter(())


class DocumentOnly:
    """Base of a dialect without a calendar."""

    def knows(self, prodid: str, event: Event) -> bool:  # noqa: ARG002 - the protocol's
        """Return False: the producer writes no events."""
        return False

    def read(self, event: Event) -> TalkFields:
        """Return only the UID."""
        return TalkFields(event.uid)


TBA = frozenset({"", "tba", "tbd", "abstract: tba", "abstract: tbd", "to be announced"})
"""Placeholders for an abstract, in lower case without a final full stop."""

_ONLY_ADDRESS = compile_later(
    r"\s*<?(?:\w[\w+.-]*://|(?:mailto|tel|sips?|msteams):)\S*\s*", re.ASCII
)
_LOGIN = compile_later(r"(?<=//)[^/?#@]*@")
_ANCHOR = compile_later(r"</?a\b[^<>]*>", re.IGNORECASE)


def text_or_none(text: str | None) -> str | None:
    """Strip line breaks at the end; return None for "TBA"."""
    if not text:
        return None
    if len(text) < 20 and text.strip().rstrip(".").lower() in TBA:
        return None
    return text.rstrip("\r\n") if text.strip() else None


def title_or_none(summary: str | None) -> str | None:
    """Return a SUMMARY as one decoded line.

    Entities are decoded, and backslashes before quotation marks removed.
    """
    return line_or_none(decode_entities(unescape_quotes(summary))) if summary else None


def line_or_none(text: str | None) -> str | None:
    """Return a text as one line, or None if empty."""
    return " ".join(text.split()) or None if text else None


def room_or_none(location: str | None) -> str | None:
    """Return a LOCATION, or None if it is only a URL.

    Meeting credentials are redacted later, line by line.
    """
    return None if not location or _ONLY_ADDRESS.fullmatch(location) else location


def find_web_url(urls: tuple[str, ...]) -> str | None:
    """Return the first http(s) URL, without login data."""
    for url in urls:
        if url[:8].lower().startswith(("https://", "http://")):
            return _LOGIN.sub("", url.strip(), 1) if "@" in url else url.strip()
    return None


def split_people(text: str) -> tuple[str | None, str | None]:
    """Split `NAME (AFFILIATION)` into names and affiliations.

    There may be several names with affiliations.
    Parentheses inside a name are not an affiliation.

    >>> split_people("Ada (Kit) Lovelace (Univ. of X (UX)) and B. Boole (Cork)")
    ('Ada (Kit) Lovelace and B. Boole', 'Univ. of X (UX); Cork')
    >>> split_people("A, B, and C")
    ('A, B, and C', None)
    """
    if "<" in text:
        text = _ANCHOR.sub("", text)
    text = " ".join(text.split())
    if "(" not in text:
        return text or None, None
    if text[-1] == ")" and text.count("(") == 1 and text[0] != "(":  # the most usual form
        name, _, affiliation = text[:-1].partition("(")
        return name.rstrip(), affiliation.strip() or None
    if text[-1] == ")" and text.count("(") == text.count(")") == 1:  # a usual form
        name, _, affiliation = text[:-1].partition("(")
        return (name.rstrip(), affiliation.strip() or None) if name else (text, None)
    names, affiliations = [], []
    depth = start = copied_to = 0
    for at, char in enumerate(text):
        if char == "(":
            if depth == 0:
                start = at
            depth += 1
        elif char == ")" and depth:
            depth -= 1
            after = text[at + 1 : at + 6]
            if depth == 0 and (not after or after.startswith((", ", "; ", " and ", " & "))):
                names.append(text[copied_to:start].rstrip())
                affiliations.append(text[start + 1 : at].strip())
                copied_to = at + 1
    if depth or not names or not names[0]:
        return text or None, None
    kept = [a for a in dict.fromkeys(affiliations) if a]
    return "".join((*names, text[copied_to:])), "; ".join(kept) or None


def may_refer(text: str | None, anchors: tuple[str, ...]) -> bool:
    """Return whether a text may name a paper.

    The check is conservative: text that may name a paper must not be removed.
    """
    return text is not None and bool(protect(text, anchors))
