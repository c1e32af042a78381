"""Run benchmarks by name, or all with the table of goals: `python -m tests.bench [NAME …]`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

from tests import bench
from tests.bench._table import table

names = sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if not m.name.startswith("_"))
wanted = sys.argv[1:] or names
if unknown := [name for name in wanted if name not in names]:
    sys.exit(f"no benchmark {unknown[0]!r}; there are: {', '.join(names)}")
status = max([importlib.import_module(f"tests.bench.{name}").main() for name in wanted], default=0)
if not sys.argv[1:]:
    print(table(bench.measured))
sys.exit(status)
