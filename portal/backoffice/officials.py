"""Who is at work in the back office, with which posts, and what she may see (cán bộ và phạm vi)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from dossiers import access, at_hand, consultation
from dossiers.lifecycle import DossierState
from dossiers.models import Consultation, Dossier, DossierQuerySet, SearchRow
from portal.accounts.models import User
from portal.agencies import absences, processes, signing
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import KIND_OF_ROLE, actors_by, current_posts, nearest_by_role
from portal.agencies.models import Agency, Membership, MembershipRole
from portal.agencies.scopes import within
from portal.core.errors import NotFoundError

ANSWERS = frozenset({ActorKind.AGENCY, ActorKind.LEADER})
"""Who speaks for an agency that another one asks."""
SIGNER = "signer"
"""Beside the roles of posts: who signs in a head's stead (portal.agencies.signing)."""


@dataclass
class Official:
    """An official with the posts she holds today; read once per request."""

    user: User
    posts: list[Membership]
    roles: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.roles = frozenset(post.role for post in self.posts)

    @property
    def working_posts(self) -> list[Membership]:
        """Posts that act on dossiers; an administrator's does not."""
        return [post for post in self.posts if post.role in KIND_OF_ROLE]

    @property
    def works_at_a_desk(self) -> bool:
        """Whether she receives people at a one-stop desk."""
        return MembershipRole.DESK in self.roles

    @property
    def is_leader(self) -> bool:
        """Whether she decides."""
        return MembershipRole.LEADER in self.roles

    @cached_property
    def has_stages(self) -> bool:
        """Whether dossiers of her agencies may be in a stage of an internal process."""
        return processes.are_at(self.top_paths())

    @cached_property
    def signing(self) -> list[signing.Held]:
        """What she may sign in the head's stead today; read with her posts."""
        return signing.held_by(self.posts)

    @property
    def concerns(self) -> frozenset[str]:
        """Her roles, and SIGNER where somebody has her sign: which queues are her first concern."""
        return self.roles | {SIGNER} if self.signing else self.roles

    @property
    def is_operator(self) -> bool:
        """Whether she looks after background work, systems and posts of an agency, or of all."""
        return self.user.is_superuser or MembershipRole.ADMINISTRATOR in self.roles

    @property
    def administered_paths(self) -> list[str]:
        """Paths of the agencies she administers."""
        return sorted({post.agency.path for post in self.posts if post.role == MembershipRole.ADMINISTRATOR})

    @property
    def line(self) -> str:
        """Her posts in one line: role and agency."""
        if not self.posts:
            return _("Quản trị toàn hệ thống") if self.user.is_superuser else _("Chưa được phân công tại cơ quan nào")
        return " · ".join(f"{post.title or post.get_role_display()}, {post.agency.name}" for post in self.posts)

    def dossiers(self) -> DossierQuerySet:
        """Submitted dossiers of her agencies and those below them."""
        submitted = Dossier.objects.exclude(state=DossierState.DRAFT)
        if (only := self.only_agency) is not None:
            return submitted.filter(agency=only)
        # by number and not by path: the planner knows how many rows an agency has, and reads its part of an index
        return submitted.filter(agency__in=self.agency_ids)

    @cached_property
    def stands_in_for(self) -> list[User]:
        """Officials who are away today and whose work comes to her."""
        return absences.stood_in_for(self.user)

    @cached_property
    def only_agency(self) -> int | None:
        """The one agency of her scope where nothing lies below it: its rows come in the order of the desk's index."""
        return self.agency_ids[0] if len(self.agency_ids) == 1 else None

    @cached_property
    def agency_ids(self) -> list[int]:
        """The agencies where she works and those below them."""
        return list(self._agencies.values())

    @cached_property
    def _agencies(self) -> dict[str, int]:
        found = Agency.objects.filter(within(self.top_paths(), "path")).order_by("path")
        return dict(found.values_list("path", "pk"))

    @cached_property
    def nearest_by_role(self) -> dict[str, list[int]]:
        """For each role of her posts the agencies that have nobody nearer for it: what nobody has there is hers."""
        return nearest_by_role(self.working_posts, self._agencies)

    def asked(self) -> DossierQuerySet:
        """Dossiers of other agencies about which one of hers is asked now."""
        submitted = Dossier.objects.exclude(state=DossierState.DRAFT)
        return submitted.filter(access.asked_within(self.top_paths()))

    def search_rows(self) -> QuerySet[SearchRow]:
        """What the dossiers of her agencies and those below them are found by."""
        if (only := self.only_agency) is not None:
            # in the key's own type, without which the index by agency and name is none by agency
            return SearchRow.objects.filter(agency=Cast(Value(only), BigIntegerField()))
        return SearchRow.objects.filter(within(self.top_paths()))

    def asked_search_rows(self) -> QuerySet[SearchRow]:
        """What those are found by about which one of her agencies is asked now."""
        return SearchRow.objects.filter(access.asked_within(self.top_paths()))

    def actors_for(self, dossier: Dossier) -> list[Actor]:
        """Everything she may act as towards a dossier: at its agency, and at the one that is asked about it."""
        actors = self.actors_at(dossier.agency)
        if not any(actor.kind == ActorKind.LEADER for actor in actors):
            for_head = signing.actor(self.user, self.signing, dossier.agency, dossier.procedure_code)
            actors += [for_head] if for_head else []
        questions: list[Consultation] | None = at_hand.of(dossier, at_hand.CONSULTATIONS)
        if questions is None:
            questions = consultation.open_ones(dossier)
        asked = [question.agency for question in questions if question.ended_at is None]
        answering = [actor for agency in asked for actor in self.actors_at(agency) if actor.kind in ANSWERS]
        return actors + [replace(actor, kind=ActorKind.CONSULTED) for actor in answering]

    def actors_at(self, agency: Agency | None) -> list[Actor]:
        """Everything she may act as towards an agency, by the post nearest to it first."""
        return [] if agency is None else actors_by(self.user, self.posts, agency)

    def get_dossier(self, code: str) -> Dossier:
        """A dossier of her agencies, or one they are asked about; raises NotFoundError for others, existing or not."""
        paths = self.top_paths()
        dossier = (
            Dossier.objects.exclude(state=DossierState.DRAFT)
            # asked of the one row: "one of all that are hers" would be looked for among all that are hers
            .filter(within(paths) | access.asked_within(paths), code=code)
            .select_related(
                "agency",
                "procedure_version__procedure",
                "handled_by",
                "source",
                "owner",
                "filer",
                "representation",
                "assignee",
                "result_document",
            )
            .first()
        )
        if dossier is None:
            raise NotFoundError(code="dossier.not_found")
        return dossier

    def sees_several_agencies(self) -> bool:
        """Whether a list needs a column that names the agency: a post above the communes, or two places."""
        paths = self.top_paths()
        return len(paths) > 1 or any(path.count("/") < 2 for path in paths)

    @cached_property
    def province_code(self) -> str:
        """The one province that all her working posts are in; empty where there is none or there are several."""
        units = [post.agency.unit for post in self.working_posts]
        found = {(unit.parent or unit).code if unit else "" for unit in units}
        return found.pop() if len(found) == 1 else ""

    def top_paths(self) -> list[str]:
        """Paths of the agencies where she works, none below another."""
        paths = sorted({post.agency.path for post in self.working_posts})
        return [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]


