"""Which URLs we call on somebody else's word: only http(s), and never into our own network."""

import ipaddress
import socket
from urllib.parse import urlsplit

# networks that translate these addresses reach the IPv4 address in their last four bytes
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that is given out for everybody; what else exists of IPv6 is local, translated or of the past.
GIVEN_OUT = ipaddress.ip_network("2000::/3")
# Protocol assignments and the anycast of 6to4: Python calls parts of them global, no endpoint lives there.
NOT_FOR_ENDPOINTS = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24")))


def address_problem(url: str, *, allow_private: bool = False) -> str:
    """Why this URL is not called, as a sentence; empty if it may be. Resolves its name.

    Private, loopback, link-local, multicast and reserved ranges are refused, also when IPv6 wraps them: a
    webhook must not become a way into the operator's network.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "This is not a URL."
    if parts.scheme not in ("http", "https") or not host:
        return "The URL must begin with https:// or http:// and name a host."
    if parts.username or parts.password:
        return "The URL must not hold a user name or password."
    if allow_private:
        return ""
    try:
        found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return "The host of this URL cannot be found."
    if not all(is_public(str(address[4][0])) for address in found):
        return "The host of this URL is in a private network."
    return ""


def is_public(address: str) -> bool:
    """Whether an IP address, as text, is reachable for everybody."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ipaddress.IPv4Address(ip.packed[-4:]) if ip in NAT64 else None
        ip = ip.ipv4_mapped or ip.sixtofour or inside or ip
    if isinstance(ip, ipaddress.IPv6Address):
        return ip in GIVEN_OUT and ip.is_global
    return ip.is_global and not ip.is_multicast and not any(ip in few for few in NOT_FOR_ENDPOINTS)
