"""Documents to look at and to test the page with: one talk, thirty of all kinds, a thousand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from enrich.model import AnnotatedTalk, Document, Feed, Notice, Reference, Talk
from enrich.paper import Author, Lookup, Paper, PaperId, Papers, Publication, Unresolved, Version
from enrich.references.extract import find_references

SERIES = ("Scientific Machine Learning", "Theory Lunch", "Number Theory Online", "機械学習セミナー")
PEOPLE = (
    ("Dr. Cyril Zhang", "Microsoft Research"),
    ("Surbhi Goel", "University of Pennsylvania"),
    ("Aad van der Vaart", "TU Delft"),
    ("山田太郎", "東京大学"),
    ("Wolfeschlegelsteinhausenbergerdorff, Hubert Blaine the Elder", "Institute for Advanced Studies of Long Affiliations and Related Topics"),
    ("مريم ميرزاخاني", None),
)  # fmt: skip
TOPICS = (
    "acceleration via fractal learning rate schedules", "inductive biases in self-attention",
    "convex optimization on graphs", "the local Langlands correspondence", "sampling by diffusion",
    "private mean estimation", "transformers that learn shortest paths", "p-adic heights of curves",
)  # fmt: skip
WORDS = (
    "We investigate a lesser-known variant of accelerated descent, which eschews momentum in favor of plain "
    "steps with a carefully chosen schedule of unstable rates. We prove stability and try it out on networks."
)


def paper(number: int, **facts: Any) -> Paper:
    """Return a resolved paper."""
    topic = TOPICS[number % len(TOPICS)]
    key = f"{14 + number % 12:02}{number % 12 + 1:02}.{10_000 + number}"
    id_ = PaperId(f"arxiv:{key}")
    published = date(2014 + number % 12, number % 12 + 1, 1 + number % 27)
    is_changed = number % 3 != 0
    values: dict[str, Any] = {
        "id": id_,
        "title": f"{topic[0].upper()}{topic[1:]}, part {number}",
        "authors": tuple(Author(f"{first} {last}") for first, last in zip(("Naman", "Surbhi", "Cyril"), ("Agarwal", "Goel", f"Zhang{number}"), strict=True)),
        "published": published.isoformat(),
        "updated": (published + timedelta(days=100)).isoformat() if is_changed else None,
        "latest_version": "v2" if is_changed else "v1",
        "versions": (Version(version="v1", date=published.isoformat()),),
        "category": ("cs.LG", "math.NT", "stat.ML")[number % 3],
        "doi": f"10.48550/arXiv.{key}",
        "abstract": f"{WORDS} {WORDS} {WORDS}",
        "url": f"https://arxiv.org/abs/{key}",
        "pdf": f"https://arxiv.org/pdf/{key}",
    }  # fmt: skip
    return Paper(**{**values, **facts})


def annotate(talk: Talk, *papers: Lookup) -> AnnotatedTalk:
    """Return a talk whose abstract names papers, as the join gives it."""
    found = find_references(talk)
    known = {each.id: each for each in papers}
    ids = dict.fromkeys(r.paper for r in found)
    return AnnotatedTalk(
        talk=talk,
        references=tuple(found),
        papers=Papers({id_: known[id_] for id_ in ids if id_ in known}),
        warnings=found.warnings,
    )


def talk(number: int, papers: tuple[Lookup, ...], **facts: Any) -> AnnotatedTalk:
    """Return a talk on some papers."""
    speaker, place = PEOPLE[number % len(PEOPLE)]
    links = "\n".join(f"- Part {n}. {WORDS} [{p.url}]" for n, p in enumerate(papers, 1))
    start = datetime(2026, 1, 5, 17, tzinfo=UTC) + timedelta(days=number % 400, hours=number % 5)
    values: dict[str, Any] = {
        "id": f"Sem/{number}",
        "feed": Feed(name=SERIES[number % len(SERIES)]),
        "url": f"https://researchseminars.org/talk/Sem/{number}/",
        "title": f"On {TOPICS[(number * 3) % len(TOPICS)]}: talk {number}",
        "speaker": speaker,
        "speaker_affiliation": place,
        "series": SERIES[number % len(SERIES)],
        "start_time": start,
        "abstract": f"{WORDS}\n\n{links}\n\n{WORDS}",
    }
    return annotate(Talk(**{**values, **facts}), *papers)


def _list_kinds() -> Iterator[AnnotatedTalk]:
    """Yield talks of every kind that a page must show."""
    shared = paper(1, title=r"On $\ell_p$-norms, R\'enyi graphs and {\it na\"ive} $O(n^2)$", venue="ICML 2021", decision="accepted")  # fmt: skip
    forum = paper(
        2, id=PaperId("openreview:FpKgG31Z_i9"), title="Learning rate grafting", authors=(), authors_hidden=True,
        url="https://openreview.net/forum?id=FpKgG31Z_i9", pdf="https://openreview.net/pdf?id=FpKgG31Z_i9",
        venue="Submitted to ICLR 2022", decision="under_review", doi=None, latest_version=None, versions=(),
    )  # fmt: skip
    published = paper(
        3,
        published_as=Publication(
            venue="Annals of Mathematics", year=2023, doi="10.4007/annals.2023.1"
        ),
    )
    withdrawn = paper(4, withdrawn=True, updated="2025-02-01")
    crowd = paper(
        5,
        title="Gemini: " + "a family of highly capable multimodal models " * 4,
        authors=tuple(Author(f"Author Number{n}") for n in range(300)),
    )
    old = paper(6, stale=True, via="datacite", published="1998", updated=None)
    failed = Unresolved(id=PaperId("openreview:Hk_xyz12345"), code="challenge", message="OpenReview asked for a login", retryable=True, url="https://openreview.net/forum?id=Hk_xyz12345")  # fmt: skip
    missing = Unresolved(id=PaperId("arxiv:2103.99999"), code="not_found", message="arXiv has no such paper", url="https://arxiv.org/abs/2103.99999")  # fmt: skip
    twin = paper(7, id=PaperId("openreview:twin_of-1401"), title=paper(8).title, authors=paper(8).authors, decision="accepted", venue="NeurIPS 2025", url="https://openreview.net/forum?id=twin_of-1401", doi=None, published="2025-01-02", same_as=(paper(8).id,), matched_by="forum")  # fmt: skip
    yield talk(
        0,
        (shared, forum),
        slides_link="https://example.org/s.pdf",
        video_link="https://example.org/v",
        room="Room 12",
    )
    yield talk(1, (shared, published), status="cancelled")
    yield talk(2, (withdrawn,), status="postponed")
    yield talk(3, (crowd, shared), recurrence="FREQ=WEEKLY;BYDAY=MO")
    yield talk(4, (old, failed))
    yield talk(5, (missing,), status="tentative", start_time=date(2026, 1, 20))
    yield talk(6, (), abstract=None, title=None, speaker=None, url=None)
    yield talk(7, (paper(8), twin), title="深層学習における最適化の理論と実践について")
    yield talk(8, (), title="A title that runs on " * 12)
    yield talk(9, (paper(9),), start_time=None, series=None)
    yield talk(10, (paper(10),), start_time=datetime(2026, 1, 22, 9, 30))  # noqa: DTZ001
    yield talk(
        11, (shared,), start_time=datetime(2026, 1, 23, 0, 30, tzinfo=timezone(timedelta(hours=9)))
    )
    v1 = shared.url.replace("abs", "pdf") + "v1"
    yield annotate(
        Talk(id="astral", title="𝔸 talk with 𝕒stral letters", start_time=datetime(2026, 2, 1, 12, tzinfo=UTC), series=SERIES[1], feed=Feed(name=SERIES[1]), speaker="Ada Lovelace", abstract=f"𝔸𝔹ℂ 😀 before the link {v1}, then {paper(11).url} 𝔻 and more."),
        shared, paper(11),
    )  # fmt: skip


def thirty() -> Document:
    """Return thirty talks of all kinds, with notices."""
    kinds = tuple(_list_kinds())
    more = tuple(talk(n, (paper(n), paper(n * 7 % 40 + 1))) for n in range(13, 30))
    notices = (
        Notice(code="duplicates_dropped", message="1 duplicate was dropped", feed="Theory Lunch"),
        Notice(code="unreadable_event", message='DTSTART "TBA" is not a date; the event was skipped', feed="Theory Lunch", event="x@y", line=812),
    )  # fmt: skip
    return Document(kinds + more, notices)


def many(count: int = 1000) -> Document:
    """Return many talks on two or three papers each."""
    return Document(
        tuple(
            talk(
                n,
                tuple(paper(k) for k in {n, n * 7 % 900, n * 13 % 500}),
                series=f"Series {n % 23}",
            )
            for n in range(count)
        )
    )


def one() -> Document:
    """Return one talk."""
    return Document((talk(0, (paper(1), paper(2), paper(3))),))


def reference_at(text: str, exact: str) -> Reference:
    """Return a reference to a place of a text."""
    start = text.index(exact)
    return Reference(
        PaperId("arxiv:2103.01338"),
        None,
        "abstract",
        start,
        start + len(exact),
        exact,
        (0, len(text)),
        "url",
    )
