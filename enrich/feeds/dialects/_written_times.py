"""Parser of dates and times as people write them in tables. Pure.

A date of three numbers can have several readings. The order in the whole column, or a weekday next to it,
can decide; otherwise the date is refused, because a wrong date is worse than a missing one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, tzinfo
from functools import cache, partial
from typing import Literal

from msgspec import Struct

from enrich.feeds.ical.zone_names import find_offset
from enrich.text.letters import fold_text
from enrich.text.patterns import compile_later

Order = Literal["dmy", "mdy", "ymd"]
"""The order of a date's numbers: day, month, year."""

_MONTHS = """
january jan januar janner janvier janv enero ene gennaio gen janeiro januari leden ledna stycznia styczen tammikuuta tammikuu ocak января январь gener januara
february feb februar fevrier fevr febrero febbraio fevereiro fev februari unora unor lutego luty helmikuuta helmikuu subat февраля февраль febrer februara
march mar marz mrz mars marzo marco maart mrt marts marca marzec brezna brezen maaliskuuta maaliskuu mart марта март marc
april apr avril avr abril abr aprile aprili dubna duben kwietnia kwiecien huhtikuuta huhtikuu nisan апреля апрель aprila
may mai mayo maggio mag maio mei maj maja kvetna kveten toukokuuta toukokuu mayis мая maig
june jun juni juin junio giugno giu junho cervna cerven czerwca czerwiec kesakuuta kesakuu haziran июня июнь juny juna
july jul juli juillet juil julio luglio lug julho cervence cervenec lipca lipiec heinakuuta heinakuu temmuz июля июль juliol jula
august aug aout agosto ago augustus augusti srpna srpen sierpnia sierpien elokuuta elokuu agustos августа август agost augusta
september sep sept septembre septiembre settembre set setembro septembra zari wrzesnia wrzesien syyskuuta syyskuu eylul сентября сентябрь setembre
october oct oktober okt octobre octubre ottobre ott outubro out rijna rijen pazdziernika pazdziernik lokakuuta lokakuu ekim октября октябрь oktobra
november nov novembre noviembre novembro listopadu listopada listopad marraskuuta marraskuu kasim ноября ноябрь novembra
december dec dezember dez decembre diciembre dic dicembre dezembro prosince prosinec grudnia grudzien joulukuuta joulukuu aralik декабря декабрь desembre desember decembra
"""
"""Names of months without case and accents, one line per month."""

_DOUBTFUL = frozenset({"listopad", "listopada", "srpen"})
"""Names that mean different months in different languages."""

_WEEKDAYS = """
monday mon montag lundi lunes lunedi maandag mandag mandag poniedzialek pondeli maanantai понедельник 月
tuesday tue tues dienstag mardi martes martedi dinsdag tirsdag tisdag wtorek utery tiistai вторник 火
wednesday wed mittwoch mercredi miercoles mercoledi woensdag onsdag sroda streda keskiviikko среда 水
thursday thu thur thurs donnerstag jeudi jueves giovedi donderdag torsdag czwartek ctvrtek torstai четверг 木
friday fri freitag vendredi viernes venerdi vrijdag fredag piatek patek perjantai пятница 金
saturday sat samstag samedi sabado sabato zaterdag lordag lordag sobota lauantai суббота 土
sunday sun sonntag dimanche domingo domenica zondag sondag niedziela nedele sunnuntai воскресенье
"""
"""Names of weekdays, one line per day; each means the same day in all languages."""

