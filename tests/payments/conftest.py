"""An order to pay, and a national platform that answers without any network."""

from collections.abc import Callable
from typing import Any

import pytest

from payments.gateways import npp
from payments.models import PaymentOrder
from portal.core.errors import UpstreamError
from portal.exchange import transport
from tests.payments.bundle_situations import Costly, costly
from tests.payments.situations import open_order, owing_dossier


class FakePlatform:
    """Answers INIT, QUERY and GET_BILL; keeps what it was sent."""

    page = "http://127.0.0.1:8003/thanh-toan/abc/"

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.is_away = False
        self.answer: dict[str, Any] = {}
        self.raw: bytes | None = None
        self.before_answer: Callable[[], None] | None = None

    def post_json(self, url: str, payload: dict[str, Any], **_more: Any) -> transport.Response:
        self.messages.append(payload)
        if self.before_answer is not None:
            self.before_answer()
        if self.is_away:
            raise UpstreamError
        if self.raw is not None:
            return transport.Response(200, content=self.raw)
        answer = self.answer or {"MaLoi": "00", "MoTaLoi": "", "UrlThanhToan": self.page}
        return transport.Response(200, json=answer)

    def get(self, url: str, **_more: Any) -> transport.Response:
        return transport.Response(200, content=b"%PDF-1.7 from " + url.encode())


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> FakePlatform:
    """Stand in for the national platform."""
    fake = FakePlatform()
    monkeypatch.setattr(npp.transport, "post_json", fake.post_json)
    monkeypatch.setattr(npp.transport, "get", fake.get)
    return fake


@pytest.fixture
def order(db: None) -> PaymentOrder:
    """An open VNPAY order for 8.000 đ."""
    return open_order(owing_dossier(8000))


@pytest.fixture
def found(db: None) -> Costly:
    """A sent bundle whose parts cost something, at two agencies."""
    return costly()
