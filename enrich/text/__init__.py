"""Functions on text that every other folder may use: the ground floor, pure."""
