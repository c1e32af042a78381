"""The laws of the house, over the graph of all imports; `test_imports` has those of the run time.

Each law is first run over a small made package that keeps it, then over the same with one forbidden
line, which it must report: a law that finds nothing anywhere would hold for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.house import laws
from tests.house.import_graph import FOLDER, Graph, read_graph

Law = Callable[[Graph], list[str]]


LAWS = (
    laws.check_feeds,
    laws.check_references_do_no_io,
    laws.check_http,
    laws.check_store,
    laws.check_writers,
    laws.check_changes,
    laws.check_pure,
    laws.check_io,
    laws.check_importlib,
    laws.check_loaders,
    laws.check_service_names,
    laws.check_circles,
    laws.check_levels,
)

MADE = {
    "__init__": 'from enrich.version import VERSION\n_HOME = {"Talk": "model", "Enricher": "enricher"}\n',
    "version": "",
    "errors": "",
    "registry": "import importlib\n",
    "text/__init__": "",
    "text/tidy": "import re\n",
    "paper": "from enrich.text.tidy import tidy\n",
    "model": "import enrich.paper\n",
    "document": "from enrich.model import Talk\n",
    "identity": "from . import paper\n",
    "annotate": "from enrich import Talk\n",
    "feeds/__init__": "",
    "feeds/opening": "import os\nfrom enrich.feeds.dialects import dialects\n",
    "feeds/dialects/__init__": "from enrich.registry import load\n",
    "feeds/dialects/oxford": "from enrich.model import Talk\n",
    "references/__init__": "",
    "references/extract": "from enrich.sources import forms\n",
    "sources/__init__": 'from enrich.registry import load\nload("x", "FORMS", "forms")\n',
    "sources/installed": "from enrich.registry import load\nfrom enrich.http.politeness import P\n",
    "sources/arxiv/__init__": "",
    "sources/arxiv/forms": "from enrich.sources.arxiv import ids\n",
    "sources/arxiv/ids": 'import re\nNAME = "arxiv" == "arxiv"\n',
    "sources/arxiv/api": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import requests\n",
    "sources/dblp": "from enrich.paper import Paper\n",
    "http/__init__": "import requests\n",
    "http/politeness": "",
    "store/__init__": "import sqlite3\nfrom enrich.paper import Paper\n",
    "lookup/__init__": "def run():\n    from enrich import http, store\n",
    "enricher": "from enrich.lookup import run\nfrom enrich.sources import installed\n",
    "changes/__init__": "",
    "changes/compare": "from enrich.document import encode\n",
    "writers/__init__": "from enrich.registry import load\n",
    "writers/json": "from enrich.document import encode\nfrom enrich.writers import _labels\n",
    "writers/_labels": 'import enrich.identity\nPREFIX = {"arxiv": "arXiv"}\n',
    "cli/__init__": "",
    "cli/main": "from enrich.cli.run import command\n",
    "cli/run": "from enrich import Enricher\nfrom enrich.cli.commands import names\nprint(1)\n",
    "cli/commands/__init__": "from enrich.registry import load\n",
    "cli/commands/talks": "from enrich.feeds import opening\n",
    "__main__": "from enrich.cli.main import main\n",
}
"""A package that keeps all laws, in miniature."""


def make_package(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def graph() -> Graph:
    return read_graph()


@pytest.mark.parametrize("law", LAWS)
def test_the_package_keeps_the_law(law: Law, graph: Graph) -> None:
    """The law's own docstring says what it is."""
    breaches = law(graph)
    assert not breaches, "\n".join([str(law.__doc__), *breaches])


def test_the_root_holds_few_files() -> None:
    breaches = laws.check_root(FOLDER)
    assert not breaches, "\n".join([str(laws.check_root.__doc__), *breaches])


CHECKS = tuple(
    law for law in (getattr(p, "values", (p,))[0] for p in LAWS) if law is not laws.check_levels
)


@pytest.mark.parametrize("law", CHECKS)
def test_a_made_package_keeps_the_law(law: Law, tmp_path: Path) -> None:
    assert law(read_graph(make_package(tmp_path, MADE))) == []


TEXT_OF_A_DECISION = "enrich.paper, line 2: 'arxiv' in a "


