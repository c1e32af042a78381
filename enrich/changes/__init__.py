"""Comparison of an earlier output with this run: new talks, vanished talks. Pure."""
