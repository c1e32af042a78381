"""Forms of arXiv papers: URLs, labels, old identifiers, bare numbers, and lists of them. Pure.

Sources of the forms: arXiv's routes (arXiv/arxiv-browse), the sites of `READER_SITES`, arXiv's DOIs
(info.arxiv.org/help/doi), and prose, LaTeX, BibTeX, Markdown and HTML that authors write.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from enrich.codes import Form
from enrich.model import Mention
from enrich.paper import PaperId
from enrich.sources.arxiv import cues
from enrich.sources.arxiv.ids import ARCHIVES, NEW, OLD_NUMBER, VERSION, canonical, paper, version
from enrich.sources.arxiv.lists import CONTINUATION, FILE, ID, ends_bare, mention_of, with_list
from enrich.text import urls as addresses
from enrich.text.decoding import LONG_DASH
from enrich.text.patterns import compile_later


class ReaderSite(NamedTuple):
    """A site that shows arXiv papers and has their identifiers in its URLs."""

    anchor: bytes
    """Start of such a URL, as far as it is always the same."""
    pattern: bytes
    """Pattern of the URL before the identifier."""
    example: bytes


READER_SITES = (
    ReaderSite(
        b"alphaxiv.org/",
        rb"alphaxiv\.org/+(?:[a-z]{2}/)?(?:abs|pdf|html|overview)/+",
        b"https://www.alphaxiv.org/overview/2103.01338",
    ),
    ReaderSite(
        b"ar5iv.org/",
        rb"ar5iv\.org/+(?:(?:abs|html|pdf)/+)?",
        b"https://ar5iv.org/html/2103.01338",
    ),
    ReaderSite(
        b"huggingface.co/papers/",
        rb"huggingface\.co/papers/+",
        b"https://huggingface.co/papers/2103.01338",
    ),
    ReaderSite(b"hf.co/papers/", rb"hf\.co/papers/+", b"https://hf.co/papers/2103.01338"),
    ReaderSite(
        b"emergentmind.com/papers/",
        rb"emergentmind\.com/papers/+",
        b"https://www.emergentmind.com/papers/2103.01338",
    ),
    ReaderSite(
        b"researchtrend.ai/papers/",
        rb"researchtrend\.ai/papers/+",
        b"https://researchtrend.ai/papers/2103.01338",
    ),
    ReaderSite(
        b"scholarfeed.org/paper/",
        rb"scholarfeed\.org/paper/+",
        b"https://scholarfeed.org/paper/2103.01338",
    ),
    ReaderSite(
        b"connectedpapers.com/main/",
        rb"connectedpapers\.com/main/+(?:arxiv/+)?",
        b"https://www.connectedpapers.com/main/arxiv/2103.01338",
    ),
    ReaderSite(
        b"front.math.ucdavis.edu/",
        rb"front\.math\.ucdavis\.edu/+",
        b"http://front.math.ucdavis.edu/2103.01338",
    ),
    ReaderSite(
        b"scirate.com/arxiv/", rb"scirate\.com/+arxiv/+", b"https://scirate.com/arxiv/2103.01338"
    ),
    ReaderSite(
        b"papers.cool/arxiv/", rb"papers\.cool/+arxiv/+", b"https://papers.cool/arxiv/2103.01338"
    ),
    ReaderSite(
        b"semanticscholar.org/arxiv/",
        rb"semanticscholar\.org/+arxiv/+",
        b"https://www.semanticscholar.org/arxiv/2103.01338",
    ),
    ReaderSite(
        b"inspirehep.net/",
        rb"inspirehep\.net(?:/api)?/+arxiv/+",
        b"https://inspirehep.net/api/arxiv/2103.01338",
    ),
    ReaderSite(
        b"lanl.gov/",
        rb"lanl\.gov/+(?:abs|pdf|ps|html|format|e-print)/+",
        b"http://xxx.lanl.gov/abs/2103.01338",
    ),
    ReaderSite(
        b"xxx.itp.ac.cn/",
        rb"xxx\.itp\.ac\.cn/+(?:abs|pdf|ps|format)/+",
        b"http://xxx.itp.ac.cn/abs/2103.01338",
    ),
)
_ANCHORS = (
    b"arxiv",  # the label, arXiv's own hosts, its DOIs
    b"0000.0000",  # new ids; a digit stands for any digit
    b"/0000000",  # old ids
    b"journals/corr/abs-0000-0000",  # dblp's keys
    *(site.anchor for site in READER_SITES),
)

# https://arxiv.org/<route>/<id>: current routes, and older ones that links still use
_ROUTE = (
    rb"(?>(?:abs|pdf|html|format|e-?print|src|ps|dvi|tb|trackback|bibtex|refs|cits|audio|other)"
    rb"(?:/*+\?(?:[\w.-]{1,20}=[^\s&]{0,60}&){0,4}(?:id=)?|/++)"
    rb"|(?:prevnext|api/query|oai2?)/?\?(?:[\w.-]{1,20}=[^\s&]{0,80}&){0,6}(?:id|id_list|identifier)=(?:oai:arxiv\.org:)?"
    rb"|show-email/[0-9a-f]{1,40}/+|auth/show-endorsers/+|a/+(?=[0-9]{4}\.)"
    rb"|ftp/arxiv/papers/[0-9]{4}/|ps_cache/arxiv/(?:pdf|ps|html)/[0-9]{4}/|)"
)
_CLASS = rb"(?:(?=[a-z.-]{2,20}/[0-9])" + cues.CATEGORY + rb"/(?=[0-9]{4}\.))?"
"""Pattern of a category before a new id."""
_ADDRESS = compile_later(
    rb"(?i)(?:\.org|-web3\.library\.cornell\.edu)\.?(?::[0-9]{1,5})?/{1,3}"
    + _ROUTE
    + rb"(?:arxiv:)?"
    + _CLASS
    + ID
    + VERSION
    + rb"(?:\.pdf(?![a-z0-9]))?"
)
_BY_FOLDER = compile_later(  # /ftp/hep-th/papers/9901/9901001.pdf, /PS_cache/hep-th/pdf/9901/9901001v3.pdf
    rb"(?i)\.org/+(?:ftp/([a-z-]{2,9})/papers|ps_cache/([a-z-]{2,9})/(?:pdf|ps|html))/[0-9]{4}/([0-9]{7})(?![0-9])"
    + VERSION
    + rb"(?:\.pdf(?![a-z0-9]))?"
)
_BY_NUMBER = compile_later(  # /abs?archive=math&papernum=0601001
    rb"(?i)\.org/+abs/?\?archive=([a-z-]{2,9})&papernum=([0-9]{7})(?![0-9])" + VERSION
)
_OAI = compile_later(rb"(?i)\.org:[ ]?" + ID + VERSION)
_NOT_PAPERS = (b"static.", b"info.", b"blog.", b"status.")

_LABEL = compile_later(
    rb"(?i)(?:s|ids?)?+(?P<sep>[ \t~]{0,4}+[:;.,#=_/\x1e-]{0,2}+[ \t~]{0,4}+(?:(?:\r?\n|\x0b)[ \t]{0,40}+)?+[(\[{\"'<]{0,2}+"
    rb"(?:(?:abs|pdf)/)?" + _CLASS + rb")" + ID + VERSION
)
_TEMPLATE = compile_later(  # {{arXiv|archive=hep-th|id=9901001}}
    rb"(?i)\s{0,4}\|\s{0,4}(?=[^{}]{0,80}\barchive\s{0,3}=\s{0,3}(?P<archive>"
    + cues.CATEGORY
    + rb")\s{0,3}[|}])(?:archive\s{0,3}=[^|{}]{0,40}\|\s{0,4})?id\s{0,3}=\s{0,3}(?P<number>"
    + OLD_NUMBER
    + rb")"
    + VERSION
    + rb"(?:\s{0,3}\|\s{0,3}archive\s{0,3}=[^|{}]{0,40}?)?(?=\s{0,3}[|}])"
)
_BIBCODE = compile_later(rb"(?i)(?:([0-9]{4})\.?([0-9]{5})|([0-9]{4}\.[0-9]{4}))[a-z](?![a-z0-9])")
_VANITY = compile_later(rb"(?i)-vanity\.com/papers/+" + ID + VERSION)
_DBLP = compile_later(rb"(?i)journals/corr/abs-([0-9]{4})-([0-9]{4,5})(?![0-9])")

_READER = compile_later(
    rb"(?i)(?:"
    + b"|".join(site.pattern for site in READER_SITES)
    + rb")(?:arxiv:)?"
    + ID
    + VERSION
    + rb"(?:\.pdf(?![a-z0-9]))?"
)
_FORUM = compile_later(  # OpenReview's page of an arXiv paper
    rb"(?i)openreview\.net/+forum/?\?(?:[\w.%-]{1,32}=[^\s&]{0,80}+&){0,6}arxivid=\Z"
)
_NEW_AT = compile_later(rb"(?i)(?P<id>" + NEW + rb")" + VERSION)
_OLD_AT = compile_later(rb"(?i)(?P<number>" + OLD_NUMBER + rb")" + VERSION)
_IS_FILE = compile_later(rb"(?i)" + FILE)
_OLD_END = compile_later(  # must not follow an old id; letters may
    rb"(?i)(?![@%]|_[a-z0-9]|[.:-][0-9]|/(?![0-9]{4}\.[0-9])[a-z0-9~]|" + FILE + rb")"
)
_BARE_START = compile_later(rb"(?i)(?:[a-z0-9@\\%#$+/]|[0-9][.,:-]|[a-z0-9]_|[=<>~!]=)\Z")
_JOURNAL = compile_later(rb"(?i)journal\s{0,4}=\s{0,4}[{\"']{0,2}(?:corr|arxiv)")
_ENTRY_END = compile_later(rb"@|\n[ \t\r]{0,8}\n")
_CORR = compile_later(
    rb"(?i)(?<![a-z])(?:corr|arxiv|computing\s{1,3}research\s{1,3}repository)[}\"'*_]{0,2}[\s,.:;({]{0,6}"
    rb"(?:vol(?:ume|\.)?[\s={\"']{0,6})?(?:\\(?:textbf|textit|emph|bf|it)[\s{]{0,3})?\Z"
)
_CORR_WORD = compile_later(
    rb"(?i)(?<![a-z0-9./@:-])(?:corr|arxiv|computing\s{1,3}research\s{1,3}repository)(?![a-z0-9@-]|[.:/][a-z0-9])"
)
_SENTENCE_END = compile_later(rb"(?i)(?<![\s.][a-z])[.!?;]\s|\x0b|\n[ \t\r]{0,8}\n")
_SENTENCE_BYTES = 240
"""Bytes before `abs/ID` in which the word arXiv is searched."""

_FREQUENT = re.compile(  # the most frequent forms, followed by nothing that needs a check
    rb"ar[xX]iv(?:\.org/(?:abs|pdf)/|:[ ]?)(" + NEW + rb")(?:v([1-9][0-9]{0,2}+))?+(?:\.pdf)?+"
    rb"(?=[.,;:)\]>}\"']{0,3}+(?:\s|\Z))(?!(?i:" + CONTINUATION + rb"))"
)

_PLAIN_BEFORE = frozenset(bytes((b,)) for b in b" \t\r\n\x0b([{<>\"'`|*") | {b""}
_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ARCHIVE_LETTERS = _LETTERS + b".-" + LONG_DASH
_BEFORE_NUMBER = frozenset({b" ", *(b"%d" % digit for digit in range(10))})
_SLASH, _EQUALS, _QUESTION, _STOP, _BAR = b"/=?.|"
_DIGITS = b"0123456789"
_WORD = compile_later(r"[^\W\d_]{3,}\Z")
_OTHER_SERVERS = frozenset(["alpha", "bio", "chem", "eco", "med", "not", "psy", "soc"])
"""Prefixes of the names of other sites: "bioRxiv", "notarXiv"."""
_LINE_ENDS = frozenset(b"\n\x0b")
_NEVER_BEFORE = frozenset(bytes((b,)) for b in b"0123456789@\\%#$+/" + _LETTERS)
_AFTER_LABEL = frozenset(bytes((b,)) for b in b" \t\r\n~:;.,#=_/-([{\"'<|sSiI0123456789")

_WITHOUT_ID = rb"(?!(?i:abs|pdf|html|format)/++(?!\?|(?i:arxiv:)?(?:[0-9]|[A-Za-z.-]{2,20}/[0-9])))"
"""Pattern that excludes a page of papers without an id."""
_MAY_FOLLOW_LABEL = re.compile(  # a cheap check of the text after the label
    rb"\.[oO][rR][gG]\.?(?::[0-9]{1,5})?"
    rb"(?:/{1,3}(?:[0-9]|[aA][rR][xX][iI][vV]:|(?![aA][rR][xX])"
    + _WITHOUT_ID
    + rb"[A-Za-z_-]{1,10}+(?:\.[A-Za-z-]{2,9}+)?[/?])|:)"
    rb"|-[vV]anity|-[wW]eb3|[ \t]{0,4}\|[ \t]{0,4}(?:[aA]rchive|id)[ \t]{0,3}=|(?!\.[oO][rR][gG])(?:[sS]|[iI][dD][sS]?)?+[^0-9A-Za-z]{0,12}+[ \t]{0,40}+"
    rb"(?:[0-9]|[A-Za-z.-]{2,20}+/)"
)


def recognise(text: bytes, at: int) -> Sequence[Mention]:
    """Return the papers cited around byte `at`, in order."""
    kind = text[at]
    if kind in b"aA" and text[at + 2] in b"xX":
        frequent = _FREQUENT.match(text, at)
        if frequent is not None:
            start = _find_frequent_start(text, at)
            if start >= 0:
                key, number = frequent.groups()
                cited = None if number is None else "v" + number.decode()
                form: Form = "url" if text[at + 5] == _STOP else "text"
                return (
                    Mention(PaperId("arxiv:" + key.decode()), cited, start, frequent.end(), form),
                )
        if text[at + 5 : at + 6] not in _AFTER_LABEL or not _MAY_FOLLOW_LABEL.match(text, at + 5):
            return ()
        first = _match_label(text, at)
    elif kind in _DIGITS:
        first = _match_number(text, at)
    elif kind == _SLASH:
        first = _match_old(text, at + 1)
    else:
        first = _match_dblp(text, at) if kind in b"jJ" else None
        first = first or _match_reader(text, at)
    return with_list(text, first) if first is not None else ()


def _find_frequent_start(text: bytes, at: int) -> int:
    """Return the start of a frequent form.

    Return -1 if the text before it needs a check.
    """
    if text[at + 5] != _STOP:
        return at if text[at - 1 : at] in _PLAIN_BEFORE else -1
    if text[at - 8 : at] == b"https://":
        return at - 8
    begin = _find_host(text, at)
    return -1 if begin is None else begin


def _match_label(text: bytes, at: int) -> Mention | None:
    """Recognize a paper at the word arXiv."""
    start, at = at, at + 5
    following = text[at : at + 1]
    if following == b"." and text[at + 1 : at + 2] in b"oO":
        if match := _ADDRESS.match(text, at):
            return _make_address(text, start, match)
        route = text[at + 4 : at + 10]
        if route[:1] == b":":
            match = _OAI.match(text, at)
            glued = match is None or addresses.is_glued(text, start)
            return None if match is None or glued else mention_of(match, start, "text")
        if _QUESTION in route or route[1:2] in b"fFpP":
            match = _BY_NUMBER.match(text, at) or _BY_FOLDER.match(text, at)
            return _match_parts(text, start, match) if match is not None else None
        return None
    if following == b"-" and (match := _VANITY.match(text, at) or _ADDRESS.match(text, at)):
        return _make_address(text, start, match)
    if _BAR in text[at : at + 5] and (match := _TEMPLATE.match(text, at)):
        archive = _read_archive(match["archive"].lower())
        return Mention(
            paper(archive + b"/" + match["number"]),
            version(match["version"]),
            start,
            match.end(),
            "text",
        )
    before = text[start - 1 : start]
    is_after_digit = before.isdigit()
    if is_after_digit and following != b":":
        return _match_bibcode(text, start, at)
    match = _LABEL.match(text, at)
    if match is None or addresses.is_userinfo(text, match.end()):
        return None
    separator = match["sep"].strip(b" \t~+")
    if separator in {b"/", b"", b",", b";"} and _IS_FILE.match(text, match.end()):
        return None
    if before in _PLAIN_BEFORE:
        ends = separator[:1] == b"." and not _LINE_ENDS.isdisjoint(
            separator
        )  # the sentence ends before the id
        return None if ends else mention_of(match, start, "text")
    if (
        not is_after_digit  # after another id
        and addresses.is_glued(text, start)
        and text[start - 8 : start].lower() != b"preprint"
        and not (separator == b":" and _is_glued_cue(text, start))
    ):
        return None
    doi = text[start - 9 : start].lower() == b"10.48550/"
    if doi:
        start -= 9
        host = addresses.find_host_start(text, start - 1)
        if text[host:start].lower().endswith(b"doi.org/"):
            start = addresses.find_scheme_start(text, host)
        return mention_of(match, start, "doi")
    if addresses.in_address(text, start):
        if separator not in {b":", b"-"}:
            return None
    elif separator == b"/" and before in b"/\\.~":
        return None
    return mention_of(match, start, "text")


def _make_address(text: bytes, start: int, match: re.Match[bytes]) -> Mention | None:
    """Return the mention of the URL that a match at a host name belongs to."""
    begin = _find_host(text, start)
    if begin is None or addresses.is_userinfo(text, match.end()):
        return None
    return mention_of(match, begin, "url")


def _find_host(text: bytes, start: int) -> int | None:
    """Return the start of a URL, given an offset in its host name.

    Return None within a longer word, or for a host without papers.
    """
    if addresses.is_glued(text, start) or text[start - 1 : start] in {b"-", b"_"}:
        return None
    host = addresses.find_host_start(text, start)
    if text[host:start].lower().endswith(_NOT_PAPERS):
        return None
    host += start - host - len(text[host:start].lstrip(b".-"))
    return addresses.find_scheme_start(text, host)


def _match_parts(text: bytes, start: int, match: re.Match[bytes]) -> Mention | None:
    """Return the mention of a URL that has the archive and the number in separate parts."""
    *archives, number = (group for group in match.groups()[:-1] if group)
    found = canonical(f"{archives[0].decode()}/{number.decode()}")
    begin = _find_host(text, start)
    if found is None or begin is None:
        return None
    return Mention(found[0], version(match["version"]), begin, match.end(), "url")


def _match_bibcode(text: bytes, start: int, at: int) -> Mention | None:
    """Recognize a bibcode of ADS.

    It has the year, "arXiv", nine digits or a dotted number, and the author's initial.
    """
    match = _BIBCODE.match(text, at)
    begin = start - 4
    if match is None or not text[begin:start].isdigit() or addresses.is_glued(text, begin):
        return None
    found = canonical((match[3] or match[1] + b"." + match[2]).decode())
    return Mention(found[0], None, begin, match.end(), "text") if found else None


def _match_dblp(text: bytes, at: int) -> Mention | None:
    """Recognize the key of an arXiv paper at dblp."""
    match = _DBLP.match(text, at)
    found = None if match is None else canonical(f"{match[1].decode()}.{match[2].decode()}")
    if match is None or found is None:
        return None
    form: Form = "text"
    if text[at - 4 : at] == b"rec/":
        at = addresses.find_scheme_start(text, addresses.find_host_start(text, at - 5))
        form = "url"
    return Mention(found[0], None, at, match.end(), form)


def _match_reader(text: bytes, at: int) -> Mention | None:
    """Recognize the URL of a paper at a reader site."""
    match = _READER.match(text, at)
    return _make_address(text, at, match) if match is not None else None


def _match_number(text: bytes, at: int) -> Mention | None:
    """Recognize a new id without a label."""
    before = text[at - 1 : at]
    if before == b"/":
        match = _NEW_AT.match(text, at)
        if match is None:
            return None
        if text[at - 4 : at].lower() != b"abs/":
            return _match_classed(text, at, match)
        return mention_of(match, at - 4, "text") if _is_corr(text, at - 4, match.end()) else None
    if before in _NEVER_BEFORE:
        return None
    if before in b":." and text[at - 6 : at - 1].lower() == b"arxiv":
        return None  # `_match_label` has checked it
    forum = _find_forum(text, at) if before == b"=" else None
    if forum is None and not cues.may_count(text, at):
        return None
    match = _NEW_AT.match(text, at)
    if match is None:
        return None
    if forum is not None:
        return _make_address(text, forum, match)
    if (
        not ends_bare(text, match.end())
        or (before not in _PLAIN_BEFORE and addresses.in_address(text, at))
        or not cues.is_cued(text, at, match.end())
        or _BARE_START.search(text[max(0, at - 2) : at])
    ):
        return None
    return mention_of(match, at, "bare")


def _find_forum(text: bytes, at: int) -> int | None:
    """Return the start of OpenReview's URL around `arxivid=`."""
    if text[at - 8 : at].lower() != b"arxivid=":
        return None
    found = _FORUM.search(text[max(0, at - 240) : at])
    return at - len(found[0]) if found else None


