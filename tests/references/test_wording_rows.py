"""Each row of the tables of wording and cues works: its examples, its words, and nothing else."""

from __future__ import annotations

import re

import pytest

from enrich.model import Mention
from enrich.paper import PaperId
from enrich.references import roles
from enrich.references.extract import find_references
from enrich.references.roles import ClaimForm, claims_paper, make_claim_forms
from enrich.references.wording import HEADINGS, LABELS, SECTIONS, WORDINGS, Wording
from enrich.sources.arxiv import forms
from enrich.sources.arxiv.cues import BLOCKING, CUES, BlockingWords, Cue, is_cued, make_cue_pattern

ID = "arXiv:2103.01338"
ENGLISH = next(row for row in WORDINGS if row.language == "English")
TURKISH = next(row for row in WORDINGS if row.language == "Turkish")
EXAMPLES = [(row, example) for row in WORDINGS for example in row.examples]
FORMS = (*make_claim_forms(ENGLISH), make_claim_forms(TURKISH)[-1])
PARTS = {  # the named parts of the forms, each with an example
    "_ABSTRACT": "summary",
    "_NAMES": "ana lin and p. rojas",
    "_TITLE": "“knots in space” (",
    "_TAIL": ": \\url{https://",
    "_JOINT_TAIL": "(see https://",
    "_JOINT_AFTER_TAIL": " (https://",
    "_OTHER_IDS": "), arxiv:2104.00001",
    "_DISCLAIMERS": "generalis",
}


def roles_of(text: str) -> list[str]:
    return [reference.role for reference in find_references(text)]


def split(example: str) -> tuple[str, str]:
    before, _, after = example.partition("ID")
    return before.lower(), after.lower().replace("。", ".")


@pytest.mark.parametrize(("wording", "example"), EXAMPLES, ids=[e for _, e in EXAMPLES])
def test_an_example_claims_its_paper(wording: Wording, example: str) -> None:
    assert example.count("ID") == 1
    sentence = example.replace("ID", ID)
    for text in (sentence, f"We count knots. {sentence}", f"We count knots.\n\n{sentence}\n"):
        assert roles_of(text) == ["own"]
    assert roles_of(sentence.replace(example.partition("ID")[0], "")) == ["mentioned"]


@pytest.mark.parametrize("wording", WORDINGS, ids=[row.language for row in WORDINGS])
def test_a_language_is_needed_for_its_examples(wording: Wording) -> None:
    others = [row for row in WORDINGS if row is not wording]
    for example in wording.examples:
        assert claims_paper(wording, *split(example))
        assert not any(claims_paper(other, *split(example)) for other in others)


def test_every_language_has_one_row_and_lower_case_words() -> None:
    assert len({row.language for row in WORDINGS}) == len(WORDINGS)
    for row in WORDINGS:
        parts = row._asdict()
        for name in ("language", "examples", "stems"):
            del parts[name]
        assert {name for name, words in parts.items() if words != words.lower()} == set()


@pytest.mark.parametrize("form", FORMS, ids=[form.example for form in FORMS])
def test_only_its_form_matches_an_example(form: ClaimForm) -> None:
    wording = TURKISH if form is FORMS[-1] else ENGLISH
    matching = [
        each.example
        for each in make_claim_forms(wording)
        if re.match(each.pattern, form.example, re.DOTALL)
    ]
    assert matching == [form.example]


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_the_forms_matches_its_example(name: str) -> None:
    part = getattr(roles, name)
    assert re.fullmatch(part if isinstance(part, str) else part.pattern, PARTS[name])


@pytest.mark.parametrize("label", sorted(LABELS))
def test_a_label_claims_the_paper_after_it(label: str) -> None:
    assert roles_of(f"{label}: {ID}") == roles_of(f"Knots.\n{label.capitalize()}: {ID}") == ["own"]


@pytest.mark.parametrize("heading", sorted(HEADINGS))
def test_a_heading_begins_a_reference_list(heading: str) -> None:
    for written in (heading, heading.capitalize(), heading.upper(), f"**{heading}**"):
        assert roles_of(f"Knots.\n\n{written}\nA. Bee, Knots, {ID}") == ["cited"]


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_a_section_ends_a_reference_list(section: str) -> None:
    text = f"References\nA. Bee, Knots, {ID}\n\n{section.capitalize()}: see arXiv:2104.00001"
    assert roles_of(text) == ["cited", "own" if section in LABELS else "mentioned"]


@pytest.mark.parametrize(
    "site", forms.READER_SITES, ids=[str(s.anchor) for s in forms.READER_SITES]
)
def test_a_url_at_a_reader_site_cites_its_paper(site: forms.ReaderSite) -> None:
    url = site.example + b"v2"
    assert site.anchor in forms.FORMS.anchors
    assert forms.recognise(b"see " + url + b" ", 4 + url.index(site.anchor)) == (
        Mention(PaperId("arxiv:2103.01338"), "v2", 4, 4 + len(url), "url"),
    )
    others = [other for other in forms.READER_SITES if other is not site]
    assert not any(re.search(other.pattern, url) for other in others)


@pytest.mark.parametrize("cue", CUES, ids=[cue.example for cue in CUES])
def test_a_number_counts_after_a_cue(cue: Cue) -> None:
    for text in (cue.example, cue.example.lower(), cue.example.upper()):
        assert [r.paper for r in find_references(text)][:1] == ["arxiv:2103.01338"]
    others = make_cue_pattern([each for each in CUES if each is not cue])
    assert re.search(others, cue.example.encode()) is None


@pytest.mark.parametrize("row", BLOCKING, ids=[row.kind for row in BLOCKING])
def test_no_number_counts_after_a_blocking_word(row: BlockingWords) -> None:
    assert find_references(row.example) == ()
    assert is_cued(b"Preprint 2103.01338", 9, 19)
    for word in row.words.split():
        for written in (word, word.upper(), f"{word}:", f"{word} no."):
            text = f"Preprint, {written} ".encode()
            assert not is_cued(text + b"2103.01338", len(text), len(text) + 10), written
    for sign in row.signs.split():
        text = f"Preprint {sign} ".encode()
        assert not is_cued(text + b"2103.01338", len(text), len(text) + 10), sign
