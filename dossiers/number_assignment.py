"""Getting the number of who is registered from the population database (lấy số định danh cá nhân), exactly once."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import draft_checks, passage, person_numbers
from dossiers.models import Dossier, PersonNumber
from dossiers.population import registry
from dossiers.population.base import Newborn
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, TransitionError, UpstreamError
from portal.core.identifiers import FEMALE, MALE, IdentifierError, clean_personal_id, personal_id_warnings
from portal.core.text import fold
from portal.core.work import WorkState

EVENT = "dossier.personal_id_assigned"
TO_BE_RENEWED = _(
    "Số định danh đã cấp theo ngày sinh, giới tính trước khi sửa nên không còn khớp. Hãy đề nghị Cơ sở dữ liệu dân cư "
    "xác lập lại số, rồi ghi dòng “Số định danh cá nhân” với số mới vào nội dung kết quả."
)
TYPED_WRONG = _(
    "Dòng “Số định danh cá nhân” ghi số không khớp ngày sinh hoặc giới tính trên kết quả. Hãy đối chiếu với số mà "
    "Cơ sở dữ liệu dân cư đã xác lập rồi sửa dòng này."
)
MISSING_LINE = _("Giữ dòng “Số định danh cá nhân” trong nội dung kết quả: bản thay thế vẫn phải ghi số.")
UNKNOWN = _("Chưa rõ họ tên, ngày sinh hoặc giới tính của người được đăng ký nên chưa lấy được số định danh.")


def assign(work: PersonNumber) -> None:
    """Ask for the number and keep it; a second call changes nothing, and the same dossier always gets the same one.

    Raises UpstreamError where the database gives none: the row says so, and is tried again.
    """
    dossier = Dossier.objects.select_related("agency", "procedure_version", "rebased_to").get(pk=work.dossier_id)
    register = registry.get()
    number = register.assign(_newborn(dossier)) if register is not None and not work.number else work.number
    with transaction.atomic():
        locked = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
        current = PersonNumber.objects.select_for_update().filter(pk=work.pk).first()
        if current is None:
            return  # the name it was asked with was put right meanwhile: it is asked again with the right one
        if number and not current.number:
            current.number = number
            passage.record(locked, EVENT, actor=Actor.system())
            locked.save(update_fields=["last_sequence", "updated_at"])
        if current.work_state != WorkState.DONE:
            current.mark_done(timezone.now())
        current.save()


def number_of(dossier: Dossier) -> str:
    """The number for the paper that is about to be made, asked for now where it did not come before.

    Empty where the procedure assigns none. Raises UpstreamError where it should be there and is not.
    """
    if not person_numbers.fields_of(dossier):
        return ""
    work, _is_new = PersonNumber.objects.get_or_create(dossier=dossier)
    if not work.number:
        assign(work)
        work.refresh_from_db()
    if work.number and no_longer_fits(dossier, work.number):
        raise UpstreamError(TO_BE_RENEWED)
    return str(work.number)


def no_longer_fits(dossier: Dossier, number: str) -> bool:
    """Whether a number was given for another day of birth or sex than the paper says since it was put right."""
    try:
        newborn = _newborn(dossier)
    except UpstreamError:
        return True
    return _contradicts(number, newborn.date_of_birth, MALE if newborn.is_male else FEMALE)


def require_fitting(dossier: Dossier, rows: Iterable[list[str]]) -> None:
    """Raise TransitionError for a leader who would sign a number that another sex or day of birth was given.

    The database answers the same registration with the same number: the registrar gets a new one from it and writes it.
    What she wrote is held to the same.
    """
    if person_numbers.line_of(rows):
        require_right_line(dossier, rows)
        return
    if not person_numbers.fields_of(dossier):
        return
    known = PersonNumber.objects.filter(dossier=dossier).first()
    if known is not None and known.number and no_longer_fits(dossier, known.number):
        raise TransitionError(TO_BE_RENEWED, code="dossier.number_no_longer_fits")


def require_right_line(dossier: Dossier, rows: Iterable[list[str]]) -> None:
    """Raise TransitionError where a number that was typed is none, or another sex's or day of birth's than the paper's.

    `rows` are the lines the paper adds; without a number, or where the paper registers nobody, there is nothing to say.
    """
    number, named = person_numbers.line_of(rows), person_numbers.named_on_paper(dossier)
    if not number or not named:
        return
    said = {row.key: row.text for row in draft_checks.statements(dossier)}
    try:
        is_another = _contradicts(clean_personal_id(number), *_day_and_gender(named, said))
    except IdentifierError as error:
        raise TransitionError(error.words, code=error.code) from error
    if is_another:
        raise TransitionError(TYPED_WRONG, code="dossier.number_no_longer_fits")


def require_own(
    dossier: Dossier,
    rows: list[list[str]],
    said: Mapping[str, str],
    *,
    before: tuple[list[list[str]], Mapping[str, str]],
) -> None:
    """Raise InvalidInputError for a corrected paper that loses its number, or carries another sex's or day of birth's.

    `rows` are the lines it adds, `said` its other values by their keys, `before` both as they stand on the paper now:
    what was signed with a contradiction already stays the registrar's to mend, other places may be put right.
    """
    named = person_numbers.named_on_paper(dossier)
    number, standing = person_numbers.line_of(rows), person_numbers.line_of(before[0])
    if not named or not (number or standing):
        return
    if not number:
        raise InvalidInputError(MISSING_LINE)
    if number == standing and all(said.get(key) == before[1].get(key) for key in named.values()):
        return
    if _contradicts(clean_personal_id(number), *_day_and_gender(named, said)):
        raise InvalidInputError(TO_BE_RENEWED, code="dossier.number_no_longer_fits")


def _contradicts(number: str, day: date | None, gender: str | None) -> bool:
    return bool(personal_id_warnings(number, date_of_birth=day, gender=gender))


def _day_and_gender(named: Mapping[str, str], said: Mapping[str, str]) -> tuple[date | None, str | None]:
    """What the paper says of the person, as far as it can be read."""
    born, gender = (said.get(named.get(part, ""), "") for part in ("date_of_birth", "gender"))
    try:
        day = datetime.strptime(born, "%d/%m/%Y").replace(tzinfo=timezone.get_default_timezone()).date()
    except ValueError:
        day = None
    return day, {"nam": MALE, "nu": FEMALE}.get(fold(gender))


def _newborn(dossier: Dossier) -> Newborn:
    """Whom the dossier registers, as the paper will say it: with what was put right on its draft."""
    named = person_numbers.fields_of(dossier)
    said = {row.key: row.text for row in draft_checks.statements(dossier)}
    name = said.get(named.get("full_name", ""), "")
    day, gender = _day_and_gender(named, said)
    if not name or day is None or gender is None:
        raise UpstreamError(UNKNOWN)
    return Newborn(dossier.code or "", name, day, gender == MALE, dossier.province_code or "00")
