"""dblp's SPARQL endpoint: the query is run for real, over a graph in dblp's schema.

No answer of it was to be had recorded; the schema is that of dblp's own tutorial
(github.com/dblp/kg). The service runs QLever, this stand-in rdflib: what is no SPARQL 1.1 fails in both.
"""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.fakes.papers import FakeRecord
from tests.fakes.wire import Answer, Request

if TYPE_CHECKING:
    from rdflib import Graph

HOST = "sparql.dblp.org"
SITE = "dblp.org"
MEDIA = "application/sparql-results+json"
SCHEMA = "https://dblp.org/rdf/schema#"
BIBTEX = "http://purl.org/net/nknouf/ns/bibtex#"

CHALLENGE_PAGE = (
    b'<!doctype html><html lang="en"><head><title>Making sure you&#39;re not a bot!</title>'
    b'<script id="anubis_challenge" type="application/json">{}</script></head><body></body></html>\n'
)


class Dblp:
    """The endpoint, and the site beside it that only sets challenges; a test adds publications."""

    hosts = (HOST, SITE)

    def __init__(self) -> None:
        self.records: dict[str, FakeRecord] = {}
        self.challenge = False
        """True: a challenge page under 200 instead of any answer."""
        self._graph: Graph | None = None
        self._lock = threading.Lock()  # the engine's parser is not for several threads

    def add(self, *records: FakeRecord) -> None:
        """Let the graph hold these publications."""
        with self._lock:
            self.records |= {record.key: record for record in records}
            self._graph = None

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        if self.challenge or request.host == SITE:
            return Answer(media="text/html; charset=utf-8", body=CHALLENGE_PAGE)
        if request.path != "/sparql":
            return Answer(status=404, body=b"not here\n")
        query = (request.form if request.method == "POST" else request.query).get("query")
        if query is None:
            return _bad("The query is missing", "")
        with self._lock:
            return self._run(query)

    def _run(self, query: str) -> Answer:
        if self._graph is None:
            self._graph = graph(self.records.values())
        try:
            body = self._graph.query(query).serialize(format="json") or b""
        except Exception as error:  # noqa: BLE001 - parser and engine raise of every kind
            return _bad(str(error), query)
        return Answer(media=MEDIA, body=body)


def graph(records: Iterable[FakeRecord]) -> Graph:
    """The publications as dblp's knowledge graph has them."""
    from rdflib import RDF, XSD, BNode, Graph, Literal, Namespace, URIRef
    from rdflib.term import Node

    made, dblp = Graph(), Namespace(SCHEMA)
    for record in records:
        publication = URIRef(f"https://dblp.org/rec/{record.key}")

        def tell(predicate: URIRef, value: Node, about: Node = publication) -> None:
            made.add((about, predicate, value))

        tell(RDF.type, dblp.Publication)
        tell(RDF.type, dblp[record.kind])
        tell(dblp.bibtexType, URIRef(BIBTEX + _BIBTEX_TYPE.get(record.kind, record.kind)))
        tell(dblp.title, Literal(f"{record.title}."))
        tell(dblp.primaryDocumentPage, URIRef(record.pages[0]))
        for page in record.pages:
            tell(dblp.documentPage, URIRef(page))
        if record.venue is not None:
            tell(dblp.publishedIn, Literal(record.venue))
        if record.year is not None:
            year = Literal(record.year, datatype=XSD.gYear, normalize=False)
            tell(dblp.yearOfPublication, year)
        if record.doi is not None:
            tell(dblp.doi, URIRef(f"https://doi.org/{record.doi.upper()}"))
        for ordinal, name in enumerate(record.authors, 1):
            person, signature = URIRef(f"https://dblp.org/pid/{_pid(name)}"), BNode()
            tell(dblp.authoredBy, person)
            tell(dblp.hasSignature, signature)
            tell(RDF.type, dblp.AuthorSignature, signature)
            tell(dblp.signatureOrdinal, Literal(ordinal), signature)
            tell(dblp.signatureDblpName, Literal(name), signature)
            tell(dblp.signatureCreator, person, signature)
            tell(dblp.signaturePublication, publication, signature)
    return made


_BIBTEX_TYPE = {"Informal": "Article"}


def _pid(name: str) -> str:
    number = zlib.crc32(name.encode())  # one person for one name, homonym number included
    return f"{number % 300}/{number // 300 % 10000}"


def _bad(message: str, query: str) -> Answer:
    body = json.dumps({"exception": message, "query": query, "status": "ERROR"}).encode()
    return Answer(status=400, media="application/json", body=body)
