"""The row that whoever opens somebody's dossier leaves in her log (ai đã mở hồ sơ của tôi), once a day.

Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15: what a person declared is read for a purpose, and she can see by whom. Papers
leave rows of their own (datastore.access). Lists that name a dossier leave none: only what is opened is read.
"""

from collections.abc import Iterable

from datastore import readings
from datastore.models import AccessAction, AccessLog
from dossiers.models import Dossier
from portal.accounts.models import CitizenProfile
from portal.agencies.actors import Actor, ActorKind
from portal.core.moments import start_of_today


def note(dossier: Dossier, *, actor: Actor) -> None:
    """Note that somebody else opened a dossier; its pages and answers turned over on one day are one reading."""
    owner_id = _person_of(dossier)
    if owner_id is None or (actor.user is not None and actor.user.pk == owner_id):
        return
    known = AccessLog.objects.filter(owner=owner_id, action=AccessAction.DOSSIER, read_at__gte=start_of_today())
    if known.filter(dossier_code=dossier.code or "", reader=actor.user, client=actor.client).exists():
        return
    consulted = actor.kind == ActorKind.CONSULTED
    purpose = f"Cho ý kiến về hồ sơ {dossier.code}" if consulted else f"Giải quyết hồ sơ {dossier.code}"
    readings.of_dossier(owner_id, actor=actor, purpose=purpose, dossier_code=dossier.code or "")


def note_each(dossiers: Iterable[Dossier], *, actor: Actor) -> None:
    """The same of a page that shows what was written about several; one query for what is known of today."""
    shown = {dossier.code or "": dossier for dossier in dossiers}
    known = AccessLog.objects.filter(action=AccessAction.DOSSIER, read_at__gte=start_of_today(), reader=actor.user)
    noted = set(known.filter(dossier_code__in=shown, client=actor.client).values_list("dossier_code", flat=True))
    for code, dossier in shown.items():
        if code not in noted:
            note(dossier, actor=actor)


def _person_of(dossier: Dossier) -> int | None:
    """Whose log it is: who filed, or whom an agency's own system names by a number the portal knows."""
    if (filed_by := dossier.owner_id or dossier.filer_id) or not dossier.applicant_id_index:
        return filed_by
    named = CitizenProfile.objects.filter(personal_id_index=dossier.applicant_id_index)
    return named.values_list("user_id", flat=True).first()
