"""The page of 1,000 talks in Chromium: bytes beside the JSON, first paint, filtering, sorting."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from statistics import median

from enrich.writers import write
from enrich.writers._page.script import SCRIPT
from tests.bench import figure
from tests.page import samples

ROUNDS = 5
MAX_SCRIPT_BYTES = 4096
MOST_TIMES_THE_JSON = 3
MAX_PAINT_MS = 300
MAX_FILTER_MS = 50

_FILTER = """(() => {
const times = [];
for (const query of ["g", "goel", "goel -diffusion", "", "langlands", ""]) {
const start = performance.now();
document.querySelector("[name=q]").value = query;
document.querySelector("[name=q]").dispatchEvent(new Event("input", {bubbles: true}));
times.push(performance.now() - start);
}
return times;
})()"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def main() -> int:
    """Measure the sizes of 1, 30 and 1,000 talks, then the times of the last."""
    from playwright.sync_api import sync_playwright

    holds = [figure("script", len(SCRIPT.encode()), "bytes", most=MAX_SCRIPT_BYTES)]
    page = ""
    for name, make in (("1", samples.one), ("30", samples.thirty), ("1,000", samples.many)):
        page = "".join(write(make(), "html"))
        inside = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
        compact = len(json.dumps(inside, ensure_ascii=False, separators=(",", ":")).encode())
        figure(f"compact JSON of {name} talks", compact, "bytes")
        most = 40_000 + MOST_TIMES_THE_JSON * compact
        holds.append(figure(f"page of {name} talks", len(page.encode()), "bytes", most=most))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        browser = play.chromium.launch(executable_path=shutil.which("chromium"))
        paints, filters = [], []
        requests: list[str] = []
        for _ in range(ROUNDS):
            tab = browser.new_page()
            tab.on("request", lambda request: requests.append(request.url))
            tab.goto(file.as_uri())
            tab.wait_for_timeout(1500)
            paints.append(tab.evaluate(_PAINT))
            filters.append(median(tab.evaluate(_FILTER)))
            tab.close()
        browser.close()
    holds += [
        figure("requests but for the page", len(requests) - ROUNDS, "", most=0),
        figure("first paint, best of 5", min(paints), "ms", most=MAX_PAINT_MS),
        figure("a filter, best of 5 medians", min(filters), "ms", most=MAX_FILTER_MS),
    ]
    return 0 if all(holds) else 1
