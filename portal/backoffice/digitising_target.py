"""For which component a paper is digitised at the counter (thành phần chờ bản số hóa): of a draft, of a supplement.

Dossier and component travel in the address. Whoever comes back another day, or certifies what somebody else scanned,
finds the paper in the person's store, where the step of the papers, or the answer to the request, offers it.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from dossiers import acting, attaching, draft_access, naming, steps, supplement_senders
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.backoffice.officials import Official
from portal.core.errors import InvalidInputError, NotFoundError
from procedures import eforms
from procedures.models import Component

DRAFT, DOSSIER, COMPONENT = "ban-nhap", "ho-so", "thanh-phan"
PAPER = "giay"
"""In the address of the answer: the paper that was just digitised, ticked for it."""


@dataclass(frozen=True, slots=True)
class Target(ABC):
    """A component that waits for a paper of the person before the official."""

    dossier: Dossier
    component: Component
    actor: Actor
    owner: User

    @property
    def name(self) -> str:
        """The component as the form calls it."""
        return naming.component_title(self.component)

    @property
    @abstractmethod
    def query(self) -> str:
        """What an address carries on to the next page."""

    @property
    @abstractmethod
    def papers_url(self) -> str:
        """Where the official came from."""

    @property
    @abstractmethod
    def then(self) -> str | Promise:
        """What becomes of the paper once it is certified, in one sentence."""

    @abstractmethod
    def take(self, document_id: int) -> tuple[str, str]:
        """Take a certified paper; the address to go on at, and why it could not be taken, in words."""


@dataclass(frozen=True, slots=True)
class OfDraft(Target):
    """A component of a draft that this official fills in."""

    @property
    def query(self) -> str:
        """The draft by its form address."""
        return "?" + urlencode({DRAFT: str(self.dossier.public_id), COMPONENT: self.component.code})

    @property
    def papers_url(self) -> str:
        """The step of the papers."""
        return steps.address(self.dossier, steps.PAPERS)

    @property
    def then(self) -> str | Promise:
        """It is attached at once."""
        return _("Ký xác nhận xong, giấy tờ vào thẳng hồ sơ.")

    def take(self, document_id: int) -> tuple[str, str]:
        """Attach it to the draft."""
        try:
            attaching.attach_digitised(
                self.dossier.public_id, actor=self.actor, component=self.component, document_id=document_id
            )
        except InvalidInputError as error:
            return self.papers_url, error.words
        return self.papers_url, ""


@dataclass(frozen=True, slots=True)
class OfSupplement(Target):
    """A component that is asked for of a dossier, answered at the counter."""

    @property
    def query(self) -> str:
        """The dossier by its code."""
        return "?" + urlencode({DOSSIER: self.dossier.code or "", COMPONENT: self.component.code})

    @property
    def papers_url(self) -> str:
        """The answer to the request."""
        return reverse("admin:counter_supplement", args=[self.dossier.code])

    @property
    def then(self) -> str | Promise:
        """It is sent with the whole answer."""
        return _("Ký xác nhận xong, giấy tờ được đánh dấu sẵn trong phần bổ sung.")

    def take(self, document_id: int) -> tuple[str, str]:
        """Tick it on the answer, which the official then sends."""
        return f"{self.papers_url}?{urlencode({PAPER: document_id})}", ""


def of(request: HttpRequest, official: Official) -> Target | None:
    """What the address names, or None where it names nothing; raises NotFoundError for what is not this desk's."""
    code = request.GET.get(COMPONENT, "")
    if DOSSIER in request.GET:
        return _of_supplement(official, request.GET[DOSSIER], code)
    if DRAFT not in request.GET:
        return None
    try:
        public_id = UUID(request.GET[DRAFT])
    except ValueError as error:
        raise NotFoundError(code="dossier.not_found") from error
    actor = acting.on_draft(official.user, public_id)
    dossier = draft_access.get_draft(public_id, actor=actor)
    version = dossier.procedure_version
    if actor.kind != ActorKind.DESK or dossier.state != DossierState.DRAFT or version is None or dossier.owner is None:
        raise NotFoundError(code="dossier.not_found")
    wanted = {component.code: component for component, _needed in eforms.required_components(version, dossier.answers)}
    return OfDraft(dossier, _component(wanted.get(code)), actor, dossier.owner)


def _of_supplement(official: Official, dossier_code: str, code: str) -> Target:
    dossier = official.get_dossier(dossier_code)
    awaited = supplement_senders.at_counter(dossier, official.actors_at(dossier.agency))
    if awaited is None or dossier.rules is None:
        raise NotFoundError(code="dossier.not_found")
    is_asked = any(item["component_code"] == code for item in awaited.asked.items)
    component = _component(dossier.rules.components.filter(code=code).first() if is_asked else None)
    return OfSupplement(dossier, component, awaited.sender.actor, awaited.sender.owner)


def _component(found: Component | None) -> Component:
    if found is None or not found.document_types:
        raise NotFoundError
    return found
