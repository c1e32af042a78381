"""Files of papers that cost more than they should: name, reader, bytes."""

from __future__ import annotations

import json
from collections.abc import Callable

SIZE = 500_000
_CSL = b'[{"type": "article", "title": "T", "author": [{"family": "F"}], "URL": "https://arxiv.org/abs/2103.01338"}'
_LIST = b'[{"title": "T", "author": "A", "status": "Oral", "arxiv": "2103.01338"}'
_OAI = b"<OAI-PMH><ListRecords>"
_DBLP = b'<?xml version="1.0"?><dblp>'
_PAGE = b"<article><title>T</title><ee>https://arxiv.org/abs/2103.01338</ee></article>"
_BIB = b"@article{k, title={T}, eprint={2103.01338}}\n"
_LINE = b'{"id": "arxiv:2103.01338", "title": "T"'


def small_objects(number: int) -> bytes:
    return b"".join(
        b',{"title": "T", "URL": "https://arxiv.org/abs/2103.%05d"}' % n for n in range(number)
    )


_SNAPSHOT = json.dumps(
    {"id": "2103.01338", "title": "T", "authors_parsed": [["a", "b", ""]], "categories": "cs.LG"}
).encode()
_RECORD = b"<record><metadata><arXivRaw><id>2103.01338</id><title>T</title>%b</arXivRaw></metadata></record>"
_GOOD = _RECORD % b""


def _huge() -> bytes:
    return b',{"title": "' + b"x" * (24 * SIZE) + b'"}'


