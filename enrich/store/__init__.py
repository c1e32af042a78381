"""Papers on disk: the store of what was looked up, and local collections. All SQLite is here.

`papers` is the store, `database` its file, `rows` a paper as a row; `collection` opens a local
collection, `importing` makes one, `readers` are the formats of bulk files.
"""

from __future__ import annotations

from enrich.store.store import Store, open_store

__all__ = ["Store", "open_store"]
