"""What is done on a dossier at the counter: take cash, show a QR to pay by, accept what is paid (thu tiền tại quầy)."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dossiers import counter as counters
from dossiers.models import Dossier
from payments import cash
from payments import services as payments
from payments.errors import GatewayUnavailableError, NothingOwedError
from payments.gateways import registry
from portal.agencies.actors import Actor
from portal.core import qr
from portal.core.callers import client_ip
from portal.core.errors import PortalError
from portal.core.money import format_vnd
from portal.core.text import whole_number


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a press: done, or a QR to show, or words why not."""

    is_done: bool = False
    qr: SafeString | None = None
    error: str = ""
    status: int = 200


def act(request: HttpRequest, dossier: Dossier, actor: Actor) -> Outcome:
    """Do what the button says; a press that comes twice changes nothing twice."""
    deeds = {"tien-mat": _cash, "qr": _qr, "tiep-nhan": _accept}
    deed = deeds.get(request.POST.get("lam", ""))
    if deed is None:
        return Outcome(is_done=True)
    try:
        return deed(request, dossier, actor)
    except NothingOwedError as error:
        messages.info(request, str(error.message))
        return Outcome(is_done=True)
    except (GatewayUnavailableError, PortalError) as error:
        if error.status not in {409, 422, 502, 503}:
            raise
        return Outcome(error=error.words, status=error.status)


def _cash(request: HttpRequest, dossier: Dossier, actor: Actor) -> Outcome:
    with transaction.atomic():  # paid and accepted, or neither
        order = cash.take(
            dossier.code or "",
            actor=actor,
            key=request.POST.get("key", ""),
            amount_vnd=whole_number(request.POST.get("so-tien", "")) or 0,
        )
        dossier.refresh_from_db()
        counters.accept_at_once(dossier, actor=actor)
    words = _("Đã thu %(amount)s tiền mặt, biên lai %(receipt)s.")
    messages.success(request, words % {"amount": format_vnd(order.amount_vnd), "receipt": order.receipt})
    return Outcome(is_done=True)


def _qr(request: HttpRequest, dossier: Dossier, actor: Actor) -> Outcome:
    """The gateway's page as a QR: the person pays it on her own phone, and its notice settles the dossier."""
    _order, address = payments.create_order(
        dossier.code or "",
        actor=actor,
        gateway=registry.offered()[0].name,
        client_ip=client_ip(request) or "127.0.0.1",
        language=get_language() or settings.LANGUAGE_CODE,
    )
    return Outcome(qr=qr.draw(address, label=_("Mã QR để người nộp trả tiền")).svg)


def _accept(request: HttpRequest, dossier: Dossier, actor: Actor) -> Outcome:
    accepted = counters.accept_at_once(dossier, actor=actor)
    if accepted.state == "accepted":
        messages.success(request, _("Đã tiếp nhận. Hãy in giấy hẹn cho người nộp."))
    return Outcome(is_done=True)
