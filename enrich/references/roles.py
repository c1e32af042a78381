"""Role of each reference in its text: the talk's own paper, an item of a reference list, or a mention.

`own`: the text claims the paper; `cited`: the paper is in a reference list; otherwise, or if in doubt,
`mentioned`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from enrich.codes import Role
from enrich.references.layout import has_no_markup, replace_markup
from enrich.references.reference_lists import find_reference_lists, is_in_item, may_have_lists
from enrich.references.wording import ABBREVIATIONS, LABELS, WORDINGS, Wording
from enrich.text.patterns import compile_later

_SENTENCE_BYTES = 400
"""Bytes before a reference in which its sentence is searched."""
_AFTER_BYTES = 160
"""Bytes after a reference in which its verb is searched."""
_MAX_LIST_GAP_BYTES = 80
_MAX_LABEL_BYTES = 128
"""Bytes from the start of a line in which the colon of its label is searched."""
_MAX_ITEM_NUMBER_BYTES = 4
"""Bytes of an item's number."""
_MAX_SENTENCE_LINES = 6
"""Lines over which a sentence may extend."""
_Stem = tuple[bytes, Wording]
"""A stem, and the wording of its language."""
_MENTIONED: Sequence[Role] = ("mentioned",)
_MIN_CLAIM_BYTES = 9
"""Bytes of the shortest claim, including the full stop before it."""
_MAX_NEAR_SENTENCE_BYTES = 120
"""The cheap check handles only sentences that begin at most this far before a reference."""
_MIN_SENTENCE_BYTES = 16
"""Bytes of the text before that sentence; a shorter text may be an item's number."""
_LABEL_SEARCH_BYTES = 120
"""Bytes before a sentence that are searched for a label."""
_MIN_CONTEXT_BYTES = 4
"""Bytes of the shortest text before a reference that can hold a label or claim."""
_MARKS = b" \t\r\n*_-+>#([{<\"'`|.0)\xe2\x80\xa2\x93\x94:/"
"""Bytes allowed before a reference that is alone on its line."""
_SIGN = rb"(?:[^\w\s\x80-\xff]|_|\s|\xe2[\x80-\xbf][\x80-\xbf]|\xf0\x9f[\x80-\xbf][\x80-\xbf]|\xef\xb8\x8f)"
_LABEL = compile_later(
    _SIGN + rb"{0,16}(?P<label>[^\s:*_|][^:\n|]{0,60}?)[ \t*_]{0,4}(?:\[[^\]\n]{0,20}\])?:"
)
_LABEL_TAIL = compile_later(r"\s{0,2}(?:#?\s?0{1,2}|\([^()]{1,40}\)|\[[^\[\]]{0,20}\])\Z")
_LABEL_TAIL_ENDS = ("0", ")", "]")
_LIST_GAP = compile_later(
    rb"[\s,;&+/)\]}>\"'*`(\[{<.-]*(?:(?:and|und|sowie|et|y|e|i|og|och|en|ve|oraz|a|si|va|ja"
    + "|и|та|και|和|与|與|及|と|과|와|및|și|ו|و".encode()
    + rb")(?![a-z]))?[\s,;&+/)\]}>\"'*`(\[{<\x80-\xff-]*(?:\n[ \t]{0,8}\(?0{1,2}[.)][ \t]{1,4}[(\[{<\"']*)?"
)
"""Text between two references of one enumeration."""
_NEW_ITEM = compile_later(rb"\n[ \t\r]*\n(?![ \t]*[*+-])")
_STOPS = tuple(
    (ord(sign), tuple((sign + end).encode() for end in (" ", ") ", '" '))) for sign in ".?!"
)
_LAST_WORD = compile_later(r"[\w.]*\Z")
_OTHER_STOP = compile_later(rb"[?!|\t\x0b]|\.[)\"]")
_FULL_STOP, _LINE_FEED, _COLON = b".\n:"
_MAX_ABBREVIATION_BYTES = 4
"""Bytes of the longest abbreviation that is one ASCII word."""
_ASCII_ABBREVIATIONS = frozenset(word.encode() for word in ABBREVIATIONS if word.isascii())
_START_BYTES = 4
"""First bytes of an ASCII stem, by which it is indexed."""


