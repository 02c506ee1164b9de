"""What else one-stop systems push every day (protocol §4.4, §4.5): questions, answers to them, satisfaction figures.

Kept as they came, for whoever wants to compare them; the portal's own figures are made of what people say here.
"""

from typing import Any

from django.utils.translation import gettext as _

from portal.api.wire.calls import Call, Service, service
from portal.api.wire.replies import INVALID_FIELD, Reply, WireError, done
from portal.exchange import services as exchange

MOST = 5_000


def _kept(name: str) -> Service:
    def take(call: Call) -> Reply:
        """Keep each element; an empty array is a day on which there was nothing."""
        items = call.items()
        if len(items) > MOST or not isinstance(call.body.get("data", []), list | dict):
            raise WireError(INVALID_FIELD, _("data phải là một mảng có nhiều nhất %(most)d phần tử") % {"most": MOST})
        for item in items:
            exchange.keep(client=call.client, service=name, subject=_about(item), payload={"item": item})
        return done(message=_("Đồng bộ thành công"))

    return take


def _about(item: Any) -> str:
    told = item if isinstance(item, dict) else {}
    return str(told.get("HOIDAPID") or told.get("MaThuTuc") or "")[:60]


for _name in ("DongBoHoiDap", "DongBoKetQuaHoiDapGuiTuDVCQG", "DongBoDanhGia"):
    service(_name)(_kept(_name))
