"""Who signs results for the head of an agency (ký thay): written by the head or by the agency's administrator."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.models import User
from portal.agencies import signing
from portal.agencies.codes import find_agency
from portal.agencies.models import Agency, SigningManner
from portal.agencies.scopes import within
from portal.backoffice import signing_settings
from portal.backoffice.day_fields import DayField
from portal.backoffice.forms import TOO_LONG
from portal.backoffice.officials import Official, official_of
from portal.core import form_errors
from portal.core.errors import InvalidInputError, NotFoundError
from procedures.models import Procedure

SHOWN = 100
MOST_PROCEDURES = 100
AGENCY = "co-quan"
"""In the address: the agency below hers for which an administrator writes."""


class SigningForm(forms.Form):
    """Who, for whom, in which form, by which paper, and when."""

    principal = forms.ChoiceField(
        label=gettext_lazy("Người giao ký"),
        help_text=gettext_lazy("Người đứng đầu cơ quan. Cấp phó không giao lại cho người khác."),
        error_messages={"required": gettext_lazy("Hãy chọn người giao ký.")},
    )
    signer = forms.ChoiceField(
        label=gettext_lazy("Người được giao ký"),
        help_text=gettext_lazy("Cán bộ có chức danh tại cơ quan. Lãnh đạo tự duyệt được nên không có ở đây."),
        error_messages={"required": gettext_lazy("Hãy chọn người được giao ký.")},
    )
    manner = forms.ChoiceField(label=gettext_lazy("Hình thức ký"), choices=SigningManner.choices)
    procedures = forms.CharField(
        label=gettext_lazy("Mã thủ tục được ký"),
        help_text=gettext_lazy(
            "Mỗi dòng một mã, ví dụ 1.004873. Để trống là mọi thủ tục; ký thừa ủy quyền thì phải ghi."
        ),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )
    document_number = forms.CharField(
        label=gettext_lazy("Số, ký hiệu văn bản giao ký"),
        help_text=gettext_lazy("Quyết định, văn bản ủy quyền hoặc quy chế làm việc; ví dụ 12/QĐ-UBND."),
        max_length=60,
        error_messages={
            "required": gettext_lazy("Hãy ghi số, ký hiệu văn bản giao ký."),
            "max_length": TOO_LONG,
        },
    )
    document_date = DayField(label=gettext_lazy("Ngày văn bản"))
    first_day = DayField(label=gettext_lazy("Được ký từ ngày"))
    last_day = DayField(label=gettext_lazy("Đến hết ngày"))

    def __init__(self, *args: Any, official: Official, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        heads = signing.heads(agency)
        if not signing.administers(official.posts, agency):
            heads = heads.filter(user=official.user)
        self.heads: dict[str, User] = {str(post.user.pk): post.user for post in heads}
        self.signers: dict[str, User] = {}
        told: dict[str, list[tuple[str, str]]] = {"principal": [], "signer": []}
        for name, people, posts in (
            ("principal", self.heads, heads),
            ("signer", self.signers, signing.may_sign(agency)),
        ):
            for post in posts:
                people[str(post.user.pk)] = post.user
                told[name].append((str(post.user.pk), f"{post.user}, {post.title}"))
            field: Any = self.fields[name]
            field.choices = list(dict(told[name]).items())

    def clean_procedures(self) -> list[str]:
        """Codes that exist, each once."""
        codes = list(dict.fromkeys(self.cleaned_data["procedures"].replace(",", " ").split()))
        if len(codes) > MOST_PROCEDURES:
            raise forms.ValidationError(
                _("Một lần giao ký nhiều nhất %(most)d thủ tục. Để trống là mọi thủ tục.") % {"most": MOST_PROCEDURES}
            )
        known = set(Procedure.objects.filter(code__in=codes).values_list("code", flat=True))
        if unknown := [code for code in codes if code not in known]:
            raise forms.ValidationError(
                _("Không có thủ tục mang mã %(codes)s. Hãy xem lại mã ở trang thủ tục.") % {"codes": ", ".join(unknown)}
            )
        return codes

    def said(self) -> dict[str, Any]:
        """What portal.agencies.signing.write takes."""
        data = dict(self.cleaned_data)
        return {**data, "principal": self.heads[data["principal"]], "signer": self.signers[data["signer"]]}


@never_cache
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """What she gave, holds or looks after, and the form of a new one where she may write one."""
    official = official_of(request)
    if not official.posts:
        raise NotFoundError
    agency = _agency(request, official)
    if agency is None and request.method == "POST":
        raise NotFoundError
    posted = request.POST if request.method == "POST" else None
    form = SigningForm(posted, official=official, agency=agency) if agency is not None else None
    if form is not None and form.is_bound and form.is_valid():
        try:
            row = signing_settings.give(agency=agency, by=official.user, **form.said())
        except InvalidInputError as error:
            form_errors.tell(form, error)
        else:
            messages.success(request, _("Đã ghi. %(name)s và người giao ký được báo tin.") % {"name": row.signer})
            return redirect("admin:signing")
    return _page(request, official, agency, form)


def _page(
    request: HttpRequest,
    official: Official,
    agency: Agency | None,
    form: SigningForm | None,
    *,
    refused: int | None = None,
    words: str = "",
) -> HttpResponse:
    today = timezone.localdate()
    standing = signing.visible_to(official.user)
    if agency is not None and request.GET.get(AGENCY):
        standing = standing.filter(agency=agency)  # the one that was asked for
    given, rows = list(standing[:SHOWN]), []
    for row in given:
        is_over = row.revoked_at is not None or row.valid_to < today
        is_hers = row.principal_id == official.user.pk or signing.may_write(official.posts, row.agency)
        rows.append(
            {
                "row": row,
                "is_running": not is_over and row.valid_from <= today,
                "is_over": is_over,
                "may_end": is_hers and not is_over,
                "words": words if row.pk == refused else "",
            }
        )
    context = {
        "official": official,
        "agency": agency,
        "form": form,
        "rows": rows,
        "shows_agency": len({row.agency_id for row in given}) > 1,
        "asks_agency": _has_below(official),
    }
    is_refused = words or (form is not None and form.errors)
    return render(request, "backoffice/signing.html", context, status=422 if is_refused else 200)


def _agency(request: HttpRequest, official: Official) -> Agency | None:
    """For which agency she writes: the one in the address, else the first of hers; None where she writes for none.

    Raises NotFoundError for one that is not hers to write for.
    """
    typed = request.GET.get(AGENCY, "").strip()[:50]
    if typed:
        named = find_agency(typed)
        if named is None or not signing.may_write(official.posts, named):
            raise NotFoundError
        return named
    return next((post.agency for post in official.posts if signing.may_write(official.posts, post.agency)), None)


def _has_below(official: Official) -> bool:
    """Whether an agency that she administers has others below it."""
    paths = official.administered_paths
    return bool(paths) and Agency.objects.filter(within(paths, "path")).exclude(path__in=paths).exists()


@never_cache
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back at once, for a reason that both read."""
    official = official_of(request)
    try:
        row = signing_settings.take_back(pk, by=official.user, reason=request.POST.get("reason", ""))
    except InvalidInputError as error:
        return _page(request, official, None, None, refused=pk, words=error.words)
    messages.success(request, _("Đã thu hồi. %(name)s không ký thay được nữa.") % {"name": row.signer})
    return redirect(reverse("admin:signing"))
