r"""Conversion of HTML in feeds to text, done once, before offsets are computed. Pure.

A text is HTML if it holds a tag that calendar software writes; a lone `b<c` is mathematics and
stays. Only well-formed tags with HTML names are removed; all other text is kept.
"""

from __future__ import annotations

import re

from enrich.text.patterns import compile_later

_BARE_ATTRIBUTE = (
    r"(?:nowrap|border|download|hidden|disabled|checked|selected|noshade|compact|open|reversed|controls"
    r"|autoplay|loop|muted|async|defer|itemscope|allowfullscreen|required|readonly|multiple)"
)
"""Attributes without a value; with any other word there is no tag (`n <p prime and q>`)."""
_FRAMEWORK_ATTRIBUTE = r"(?:_[a-z0-9_-]{1,40}|[a-z][a-z0-9]{0,20}[_-][a-z0-9_-]{1,40})"
"""Attributes of web frameworks, without a value (`_ngcontent_c1`); prose has no such words."""
_HTML_SIGN = compile_later(
    r"<(?:p|br|div|li)(?=[\s/>])[^<>]{0,2000}>|<a\s[^<>]{0,2000}?\bhref\s{0,4}=|</[a-z]"
    rf"|<[a-z][a-z0-9]{{0,11}}\s[^<>]{{0,400}}?{_BARE_ATTRIBUTE}(?=[\s/>])[^<>]{{0,400}}>|<!\[CDATA\[",
    re.IGNORECASE,
)
_TOKEN = compile_later(
    rf"""<!--(?P<comment>)|(?P<section><!\[CDATA\[|\]\]>|<!\[(?:if|endif)[^<>]{{0,80}}\]?>)
        |<(?P<close>/?)(?P<name>[a-z][a-z0-9]{{0,15}}(?:-[a-z0-9]{{1,20}}){{0,4}}(?::[a-z]{{1,8}})?)
        (?P<attributes>(?:\s+(?:[a-z_][a-z0-9:_.-]{{0,40}}\s{{0,4}}=\s{{0,4}}
            (?:"[^"]{{0,4000}}"|'[^']{{0,4000}}'|[^\s"'<>]{{1,4000}})|(?:{_BARE_ATTRIBUTE}|{_FRAMEWORK_ATTRIBUTE})(?=[\s/>])))*+)
        \s*/?>|<(?:!doctype|\?xml)[^<>]{{0,400}}>""",
    re.IGNORECASE | re.VERBOSE,
)
_CUSTOM_END = compile_later(r"</([a-z][a-z0-9]{0,15}(?:-[a-z0-9]{1,20}){1,4})\s{0,4}>")
_TAG = compile_later(r"<[a-z][^<>]{1,4000}>", re.IGNORECASE)
_QUOTED_PAIR = compile_later(r'(?<![^\s([{>])\\"(?=\S)([^"\\\n]{1,200}?)(?<=\S)\\"(?![^\W_])')
"""Words between quotation marks with backslashes, as ical-generator writes them; TeX's `\\"o` does not match."""
_ENDING = (
    r"&(?:nbsp|[lr]par|[lr]sqb|[lr]brack|quot|apos|[lr]dquo|[lr]squo|[lr]aquo|[lg]t|e[nm]sp|thinsp"
    r"|#160|#x0{0,4}a0|#0{0,4}(?:34|39|40|41|60|62)|#x0{0,4}(?:2[2789]|3[ce]));(?=[\s<>\"(),.;:!?&]|\Z)"
)
"""Entities that end a URL: blanks, brackets and quotation marks."""
_URL_OR_ENTITY = compile_later(
    rf"(https?://(?:(?!{_ENDING})[^\s<>\"]){{1,4000}})|&(?:#\d{{1,7}}|#x[0-9a-f]{{1,6}}|[a-z][a-z0-9]{{1,30}});",
    re.IGNORECASE,
)
_HREF = compile_later(
    r"""\shref\s{0,4}=\s{0,4}(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE
)
_ENTITY = compile_later(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
"""The semicolon is required: `&noteId=` in a URL does not match."""


def _make_tag_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PARAGRAPHS = _make_tag_set(
    "p h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre hr section article header footer"
)
_LINES = _make_tag_set("div li tr dt dd center address figure figcaption caption option")
_CELLS = _make_tag_set("td th")
_HIDDEN = _make_tag_set("script style title template")
_INLINE = _make_tag_set(
    "a abbr acronym b bdi bdo big body cite code data del dfn em font head html i img ins kbd label"
    " link main mark meta nav o:p q s samp small span strike strong sub sup tbody tfoot thead time"
    " tt u var wbr col colgroup input button form"
)
_KNOWN = _PARAGRAPHS | _LINES | _CELLS | _HIDDEN | _INLINE | {"br"}
_NOT_A_PAGE = compile_later(r"(?:mailto|javascript|tel|data|cid|callto|skype):|#|$", re.IGNORECASE)


def is_html(text: str) -> bool:
    """Return whether a text holds a tag.

    Sure signs are `<p>`, `<br>`, `<a href` and any closing tag.

    >>> is_html("one<br>two"), is_html("for a<b and c>d, <https://arxiv.org/abs/2103.01338>")
    (True, False)
    """
    return "<" in text and _HTML_SIGN.search(text) is not None


def unescape_entities(text: str) -> str:
    """Decode all entities of a text, as HTML does.

    The table of entities is imported for the first text that has one.

    >>> unescape_entities("Tom &amp; Jerry")
    'Tom & Jerry'
    """
    if "&" not in text:
        return text
    from html import unescape

    return unescape(text)


def decode_entities(text: str) -> str:
    """Decode the entities of a text without tags, but not inside URLs.

    >>> decode_entities("Tom &amp; Jerry, https://x.org/?a=1&amp;b=2")
    'Tom & Jerry, https://x.org/?a=1&amp;b=2'
    """
    if "&" not in text or ";" not in text:
        return text
    return _URL_OR_ENTITY.sub(lambda m: m[0] if m[1] else unescape_entities(m[0]), text)


def unescape_quotes(text: str) -> str:
    r"""Remove backslashes before quotation marks.

    Only those in tags, and pairs around words, are removed.

    >>> print(unescape_quotes(r'On \"small\" sets of Schr\"odinger'))
    On "small" sets of Schr\"odinger
    """
    if '\\"' not in text:
        return text
    if "<" in text:
        text = _TAG.sub(lambda m: m[0].replace('\\"', '"'), text)
    return _QUOTED_PAIR.sub(r'"\1"', text)


def plain_text(text: str) -> str:
    r"""Convert a text that may be HTML to plain text.

    In a text that is not HTML, only entities are decoded.

    >>> plain_text('<p>See <a href="https://arxiv.org/abs/2103.01338">our paper</a></p>R&amp;D')
    'See our paper (https://arxiv.org/abs/2103.01338)\n\nR&D'
    >>> plain_text("if a<b &amp; c")
    'if a<b & c'
    """
    text = unescape_quotes(text)
    return html_text(text) if is_html(text) else decode_entities(text)


def html_text(text: str) -> str:
    r"""Convert HTML: block tags become line breaks, `<a href=U>T</a>` becomes `T (U)`.

    If text and target are equal, it becomes `U`.

    >>> html_text('a&nbsp;<b>b</b><div>c</div><a href="https://x.org/">https://x.org/</a>')
    'a\xa0b\nc\nhttps://x.org/'
    """
    page = _Page()
    lower = text.lower()
    if len(lower) != len(text):  # a letter has a longer lower case, so offsets would differ
        lower = text
    # a custom tag counts as an element only if it is closed somewhere
    custom = set(_CUSTOM_END.findall(lower))
    missing: set[str] = set()  # marks that do not occur later in the text

    def find_mark(mark: str, at: int) -> int:
        found = -1 if mark in missing else lower.find(mark, at)
        if found < 0:
            missing.add(mark)
        return found

    at = 0
    while (token := _TOKEN.search(text, at)) is not None:
        end = token.end()
        if token["comment"] is not None:
            close = find_mark("-->", end)
            end = close + 3 if close >= 0 else end
            page.add_text(text[at : token.start()])
        elif token["name"] is None:  # a mark of a section, or a document type
            page.add_text(text[at : token.start()])
        elif (name := token["name"].lower()) not in _KNOWN and name not in custom:
            page.add_text(text[at:end])
        else:
            page.add_text(text[at : token.start()])
            if name in _HIDDEN and not token["close"]:
                end = max(end, find_mark(f"</{name}", end))
            else:
                page.add_tag(name, token["attributes"], closes=bool(token["close"]))
        at = end
    page.add_text(text[at:])
    return page.finish()


class _Page:
    """Text under construction, and the line breaks to write before its next word."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._due_breaks = 0
        self._needs_blank = False
        self._href: str | None = None
        self._link_start = 0

    def add_text(self, raw: str) -> None:
        if not raw:
            return
        text = _decode_entities(raw)
        if not text:  # an entity of no character: &#6;
            return
        if self._due_breaks:
            text = text.lstrip(" \t\r\n")
            if not text:
                return
            self._strip_end()
            if self._out:
                self._out.append("\n" * self._due_breaks)
                self._link_start += (
                    self._href is not None and self._link_start == len(self._out) - 1
                )
            self._due_breaks = 0
        elif self._needs_blank and self._out and not text[0].isspace():
            self._out.append(" ")
        self._needs_blank = False
        self._out.append(text)

    def add_tag(self, name: str, attributes: str, *, closes: bool) -> None:
        if name == "a":
            self._end_link()
            if not closes and (found := _HREF.search(attributes)) is not None:
                address = _decode_entities(found[1] or found[2] or found[3] or "")
                self._href, self._link_start = "".join(address.split()), len(self._out)
        elif name == "br":
            self._due_breaks = min(self._due_breaks + 1, 2)
        elif name in _PARAGRAPHS:
            self._due_breaks = 2
        elif name in _LINES:
            self._due_breaks = max(self._due_breaks, 1)
        elif name in _CELLS:
            self._needs_blank = True

    def finish(self) -> str:
        self._end_link()
        return "".join(self._out).strip(" \t\r\n")

    def _end_link(self) -> None:
        if self._href is None:
            return
        address, self._href = self._href, None
        shown = "".join(self._out[self._link_start :])
        if _NOT_A_PAGE.match(address):
            return
        words = shown.strip()
        del self._out[self._link_start :]
        if not words:
            if shown and self._out:
                self._out.append(shown)
            self.add_text(address)
            return
        lead = shown[: len(shown) - len(shown.lstrip())]
        tail = shown[len(shown.rstrip()) :]
        self._out.append(lead + (address if words == address else f"{words} ({address})") + tail)

    def _strip_end(self) -> None:
        floor = self._link_start if self._href is not None else 0
        while len(self._out) > floor:
            last = self._out.pop().rstrip(" \t\r\n")
            if last:
                self._out.append(last)
                return


def _decode_entities(text: str) -> str:
    return _ENTITY.sub(lambda m: unescape_entities(m[0]), text) if "&" in text else text
