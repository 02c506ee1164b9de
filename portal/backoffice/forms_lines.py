"""What an official adds to a coming paper (nội dung thêm trên kết quả): lines beside those that it prints by itself."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dossiers import (
    contradictions,
    draft_checks,
    paper_gaps,
    paper_statements,
    person_numbers,
    results,
    stages,
    uncharged,
)
from portal.backoffice.forms import TOO_LONG, GroundsForm, StepForm, reason_field
from portal.core.errors import InvalidInputError
from portal.core.masking import hide_numbers
from portal.core.text import fold


class LinesForm(StepForm):
    """What the result says beyond its template, line by line."""

    content = forms.CharField(
        label=_("Nội dung thêm trên kết quả"),
        required=False,
        max_length=8000,
        help_text=_("Mỗi dòng một mục, dạng “Tên mục: nội dung”."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_content(self) -> list[tuple[str, str]]:
        """Lines as pairs."""
        pairs = []
        for number, line in enumerate(filter(str.strip, self.cleaned_data["content"].splitlines()), start=1):
            key, colon, value = line.partition(":")
            if not colon or not key.strip() or not value.strip():
                raise forms.ValidationError(
                    _now("Dòng %(number)d chưa đúng dạng “Tên mục: nội dung”.") % {"number": number}
                )
            pairs.append((key.strip(), value.strip()))
        self._refuse_said_twice(pairs)
        return pairs

    def _refuse_said_twice(self, pairs: list[tuple[str, str]]) -> None:
        """A line beside one of the same name repeats it or contradicts it: a paper says a thing once.

        The number of a newborn is written by the registrar where none came (dossiers.person_numbers).
        """
        written: set[str] = set()
        printed = {fold(label) for label in results.printed_labels(self.dossier)} if pairs else set()
        for label, text in pairs:
            if fold(label) in written:
                raise forms.ValidationError(
                    _now("“%(label)s” được ghi hai lần. Hãy chỉ giữ một dòng.") % {"label": label}
                )
            if fold(label) in printed and not person_numbers.line_of([[label, text]]):
                raise forms.ValidationError(
                    _now(
                        "Giấy đã in “%(label)s” từ tờ khai. Hãy bỏ dòng này; "
                        "nếu nội dung in sai, hãy dùng bước “Sửa bản dự thảo”."
                    )
                    % {"label": label}
                )
            written.add(fold(label))


def as_lines(rows: Iterable[Sequence[str]]) -> str:
    """Lines of a paper as they are typed."""
    return "\n".join(f"{label}: {text}" for label, text in rows)


class ProposeForm(GroundsForm, LinesForm):
    """The specialist's proposal, and what she adds to the paper: the leader reads both."""

    field_order = (stages.FIELD, "reason", uncharged.FIELD, contradictions.FIELD, "content")
    intro_template = "backoffice/_form_propose.html"

    reason = reason_field(_("Ý kiến đề xuất"), _("Lãnh đạo đọc ý kiến này khi duyệt."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        course = stages.of(self.dossier)
        if course is not None and (left := course.left_by(self.actor)):
            self.fields[stages.FIELD] = reason_field(
                _now("Vì sao trình khi chưa xong: %(names)s") % {"names": stages.names(left)},
                _("Lãnh đạo đọc; lưu trong diễn biến của cơ quan, người nộp không đọc."),
                rows=2,
                missing=_("Hãy nêu lý do trình khi còn bước chưa làm."),
            )
            self.order_fields(self.field_order)
        self.initial["content"] = as_lines(draft_checks.lines_of(self.dossier))
        self.gaps = paper_gaps.of(self.dossier)
        self.written: dict[str, str] = {}
        for gap in self.gaps:
            self.fields[_name_of(gap.key)] = forms.CharField(
                label=gap.label,
                required=False,
                max_length=paper_statements.TEXT_LENGTH,
                initial=gap.text,
                error_messages={"max_length": TOO_LONG},
            )

    def grouped_names(self) -> frozenset[str]:
        """What the register says stands under words of its own."""
        return frozenset(_name_of(gap.key) for gap in self.gaps)

    def gap_fields(self) -> list[forms.BoundField]:
        """What the applicant did not know."""
        return [self[_name_of(gap.key)] for gap in self.gaps]

    def clean(self) -> dict[str, Any]:
        """What is written from the register, by the rules of the form that was filed."""
        data = super().clean() or {}
        names = {gap.key: _name_of(gap.key) for gap in self.gaps}
        typed = {key: data.get(name) or "" for key, name in names.items() if name in self.data}
        try:
            self.written = paper_gaps.checked(self.dossier, typed)
        except InvalidInputError as error:
            for key, words in error.fields.items():
                self.add_error(names[key], [str(word) for word in words])
        return data

    def document(self) -> None:
        """There is no paper yet."""

    def told(self) -> list[str]:
        """What the applicant answered in words when she was asked, oldest first, numbers masked like everywhere.

        An answer of the form that she put right stands on the paper already; words do only where they are added.
        """
        answered = self.dossier.supplement_requests.exclude(answered_at=None).exclude(answer="")
        return [hide_numbers(words) for words in answered.values_list("answer", flat=True)]

    def arguments(self) -> dict[str, Any]:
        """The words for the leader, the lines, and what the register says."""
        words = {"reason": self.cleaned_data["reason"], "lines": self.cleaned_data["content"], "written": self.written}
        return words | {"stages_reason": self.cleaned_data.get(stages.FIELD, "")} | self.grounds()


def _name_of(key: str) -> str:
    """The field of a gap, by what it is: gaps come and go between the page and what is sent from it."""
    return f"gap_{key}"


FORMS: dict[str, type[StepForm]] = {"propose": ProposeForm}