_ISO = compile_later(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?")
_YEAR_FIRST = compile_later(r"(?<!\d)(\d{4})([-/.])\s?(\d{1,2})\2\s?(\d{1,2})(?!\d)")
_EAST_ASIAN = compile_later(
    r"(?<!\d)(\d{4})\s?[\u5e74\ub144]\s?(\d{1,2})\s?[\u6708\uc6d4]\s?(\d{1,2})\s?[\u65e5\u53f7\uc77c]"
)
_NUMBERS = compile_later(r"(?<!\d)(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?!\d)")
_WORD = r"([^\W\d_]{3,15})"
_DAY_FIRST = compile_later(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|[.\u00ba\u00aa])?[ -]{{0,3}}(?:de |of |den )?{_WORD}[.,]{{0,2}}(?: de[l]? | |-|)(\d{{4}}|(?<=-)\d{{2}})(?!\d)"
)
_MONTH_FIRST = compile_later(rf"(?<!\w){_WORD}\.? ?(\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})(?!\d)")
_CLOCK = r"(\d{1,2})(?: ?[:.h時时点시] ?(\d{2})(?: ?[分분])?)?(?::\d{2})?(?: ?(a\.?m\b\.?|p\.?m\b\.?|uhr|h\b|hrs?\b|[時时点시]))?"
_TIME = compile_later(
    rf"(?<![\d:.]){_CLOCK}(?: ?(?:-|\u2013|\u2014|~|\bto\b|\buntil\b|\btill\b|\bbis\b|\bas\b|\ba\b|から|부터|[至到]) ?{_CLOCK})?(?![\d:])"
)
_NAMED_TIMES = {"noon": "12:00", "midday": "12:00"}
_HALVES = (
    (
        "am",
        "上午|早上|凌晨|清晨|午前|오전|am",
        r"a\. ?m\b\.?|de la manana|da manha|di mattina|du matin|vormittags|in the morning|утра",
    ),
    (
        "pm",
        "下午|傍晚|午後|午后|오후|pm",
        r"p\. ?m\b\.?|de la tarde|da tarde|del pomeriggio|de l.apres-midi|nachmittags|in the afternoon|дня",
    ),
    ("noon", "中午", r"del mediodia"),
    ("evening", "晚上", r"de la noche|da noite|di sera|du soir|abends|in the evening|вечера"),
)
"""Words for a part of the day, before and after a time, as patterns."""
_HALF_PAST = compile_later(r"(?<!\d)(\d{1,2}) ?[時时点시] ?[半반]")
_RANGE = compile_later(
    r"(?<![\d:.])(\d{1,2}(?::\d{2})?)( ?[ap]\.?m\b\.?)? ?-(?=(\d{2}:\d{2})(?!\d)( ?[ap]\.?m\b)?)"
)
"""Range of two times that looks like a time with an offset: `10:00-11:30`."""
_ZONE = compile_later(
    r"(?:utc|gmt)(?: ?[+-]\d{1,2}(?::?\d{2})?)?(?!\w)|[+-]\d{2}:\d{2}(?!\d)|[a-z]{3,12}/[a-z_]{3,20}(?:/[a-z_]{3,20})?"
)
_ABBREVIATIONS = compile_later(
    r"\b(?:cest|cet|eest|eet|west|wet|bst|ist|est|edt|et|cst|cdt|ct|mst|mdt|mt|pst|pdt|pt|jst|kst|aest|aedt|msk|sast|hkt|sgt)\b"
)
"""Abbreviations of zones that are ambiguous, or that people use without regard to summer time."""
_QUARTER = compile_later(r"\bc\. ?t\.?(?!\w)")
"""`c. t.` after a full hour: the talk begins a quarter past it."""
_FIRST_SHORT_YEAR, _LAST_SHORT_YEAR = 15, 45
"""Range of two-digit years in a table of talks; other numbers are a day or month."""
_NOON = 12


class WrittenTime(Struct, frozen=True, kw_only=True):
    """A cell with a date, a time of day, or both."""

    readings: Mapping[Order, date]
    """The date in each possible order of its numbers; one item if it is certain."""
    is_written: bool = False
    """True if the cell holds a date."""
    begin: time | None = None
    end: time | None = None
    zone: tzinfo | None = None
    has_unknown_zone: bool = False
    weekday: int | None = None
    problem: str | None = None
    """Why the cell is refused."""

    def pick(self, order: Order | None) -> date | None:
        """Return the date of the only reading, or of an order."""
        days = set(self.readings.values())
        if len(days) == 1:
            return days.pop()
        return None if order is None else self.readings.get(order)


