"""arXiv's identifiers: their patterns and their canonical form.

Rules: info.arxiv.org/help/arxiv_identifier. New ids are `YYMM.number`, from 0704 on; the number has four
digits until 1412 and five since. Old ids are `archive(.class)/YYMMNNN`, from 1991 to March 2007; the class
is not part of the id. Numbers begin at 1. arXiv's server pads and truncates numbers; this module does not.
"""

from __future__ import annotations

from enrich.paper import PaperId
from enrich.text.patterns import compile_later

ARCHIVES = frozenset(
    """
    acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas
    cond-mat cs dg-ga econ eess funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th
    nlin nucl-ex nucl-th patt-sol physics plasm-ph q-alg q-bio q-fin quant-ph solv-int stat supr-con
    """.split()  # noqa: SIM905 - reads as the list it is
)

NEW = (
    rb"(?:(?:07(?:0[4-9]|1[0-2])|(?:0[89]|1[0-4])(?:0[1-9]|1[0-2]))\.(?!0000)[0-9]{4}"
    rb"|(?:1[5-9]|[2-4][0-9])(?:0[1-9]|1[0-2])\.(?!00000)[0-9]{5})(?![0-9])"
)
"""Pattern of a new id without its version, until the year 2049."""

OLD_NUMBER = rb"(?:(?:9[1-9]|0[0-6])(?:0[1-9]|1[0-2])|070[1-3])(?!000)[0-9]{3}(?![0-9])"
"""Pattern of an old id's seven digits."""
_CLASS = rb"(?:\.[a-z]{2}|\.[a-z]{2,5}-?[a-z]{1,5})?"
_ARCHIVE = b"(?:" + b"|".join(sorted((a.encode() for a in ARCHIVES), reverse=True)) + b")"
OLD = rb"(?=[a-z.-]{2,20}/[0-9]{7})" + _ARCHIVE + _CLASS + b"/" + OLD_NUMBER
"""Pattern of an old id without its version; use it ignoring case."""

VERSION = rb"(?:v(?P<version>[1-9][0-9]{0,2})(?![0-9]))?"

_KEY = compile_later(rb"(?i)(" + NEW + b"|" + OLD + b")" + VERSION)


def canonical(text: str) -> tuple[PaperId, str | None] | None:
    """Return the id and version of a bare key.

    >>> canonical("math.AG/0601001V2")
    ('arxiv:math/0601001', 'v2')
    >>> canonical("2103.1338")  # arXiv's server would pad it; a wrong paper is worse than a missing one
    """
    match = _KEY.fullmatch(text.encode("utf-8", "replace"))
    return (paper(match[1]), version(match["version"])) if match else None


def paper(key: bytes) -> PaperId:
    """Return the canonical id of an accepted key."""
    if b"/" not in key:
        return PaperId("arxiv:" + key.decode())
    archive, _, number = key.decode().lower().partition("/")
    return PaperId(f"arxiv:{archive.partition('.')[0]}/{number}")


def version(digits: bytes | None) -> str | None:
    """Return `v2` for b"2", None for None."""
    return "v" + digits.decode() if digits else None
