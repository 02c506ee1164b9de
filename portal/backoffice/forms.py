"""Forms of the steps (phiếu của từng bước): what the official types, checked before the service is called."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from datastore.results.paper import signature_lines
from dossiers import charging, contradictions, delegated, draft_checks, paid_ahead, uncharged
from dossiers.charging import Charge
from dossiers.models import Dossier
from dossiers.services import Decision
from portal.agencies.actors import Actor, ActorKind
from portal.core.masking import hide_numbers
from portal.core.money import format_vnd
from portal.core.money_fields import VndField
from procedures.fees import FeeLine
from procedures.models import FeeKind

REASON_LIMIT = 4000
MISSING_REASON = _("Hãy nêu lý do.")
TOO_LONG = _("Dài quá %(limit_value)d ký tự. Hãy viết gọn lại.")


def number_field() -> forms.CharField:
    """Number and symbol of the paper that is issued (số, ký hiệu văn bản)."""
    return forms.CharField(
        label=_("Số, ký hiệu văn bản"),
        max_length=60,
        required=False,
        help_text=_("Để trống thì Cổng lấy số theo mã hồ sơ."),
        error_messages={"max_length": TOO_LONG},
    )


def reason_field(
    label: Any, help_text: Any = "", *, required: bool = True, rows: int = 4, missing: Any = MISSING_REASON
) -> forms.CharField:
    """A field for words that somebody else will read; `missing` is said where they are left out."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing, "max_length": TOO_LONG},
    )


SHAPE = "shape"


class StepForm(forms.Form):
    """The common part: as of which event the official decides, so that nothing is overwritten unseen."""

    sequence = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, error_messages={"required": _("Hãy tải lại trang.")}
    )

    def __init__(self, *args: Any, dossier: Dossier, actor: Actor, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"sequence": dossier.last_sequence})
        super().__init__(*args, **kwargs)
        self.dossier = dossier
        self.actor = actor

    takes_files = False
    """Whether its page sends files, too."""

    def prepare(self) -> bool:
        """What has to be done before the service is called, once everything typed is right; False where it failed."""
        return True

    def refused(self) -> None:
        """Called once the step was refused, before the form is shown again; what it then says beside its errors."""

    @property
    def shape(self) -> str:
        """By which a page is known that asks something else than this form: its fields are told by their place."""
        asked = "\n".join(f"{name}\t{field.label}" for name, field in self.fields.items())
        return hashlib.sha256(asked.encode()).hexdigest()[:16]

    def asks_otherwise(self) -> bool:
        """Whether what she answered on her page is no longer what is asked, such as another list of fees."""
        return self.data.get(SHAPE, self.shape) != self.shape

    def told_as_of(self, sequence: int) -> None:
        """She reads on this page what happened up to that event: pressed again, she decides on it."""
        sent: Any = self.data
        sent = sent.copy()  # as it came it is frozen
        sent[self.add_prefix("sequence")] = str(sequence)
        self.data = sent

    def choose_again(self, name: str) -> None:
        """Say beside a field that its files have to be chosen again: a browser gives none back."""
        self.add_error(name, _now("Chưa gửi gì. Hãy chọn lại tệp rồi gửi."))

    def shown_fields(self) -> list[forms.BoundField]:
        """The fields that the plain template draws one under the other."""
        return [field for field in self.visible_fields() if field.name not in self.grouped_names()]

    def grouped_names(self) -> frozenset[str]:
        """Fields that a group draws."""
        return frozenset()

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return {key: value for key, value in self.cleaned_data.items() if key != "sequence"}


class ReasonStepForm(StepForm):
    """A step that needs its reason."""

    reason = reason_field(_("Lý do"), _("Người nộp sẽ đọc nguyên văn. Nêu căn cứ và cách làm tiếp."))


class ConfirmWithdrawalForm(StepForm):
    """Letting the citizen withdraw; a note is welcome."""

    reason = reason_field(_("Ghi chú gửi người nộp"), required=False, rows=3)


