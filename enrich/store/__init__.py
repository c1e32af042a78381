"""Store of looked-up papers: one SQLite file for all runs.

`store` reads and writes records, `sqlite` opens the file, `codec` encodes papers, and `freshness` holds the
rules of expiry and replacement.
"""
