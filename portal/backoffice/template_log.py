"""Who published or threw away which result template, in the log of settings (nhật ký cài đặt)."""

import json

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from datastore.models import ResultTemplate, ResultTemplateVersion
from datastore.results import answers
from portal.accounts.models import User
from portal.agencies.models import Agency
from portal.backoffice.result_templates import name_of


def published(version: ResultTemplateVersion, *, user: User) -> None:
    """She published the draft as this version."""
    values = [
        [_("Bản công bố, mẫu kết quả"), str(version.number - 1) if version.number > 1 else "", str(version.number)],
        [_("Áp dụng từ ngày"), "", f"{version.valid_from:%d/%m/%Y}"],
    ]
    _write(version.template, values, user, flag=CHANGE)


def discarded(template: ResultTemplate, *, user: User) -> None:
    """She threw the draft away."""
    _write(template, [[_("Bản thảo"), template.name, ""]], user, flag=DELETION)


def _write(template: ResultTemplate, values: list[list[str]], user: User, *, flag: int) -> None:
    """Read by the administrators of whoever publishes the procedures that it serves, and of those above."""
    issuers = {
        version.issuer_code for version in answers.versions_with(template.document_type, template.procedure_code)
    }
    paths = Agency.objects.filter(code__in=issuers).order_by("path").values_list("path", flat=True)
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(ResultTemplate),
        object_id=str(template.pk),
        object_repr=name_of(template)[:200],
        action_flag=flag,
        change_message=json.dumps([{"values": values}, *({"agency_path": path} for path in paths)]),
    )
