"""SSRF guard that rejects a public feed if it leads into a private network.

The guard checks the peer address of each connection before anything is sent over it. A separate DNS
lookup could return another address.
"""

from __future__ import annotations

import ipaddress
import socket
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import urllib3
from requests.adapters import HTTPAdapter

from enrich.errors import FeedError
from enrich.http.watch import open_adapter

_MAX_DECODINGS = 3  # a proxy may decode a URL again
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_private(address: str) -> bool:
    """Return whether an IP address is not public.

    An address wrapped in another one is unwrapped first.

    >>> [is_private(a) for a in ("127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "93.184.216.34")]
    [True, True, True, False]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner:
            return is_private(str(inner))
    return not ip.is_global or ip.is_multicast


@dataclass(slots=True, kw_only=True)
class SsrfGuard:
    """Guard of one download, with the state of its redirects."""

    private: Callable[[str], bool]
    first_is_private: bool | None = None
    """Whether the first address was private; None before the first check."""
    watching: bool = False
    """True if connections go to the host itself, not to a proxy, and are checked."""

    def check_url(self, url: str, *, proxied: bool, guarded: bool) -> None:
        """Check a URL before a request.

        Literal addresses are checked now, resolved ones on connect.

        Raises:
            FeedError: a public feed leads to a private address.
        """
        host = normalize_host(urlsplit(url).hostname or "")
        self.watching = guarded and not proxied
        if self.watching:
            return  # `check_peer` sees the address itself
        if found := _parse_literal(host):
            self.check_peer(found, always=True)
        elif self.first_is_private is None:
            self.first_is_private = False
        elif not proxied:
            for found in _resolve_host(host):
                self.check_peer(found, always=True)

    def check_peer(self, found: str, *, always: bool = False) -> None:
        """Check the peer address of a connection.

        It is called before anything is sent. Without `always`, it checks only a `watching` guard's
        connections.

        Raises:
            FeedError: a public feed leads to a private address.
        """
        if not (always or self.watching):
            return
        private = self.private(found)
        if self.first_is_private is None:
            self.first_is_private = private
        elif private and not self.first_is_private:
            raise FeedError("the feed leads to a private address; no request was sent")


def normalize_host(host: str) -> str:
    """Normalize a host: percent-decoded, IDNA, without a final dot.

    >>> normalize_host("169%2e254%2E169.254."), normalize_host("\uff11\uff12\uff17\u30020.0.1")
    ('169.254.169.254', '127.0.0.1')
    """
    for _ in range(_MAX_DECODINGS):
        decoded = unquote(host)
        if decoded == host:
            break
        host = decoded
    host = unicodedata.normalize("NFKC", host).lower()
    for dot in "\u3002\uff0e\uff61":
        host = host.replace(dot, ".")
    return host.rstrip(".").strip("[]")


def _parse_literal(host: str) -> str | None:
    if host == "localhost" or host.endswith(".localhost"):
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:  # 127.1, 0x7f000001: old forms that clients still accept
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _resolve_host(host: str) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None)]
    except OSError:
        return []


def guarded(guard: SsrfGuard) -> HTTPAdapter:
    """Return an adapter whose connections `guard` checks.

    Each is checked before it is used.
    """

    class Plain(urllib3.connection.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            guard.check_peer(self.sock.getpeername()[0])

    class Secure(urllib3.connection.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            guard.check_peer(self.sock.getpeername()[0])

    return open_adapter(plain=Plain, secure=Secure)
