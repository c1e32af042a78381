"""Lists of arXiv ids: the end of a bare id, the version after it, and the next item.

Items are separated by `, ; & + | /`, an "and" in any language, or a line break. They may be in brackets, and
may have a version or categories. A list ends before the first item that is not an id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from enrich.codes import Form
from enrich.model import Mention
from enrich.paper import PaperId
from enrich.sources.arxiv import cues
from enrich.sources.arxiv.ids import NEW, OLD, VERSION, paper, version
from enrich.text.patterns import compile_later, group_words

ID = rb"(?P<id>" + NEW + b"|" + OLD + b")"
"""Pattern of an id without its version, as the group `id`."""

FILE = rb"\.(?:pdf|txt|tex|ps|e?ps|dvi|gz|tar|zip|html?|md|json|csv|log|bib|docx?|pptx?|xml|dat|png|jpe?g|py|bin|exe|iso|deb|rpm|whl|dmg|pkg)(?![a-z0-9])"
"""Pattern of a file's suffix."""

_BARE_END = compile_later(  # must not follow a bare id
    rb"(?i)(?![a-z0-9@%]|_[a-z0-9]|[.:-][0-9]|,[0-9]{3}(?![0-9.])|/(?![0-9]{4}\.[0-9])[a-z0-9~]|"
    + FILE
    + rb")"
)
_VERSION_AFTER = compile_later(  # "v2", "(v2)", "[v2]", ", version 2", "version: 2" after an id or its categories
    rb"(?i)(?:" + cues.CATEGORIES + rb")?"
    rb"(?:,?[ \t]{1,3}v|,?[ \t]{0,3}[(\[][ \t]?v|,?[ \t]{0,3}[(\[]?[ \t]{0,2}(?<![0-9a-z])ver(?:sion|\.)?[ \t]{0,2}:?[ \t]{0,2})"
    rb"([1-9][0-9]{0,2})(?![a-z0-9]|\.[0-9])[)\]]?"
)
_AND_WORDS = """
    and und sowie et y e i og och en ja ve oraz a ac és și şi si và va na и й
    та және և եւ და এবং اور και و \u05d5 और และ dan eta in kaj agus un ir dhe
"""
_AND_SIGNS = "\u05d5- 和 与 與 及 と および 및 와 과 그리고 以及"
_AND = (
    b"(?=[aAdDeEiIjJkKnNoOsSuUvVyY\x80-\xff])(?:%b(?![a-z0-9])|%b)"
    % (  # a quick check of the first letter
        group_words(_AND_WORDS.encode().split(), any_case=True),
        group_words(_AND_SIGNS.encode().split()),
    )
)
_WHITE = rb"[ \t]{0,8}(?:(?:\r?\n|\x0b)[ \t>]{0,24})?"
_MAY_CONTINUE = (
    frozenset(  # with the first bytes of kana, Han and Hangul, which need no blank before an "and"
        bytes((b,)) for b in b" \t\r\n\x0b,;&+|/([)]}\"'*`\xe3\xe4\xe5\xe8\xea\xeb\xec"
    )
)
CONTINUATION = (
    rb"[)\]}\"'*`]{0,2}+[ \t]{0,8}+(?:[,;&+|/](?:\W{0,26}+(?:v?[0-9]|ver)|[a-z]{2,8}[-./]|\W{0,6}(?:"
    + _AND
    + rb")[ \t\r\n])"
    rb"|(?:\r?\n|\r|\x0b)[ \t>]{0,24}[\[({\"'*+0-9\xe2-]|[\xe3-\xec]|v(?:er|[0-9])|[(\[][ \t]?(?:v[0-9]|ver|[a-z]{2,8}[-.,\]])"
    rb"|(?:" + _AND + rb")[ \t\r\n(\[\"'0-9])"
)
"""Pattern of the beginning of a version or another item after an id; a cheap check."""
_CONTINUES = compile_later(rb"(?i)" + CONTINUATION)
_NEXT_ITEM = compile_later(
    rb"(?i)(?:" + cues.CATEGORIES + rb")?[)\]}\"'*`]{0,2}"
    rb"(?:(?:"
    + _WHITE
    + rb"(?:[,;&+|/]|\xe3\x80\x81|"
    + _AND
    + rb")){1,3}"
    + _WHITE
    + rb"|[ \t]{0,8}(?:\r?\n|\x0b)[ \t>]{0,24})"
    rb"(?:(?:\[[0-9]{1,3}\]|\(?[0-9]{1,2}[.)]|[-*+]|\xe2\x80\xa2)[ \t]{1,4})?[(\[{\"'*`]{0,2}"
    + ID
    + VERSION
)


_CERTAIN_ENDS = frozenset({b"", b" ", b"\n", b")", b"]", b";"})
_SLASH = ord("/")


def with_list(text: bytes, mention: Mention) -> Sequence[Mention]:
    """Return a mention and those of its list."""
    end = mention.end
    if text[end : end + 1] not in _MAY_CONTINUE or not _CONTINUES.match(text, end):
        return (mention,)
    found = []
    while True:
        version_match = _VERSION_AFTER.match(text, end) if mention.version is None else None
        if version_match is not None:
            mention = mention._replace(version=version(version_match[1]))
            end = version_match.end()
        match = _NEXT_ITEM.match(text, end)
        if match is None or not ends_bare(text, match.end()):
            break
        found.append(mention)
        mention = mention_of(match, match.start("id"), "bare")
        end = mention.end
    return (*found, mention)


def ends_bare(text: bytes, end: int) -> bool:
    """Return whether a bare id may end here."""
    return text[end : end + 1] in _CERTAIN_ENDS or _BARE_END.match(text, end) is not None


def mention_of(match: re.Match[bytes], start: int, form: Form) -> Mention:
    """Return the mention of a match."""
    key, number = match.group("id", "version")
    found = paper(key) if _SLASH in key else PaperId("arxiv:" + key.decode())
    return Mention(found, version(number) if number else None, start, match.end(), form)
