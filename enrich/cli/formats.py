"""Output formats on the command line: the format of each output, options, papers without talks."""

from __future__ import annotations

import os
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

import enrich
from enrich.cli.options import WRITE, add_options, complete_files, option
from enrich.cli.plugins import GuardedWriter
from enrich.registry import may_offer

if TYPE_CHECKING:
    from enrich.cli.output import Output
    from enrich.model import AnnotatedTalk
    from enrich.paper import Lookup
    from enrich.writers import Writer

F = TypeVar("F", bound=Callable[..., Any])

DEVICES = ("/dev/", "/proc/self/fd/")
FOR_TALKS = frozenset({"ics", "text"})
"""Formats that need talks, so papers alone cannot be written in them."""
COLLECTION = "collection"
"""Format of `enrich lookup` only; a database, so not one of the writers."""
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
    """Name of a format; the help lists all installed ones.

    A run searches the installed distributions only for a name that is not the package's own.
    """

    def __init__(self, *, for_papers: bool = False, collections: bool = False) -> None:
        self._excluded = FOR_TALKS if for_papers else frozenset()
        self._added = (COLLECTION,) if collections else ()
        super().__init__(self._list_choices(package_formats()))

    def _list_choices(self, all_names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({*all_names, *self._added} - self._excluded))

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Return the names of all formats, for the help."""
        return click.Choice(self._list_choices(names())).get_metavar(param, ctx)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name of a format."""
        if value in self.choices:
            return str(value)
        if value in self._excluded:
            self.fail(f"{value} is a format of talks, not of papers", param, ctx)
        if value not in (offered := self._list_choices(names())):
            meant = format_of_suffix(f".{value}".replace("..", "."))
            if meant in offered:
                self.fail(f"{value!r} is a suffix; did you mean {meant}?", param, ctx)
        return click.Choice(offered).convert(value, param, ctx)


class TargetName(click.ParamType[str]):
    """Value of `-o`; ENRICH_OUTPUT has one per line, because names may have any other character."""

    name = "file"
    envvar_list_splitter = "\n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the value unchanged."""
        if not value:
            self.fail("the name is empty", param, ctx)
        return str(value)


