"""Earlier ndjson output: the `papers` of each talk's line. Unresolved papers are skipped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from enrich.collection.readers import Item, Place
from enrich.collection.readers._json import describe_bad_json, has_too_many_values, is_web_page
from enrich.collection.readers._storing import TOO_LARGE, describe_problem, make_item, storing
from enrich.collection.readers._stream import Stream
from enrich.collection.readers.records import paper
from enrich.document import explain
from enrich.errors import PapersError

_LINE = re.compile(rb'^[ \t]*\{[^\n]*"references"\s*:\s*\[', re.MULTILINE)
_BOM = b"\xef\xbb\xbf"


class TalkLine(msgspec.Struct, frozen=True):
    """Part of a talk's line that is read."""

    papers: list[dict[str, Any]] = []


class TalkLines:
    """Reader of earlier ndjson output."""

    name = "talk_lines"
    unit = "line"

    def recognises(self, head: bytes) -> bool:
        """Recognize lines with talks that have references."""
        start = head.lstrip()[:1]
        return start == b"{" and b'"enrich.talks"' not in head[:1000] and bool(_LINE.search(head))

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers after a place.

        A paper's offset is the line's first byte plus the paper's position in the line. The last paper's
        offset is the line's end. So all places differ, and reading can resume after each.
        """
        stream.seek(0)
        offset = number = 0
        decode = msgspec.json.Decoder(TalkLine).decode
        make = storing(paper)
        while line := stream.readline():
            begin, offset, number = offset, offset + len(line), number + 1
            is_partial = stream.is_partial_line(line)
            offset += stream.skip_line() if is_partial else 0
            if offset <= start.offset or line.isspace():
                continue
            end = Place(offset, number)
            if is_partial or has_too_many_values(line):
                yield Item(end, None, TOO_LARGE)
                continue
            try:
                records = decode(line.removeprefix(_BOM) if number == 1 else line).papers
            except msgspec.ValidationError as error:
                yield Item(end, None, explain(error))
                continue
            except RecursionError:
                yield Item(end, None, "is nested too deeply")
                continue
            except msgspec.DecodeError:
                if is_web_page(line):
                    raise PapersError(f"{stream.path}: line {number} begins a web page") from None
                yield Item(end, None, describe_bad_json(line, is_whole=line.endswith(b"\n")))
                continue
            except Exception as error:  # noqa: BLE001 - the line may come from an untrusted file
                yield Item(end, None, describe_problem(error))
                continue
            for position, record in enumerate(records, 1):
                place = end if position == len(records) else Place(begin + position, number)
                if place <= start:
                    continue
                yield make_item(place, make, record)


READER = TalkLines()
