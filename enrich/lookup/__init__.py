"""Lookup of papers by id: collections, the store, the services, then the second sources."""
