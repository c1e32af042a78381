"""Who cannot see, run scripts, or hold a mouse: axe, the page without its script, print, phone, dark."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.page import samples
from tests.page.conftest import DESK, PHONE, Open, render

pytestmark = pytest.mark.slow

VIEWS = ("talks", "papers", "timeline", "unresolved", "notes")


@pytest.mark.parametrize("view", [*VIEWS, "help", "open"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_above_minor(  # noqa: PLR0917 - a test's parameters are named
    opened: Open, thirty: str, axe: str, view: str, scheme: str, size: dict[str, int]
) -> None:
    page = opened(thirty, f"#{view}", scheme=scheme, size=size)
    match view:
        case "help":
            page.page.keyboard.press("?")
        case "open":
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            page.page.locator(".tick input").first.check()
    page.evaluate(axe)
    result: Any = page.evaluate("axe.run({resultTypes: ['violations']})")
    above = [v for v in result["violations"] if v["impact"] != "minor"]
    assert [
        (v["id"], v["nodes"][0]["html"][:200], v["nodes"][0]["failureSummary"]) for v in above
    ] == []


def test_axe_finds_what_is_wrong(opened: Open, axe: str) -> None:
    page = opened("<html><p style='color:#aaa;background:#fff'>pale")
    page.evaluate(axe)
    found = {v["id"] for v in page.evaluate("axe.run()")["violations"]}
    assert {"color-contrast", "html-has-lang"} <= found


def test_without_the_script_everything_is_there(opened: Open, thirty: str) -> None:
    page = opened(thirty, script=False)
    for view in VIEWS:
        assert page.page.locator(f"#{view}").is_visible()
    assert not page.page.locator("#tools").is_visible()
    assert not page.page.locator("#help").is_visible()
    assert page.page.locator("article h3").count() == page.page.locator("article").count()
    page.page.locator("#talks summary").first.click()
    assert page.page.locator("#talks .text").first.is_visible()
    page.page.locator("#talks a[href^='#bib:']").first.click()
    assert page.page.locator("pre").first.is_visible()
    assert page.complaints == page.requests == []


def test_the_same_text_is_there_with_and_without_the_script(opened: Open, thirty: str) -> None:
    plain = opened(thirty, script=False).page.locator("article h3, article h4").all_text_contents()
    assert opened(thirty).page.locator("article h3, article h4").all_text_contents() == plain


@pytest.mark.parametrize(
    "size", [{"width": 320, "height": 640}, PHONE, DESK, {"width": 2560, "height": 1440}], ids=str
)
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_wider_than_the_window(
    opened: Open, thirty: str, size: dict[str, int], view: str
) -> None:
    page = opened(thirty, f"#{view}", size=size)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_print_opens_abstracts_and_leaves_controls_out(opened: Open, thirty: str) -> None:
    page = opened(thirty)
    page.page.emulate_media(media="print")
    assert page.page.locator("#talks .text").first.is_visible()
    assert not page.page.locator("#tools").is_visible()
    assert not page.page.locator("nav").is_visible()
    assert not page.page.locator(".tick").first.is_visible()
    assert page.page.pdf().startswith(b"%PDF-")


def test_print_is_dark_on_white_in_the_dark_scheme(opened: Open, thirty: str) -> None:
    page = opened(thirty, scheme="dark")
    page.page.emulate_media(media="print")
    colors = page.evaluate(
        "(s => [s.color, s.backgroundColor])(getComputedStyle(document.documentElement))"
    )
    assert colors == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_headings_are_in_order(opened: Open, thirty: str) -> None:
    levels = opened(thirty).evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_focused_control_is_outlined(opened: Open, thirty: str) -> None:
    page = opened(thirty)
    for _ in range(25):
        page.page.keyboard.press("Tab")
        style = page.evaluate(
            "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle(document.activeElement))"
        )
        assert style == ["solid", 3]


def test_a_thousand_talks_work(opened: Open) -> None:
    page = opened(render(samples.many()))
    page.page.fill("[name=q]", '"talk 77"')
    assert 1 <= len(page.titles()) <= 20
    page.page.get_by_role("button", name="Clear filters").click()
    page.wait("document.getElementById('count').textContent == '1000 talks'")
    page.page.select_option("[name=sort]", index=2)
    assert page.titles()[0].endswith("99")
    assert page.complaints == page.requests == []
