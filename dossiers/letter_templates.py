"""Which version of a form's words a letter is written with (bản mẫu đang dùng), and what is done with a bad one."""

from datetime import date

import structlog
from django.utils.translation import gettext as _

from dossiers.models import LetterTemplate
from portal.accounts.models import User
from portal.core.language import speaking
from portal.notifications import services as notifications

log = structlog.get_logger(__name__)
KIND = "letter_template.failed"
MOST = 20
"""Versions that are tried, the newest first, before the release's own words are taken."""


def in_force(form: str, day: date) -> list[LetterTemplate]:
    """The versions that had begun on a day, the one in force first; below the last stands the release's own."""
    begun = LetterTemplate.objects.filter(form=form, valid_from__lte=day).select_related("author")
    return list(begun.order_by("-valid_from", "-pk")[:MOST])


def tell_problem(template: LetterTemplate, error: Exception) -> None:
    """Keep why a letter could not be written with a version, and tell its author once; the letter goes on without."""
    problems = "; ".join(getattr(error, "problems", [])) or type(error).__name__
    log.error("letter_template.failed", template_id=template.pk, form=template.form, error=type(error).__name__)
    if template.pk is None or not LetterTemplate.objects.filter(pk=template.pk, problem="").update(
        problem=problems[:2000]
    ):
        return
    for person in [template.author] if template.author else User.objects.filter(is_superuser=True, is_active=True):
        with speaking(person.language):
            subject = _("Mẫu văn bản %(form)s có lỗi, văn bản được lập theo bản trước") % {"form": template.form}
            body = _("Hãy mở bản mẫu, xem lỗi và thêm bản mới. Văn bản vẫn được lập, theo bản đang dùng trước đó.")
        notifications.notify(
            recipient=person,
            kind=KIND,
            subject=subject,
            body=body,
            link=f"/quan-tri/dossiers/lettertemplate/{template.pk}/change/",
            dedupe_key=f"letter_template.{template.pk}",
        )
