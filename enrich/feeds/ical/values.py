r"""Properties of a component, and their texts. Pure.

Some feeds do not escape line breaks. A line that does not begin a known property, or that begins with
`https:`, is therefore appended to the text before it. A line with a known property's name but no value
is skipped, and so are alarms and other nested components.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct, field

from enrich.text.content_lines import PROPERTY_NAMES, unescape_value
from enrich.text.patterns import compile_later


def _split_names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_STRUCTURE = _split_names("BEGIN END")
_TEXTS = _split_names(
    "SUMMARY DESCRIPTION COMMENT LOCATION STYLED-DESCRIPTION X-ALT-DESC CATEGORIES RESOURCES"
)
_PEOPLE = _split_names("ATTENDEE ORGANIZER CONTACT CALENDAR-ADDRESS")
_ALARM_PROPERTIES = _split_names(
    "ACTION TRIGGER REPEAT DURATION DESCRIPTION SUMMARY ATTACH ATTENDEE UID ACKNOWLEDGED"
)
_NONE: Mapping[str, str] = {}
_ENCODINGS = _split_names("QUOTED-PRINTABLE BASE64 8BIT 7BIT")

_NAME = compile_later(r"([A-Za-z][A-Za-z0-9-]{0,60})[ \t]{0,8}(?=[:;])")
_PARAMETER = compile_later(
    r"""[ \t]{0,8};[ \t]{0,8}([A-Za-z0-9-]{1,60})(?:[ \t]{0,8}=[ \t]{0,8}
        ((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*))?[ \t]{0,8}""",
    re.VERBOSE,
)
_DOUBLED_BREAK = compile_later(
    r"(?<!\\)((?:\\\\n){1,20})(?=\Z|[\s\d\"'(*\u2022\u2013\u2014-]|https?://|\\[nN]"
    r"|(?!(?:Left|Right|Leftright)arrow|V[dD]ash)[^\W\d_a-z])"
)
"""Line breaks that were escaped twice; TeX such as `\\\\nabla` does not match."""
_SCHEMES = _split_names("http https ftp")
_ADDRESS = compile_later(r"://[^:]*(?::\d{1,5}(?=/)[^:]*)?(?=:)")
"""The rest of an unquoted URL in a parameter, up to the colon before the value."""


class Properties(Struct):
    """Properties of one component: values, still escaped, by upper-case name."""

    first: dict[str, str] = field(default_factory=dict)
    """The first value of each name."""
    parameters: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Parameters of the first value, if it has any: upper-case names, unquoted values."""
    further: list[tuple[str, Mapping[str, str], str]] = field(default_factory=list)
    """All other values as (name, parameters, value), in order."""

    def text(self, name: str) -> str | None:
        """Return the first value of a name, decoded and unescaped, or None."""
        value = self.first.get(name)
        if value is None or name in self.parameters:
            return None if value is None else text_of(value, self.parameters[name])
        return unescape_text(value) if "\\" in value else value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all values of a name, decoded and unescaped."""
        if name not in self.first:
            return ()
        first = self.text(name) or ""
        if not self.further:
            return (first,)
        return (first, *(text_of(v, p) for n, p, v in self.further if n == name))


def read_properties(lines: Sequence[str]) -> Properties:
    r"""Return the properties of a component.

    `lines` are its logical lines without BEGIN and END.

    >>> read_properties(["DESCRIPTION:See", "https://arxiv.org/abs/2103.01338", "", "UID:1"]).first
    {'DESCRIPTION': 'See\nhttps://arxiv.org/abs/2103.01338', 'UID': '1'}
    """
    found = Properties()
    first = found.first
    for number, line in enumerate(lines):
        name, colon, value = line.partition(":")
        if name in PROPERTY_NAMES and colon:
            if name in first:
                return _read_rest(found, lines, number)
            first[name] = value
            continue
        split = split_line(line) if line else None
        if split is None or split[0] in first or split[0] in _STRUCTURE or "ENCODING" in split[1]:
            return _read_rest(found, lines, number)
        name, parameters, first[split[0]] = split
        if parameters:
            found.parameters[name] = parameters
    return found  # a usual event ends here


def _read_rest(found: Properties, lines: Sequence[str], number: int) -> Properties:
    """Read the rest, from the first unusual line on."""
    reader = _LineReader(found)
    ends: dict[str, int] | None = None
    while number < len(lines):
        line = lines[number]
        number += 1
        split = split_line(line) if line and not reader.continues else None
        if split is None:
            if reader.continues or not _is_broken(line):
                reader.add_raw_line(line)
        elif split[0] not in _STRUCTURE:
            reader.add_property(*split)
        elif split[0] == "BEGIN":
            if ends is None:
                ends = _find_ends(lines)
            number = _skip_component(lines, number, split[2].strip().upper(), ends)
    reader.finish()
    return reader.found


class _LineReader:
    """Reader of lines one by one, with the text that a raw line continues."""

    __slots__ = ("_blank_lines", "_last", "_tails", "_text", "continues", "found")

    def __init__(self, found: Properties) -> None:
        self.found = found
        self.continues = False
        """True if a quoted-printable value continues in the next line."""
        names = list(found.first)
        self._last = names[-1] if names else ""
        self._text: str | int | None = next((n for n in reversed(names) if n in _TEXTS), None)
        """The last text: a name in `first`, or an index in `further`."""
        self._blank_lines = 0
        self._tails: dict[str | int, list[str]] = {}

    def add_property(self, name: str, parameters: Mapping[str, str], value: str) -> None:
        found = self.found
        self._last = name
        self._blank_lines = 0
        if name not in found.first:
            found.first[name] = value
            if parameters:
                found.parameters[name] = parameters
        else:
            found.further.append((name, parameters, value))
        if name in _TEXTS:
            self._text = name if found.first[name] is value else len(found.further) - 1
            self.continues = (
                value.endswith("=") and _find_parameter_encoding(parameters) == "QUOTED-PRINTABLE"
            )

    def add_raw_line(self, line: str) -> None:
        if not line and not self.continues:
            self._blank_lines += 1
            return
        is_of_people = self._last in _PEOPLE
        if self.continues or not (
            is_of_people or (self._last[:2] == "X-" and self._last not in _TEXTS)
        ):
            if self._text is None:
                self.add_property("COMMENT", _NONE, line)
            else:
                tail = self._tails.setdefault(self._text, [])
                tail.append("\n" * (self._blank_lines + 1) + line)
                self.continues = self.continues and line.endswith("=")
        self._blank_lines = 0

    def finish(self) -> None:
        found = self.found
        for place, tail in self._tails.items():
            if isinstance(place, str):
                found.first[place] += "".join(tail)
            else:
                name, parameters, value = found.further[place]
                found.further[place] = (name, parameters, value + "".join(tail))


def split_line(line: str) -> tuple[str, Mapping[str, str], str] | None:
    """Return the upper-case name, parameters and value of a line.

    Return None if the line does not begin a property. A word that is not all capitals and has a blank
    after its colon is text: `Location: Room 5`.

    >>> split_line('dtstart;tzid="Europe/Berlin":20220218T190000')
    ('DTSTART', {'TZID': 'Europe/Berlin'}, '20220218T190000')
    >>> split_line("https://arxiv.org/abs/2103.01338") is None
    True
    """
    head, colon, value = line.partition(":")
    if head in PROPERTY_NAMES and colon:
        return head, _NONE, value
    if colon and len(head) < 200 and '"' not in head and not value.startswith("//"):
        known = _parse_head(head)
        name, _, _ = head.partition(";")
        return None if known is None or _is_text(name, value) else (*known, value)
    begin = _NAME.match(line)
    if begin is None or not _is_name(begin[1].upper()):
        return None
    parameters, at = _parse_parameters(line, begin.end())
    stop, at = at, line.find(":", at)
    value = line[at + 1 :]
    # an unclosed quotation mark, or one at the end of the line
    if at < 0 or line.startswith('"', stop):
        quote = line.find('"', begin.end())
        at = line.find(":", quote)
        if line.startswith("//", at + 1):  # the colon of a URL
            at = line.find(":", at + 1)
        if quote < 0 or at < 0:
            return None
        parameters, _ = _parse_parameters(line[:at].replace('"', ""), begin.end())
        value = line[at + 1 :]
        if value.count('"') % 2:
            value = value.removesuffix('"')
    return None if _is_text(begin[1], value) else (begin[1].upper(), parameters, value)


@lru_cache(maxsize=512)
def _parse_head(head: str) -> tuple[str, Mapping[str, str]] | None:
    name = _NAME.match(head + ":")
    if name is None or not _is_name(name[1].upper()):
        return None
    return name[1].upper(), _parse_parameters(head, name.end())[0]


def _is_name(name: str) -> bool:
    return name in PROPERTY_NAMES or name in _STRUCTURE or name.startswith("X-")


def _is_broken(line: str) -> bool:
    """Return whether a line without a value begins a property."""
    begin = _NAME.match(line + ":")
    return begin is not None and begin[1] in PROPERTY_NAMES


def _is_text(name: str, value: str) -> bool:
    return value[:1] in {" ", "\t"} and not name.isupper()


def _parse_parameters(line: str, at: int) -> tuple[Mapping[str, str], int]:
    parameters: dict[str, str] = {}
    while (found := _PARAMETER.match(line, at)) is not None:
        name, value = found[1].upper(), (found[2] or "").strip()
        if name in _ENCODINGS:  # vCalendar 1.0 writes only the value
            name, value = "ENCODING", name
        parameters.setdefault(name, value.replace('"', ""))
        at = found.end()
        if value.lower() in _SCHEMES and (rest := _ADDRESS.match(line, at)) is not None:
            at = rest.end()
    return parameters, at


def _find_ends(lines: Sequence[str]) -> dict[str, int]:
    """Return the number of the last END line of each component."""
    ends = ((n, line.strip().upper()) for n, line in enumerate(lines) if line[:3].upper() == "END")
    return {end[4:].strip(): number for number, end in ends if end[3:4] == ":"}


def _skip_component(
    lines: Sequence[str], number: int, component: str, ends: Mapping[str, int]
) -> int:
    """Return the number of the line after a nested component.

    `number` is the line after its BEGIN.
    """
    if ends.get(component, -1) >= number:
        while True:
            line = lines[number].strip().upper()
            number += 1
            if line[:4] == "END:" and line[4:].strip() == component:
                return number
    while number < len(lines):  # without END, it ends after its last property
        split = split_line(lines[number])
        if (
            split is not None
            and split[0] not in _ALARM_PROPERTIES
            and not split[0].startswith("X-")
        ):
            break
        number += 1
    return number


def unescape_text(value: str) -> str:
    r"""Unescape a TEXT value, also twice-escaped line breaks.

    >>> unescape_text(r"{NMT\, GPT-{1\,2}}\n$\\nabla$\\nSee")
    '{NMT, GPT-{1,2}}\n$\\nabla$\nSee'
    """
    if "\\\\n" in value:
        value = _DOUBLED_BREAK.sub(lambda found: found[0].replace("\\\\", "\\"), value)
    return unescape_value(value)


def text_of(value: str, parameters: Mapping[str, str]) -> str:
    r"""Return a text value, decoded by its parameters.

    A value encoded as in vCalendar is decoded; any other value is unescaped.

    >>> text_of("Poincar=C3=A9=0D=0A=\n2", {"ENCODING": "QUOTED-PRINTABLE"})
    'Poincaré\n2'
    """
    encoding = _find_parameter_encoding(parameters)
    if encoding == "QUOTED-PRINTABLE":
        import quopri

        data = quopri.decodestring(value.encode())
        plain = _decode_value(data, parameters)
        return plain.replace("\\;", ";").replace("\\,", ",")
    if encoding in {"BASE64", "B"}:
        import base64
        import binascii

        try:
            return _decode_value(base64.b64decode(value), parameters)
        except (binascii.Error, ValueError):
            return value
    return unescape_text(value)


_CHARSET = compile_later(
    r"utf-?8|us-ascii|ascii|iso-?8859-\d{1,2}|latin-?1|(?:windows-|cp)(?:125\d|874|932|949|950)|koi8-[ru]"
    r"|shift[_-]jis|euc-(?:jp|kr)|iso-2022-(?:jp|kr)|gb(?:2312|k|18030)|big5|macintosh",
    re.IGNORECASE,
)
"""Character sets of mail; some of Python's other codecs take quadratic time."""


def _find_parameter_encoding(parameters: Mapping[str, str]) -> str:
    return parameters.get("ENCODING", "").upper()


def _decode_value(data: bytes, parameters: Mapping[str, str]) -> str:
    for charset in (parameters.get("CHARSET", "utf-8"), "utf-8"):
        if _CHARSET.fullmatch(charset) is None:
            continue
        try:
            return data.decode(charset).replace("\r\n", "\n")
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace").replace("\r\n", "\n")
