"""HTML elements, escaped by construction: a plain string is text, and only `tag` makes markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from enrich.text.terminal import drop_unsafe
from enrich.text.tex import plain
from enrich.text.tidy import tidy

_VOID = frozenset({"input", "meta", "br", "line"})
"""Elements without content; the SVG elements among them end with `/>`."""
_SVG = frozenset({"line"})
_ADDRESS = re.compile(r"(?i)https?://[^\s\"<>]+|#\S*")
_VISIBLE = re.compile(
    r"[^\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_MAX_TEXT_CHARS = 400
"""Characters of a one-line text; a longer one is truncated, but complete in the page's JSON."""


class Html(str):
    """Markup whose texts are escaped."""

    __slots__ = ()


Part = str | None
"""Content of an element: HTML, a text to escape, or None to leave out."""
Attribute = str | int | bool | None
EMPTY = Html()


def escape(text: str) -> Html:
    r"""Escape a text for the content of an element and for an attribute in double quotes.

    >>> escape('a < "b" & \x1b\u202ec')
    'a &lt; &quot;b&quot; &amp; c'
    """
    if isinstance(text, Html):
        return text
    text = drop_unsafe(text).replace("\t", " ")
    for character, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, reference)
    return Html(text)


def tag(name: str, *parts: Part, **attributes: Attribute) -> Html:
    """Make an element of its parts and attributes.

    Strings are escaped, None is left out. Attributes None and False are left out, True has no
    value; `class_` is `class`, `data_n` is `data-n`. An `href` that is neither http(s) nor an anchor is
    left out.

    >>> tag("a", "x < y", href="javascript:alert(1)", class_="b")
    '<a class="b">x &lt; y</a>'
    """
    opening = "<" + name + "".join(_list_attributes(attributes))
    if name in _VOID:
        return Html(opening + ("/>" if name in _SVG else ">"))
    return Html(f"{opening}>{join(parts)}</{name}>")


def _list_attributes(attributes: dict[str, Attribute]) -> Iterator[str]:
    for name, value in attributes.items():
        shown = name.rstrip("_").replace("_", "-")
        if shown == "href":
            value = safe_address(str(value or "")) or None  # noqa: PLW2901
        if value is True:
            yield f" {shown}"
        elif value is not None and value is not False:
            yield f' {shown}="{escape(str(value))}"'


def join(parts: Iterable[Part], separator: str = "") -> Html:
    """Join parts; strings are escaped, None and empty ones are left out."""
    return Html(escape(separator).join([escape(part) for part in parts if part]))


def safe_address(address: str) -> str:
    """Return an address that is safe in a link; empty if neither http(s) nor an anchor.

    >>> safe_address(" https://x.org/a b"), safe_address("data:text/html,x"), safe_address("#papers")
    ('https://x.org/a%20b', '', '#papers')
    """
    address = drop_unsafe(address).strip()
    for character, encoded in ((" ", "%20"), ('"', "%22"), ("<", "%3C"), (">", "%3E")):
        address = address.replace(character, encoded)
    return address if _ADDRESS.fullmatch(address) else ""


def link(label: Part, address: str | None, **attributes: Attribute) -> Html:
    """Make a link; return only the label if the address is not safe."""
    if address and safe_address(address):
        return tag("a", label, href=address, **attributes)
    return escape(label or "")


def show_text(text: str | None, otherwise: str = "", most: int = _MAX_TEXT_CHARS) -> str:
    r"""Return a text as one visible line, truncated, with TeX as plain Unicode.

    >>> show_text(r"On  $\ell_1$"), show_text("\u202e\u2066", "Untitled talk"), show_text("abcd", most=3)
    ('On ℓ₁', 'Untitled talk', 'ab…')
    """
    if not text:
        return otherwise
    line = drop_unsafe(tidy(plain(text[: 4 * most])))
    if not _VISIBLE.search(line):
        return otherwise
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
