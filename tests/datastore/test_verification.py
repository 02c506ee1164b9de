"""Verification by anybody: the live status with the least data, keys, withdrawn results, a file."""

import html
import json
from datetime import date, timedelta

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from datastore import services, storage, views_verification
from datastore.models import Document, DocumentType, SigningKey, TrustLevel
from datastore.results import keys, service, signing
from datastore.results.verification import ResultState, status_of
from datastore.results.withdrawn import as_json as withdrawn
from portal.agencies.models import Agency
from tests.datastore.conftest import make_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(citizen, result):
    return service.issue(owner=citizen, reference="H29-1", result=result)


def text_of(response):
    return html.unescape(response.content.decode())


def bytes_of(document):
    with storage.open_stream(document.files.get().blob) as file:
        return file.read()


@pytest.mark.parametrize("prefix", ["/xm/", "/XM/", "/en/xm/"])
@pytest.mark.parametrize("small", [False, True])
def test_a_camera_opens_the_status_without_signing_in(client, issued, prefix, small):
    public_id = issued.credential.public_id
    response = client.get(prefix + (public_id.lower() if small else public_id))
    assert response.status_code == 200
    assert response.context["status"].state == ResultState.VALID
    assert f'<html lang="{"en" if prefix.startswith("/en") else "vi"}"' in text_of(response)


def test_a_paper_signed_for_a_trial_says_so_and_one_of_a_real_authority_does_not(client, issued, monkeypatch):
    address = f"/xm/{issued.credential.public_id}"
    assert "Giấy thử" in text_of(client.get(address)) and "environment" in text_of(client.get("/xm/"))
    monkeypatch.setattr(keys, "OWN_AUTHORITY", "Gốc của một tổ chức chứng thực")
    assert "Trial paper" not in text_of(client.get(f"/en{address}"))


def test_each_language_leads_to_the_other_and_says_its_own_names(client, issued):
    public_id = issued.credential.public_id
    DocumentType.objects.update(name_en="Birth certificate")
    Agency.objects.filter(pk=issued.issuer_id).update(name_en="People’s Committee of Tân Định ward")
    vietnamese = text_of(client.get(f"/xm/{public_id}"))
    assert f'href="/en/xm/{public_id}"' in vietnamese and "Giấy khai sinh" in vietnamese
    english = text_of(client.get(f"/en/xm/{public_id}"))
    assert f'href="/xm/{public_id}"' in english
    assert "Birth certificate" in english and "People’s Committee of Tân Định ward" in english
    assert "Giấy khai sinh" not in english


def test_the_page_tells_the_least_that_makes_sense(client, issued, result):
    text = text_of(client.get(reverse("datastore:verify", args=[issued.credential.public_id])))
    assert "Giấy khai sinh" in text
    assert "Ủy ban nhân dân phường Tân Định" in text
    for secret in (result.holder_name, result.holder_id, result.number, result.dossier_code, "Phạm Quỳnh Như"):
        assert secret not in text
    assert issued.credential.token not in text


def test_the_page_is_not_indexed_and_sends_no_referrer(client, issued):
    response = client.get(reverse("datastore:verify", args=[issued.credential.public_id]))
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "unsafe-inline" not in response["Content-Security-Policy"]


def test_the_signed_in_persons_name_is_not_on_the_page(issued, citizen, signed_in):
    text = text_of(signed_in(citizen).get(reverse("datastore:verify_page")))
    assert citizen.display_name not in text


def test_revoked_replaced_and_expired_show_at_once(client, citizen, result, issued):
    address = reverse("datastore:verify", args=[issued.credential.public_id])
    newer = service.issue(owner=citizen, reference="H29-2", result=result)
    Document.objects.update(valid_until=timezone.localdate() + timedelta(days=90))
    assert "có giá trị đến" in text_of(client.get(address))
    service.replace(issued.pk, by=newer, reason="Cải chính tên Phạm Quỳnh Như")
    text = text_of(client.get(address))
    assert "Đã được thay thế" in text and "có giá trị đến" not in text
    client.force_login(citizen)
    listed = text_of(client.get(reverse("datastore:list")))
    assert listed.count("có giá trị đến") == 1 and listed.count("hết giá trị từ") == 1
    assert "Hết giá trị từ" in text_of(client.get(reverse("datastore:detail", args=[issued.pk])))
    client.logout()
    assert newer.credential.public_id in text
    assert "Phạm Quỳnh Như" not in text
    service.revoke(newer.pk, reason="bí mật")
    text = text_of(client.get(reverse("datastore:verify", args=[newer.credential.public_id])))
    assert "Đã bị thu hồi" in text
    assert "bí mật" not in text


