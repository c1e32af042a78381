"""The programs that people use, as readers of what is written: real items, and items that attack.

Every item passes every program without a warning, and names, titles, DOIs and URLs come back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from enrich.model import AnnotatedTalk, Document, Talk
from enrich.paper import Paper, Papers
from enrich.text.tex import plain
from enrich.writers import configure, writer
from enrich.writers._csl_item import doi_of
from enrich.writers._entries import doi_field, url_field
from tests.writers.bibliography import (
    FORMATS,
    as_read,
    injected,
    name_of,
    name_of_csl,
    render,
    require,
    run_pandoc,
    run_program,
    write_file,
)

pytestmark = pytest.mark.slow
PANDOC = {"bibtex": "bibtex", "biblatex": "biblatex", "csl": "csljson", "ris": "ris"}


# --- BibTeX and BibLaTeX --------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"bibtex_type": "article"}], ids=["misc", "article"])
def test_bibtex_takes_each_entry(corpus: list[Paper], tmp_path: Path, options: Any) -> None:
    bibtex = require("bibtex")
    write_file(tmp_path, corpus, "bibtex", **options)
    (tmp_path / "x.aux").write_text("\\relax\n\\citation{*}\n\\bibstyle{plain}\n\\bibdata{x}\n")
    ran = run_program(bibtex, "x", cwd=tmp_path)
    assert not re.search("(?i)warning|error", ran.stdout), ran.stdout
    assert (tmp_path / "x.bbl").read_text("utf-8").count("\\bibitem") == len(corpus)


@pytest.mark.parametrize(
    "options", [{}, {"bibtex_type": "misc"}, {"bibtex_type": "article"}], ids=str
)
def test_biber_takes_each_entry(corpus: list[Paper], tmp_path: Path, options: Any) -> None:
    biber = require("biber")
    write_file(tmp_path, corpus, "biblatex", **options)
    ran = run_program(
        biber, "--tool", "--validate-datamodel", "--output-file", "o.bib", "x.bib", cwd=tmp_path
    )
    lines = [line for line in (ran.stdout + ran.stderr).splitlines() if "INFO" not in line]
    of_a_date = re.compile(r"WARN - Datamodel: Entry .* one of 'date, year' must be defined")
    dateless = [line for line in lines if of_a_date.fullmatch(line)]
    assert [line for line in lines if line not in dateless] == []
    assert len(dateless) == sum(paper.published is None for paper in corpus)


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_bibtexparser_reads_each_entry(corpus: list[Paper], name: str) -> None:
    from bibtexparser.entrypoint import parse_string

    library = parse_string(render(corpus, name))
    assert library.failed_blocks == []
    assert len(library.entries) == len(corpus)
    for paper, entry in zip(corpus, library.entries, strict=True):
        found = {field.key: f"{{{field.value}}}" for field in entry.fields}
        assert found.get("url") == url_field(paper.url)
        assert found.get("doi") == doi_field(doi_of(paper))


@pytest.mark.parametrize(("name", "program"), [("bibtex", "bib2xml"), ("biblatex", "biblatex2xml"), ("ris", "ris2xml")])  # fmt: skip
def test_bibutils_takes_each_entry(
    corpus: list[Paper], tmp_path: Path, name: str, program: str
) -> None:
    tool = require(program)
    path = write_file(tmp_path, corpus, name)
    ran = run_program(tool, path, cwd=tmp_path)
    assert ran.stderr == f"{program}: Processed {len(corpus)} references.\n"


# --- pandoc ---------------------------------------------------------------------------------------


def read_back(corpus: list[Paper], name: str, folder: Path) -> list[dict[str, Any]]:
    path = write_file(folder, corpus, name)
    found: list[dict[str, Any]] = json.loads(
        run_pandoc("-f", PANDOC[name], "-t", "csljson", path, cwd=folder)
    )
    assert len(found) == len(corpus)
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_pandoc_gives_back_titles_dois_and_urls(
    shared_corpus: list[Paper], tmp_path: Path, name: str
) -> None:
    for paper, item in zip(shared_corpus, read_back(shared_corpus, name, tmp_path), strict=True):
        assert item.get("DOI") == doi_of(paper)
        assert item.get("URL") == paper.url
        title = re.sub("</?(?:span|sub|sup)[^>]*>", "", item["title"]).replace(r"$\rbrace$", "}")
        if "$" in title:  # formulas are kept
            title = plain(title)
        assert letters(as_read(title)) == letters(as_read(plain(paper.title)))


def letters(text: str) -> str:
    """Return a text without the signs around scripts, which Unicode has not all."""
    return re.sub(r"[\s^_()]", "", text)


@pytest.mark.parametrize("name", ["bibtex", "biblatex", "csl"])
def test_pandoc_gives_back_names(shared_corpus: list[Paper], tmp_path: Path, name: str) -> None:
    for paper, item in zip(shared_corpus, read_back(shared_corpus, name, tmp_path), strict=True):
        found = [name_of_csl(author) for author in item.get("author", ())]
        expected = [name_of(author) for author in paper.authors]
        assert [n.replace(r"\lbrace", "{") for n in found] == expected


def test_pandoc_gives_back_names_of_ris_but_their_commas(
    shared_corpus: list[Paper], tmp_path: Path
) -> None:
    for paper, item in zip(shared_corpus, read_back(shared_corpus, "ris", tmp_path), strict=True):
        found = [plain_name(name_of_csl(author)) for author in item.get("author", ())]
        assert found == [plain_name(name_of(author)) for author in paper.authors]


def plain_name(name: str) -> str:
    return re.sub(r"[\s,]", "", name)


def test_family_and_given_names_are_csls_own(shared_corpus: list[Paper]) -> None:
    for paper, item in zip(shared_corpus, json.loads(render(shared_corpus, "csl")), strict=True):
        found = [
            (n["family"], n["given"] + (f", {n['suffix']}" if "suffix" in n else ""))
            if "family" in n
            else (n["literal"],)
            for n in item.get("author", ())
        ]
        assert found == [(a.family, a.given) if a.family else (a.name,) for a in paper.authors]


@pytest.mark.parametrize("name", FORMATS)
def test_pandoc_cites_without_running_anything(
    corpus: list[Paper], tmp_path: Path, name: str
) -> None:
    path = write_file(tmp_path, corpus[:400], name)
    args = ("-f", PANDOC[name], "--citeproc", path, "-t")
    html = run_pandoc(*args, "html", cwd=tmp_path)
    assert html.count('class="csl-entry"') == len(corpus[:400])
    assert not re.search(r"(?i)<script|<img|javascript:[^<]*\"", html)


def test_csl_fits_the_official_schema(corpus: list[Paper], shared: Path) -> None:
    schema = json.loads((shared / "csl/csl-data.json").read_text(encoding="utf-8"))
    items = json.loads(render(corpus, "csl"))
    assert list(Draft7Validator(schema).iter_errors(items)) == []
    assert len({item["id"] for item in items}) == len(items)


# --- talks ----------------------------------------------------------------------------------------


class TestCitedTalks:
    """Talks as entries beside their papers, some with what attacks."""

    COUNT = 4

    @pytest.fixture
    def path(self, tmp_path: Path, name: str) -> Path:
        paper, *_ = papers = injected()[:2]
        hostile: dict[str, Any] = {
            "speaker": paper.authors[0].name,
            "series": paper.title,
            "room": "}{\\input x",
            "url": paper.url,
        }
        talks = (
            Talk(id="1", title=paper.title, start_time=date(2022, 2, 18), **hostile),
            Talk(id="2", title="A talk of $x_1$", speaker="Dr. Ada Lovelace and Alan Turing"),
        )  # fmt: skip
        found = Papers({paper.id: paper for paper in papers})
        document = Document([AnnotatedTalk(talk=talk, papers=found) for talk in talks])
        path = tmp_path / FORMATS[name]
        chosen = configure(writer(name), {"cite_talks": True})
        path.write_text("".join(chosen.write(document)), encoding="utf-8")
        return path

    @pytest.mark.parametrize("name", FORMATS)
    def test_pandoc_reads_and_cites_them(self, path: Path, name: str) -> None:
        args = ("-f", PANDOC[name], path, "-t")
        assert len(json.loads(run_pandoc(*args, "csljson", cwd=path.parent))) == self.COUNT
        html = run_pandoc("--citeproc", *args, "html", cwd=path.parent)
        assert html.count('class="csl-entry"') == self.COUNT

    @pytest.mark.parametrize(("name", "program"), [("bibtex", "bib2xml"), ("biblatex", "biblatex2xml"), ("ris", "ris2xml")])  # fmt: skip
    def test_bibutils_takes_them(self, path: Path, program: str) -> None:
        ran = run_program(require(program), path, cwd=path.parent)
        assert ran.stderr == f"{program}: Processed {self.COUNT} references.\n"

    @pytest.mark.parametrize("name", ["bibtex"])
    def test_bibtex_takes_them(self, path: Path) -> None:
        aux = "\\relax\n\\citation{*}\n\\bibstyle{plain}\n\\bibdata{x}\n"
        (path.parent / "x.aux").write_text(aux)
        ran = run_program(require("bibtex"), "x", cwd=path.parent)
        assert not re.search("(?i)warning|error", ran.stdout), ran.stdout

    @pytest.mark.parametrize("name", ["biblatex"])
    def test_biber_takes_them(self, path: Path) -> None:
        biber = require("biber")
        ran = run_program(
            biber, "--tool", "--validate-datamodel", "--output-file", "o.bib", path, cwd=path.parent
        )
        lines = [line for line in (ran.stdout + ran.stderr).splitlines() if "INFO" not in line]
        assert len(lines) == 1  # the second talk has no date
        assert "one of 'date, year' must be defined" in lines[0]

    @pytest.mark.parametrize("name", ["csl"])
    def test_they_fit_the_schema_of_csl(self, path: Path, shared: Path) -> None:
        schema = json.loads((shared / "csl/csl-data.json").read_text(encoding="utf-8"))
        found = json.loads(path.read_text(encoding="utf-8"))
        assert list(Draft7Validator(schema).iter_errors(found)) == []
        assert len(found) == self.COUNT


# --- LaTeX ----------------------------------------------------------------------------------------

HEAD = "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage{amsmath,amssymb,url,hyperref}\n"


def compile_twice(folder: Path, latex: str, bibliography: Callable[[], object]) -> str:
    """Return the log of the second of two runs, with the bibliography made between."""
    for turn in range(2):
        ran = run_program(
            latex, "-no-shell-escape", "-recorder", "-interaction=nonstopmode", "x.tex",
            cwd=folder, status=None,
        )  # fmt: skip
        if turn == 0:
            bibliography()
    files = (folder / "x.fls").read_text(encoding="utf-8", errors="replace")
    assert "passwd" not in files
    return ran.stdout


def test_latex_and_bibtex_set_what_attacks(tmp_path: Path) -> None:
    latex, bibtex = require("pdflatex"), require("bibtex")
    write_file(tmp_path, injected(), "bibtex")
    (tmp_path / "x.tex").write_text(
        f"{HEAD}\\begin{{document}}\\nocite{{*}}\n\\bibliographystyle{{plain}}\\bibliography{{x}}\\end{{document}}\n"
    )
    log = compile_twice(tmp_path, latex, lambda: run_program(bibtex, "x", cwd=tmp_path))
    assert [line for line in log.splitlines() if line.startswith("!")] == []
    assert "Output written on x.pdf" in log


def test_latex_and_biber_set_what_attacks(tmp_path: Path) -> None:
    latex, biber = require("pdflatex"), require("biber")
    for package in ("biblatex.sty", "etoolbox.sty"):
        if run_program(require("kpsewhich"), package, cwd=tmp_path, status=None).returncode:
            pytest.skip(f"{package} is not installed")
    write_file(tmp_path, injected(), "biblatex")
    (tmp_path / "x.tex").write_text(
        f"{HEAD}\\usepackage[backend=biber]{{biblatex}}\\addbibresource{{x.bib}}\n"
        "\\begin{document}\\nocite{*}\\printbibliography\\end{document}\n"
    )
    log = compile_twice(tmp_path, latex, lambda: run_program(biber, "x", cwd=tmp_path))
    assert [line for line in log.splitlines() if line.startswith("!")] == []
    assert "Output written on x.pdf" in log
