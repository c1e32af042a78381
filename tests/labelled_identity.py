"""Labelled cases of identity: papers of equal title, pairs of real records, speakers and authors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from enrich.identity import relate_papers
from enrich.paper import Author, Paper, PaperId, Version
from enrich.text.tidy import person

DATA = Path(__file__).parent / "data/identity"
SHARED = next(
    (found for folder in DATA.parents if (found := folder / "shared/data/identity").is_dir()), None
)
"""The folder of real recorded data beside the checkout, or above it."""

Case = Mapping[str, Any]


def read_cases(path: Path) -> list[Case]:
    """Read the cases of a file, one a line."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def paper_of(id_: str, record: Case, published: str | None) -> Paper:
    """Make the paper of a case's record."""
    others = record.get("other_titles", ())
    return Paper(
        id=PaperId(id_),
        title=record["title"],
        authors=tuple([Author(person(name)) for name in record["authors"]]),
        published=published,
        versions=tuple([Version(version=f"v{n}", title=t) for n, t in enumerate(others, 1)]),
        url="https://example.org/",
    )


def are_merged(*papers: Paper) -> bool:
    """Return whether two papers alone are one work, checked in both orders."""
    results = set()
    for ordered in (papers, papers[::-1]):
        out = relate_papers({paper.id: paper for paper in ordered})
        results.add(len({paper.work or id_ for id_, paper in out.items()}) == 1)
    (merged,) = results
    return merged
