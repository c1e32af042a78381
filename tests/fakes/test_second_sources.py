"""The stand-ins for DataCite and dblp."""

from __future__ import annotations

from typing import Any

import requests

from tests.fakes import FakePaper, FakeRecord, Fakes, FakeVersion

DATACITE, DBLP = "api.datacite.org", "sparql.dblp.org"
DOIS = f"https://{DATACITE}/dois"


# --- DataCite ------------------------------------------------------------------------------


def record(session: requests.Session, id_: str) -> dict[str, Any]:
    answer = session.get(f"{DOIS}/10.48550/{id_}", timeout=60)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/vnd.api+json")
    attributes: dict[str, Any] = answer.json()["data"]["attributes"]
    return attributes


def test_datacite_tells_the_newest_title_and_the_dates_of_all_versions(
    fakes: Fakes, session: requests.Session
) -> None:
    versions = [
        FakeVersion(date="2021-01-01T00:00:00Z", title="Old"),
        FakeVersion(date="2021-02-02T00:00:00Z", title="New & <old>"),
        FakeVersion(date="2021-03-03T00:00:00Z", title="New & <old>", withdrawn=True),
    ]
    fakes.datacite.add(
        FakePaper(id="2101.00001", versions=versions, authors=["Ada B. Author", "Plato"])
    )
    got = record(session, "arXiv.2101.00001")
    assert got["doi"] == "10.48550/arxiv.2101.00001"
    assert got["titles"] == [{"title": "New &amp; &lt;old&gt;"}]
    assert got["version"] == "3"
    by_kind = [(d["dateType"], d["dateInformation"], d["date"][:10]) for d in got["dates"][:4]]
    assert by_kind == [
        ("Submitted", "v1", "2021-01-01"),
        ("Submitted", "v2", "2021-02-02"),
        ("Withdrawn", "v3; None", "2021-03-03"),
        ("Updated", None, "2026-10-01"),
    ]
    ada, plato = got["creators"]
    assert (ada["givenName"], ada["familyName"]) == ("Ada B.", "Author")
    assert plato["nameType"] == "Organizational"
    assert "givenName" not in plato


def test_datacite_gives_twenty_five_unless_told(fakes: Fakes, session: requests.Session) -> None:
    ids = [f"2101.{n:05}" for n in range(1, 31)]
    fakes.datacite.add(*(FakePaper(id=id_) for id_ in ids))
    asked = {"ids": ",".join(f"10.48550/arXiv.{id_}" for id_ in [*ids, "2101.99999"])}
    answer = session.get(DOIS, params=asked, timeout=60).json()
    assert (len(answer["data"]), answer["meta"]["total"]) == (25, 30)
    answer = session.get(DOIS, params={**asked, "page[size]": "50"}, timeout=60).json()
    assert len(answer["data"]) == 30
    sparse = {**asked, "fields[dois]": "doi,titles", "page[size]": "1", "page[number]": "30"}
    (last,) = session.get(DOIS, params=sparse, timeout=60).json()["data"]
    assert last["id"] == "10.48550/arxiv.2101.00030"
    assert set(last["attributes"]) == {"doi", "titles"}


def test_datacite_knows_old_ids_without_a_subject_class(
    fakes: Fakes, session: requests.Session
) -> None:
    fakes.datacite.add(FakePaper(id="math/0601001"))
    fakes.datacite.overrides["math/0601001"] = {"creators": None}
    assert record(session, "arXiv.math/0601001")["creators"] is None
    missing = session.get(f"{DOIS}/10.48550/arXiv.math.AG/0601001", timeout=60)
    assert missing.status_code == 404
    assert missing.json()["errors"][0]["status"] == "404"


def test_datacite_can_be_asked_by_query_and_loses_an_entry_on_demand(
    fakes: Fakes, session: requests.Session
) -> None:
    fakes.datacite.add(FakePaper(id="2101.00001"), FakePaper(id="2101.00002"))
    fakes.datacite.numbers = True
    fakes.fault(DATACITE, "lost", times=1)
    query = 'doi:("10.48550/arXiv.2101.00001" OR "10.48550/arXiv.2101.00002")'
    answer = session.get(DOIS, params={"query": query}, timeout=60).json()
    assert [each["attributes"]["version"] for each in answer["data"]] == [1]
    assert answer["meta"]["total"] == 2
    fakes.fault(DATACITE, "empty", times=1)
    answer = session.get(DOIS, params={"query": query}, timeout=60).json()
    assert (answer["data"], answer["meta"]["total"]) == ([], 0)