def _index_stems() -> tuple[dict[bytes, list[_Stem]], dict[str, list[_Stem]]]:
    """Index the stems of all wordings.

    ASCII stems are indexed by their first bytes, others by their first non-ASCII character.
    """
    starts: dict[bytes, list[_Stem]] = {}
    characters: dict[str, list[_Stem]] = {}
    for wording in WORDINGS:
        for stem in wording.stems:
            spelled = stem.encode()
            if stem.isascii():
                starts.setdefault(spelled[:_START_BYTES], []).append((spelled, wording))
            else:
                character = next(c for c in stem if not c.isascii())
                characters.setdefault(character, []).append((spelled, wording))
    return starts, characters


_BY_START, _BY_CHARACTER = _index_stems()
_STARTS, _CHARACTERS = frozenset(_BY_START), frozenset(_BY_CHARACTER)
_ASCII = bytes(range(128))
_ABBREVIATION_ENDS = frozenset(word[-3:] for word in _ASCII_ABBREVIATIONS)
_NON_LETTERS_TO_SPACES = bytes(
    byte if chr(byte).isalpha() and byte < 128 else 32 for byte in range(256)
)


def decide_roles(
    raw: bytes, low: bytes, spans: Sequence[tuple[int, int]], *, is_ascii: bool
) -> Sequence[Role]:
    """Return the role of each reference of a text.

    `raw` is the text as bytes, `low` the text folded by `FOLD`.
    """
    plain = low
    if not has_no_markup(low, is_ascii=is_ascii):
        end = spans[-1][1] + _AFTER_BYTES  # later text does not affect roles
        plain = replace_markup(raw[:end], low[:end], is_ascii=is_ascii)
    if (
        len(spans) == 1
        and not may_have_lists(plain, spans[0][0])
        and _is_clearly_unclaimed(plain, spans[0][0])
    ):
        return _MENTIONED
    lists, has_items = find_reference_lists(raw, plain, spans[-1][0])
    roles: list[Role] = []
    role: Role = "mentioned"
    place = previous_end = item_end = 0
    for start, end in spans:
        while place < len(lists) and lists[place][1] <= start:
            place += 1
        if place < len(lists) and lists[place][0] <= start:
            role = "cited"
        elif previous_end and _continues_list(plain, previous_end, start):
            pass
        elif start < item_end and not _has_own_label(
            plain, plain.rfind(b"\n", previous_end, start) + 1, start
        ):
            role = "cited"
        elif has_items and is_in_item(raw, plain, start, end):
            role = "cited"
            item_end = plain.find(b"\n\n", end)
            item_end = len(plain) if item_end < 0 else item_end
        else:
            is_own = not _is_clearly_unclaimed(plain, start) and _is_claimed_as_own(
                raw, plain, previous_end, start, end
            )
            role = "own" if is_own else "mentioned"
        roles.append(role)
        previous_end = end
    return roles


def _is_clearly_unclaimed(plain: bytes, start: int) -> bool:
    """Return whether no claim can precede a reference.

    A cheap check; False means that the sentence has to be parsed.
    """
    reach = start - _MAX_NEAR_SENTENCE_BYTES if start > _MAX_NEAR_SENTENCE_BYTES else 0
    stop = plain.rfind(b". ", reach, start)
    if stop < 0:
        stop = plain.rfind(b".\n\n", reach, start)
    if (
        stop <= _MIN_SENTENCE_BYTES
        or plain.find(b":", stop - _LABEL_SEARCH_BYTES if stop > _LABEL_SEARCH_BYTES else 0, start)
        >= 0
    ):
        return False
    word = plain[stop - 3 : stop]
    if (not word.isalpha() or word in _ABBREVIATION_ENDS) and (
        plain.find(b"\n", stop - _MIN_SENTENCE_BYTES, stop) >= 0
        or not word[-1:].isalpha()
        or _is_abbreviated(plain, stop)
    ):
        return False
    return start - stop <= _MIN_CLAIM_BYTES or (
        plain.find(b"\n", stop + 3, start) < 0 and not _find_wordings(plain[stop:start])
    )