class RefuseIntakeForm(StepForm):
    """Refusing a filing: the reason goes into form 03."""

    reason = reason_field(_("Lý do từ chối"), _("In trên phiếu từ chối. Nêu căn cứ pháp lý và nơi người nộp cần đến."))


class GroundsForm(StepForm):
    """What a proposal or decision has to explain: a fee that was told and never asked for, a paper that differs.

    dossiers.uncharged, dossiers.contradictions.
    """

    is_reason_needed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if uncharged.fixed(self.dossier):
            self.fields[uncharged.FIELD] = reason_field(
                _("Vì sao không thu phí, lệ phí đã báo"),
                _("Nêu căn cứ miễn, hoặc đã thu ở đâu. Người nộp đọc nguyên văn."),
                required=self.is_reason_needed,
                rows=2,
                missing=uncharged.MISSING,
            )
            self.initial[uncharged.FIELD] = uncharged.reason_for(self.dossier)
        if contradictions.contradicting(self.dossier):
            self.fields[contradictions.FIELD] = reason_field(
                _("Vì sao không theo giấy còn hiệu lực"),
                _("Nêu đã tra sổ, xác minh thế nào. Lưu trong diễn biến của cơ quan, người nộp không đọc."),
                rows=2,
                missing=contradictions.MISSING,
            )
            self.initial[contradictions.FIELD] = contradictions.reason_for(self.dossier)

    def grounds(self) -> dict[str, str]:
        """The reasons as the service takes them."""
        return {name: self.cleaned_data.get(name, "") for name in (uncharged.FIELD, contradictions.FIELD)}


class ApproveForm(GroundsForm):
    """Seeing and signing: the number of the paper is asked for, the signer is who signs, the lines were proposed."""

    intro_template = "backoffice/_form_approve.html"
    is_reason_needed = True

    document_number = number_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signer_name, _comma, self.signer_title = self.actor.name.partition(", ")
        for_another = self.actor.kind == ActorKind.DELEGATE
        self.signs_for = delegated.form_for(self.dossier, self.actor.user) if for_another else ""

    def signature(self) -> list[str]:
        """Title and name as they will stand below the paper."""
        return [*signature_lines(self.signer_title, self.signs_for), self.signer_name]

    def lines(self) -> list[tuple[str, str]]:
        """What the specialist added, numbers masked like everywhere."""
        return [(label, hide_numbers(text)) for label, text in draft_checks.lines_of(self.dossier)]

    def document(self) -> None:
        """There is no paper yet."""

    def arguments(self) -> dict[str, Any]:
        """One Decision."""
        decision = Decision(self.cleaned_data["document_number"], self.signer_name, self.signer_title)
        return {"decision": decision, **self.grounds()}


