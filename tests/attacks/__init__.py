"""Attacks that once broke something, or could: each kind as data or a short test.

`.github/SECURITY.md` names for each threat the test that holds it.
"""
