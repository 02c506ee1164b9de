"""Which agency an official means by what she types (tên hoặc mã cơ quan): none of another province unasked."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now

from portal.agencies.codes import find_agency, heir_of
from portal.agencies.models import Agency

HEIRS_AT_MOST = 40


def agency_named(typed: str, *, province_code: str) -> Agency:
    """By its code, its whole name, or within the province that is meant its name without the province.

    Raises ValidationError where there is none, naming who followed one that closed or the only one of the name in
    another province, which is not taken unasked; and where several bear the name: then the code is asked for.
    """
    typed = " ".join(typed.split())
    found = find_agency(typed)
    if found is not None:
        return found
    open_today = Agency.objects.valid_on(timezone.localdate())
    whole, without_place = Q(name__iexact=typed), Q(name__istartswith=f"{typed},")
    here = _in_province(province_code, "")
    was_here = here | _in_province(province_code, "successor__")
    named = list(open_today.filter(whole & here)[:2])
    if not named:
        named = list(open_today.filter(without_place & here)[:2])
        if not named:
            _refuse_closed(typed, (whole | without_place) & was_here)
        named += open_today.filter(whole)[:2]
    if len(named) == 1:
        return named[0]
    if not named:
        _refuse_closed(typed, whole)
        named = list(open_today.filter(without_place)[:2])
    raise forms.ValidationError(_not_one(typed, named))


def _in_province(code: str, of: str) -> Q:
    """Whether the agency, or what `of` leads to, is of that province; none is where none is meant."""
    return Q(**{f"{of}unit__code": code}) | Q(**{f"{of}unit__parent__code": code})


def _refuse_closed(typed: str, meant: Q) -> None:
    """Raises ValidationError where an agency of that name closed and others have its tasks; they are named."""
    today = timezone.localdate()
    closed = Agency.objects.filter(meant, valid_to__lt=today).select_related("successor")[:HEIRS_AT_MOST]
    heirs = {heir.pk: heir for heir in map(heir_of, closed) if heir.valid_to is None or heir.valid_to >= today}
    if heirs:
        words = _now(
            "Cơ quan “%(name)s” đã ngừng hoạt động, việc nay thuộc “%(heirs)s”. Hãy ghi tên cơ quan nhận việc."
        )
        names = {"name": typed, "heirs": "”, “".join(heir.name for heir in heirs.values())}
        raise forms.ValidationError(words % names)


def _not_one(typed: str, named: list[Agency]) -> str:
    """Why a name is not enough: the one in another province that bears it, several, or none."""
    if not named:
        return _now("Không có cơ quan “%(name)s”. Hãy ghi đúng tên đầy đủ hoặc mã cơ quan.") % {"name": typed}
    if len(named) > 1:
        words = _now("Có nhiều cơ quan tên “%(name)s”. Hãy ghi thêm tỉnh, thành phố hoặc ghi mã cơ quan.")
        return words % {"name": typed}
    words = _now(
        "Tên “%(name)s” thiếu tỉnh, thành phố. Cổng chỉ tìm thấy “%(found)s”. "
        "Nếu đúng cơ quan này, hãy ghi thêm tỉnh, thành phố."
    )
    return words % {"name": typed, "found": named[0].name}
