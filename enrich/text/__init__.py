"""Functions on text, for use in every other folder. Pure."""
