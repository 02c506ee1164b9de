"""Letters as their reader gets them, and dossiers that have got one."""

import io
import re
from datetime import timedelta

from django.utils import timezone
from pypdf import PdfReader

from dossiers import extension, letters, services
from dossiers.models import Dossier, Letter
from portal.agencies.actors import Actor, ActorKind
from portal.core.calendar import WorkCalendar
from procedures.models import ProcedureVersion
from tests import factories


def words(pdf: bytes) -> str:
    """The text of a PDF with plain blanks."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def text_of(dossier: Dossier, kind: str) -> str:
    letter = Letter.objects.select_related("event").get(dossier=dossier, kind=kind)
    fresh = Dossier.objects.select_related("agency__parent", "agency__unit", "procedure_version", "owner").get(
        pk=dossier.pk
    )
    return words(letters.render(letter, fresh))


def desk(dossier: Dossier) -> Actor:
    assert dossier.agency is not None
    return factories.official_actor(dossier.agency)


def about(kind: str, version: ProcedureVersion) -> Dossier:
    """A dossier of a long procedure that has just got this letter, with a reason of ordinary length."""
    reason = "Ảnh chụp mờ, thiếu trang 2 của giấy chứng sinh. Đề nghị chụp lại đủ bốn góc, thấy rõ số và dấu."
    dossier = factories.file_dossier(factories.make_citizen("Nguyễn Thị Ưỡn Ẹo Phương Thảo"), version)
    code = dossier.code or ""
    if kind == "02":
        defects = [
            services.Defect("TEST-GIAY", "Giấy chứng sinh", "Ảnh mờ."),
            services.Defect("", "Giấy khác", "Thiếu."),
        ]
        services.request_supplement(code, actor=desk(dossier), reason=reason, defects=defects)
    elif kind == "03":
        services.refuse_intake(code, actor=desk(dossier), reason=reason)
    else:
        services.accept(code, actor=desk(dossier))
    if kind == "05":
        services.stop(code, actor=desk(dossier), reason=reason)
    if kind == "04":
        leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
        day = WorkCalendar.national().this_or_next_working_day(timezone.localdate() + timedelta(days=20))
        extension.extend(code, actor=leader, reason=reason, new_due_on=day)
    return dossier
