"""For which component of a counter's draft a paper is digitised (thành phần đang chờ bản số hóa).

The draft and the component travel in the address. Whoever comes back another day, or certifies what somebody else
scanned, finds the paper in the person's store, where the step of the papers offers it.
"""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils.http import urlencode

from dossiers import access, acting, drafts, naming, steps
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError, NotFoundError
from procedures import eforms
from procedures.models import Component

DRAFT, COMPONENT = "ban-nhap", "thanh-phan"


@dataclass(frozen=True, slots=True)
class Target:
    """A component of a draft that this official fills in for the person before her."""

    dossier: Dossier
    component: Component
    actor: Actor
    owner: User

    @property
    def query(self) -> str:
        """What an address carries on to the next page."""
        return "?" + urlencode({DRAFT: str(self.dossier.public_id), COMPONENT: self.component.code})

    @property
    def name(self) -> str:
        """The component as the form calls it."""
        return naming.component_title(self.component)

    @property
    def papers_url(self) -> str:
        """The step of the papers, where the official came from."""
        return steps.address(self.dossier, steps.PAPERS)

    def attach(self, document_id: int) -> str:
        """Attach a certified paper; returns why it could not be, in words."""
        try:
            drafts.attach_digitised(
                self.dossier.public_id, actor=self.actor, component=self.component, document_id=document_id
            )
        except InvalidInputError as error:
            return " ".join(str(text) for texts in error.fields.values() for text in texts)
        return ""


def of(request: HttpRequest, user: User) -> Target | None:
    """What the address names, or None where it names nothing; raises NotFoundError for what is not this desk's."""
    if DRAFT not in request.GET:
        return None
    try:
        public_id = UUID(request.GET[DRAFT])
    except ValueError as error:
        raise NotFoundError(code="dossier.not_found") from error
    actor = acting.on_draft(user, public_id)
    dossier = access.get_draft(public_id, actor=actor)
    version = dossier.procedure_version
    if actor.kind != ActorKind.DESK or dossier.state != DossierState.DRAFT or version is None or dossier.owner is None:
        raise NotFoundError(code="dossier.not_found")
    wanted = {component.code: component for component, _needed in eforms.required_components(version, dossier.answers)}
    component = wanted.get(request.GET.get(COMPONENT, ""))
    if component is None or not component.document_types:
        raise NotFoundError
    return Target(dossier, component, actor, dossier.owner)
