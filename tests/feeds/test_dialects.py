"""Each dialect, found because its file exists, against its case file and against anything at all."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.feeds.dialects import Dialect, Event, dialects, names
from enrich.feeds.dialects._shared import may_refer
from enrich.feeds.dialects.researchseminars import DIALECT as RESEARCHSEMINARS
from enrich.feeds.protected import ANCHORS
from enrich.feeds.reading import read_talks
from enrich.model import Talk
from enrich.references.extract import find_references
from tests.feeds import dialect_cases
from tests.feeds.dialect_cases import Case, case_file, check_case, source_of

CASE = pytest.mark.parametrize(
    "case", [pytest.param(case, id=id_) for id_, case in dialect_cases.all_cases()]
)


def test_every_dialect_has_a_case_file_that_says_how_it_came_to_be() -> None:
    files = {path.name.removesuffix(".composed.json") for path in dialect_cases.CASES.iterdir()}
    assert files == set(names())
    for name in names():
        assert case_file(name)["composed"].startswith("Written by hand")
        assert case_file(name)["cases"]


@CASE
def test_a_case_is_read_as_its_producer_means_it(case: Case) -> None:
    check_case(case)


@CASE
def test_a_case_with_one_wrong_label_fails_by_its_name(case: Case) -> None:
    for number, talk in enumerate(case["talks"]):
        for key in talk:
            wrong = deepcopy(case)
            wrong["talks"][number][key] = "a wrong label"
            with pytest.raises(AssertionError) as failed:
                check_case(wrong)
            message = str(failed.value)
            assert message.splitlines()[0].startswith(f"case {case['name']!r}")
            assert f"talk {number}, {key}: found" in message
    for wrong in (
        case | {"talks": [*case["talks"], {}]},
        case | {"notices": [*case.get("notices", ()), "other"]},
    ):
        with pytest.raises(AssertionError, match=re.escape(f"case {case['name']!r}")):
            check_case(wrong)


@CASE
def test_no_paper_of_a_case_is_lost(case: Case) -> None:
    written = source_of(case).replace(b"\\,", b",").replace(b"\\n", b"\n")
    text = written.decode(case.get("encoding", "utf-8"))
    wanted = {r.paper for r in find_references(text)}
    found = {r.paper for talk in read_talks(source_of(case)) for r in find_references(talk)}
    assert wanted <= found


# --- the contract ---------------------------------------------------------------------------

LINES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            'Title: <a href="https://researchseminars.org/talk/X/1/">T</a>',
            "Title: <a href=/talk/X/1/>T</a>",
            "by A (B) and C as part of D as part of E",
            "Lecture held in R.",
            "Interactive livestream: https://x.org",
            "",
            "Abstract",
            "Abstract: TBA",
            "Speakers: A (B), C",
            "Speakers:",
            "https://arxiv.org/abs/2103.01338",
            "Preprint: 2103.01338",
            "by A (arXiv:2110.10090) as part of D",
            "Speakers: A (arXiv:2110.10090)",
            "Title: On arXiv:2008.01734",
        ]
    ),
)
TEXTS = st.none() | st.lists(LINES, max_size=8).map("\n".join)
EVENTS = st.builds(
    Event,
    uid=st.text(min_size=1, max_size=20) | st.sampled_from(["X/1", "X/-1", "indico-event-1@x"]),
    summary=TEXTS,
    description=TEXTS,
    location=TEXTS,
    urls=st.lists(st.sampled_from(["https://x.org/1", "x"]) | st.text(max_size=9), max_size=2).map(
        tuple
    ),
    anchors=st.just(ANCHORS),
)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=12)
KEYS = st.sampled_from(
    [
        "id",
        "speaker",
        "title",
        "abstract",
        "start_time",
        "code",
        "properties",
        "talks",
        "results",
        "schedule",
        "conference",
        "days",
        "rooms",
        "metadata",
        "speakers",
        "start_datetime",
        "hits",
        "_type",
        "contributions",
        "startDate",
        "date",
        "persons",
        "links",
        "url",
        "name",
        "value",
        "series",
        "material_urls",
        "attachments",
        "folders",
        "seminar_id",
        "state",
        "slot",
        "slots",
        "resources",
        "next",
        "name",
        "eventtype",
        "starttime",
        "eventmedia",
        "series_ctr",
    ]
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=40,
)
PRODIDS = st.sampled_from(
    [
        "",
        "researchseminars.org",
        "-//CERN//INDICO//EN",
        "-//pretalx//x//y",
        "-//talks.ox//",
        "- ECPv6",
    ]
)


@pytest.mark.parametrize("dialect", dialects(), ids=names())
@given(prodid=PRODIDS, event=EVENTS)
def test_any_event_is_read_and_no_paper_of_its_text_is_lost(
    dialect: Dialect, prodid: str, event: Event
) -> None:
    assert isinstance(dialect.knows(prodid, event), bool)
    if not dialect.knows(prodid, event):
        return
    talk = dialect.read(event)
    assert talk.id == event.uid
    wanted = {r.paper for r in find_references(event.description or "")}
    texts = [talk.abstract or "", *(text for _, text in talk.texts)]
    found = {r.paper for text in texts for r in find_references(text)}
    assert wanted <= found | {r.paper for r in find_references(event.summary or "")}


@pytest.mark.parametrize("dialect", dialects(), ids=names())
@given(document=JSON)
def test_any_json_gives_talks_or_errors_that_say_why(dialect: Dialect, document: Any) -> None:
    if dialect.knows_document(document) is True:
        for item in dialect.read_document(document):
            assert isinstance(item, (Talk, ValueError))
            assert not isinstance(item, Talk) or (item.id and isinstance(item.id, str))


@pytest.mark.parametrize("url", ["https://[x/", "http://a]b[c/", "https://[::1"])
def test_an_address_that_is_none_costs_no_talk(url: str) -> None:
    event = {"code": "A", "url": url, "title": "On knots"}
    schedule = {"conference": {"acronym": "c", "days": [{"rooms": {"R": [event]}}]}}
    for document in (
        {"schedule": schedule, "generator": {"name": "pretalx"}},
        {"_type": "HTTPAPIResult", "results": [{"id": 1, "url": url, "title": "On knots"}]},
    ):
        (talk,) = read_talks(json.dumps(document).encode())
        assert talk.title == "On knots"


def test_the_quick_look_for_references_misses_none() -> None:
    data = Path(__file__).parents[1] / "data"
    texts = ["See https://huggingface.co/papers/Zq8RtLmV2c", "OPENREVIEW.net/forum?id=FpKgG31Z_i9"]
    for name in ("extraction.jsonl", "extraction_second.jsonl", "extraction_third.jsonl"):
        texts += [
            json.loads(line)["text"]
            for line in (data / name).read_text("utf-8").split("\n")
            if line
        ]
    found = [text for text in texts if find_references(text)]
    exact = [reference.exact for text in found for reference in find_references(text)]
    assert len(found) > 50
    assert [
        text for text in (*found, *exact) if find_references(text) and not may_refer(text, ANCHORS)
    ] == []


def test_somebody_reads_every_event() -> None:
    assert names()[-1] == "generic"
    assert dialects()[-1].knows("", Event(uid="1"))


# --- researchseminars.org -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "title", "url"),
    [
        ('Title: <a href="https://researchseminars.org/talk/X/1/">a</a> b</a>', "a</a> b", "X/1"),
        ('Title: <a href="https://mathseminars.org/talk/X/1/">$x<y$ & "z"</a>', '$x<y$ & "z"', ""),
        ("Title: <a href=https://researchseminars.org/talk/X/1/>T</a>", "T", "X/1"),
        ("Title: plain", "plain", "X/1"),
        ('Title: <a href="https://researchseminars.org/talk/X/1/">half', None, "X/1"),
    ],
)
def test_the_title_ends_at_the_last_anchor_of_its_line(
    line: str, title: str | None, url: str
) -> None:
    text = f"{line}\nby A as part of B\n\n\nAbstract\nText.\n"
    talk = RESEARCHSEMINARS.read(Event(uid="X/1", description=text))
    assert talk.title == (title or line.removeprefix("Title: "))
    host = "researchseminars.org/talk/X/1/" if url else "mathseminars.org/talk/X/1/"
    assert talk.url == f"https://{host}"
    assert (talk.speaker, talk.series, talk.abstract) == ("A", "B", "Text.")


@pytest.mark.parametrize(
    ("summary", "speaker", "affiliation", "series"),
    [
        ("A (X as part of Y)", "A", "X as part of Y", "S as part of T"),
        ("A", "A (X as part of Y) as part of S", None, "T"),
    ],
)
def test_the_summary_tells_where_the_series_begins_else_the_last_joint(
    summary: str, speaker: str, affiliation: str | None, series: str
) -> None:
    text = "by A (X as part of Y) as part of S as part of T\n\nAbstract: TBA\n"
    talk = RESEARCHSEMINARS.read(Event(uid="X/1", summary=summary, description=text))
    assert (talk.speaker, talk.speaker_affiliation, talk.series) == (speaker, affiliation, series)


def test_paragraphs_behind_the_abstract_belong_to_it_unless_they_name_themselves() -> None:
    text = "by A as part of B\n\n\nAbstract\nOne.\n\nPreprint: none\n\nBio: two.\n"
    talk = RESEARCHSEMINARS.read(Event(uid="X/1", description=text))
    assert talk.abstract == "One.\n\nPreprint: none\n\nBio: two."
    assert talk.texts == ()


def test_json_and_calendar_of_one_talk_have_one_id() -> None:
    cases = {case["name"]: case for case in case_file("researchseminars")["cases"]}
    calendar, answer = cases["the whole of the plain grammar"], cases["/api/0/lookup/series"]
    (first,) = read_talks(source_of(calendar))
    second = next(read_talks(source_of(answer)))
    assert (first.id, first.url) == (second.id, second.url) == ("LOOPS/12", first.url)
    assert isinstance(first.start_time, datetime)
    assert isinstance(second.start_time, datetime)
    assert first.start_time == second.start_time
    assert first.start_time.tzinfo is UTC


def test_the_seed_is_read_whole(shared: Path) -> None:
    (talk,) = read_talks(shared / "seed.ics")
    assert talk.id == "SciML/3"
    assert talk.url == "https://researchseminars.org/talk/SciML/3/"
    assert talk.title == "Understanding Neural Net Training Dynamics in Tractable Slices"
    assert (talk.speaker, talk.speaker_affiliation) == ("Dr. Cyril Zhang", "Microsoft Research")
    assert talk.series == "e-Seminar on Scientific Machine Learning"
    assert talk.abstract is not None
    assert len(talk.abstract) == 2086
    assert dict(talk.texts) == {
        "title": talk.title,
        "summary": f"{talk.speaker} ({talk.speaker_affiliation})",
    }
    assert talk.warnings == ()


def test_the_composed_real_talks_keep_their_preprints_as_comments(shared: Path) -> None:
    talks = read_talks(shared / "feeds" / "constructed__researchseminars-grammar__VSF.ics")
    comments = [dict(talk.texts).get("comments", "") for talk in talks]
    assert sum(text.startswith("Preprint: ") for text in comments) == 33
