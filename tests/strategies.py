"""Values to draw for property tests."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import TypeVar, get_args

from hypothesis import strategies as st

from enrich.codes import Decision, Form, NoticeCode, Role, WarningCode
from enrich.errors import ErrorCode
from enrich.model import AnnotatedTalk, Document, Feed, Notice, Reference, Talk, TalkWarning
from enrich.paper import Author, Lookup, Paper, PaperId, Papers, Publication, Unresolved, Version
from enrich.text.tidy import person, tidy

T = TypeVar("T")

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


person_names = words.map(person).filter(bool)
authors = (
    st.builds(Author, person_names)
    | st.builds(Author, person_names, st.none(), st.none())
    | st.builds(Author, person_names, person_names, st.none() | person_names)
)


@st.composite
def papers(draw: st.DrawFn, /, **fixed: object) -> Paper:
    """A resolved paper, tidied as every source does it."""
    numbered = [Version(version=f"v{n}", date="2021-03-01") for n in range(1, 4)]
    same_as = tuple(draw(st.lists(ids, max_size=2)))
    values: dict[str, object] = {
        "id": draw(ids),
        "title": draw(words),
        "authors": tuple(draw(st.lists(authors, max_size=4))),
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
        "same_as": same_as,
        "matched_by": draw(words) if same_as else None,
        "url": draw(addresses),
        "pdf": draw(st.none() | addresses),
        "work": draw(st.none() | ids),
        "via": draw(st.sampled_from([None, "datacite", "dblp"])),
    }
    return Paper(**{**values, **fixed})  # type: ignore[arg-type]


anything = st.text(max_size=12) | st.text(
    st.sampled_from('\\"/\b\f\n\r\t\x1b\x7f\x85\u202e\ud800é“ a')
)
"""Also what JSON and terminals take for their own."""
places = st.integers(0, 3000)
times = (
    st.none()
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=30))]))
)
references = st.builds(
    Reference,
    paper=ids,
    version=st.sampled_from([None, "v2"]),
    field=anything,
    start=places,
    end=places,
    exact=anything,
    context=st.tuples(places, places),
    form=st.sampled_from(get_args(Form)),
    role=st.sampled_from(get_args(Role)),
)
warnings = st.builds(
    TalkWarning,
    code=st.sampled_from(get_args(WarningCode)),
    message=anything,
    start=st.none() | places,
)
_LINES = (
    *("url", "title", "speaker", "speaker_affiliation", "series", "room"),
    *("slides_link", "video_link", "abstract"),
)
talks = st.builds(
    Talk,
    id=anything,
    feed=st.builds(Feed, name=st.none() | anything),
    start_time=times,
    end_time=times,
    status=st.sampled_from([None, "cancelled", "tentative"]),
    texts=st.dictionaries(anything, anything, max_size=2).map(lambda texts: tuple(texts.items())),
    **dict.fromkeys(_LINES, st.none() | anything),
)


def few(values: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    """None to two of some values."""
    return st.lists(values, max_size=2).map(tuple)


annotated_talks = st.builds(
    AnnotatedTalk,
    talk=talks,
    references=few(references),
    papers=few(papers()).map(lambda found: Papers({paper.id: paper for paper in found})),
    warnings=few(warnings),
    suggested=few(papers()),
)

unresolved = st.builds(
    Unresolved,
    id=ids,
    code=st.sampled_from(get_args(ErrorCode)),
    message=words,
    retryable=st.booleans(),
    url=st.none() | addresses,
    pdf=st.none() | addresses,
    same_as=few(ids),
    work=st.none() | ids,
)
notices = st.builds(
    Notice,
    code=st.sampled_from(get_args(NoticeCode)),
    message=anything,
    feed=st.none() | anything,
    event=st.none() | anything,
    line=st.none() | st.integers(1, 10**6),
)


@st.composite
def joined_talks(draw: st.DrawFn) -> AnnotatedTalk:
    """A talk with references into its texts, in order, and a lookup of each: as `annotate` gives it."""
    talk = draw(talks)
    texts = {"abstract": talk.abstract or "", **dict(talk.texts)}
    found, papers_of = [], dict[PaperId, Lookup]()
    for field, text in texts.items():
        places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
        for start, end in zip(places[::2], places[1::2], strict=False):
            reference = draw(references)
            paper = draw(papers() | unresolved)
            papers_of.setdefault(paper.id, paper)
            found.append(
                reference._replace(
                    paper=paper.id, field=field, start=start, end=end, exact=text[start:end],
                    context=(draw(st.integers(0, start)), draw(st.integers(end, len(text)))),
                )
            )  # fmt: skip
    return AnnotatedTalk(
        talk=talk,
        references=tuple(found),
        papers=Papers(papers_of),
        warnings=draw(few(warnings)),
    )


zones = st.sampled_from([None, UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))])
documents = st.builds(
    Document,
    st.lists(joined_talks(), max_size=3).map(tuple),
    st.lists(notices, max_size=2).map(tuple),
    zones,
)
