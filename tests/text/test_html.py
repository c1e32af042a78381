"""HTML is made text once, and only HTML; no word and no reference is lost with the tags."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.text.html import decode_entities, html_text, is_html, plain_text

LINK = "https://arxiv.org/abs/2103.01338"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<p>one", True),
        ("one<br>two", True),
        ("one<BR/>two", True),
        ("<div class='x'>one", True),
        ("<li>one", True),
        ('<a href="https://x.org">one', True),
        ("<b>one</b>", True),
        ("if a<b and c>d", False),
        ("for a <p< b", False),
        ("<https://arxiv.org/abs/2103.01338>", False),
        ("x<pi", False),
        ("a<b", False),
        ("A &amp; B", False),
        ("<b>one", False),
    ],
)
def test_what_counts_as_html(text: str, html: bool) -> None:
    assert is_html(text) is html
    if not html:
        assert plain_text(text) == decode_entities(text)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br/><br />three", "one\ntwo\n\nthree"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("<ul>\n<li>one</li>\n<li>two</li>\n</ul>three", "one\ntwo\n\nthree"),
        ("<tr><td>one</td><td>two</td></tr>", "one two"),
        (f'see <a href="{LINK}">this</a>.', f"see this ({LINK})."),
        (f'<a href="{LINK}">{LINK}</a>', LINK),
        (f"<a href={LINK}> {LINK} </a>x", f" {LINK} x".lstrip()),
        (f"<a class=x href='{LINK}'><b>bold</b></a>", f"bold ({LINK})"),
        (f'<a href="{LINK}"><img src="x.png"></a>', LINK),
        (f'<a href="{LINK}">never closed', f"never closed ({LINK})"),
        (f'<a href="{LINK}">one<a href="https://x.org/">two</a>', f"one ({LINK})two (https://x.org/)"),
        ('<a href="mailto:a@b.org">write</a>', "write"),
        ('<a href="#top">up</a>', "up"),
        ('<a href="https://x.org/?a=1&amp;b=2">x</a>', "x (https://x.org/?a=1&b=2)"),
        ('<a href="https://openreview.net/forum?id=a&noteId=b">x</a>', "x (https://openreview.net/forum?id=a&noteId=b)"),
        ("R&amp;amp;D&nbsp;&lt;b&gt;<br>", "R&amp;D\xa0<b>"),
        ("if $a<b$, c<d and e>f<br>", "if $a<b$, c<d and e>f"),
        ("<style>p {color: red}</style><p>one<!-- two -->three<script>four</script>", "onethree"),
        ("<html><head><title>x</title></head><body>one</body></html>", "one"),
        ("<!DOCTYPE html><p>one", "one"),
        ("<p>one<!-- never closed", "one never closed"),
        ("<foo>one</foo>", "<foo>one</foo>"),
    ],
)  # fmt: skip
def test_tags_become_line_breaks_and_links_stay(html: str, text: str) -> None:
    assert html_text(html) == text


tags = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<br>",
        "<b>",
        "</b>",
        "<div>",
        "</div>",
        "<li>",
        "<!-- x -->",
        "<x",
        ">",
        "&amp;",
        "<",
    ]
)
words = st.sampled_from(["one", "two words", "a<b", "$x$", "\n"])
links = st.integers(10000, 99999).map("https://arxiv.org/abs/2103.{}".format)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        tags
        | words
        | links.map("<a href='{0}'>{0}</a>".format)
        | links.map("<a href={}>x</a>".format),
        max_size=12,
    )
)
def test_no_link_is_lost(pieces: list[str]) -> None:
    html = "<p>" + " ".join(pieces)
    text = html_text(html)
    for piece in pieces:
        if "2103." in piece:
            number = piece.split("2103.")[1][:5]
            assert f"https://arxiv.org/abs/2103.{number}" in text


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    html_text(text)
    if not is_html(text):
        assert plain_text(text) == text


@pytest.mark.parametrize(
    "piece", ["<", "<a href=", '<a href="', "<!--", "<p", "<style>", "&", "<a x=y ", "<a href='x'>"]
)
def test_time_is_linear(piece: str) -> None:
    def seconds(times: int) -> float:
        text = piece * times
        begin = time.process_time()
        plain_text(text + "</p>")
        return time.process_time() - begin

    seconds(100)
    small = max(seconds(2_000), 0.002)
    large = min(seconds(20_000) for _ in range(3))  # the collector's time is not counted
    assert large < 60 * small
