"""The outputs of one run: every format is written while the talks pass, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from enrich.cli.output import Output
from enrich.model import AnnotatedTalk, Document
from enrich.writers import Writer

if TYPE_CHECKING:
    from queue import Queue

    _Passing = Queue[AnnotatedTalk | None]
    """The next talk of a further output; None after the last."""


def write_outputs(
    outputs: Sequence[tuple[Writer, str | None]],
    talks: Iterator[AnnotatedTalk],
    make_document: Callable[[Iterable[AnnotatedTalk]], Document],
    clear: Callable[[], None],
) -> None:
    """Write the talks in each format; all outputs, or none.

    A writer pulls its talks, so several cannot share one stream: the first runs here, each further
    one in a thread of its own that gets a talk when the first does. No talk is kept for another
    writer, whatever the size of the feed.

    Args:
        outputs: Each writer, with the name of its file; None is standard output.
        talks: The talks of the run.
        make_document: What makes the document of some talks.
        clear: What removes the progress line before a piece is written.

    Raises:
        OutputError: an output cannot be written.
    """
    with ExitStack() as opened:
        # All are opened before anything is looked up, and kept only if all were written.
        files = [opened.enter_context(Output(path)) for _, path in outputs]
        further = [(writer, file) for (writer, _), file in zip(outputs[1:], files[1:], strict=True)]
        with _write_further(further, talks, make_document) as passing:
            for piece in outputs[0][0].write(make_document(passing)):
                clear()
                files[0].write(piece)
            for _ in passing:  # a writer may end before its talks do
                pass


@contextmanager
def _write_further(
    outputs: Sequence[tuple[Writer, Output]],
    talks: Iterator[AnnotatedTalk],
    make_document: Callable[[Iterable[AnnotatedTalk]], Document],
) -> Iterator[Iterator[AnnotatedTalk]]:
    """Write further outputs in threads while the talks, which it yields, pass."""
    if not outputs:
        yield talks
        return
    from concurrent.futures import ThreadPoolExecutor
    from queue import Queue

    queues: list[_Passing] = [Queue(maxsize=1) for _ in outputs]
    with ThreadPoolExecutor(len(outputs)) as pool:
        further = [
            pool.submit(_write_output, writer, file, iter(queue.get, None), make_document)
            for (writer, file), queue in zip(outputs, queues, strict=True)
        ]
        try:
            yield _hand_on(talks, queues)
        finally:
            for queue in queues:
                queue.put(None)
        for future in further:
            future.result()


def _hand_on(talks: Iterable[AnnotatedTalk], queues: Sequence[_Passing]) -> Iterator[AnnotatedTalk]:
    """Yield the talks, and hand each to the further outputs."""
    for annotated in talks:
        for queue in queues:
            queue.put(annotated)
        yield annotated


def _write_output(
    writer: Writer,
    file: Output,
    talks: Iterator[AnnotatedTalk],
    make_document: Callable[[Iterable[AnnotatedTalk]], Document],
) -> None:
    """Write a further output from the talks that it is handed."""
    try:
        for piece in writer.write(make_document(talks)):
            file.write(piece)
    finally:
        for _ in talks:  # the first writer waits until its talk is taken
            pass