@pytest.mark.parametrize(
    ("law", "file", "line", "breach"),
    [
        (laws.check_feeds, "feeds/dialects/oxford", "def read():\n    import enrich.references.extract",
         "enrich.feeds.dialects.oxford → enrich.references.extract"),
        (laws.check_feeds, "feeds/dialects/oxford", "from ...lookup import run", "enrich.feeds.dialects.oxford → enrich.lookup"),
        (laws.check_feeds, "text/tidy", "from enrich.sources.arxiv.ids import PATTERN",
         "enrich.feeds.dialects.oxford → enrich.model → enrich.paper → enrich.text.tidy → enrich.sources"),
        (laws.check_feeds, "feeds/opening", "from enrich import store", "enrich.feeds.opening → enrich.store"),
        (laws.check_feeds, "feeds/opening", "from enrich import Enricher",
         "enrich.feeds.opening → enrich.enricher → enrich.lookup"),
        (laws.check_feeds, "feeds/opening", "import enrich\nenrich.Enricher()",
         "enrich.feeds.opening → enrich.enricher → enrich.lookup"),
        (laws.check_references_do_no_io, "sources/arxiv/ids", "from pathlib import Path",
         "enrich.references.extract → enrich.sources → enrich.sources.arxiv.forms → enrich.sources.arxiv.ids → pathlib"),
        (laws.check_references_do_no_io, "sources/__init__", 'load("x", "SOURCE", "api")',
         "enrich.references.extract → enrich.sources → enrich.sources.arxiv.api"),
        (laws.check_references_do_no_io, "references/extract", "from enrich.sources import installed",
         "enrich.references.extract → enrich.sources.installed"),
        (laws.check_references_do_no_io, "sources/arxiv/__init__", "from enrich.sources.dblp import X",
         "enrich.references.extract → enrich.sources → enrich.sources.arxiv → enrich.sources.dblp"),
        (laws.check_http, "http/politeness", "from enrich.sources import Source", "enrich.http.politeness → enrich.sources"),
        (laws.check_store, "store/__init__", "if True:\n    from enrich.sources.arxiv import ids", "enrich.store → enrich.sources"),
        (laws.check_writers, "writers/_labels", "from enrich.annotate import annotate", "enrich.writers._labels → enrich.annotate"),
        (laws.check_writers, "identity", "from enrich import feeds", "enrich.writers._labels → enrich.identity → enrich.feeds"),
        (laws.check_changes, "changes/compare", "from enrich.feeds import opening", "enrich.changes.compare → enrich.feeds"),
        (laws.check_pure, "sources/arxiv/entry", "import socket", "enrich.sources.arxiv.entry → socket"),
        (laws.check_pure, "document", "from urllib import request", "enrich.document → urllib.request"),
        (laws.check_pure, "annotate", "from enrich import http", "enrich.annotate → enrich.http → requests"),
        (laws.check_pure, "text/tidy", 'open("x")', "enrich.text.tidy calls open()"),
        (laws.check_io, "registry", "import time", "enrich.registry → time"),
        (laws.check_io, "feeds/dialects/oxford", "import requests.sessions", "enrich.feeds.dialects.oxford → requests.sessions"),
        (laws.check_importlib, "feeds/opening", "from importlib import import_module", "enrich.feeds.opening → importlib"),
        (laws.check_importlib, "feeds/opening", '__import__("x")', "enrich.feeds.opening → importlib"),
        (laws.check_loaders, "store/__init__", "from enrich.registry import load",
         "enrich.store imports the registry and is not in LOADERS (tests/house/import_graph.py)"),
        (laws.check_service_names, "paper", 'X = KEY == "arxiv"', TEXT_OF_A_DECISION + "comparison"),
        (laws.check_service_names, "paper", 'X = KEY in {"arxiv"}', TEXT_OF_A_DECISION + "set, tuple or list"),
        (laws.check_service_names, "paper", 'X = {"arxiv": 1}', TEXT_OF_A_DECISION + "dict's key"),
        (laws.check_service_names, "paper", 'X = source("arxiv")', TEXT_OF_A_DECISION + "call"),
        (laws.check_service_names, "paper", 'X = KEY.startswith("arxiv")', TEXT_OF_A_DECISION + "call of startswith"),
        (laws.check_service_names, "paper", 'X = TABLE["arxiv"]', TEXT_OF_A_DECISION + "subscript"),
        (laws.check_service_names, "feeds/opening", 'X = b"openreview.net" in TEXT',
         "enrich.feeds.opening, line 3: 'openreview.net' in a comparison"),
        (laws.check_circles, "text/tidy", "def f():\n    from enrich.model import Talk",
         "model and paper and text import each other: model → paper; paper → text; text → model"),
    ],
)  # fmt: skip
def test_one_forbidden_line_is_reported(
    law: Law, file: str, line: str, breach: str, tmp_path: Path
) -> None:
    files = {**MADE, file: f"{MADE.get(file, '')}{line}\n"}
    assert breach in law(read_graph(make_package(tmp_path, files)))


def test_an_import_for_type_checkers_alone_is_not_reported(tmp_path: Path) -> None:
    line = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from enrich.sources import Source\n"
    graph = read_graph(make_package(tmp_path, {**MADE, "http/politeness": line}))
    assert laws.check_http(graph) == []


def test_a_level_and_a_file_too_many_are_reported(tmp_path: Path) -> None:
    files = {f"level{n}": f"import enrich.level{n + 1}\n" for n in range(10)}
    graph = read_graph(make_package(tmp_path, {**MADE, **files, "level10": ""}))
    assert laws.check_levels(graph)[0] == "11 levels, 10 at most"
    assert laws.check_root(tmp_path)[0].startswith("22 files in the root, 12 at most: __init__.py")


def test_every_exception_to_the_law_of_names_has_its_reason() -> None:
    assert all(allowed.reason for allowed in laws.MAY_NAME_A_SERVICE)
