"""Extraction against one combined pattern, against the speed of memory, and on hostile text."""

from __future__ import annotations

import gc
import math
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from enrich.references.extract import find_references, find_references_many
from enrich.sources.arxiv.ids import NEW, OLD
from enrich.sources.installed import sources
from tests.bench import figure
from tests.references.hostile_texts import GENERATORS
from tests.references.labelled_texts import find_shared, label_files, read_cases

SEED = 5
SIZE = 50_000
MENTIONS = {"links and their texts": 2, "links that overlap": 2}
"""Mentions that one reference is made of, where that is not one."""
OF_MEMORY = {"dense": 0.14, "events": 0.2, "sparse": 0.2}
"""Least share of the speed of memory. A reference costs some 7 µs, so a text with many is further from it;
recorded feeds hold 0.1 references a kB, `events` 0.26, `dense` 0.69, which 0.14 only keeps from growing slower."""
TEXTS = 6000
ROUNDS = 7

WORDS = """
    we consider a class of variational problems which arise in the study of wide networks and
    give two applications one to statistics the other geometry first part is meant for general
    audience show that every smooth manifold admits metric whose curvature stays bounded below
    under flow as corollary obtain sharp estimates on number rational points learning rates
    gradient descent converges linear time under mild assumptions abstract correspondence
    between moduli spaces representation theory quantum groups preprint paper joint work based
    on results archive exit prior network openness review printed corrected the of a in to is
    for that with by as are an be which this from have these can also such it or algebraic
    analytic asymptotic boundary bundle category cohomology compact complex conjecture convex
    deep dense discrete distribution dynamics eigenvalue elliptic energy entropy equation
    equivalence estimate existence explicit field finite fractal function fundamental generic
    geodesic global graph harmonic homology infinite integral invariant kernel lattice limit
    local matrix measure method model
""".split()  # noqa: SIM905 - reads as the list it is
NAMES = ["Erdős", "Poincaré", "Gödel", "Müller", "Šemrl", "Nguyễn", "d’Alembert", "Schrödinger"]
ASIDES = [
    "with a 3.5% gain on 1203 items", "for $\\mathbb{R}^n$ and $p < q$", "(see Smith & Jones, 2019)",
    "in Room 4.12 at 14:30", "at https://example.org/talks/2021/0412", "doi:10.1007/s00222-020-01003-3",
    "on 2021-04-12", "to appear in Ann. of Math. 193 (2021), 1079-1140", "by <100 steps",
]  # fmt: skip


