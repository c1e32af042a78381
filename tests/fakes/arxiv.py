"""arXiv's API as it is since November 2025: one Atom feed for a list of ids.

The rules are those of arXiv's own code (arXiv/arxiv-search, classic API) and of recorded answers:
the list is split at commas and not trimmed; each element need only hold something like an id, else
the whole request is HTTP 400; then ids are matched exactly, so what is unknown, written in another
spelling, or of a version never made is left out; the order is not the one asked for.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from tests.fakes.papers import FakePaper, FakeVersion
from tests.fakes.wire import Answer, Request

HOST = "export.arxiv.org"
PATH = "/api/query"
LONGEST_TARGET = 8190
"""Octets of a request line; more is HTTP 414."""

ARCHIVES = (
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas "
    "cond-mat cs dg-ga econ eess funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin "
    "nucl-ex nucl-th patt-sol physics plasm-ph q-alg q-bio q-fin quant-ph solv-int stat supr-con"
)
LOOSELY_AN_ID = re.compile(
    rf"\d{{4}}\.\d{{4,5}}(v\d*)?|({'|'.join(ARCHIVES.split())})(\.[a-z-]+)?/\d{{2}}[01]\d{{4}}",
    re.IGNORECASE,
)
VERSIONED = re.compile(r"(.+)v(\d+)$")

Hit = tuple[FakePaper, int]

_HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
"""


class Arxiv:
    """The service; a test adds papers and turns its switches."""

    hosts = (HOST,)

    def __init__(self) -> None:
        self.papers: dict[str, FakePaper] = {}
        self.malformed: Literal["400", "omitted"] = "400"
        """What a list with a bad id gives; the service has been seen to do either."""
        self.counts_unknown = False
        """True: unknown ids are counted in totalResults, as before November 2025."""
        self.order: Callable[[list[Hit]], Sequence[Hit]] = lambda hits: hits[::-1]
        """The order of the entries, made from the one asked for."""

    def add(self, *papers: FakePaper) -> None:
        """Let the service have these papers; one of the same id replaces the old one."""
        self.papers |= {paper.id: paper for paper in papers}

    def remove(self, *ids: str) -> None:
        """Let the service have them no more."""
        for id_ in ids:
            del self.papers[id_]

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        if request.path != PATH:
            return Answer(
                status=404, media="text/html; charset=utf-8", body=b"<h1>Not Found</h1>\n"
            )
        if len(request.target) > LONGEST_TARGET:
            return Answer(status=414, media="text/html", body=b"<h1>Request-URI Too Long</h1>\n")
        asked = request.form if request.method == "POST" else request.query
        wanted = asked.get("id_list", "")
        ids = wanted.split(",") if wanted else []
        if self.malformed == "400":
            for id_ in ids:
                if not LOOSELY_AN_ID.search(id_):
                    return _atom(error(f"incorrect id format for {id_}"), status=400)
        hits = self.order(self._hits(ids))
        total = max(len(hits), len(ids) if self.counts_unknown else 0)
        start, most = int(asked.get("start") or 0), int(asked.get("max_results") or 10)
        return _atom(
            feed(
                hits[start : start + most],
                search_query=asked.get("search_query", ""),
                id_list=wanted,
                start=start,
                max_results=most,
                total=total,
            )
        )

    def _hits(self, ids: Sequence[str]) -> list[Hit]:
        hits: list[Hit] = []
        for id_ in ids:
            match = VERSIONED.match(id_)
            paper = self.papers.get(match[1] if match else id_)
            number = int(match[2]) if match else paper.newest if paper else 0
            if paper and 1 <= number <= paper.newest and (paper, number) not in hits:
                hits.append((paper, number))
        return hits


def _atom(body: str, *, status: int = 200) -> Answer:
    return Answer(status=status, media="application/atom+xml; charset=utf-8", body=body.encode())


