"""Outputs of one run: all formats are written from one stream of talks; all files or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from enrich.cli.output import Output
from enrich.model import AnnotatedTalk, Document
from enrich.writers import Writer

if TYPE_CHECKING:
    from queue import Queue

    _TalkQueue = Queue[AnnotatedTalk | None]
    """Queue of the next talk for a further output; None after the last."""


def write_outputs(
    outputs: Sequence[tuple[Writer, str | None]],
    talks: Iterator[AnnotatedTalk],
    make_document: Callable[[Iterable[AnnotatedTalk]], Document],
    clear: Callable[[], None],
) -> None:
    """Write the talks in each format; all outputs, or none.

    A writer pulls its talks, so several writers cannot share one iterator. The first writer runs in
    this thread, each further one in its own thread, which gets each talk when the first does. At most
    one talk waits for each writer.

    Args:
        outputs: Each writer with the name of its file; None is standard output.
        talks: The talks of the run.
        make_document: Makes a document of talks.
        clear: Removes the progress line; called before a piece is written.

    Raises:
        OutputError: an output cannot be written.
    """
    with ExitStack() as opened:
        # All files are opened before the first lookup, and kept only if all were written.
        files = [opened.enter_context(Output(path)) for _, path in outputs]
        further = [(writer, file) for (writer, _), file in zip(outputs[1:], files[1:], strict=True)]
        with _write_further(further, talks, make_document) as copied:
            for piece in outputs[0][0].write(make_document(copied)):
                clear()
                files[0].write(piece)
            for _ in copied:  # a writer may stop before the last talk
                pass


@contextmanager
def _write_further(
    outputs: Sequence[tuple[Writer, Output]],
    talks: Iterator[AnnotatedTalk],
    make_document: Callable[[Iterable[AnnotatedTalk]], Document],
) -> Iterator[Iterator[AnnotatedTalk]]:
    """Write further outputs in threads; yield the talks for the first."""
    if not outputs:
        yield talks
        return
    from concurrent.futures import ThreadPoolExecutor
    from queue import Queue

    queues: list[_TalkQueue] = [Queue(maxsize=1) for _ in outputs]
    with ThreadPoolExecutor(len(outputs)) as pool:
        further = [
            pool.submit(_write_output, writer, file, iter(queue.get, None), make_document)
            for (writer, file), queue in zip(outputs, queues, strict=True)
        ]
        try:
            yield _copy_to_queues(talks, queues)
        finally:
            for queue in queues:
                queue.put(None)
        for future in further:
            future.result()


def _copy_to_queues(
    talks: Iterable[AnnotatedTalk], queues: Sequence[_TalkQueue]
) -> Iterator[AnnotatedTalk]:
    """Yield the talks, and put each into every queue."""
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
    """Write a further output from the talks of its queue."""
    try:
        for piece in writer.write(make_document(talks)):
            file.write(piece)
    finally:
        for _ in talks:  # empty the queue, otherwise the first writer waits
            pass
