"""How decisions reach the portal: the province speaks REST, the ministry the DVCQG wire format."""

from functools import cache

from django.conf import settings

from portal.sandbox.casework.transports.base import Transport


@cache
def transport() -> Transport:
    """Return the transport of this program."""
    if settings.PROGRAM == "province":
        from portal.sandbox.casework.transports.rest import RestTransport

        return RestTransport()
    from portal.sandbox.casework.transports.wire import WireTransport

    return WireTransport()
