"""The example feed's three papers, as far as they are published.

Reconstructed, not recorded: titles, authors, versions and days are published facts (arXiv's
submission history, its PDF stamps, proceedings, the forum page, public lists of reviews). Not
published, and put in because the formats want something: the abstracts, the time of day of v2 of
2110.10090 and of OpenReview's dates (midnight). What else is not known is left out.
"""

from __future__ import annotations

from datetime import UTC, datetime

from tests.fakes.papers import FakeNote, FakePaper, FakeRecord, FakeVersion

NO_ABSTRACT = "The abstract is left out here."


def _day(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


FRACTAL = FakePaper(
    id="2103.01338",
    title="Acceleration via Fractal Learning Rate Schedules",
    authors=("Naman Agarwal", "Surbhi Goel", "Cyril Zhang"),
    versions=(
        FakeVersion(date="2021-03-01T22:52:13Z"),
        FakeVersion(date="2021-06-11T21:57:09Z"),
    ),
    summary=NO_ABSTRACT,
    categories=("cs.LG",),
)
BIASES = FakePaper(
    id="2110.10090",
    title="Inductive Biases and Variable Creation in Self-Attention Mechanisms",
    authors=("Benjamin L. Edelman", "Surbhi Goel", "Sham Kakade", "Cyril Zhang"),
    versions=(
        FakeVersion(date="2021-10-19T16:36:19Z"),
        FakeVersion(date="2022-06-24T00:00:00Z"),
    ),
    summary=NO_ABSTRACT,
    categories=("cs.LG", "stat.ML"),
)
GRAFTING = FakeNote(
    id="FpKgG31Z_i9",
    api=1,
    title="Learning Rate Grafting: Transferability of Optimizer Tuning",
    authors=("Naman Agarwal", "Rohan Anil", "Elad Hazan", "Tomer Koren", "Cyril Zhang"),
    abstract=None,
    venue="ICLR 2022 Submitted",
    invitation="ICLR.cc/2022/Conference/-/Blind_Submission",
    number=None,
    cdate=_day("2021-09-29"),
    tcdate=None,
    pdate=_day("2022-01-28"),
    tmdate=_day("2023-02-13"),
)

PAPERS = (FRACTAL, BIASES)
NOTES = (GRAFTING,)
RECORDS = tuple(
    FakeRecord(
        key=f"journals/corr/abs-{paper.id.replace('.', '-')}",
        pages=(f"https://arxiv.org/abs/{paper.id}",),
        title=paper.title,
        authors=paper.authors,
        venue="CoRR",
        year="2021",
        kind="Informal",
        doi=f"10.48550/arXiv.{paper.id}",
    )
    for paper in PAPERS
)
"""At dblp only the preprints: a paper that was not accepted (the note) is not there."""
