"""Who is away and who stands in (vắng mặt): written by the official herself or by a leader above her."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.agencies.memberships import current_posts
from portal.agencies.models import Absence, Agency, Membership, MembershipRole
from portal.agencies.scopes import within
from portal.core.errors import InvalidInputError, NotFoundError, Text
from portal.core.moments import vn_date
from portal.core.text import clean_line

LONGEST = timedelta(days=366)


def running(day: date | None = None) -> "QuerySet[Absence]":
    """Absences on a day."""
    return Absence.objects.valid_on(day or timezone.localdate()).filter(ended_at__isnull=True)


def stood_in_for(user: User) -> list[User]:
    """Whose work comes to this official today, by name."""
    rows = running().filter(substitute=user).select_related("official")
    return sorted({row.official.pk: row.official for row in rows}.values(), key=str)


def present(people: Iterable[User], agency: Agency | None) -> list[User]:
    """These people, and who stands in for those of them who are away today, in a matter of this agency; two queries.

    The one who is away stays in the list: what she finds on her return says what happened meanwhile. Who stands in
    hears of what her own posts open to her, and of nothing that only the absent one may see.
    """
    found = {person.pk: person for person in people}
    rows = running().filter(official__in=list(found), substitute__is_active=True).select_related("substitute")
    standing_in = {row.substitute.pk: row.substitute for row in rows.order_by("pk")}
    if not standing_in or agency is None:
        return list(found.values())
    posts = Membership.objects.filter(user__in=list(standing_in)).exclude(role=MembershipRole.ADMINISTRATOR)
    here = {
        post.user_id
        for post in posts.valid_on(timezone.localdate()).select_related("agency")
        if agency.is_within(post.agency)
    }
    for pk, substitute in standing_in.items():
        if pk in here:
            found.setdefault(pk, substitute)
    return list(found.values())


def named(posts: "QuerySet[Membership]") -> list[tuple[int, str]]:
    """Who holds these posts, by name, to choose from; who is away says until when and who stands in. One query."""
    away = running().filter(official=OuterRef("user")).order_by("-valid_to", "pk")
    name = Coalesce(NullIf("substitute__display_name", Value("")), "substitute__username")
    told = posts.annotate(
        away_until=Subquery(away.values("valid_to")[:1]),
        substitute_name=Subquery(away.annotate(name=name).values("name")[:1]),
    )
    people = {post.user_id: post for post in told}
    return [(pk, _named(post)) for pk, post in sorted(people.items(), key=lambda item: str(item[1].user))]


def _named(post: Any) -> str:
    if post.away_until is None:
        return str(post.user)
    told = {"person": post.user, "until": vn_date(post.away_until), "substitute": post.substitute_name}
    return _("%(person)s – vắng đến %(until)s, %(substitute)s làm thay") % told


def may_stand_in(official: User) -> list[User]:
    """Who may stand in: officials with the same role at the same agency today, by name."""
    places = Q(pk__in=[])
    for post in current_posts(official).exclude(role=MembershipRole.ADMINISTRATOR):
        places |= Q(agency=post.agency_id, role=post.role)
    posts = Membership.objects.filter(places, user__is_active=True).exclude(user=official)
    people = {post.user.pk: post.user for post in posts.valid_on(timezone.localdate()).select_related("user")}
    return sorted(people.values(), key=str)


def led_by(leader: User) -> "QuerySet[Membership]":
    """Working posts at and below the agencies that this person leads today."""
    paths = [post.agency.path for post in current_posts(leader).filter(role=MembershipRole.LEADER)]
    posts = Membership.objects.filter(within(paths), user__is_active=True).exclude(role=MembershipRole.ADMINISTRATOR)
    return posts.valid_on(timezone.localdate()).select_related("user", "agency")


def visible_to(user: User) -> "QuerySet[Absence]":
    """Her own absences, those she stands in for, and those of officials she leads."""
    hers = Q(official=user) | Q(substitute=user) | Q(official__in=led_by(user).values("user"))
    return (
        Absence.objects.filter(hers).select_related("official", "substitute", "written_by").order_by("-valid_to", "-pk")
    )


@transaction.atomic
def write(*, official: User, substitute: User, first_day: date, last_day: date, reason: str, by: User) -> Absence:
    """Say that an official is away; raises InvalidInputError with what cannot be, NotFoundError for somebody else's."""
    if by.pk != official.pk and not led_by(by).filter(user=official).exists():
        raise NotFoundError
    problems: dict[str, list[Text]] = {}
    today = timezone.localdate()
    if last_day < first_day:
        problems["last_day"] = [_("Ngày cuối phải bằng hoặc sau ngày đầu.")]
    elif last_day < today:
        problems["last_day"] = [_("Ngày cuối đã qua.")]
    elif last_day - first_day > LONGEST:
        problems["last_day"] = [_("Một lần vắng mặt dài nhất một năm.")]
    if substitute.pk not in {person.pk for person in may_stand_in(official)}:
        problems["substitute"] = [_("Người làm thay phải có cùng vai tại cùng cơ quan.")]
    # two at once for the same person: the second one waits here and then sees the first
    User.objects.select_for_update(of=("self",)).get(pk=official.pk)
    overlapping = Absence.objects.filter(official=official, ended_at__isnull=True)
    if overlapping.filter(valid_from__lte=last_day, valid_to__gte=first_day).exists():
        problems["first_day"] = [_("Đã có một lần vắng mặt trong các ngày này. Hãy kết thúc lần đó trước.")]
    if problems:
        raise InvalidInputError(fields=problems)
    return Absence.objects.create(
        official=official,
        substitute=substitute,
        valid_from=first_day,
        valid_to=last_day,
        reason=clean_line(reason)[:200],
        written_by=by,
    )


@transaction.atomic
def end(pk: int, *, by: User) -> Absence:
    """She is back early; raises NotFoundError for an absence that is not hers and of nobody she leads."""
    row = (
        visible_to(by).exclude(~Q(official=by) & Q(substitute=by)).select_for_update(of=("self",)).filter(pk=pk).first()
    )
    if row is None:
        raise NotFoundError
    if row.ended_at is None:
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
    return row
