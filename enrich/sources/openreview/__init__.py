"""OpenReview: how its papers are written, its two APIs, and a note as a paper."""