def decide_order(cells: Iterable[WrittenTime]) -> Order | None:
    """Return the order of a column's dates, or None.

    None means that no cell is certain, or that two differ.
    """
    certain = {next(iter(cell.readings)) for cell in cells if len(cell.readings) == 1}
    return certain.pop() if len(certain) == 1 else None


def read_written_time(text: str) -> WrittenTime:
    """Read a cell as a date, a time of day, or both.

    >>> cell = read_written_time("Donnerstag, 12. März 2026, 14:15 Uhr")
    >>> cell.pick(None), cell.begin
    (datetime.date(2026, 3, 12), datetime.time(14, 15))
    >>> sorted(read_written_time("3/12/2026").readings)
    ['dmy', 'mdy']
    """
    normal = unicodedata.normalize("NFKC", text).strip()[:200]
    if _ISO.fullmatch(normal) and (normal[10] == "T" or _mark_ranges(normal) == normal):
        return _read_iso(normal)
    folded = fold_text(normal)
    for word, clock in _NAMED_TIMES.items():
        folded = re.sub(rf"\b{word}\b", clock, folded)
    readings, rest, problem = _find_date(folded)
    weekday = _find_weekday(rest)  # after the letters of an East Asian date were removed
    if weekday is not None and len(set(readings.values())) > 1:
        fitting = {o: day for o, day in readings.items() if day.weekday() == weekday}
        readings = fitting or readings
    zone, rest = _find_zone(_mark_ranges(rest))
    begin, end, rest = _find_clock(_write_halves(rest))
    if _QUARTER.search(rest) and begin is not None and begin.minute == 0:
        begin = begin.replace(minute=15)
    if problem is None and any(c.isdigit() for c in rest):
        problem = "more than a date and a time"
    return WrittenTime(
        readings={} if problem else readings,
        is_written=bool(readings) or problem is not None,
        begin=begin,
        end=end,
        zone=zone,
        has_unknown_zone=zone is None and begin is not None and bool(_ABBREVIATIONS.search(rest)),
        weekday=weekday,
        problem=problem,
    )


def read_minutes(text: str) -> int | None:
    """Read a duration as minutes: `60`, `90 min`, `1:30`, `1h30`, `2 hours`.

    >>> read_minutes("60"), read_minutes("1:30"), read_minutes("1 h"), read_minutes("long")
    (60, 90, 60, None)
    """
    text = fold_text(text)
    if clock := re.fullmatch(r"(\d{1,2})(?::|h ?)(\d{2})(?: ?h)?", text):
        return int(clock[1]) * 60 + int(clock[2])
    if hours := re.fullmatch(
        r"(\d{1,2}) ?(?:h|hrs?|std\.?|stunden?|hours?|heures?|horas?|ore)", text
    ):
        return int(hours[1]) * 60
    minutes = re.fullmatch(r"(\d{1,3}) ?(?:min\.?|minutes?|minuten|minuti|minutos|m|')?", text)
    return int(minutes[1]) if minutes else None


def find_zone_of_header(text: str) -> tuple[tzinfo | None, bool]:
    """Return the zone that a column's name states.

    The second value is True if an unknown zone is named.
    """
    folded = fold_text(text)
    zone, rest = _find_zone(folded)
    return zone, zone is None and bool(_ABBREVIATIONS.search(rest))


def _read_iso(text: str) -> WrittenTime:
    try:
        found = datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        return WrittenTime(readings={}, is_written=True, problem="not a time")
    zone = found.tzinfo
    if zone is not None and not found.utcoffset():
        zone = UTC
    clock = found.time().replace(microsecond=0)
    return WrittenTime(readings={"ymd": found.date()}, is_written=True, begin=clock, zone=zone)


