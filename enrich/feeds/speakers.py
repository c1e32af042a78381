"""Detection of speakers in titles and descriptions, for feeds without a speaker field. Pure.

`NAME: TITLE`, `TITLE - NAME`, `Seminar: NAME – TITLE`, `NAME (AFFILIATION) — Seminar`, `TITLE by NAME`; a
first line `NAME · AFFILIATION` or `NAME, role, department`; labelled lines in many languages. A part of a
title counts as a name only if there is more evidence than capital letters: a known given name, an initial,
an honorific such as "Dr.", or an affiliation after it. If in doubt, no speaker is returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from enrich.feeds.given_names import (
    GIVEN_NAMES,
    GIVEN_NAMES_ELSEWHERE,
    HAN_SURNAMES,
    HANGUL_SURNAMES,
)
from enrich.text.letters import strip_accents
from enrich.text.patterns import compile_later


class Speaker(NamedTuple):
    """Speaker data found in a title and a description."""

    name: str | None = None
    affiliation: str | None = None
    title: str | None = None
    """A labelled title, if the event's title names only the series."""


# One row per language: words for the speaker, the affiliation, and the title.
_LABELS = (
    (r"(?:guest |invited )?(?:speakers?|presenters?|lecturers?)(?: name)?|talk by|presented by", r"affiliation|institution|organi[sz]ation", r"title"),
    (r"vortragende[rn]?|referent(?:in)?|sprecher(?:in)?|redner(?:in)?|von|es spricht", r"einrichtung|zugehörigkeit|institution|universität", r"titel|thema"),
    (r"intervenant(?:[·.(]?e[)]?)?(?:[·.(]?s[)]?)?|oratrice|orateur|conférenci(?:er|ère)|exposant(?:e)?", r"établissement|affiliation|institution", r"titre"),
    (r"ponente|conferencista|conferenciante|expositora?|oradora?|impartida? por", r"afiliación|institución", r"título"),
    (r"palestrante|oradora?|conferencista", r"instituição|afiliação", r"título"),
    (r"relatore|relatrice|oratore|speaker", r"affiliazione|istituzione|ente", r"titolo"),
    (r"spreker|inleider", r"instelling|affiliatie", r"titel"),
    (r"foredragsholder|oplægsholder|taler|foreleser", r"institutt?|tilhørighet", r"tittel|titel"),
    (r"talare|föreläsare|föredragshållare", r"lärosäte|institution", r"titel"),
    (r"puhuja|esitelmöitsijä", r"yliopisto|laitos", r"otsikko|aihe"),
    (r"fyrirlesari", r"stofnun", r"titill"),
    (r"előadó", r"intézmény", r"cím"),
    (r"prelegent(?:ka)?|referent(?:ka)?", r"afiliacja|uczelnia", r"tytuł"),
    (r"přednášející|prednášajúci|řečník", r"pracoviště|instituce", r"název|titul"),
    (r"докладчик(?:и|ца)?|лектор|выступает", r"организация|место работы", r"название|тема"),
    (r"доповідач(?:ка)?", r"установа", r"назва|тема"),
    (r"ομιλητής|ομιλήτρια|ομιλητές", r"ίδρυμα", r"τίτλος"),
    (r"konuşmacı(?:lar)?", r"kurum|üniversite", r"başlık"),
    (r"vorbitor(?:i)?", r"instituția", r"titlu"),
    (r"predavač(?:ica)?", r"ustanova", r"naslov"),
    (r"المتحدثة?|المحاضر", r"الجهة", r"العنوان"),
    (r"سخنران", r"وابستگی", r"عنوان"),
    (r"מרצה|דובר(?:ת)?", r"מוסד", r"כותרת|נושא"),
    (r"报告人|報告人|主讲人|主講人|讲者|講者|演讲者|主讲", r"单位|單位", r"题目|題目|标题|報告題目|报告题目"),
    (r"講演者|講師|発表者|演者|話者", r"所属", r"題目|講演題目|タイトル|演題"),
    (r"연사|발표자|강연자", r"소속", r"제목"),
    (r"diễn giả|người trình bày", r"đơn vị", r"tiêu đề|chủ đề"),
    (r"pembicara|penceramah", r"afiliasi|instansi", r"judul"),
    (r"mzungumzaji", r"taasisi", r"mada"),
    (r"वक्ता", r"संस्थान", r"शीर्षक"),
)  # fmt: skip


