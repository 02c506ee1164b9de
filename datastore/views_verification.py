"""Verification (xác thực kết quả) for anybody: status by id, the offline checker, keys, withdrawn results, a file.

What stands behind # never reaches the server: the browser checks the signed fields, the server tells the status.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import NoReturn, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from datastore.results import key_sets, keys, verification, withdrawn
from datastore.results.verification import ResultState
from portal.core import tries
from portal.core.errors import NotFoundError, TooManyRequestsError
from portal.core.language import in_language
from portal.core.page_cache import cached_for_anonymous

Response = TypeVar("Response", bound=HttpResponse)

SCRIPTS = ("js/verify.js", "js/verify-cose.js", "js/verify-keys.js", "js/verify-scan.js")
CACHED = (*SCRIPTS, "build/portal.css", "build/icons.svg", "build/qr-scanner.min.js", "build/qr-scanner-worker.min.js",
          "img/favicon.svg", "js/portal.js")  # fmt: skip
FONTS = tuple(
    f"build/fonts/be-vietnam-pro-{part}-{weight}.woff2" for part in ("latin", "vietnamese") for weight in (400, 600)
)
CHECKS, CHECKS_SECONDS = 30, 600
"""Files that one address may have checked, and in which time: a signature costs a second of a processor's time."""
PUBLIC_ID = re.compile(r"[A-Za-z2-7]{16}")
TONES = {
    ResultState.VALID: "jade",
    ResultState.REPLACED: "amber",
    ResultState.REVOKED: "crimson",
    ResultState.EXPIRED: "amber",
    ResultState.UNKNOWN: "error",
}

WORDS = {
    "authentic": _("Chữ ký đúng: nội dung dưới đây do cơ quan nhà nước cấp, chưa bị sửa."),
    "compare": _(
        "Hãy so tên giấy, số, cơ quan cấp và người được cấp với tờ giấy bạn đang cầm. "
        "Chữ hoa và tên viết tắt (như UBND) có thể khác; số và họ tên thì không. "
        "Mã QR không chứa nội dung xác nhận bên trong (như tình trạng hôn nhân, mục đích): "
        "phần ấy hãy so với tệp PDF gốc."
    ),
    "expired": _("Chữ ký đúng, nhưng giấy này đã hết hiệu lực."),
    "revoked": _("Chữ ký đúng, nhưng giấy này đã bị thu hồi."),
    "replaced": _("Chữ ký đúng, nhưng giấy này đã được bản khác thay thế."),
    "unreadable": _("Đây không phải mã QR kết quả của Cổng Dịch vụ công."),
    "wrong_code": _("Mã vừa gõ không đúng."),
    "unknown_key": _("Mã QR ký bằng khóa mà máy này chưa biết. Hãy mở trang này khi có mạng rồi thử lại."),
    "bad_keys": _("Danh sách khóa trên máy này không đúng chữ ký gốc của Cổng. Hãy mở lại trang này khi có mạng."),
    "bad_signature": _("Chữ ký sai: nội dung đã bị sửa hoặc không do Cổng cấp. Không dùng giấy này."),
    "key_time": _("Chữ ký sai thời gian: khóa không còn dùng khi giấy được cấp. Không dùng giấy này."),
    "other_document": _("Mã QR này thuộc về giấy khác: địa chỉ và chữ ký không khớp. Không dùng giấy này."),
    "other_paper": _("Mã này có trong sổ, nhưng không phải của tờ giấy này"),
    "unsupported": _(
        "Trình duyệt này chưa tự kiểm tra được chữ ký. Hãy cập nhật trình duyệt; tình trạng ở trên vẫn đúng."
    ),
    "bare": _("Không có mạng nên chưa tra được mã này. Hãy quét mã QR trên giấy: chữ ký kiểm tra được ngay."),
    "offline": _("Không có mạng: chữ ký kiểm tra ngay trên máy này, tình trạng theo danh sách lúc"),
    "not_listed": _("Theo danh sách đó, giấy này chưa bị thu hồi hay thay thế."),
    "newer": _("Giấy này cấp sau danh sách đó: chưa biết giấy còn hiệu lực hay không."),
    "listed_revoked": _("Theo danh sách đó, giấy này đã bị thu hồi."),
    "listed_replaced": _("Theo danh sách đó, giấy này đã được thay thế."),
    "old_keys": _(
        "Danh sách khóa nhận được cũ hơn bản máy này từng thấy nên không dùng. Hãy mở lại trang này khi có mạng."
    ),
    "old_list": _(
        "Danh sách thu hồi nhận được cũ hơn bản máy này từng thấy nên không dùng: "
        "chưa biết giấy còn hiệu lực hay không."
    ),
    "no_list": _("Không có mạng và chưa có danh sách thu hồi trên máy này: chưa biết giấy còn hiệu lực hay không."),
    "no_camera": _("Không mở được camera. Hãy cho phép dùng camera, hoặc chọn ảnh có mã QR."),
    "no_code": _("Không thấy mã QR trong ảnh. Hãy chụp gần, đủ sáng, thẳng góc."),
    "typed": _("Mã cần có 16 chữ và số, in cuối giấy; hoặc dán cả địa chỉ trong mã QR."),
    "scanning": _("Đưa mã QR vào giữa khung hình."),
}


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Permissions-Policy"] = "camera=(self)"
    return response


