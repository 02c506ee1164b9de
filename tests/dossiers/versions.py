"""A later version of a procedure that dossiers were filed under."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

from django.utils import timezone

from procedures import publication
from procedures.models import Component, ProcedureVersion, ResultType
from tests import factories


def publish_anew(older: ProcedureVersion, **changes: Any) -> ProcedureVersion:
    """A second version in force from today: another question instead of the old one, one working day, another name."""
    today = timezone.localdate()
    ProcedureVersion.objects.filter(pk=older.pk).update(valid_to=today - timedelta(days=1))
    form = deepcopy(factories.SHORT_FORM)
    form["pages"][0]["groups"][0]["fields"][1] = {
        "key": "use",
        "label": {"vi": "Dùng vào việc gì", "en": "Use"},
        "type": "text",
        "required": True,
    }
    newer = ProcedureVersion.objects.get(pk=older.pk)
    newer.pk, newer.number, newer.valid_from, newer.valid_to, newer.content_sha256 = None, 2, today, None, "1" * 64
    newer.form, newer.processing_value, newer.name = form, 1, "Thủ tục thử nghiệm, bản mới"
    for name, value in changes.items():
        setattr(newer, name, value)
    newer.save()
    Component.objects.create(
        version=newer, position=0, code="TEST-GIAY", name="Giấy tờ thử", kind="document", is_required=True,
        document_types=["GT.KHAC"],
    )  # fmt: skip
    ResultType.objects.create(
        version=newer, position=0, code="result", name="Kết quả bản mới", document_type="KQ.TEST", is_default=True
    )
    newer.procedure.current = newer
    newer.procedure.save(update_fields=["current"])
    publication.catch_up(f"test {newer.pk}")
    return newer
