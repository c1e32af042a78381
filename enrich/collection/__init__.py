"""Local collections of papers: made of bulk files, opened read-only, asked before any service."""
