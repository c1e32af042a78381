"""The written forms of each source's papers: one module a source, and what they share. Pure."""