_SPEAKER, _AFFILIATION, _TITLE = range(3)
"""Columns of the table."""


@cache
def _compile_labels(column: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a label and of a labelled line."""
    words = "|".join(row[column] for row in _LABELS)
    head = rf"[ \t*_>-]{{0,6}}(?:{words})[*_ \t\u00a0\u202f]{{0,4}}"
    value = r"(?P<value>\S[^\r\n]{0,300}|\r?\n[ \t]*\S[^\r\n]{0,300})?"
    return (
        re.compile(head, re.IGNORECASE),
        re.compile(rf"^{head}[:：][*_]{{0,3}}[ \t]*{value}$", re.IGNORECASE | re.MULTILINE),
    )


@lru_cache(maxsize=2048)
def _is_speaker_label(head: str, column: int) -> bool:
    """Return whether the words before a colon are a label.

    Results are cached, because a feed repeats its labels.
    """
    return _compile_labels(column)[0].fullmatch(head) is not None


_ANY_LABEL = compile_later(r"^[^\n:：]{1,40}[:：]", re.MULTILINE)
_MAX_LABEL_CHARS = 40  # before the colon

_TBA = (
    r"t\.?b\.?[adc]\.?|n\.?\s?n\.?|to be (?:announced|confirmed|determined)|wird noch .{1,30}|à (?:confirmer|préciser|déterminer|venir|définir)"
    r"|por (?:confirmar|definir|anunciar)|a (?:definir|confirmar|anunciar|determinar)|da (?:definire|confermare|annunciare)|уточняется|待定|未定|미정"
    r"|nog niet bekend|do ustalenia|n/?a|none|-+|–|—|\?+"
)
_PLACEHOLDER = compile_later(rf"(?i)\W{{0,3}}(?:{_TBA})\W{{0,3}}")
"""Placeholders for a speaker or title that is not known yet."""
_UNKNOWN = compile_later(
    rf"(?i)\W{{0,3}}(?:{_TBA}|see (?:web|below|above)\b.*|various\b.*|wird noch .*"
    r"|all (?:members|students)\b.*|(?:phd |graduate )?students\b.*)\W{0,3}"
)
"""Values of a label that name no speaker."""
_BODY = compile_later(
    r"\b(?:collaboration|consortium|team|group|members|students|faculty|committee|board|ag|gmbh|inc|ltd|llc|company|department"
    r"|universit\w*|institut\w*|school|college|center|centre|staff|advisors?|website|uhr|montag|dienstag|mittwoch|donnerstag|freitag)\b"
)
"""Words for groups, institutions and days, which are not persons."""
_PLACE_OF_WORK = compile_later(
    r"(?i)universi|univ\.|institut|college|école|ecole|school|academy|akademie|laborator|hochschule|polytech|politec|centre|center"
    r"|(?-i:\b[A-Z]{2,6}\b)|大学|大學|研究|대학|科学院|学院|sorbonne|unam|yliopisto|egyetem|企業"
)
_ROLE = compile_later(
    r"\b(?:professor|lecturer|researcher|fellow|postdoc\w*|student|candidate|director|scientist|engineer|reader|md|phd|ricercat\w+|mitarbeiter\w*"
    r"|maître(?:sse)? de conf\w*|chercheu\w+|docent|docente|profesora?|wissenschaftlich\w*|assistant|associate)\b"
)
_SERIES = compile_later(
    r"seminar\w*|séminaires?|seminári\w*|seminario\w*|szeminárium\w*|семинар\w*|σεμινάριο|colloqui\w+|colóquio|coloquio|kolloqui\w+|kolokvi\w+"
    r"|kolokwi\w+|коллоквиум|wiskundecolloquium|oberseminar|reading group|journal club|(?:guest|invited|public|keynote) (?:talk|lecture)|gastvortrag|vortrag"
    r"|antrittsvorlesung|soutenance de thèse|disputation\w*|kuliah tamu|conférence|exposé|charla|palestra|föredrag|lectures?|talks?|meeting|workshop"
    r"|談話会|セミナー|コロキウム|学术报告|讨论班|報告会|세미나|콜로퀴움|ندوة|संगोष्ठी|groupe de travail|thesis defen[cs]e|phd defen[cs]e"
)
_STATUS = (
    r"cancell?ed|postponed|rescheduled|moved|abgesagt|entfällt|verschoben|annulée?|reportée?|annullat[oa]|rinviat[oa]|cancelad[oa]|aplazad[oa]"
    r"|geannuleerd|uitgesteld|отмен[её]н[оа]?|отмена|перенес[её]н[оа]?|取消|中止|延期"
)
_PREFIX = compile_later(
    rf"(?i)^(?:(?:{_STATUS}|online|hybrid|zoom)\s*[:：–—-]|\[[^\[\]]{{1,40}}\]\s*[:：–—-]?(?!\w)|【[^【】]{{1,40}}】"
    rf"|[(*]{{1,3}}\s?(?:{_STATUS})\b[^()*]{{0,40}}[)*]{{1,3}}\s*[:：–—-]?)\s*"
)
"""Marks before a title: a word and a colon, any text in brackets, or a status in parentheses."""
_AFTER_TALK = compile_later(
    r"(?i)\b(?:(?:contributed|invited|keynote|guest|plenary) (?:talk|lecture|speaker)|live q&a)\s*[,:]\s*(?P<name>[^:,(]{3,60})$"
)
_WORDS_BEFORE_NAME = ("talk", "lecture", "speaker", "q&a")
_QUOTED_BY = compile_later(r"[\"”]\s+by\s+(?P<name>[^:,(\"“]{3,60}?)\s*(?:\(|,|$)")
_NAME_AND_TITLE = compile_later(
    r"^(?P<name>[^()（）:]{3,60}?)\s*[(（](?P<place>[^()（）]{2,100})[)）],\s+\S"
)
_INLINE = compile_later(
    r"(?:講者|講演者|講師|报告人|主讲人)\s*[:：]\s*(?P<name>[^,，()（）。、\n]{2,60}?)\s*(?:[,，(（]\s*(?P<place>[^()（）。\n]{2,80}))?[)）。、\n]"
)
_BY = compile_later(
    r"(?:\b(?:by|von|with|par|de|av|di|door)\b|^by)\s+(?P<name>(?:(?:Prof|Dr|Mme|M|Mr|Ms|Mrs)\.?\s+){0,3}[^\W\d_a-zà-ÿ][^:：–—]{2,80})",
    re.UNICODE,
)
_SEPARATOR = compile_later(r"[:：] |：| [-–—|] |—(?= )|「")
"""Separators of a title's parts; white space must be single blanks, and parts are stripped later."""
_SIGN = compile_later(r"[:：,(（|「\"”“–—]| -")
"""Each title with a name has one of these, except `SERIES by NAME`."""
_PARENTHESES = compile_later(
    r"^(?P<name>[^()（）]{2,80}?)\s*[(（](?P<rest>[^()（）]{2,160})[)）]\s*$"
)
_HONORIFIC = compile_later(
    r"(?i)^(?:(?:prof(?:essor|\.)?|dr\.?(?:\s?hab\.?)?|doc\.|doç\.?|phd|mr\.?|mrs\.?|ms\.?|mme|dra?\.|sir|dott\.?(?:ssa)?|ing\.|ts\.|dkt\.?|د\.|डॉ\.|प्रो\.)\s+){1,3}"
)
_AND = compile_later(
    r"[,;&aueyoіиv](?:(?<=[,;&])|(?<!\w.)(?:(?<=[au])nd|(?<=e)t|(?<=[yeіи])|(?<=o)ch|(?<=o)g|(?<=v)à)\b)\s+"
)
"""A comma, or "and" in some languages; it begins with a set of letters, which is found fast."""
_PARTICLES = frozenset(
    [
        "van",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "do",
        "du",
        "la",
        "le",
        "von",
        "zu",
        "zur",
        "ter",
        "ten",
        "el",
        "al",
        "bin",
        "ibn",
        "ben",
        "af",
        "av",
        "y",
        "e",
        "st",
    ]
)
_PARTICLES_OF_NAMES = _PARTICLES - {"de", "e", "y", "la", "le", "di", "do"}
"""Particles that do not also occur between other words."""
_DEGREE = compile_later(r"(?i),?\s+(?:md|ph\.?d|mph|msc|rn)\b\.?(?=,|\s|$)")
_INITIAL = compile_later(r"[^\W\d_]\.(?:[^\W\d_]\.)*|[A-Z]")
_PATRONYMIC = compile_later(r"\w+(?:ович|евич|ич|овна|евна|ична)$")
_LIFE = compile_later(
    r"\b(?:life|legacy|works?|leben|werk|vie|œuvre|vida|obra|vita|opere|élete|munkássága|biography|first programmer|exhibition|mostra|ceremony"
    r"|memorial|institute|foundation|fellowships?|lecture series|kritik|lesekreis)\b"
)
"""Words of titles about a person, who is then not the speaker."""
_NOT_NAMES = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "of",
        "in",
        "on",
        "for",
        "to",
        "with",
        "from",
        "into",
        "introduction",
        "overview",
        "theory",
        "methods",
        "models",
        "learning",
        "network",
        "networks",
        "analysis",
        "geometry",
        "algebra",
        "topology",
        "problem",
        "problems",
        "systems",
        "data",
        "random",
        "spaces",
        "groups",
        "equations",
        "dynamics",
        "open",
        "day",
        "session",
        "keynote",
        "panel",
        "part",
        "lecture",
        "workshop",
        "seminar",
        "colloquium",
        "conference",
        "tutorial",
        "summer",
        "winter",
        "school",
        "spark",
        "code",
        "hub",
        "tour",
        "history",
        "big",
        "red",
        "gold",
        "new",
        "york",
        "san",
        "santa",
        "los",
        "las",
        "saint",
        "sankt",
        "bad",
        "sierra",
        "villa",
        "monte",
        "carlo",
        "institute",
        "university",
        "college",
        "foundation",
        "society",
        "group",
        "committee",
        "board",
        "program",
        "programme",
        "project",
        "prize",
        "award",
        "centre",
        "center",
        "department",
        "faculty",
        "campus",
        "library",
        "museum",
        "street",
        "road",
        "city",
        "world",
        "european",
        "american",
        "international",
        "national",
        "royal",
        "north",
        "south",
        "east",
        "west",
        "great",
        "neural",
        "deep",
        "large",
        "language",
        "machine",
        "artificial",
        "intelligence",
        "quantum",
        "black",
        "hole",
        "climate",
        "reading",
        "journal",
        "club",
        "thesis",
        "defence",
        "defense",
        "students",
        "graduate",
        "physics",
        "mathematics",
        "chemistry",
        "biology",
        "computer",
        "science",
        "erdos",
        "renyi",
        "euler",
        "gauss",
        "hilbert",
        "riemann",
        "noether",
        "galois",
        "fourier",
        "laplace",
        "poisson",
        "bayes",
        "markov",
        "navier",
        "stokes",
        "lagrange",
        "hamilton",
        "newton",
        "einstein",
        "lie",
        "banach",
        "lovelace",
        "turing",
        "kant",
        "weyl",
        "langlands",
        "kolmogorov",
        "poincare",
        "godel",
        "escher",
        "bach",
        "symposium",
        "congress",
        "forum",
        "retreat",
        "ceremony",
        "town",
        "hall",
        "cancer",
        "debates",
        "updates",
        "fair",
        "party",
        "festival",
        "exhibition",
        "dialog",
        "congreso",
        "simposio",
        "journée",
        "journee",
        "tag",
        "feier",
        "treffen",
        "kongress",
        "symposion",
        "summit",
        "roundtable",
        "webinar",
        "course",
        "training",
        "bolyai",
        "cajal",
        "vinci",
        "curie",
        "planck",
        "zeiss",
        "zuse",
        "abel",
        "cauchy",
        "dirichlet",
        "lebesgue",
        "schrodinger",
        "heisenberg",
        "dirac",
        "maxwell",
    ]
)