def _is_corr(text: bytes, start: int, end: int) -> bool:
    """Return whether `abs/ID` is an arXiv id.

    It is if it follows CoRR or arXiv, or is in an entry with `journal={CoRR}`.
    """
    before = text[max(0, start - 48) : start]
    if _EQUALS in before[-4:]:
        head, tail = text[max(0, start - 400) : start], text[end : end + 400]
        around = _ENTRY_END.split(head)[-1] + _ENTRY_END.split(tail, maxsplit=1)[0]
        if _JOURNAL.search(around):
            return True
    if _CORR.search(before) is not None:
        return True
    if before[-1:] not in _PLAIN_BEFORE:
        return False
    before = text[max(0, start - _SENTENCE_BYTES) : start]
    words = list(_CORR_WORD.finditer(before))
    return bool(words) and not _SENTENCE_END.search(before, words[-1].end())


def _match_classed(text: bytes, at: int, match: re.Match[bytes]) -> Mention | None:
    """Recognize a new id after an archive: `math.AG/0708.3333`."""
    part, archive = _find_archive(text, at) if text[at - 2 : at - 1].isalpha() else (b"", b"")
    if not archive:
        return None
    start = at - 1 - len(part)
    return _check_archived(text, mention_of(match, start, "bare"))


def _match_old(text: bytes, at: int) -> Mention | None:
    """Recognize an old id without a label."""
    match = _OLD_AT.match(text, at) if text[at - 2 : at - 1].isalpha() else None
    if match is None:
        return None
    part, archive = _find_archive(text, at)
    if not archive:
        return None
    start = at - 1 - len(part)
    key = paper(archive + text[at - 1 : match.end("number")])
    return _check_archived(
        text, Mention(key, version(match["version"]), start, match.end(), "bare")
    )


