r"""Reader of CSV and TSV with any common delimiter and encoding. Pure.

Cells are split as spreadsheets write them: a cell that begins with a quotation mark ends at the next
single one before a delimiter, and may hold line breaks. An unclosed quotation mark is read as an ordinary
character, so that it does not affect other records.

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
"""Encodings of tables without a byte order mark, the most likely first; the words of the header decide between them."""
DELIMITERS = ("\t", ";", ",", "|")

_HEAD_BYTES = 16_384
_QUOTATION_MARK = compile_later(r'[ ]{0,9}"')
_LINE = compile_later(r"\r\n|\n|\r")
_MAX_LINES = 300
"""Maximum number of lines of one cell."""
_MAX_UNCLOSED = 100
"""Maximum number of unclosed cells; later quotation marks are read as ordinary characters."""
_MAX_OPEN_IN_RECORD = 8
"""Maximum number of cells of one record whose end is searched in further lines."""


class Table(NamedTuple):
    """A file that may be a table."""

    data: bytes

    def encodings(self) -> tuple[str, ...]:
        """Return the possible encodings of the file."""
        if found := _find_byte_order_mark(self.data[:4]):
            return (found,)
        if b"\x00" in self.data[:400]:
            return ()
        try:
            codecs.getincrementaldecoder("utf-8")().decode(self.data)
        except UnicodeDecodeError:
            return ENCODINGS[1:]
        return ENCODINGS[:1]

    def records(self, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the line number (1-based) and cells of each record.

        Blank lines are skipped.
        """
        return _split_records(self.data, encoding, delimiter)

    def head(self, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the records at the beginning."""
        return _split_records(self.data[:_HEAD_BYTES], encoding, delimiter)


def is_tabular(table: Table) -> bool:
    """Return whether the first records are equally wide.

    They must have three cells or more.
    """
    for encoding in table.encodings()[:1]:
        for delimiter in DELIMITERS:
            widths = [len(cells) for _, cells in islice(table.head(encoding, delimiter), 3)]
            if len(widths) > 1 and len(set(widths)) == 1 and widths[0] > 2:
                return True
    return False


def _find_byte_order_mark(start: bytes) -> str | None:
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
    quoted, literal = _compile_cells(delimiter)
    at = failed = 0
    while at < len(lines):
        number, line = at + 1, lines[at]
        at += 1
        if not line.strip():
            continue
        if '"' not in line:
            yield number, line.split(delimiter)
            continue
        cells, position, tries = (
            list[str](),
            0,
            _MAX_OPEN_IN_RECORD if failed < _MAX_UNCLOSED else 0,
        )
        while position <= len(line):
            found = quoted.match(line, position)
            if found is None and tries and _QUOTATION_MARK.match(line, position):
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
    """Return the index after the line that closes a cell, or None."""
    for end in range(at, min(at + _MAX_LINES, len(lines))):
        if lines[end].count('"') % 2 == 1:
            return end + 1
    return None


@lru_cache(maxsize=8)
def _compile_cells(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a quoted and an unquoted cell."""
    mark = re.escape(delimiter)
    return (
        re.compile(rf'[ ]{{0,9}}"((?:[^"]|"")*+)"[ ]{{0,9}}(?={mark}|\Z)'),
        re.compile(rf"([^{mark}]*)"),
    )
