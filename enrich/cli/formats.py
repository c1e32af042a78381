"""Output formats on the command line: which file gets which, their options, papers without talks."""

from __future__ import annotations

import os
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

import enrich
from enrich.cli.options import WRITE, add_options, complete_files, option
from enrich.cli.plugins import GuardedWriter
from enrich.registry import may_offer

if TYPE_CHECKING:
    from enrich.model import AnnotatedTalk
    from enrich.paper import Lookup
    from enrich.writers import Writer

F = TypeVar("F", bound=Callable[..., Any])

DEVICES = ("/dev/", "/proc/self/fd/")
FOR_TALKS = frozenset({"ics", "text"})
"""Formats that mean nothing for papers without talks."""
COLLECTION = "collection"
"""Format of the command `lookup` alone: no text, so not one of the writers."""
COLLECTION_SUFFIX = ".sqlite"


def package_formats() -> tuple[str, ...]:
    """Return the names of the package's own formats, sorted; `enrich.writers` is not imported."""
    folders = [str(Path(folder, "writers")) for folder in enrich.__path__]
    return tuple(
        sorted(m.name for m in pkgutil.iter_modules(folders) if not m.name.startswith("_"))
    )


def names() -> tuple[str, ...]:
    """Return the names of all installed formats, sorted; none is imported."""
    if not may_offer("enrich.writers"):
        return package_formats()
    from enrich.writers import names as installed_formats

    return installed_formats()


class FormatChoice(click.Choice[str]):
    """A format's name; the help lists all installed ones.

    A run reads the installed distributions only for a name that the package lacks.
    """

    def __init__(self, *, for_papers: bool = False, collections: bool = False) -> None:
        self._left_out = FOR_TALKS if for_papers else frozenset()
        self._more = (COLLECTION,) if collections else ()
        super().__init__(self._offered(package_formats()))

    def _offered(self, all_names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({*all_names, *self._more} - self._left_out))

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Return the names of all formats, for the help."""
        return click.Choice(self._offered(names())).get_metavar(param, ctx)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name of a format."""
        if value in self.choices:
            return str(value)
        if value not in (offered := self._offered(names())):
            meant = format_of_suffix(f".{value}".replace("..", "."))
            if meant in offered:
                self.fail(f"{value!r} is a suffix; did you mean {meant}?", param, ctx)
        return click.Choice(offered).convert(value, param, ctx)


class TargetName(click.ParamType[str]):
    """A value of `-o`; the environment's variable holds one a line, for names may hold anything."""

    name = "file"
    envvar_list_splitter = "\n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the value as it is."""
        if not value:
            self.fail("the name is empty", param, ctx)
        return str(value)


class Target(NamedTuple):
    """Where one output goes, and in which format."""

    format: str
    path: str | None
    """As the user wrote it; None for standard output."""


def format_options(command: F, *, for_papers: bool = False, collections: bool = False) -> F:
    """Add `-f`, `-o` and the options of single formats to a command."""
    choice = FormatChoice(for_papers=for_papers, collections=collections)
    default = "json" if for_papers else "text on a terminal, otherwise json"
    options = [
        option(WRITE, "-f", "--format", "format_", envvar="ENRICH_FORMAT", type=choice, show_default=default,
               help="What is written, if no suffix of -o names it."),
        option(WRITE, "-o", "--output", "outputs", envvar=None if for_papers else "ENRICH_OUTPUT", multiple=True, type=TargetName(), metavar="[FORMAT:]FILE", shell_complete=complete_files, show_default="standard output",
               help="Where to; the format is that of the suffix. Written whole or not at all. May be given again."),
        option(WRITE, "--bibtex-type", type=click.Choice(["online", "article", "misc"]), show_default="by the format",
               help="bibtex, biblatex: type of an entry for a paper that no proceedings accepted."),
        option(WRITE, "--title", metavar="TEXT", show_default="the feed's name", help="html: heading of the page."),
        option(WRITE, "--bom", is_flag=True, help="csv: begin with a byte order mark, for spreadsheets."),
    ]  # fmt: skip
    if not for_papers:
        options += [
            option(WRITE, "--cite-talks", is_flag=True, help="bibtex, biblatex, csl, ris: write the talks as entries, too."),
            option(WRITE, "--rows", type=click.Choice(["talk", "paper", "reference"]), show_default="reference", help="csv: what a row is."),
        ]  # fmt: skip
    return add_options(command, options)


