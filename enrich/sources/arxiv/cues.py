"""Cues of bare numbers: words around a number that decide whether it is an arXiv id.

A bare number counts in four cases: after a cue on its line, at most 40 characters before, with no other
number (except a year) or address between; in parentheses after a name in a sentence about joint work; in
a list after "References:"; before an arXiv category. It never counts directly after a word for a phone,
room, PIN, grant, version or price.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from enrich.sources.arxiv.ids import ARCHIVES
from enrich.text.patterns import compile_later

_MAX_GAP_CHARS = 40
"""Maximum characters between a cue and its number."""
_CUE_SEARCH_BYTES = 240
"""Bytes before a number in which a cue is searched."""
_MAX_BLOCKING_WORDS = 5
"""Words before a number in which a blocking word is searched."""
_BLOCKING_SEARCH_BYTES = 64
"""Bytes before a number in which a blocking word is searched."""
_MIN_CUE_BYTES = len("CoRR")
_MAX_SENTENCE_BYTES = 400
"""Maximum bytes of a sentence about joint work."""

_BRACKET, _COLON, _SLASH, _AT_SIGN, _STOP = b"[:/@."
_YEAR = compile_later(
    rb"[*_\"'}]{0,2}[ \t,.;:(\[]{1,4}(?:199[1-9]|20[0-9]{2})[)\],.;: \t]{1,5}[(\[{\"']?\Z"
)
"""Pattern of a year that alone is between a cue and its id."""
_DIGITS_TO_LINE_ENDS = bytes(10 if b in b"0123456789\n\r\x0b\x0c" else b for b in range(256))


class Cue(NamedTuple):
    """Word or words before a bare number that is an arXiv id."""

    pattern: bytes
    """Pattern in lower case that begins with an ASCII letter."""
    example: str
    """A text whose number is an arXiv id."""


CUES = (
    Cue(rb"arxiv(?:s|ids?)?(?![a-z])", "Available at arXiv 2103.01338"),
    Cue(rb"corr(?![a-z])", "CoRR, 2103.01338"),
    Cue(
        rb"computing[ \t]research[ \t]repository(?![a-z])",
        "Computing Research Repository: 2103.01338",
    ),
    Cue(rb"e-?prints?(?![a-z])", "E-print 2103.01338"),
    Cue(rb"pre-?prints?(?![a-z])", "Preprints: 2103.01338 and 2104.00001"),
    Cue(rb"papers?[*_ \t]{0,4}:", "Paper: 2103.01338"),
    Cue(rb"based[ \t]{1,3}on(?![a-z])", "The talk is based on 2103.01338"),
)
"""All cues; to add the word of another language, add a row."""


def make_cue_pattern(cues: Iterable[Cue]) -> bytes:
    """Return the pattern of cues, each at the start of a word.

    It begins with the set of first letters, which `re` finds fast.
    """
    letters = sorted({cue.pattern[:1] for cue in cues})
    firsts = b"".join(letters).upper() + b"".join(letters)
    words = b"|".join(b"(?<=%b)%b" % (cue.pattern[:1], cue.pattern[1:]) for cue in cues)
    return rb"[%b](?<![A-Za-z0-9/@].)(?i:%b)" % (firsts, words)


_CUE = compile_later(make_cue_pattern(CUES))
_ADDRESS = compile_later(rb"(?i)://|www\.|[a-z0-9]/[a-z]|@")
_ARXIV_PATH = compile_later(rb"(?i)\.org/(?:abs|pdf|html)/[ \t]{0,3}\Z")


class BlockingWords(NamedTuple):
    """Words of one kind, in all languages, before a number that is not an arXiv id."""

    kind: str
    example: str
    """A text with a cue whose number is not an arXiv id."""
    words: str
    """Whole words, in lower case."""
    signs: str = ""
    """Signs, and words in scripts without blanks; no word boundary is needed before them."""


BLOCKING = (
    BlockingWords(
        "phone",
        "Preprints by phone: 2103.01338",
        """
        phone phones telephone telephones cellphone tel telefon telefono teléfono telefone telefoon téléphone
        tél telefonu telefax fax mobile mobil mob cell call hotline handy ext extension tlf dial dial-in
        тел телефон моб факс
        """,
        "+ 電話 电话 手机 携帯 전화",
    ),
    BlockingWords(
        "room",
        "Preprint, room 2103.01338",
        """
        room rooms rm office offices raum zimmer büro hörsaal saal hs salle salles bureau sala salas salón
        salon sal aula stanza zaal kamer lokal hall auditorium building gebäude bâtiment edificio
        комн комната ауд аудитория аудитории каб кабинет зал
        """,
        "教室 教学楼 会议室 房间 部屋 会場 강의실",
    ),
    BlockingWords(
        "PIN",
        "Preprint, PIN 2103.01338",
        "pin passcode password passwort passwd kennwort passe contraseña senha code meeting zoom пин пароль",
        "密码 パスワード 비밀번호",
    ),
    BlockingWords(
        "grant",
        "Preprint, grant no. 2103.01338",
        """
        grant grants agreement award awards contract contracts funding project projekt projekts projet
        projets proyecto proyectos projeto projetos progetto förderung förderkennzeichen financement
        subvention bourse beca грант проект invoice rechnung ticket order
        """,
        "项目 基金 課題番号 科研費",
    ),
    BlockingWords(
        "version",
        "Preprint, version 2103.01338",
        """
        version versions vers ver v versión versão versione versie wersja версия версии сборка build
        release releases firmware rev revision
        """,
        "版本 バージョン 버전",
    ),
    BlockingWords(
        "price",
        "Preprints for $2103.01338",
        """
        price prices cost costs fee fees preis kosten gebühr prix coût precio costo preço prezzo prijs
        pris cena цена стоимость eur euro euros usd gbp chf jpy cny sek nok dkk inr cad aud rs kr dollar
        dollars рублей
        """,
        "$ € £ ¥ ₽ ₩ ₹ 价格 費用 费用 料金 가격",
    ),
    BlockingWords(
        "other register",
        "Preprint, Zbl 2103.01338",
        "isbn issn doi zbl jfm msc mr pmid pmcid orcid",
        "#",
    ),
)
"""All kinds of blocking words; to add the word of another language, add it to its kind."""
_BLOCKING_WORDS = frozenset(word for row in BLOCKING for word in row.words.split())
_BLOCKING_SIGNS = tuple(sign for row in BLOCKING for sign in row.signs.split())
_BLOCKING_ENDINGS = ("room", "rooms", "raum")
_FILLERS = frozenset(
    "is at on under n no nr num number nummer id nº º ° №".split()  # noqa: SIM905 - one line
)
"""Words allowed between a blocking word and its number."""
_SERVERS = frozenset(["hal", "ssrn", "osf", "iacr", "vixra"])
_PRINTS = frozenset(["preprint", "preprints", "print", "prints"])
_WORD = compile_later(r"dial-in|[^\W\d_]+|[°№]")
_GAP_CHARS = " \t.:#=/*-\"'([{"
"""Characters allowed between the last word and its number."""
_PRICE_AFTER = compile_later(
    rb"(?i)[ \t]?(?:eur|euros?|usd|gbp|chf|dollars?|[$%]|\xe2\x82\xac|\xc2[\xa3\xa5])(?![a-z])"
)
_REFERENCES = compile_later(
    rb"(?i)(?<![a-z])references?[*_ \t]{0,3}:[*_ \t]{0,4}(?:(?:\r?\n|\x0b)[ \t]{0,8}){0,2}"
    rb"(?:(?:\[[0-9]{1,3}\]|\(?[0-9]{1,3}[.)]|[-*+]|\xe2\x80\xa2)[ \t]{0,4})?[\"'(\[{]{0,2}\Z"
)
CATEGORY = (
    rb"(?:"
    + b"|".join(sorted((a.encode() for a in ARCHIVES), reverse=True))
    + rb")(?![a-z])(?:\.[a-z]{2}(?![a-z])|\.[a-z]{2,5}-?[a-z]{1,5})?"
)
CATEGORIES = (
    rb"[ \t]{0,4}\[[ \t]{0,2}"
    + CATEGORY
    + rb"(?:[ \t]{0,2}[,;|][ \t]{0,2}"
    + CATEGORY
    + rb"){0,6}[ \t]{0,2}\]"
)
"""arXiv categories in brackets, for patterns that ignore the case of letters."""
_CATEGORIES_AFTER = compile_later(rb"(?i)" + CATEGORIES)


def may_count(text: bytes, start: int) -> bool:
    """Return whether a bare number may count (cheap check)."""
    line = text[start - 6 if start > 6 else 0 : start].translate(_DIGITS_TO_LINE_ENDS)
    return (
        len(line) - line.rfind(b"\n") > _MIN_CUE_BYTES
        or _BRACKET in text[start + 9 : start + 22]
        or line[-1:] == b"("
        or _COLON in text[max(0, start - 64) : start]
        or _YEAR.search(text[start - 16 if start > 16 else 0 : start]) is not None
    )


def is_cued(text: bytes, start: int, end: int) -> bool:
    """Return whether the bare number text[start:end] counts.

    >>> is_cued(b"Preprint: 2103.01338", 10, 20), is_cued(b"Discussion of 2103.01338", 14, 24)
    (True, False)
    """
    window = text[max(0, start - _CUE_SEARCH_BYTES) : start].translate(_DIGITS_TO_LINE_ENDS)
    line = text[start - len(window) + window.rfind(b"\n") + 1 : start]
    return (
        (len(line) >= _MIN_CUE_BYTES and _has_cue(line))
        or _has_cue_and_year(text, start)
        or (_BRACKET in text[end : end + 5] and _CATEGORIES_AFTER.match(text, end) is not None)
        or (text[start - 1 : start] == b"(" and _is_joint_work(text, start))
        or _follows_references(text, start)
    ) and not (_ends_with_blocking_word(line) or _PRICE_AFTER.match(text, end))


def _ends_with_blocking_word(line: bytes) -> bool:
    """Return whether a line ends with a blocking word.

    >>> _ends_with_blocking_word(b"preprint, Room No. "), _ends_with_blocking_word(b"SSRN preprint "), _ends_with_blocking_word(b"room or preprint ")
    (True, True, False)
    """
    text = line[-_BLOCKING_SEARCH_BYTES:].decode("utf-8", "ignore").lower()
    if text.rstrip(" :\"'([{").endswith(_BLOCKING_SIGNS):
        return True
    text = text.rstrip(_GAP_CHARS)
    words = _WORD.findall(text)[-_MAX_BLOCKING_WORDS:]
    if not words or not text.endswith(words[-1]):
        return False
    while words:
        word = words.pop()
        if (
            word.removesuffix("nummer") in _BLOCKING_WORDS
            or word.endswith(_BLOCKING_ENDINGS)
            or _is_server(word)
        ):
            return True
        if word in _PRINTS:
            return bool(words) and _is_server(words[-1])
        if word not in _FILLERS:
            return False
    return False


def _is_server(word: str) -> bool:
    """Return whether a word names another preprint server."""
    return word in _SERVERS or (word.endswith("rxiv") and len(word) > len("xarxiv"))


def _has_cue(line: bytes) -> bool:
    """Return whether a line ends with a cue."""
    cues = list(_CUE.finditer(line))
    if not cues:
        return False
    between = line[cues[-1].end() :]
    if len(between) > _MAX_GAP_CHARS and len(between.decode("utf-8", "ignore")) > _MAX_GAP_CHARS:
        return False
    may_be = _SLASH in between or _AT_SIGN in between or _STOP in between
    return not (may_be and _ADDRESS.search(between)) or _ARXIV_PATH.match(between) is not None


def _has_cue_and_year(text: bytes, start: int) -> bool:
    """Return whether cue and year precede: `arXiv (2019), `."""
    year = _YEAR.search(text, start - 16 if start > 16 else 0, start)
    if year is None:
        return False
    line = text[max(0, year.start() - _CUE_SEARCH_BYTES) : year.start()]
    cues = list(_CUE.finditer(line[line.rfind(b"\n") + 1 :]))
    return bool(cues) and line.endswith(cues[-1][0])


def _follows_references(text: bytes, start: int) -> bool:
    """Return whether a number is first after "References:"."""
    before = text[max(0, start - 64) : start]
    return _COLON in before and _REFERENCES.search(before) is not None


def _is_joint_work(text: bytes, start: int) -> bool:
    """Return whether a number follows "joint work" and name."""
    head = text[max(0, start - _MAX_SENTENCE_BYTES) : start - 1]
    at = head.lower().rfind(b"joint work")
    if at < 0 or re.search(rb"[a-z)\]]{2}[.!?]\s|\n[ \t\r]*\n", head[at:]):
        return False
    words = head[at:].decode("utf-8", "ignore").split()
    initial = words[-1].strip("*_~'\"").lstrip("({[")[:1] if words else ""
    return initial.isalpha() and not initial.islower()  # Han and Hangul letters have no case