def find_speaker(summary: str | None, description: str | None) -> Speaker:
    r"""Return the speaker, the affiliation and a labelled title.

    >>> find_speaker("Emil Artin: Braids", None)[:2], find_speaker("Deep Learning: A Survey", None)[:2]
    (('Emil Artin', None), (None, None))
    >>> find_speaker("Colloquium", "Speaker: Ruth Moufang (Frankfurt)\nTitle: Loops")
    Speaker(name='Ruth Moufang', affiliation='Frankfurt', title='Loops')
    """
    text = (description or "")[:20_000]
    heads = list(_find_possible_labels(text)) if text else []
    name, affiliation, labelled = _find_labelled(text, heads)
    if not labelled:
        name, affiliation = _find_in_title(summary or "")
        if name is None and text:
            name, affiliation = _find_in_first_line(text)
    if name is not None and affiliation is None:
        affiliation = _clean_value(_find_value(_AFFILIATION, text, heads))
        if affiliation and (_UNKNOWN.fullmatch(affiliation) or "advisor" in affiliation.lower()):
            affiliation = None
    title = _clean_value(_find_value(_TITLE, text, heads)) if summary else None
    if title and (
        _UNKNOWN.fullmatch(title)
        or not _names_series(summary or "")
        or _find_in_title(summary or "")[0] is not None
    ):
        title = None
    return Speaker(name, affiliation, title)


