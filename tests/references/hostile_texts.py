"""Texts made to slow an extractor down, or to make it lie: (name, size) -> text."""

from __future__ import annotations

import random
from collections.abc import Callable

UNITS = {
    "letters": "a",
    "digits": "1",
    "dots": ".",
    "slashes": "/",
    "hyphens": "-",
    "blanks": " ",
    "line breaks": "\n",
    "lines of one letter": "a\n",
    "lines of digits": "2103\n",
    "folds": "abc\r\n ",
    "columns of numbers": "2103.\n",
    "bare ids": "2103.01338 ",
    "glued ids": "2103.01338",
    "ids and versions": "2103.01338v",
    "short numbers": "1203.",
    "old numbers": "/9901001",
    "archives": "hep-th/",
    "archive halves": "hep-",
    "the label": "arXiv",
    "label and colon": "arXiv:",
    "label, colon, blank": "arXiv: ",
    "label, colon, break": "arXiv:\n",
    "label and half an id": "arXiv:2103.",
    "label and a wrong month": "arXiv:2113.01338 ",
    "label and a long number": "arXiv:2103.013388 ",
    "the host": "arxiv.org/",
    "host and route": "https://arxiv.org/abs/",
    "host and parameters": "https://arxiv.org/abs/?a=b&",
    "look-alike hosts": "https://notarxiv.org/abs/2103.01338 ",
    "schemes": "https://",
    "forum": "openreview.net/forum?id=",
    "forum and parameters": "openreview.net/forum?a=b&",
    "parameters": "&id=",
    "groups": "https://openreview.net/group?id=ICLR.cc/2024 ",
    "links that overlap": "https://openreview.net/forum/https://arxiv.org/abs/2103.01338 ",
    "redirectors": "https://www.google.com/url?q=",
    "coded slashes": "%2F",
    "a letter and a coded slash": "ab%2F",
    "percent of percent": "%25",
    "coded redirectors": "https%3A%2F%2Farxiv.org%2Fabs%2F",
    "entities": "&amp;",
    "numbers as entities": "&#50;",
    "unknown entities": "&abc;",
    "half entities": "&#",
    "backslashes": "\\",
    "escaped slashes": "\\/",
    "literal breaks": "\\n",
    "inline tags": "<b>",
    "open tags": "<span ",
    "anchors of HTML": '<a href="',
    "brackets": "[",
    "Markdown": "](",
    "LaTeX": "\\href{",
    "braces": "{",
    "soft hyphens": "a\u00ad",
    "zero width": "\u200b",
    "dashes": "\u2013",
    "accents": "\u00e9",
    "combining": "e\u0301",
    "astral": "\U0001d538",
    "cues": "preprint ",
    "cues and numbers": "preprint 1 ",
    "cue and id with a room": "preprint room 2103.01338 ",
    "DOIs": "10.48550/",
    "foreign DOIs": "10.1234/arXiv.2103.01338 ",
    "CoRR": "CoRR abs/",
    "dblp": "journals/corr/abs-2103-",
    "mail": "arXiv:2103.01338@x.org ",
    "ADS": "2021arXiv",
    "Proofpoint": "https://urldefense.proofpoint.com/v2/url?u=",
    "Proofpoint escapes": "-3A__",
    "joint work": "joint work with A (",
    "references": "\nReferences:\n",
    "items": "\n[1] ",
    "lists": ", and ",
    "marked lines": "\n- ",
    "halves of headings": "\n# Referenc",
    "sentences": "a. b. ",
    "short claims": ". Based on ",
    "lines with blanks at the end": "word \nnext ",
    "hosts of readers": "huggingface.co/papers/",
    "at signs": "@article{x, ",
}
"""Repeated to any length."""


def _nested(size: int) -> str:
    return (
        "https://www.google.com/url?q=" * (size // 60)
        + "https://arxiv.org/abs/"
        + "%25" * (size // 6)
    )


def _noise(size: int) -> str:
    return "".join(random.Random(size).choices("arxiv.org/:0123 \n%&<\\-", k=size))


def _brackets(size: int) -> str:
    return "[(" * (size // 4) + ")]" * (size // 4)


def _layers(size: int) -> str:
    return ("%" + "25" * (size // 32) + "2F ") * 16


def _valid(size: int) -> str:
    return "https://arxiv.org/abs/2103.01338 " * (size // 33)


def _list(size: int) -> str:
    return "arXiv:" + "2103.01338, " * (size // 12)


def _coded(size: int) -> str:
    return "https%3A%2F%2Farxiv.org%2Fabs%2F2103.01338 " * (size // 43)


def _pairs(size: int) -> str:
    return "[arXiv:2103.01338](https://arxiv.org/abs/2103.01338) " * (size // 53)


GENERATORS: dict[str, Callable[[int], str]] = {
    **{
        name: lambda size, unit=unit: unit * (size // len(unit))  # type: ignore[misc]
        for name, unit in UNITS.items()
    },
    "nested redirectors": _nested,
    "noise of anchors": _noise,
    "nested brackets": _brackets,
    "layers of percent": _layers,
    "addresses": _valid,
    "one long list": _list,
    "coded addresses": _coded,
    "links and their texts": _pairs,
}
