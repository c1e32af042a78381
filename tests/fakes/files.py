"""Any host that serves files: feeds, pages, broken things."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.wire import Answer, Request


class Files:
    """The files of one host, by their paths (a query is part of the path, where one is given)."""

    def __init__(self) -> None:
        self._files: dict[str, Answer] = {}
        self._etags: dict[str, str] = {}

    def put(self, path: str, answer: Answer, etag: str | None) -> None:
        """Let a path have this answer."""
        self._files[path] = answer
        self._etags.pop(path, None)
        if etag:
            self._etags[path] = f'"{etag}"'

    def answer(self, request: Request) -> Answer:
        """Answer one request; 304 where the client holds the file's ETag."""
        path = request.target if request.target in self._files else request.path
        file = self._files.get(path)
        if file is None:
            return Answer(status=404, body=b"not here\n")
        if etag := self._etags.get(path):
            file = replace(file, headers=(*file.headers, ("ETag", etag)))
            if request.headers.get("if-none-match") == etag:
                return replace(file, status=304, media=None, body=b"")
        return file
