"""What a request for a supplement does to the time, and what silence costs, in words (thời hạn khi bổ sung)."""

from django.utils.translation import gettext as _

from dossiers import deadlines, local_terms, supplement_requests
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierEvent


def time(dossier: Dossier, event: DossierEvent) -> str:
    """The rule that holds for this request, in the language of now: by its stage, then by the procedure's own rule."""
    if event.from_state == DossierState.SUBMITTED:
        return _("Thời hạn giải quyết tính từ khi hồ sơ đủ và được tiếp nhận.")
    if deadlines.restarts(local_terms.timing(dossier)):
        return _("Khi nhận được trả lời, thời hạn giải quyết tính lại từ đầu.")
    return _("Thời hạn giải quyết tạm dừng cho đến khi nhận được trả lời.")


def silence(dossier: Dossier) -> str:
    """What the portal does once the time to answer has run out (dossiers.closing); elsewhere their system decides."""
    if not dossier.is_decided_here:
        return ""
    if not supplement_requests.closes_on_silence(dossier):
        return _("Quá hạn mà không trả lời, cơ quan giải quyết theo giấy tờ đã có.")
    return _("Quá hạn mà không trả lời, hồ sơ bị dừng giải quyết; sau đó bạn có thể nộp hồ sơ mới.")