class ColumnNames(click.ParamType[tuple[str, ...]]):
    """Value of `--columns`: comma-separated names; ENRICH_COLUMNS has one value per line."""

    name = "columns"
    envvar_list_splitter = "\n"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split the names."""
        if isinstance(value, tuple):
            return value
        names = tuple(name.strip() for name in value.split(","))
        if not all(names):
            self.fail(f"{value!r} is not a list of names such as title,url", param, ctx)
        return names


class Target(NamedTuple):
    """Format and path of one output."""

    format: str
    path: str | None
    """The path as typed; None for standard output."""


def format_options(
    command: F,
    *,
    for_papers: bool = False,
    collections: bool = False,
    default: str = "text on a terminal, otherwise json",
) -> F:
    """Add `-f`, `-o` and the options of single formats to a command.

    `default` is the text in the help for the format that is written without `-f`.
    """
    choice = FormatChoice(for_papers=for_papers, collections=collections)
    example = "title,authors,url" if for_papers else "paper_title,paper_url,talk_speaker"
    options = [
        option(WRITE, "-f", "--format", "format_", envvar="ENRICH_FORMAT", type=choice, show_default=default,
               help="Output format, if no suffix of -o names it."),
        option(WRITE, "-o", "--output", "outputs", envvar=None if for_papers else "ENRICH_OUTPUT", multiple=True, type=TargetName(), metavar="[FORMAT:]FILE", shell_complete=complete_files, show_default="standard output",
               help="Output file; its suffix names the format. Written whole or not at all. May be given again."),
        option(WRITE, "--bibtex-type", type=click.Choice(["online", "article", "misc"]), show_default="by the format",
               help="bibtex, biblatex: type of an entry for a paper that no proceedings accepted."),
        option(WRITE, "--title", metavar="TEXT", show_default="Reading list" if for_papers else "the feed's name", help="html: heading of the page."),
    ]  # fmt: skip
    if not for_papers:
        options += [
            option(WRITE, "--cite-talks", is_flag=True, help="bibtex, biblatex, csl, ris: also write the talks as entries."),
            option(WRITE, "--rows", multiple=True, type=click.Choice(["talk", "paper", "reference"]), show_default="reference",
                   help="csv: one row for each of these. For several csv outputs, give it once, or once for each in their order."),
        ]  # fmt: skip
    options += [
        option(WRITE, "--columns", multiple=True, type=ColumnNames(), metavar="NAME,…", show_default="all",
               help=f"csv: only these columns, in this order, e.g. {example}. For several csv outputs, like --rows."),
        option(WRITE, "--bom", is_flag=True, help="csv: begin with a byte order mark, for spreadsheets."),
    ]  # fmt: skip
    return add_options(command, options)


def paper_format_options(command: F) -> F:
    """Add the options of `format_options` that apply to papers alone."""
    return format_options(command, for_papers=True, default="ndjson")


def lookup_format_options(command: F) -> F:
    """Add the options of `paper_format_options`, with the format `collection`."""
    return format_options(command, for_papers=True, collections=True, default="json")


def choose_targets(
    format_: str | None,
    outputs: Iterable[str],
    *,
    for_papers: bool = False,
    collections: bool = False,
) -> tuple[Target, ...]:
    """Return the format and path of each output.

    `-f` is the format of standard output, devices and names without a known suffix. With a single
    `-o` it overrides the suffix.

    Raises:
        click.UsageError: a name has no known format, or two outputs have the same target.
    """
    given = tuple(outputs)
    if not given:
        if format_ == COLLECTION:
            raise click.UsageError(f"a collection is a file: -o FILE{COLLECTION_SUFFIX}")
        return (Target(format_ or _default_format(for_papers=for_papers), None),)
    is_only = len(given) == 1
    targets = tuple(
        (_choose_collection(text, format_, is_only=is_only) if collections else None)
        or _choose_target(text, format_, is_only=is_only, for_papers=for_papers)
        for text in given
    )
    places = [os.path.realpath(t.path) if t.path else None for t in targets]
    for text, place in zip(given, places, strict=True):
        if places.count(place) > 1 and place != os.devnull:
            raise click.UsageError(f"{text}: two outputs have the same target")
    return targets


def choose_format(given: str | None, target: str | None) -> str:
    """Return the format of one output, as `choose_targets` does."""
    return choose_targets(given, (target,) if target else ())[0].format


def _choose_target(text: str, format_: str | None, *, is_only: bool, for_papers: bool) -> Target:
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
    if meant := suggest_prefix(text):
        raise click.UsageError(
            f"{text}: {prefix} is not a format; did you mean {meant}:{rest}? For a file of this name "
            f"write ./{text}"
        )
    found = format_ if is_only and format_ else format_of_suffix(text) or format_
    if for_papers and found in FOR_TALKS:
        raise click.UsageError(f"{text}: {found} is a format of talks, not of papers")
    if found is None:
        known = ", ".join(f"{s} ({name})" for s, name in _list_suffixes(for_papers=for_papers))
        raise click.UsageError(
            f"{text}: its suffix names no format; give -f, or write the format first (csv:{text}), "
            f"or use one of the suffixes {known}"
        )
    return Target(found, text)


def split_format(text: str) -> tuple[str, str]:
    """Split a value of `-o` into `FORMAT:`, which may be empty, and path."""
    prefix, colon, rest = text.partition(":")
    return (prefix + colon, rest) if colon and _is_format(prefix) else ("", text)


def suggest_prefix(text: str) -> str | None:
    """Return the format that a wrong prefix of `-o` may mean, if no file has that name.

    >>> suggest_prefix("bib:refs.bib"), suggest_prefix("latex:refs.bib"), suggest_prefix("12:30.json")
    ('bibtex', 'biblatex', None)
    """
    from enrich.cli.suggestions import find_close

    prefix, colon, rest = text.partition(":")
    if not (colon and rest and prefix.isidentifier() and len(prefix) > 1) or Path(text).exists():
        return None
    return format_of_suffix(f".{prefix}") or find_close(prefix, names())


def _choose_collection(text: str, format_: str | None, *, is_only: bool) -> Target | None:
    """Return the target if an output is a collection.

    Raises:
        click.UsageError: the collection would be standard output or a device.
    """
    prefix, _, rest = text.partition(":")
    path = rest if prefix == COLLECTION else text
    is_by_option = format_ == COLLECTION and (is_only or format_of_suffix(text) is None)
    is_by_suffix = text.lower().endswith(COLLECTION_SUFFIX) and not (is_only and format_)
    if not path or not (path is rest or is_by_option or is_by_suffix):
        return None
    if path == "-" or is_device(path):
        raise click.UsageError(f"{text}: a collection is a file, not a stream")
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
    """Return the format of a name's longest known suffix."""
    from enrich.writers import suffixes_of, writer

    name = Path(path).name.lower()
    for list_names in (package_formats, names):  # entry points are read only for unknown suffixes
        found = [(s, format_) for format_ in list_names() for s in suffixes_of(writer(format_))]
        matching = [(len(s), format_) for s, format_ in found if name.endswith(s)]
        if matching:
            longest = max(length for length, _ in matching)
            return next(format_ for length, format_ in matching if length == longest)
    return None


def _list_suffixes(*, for_papers: bool) -> Iterator[tuple[str, str]]:
    from enrich.writers import suffixes_of, writer

    for name in names():
        if not (for_papers and name in FOR_TALKS):
            yield from ((suffix, name) for suffix in suffixes_of(writer(name)))


