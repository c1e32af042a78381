"""The spans of the page's JSON in JavaScript: code points, also behind astral characters."""

from __future__ import annotations

import pytest

from enrich.model import Document
from tests.page import samples
from tests.page.conftest import Open
from tests.page.samples import paper, talk

pytestmark = pytest.mark.slow

REBUILD = """(() => {
const data = JSON.parse(document.getElementById("data").textContent);
return data.talks.flatMap(talk => talk.references.map(r => {
const text = r.field == "abstract" ? talk.abstract : talk.texts[r.field];
return [[...text].slice(r.start, r.end).join(""), r.exact];
}));
})()"""


def test_spans_give_the_same_strings(opened: Open) -> None:
    astral = talk(1, (paper(1), paper(2)), title="𝔸")
    odd = Document(
        (
            talk(
                2,
                (paper(3),),
                abstract=f"𝔸𝔹 😀👩‍👩‍👧 <b>&amp; \u202e \\u003c {paper(3).url} 𝔻 {paper(3).url}v1",
            ),
            astral,
            *samples.thirty().talks,
        )
    )
    found = opened(odd).evaluate(REBUILD)
    assert len(found) > 30
    assert [rebuilt for rebuilt, _ in found] == [exact for _, exact in found]
    assert all(exact for _, exact in found)


def test_titles_stand_in_the_place_of_links(opened: Open) -> None:
    text = f"𝔸 before [{paper(1).url}v1], after 𝔻"
    page = opened(Document((talk(1, (paper(1),), abstract=text),)))
    assert (
        page.page.locator("#talks .text").text_content() == f"𝔸 before [{paper(1).title}], after 𝔻"
    )
    assert page.page.locator("#talks .text a").get_attribute("href") == paper(1).url
