"""Revoking a result that was issued here (thu hồi kết quả giải quyết).

Which paper may be revoked, by whom and on what grounds is for the act of its field, so the leader names it; the portal
asks for it and shows it to the holder, who may complain (Luật Khiếu nại 02/2011/QH13 art. 7, 9). One step makes it
known everywhere: status page, list for checkers without a network, store, timeline, notice.
"""

from django.utils.translation import gettext_lazy as _

from datastore.models import Document, DocumentStatus
from datastore.results import service as results
from dossiers import access, papers, passage
from dossiers.models import Dossier
from dossiers.passage import HERE_AND_NOW, Occasion
from dossiers.reasons import clean_legal_basis, clean_reason
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import TransitionError

EVENT = "dossier.result_revoked"


def revocable(dossier: Dossier) -> Document | None:
    """The result of a dossier, where it was issued by this portal and still stands."""
    issued = Document.objects.filter(result_of=dossier, credential__isnull=False)
    standing = issued.filter(status=DocumentStatus.VALID).select_related("credential")
    return standing.defer("credential__content").first()


def revoke_result(
    code: str, *, actor: Actor, reason: str, legal_basis: str, occasion: Occasion = HERE_AND_NOW
) -> Dossier:
    """Revoke the result of a finished dossier; the dossier stays finished, its paper no longer counts.

    Where the agency's own system says so, it speaks for the agency that decided the dossier. Raises InvalidInputError
    without a legal basis, and TransitionError where there is no result of ours in force.
    """
    with access.locked(code, actor=actor) as dossier:
        if passage.replayed(dossier, occasion) is not None:
            return dossier
        basis = clean_legal_basis(legal_basis)
        document = revocable(dossier)
        if document is None:
            raise TransitionError(_("Hồ sơ này không có kết quả do Cổng cấp đang còn hiệu lực."))
        revoker = dossier.agency if actor.kind == ActorKind.PARTNER else actor.agency
        agency = revoker.name if revoker else ""
        event = passage.apply(
            dossier,
            "revoke_result",
            actor=actor,
            reason=clean_reason(reason),
            occasion=occasion,
            data={"legal_basis": basis, "number": document.number, "document": document.pk, "agency": agency},
        )
        results.revoke(document.pk, reason=event.reason, agency_name=agency, legal_basis=basis)
        papers.end_grants(dossier)  # what waited to be printed and collected is no paper to hand over any more
        return dossier
