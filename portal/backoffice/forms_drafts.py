"""Forms around the draft of a result: sending it, its answer on paper, and putting right what it says."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dossiers import draft_checks, left_out, paper_statements, paper_words, results
from dossiers.paper_statements import Statement
from portal.backoffice.forms import TOO_LONG, StepForm, reason_field
from portal.core.errors import InvalidInputError
from portal.core.masking import hide_numbers

MASK = "•"


class Corrections(StepForm):
    """Each value of the paper with room to write the right one; numbers stay masked until a whole one is written."""

    group_template = "backoffice/_form_corrections.html"
    statements: list[Statement]

    def offer(self, statements: list[Statement], corrected: Mapping[str, str]) -> None:
        """Lay out a field for each value; `corrected` was put right before."""
        self.statements, self.corrected = statements, corrected
        self.changed: dict[str, str] = {}
        for at, row in enumerate(statements):
            self.fields[f"text_{at}"] = forms.CharField(
                label=row.label,
                required=False,
                max_length=paper_statements.TEXT_LENGTH,
                initial=hide_numbers(row.text),
                error_messages={"max_length": TOO_LONG},
                widget=_list_of(row) if row.choices else forms.TextInput,
            )

    def grouped_names(self) -> frozenset[str]:
        """What stands on the paper."""
        return frozenset(f"text_{at}" for at in range(len(self.statements)))

    def corrections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The values of the paper in the order of the form, under its headings."""
        placed = groupby(enumerate(self.statements), key=lambda row: row[1].heading)
        return [(heading, [self[f"text_{at}"] for at, _row in rows]) for heading, rows in placed]

    def clean(self) -> dict[str, Any]:
        """A masked number is left as it is, or written whole: half of one would go onto the paper."""
        data = super().clean() or {}
        for at, row in enumerate(self.statements):
            typed = (data.get(f"text_{at}") or "").strip()
            if f"text_{at}" not in self.data or typed in {row.text.strip(), hide_numbers(row.text).strip()}:
                continue  # what was not sent stays, too
            if MASK in typed:
                self.add_error(f"text_{at}", _now("Hãy ghi đầy đủ, không để dấu che."))
            self.changed[row.key] = typed
        if not self.errors:
            self._check()
        return data

    def _check(self) -> None:
        """Each value by the rules of its field on the form that was filed."""
        try:
            self.changed = paper_words.checked(self.dossier, self.corrected, self.changed)
            left_out.require_words(self.dossier, self.corrected, self.changed)
        except InvalidInputError as error:
            at = {row.key: f"text_{number}" for number, row in enumerate(self.statements)}
            for key, words in error.fields.items():
                self.add_error(at[key], [str(word) for word in words])


def _stands_on(key: str, printed: frozenset[str]) -> bool:
    """Whether a template prints a value: by its own name, or with the whole that it is a part of."""
    return key in printed or key.partition(".")[0] in printed or any(name.startswith(f"{key}.") for name in printed)


def _list_of(row: Statement) -> forms.Select:
    """The words to choose from, with what stands there now."""
    words = row.choices if row.text in row.choices else (row.text, *row.choices)
    return forms.Select(choices=[(word, word) for word in words])


class CorrectDraftForm(Corrections):
    """Putting right what the coming paper says, with the reason that the applicant reads."""

    reason = reason_field(_("Vì sao sửa"), _("Người nộp đọc nguyên văn, ví dụ: sửa theo chỗ bạn báo."), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        printed = results.printed_keys(self.dossier)
        rows = draft_checks.statements(self.dossier)
        self.offer(
            [row for row in rows if printed is None or _stands_on(row.key, printed)],
            draft_checks.corrections_of(self.dossier),
        )

    def arguments(self) -> dict[str, Any]:
        """Reason, and what is put right."""
        return {"reason": self.cleaned_data["reason"], "corrections": self.changed}


class ConfirmOnPaperForm(StepForm):
    """What somebody signed at the counter, written down by the official who keeps the paper."""

    words = reason_field(
        _("Ghi chú"), _("Ví dụ: người nộp ký trên bản in dự thảo, lưu tại hồ sơ giấy."), required=False, rows=2
    )
    is_seen = forms.BooleanField(
        label=_("Người nộp đã xem bản dự thảo và ký xác nhận trên giấy"),
        error_messages={"required": _("Hãy kiểm tra rồi đánh dấu ô này.")},
    )

    def arguments(self) -> dict[str, Any]:
        """The note; the tick is for the person."""
        return {"words": self.cleaned_data["words"]}


class DisputeOnPaperForm(StepForm):
    """What is wrong, as the applicant said it at the counter."""

    reason = reason_field(_("Chỗ sai"), _("Ghi đúng lời người nộp: mục nào sai, ghi thế nào mới đúng."))


FORMS: dict[str, type[StepForm]] = {
    "correct_draft": CorrectDraftForm,
    "confirm_draft": ConfirmOnPaperForm,
    "dispute_draft": DisputeOnPaperForm,
}
