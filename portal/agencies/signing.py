"""Who signs for the head of an agency today, and how that is written down and taken back (giao ký thay).

NĐ 30/2020/NĐ-CP art. 13 (K: recalled, not read again; docs/assumptions.md): the head lets a deputy sign (KT.), orders
the head of a unit to sign (TL.), or authorises in writing, for a time and for named matters, somebody who does not
pass it on (TUQ.).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Case, OuterRef, Q, QuerySet, When
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import KIND_OF_ROLE, current_posts, official_name
from portal.agencies.models import Agency, Membership, MembershipRole, SigningDelegation, SigningManner
from portal.agencies.models.signing import DEPUTY, OF_A_DEPUTY
from portal.agencies.scopes import within
from portal.core.errors import InvalidInputError, NotFoundError, Text
from portal.core.text import clean_line

LONGEST = {
    SigningManner.FOR_HEAD: timedelta(days=5 * 366),
    SigningManner.BY_ORDER: timedelta(days=5 * 366),
    SigningManner.BY_AUTHORISATION: timedelta(days=366),
}
"""No act names a number: a term of office for what the working rules give, a year for an authorisation."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an official may sign for another by a post of hers: at the post's agency, these procedures or all."""

    post: Membership
    procedures: frozenset[str]

    @property
    def rows(self) -> Q:
        """Which dossiers."""
        place = Q(agency=self.post.agency_id)
        return place & Q(procedure_code__in=self.procedures) if self.procedures else place

    def covers(self, agency: Agency, procedure_code: str) -> bool:
        """Whether it is for a dossier of exactly this agency and procedure."""
        return self.post.agency_id == agency.pk and (not self.procedures or procedure_code in self.procedures)


def with_signing(posts: "QuerySet[Membership]") -> "QuerySet[Membership]":
    """The same posts, each with what its holder may sign for another there today; in the same query."""
    rows = SigningDelegation.objects.in_force(timezone.localdate())
    rows = rows.filter(signer=OuterRef("user"), agency=OuterRef("agency")).order_by("pk")
    return posts.annotate(signing=ArraySubquery(rows.values(told=JSONObject(procedures="procedures"))))


def held_by(posts: Iterable[Membership]) -> list[Held]:
    """What the holder of these posts may sign for another, where they were read by `with_signing`; a title first."""
    working = sorted((post for post in posts if post.role in KIND_OF_ROLE), key=lambda post: not post.title)
    return [
        Held(post, frozenset(row["procedures"])) for post in working for row in getattr(post, "signing", None) or ()
    ]


def actor(user: User, held: Iterable[Held], agency: Agency | None, procedure_code: str) -> Actor | None:
    """As whom she signs for another in a dossier of this agency and procedure; None where nobody has her do it."""
    found = next((one for one in held if agency is not None and one.covers(agency, procedure_code)), None)
    if found is None:
        return None
    return Actor(ActorKind.DELEGATE, user=user, agency=found.post.agency, name=official_name(user, found.post))


def signers(agency: Agency, procedure_code: str) -> list[User]:
    """Who may sign for the head in a dossier of this agency and procedure today."""
    rows = SigningDelegation.objects.in_force(timezone.localdate()).covering(procedure_code).filter(agency=agency)
    return list({row.signer.pk: row.signer for row in rows.select_related("signer").order_by("pk")}.values())


def is_deputy(title: str) -> bool:
    """Whether a title is a deputy's."""
    return title.strip().casefold().split(" ", 1)[0] == DEPUTY


def is_deputy_of(title: str, head: str) -> bool:
    """Whether a title is the deputy's of this head's (NĐ 30/2020/NĐ-CP art. 13(1)): “Phó Chủ tịch”, “Chủ tịch UBND”.

    A deputy head of a division (Phó Trưởng phòng) is no deputy of the head of the agency.
    """
    if not is_deputy(title):
        return False
    own, whose = title.strip().casefold().removeprefix(DEPUTY).split(), head.casefold().split()
    return bool(own) and all(a == b for a, b in zip(own, whose, strict=False))


