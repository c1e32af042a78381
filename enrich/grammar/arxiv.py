"""How people write arXiv papers. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from enrich.model import Mention
from enrich.paper import PaperId

ANCHORS = (b"arxiv", b"ar5iv")

_ID = (
    rb"(?P<id>\d{4}\.\d{4,5}(?!\d)|(?:[a-z]{2,8}(?:-[a-z]{2,5})?)(?:\.[a-z-]{2,12})?/\d{7}(?!\d))"
    rb"(?:v(?P<version>[1-9]\d{0,3}))?"
)
_LINK = re.compile(
    rb"ar[x5]iv\.(?:labs\.arxiv\.)?org/(?:abs|pdf|html|format|e-print|src|ps|tb)/" + _ID,
    re.IGNORECASE,
)
_LABEL = re.compile(rb"arxiv[:.]?[ ]?" + _ID, re.IGNORECASE)
_KEY = re.compile(_ID, re.IGNORECASE)
_ARCHIVES = frozenset(
    """
    acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas
    cond-mat cs dg-ga econ eess funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th
    nlin nucl-ex nucl-th patt-sol physics plasm-ph q-alg q-bio q-fin quant-ph solv-int stat
    supr-con
    """.split()  # noqa: SIM905 - reads as the list it is
)


def recognise(text: bytes, at: int) -> Sequence[Mention]:
    """The papers that the label or the address at byte `at` names."""
    match = _LINK.match(text, at) or _LABEL.match(text, at)
    if match is None:
        return ()
    found = canonical(match["id"].decode())
    if found is None:
        return ()
    version = "v" + match["version"].decode() if match["version"] else None
    start = at
    for scheme in (b"https://", b"http://", b"https://www.", b"http://www."):
        if text[max(0, at - len(scheme)) : at].lower() == scheme:
            start = at - len(scheme)
    form = "url" if match.re is _LINK else "text"
    return (Mention(found[0], version, start, match.end(), form),)  # type: ignore[arg-type]


def canonical(text: str) -> tuple[PaperId, str | None] | None:
    """The id and the version that a bare key stands for.

    >>> canonical("math.AG/0601001v1"), canonical("2113.01338")
    (('arxiv:math/0601001', 'v1'), None)
    """
    match = _KEY.fullmatch(text.encode())
    if match is None:
        return None
    key = match["id"].decode().lower()
    version = "v" + match["version"].decode() if match["version"] else None
    archive, slash, number = key.partition("/")
    if slash:
        archive = archive.partition(".")[0]
        ok = archive in _ARCHIVES and "01" <= number[2:4] <= "12" and number[4:] != "000"
        return (PaperId(f"arxiv:{archive}/{number}"), version) if ok else None
    month, width = key[2:4], len(key) - 5
    ok = "01" <= month <= "12" and key[:4] >= "0704" and width == (4 if key[:4] < "1501" else 5)
    return (PaperId(f"arxiv:{key}"), version) if ok else None
