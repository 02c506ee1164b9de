"""Systems that are asked, as the tests of pulling set them up."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import timezone

from portal.agencies import credentials
from portal.agencies.models import ApiClient
from portal.exchange.models import PullSource
from tests import factories
from tests.exchange.partner import Answer, Got


def source_of(address: str, provider: str, client: ApiClient | None = None, **fields: Any) -> PullSource:
    if client is None:
        agency = factories.make_agency()
        client = factories.make_client(agency.parent or agency, receives=False)
    if not credentials.scopes_of(client):
        factories.let_report(client)
    return PullSource.objects.create(client=client, provider=provider, address=address, **fields)


def due_again(source: PullSource) -> None:
    PullSource.objects.filter(pk=source.pk).update(next_run_at=timezone.now())


def body(value: Any) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


def wire_server(records: list[dict[str, Any]], *, wrapped: bool = False) -> Callable[[Got], Answer]:
    """A system that answers LayDanhSachHoSo with pages of what it has."""

    def answer(got: Got) -> Answer:
        asked = got.json
        if "username" in asked:
            is_known = asked == {"username": "cong", "password": "mat-khau"}
            return body({"error_code": 0, "session": "s1"} if is_known else {"error_code": -1, "message": "Sai"})
        assert (asked["session"], asked["service"]) == ("s1", "LayDanhSachHoSo")
        assert len(asked["tuNgay"]) == len(asked["denNgay"]) == 14
        start = (asked["trang"] - 1) * asked["soLuong"]
        page = records[start : start + asked["soLuong"]]
        if wrapped:
            return body({"error_code": "0", "message": json.dumps({"result": page})})
        return body({"error_code": "0", "message": "Thành công", "result": page})

    return answer


WIRE = {"username": "cong", "secret": "mat-khau"}


def lay_down(folder: Path, name: str, text: str | bytes, *, age: float = 60) -> None:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(file, (time.time() - age, time.time() - age))