def test_the_last_day_counts_and_the_next_does_not(issued):
    today = timezone.localdate()
    Document.objects.update(valid_until=today)
    assert status_of(issued.credential.public_id).state == ResultState.VALID
    Document.objects.update(valid_until=today - timedelta(days=1))
    assert status_of(issued.credential.public_id).state == ResultState.EXPIRED


def test_an_unknown_id_says_that_the_paper_is_not_ours(client, issued):
    response = client.get("/XM/AAAAAAAAAAAAAAAA")
    assert response.status_code == 404
    said = text_of(response)
    assert said.index("Hãy xem lại mã vừa gõ") < said.index("không do Cổng Dịch vụ công cấp"), "a slip is no forgery"


def test_the_page_says_what_the_code_does_not_hold(client, issued):
    page = client.get(f"/xm/{issued.credential.public_id}").content.decode()
    words = json.loads(page.partition('id="verify-words" type="application/json">')[2].partition("</script>")[0])
    assert "không chứa nội dung xác nhận bên trong" in words["compare"] and "so với tệp PDF gốc" in words["compare"]


@pytest.mark.parametrize("path", ["/xm/short", "/xm/AAAAAAAAAAAAAAA0", "/XM/AAAAAAAAAAAAAAAAA", "/xm/..%2f..%2f"])
def test_a_malformed_id_is_an_ordinary_404(client, path):
    assert client.get(path).status_code == 404


def test_a_status_costs_few_queries(client, issued, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):  # the edition and the result
        client.get(reverse("datastore:verify", args=[issued.credential.public_id]))


