"""Links whose text names a paper too: Markdown, HTML, LaTeX, and `T (U)`, which HTML becomes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from enrich.model import Mention

_MAX_GAP = 400
"""Bytes between a link and its text."""
_PARENTHESIS, _LESS_THAN, _GREATER_THAN, _BRACE, _BRACKET = b"(<>{["
_TAG = rb"(?:<[^<>]{0,200}>|\s|[*_\"'([{]|&quot;)"
_TEXT_FIRST = re.compile(  # [T](U), T (U), `T <U>`_, where a redirector may stand before U
    rb"(?:[ ]?\[[\w., -]{1,60}\])?[\]*_`\"']{0,3}[ \t]{0,2}[(<][ \t<]{0,2}"
    rb"(?:https?://[^\s<>\"'()\[\]]{4,200}[=/_])?\Z"
)
_LINK_FIRST = re.compile(  # <a href="U">T</a>, \href{U}{T}, [[U][T]]
    rb"[^\s<>\"'{}\[\]]{0,200}(?:[\"']?(?:\s[^<>]{0,200})?>"
    + _TAG
    + rb"{0,8}|\}\s?\{[^{}\w]{0,8}|\]\[[^\]\w]{0,4})\Z"
)


class MergedLinks(NamedTuple):
    """Mentions in which a link and its text are one, and the pairs that name different papers."""

    mentions: Sequence[Mention]
    mismatches: Sequence[tuple[Mention, Mention]]
    """Pairs (text, link)."""


def merge_links(text: bytes, mentions: Sequence[Mention]) -> MergedLinks:
    """Merge each link with its text if both name the same paper.

    If they name different papers, both stay. There is at least one mention, and they are in order.
    """
    kept = [mentions[0]]
    mismatches = []
    for mention in mentions[1:]:
        last = kept[-1]
        if (
            not 0 < mention.start - last.end <= _MAX_GAP
            or mention.paper is None
            or last.paper is None
        ):
            kept.append(mention)
            continue
        gap = text[last.end : mention.start]
        if (
            mention.form in {"url", "doi"}
            and last.form not in {"url", "doi"}
            and (_PARENTHESIS in gap or _LESS_THAN in gap)
            and _TEXT_FIRST.fullmatch(gap)
        ):
            if mention.paper == last.paper:
                versioned = mention.version or last.version is None
                kept[-1] = mention if versioned else mention._replace(version=last.version)
            else:
                kept[-1] = last._replace(form="link_text")
                kept.append(mention)
                mismatches.append((kept[-2], mention))
        elif (
            last.form in {"url", "doi"}
            and (_GREATER_THAN in gap or _BRACE in gap or _BRACKET in gap)
            and _LINK_FIRST.fullmatch(gap)
        ):
            if mention.paper == last.paper:
                kept[-1] = last._replace(version=last.version or mention.version)
            else:
                kept.append(mention._replace(form="link_text"))
                mismatches.append((kept[-1], last))
        else:
            kept.append(mention)
    return MergedLinks(kept, mismatches)