def paper_format_options(command: F) -> F:
    """Add the options of `format_options` that mean something for papers alone."""
    return format_options(command, for_papers=True)


def lookup_format_options(command: F) -> F:
    """Add the options of `paper_format_options`, with the format `collection`."""
    return format_options(command, for_papers=True, collections=True)


def choose_targets(
    format_: str | None,
    outputs: Iterable[str],
    *,
    for_papers: bool = False,
    collections: bool = False,
) -> tuple[Target, ...]:
    """Return where each output goes and in which format.

    `-f` alone decides for standard output, for devices and for names without a known suffix; beside
    a single `-o` it decides whatever the suffix.

    Raises:
        click.UsageError: no format is known for a name, or two outputs go to one place.
    """
    given = tuple(outputs)
    if not given:
        if format_ == COLLECTION:
            raise click.UsageError(f"a collection is a file: -o FILE{COLLECTION_SUFFIX}")
        return (Target(format_ or _default_format(for_papers=for_papers), None),)
    alone = len(given) == 1
    targets = tuple(
        (_choose_collection(text, format_, alone=alone) if collections else None)
        or _choose_target(text, format_, alone=alone, for_papers=for_papers)
        for text in given
    )
    places = [os.path.realpath(t.path) if t.path else None for t in targets]
    for text, place in zip(given, places, strict=True):
        if places.count(place) > 1 and place != os.devnull:
            raise click.UsageError(f"{text}: two outputs go to the same place")
    return targets


def choose_format(given: str | None, target: str | None) -> str:
    """Return the format of one output, as `choose_targets` does."""
    return choose_targets(given, (target,) if target else ())[0].format


def _choose_target(text: str, format_: str | None, *, alone: bool, for_papers: bool) -> Target:
    prefix, colon, rest = text.partition(":")
    if colon and _is_format(prefix):
        if for_papers and prefix in FOR_TALKS:
            raise click.UsageError(f"{text}: {prefix} is a format of talks, not of papers")
        if not rest:
            raise click.UsageError(f"{text}: the name of a file is missing after {prefix}:")
        return Target(prefix, None if rest == "-" else rest)
    if text == "-":
        return Target(format_ or _default_format(for_papers=for_papers), None)
    if is_device(text) or Path(text).is_dir():  # a folder is refused where it is opened
        return Target(format_ or "json", text)
    found = format_ if alone and format_ else format_of_suffix(text) or format_
    if found is None or (for_papers and found in FOR_TALKS):
        known = ", ".join(f"{s} ({name})" for s, name in _list_suffixes(for_papers=for_papers))
        raise click.UsageError(
            f"{text}: its suffix names no format; give -f, or name the format before it (csv:{text}), "
            f"or take one of the suffixes {known}"
        )
    return Target(found, text)


def split_format(text: str) -> tuple[str, str]:
    """Return the `FORMAT:` that a value of `-o` begins with, or nothing, and the rest."""
    prefix, colon, rest = text.partition(":")
    return (prefix + colon, rest) if colon and _is_format(prefix) else ("", text)


def _choose_collection(text: str, format_: str | None, *, alone: bool) -> Target | None:
    """Return the target if an output is a collection.

    Raises:
        click.UsageError: standard output or a device is to be one.
    """
    prefix, _, rest = text.partition(":")
    path = rest if prefix == COLLECTION else text
    by_option = format_ == COLLECTION and (alone or format_of_suffix(text) is None)
    by_suffix = text.lower().endswith(COLLECTION_SUFFIX) and not (alone and format_)
    if not path or not (path is rest or by_option or by_suffix):
        return None
    if path == "-" or is_device(path):
        raise click.UsageError(f"{text}: a collection is a file, no stream")
    return Target(COLLECTION, path)


def names_format(text: str) -> bool:
    """Return whether a value of `-o` names its format itself."""
    prefix, colon, _ = text.partition(":")
    return bool(colon and _is_format(prefix)) or (
        text != "-" and not is_device(text) and format_of_suffix(text) is not None
    )


