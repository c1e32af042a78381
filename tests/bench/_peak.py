"""Memory of a whole run. The figure is the process's own: `wait4` would count its parent's, too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def measure_peak(path: Path, folder: Path) -> float:
    """Return the most MB that `enrich -f ndjson --offline` takes, in a process of its own."""
    code = (
        "import sys\nfrom enrich.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "status = open('/proc/self/status').read()\n"
        "print(status.split('VmHWM:')[1].split()[0], file=sys.stderr)"
    )
    options = [
        "-q",
        "-f",
        "ndjson",
        "--offline",
        "--cache-dir",
        str(folder),
        "--state-dir",
        str(folder),
    ]
    done = subprocess.run(
        [sys.executable, "-c", code, *options, str(path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    return int(done.stderr.split()[-1]) / 1024