class PaymentForm(StepForm):
    """Lines to pay: those that the procedure knows, and one of the official's own."""

    group_template = "backoffice/_form_charges.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines: Sequence[FeeLine] = charging.not_asked_for(self.dossier)
        paid = paid_ahead.held_for(self.dossier) if self.lines else {}
        for at, line in enumerate(self.lines):
            held = paid.get(line.charge)
            told = _now("Người nộp đã nộp trước %(amount)s: yêu cầu đúng số này thì được ghi đã nộp ngay.")
            words = [line.legal_basis, told % {"amount": format_vnd(held.amount_vnd)} if held else ""]
            self.fields[f"check_{at}"] = forms.BooleanField(
                label=line.description, required=False, help_text=". ".join(filter(None, words))
            )
            self.fields[f"amount_{at}"] = _amount(_now("Số tiền (đồng): %(name)s") % {"name": line.description})
            self.fields[f"amount_{at}"].initial = line.amount_vnd
            self.fields[f"check_{at}"].initial = held is not None  # what lies here only has to be written down
        if len(self.lines) == 1:
            self.fields["check_0"].initial = True  # with no other to choose from, it is what she came for
        if self.lines:
            named = [(line.charge, line.description) for line in self.lines]
            self.fields["own_charge"] = forms.ChoiceField(
                label=_("Khoản này thay cho"),
                help_text=_("Nếu đó là một khoản đã báo người nộp, hãy chọn để không báo hai lần."),
                choices=[("", _("Khoản ngoài các khoản trên")), *named],
                required=False,
            )
        self.fields["own_description"] = forms.CharField(label=_("Khoản khác"), max_length=300, required=False)
        self.fields["own_kind"] = forms.ChoiceField(label=_("Loại"), choices=FeeKind.choices, required=False)
        self.fields["own_amount"] = _amount(_("Số tiền (đồng)"))
        self.fields["own_basis"] = forms.CharField(label=_("Căn cứ"), max_length=200, required=False)
        self.fields["reason"] = reason_field(_("Lời nhắn cho người nộp"), required=False, rows=3)

    def grouped_names(self) -> frozenset[str]:
        """All but the message."""
        return frozenset(self.fields) - {"reason"}

    def groups(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Check and amount of each known line."""
        return [(self[f"check_{at}"], self[f"amount_{at}"]) for at in range(len(self.lines))]

    def own_fields(self) -> list[forms.BoundField]:
        """The official's own line."""
        names = ("own_description", "own_charge", "own_kind", "own_amount", "own_basis")
        return [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """At least one line, each with an amount."""
        data = super().clean() or {}
        self.charges = []
        for at, line in enumerate(self.lines):
            if not data.get(f"check_{at}"):
                continue
            if data.get(f"amount_{at}"):
                self.charges.append(Charge.of(line, data[f"amount_{at}"]))
            elif f"amount_{at}" not in self.errors:
                self.add_error(f"amount_{at}", _now("Hãy ghi số tiền, số nguyên lớn hơn 0 đồng."))
        description, amount = (data.get("own_description") or "").strip(), data.get("own_amount")
        if description and amount:
            self._add_own(description, amount, data)
        elif description and "own_amount" not in self.errors:
            self.add_error("own_amount", _now("Hãy ghi số tiền, số nguyên lớn hơn 0 đồng."))
        elif amount:
            self.add_error("own_description", _now("Hãy ghi tên khoản phải nộp."))
        if not self.charges and not self.errors:
            self.add_error(None, _now("Hãy chọn ít nhất một khoản phải nộp, hoặc ghi khoản khác."))
        return data

    def _add_own(self, description: str, amount: int, data: dict[str, Any]) -> None:
        """The official's own line: one of the foretold fees in her words, or another."""
        meant = data.get("own_charge") or ""
        if meant and any(charge.charge == meant for charge in self.charges):
            self.add_error("own_charge", _now("Khoản này đã được đánh dấu ở trên. Hãy chỉ thu một lần."))
            return
        kind = data.get("own_kind") or FeeKind.values[0]
        self.charges.append(Charge(kind, description, amount, data.get("own_basis") or "", meant))

    def arguments(self) -> dict[str, Any]:
        """Charges and message."""
        return {"charges": self.charges, "reason": self.cleaned_data["reason"]}


def _amount(label: Any) -> VndField:
    return VndField(
        label=label,
        required=False,
        min_value=1,
        max_value=100_000_000_000,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )


class RevealForm(forms.Form):
    """Why the whole identification number is needed; its ids are its own, a step's form may stand on the same page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "reveal-%s", **kwargs})

    reason = forms.CharField(
        label=_("Lý do xem đầy đủ"),
        max_length=300,
        error_messages={"required": _("Hãy nêu lý do xem số định danh đầy đủ."), "max_length": TOO_LONG},
    )


FORMS: dict[str, type[StepForm]] = {
    "approve": ApproveForm,
    "confirm_withdrawal": ConfirmWithdrawalForm,
    "refuse_withdrawal": ReasonStepForm,
    "require_payment": PaymentForm,
    "refuse_intake": RefuseIntakeForm,
    "stop": ReasonStepForm,
}
