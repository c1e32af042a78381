"""Tests of `enrich.changes`."""
