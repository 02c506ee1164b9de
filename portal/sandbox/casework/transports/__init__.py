"""How decisions reach the portal: the province by REST, the ministry on the wire, the power company when asked."""

from functools import cache

from django.conf import settings

from portal.sandbox.casework.transports.base import Transport


@cache
def transport() -> Transport:
    """Return the transport of this program."""
    if settings.PROGRAM == "province":
        from portal.sandbox.casework.transports.rest import RestTransport

        return RestTransport()
    if settings.PROGRAM == "power":
        from portal.sandbox.casework.transports.asked import AskedTransport

        return AskedTransport()
    from portal.sandbox.casework.transports.wire import WireTransport

    return WireTransport()