def _doubled() -> bytes:
    return b"".join(b"@string{a%d = a%d # a%d}\n" % (n + 1, n, n) for n in range(SIZE // 40))


HOSTILE_PAPERS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "one of 12 MB, then 100,000 small ones": (
        "csl",
        lambda: _CSL + _huge() + small_objects(100_000) + b"]",
    ),
    "objects of nothing": ("csl", lambda: _CSL + b",{}" * (SIZE // 3) + b"]"),
    "numbers": ("csl", lambda: _CSL + b",0" * (SIZE // 2) + b"]"),
    "brackets that close nothing": ("csl", lambda: _CSL + b",}" * (SIZE // 2) + b"]"),
    "an object of empty lists": ("csl", lambda: _CSL + b',{"issued": [' + b"[]," * SIZE + b"[]]}]"),
    "an object of empty objects": (
        "csl",
        lambda: _CSL + b',{"issued": [' + b'{"":0},' * (SIZE // 3) + b"{}]}]",
    ),
    "an object of wide letters": (
        "csl",
        lambda: (
            _CSL
            + b',{"abstract": "'
            + "𝔸".encode() * (3 * SIZE // 2)
            + b'"}'
            + small_objects(9)
            + b"]"
        ),
    ),
    "an endless object": ("csl", lambda: _CSL + b',{"a": [' + b"[[]]," * SIZE),
    "an endless string": ("csl", lambda: _CSL + b',{"a": "' + b"\\\\" * (2 * SIZE)),
    "a deep object": (
        "csl",
        lambda: _CSL + b"," + b"[" * SIZE + b"]" * SIZE + small_objects(9) + b"]",
    ),
    "a name of objects": ("csl", lambda: _CSL + b',{"author": [' + b"{}," * (SIZE // 2) + b"{}]}]"),
    "authors of one letter": (
        "paperlists",
        lambda: (
            _LIST
            + b',{"title": "T", "arxiv": "2103.01339", "author": "'
            + b"a;" * (SIZE // 2)
            + b'"}]'
        ),
    ),
    "authors of no letter": (
        "paperlists",
        lambda: (
            _LIST + b',{"title": "T", "arxiv": "2103.01339", "author": "' + b";" * SIZE + b'"}]'
        ),
    ),
    "lines of nothing": ("records", lambda: _LINE + b"}\n" + b"\n" * SIZE),
    "lines of an empty object": ("records", lambda: _LINE + b"}\n" + b"{}\n" * (SIZE // 3)),
    "lines of numbers": ("records", lambda: _LINE + b"}\n" + b"0\n" * (SIZE // 2)),
    "a line of 9 MB": (
        "records",
        lambda: _LINE + b', "x": [' + b"[]," * (6 * SIZE) + b"[]]}\n" + _LINE + b"}\n",
    ),
    "a line of empty lists": (
        "records",
        lambda: _LINE + b"}\n" + _LINE + b', "x": [' + b"[]," * (SIZE // 2) + b"[]]}\n",
    ),
    "a line of empty objects": (
        "records",
        lambda: _LINE + b"}\n" + _LINE + b', "x": [' + b'{"":0},' * (SIZE // 4) + b"{}]}\n",
    ),
    "a deep line": (
        "records",
        lambda: _LINE + b"}\n" + _LINE + b', "x": ' + b"[" * SIZE + b"]" * SIZE + b"}\n",
    ),
    "a line of authors": (
        "records",
        lambda: _LINE + b"}\n" + _LINE + b', "authors": [' + b'"a",' * (SIZE // 4) + b'"a"]}\n',
    ),
    "a line of versions": (
        "records",
        lambda: (
            _LINE
            + b', "versions": ['
            + b'{"version": "v1"},' * (SIZE // 20)
            + b'{"version": "v2"}]}\n'
        ),
    ),
    "names of nothing": (
        "kaggle",
        lambda: (
            _SNAPSHOT
            + b"\n"
            + _SNAPSHOT.replace(b'[["a"', b"[" + b"[]," * (SIZE // 2) + b'["a"')
            + b"\n"
        ),
    ),
    "names of three parts": (
        "kaggle",
        lambda: (
            _SNAPSHOT
            + b"\n"
            + _SNAPSHOT.replace(b'[["a"', b"[" + b'["","",""],' * (SIZE // 11) + b'["a"')
            + b"\n"
        ),
    ),
    "beginnings without ends": ("oai", lambda: _OAI + _GOOD + b"<record>" * (SIZE // 8)),
    "beginnings with one end": (
        "oai",
        lambda: _OAI + b"<record>" * (4 * SIZE // 8) + b"</record>" + _GOOD,
    ),
    "elements of nothing": (
        "oai",
        lambda: _OAI + _GOOD + _RECORD % (b"<a/>" * (2 * SIZE // 5)) + _GOOD,
    ),
    "a deep element": (
        "oai",
        lambda: _OAI + _GOOD + _RECORD % (b"<a>" * (SIZE // 7) + b"</a>" * (SIZE // 7)),
    ),
    "attributes": (
        "oai",
        lambda: (
            _OAI
            + _GOOD
            + _RECORD % (b"<a " + b" ".join(b'a%d=""' % n for n in range(SIZE // 12)) + b"/>")
        ),
    ),
    "brackets among the authors": (
        "oai",
        lambda: (
            _OAI
            + _GOOD
            + _RECORD % (b"<authors>" + b"(" * (SIZE // 2) + b")" * (SIZE // 2) + b"</authors>")
        ),
    ),
    "records of nothing": ("oai", lambda: _OAI + _GOOD + b"<record></record>" * (SIZE // 17)),
    "entities": (
        "dblp",
        lambda: (
            _DBLP
            + (
                b"<article><title>"
                + b"&ngE;" * (SIZE // 5)
                + b"</title><ee>https://arxiv.org/abs/2103.01338</ee></article>"
            )
        ),
    ),
    "pages": (
        "dblp",
        lambda: (
            _DBLP
            + _PAGE
            + (b"<article><title>T</title>" + b"<ee>arxiv</ee>" * (SIZE // 14) + b"</article>")
        ),
    ),
    "macros that double": ("bibtex", lambda: _BIB + b"@string{a0 = {x}}\n" + _doubled()),
    "macros in macros": (
        "bibtex",
        lambda: (
            _BIB
            + (
                b"@string{a = {"
                + b"x" * 999
                + b"}}\n@misc{k, title = "
                + b"a # " * (SIZE // 4)
                + b"a}\n"
            )
        ),
    ),
    "macros in fields": (
        "bibtex",
        lambda: (
            _BIB
            + (
                b"@string{a = {"
                + b"x" * 999
                + b"}}\n@misc{k"
                + b"".join(b",f%x=a#a" % n for n in range(SIZE // 12))
                + b"}\n"
            )
        ),
    ),
    "macros alone": (
        "bibtex",
        lambda: _BIB + b"".join(b"@string{a%x=b}\n" % n for n in range(SIZE // 16)),
    ),
    "fields of one letter": ("bibtex", lambda: _BIB + b"@misc{k" + b",a=1" * (SIZE // 4) + b"}\n"),
    "blanks before a key": ("bibtex", lambda: _BIB + b"@misc{" + b" " * (SIZE // 2) + b"=}\n"),
    "blanks after a key": (
        "bibtex",
        lambda: _BIB + b"@misc{k" + b" " * (SIZE // 2) + b"=" + b" " * (SIZE // 3) + b"}\n",
    ),
    "entries of nothing": ("bibtex", lambda: _BIB + b"@a{}\n" * (SIZE // 5)),
    "authors of BibTeX": (
        "bibtex",
        lambda: (
            _BIB
            + (
                b"@misc{k, title={T}, eprint={2103.01339}, author={"
                + b"a and " * (SIZE // 7)
                + b"a}}\n"
            )
        ),
    ),
    "braces in a title": (
        "bibtex",
        lambda: (
            _BIB
            + (
                b"@misc{k, eprint={2103.01339}, title={"
                + b"{" * (SIZE // 3)
                + b"}" * (SIZE // 3)
                + b"}}\n"
            )
        ),
    ),
    "a line of BibTeX without an end": (
        "bibtex",
        lambda: _BIB + b"@misc{k, title={" + b"x" * (5 * SIZE),
    ),
}
"""Reader and bytes of each; it has a good record at least."""
