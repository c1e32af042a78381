"""URLs in text: where a URL begins, whether an offset is inside one, and its query parameters."""

from __future__ import annotations

import re

from enrich.text.patterns import compile_later

_URL_SEARCH_BYTES = 256
"""Number of bytes before an offset in which the start of a URL is searched."""
_HOST = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
_SLASH, _STOP = b"/."
_SCHEME = compile_later(rb"(?i)(?:https?://?|ftp://)\Z")
_ENDS = bytes(ord(" ") if b <= 0x20 or b in b"<>\"'`|{}" else b for b in range(256))
_MAX_PARAMETERS, _MAX_PARAMETER_BYTES = 10, 240
_PARAMETER_NAME = compile_later(rb"[\w.%-]{1,32}[=&]|&")
_QUERY_END = compile_later(rb"[\s<>\"']")
_FOREIGN_DOI = compile_later(rb"(?<![0-9.])10\.(?!48550/)[0-9]{4,9}(?:\.[0-9]{1,5})?/")
_USERINFO = compile_later(rb"[^\s<>\"'`|{}()\[\],;?&#@]{0,200}+@[^\s<>]")


_SURE_ENDS = frozenset({b"", b" ", b"\n", b")", b"]", b",", b";", b"?", b"#", b"&"})


def find_token_before(text: bytes, at: int) -> bytes:
    """Return the part of a word or URL that is before `at`."""
    head = text[max(0, at - _URL_SEARCH_BYTES) : at]
    head = head[head.rfind(b" ") + 1 :].translate(_ENDS)
    return head[head.rfind(b" ") + 1 :]


def in_address(text: bytes, at: int) -> bool:
    """Return whether `at` is inside a URL or DOI.

    >>> in_address(b"see https://example.org/2103.01338", 24), in_address(b"and/or 2103.01338", 7)
    (True, False)
    """
    before = find_token_before(text, at)
    if _SLASH not in before:
        return before[:4].lower() == b"www."
    if before.find(b"://") >= 0 or _FOREIGN_DOI.search(before):
        return True
    return any(_is_host(part) for part in before.split(b"/", 2)[:2])


def _is_host(part: bytes) -> bool:
    """Return whether a text ends with a host name."""
    name, colon, port = part.rpartition(b":")
    if not (colon and port.isdigit()):
        name = part
    host = name[len(name.rstrip(_HOST)) :].strip(b".")
    label = host[host.rfind(b".") + 1 :]
    return _STOP in host and len(label) > 1 and label.isalpha()


def find_host_start(text: bytes, at: int) -> int:
    """Return the start of the host name that includes `at`."""
    head = text[max(0, at - 80) : at]
    return at - len(head) + len(head.rstrip(_HOST))


def find_scheme_start(text: bytes, at: int) -> int:
    """Return the start of the URL whose host name starts at `at`."""
    if text[at - 1 : at] != b"/":
        return at
    scheme = _SCHEME.search(text, at - 8 if at > 8 else 0, at)
    return at if scheme is None else scheme.start()


def is_glued(text: bytes, at: int) -> bool:
    """Return whether a letter or digit directly precedes `at`.

    Letters of scripts without case do not count.

    >>> is_glued(b"notarxiv", 3), is_glued(b"(arxiv", 1), is_glued("见arxiv".encode(), 3)
    (True, False, False)
    """
    if not at:
        return False
    last = text[at - 1 : at]
    if last < b"\x80":
        return last.isalnum()
    letter = text[max(0, at - 4) : at].decode("utf-8", "ignore")[-1:]
    return letter.isalpha() and letter.lower() != letter.upper()


def is_userinfo(text: bytes, at: int) -> bool:
    """Return whether the URL part at `at` is followed by an `@`."""
    following = text[at : at + 1]
    return following not in _SURE_ENDS and _USERINFO.match(text, at) is not None


def match_parameter(text: bytes, at: int, wanted: re.Pattern[bytes]) -> re.Match[bytes] | None:
    """Return the match of the first query parameter that a pattern matches.

    `at` is the start of the first parameter.
    """
    for _ in range(_MAX_PARAMETERS):
        found = wanted.match(text, at)
        if found is not None:
            return found
        end = text.find(b"&", at, at + _MAX_PARAMETER_BYTES)
        if end < 0 or not _PARAMETER_NAME.match(text, at) or _QUERY_END.search(text, at, end):
            return None
        at = end + 1
    return None
