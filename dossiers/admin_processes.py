"""The stages of the work, written by the administrator of an agency (quy trình nội bộ)."""

from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dossiers.stage_fields import StagesField
from portal.agencies import processes
from portal.agencies.administration import AgencyKept, agencies_of_request
from portal.agencies.models import Agency, InternalProcess, OneStopDesk
from portal.agencies.scopes import within
from portal.core.durations import Duration, DurationUnit
from portal.core.text import whole_number
from procedures.models import Field, Procedure, ProcedureVersion

ASK_AGENCY = _(
    "Muốn nêu bộ phận một cửa cho từng bước: chọn cơ quan, bấm “Lưu và tiếp tục chỉnh sửa”, rồi chọn trong từng dòng."
)
MOST_DESKS = 200
"""So many desks stand in each row: those of a province and its communes."""


class InternalProcessForm(forms.ModelForm):
    """A process: of one procedure, of all of a field, or of all of the agency."""

    desks: Any = ()
    """One-stop desks that a stage may name."""
    knows_agency = True
    """Whether it is known whose process it is: else no desk can be offered yet."""

    stages = StagesField(
        label=_("Các bước"),
        help_text=_(
            "Chỉ ghi việc làm từ lúc nhận xử lý đến lúc trình lãnh đạo, theo thứ tự làm: tiếp nhận, trình, duyệt và "
            "ký đã có sẵn. Người nộp đọc tên bước. Bỏ trống tên và thời hạn thì dòng không tính; hết dòng trống thì "
            "bấm “Lưu và tiếp tục chỉnh sửa”. Bước cuối ghi cho lãnh đạo thì xong khi lãnh đạo "
            "duyệt, không ai phải giải trình là chưa ký."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages: Any = self.fields["stages"]
        # one that was closed, or is not hers to choose, stays where it stands until somebody chooses another
        kept = {stage.desk_id for stage in processes.read(self.instance.stages or []) if stage.desk_id}
        desks = list(self.desks)
        closed = OneStopDesk.objects.filter(pk__in=kept - {desk.pk for desk in desks}).select_related("agency")
        stages.offer([*desks, *closed.order_by("pk")])
        if not self.knows_agency:
            stages.help_text = f"{stages.help_text} {ASK_AGENCY}"

    def clean(self) -> dict[str, Any] | None:
        """Codes that exist, of one kind; days in order."""
        data = super().clean() or {}
        for name in ("procedure_code", "field_code"):
            data[name] = " ".join((data.get(name) or "").split())
        code, field = data["procedure_code"], data["field_code"]
        if code and field:
            self.add_error("field_code", _("Chỉ ghi mã thủ tục hoặc mã lĩnh vực; bỏ trống cả hai là mọi thủ tục."))
        if code and not Procedure.objects.filter(code=code).exists():
            self.add_error("procedure_code", _("Danh mục không có thủ tục mã này. Hãy xem lại mã, ví dụ 1.001193."))
        if field and not Field.objects.filter(code=field).exists():
            self.add_error("field_code", _("Danh mục không có lĩnh vực mã này. Hãy xem lại mã."))
        start, end = data.get("valid_from"), data.get("valid_to")
        if start and end and end < start:
            raise ValidationError({"valid_to": _("Ngày kết thúc phải sau ngày bắt đầu.")})
        return data


@admin.register(InternalProcess)
class InternalProcessAdmin(AgencyKept):
    """An administrator orders the work of her agency and those below; of a nearer agency the row of its own holds."""

    form = InternalProcessForm
    list_display = ("__str__", "procedure_code", "field_code", "agency", "valid_from", "valid_to")
    list_select_related = ("agency",)
    search_fields = ("procedure_code", "field_code", "agency__name")
    ordering = ("agency__code", "procedure_code", "field_code", "-valid_from", "pk")
    fields = ("agency", "procedure_code", "field_code", "stages", "legal_basis", "valid_from", "valid_to")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """It begins today unless somebody says otherwise, at the one agency where there is one."""
        agency = _agency_of(request, None)
        return {"valid_from": timezone.localdate(), **({"agency": agency.pk} if agency else {})}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows which desks may be named."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        agency = _agency_of(request, obj)
        form.desks, form.knows_agency = desks_of(agency), agency is not None
        return form

    def save_model(self, request: HttpRequest, obj: InternalProcess, form: Any, change: bool) -> None:
        """It counts here at once; whose promised time is shorter than the stages together is said."""
        super().save_model(request, obj, form, change)
        transaction.on_commit(processes.forget)
        messages.info(
            request, _now("Hồ sơ đang xử lý giữ các bước đã có; hồ sơ vào xử lý từ vài phút nữa theo các bước này.")
        )
        if words := longer_than_promised(obj):
            messages.warning(request, words)

    def has_delete_permission(self, request: HttpRequest, obj: InternalProcess | None = None) -> bool:
        """A process ends on a day: what went by it stays explained."""
        return False


def _agency_of(request: HttpRequest, process: InternalProcess | None) -> Agency | None:
    """Whose process it is: as chosen in the form, else as it stands, else the only agency there is."""
    hers = agencies_of_request(request)
    typed = request.POST.get("agency") or request.GET.get("agency") or ""
    if chosen := whole_number(typed, most_figures=18):
        return hers.filter(pk=chosen).first()
    if process is not None and process.agency_id is not None:
        return process.agency
    some = list(hers[:2])
    return some[0] if len(some) == 1 else None


def desks_of(agency: Agency | None) -> "list[OneStopDesk]":
    """Desks of an agency and those below it; of a large branch the agency's own only.

    The whole country's in each row of the form were a page of five megabytes.
    """
    if agency is None:
        return []
    desks = OneStopDesk.objects.filter(within([agency.path]), is_active=True).select_related("agency")
    offered = list(desks.order_by("agency__path", "name", "pk")[: MOST_DESKS + 1])
    if len(offered) > MOST_DESKS:
        offered = list(desks.filter(agency=agency).order_by("name", "pk")[:MOST_DESKS])
    return offered


def longer_than_promised(process: InternalProcess) -> str:
    """Which procedures promise less time than the stages have together, in words; empty where none does.

    Days and hours are compared as calendar days (core.durations): five working days are seven. Optional stages are not
    counted, nor procedures that another branch or level decides than the agency and those below it.
    """
    required = [stage for stage in processes.read(process.stages) if not stage.is_optional]
    limits = [limit for stage in required if (limit := stage.limit) is not None]
    together: Fraction = sum((limit.calendar_days for limit in limits), Fraction(0))
    versions = ProcedureVersion.objects.filter(current_of__isnull=False, processing_value__isnull=False)
    below = Agency.objects.filter(within([process.agency.path], "path"), valid_to__isnull=True)
    theirs = below.filter(level=OuterRef("competent_level"), branch=OuterRef("competent_branch"))
    if process.procedure_code:
        versions = versions.filter(procedure__code=process.procedure_code)
    elif process.field_code:
        versions = versions.filter(Exists(theirs), procedure__field__code=process.field_code)
    else:
        versions = versions.filter(Exists(theirs))
    named = versions.order_by("procedure__code").values_list("procedure__code", "processing_value", "processing_unit")
    short = [code for code, value, unit in named if Duration(value or 1, DurationUnit(unit)).calendar_days < together]
    if not short:
        return ""
    if process.procedure_code:
        return _now("Các bước cộng lại dài hơn thời hạn đã công bố của thủ tục. Hãy rút ngắn để không trả chậm.")
    told = {"number": len(short), "example": short[0]}
    return _now("Các bước cộng lại dài hơn thời hạn của %(number)d thủ tục, ví dụ %(example)s.") % told
