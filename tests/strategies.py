"""Values to draw for property tests."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from enrich.paper import Decision, Paper, PaperId, Publication, Version
from enrich.text import tidy

texts = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=12).map(tidy)
words = texts.map(lambda text: text or "word")
dates = st.builds(lambda d, n: str(d)[:n], st.dates(), st.sampled_from([4, 7, 10]))
keys = st.sampled_from(["2103.01338", "0704.0001", "math/0601001", "FpKgG31Z_i9", "-x_Y9zkq3Pw"])
sources = st.sampled_from(["arxiv", "openreview", "other"])
ids = st.builds("{}:{}".format, sources, keys).map(PaperId)
addresses = st.builds("https://{}/{}".format, sources, keys)
versions = st.builds(
    Version,
    version=st.integers(1, 30).map("v{}".format),
    date=st.none() | dates,
    title=st.none() | words,
)
publications = st.builds(
    Publication,
    venue=st.none() | words,
    year=st.none() | st.integers(1900, 2100),
    doi=st.none() | words,
    url=st.none() | addresses,
    via=st.sampled_from([None, "dblp"]),
)


@st.composite
def papers(draw: st.DrawFn, /, **fixed: object) -> Paper:
    """A resolved paper, tidied as every source does it."""
    numbered = [Version(version=f"v{n}", date="2021-03-01") for n in range(1, 4)]
    values: dict[str, object] = {
        "id": draw(ids),
        "title": draw(words),
        "authors": tuple(draw(st.lists(words, max_size=4))),
        "authors_hidden": draw(st.booleans()),
        "published": draw(st.none() | dates),
        "updated": draw(st.none() | dates),
        "dates": tuple(draw(st.dictionaries(words, dates, max_size=3)).items()),
        "latest_version": draw(st.sampled_from([None, "v1", "v3"])),
        "versions": tuple(draw(st.lists(versions, max_size=4) | st.just(numbered))),
        "category": draw(st.none() | words),
        "venue": draw(st.none() | words),
        "decision": draw(st.sampled_from([None, *get_args(Decision)])),
        "withdrawn": draw(st.booleans()),
        "doi": draw(st.none() | words),
        "published_as": draw(st.none() | publications),
        "same_as": tuple(draw(st.lists(ids, max_size=2))),
        "matched_by": draw(st.none() | words),
        "url": draw(addresses),
        "pdf": draw(st.none() | addresses),
        "work": draw(st.none() | ids),
        "via": draw(st.sampled_from([None, "datacite", "dblp"])),
    }
    return Paper(**{**values, **fixed})  # type: ignore[arg-type]
