r"""Tables as text: CSV and TSV, with whatever delimiter and encoding. Pure.

A record's cells are split as spreadsheets write them: a cell that begins with a quotation mark ends at
the next single one before a delimiter, and may hold line breaks. A mark that is never closed is a
letter, so that it costs no other record.

>>> table = Table("a;b\n1;\"x\ny\"\n".encode())
>>> list(table.records("utf-8", ";"))
[(1, ['a', 'b']), (2, ['1', 'x\ny'])]
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from enrich.text.patterns import compile_later

ENCODINGS = ("utf-8", "cp1252", "cp1250", "cp1251", "shift_jis", "gb18030", "euc_kr")
"""Encodings of tables without a mark, the likeliest first; all but the first are guessed by words."""
DELIMITERS = ("\t", ";", ",", "|")

_HEAD_BYTES = 16_384
_MARK = compile_later(r'[ ]{0,9}"')
_LINE = compile_later(r"\r\n|\n|\r")
_MAX_LINES = 300
"""Most lines of one cell."""
_MAX_OPEN = 100
"""Cells that are never closed; after so many, a mark opens none."""
_TRIES = 8
"""Cells of one record whose ends are sought in further lines."""


class Table(NamedTuple):
    """A file that may be a table."""

    data: bytes

    def encodings(self) -> tuple[str, ...]:
        """Return the encodings that the file can have."""
        if found := _find_mark(self.data[:4]):
            return (found,)
        if b"\x00" in self.data[:400]:
            return ()
        try:
            codecs.getincrementaldecoder("utf-8")().decode(self.data)
        except UnicodeDecodeError:
            return ENCODINGS[1:]
        return ENCODINGS[:1]

    def records(self, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """Yield each record's first line, 1-based, and its cells; blank lines are skipped."""
        return _split_records(self.data, encoding, delimiter)

    def head(self, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the records at the beginning."""
        return _split_records(self.data[:_HEAD_BYTES], encoding, delimiter)


def is_tabular(table: Table) -> bool:
    """Return whether the first records have the same number of cells, three or more."""
    for encoding in table.encodings()[:1]:
        for delimiter in DELIMITERS:
            widths = [len(cells) for _, cells in islice(table.head(encoding, delimiter), 3)]
            if len(widths) > 1 and len(set(widths)) == 1 and widths[0] > 2:
                return True
    return False


def _find_mark(start: bytes) -> str | None:
    """Return the encoding that a byte order mark names."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start in {codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE}:
        return "utf-32"
    if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return "utf-16"
    return None


def _split_records(data: bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    lines = _LINE.split(data.decode(encoding, "replace"))
    quoted, literal = _patterns(delimiter)
    at = failed = 0
    while at < len(lines):
        number, line = at + 1, lines[at]
        at += 1
        if not line.strip():
            continue
        if '"' not in line:
            yield number, line.split(delimiter)
            continue
        cells, position, tries = list[str](), 0, _TRIES if failed < _MAX_OPEN else 0
        while position <= len(line):
            found = quoted.match(line, position)
            if found is None and tries and _MARK.match(line, position):
                tries -= 1
                if line.count('"', position) % 2 and (end := _find_close(lines, at)):
                    line, at, position = "\n".join([line[position:], *lines[at:end]]), end, 0
                    continue
                failed += 1
            if found is not None:
                cells.append(found[1].replace('""', '"'))
            else:
                found = literal.match(line, position)
                cells.append(found[1] if found else line[position:])
            position = len(line) + 1 if found is None else found.end() + 1
        yield number, cells


def _find_close(lines: list[str], at: int) -> int | None:
    """Return the number behind the line in which an open cell is closed; None if it is not."""
    for end in range(at, min(at + _MAX_LINES, len(lines))):
        if lines[end].count('"') % 2 == 1:
            return end + 1
    return None


@lru_cache(maxsize=8)
def _patterns(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a quoted and of a literal cell, up to the delimiter."""
    mark = re.escape(delimiter)
    return (
        re.compile(rf'[ ]{{0,9}}"((?:[^"]|"")*+)"[ ]{{0,9}}(?={mark}|\Z)'),
        re.compile(rf"([^{mark}]*)"),
    )