def is_placeholder(text: str) -> bool:
    """Return whether a text only states that a speaker or title is not known.

    >>> is_placeholder("À confirmer"), is_placeholder("N.N."), is_placeholder("Nina N.")
    (True, True, False)
    """
    return len(text) <= _MAX_LABEL_CHARS and _PLACEHOLDER.fullmatch(text) is not None


def strip_mark(text: str) -> str:
    """Return a title or name without a mark such as "[Online]" before it.

    >>> strip_mark("[CANCELED] Emil Artin"), strip_mark("Abgesagt: Emil Artin")
    ('Emil Artin', 'Emil Artin')
    """
    return _PREFIX.sub("", text)


def _find_possible_labels(text: str) -> Iterator[tuple[int, str]]:
    """Yield the possible labels of lines.

    Each item is the start of a line and the words before its colon.
    """
    if "：" in text:
        for found in _ANY_LABEL.finditer(text):
            yield found.start(), found[0][:-1]
        return
    at = text.find(":")
    while at >= 0:
        start = text.rfind("\n", max(0, at - _MAX_LABEL_CHARS - 1), at) + 1
        if start < at and (start > 0 or at <= _MAX_LABEL_CHARS):
            yield start, text[start:at]
        line = text.find("\n", at)
        at = text.find(":", line) if line >= 0 else -1


