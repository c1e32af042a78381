"""HTTP for papers and feeds: a polite session, its adapters, the rate limiter and the caches.

`session` requests papers, `adapter` retries requests to one host, `rate_limit` spaces the requests of
all processes of a machine, `transport` sends one bounded request, `cache` opens the HTTP caches, and
`politeness` holds the limits of one service. No other folder waits or retries, and no module here
imports a source. Import from the submodules; this one loads none.
"""
