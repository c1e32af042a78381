"""Texts to references: extraction over the grammars of the paper sources. Pure."""
