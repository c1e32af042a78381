"""arXiv: how its papers are written, its API, and an entry of its feed as a paper."""
