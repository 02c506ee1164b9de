"""An agency's own words on paper before anybody gets them (xem thử văn bản): a made-up dossier, kept nowhere."""

from datetime import timedelta

from django.utils import timezone

from dossiers import letters
from dossiers.models import Dossier, DossierEvent, FilingChannel, Letter, LetterText, SupplementRequest


def draw(text: LetterText) -> bytes:
    """The PDF of a letter with these words, saved or not, about a dossier that does not exist."""
    now = timezone.now()
    due = now + timedelta(days=3)
    dossier = Dossier(
        code="000.00.00.H00-000000-0000",
        agency=text.agency,
        procedure_code="0.000000",
        procedure_name="Thủ tục mẫu",
        applicant_name="Nguyễn Thị Mẫu",
        applicant_phone="0900 000 000",
        channel=FilingChannel.ONLINE,
        submitted_at=now,
        accepted_at=now,
        due_at=due,
    )
    event = DossierEvent(
        sequence=1,
        occurred_at=now,
        received_at=now,
        reason="Lý do mà cán bộ ghi khi làm bước này.",
        actor_name="Người làm bước này",
        data={"due_at_before": due.isoformat(), "due_at": (due + timedelta(days=2)).isoformat()},
    )
    letter = Letter(kind=text.kind, event=event)
    request = SupplementRequest(
        items=[{"name": "Giấy tờ mẫu", "text": "Chụp lại cho rõ"}], requested_at=now, answer_due_at=due
    )
    facts = letters.LetterFacts(components=[], obligations=[], supplement_request=request, agency_words=text)
    return letters.render(letter, dossier, facts)
