"""Which version of a form's words a letter is written with (bản mẫu đang dùng), and what is done with a bad one."""

import hashlib
from collections.abc import Iterable
from datetime import date

import structlog
from django.utils.translation import gettext as _

from datastore.results.paper_language import TemplateError
from dossiers import letter_bodies
from dossiers.models import LetterTemplate
from portal.accounts.models import User
from portal.core.language import speaking
from portal.notifications import services as notifications

log = structlog.get_logger(__name__)
KIND, KIND_DUTY = "letter_template.failed", "letter_template.lacks"
MOST = 20
"""Versions that are tried, the newest first, before the release's own words are taken."""


def in_force(form: str, day: date) -> list[LetterTemplate]:
    """The versions that had begun on a day, the one in force first; below the last stands the release's own."""
    begun = LetterTemplate.objects.filter(form=form, valid_from__lte=day).select_related("author")
    return list(begun.order_by("-valid_from", "-pk")[:MOST])


def tell_problem(template: LetterTemplate, error: Exception, *, dossier_code: str = "") -> None:
    """Keep why no letter can be written with a version, and tell its author once; the letter goes on without.

    Words that can be read and fail with one dossier are not at fault: that is logged, and they serve the others.
    """
    log.error(
        "letter_template.failed",
        template_id=template.pk,
        form=template.form,
        error=type(error).__name__,
        dossier_code=dossier_code,
    )
    found = error if isinstance(error, TemplateError) else _fault_of(template)
    if found is None:
        return
    problems = "; ".join(getattr(found, "problems", [])) or type(found).__name__
    if template.pk is None or not LetterTemplate.objects.filter(pk=template.pk, problem="").update(
        problem=problems[:2000]
    ):
        return
    for person in _editors(template):
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


def tell_new_duty(template: LetterTemplate) -> None:
    """Tell its editor once that words in force do not say what the form must say since a later release.

    Letters go on with them: what is due is not held up. Each further duty is told again.
    """
    missing = left_out(template)
    if not missing or template.pk is None:
        return
    told = hashlib.sha256(missing.encode()).hexdigest()[:16]
    for person in _editors(template):
        with speaking(person.language):
            subject = _("Mẫu văn bản %(form)s phải nói thêm điều mới") % {"form": template.form}
            body = _("Bản đang dùng chưa có: %(missing)s Văn bản vẫn được lập theo bản này. Hãy thêm bản mới.")
            words = body % {"missing": left_out(template)}
        notifications.notify(
            recipient=person,
            kind=KIND_DUTY,
            subject=subject,
            body=words,
            link=f"/quan-tri/dossiers/lettertemplate/{template.pk}/change/",
            dedupe_key=f"letter_template.{template.pk}.{told}",
        )


def left_out(template: LetterTemplate) -> str:
    """What the form must say by now and a version, saved before it had to, does not; empty for words not readable."""
    try:
        paper = letter_bodies.read_saved(template.form, template.body)
    except letter_bodies.FAULTS:
        return ""
    return " ".join(letter_bodies.left_out(template.form, paper))


def _fault_of(template: LetterTemplate) -> Exception | None:
    """What reading the words alone ends in; None where they can be read."""
    try:
        letter_bodies.read_saved(template.form, template.body)
    except letter_bodies.FAULTS as error:
        return error
    return None


def _editors(template: LetterTemplate) -> Iterable[User]:
    """Who wrote a version, else the national editors."""
    return [template.author] if template.author else User.objects.filter(is_superuser=True, is_active=True)
