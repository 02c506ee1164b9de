"""Connections to partners' systems, each to an address that was checked at that moment.

The check and the connection take the same answer of the name service: a name that resolves to something harmless when
it is checked and to a neighbour of ours when it is called (DNS rebinding) gains nothing.
"""

import ssl
from collections.abc import Iterable

import httpcore
import httpx
from django.utils.translation import gettext_lazy as _

from portal.core import outside_hosts
from portal.core.errors import UpstreamError


class HostNotAllowedError(UpstreamError):
    """A partner's address leads to this machine, its neighbours or a network that nobody named for partners."""

    code = "upstream.host_not_allowed"
    message = _(
        "Địa chỉ của hệ thống dẫn vào mạng nội bộ mà Cổng không gọi. Hãy dùng địa chỉ công khai, "
        "hoặc nhờ đơn vị vận hành Cổng khai mạng đó ở PARTNER_NETWORKS."
    )


class CheckedBackend(httpcore.SyncBackend):
    """Opens a connection to a host only where every address of it may be called."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, check, and connect to the first checked address that answers."""
        try:
            addresses = outside_hosts.addresses_of(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        if not all(outside_hosts.is_allowed(address) for address in addresses):
            raise HostNotAllowedError
        for address in addresses[:-1]:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # as with any name that has several addresses
        return super().connect_tcp(addresses[-1], port, timeout, local_address, socket_options)


class CheckedTransport(httpx.HTTPTransport):
    """httpx's own transport over such connections; names stay names, so certificates and the pool go by them."""

    def __init__(self, *, verify: ssl.SSLContext, limits: httpx.Limits) -> None:
        super().__init__(verify=verify, limits=limits, trust_env=False)
        # httpx offers no argument for it; tests/exchange/test_private_addresses.py fails should this stop to count
        self._pool = httpcore.ConnectionPool(
            ssl_context=verify,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=CheckedBackend(),
        )
