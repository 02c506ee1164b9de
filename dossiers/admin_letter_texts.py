"""An agency's own words on its letters, in the back office: versions from a day on, seen on paper before they hold."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dossiers import letter_samples, placeholders
from dossiers.models import LetterText
from portal.agencies.administration import AgencyKept
from portal.core.errors import NotFoundError
from portal.core.pdf_responses import inline_pdf
from portal.core.text import clean_block

FACTS = _("Cổng thay {ma_ho_so}, {thu_tuc}, {nguoi_nop}, {co_quan} và {hen_tra} bằng nội dung của từng hồ sơ.")


class WordsForm(forms.ModelForm):
    """A version of what letters say, from today or a later day."""

    def clean_valid_from(self) -> Any:
        """Letters of the past keep their words."""
        day = self.cleaned_data["valid_from"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Ngày áp dụng đã qua. Hãy chọn từ hôm nay trở đi."))
        return day


class LetterTextForm(WordsForm):
    """One version: plain text, known names in braces."""

    def clean_opening(self) -> str:
        """The words before what the form says, cleaned; a name in braces that no dossier has is an error."""
        return self._words("opening")

    def clean_closing(self) -> str:
        """The words after what the form says, likewise."""
        return self._words("closing")

    def _words(self, name: str) -> str:
        cleaned = clean_block(self.cleaned_data[name])
        if wrong := placeholders.unknown(cleaned):
            raise forms.ValidationError(
                _("Không có chỗ điền tên {%(name)s}. %(known)s"), params={"name": wrong[0], "known": FACTS}
            )
        return cleaned


@admin.register(LetterText)
class LetterTextAdmin(AgencyKept):
    """Versions: one that has begun stays as it is, since letters carry it; the next one is added."""

    form = LetterTextForm
    change_form_template = "backoffice/letter_text.html"
    list_display = ("kind", "agency", "valid_from", "closing")
    list_select_related = ("agency",)
    list_filter = ("kind",)
    ordering = ("kind", "-valid_from", "-pk")
    fieldsets = ((None, {"fields": ("agency", "kind", "opening", "closing", "valid_from"), "description": FACTS}),)

    def has_change_permission(self, request: HttpRequest, obj: LetterText | None = None) -> bool:
        """Until the day it begins."""
        return super().has_change_permission(request, obj) and (obj is None or not obj.has_begun)

    def has_delete_permission(self, request: HttpRequest, obj: LetterText | None = None) -> bool:
        """Of the rows she may see, until the day they begin."""
        return self.has_view_permission(request) and (obj is None or not obj.has_begun)

    def get_urls(self) -> list[URLPattern]:
        """Beside the generic pages a version on paper."""
        paper = self.admin_site.admin_view(require_GET(self.paper))
        return [path("<int:pk>/giay/", paper, name="letter_text_paper"), *super().get_urls()]

    def paper(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A saved version on paper, with a made-up dossier; one of another agency's is not found."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        known = self.get_object(request, str(pk))
        if known is None:
            raise NotFoundError
        return _paper(known)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """The form; by its button `_preview` what stands in it on paper, and nothing is saved."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST" and "_preview" in request.POST:
            form = self.get_form(request)(request.POST)
            if form.is_valid():
                return _paper(form.instance)
        return super().changeform_view(request, object_id, form_url, extra_context)


def _paper(text: LetterText) -> HttpResponse:
    return inline_pdf(letter_samples.draw(text), name=f"mau-{text.kind}.pdf")
