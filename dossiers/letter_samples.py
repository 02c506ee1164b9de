"""An agency's own words on paper before anybody gets them (xem thử văn bản): a made-up dossier, kept nowhere."""

from datetime import timedelta

from django.utils import timezone

from dossiers import letter_bodies, letters
from dossiers.models import Dossier, DossierEvent, FilingChannel, Letter, LetterText, SupplementRequest
from dossiers.models.letter_forms import FORMS
from portal.agencies.models import Agency


def draw(text: LetterText) -> bytes:
    """The PDF of a letter with an agency's words, saved or not, about a dossier that does not exist."""
    letter, dossier, facts = _made_up(text.kind, text.agency, text)
    return letters.render(letter, dossier, facts)


def draw_form(form: str, body: str) -> bytes:
    """The PDF of a form with these words, saved or not; raises TemplateError where they cannot be used."""
    kind = letter_bodies.kind_of(form)
    letter, dossier, facts = _made_up(kind, None, None)
    dossier.agency = Agency(name="Ủy ban nhân dân phường Mẫu")
    return letters.with_words(letter, dossier, facts, body, own=FORMS.get(form))


def _made_up(kind: str, agency: Agency | None, text: LetterText | None) -> tuple[Letter, Dossier, letters.LetterFacts]:
    now = timezone.now()
    due = now + timedelta(days=3)
    dossier = Dossier(
        code="000.00.00.H00-000000-0000",
        agency=agency,
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
    letter = Letter(kind=kind, event=event)
    request = SupplementRequest(
        dossier=dossier, items=[{"name": "Giấy tờ mẫu", "text": "Chụp lại cho rõ"}], requested_at=now, answer_due_at=due
    )
    facts = letters.LetterFacts(components=[], obligations=[], supplement_request=request, agency_words=text)
    return letter, dossier, facts
