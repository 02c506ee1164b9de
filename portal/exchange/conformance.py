"""Grading the address at which a partner's system receives messages: each promise tried once, with what to fix.

Whoever runs a system sees before the first citizen's dossier whether it refuses what is not ours and takes what is.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core.errors import UpstreamError
from portal.exchange import envelope, signing, transport

REFUSED_AS_FORGED = frozenset({401, 403})
TOO_OLD = timedelta(minutes=10)
"""Standard Webhooks libraries refuse what is older than five."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One step: what was expected, whether it was so, what came instead and what to fix."""

    name: str | Promise
    is_passed: bool
    told: str
    cure: str | Promise


@dataclass(frozen=True, slots=True)
class _Sent:
    status: int | None
    told: str


class Kit:
    """The steps against one address; `sends` also hands over a made-up dossier, twice."""

    def __init__(self, url: str, secret: str, *, sends: bool) -> None:
        self.url, self.secret, self.sends = url, secret, sends
        self.code = f"KIEM-TRA-{secrets.token_hex(4).upper()}"

    def run(self) -> Iterator[Grade]:
        """Try every step in order; the first says whether anything answers at all."""
        unsigned = self._send(_probe(), headers={})
        yield self._grade(
            _("Có địa chỉ trả lời, không chuyển hướng"),
            unsigned,
            lambda status: status is not None and not 300 <= status < 400 and status not in {404, 405},
            _("Kiểm tra địa chỉ, cổng mạng và chứng thư. Trả lời ngay tại địa chỉ này, không chuyển hướng."),
        )
        if unsigned.status is None:
            return
        is_forged = REFUSED_AS_FORGED.__contains__
        cure = _(
            "Xác minh webhook-signature bằng thư viện Standard Webhooks trên đúng các byte nhận được; sai thì trả 401."
        )
        yield self._grade(_("Từ chối thông điệp không ký"), unsigned, is_forged, cure)
        other = signing.signed_headers("kt_key", _probe(), secret=_other_secret(), now=timezone.now())
        yield self._grade(_("Từ chối chữ ký bằng khóa khác"), self._send(_probe(), headers=other), is_forged, cure)
        signed = self._signed("kt_changed", _probe())
        changed = _probe() + b" "
        yield self._grade(_("Từ chối nội dung bị sửa sau khi ký"), self._send(changed, headers=signed), is_forged, cure)
        old = self._signed("kt_old", _probe(), at=timezone.now() - TOO_OLD)
        yield self._grade(
            _("Từ chối thông điệp ký quá lâu"),
            self._send(_probe(), headers=old),
            lambda status: status in REFUSED_AS_FORGED | {400},
            _("So webhook-timestamp với giờ hiện tại, lệch quá 5 phút thì từ chối; đặt giờ máy chủ theo NTP."),
        )
        yield self._grade(
            _("Loại thông điệp chưa biết không gây lỗi máy chủ"),
            self._post("kt_unknown", {"type": "kiem-tra.khong-co", "timestamp": _now(), "data": {}}),
            lambda status: status is not None and status < 500,
            _("Bỏ qua loại chưa biết và trả 2xx, hoặc trả 400; không trả 5xx vì Cổng sẽ gửi lại nhiều ngày."),
        )
        if self.sends:
            yield from self._hand_over()

    def _hand_over(self) -> Iterator[Grade]:
        body = {"type": "dossier.submitted", "timestamp": _now(), "data": {"reason": "", "dossier": self._dossier()}}
        message_id = f"kt_{self.code}"
        is_taken = lambda status: status is not None and 200 <= status < 300  # noqa: E731 - one rule, used twice
        yield self._grade(
            _("Nhận hồ sơ thử và trả 2xx trong thời hạn"),
            self._post(message_id, body),
            is_taken,
            _("Lưu thông điệp rồi trả 200 ngay, xử lý sau; mọi trường lạ trong data phải được bỏ qua."),
        )
        yield self._grade(
            _("Nhận lại đúng thông điệp đó vẫn trả 2xx"),
            self._post(message_id, body),
            is_taken,
            _("Nhớ webhook-id: cùng mã thì không làm gì thêm và trả như lần đầu."),
        )

    def _grade(self, name: str | Promise, sent: _Sent, is_passed: Callable[[Any], bool], cure: str | Promise) -> Grade:
        return Grade(name, is_passed(sent.status), sent.told, cure)

    def _post(self, message_id: str, payload: dict[str, Any]) -> _Sent:
        body = envelope.body_of(payload)
        return self._send(body, headers=self._signed(message_id, body))

    def _signed(self, message_id: str, body: bytes, *, at: datetime | None = None) -> dict[str, str]:
        return signing.signed_headers(message_id, body, secret=self.secret, now=at or timezone.now())

    def _send(self, body: bytes, *, headers: dict[str, str]) -> _Sent:
        try:
            response = transport.post_bytes(self.url, body, headers={"Content-Type": "application/json", **headers})
        except UpstreamError as error:
            return _Sent(None, str(error.message))
        return _Sent(response.status_code, f"HTTP {response.status_code}")

    def _dossier(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "state": "submitted",
            "national_status": 1,
            "procedure_code": "0.000000",
            "procedure_name": "Hồ sơ kiểm tra kết nối",
            "agency_code": "",
            "submitted_at": _now(),
            "applicant": {"full_name": "Nguyễn Thị Mẫu", "personal_id": "000000000000", "phone": "", "email": ""},
            "answers": {},
            "components": [],
            "obligations": [],
            "truong_moi": "hệ thống phải bỏ qua trường chưa biết",
        }


def _probe() -> bytes:
    return json.dumps({"type": "kiem-tra", "timestamp": "2026-01-01T00:00:00+07:00", "data": {}}).encode()


def _now() -> str:
    return timezone.localtime().isoformat()


def _other_secret() -> str:
    return "whsec_" + "a2hvYS1raGFjLWtob2Eta2hhYy1raG9hLWtoYWM="