def _find_value(column: int, text: str, heads: list[tuple[int, str]]) -> str | None:
    """Return the value of the first line that begins with a label."""
    for start, head in heads:
        if _is_speaker_label(head, column):
            found = _compile_labels(column)[1].match(text, start)
            if found is not None:
                return found["value"].strip() if found["value"] else None
    return None


def _clean_value(value: str | None) -> str | None:
    return " ".join(value.split()).strip(" *_,;·|") or None if value else None


def _find_labelled(text: str, heads: list[tuple[int, str]]) -> tuple[str | None, str | None, bool]:
    """Return name and affiliation of a labelled line.

    The third value is True if there is such a line.
    """
    value = _clean_value(_find_value(_SPEAKER, text, heads))
    if value is None:
        inline = None if text.isascii() else _INLINE.search(text)
        if inline is None or _UNKNOWN.fullmatch(inline["name"]):
            return None, None, False
        return inline["name"].strip(), inline["place"] and inline["place"].strip(), True
    value = re.sub(r"\s*<[^<>\s]{1,80}@[^<>\s]{1,80}>", "", value)
    if _UNKNOWN.fullmatch(value):
        return None, None, True
    name, affiliation = _split_affiliation(value)
    if (
        not name
        or _BODY.search(_DEGREE.sub("", name).lower())
        or any(c.isdigit() for c in name)
        or not _may_be_people(_DEGREE.sub("", name))
    ):
        return None, None, True
    return name, affiliation, True


def _may_be_people(text: str) -> bool:
    """Return whether a labelled value may name people.

    Its parts must be short and without topic words.
    """
    people = [part.strip() for part in _AND.split(text) if part.strip()]
    if not people or len(people) > 8:
        return False
    for person in people:
        titled = _HONORIFIC.match(person)
        words = (person[titled.end() :] if titled else person).split()
        latin = any(c.isascii() and c.isalpha() for c in person)
        if (
            not words
            or len(words) > 6
            or (
                latin
                and not titled
                and not _has_name_shape(words)
                and not _begins_with_given_name(words)
                and not (
                    len(words) == 1 and words[0][0].isupper() and _fold(words[0]) not in _NOT_NAMES
                )
            )
        ):
            return False
    return True