def new_id(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return f"{rng.randint(8, 14):02}{rng.randint(1, 12):02}.{rng.randint(1, 9999):04}"
    return f"{rng.randint(15, 25)}{rng.randint(1, 12):02}.{rng.randint(1, 29999):05}"


def old_id(rng: random.Random) -> str:
    archive = rng.choice(["hep-th", "math", "astro-ph", "cond-mat", "quant-ph", "math.AG"])
    return f"{archive}/{rng.randint(92, 99)}{rng.randint(1, 12):02}{rng.randint(1, 999):03}"


def note_id(rng: random.Random) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(rng.choices(letters, k=rng.choice([10, 10, 11])))


FORMS: list[tuple[int, Callable[[random.Random], str]]] = [  # weights as counted on seminar pages
    (45, lambda r: f"https://arxiv.org/abs/{new_id(r)}"),
    (8, lambda r: f"http://arxiv.org/abs/{new_id(r)}v{r.randint(1, 5)}"),
    (18, lambda r: f"https://arxiv.org/pdf/{new_id(r)}.pdf"),
    (8, lambda r: f"https://www.arxiv.org/pdf/{new_id(r)}"),
    (14, lambda r: f"arXiv:{new_id(r)}"),
    (3, lambda r: f"arXiv:{new_id(r)} [math.AG]"),
    (3, lambda r: f"arXiv: {new_id(r)}"),
    (3, old_id),
    (2, lambda r: f"arXiv:{old_id(r)}"),
    (3, lambda r: f"https://openreview.net/forum?id={note_id(r)}"),
    (2, lambda r: f"https://openreview.net/pdf?id={note_id(r)}"),
    (2, lambda r: f"https://doi.org/10.48550/arXiv.{new_id(r)}"),
    (2, lambda r: f"https://huggingface.co/papers/{new_id(r)}"),
    (1, lambda r: f"Preprint: {new_id(r)}"),
]


def abstract(rng: random.Random, sentences: int, links: int) -> str:
    """Prose with decoys and links; a third is not ASCII."""
    parts: list[str] = []
    foreign = rng.random() < 0.35
    for _ in range(rng.randint(sentences - 5, sentences + 5)):
        sentence = " ".join(rng.choices(WORDS, k=rng.randint(12, 28)))
        if foreign and rng.random() < 0.4:
            sentence += f" {rng.choice(NAMES)}"
        if rng.random() < 0.06:
            sentence += f" {rng.choice(ASIDES)}"
        parts.append(sentence.capitalize() + (". " if rng.random() < 0.9 else ".\n\n"))
    for _ in range(links):
        form = rng.choices([f for _, f in FORMS], [w for w, _ in FORMS])[0]
        frame = rng.choice(
            ["See {} for details.", "({}).", "[{}]", "{}", "A talk on {}, with proofs."]
        )
        parts.insert(rng.randint(0, len(parts)), frame.format(form(rng)) + " ")
    return "".join(parts)


def texts(rng: random.Random, kind: str) -> list[str]:
    """`dense`: 1.8 kB and 1.2 links, as bare abstracts of machine learning.

    `events`: 3.9 kB, as a calendar's event with its abstract, and a link in each. `sparse`: a link in 200.
    """
    if kind == "dense":
        return [abstract(rng, 12, rng.choice([1, 1, 1, 1, 2])) for _ in range(TEXTS)]
    share = 1.0 if kind == "events" else 0.005
    return [abstract(rng, 27, int(rng.random() < share)) for _ in range(TEXTS)]


def combined() -> re.Pattern[bytes]:
    """The forms that the texts hold as the one pattern that one would write, for lower-case text."""
    some_id = b"(?:" + NEW + b"|" + OLD + b")"
    version = rb"(?:v[1-9][0-9]{0,2})?"
    return re.compile(
        rb"arxiv(?<![\w-]arxiv)(?:\.org/(?:abs|pdf|html|format|e-print|src|ps|tb)/|[:.]?[ ]{0,3})("
        + some_id
        + rb")"
        + version
        + rb"(?:\.pdf)?"
        rb"|10\.48550/arxiv\.(" + some_id + rb")"
        rb"|(?:huggingface\.co/papers|ar5iv\.org/abs|scirate\.com/arxiv)/(" + some_id + rb")"
        rb"|(?:preprint|eprint|paper):?[ ](" + NEW + rb")"
        rb"|(?<![\w/.-])("
        + OLD
        + rb")"
        + version
        + rb"|openreview\.net/(?:forum|pdf|attachment|revisions)\?(?:[\w.-]{1,32}=[^\s&]{0,64}&){0,6}id=([\w-]{5,20})"
    )


def by_pattern(pattern: re.Pattern[bytes], text: str) -> list[str]:
    raw = text.encode()
    found = []
    for match in pattern.finditer(raw.lower()):
        group = match.lastindex or 0
        key = raw[match.start(group) : match.end(group)].decode()
        if group == pattern.groups:
            found.append("openreview:" + key)
        elif "/" in key:
            archive, _, number = key.lower().partition("/")
            found.append(f"arxiv:{archive.partition('.')[0]}/{number}")
        else:
            found.append("arxiv:" + key)
    return found


def seconds(*jobs: Callable[[], object]) -> list[float]:
    """The best time of each job, run in turns so that a slow spell hits all of them."""
    times: list[list[float]] = [[] for _ in jobs]
    gc.collect()
    gc.disable()
    try:
        for _ in range(ROUNDS):
            for job, taken in zip(jobs, times, strict=True):
                start = time.process_time()
                job()
                taken.append(time.process_time() - start)
    finally:
        gc.enable()
    return [min(taken) for taken in times]


def each(work: Callable[[str], object], batch: Sequence[str]) -> Callable[[], object]:
    def job() -> None:
        for text in batch:
            work(text)

    return job


def two_finds(text: str) -> None:
    low = text.encode().lower()
    low.find(b"arxiv")
    low.find(b"openreview")


def main() -> int:
    """Print the figures; 1 if a bound is missed."""
    return 0 if all([*speed(), *one_link(), *real_texts(), *safety()]) else 1


def speed() -> Iterator[bool]:
    """Ratios on texts that all hold links, and on texts of which hardly any does."""
    rng = random.Random(SEED)
    pattern = combined()
    anchors = [anchor for source in sources() for anchor in source.anchors]

    def all_finds(text: str) -> None:
        low = text.encode().lower()
        for anchor in anchors:
            low.find(anchor)

    for name in ("dense", "events", "sparse"):
        batch = texts(rng, name)
        count = 0
        for text in batch:
            ours = [str(reference.paper) for reference in find_references(text)]
            assert ours == by_pattern(pattern, text), text
            count += len(ours)
        size = sum(len(text.encode()) for text in batch) / 1e6
        many, single, baseline, two, every = seconds(
            lambda batch=batch: sum(map(len, find_references_many(batch))),  # type: ignore[misc]
            each(find_references, batch),
            each(lambda text: by_pattern(pattern, text), batch),
            each(two_finds, batch),
            each(all_finds, batch),
        )
        yield figure(f"{name}: text", size * 1e3 / len(batch), "kB each")
        yield figure(f"{name}: references", count / len(batch), "a text")
        yield figure(f"{name}: find_references_many", size / many, "MB/s")
        yield figure(f"{name}: find_references", size / single, "MB/s")
        yield figure(f"{name}: one combined pattern", size / baseline, "MB/s")
        pattern_ratio, memory, finds = (
            f"{name}: ours to the combined pattern",
            f"{name}: ours to encode, lower, two finds",
            f"{name}: ours to encode, lower, one find an anchor",
        )
        yield figure(pattern_ratio, baseline / many, "times", least=5.0)
        yield figure(memory, two / many, "ratio", least=OF_MEMORY[name])
        yield figure(finds, every / many, "ratio", least=0.5)


def one_link() -> Iterator[bool]:
    """A text of 1.25 kB with one link beside the same without, each in three forms."""
    rng = random.Random(SEED)
    plain = [" ".join(abstract(rng, 12, 0).split())[:1250] for _ in range(400)]
    links = {
        "arXiv's URL": "https://arxiv.org/abs/2103.01338",
        "arXiv:ID": "arXiv:2103.01338",
        "OpenReview's URL": "https://openreview.net/forum?id=FpKgG31Z_i9",
    }
    batches = [
        [_add_sentence(text, f"See {link} for details. ") for text in plain]
        for link in links.values()
    ]
    floor, without, *with_one = seconds(
        each(two_finds, plain), *[each(find_references, batch) for batch in (plain, *batches)]
    )
    yield figure("no link: ours to encode, lower, two finds", floor / without, "ratio", least=0.2)
    for name, took in zip(links, with_one, strict=True):
        yield figure(f"one link: {name}, to none", took / without, "times", most=8)
        yield figure(f"one link: {name}, above none", (took - without) / floor, "floors", most=12)


def _add_sentence(text: str, sentence: str) -> str:
    """Add a sentence behind another in the middle of a text."""
    at = text.find(". ", len(text) // 2) + 2
    return text[:at] + sentence + text[at:]


def real_texts() -> Iterator[bool]:
    """Texts of seminars' pages and the labelled ones, where they are, in floors a text."""
    shared = find_shared()
    path = None if shared is None else shared / "text" / "snippets.jsonl"
    batches = {
        "labelled texts": [case["text"] for file in label_files() for case in read_cases(file)]
    }
    if path is not None and path.is_file():
        batches["real texts"] = [snippet["text"] for snippet in read_cases(path)]
    for name, batch in batches.items():
        floor, ours = seconds(each(two_finds, batch), each(find_references, batch))
        yield figure(f"{name}: floor", floor / len(batch) * 1e6, "us each")
        yield figure(f"{name}: time", ours / floor, "floors", most=120)


def safety() -> Iterator[bool]:
    """Hostile texts of two sizes: how the time grows, how fast they are read at least."""
    rates, growths = [], []
    plain = texts(random.Random(SEED), "sparse")[:50]
    (floor,) = seconds(each(two_finds, plain))
    floor_rate = sum(len(text.encode()) for text in plain) / 1e6 / floor
    for name, make in GENERATORS.items():
        small, large = make(SIZE), make(4 * SIZE)
        references = len(find_references(large))
        one, four = seconds(partial(find_references, small), partial(find_references, large))
        rate = len(large.encode()) / 1e6 / four
        growths.append(four / one if rate < 100 else 0)
        rates.append(math.inf if references else rate)
        if rate < 100:  # faster ones show the caches, not the method
            yield figure(f"hostile: {name}: growth", four / one, "times", most=6.0)
        if references:
            yield figure(
                f"hostile: {name}: time",
                four / references * 1e6,
                "µs a reference",
                most=8.0 * MENTIONS.get(name, 1),
            )
        else:
            yield figure(f"hostile: {name}: rate", rate, "MB/s", least=5.0)
    yield figure("hostile: slowest rate", min(rates) / floor_rate, "of the floor's on plain text")
    yield figure("hostile: greatest growth", max(growths), "times", most=6.0)