def _find_date(text: str) -> tuple[dict[Order, date], str, str | None]:
    """Find a date in a text.

    Return its readings, the text without it, and the reason if it is refused.
    """
    for pattern in (_YEAR_FIRST, _EAST_ASIAN):
        if found := pattern.search(text):
            numbers = [int(n) for n in found.groups() if n.isdecimal()]
            day = _make_date(*numbers)
            rest = text[: found.start()] + " " + text[found.end() :]
            return ({"ymd": day}, rest, None) if day else ({}, rest, "not a day of the calendar")
    if found := _NUMBERS.search(text):
        rest = text[: found.start()] + " " + text[found.end() :]
        readings = _read_numbers(int(found[1]), int(found[3]), found[4], dotted=found[2] == ".")
        return readings, rest, None if readings else "not a day of the calendar"
    for pattern, at_day, at_month in ((_DAY_FIRST, 1, 2), (_MONTH_FIRST, 2, 1)):
        for found in pattern.finditer(text):
            month = _list_months().get(found[at_month])
            if month is None:
                continue
            year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
            day = _make_date(year, month, int(found[at_day]))
            rest = text[: found.start()] + " " + text[found.end() :]
            return ({"ymd": day}, rest, None) if day else ({}, rest, "not a day of the calendar")
    if any(word in _list_months() for word in re.findall(_WORD, text)):
        return {}, "", "a date without its day or year"
    return {}, text, None


def _read_numbers(first: int, second: int, last: str, *, dotted: bool) -> dict[Order, date]:
    """Return the possible dates of three numbers.

    The last one has two or four digits.
    """
    third = int(last)
    short = len(last) == 2
    wanted: dict[Order, tuple[int, int, int]] = {
        "dmy": (third + 2000 * short, second, first),
        "mdy": (third + 2000 * short, first, second),
    }
    if short and not _FIRST_SHORT_YEAR <= third <= _LAST_SHORT_YEAR:
        wanted = {}
    if short and _FIRST_SHORT_YEAR <= first <= _LAST_SHORT_YEAR:
        wanted["ymd"] = (first + 2000, second, third)
    readings = {order: day for order, parts in wanted.items() if (day := _make_date(*parts))}
    if dotted and "dmy" in readings:  # with full stops the day is first everywhere
        return {"dmy": readings["dmy"]}
    return readings


def _make_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _find_zone(text: str) -> tuple[tzinfo | None, str]:
    """Return a zone in a text, and the text without it."""
    if (found := _ZONE.search(text)) is None:
        return None, text
    name = found[0].replace(" ", "")
    zone = find_offset(name.upper()) if "/" not in name else _find_named_zone(name)
    if zone is None:
        return None, text
    return zone, text[: found.start()] + " " + text[found.end() :]


def _find_named_zone(name: str) -> tzinfo | None:
    """Return a zone of the database; case is ignored."""
    written = "/".join(
        "_".join(p.capitalize() for p in part.split("_")) for part in name.split("/")
    )
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(written)
    except (KeyError, ValueError, OSError):
        return None


def _mark_ranges(text: str) -> str:
    """Write a tilde between two times that look like a time and its offset.

    It is a range if the second time is later, or if one of them has am or pm.

    >>> _mark_ranges("10:00-11:30"), _mark_ranges("14:00-05:00")
    ('10:00~11:30', '14:00-05:00')
    """

    def write_tilde(found: re.Match[str]) -> str:
        begin, half, end, other_half = found.groups()
        begin = (begin if ":" in begin else f"{begin}:00").rjust(5, "0")
        return found[0][:-1] + "~" if half or other_half or begin < end else found[0]

    return _RANGE.sub(write_tilde, text)


def _write_halves(text: str) -> str:
    """Write words for a half of the day as am or pm after the time.

    >>> _write_halves("下午3点半"), _write_halves("4 de la tarde")
    ('3:30 pm ', '4:00 pm ')
    """
    text = _HALF_PAST.sub(r"\1:30", text)
    for half, pattern in _compile_halves():
        text = pattern.sub(partial(_write_half, half), text)
    return text