def posts_of(user: User) -> list[Membership]:
    """Her posts of today, each with what she may sign for another there; one query."""
    return list(signing.with_signing(current_posts(user)).order_by("agency__path", "role"))


def official_of(request: HttpRequest) -> Official:
    """The official behind a request; read once."""
    known: Official | None = getattr(request, "_official", None)
    if known is None:
        user = request.user
        assert not isinstance(user, AnonymousUser)  # noqa: S101 - the site lets nobody else in
        known = Official(user, posts_of(user))
        request._official = known  # type: ignore[attr-defined]
    return known


def at_work(request: HttpRequest) -> Official:
    """Who works on dossiers at some agency today; raises NotFoundError for anybody else."""
    return _only(request, is_one=lambda official: bool(official.working_posts))


def at_a_desk(request: HttpRequest) -> Official:
    """Who works at a one-stop desk today; raises NotFoundError for anybody else."""
    return _only(request, is_one=lambda official: official.works_at_a_desk)


def operator(request: HttpRequest) -> Official:
    """Who looks after an agency's systems and background work, or all; raises NotFoundError for anybody else."""
    return _only(request, is_one=lambda official: official.is_operator)


def _only(request: HttpRequest, *, is_one: Callable[[Official], bool]) -> Official:
    official = official_of(request)
    if not is_one(official):
        raise NotFoundError
    return official
