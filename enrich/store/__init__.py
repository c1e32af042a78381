"""Store of looked-up papers: one SQLite file for all runs.

`store` reads and writes records, `sqlite` opens the file, `codec` encodes papers, and `freshness` holds the
rules of expiry and replacement.
"""

from __future__ import annotations

from enrich.store.store import Store, open_store, store_folder

__all__ = ["Store", "open_store", "store_folder"]
