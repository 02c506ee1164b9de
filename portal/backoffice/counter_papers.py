"""Papers printed at the counter: the receipt of the dossier (form 01) or of its filing, and that of the money."""

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from datastore.results import rendering
from dossiers import letters
from dossiers.models import Dossier, Letter, LetterKind
from payments import receipts
from payments.models import Receipt
from portal.core.errors import NotFoundError

LETTERS = {
    "giay-tiep-nhan": (LetterKind.RECEIPT, _("In giấy tiếp nhận và hẹn trả (mẫu %(form)s)")),
    "xac-nhan": (LetterKind.SUBMISSION, _("In xác nhận nộp hồ sơ")),
}
MONEY = "bien-lai"
MONEY_WORDS = _("In biên lai thu phí, lệ phí")


def available(dossier: Dossier) -> list[tuple[str, str | Promise]]:
    """What can be printed now, by address: the receipt of form 01 stands in for the one of the filing."""
    forms = {letter.kind: letter.form for letter in dossier.letters.all()}
    found: list[tuple[str, str | Promise]] = []
    for name, (kind, words) in LETTERS.items():
        if kind in forms and not found:
            found.append((name, str(words) % {"form": forms[kind]}))
    if _receipt(dossier) is not None:
        found.append((MONEY, MONEY_WORDS))
    return found


def draw(dossier: Dossier, paper: str) -> bytes:
    """Draw one as PDF, the same as the worker lays in the person's store; raises NotFoundError."""
    if paper == MONEY:
        receipt = _receipt(dossier)
        if receipt is None:
            raise NotFoundError
        return rendering.render_pdf(
            "payments/receipt_pdf.html", receipts.context(receipt), title=f"{receipts.TITLE} {receipt}"
        )
    kind, _words = LETTERS.get(paper, (None, ""))
    letter: Letter | None = dossier.letters.filter(kind=kind).select_related("event").last() if kind else None
    if letter is None:
        raise NotFoundError
    whole = Dossier.objects.select_related("agency__parent", "agency__unit", "procedure_version", "owner").get(
        pk=dossier.pk
    )
    return letters.render(letter, whole)


def _receipt(dossier: Dossier) -> Receipt | None:
    ours = Q(order__dossier=dossier, order__bundle=None) | Q(lines__obligation__dossier=dossier)
    return Receipt.objects.filter(ours).select_related("order", "agency").order_by("-pk").first()
