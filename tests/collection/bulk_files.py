"""Small bulk files, one of each format that is read, in the shape of the real ones."""

from __future__ import annotations

import gzip
import json

from tests.bench._snapshot import lines

KAGGLE = "".join(lines(4, seed=7)).encode()

_OAI_RECORD = """<record><header><identifier>oai:arXiv.org:{id}</identifier>
<datestamp>2024-01-02</datestamp><setSpec>cs:cs:LG</setSpec></header><metadata>
<arXiv xmlns="http://arxiv.org/OAI/arXiv/" xsi:schemaLocation="http://arxiv.org/OAI/arXiv/ x.xsd">
<id>{id}</id><created>2021-03-01</created>{updated}<authors><author><keyname>Lovelace</keyname>
<forenames>Ada</forenames></author><author><keyname>King</keyname><forenames>W.</forenames>
<suffix>Jr.</suffix></author></authors><title>{title}</title><categories>cs.LG stat.ML</categories>
<abstract>  About &lt;it&gt; &amp; more.</abstract></arXiv></metadata></record>
"""
_OAI_RAW = """<record><header><identifier>oai:arXiv.org:math/0601001</identifier></header><metadata>
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>math/0601001</id><submitter>A. Person</submitter>
<version version="v1"><date>Sun, 1 Jan 2006 10:00:00 GMT</date></version>
<version version="v2"><date>Thu, 02 Feb 2006 10:00:00 GMT</date></version>
<title>On raw\n  records</title><authors>Ada Lovelace (1), Paul Erd\\H{o}s ((1) London)</authors>
<categories>math.AG</categories><comments>This paper has been withdrawn</comments></arXivRaw></metadata></record>
"""
OAI_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><responseDate>2024-01-03T00:00:00Z'
    '</responseDate><request verb="ListRecords">http://x</request><ListRecords>\n'
)
OAI_END = "</ListRecords></OAI-PMH>\n"
OAI_DELETED = '<record><header status="deleted"><identifier>oai:arXiv.org:2103.00009</identifier></header></record>\n'
OAI = (
    OAI_HEAD
    + _OAI_RECORD.format(id="2103.00001", title="First &amp; last", updated="")
    + OAI_DELETED
    + _OAI_RECORD.format(id="2103.00002", title="Second", updated="<updated>2021-05-06</updated>")
    + _OAI_RAW
    + OAI_END
).encode()

PAPERLISTS = json.dumps(
    [
        {
            "id": "FpKgG31Z_i9",
            "title": "Learning Rate Grafting",
            "track": "main",
            "status": "Reject",
            "author": "Naman Agarwal;Rohan Anil; Elad Hazan",
            "authorids": "~Secret_Person1;secret@example.org",
            "site": "https://openreview.net/forum?id=FpKgG31Z_i9",
            "abstract": "We graft.",
        },
        {
            "title": "Poster ✓",
            "id": "HkgNdt26Z",
            "status": "Poster",
            "author": "Vadim Popov",
            "site": "https://iclr.cc/virtual/2018/poster/326",
            "openreview": "https://openreview.net/forum?id=HkgNdt26Z",
            "arxiv": "1801.00002",
        },
        {
            "title": "Elsewhere",
            "id": "11637",
            "status": "Poster",
            "author": "A",
            "site": "https://nips.cc/1",
        },
        {"title": "On arXiv", "status": "Oral", "author": "B C", "arxiv": "1801.00001", "id": "x1"},
    ],
    indent=1,
    ensure_ascii=False,
).encode()

CSL = json.dumps(
    [
        {
            "id": "agarwal2021",
            "type": "article",
            "title": "Acceleration via Fractal Learning Rate Schedules",
            "URL": "http://arxiv.org/abs/2103.01338",
            "note": "arXiv:2103.01338 [cs]",
            "number": "arXiv:2103.01338",
            "publisher": "arXiv",
            "author": [{"family": "Agarwal", "given": "Naman"}, {"literal": "The Group"}],
            "issued": {"date-parts": [["2021", 6, 11]]},
            "abstract": "In practical applications …",
        },
        {
            "id": "edelman2022",
            "type": "paper-conference",
            "title": "Inductive Biases",
            "DOI": "10.48550/arXiv.2110.10090",
            "container-title": "Proceedings of ICML",
            "author": [
                {"family": "Gogh", "given": "V.", "non-dropping-particle": "van", "suffix": "II"}
            ],
            "issued": {"date-parts": [[2022]]},
        },
        {"id": "book", "type": "book", "title": "No paper of ours", "author": [{"family": "X"}]},
    ],
    indent=2,
).encode()

