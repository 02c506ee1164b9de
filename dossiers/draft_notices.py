"""What is told of a draft that the applicant answered (báo tin về bản dự thảo)."""

from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier, DossierEvent
from portal.core.language import speaking
from portal.notifications import services as notifications


def tell_official(dossier: Dossier, event: DossierEvent) -> None:
    """Who works on the dossier hears of the answer, unless she wrote it down herself."""
    person = dossier.assignee
    if person is None or person == event.actor_user:
        return
    is_right = event.name == "dossier.draft_confirmed"
    with speaking(person.language):
        subject = (
            _("Người nộp đã xác nhận bản dự thảo của hồ sơ %(code)s")
            if is_right
            else _("Người nộp báo bản dự thảo của hồ sơ %(code)s có chỗ sai")
        ) % {"code": dossier.code}
        body = _("Hồ sơ có thể trình duyệt.") if is_right else _("Hãy sửa bản dự thảo rồi gửi lại.")
        notifications.notify(
            recipient=person,
            kind=event.name,
            subject=str(subject),
            body=str(body),
            link=f"/quan-tri/ho-so/{dossier.code}/",
            reference=dossier.code or "",
            dedupe_key=f"{dossier.code}.{event.sequence}.official",
        )
