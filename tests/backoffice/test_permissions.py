"""Who may open or post to which address of the back office: another agency's dossier looks as if it did not exist."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dossiers import counter
from dossiers.models import Dossier
from portal.accounts import representations, written_mandates
from portal.accounts.models import RepresentationKind, User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency
from portal.backoffice.models import BulkJob, BulkKind
from tests import factories
from tests.backoffice.conftest import Office, signed_in, with_second_factor
from tests.factories import make_other_agency

pytestmark = pytest.mark.django_db

IN, GONE, FORBIDDEN, SIGN_IN, DONE = 200, 404, 403, "sign in", 302
EVERYONE = ("anonymous", "citizen", "foreign_desk", "desk", "specialist", "leader", "administrator")
D = "{code}"
E = "/quan-tri/tai-quay/khach/{visit}/dai-dien/{relation}/cham-dut/"
M = "/quan-tri/tai-quay/khach/{visit}/giay-uy-quyen/{mandate}/cham-dut/"
TABLE: list[tuple[str, str, tuple[object, ...]]] = [
    # method, address, what each of EVERYONE gets
    ("get", "/quan-tri/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, IN)),
    ("get", "/quan-tri/hang-doi/moi-nop/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("get", "/quan-tri/hang-doi/cho-duyet/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("get", "/quan-tri/hang-doi/khong-co/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    # sends on to a dossier of hers, or back to the queue; test_walking.py
    ("get", "/quan-tri/hang-doi/moi-nop/ke-tiep/", (SIGN_IN, FORBIDDEN, DONE, DONE, DONE, DONE, GONE)),
    *(
        ("get", f"/quan-tri/dieu-hanh/{page}", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, IN, GONE))
        for page in ("", "lien-thong/", "ho-so/", "bang.csv", "bang.xlsx", "ho-so.csv", "ho-so.xlsx")
    ),
    ("get", "/quan-tri/bo-loc/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("post", "/quan-tri/bo-loc/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),  # of no queue
    # nobody's; whose it is: test_saved_filters.py
    ("get", "/quan-tri/bo-loc/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/bo-loc/0/sua/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/bo-loc/0/sua/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/hang-loat/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("get", "/quan-tri/hang-loat/moi/", (SIGN_IN, FORBIDDEN, DONE, DONE, DONE, DONE, GONE)),
    ("post", "/quan-tri/hang-loat/moi/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    # the desk's own job; colleagues of the same agency do not see it
    ("get", "/quan-tri/hang-loat/{job}/", (SIGN_IN, FORBIDDEN, GONE, IN, GONE, GONE, GONE)),
    ("post", "/quan-tri/hang-loat/{job}/dung/", (SIGN_IN, FORBIDDEN, GONE, DONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/hang-loat/{job}/tiep/", (SIGN_IN, FORBIDDEN, GONE, DONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/vang-mat/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("post", "/quan-tri/vang-mat/", (SIGN_IN, FORBIDDEN, 422, 422, 422, 422, GONE)),
    ("post", "/quan-tri/vang-mat/0/ket-thuc/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    # everybody sees her own; who gives and takes back: test_signing.py
    ("get", "/quan-tri/ky-thay/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, IN)),
    ("post", "/quan-tri/ky-thay/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, 422)),
    ("post", "/quan-tri/ky-thay/0/thu-hoi/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/tim/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, IN)),
    ("post", "/quan-tri/tim/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, IN)),
    ("get", f"/quan-tri/ho-so/{D}/", (SIGN_IN, FORBIDDEN, GONE, IN, IN, IN, GONE)),
    ("get", f"/quan-tri/ho-so/{D}/dang-mo/", (SIGN_IN, FORBIDDEN, GONE, IN, IN, IN, GONE)),
    # nothing to draw before the dossier is accepted; tests/dossiers/test_draft_checks.py
    ("get", f"/quan-tri/ho-so/{D}/ban-du-thao.pdf", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    # no paper of this dossier; tests/backoffice/test_issued_papers.py
    ("get", f"/quan-tri/ho-so/{D}/van-ban/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", f"/quan-tri/ho-so/{D}/phieu-kiem-soat/", (SIGN_IN, FORBIDDEN, GONE, IN, IN, IN, GONE)),
    # no supplement is waited for; test_counter_supplement.py
    ("get", f"/quan-tri/ho-so/{D}/bo-sung/", (SIGN_IN, FORBIDDEN, GONE, DONE, FORBIDDEN, FORBIDDEN, GONE)),
    ("post", f"/quan-tri/ho-so/{D}/bo-sung/", (SIGN_IN, FORBIDDEN, GONE, DONE, FORBIDDEN, FORBIDDEN, GONE)),
    ("get", "/quan-tri/so-theo-doi/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("get", f"/quan-tri/ho-so/{D}/buoc/request-supplement/", (SIGN_IN, FORBIDDEN, GONE, IN, IN, IN, GONE)),
    ("get", f"/quan-tri/ho-so/{D}/buoc/refuse-intake/", (SIGN_IN, FORBIDDEN, GONE, IN, IN, IN, GONE)),
    ("get", f"/quan-tri/ho-so/{D}/buoc/khong-co/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", f"/quan-tri/ho-so/{D}/buoc/approve/", (SIGN_IN, FORBIDDEN, GONE, FORBIDDEN, FORBIDDEN, 422, GONE)),
    ("get", f"/quan-tri/ho-so/{D}/buoc/revoke-result/", (SIGN_IN, FORBIDDEN, GONE, FORBIDDEN, FORBIDDEN, DONE, GONE)),
    ("post", f"/quan-tri/ho-so/{D}/buoc/revoke-result/", (SIGN_IN, FORBIDDEN, GONE, FORBIDDEN, FORBIDDEN, 422, GONE)),
    ("get", f"/quan-tri/ho-so/{D}/buoc/return-result/", (SIGN_IN, FORBIDDEN, GONE, DONE, DONE, DONE, GONE)),
    ("post", f"/quan-tri/ho-so/{D}/buoc/return-result/", (SIGN_IN, FORBIDDEN, GONE, 422, 422, 422, GONE)),
    ("post", f"/quan-tri/ho-so/{D}/buoc/rebase/", (SIGN_IN, FORBIDDEN, GONE, FORBIDDEN, FORBIDDEN, 422, GONE)),
    ("post", f"/quan-tri/ho-so/{D}/buoc/propose/", (SIGN_IN, FORBIDDEN, GONE, FORBIDDEN, 422, 422, GONE)),
    ("post", f"/quan-tri/ho-so/{D}/buoc/accept/", (SIGN_IN, FORBIDDEN, GONE, 422, 422, 422, GONE)),
    ("post", f"/quan-tri/ho-so/{D}/xem-so-dinh-danh/", (SIGN_IN, FORBIDDEN, GONE, 422, 422, 422, GONE)),
    ("get", f"/quan-tri/ho-so/{D}/xem-so-dinh-danh/", (SIGN_IN, FORBIDDEN, 405, 405, 405, 405, 405)),
    ("post", f"/quan-tri/ho-so/{D}/phan-cong/", (SIGN_IN, FORBIDDEN, GONE, DONE, DONE, DONE, GONE)),
    ("post", f"/quan-tri/ho-so/{D}/tin-nhan/", (SIGN_IN, FORBIDDEN, GONE, 422, 422, 422, GONE)),
    ("post", f"/quan-tri/ho-so/{D}/tin-nhan/da-doc/", (SIGN_IN, FORBIDDEN, GONE, DONE, DONE, DONE, GONE)),
    # no paper of this dossier; test_component_checks.py
    ("post", f"/quan-tri/ho-so/{D}/giay-to/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", f"/quan-tri/ho-so/{D}/tep/0/trang/1/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    # of no question about it; tests/backoffice/test_opinion_papers.py
    ("get", "/quan-tri/da-tra-loi-y-kien/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("get", "/quan-tri/da-tra-loi-y-kien/tep/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", f"/quan-tri/ho-so/{D}/y-kien/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", f"/quan-tri/ho-so/{D}/ghi-chu/", (SIGN_IN, FORBIDDEN, GONE, 422, 422, 422, GONE)),
    ("get", "/quan-tri/dossiers/messagetemplate/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/dossiers/lettertext/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/dossiers/lettertext/0/giay/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, GONE)),
    *(
        ("get", f"/quan-tri/dossiers/lettertemplate/{page}", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, 403))
        for page in ("", "0/giay/", "ban-goc/01/")
    ),
    ("get", "/quan-tri/tai-quay/", (SIGN_IN, FORBIDDEN, IN, IN, GONE, GONE, GONE)),
    ("get", "/quan-tri/tai-quay/quy/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, IN, GONE)),
    ("post", "/quan-tri/tai-quay/quy/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, 422, GONE)),
    ("get", "/quan-tri/tai-quay/quy.csv", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, IN, GONE)),
    ("post", "/quan-tri/tai-quay/", (SIGN_IN, FORBIDDEN, 422, 422, GONE, GONE, GONE)),
    # whom this official serves at her desk; a post there without a procedure is of none
    ("get", "/quan-tri/tai-quay/khach/{visit}/", (SIGN_IN, FORBIDDEN, GONE, IN, GONE, GONE, GONE)),
    ("post", "/quan-tri/tai-quay/khach/{visit}/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/tai-quay/khach/{visit}/to-chuc/", (SIGN_IN, FORBIDDEN, GONE, IN, GONE, GONE, GONE)),
    ("post", "/quan-tri/tai-quay/khach/{visit}/to-chuc/", (SIGN_IN, FORBIDDEN, GONE, 422, GONE, GONE, GONE)),
    ("get", "/quan-tri/tai-quay/khach/{visit}/dai-dien/", (SIGN_IN, FORBIDDEN, GONE, IN, GONE, GONE, GONE)),
    ("post", "/quan-tri/tai-quay/khach/{visit}/dai-dien/", (SIGN_IN, FORBIDDEN, GONE, 422, GONE, GONE, GONE)),
    ("get", "/quan-tri/tai-quay/khach/{visit}/giay-uy-quyen/", (SIGN_IN, FORBIDDEN, GONE, IN, GONE, GONE, GONE)),
    ("post", "/quan-tri/tai-quay/khach/{visit}/giay-uy-quyen/", (SIGN_IN, FORBIDDEN, GONE, 422, GONE, GONE, GONE)),
    ("get", M, (SIGN_IN, FORBIDDEN, GONE, IN, GONE, GONE, GONE)),
    ("post", M, (SIGN_IN, FORBIDDEN, GONE, 422, GONE, GONE, GONE)),
    ("get", E, (SIGN_IN, FORBIDDEN, GONE, IN, GONE, GONE, GONE)),
    ("post", E, (SIGN_IN, FORBIDDEN, GONE, 422, GONE, GONE, GONE)),
    # filed online: no counter has it (who does is in test_counter.py)
    ("get", f"/quan-tri/tai-quay/ho-so/{D}/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", f"/quan-tri/tai-quay/ho-so/{D}/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", f"/quan-tri/tai-quay/ho-so/{D}/in/giay-tiep-nhan/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/hoan-tien/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("get", "/quan-tri/hoan-tien/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/hoan-tien/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/so-hoa/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("get", "/quan-tri/so-hoa/moi/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("post", "/quan-tri/so-hoa/moi/", (SIGN_IN, FORBIDDEN, 422, 422, 422, 422, GONE)),
    ("get", "/quan-tri/so-hoa/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/so-hoa/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/so-hoa/danh-sach/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("get", "/quan-tri/so-hoa/danh-sach/moi/", (SIGN_IN, FORBIDDEN, IN, IN, IN, IN, GONE)),
    ("post", "/quan-tri/so-hoa/danh-sach/moi/", (SIGN_IN, FORBIDDEN, 422, 422, 422, 422, GONE)),
    ("get", "/quan-tri/so-hoa/danh-sach/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/so-hoa/danh-sach/0/bao-cao.csv", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/so-hoa/danh-sach/0/dung/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/so-hoa/danh-sach/0/tiep/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    *(
        ("get", f"/quan-tri/bieu-mau/{page}", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE))
        for page in (
            "9.999999/",
            "9.999999/cau-hoi/x/",
            "9.999999/cau-hoi/x/phan/y/",
            "9.999999/trang/x/",
            "9.999999/muc/x/y/",
            "9.999999/xem-truoc/",
            "9.999999/xem-truoc/x/",
            "9.999999/thu/",
            "9.999999/lich-su/",
            "9.999999/cong-bo/",
            "9.999999/ngung/",
            "9.999999/lien-thong/",
            "9.999999/noi-dung/",
            "9.999999/noi-dung/cong-bo/",
        )
    ),
    ("get", "/quan-tri/thu-tuc-moi/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, IN)),
    ("post", "/quan-tri/thu-tuc-moi/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, 422)),
    ("post", "/quan-tri/bieu-mau/9.999999/noi-dung/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/bieu-mau/9.999999/noi-dung/cong-bo/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/bieu-mau/9.999999/lien-thong/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/bieu-mau/9.999999/ngung/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/bieu-mau/9.999999/ban-ghi-quoc-gia/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/bieu-mau/9.999999/sua/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/bieu-mau/9.999999/cau-hoi/x/sua/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/bieu-mau/9.999999/xem-truoc/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/mau-ket-qua/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, IN)),
    ("post", "/quan-tri/mau-ket-qua/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, 422)),
    ("get", "/quan-tri/mau-ket-qua/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/mau-ket-qua/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/mau-ket-qua/0/1.pdf", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/bieu-mau/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, IN)),
    ("get", "/quan-tri/van-hanh/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, IN)),
    ("get", "/quan-tri/van-hanh/ket-qua/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, IN)),
    ("get", "/quan-tri/van-hanh/thong-bao/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/he-thong/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, IN)),
    ("get", "/quan-tri/he-thong/0/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/he-thong/0/bang-ma/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/he-thong/0/bang-ma/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/he-thong/0/bang-ma.csv", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/van-hanh/doi-soat/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, IN)),
    ("get", "/quan-tri/he-thong/0/dong-bo/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/he-thong/0/dong-bo/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/he-thong/0/nguon-keo/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/he-thong/0/nguon-keo/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("post", "/quan-tri/he-thong/0/tat/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, GONE)),
    ("get", "/quan-tri/nhat-ky-cai-dat/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, IN)),
    ("get", "/quan-tri/du-lieu/", (SIGN_IN, FORBIDDEN, GONE, GONE, GONE, GONE, IN)),
    ("get", "/quan-tri/agencies/membership/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/agencies/membership/add/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/agencies/calendarday/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/agencies/steplimit/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/agencies/steplimit/add/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/agencies/internalprocess/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/agencies/internalprocess/add/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/agencies/routingrule/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/agencies/routingrule/add/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/agencies/apiclient/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/agencies/apiclient/add/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, 403)),
    ("get", "/quan-tri/procedures/localpolicy/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/procedures/localpolicy/add/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/procedures/question/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, 403)),
    ("get", "/quan-tri/exchange/outboxmessage/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/payments/receipt/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, IN)),
    ("get", "/quan-tri/dossiers/dossier/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, 403)),
    ("get", "/quan-tri/accounts/user/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, 403)),
    ("get", "/quan-tri/accounts/citizenprofile/", (SIGN_IN, FORBIDDEN, 403, 403, 403, 403, 403)),
]


def browser(office: Office, who: str, owner: Any) -> Client:
    if who == "anonymous":
        return Client()
    if who == "citizen":
        return signed_in(owner)
    return office.browser(who)


@pytest.mark.parametrize("who", EVERYONE)
def test_who_gets_what(office: Office, who: str) -> None:
    dossier, wrong = factories.file_dossier(), []
    assert dossier.owner is not None
    names = {"code": dossier.code, **works_of(office.desk, office.agency, dossier.owner)}
    asking = browser(office, who, dossier.filer)
    for method, address, row in TABLE:
        expected = row[EVERYONE.index(who)]
        if who == "anonymous":
            asking.cookies.clear()  # what she typed is kept in a session, which is undone with the world around it
        with _undone():
            response = getattr(asking, method)(address.format(**names))
            if response.streaming:
                b"".join(response.streaming_content)  # a file is closed once it was read
            untouched = Dossier.objects.get().state == "submitted"
        if not _fits(response, expected) or (expected == SIGN_IN and not untouched):
            wrong.append((method, address, expected, response.status_code, response.headers.get("Location")))
    assert not wrong


def works_of(desk: User, agency: Agency, applicant: User) -> dict[str, object]:
    """What an official of a desk has under way: {job} for many dossiers at once, {visit}, whom she serves.

    And {relation}, of that person's, which the desk confirmed, and {mandate}, which she brought.
    """
    job = BulkJob.objects.create(official=desk, agency=agency, kind=BulkKind.ACCEPT, total=0, form_token="of-the-desk")
    actor = Actor(kind=ActorKind.DESK, user=desk, agency=agency, name=str(desk))
    held, _is_new = representations.open_by_official(
        representative=applicant,
        principal=factories.make_citizen("Nguyễn Thử Cháu"),
        kind=RepresentationKind.WARD,
        last=timezone.localdate(),
        words="Trích lục đăng ký giám hộ 03/2026",
        official=desk,
        official_name=str(desk),
        agency_code=agency.code,
    )
    paper, _is_new = written_mandates.keep(
        bearer=applicant,
        principal=held.principal,
        made_on=timezone.localdate(),
        last=timezone.localdate(),
        procedure_codes=["1.000001"],
        words="Giấy ủy quyền 05/2026",
        official=desk,
        official_name=str(desk),
        agency_code=agency.code,
    )
    visit = counter.open_visit(applicant, actor=actor)
    return {"job": job.pk, "visit": visit.public_id, "relation": held.public_id, "mandate": paper.public_id}


@contextmanager
def _undone() -> Iterator[None]:
    """Take back what is written inside, so that each address is asked in the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _fits(response: HttpResponse, expected: object) -> bool:
    if expected == SIGN_IN:
        return response.status_code == 302 and response["Location"].startswith(
            ("/quan-tri/login/?next=", f"{reverse('accounts:sign_in')}?next=")
        )
    return bool(response.status_code == expected)


