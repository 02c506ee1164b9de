"""The words of the forms of letters, in the back office: versions of the national editor, from a day on."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from datastore.results.paper_language import TemplateError
from dossiers import letter_bodies, letter_samples, letter_templates
from dossiers.admin_letter_texts import WordsForm
from dossiers.models import LetterTemplate
from dossiers.models.letter_templates import MAX_LENGTH, form_choices
from portal.agencies.administration import AgencyKept
from portal.core.errors import NotFoundError
from portal.core.pdf_responses import inline_pdf
from portal.core.text import clean_block

HELP = _(
    "Mỗi dòng là một đoạn. Giá trị viết là {{ tên }}; điều kiện viết là [nếu tên] … [hết]; “* Nhãn: {{ tên }}” là một "
    "dòng thông tin, “# …” là tên mục. Đầu giấy, tên văn bản, chữ ký và mã QR do Cổng in."
)


class LetterTemplateForm(WordsForm):
    """One version: words that can be used for its form, from today or a later day, with the reason."""

    def clean(self) -> dict[str, Any]:
        """Every line that cannot be used is named, and what the form must say and does not."""
        data = super().clean() or self.cleaned_data
        if "body" in data and "form" in data:
            data["body"] = clean_block(data["body"])
            try:
                letter_bodies.read(data["form"], data["body"])
            except TemplateError as error:
                for words in error.problems:
                    self.add_error("body", words)
        return data


@admin.register(LetterTemplate)
class LetterTemplateAdmin(AgencyKept):
    """Versions for the whole country: the national editor's; one that has begun stays as it is."""

    form = LetterTemplateForm
    change_form_template = "backoffice/letter_template.html"
    list_display = ("form", "valid_from", "author", "reason", "stands")
    list_select_related = ("author",)
    list_filter = ("form",)
    ordering = ("form", "-valid_from", "-pk")
    readonly_fields = ("problem",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LetterTemplate]:
        """All rows for the national editor, none for anybody else: they belong to no agency."""
        return super().get_queryset(request) if request.user.is_superuser else LetterTemplate.objects.none()

    def get_fieldsets(self, request: HttpRequest, obj: LetterTemplate | None = None) -> Any:
        """With what went wrong, where a letter could not be written with it."""
        shown = ("form", "body", "reason", "valid_from", *(("problem",) if obj is not None and obj.problem else ()))
        return ((None, {"fields": shown, "description": HELP}),)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The words in a field as wide as a page."""
        if db_field.name == "body":
            kwargs["widget"] = forms.Textarea({"rows": 26, "spellcheck": "false", "maxlength": MAX_LENGTH})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new version begins with the words in force, of the form that `?form=` names."""
        form = request.GET.get("form", "")
        if form not in dict(form_choices()):
            return {}
        in_force = letter_templates.in_force(form, timezone.localdate())
        return {"form": form, "body": in_force[0].body if in_force else letter_bodies.of_release(form)}

    @admin.display(description=_("tình trạng"))
    def stands(self, template: LetterTemplate) -> str:
        """Whether letters are written with it now, later or no longer, or cannot be."""
        if template.problem:
            return _now("có lỗi: %(problem)s") % {"problem": Truncator(template.problem).chars(120)}
        if not template.has_begun:
            return _now("chưa áp dụng")
        newest = LetterTemplate.objects.filter(form=template.form, valid_from__lte=timezone.localdate())
        latest = newest.order_by("-valid_from", "-pk").values_list("pk", flat=True).first()
        if latest != template.pk:
            return _now("đã thay")
        if missing := letter_templates.left_out(template):
            return _now("đang áp dụng, bản sau phải sửa: %(missing)s") % {"missing": Truncator(missing).chars(120)}
        return _now("đang áp dụng")

    def save_model(self, request: HttpRequest, obj: LetterTemplate, form: Any, change: bool) -> None:
        """Who writes it hears of what goes wrong with it."""
        obj.author_id = request.user.pk
        super().save_model(request, obj, form, change)

    def has_view_permission(self, request: HttpRequest, obj: LetterTemplate | None = None) -> bool:
        """The national editor only: agencies have words of their own beside (LetterText)."""
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may see the list."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: LetterTemplate | None = None) -> bool:
        """Until the day it begins."""
        return self.has_view_permission(request) and (obj is None or not obj.has_begun)

    def has_delete_permission(self, request: HttpRequest, obj: LetterTemplate | None = None) -> bool:
        """Until the day it begins."""
        return self.has_change_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        """Beside the generic pages a version on paper, and the release's."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/giay/", view(require_GET(self.paper)), name="letter_template_paper"),
            path("ban-goc/<slug:form>/", view(require_GET(self.release)), name="letter_template_release"),
            *super().get_urls(),
        ]

    def paper(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A saved version on paper, with a made-up dossier."""
        self._require(request)
        known = self.get_object(request, str(pk))
        if known is None:
            raise NotFoundError
        return _paper(known.form, known.body)

    def release(self, request: HttpRequest, form: str) -> HttpResponse:
        """Version 0 of a form on paper."""
        self._require(request)
        if form not in dict(form_choices()):
            raise NotFoundError
        return _paper(form, letter_bodies.of_release(form))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """The form; by its button `_preview` what stands in it on paper, and nothing is saved."""
        self._require(request)
        if request.method == "POST" and "_preview" in request.POST:
            form = self.get_form(request)(request.POST)
            if form.is_valid():
                return _paper(form.instance.form, form.instance.body)
        forms_there_are = [{"number": number, "label": label} for number, label in form_choices()]
        extra = {"forms": forms_there_are, "about": _about()}
        return super().changeform_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def _require(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


def _about() -> list[dict[str, Any]]:
    """What each form may say: its values and lists, and which of them it must have."""
    return [
        {
            "form": label,
            "values": [(f"{{{{ {name} }}}}", what) for name, what in letter_bodies.values_of(number).items()],
            "lists": [
                (f"[bảng {name}: {', '.join(columns)}]", what)
                for name, (columns, what) in letter_bodies.lists_of(number).items()
            ],
        }
        for number, label in form_choices()
    ]


def _paper(form: str, body: str) -> HttpResponse:
    try:
        return inline_pdf(letter_samples.draw_form(form, body), name=f"mau-{form}.pdf")
    except TemplateError as error:
        return HttpResponse("\n".join(error.problems), content_type="text/plain; charset=utf-8", status=422)
