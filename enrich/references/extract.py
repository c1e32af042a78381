"""References of texts and talks: which papers they name, where, and how. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from enrich.codes import Role, WarningCode
from enrich.errors import InvalidId
from enrich.model import Mention, Reference, References, Talk, TalkWarning
from enrich.paper import PaperId
from enrich.references.links import has_close_mentions, merge_links
from enrich.references.roles import decide_roles
from enrich.references.search import Grammar, find_mentions, grammar_of
from enrich.sources import Forms, forms
from enrich.text.decoding import FOLD

_BLANK_LINE = re.compile(r"\n[ \t\r]{0,80}\n")
_MAX_FIND_CALLS = 4
"""Line breaks searched with `str.find`, fastest on long lines; then the pattern searches."""
_NO_REFERENCES = References()


def find_references(text: str | Talk, *, sources: Iterable[Forms] | None = None) -> References:
    """Return the references of a text or talk.

    References in a talk's abstract come first. `x_alt_desc` (the abstract as HTML) is searched only if
    the abstract has no reference. `warnings` report links that do not name a paper, and links whose text
    names another paper than their target.

    Args:
        text: A text, or a talk.
        sources: Sources whose papers are recognized; None means the installed ones.

    Raises:
        TypeError: `text` is neither a str nor a Talk.

    >>> [(r.paper, r.version, r.exact) for r in find_references("See arXiv:2103.01338v2 [cs.LG].")]
    [('arxiv:2103.01338', 'v2', 'arXiv:2103.01338v2')]
    >>> find_references("Call 2103.01338 or look at https://notarxiv.org/abs/2103.01338")
    ()
    """
    grammar = grammar_of(sources)
    if not isinstance(text, Talk):
        _check_text("find_references", text)
        return _search_text(text, "text", grammar)
    references: list[Reference] = []
    warnings: list[TalkWarning] = []
    has_abstract_references = False
    for field, part in text.searched():
        if field == "x_alt_desc" and has_abstract_references:
            continue
        found = _search_text(part, field, grammar)
        references += found
        warnings += found.warnings
        has_abstract_references = has_abstract_references or (field == "abstract" and bool(found))
    return References(references, warnings) if references or warnings else _NO_REFERENCES


def find_references_many(
    texts: Iterable[str], *, sources: Iterable[Forms] | None = None
) -> Iterator[References]:
    """Yield the references of each text, lazily, in order.

    >>> [len(found) for found in find_references_many(["hep-th/9901001", "none"])]
    [1, 0]
    """
    if isinstance(texts, (str, Talk)):
        raise TypeError("find_references_many takes a list of texts: use find_references(text)")
    grammar = grammar_of(sources)
    for text in texts:
        _check_text("find_references_many", text)
        yield _search_text(text, "text", grammar)


def parse_id(text: str, *, sources: Iterable[Forms] | None = None) -> PaperId:
    """Return the one paper that a text names.

    The text is an id, a URL or any other recognized form.

    Raises:
        InvalidId: the text names no paper, or several.

    >>> parse_id("arXiv:math.AG/0601001v2")
    'arxiv:math/0601001'
    """
    return parse_citation(text, sources=sources)[0]


def parse_citation(
    text: str, *, sources: Iterable[Forms] | None = None
) -> tuple[PaperId, str | None]:
    """Return the paper and version that a text names.

    Raises:
        InvalidId: the text names no paper, or several.

    >>> parse_citation("2103.01338v2"), parse_citation("openreview:FpKgG31Z_i9")
    (('arxiv:2103.01338', 'v2'), ('openreview:FpKgG31Z_i9', None))
    """
    _check_text("parse_id", text)
    text = text.strip()
    sources = forms() if sources is None else tuple(sources)
    found = {(r.paper, r.version) for r in find_references(text, sources=sources)}
    if not found:
        prefix, colon, key = text.partition(":")
        for source in sources:
            if colon and prefix.lower() == source.name:
                found.update(filter(None, [source.canonical(key.strip())]))
            elif not colon and not text.isalpha():
                found.update(filter(None, [source.canonical(text)]))
    if len({paper for paper, _ in found}) == 1:
        return max(found, key=lambda pair: pair[1] or "")
    shown = text if len(text) <= 80 else text[:79] + "…"
    if found:
        raise InvalidId(f"{shown!r} names {len(found)} papers", hint="Give one paper at a time.")
    raise InvalidId(
        f"{shown!r} names no paper",
        hint="Papers are written like 2103.01338, arXiv:hep-th/9901001v2 or "
        "https://openreview.net/forum?id=FpKgG31Z_i9.",
    )


def _check_text(call: str, text: object) -> None:
    """Raise TypeError if this is not a text."""
    if isinstance(text, str):
        return
    hints = {
        "bytes": "decode it",
        "dict": "use Talk.from_dict(…)",
        "AnnotatedTalk": "use its .talk",
    }
    kind = type(text).__name__
    hint = f"; {hints[kind]}" if kind in hints else ""
    raise TypeError(
        f"{call} takes a text{' or a Talk' if call == 'find_references' else ''}, not {kind}{hint}"
    )


def _search_text(text: str, field: str, grammar: Grammar) -> References:
    """Return the references and warnings of one text."""
    raw = text.encode("utf-8", "surrogatepass")
    low = raw.translate(FOLD)
    is_ascii = len(raw) == len(text)
    mentions: Sequence[Mention] = find_mentions(raw, low, grammar, is_ascii=is_ascii)
    if not mentions:
        return _NO_REFERENCES
    warnings: Sequence[TalkWarning] = ()
    spans: Sequence[tuple[int, int]]
    if len(mentions) == 1 and mentions[0][0] is not None:  # one paper: nothing to merge or report
        spans = (mentions[0][2:4],)
    else:
        mentions, spans, warnings = _merge_and_warn(raw, mentions, field)
    roles: Sequence[Role]
    if field == "paper_link":
        roles = ["own"] * len(mentions)
    else:
        roles = decide_roles(raw, low, spans, is_ascii=is_ascii)
    return References(_make_references(text, raw, mentions, roles, field), warnings)


def _merge_and_warn(
    raw: bytes, mentions: Sequence[Mention], field: str
) -> tuple[Sequence[Mention], Sequence[tuple[int, int]], list[TalkWarning]]:
    """Merge links with their texts; return spans and warnings too."""
    warnings = [
        _make_warning(
            "unresolvable_link",
            f"the link {_decode(raw, m.start, m.end)} does not identify a paper",
            m,
            raw,
            field,
        )
        for m in mentions
        if m.paper is None
    ]
    if not has_close_mentions(mentions):
        return mentions, [mention[2:4] for mention in mentions], warnings
    merged, spans, mismatches = merge_links(raw, mentions)
    warnings += [
        _make_warning(
            "link_mismatch",
            f"a link's text names {shown.paper}, but its target is {target.paper}",
            shown,
            raw,
            field,
        )
        for shown, target in mismatches
    ]
    return merged, spans, warnings


def _make_warning(
    code: WarningCode, message: str, mention: Mention, raw: bytes, field: str
) -> TalkWarning:
    """Make the warning about a mention, with its span."""
    start = len(_decode(raw, 0, mention.start))
    end = start + len(_decode(raw, mention.start, mention.end))
    return TalkWarning(code=code, message=message, field=field, start=start, end=end)


def _make_references(
    text: str, raw: bytes, mentions: Sequence[Mention], roles: Sequence[Role], field: str
) -> list[Reference]:
    """Return the references of mentions that name a paper."""
    references: list[Reference] = []
    is_ascii = len(raw) == len(text)
    counted = start = paragraph = 0
    if "\n" in text:
        blank, next_paragraph = _find_blank_line(text, 0)
    else:
        blank = next_paragraph = len(text)
    for (paper, version, first, last, form), role in zip(mentions, roles, strict=True):
        if paper is None:
            continue
        if is_ascii:
            start, end = first, last
        else:
            start += len(_decode(raw, counted, first))
            end = start + len(_decode(raw, first, last))
            counted = first
        while blank <= start:
            paragraph = next_paragraph
            blank, next_paragraph = _find_blank_line(text, paragraph)
        exact = text[start:end]
        context = paragraph, blank
        references.append(Reference(paper, version, field, start, end, exact, context, form, role))
    return references


def _find_blank_line(text: str, at: int) -> tuple[int, int]:
    """Return the span of the next blank line."""
    found = text.find("\n", at)
    for _ in range(_MAX_FIND_CALLS):
        if found < 0:
            return len(text), len(text)
        if blank := _BLANK_LINE.match(text, found):
            return blank.span()
        found = text.find("\n", found + 1)
    blank = None if found < 0 else _BLANK_LINE.search(text, found)
    return (len(text), len(text)) if blank is None else blank.span()


def _decode(raw: bytes, start: int, end: int) -> str:
    """Decode a span of a text."""
    return raw[start:end].decode("utf-8", "surrogatepass")
