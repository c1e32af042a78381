"""Web and mail addresses: checks, the host, and the URL of a DOI."""

from __future__ import annotations

import re
from urllib.parse import quote

from enrich.text.patterns import compile_later

_PLAIN_DOI = compile_later(r"[A-Za-z0-9/:;()._~-]*")


def doi_url(doi: str) -> str:
    """Return the address of a DOI.

    >>> doi_url("10.1103/PhysRevD.93.016005"), doi_url("10.1002/(sici)1<1::aid>3.0")
    ('https://doi.org/10.1103/PhysRevD.93.016005', 'https://doi.org/10.1002/(sici)1%3C1::aid%3E3.0')
    """
    if _PLAIN_DOI.fullmatch(doi):
        return "https://doi.org/" + doi
    return "https://doi.org/" + quote(doi, safe="/:;()._-~")


def host_of(address: str) -> str | None:
    """Return the host of an address.

    Return None if the address is not valid.

    >>> host_of("https://Arxiv.org/abs/2103.01338"), host_of("https://[x/")
    ('arxiv.org', None)
    """
    from urllib.parse import urlsplit

    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def mail_address(text: str) -> str:
    """Return the text if it is a mail address that a header can hold.

    >>> mail_address("ada@example.org")
    'ada@example.org'
    >>> mail_address("ada at example")
    Traceback (most recent call last):
    ...
    ValueError: 'ada at example' is not a mail address
    """
    if not re.fullmatch(r"[!-'*-~]+@[!-'*-~]+", text):
        raise ValueError(f"{text!r} is not a mail address")
    return text