def feed(
    hits: Sequence[Hit],
    *,
    id_list: str,
    search_query: str = "",
    start: int = 0,
    max_results: int = 10,
    total: int | None = None,
    updated: str | None = None,
) -> str:
    """The feed document of these hits."""
    query = f"search_query={search_query}&id_list={id_list}&start={start}&max_results={max_results}"
    link = (
        f"https://arxiv.org/api/query?search_query={search_query}&start={start}"
        f"&max_results={max_results}&id_list={id_list}"
    )
    digest = base64.b64encode(hashlib.sha1(query.encode()).digest()).decode().rstrip("=")
    return "".join(
        [
            _HEAD,
            f"  <id>https://arxiv.org/api/{digest}</id>\n",
            f"  <title>arXiv Query: {escape(query)}</title>\n",
            f"  <updated>{updated or _now()}</updated>\n",
            f'  <link href={quoteattr(link)} type="application/atom+xml"/>\n',
            _counts(max_results, len(hits) if total is None else total, start),
            *(line for paper, number in hits for line in _entry(paper, number)),
            "</feed>\n",
        ]
    )


def error(summary: str) -> str:
    """The feed document that tells of a request which the service refuses."""
    page = "https://arxiv.org/api/errors#" + re.sub(r"\s", "_", summary)
    now = _now()
    return (
        f"{_HEAD}  <id>https://arxiv.org/</id>\n  <title>arXiv Search Results</title>\n"
        f"  <updated>{now}</updated>\n{_counts(1, 1, 0)}"
        f"  <entry>\n    <id>{escape(page)}</id>\n    <title>Error</title>\n"
        f"    <updated>{now}</updated>\n"
        f'    <link href={quoteattr(page)} rel="alternate" type="text/html"/>\n'
        f"    <summary>{escape(summary)}</summary>\n"
        "    <author>\n      <name>arXiv api core</name>\n    </author>\n  </entry>\n</feed>\n"
    )


def _counts(items: int, total: int, start: int) -> str:
    return "".join(
        f"  <opensearch:{name}>{value}</opensearch:{name}>\n"
        for name, value in (("itemsPerPage", items), ("totalResults", total), ("startIndex", start))
    )


def _entry(paper: FakePaper, number: int) -> Iterator[str]:
    version: FakeVersion = paper.version(number)
    id_ = f"{paper.id}v{number}"

    def element(name: str, text: str | None) -> str:
        return "" if text is None else f"    <{name}>{escape(text)}</{name}>\n"

    yield "  <entry>\n"
    yield element("id", f"http://arxiv.org/abs/{id_}")  # http on purpose, as the service has it
    yield element("title", paper.title if version.title is None else version.title)
    yield element("updated", version.date)
    yield f'    <link href="https://arxiv.org/abs/{id_}" rel="alternate" type="text/html"/>\n'
    yield (
        f'    <link href="https://arxiv.org/pdf/{id_}" rel="related" type="application/pdf" '
        'title="pdf"/>\n'
    )
    yield element("summary", paper.summary if version.summary is None else version.summary)
    for category in paper.categories:
        yield f'    <category term="{category}" scheme="http://arxiv.org/schemas/atom"/>\n'
    yield element("published", paper.version(1).date)
    yield element("arxiv:comment", paper.comment if version.comment is None else version.comment)
    yield f'    <arxiv:primary_category term="{paper.categories[0]}"/>\n'
    yield element("arxiv:journal_ref", paper.journal_ref)
    for name in paper.authors if version.authors is None else version.authors:
        yield f"    <author>\n      <name>{escape(name)}</name>\n"
        for affiliation in paper.affiliations.get(name, ()):
            yield f"      <arxiv:affiliation>{escape(affiliation)}</arxiv:affiliation>\n"
        yield "    </author>\n"
    yield element("arxiv:doi", paper.doi)
    if paper.doi is not None:
        page = quoteattr(f"https://doi.org/{paper.doi}")
        yield f'    <link rel="related" href={page} title="doi"/>\n'
    yield "  </entry>\n"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
