"""RIS: a published paper is described by its published version, and every paper keeps its id."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from enrich.paper import Author, Paper, PaperId, Publication
from enrich.writers._venues import recognize_venue
from tests.strategies import papers
from tests.writers.bibliography import DATA, read_lines, render

PREPRINT = Paper(
    id=PaperId("arxiv:2103.01338"),
    title="Acceleration",
    authors=(Author("Naman Agarwal"),),
    published="2021-03-01",
    doi="10.48550/arXiv.2103.01338",
    url="https://arxiv.org/abs/2103.01338",
)
SUBMITTED = Paper(
    id=PaperId("openreview:FpKgG31Z_i9"),
    title="Grafting",
    authors=(Author("Rohan Anil"),),
    published="2021-09-29",
    venue="ICLR 2022 Submitted",
    url="https://openreview.net/forum?id=FpKgG31Z_i9",
)
VENUES = read_lines(DATA / "venues.jsonl")


def tags(paper: Paper) -> dict[str, str]:
    """Return the last value of each tag of a paper's entry."""
    return dict(re.findall(r"^(\w\w)  - (.*)$", render([paper], "ris"), re.MULTILINE))


def publish(paper: Paper = PREPRINT, **published: object) -> Paper:
    values = {"venue": None, "year": None, "doi": None, "via": "arxiv", **published}
    return replace(paper, published_as=Publication(**values))  # type: ignore[arg-type]


class TestVenues:
    @pytest.mark.parametrize("case", VENUES, ids=[case["venue"] for case in VENUES])
    def test_a_labelled_venue(self, case: dict[str, str]) -> None:
        assert recognize_venue(case["venue"]) == case["type"]

    def test_of_real_items_are_right_where_they_are_certain(self, shared: Path) -> None:
        counts: Counter[tuple[str, bool]] = Counter()
        for record in read_lines(shared / "bibliography/items.jsonl"):
            venue = (record.get("published_as") or {}).get("venue")
            if venue and (found := recognize_venue(venue)) != "document":
                of_journals = {"journalArticle", "article-journal", "magazineArticle"}
                right = of_journals if found == "article-journal" else {"conferencePaper"}
                counts[found, record["type"] in right] += 1
        assert counts["article-journal", True] >= 570
        assert counts["article-journal", False] <= 6
        # The labels of the rest are wrong: "Proc. AAAI" and "ICML" as journals, for example.
        assert counts["paper-conference", True] >= 55
        assert counts["paper-conference", False] <= 18


class TestPublished:
    def test_in_a_journal(self) -> None:
        paper = publish(venue="Phys. Rev. D 89, 084044 (2014)", year=2014, doi="10.1103/x")
        assert render([paper], "ris").splitlines() == [
            "TY  - JOUR",
            "AU  - Agarwal, Naman",
            "TI  - Acceleration",
            "T2  - Phys. Rev. D 89, 084044 (2014)",
            "PY  - 2014",
            "AN  - arXiv:2103.01338",
            "DO  - 10.1103/x",
            "UR  - https://arxiv.org/abs/2103.01338",
            "ER  - ",
        ]

    def test_in_proceedings(self) -> None:
        found = tags(publish(venue="ICML 2021, PMLR 139:87-99", year=2021))
        assert (found["TY"], found["BT"]) == ("CONF", "ICML 2021, PMLR 139:87-99")
        assert (found["T2"], found["DA"]) == (found["BT"], "2021/03/01")

    def test_where_the_venue_leaves_it_open(self) -> None:
        found = tags(publish(venue="Nature 521", year=2021, doi="10.1038/x"))
        assert (found["TY"], found["T2"], found["AN"]) == ("GEN", "Nature 521", "arXiv:2103.01338")

    def test_without_a_venue_none_is_invented(self) -> None:
        found = tags(publish(doi="10.1038/x"))
        assert (found["TY"], found["DO"], found["PY"]) == ("GEN", "10.1038/x", "2021")
        assert not {"T2", "BT", "N1", "PB"} & found.keys()

    def test_a_note_stays(self) -> None:
        withdrawn = replace(publish(venue="Nature 521", year=2021), withdrawn=True)
        assert tags(withdrawn)["N1"] == "Withdrawn"
        noted = publish(SUBMITTED, doi="10.1038/x")
        assert tags(noted)["N1"] == "ICLR 2022 Submitted"

    def test_an_accepted_paper_stays_in_its_proceedings(self) -> None:
        accepted = replace(SUBMITTED, venue="ICLR 2022 Poster", decision="accepted")
        found = tags(publish(accepted, venue="J. of Tests", year=2023, doi="10.1000/182"))
        assert (found["TY"], found["T2"], found["PY"]) == ("CONF", "ICLR 2022 Poster", "2022")
        assert found["N1"] == "Published in J. of Tests, 2023"


def test_a_preprint_is_unpublished() -> None:
    assert tags(PREPRINT)["TY"] == tags(SUBMITTED)["TY"] == "UNPB"
    assert tags(SUBMITTED)["PB"] == "OpenReview"


def test_a_paper_of_openreview_keeps_its_id() -> None:
    assert tags(SUBMITTED)["AN"] == "openreview:FpKgG31Z_i9"
    accepted = replace(SUBMITTED, venue="ICLR 2022 Poster", decision="accepted")
    assert tags(accepted)["AN"] == "openreview:FpKgG31Z_i9"


@given(papers())
def test_any_paper_has_one_id(paper: Paper) -> None:
    found = re.findall("^AN  - (.*)$", render([paper], "ris"), re.MULTILINE)
    assert len(found) == 1
    assert paper.id.source != "arxiv" or found == [f"arXiv:{paper.id.key}"]
