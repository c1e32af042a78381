"""The real command in this process, led to the stand-ins, with waits that take no time."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest

from enrich.cli.main import main
from enrich.enricher import Enricher
from enrich.paper import PaperId
from enrich.store.freshness import Record
from enrich.store.store import open_store
from tests.command import Ran
from tests.fakes import Fakes
from tests.http.sessions import Clock


class Here:
    """Runs one after the other, with one clock and one home folder."""

    def __init__(self, fakes: Fakes, home: Path, patch: pytest.MonkeyPatch) -> None:
        fakes.use(patch)
        for name in ("OPENREVIEW_TOKEN", "OPENREVIEW_USERNAME", "OPENREVIEW_PASSWORD"):
            patch.delenv(name, raising=False)
        self.clock = Clock()
        self._move(home)

    def _move(self, home: Path) -> None:
        self.cache, self.state = home / "cache", home / "state"

    def elsewhere(self, home: Path) -> Self:
        """The same clock in another home."""
        other = copy(self)
        other._move(home)
        return other

    def command(self, *args: str) -> Ran:
        """`enrich ARGS…`, with this home's folders."""
        folders = ("--cache-dir", str(self.cache), "--state-dir", str(self.state))
        name, *rest = args if args[0] == "lookup" else ("", *args)
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
            patch.setattr("enrich.enricher.Enricher", partial(Enricher, **self._times()))
            status = main([*([name] if name else []), *folders, *rest])
        return Ran(status, out.getvalue(), err.getvalue())

    def lookup(self, *ids: str) -> tuple[int, list[dict[str, Any]]]:
        """`enrich lookup IDS…`: its exit status and its papers; options may stand among the ids."""
        ran = self.command("lookup", *ids)
        return ran.status, json.loads(ran.out)

    @contextmanager
    def enricher(self, **options: Any) -> Iterator[Enricher]:
        """An `Enricher` over this home's folders."""
        folders = {"cache_dir": self.cache, "state_dir": self.state}
        with Enricher(**{**folders, **self._times(), **options}) as opened:
            yield opened

    def _times(self) -> dict[str, Any]:
        return {"clock": self.clock.now, "sleep": self.clock.sleep}

    def records(self, *keys: tuple[str, str | None]) -> list[Record | None]:
        """What the store holds under (id, version); all it holds must be among these."""

        def never(message: str) -> None:
            raise AssertionError(message)

        with open_store(self.cache, now=self.clock.now(), on_trouble=never) as store:
            wanted = [(PaperId(id_), version) for id_, version in keys]
            found = store.get_many(wanted)
            info = store.info()
            assert info["papers"] + info["missing"] == len(found), "nothing else is kept"
            return [found.get(key) for key in wanted]
