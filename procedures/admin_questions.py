"""Questions and answers in the back office: written by the portal's own editors, shown on sheets once published."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.core.admin import AskedByFiltersOnly
from procedures import questions
from procedures.forms import CodesField, known_procedures
from procedures.models import Question


class QuestionForm(forms.ModelForm):
    """A question, its answer, and the procedures it is about."""

    procedure_codes = CodesField(label=_("Mã thủ tục"), help_text=_("Mỗi dòng một mã, ví dụ 1.013225."), required=True)

    class Meta:
        model = Question
        fields = (
            "code",
            "procedure_codes",
            "question",
            "question_en",
            "answer",
            "answer_en",
            "legal_basis",
            "position",
            "is_published",
        )

    def clean_procedure_codes(self) -> list[str]:
        """Only procedures of the catalogue."""
        return known_procedures(self.cleaned_data["procedure_codes"])


@admin.register(Question)
class QuestionAdmin(AskedByFiltersOnly):
    """Superusers write; whoever has the permission of the model may, too."""

    form = QuestionForm
    list_display = ("question", "codes", "is_published", "position", "updated_at")
    list_filter = ("is_published",)
    search_fields = ("question", "answer", "code")
    ordering = ("position", "code")

    @admin.display(description=_("mã thủ tục"))
    def codes(self, question: Question) -> Any:
        """The procedures it is about."""
        return ", ".join(question.procedure_codes)

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:
        """Through the one door, so that sheets follow at once."""
        questions.save(obj)

    def delete_model(self, request: HttpRequest, obj: Question) -> None:
        """As saving."""
        questions.delete(obj)
