"""Columns of organizers' tables: their names in several languages, and the header row. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from functools import cache

from msgspec import Struct

from enrich.feeds.dialects._written_times import find_zone_of_header
from enrich.feeds.protected import ANCHORS
from enrich.feeds.tables import DELIMITERS, Table
from enrich.text.letters import fold_text
from enrich.text.patterns import compile_later

_NAMES = """
title: title, talk title, title of talk, title of the talk, titel, vortragstitel, titel des vortrags, titre, titre de l'expose, titulo, titolo, tytul, tytul referatu, название, название доклада, заголовок, 题目, 标题, 报告题目, タイトル, 題目, 演題, 제목, tittel, rubrik, otsikko, nazev, baslik, cim, titol, naslov, subject, talk, vortrag, presentation title, event title, what, thema, topic, sujet, тема
speaker: who, wer, qui, speaker, speakers, speaker(s), speaker name, name of speaker, presenter, presenters, presenter(s), presented by, lecturer, vortragende, vortragender, vortragende(r), vortragende*r, vortragende:r, referent, referentin, referent(in), referent:in, referent*in, redner, rednerin, sprecher, sprecherin, orateur, oratrice, orateur.rice, orateur·rice, orateur/oratrice, intervenant, intervenante, intervenant(e), intervenant·e, conferencier, expositor, expositora, ponente, ponentes, conferenciante, orador, oradora, palestrante, relatore, relatrice, relatori, oratore, prelegent, докладчик, докладчики, лектор, спикер, 演讲者, 报告人, 主讲人, 主讲, 講演者, 発表者, 講師, 연사, 발표자, spreker, foredragsholder, taler, talare, forelasare, puhuja, prednasejici, konusmaci, eloado, ponent
name: name, nom, nombre, nome, имя, 姓名, 氏名, naam, namn, navn, full name
given: first name, given name, vorname, prenom, firstname
family: last name, family name, surname, nachname, nom de famille, lastname
affiliation: affiliation, affiliations, institution, institute, university, organization, organisation, institut, einrichtung, universitat, hochschule, uni, etablissement, universite, afiliacion, institucion, universidad, affiliazione, universita, istituzione, istituto, afiliacja, uczelnia, организация, аффилиация, место работы, университет, 单位, 所属, 소속, instituicao, afiliacao, universidade, affiliatie, tilknytning, company, speaker affiliation, affiliation of speaker, affil, aff, inst, univ
abstract: abstract, talk abstract, zusammenfassung, beschreibung, kurzfassung, inhalt, description, resume, resumen, resumo, riassunto, sommario, descrizione, descripcion, descricao, streszczenie, opis, аннотация, описание, 摘要, 概要, 要旨, 초록, samenvatting, sammendrag, sammanfattning, tiivistelma, abstrakt, ozet, abstract text
summary: summary
date: date, dates, datum, fecha, data, дата, 日期, 日付, 日時, 날짜, day, tag, jour, giorno, dia, start date, startdate, startdatum, date de debut, fecha de inicio, data di inizio, date of talk, talk date, preferred date, when, dato, paivamaara, tarih, pvm, termin, wann, quand, fecha y hora, date and time, date & time, date/time, datetime, date time, datum und uhrzeit, date et heure, data e ora
year: year, jahr, annee, ano, anno
weekday: weekday, wochentag, day of week, day of the week, jour de la semaine
time: time, times, uhrzeit, zeit, heure, heures, horaire, hora, horario, ora, orario, время, 时间, 時間, 時刻, 시간, tid, klokkeslett, godzina, cas, tijd, saat, klo
start: start, start time, starttime, starts, start at, starts at, start datetime, begin, begins, beginn, startzeit, debut, heure de debut, inicio, hora de inicio, inizio, ora di inizio, начало, 开始时间, 開始, start date time, from
end: end, end time, endtime, ends, ends at, end datetime, ende, endzeit, fin, heure de fin, hora de fin, fine, ora di fine, fim, окончание, конец, 结束时间, 終了, to, end date time, until
end date: end date, enddate, enddatum, date de fin, fecha de fin
duration: duration, dauer, duree, duracion, durata, length, length (min), duration (min), minutes
zone: timezone, time zone, tz, zeitzone, fuseau horaire, zona horaria, fuso orario, часовой пояс
room: room, raum, horsaal, saal, salle, sala, aula, аудитория, 教室, 会议室, 室, zaal, sal, hall, lecture hall, seminar room
location: location, place, venue, where, ort, veranstaltungsort, lieu, endroit, lugar, luogo, miejsce, место, место проведения, 地点, 場所, 장소, locatie, sted, plats, paikka, misto, building, local
url: url, link, web page, webpage, website, web, page, talk page, homepage, webseite, lien, enlace, sito, ссылка, 链接, リンク, event link, event url
slides: slides, slides link, slide link, slides url, folien, diapositives, diapos, diapositivas, presentation, presentation link, презентация, スライド, slides pdf
video: video, video link, video url, recording, recordings, recording link, aufzeichnung, enregistrement, grabacion, registrazione, видео, 録画, youtube
paper: paper, papers, paper link, paper url, paper(s), preprint, preprints, article, articles, artikel, articulo, articolo, publication, publications, literature, literatur, references, reference, related paper, related papers, reading, readings, reading list, статья, 论文, 論文, doi, paper link / doi, link to paper
series: series, seminar, seminar series, reihe, seminarreihe, veranstaltungsreihe, seminaire, seminario, colloquium, серия, семинар, event series
status: status, state, stand, statut, estado, stato, статус
id: id, uid, talk id, event id
comments: comments, comment, remarks, remark, bemerkung, bemerkungen, kommentar, anmerkungen, remarques, commentaire, commentaires, comentarios, commenti, примечание, 备注, 備考
joining: zoom, zoom link, zoom id, zoom url, meeting, meeting link, meeting id, meeting url, join, join link, join url, online, online link, webex, teams, teams link, bigbluebutton, bbb, livestream, live link, stream, stream link, password, passcode, passwort, kennwort, kenncode, mot de passe, contrasena, zugangsdaten, zugang, einwahl, meeting password, zoom password, zoom passcode, access code, pin, pw
"""
"""Names of columns without case and accents, one line per column."""

_MAX_HEADER_RECORD = 12
"""Records at the beginning in which the header is searched."""
_MIN_COLUMNS = 2
_IN_BRACKETS = compile_later(r"\s*[(\[]([^()\[\]]{1,40})[)\]]\s*$")
_REFERENCE_COLUMNS = frozenset({"exact", "form", "role", "start", "end"})
"""Columns of the table of references that enrich writes; its starts are offsets, not times."""
_GENDER = compile_later(r"[/*:_·.(-]{1,2}(?:r|rn|in|innen|e|es|s|a|as|trice)\)?$")
"""Second ending of a gendered word: `Vortragende/r`, `Referent*in`, `intervenant.e`."""
_FILLERS = compile_later(
    r"\b(?:your|of (?:the|your) (?:talk|presentation)|talk's|speaker's|des vortrags)(?!\w)|[?!]$"
)
"""Additional words in the questions of forms: `Title of your talk`."""
_PUBLICATION_COLUMNS = frozenset(
    [
        "author",
        "authors",
        "journal",
        "publisher",
        "isbn",
        "issn",
        "bibtex",
        "citations",
        "volume",
        "pages",
        "autoren",
        "auteurs",
    ]
)
"""Names of columns in tables of publications."""

_WEEKDAY_NAMES = frozenset(["day", "tag", "jour", "giorno", "dia"])
"""Names of a column of dates, or of weekdays if there is another column of dates."""

Zoned = tuple[tzinfo | None, bool]
"""A zone, and whether an unknown zone is named."""


class Layout(Struct, frozen=True, kw_only=True):
    """Encoding, delimiter, header and columns of a table."""

    encoding: str
    delimiter: str
    line: int
    """Line number of the header, 1-based."""
    header: tuple[str, ...]
    columns: tuple[str | None, ...]
    """Meaning of each column, by the names above; None if unknown."""

    @property
    def score(self) -> int:
        """Number of known columns."""
        return sum(name is not None for name in self.columns)


def find_layout(table: Table) -> Layout | None:
    """Return the layout with the most known columns.

    All possible encodings and delimiters are tried.
    """
    best: Layout | None = None
    for encoding in table.encodings():
        for delimiter in DELIMITERS:
            above: list[str] = []
            for number, (line, cells) in enumerate(table.head(encoding, delimiter)):
                if number >= _MAX_HEADER_RECORD:
                    break
                for names in (cells, _merge_header(above, cells)):
                    layout = _read_header(line, names, encoding, delimiter)
                    if layout is not None and (best is None or layout.score > best.score):
                        best = layout
                above = cells
    return best


def _merge_header(above: list[str], cells: list[str]) -> list[str]:
    """Return the cells of a header over two records.

    A merged cell of a sheet is written in the first record, and is empty in the second.
    """
    names = [cell if cell.strip() else upper for upper, cell in zip(above, cells, strict=False)]
    return names + cells[len(names) :]


def _read_header(line: int, cells: list[str], encoding: str, delimiter: str) -> Layout | None:
    """Return the layout of a header of talks, or None."""
    if len(cells) < _MIN_COLUMNS or len(cells) > 500:
        return None
    if set(cells) >= _REFERENCE_COLUMNS:
        return None
    found = [_find_column(cell) for cell in cells]
    if found.count("date") > 1:
        folded = [fold_text(cell).strip(" .:") for cell in cells]
        found = [
            "weekday" if name == "date" and cell in _WEEKDAY_NAMES else name
            for name, cell in zip(found, folded, strict=True)
        ]
    names = _resolve_columns(found)
    known = {name for name in names if name}
    is_timed = bool(known & {"date", "start", "time"})
    if not known & {"title", "speaker"} or not (is_timed or known >= {"title", "speaker"}):
        return None
    # a column of names and one of dates are not enough
    if "speaker" not in found and "title" not in known:
        return None
    # here "title" may mean "Dr." before a name
    if not is_timed and "speaker" not in found and "abstract" not in known:
        return None
    published = {fold_text(cell) for cell in cells} & _PUBLICATION_COLUMNS
    if published and "speaker" not in known and not known & {"start", "time", "room", "location"}:
        return None
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return Layout(
        encoding=encoding,
        delimiter=delimiter,
        line=line,
        header=tuple(cells),
        columns=tuple(names[: len(cells)]),
    )


def _resolve_columns(found: list[str | None]) -> list[str | None]:
    """Return the columns with ambiguous names resolved.

    Most names occur at most once in the result.
    """
    known = set(found)
    if "name" in known and "speaker" not in known and not known & {"given", "family"}:
        found = ["speaker" if name == "name" else name for name in found]
    if "summary" in known:
        meaning = "abstract" if "title" in known and "abstract" not in known else "title"
        taken = {"title", "abstract"} <= known
        found = [(None if taken else meaning) if name == "summary" else name for name in found]
    several = {"paper", "comments", "joining"}
    seen: set[str] = set()
    settled: list[str | None] = []
    for name in found:
        settled.append(None if name is None or (name in seen and name not in several) else name)
        seen.add(name or "")
    return settled


def _find_column(cell: str) -> str | None:
    """Return the meaning of a column by its name."""
    if not cell.strip() or len(cell) > 60:
        return None
    name = fold_text(cell.replace("_", " ")).strip(" .:*#'\"")
    columns = _list_column_names()
    if found := columns.get(name):
        return found
    bare = _FILLERS.sub(" ", _GENDER.sub("", _IN_BRACKETS.sub("", name))).strip()
    if found := columns.get(bare):
        return found
    return "paper" if any(anchor in name for anchor in ANCHORS if anchor.isalpha()) else None


@cache
def _list_column_names() -> Mapping[str, str]:
    made: dict[str, str] = {}
    for line in _NAMES.strip().splitlines():
        column, _, names = line.partition(": ")
        made.update((fold_text(name), column) for name in names.split(", "))
    return made


def find_header_zone(layout: Layout) -> Zoned:
    """Return the zone that a time column's name states."""
    for cell, name in zip(layout.header, layout.columns, strict=True):
        bracket = _IN_BRACKETS.search(cell)
        if name in {"date", "time", "start"} and bracket:
            zoned = find_zone_of_header(bracket[1])
            if zoned != (None, False):
                return zoned
    return None, False
