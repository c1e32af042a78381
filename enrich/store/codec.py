"""A paper as a row of the store: compact JSON of the fields that are set, and back. Pure.

One letter a field: `t` title, `a` authors, `h` authors_hidden, `p` published, `u` updated, `d` dates,
`n` latest_version, `v` versions, `c` category, `e` venue, `s` decision, `w` withdrawn, `i` doi, `j`
published_as, `m` same_as, `g` matched_by, `k` work, `y` via, `r` url, `f` pdf. A field is left out
where it has its default, and these are what the rest of the row says:

- `v`: the list of dates where the versions are v1, v2 … without titles, else of [version, date] and
  [version, date, title], 1 standing for the paper's own title
- `n`: the last row's version; `p`: the date of v1; `u`: the last date where that is no v1
- `d`: {`submitted`: `p`, `updated`: `u`} where they are known; `r`, `f`: the addresses that the source gives
- the address in `j`: its DOI's
- `i`: of an arXiv paper, the DOI that arXiv registers for its id

A row may come from a stranger's file, so reading checks it. `stale` and `abstract` are not in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache, lru_cache
from itertools import repeat
from operator import call
from typing import Any, NamedTuple, TypeVar, get_args

from enrich.paper import Author, Decision, Paper, PaperId, Publication, Version
from enrich.sources import forms_of
from enrich.text.checks import web_address
from enrich.text.tidy import tidy
from enrich.text.web import doi_url

_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_VERSION = re.compile(r"v[1-9]\d{0,3}")
_ID = re.compile(r"[a-z][a-z0-9_]*:[^\s:]\S*")
_DECISIONS: dict[str | None, Decision] = {d: d for d in get_args(Decision)}
_STRING = {str}
_NUMBERED = tuple(f"v{n}" for n in range(1, 1000))
_DOI = {"arxiv": "10.48550/arXiv."}
_scan = json.JSONDecoder().raw_decode
_PAPER = tuple(getattr(Paper, field.name).__set__ for field in fields(Paper))
_VERSIONS = tuple(getattr(Version, field.name).__set__ for field in fields(Version))
_PUBLICATION = tuple(getattr(Publication, field.name).__set__ for field in fields(Publication))
_quoted = json.encoder.encode_basestring
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

T = TypeVar("T")


class Row(NamedTuple):
    """A paper as it is kept: its abstract lies apart."""

    id: PaperId
    record: bytes
    abstract: str | None


def row_of(paper: Paper) -> Row:
    """The row of a paper, with its id and abstract."""
    return Row(paper.id, to_row(paper), paper.abstract)


def to_row(paper: Paper) -> bytes:
    """The row of a paper, in UTF-8.

    >>> to_row(Paper(id=PaperId("x:1"), title="A", authors=(Author("B"),), url="https://x.org/1"))
    b'{"t":"A","a":["B"],"r":"https://x.org/1"}'
    """
    row: dict[str, Any] = {"t": paper.title}
    if paper.authors:
        row["a"] = [_author_row(author) for author in paper.authors]
    rows = paper.versions
    if rows:
        row["v"] = []
        for version, number in zip(rows, _NUMBERED, strict=False):
            if version.version != number or version.title is not None or version.date is None:
                row["v"] = [_version_row(v, paper.title) for v in rows]
                break
            row["v"].append(version.date)
    latest, published, updated = _derived(rows)
    if paper.latest_version != latest:
        row["n"] = paper.latest_version
    if paper.published != published:
        row["p"] = paper.published
    if paper.updated != updated:
        row["u"] = paper.updated
    if paper.dates != _dates(paper.published, paper.updated):
        row["d"] = dict(paper.dates)
    if paper.authors_hidden:
        row["h"] = True
    if paper.category:
        row["c"] = paper.category
    if paper.venue:
        row["e"] = paper.venue
    if paper.decision:
        row["s"] = paper.decision
    if paper.withdrawn:
        row["w"] = True
    if paper.same_as:
        row["m"] = paper.same_as
    if paper.matched_by:
        row["g"] = paper.matched_by
    if paper.work:
        row["k"] = paper.work
    if paper.via:
        row["y"] = paper.via
    if paper.doi != _doi(paper.id):
        row["i"] = paper.doi
    if paper.published_as:
        row["j"] = _publication_row(paper.published_as)
    url, pdf = _addresses(paper.id)
    if paper.url != url:
        row["r"] = paper.url
    if paper.pdf != pdf:
        row["f"] = paper.pdf
    return _dump(row).encode("utf-8", "replace")


def _version_row(version: Version, title: str) -> list[Any]:
    if version.title is None:
        return [version.version, version.date]
    return [version.version, version.date, 1 if version.title == title else version.title]


def snapshot_row(
    title: str,
    authors: list[str],
    dates: list[str],
    category: str | None,
    published_as: Publication | None,
    *,
    withdrawn: bool,
) -> bytes:
    """What `to_row` gives for an arXiv paper with v1, v2 … of these dates and nothing unusual.

    Put together by hand, for millions of them: it takes a fifth of the time.
    """
    text = f'{{"t":{_quoted(title)}'
    if authors:
        text += f',"a":[{",".join(map(_quoted, authors))}]'
    text += ',"v":["' + '","'.join(dates) + '"]'
    if category:
        text += f',"c":{_quoted(category)}'
    if withdrawn:
        text += ',"w":true'
    if published_as:
        venue, year, doi, via, *url = _publication_row(published_as)
        text += f',"j":[{_nullable(venue)},{year or "null"},{_nullable(doi)},{_nullable(via)}'
        text += f",{_nullable(url[0])}]" if url else "]"
    return (text + "}").encode("utf-8", "replace")


def from_row(
    paper: PaperId, data: bytes, *, abstract: str | None = None, via: str | None = None
) -> Paper:
    """The paper of a row; `via` stands over the row's own.

    Raises:
        ValueError: the row is none, or a value has the wrong type.

    >>> from_row(PaperId("x:1"), b'{"t": "A", "v": ["2021-03-01", "2021-06-11"]}').updated
    '2021-06-11'
    >>> from_row(PaperId("x:1"), b'{"t": ["A"]}')
    Traceback (most recent call last):
    ...
    ValueError: a row with a value that is no string
    """
    text = data.decode()
    try:
        row, end = _scan(text)
    except RecursionError:
        raise ValueError("a row that is no JSON") from None
    if type(row) is not dict or end != len(text):
        raise ValueError("a row that is no object")
    get = row.get
    title = _text(get("t"))
    if not title:
        raise ValueError("a row without a title")
    versions = _versions(row["v"], title) if "v" in row else ()
    latest, published, updated = _derived(versions)
    if "p" in row:
        published = _date(row["p"])
    if "u" in row:
        updated = _date(row["u"])
    url, pdf = _addresses(paper)
    values = [
        paper,
        title,
        _authors(row["a"]) if "a" in row else (),
        False,
        published,
        updated,
        _dates(published, updated),
        latest,
        versions,
        _text(get("c")),
        None,
        None,
        False,
        _doi(paper),
        None,
        (),
        None,
        abstract,
        url,
        pdf,
        None,
        None,
        False,
    ]
    for letter in row.keys() & _READ.keys():
        place, read = _READ[letter]
        values[place] = read(row[letter])
    if via:
        values[_VIA] = via
    return _made(Paper, _PAPER, values)


def _made(kind: type[T], slots: tuple[Callable[..., None], ...], values: Sequence[object]) -> T:
    """A value with these slots: a third of the time of the frozen `__init__`, which sets by name."""
    made = object.__new__(kind)
    for _ in map(call, slots, repeat(made), values):
        pass
    return made


def _versions(value: Any, title: str) -> tuple[Version, ...]:
    if type(value) is not list or len(value) > len(_NUMBERED):
        raise ValueError("a row whose versions are no list")
    if _are_strings(value):
        return tuple(map(_version, _NUMBERED, value))
    rows = []
    for item in value:
        if type(item) is not list or not 2 <= len(item) <= 3 or type(item[0]) is not str:
            raise ValueError("a row whose versions are no rows")
        found = _version(item[0], _date(item[1]))
        if len(item) == 3:
            own = title if item[2] == 1 else _text(item[2])
            found = _made(Version, _VERSIONS, (found.version, found.date, own))
        rows.append(found)
    return tuple(rows)


@lru_cache(maxsize=1 << 14)  # the papers of a talk, a field, a year share their days
def _version(version: str, date: str | None) -> Version:
    return Version(version=_checked(_VERSION, version) or "", date=_date(date))


def _date(value: Any) -> str | None:
    if value is None or (type(value) is str and _DATE.fullmatch(value)):
        return value
    raise ValueError("a row with a date that is none")


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
    return tuple([(_text(key) or "", date) for key, day in value.items() if (date := _date(day))])


def _nullable(value: str | None) -> str:
    return "null" if value is None else _quoted(value)


def _publication_row(found: Publication) -> list[Any]:
    row = [found.venue, found.year, found.doi, found.via]
    return row if found.url == _doi_address(found.doi) else [*row, found.url]


def _publication(value: Any) -> Publication:
    if type(value) is not list or not 4 <= len(value) <= 5:
        raise ValueError("a row whose publication is no list")
    venue, year, doi, via, *url = value
    if type(year) is not int and year is not None:
        raise ValueError("a row whose year is no number")
    doi = _text(doi)
    address = web_address({"url": url[0]}, "url") if url else _doi_address(doi)
    return _made(Publication, _PUBLICATION, (_text(venue), year, doi, address, _text(via)))


def _doi_address(doi: str | None) -> str | None:
    return doi_url(doi) if doi else None


def _ids(value: Any) -> tuple[PaperId, ...]:
    if type(value) is not list:
        raise ValueError("a row whose ids are no list")
    return tuple([PaperId(item) for item in value if _checked(_ID, item)])


def _text(value: Any) -> str | None:
    if value is None or (type(value) is str and value.isprintable()):
        return value
    if type(value) is str:
        value.encode()  # a lone surrogate is an UnicodeEncodeError, thus a ValueError
        return tidy(value)
    raise ValueError("a row with a value that is no string")


def _author_row(author: Author) -> Any:
    if author.family is None:
        return author.name
    return [author.name, author.family, author.given]


def _authors(values: Any) -> tuple[Author, ...]:
    if type(values) is list and not _are_strings(values):
        return tuple(
            [
                Author(value) if type(value) is str else Author(*_author_parts(value))
                for value in values
            ]
        )
    return tuple(map(Author, _texts(values)))


def _author_parts(value: Any) -> tuple[str, str | None, str | None]:
    if type(value) is not list or len(value) != 3 or not (name := _text(value[0])):
        raise ValueError("a row whose authors are no strings")
    return name, _text(value[1]), _text(value[2])


def _texts(values: Any) -> tuple[str, ...]:
    if type(values) is not list or not _are_strings(values):
        raise ValueError("a row whose authors are no strings")
    if "".join(values).isprintable():
        return tuple(values)
    return tuple([text for value in values if (text := _text(value))])


def _checked(pattern: re.Pattern[str], value: Any) -> str | None:
    if value is None or (type(value) is str and pattern.fullmatch(value) and value.isprintable()):
        return value
    raise ValueError("a row with a value of the wrong form")


def _id(value: Any) -> PaperId | None:
    found = _checked(_ID, value)
    return PaperId(found) if found else None


def _is_true(value: Any) -> bool:
    return value is True


def _decision(value: Any) -> Decision | None:
    return _DECISIONS.get(_text(value))


def _via(value: Any) -> str | None:
    return _text(value)


def _url(value: Any) -> str:
    return web_address({"url": value}, "url") or ""


def _pdf(value: Any) -> str | None:
    return web_address({"pdf": value}, "pdf")


def _latest(value: Any) -> str | None:
    return _checked(_VERSION, value)


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
        one = forms_of(name)
    except LookupError:
        return None
    return one.url, one.pdf


_PLACES = {field.name: place for place, field in enumerate(fields(Paper))}
_VIA = _PLACES["via"]
_READ: dict[str, tuple[int, Callable[[Any], Any]]] = {
    letter: (_PLACES[name], read)
    for letter, name, read in (
        ("h", "authors_hidden", _is_true),
        ("d", "dates", _date_items),
        ("n", "latest_version", _latest),
        ("e", "venue", _text),
        ("s", "decision", _decision),
        ("w", "withdrawn", _is_true),
        ("i", "doi", _text),
        ("j", "published_as", _publication),
        ("m", "same_as", _ids),
        ("g", "matched_by", _text),
        ("k", "work", _id),
        ("y", "via", _via),
        ("r", "url", _url),
        ("f", "pdf", _pdf),
    )
}
"""What most rows have not: the place of the field among a paper's, and how it is read."""
