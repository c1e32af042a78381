"""Adapters for engines that run on many machines, and the two steps that run on their workers.

The engine moves the rows; nothing here schedules, shards or retries. The three steps:

1. `map_talks`, on workers: talks to rows, and to the ids that the collection does not have;
2. `enrich lookup - -o found.sqlite`, once, rate-limited: those ids to a second collection;
3. `join_talks`, on workers: rows and the second collection to the lines that one machine would write.

`enrich guide scale` explains them. `arrow` has the Arrow types of talks, references and papers, `daft`
the adapter for Daft.
"""

from __future__ import annotations

from enrich.engines.steps import MappedTalk, join_talks, map_talks

__all__ = ["MappedTalk", "join_talks", "map_talks"]
