"""How the portal asks a system that cannot push: its place, its pace, how the last question went; ask now."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.backoffice import systems
from portal.backoffice.officials import operator
from portal.core import outside_hosts
from portal.exchange import pulling
from portal.exchange.checked_connections import HostNotAllowedError
from portal.exchange.models import PullProvider, PullSource

MINUTE = 60


class PullForm(forms.ModelForm):
    """What an operator sets; a secret that is left empty stays as it is."""

    minutes = forms.IntegerField(label=gettext_lazy("Hỏi mỗi (phút)"), min_value=1, max_value=1440, initial=5)
    new_secret = forms.CharField(
        label=gettext_lazy("Mật khẩu hoặc khóa"),
        help_text=gettext_lazy("Bỏ trống để giữ như cũ. Được mã hóa, không hiện lại."),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = PullSource
        fields = ("provider", "address", "username", "window_days", "parallel", "is_active")
        help_texts = {
            "address": gettext_lazy("URL của hệ thống, hoặc tên thư mục khi hệ thống đặt tệp CSV."),
            "window_days": gettext_lazy("Lần hỏi đầu tiên lấy lại bấy nhiêu ngày."),
            "parallel": gettext_lazy("Từ 1 đến 8, tùy sức hệ thống được hỏi."),
        }

    def __init__(self, *args: Any, own_folder: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_folder = own_folder
        self.fields["parallel"].widget.attrs.update(min=1, max=8)
        self.fields["minutes"].initial = max(1, self.instance.interval_seconds // MINUTE)
        self.order_fields(
            ("provider", "address", "username", "new_secret", "minutes", "window_days", "parallel", "is_active")
        )

    def clean_parallel(self) -> int:
        """A number the table takes."""
        value: int = self.cleaned_data["parallel"]
        if not 1 <= value <= 8:
            raise ValidationError(_("Dùng số từ 1 đến 8."))
        return value

    def clean(self) -> dict[str, Any]:
        """An address that the chosen way can ask."""
        cleaned: dict[str, Any] = super().clean() or {}
        address = cleaned.get("address", "")
        if address and cleaned.get("provider") in {PullProvider.WIRE, PullProvider.REST}:
            try:
                URLValidator(schemes=["http", "https"])(address)
            except ValidationError:
                self.add_error("address", _("Địa chỉ phải là URL http hoặc https đầy đủ."))
            else:
                self._check_place(urlsplit(address), bool(cleaned.get("new_secret")))
        elif address and ("/" in address or "\\" in address or address.startswith(".")):
            self.add_error("address", _("Tên thư mục không có dấu gạch chéo và không bắt đầu bằng dấu chấm."))
        elif address and not self._is_hers(address):
            words = _("Dùng %(code)s, hoặc %(code)s- và tên riêng. Tên khác do quản trị Cổng đặt.")
            self.add_error("address", words % {"code": self.own_folder})
        return cleaned

    def settings(self) -> pulling.Settings:
        """What was set, for the service."""
        said = {name: self.cleaned_data[name] for name in self.Meta.fields}
        minutes, secret = self.cleaned_data["minutes"], self.cleaned_data["new_secret"]
        return pulling.Settings(**said, interval_seconds=minutes * MINUTE, new_secret=secret)

    def _check_place(self, place: SplitResult, has_new_secret: bool) -> None:
        """No account in an address, which everybody reads; and a secret goes only where it was given for."""
        if "@" in place.netloc:
            self.add_error("address", _("Địa chỉ không mang tài khoản, mật khẩu. Hãy ghi ở các ô riêng."))
        elif not outside_hosts.is_host_allowed(place.hostname or ""):
            self.add_error("address", str(HostNotAllowedError.message))
        before = urlsplit(self.instance.address)
        is_elsewhere = (before.scheme, before.netloc) != (place.scheme, place.netloc)
        if self.instance.secret and is_elsewhere and not has_new_secret:
            self.add_error("new_secret", _("Đổi sang máy chủ khác thì nhập lại mật khẩu hoặc khóa."))

    def _is_hers(self, folder: str) -> bool:
        """An administrator of one agency does not read what another one's systems lay down."""
        is_as_before = self.instance.pk and (self.instance.provider, self.instance.address) == ("folder", folder)
        own = self.own_folder
        return bool(is_as_before) or not own or folder == own or folder.startswith(f"{own}-")


@never_cache
@require_http_methods(["GET", "POST"])
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """See and set it; POST `do=now` asks at once."""
    official = operator(request)
    client = systems.get(official, pk)
    found = PullSource.objects.filter(client=client).first()
    if request.method == "POST" and request.POST.get("do") == "now":
        if pulling.hurry(client.pk):
            messages.success(request, _("Cổng hỏi hệ thống ngay bây giờ. Tải lại trang sau vài giây để xem kết quả."))
        else:
            messages.info(request, _("Hệ thống này không được hỏi: chưa đặt, hoặc đang dừng."))
        return redirect("admin:system_pull", pk)
    own_folder = "" if official.user.is_superuser else client.agency.code
    form = PullForm(request.POST if request.method == "POST" else None, instance=found, own_folder=own_folder)
    if request.method == "POST" and form.is_valid():
        systems.set_pull(official.user, client, form.settings())
        messages.success(request, _("Đã lưu."))
        return redirect("admin:system_pull", pk)
    context = {
        "client": client,
        "form": form,
        "pull": found,
        "is_open": found is not None and found.failures >= pulling.FAILURES_BEFORE_OPEN,
    }
    return render(request, "backoffice/system_pull.html", context, status=422 if request.method == "POST" else 200)
