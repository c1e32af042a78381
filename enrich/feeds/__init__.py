"""Feeds to talks: opening, sniffing, downloading, framing, redaction, and one dialect a producer."""