def _find_archive(text: bytes, at: int) -> tuple[bytes, bytes]:
    """Return the word before a number, and its archive.

    The archive is empty if arXiv has none of that name.
    """
    head = text[max(0, at - 26) : at - 1]
    word = head[len(head.rstrip(_ARCHIVE_LETTERS)) :].lower().lstrip(b".-" + LONG_DASH)
    parts = word.split(b".")
    for part in (b".".join(parts[-2:]), parts[-1], word.rpartition(LONG_DASH)[2]):
        archive = _read_archive(part)  # "cf.hep-th/…", "—hep-th/…"
        if archive:
            break
    return part, archive


def _check_archived(text: bytes, found: Mention) -> Mention | None:
    """Return the mention, or None within a word or URL."""
    start = found.start
    before = text[start - 1 : start]
    if before == b"=" and (forum := _find_forum(text, start)):
        begin = _find_host(text, forum)
        return None if begin is None else found._replace(start=begin, form="url")
    if (
        before == b"/"
        and text[start - 4 : start].lower() == b"abs/"
        and _is_corr(text, start - 4, found.end)
    ):
        return found._replace(start=start - 4, form="text")
    if before not in _PLAIN_BEFORE and (
        addresses.is_glued(text, start)
        or before in b"/@%\\#"
        or (before in b".-" and not text[start - 2 : start - 1].isalpha())
        or addresses.in_address(text, start)
    ):
        return None
    return found if _OLD_END.match(text, found.end) else None


