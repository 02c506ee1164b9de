"""The gateways this portal offers, in the order of settings.PAYMENT_GATEWAYS."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from payments.gateways.base import Gateway
from payments.gateways.cash import Cash
from payments.gateways.npp import NationalPlatform
from payments.gateways.vnpay import Vnpay
from portal.core.errors import NotFoundError

ONLINE: dict[str, type[Gateway]] = {gateway.name: gateway for gateway in (NationalPlatform, Vnpay)}
KNOWN: dict[str, type[Gateway]] = {**ONLINE, Cash.name: Cash}


def offered() -> list[Gateway]:
    """The gateways a payer may choose; raises ImproperlyConfigured for a name nobody wrote."""
    unknown = [name for name in settings.PAYMENT_GATEWAYS if name not in ONLINE]
    if unknown:
        known = ", ".join(sorted(ONLINE))
        raise ImproperlyConfigured(f"PAYMENT_GATEWAYS names {', '.join(unknown)}; known are {known}")
    return [ONLINE[name]() for name in settings.PAYMENT_GATEWAYS]


def get(name: str) -> Gateway:
    """A gateway by name, offered now or not: an order made before it was switched off is still settled.

    Raises NotFoundError for a name nobody wrote.
    """
    try:
        return KNOWN[name]()
    except KeyError:
        raise NotFoundError(code="payment.gateway_not_found") from None
