"""Links whose text also names a paper: link and text become one reference, in any markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from enrich.model import Mention
from enrich.text.patterns import compile_later

_MAX_GAP_BYTES = 400
"""Bytes between a link and its text."""
_MAX_TAG_BYTES = 420
"""Bytes of a tag before the URL in it."""
_REDIRECT = rb"(?:https?://[^\s<>\"'()\[\]]{4,200}[=/_])?"
"""A redirector before the URL of the paper."""
_LINK_SIGNS = frozenset(b"(<>{[]|&")
"""A link and its text are separated by at least one of these, except in MediaWiki's `[URL text]`."""
# Below, U is the link's URL and T its text. *_START matches what precedes U; *_REST matches from the end of
# the paper's id in U to the start of the paper's id in T.
_TEXT_FIRST = compile_later(  # [T](U), T (U), T <U>, `T <U>`_, [T|U]
    rb"(?:[ ]?\[[\w., -]{1,60}\])?"
    rb"(?:[^\[\]()\n]{0,160}\]\(|(?P<bar>\|)|[\]*_`\"']{0,3}[ \t]{0,2}[(<])[ \t<]{0,2}" + _REDIRECT
)
_URL_END = rb"[^\s<>\"'{}\[\]()|]{0,200}"
"""The rest of a URL after the paper's id."""
_INLINE_TAG = (
    rb"<(?:/?(?:b|i|u|tt|em|span|strong|code|small|su[bp]|font|kbd|samp|cite|mark|q|s|nobr|var|abbr|bdi)"
    rb"|wbr|img|svg|br|lb)(?:\s[^<>]{0,200})?/?>"
)
_ANCHOR_REST = compile_later(  # <a href="U" …>T
    rb"(?i)"
    + _URL_END
    + rb"(?:[\"']|&quot;)?(?:\s(?:[^<>&]|&(?!gt;)){0,200})?(?:(?<!/)>|&gt;)(?:"
    + _INLINE_TAG
    + rb"|[^<>]){0,160}"
)
_ANCHOR_START = compile_later(rb"(?i)(?:<|&lt;)a\s[^<>]{0,400}\Z")
_HREF_REST = compile_later(_URL_END + rb"\}\s?\{[^{}]{0,120}(?:\{[^{}]{0,80}){0,3}")  # \href{U}{T}
_HREF_START = compile_later(rb"\\[A-Za-z]{2,12}(?:\[[^\[\]]{0,80}\])?\{\Z")
_ORG_REST = compile_later(_URL_END + rb"\]\[[^\[\]\n]{0,160}")  # [[U][T]]
_SLACK_REST = compile_later(_URL_END + rb"\|[^<>|\n]{0,160}")  # <U|T>
_WIKI_REST = compile_later(_URL_END + rb"(?<![,;])[ \t][^\[\]\n]{0,160}")  # [U T]
_ASCIIDOC_REST = compile_later(_URL_END + rb"\[[^\[\]\n]{0,120}")  # U[T]
_BBCODE_REST = compile_later(_URL_END + rb"[\"']?\][^\[\]\n]{0,160}")  # [url=U]T[/url]
_BBCODE_START = compile_later(rb"(?i)\[(?:url|link)=[\"']?\Z")
_BAR_END = compile_later(_URL_END + rb"(?:\|[^\[\]\n]{0,40})?\]")
_REDIRECT_START = compile_later(rb"https?://[^\s<>\"'()\[\]{}|]{4,200}\Z")
_TARGET_FORMS = frozenset({"url", "doi"})


class MergedLinks(NamedTuple):
    """Mentions with links and their texts merged, and the pairs that name different papers."""

    mentions: Sequence[Mention]
    spans: Sequence[tuple[int, int]]
    """Byte span of each mention, including the text of its link."""
    mismatches: Sequence[tuple[Mention, Mention]]
    """Pairs (text, link)."""


def has_close_mentions(mentions: Sequence[Mention]) -> bool:
    """Return whether two mentions are close enough for one link."""
    end = -_MAX_GAP_BYTES - 1
    for mention in mentions:
        if mention[2] - end <= _MAX_GAP_BYTES:
            return True
        end = mention[3]
    return False


def merge_links(text: bytes, mentions: Sequence[Mention]) -> MergedLinks:
    """Merge each link with its text, if both agree.

    If they name different papers, both are kept. `mentions` are in order and not empty.
    """
    kept = [mentions[0]]
    spans = [(mentions[0].start, mentions[0].end)]
    mismatches = []
    for mention in mentions[1:]:
        last, (begin, end) = kept[-1], spans[-1]
        gap = text[end : mention.start] if mention.start - end <= _MAX_GAP_BYTES else b""
        is_wiki = text[begin - 1 : begin] == b"["
        if (
            mention.paper is None
            or last.paper is None
            or (_LINK_SIGNS.isdisjoint(gap) and not is_wiki)
        ):
            is_link = text_is_first = False
        else:
            text_is_first = mention.form in _TARGET_FORMS and _is_text_first(
                text, last, gap, mention
            )
            is_link = text_is_first or (
                last.form in _TARGET_FORMS and end == last.end and _is_link_first(text, last, gap)
            )
        target, shown = (mention, last) if text_is_first else (last, mention)
        if is_link and target.paper == shown.paper:
            kept[-1] = target._replace(version=target.version or shown.version)
            spans[-1] = begin, mention.end
            continue
        kept.append(mention)
        spans.append((mention.start, mention.end))
        if is_link and _is_contradiction(shown, gap, text_is_first=text_is_first):
            shown = shown._replace(form="link_text")
            kept[-2 if text_is_first else -1] = shown
            mismatches.append((shown, target))
    return MergedLinks(kept, spans, mismatches)


def _is_text_first(text: bytes, shown: Mention, gap: bytes, target: Mention) -> bool:
    """Return whether a gap separates link text from target."""
    match = _TEXT_FIRST.fullmatch(gap)
    if match is None or match["bar"] is None:
        return match is not None
    opened = text.rfind(b"[", max(0, shown.start - 160), shown.start)
    return (
        opened >= 0
        and text.find(b"]", opened, shown.start) < 0
        and _BAR_END.match(text, target.end) is not None
    )


def _is_link_first(text: bytes, target: Mention, gap: bytes) -> bool:
    """Return whether a gap separates target from link text."""
    before = text[max(0, target.start - _MAX_TAG_BYTES) : target.start]
    if _ANCHOR_REST.fullmatch(gap):
        return _ANCHOR_START.search(before) is not None
    redirect = _REDIRECT_START.search(before)
    if redirect is not None:
        before = before[: redirect.start()]
    if before.endswith(b"<"):
        return _SLACK_REST.fullmatch(gap) is not None
    if before.endswith(b"{"):
        return _HREF_REST.fullmatch(gap) is not None and _HREF_START.search(before) is not None
    if before.endswith(b"["):
        return (_ORG_REST.fullmatch(gap) or _WIKI_REST.fullmatch(gap)) is not None
    if before.endswith((b"=", b"='", b'="')) and _BBCODE_START.search(before):
        return _BBCODE_REST.fullmatch(gap) is not None
    return _ASCIIDOC_REST.fullmatch(gap) is not None


def _is_contradiction(shown: Mention, gap: bytes, *, text_is_first: bool) -> bool:
    """Return whether a link's text contradicts its target.

    `URL1 (URL2)` may name two papers on purpose, and so may a link's text that is a list (`A, B`).
    """
    if text_is_first:
        return shown.form not in _TARGET_FORMS or b"](" in gap
    return b" and " not in gap and b", " not in gap
