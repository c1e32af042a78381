"""BibTeX and BibLaTeX: an entry counts where eprint, URL, DOI, note, journal or volume name a paper.

The syntax: tug.org/texlive docs "btxdoc" and "btxhak": `@type{key, name = value # value, …}`, a value in
braces, in quotes, a number or a macro of `@string`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from enrich.collection.readers import Item, Place, _refer
from enrich.collection.readers._json import is_html
from enrich.collection.readers._storing import TOO_LARGE, make_item, storing
from enrich.collection.readers._stream import Stream
from enrich.errors import PapersError
from enrich.paper import Author, Paper
from enrich.text.tex import plain
from enrich.text.tidy import tidy

MAX_ENTRY = 1 << 20
"""Characters of the longest entry; one without its closing brace would take in the rest of the file."""
_ENTRY = re.compile(r"\s*@\s*([A-Za-z]+)\s*([{(])", re.ASCII)
_ANY_ENTRY = re.compile(rb"^[ \t]*@[ \t]*[A-Za-z]{3,20}[ \t]*[{(]", re.MULTILINE)
MAX_MACRO = 1000
"""Characters of a macro's value; the names of venues that they abbreviate have less than 300."""
MAX_MACROS = 1 << 20
"""Characters of all macros of a file, with a hundred more for each."""
MAX_EXPANDED = 1 << 16
"""Characters that the macros of one entry expand to; then a macro stands for its name."""
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
_NAMING = (
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
    """The format."""

    name = "bibtex"
    unit = "line"

    def recognises(self, head: bytes) -> bool:
        """Recognize entries at the beginning of lines."""
        return bool(_ANY_ENTRY.search(head)) and head.lstrip()[:1] not in b"{[<"

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers from an entry on.

        Macros may stand anywhere, so all is read again.
        The number is that of an entry's last line.
        """
        return (item for item in self._items(stream) if item.place.number > start.number)

    def _items(self, stream: Stream) -> Iterator[Item]:
        stream.seek(0)
        offset = number = 0
        first, entry, macros = 0, _Entry(), _Macros()
        while line := stream.readline():
            offset += len(line)
            number += 1
            if stream.is_cut_line(line):
                offset += stream.skip_line()
                entry = _Entry()
                yield Item(Place(offset, number), None, TOO_LARGE)
                continue
            place = Place(offset, number)
            text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace")
            begins = _ENTRY.match(text)
            if begins is None and not entry.lines:
                if is_html(line):
                    raise PapersError(f"{stream.path}: line {number} begins a web page")
                continue
            if entry.lines and (begins or entry.size > MAX_ENTRY):
                # Each place differs: an entry that closes in this line has it.
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
    """The macros of a file, bounded: one can be made of others, each twice as long."""

    def __init__(self) -> None:
        super().__init__()
        self._size = 0

    def add(self, found: Mapping[str, str]) -> None:
        """Add macros as long as there is room for them."""
        for name, value in found.items():
            self._size += 100 + len(name) + len(value)
            if len(value) <= MAX_MACRO and self._size <= MAX_MACROS:
                self[name] = value


class _Entry:
    """The lines of an entry, and how deep in its braces they end."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.size = 0
        self._depth = 0
        self._closes = ""

    def add(self, line: str) -> bool:
        """Add a line; return whether it closes the entry, whatever stands behind."""
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
    """Return the paper of an entry's fields.

    Return None if it names none of ours.

    The names of the fields are in lower case.

    Raises:
        ValueError: it has no title.

    >>> paper({"eprint": "2103.01338", "archiveprefix": "arXiv", "title": "{On} $x$", "author": "Doe, J. and others",
    ...        "year": "2021"}).authors
    (Author(name='J. Doe', family='Doe', given='J.'),)
    """
    texts = [entry.get(name) for name in _NAMING]
    kind = entry.get("archiveprefix") or entry.get("eprinttype") or "arXiv"
    if (eprint := entry.get("eprint")) and kind.lower() == "arxiv":
        texts.append(f"arXiv:{eprint}")
    if volume := entry.get("volume"):
        texts.append(f"{entry.get('journal', '')} {volume}")
    year, month = entry.get("year", ""), entry.get("month", "").lower()
    return _refer.paper(
        _refer.named(texts),
        title=_unprotected(entry.get("title", "")),
        authors=[_parse_author(name) for name in _AND.split(tidy(entry.get("author", "")))],
        date=_refer.date(entry.get("date", "").partition("/")[0])  # of a span, its beginning
        or _refer.date(year + (_MONTHS.get(month[:3]) or (month and f"-{month:0>2}")))
        or _refer.date(year),
        venue=entry.get("booktitle") or entry.get("journaltitle") or entry.get("journal"),
        doi=entry.get("doi"),
        abstract=entry.get("abstract"),
        grounds="bibtex",
    )


def fields(entry: str, macros: Mapping[str, str]) -> dict[str, str]:
    """Return the fields between an entry's outer braces, names in lower case.

    What follows an error is left out.

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
    """Read a value, whose parts `#` joins.

    Return it, its end, and the room left for macros.
    """
    parts: list[str] = []
    while True:
        at = match.end() if (match := _BLANK.match(entry, at)) else at
        if entry[at : at + 1] in ("{", '"'):
            end = _closing(entry, at)
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


def _closing(entry: str, at: int) -> int:
    """Find where the brace or quote at `at` is closed, otherwise the end."""
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


def _unprotected(title: str) -> str:
    """Remove the braces that only keep the case of letters."""
    title = title.strip()
    if title.startswith("{") and _closing(title, 0) == len(title) - 1:
        title = title[1:-1]
    for _ in range(4):  # nested this deep at most
        title = _PROTECTED.sub(r"\1", title)
    return title


def _parse_author(text: str) -> Author:
    """Return an author, with the parts that commas set apart.

    An author "others" gets an empty name.
    """
    if text.startswith("{") and _closing(text, 0) == len(text) - 1:
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