def _continues_list(plain: bytes, previous_end: int, start: int) -> bool:
    """Return whether a reference continues an enumeration.

    It then has the role of the reference before it.
    """
    if start - previous_end > _MAX_LIST_GAP_BYTES:
        return False
    gap = plain[previous_end:start]
    return _LIST_GAP.fullmatch(gap) is not None and _NEW_ITEM.search(gap) is None


def _is_claimed_as_own(raw: bytes, plain: bytes, previous_end: int, start: int, end: int) -> bool:
    """Return whether a text claims a reference as own."""
    reach = max(previous_end, start - _SENTENCE_BYTES)
    if start - reach < _MIN_CONTEXT_BYTES:
        return False
    line = plain.rfind(b"\n", reach, start) + 1 or reach
    stop = plain.rfind(b". ", line, start)
    if (
        stop - line > _MAX_ITEM_NUMBER_BYTES
        and not _is_abbreviated(plain, stop)
        and not _OTHER_STOP.search(plain, stop, start)
    ):
        sentence, words_end = stop + 2, start
    else:
        sentence, words_end = _find_sentence(raw, plain, reach, start)
    if (
        _COLON in plain[line:start]
        and (not line or plain[line - 1] == _LINE_FEED)
        and _has_own_label(plain, line, start)
        and (sentence <= line or _is_plain_entry(plain, line, start))
    ):
        return True
    if start - sentence < _MIN_CONTEXT_BYTES or (
        sentence == reach and sentence and plain[sentence - 1] != _LINE_FEED
    ):
        return False
    if sentence != line and _has_own_label(plain, sentence, start):
        return True
    words = plain[sentence:words_end]
    wordings = _find_wordings(words)
    if not wordings:
        return False
    before = words.decode("utf-8", "ignore").lower()
    after = plain[end : end + _AFTER_BYTES].decode("utf-8", "ignore").lower()
    return any(claims_paper(wording, before, after) for wording in wordings)


def _find_wordings(words: bytes) -> Sequence[Wording]:
    """Return the wordings with a stem in the sentence."""
    starts = _STARTS.intersection(
        [word[:_START_BYTES] for word in words.translate(_NON_LETTERS_TO_SPACES).split()]
    )
    stems = [stem for start in starts for stem in _BY_START[start]]
    if not words.isascii():
        shown = words.translate(None, _ASCII).decode("utf-8", "ignore")
        stems += [stem for c in _CHARACTERS.intersection(shown) for stem in _BY_CHARACTER[c]]
    found: list[Wording] = []
    for stem, wording in stems:
        if stem in words and wording not in found:
            found.append(wording)
    return found


def _has_own_label(plain: bytes, start: int, end: int) -> bool:
    """Return whether a span begins with an own label."""
    if plain.find(b":", start, min(end, start + _MAX_LABEL_BYTES)) < 0:
        return False
    match = _LABEL.match(plain, start, end)
    if match is None:
        return False
    label = match["label"].decode("utf-8", "ignore").lower().strip(" *_[]")
    return label in LABELS or (
        label.endswith(_LABEL_TAIL_ENDS) and _LABEL_TAIL.sub("", label) in LABELS
    )


def _is_plain_entry(plain: bytes, line: int, start: int) -> bool:
    """Return whether a label precedes a bibliographic entry."""
    rest = plain[plain.find(b":", line, start) + 1 : start]
    return b":" not in rest.replace(b"http", b"") and rest.rstrip(b" *_\"'([{<")[-1:] in {
        b"",
        b".",
        b",",
    }


