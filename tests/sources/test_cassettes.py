"""The cassettes: each replays through the client it is for, says where it is from, and is true to form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import arxiv
import pytest
import requests
from lxml import etree
from vcr.serializers import yamlserializer

CASSETTES = Path(__file__).parents[2] / "cassettes"
EACH = sorted(path.name for path in CASSETTES.glob("*.yaml"))
NEW_FEEDS = "new_*.xml"
DOCUMENTED = {"pdate": int, "odate": int}
"""Keys of API 1 that no recorded note shows, with their types in the API's description."""


def interactions(name: str) -> list[dict[str, Any]]:
    return list(yamlserializer.deserialize((CASSETTES / name).read_text())["interactions"])


def bodies(kind: str) -> Iterator[tuple[str, str]]:
    """Name of the cassette and body of each answer of a media type."""
    for name in EACH:
        for each in interactions(name):
            if kind in each["response"]["headers"]["Content-Type"][0]:
                yield name, each["response"]["body"]["string"]


@pytest.mark.parametrize("name", EACH)
def test_a_cassette_says_where_it_is_from(name: str) -> None:
    first = (CASSETTES / name).read_text().splitlines()[0]
    assert re.match(r"# (composed|recorded) on \d{4}-\d{2}-\d{2}\b", first)
    if first.startswith("# composed"):
        head = (CASSETTES / name).read_text().partition("\ninteractions:")[0]
        assert "not recorded" in first
        assert "Facts:" in head


# --- they replay ---------------------------------------------------------------------------


def papers(ids: list[str]) -> list[arxiv.Result]:
    client = arxiv.Client(page_size=len(ids), delay_seconds=0, num_retries=0)
    return list(client.results(arxiv.Search(id_list=ids, max_results=len(ids))))


@pytest.mark.vcr
@pytest.mark.default_cassette("arxiv-two-papers.yaml")
def test_the_two_papers_come_in_one_batch() -> None:
    found = {paper.get_short_id(): paper for paper in papers(["2103.01338", "2110.10090"])}
    assert sorted(found) == ["2103.01338v2", "2110.10090v2"]
    fractal = found["2103.01338v2"]
    assert [a.name for a in fractal.authors] == ["Naman Agarwal", "Surbhi Goel", "Cyril Zhang"]
    assert (str(fractal.published.date()), str(fractal.updated.date())) == (
        "2021-03-01",
        "2021-06-11",
    )


@pytest.mark.vcr
@pytest.mark.default_cassette("arxiv-not-found.yaml")
def test_an_unknown_paper_is_left_out() -> None:
    assert papers(["2103.99999"]) == []
    assert papers(["2103.99999"]) == []


@pytest.mark.vcr
@pytest.mark.default_cassette("arxiv-503-then-200.yaml")
def test_the_second_try_succeeds() -> None:
    with pytest.raises(arxiv.HTTPError, match="503"):
        papers(["2103.01338", "2110.10090"])
    assert len(papers(["2103.01338", "2110.10090"])) == 2


def note(host: str) -> requests.Response:
    return requests.get(f"https://{host}/notes", params={"id": "FpKgG31Z_i9"}, timeout=60)


@pytest.mark.vcr
@pytest.mark.default_cassette("openreview-note.yaml")
def test_the_note_is_at_api_1() -> None:
    (found,) = note("api.openreview.net").json()["notes"]
    assert found["content"]["title"].startswith("Learning Rate Grafting")
    assert found["content"]["authors"][0] == "Naman Agarwal"


@pytest.mark.vcr
@pytest.mark.default_cassette("openreview-challenge.yaml")
@pytest.mark.parametrize("host", ["api.openreview.net", "api2.openreview.net"])
def test_both_hosts_want_a_challenge_solved(host: str) -> None:
    refused = note(host)
    assert (refused.status_code, refused.json()["name"]) == (403, "ChallengeRequiredError")


# --- they are true to form -----------------------------------------------------------------


def elements(root: etree._Element) -> set[tuple[str, frozenset[str]]]:
    """Each element's path, with the names of its attributes."""
    found = set()
    for element in root.iter("*"):
        path = [str(element.tag), *(str(above.tag) for above in element.iterancestors())]
        found.add(("/".join(reversed(path)), frozenset(map(str, element.attrib))))
    return found


def children(root: etree._Element) -> list[set[str]]:
    """The children of each entry."""
    return [{str(child.tag) for child in entry} for entry in root.iterfind("{*}entry")]


def test_atom_has_the_elements_attributes_and_namespaces_of_recorded_feeds(shared: Path) -> None:
    real = [etree.parse(path).getroot() for path in (shared / "arxiv").glob(NEW_FEEDS)]
    known = set().union(*map(elements, real))
    papers_only = [c for root in real for c in children(root) if any("published" in t for t in c)]
    demanded = set.intersection(*papers_only)
    composed = [etree.fromstring(body.encode()) for _, body in bodies("atom")]
    assert len(composed) == 4
    for root in composed:
        assert elements(root) <= known
        assert dict(root.nsmap) == dict(real[0].nsmap)
        for entry in children(root):
            assert entry >= demanded


def types(value: object) -> object:
    """Keys and types of a JSON value, without its texts and numbers."""
    if isinstance(value, dict):
        return {key: types(item) for key, item in value.items()}
    return type(value)


def test_notes_have_keys_and_types_of_recorded_notes(shared: Path) -> None:
    real = [json.loads(path.read_text()) for path in (shared / "openreview").glob("v1_note_*.json")]

    def kinds(objects: list[dict[str, Any]]) -> dict[str, set[type]]:
        keys = {key for each in objects for key in each}
        return {key: {type(each[key]) for each in objects if key in each} for key in keys}

    whole, content = kinds(real), kinds([each["content"] for each in real])
    for key, kind in DOCUMENTED.items():
        whole.setdefault(key, {kind})
    (composed,) = [each for _, body in bodies("json") for each in json.loads(body).get("notes", [])]
    for key, value in composed.items():
        assert type(value) in whole[key], key
    for key, value in composed["content"].items():
        assert type(value) in content[key], key


def test_challenges_have_the_keys_and_types_of_recorded_ones(shared: Path) -> None:
    real = json.loads((shared / "openreview" / "error_403_challenge_notes.json").read_text())
    composed = [json.loads(body) for name, body in bodies("json") if "challenge" in name]
    assert len(composed) == 2
    for body in composed:
        assert types(body) == types(real)
        assert body["name"] == real["name"]
        assert body["message"].split("(")[0] == real["message"].split("(")[0]
