"""Feeds to talks: opening, download, format detection, parsing, redaction; one dialect per producer."""
