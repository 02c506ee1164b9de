"""Somebody at the counter files for another person by a mandate on paper (giấy ủy quyền), which an official saw.

Who has no account can authorise nobody on the portal, and the law knows the paper (Bộ luật Dân sự 91/2015/QH13 art.
138, 562). The official notes kind, number, day, who certified it and for which procedures; she keeps no copy. It opens
the form and no store of the principal; her log, the receipt and the workbench name the paper and who brought it.

What a desk asks for is our reading (docs/assumptions.md): a paper that a notary or an authority certified (NĐ
23/2015/NĐ-CP art. 24; `K`), or the paper that shows a near relation, as civil status has it (TT 04/2020/TT-BTP art. 2;
`K`). Nobody there can compare the signature of who is absent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import confirmed_relations, counter, for_others, mandates
from dossiers.models import CounterVisit
from portal.accounts import people, representations, written_mandates
from portal.accounts.models import Representation, User
from portal.accounts.people import Person
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotAllowedError, PortalError, Text
from portal.core.language import speaking
from portal.core.moments import vn_date
from portal.core.text import clean_line
from portal.notifications import services as notifications
from procedures import access as catalogue

MAY_BEAR_FROM = 15
"""Years from which somebody may act by mandate (Bộ luật Dân sự art. 138(3))."""
MOST_YEARS = 5
"""Years from its day within which a paper is taken. No law bounds an agreed term (art. 563): our choice, so that a
mistyped year or a forgotten paper does not stand for ever at every desk (docs/assumptions.md)."""
PAPER_LIMIT, ATTESTED_LIMIT = 120, 200
BY_LAW = gettext_lazy(
    "Người ủy quyền chưa đủ 18 tuổi hoặc đang có người giám hộ. Cha, mẹ hoặc người giám hộ đến nộp thay; hãy ghi nhận "
    "ở mục “đại diện cho con hoặc người được giám hộ”."
)
TOO_YOUNG = gettext_lazy("Người đang ở quầy chưa đủ 15 tuổi nên không nhận ủy quyền được (Bộ luật Dân sự, Điều 138).")


class Attestation(models.TextChoices):
    """Why an official believes that the absent person signed (công chứng, chứng thực; quan hệ ruột thịt)."""

    CERTIFIED = "certified", gettext_lazy("Có công chứng hoặc chứng thực")
    KIN = "kin", gettext_lazy("Không, nhưng người đến là ông, bà, cha, mẹ, con, vợ, chồng, anh, chị, em ruột")


@dataclass(frozen=True, slots=True)
class Paper:
    """What the official read on the paper."""

    name: str
    """Kind and number, such as "Giấy ủy quyền 05/2026"."""
    made_on: date
    attestation: Attestation
    attested_by: str
    """Who certified it, under which number; of a relative the paper that shows the relation."""
    procedure_codes: Sequence[str]
    last: date | None = None
    """The last day that it states; without one it holds for a year (art. 563)."""

    @property
    def furthest(self) -> date:
        """The furthest last day that a desk notes."""
        return _before_anniversary(self.made_on, MOST_YEARS)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.last or a_year_from(self.made_on)

    @property
    def words(self) -> str:
        """The paper in one line, as the receipt and the log name it; kept in Vietnamese."""
        by = "chứng thực" if self.attestation == Attestation.CERTIFIED else "không chứng thực, người thân theo"
        return f"{self.name}, lập ngày {vn_date(self.made_on)}; {by}: {self.attested_by}"


def a_year_from(made_on: date) -> date:
    """The last day of a mandate that names no term (Bộ luật Dân sự art. 563)."""
    return _before_anniversary(made_on, 1)


def _before_anniversary(made_on: date, years: int) -> date:
    try:
        return made_on.replace(year=made_on.year + years) - timedelta(days=1)
    except ValueError:  # made on 29 February
        return date(made_on.year + years, 2, 28)


@transaction.atomic
def show(visit: CounterVisit, *, actor: Actor, person: Person, paper: Paper) -> CounterVisit:
    """Go on serving the same person for who signed the paper: a visit of its own, the same one for a second press.

    The principal hears of a paper that nobody showed before, at her first sign-in where she has none yet. Raises
    NotAllowedError for another desk, InvalidInputError naming the field for what the paper cannot be, for a principal
    who is another here or is represented by law, a bearer under 15, and a paper that was taken back.
    """
    if actor.user is None or actor.agency is None or visit.agency_id != actor.agency.pk:
        raise NotAllowedError
    paper = _checked(paper)
    _check_bearer(visit.applicant)
    principal = people.enter(replace(person, from_paper=f"{people.SEEN_AT_DESK}{paper.words}"[:400]))
    confirmed_relations.check_is_that_person(principal, person, visit)
    _check_own_will(principal)
    if (day := written_mandates.taken_back_since(principal, visit.applicant, paper.made_on)) is not None:
        words = _("Người ủy quyền đã thu hồi ủy quyền cho người này ngày %(day)s. Cần giấy lập sau ngày đó.")
        raise InvalidInputError(fields={"made_on": [words % {"day": vn_date(day)}]})
    held, is_new = written_mandates.keep(
        bearer=visit.applicant,
        principal=principal,
        made_on=paper.made_on,
        last=paper.ends_on,
        procedure_codes=paper.procedure_codes,
        words=paper.words,
        official=actor.user,
        official_name=actor.name,
        agency_code=actor.agency.code,
    )
    opened = counter.come_for_person(visit, held, actor=actor)
    if is_new:
        _tell(principal, held)
    return opened


def _checked(paper: Paper) -> Paper:
    """The same in clean lines."""
    today = timezone.localdate()
    wrong: dict[str, list[Text]] = {}
    name, attested_by = clean_line(paper.name), clean_line(paper.attested_by)
    if not name or len(name) > PAPER_LIMIT:
        wrong["paper"] = [_("Hãy ghi loại giấy và số, gọn trong một dòng.")]
    if not attested_by or len(attested_by) > ATTESTED_LIMIT:
        wrong["attested_by"] = [_("Hãy ghi ai chứng thực, số mấy; hoặc giấy nào cho thấy quan hệ.")]
    if paper.made_on > today:
        wrong["made_on"] = [_("Giấy không thể lập sau hôm nay. Hãy xem lại ngày trên giấy.")]
    elif paper.ends_on < today:
        wrong["last"] = [_("Giấy ủy quyền đã hết hạn ngày %(day)s.") % {"day": vn_date(paper.ends_on)}]
    elif paper.ends_on > paper.furthest:
        far = _("Quầy nhận giấy nhiều nhất 5 năm từ ngày lập. Hãy xem lại ngày; nếu giấy ghi xa hơn, ghi %(day)s.")
        wrong["last"] = [far % {"day": vn_date(paper.furthest)}]
    codes = list(dict.fromkeys(paper.procedure_codes))
    if not 1 <= len(codes) <= mandates.MOST_PROCEDURES:
        wrong["procedures"] = [_("Hãy ghi mã của những thủ tục mà giấy cho làm, nhiều nhất 10 thủ tục.")]
    elif closed := [code for code in codes if not _may_be_left(code)]:
        words = _("Thủ tục %(codes)s không có, hoặc không ủy quyền cho người khác được.")
        wrong["procedures"] = [words % {"codes": ", ".join(closed)}]
    if wrong:
        raise InvalidInputError(fields=wrong)
    return replace(paper, name=name, attested_by=attested_by, procedure_codes=codes)


def _may_be_left(code: str) -> bool:
    try:
        return for_others.is_open(catalogue.get_open_version(code[:20]))
    except PortalError:
        return False


def _check_bearer(bearer: User) -> None:
    born = bearer.citizen.date_of_birth
    if born is None:
        return
    today = timezone.localdate()
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < MAY_BEAR_FROM:
        raise InvalidInputError(fields={"personal_id": [TOO_YOUNG]})


def _check_own_will(principal: User) -> None:
    """Who is under age or has a guardian binds herself by no paper of her own (Bộ luật Dân sự art. 21, 22, 136)."""
    born = principal.citizen.date_of_birth
    is_minor = born is None or representations.childhood_ends_on(born) >= timezone.localdate()
    if is_minor or representations.by_law(principal.pk):
        raise InvalidInputError(fields={"date_of_birth": [BY_LAW]})


def _tell(principal: User, held: Representation) -> None:
    with speaking(principal.language):
        notifications.notify(
            recipient=principal,
            kind="representation.began",
            subject=_("Bộ phận một cửa vừa nhận một giấy ủy quyền ghi tên bạn"),
            body=_(
                "Xem ai mang giấy, giấy nào, thủ tục gì. Nếu bạn không ký giấy đó, hãy thu hồi ngay ở trang này và báo "
                "bộ phận một cửa đã nhận."
            ),
            link="/dai-dien/",
            dedupe_key=f"representation.{held.public_id}.{principal.pk}",
        )
