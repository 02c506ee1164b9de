"""The store over the wire format: papers of a dossier the system handles, while it handles it, each reading a row."""

import base64
import hashlib
from typing import Any

import pytest
from django.utils import timezone

from datastore import grants
from datastore.models import AccessLog, Document, DocumentStatus
from dossiers.models import Dossier
from dossiers.tasks import issue_results
from tests import factories
from tests.wire.clients import WireClient, line, wire_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def situation() -> tuple[WireClient, Dossier, Document]:
    """A system, a dossier it handles, and the paper that came with it."""
    dossier = factories.file_dossier()
    assert dossier.agency is not None
    client = wire_client(dossier.agency)
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=client.account)
    document = dossier.components.get().document
    Document.objects.filter(pk=document.pk).update(number="07/2026")
    return client, dossier, document


def papers(client: WireClient, number: str, **fields: Any) -> list[dict[str, Any]]:
    answer = client.call("TraCuuKhoDuLieu", SoDinhDanhChuSoHuu=number, KenhThucHien="1", **fields)
    found: list[dict[str, Any]] = answer["result"]["DanhSachGiayToKetQua"]
    return found


def test_a_paper_is_found_fetched_and_its_owner_sees_both(situation: Any) -> None:
    client, dossier, document = situation
    [row] = papers(client, dossier.owner.citizen.personal_id, MaThuTuc=dossier.procedure_code)
    assert (row["MaKetQua"], row["SoKyHieu"], row["TenGiayTo"]) == ("GT.KHAC", "07/2026", document.title)
    assert row["TinhTrang"] == "Còn hiệu lực"
    [file] = row["DanhSachTepDinhKem"]
    answer = client.call("LayTepKhoDuLieu", CoQuanChuQuan=row["CoQuanChuQuan"], DuongDan=file["DuongDan"])
    assert len(base64.b64decode(answer["result"], validate=True)) == document.files.get().blob.size_bytes
    seen = AccessLog.objects.order_by("pk").values_list("action", "owner", "client", "dossier_code")
    assert list(seen) == [
        (action, dossier.owner_id, client.account.pk, dossier.code) for action in ("looked", "opened")
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([{"MaKetQua": "GT.KHAC", "SoKyHieu": ""}], 1),
        ([{"MaKetQua": "", "SoKyHieu": "07/2026"}], 1),
        ([{"MaKetQua": "KQ.TEST"}, {"MaKetQua": "GT.KHAC", "SoKyHieu": "07/2026"}], 1),
        ([{"MaKetQua": "GT.KHAC", "SoKyHieu": "08/2026"}], 0),
        ([{"MaKetQua": "KQ.TEST"}], 0),
        ([{}], 0),
    ],
)
def test_only_the_kinds_and_numbers_that_are_asked_for(situation: Any, asked: Any, found: int) -> None:
    client, dossier, _document = situation
    assert len(papers(client, dossier.owner.citizen.personal_id, DanhSachDanhMucKetQua=asked)) == found


def test_an_organisations_papers_are_found_by_its_tax_code_alone(situation: Any) -> None:
    client, dossier, document = situation
    company = factories.make_company()
    Document.objects.filter(pk=document.pk).update(organisation=company)
    assert len(papers(client, "0100109106")) == 1
    assert papers(client, dossier.owner.citizen.personal_id) == [], "who brought it is not whose it is"


def test_what_it_may_not_read_looks_missing_and_leaves_no_row(situation: Any) -> None:
    client, dossier, document = situation
    number, place = dossier.owner.citizen.personal_id, str(document.files.get().pk)
    for stranger in (wire_client(factories.make_other_agency()), wire_client(dossier.agency)):
        assert papers(stranger, number) == []
        assert stranger.call("LayTepKhoDuLieu", DuongDan=place)["error_code"] == "-6"
    assert papers(client, "001199999999") == [] and papers(client, number, MaThuTuc="9.999999") == []
    grants.end(dossier.code, timezone.now())
    assert papers(client, number) == []
    answers = [client.call("LayTepKhoDuLieu", DuongDan=wrong) for wrong in (place, "0", "../etc/passwd", "9" * 30, "")]
    assert {answer["error_code"] for answer in answers} == {"-5", "-6"}
    assert not AccessLog.objects.exists()


def test_what_is_no_question_is_named(situation: Any) -> None:
    client, _dossier, _document = situation
    assert "SoDinhDanhChuSoHuu" in client.call("TraCuuKhoDuLieu")["message"]
    answer = client.call("TraCuuKhoDuLieu", SoDinhDanhChuSoHuu="1", DanhSachDanhMucKetQua=["x"])
    assert answer["error_code"] == "-5"


def test_what_was_revoked_says_so_beside_its_name_and_on_its_file(situation: Any) -> None:
    client, dossier, document = situation
    Document.objects.filter(pk=document.pk).update(status=DocumentStatus.REVOKED)
    [row] = papers(client, dossier.owner.citizen.personal_id)
    assert row["TinhTrang"] == "Đã bị thu hồi"
    assert row["DanhSachTepDinhKem"][0]["TenTep"].startswith("Đã bị thu hồi - ")


def test_the_result_that_the_portal_signed_is_found_and_fetched_by_the_system_that_decided(situation: Any) -> None:
    client, dossier, _document = situation
    told = client.progress(line(dossier.code, f"{timezone.localtime():%Y%m%d%H%M%S}", "9", "Đã giải quyết"))
    assert told["error_code"] == "0", told
    issue_results()
    dossier.refresh_from_db()
    result, number = dossier.result_document, dossier.owner.citizen.personal_id
    [row] = papers(client, number)
    assert (row["SoKyHieu"], row["TenGiayTo"], row["TinhTrang"]) == (result.number, result.title, "Còn hiệu lực")
    [file] = row["DanhSachTepDinhKem"]
    answer = client.call("LayTepKhoDuLieu", CoQuanChuQuan=row["CoQuanChuQuan"], DuongDan=file["DuongDan"])
    pdf = base64.b64decode(answer["result"], validate=True)
    assert hashlib.sha256(pdf).hexdigest() == result.files.get().blob.content_sha256
    seen = AccessLog.objects.filter(document=result).order_by("pk").values_list("action", "client")
    assert list(seen) == [("looked", client.account.pk), ("opened", client.account.pk)]
    for stranger in (wire_client(factories.make_other_agency()), wire_client(dossier.agency)):
        assert papers(stranger, number) == []
        assert stranger.call("LayTepKhoDuLieu", DuongDan=file["DuongDan"])["error_code"] == "-6"
