"""Procedure services of the wire protocol (§4.1–4.3); what stands in `result` is the catalogue app's business."""

from django.utils.translation import gettext as _

from portal.agencies.models import AgencyLevel
from portal.api.wire.calls import Call, service
from portal.api.wire.replies import INVALID_FIELD, Reply, WireError, done
from procedures import wire


@service("LayThuTuc")
def procedure(call: Call) -> Reply:
    """One procedure; an unknown one is an empty list, and its dossiers are taken all the same."""
    code = call.text("maTTHC")
    if not code:
        raise WireError(INVALID_FIELD, _("Thiếu maTTHC"))
    return done(wire.lay_thu_tuc(code))


@service("LayDanhSachTTHC")
def procedures(call: Call) -> Reply:
    """Every procedure by code and name."""
    return done(wire.lay_danh_sach_tthc())


@service("LayDanhMucLinhVuc")
def fields(call: Call) -> Reply:
    """Every field of administration."""
    return done(wire.lay_danh_muc_linh_vuc())


@service("LayDanhMucLePhi")
def fees(call: Call) -> Reply:
    """Every published fee of an open procedure."""
    return done(wire.lay_danh_muc_le_phi())


@service("LayDanhMucCanCuPhapLy")
def legal_acts(call: Call) -> Reply:
    """Every act that an open procedure is founded on."""
    return done(wire.lay_danh_muc_can_cu_phap_ly())


@service("LayQDCB")
def decision(call: Call) -> Reply:
    """A decision of publication with the procedures that it is in force for; an unknown one is an empty list."""
    number = call.text("idQDCB")
    if not number:
        raise WireError(INVALID_FIELD, _("Thiếu idQDCB"))
    return done(wire.lay_qdcb(number))


@service("LayDanhMucDanToc")
def ethnic_groups(call: Call) -> Reply:
    """The 54 ethnic groups."""
    return done(wire.value_list("ethnicity"))


@service("LayDanhMucQuocGia")
def countries(call: Call) -> Reply:
    """Countries by the codes of ISO 3166-1."""
    return done(wire.value_list("nationality"))


@service("LayDanhMucTinhTrangHonNhan")
def marital_statuses(call: Call) -> Reply:
    """Marital statuses as the forms here tell them apart."""
    return done(wire.value_list("marital_status"))


@service("LayDVC")
def online_services(call: Call) -> Reply:
    """Online services; `result` is an object here, and filters are not looked at (§4.3).

    APDUNGDVC names the calling agency where it, or one below it, carries the procedure out.
    """
    agency = call.agency or call.client.agency
    return done({"data": wire.lay_dvc(agency.code, level=AgencyLevel(agency.level))})
