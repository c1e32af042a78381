"""Local collections of papers: made from bulk files, opened read-only, searched before any request."""
