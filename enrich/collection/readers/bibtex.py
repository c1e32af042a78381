"""BibTeX and BibLaTeX: entries whose eprint, URL, DOI, note, journal or volume cites a paper.

The syntax: tug.org/texlive docs "btxdoc" and "btxhak": `@type{key, name = value # value, …}`. A value is in
braces or quotes, or is a number or a macro of `@string`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from enrich.collection.readers import Item, Place, _refer
from enrich.collection.readers._json import is_web_page
from enrich.collection.readers._storing import TOO_LARGE, make_item, storing
from enrich.collection.readers._stream import Stream
from enrich.errors import PapersError
from enrich.paper import Author, Paper
from enrich.text.tex import plain
from enrich.text.tidy import tidy

MAX_ENTRY = 1 << 20
"""Maximum characters of an entry; without its closing brace it would extend to the end of the file."""
_ENTRY = re.compile(r"\s*@\s*([A-Za-z]+)\s*([{(])", re.ASCII)
_ANY_ENTRY = re.compile(rb"^[ \t]*@[ \t]*[A-Za-z]{3,20}[ \t]*[{(]", re.MULTILINE)
MAX_MACRO = 1000
"""Maximum characters of a macro's value; names of venues have less than 300."""
MAX_MACROS = 1 << 20
"""Maximum characters of a file's macros, each counted with 100 extra."""
MAX_EXPANDED = 1 << 16
"""Maximum characters of an entry's expanded macros; further macros keep their names."""
_KEY = re.compile(r"\s*+[^,\s=\"#{}()]*+\s*+(?:,|$)")
_FIELD = re.compile(r"[\s,]*+([A-Za-z][\w:.+/-]*+)\s*+=\s*+", re.ASCII)
_BLANK = re.compile(r"\s*+")
_BARE = re.compile(r"\s*([\w:.+/-]+)\s*", re.ASCII)
_PROTECTED = re.compile(r"(?<![\w\\^}])\{([^{}\\$]*)\}")
_BRACE = re.compile(r"\\.|[{}()]", re.DOTALL)
_QUOTE = re.compile(r'\\.|[{}"]', re.DOTALL)
_JOINED = re.compile(r"\s*#")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_MONTHS = {
    name: f"-{number:02}"
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_CITING_FIELDS = (
    "url",
    "doi",
    "note",
    "howpublished",
    "journal",
    "journaltitle",
    "eprint",
    "pdf",
    "number",
)


class Bibtex:
    """Reader of BibTeX and BibLaTeX."""

    name = "bibtex"
    unit = "line"

    def recognises(self, head: bytes) -> bool:
        """Recognize entries at the beginning of lines."""
        return bool(_ANY_ENTRY.search(head)) and head.lstrip()[:1] not in b"{[<"

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers after an entry.

        Macros may be anywhere, so the whole file is read again. A place has the number of an entry's last
        line.
        """
        return (item for item in self._iterate_items(stream) if item.place.number > start.number)

    def _iterate_items(self, stream: Stream) -> Iterator[Item]:
        stream.seek(0)
        offset = number = 0
        first, entry, macros = 0, _Entry(), _Macros()
        while line := stream.readline():
            offset += len(line)
            number += 1
            if stream.is_partial_line(line):
                offset += stream.skip_line()
                entry = _Entry()
                yield Item(Place(offset, number), None, TOO_LARGE)
                continue
            place = Place(offset, number)
            text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace")
            begins = _ENTRY.match(text)
            if begins is None and not entry.lines:
                if is_web_page(line):
                    raise PapersError(f"{stream.path}: line {number} begins a web page")
                continue
            if entry.lines and (begins or entry.size > MAX_ENTRY):
                # Places must differ, and an entry that ends in this line has this one.
                before = Place(offset - len(line), number - 1)
                yield Item(before, None, f"the entry of line {first} has no closing brace")
                entry = _Entry()
            if begins or entry.lines:
                first = first if entry.lines else number
                if entry.add(text):
                    yield _make_item("".join(entry.lines), place, macros)
                    entry = _Entry()
        if entry.lines:
            yield Item(Place(offset, number), None, f"the entry of line {first} is truncated")


class _Macros(dict[str, str]):
    """Macros of a file, limited in size: nested macros can double in length."""

    def __init__(self) -> None:
        super().__init__()
        self._size = 0

    def add(self, found: Mapping[str, str]) -> None:
        """Add macros within the size limit."""
        for name, value in found.items():
            self._size += 100 + len(name) + len(value)
            if len(value) <= MAX_MACRO and self._size <= MAX_MACROS:
                self[name] = value


class _Entry:
    """Lines of an entry, and the depth of braces at their end."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.size = 0
        self._depth = 0
        self._closes = ""

    def add(self, line: str) -> bool:
        """Add a line; return whether it closes the entry.

        Text after the closing brace is dropped.
        """
        at = 0
        if not self.lines and (start := _ENTRY.match(line)):
            at, self._depth = start.end(), 1
            self._closes = "}" if start[2] == "{" else ")"
        self.size += len(line)
        for match in _BRACE.finditer(line, at):
            if match[0] == "{":
                self._depth += 1
            elif match[0] == "}" and (self._depth > 1 or self._closes == "}"):
                self._depth -= 1
            elif match[0] == ")" == self._closes and self._depth == 1:
                self._depth = 0
            if self._depth == 0:
                self.lines.append(line[: match.end()])
                return True
        self.lines.append(line)
        return False


def paper(entry: Mapping[str, str]) -> Paper | None:
    """Return the paper of an entry's fields, if any.

    The field names are in lower case. Return None if no field cites a paper.

    Raises:
        ValueError: the entry has no title.

    >>> paper({"eprint": "2103.01338", "archiveprefix": "arXiv", "title": "{On} $x$", "author": "Doe, J. and others",
    ...        "year": "2021"}).authors
    (Author(name='J. Doe', family='Doe', given='J.'),)
    """
    texts = [entry.get(name) for name in _CITING_FIELDS]
    kind = entry.get("archiveprefix") or entry.get("eprinttype") or "arXiv"
    if (eprint := entry.get("eprint")) and kind.lower() == "arxiv":
        texts.append(f"arXiv:{eprint}")
    if volume := entry.get("volume"):
        texts.append(f"{entry.get('journal', '')} {volume}")
    year, month = entry.get("year", ""), entry.get("month", "").lower()
    return _refer.paper(
        _refer.find_cited(texts),
        title=_strip_braces(entry.get("title", "")),
        authors=[_parse_author(name) for name in _AND.split(tidy(entry.get("author", "")))],
        date=_refer.date(entry.get("date", "").partition("/")[0])  # the beginning of a range
        or _refer.date(year + (_MONTHS.get(month[:3]) or (month and f"-{month:0>2}")))
        or _refer.date(year),
        venue=entry.get("booktitle") or entry.get("journaltitle") or entry.get("journal"),
        doi=entry.get("doi"),
        abstract=entry.get("abstract"),
        grounds="bibtex",
    )


def fields(entry: str, macros: Mapping[str, str]) -> dict[str, str]:
    """Return an entry's fields, with names in lower case.

    Fields after a syntax error are dropped.

    >>> fields('key, title = {A {B} c}, month = jan # "~1", year=2021', {})
    {'title': 'A {B} c', 'month': 'jan~1', 'year': '2021'}
    """
    found: dict[str, str] = {}
    at = match.end() if (match := _KEY.match(entry)) else 0
    left = MAX_EXPANDED
    while match := _FIELD.match(entry, at):
        value, at, left = _read_value(entry, match.end(), macros, left)
        found.setdefault(match[1].lower(), value)
    return found


def _make_item(entry: str, place: Place, macros: _Macros) -> Item:
    start = _ENTRY.match(entry)
    kind = start[1].lower() if start else ""
    inner = entry[start.end() : -1] if start else ""
    if kind == "string":
        macros.add(fields("," + inner, macros))
    if kind in ("string", "comment", "preamble"):
        return Item(place)
    return make_item(place, storing(paper), fields(inner, macros))


def _read_value(entry: str, at: int, macros: Mapping[str, str], left: int) -> tuple[str, int, int]:
    """Read a value, whose parts are joined by `#`.

    Return the value, its end, and the characters left for macros.
    """
    parts: list[str] = []
    while True:
        at = match.end() if (match := _BLANK.match(entry, at)) else at
        if entry[at : at + 1] in ("{", '"'):
            end = _find_closing(entry, at)
            parts.append(entry[at + 1 : end])
            at = end + 1
        elif match := _BARE.match(entry, at):
            value = macros.get(match[1].lower(), match[1])
            parts.append(value if len(value) <= left else match[1])
            left = max(left - len(value), 0)
            at = match.end()
        joined = _JOINED.match(entry, at)
        if joined is None:
            return "".join(parts), at, left
        at = joined.end()


def _find_closing(entry: str, at: int) -> int:
    """Find the closing brace or quote, otherwise the end.

    The opening one is at `at`.
    """
    quoted, depth = entry[at] == '"', 0
    for match in _QUOTE.finditer(entry, at + 1):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            if depth == 0 and not quoted:
                return match.start()
            depth -= 1
        elif match[0] == '"' and quoted and depth == 0:
            return match.start()
    return len(entry)


def _strip_braces(title: str) -> str:
    """Remove the braces that only keep letters' case."""
    title = title.strip()
    if title.startswith("{") and _find_closing(title, 0) == len(title) - 1:
        title = title[1:-1]
    for _ in range(4):  # maximum depth
        title = _PROTECTED.sub(r"\1", title)
    return title


def _parse_author(text: str) -> Author:
    """Parse an author; commas separate the name's parts.

    The author "others" gets an empty name.
    """
    if text.startswith("{") and _find_closing(text, 0) == len(text) - 1:
        return Author(tidy(plain(text)), None, None)
    parts = [tidy(part) for part in plain(text).split(",")]
    if parts == ["others"]:
        return Author("")
    if len(parts) == 1:
        return Author(parts[0])
    family, *suffix, given = parts
    if suffix:
        return Author(f"{given} {family}, {suffix[0]}", family, f"{given}, {suffix[0]}")
    return Author(f"{given} {family}", family, given) if given else Author(family, None, None)


READER = Bibtex()
