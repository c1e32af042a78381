"""Comparison of an earlier output with this run: what is new, what has vanished. Pure."""
