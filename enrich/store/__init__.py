"""Store of the papers that were looked up: one SQLite file for all runs.

`store` is the store, `sqlite` its file, `codec` a paper as a record, `freshness` what may replace what.
"""

from __future__ import annotations

from enrich.store.store import Store, open_store, store_folder

__all__ = ["Store", "open_store", "store_folder"]
