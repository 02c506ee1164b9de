"""“The State has this paper already”: said on form and supplement, read by the agency, counted in public."""

import pytest

from dossiers import services
from dossiers.models import HeldPaper
from dossiers.services import Defect
from portal.agencies.models import MembershipRole
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import with_second_factor
from tests.dossiers.filing_pages import Filing, signed_in, text

pytestmark = pytest.mark.django_db
PUBLIC = "/cong-khai/hoi-lai/"


def test_said_on_the_form_once_and_shown_there() -> None:
    filing = Filing()
    page = text(filing.get("giay-to"))
    where = f"{filing.base}da-co/?thanh-phan=TEST-GIAY"
    assert where.replace("&", "&amp;") in page
    assert "Giấy tờ thử" in text(filing.client.get(where))
    assert filing.client.post(where, {"words": "x" * 301}).status_code == 422
    for words in ("UBND phường, 2019", "UBND phường, 2020"):
        assert filing.client.post(where, {"words": words})["Location"] == f"{filing.base}giay-to/"
    held = HeldPaper.objects.get()
    assert (held.words, held.name, held.is_supplement) == ("UBND phường, 2020", "Giấy tờ thử", False)
    assert "Đã báo: Nhà nước đã có giấy này." in text(filing.get("giay-to"))
    assert "0 lần" in text(filing.client.get(PUBLIC)), "of a draft nobody asks yet"


def test_it_lets_nobody_off_and_is_counted_once_the_dossier_is_there() -> None:
    citizen = factories.make_citizen()
    dossier = factories.file_dossier(citizen)
    HeldPaper.objects.create(
        dossier=dossier, component_code="TEST-GIAY", name="Giấy tờ thử", is_supplement=False, said_by=citizen
    )
    client = signed_in(citizen)
    page = text(client.get(PUBLIC))
    assert "1 lần" in page and "Thủ tục thử <span" in page and "1.000001" in page
    assert dossier.agency is not None
    whole = text(client.get(f"{PUBLIC}?co-quan={dossier.agency.code}"))
    assert "1 lần" in whole and "(trực tiếp)" in whole
    other = factories.make_other_agency()
    assert "0 lần" in text(client.get(f"{PUBLIC}?co-quan={other.code}"))
    assert "0 lần" in text(client.get(f"{PUBLIC}?ky=2025-01"))
    assert client.get(f"{PUBLIC}?co-quan=KHONG").status_code == 404


def test_said_on_a_supplement_and_read_on_the_workbench() -> None:
    citizen = factories.make_citizen()
    dossier = factories.file_dossier(citizen)
    assert dossier.agency is not None and isinstance(dossier.procedure_version, ProcedureVersion)
    where = f"/ho-so/{dossier.code}/da-co/?thanh-phan=TEST-GIAY"
    client = signed_in(citizen)
    assert client.get(where).status_code == 404, "nothing is asked for"
    services.request_supplement(
        dossier.code or "",
        actor=factories.official_actor(dossier.agency),
        reason="Thiếu",
        defects=[Defect("TEST-GIAY", "Giấy tờ thử", "")],
    )
    assert where in text(client.get(f"/ho-so/{dossier.code}/bo-sung/"))
    for status, asked in ((404, "KHAC"), (404, "")):
        assert client.post(f"/ho-so/{dossier.code}/da-co/?thanh-phan={asked}").status_code == status
    assert client.post(where, {"words": "UBND phường, 2019"}).status_code == 302
    assert "Đã báo" in text(client.get(f"/ho-so/{dossier.code}/bo-sung/"))
    assert signed_in(factories.make_citizen()).post(where).status_code == 404
    desk = signed_in(with_second_factor(factories.make_official(dossier.agency, MembershipRole.DESK)))
    shown = text(desk.get(f"/quan-tri/ho-so/{dossier.code}/"))
    assert "Người nộp báo: Nhà nước đã có" in shown and "UBND phường, 2019" in shown
    assert "1 lần" in text(client.get(PUBLIC))
