"""Networks named in the environment, such as 10.20.0.0/16; one that is none stops the start and is named."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ImproperlyConfigured

Network = IPv4Network | IPv6Network

EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
NEVER_A_PARTNER = tuple(
    ip_network(text) for text in ("127.0.0.0/8", "0.0.0.0/8", "169.254.0.0/16", "::/127", "fe80::/10")
)
"""This machine, and what answers on the link alone: clouds give out their machines' keys there."""


def networks(name: str, texts: Iterable[str]) -> list[Network]:
    """The networks that the variable `name` lists; raises ImproperlyConfigured naming the one that cannot be read."""
    found: list[Network] = []
    for text in filter(None, (text.strip() for text in texts)):
        try:
            found.append(ip_network(text))
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} holds {text!r}, which is no network; write it as 10.20.0.0/16"
            ) from None
    return found


def reach_this_machine(found: Iterable[Network]) -> list[Network]:
    """Those of the networks that contain, or lie in, what is never a partner's."""
    return [
        network
        for network in found
        if any(network.version == never.version and network.overlaps(never) for never in NEVER_A_PARTNER)
    ]