@cache
def _compile_halves() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Compile the patterns of a time with a word for its part of the day."""
    clock = r"(\d{1,2})(?: ?[:時时点시] ?(\d{2})(?: ?[分분])?| ?[時时点시])?(?!\d)"
    western = r"(\d{1,2})(?: ?[:.h] ?(\d{2}))?(?: ?(?:h|uhr|час|часа|часов))?"
    return tuple(
        (
            half,
            re.compile(
                rf"(?<![a-z\d])(?<!\d )(?:{before}) ?{clock}|(?<![\d:.]){western} (?:{after})(?!\w)"
            ),
        )
        for half, before, after in _HALVES
    )


def _write_half(half: str, found: re.Match[str]) -> str:
    """Return a time with am or pm, or unchanged if the word does not fit the hour."""
    hour = int(found[1] or found[3])
    minutes = found[2] or found[4] or "00"
    if (found[3] and hour > _NOON) or (half == "evening" and hour in {0, _NOON}):
        return found[0]
    if half == "noon":
        half = "am" if 9 < hour < _NOON else "pm"
    if hour > _NOON:
        return f"{hour}:{minutes} "
    return f"{hour or _NOON}:{minutes} {'am' if half == 'am' else 'pm'} "


def _find_clock(text: str) -> tuple[time | None, time | None, str]:
    """Find a time of day or a range of two.

    Return begin, end, and the text without them.
    """
    for found in _TIME.finditer(text):
        first, second = found.group(1, 2, 3), found.group(4, 5, 6)
        if not any((first[1], first[2], second[1], second[2])):
            continue  # a number alone is not a time
        end = None if second[0] is None else _make_time(*second)
        begin = _make_time(*first)
        if begin is not None and second[0] and _is_half(first[2]) and not _is_half(second[2]):
            end = _complete_end(begin, end)
        elif second[0] is not None and not first[2] and second[2] and second[2][0] in "ap":
            begin = _complete_half(first[0], first[1], second[2], end)
        if begin is None or (second[0] is not None and end is None):
            return None, None, text
        return begin, end, text[: found.start()] + " " + text[found.end() :]
    return None, None, text


def _complete_half(hours: str, minutes: str | None, half: str, end: time | None) -> time | None:
    """Return the begin of a range such as `2-3pm` or `11-1pm`.

    Choose am or pm so that it is before the end.
    """
    same = _make_time(hours, minutes, half)
    if same is None or end is None or same <= end:
        return same
    return _make_time(hours, minutes, "am" if half[0] == "p" else "pm")


def _is_half(unit: str | None) -> bool:
    """Return whether a unit is am or pm."""
    return unit is not None and unit[0] in "ap"


def _complete_end(begin: time, end: time | None) -> time | None:
    """Return the end of a range such as `2pm-3` or `11am-1`, after its begin."""
    if end is None or end > begin or end.hour > _NOON:
        return end
    return end.replace(hour=(end.hour + _NOON) % 24)


def _make_time(hours: str, minutes: str | None, unit: str | None) -> time | None:
    hour = int(hours)
    if unit and unit[0] in "ap":
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if unit[0] == "p" else 0)
    try:
        return time(hour, int(minutes or 0))
    except ValueError:
        return None


def _find_weekday(text: str) -> int | None:
    found = {
        day
        for word in re.findall(r"[^\W\d_]+", text)
        if (day := _list_weekdays().get(word)) is not None
    }
    return found.pop() if len(found) == 1 else None


@cache
def _list_months() -> Mapping[str, int]:
    lines = _MONTHS.strip().splitlines()
    names = {name: number for number, line in enumerate(lines, 1) for name in line.split()}
    return {name: number for name, number in names.items() if name not in _DOUBTFUL}


@cache
def _list_weekdays() -> Mapping[str, int]:
    lines = _WEEKDAYS.strip().splitlines()
    return {name: number for number, line in enumerate(lines) for name in line.split()}
