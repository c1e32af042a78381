"""Papers for the writers of bibliographies, and the programs that read what they write."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from enrich.model import AnnotatedTalk, Document, Talk
from enrich.paper import Author, Paper, Papers
from enrich.writers import write, writer

DATA = Path(__file__).parents[1] / "data/writers"
FORMATS = {"bibtex": "x.bib", "biblatex": "x.bib", "csl": "x.json", "ris": "x.ris"}
"""The formats, each with a name for its file."""
OF_NO_PAPER = {"type", "fixture", "trap", "right"}
TIMEOUT_S = 300


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file, one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def make_paper(record: dict[str, Any]) -> Paper:
    """Return the paper of a record; a page of its own where it has none."""
    kept = {key: value for key, value in record.items() if key not in OF_NO_PAPER}
    return Paper.from_dict({"url": f"https://arxiv.org/abs/{record['id'][6:]}", **kept})


def injected() -> list[Paper]:
    """Return papers that would act in TeX, .bib, RIS and HTML."""
    return [make_paper(record) for record in read_lines(DATA / "injection.jsonl")]


def one_talk(papers: Iterable[Paper], **talk: Any) -> Document:
    """Return a document of one talk with papers."""
    found = Papers({paper.id: paper for paper in papers})
    return Document([AnnotatedTalk(talk=Talk(**{"id": "1", **talk}), papers=found)])


def render(papers: Iterable[Paper], name: str, **options: Any) -> str:
    """Return papers in a format."""
    made: Any = writer(name)
    if options:
        return "".join(made.with_options(**options).write(one_talk(papers)))
    return "".join(write(one_talk(papers), name))


def count_works(document: Document) -> int:
    """Return how many works a document's papers are, as its JSON counts them."""
    summary = json.loads("".join(write(document, "json")))["summary"]
    return int(summary["works"])


def write_file(folder: Path, papers: Iterable[Paper], name: str, **options: Any) -> Path:
    """Write papers in a format to a file of a folder."""
    path = folder / FORMATS[name]
    path.write_text(render(papers, name, **options), encoding="utf-8")
    return path


def require(program: str) -> str:
    """Return the path of a program; skip the test where it is absent."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def run_program(
    *args: str | Path, cwd: Path, status: int | None = 0
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, without input."""
    ran = subprocess.run(
        [*map(str, args)], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        encoding="utf-8", errors="replace", timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert status is None or ran.returncode == status, ran.stdout[-2000:] + ran.stderr[-2000:]
    return ran


@cache
def pandoc_path() -> str | None:
    """Return the path of pypandoc-binary's own pandoc: that of Debian is of 2022."""
    try:
        import pypandoc
    except ImportError:
        return None
    return str(pypandoc.get_pandoc_path())


def run_pandoc(*args: str | Path, cwd: Path) -> str:
    """Run pandoc; it warns of nothing."""
    if pandoc_path() is None:
        pytest.skip("pypandoc-binary is not installed")
    ran = run_program(str(pandoc_path()), *args, cwd=cwd)
    assert ran.stderr == ""
    return ran.stdout


# --- what comes back, compared as people read it ------------------------------------------------


def as_read(text: str) -> str:
    """Return a text as typesetters leave it: one kind of quotes, of dashes and of blanks."""
    text = re.sub("[’‘“”\"`]|''", "'", text)
    text = text.replace("---", "—").replace("--", "–").replace("'''", "'").replace("''", "'")
    return re.sub(r"\s+", " ", text).strip()


def name_as_read(parts: Sequence[str | None]) -> str:
    """Return a name in display order; blanks between initials are the style's."""
    return re.sub(r"(?<=\.) (?=\S)", "", as_read(" ".join(part for part in parts if part)))


def name_of(author: Author) -> str:
    """Return an author's name in display order."""
    if not author.family:
        return name_as_read([author.name])
    return name_as_read([author.given, author.family])


def name_of_csl(name: dict[str, str]) -> str:
    """Return a CSL name in display order, the suffix behind the given names."""
    if "literal" in name:
        return name_as_read([name["literal"]])
    given = name.get("given", "") + (f", {name['suffix']}" if "suffix" in name else "")
    particles = (name.get("dropping-particle"), name.get("non-dropping-particle"))
    joined = " ".join(part for part in particles if part)
    glue = "" if joined.endswith(("’", "'", "-")) else " "
    return name_as_read([given, f"{joined}{glue if joined else ''}{name['family']}"])