BIBTEX = rb"""% my library
@string{icml = "International Conference on Machine Learning"}

@inproceedings{agarwal2021, title = {Acceleration via {Fractal} Learning Rate Schedules},
  author = {Agarwal, Naman and Goel, Surbhi and King, Jr., W. and others},
  booktitle = icml # { 2021}, year = 2021, month = jul,
  eprint = "2103.01338", archivePrefix = {arXiv}, }
@article{doe, author={Paul Erd{\H{o}}s}, title="{On $x_{1}$}", journal={arXiv preprint arXiv:2110.10090},
 year={2021}}
@comment{ignored}
@misc(grafting, title = {Grafting}, year = {2022}, url = {https://openreview.net/forum?id=FpKgG31Z_i9})
@book{elsewhere, title={No paper of ours}, year={2000}}
"""

DBLP = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE dblp SYSTEM "dblp.dtd">
<dblp>
<inproceedings mdate="2024-01-01" key="conf/iclr/Doe22"><author orcid="0000">J&ouml;rg Doe 0002</author>
<author>M\xfcller</author><title>Sub<sub>2</sub> &amp; more.</title><year>2022</year><booktitle>ICLR</booktitle>
<ee type="oa">https://openreview.net/forum?id=FpKgG31Z_i9</ee><crossref>conf/iclr/2022</crossref></inproceedings>
<article key="journals/corr/abs-2103-01338" publtype="informal"><author>Cyril Zhang</author>
<title>Acceleration.</title><year>2021</year><volume>abs/2103.01338</volume><journal>CoRR</journal>
<ee type="oa">https://arxiv.org/abs/2103.01338</ee></article>
<article key="journals/x/Y"><author>No</author><title>Elsewhere.</title><year>2000</year></article>
</dblp>
"""

RECORDS = (
    b'{"id": "arxiv:2103.01338", "title": "One", "status": "resolved", "authors": ["Ada"]}\n\n'
    b'{"id": "arxiv:2103.01339", "title": null, "status": "failed"}\n'
    b'{"id": "openreview:FpKgG31Z_i9", "title": "Two"}\n'
)

TALK = """{
      "id": "1", "feed": null, "url": null, "title": "Papers [and {brackets}", "speaker": "A \\"B\\" \\\\", "start_time": null,
      "abstract": "\\"papers\\": [{} see arXiv:2103.01338", "texts": {}, "papers": [],
      "references": [{"paper": "arxiv:2103.01338", "exact": "arXiv:2103.01338"}], "suggested": [], "warnings": []
    }"""
"""A talk whose texts look like the document around it."""

_OUTPUT_PAPERS = """[
    {"id": "arxiv:2103.01338", "source": "arxiv", "status": "resolved", "title": "One", "authors": [{"name": "Ada"}]},
    {"id": "arxiv:2103.01339", "source": "arxiv", "status": "failed", "error": {"code": "timeout"}, "title": null},
    {"id": "arxiv:2103.01340", "source": "arxiv", "status": "not_found", "title": null},
    {"id": "openreview:FpKgG31Z_i9", "source": "openreview", "status": "resolved", "title": "Two \\"x\\" ]}"}
  ]"""

DOCUMENT = f"""{{
  "format": "enrich.talks",
  "version": "1.0",
  "talks": [
    {TALK},
    {TALK}
  ],
  "papers": {_OUTPUT_PAPERS},
  "notices": [{{"code": "other", "message": "papers"}}],
  "summary": {{"papers": 4}}
}}
""".encode()

LOOKUP = f"{_OUTPUT_PAPERS}\n".encode()
"""What `enrich lookup` prints."""

TALK_LINES = "".join(
    json.dumps({**json.loads(TALK), "id": str(number), "papers": papers}) + "\n"
    for number, papers in enumerate(
        ([], json.loads(_OUTPUT_PAPERS), [], [{"id": "arxiv:2103.01341", "title": "Three"}]), 1
    )
).encode()

FILES = {
    "document": DOCUMENT,
    "talk_lines": TALK_LINES,
    "kaggle": KAGGLE,
    "oai": OAI,
    "paperlists": PAPERLISTS,
    "csl": CSL,
    "bibtex": BIBTEX,
    "dblp": DBLP,
    "records": RECORDS,
}
PAPERS = {
    "document": 2,
    "talk_lines": 3,
    "kaggle": 4,
    "oai": 3,
    "paperlists": 3,
    "csl": 2,
    "bibtex": 3,
    "dblp": 2,
    "records": 2,
}
"""How many papers of ours each holds."""


def packed(data: bytes) -> bytes:
    """The same as a gzip file."""
    return gzip.compress(data, mtime=0)
