"""What an official may act as, and where (vai của cán bộ tại cơ quan)."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency, Membership, MembershipRole
from portal.agencies.scopes import within

KIND_OF_ROLE = {
    MembershipRole.DESK: ActorKind.DESK,
    MembershipRole.SPECIALIST: ActorKind.AGENCY,
    MembershipRole.LEADER: ActorKind.LEADER,
}


def current_posts(user: User) -> QuerySet[Membership]:
    """The posts an official holds today."""
    return Membership.objects.filter(user=user).valid_on(timezone.localdate()).select_related("agency")


def actors_at(user: User, agency: Agency) -> list[Actor]:
    """Everything the official may act as towards this agency: posts there and above."""
    return actors_by(user, current_posts(user).order_by("agency__path", "role"), agency)


def actors_by(user: User, posts: Iterable[Membership], agency: Agency) -> list[Actor]:
    """The same by posts read already; the nearest first: who works at the agency acts for it, not from above."""
    there = [post for post in posts if post.role in KIND_OF_ROLE and agency.is_within(post.agency)]
    return [acting_by(user, post) for post in sorted(there, key=lambda post: -len(post.agency.path))]


def acting_by(user: User, post: Membership) -> Actor:
    """Who an official is by a post that acts on dossiers, at the agency where she holds it."""
    kind = KIND_OF_ROLE[MembershipRole(post.role)]
    return Actor(kind=kind, user=user, agency=post.agency, name=official_name(user, post))


def holders(agency: Agency, role: str) -> list[User]:
    """Who holds this post at exactly this agency today."""
    posts = Membership.objects.filter(agency=agency, role=role, user__is_active=True).valid_on(timezone.localdate())
    return [post.user for post in posts.select_related("user").order_by("pk")]


def nearest_holders(agency: Agency, role: str) -> list[User]:
    """Who holds this post today at this agency, or where nobody does at the nearest one above it."""
    posts = Membership.objects.filter(agency__code__in=agency.line_codes, role=role, user__is_active=True)
    found = list(posts.valid_on(timezone.localdate()).select_related("user", "agency").order_by("pk"))
    nearest = max((len(post.agency.path) for post in found), default=0)
    return [post.user for post in found if len(post.agency.path) == nearest]


def nearest_by_role(posts: Iterable[Membership], agencies: Mapping[str, int]) -> dict[str, list[int]]:
    """For each role of these posts: of which agencies they are the `nearest_holders`; keys by path in, keys out.

    One query, and none where there is a single agency: a post there has nobody nearer.
    """
    own: dict[str, set[str]] = {}
    for post in posts:
        own.setdefault(post.role, set()).add(post.agency.path)
    if len(agencies) <= 1:
        return {role: [pk for path, pk in agencies.items() if path in paths] for role, paths in own.items()}
    tops = {path for paths in own.values() for path in paths}
    held = Membership.objects.filter(within(tops), role__in=own, user__is_active=True).valid_on(timezone.localdate())
    holding: dict[str, set[str]] = {role: set(paths) for role, paths in own.items()}
    for role, path in held.order_by().values_list("role", "agency__path").distinct():
        holding[role].add(path)
    return {
        role: [pk for path, pk in agencies.items() if _nearest(path, holding[role]) in paths]
        for role, paths in own.items()
    }


def _nearest(path: str, among: Collection[str]) -> str:
    """The longest of these paths at or above one; empty where none is."""
    while path and path not in among:
        path = path[: path.rstrip("/").rfind("/") + 1]
    return path


def holds(user: User, role: str, agency: Agency) -> bool:
    """Whether somebody does this role's work for an agency today, by a post there or above it."""
    posts = Membership.objects.filter(user=user, role=role, agency__code__in=agency.line_codes, user__is_active=True)
    return posts.valid_on(timezone.localdate()).exists()


def may_take_cash(user: User, agency: Agency) -> bool:
    """Whether a post of hers at this agency or above lets her take fees in cash."""
    return any(post.takes_cash and agency.is_within(post.agency) for post in current_posts(user))


def cashiers_for(agency: Agency) -> list[User]:
    """Who may take cash for this agency today (`may_take_cash`), by a post there or above it, by name."""
    posts = Membership.objects.filter(agency__code__in=agency.line_codes, takes_cash=True, user__is_active=True)
    people = {post.user.pk: post.user for post in posts.valid_on(timezone.localdate()).select_related("user")}
    return sorted(people.values(), key=str)


def official_name(user: User, post: Membership) -> str:
    """How the timeline names an official: name and title."""
    return f"{user.display_name or user.username}{', ' + post.title if post.title else ''}"


def first_actor(actors: Iterable[Actor], kinds: Iterable[ActorKind]) -> Actor | None:
    """The first of the official's actors whose kind is among those allowed."""
    wanted = frozenset(kinds)
    return next((actor for actor in actors if actor.kind in wanted), None)
