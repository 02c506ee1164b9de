"""A paper that the state has seen once is not asked for again (tái sử dụng giấy tờ): which fit, and their ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from datastore import consents, represented
from datastore.models import BY_RANK, Document, DocumentStatus, Reuse, TrustLevel
from portal.accounts.models import User
from procedures.models import Component

FITTING_LIMIT = 30
REUSE_CONSENT = "Tôi đồng ý dùng giấy tờ này trong kho dữ liệu của tôi cho hồ sơ %(code)s"
"""What a person agrees to when she takes a paper from her store; kept with each reuse, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A stored document offered for a component, or why it cannot be."""

    document: Document
    fits: bool
    reason: str


def fitting_documents(
    user: User,
    component: Component,
    *,
    on: date,
    own_only: bool = False,
    stores: Sequence[User] | None = None,
    reader: User | None = None,
) -> list[Fit]:
    """Documents of the right types in a person's store, fitting ones first (most trusted, then newest)."""
    found = fitting_by_component(user, [component], on=on, own_only=own_only, stores=stores, reader=reader)
    return found[component.code]


def fitting_by_component(
    user: User,
    components: Sequence[Component],
    *,
    on: date,
    own_only: bool = False,
    stores: Sequence[User] | None = None,
    reader: User | None = None,
) -> dict[str, list[Fit]]:
    """The same for several components at once, by their codes; the queries do not grow with their number.

    `own_only` leaves out the stores of organisations she acts for. With `stores` it is those of these people instead:
    of a child and the parent who files for her. `reader` is that parent: what of the person's is not hers to read is
    left out.
    """
    wanted = {code for component in components for code in component.document_types}
    usable = Document.objects.usable_by(user, on=on)
    if stores is not None:
        usable = Document.objects.exclude(status=DocumentStatus.DELETED).filter(owner__in=stores, is_listed=True)
        own_only = True
    if wanted and reader is not None:
        usable = represented.open_to(usable, reader, principal_id=user.pk)
    found = (
        (usable.filter(organisation=None) if own_only else usable)
        .filter(type__code__in=wanted)
        .select_related("type", "organisation")
        .prefetch_related("files__blob")
        .order_by(BY_RANK, "-created_at", "-id")[: FITTING_LIMIT * max(len(wanted), 1)]
        if wanted
        else []
    )
    return {component.code: _fits(found, component, on)[:FITTING_LIMIT] for component in components}


def _fits(found: Iterable[Document], component: Component, on: date) -> list[Fit]:
    """The documents of this component's types, those that stand in for it first."""
    fits = [
        Fit(document, not reason, reason)
        for document in found
        if document.type.code in component.document_types
        for reason in [why_unfit(document, on, component.least_trust)]
    ]
    return sorted(fits, key=lambda fit: not fit.fits)


def why_unfit(document: Document, on: date, least_trust: str = "") -> str:
    """Why a paper cannot stand in for a component on a day, in words, or nothing."""
    if document.status == DocumentStatus.REPLACED:
        return _("Đã có bản mới thay thế")
    if document.status == DocumentStatus.REVOKED:
        return _("Đã bị thu hồi")
    if document.is_expired(on):
        return _("Hết hiệu lực từ %(day)s") % {"day": f"{document.valid_until:%d/%m/%Y}"}
    if not document.files.all():
        return _("Không có tệp")
    if least_trust and document.trust_level.rank > TrustLevel(least_trust).rank:
        needed = {"needed": TrustLevel(least_trust).label, "level": document.trust_words}
        return _("Cần mức tin cậy “%(needed)s” trở lên; giấy này là “%(level)s”") % needed
    return ""


@transaction.atomic
def record_reuse(
    document: Document,
    dossier_code: str,
    component_code: str,
    digests: Sequence[str],
    *,
    by: User | None = None,
) -> Reuse:
    """Note in the ledger that a stored paper stood in for a new upload, and its consent; repeating is idle.

    `by` is who files with it: of an organisation's paper, another member than the one who brought it.
    """
    reuse, is_new = Reuse.objects.get_or_create(
        document=document,
        dossier_code=dossier_code,
        component_code=component_code,
        defaults={"content_sha256": list(digests), "consent_text": REUSE_CONSENT % {"code": dossier_code}},
    )
    if is_new:
        consents.for_reuse(reuse, by=by or document.owner)
    return reuse
