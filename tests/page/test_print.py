"""The page on paper: dense, over the whole width, with what a reader needs there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from enrich.model import Document
from tests.page import samples
from tests.page.conftest import Open

pytestmark = pytest.mark.slow

WORDS_OF_A_LINE = 14
"""Of running text at least, where a line is the whole width."""


def print_pages(page: Any, folder: Path, size: str, margin: str) -> list[str]:
    """Return the text of each page of a print, laid out as there."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    file = folder / "page.pdf"
    sides = dict.fromkeys(("top", "right", "bottom", "left"), margin)
    page.pdf(path=file, format=size, margin=sides)
    command = ["pdftotext", "-layout", "-enc", "UTF-8", str(file), "-"]
    text = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    return text.split("\f")[:-1]


@pytest.mark.parametrize("size", ["Letter", "A4"])
@pytest.mark.parametrize("margin", ["0", "1cm", "1.5cm", "2.5cm"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_print_is_dense_and_as_wide_as_the_sheet(
    opened: Open, tmp_path: Path, size: str, margin: str, script: bool
) -> None:
    talks = samples.many(44).talks
    page = opened(Document(tuple(talks)), script=script)
    pages = print_pages(page.page, tmp_path, size, margin)
    ends = [n for n, text in enumerate(pages) if "Papers" in text.split("\n")] or [len(pages)]
    listed = pages[: ends[0]]  # without the script the papers follow
    assert len(listed) <= 30 if margin == "2.5cm" else len(listed) < 24
    assert all(len(text.split("\n")) > 30 for text in listed[:-1])
    (line,) = {
        line.strip() for text in listed for line in text.split("\n") if line.strip().startswith("We investigate")
    }  # fmt: skip
    assert len(line.split()) >= WORDS_OF_A_LINE


def test_a_list_of_short_talks_is_a_few_pages(opened: Open, tmp_path: Path) -> None:
    talks = tuple(
        samples.talk(n, (samples.paper(n),), abstract=samples.paper(n).url + " " + samples.WORDS)
        for n in range(44)
    )
    pages = print_pages(opened(Document(talks)).page, tmp_path, "A4", "1cm")
    assert len(pages) <= 8


def test_dates_of_talks_are_printed(opened: Open, tmp_path: Path) -> None:
    page = opened(Document(tuple(samples.many(44).talks)), zone="UTC")
    text = "\n".join(print_pages(page.page, tmp_path, "A4", "1cm"))
    starts = re.findall(r"^ *\w{3} \d+ \w{3} 2026, \d\d:00 UTC$", text, re.MULTILINE)
    assert len(starts) == 44


def test_the_talks_of_a_paper_are_printed(opened: Open, tmp_path: Path) -> None:
    page = opened(Document((samples.talk(0, (samples.paper(1),)),)), "#papers")
    text = "\n".join(print_pages(page.page, tmp_path, "A4", "1cm"))
    assert "On acceleration via fractal learning rate schedules: talk 0 · Dr. Cyril Zhang" in text


@pytest.mark.parametrize("view", ["talks", "papers"])
def test_no_separator_is_left_where_a_link_is_not_printed(
    opened: Open, thirty: str, view: str
) -> None:
    page = opened(thirty, f"#{view}")
    page.page.emulate_media(media="print")
    lines = page.page.locator(f"#{view} .links").all_inner_texts()
    assert "BibTeX" not in "".join(lines)
    assert not [line for line in lines if re.search(r"^ *·|· *·|· *$", line)]