@login_not_required
@require_safe
@cache_control(no_cache=True, private=True)
@cached_for_anonymous(verification.edition)
def status(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page a camera opens: live status with the least data; the fields come from the QR itself, in the browser."""
    found = verification.status_of(public_id)
    code = 404 if found.state == ResultState.UNKNOWN else 200
    return _private(render(request, "datastore/verify.html", _context(found), status=code))


@login_not_required
@require_safe
@cache_control(no_cache=True, private=True)
def page(request: HttpRequest) -> HttpResponse:
    """The checker: scan, choose a picture, type, or check a file. Works with the network off once it was opened.

    `?ma=` takes the id alone, for browsers without scripts; a whole credential never travels in a query.
    """
    public_id = re.sub(r"[\s-]", "", request.GET.get("ma", ""))  # typed in groups, as it is read
    if PUBLIC_ID.fullmatch(public_id):
        return redirect("datastore:verify", public_id=public_id.upper())
    return _private(render(request, "datastore/verify.html", _context(None)))


@login_not_required
@require_http_methods(["GET", "POST"])
def check_file(request: HttpRequest) -> HttpResponse:
    """Check a PDF by digest, signature and live status; nothing of it is kept."""
    if request.method == "POST" and tries.is_one_too_many(request, "verify-file", most=CHECKS, seconds=CHECKS_SECONDS):
        raise TooManyRequestsError(retry_after_seconds=CHECKS_SECONDS)
    upload = request.FILES.get("file")
    error, verdict = "", None
    if request.method == "POST":
        if upload is None or not upload.size:
            error = gettext("Chọn tệp PDF kết quả cần kiểm tra.")
        elif upload.size > settings.UPLOAD_MAX_BYTES:
            error = gettext("Tệp lớn hơn %(limit)d MB.") % {"limit": settings.UPLOAD_MAX_BYTES // 1024 // 1024}
        else:
            verdict = verification.check_file(upload)
    context = {"verdict": verdict, "error": error, **_context(verdict.status if verdict else None)}
    response = _private(render(request, "datastore/verify_file.html", context, status=422 if error else 200))
    response["Referrer-Policy"] = "same-origin"  # under no-referrer a form is sent with `Origin: null` and refused
    return response


def _context(found: verification.Status | None) -> dict[str, object]:
    name = found and in_language(found.type_name, found.type_name_en)
    words = {code: str(text) for code, text in WORDS.items()}
    is_trial = keys.are_own_make()
    if is_trial:  # verify.js says it of a paper whose status the page does not show
        words["trial"] = gettext("Giấy thử: ký bằng chứng thư tự cấp, chưa có giá trị pháp lý.")
    return {
        "status": found,
        "type_name": name,
        "tone": TONES[found.state] if found else "",
        "words": words,
        "is_trial": is_trial,
    }


@login_not_required
@require_safe
@cache_control(max_age=300, public=True)
def key_set(request: HttpRequest) -> JsonResponse:
    """The public keys of credentials (RFC 7517), retired ones with their time."""
    return _json(verification.key_set(), "application/jwk-set+json")


@login_not_required
@require_safe
@cache_control(max_age=60, public=True)
def withdrawn_list(request: HttpRequest) -> JsonResponse:
    """Ids of revoked and replaced results, not signed."""
    return _json(withdrawn.as_json())


@login_not_required
@require_safe
@cache_control(max_age=60, public=True)
def signed_withdrawn(request: HttpRequest) -> HttpResponse:
    """The same in few signed bytes, for checkers without a network; 404 on a portal that has no keys yet."""
    try:
        body = withdrawn.as_cose()
    except ImproperlyConfigured:
        raise NotFoundError from None
    return _open(HttpResponse(body, content_type=withdrawn.CONTENT_TYPE))


@login_not_required
@require_safe
@cache_control(max_age=300, public=True)
def root_key(request: HttpRequest) -> JsonResponse:
    """The public half of the root key; 404 where no list was signed yet."""
    return _json(verification.root_key() or _nothing_signed(), "application/jwk+json")


@login_not_required
@require_safe
@cache_control(max_age=300, public=True)
def signed_keys(request: HttpRequest) -> HttpResponse:
    """The public keys of credentials as a JWS of the root key."""
    released = key_sets.latest() or _nothing_signed()
    return _open(HttpResponse(released.jws, content_type="application/jwk-set+jwt"))


@login_not_required
@require_safe
@cache_control(max_age=300, public=True)
def cose_keys(request: HttpRequest) -> HttpResponse:
    """The same as a COSE_KeySet in a COSE_Sign1 of the root key."""
    released = key_sets.latest() or _nothing_signed()
    return _open(HttpResponse(bytes(released.cose), content_type='application/cose; cose-type="cose-sign1"'))


def _nothing_signed() -> NoReturn:
    raise NotFoundError


def _open(response: Response) -> Response:
    response["Access-Control-Allow-Origin"] = "*"  # public facts, for anybody's checker
    return response


def _json(body: dict[str, object], content_type: str = "application/json") -> JsonResponse:
    return _open(JsonResponse(body, json_dumps_params={"separators": (",", ":")}, content_type=content_type))


@login_not_required
@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> JsonResponse:
    """What makes the checker installable on a phone."""
    body = {
        "name": gettext("Kiểm tra kết quả – Cổng Dịch vụ công"),
        "short_name": gettext("Kiểm tra QR"),
        "lang": "vi",
        "start_url": reverse("datastore:verify_page"),
        "scope": "/xm/",
        "display": "standalone",
        "background_color": "#fbf8f2",
        "theme_color": "#a51c24",
        "icons": [
            {"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            {"src": static("img/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
            {"src": static("img/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
            {"src": static("img/icon-whole-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
    }
    return JsonResponse(body, content_type="application/manifest+json")


@login_not_required
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker with its list of what to keep; a changed file changes the list's version."""
    names = ("datastore:verify_page", *(f"verification:{name}" for name in ("root", "signed_keys", "signed_withdrawn")))
    paths = [reverse(name) for name in names]  # in this order: the worker tells them apart by their place
    paths += [static(name) for name in (*CACHED, *FONTS)]
    folder = Path(settings.STATICFILES_DIRS[0])
    digest = hashlib.sha256()
    for name in (*CACHED, "js/verify-worker.js"):
        found = folder / name
        digest.update(found.read_bytes() if found.exists() else b"")
    text = (folder / "js" / "verify-worker.js").read_text(encoding="utf-8")
    head = f"const KEPT = {json.dumps({'version': digest.hexdigest()[:16], 'paths': paths})};\n"
    response = HttpResponse(head + text, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    return response