def _split_affiliation(value: str) -> tuple[str, str | None]:
    """Split `NAME (AFFILIATION)` and `NAME, AFFILIATION`.

    There may be several names with affiliations in parentheses.
    """
    names, affiliations, at = [], [], 0
    for found in re.finditer(r"\s*[(（]([^()（）]{1,160})[)）]", value):
        names.append(value[at : found.start()])
        affiliations.append(found[1].strip())
        at = found.end()
    if affiliations:
        rest = value[at:]
        whole = "".join(names) + (rest if _AND.match(rest.lstrip()) or not rest.strip() else "")
        return whole.strip(" ,;"), "; ".join(dict.fromkeys(affiliations))
    head, comma, tail = value.partition(", ")
    if comma and re.match(r"(?i)(?:md|ph\.?d)\b", tail):
        return value, None
    if comma and _is_place_or_role(tail) and not _is_person_name(tail):
        return head.strip(), None if _ROLE.match(tail.lower()) else tail.strip()
    return value, None


def _find_in_title(summary: str) -> tuple[str | None, str | None]:
    """Return name and affiliation of a title.

    If in doubt, return None twice.
    """
    summary = strip_mark(" ".join(summary.split()))
    if _SIGN.search(summary) is None:
        name, affiliation = _find_after_by(summary, is_part=False)
    else:
        name, affiliation = _find_between_separators(summary)
    if name is None:
        return None, None
    about = summary.replace(affiliation, "") if affiliation else summary
    return (None, None) if _LIFE.search(about.lower()) is not None else (name, affiliation)


def _find_between_separators(summary: str) -> tuple[str | None, str | None]:
    """Return name and affiliation of a title with separators.

    These are colons, dashes, brackets and commas.
    """
    has_bracket = "(" in summary or "（" in summary
    lower = summary.lower()
    is_talk_of = any(map(lower.__contains__, _WORDS_BEFORE_NAME))
    for pattern in (_AFTER_TALK,) * is_talk_of + (_QUOTED_BY,) * (" by " in summary):
        found = pattern.search(summary)
        if found is not None and _is_person_name(found["name"].strip(), lenient=True):
            return found["name"].strip(), None
    if (
        has_bracket
        and (found := _NAME_AND_TITLE.match(summary)) is not None
        and _has_name_shape(found["name"].strip().split())
        and not _names_series(found["name"])
        and not _BODY.search(found["name"].lower())
    ):
        return found["name"].strip(), found["place"].strip()
    parts = [part.strip(' 」"“”') for part in _SEPARATOR.split(summary) if part.strip(" 」")]
    if len(parts) > 1 or "(" in summary:
        others = parts
        if len(parts) > 2 or has_bracket:
            others = [part for part in parts if not _names_series(part)]
        for part in dict.fromkeys((parts[0], parts[-1], *others)):
            person = _find_in_part(part, alone=len(others) <= 1)
            if person[0]:
                return person
    return _find_after_by(parts[0] if len(parts) > 1 else summary, is_part=len(parts) > 1)


def _find_after_by(text: str, *, is_part: bool) -> tuple[str | None, str | None]:
    """Return name and affiliation after "by" or a similar word.

    The text is `SERIES by NAME`, a quoted title, or part of a title.
    """
    found = _BY.search(text)
    if found is None or not (
        is_part or text.startswith(('"', "“")) or _SERIES.search(text[: found.start()].lower())
    ):
        return None, None
    return _find_in_part(found["name"].strip(), alone=False)


def _find_in_part(part: str, *, alone: bool) -> tuple[str | None, str | None]:
    """Return name and affiliation if a part of a title is a person.

    `alone`: all other parts only name a series.
    """
    found = _PARENTHESES.match(part) if part[-1:] in {")", "）"} else None
    if found:
        name, rest = found["name"].strip(), found["rest"].strip()
        works = alone or _PLACE_OF_WORK.search(rest) is not None
        if _names_series(name):
            person, comma, place = rest.partition(", ")
            return (
                (person, place) if comma and _is_person_name(person, lenient=True) else (None, None)
            )
        if _is_person_name(name) or (
            works and _has_name_shape(name.split()) and not _BODY.search(name.lower())
        ):
            return name, None if rest.lower().startswith(("for the", "on behalf")) else rest
        return None, None
    name, comma, rest = part.partition(", ")
    if comma and _is_person_name(name) and _is_place_or_role(rest):
        return (part, None) if re.fullmatch(r"(?i)(?:md|phd)\b.*", rest) else (name, rest)
    return (part, None) if _is_person_name(part) else (None, None)


def _is_place_or_role(text: str) -> bool:
    """Return whether a text names an affiliation or a position."""
    return _PLACE_OF_WORK.search(text) is not None or _ROLE.search(text.lower()) is not None


