"""What every source keeps, whichever it is: found by its file, so a new one is held to it unasked."""

from __future__ import annotations

import pickle
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from enrich.errors import SourceError
from enrich.paper import PaperId, Unresolved
from enrich.sources import forms as all_forms
from enrich.sources import forms_of, installed, links, names
from tests.sources.answers import Canned, response

EACH = pytest.mark.parametrize("name", names())

EXAMPLES = Path(__file__).parents[1] / "data/sources"


def keys(name: str) -> list[str]:
    """Return canonical keys of a source; a new source adds a file of its own."""
    return (EXAMPLES / f"{name}.txt").read_text("utf-8").split()


def papers(name: str) -> list[PaperId]:
    found = [installed.source(name).canonical(key) for key in keys(name)]
    assert found, name
    assert all(found), name
    return [each[0] for each in found if each]


def test_every_source_has_examples() -> None:
    assert {path.stem for path in EXAMPLES.iterdir()} == set(names())


@EACH
def test_the_forms_are_the_source_without_its_service(name: str) -> None:
    forms, source = forms_of(name), installed.source(name)
    assert forms in all_forms()
    assert (forms.name, forms.anchors) == (source.name, source.anchors)
    for paper in papers(name):
        expected = (source.url(paper), source.pdf(paper), source.doi(paper))
        assert links(paper) == (forms.url(paper), forms.pdf(paper), forms.doi(paper)) == expected
        assert expected[2] is None or expected[2].startswith("10.")


@EACH
def test_it_is_named_after_its_file_and_says_what_it_needs(name: str) -> None:
    source = installed.source(name)
    assert source.name == name
    assert source.revision >= 1
    assert source.anchors
    assert all(anchor == anchor.lower() and anchor for anchor in source.anchors)
    assert source.politeness.hosts
    assert source.politeness.delay_s >= 1
    assert 1 <= source.politeness.batch <= 100
    assert 429 in source.politeness.retried
    assert not {400, 401, 403, 404} & source.politeness.retried


@EACH
def test_canonical_ids_stay_as_they_are(name: str) -> None:
    source = installed.source(name)
    for key, paper in zip(keys(name), papers(name), strict=True):
        assert (paper.source, paper.key) == (name, key)
        assert source.canonical(paper.key) == (paper, None)
        assert pickle.loads(pickle.dumps(paper)) == paper


@EACH
@given(text=st.text(max_size=40))
def test_any_text_has_a_canonical_id_or_none(name: str, text: str) -> None:
    found = installed.source(name).canonical(text)
    if found is not None:
        assert found[0].source == name
        again = installed.source(name).canonical(found[0].key)
        assert again == (found[0], None)


@EACH
def test_its_addresses_lead_back_to_the_paper(name: str) -> None:
    source = installed.source(name)
    for paper in papers(name):
        for address in (source.url(paper), source.pdf(paper)):
            assert address is not None
            assert urlsplit(address).scheme == "https"
            text = address.encode()
            starts = {
                at
                for anchor in source.anchors
                for at in range(len(text))
                if text.startswith(anchor, at)
            }
            mentions = [m for at in sorted(starts) for m in source.recognise(text, at)]
            assert paper in [m.paper for m in mentions], address
            assert all(0 <= m.start < m.end <= len(text) for m in mentions)


@EACH
@pytest.mark.parametrize("status", [401, 402, 405, 410, 414, 451, 500, 503])
def test_an_answer_that_is_none_raises(name: str, status: int) -> None:
    paper = papers(name)[0]
    answers = [response(b"<html>no</html>", status=status) for _ in range(4)]
    with pytest.raises(SourceError):
        list(installed.source(name).fetch([(paper, None)], Canned(*answers)))


@EACH
def test_what_the_session_raises_passes(name: str) -> None:
    class Down(requests.Session):
        def get(self, *_: object, **__: object) -> requests.Response:
            raise SourceError("the service is down", code="timeout")

    paper = papers(name)[0]
    with pytest.raises(SourceError, match="down"):
        list(installed.source(name).fetch([(paper, None)], Down()))


@EACH
def test_a_believed_page_of_another_service_is_an_error(name: str) -> None:
    for body in (b"<html><body>Are you a robot?</body></html>", b"", b"\x00" * 100, b"null"):
        with pytest.raises(SourceError):
            installed.source(name).check(response(body))


@EACH
def test_unresolved_papers_keep_their_addresses(name: str) -> None:
    source, paper = installed.source(name), papers(name)[0]
    unresolved = Unresolved(
        id=paper, code="not_found", message="", url=source.url(paper), pdf=source.pdf(paper)
    )
    assert unresolved.to_dict()["url"] == source.url(paper)


def test_the_sources_are_loaded_without_the_packages_that_ask() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from enrich.sources.installed import sources; sources();"
        "print({'requests', 'arxiv', 'lxml', 'requests_cache', 'tenacity'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
