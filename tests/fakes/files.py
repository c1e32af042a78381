"""Any host that serves files: feeds, pages, broken things."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.wire import Answer, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    body: bytes
    media: str | None
    etag: str | None
    headers: tuple[tuple[str, str], ...]


class Files:
    """The files of one host, by their paths (a query is part of the path, where one is given)."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}

    def put(
        self,
        path: str,
        body: bytes,
        media: str | None,
        etag: str | None,
        headers: tuple[tuple[str, str], ...],
    ) -> None:
        """Let a path have this file."""
        self._files[path] = _File(body=body, media=media, etag=etag, headers=headers)

    def answer(self, request: Request) -> Answer:
        """Answer one request; 304 where the client holds the file's ETag."""
        file = self._files.get(request.target) or self._files.get(request.path)
        if file is None:
            return Answer(status=404, body=b"not here\n")
        headers = file.headers
        if file.etag:
            quoted = f'"{file.etag}"'
            headers = (*headers, ("ETag", quoted))
            if request.headers.get("if-none-match") == quoted:
                return Answer(status=304, media=None, headers=headers)
        return Answer(media=file.media, headers=headers, body=file.body)
