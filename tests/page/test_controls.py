"""Every control of the page, by mouse and by keyboard alone."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from enrich.model import AnnotatedTalk, Document, Feed, Talk
from enrich.paper import Author, Paper, PaperId
from enrich.writers import write
from tests.page import samples
from tests.page.conftest import Open, Opened
from tests.page.samples import annotate, paper, talk

pytestmark = pytest.mark.slow

ERDOS = paper(1, title="Random graphs of Erdős", authors=(Author("Paul Erdős"), Author("Alfréd Rényi")), published="2001-01-01", updated="2024-05-05")  # fmt: skip
VISION = paper(2, title="Vision with patches", authors=(Author("Ada Lovelace"),), published="2020-06-01", updated=None)  # fmt: skip
SOUND = paper(3, title="Sound and vision", authors=(Author("Alan Turing"),), published="2022-06-01", updated="2023-01-01")  # fmt: skip


def make_talk(
    number: int, title: str, day: int, series: str, *papers: Paper, **facts: Any
) -> AnnotatedTalk:
    links = " ".join(p.url for p in papers)
    return annotate(
        Talk(
            id=f"T/{number}", title=title, series=series, feed=Feed(name="Feed"), url=f"https://example.org/{number}",
            start_time=datetime(2026, 3, day, 12, tzinfo=UTC), **{"speaker": f"Speaker{number}", "abstract": f"Word{number} of all. {links}", **facts},
        ),
        *papers,
    )  # fmt: skip


FOUR = Document(
    (
        make_talk(1, "Alpha", 1, "Red", ERDOS, VISION),
        make_talk(2, "Beta", 9, "Blue", SOUND),
        make_talk(3, "Gamma", 5, "Red", ERDOS, speaker="Grace Hopper"),
        make_talk(4, "Delta", 20, "Blue"),
    )
)
ALL = ["Alpha", "Gamma", "Beta", "Delta"]


@pytest.fixture
def four(opened: Open) -> Opened:
    return opened(FOUR)


def count(page: Opened) -> str:
    return str(page.page.locator("#count").inner_text())


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ALL),
        ("beta", ["Beta"]),
        ("BETA", ["Beta"]),
        ("erdos", ["Alpha", "Gamma"]),
        ("Rényi", ["Alpha", "Gamma"]),
        ("hopper", ["Gamma"]),
        ("red", ["Alpha", "Gamma"]),
        ("word4", ["Delta"]),
        ("vision", ["Alpha", "Beta"]),
        ("vision -sound", ["Alpha"]),
        ("-vision", ["Gamma", "Delta"]),
        ("-vision -", ["Gamma", "Delta"]),
        ('"and vision"', ["Beta"]),
        ('-"and vision"', ["Alpha", "Gamma", "Delta"]),
        ('"vision with', ["Alpha"]),
        ("nowhere", []),
        ("ision", []),
        ("-ision", ALL),
        ("vis pat", ["Alpha"]),
        ('"ound and"', []),
        ("undefined", []),
    ],
)
def test_the_filter(four: Opened, query: str, shown: list[str]) -> None:
    four.page.locator("[name=q]").press_sequentially(query)
    assert four.titles() == shown
    assert count(four) == ("4 talks" if len(shown) == 4 else f"{len(shown)} of 4 talks")
    four.page.get_by_role("button", name="Clear filters").click()
    four.wait("!document.querySelector('article[hidden]')")
    assert count(four) == "4 talks"
    assert four.complaints == []


def test_papers_are_filtered_by_themselves_and_by_their_talks(four: Opened) -> None:
    four.show("papers")
    assert four.titles("papers") == [
        "Random graphs of Erdős",
        "Vision with patches",
        "Sound and vision",
    ]
    four.page.fill("[name=q]", "hopper")
    assert four.titles("papers") == ["Random graphs of Erdős"]
    four.page.fill("[name=q]", "turing")
    assert four.titles("papers") == ["Sound and vision"]
    assert count(four) == "1 of 3 papers"


def test_series_and_dates(four: Opened) -> None:
    four.page.select_option("[name=series]", label="Red")
    assert four.titles() == ["Alpha", "Gamma"]
    four.page.fill("[name=from]", "2026-03-05")
    assert four.titles() == ["Gamma"]
    four.page.select_option("[name=series]", label="all")
    assert four.titles() == ["Gamma", "Beta", "Delta"]
    four.page.fill("[name=to]", "2026-03-09")
    assert four.titles() == ["Gamma", "Beta"]
    four.show("papers")
    assert four.titles("papers") == ["Random graphs of Erdős", "Sound and vision"]


def test_talks_from_today_on(opened: Open) -> None:
    starts = (date(2020, 1, 1), date(9000, 1, 1))
    page = opened(
        Document(tuple(talk(n, (), start_time=s, title=str(s.year)) for n, s in enumerate(starts)))
    )
    page.page.get_by_role("button", name="From today").click()
    assert page.titles() == ["9000"]


def test_a_talk_without_a_date_is_in_no_range(opened: Open) -> None:
    page = opened(Document((talk(1, (), start_time=None, title="Lost"), talk(2, (), start_time=date(2026, 1, 3), title="Found"))))  # fmt: skip
    page.page.fill("[name=to]", "2027-01-01")
    assert page.titles() == ["Found"]


@pytest.mark.parametrize(
    ("order", "talks", "papers"),
    [
        ("talks by date, papers by talks", ALL, "EVS"),
        ("talk date, earliest first", ALL, "EVS"),
        ("talk date, latest first", ["Delta", "Beta", "Gamma", "Alpha"], "SEV"),
        ("paper's first date, newest first", ["Beta", "Alpha", "Gamma", "Delta"], "SVE"),
        ("paper's last change, newest first", ["Alpha", "Gamma", "Beta", "Delta"], "ESV"),
        ("named by most talks", ["Alpha", "Gamma", "Beta", "Delta"], "EVS"),
    ],
)
def test_the_orders(four: Opened, order: str, talks: list[str], papers: str) -> None:
    four.page.select_option("[name=sort]", label="named by most talks")
    four.page.select_option("[name=sort]", label=order)
    assert four.titles() == talks
    four.show("papers")
    names = {"E": "Random graphs of Erdős", "V": "Vision with patches", "S": "Sound and vision"}
    assert four.titles("papers") == [names[letter] for letter in papers]


def test_a_tick_is_the_same_in_all_views_and_outlives_a_reload_and_the_next_page(
    opened: Open, four: Opened
) -> None:
    first = "#talks article:first-of-type .papers li:first-child input"
    four.page.locator(first).check()
    assert (
        four.evaluate("document.querySelectorAll('.seen').length") == 3
    )  # two talks and the paper itself
    four.keep(first)
    next_week = opened(
        Document((make_talk(9, "Next", 28, "Red", ERDOS, SOUND),)), name="next.html", within=four
    )
    boxes = next_week.page.locator(".papers input")
    assert [boxes.nth(n).is_checked() for n in range(2)] == [True, False]
    next_week.keep(".papers li:first-child input", ticked=False)
    four.page.reload()
    assert not four.page.locator(first).is_checked()


def test_a_tick_outlives_a_new_name_of_the_work(opened: Open) -> None:
    forum = paper(7, id=PaperId("openreview:FpKgG31Z_i9"), title=VISION.title, url="https://openreview.net/forum?id=FpKgG31Z_i9", doi=None)  # fmt: skip
    alone = opened(Document((make_talk(1, "A", 1, "Red", forum),)))
    alone.keep(".papers input")
    same = paper(2, same_as=(forum.id,), title=VISION.title)
    joined = opened(
        Document((make_talk(1, "A", 1, "Red", forum, same),)), name="next.html", within=alone
    )
    assert joined.page.locator(".papers input").count() == 1
    assert joined.page.locator(".papers input").is_checked()


def test_what_is_read_can_be_hidden(four: Opened) -> None:
    four.page.get_by_label("read: Alpha").check()
    assert four.titles() == ALL
    four.page.get_by_label("hide read").check()
    assert four.titles() == ["Gamma", "Beta", "Delta"]
    four.page.get_by_label("read: Beta").check()
    assert four.titles() == ["Gamma", "Delta"]


def test_a_talk_is_read_if_all_its_papers_are(four: Opened) -> None:
    four.page.get_by_label("hide read").check()
    four.page.get_by_label("read: Vision with patches").first.check()
    assert four.titles() == ALL
    four.page.get_by_label("read: Random graphs of Erdős").first.check()
    assert four.titles() == ["Beta", "Delta"]


def test_a_paper_is_judged_by_each_of_its_talks(four: Opened) -> None:
    four.show("papers")
    four.page.fill("[name=q]", "-hopper")
    assert "Random graphs of Erdős" in four.titles("papers")
    four.page.fill("[name=q]", "-erdos")
    assert "Random graphs of Erdős" not in four.titles("papers")


def test_where_nothing_matches_the_filters_can_be_cleared(four: Opened) -> None:
    none = four.page.get_by_text("Nothing matches these filters.")
    assert not none.is_visible()
    four.page.fill("[name=q]", "nowhere")
    assert none.is_visible()
    four.page.get_by_role("button", name="Show all").click()
    four.wait("document.getElementById('none').hidden")
    assert four.titles() == ALL


def test_nothing_to_copy_leaves_the_clipboard(four: Opened) -> None:
    four.page.get_by_role("button", name="Copy list").click()
    before = four.copied()
    four.page.fill("[name=q]", "nowhere")
    for name in ("Copy BibTeX", "Copy list"):
        four.page.get_by_role("button", name=name).click()
        assert count(four) == "nothing to copy"
    assert four.copied() == before


def test_badges_are_told_from_titles_in_the_list(opened: Open) -> None:
    page = opened(Document((make_talk(1, "Alpha", 1, "Red", ERDOS, status="cancelled"),)))
    page.page.get_by_role("button", name="Copy list").click()
    assert " · Alpha · cancelled · " in page.copied()


def test_bibtex_of_one_and_of_all_that_are_shown(four: Opened) -> None:
    four.page.locator(".links").get_by_text("BibTeX").first.click()
    assert four.copied().startswith("@misc{erdos2001random,")
    assert four.copied().count("@") == 1
    assert "#" not in four.page.url
    four.page.fill("[name=q]", "red")
    four.page.get_by_role("button", name="Copy BibTeX").click()
    assert re.findall(r"@\w+{(\w+)", four.copied()) == ["erdos2001random", "lovelace2020vision"]
    assert count(four) == "BibTeX copied"


def test_what_is_copied_is_what_the_format_writes(four: Opened) -> None:
    four.page.get_by_role("button", name="Copy BibTeX").click()
    entries = "".join(write(FOUR, "bibtex")).partition("\n\n")[2]
    assert four.copied() == entries


def test_the_plain_list(four: Opened) -> None:
    four.page.fill("[name=q]", "gamma")
    four.page.get_by_role("button", name="Copy list").click()
    talk_line, paper_line = four.copied().splitlines()
    assert (
        talk_line
        == "Thu 5 Mar 2026, 13:00 GMT+01 12:00 UTC · Gamma · Grace Hopper · Red · https://example.org/3"
    )
    assert paper_line.startswith(
        "- Random graphs of Erdős · Paul Erdős, Alfréd Rényi · 2001-01-01, changed 2024-05-05 · arXiv:"
    )
    assert paper_line.endswith(" · " + ERDOS.url)


def test_without_a_clipboard_the_text_is_shown(four: Opened) -> None:
    four.evaluate("void (navigator.clipboard.writeText = () => Promise.reject())")
    four.page.get_by_role("button", name="Copy list").click()
    four.wait("document.getElementById('count').textContent == 'List copied'")


def test_the_json_is_the_document(opened: Open, tmp_path: Path) -> None:
    page = opened(samples.thirty())
    with page.page.expect_download() as download:
        page.page.get_by_role("button", name="Download JSON").click()
    assert download.value.suggested_filename == "talks.json"
    download.value.save_as(tmp_path / "saved.json")
    saved = json.loads((tmp_path / "saved.json").read_text(encoding="utf-8"))
    assert saved == json.loads("".join(write(samples.thirty(), "json")))


def test_views_follow_the_address(opened: Open, thirty: str) -> None:
    page = opened(thirty)
    sections = ["talks", "papers", "timeline", "unresolved", "notes"]
    for name in (*sections[1:], sections[0]):
        page.show(name)
        assert [s for s in sections if page.page.locator(f"#{s}").is_visible()] == [name]
        assert page.page.locator("nav [aria-current]").get_attribute("href") == f"#{name}"
    page.page.go_back()
    page.page.locator("#notes").wait_for()
    page.page.reload()
    assert page.page.locator("#notes").is_visible()


def test_a_link_shows_its_entry_even_if_it_was_filtered_away(four: Opened) -> None:
    four.show("papers")
    four.page.fill("[name=q]", "erdos")
    four.page.get_by_role("link", name="Alpha").click()
    four.page.locator("[id='talk:T/1']").wait_for()
    four.page.fill("[name=q]", "beta")
    four.show("papers")
    four.page.go_back()
    four.page.locator("[id='talk:T/1']").wait_for()
    assert four.complaints == []


def test_the_timeline_follows_the_filter(four: Opened) -> None:
    four.page.fill("[name=q]", "beta")
    four.show("timeline")
    assert four.page.locator("circle:not([hidden])").count() == 1
    four.page.get_by_text("The same as a table").click()
    assert four.page.locator("tbody tr:not([hidden])").all_inner_texts() == [
        "2026-03-09\tSound and vision\t2022-06-01\t4 years"
    ]


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Berlin", "Sun 1 Mar 2026, 13:00 GMT+01 12:00 UTC"),
        ("Asia/Tokyo", "Sun 1 Mar 2026, 21:00 GMT+09 12:00 UTC"),
        ("Pacific/Kiritimati", "Mon 2 Mar 2026, 02:00 GMT+14 Sun 1 Mar 2026, 12:00 UTC"),
        ("UTC", "Sun 1 Mar 2026, 12:00 UTC"),
    ],
)
def test_times_are_the_readers_with_the_talks_own_behind(
    opened: Open, zone: str, shown: str
) -> None:
    page = opened(FOUR, zone=zone)
    text = " ".join(page.page.locator("[id='talk:T/1'] .when").inner_text().split())
    assert text == shown


def test_floating_times_and_days_stay(opened: Open) -> None:
    talks = (
        talk(1, (), start_time=date(2026, 1, 3)),
        talk(2, (), start_time=datetime(2026, 1, 4, 9, 30)),  # noqa: DTZ001
    )
    page = opened(Document(talks), zone="Asia/Tokyo")
    assert page.page.locator(".when").all_inner_texts() == [
        "Sat 3 Jan 2026",
        "Sun 4 Jan 2026, 09:30",
    ]


class TestKeys:
    def test_j_and_k_move_within_what_is_shown(self, four: Opened) -> None:
        four.page.fill("[name=q]", "-beta")
        four.page.locator("[name=q]").blur()
        seen = []
        for key in "jjjjkkkk":
            four.page.keyboard.press(key)
            seen.append(four.evaluate("document.activeElement.querySelector('h3').innerText"))
        assert seen == ["Alpha", "Gamma", "Delta", "Delta", "Gamma", "Alpha", "Alpha", "Alpha"]

    def test_o_opens_and_closes_the_abstract(self, four: Opened) -> None:
        four.page.keyboard.press("j")
        four.page.keyboard.press("o")
        assert four.page.locator("article").first.locator(".text").is_visible()
        four.page.keyboard.press("o")
        assert not four.page.locator("article").first.locator(".text").is_visible()

    def test_c_copies_the_bibtex_of_the_entry(self, four: Opened) -> None:
        four.page.keyboard.press("j")
        four.page.keyboard.press("c")
        four.wait("document.getElementById('count').textContent == 'BibTeX copied'")
        assert four.copied().count("@misc") == 2

    def test_x_ticks_the_entry(self, four: Opened) -> None:
        four.page.keyboard.press("j")
        four.page.keyboard.press("x")
        assert four.page.get_by_label("read: Alpha").is_checked()
        four.page.keyboard.press("x")
        assert not four.page.get_by_label("read: Alpha").is_checked()

    def test_slash_goes_to_the_filter_where_keys_are_letters(self, four: Opened) -> None:
        four.page.keyboard.press("/")
        four.page.keyboard.type("jko?c/")
        assert four.page.locator("[name=q]").input_value() == "jko?c/"

    def test_the_help_opens_and_closes_and_turns_the_keys_off(self, four: Opened) -> None:
        expect = pytest.importorskip("playwright.sync_api").expect
        four.page.keyboard.press("?")
        assert four.page.locator("#help").is_visible()
        four.page.keyboard.press("Escape")
        expect(four.page.locator("#help")).to_be_hidden()
        four.page.get_by_role("button", name="Keys").click()
        four.keep("#off")
        four.page.keyboard.press("?")
        expect(four.page.locator("#help")).to_be_hidden()

    @pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
    def test_the_browsers_own_keys_stay(self, four: Opened, modifier: str) -> None:
        four.page.evaluate("document.body.tabIndex = 0; document.body.focus()")
        for key in ("/", "j", "k", "o", "c", "?"):
            prevented = four.evaluate(
                f"!document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', {modifier.lower().replace('control', 'ctrl')}Key: true, bubbles: true, cancelable: true}}))"
            )
            assert not prevented

    def test_without_entries_nothing_fails(self, opened: Open) -> None:
        page = opened(Document(()))
        for key in ("/", "Tab", "j", "k", "o", "c"):
            page.page.keyboard.press(key)
        assert page.complaints == []


def test_every_control_is_reached_and_used_by_keyboard_alone(four: Opened) -> None:
    reached = []
    keyboard = four.page.keyboard
    for _ in range(60):
        keyboard.press("Tab")
        what = four.evaluate(
            "(e => e.name || e.id || e.getAttribute('href') || (e.ariaLabel || e.innerText).trim())(document.activeElement)"
        )
        reached.append(what)
        match what:
            case "q":
                keyboard.type("red")
                assert four.titles() == ["Alpha", "Gamma"]
            case "series":
                keyboard.press("ArrowDown")
                assert four.titles() == []  # Blue
                keyboard.press("ArrowUp")
            case "from":
                keyboard.type("03022026")
                assert four.titles() == ["Gamma"]
            case "sort":
                keyboard.press("ArrowDown")
                assert four.page.locator("[name=sort]").input_value() == "1"
            case "hide":
                keyboard.press("Space")
                assert four.page.get_by_label("hide read").is_checked()
            case "bibtex" | "list":
                keyboard.press("Enter")
                four.wait("/copied/.test(document.getElementById('count').textContent)")
            case "Clear filters":
                keyboard.press("Space")
                four.wait("document.getElementById('count').textContent == '4 talks'")
            case "read: Gamma":
                keyboard.press("Space")
                assert four.page.get_by_label("read: Gamma").is_checked()
            case "Abstract":
                keyboard.press("Enter")
    assert {
        "#main",
        "#talks",
        "#papers",
        "#timeline",
        "q",
        "series",
        "from",
        "to",
        "sort",
        "hide",
        "bibtex",
        "list",
        "json",
        "Clear filters",
        "Keys",
    } <= set(reached)
    assert {"read: Alpha", "read: Gamma", "https://example.org/1", ERDOS.url, "Abstract"} <= set(
        reached
    )
    assert four.page.locator(".text").first.is_visible()
    assert four.complaints == []


class TestRestByKeyboard:
    """Controls that the walk above only reaches, used by keyboard alone."""

    @staticmethod
    def tab_to(page: Opened, selector: str) -> None:
        for _ in range(60):
            page.page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
                return
        raise AssertionError(f"{selector} is not reached by Tab")

    def test_the_end_of_the_range(self, four: Opened) -> None:
        whole = four.titles()
        self.tab_to(four, "[name=to]")
        four.page.keyboard.type("01012000")
        assert whole
        assert four.titles() == []

    def test_the_button_for_today(self, four: Opened) -> None:
        self.tab_to(four, "#today")
        four.page.keyboard.press("Enter")
        assert four.page.locator("[name=from]").input_value() != ""

    def test_the_json_is_saved(self, four: Opened) -> None:
        self.tab_to(four, "#json")
        with four.page.expect_download() as download:
            four.page.keyboard.press("Enter")
        assert download.value.suggested_filename == "talks.json"

    def test_the_help_opens(self, four: Opened) -> None:
        self.tab_to(four, "[popovertarget=help]")
        assert not four.page.locator("#help").is_visible()
        four.page.keyboard.press("Enter")
        four.wait("document.getElementById('help').matches(':popover-open')")

    @pytest.mark.parametrize("view", ["papers", "timeline"])
    def test_a_view_opens(self, four: Opened, view: str) -> None:
        self.tab_to(four, f"nav a[href='#{view}']")
        assert not four.page.locator(f"#{view}").is_visible()
        four.page.keyboard.press("Enter")
        four.page.locator(f"#{view}").wait_for(state="visible")
        assert not four.page.locator("#talks").is_visible()