def form_of_signature(row: SigningDelegation) -> str:
    """What stands above the signer's own title: the manner and whom for, “TL. Chủ tịch”."""
    posts = Membership.objects.filter(user=row.principal, agency=row.agency, role=MembershipRole.LEADER)
    title = posts.valid_on(timezone.localdate()).values_list("title", flat=True).first()
    return f"{row.manner}. {title or _('Thủ trưởng cơ quan')}"


def heads(agency: Agency) -> "QuerySet[Membership]":
    """Who heads an agency today: leaders there with a title that is no deputy's."""
    posts = _posts_at(agency).filter(role=MembershipRole.LEADER).exclude(title="")
    return posts.exclude(title__iregex=OF_A_DEPUTY)


def may_sign(agency: Agency) -> "QuerySet[Membership]":
    """Whom the head may have sign: who works there with a title; a leader signs by her own post."""
    led = _posts_at(agency).filter(role=MembershipRole.LEADER).values("user")
    working = _posts_at(agency).filter(role__in=[MembershipRole.DESK, MembershipRole.SPECIALIST])
    return working.exclude(title="").exclude(user__in=led)


def _posts_at(agency: Agency) -> "QuerySet[Membership]":
    posts = Membership.objects.filter(agency=agency, user__is_active=True).select_related("user", "agency")
    return posts.valid_on(timezone.localdate()).order_by("user__display_name", "pk")


def administers(posts: Iterable[Membership], agency: Agency) -> bool:
    """Whether one of her posts is an administrator's of this agency or one above it."""
    return any(post.role == MembershipRole.ADMINISTRATOR and agency.is_within(post.agency) for post in posts)


def may_write(posts: Iterable[Membership], agency: Agency) -> bool:
    """Whether who holds these posts writes such things at this agency: its head for herself, its administrator."""
    held = list(posts)
    is_head = any(
        post.role == MembershipRole.LEADER and post.agency_id == agency.pk and post.title and not is_deputy(post.title)
        for post in held
    )
    return is_head or administers(held, agency)


def visible_to(user: User) -> "QuerySet[SigningDelegation]":
    """What she gave, what she holds, and what is written at agencies that she leads or administers.

    What stands still comes first, and of that what ends soonest.
    """
    roles = [MembershipRole.LEADER, MembershipRole.ADMINISTRATOR]
    paths = [post.agency.path for post in current_posts(user).filter(role__in=roles)]
    rows = SigningDelegation.objects.filter(Q(principal=user) | Q(signer=user) | within(paths))
    rows = rows.select_related("agency", "principal", "signer", "written_by", "revoked_by")
    is_over = Case(When(revoked_at__isnull=True, valid_to__gte=timezone.localdate(), then=0), default=1)
    return rows.annotate(is_past=is_over).order_by("is_past", "valid_to", "-pk")


@transaction.atomic
def write(
    *,
    agency: Agency,
    principal: User,
    signer: User,
    manner: str,
    procedures: Sequence[str],
    document_number: str,
    document_date: date,
    first_day: date,
    last_day: date,
    by: User,
) -> SigningDelegation:
    """Write down that a head has somebody sign; raises InvalidInputError by field, NotFoundError where not hers."""
    posts = list(current_posts(by))
    if not may_write(posts, agency) or (by != principal and not administers(posts, agency)):
        raise NotFoundError
    # two at once for the same signer: the second one waits here and then sees the first
    User.objects.select_for_update(of=("self",)).get(pk=signer.pk)
    problems = _people(agency, principal, signer, manner, by)
    for name, words in _days(manner, document_date, first_day, last_day).items():
        problems.setdefault(name, []).append(words)
    codes = sorted(set(procedures))
    if manner == SigningManner.BY_AUTHORISATION and not codes:
        problems["procedures"] = [_("Ký thừa ủy quyền phải giới hạn nội dung: hãy ghi mã các thủ tục được ký.")]
    number = clean_line(document_number)[:60]
    if not number:
        problems["document_number"] = [_("Hãy ghi số, ký hiệu văn bản giao ký.")]
    if any(_meets(row, codes) for row in _beside(agency, signer, first_day, last_day)):
        problems.setdefault("first_day", []).append(
            _("Người này đã được giao ký các thủ tục này trong những ngày này. Hãy thu hồi lần đó trước.")
        )
    if problems:
        raise InvalidInputError(fields=problems)
    return SigningDelegation.objects.create(
        agency=agency,
        principal=principal,
        signer=signer,
        manner=manner,
        procedures=codes,
        document_number=number,
        document_date=document_date,
        valid_from=first_day,
        valid_to=last_day,
        written_by=by,
    )


