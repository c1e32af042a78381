"""`-f ndjson`: one talk a line with its own papers, compact; flat memory.

Every line has the same keys, so that columnar readers infer one schema. Notices are not in it. A line
is `AnnotatedTalk.to_dict()`, put together by hand: of objects that are made for nothing but that, and of
`json`, which looks at each letter of an abstract twice, it would take twice the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from json import JSONEncoder
from json.encoder import encode_basestring

from enrich.model import AnnotatedTalk, Document, Reference, iso
from enrich.paper import Lookup, PaperId
from enrich.text.terminal import printable, quoted

_KEPT = 8192  # encoded papers, for talks of one feed share theirs
_to_json = JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class _Ndjson:
    suffixes = (".ndjson", ".jsonl")

    def write(self, document: Document) -> Iterator[str]:
        kept: dict[PaperId, tuple[Lookup, str]] = {}

        def encoded(paper: Lookup) -> str:
            known = kept.get(paper.id)
            if known is None or known[0] is not paper:
                if len(kept) >= _KEPT:
                    kept.clear()
                known = kept[paper.id] = (paper, _safe(_to_json(paper.to_dict())))
            return known[1]

        for talk in document.talks:
            papers = ",".join(map(encoded, talk.papers.values()))
            yield f'{_talk(talk)},"papers":[{papers}]}}\n'


def _talk(annotated: AnnotatedTalk) -> str:
    """The keys of `talk_dict`; the object stays open."""
    t = annotated.talk
    before = (
        f'{{"id":{encode_basestring(t.id)},"feed":{_text(t.feed.name)},"url":{_text(t.url)}'
        f',"title":{_text(t.title)},"speaker":{_text(t.speaker)}'
        f',"speaker_affiliation":{_text(t.speaker_affiliation)},"series":{_text(t.series)}'
        f',"start_time":{_text(iso(t.start_time))},"end_time":{_text(iso(t.end_time))}'
        f',"recurrence":{_text(t.recurrence)}'
        f',"status":{_text(t.status)},"room":{_text(t.room)},"slides_link":{_text(t.slides_link)}'
        f',"video_link":{_text(t.video_link)}'
    )
    abstract = "null" if t.abstract is None else quoted(t.abstract)
    after = (
        f',"texts":{_to_json(dict(t.texts)) if t.texts else "{}"}'
        f',"references":[{",".join(map(_reference, annotated.references))}]'
        f',"suggested":{_to_json([p.to_dict() for p in annotated.suggested]) if annotated.suggested else "[]"}'
        f',"warnings":{_to_json([w.to_dict() for w in annotated.warnings]) if annotated.warnings else "[]"}'
    )
    return f'{_safe(before)},"abstract":{abstract}{_safe(after)}'


def _reference(r: Reference) -> str:
    start, end = r.context
    return (
        f'{{"paper":{encode_basestring(r.paper)},"version":{_text(r.version)}'
        f',"field":{encode_basestring(r.field)},"start":{r.start},"end":{r.end}'
        f',"exact":{encode_basestring(r.exact)},"context":[{start},{end}]'
        f',"form":"{r.form}","role":"{r.role}","by_speaker":{_to_json(r.by_speaker)}}}'
    )


def _text(text: str | None) -> str:
    return "null" if text is None else encode_basestring(text)


def _safe(line: str) -> str:
    if line.isascii() and "\x7f" not in line:  # JSON has escaped all other controls
        return line
    return printable(line)


WRITER = _Ndjson()
