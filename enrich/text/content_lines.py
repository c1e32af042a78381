r"""Content lines of calendars (RFC 5545 §3.1): folding, escaping, and their three parts. Pure.

Everything here works on unfolded lines as text; `fold_line` is the last step before they are written.
"""

from __future__ import annotations

from typing import NamedTuple

from enrich.text.patterns import compile_later

_MAX_LINE_BYTES = 75
_CONTROLS = compile_later(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters that a content line may not hold (RFC 5545 §3.1, CONTROL), and other line breaks."""


def _split_words(words: str) -> frozenset[str]:
    return frozenset(words.split())


PROPERTY_NAMES = _split_words(
    # RFC 5545 §3.8, RFC 7986, RFC 9073, RFC 9074, RFC 9253, then vCalendar 1.0
    "ATTACH CATEGORIES CLASS COMMENT DESCRIPTION GEO LOCATION PERCENT-COMPLETE PRIORITY RESOURCES"
    " STATUS SUMMARY COMPLETED DTEND DUE DTSTART DURATION FREEBUSY TRANSP TZID TZNAME TZOFFSETFROM"
    " TZOFFSETTO TZURL ATTENDEE CONTACT ORGANIZER RECURRENCE-ID RELATED-TO URL UID EXDATE EXRULE"
    " RDATE RRULE ACTION REPEAT TRIGGER CREATED DTSTAMP LAST-MODIFIED SEQUENCE REQUEST-STATUS"
    " NAME REFRESH-INTERVAL SOURCE COLOR IMAGE CONFERENCE CALENDAR-ADDRESS LOCATION-TYPE"
    " PARTICIPANT-TYPE RESOURCE-TYPE STRUCTURED-DATA STYLED-DESCRIPTION ACKNOWLEDGED PROXIMITY"
    " CONCEPT LINK REFID METHOD PRODID VERSION CALSCALE"
    " TIMEZONE-ID DCREATED AALARM DALARM MALARM PALARM RNUM DAYLIGHT TZ"
)
"""Names of properties; BEGIN and END are structure."""
_STRUCTURE = frozenset({"BEGIN", "END"})
_NAME = compile_later(r"([A-Za-z][A-Za-z0-9-]{0,60})[ \t]{0,8}(?=[:;])")
_HEAD = compile_later(r'[^:"]*(?:"[^"]*"[^:"]*)*+:')
_ESCAPE = compile_later(r"\\([\\,;:nN])")
_MEANINGS = {"\\": "\\", ",": ",", ";": ";", ":": ":", "n": "\n", "N": "\n"}


class ContentLine(NamedTuple):
    """Parts of a content line; head and value joined are the line."""

    name: str
    """In upper case."""
    head: str
    """Name and parameters as written, with the colon."""
    value: str
    """Still escaped."""


def split_content_line(line: str) -> ContentLine | None:
    """Return the parts of a line, or None.

    A name in capitals is always accepted. Any other name must be known or begin with `x-`, and its value
    must not begin like prose (a blank) or like the rest of a URL (`//`).

    >>> split_content_line('DESCRIPTION;LANGUAGE=en:See')
    ContentLine(name='DESCRIPTION', head='DESCRIPTION;LANGUAGE=en:', value='See')
    >>> split_content_line("https://arxiv.org/abs/2103.01338"), split_content_line("Location: Room 5")
    (None, None)
    """
    begin = _NAME.match(line)
    if begin is None or (head := _HEAD.match(line)) is None:
        return None
    written, value = begin[1], line[head.end() :]
    name = written.upper()
    if written != name and (
        not (name in PROPERTY_NAMES or name in _STRUCTURE or name.startswith("X-"))
        or value[:1] in {" ", "\t"}
        or value.startswith("//")
    ):
        return None
    return ContentLine(name, head[0], value)


def fold_line(line: str) -> str:
    r"""Return a line folded to 75 octets, with its line breaks (CRLF).

    Characters are not split. Control characters are dropped.

    >>> fold_line("UID:1\x07")
    'UID:1\r\n'
    >>> [len(part.encode()) for part in fold_line("X:" + "é" * 80).split("\r\n")]
    [74, 75, 15, 0]
    """
    line = _CONTROLS.sub("", line)
    if line.isascii():
        if len(line) <= _MAX_LINE_BYTES:
            return line + "\r\n"
        step = _MAX_LINE_BYTES - 1  # after the blank that begins each further line
        rest = [line[at : at + step] for at in range(_MAX_LINE_BYTES, len(line), step)]
        return "\r\n ".join([line[:_MAX_LINE_BYTES], *rest]) + "\r\n"
    parts, start, taken = [], 0, 0
    for at, char in enumerate(line):
        octets = len(char.encode())
        if taken + octets > _MAX_LINE_BYTES:
            parts.append(line[start:at])
            start, taken = at, 1
        taken += octets
    parts.append(line[start:])
    return "\r\n ".join(parts) + "\r\n"


def escape_value(text: str) -> str:
    r"""Escape a text as a TEXT value (RFC 5545 §3.3.11).

    >>> escape_value("a, b;\nc")
    'a\\, b\\;\\nc'
    """
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def unescape_value(value: str) -> str:
    r"""Return the text of a TEXT value, unescaped in a single pass.

    >>> unescape_value(r"{NMT\, GPT-{1\,2}}\n$\\nabla$"), unescape_value(r"C:\new")
    ('{NMT, GPT-{1,2}}\n$\\nabla$', 'C:\new')
    """
    if "\\" not in value:
        return value
    parts = _ESCAPE.split(value)  # twice as fast as replace
    parts[1::2] = [_MEANINGS[letter] for letter in parts[1::2]]
    return "".join(parts)


def encode_parameter(text: str) -> str:
    r"""Encode a parameter's value, quoted (RFC 6868); a quotation mark becomes `'`.

    >>> print(encode_parameter('On "x^2"\n'))
    "On 'x^^2'"
    """
    text = " ".join(_CONTROLS.sub(" ", text).replace('"', "'").split())
    return '"' + text.replace("^", "^^") + '"'


def decode_parameter(text: str) -> str:
    """Decode an unquoted value of `encode_parameter`."""
    return text.replace("^^", "^")
