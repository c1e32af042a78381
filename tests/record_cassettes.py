"""Records the cassettes anew from the live services: `python -m tests --live --record`.

Only what a healthy service answers can be recorded; the composed refusals stay as they are.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import vcr

from enrich import Enricher, parse_id
from tests.conftest import CASSETTES

RECORDED = {
    "arxiv-two-papers.yaml": ("arxiv:2103.01338", "arxiv:2110.10090"),
    "arxiv-not-found.yaml": ("arxiv:2103.99999",),
    "openreview-note.yaml": ("openreview:FpKgG31Z_i9",),
}


def record() -> int:
    """Record each; 1 where a service could not be asked, whose cassette then stays as it was."""
    status = 0
    recorder = vcr.VCR(
        record_mode="all",
        match_on=["method", "scheme", "host", "path", "query"],
        decode_compressed_response=True,
        filter_headers=["Authorization", "Cookie", "User-Agent"],
        before_record_response=_without_cookies,
    )
    for name, ids in RECORDED.items():
        with tempfile.TemporaryDirectory() as folder:
            new = Path(folder, name)
            # The user's own state folder: a recording keeps the machine's request rate.
            with (
                recorder.use_cassette(str(new)),
                Enricher(cache_dir=folder, fallback=False) as enricher,
            ):
                found = enricher.lookup([parse_id(id_) for id_ in ids])
            if failed := [paper for paper in found.values() if paper.status == "failed"]:
                print(f"{name}: {failed[0]}", file=sys.stderr)
                status = 1
                continue
            head = f"# recorded on {datetime.now(UTC).date()} from the live services\n"
            (CASSETTES / name).write_text(head + new.read_text(encoding="utf-8"), encoding="utf-8")
    return status


def _without_cookies(response: dict[str, object]) -> dict[str, object]:
    headers = response["headers"]
    if isinstance(headers, dict):
        for name in [name for name in headers if name.lower() == "set-cookie"]:
            del headers[name]
    return response