def take_writers(
    targets: Iterable[Target], options: dict[str, Any], *, for_papers: bool = False
) -> list[tuple[Target, Writer]]:
    """Return each target with its configured writer.

    The options of formats are removed from `options`.

    Raises:
        click.UsageError: a given option applies to none of the formats, or has a wrong value.
    """
    from enrich.writers import configure, options_of, writer

    values = {name: options.pop(name) for name in FORMAT_OPTIONS if name in options}
    given = {name: value for name, value in values.items() if value not in {None, False, ()}}
    chosen = [(target, writer(target.format)) for target in targets]
    settings: list[dict[str, Any]] = [{"rows": "paper"} if for_papers else {} for _ in chosen]
    for name, value in given.items():
        takers = [place for place, (_, taker) in enumerate(chosen) if name in options_of(taker)]
        if not takers:
            raise click.UsageError(f"{_flag(name)} is an option of {_list_takers(name)}")
        for place, one in zip(takers, _spread_values(name, value, takers), strict=True):
            settings[place][name] = one
    own = package_formats()
    outputs = []
    for (target, plain_writer), values in zip(chosen, settings, strict=True):
        try:
            configured = configure(plain_writer, values)
        except ValueError as error:
            raise click.UsageError(f"--columns: {error}") from None
        if target.format not in own:
            configured = GuardedWriter(target.format, configured)
        outputs.append((target, configured))
    return outputs


FORMAT_OPTIONS = ("bibtex_type", "bom", "cite_talks", "columns", "rows", "title")
"""Options that are passed to the writers that list them."""
_PER_OUTPUT = frozenset({"columns", "rows"})
"""Options that may be given once per output."""


def list_format_arguments(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield the options of formats as arguments of a command."""
    for name in FORMAT_OPTIONS:
        value = options[name]
        for one in value if name in _PER_OUTPUT else (value,):
            if one:
                yield _flag(name)
            if one and one is not True:
                yield ",".join(one) if isinstance(one, tuple) else one


def _spread_values(name: str, value: Any, takers: Sequence[int]) -> Sequence[Any]:
    """Return one value of an option per output that takes it.

    Raises:
        click.UsageError: the number of values is neither 1 nor that of the outputs.
    """
    values = value if name in _PER_OUTPUT else (value,)
    if len(values) not in {1, len(takers)}:
        outputs = f"{len(takers)} outputs" if len(takers) > 1 else "1 output"
        raise click.UsageError(
            f"{_flag(name)} is given {len(values)} times for {outputs} in {_list_takers(name)}; "
            "give it once, or once for each output"
        )
    return values if len(values) == len(takers) else values * len(takers)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _list_takers(name: str) -> str:
    """Return the names of the package's formats that take an option."""
    from enrich.writers import options_of, writer

    takers = [taker for taker in package_formats() if name in options_of(writer(taker))]
    return ", ".join(takers) or "no format here"


def add_raw_references(
    talks: Iterable[AnnotatedTalk], writers: Iterable[Writer]
) -> Iterator[AnnotatedTalk]:
    """Add the references of the raw text, for a writer that needs them."""
    from enrich.writers import needs_of

    needing = [writer for writer in writers if "raw_references" in needs_of(writer)]
    if not needing:
        yield from talks
        return
    from dataclasses import replace

    from enrich.references.extract import find_references

    get_text = needing[0].raw_text  # type: ignore[attr-defined]
    for annotated in talks:
        found = find_references(get_text(annotated.talk))
        yield replace(annotated, raw_references=tuple(found))


def write_papers_to(
    outputs: Iterable[tuple[Target, Writer]],
    files: Iterable[Output],
    list_papers: Callable[[], Iterable[Lookup]],
) -> None:
    """Write the papers, listed anew for each output, to its file."""
    for (target, chosen), file in zip(outputs, files, strict=True):
        for piece in write_papers(target, chosen, list_papers()):
            file.write(piece)


def write_papers(target: Target, chosen: Writer, papers: Iterable[Lookup]) -> Iterator[str]:
    """Yield papers without talks as pieces of text.

    json is an array of papers, ndjson one paper per line, md one list. Other formats get a talk for each
    paper, so that streaming formats stream.
    """
    from enrich.document import encode, encode_array
    from enrich.model import AnnotatedTalk, Document, Talk
    from enrich.paper import Papers, paper_object

    match target.format:
        case "json":
            yield from encode_array(map(paper_object, papers))
            yield "\n"
        case "ndjson":
            for paper in papers:
                yield encode(paper_object(paper)) + "\n"
        case "md":
            from enrich.writers.md import list_papers

            yield from list_papers(papers)
        case _:
            talks = (
                AnnotatedTalk(talk=Talk(id=str(paper.id)), papers=Papers({paper.id: paper}))
                for paper in papers
            )
            yield from chosen.write(Document(talks))
