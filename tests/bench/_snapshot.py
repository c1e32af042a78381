"""Lines as arXiv's snapshot on Kaggle has them, made up and seeded.

The lengths are the real ones' as far as they are known: 1.6 kB a line, titles of about 70 characters,
4.3 authors, 1.6 versions, comments for three of four papers, a DOI for one of two and a journal's
reference for one of three, a collaboration of hundreds now and then.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CATEGORIES = (
    "cs.LG", "cs.CV", "hep-th", "math.AG", "quant-ph", "astro-ph.GA", "cond-mat.mtrl-sci", "stat.ML",
)  # fmt: skip
_SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ter",
    "an",
    "sen",
    "wu",
    "chen",
    "ov",
    "ski",
    "ha",
    "gru",
    "ber",
    "mann",
    "el",
    "ri",
    "zo",
    "fer",
    "de",
    "la",
    "vi",
    "ton",
    "ju",
]
_WORDS = [
    "learning",
    "of",
    "the",
    "a",
    "on",
    "dynamical",
    "quantum",
    "for",
    "networks",
    "with",
    "in",
    "and",
    "spectral",
    "bounds",
    "deep",
    "optimal",
    "Bayesian",
    "$\\alpha$-divergence",
    "non-linear",
    "estimation",
    "towards",
    "systems",
    "fields",
    "algebraic",
    "curves",
    "gravitational",
    "graphene",
    "transport",
    "adaptive",
    "gradient",
    "methods",
    "convergence",
    "rates",
    "lattice",
]


def key(number: int) -> str:
    """The id of a line: 9,000 papers a month from January 2015 on."""
    month, count = divmod(number, 9_000)
    return f"{15 + month // 12:02}{month % 12 + 1:02}.{count + 1:05}"


def line(number: int, chance: random.Random) -> str:
    """One line, with its line feed."""
    id_ = key(number)
    year = number // 108_000
    versions = [
        {"version": f"v{n + 1}", "created": _created(2015 + year, chance)}
        for n in range(1 + int(chance.expovariate(1.65)))
    ]
    authors = 800 if chance.random() < 0.0005 else 1 + int(chance.expovariate(1 / 3.2))
    parsed = [[_name(chance, chance.choice((2, 3))), _given(chance), ""] for _ in range(authors)]
    published = chance.random()
    record = {
        "id": id_,
        "submitter": _name(chance, 4),
        "authors": ", ".join(f"{first} {last}" for last, first, _ in parsed),
        "title": _text(chance, 40 + chance.randrange(60)).replace(" with", "\n  with"),
        "comments": _text(chance, 30) if chance.random() < 0.75 else None,
        "journal-ref": f"J. {_text(chance, 15)} {chance.randrange(99)} ({2016 + year}) {chance.randrange(999)}"
        if published < 0.33
        else None,
        "doi": f"10.1103/Phys.{chance.randrange(99)}.{chance.randrange(10**6):06}"
        if published < 0.5
        else None,
        "report-no": None,
        "categories": " ".join(chance.sample(_CATEGORIES, chance.choice((1, 1, 2, 3)))),
        "license": "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
        "abstract": f"  {_text(chance, 600 + chance.randrange(800))}\n",
        "versions": versions,
        "update_date": f"{2016 + year}-01-01",
        "authors_parsed": parsed,
    }
    return json.dumps(record) + "\n"


def lines(count: int, *, seed: int = 1) -> Iterator[str]:
    """That many lines."""
    chance = random.Random(seed)
    return (line(number, chance) for number in range(count))


def _created(year: int, chance: random.Random) -> str:
    time = f"{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}"
    return f"{chance.choice(_DAYS)}, {1 + chance.randrange(28)} {chance.choice(_MONTHS)} {year} {time} GMT"


def _name(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choices(_SYLLABLES, k=syllables)).capitalize()


def _given(chance: random.Random) -> str:
    initial = f"{chance.choice('ABCDEGHJ')}."
    name = _name(chance, 2)
    return chance.choice((name, name, f"{name} {initial}", initial))


def _text(chance: random.Random, length: int) -> str:
    text = " ".join(chance.choices(_WORDS, k=length // 6))
    return text[:length].strip().capitalize()
