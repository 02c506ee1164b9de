"""Where an outside system may lie: at a public address, or in a network that the portal's operator named (SSRF guard).

An address that somebody typed into the console must not make the portal call itself, the machine's neighbours or the
cloud's own services. A name is judged by everything it resolves to, and again at each connection, since what it
resolves to may change in between.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings

Address = IPv4Address | IPv6Address
GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that is given out to the public (RFC 4291); outside of it lie old ways to write an IPv4 address."""
NAT64 = IPv6Network("64:ff9b::/96")


def addresses_of(host: str, port: int) -> list[str]:
    """Every address a host has now, in the order to try them; raises OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_kind, place in found))


def is_allowed(address: str) -> bool:
    """Whether a numeric address may be called: it is public, or lies in a network of PARTNER_NETWORKS."""
    place = _meant(ip_address(address))
    is_routed = place.version == 4 or place in GLOBAL_UNICAST
    if is_routed and place.is_global and not place.is_multicast:
        return True
    return any(place in network for network in settings.PARTNER_NETWORKS)


def is_host_allowed(host: str, port: int = 443) -> bool:
    """Whether every address of a host may be called; a name that nobody knows now is judged when it is called."""
    if {network.version for network in settings.PARTNER_NETWORKS if network.prefixlen == 0} == {4, 6}:
        return True  # development: nothing to ask the name service for
    try:
        return all(is_allowed(address) for address in addresses_of(host, port))
    except (OSError, UnicodeError):
        return True


def _meant(place: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does: a gateway takes the call there."""
    if isinstance(place, IPv4Address):
        return place
    if place in NAT64:
        return IPv4Address(int(place) & 0xFFFFFFFF)
    teredo = place.teredo
    return place.ipv4_mapped or place.sixtofour or (teredo[1] if teredo else None) or place