# --- dblp ----------------------------------------------------------------------------------

PREFIX = "PREFIX dblp: <https://dblp.org/rdf/schema#>\n"
BY_PAGE = (
    PREFIX
    + """SELECT ?pub ?title ?n ?name ?venue ?year ?doi WHERE {
  VALUES ?page { <https://openreview.net/forum?id=abc-_1> }
  ?pub dblp:documentPage ?page ; dblp:title ?title ; dblp:hasSignature ?s .
  ?s dblp:signatureOrdinal ?n ; dblp:signatureDblpName ?name .
  OPTIONAL { ?pub dblp:publishedIn ?venue }
  OPTIONAL { ?pub dblp:yearOfPublication ?year }
  OPTIONAL { ?pub dblp:doi ?doi }
} ORDER BY ?pub ?n"""
)


def rows(session: requests.Session, query: str) -> list[dict[str, str]]:
    answer = session.post(f"https://{DBLP}/sparql", data={"query": query}, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/sparql-results+json"
    bindings = answer.json()["results"]["bindings"]
    return [{name: cell["value"] for name, cell in row.items()} for row in bindings]


def test_dblp_runs_the_query_over_its_schema(fakes: Fakes, session: requests.Session) -> None:
    fakes.dblp.add(
        FakeRecord(key="conf/iclr/A22", pages=["https://openreview.net/forum?id=abc-_1"]),
        FakeRecord(key="conf/iclr/B22", pages=["https://openreview.net/forum?id=other1"]),
    )
    ada = {
        "pub": "https://dblp.org/rec/conf/iclr/A22",
        "title": "A Title.",
        "n": "1",
        "name": "Ada Author",
        "venue": "ICLR",
        "year": "2022",
    }
    assert rows(session, BY_PAGE) == [ada, {**ada, "n": "2", "name": "Émile Écrivain 0001"}]
    got = session.get(f"https://{DBLP}/sparql", params={"query": BY_PAGE}, timeout=60)
    assert got.json()["head"]["vars"] == ["pub", "title", "n", "name", "venue", "year", "doi"]


def test_dblp_links_a_preprint_to_its_published_version(
    fakes: Fakes, session: requests.Session
) -> None:
    fakes.add_example()
    fakes.dblp.add(
        FakeRecord(
            key="conf/icml/A21",
            pages=["https://example.org/a21"],
            title="Acceleration Via Fractal Learning-Rate Schedules",
            authors=["Naman Agarwal", "Surbhi Goel", "Cyril Zhang"],
            venue="ICML",
            year="2021",
        )
    )
    letters = 'LCASE(REPLACE({}, "[^A-Za-z0-9]", ""))'
    query = (
        PREFIX
        + f"""SELECT ?venue WHERE {{
  ?c dblp:doi <https://doi.org/10.48550/ARXIV.2103.01338> ; dblp:title ?ct ; dblp:hasSignature ?s .
  ?s dblp:signatureOrdinal 1 ; dblp:signatureCreator ?a .
  ?p dblp:authoredBy ?a ; dblp:title ?pt ; dblp:publishedIn ?venue .
  FILTER(?p != ?c && {letters.format("?ct")} = {letters.format("?pt")})
}}"""
    )
    assert rows(session, query) == [{"venue": "ICML"}]
    assert rows(session, query.replace("ARXIV", "arXiv")) == []  # its DOIs are in upper case


def test_dblp_refuses_what_is_no_query(fakes: Fakes, session: requests.Session) -> None:
    for query in ("SELECT ?x WHERE", PREFIX + "SELECT ?x WHERE { ?x nope:title ?y }"):
        answer = session.post(f"https://{DBLP}/sparql", data={"query": query}, timeout=60)
        assert answer.status_code == 400
        assert answer.json()["exception"]
    assert session.get(f"https://{DBLP}/sparql", timeout=60).status_code == 400


def test_dblp_sets_a_challenge_under_200(fakes: Fakes, session: requests.Session) -> None:
    fakes.dblp.challenge = True
    for url in (f"https://{DBLP}/sparql?query=x", "https://dblp.org/search/publ/api?q=x"):
        answer = session.get(url, timeout=60)
        assert answer.status_code == 200
        assert "anubis_challenge" in answer.text