def _find_sentence(raw: bytes, plain: bytes, reach: int, start: int) -> tuple[int, int]:
    """Return the span of the sentence before a reference."""
    end = start
    line = max(plain.rfind(b"\n", reach, start) + 1, reach)
    for _ in range(_MAX_SENTENCE_LINES):
        if line <= reach:
            break
        before = plain[reach:line].rstrip(b" \t\r\n*_")
        breaks = plain.count(b"\n", reach + len(before), line)
        if not before:
            break
        if plain[line:start].strip(_MARKS):
            first = raw[line : line + 12].decode("utf-8", "ignore").lstrip()[:1]
            if breaks > 1 or not first.islower():
                break
        elif breaks > 1 and not before.endswith(b":"):
            break
        else:
            end = line
        line = max(plain.rfind(b"\n", reach, reach + len(before)) + 1, reach)
    window = plain[line:end]
    if _LINE_FEED in window:
        window = window.replace(b"\n", b" ")
    at = max(window.rfind(b"|"), window.rfind(b"\t"), window.rfind(b"\x0b")) + 1
    for sign, signs in _STOPS:
        if sign in window:
            for ending in signs:
                stop = window.rfind(ending, at)
                while stop >= 0 and sign == _FULL_STOP and _is_abbreviated(window, stop):
                    stop = window.rfind(ending, at, stop)
                if stop >= 0:
                    at = stop + len(ending)
    return line + at, end


def _is_abbreviated(text: bytes, stop: int) -> bool:
    """Return whether a full stop ends an abbreviation."""
    word = text[stop - _MAX_ABBREVIATION_BYTES - 1 if stop > _MAX_ABBREVIATION_BYTES else 0 : stop]
    word = word[word.rfind(b" ") + 1 :]
    if len(word) > 1 and word.isalpha():
        return word in _ASCII_ABBREVIATIONS
    head = text[max(0, stop - 24) : stop]
    letters = _LAST_WORD.findall(head.decode("utf-8", "ignore"))[0].lower()
    return (
        (len(letters) == 1 and letters.isalpha())
        or letters in ABBREVIATIONS
        or letters.rpartition(".")[2] in ABBREVIATIONS
    )


_ABSTRACT = "abstract|summary|notes?|comments?|remarks?|zusammenfassung|abstrakt|résumé|resumen|resum|riassunto|resumo|samenvatting|streszczenie|аннотация|анотація|özet|摘要|概要|초록|sammanfattning|sammendrag|resumé|absztrakt|tiivistelmä"
"""Headings of the abstract."""
_NAMES = r"(?:https?:|[^!?;:]){2,240}?"
"""Names of coauthors."""
_TITLE = r"(?:\s*(?:\[[^\[\]]{1,160}\]\(|[\"“„«”‘'*_`]{1,3}[^\"“”„«»]{1,160}?[\"”“»’'*_`]{1,3}\s*,?\s*[(\[<]?))?"
"""A quoted title, or a link's text, before the paper."""
_TAIL = r"[\s:,(\[{<«„“\"'*_`–—-]*(?:\\(?:url|href)\{)?(?:https?://\S{0,240})?"
"""Punctuation before the paper, and the beginning of its URL."""
_JOINT_TAIL = r"(?:[(\[<,:–—]|\s(?:see|at|cf\.)\s)(?:\s?(?:see|preprint|arxiv|paper|preprints?|at)\b[\s:]*)?(?:\[[^\[\]]{1,160}\]\()?[\s(\[{<\"'*_`]*(?:\\(?:url|href)\{)?(?:https?://\S{0,240})?"
"""Punctuation between the names of coauthors and the paper, and the beginning of its URL."""
_JOINT_AFTER_TAIL = r"[\s,.:(\[{<\"'*_`]*(?:https?://\S{0,240})?"
"""Punctuation between a `joint_after` wording and the paper, and the beginning of its URL."""
_OTHER_IDS = r"[)\]\"'*_`」]*(?:\s*(?:[,;、と및과와&]|ve|and)\s*(?:arxiv:\s?)?(?:https?://)?[\w./:?=-]{0,60})*"
"""The end of the reference, and other papers before the verb."""
_DISCLAIMERS = compile_later(
    r"\b(?:extend|improv|generali[sz]|follow(?!ing\s(?:\w+\s)?(?:paper|preprint|article|work))|inspir|motivat|answer|using|previous|earlier|solv|disprov|refut|contradict|see\salso|cf\.|siehe|vgl|voir|véase|vedi|см\.)"
)
"""Words showing that the talk only builds on the paper."""
_SENTENCE_START = rf"\A[\W_]{{0,40}}+(?:(?:{_ABSTRACT})\s?[:.–—-][\W_]{{0,20}}+)?"


