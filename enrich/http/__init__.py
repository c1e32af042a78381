"""All HTTP of the program: the papers' polite session, and the one for feeds.

`session` is what papers are asked through, `polite` its adapter, `gate` what all processes of a
machine share, `exchange` one request and its bounded answer, `cache` the HTTP caches' files; `feeds`
fetches feeds, `borders` says where they may lead. The only room that waits or retries.
"""

from __future__ import annotations

from enrich.http.session import Login, PoliteSession, Service, open_session, paused_until

__all__ = ["Login", "PoliteSession", "Service", "open_session", "paused_until"]
