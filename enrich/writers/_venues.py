"""Types of venues, recognized by their words if these leave no doubt. Pure."""

from __future__ import annotations

import re
from typing import Literal

VenueType = Literal["article-journal", "paper-conference", "document"]
"""CSL type of what a venue publishes; `document` if that is not certain."""

_WORD = re.compile(r"[^\W\d_]+")
_OF_JOURNALS = frozenset(
    """
    acta annalen annales annals ann bulletin bull j jcap jhep jmlr journal letters lett quarterly rev
    review reviews revue transactions trans zeitschrift
    """.split()  # noqa: SIM905 - reads as the list it is
)
_OF_PROCEEDINGS = frozenset(
    """
    colloquium conf conference conferences congress meeting pmlr symp symposia symposium workshop
    workshops
    aaai acl aistats colt cvpr eccv emnlp focs icalp icassp iccv iclr icml icra ijcai interspeech iros
    kdd naacl neurips nips sigir siggraph soda stoc uai usenix
    """.split()  # noqa: SIM905
)
"""Words of proceedings, then acronyms of conferences."""
_PROCEEDINGS_BY_TITLE = "advances in neural information processing systems"


def recognize_venue(venue: str) -> VenueType:
    """Return the type of what a venue publishes.

    It is `document` if the venue has words of both kinds, or of neither. "Proc." is of neither, because
    it begins the names of journals, too.

    >>> recognize_venue("Phys. Rev. D 89, 084044 (2014)"), recognize_venue("ICML 2021, PMLR 139:87-99")
    ('article-journal', 'paper-conference')
    >>> recognize_venue("Nature 521"), recognize_venue("J. Phys.: Conf. Ser. 898")
    ('document', 'document')
    """
    folded = venue.casefold()
    words = frozenset(_WORD.findall(folded))
    is_journal = not words.isdisjoint(_OF_JOURNALS)
    is_proceedings = not words.isdisjoint(_OF_PROCEEDINGS) or _PROCEEDINGS_BY_TITLE in folded
    if is_journal == is_proceedings:
        return "document"
    return "article-journal" if is_journal else "paper-conference"