class ClaimForm(NamedTuple):
    """Form of the text from the start of a sentence to the paper that it claims."""

    example: str
    """Lower-case text that only this form matches."""
    pattern: str


def make_claim_forms(wording: Wording) -> tuple[ClaimForm, ...]:
    """Build the forms of claims from one language's words.

    The examples are in English, and one is in Turkish: each form matches its example if `wording` is of
    that language.
    """
    w = _expand_blanks(wording)
    modifiers = rf"(?:(?:{w.modifiers})\s*){{0,6}}"
    subject = (
        rf"(?:(?:{w.before})\s*){{0,5}}(?:{w.talk})\s*(?:(?:{w.between})\s*){{0,6}}(?:{w.based})"
    )
    based = rf"(?:{subject}|(?:{w.opening}))\s*:?\s*{modifiers}(?:{w.work})?\s*"
    work_with = rf"(?:{w.work})\s+(?:with|mit|avec|con|com|met|med|z|с)\s"
    joint = rf"(?:{w.joint})\s*(?:{_NAMES})?{_JOINT_TAIL}\Z"
    forms = (
        ClaimForm(
            "this talk is based on our paper ", rf"{_SENTENCE_START}{based}:?{_TITLE}{_TAIL}\Z"
        ),
        ClaimForm(
            "this talk is based on a paper on knots (",
            rf"{_SENTENCE_START}{subject}\s*:?\s*{modifiers}(?:{w.work})\b[^.!?;:]{{0,160}}?[(\[<]{_TAIL}\Z",
        ),
        ClaimForm(
            "based on a paper with ana lin, ",
            rf"{_SENTENCE_START}{based}(?:{w.joint}|{work_with}){_NAMES}{_JOINT_TAIL}\Z",
        ),
        ClaimForm(
            "this is joint work with ana lin (",
            rf"{_SENTENCE_START}(?:(?:{w.intro})?\s*{modifiers}\s*){{0,2}}{joint}",
        ),
        ClaimForm(
            "we count knots; this is joint work with ana lin (",
            rf"\A.{{0,300}}?[,;(–—-]\s*(?:and\s+)?(?:this|which|it)\s+(?:is|was)\s+{joint}",
        ),
    )
    if not w.joint_after:
        return forms
    joint_after = rf"{_SENTENCE_START}(?:{w.joint_after})\s*{_TITLE}{_JOINT_AFTER_TAIL}\Z"
    return (*forms, ClaimForm("deniz kaya ile ortak çalışma (", joint_after))


def _expand_blanks(wording: Wording) -> Wording:
    """Replace blanks by patterns of white space."""
    return wording._replace(
        **{
            name: part.replace(" ?", r"\s*").replace(" ", r"\s+")
            for name, part in wording._asdict().items()
            if name not in {"language", "examples", "stems"}
        }
    )


class _ClaimPatterns:
    """Compiled patterns of one language's claims."""

    def __init__(self, wording: Wording) -> None:
        """Build the patterns from the words."""
        w = _expand_blanks(wording)
        forms = [form.pattern for form in make_claim_forms(wording)]
        self.before = re.compile("|".join(f"(?:{form})" for form in forms), re.DOTALL)
        self.before_verb = (
            re.compile(rf"{_SENTENCE_START}(?:{w.after_talk})\s*{_TAIL}\Z")
            if w.after_talk
            else None
        )
        self.verb = re.compile(rf"{_OTHER_IDS}\s*(?:{w.after})") if w.after else None


@cache
def _compile_claims(wording: Wording) -> _ClaimPatterns:
    """Build the patterns of a language once."""
    return _ClaimPatterns(wording)


def claims_paper(wording: Wording, before: str, after: str) -> bool:
    """Return whether a sentence claims the paper in it.

    Args:
        wording: The words of the sentence's language.
        before: The sentence before the reference, in lower case.
        after: The text after the reference, in lower case.
    """
    claim = _compile_claims(wording)
    if claim.before.match(before) is not None:
        return _DISCLAIMERS.search(before) is None
    if claim.before_verb is None or claim.verb is None or not claim.before_verb.match(before):
        return False
    return claim.verb.match(after) is not None
