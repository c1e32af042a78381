"""Text in, references out: the papers that a text names, where, and how. Pure.

A text is searched as bytes for each source's anchors; the source verifies what stands around one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from enrich.errors import InvalidId
from enrich.model import Mention, Reference, Talk, Warning  # noqa: A004 - the document's word
from enrich.paper import PaperId
from enrich.sources import sources

_BLANK_LINE = re.compile(r"\n[ \t\r]{0,80}\n")


def find_references(text: str | Talk) -> tuple[Reference, ...]:
    """The references of a text, or of all searched texts of a talk, in order, not overlapping."""
    if isinstance(text, Talk):
        return tuple(
            reference for field, part in text.searched() for reference in _references(part, field)
        )
    return _references(text, "text")


def find_references_many(texts: Iterable[str]) -> Iterator[tuple[Reference, ...]]:
    """The references of each text, lazily."""
    return (_references(text, "text") for text in texts)


def find_warnings(talk: Talk) -> tuple[Warning, ...]:
    """What is odd about the links of a talk: `unresolvable_link`, offsets only for the abstract."""
    return tuple(
        Warning(code="unresolvable_link", message=f"the link in {field} names no paper")
        for field, text in talk.searched()
        for mention in _mentions(text.encode("utf-8", "surrogatepass"))
        if mention.paper is None
    )


def parse_id(text: str) -> PaperId:
    """The one paper that a text names.

    Raises:
        InvalidId: it names none, or more than one.
    """
    return cited(text)[0]


def cited(text: str) -> tuple[PaperId, str | None]:
    """The one paper that a text names and the version that it cites.

    Raises:
        InvalidId: it names none, or more than one.
    """
    text = text.strip()
    found = {(r.paper, r.version) for r in find_references(text)}
    prefix, colon, key = text.partition(":")
    for source in sources():
        if colon and prefix.lower() == source.name:
            found.update(filter(None, [source.canonical(key.strip())]))
        elif not found and not colon:
            found.update(filter(None, [source.canonical(text)]))
            if found:
                break
    if len(found) == 1:
        return found.pop()
    raise InvalidId(f"{text[:200]!r} names " + ("more than one paper" if found else "no paper"))


def _references(text: str, field: str) -> tuple[Reference, ...]:
    raw = text.encode("utf-8", "surrogatepass")
    references, end = [], 0
    for mention in _mentions(raw):
        if mention.paper is None or mention.start < end:
            continue
        end = mention.end
        a = len(raw[: mention.start].decode("utf-8", "surrogatepass"))
        exact = raw[mention.start : mention.end].decode("utf-8", "surrogatepass")
        left = [m.end() for m in _BLANK_LINE.finditer(text, 0, a)]
        right = _BLANK_LINE.search(text, a)
        references.append(
            Reference(
                paper=mention.paper,
                version=mention.version,
                field=field,
                start=a,
                end=a + len(exact),
                exact=exact,
                context=(left[-1] if left else 0, right.start() if right else len(text)),
                form=mention.form,
                role="own" if field == "paper_link" else "mentioned",
            )
        )
    return tuple(references)


def _mentions(raw: bytes) -> list[Mention]:
    found: list[Mention] = []
    low = raw.lower()
    for source in sources():
        for anchor in source.anchors:
            at = low.find(anchor)
            while at >= 0:
                found += source.recognise(raw, at)
                at = low.find(anchor, at + len(anchor))
    found.sort(key=lambda m: (m.start, -m.end))
    return found
