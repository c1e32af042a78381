"""One work stands once in every output, with both links and the accepted version."""

from __future__ import annotations

import json
from dataclasses import replace

from enrich.annotation import annotate
from enrich.model import AnnotatedTalk, Document, Talk
from enrich.paper import Author, Paper, PaperId
from enrich.references.extract import find_references
from enrich.writers import write

A, B = PaperId("arxiv:2203.09376"), PaperId("openreview:g1SzIRLQXMM")
AUTHORS = (Author("Ingrid Solheim"), Author("Tomas Reyes"))
PREPRINT = Paper(
    id=A,
    title="Tidal Locking of Recurrent Memory Cells",
    authors=AUTHORS,
    published="2022-03-17",
    url="https://arxiv.org/abs/2203.09376",
    pdf="https://arxiv.org/pdf/2203.09376",
)
ACCEPTED = Paper(
    id=B,
    title="Tidal Locking of Recurrent Memory Cells",
    authors=AUTHORS,
    published="2021-09-30",
    venue="ICLR 2022 Spotlight",
    decision="accepted",
    url="https://openreview.net/forum?id=g1SzIRLQXMM",
    pdf="https://openreview.net/pdf?id=g1SzIRLQXMM",
)
TEXT = "See arXiv:2203.09376v1 and https://openreview.net/forum?id=g1SzIRLQXMM"

MARKDOWN = """\
# Reading list

## Without a date

### A talk

**Ingrid Solheim**

- [Tidal Locking of Recurrent Memory Cells](https://openreview.net/forum?id=g1SzIRLQXMM)  
  Ingrid Solheim, Tomas Reyes · 2021-09-30 · openreview:g1SzIRLQXMM · ICLR 2022 Spotlight · accepted · [arXiv:2203.09376 (cited: v1)](https://arxiv.org/abs/2203.09376) · [PDF](https://openreview.net/pdf?id=g1SzIRLQXMM)

  > See and https://openreview.net/forum?id=g1SzIRLQXMM

"""  # noqa: W291 - Markdown's line breaks


def document(preprint: Paper = PREPRINT, accepted: Paper = ACCEPTED) -> Document:
    talk = Talk(id="1", title="A talk", speaker="Ingrid Solheim", abstract=TEXT)
    return Document([annotate(talk, find_references(talk), {A: preprint, B: accepted})])


def test_a_reading_list_has_one_entry_for_a_work() -> None:
    assert "".join(write(document(), "md")) == MARKDOWN


def test_json_has_each_record_and_counts_works() -> None:
    out = json.loads("".join(write(document(), "json")))
    assert [(p["id"], p["work"], p["same_as"], p["matched_by"]) for p in out["papers"]] == [
        (A, A, [B], "title"),
        (B, A, [A], "title"),
    ]
    assert (out["summary"]["papers"], out["summary"]["works"]) == (2, 1)
    assert [r["by_speaker"] for r in out["talks"][0]["references"]] == [True, True]


def test_a_line_is_read_back_as_it_was() -> None:
    (line,) = write(document(), "ndjson")
    (talk,) = document().talks
    assert AnnotatedTalk.from_dict(json.loads(line)).papers == talk.papers


def test_a_withdrawn_record_is_marked_wherever_it_stands() -> None:
    withdrawn = replace(PREPRINT, withdrawn=True)
    assert "2203.09376) **withdrawn**" in "".join(write(document(withdrawn), "md"))
    other = replace(ACCEPTED, decision="withdrawn", withdrawn=True)
    listed = "".join(write(document(PREPRINT, other), "md"))
    assert "g1SzIRLQXMM) **withdrawn**" in listed
    assert (
        "[Tidal Locking of Recurrent Memory Cells](https://arxiv.org/abs/2203.09376)  \n" in listed
    )