def _people(agency: Agency, principal: User, signer: User, manner: str, by: User) -> dict[str, list[Text]]:
    problems: dict[str, list[Text]] = {}
    if not heads(agency).filter(user=principal).exists():
        problems["principal"] = [_("Chỉ người đứng đầu cơ quan giao ký; cấp phó và người được giao không giao lại.")]
    posts = list(may_sign(agency).filter(user=signer))
    if signer == by:
        problems["signer"] = [_("Không ai tự ghi giao ký cho mình. Hãy để người khác ghi.")]
    elif not posts:
        problems["signer"] = [_("Người được giao ký phải đang làm việc tại cơ quan và có chức danh.")]
    elif manner == SigningManner.FOR_HEAD:
        titles = [post.title for post in heads(agency).filter(user=principal)]
        if not any(is_deputy_of(post.title, title) for post in posts for title in titles):
            told = {"title": posts[0].title}
            problems["manner"] = [
                _("KT. chỉ dành cho cấp phó của người giao; người này là %(title)s. Hãy chọn TL. hoặc TUQ.") % told
            ]
    return problems


def _days(manner: str, document_date: date, first_day: date, last_day: date) -> dict[str, Text]:
    today = timezone.localdate()
    problems: dict[str, Text] = {}
    if last_day < first_day:
        problems["last_day"] = _("Ngày cuối phải bằng hoặc sau ngày đầu.")
    elif last_day < today:
        problems["last_day"] = _("Ngày cuối đã qua.")
    elif last_day - first_day > LONGEST[SigningManner(manner)]:
        problems["last_day"] = (
            _("Một lần ủy quyền dài nhất một năm.")
            if manner == SigningManner.BY_AUTHORISATION
            else _("Một lần giao ký dài nhất năm năm.")
        )
    if document_date > today:
        problems["document_date"] = _("Văn bản giao ký phải có rồi mới ghi; ngày này chưa đến.")
    elif document_date > first_day:
        problems["first_day"] = _("Giao ký không có giá trị trước ngày của văn bản.")
    return problems


def _beside(agency: Agency, signer: User, first_day: date, last_day: date) -> "QuerySet[SigningDelegation]":
    rows = SigningDelegation.objects.filter(agency=agency, signer=signer, revoked_at__isnull=True)
    return rows.filter(valid_from__lte=last_day, valid_to__gte=first_day)


def _meets(row: SigningDelegation, codes: Sequence[str]) -> bool:
    """Whether a procedure would be signed by both: the paper must say one form of signature."""
    return not codes or not row.procedures or bool(set(codes) & set(row.procedures))


@transaction.atomic
def revoke(pk: int, *, by: User, reason: str) -> tuple[SigningDelegation, bool]:
    """Take it back at once, and whether it was still standing; raises NotFoundError where it is not hers to take.

    Who gave it may, whoever heads the agency now, and its administrator.
    """
    row = visible_to(by).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None or (row.principal != by and not may_write(current_posts(by), row.agency)):
        raise NotFoundError
    if row.revoked_at is not None:
        return row, False
    cleaned = clean_line(reason)[:200]
    if not cleaned:
        raise InvalidInputError(fields={"reason": [_("Hãy nêu lý do thu hồi.")]})
    row.revoked_at, row.revoked_by, row.revoked_for = timezone.now(), by, cleaned
    row.save(update_fields=["revoked_at", "revoked_by", "revoked_for"])
    return row, True


def words(row: SigningDelegation) -> dict[str, Any]:
    """The parts that a sentence about it names."""
    return {
        "form": form_of_signature(row),
        "number": row.document_number,
        "day": f"{row.document_date:%d/%m/%Y}",
        "from": f"{row.valid_from:%d/%m/%Y}",
        "until": f"{row.valid_to:%d/%m/%Y}",
        "principal": str(row.principal),
        "signer": str(row.signer),
    }
