"""The parts of `-f html`: elements, entries of talks and papers, the timeline, style and script."""