def test_an_official_without_second_factor_sets_it_up_first(office: Office) -> None:
    fresh = factories.make_official(office.agency)
    response = signed_in(fresh).get("/quan-tri/")
    assert (response.status_code, response["Location"]) == (302, reverse("mfa_activate_totp"))


def test_the_way_in_is_the_portals_own_sign_in() -> None:
    response = Client().get("/quan-tri/login/?next=/quan-tri/tim/")
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
    assert "next=%2Fquan-tri%2Ftim%2F" in response["Location"]
    assert "evil" not in Client().get("/quan-tri/login/?next=https://evil.example/")["Location"]


def test_a_superuser_reads_every_list_and_changes_no_dossier(office: Office) -> None:
    dossier = factories.file_dossier()
    root = with_second_factor(factories.make_official(office.agency))
    root.is_superuser = True
    root.save()
    client = signed_in(root)
    from django.contrib import admin

    for model, model_admin in admin.site._registry.items():
        address = f"/quan-tri/{model._meta.app_label}/{model._meta.model_name}/"
        assert client.get(address).status_code == 200, address
        if model_admin.has_add_permission(client.get(address).wsgi_request):
            assert client.get(f"{address}add/").status_code == 200, address
    page = client.get(f"/quan-tri/dossiers/dossier/{dossier.pk}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert dossier.applicant_id not in page.content.decode()
    for raw in (">None<", "+00:00"):
        assert raw not in page.content.decode(), "absent values are dashes, moments are in our time"
    assert client.post(f"/quan-tri/dossiers/dossier/{dossier.pk}/change/", {"state": "returned"}).status_code == 403
    assert client.get(f"/quan-tri/dossiers/dossier/{dossier.pk}/delete/").status_code == 403


def test_an_administrator_gives_posts_at_her_agency_only_and_never_to_herself(office: Office) -> None:
    client = office.browser("administrator")
    newcomer = factories.make_official(make_other_agency())
    form = {"user": newcomer.pk, "agency": office.agency.pk, "role": "desk", "title": "", "valid_from": "01/11/2026"}
    assert client.post("/quan-tri/agencies/membership/add/", form).status_code == 302
    assert newcomer.memberships.filter(agency=office.agency).exists()
    own = client.post("/quan-tri/agencies/membership/add/", {**form, "user": office.administrator.pk, "role": "leader"})
    assert own.status_code == 200 and "Không tự phân công cho mình" in own.content.decode()
    elsewhere = make_other_agency()
    refused = client.post("/quan-tri/agencies/membership/add/", {**form, "agency": elsewhere.pk, "role": "leader"})
    assert refused.status_code == 200
    assert not newcomer.memberships.filter(agency=elsewhere, role="leader").exists()
    listed = client.get("/quan-tri/agencies/membership/").content.decode()
    assert "Người Nơi Khác" not in listed and "Phạm Thị Quầy" in listed
