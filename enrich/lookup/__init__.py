"""Ids to papers: collections, the store, the services, then the second sources."""