def _find_in_first_line(text: str) -> tuple[str | None, str | None]:
    """Return name and affiliation of a first line.

    Its form is `NAME · AFFILIATION` or `NAME, role, department`.
    """
    line = text.strip().split("\n", 1)[0].strip()
    if len(line) > 200:
        return None, None
    name, dot, rest = line.partition(" · ")
    if dot and _is_person_name(name, lenient=True):
        return name.strip(), rest.strip() or None
    name, comma, rest = line.partition(", ")
    if comma and _is_person_name(name, lenient=True) and _ROLE.search(rest[:40].lower()):
        return name.strip(), None
    return None, None


def _names_series(text: str) -> bool:
    """Return whether a title only names a series."""
    return (
        len(text.split()) <= 6
        and _SERIES.search(text.lower()) is not None
        and not _is_person_name(text)
    )


def _is_person_name(text: str, *, lenient: bool = False) -> bool:
    """Return whether a text is one or more persons' names."""
    people = [part.strip() for part in _AND.split(text) if part.strip()]
    return (
        bool(people)
        and len(people) <= 6
        and all(_is_one_name(part, part.split(), lenient=lenient) for part in people)
    )


def _has_name_shape(words: list[str]) -> bool:
    """Return whether the words of a text have the shape of a name.

    A name has two to five capitalized words.
    """
    if not 2 <= len(words) <= 5:
        return False
    bare = []
    for word in words:
        if word[0].isupper():
            if word.lower().strip(".'’") in _PARTICLES:
                continue
            if _fold(word) in _NOT_NAMES:
                return False
            bare.append(word)
        elif word.lower().strip(".'’") not in _PARTICLES:
            return False
    if not bare or all(word.isupper() and len(word) > 2 for word in bare):
        return False
    letters = "".join(words)
    return letters.isalpha() or not any(c.isdigit() or c in '?!/"' for c in letters)


def _begins_with_given_name(words: list[str]) -> bool:
    """Return whether words are a given name and capitalized words.

    Unlike in `_has_name_shape`, a famous mathematician's name may follow.
    """
    return (
        2 <= len(words) <= 4
        and _fold(words[0]) in GIVEN_NAMES
        and all(word[0].isupper() for word in words)
    )


def _is_one_name(text: str, words: list[str], *, lenient: bool) -> bool:
    """Return whether a text is one person's name.

    `words` are its words.
    """
    titled = _HONORIFIC.match(text)
    bare = text
    if titled is not None:
        bare = text[titled.end() :]
        words = bare.split()
    if not text.isascii() and _is_east_asian(bare):
        return True
    shaped = _has_name_shape(words)
    if titled and (shaped or (bare and not bare[0].isascii() and 2 <= len(words) <= 5)):
        return True
    if not shaped or _SERIES.search(bare.lower()) or _BODY.search(bare.lower()):
        return False
    if lenient:
        return True
    if any(word.lower() in GIVEN_NAMES_ELSEWHERE for word in words):
        return True
    for word in (words[0], words[-1]) if len(words) == 2 else words[:1]:
        folded = _fold(word)
        if folded in GIVEN_NAMES or folded.partition("-")[0] in GIVEN_NAMES:
            return True
    return (
        any(_INITIAL.fullmatch(word) for word in words[:-1])
        or any(_PATRONYMIC.search(word.lower()) for word in words)
        or any(word in _PARTICLES_OF_NAMES for word in words[1:-1])
    )


def _is_east_asian(text: str) -> bool:
    """Return whether a text is a name in Han or Hangul letters."""
    bare = re.sub(r"\s*(?:教授|先生|氏|博士|교수|박사)$", "", text)
    parts = bare.split()
    letters = "".join(parts)
    if not letters or any(c.isascii() for c in letters):
        return False
    if all("\uac00" <= c <= "\ud7a3" for c in letters):
        return 2 <= len(letters) <= 4 and len(letters) == 3 and letters[0] in HANGUL_SURNAMES
    if not all(
        "\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" or c == "々" for c in letters
    ):
        return False
    if len(parts) == 2:
        return all(1 <= len(part) <= 3 for part in parts)
    return 2 <= len(letters) <= 3 and letters[0] in HAN_SURNAMES


def _fold(word: str) -> str:
    return strip_accents(word.strip(".,'’\"")).lower()
