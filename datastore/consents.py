"""Consents as records (sự đồng ý): written with what they allow, withdrawn with an effect that can be seen.

Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15: for one purpose, given knowingly, withdrawable at any time. What happened
before stays lawful: a dossier that was submitted keeps the papers it froze.
"""

from django.db import transaction
from django.utils import timezone

from datastore.models import Consent, ConsentKind, Reuse, Share
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import NotFoundError

LEGAL_BASIS = "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15"
"""Assumption: the article is not cited, since the act was not read in the original (docs/assumptions.md)."""


def for_share(share: Share) -> Consent:
    """Write the consent that a new share is."""
    return Consent.objects.create(
        owner_id=share.owner_id,
        kind=ConsentKind.SHARE,
        purpose=share.purpose,
        scope=share.document.title,
        legal_basis=LEGAL_BASIS,
        share=share,
        given_at=share.created_at,
        expires_at=share.expires_at,
    )


def for_reuse(reuse: Reuse, *, by: User) -> Consent:
    """Write the consent under which a stored paper goes into a filing: of who files with it."""
    return Consent.objects.create(
        owner=by,
        kind=ConsentKind.REUSE,
        purpose=reuse.consent_text,
        scope=reuse.document.title,
        legal_basis=LEGAL_BASIS,
        dossier_code=reuse.dossier_code,
        reuse=reuse,
        given_at=reuse.reused_at,
    )


def get(pk: int, *, actor: Actor) -> Consent:
    """Return a consent of the person herself; raises NotFoundError for anybody else."""
    found = Consent.objects.select_related("share", "reuse").filter(pk=pk, owner=actor.user).first()
    if actor.kind != ActorKind.CITIZEN or actor.user is None or found is None:
        raise NotFoundError
    return found


@transaction.atomic
def withdraw(pk: int, *, actor: Actor) -> Consent:
    """Withdraw a consent: a share closes at once, a filing keeps what was frozen. Repeating it changes nothing."""
    get(pk, actor=actor)
    consent = Consent.objects.select_for_update(of=("self",)).select_related("share").get(pk=pk)
    if consent.withdrawn_at is None:
        now = timezone.now()
        consent.withdrawn_at = now
        consent.save(update_fields=["withdrawn_at"])
        if consent.share_id is not None:
            Share.objects.filter(pk=consent.share_id, revoked_at__isnull=True).update(revoked_at=now)
    return consent