def _read_archive(word: bytes) -> bytes:
    """Return the archive of `math.AG`, otherwise b""."""
    archive, dot, group = word.partition(b".")
    archive = archive.replace(LONG_DASH, b"-")
    return archive if archive.decode() in ARCHIVES and (not dot or len(group) > 1) else b""


def _is_glued_cue(text: bytes, start: int) -> bool:
    """Return whether a label follows a word: `networksarXiv:`."""
    if text[start : start + 5] != b"arXiv":
        return False
    word = _WORD.search(text[max(0, start - 40) : start].decode("utf-8", "ignore"))
    return (
        word is not None
        and word[0][-1].islower()
        and word[0].lower() not in _OTHER_SERVERS
        and not addresses.in_address(text, start)
    )


class ArxivForms:
    """Forms of arXiv: recognition, canonical ids and links."""

    name = "arxiv"
    title = "arXiv"
    anchors: tuple[bytes, ...] = _ANCHORS
    recognise = staticmethod(recognise)
    canonical = staticmethod(canonical)

    def url(self, paper: PaperId) -> str:
        """Return the address of the abstract's page."""
        return f"https://arxiv.org/abs/{paper.key}"

    def pdf(self, paper: PaperId) -> str | None:
        """Return the address of the newest version's PDF."""
        return f"https://arxiv.org/pdf/{paper.key}"

    def doi(self, paper: PaperId) -> str | None:
        """Return the DOI of all versions (info.arxiv.org/help/doi)."""
        return f"10.48550/arXiv.{paper.key}"


FORMS = ArxivForms()
