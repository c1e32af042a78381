"""HTTP for papers and feeds: a polite session, its adapters, the rate limiter and the caches.

`session` is the session through which papers are asked for, `adapter` its retrying adapter of one
host, `rate_limit` the pace that all processes of a machine share, `transport` one bounded request,
`cache` the files of the HTTP caches, `politeness` the limits of one service. No other room waits or
retries, and no module here knows a source. Import from the submodules; this one loads none.
"""