def _default_format(*, for_papers: bool) -> str:
    return "text" if not for_papers and sys.stdout.isatty() else "json"


def _is_format(name: str) -> bool:
    return name in package_formats() or (name.isidentifier() and len(name) > 1 and name in names())


def is_device(path: str) -> bool:
    """Return whether a path is a pipe or device, whose name implies no format."""
    if path.startswith(DEVICES):
        return True
    try:
        return Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir()
    except (OSError, ValueError):
        return False


def format_of_suffix(path: str) -> str | None:
    """Return the format that the longest known suffix of a name means."""
    from enrich.writers import suffixes_of, writer

    name = Path(path).name.lower()
    for list_names in (package_formats, names):  # entry points are asked for unknown suffixes only
        found = [(s, each) for each in list_names() for s in suffixes_of(writer(each))]
        matching = [(len(s), each) for s, each in found if name.endswith(s)]
        if matching:
            longest = max(length for length, _ in matching)
            return next(each for length, each in matching if length == longest)
    return None


def _list_suffixes(*, for_papers: bool) -> Iterator[tuple[str, str]]:
    from enrich.writers import suffixes_of, writer

    for name in names():
        if not (for_papers and name in FOR_TALKS):
            yield from ((suffix, name) for suffix in suffixes_of(writer(name)))


def take_writers(targets: Iterable[Target], options: dict[str, Any]) -> list[tuple[Target, Writer]]:
    """Return the writer of each target, with those options of the command that it takes.

    The options of formats are removed from `options`.

    Raises:
        click.UsageError: an option is given that none of the formats takes.
    """
    from enrich.writers import configure, options_of, writer

    values = {name: options.pop(name) for name in FORMAT_OPTIONS if name in options}
    given = {name: value for name, value in values.items() if value not in {None, False}}
    chosen = [(target, writer(target.format)) for target in targets]
    taken = {name for _, each in chosen for name in options_of(each)}
    for name in given.keys() - taken:
        takers = [n for n in package_formats() if name in options_of(writer(n))]
        flag = "--" + name.replace("_", "-")
        raise click.UsageError(f"{flag} is an option of {', '.join(takers) or 'no format here'}")
    own = package_formats()
    return [
        (target, each if target.format in own else GuardedWriter(target.format, each))
        for target, each in ((target, configure(each, given)) for target, each in chosen)
    ]


FORMAT_OPTIONS = ("bibtex_type", "bom", "cite_talks", "rows", "title")
"""Options of the command that are handed to the writers that list them."""


def add_raw_references(
    talks: Iterable[AnnotatedTalk], writers: Iterable[Writer]
) -> Iterator[AnnotatedTalk]:
    """Add the references of the raw text, for a writer that needs them."""
    from enrich.writers import needs_of

    needing = [each for each in writers if "raw_references" in needs_of(each)]
    if not needing:
        yield from talks
        return
    from dataclasses import replace

    from enrich.references.extract import find_references

    get_text = needing[0].raw_text  # type: ignore[attr-defined]
    for annotated in talks:
        found = find_references(get_text(annotated.talk))
        yield replace(annotated, raw_references=tuple(found))


def write_papers(target: Target, chosen: Writer, papers: Iterable[Lookup]) -> Iterator[str]:
    """Yield papers that belong to no talk as pieces of text.

    json is the array of papers, ndjson one paper a line; the other formats get each paper alone, so
    that those that stream do so here.
    """
    from enrich.document import encode, encode_array
    from enrich.model import AnnotatedTalk, Document, Talk
    from enrich.paper import Papers, paper_object
    from enrich.writers import configure

    match target.format:
        case "json":
            yield from encode_array(map(paper_object, papers))
            yield "\n"
        case "ndjson":
            for paper in papers:
                yield encode(paper_object(paper)) + "\n"
        case "md":  # one list
            listed = Papers({paper.id: paper for paper in papers})
            talk = Talk(id="papers", title="Papers")
            yield from chosen.write(Document((AnnotatedTalk(talk=talk, papers=listed),)))
        case _:
            talks = (
                AnnotatedTalk(talk=Talk(id=str(paper.id)), papers=Papers({paper.id: paper}))
                for paper in papers
            )
            yield from configure(chosen, {"rows": "paper"}).write(Document(talks))
