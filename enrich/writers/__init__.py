"""The output formats: one file each; the file's name is the format's name (`-f`).

A file here ends with `WRITER = …`. Writers are pure: a document in, pieces of text out. Another
distribution may offer one under the entry-point group `enrich.writers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from enrich.errors import UnknownFormat
from enrich.model import AnnotatedTalk, Document, Talk
from enrich.registry import PluginError, entry_points_of, load, load_entry_point, names_in


class Writer(Protocol):
    """Output format. It may stream: a document's talks are an iterator, its notices come last.

    A writer may also define:

    - `options`, the names of its options, and `with_options(**options)`, which returns a writer with
      some of them set;
    - `writes_notices = True`, if the document's notices are in its output;
    - `needs`, a set of `raw` (talks carry their raw blocks, already redacted) and `raw_references`
      (each talk has the references of `raw_text(talk)`, which the writer defines too).
    """

    suffixes: tuple[str, ...]
    """File name endings that mean this format, `.json`."""

    def write(self, document: Document) -> Iterator[str]:
        """Yield the document as pieces of text."""
        ...


def builtin_names() -> tuple[str, ...]:
    """Return the names of this folder's formats, sorted; none is imported."""
    return names_in(__path__)


def names() -> tuple[str, ...]:
    """Return the names of all installed formats, sorted; none is imported."""
    return tuple(sorted({*builtin_names(), *entry_points_of(__name__)}))


def writer(name: str) -> Writer:
    """Return one writer; entry points are searched only for a name not in this folder.

    Raises:
        UnknownFormat: no format has this name.
        PluginError: another distribution's format cannot be loaded, or is not a format.
    """
    if name in builtin_names():
        return load(__name__, "WRITER", name)  # type: ignore[no-any-return]
    if name not in entry_points_of(__name__):
        raise UnknownFormat(
            f"there is no output format {name!r}", hint=f"the formats are {', '.join(names())}"
        )
    offered = load_entry_point(__name__, name)
    if not callable(getattr(offered, "write", None)):
        raise PluginError(
            f"the entry point {name} of {__name__} is not a format: it has no method write",
            hint="reinstall or remove the distribution that offers it",
        )
    return offered  # type: ignore[no-any-return]


def suffixes_of(chosen: Writer) -> tuple[str, ...]:
    """Return the file name endings that mean a writer's format; a plug-in may have none."""
    return tuple(getattr(chosen, "suffixes", ()))


def options_of(chosen: Writer) -> tuple[str, ...]:
    """Return the names of a writer's options."""
    return getattr(chosen, "options", ())


def needs_of(chosen: Writer) -> frozenset[str]:
    """Return a writer's needs in addition to the document."""
    return frozenset(getattr(chosen, "needs", ()))


def configure(chosen: Writer, values: Mapping[str, Any]) -> Writer:
    """Return a writer with its own options set from the values."""
    taken = {name: value for name, value in values.items() if name in options_of(chosen)}
    return chosen.with_options(**taken) if taken else chosen  # type: ignore[attr-defined]


def write(document: Document, format: str = "json") -> Iterator[str]:  # noqa: A002 - the option's name
    """Write a document in a format, lazily, as pieces of text.

    Raises:
        UnknownFormat: there is no such format.
        TypeError: not a document, or not one of AnnotatedTalks.
    """
    if not isinstance(document, Document):
        raise TypeError(
            f"write takes a Document, not {type(document).__name__}: use write(Document(talks))"
        )
    talks = document.talks
    if isinstance(talks, (str, bytes, Mapping, Talk, AnnotatedTalk)) or not isinstance(
        talks, Iterable
    ):
        raise TypeError(
            f"Document takes several AnnotatedTalks, not {type(talks).__name__}{_advise(talks)}"
        )
    checked = _check_talks(talks)
    kept = tuple(checked) if isinstance(talks, (list, tuple)) else checked
    return writer(format).write(replace(document, talks=kept))


def _check_talks(talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
    """Yield the same talks; raise TypeError for anything else."""
    for annotated in talks:
        if not isinstance(annotated, AnnotatedTalk):
            raise TypeError(
                f"Document takes AnnotatedTalks, not {type(annotated).__name__}{_advise([annotated])}"
            )
        yield annotated


def _advise(talks: object) -> str:
    """Return the right call for a likely mistake."""
    if isinstance(talks, (str, bytes, Mapping)):
        return ": use Document.from_json(text)"
    if isinstance(talks, AnnotatedTalk):
        return ": use Document([talk])"
    first = talks[0] if isinstance(talks, list) else talks
    if isinstance(first, Talk):
        return ": use Document(enricher.enrich(talks))"
    return ": use AnnotatedTalk.from_dict(line)" if isinstance(first, Mapping) else ""