def test_a_kept_status_page_costs_a_look_at_the_edition_and_is_drawn_anew_at_once(
    client, issued, django_assert_num_queries
):
    address = f"/xm/{issued.credential.public_id}"
    assert "Còn hiệu lực" in text_of(client.get(address))
    with django_assert_num_queries(0):  # but for the prepared statement, which Django does not count
        kept = client.get(address)
    assert "Còn hiệu lực" in text_of(kept)
    assert (kept["Referrer-Policy"], kept["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    Document.objects.filter(pk=issued.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    assert "Đã hết hiệu lực" in text_of(client.get(address))
    service.revoke(issued.pk, reason="")
    assert "Đã bị thu hồi" in text_of(client.get(address))


def test_the_typed_id_works_without_scripts(client, issued):
    response = client.get(reverse("datastore:verify_page"), {"ma": issued.credential.public_id.lower()})
    assert response["Location"] == reverse("datastore:verify", args=[issued.credential.public_id])
    page = client.get(reverse("datastore:verify_page"), {"ma": "<script>"})
    assert page.status_code == 200
    assert "<script>" not in page.content.decode().partition('id="typed"')[2][:200]


# --- what machines fetch ----------------------------------------------------------------------


def test_keys_are_a_key_set_with_their_times(client, issued):
    response = client.get("/xm/khoa.json")
    assert response["Content-Type"] == "application/jwk-set+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    (key,) = json.loads(response.content)["keys"]
    assert {"kty", "crv", "x", "kid", "alg", "use", "nbf"} == set(key)
    SigningKey.objects.update(retired_at=timezone.now())
    assert "exp" in json.loads(client.get("/xm/khoa.json").content)["keys"][0]


def test_withdrawn_results_are_listed_by_id_only(client, citizen, result, issued):
    assert json.loads(client.get("/xm/thu-hoi.json").content)["revoked"] == []
    newer = service.issue(owner=citizen, reference="H29-2", result=result)
    service.replace(issued.pk, by=newer, reason="x")
    service.revoke(newer.pk, reason="y")
    listed = withdrawn()
    assert listed["replaced"] == [issued.credential.public_id]
    assert listed["revoked"] == [newer.credential.public_id]
    Document.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    assert withdrawn()["revoked"] == []  # expired anyway: its own date says so


def test_the_service_worker_may_serve_both_scopes(client):
    response = client.get("/xm/sw.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Service-Worker-Allowed"] == "/"
    first = response.content.decode().partition("\n")[0]
    kept = json.loads(first.removeprefix("const KEPT = ").removesuffix(";"))
    assert kept["paths"][:3] == ["/xm/", "/xm/goc.json", "/xm/khoa.jws"]


def test_everything_the_worker_keeps_exists(client, settings):
    first = client.get("/xm/sw.js").content.decode().partition("\n")[0]
    kept = json.loads(first.removeprefix("const KEPT = ").removesuffix(";"))
    for path in kept["paths"]:
        if path.startswith(settings.STATIC_URL):
            assert finders.find(path.removeprefix(settings.STATIC_URL)), path
        else:
            assert client.get(path).status_code == 200


def test_a_trial_signature_is_called_one_without_a_network_too(client, issued):
    told = json.dumps("Giấy thử: ký bằng chứng thư tự cấp")[1:-1]
    assert told in client.get("/xm/").content.decode()
    status = client.get(f"/xm/{issued.credential.public_id}").content.decode()
    assert told in status, "for another paper that is scanned on this page"
    assert status.count("Giấy thử: ký bằng chứng thư tự cấp") == 1


def test_the_checker_is_installable(client):
    manifest = json.loads(client.get("/xm/ung-dung.webmanifest").content)
    assert (manifest["scope"], manifest["start_url"], manifest["display"]) == ("/xm/", "/xm/", "standalone")
    page = text_of(client.get("/xm/"))
    assert "/xm/ung-dung.webmanifest" in page and 'rel="apple-touch-icon" href="/static/img/icon-180' in page
    kinds = {(icon["sizes"], icon["type"], icon["purpose"]) for icon in manifest["icons"]}
    assert kinds >= {(size, "image/png", "any") for size in ("192x192", "512x512")} | {
        ("512x512", "image/png", "maskable")
    }
    for name in ("icon-180.png", "icon-192.png", "icon-512.png", "icon-whole-512.png"):
        with Image.open(finders.find(f"img/{name}")) as icon:
            assert f"{icon.width}x{icon.height}".endswith(name.rpartition("-")[2].partition(".")[0])
            is_whole = name in {"icon-180.png", "icon-whole-512.png"}
            corner = icon.convert("RGBA").getpixel((0, 0))
            assert corner == (165, 28, 36, 255) if is_whole else corner[3] == 0


# --- a file -----------------------------------------------------------------------------------


def check(client, content, name="kết quả.pdf"):
    return client.post(reverse("datastore:verify_file"), {"file": SimpleUploadedFile(name, content)})


def test_the_very_file_is_recognised(client, issued):
    text = text_of(check(client, bytes_of(issued)))
    assert "Tệp do Cổng cấp, chưa bị sửa" in text
    assert "Còn hiệu lực" in text
    assert "Chữ ký số: đúng" in text
    assert f"Ký bằng khóa của: {issued.issuer.name}" in text


def test_a_revoked_file_says_so(client, issued):
    service.revoke(issued.pk, reason="x")
    assert "Đã bị thu hồi – Tệp do Cổng cấp, chưa bị sửa" in text_of(check(client, bytes_of(issued)))


def test_a_changed_file_is_exposed(client, issued):
    content = bytearray(bytes_of(issued))
    content[2000] ^= 1
    text = text_of(check(client, bytes(content)))
    assert "Đúng tệp kết quả đã cấp: không" in text
    assert "Chữ ký số: không đúng" in text
    assert "Tệp do Cổng cấp" not in text


def test_a_letter_that_the_portal_signed_is_no_fake_and_no_result(client, issued):
    letter = signing.sign_pdf(make_pdf(), agency_name=issued.issuer.name, location="Hà Nội", agency=issued.issuer)
    text = text_of(check(client, letter))
    assert "Giấy do Cổng ký, chưa bị sửa, nhưng không phải kết quả" in text
    assert f"Ký bằng khóa của: {issued.issuer.name}" in text
    assert "Không phải tệp do Cổng cấp" not in text and "Tệp do Cổng cấp" not in text
    changed = bytearray(letter)
    changed[200] ^= 1
    assert "nhưng không phải kết quả" not in text_of(check(client, bytes(changed)))


@pytest.mark.parametrize("number", ["26TAA 00000001", ""])
def test_a_letter_of_ours_is_named_by_what_stands_on_it(client, deposit, ward, issued, number):
    content = signing.sign_pdf(make_pdf(), agency_name=ward.name, location="Hà Nội", agency=ward)
    kind = DocumentType.objects.create(code="GT.THU", name="Biên lai thu phí", group="letter")
    told = {
        "issuer": ward,
        "number": number,
        "issued_on": date(2026, 11, 2),
        "title": "Biên lai – H26.1 – Lê Thị Riêng",
    }
    kept = deposit(content=SimpleUploadedFile("a.pdf", content), type_code=kind.code, trust=TrustLevel.ISSUED, **told)
    text = text_of(check(client, content))
    assert (f"Biên lai thu phí số {number}" in text) if number else ("Biên lai thu phí<" in text)
    assert f"{ward.name}, cấp ngày 02/11/2026" in text and "Đúng tệp Cổng đã cấp: có" in text
    assert "Lê Thị Riêng" not in text and "H26.1" not in text and kept.owner.display_name not in text
    assert "cấp ngày" not in text_of(check(client, content[:-1] + b" ")), "one byte changed"
    assert "kết quả thủ tục – Còn hiệu lực" in text and 'verdict--jade"' in text
    services.void(kept.pk, reason="Tiếp nhận nhầm")
    taken_back = text_of(check(client, content))
    assert "Đã bị thu hồi – Giấy của Cổng, chưa bị sửa" in taken_back and 'verdict--crimson"' in taken_back
    assert "verdict--jade" not in taken_back and "Tiếp nhận nhầm" not in taken_back


@pytest.mark.parametrize("content", [make_pdf(), b"rubbish", b"%PDF-1.7 rubbish %%EOF"])
def test_any_other_file_is_not_ours(client, content):
    text = text_of(check(client, content))
    assert "Không phải tệp do Cổng cấp" in text


@pytest.mark.parametrize("trust", [TrustLevel.FETCHED, TrustLevel.DIGITISED])  # the second as written before
def test_a_file_that_an_agencys_system_sent_is_told_as_that(client, deposit, ward, trust):
    content = make_pdf()
    sent = deposit(
        content=SimpleUploadedFile("a.pdf", content),
        trust=trust,
        issuer=ward,
        title="Phiếu của Phạm Quỳnh Như",
        number="77/LLTP",
    )
    Agency.objects.filter(pk=ward.pk).update(name_en="Ward committee")
    text, day = text_of(check(client, content)), f"{timezone.localdate(sent.created_at):%d/%m/%Y}"
    assert "Tệp do cơ quan gửi, giống từng byte – Còn hiệu lực" in text and "Tệp không có chữ ký số của Cổng" in text
    assert f"{ward.name} gửi tệp này từ hệ thống của mình ngày {day}" in text and "Đừng dùng nó" not in text
    assert "Phạm Quỳnh Như" not in text and "77/LLTP" not in text and sent.owner.display_name not in text
    Document.objects.update(status="revoked", status_reason="bí mật")
    text = text_of(check(client, content))
    assert "Đã bị thu hồi – Tệp do cơ quan gửi" in text and "verdict--crimson" in text and "bí mật" not in text
    assert "Không phải tệp do Cổng cấp" in text_of(check(client, content + b"\n")), "a byte more"
    english = text_of(client.post("/en/xm/tep/", {"file": SimpleUploadedFile("a.pdf", content)}))
    assert f"Ward committee sent this file from its own system on {day}" in english


@pytest.mark.parametrize(
    "facts", [{"trust": TrustLevel.UPLOADED}, {"trust": TrustLevel.FETCHED, "is_listed": False}, {"status": "deleted"}]
)
def test_what_no_agency_sent_or_is_not_published_is_not_told(client, deposit, ward, facts):
    content = make_pdf()
    sent = deposit(content=SimpleUploadedFile("a.pdf", content), trust=TrustLevel.FETCHED, issuer=ward)
    Document.objects.filter(pk=sent.pk).update(**facts)
    assert "Không phải tệp do Cổng cấp" in text_of(check(client, content))


def test_a_script_that_has_files_checked_without_end_is_stopped(client, monkeypatch):
    monkeypatch.setattr(views_verification, "CHECKS", 2)
    assert [check(client, b"rubbish").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get(reverse("datastore:verify_file")).status_code == 200, "the page itself stays open"


def test_nothing_of_a_checked_file_is_kept(client, issued):
    before = Document.objects.count(), default_storage.listdir("")
    check(client, bytes_of(issued))
    assert (Document.objects.count(), default_storage.listdir("")) == before


def test_no_file_and_too_much_file_are_said(client, settings):
    assert "Chọn tệp PDF" in text_of(client.post(reverse("datastore:verify_file")))
    settings.UPLOAD_MAX_BYTES = 100
    response = check(client, b"x" * 200)
    assert response.status_code == 422
    assert "Tệp lớn hơn" in text_of(response)
