"""A paper as a row of the store: compact JSON of the fields that are set, and back. Pure.

One letter a field: `t` title, `a` authors, `h` authors_hidden, `p` published, `u` updated, `d` dates,
`n` latest_version, `v` versions, `c` category, `e` venue, `s` decision, `w` withdrawn, `i` doi, `j`
published_as, `m` same_as, `g` matched_by, `k` work, `y` via, `r` url, `f` pdf. A field is left out
where it has its default, and these are what the rest of the row says:

- `v`: the list of dates where the versions are v1, v2 … without titles, else of rows
- `n`: the last row's version; `p`: the date of v1; `u`: the last date where that is no v1
- `d`: {`submitted`: `p`, `updated`: `u`} where they are known; `r`, `f`: the addresses that the source gives
- `i`: of an arXiv paper, the DOI that arXiv registers for its id

A row may come from a stranger's file, so reading checks it. `stale` and `abstract` are not in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any, get_args

from enrich.checks import web_address
from enrich.paper import Decision, Paper, PaperId, Publication, Version, Via
from enrich.sources import source
from enrich.text import tidy

_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_VERSION = re.compile(r"v[1-9]\d{0,3}")
_ID = re.compile(r"[a-z][a-z0-9_]*:[^\s:]\S*")
_DECISIONS: dict[str | None, Decision] = {d: d for d in get_args(Decision)}
_VIAS: dict[str | None, Via] = {v: v for v in get_args(Via)}
_STRING = {str}
_NUMBERED = tuple(f"v{n}" for n in range(1, 1000))
_DOI = {"arxiv": "10.48550/arXiv."}
_scan = json.JSONDecoder().raw_decode
_new = object.__new__
_SLOTS = tuple(getattr(Paper, field.name).__set__ for field in fields(Paper))
"""Setting the slots one by one takes half the time of the frozen `__init__`, which does it by name."""
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_row(paper: Paper) -> bytes:
    """The row of a paper, in UTF-8.

    >>> to_row(Paper(id=PaperId("x:1"), title="A", authors=("B",), url="https://x.org/1"))
    b'{"t":"A","a":["B"],"r":"https://x.org/1"}'
    """
    row: dict[str, Any] = {"t": paper.title}
    if paper.authors:
        row["a"] = paper.authors
    rows = paper.versions
    if rows:
        dates = [v.date for v in rows]
        plain = len(rows) < len(_NUMBERED) and all(
            v.date and v.title is None and v.version == n
            for v, n in zip(rows, _NUMBERED, strict=False)
        )
        row["v"] = dates if plain else [[v.version, v.date, v.title] for v in rows]
    latest, published, updated = _derived(rows)
    if paper.latest_version != latest:
        row["n"] = paper.latest_version
    if paper.published != published:
        row["p"] = paper.published
    if paper.updated != updated:
        row["u"] = paper.updated
    if paper.dates != _dates(paper.published, paper.updated):
        row["d"] = dict(paper.dates)
    others = {
        "h": paper.authors_hidden,
        "c": paper.category,
        "e": paper.venue,
        "s": paper.decision,
        "w": paper.withdrawn,
        "m": paper.same_as,
        "g": paper.matched_by,
        "k": paper.work,
        "y": paper.via,
    }
    row |= {letter: value for letter, value in others.items() if value}
    if paper.doi != _doi(paper.id):
        row["i"] = paper.doi
    if paper.published_as:
        j = paper.published_as
        row["j"] = [j.venue, j.year, j.doi, j.url, j.via]
        while row["j"] and row["j"][-1] is None:
            row["j"].pop()
    url, pdf = _addresses(paper.id)
    if paper.url != url:
        row["r"] = paper.url
    if paper.pdf != pdf:
        row["f"] = paper.pdf
    return _dump(row).encode("utf-8", "replace")


def from_row(
    paper: PaperId, data: bytes, *, abstract: str | None = None, via: Via | None = None
) -> Paper:
    """The paper of a row; `via` stands over the row's own.

    Raises:
        ValueError: the row is none, or a value has the wrong type.

    >>> from_row(PaperId("x:1"), b'{"t": "A", "v": ["2021-03-01", "2021-06-11"]}').updated
    '2021-06-11'
    >>> from_row(PaperId("x:1"), b'{"t": ["A"]}')
    Traceback (most recent call last):
    ...
    ValueError: a row without a title
    """
    text = data.decode()
    try:
        row, end = _scan(text)
    except RecursionError:
        raise ValueError("a row that is no JSON") from None
    if type(row) is not dict or end != len(text):
        raise ValueError("a row that is no object")
    if not text.isprintable() or "\\" in text:  # else there is nothing to tidy
        row = _tidied(row)
    get = row.get
    title, authors = get("t"), get("a", [])
    if type(title) is not str or not title:
        raise ValueError("a row without a title")
    if type(authors) is not list or not _are_strings(authors):
        raise ValueError("a row whose authors are no strings")
    versions = _versions(row["v"]) if "v" in row else ()
    latest, published, updated = _derived(versions)
    if "n" in row:
        latest = _checked(_VERSION, row["n"])
    if "p" in row:
        published = _checked(_DATE, row["p"])
    if "u" in row:
        updated = _checked(_DATE, row["u"])
    url, pdf = _addresses(paper)
    values = (
        paper,
        title,
        tuple(authors),
        get("h") is True,
        published,
        updated,
        _date_items(row["d"]) if "d" in row else _dates(published, updated),
        latest,
        versions,
        _text(get("c")),
        _text(get("e")),
        _DECISIONS.get(_text(row["s"])) if "s" in row else None,
        get("w") is True,
        _text(row["i"]) if "i" in row else _doi(paper),
        _publication(row["j"]) if "j" in row else None,
        _ids(row["m"]) if "m" in row else (),
        _text(get("g")),
        abstract,
        (web_address({"url": row["r"]}, "url") or "") if "r" in row else url,
        web_address({"pdf": row["f"]}, "pdf") if "f" in row else pdf,
        PaperId(_checked(_ID, row["k"]) or paper) if "k" in row else None,
        via or (_VIAS.get(_text(row["y"])) if "y" in row else None),
        False,
    )
    made = _new(Paper)
    for set_slot, value in zip(_SLOTS, values, strict=True):
        set_slot(made, value)
    return made


def _versions(value: Any) -> tuple[Version, ...]:
    if type(value) is not list or len(value) > len(_NUMBERED):
        raise ValueError("a row whose versions are no list")
    if _are_strings(value):
        numbered = zip(_NUMBERED, value, strict=False)
        return tuple([Version(version=n, date=_checked(_DATE, date)) for n, date in numbered])
    rows = []
    for item in value:
        if type(item) is not list or len(item) != 3 or item[0] is None:
            raise ValueError("a row whose versions are no rows")
        version, date, title = item
        rows.append(
            Version(
                version=_checked(_VERSION, version) or "",
                date=_checked(_DATE, date),
                title=_text(title),
            )
        )
    return tuple(rows)


def _are_strings(values: list[Any]) -> bool:
    return set(map(type, values)) <= _STRING


def _derived(versions: tuple[Version, ...]) -> tuple[str | None, str | None, str | None]:
    """Newest version, first date and newest date, as the versions tell them."""
    if not versions:
        return None, None, None
    first, last = versions[0], versions[-1]
    published = first.date if first.version == "v1" else None
    return last.version, published, last.date if last.version != "v1" else None


def _dates(published: str | None, updated: str | None) -> tuple[tuple[str, str], ...]:
    if published is None:
        return ()
    return (("submitted", published), *((("updated", updated),) if updated else ()))


def _date_items(value: Any) -> tuple[tuple[str, str], ...]:
    if type(value) is not dict:
        raise ValueError("a row whose dates are no object")
    return tuple([(key, date) for key, date in value.items() if _checked(_DATE, date)])


def _publication(value: Any) -> Publication:
    if type(value) is not list or len(value) > 5:
        raise ValueError("a row whose publication is no list")
    keys = ("venue", "year", "doi", "url", "via")
    return Publication.from_dict(dict(zip(keys, value, strict=False)))


def _ids(value: Any) -> tuple[PaperId, ...]:
    if type(value) is not list:
        raise ValueError("a row whose ids are no list")
    return tuple([PaperId(item) for item in value if _checked(_ID, item)])


def _text(value: Any) -> str | None:
    if value is None or type(value) is str:
        return value
    raise ValueError("a row with a value that is no string")


def _checked(pattern: re.Pattern[str], value: Any) -> str | None:
    if value is None or (type(value) is str and pattern.fullmatch(value)):
        return value
    raise ValueError("a row with a value of the wrong form")


def _tidied(value: Any) -> Any:
    if type(value) is str:
        value.encode()  # a lone surrogate is an UnicodeEncodeError, thus a ValueError
        return tidy(value)
    if type(value) is list:
        return [_tidied(item) for item in value]
    return {k: _tidied(v) for k, v in value.items()} if type(value) is dict else value


def _doi(paper: PaperId) -> str | None:
    name, _, key = paper.partition(":")
    return _DOI[name] + key if name in _DOI else None


def _addresses(paper: PaperId) -> tuple[str, str | None]:
    found = _source_addresses(paper.partition(":")[0])
    return (found[0](paper), found[1](paper)) if found else ("", None)


@cache
def _source_addresses(
    name: str,
) -> tuple[Callable[[PaperId], str], Callable[[PaperId], str | None]] | None:
    try:
        one = source(name)
    except LookupError:
        return None
    return one.url, one.pdf
