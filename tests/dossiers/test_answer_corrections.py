"""A right answer may ask for more, or no longer for what was said: the frozen filing stays whole by its own form."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dossiers import answer_corrections, services
from dossiers.models import Dossier
from portal.agencies.models import AdministrativeUnit
from portal.notifications.models import Message
from procedures import eforms
from procedures.models import FeeRule
from procedures.packs import REFERENCE, own_reference, read_pack
from tests import factories
from tests.dossiers.corrections import CHILD, ask_anew, filed, put_right, version_with
from tests.dossiers.dossier_pages import desk, page_of
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db
LOAN = {"field": "purpose", "equals": "Vay vốn"}


def markable(dossier: Dossier) -> set[str]:
    """Keys of the answers that an official may mark."""
    return {row.key for section in answer_corrections.markable(dossier) for row in section.rows}


def test_what_the_state_knows_is_not_opened_by_a_mark_on_what_it_hangs_on() -> None:
    either = {"field": "purpose", "in": ["Thử nghiệm", "Vay vốn"]}
    version = version_with("holder_name", "text", locked=True, prefill="identity.full_name", visible_if=either)
    dossier = filed(version, {"holder_name": "Trần Thị Thật"}, {"holder_name": "VNeID"})
    ask_anew(dossier)
    page = text(page_of(dossier, "bo-sung/"))
    assert 'name="holder_name"' not in page
    assert put_right(dossier, purpose="Vay vốn", holder_name="Tên Giả").status_code == 302
    assert dossier.answers["holder_name"] == "Trần Thị Thật" and dossier.answer_sources == {"holder_name": "VNeID"}


def test_what_says_a_marked_answer_again_follows_it() -> None:
    consent = {"locked": True, "prefill": "answer.head_name"}
    version = version_with("head_name", "text")
    group = copy.deepcopy(version.form["pages"][0]["groups"][0])
    field = {"key": "consent_of", "label": {"vi": "Người đồng ý", "en": "Who consents"}, "type": "text", **consent}
    version.form["pages"].append({**version.form["pages"][0], "key": "more", "groups": [group | {"fields": [field]}]})
    version.save()
    dossier = filed(version, {"head_name": "Hoa", "consent_of": "Hoa"}, {"consent_of": "Bước trước"})
    for name in ("Hồng", "Huệ"):
        ask_anew(dossier, ["head_name"], legal_basis="Luật Cư trú, Điều 21")
        assert put_right(dossier, head_name=name, consent_of="Khác").status_code == 302
        assert dossier.answers["consent_of"] == name and dossier.answer_sources == {"consent_of": "Bước trước"}


def test_what_decides_whose_data_the_state_gave_cannot_be_marked() -> None:
    own = {"field": "purpose", "equals": "Thử nghiệm"}
    version = version_with("holder_name", "text", locked=True, prefill="identity.full_name", prefill_if=own)
    dossier = filed(version, {"holder_name": "Trần Thị Thật"})
    assert markable(dossier) >= {"purpose", "holder_name"}
    dossier.answer_sources = {"holder_name": "VNeID"}
    assert not {"purpose", "holder_name"} & markable(dossier)


def test_what_becomes_needed_is_asked_and_what_was_answered_stays() -> None:
    version = version_with("detail", "text", required_if=LOAN)
    dossier, other = filed(version), filed(version, {"detail": "Đã nói"})
    for each in (dossier, other):
        ask_anew(each)
    lacking = put_right(dossier, purpose="Vay vốn", detail="")
    assert lacking.status_code == 422 and 'href="#id_detail"' in text(lacking)
    assert put_right(dossier, purpose="Vay vốn", detail="Mua nhà").status_code == 302
    assert not eforms.validate(version.form, dossier.answers) and dossier.answers["detail"] == "Mua nhà"
    assert put_right(other, purpose="Vay vốn", detail="Khác hẳn").status_code == 302
    assert other.answers["detail"] == "Đã nói"


def test_a_list_that_becomes_needed_is_filled_row_by_row() -> None:
    version = version_with("children", "repeat", required_if=LOAN, visible_if=LOAN, min_items=1, fields=[CHILD])
    dossier = filed(version)
    assert "purpose" in markable(dossier)
    ask_anew(dossier)
    assert 'name="children__0__child_name"' in text(page_of(dossier, "bo-sung/"))
    more = put_right(dossier, purpose="Vay vốn", children__count="1", children__0__child_name="An", _add="children")
    page = text(more)
    assert more.status_code == 200 and 'name="children__1__child_name"' in page and 'value="An"' in page
    lacking = put_right(dossier, purpose="Vay vốn", children__count="1", children__0__child_name="")
    assert lacking.status_code == 422 and dossier.state == "awaiting_supplement"
    assert put_right(dossier, purpose="Vay vốn", children__count="1", children__0__child_name="An").status_code == 302
    assert dossier.answers["children"] == [{"child_name": "An"}]


def test_a_marked_list_is_put_right_row_by_row_in_its_place() -> None:
    version = version_with("children", "repeat", fields=[CHILD])
    dossier = filed(version, {"children": [{"child_name": "An"}, {"child_name": "Bình"}]})
    assert "children" in markable(dossier)
    ask_anew(dossier, ["children"])
    page = text(page_of(dossier, "bo-sung/"))
    assert 'value="An"' in page and 'value="Bình"' in page and 'name="purpose"' not in page
    typed = {"children__count": "2", "children__0__child_name": "Anh", "children__1__child_name": "Bình"}
    fewer = text(put_right(dossier, **typed, _remove="children__1"))
    assert 'value="Anh"' in fewer and 'value="Bình"' not in fewer and dossier.state == "awaiting_supplement"
    more = put_right(dossier, **typed, _add="children")
    assert more.status_code == 200 and 'name="children__2__child_name"' in text(more)
    sent = typed | {"children__count": "3", "children__2__child_name": "Chi"}
    assert put_right(dossier, **sent).status_code == 302
    assert dossier.answers["children"] == [{"child_name": name} for name in ("Anh", "Bình", "Chi")]
    (told,) = dossier.events.get(name="dossier.supplemented").data["changes"]
    assert told["key"] == "children" and "An" in told["before"] and "Chi" in told["after"]


def test_who_agrees_is_put_right_in_its_place() -> None:
    version = version_with("owner_consent", "co_signature")
    said = {"full_name": "Lê Thị Chủ", "personal_id": "001195000123"}
    dossier = filed(version, {"owner_consent": said})
    assert "owner_consent" in markable(dossier)
    ask_anew(dossier, ["owner_consent"])
    right = {"owner_consent__full_name": "Lê Thị Chủ Nhà", "owner_consent__personal_id": "001195000123"}
    lacking = put_right(dossier, **right | {"owner_consent__full_name": ""})
    assert lacking.status_code == 422 and 'href="#id_owner_consent__full_name"' in text(lacking)
    assert put_right(dossier, **right).status_code == 302
    assert dossier.answers["owner_consent"] == said | {"full_name": "Lê Thị Chủ Nhà"}


def test_the_address_by_which_the_agency_was_found_is_put_right_within_its_place() -> None:
    there = factories.make_unit("48", "Đà Nẵng", "province")
    factories.make_unit("20263", "Hải Châu", "commune", there)
    dossier = filed(version_with("to_address", "address", in_place_of_filing=True))
    here = {"province_code": dossier.province_code, "commune_code": dossier.commune_code}
    commune = AdministrativeUnit.objects.get(code=dossier.commune_code).full_name
    dossier.answers = dossier.answers | {"to_address": here | {"line": "Số 1 phố Thử"}}
    dossier.save(update_fields=["answers"])
    assert "to_address" in markable(dossier)
    ask_anew(dossier, ["to_address"])

    def send(province_code: str, commune_name: str, line: str) -> Any:
        typed = {"province_code": province_code, "commune_code": commune_name, "line": line}
        return put_right(dossier, **{f"to_address__{key}": value for key, value in typed.items()})

    refused = send("48", "Hải Châu", "Số 9 phố Khác")
    assert refused.status_code == 422 and "để cơ quan chuyển hồ sơ" in text(refused)
    assert dossier.answers["to_address"]["line"] == "Số 1 phố Thử"
    assert send(here["province_code"], commune, "Số 2 phố Thử").status_code == 302
    assert dossier.answers["to_address"] == here | {"line": "Số 2 phố Thử"}


def test_what_a_move_declares_of_the_home_can_all_be_marked() -> None:
    """Đăng ký thường trú: the address, the home and its owner, on whom another's consent hangs."""
    dossier = filed(factories.make_version(), {"house_kind": "relative", "home_owner": "other"})
    assert dossier.procedure_version is not None
    dossier.procedure_version.form = read_pack(REFERENCE / "procedures" / "1.004222.yaml", own_reference()).form
    asked = {"to_address", "house_kind", "home_owner", "owner_consent", "members", "relation_to_head"}
    assert asked <= markable(dossier)


def test_what_needs_a_paper_of_the_form_cannot_be_marked_and_is_not_taken() -> None:
    dossier = filed(version_with("proof", "file", required_if=LOAN, visible_if=LOAN))
    assert "purpose" not in markable(dossier) and "full_name" in markable(dossier)
    ask_anew(dossier)  # as one marked before it was known
    refused = put_right(dossier, purpose="Vay vốn")
    assert refused.status_code == 422 and "Hãy chọn tệp cho “Mục proof”." in text(refused)
    assert dossier.answers["purpose"] == "Thử nghiệm" and dossier.state == "awaiting_supplement"


def test_answers_that_may_go_are_named_beforehand() -> None:
    trial = {"field": "purpose", "equals": "Thử nghiệm"}
    version = version_with("children", "repeat", visible_if=trial, fields=[CHILD])
    dossier = filed(version, {"children": [{"child_name": "An"}]})
    ask_anew(dossier)
    page = text(page_of(dossier, "bo-sung/"))
    assert "bị bỏ khỏi hồ sơ: <strong>Mục children</strong>." in page and 'name="children' not in page
    assert put_right(dossier, purpose="Thử nghiệm lại").status_code == 302
    told = dossier.events.get(name="dossier.supplemented").data["changes"]
    assert "children" not in dossier.answers and "An" in told[1]["before"] and told[1]["after"] == ""


def test_a_marked_day_is_judged_by_the_day_of_filing() -> None:
    then = timezone.now() - timedelta(days=10)
    day = timezone.localdate(then)
    dossier = filed(version_with("start", "date", min="today"), {"start": day.isoformat()}, now=then)
    ask_anew(dossier, ["purpose", "start"])
    assert put_right(dossier, purpose="Học", start=f"{day:%d/%m/%Y}").status_code == 302
    assert dossier.answers["start"] == day.isoformat()


def test_officials_read_that_a_right_answer_costs_more_or_needs_a_paper() -> None:
    version = version_with("detail", "text")
    more = {"condition": LOAN, "is_default": False}
    FeeRule.objects.create(version=version, position=0, **factories.fee_fields(20_000) | more)
    paper = {"code": "TEST-VAY", "name": "Hợp đồng vay", "kind": "document", "is_required": False}
    version.components.create(position=1, condition=LOAN, **paper)
    dossier, other = filed(version), filed(version)
    version.components.filter(code="TEST-VAY").update(is_required=True)  # the filings above would have to bring it
    for each, purpose in ((dossier, "Vay vốn"), (other, "Học")):
        ask_anew(each)
        assert put_right(each, purpose=purpose).status_code == 302
    told = dossier.events.get(name="dossier.supplemented").data
    lines = " ".join(answer_corrections.anew_words(told))
    assert "hồ sơ cần thêm: Hợp đồng vay." in lines and "0\xa0đ → 20.000\xa0đ" in lines
    assert answer_corrections.anew_words(other.events.get(name="dossier.supplemented").data) == []


def test_a_reader_of_english_reads_the_name_of_what_was_put_right_in_english() -> None:
    dossier = filed(version_with("reason_words", "text"), {"reason_words": "Cũ"})
    ask_anew(dossier, ["reason_words"])
    assert put_right(dossier, reason_words="Mới").status_code == 302
    client = signed_in(dossier.filer)
    assert 'Put right “reason_words”: <span lang="vi">Cũ → Mới</span>' in text(client.get(f"/en/ho-so/{dossier.code}/"))
    assert "Đã sửa “Mục reason_words”: Cũ → Mới" in text(client.get(f"/ho-so/{dossier.code}/"))


def test_a_reader_of_english_reads_what_is_asked_for_in_english_and_an_officials_words_as_they_are() -> None:
    dossier = filed(version_with("reason_words", "text"), {"reason_words": "Cũ"})
    dossier.procedure_version.components.update(name_en="Trial paper")
    wanted = [
        services.Defect("TEST-GIAY", "Giấy tờ thử", "Ảnh mờ"),
        services.Defect("", "Mục reason_words", "Sai năm", field="reason_words"),
    ]
    set_words = "Hồ sơ cần bổ sung hoặc sửa các mục nêu dưới đây."
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason=set_words, defects=wanted)
    for suffix in ("", "bo-sung/"):
        page = text(page_of(dossier, suffix, prefix="/en"))
        assert "The following must be added or put right." in page and "Trial paper" in page, suffix
        assert "reason_words" in page and '<span lang="vi">Sai năm</span>' in page, suffix
        for vietnamese in (set_words, "Giấy tờ thử", "Mục reason_words"):
            assert vietnamese not in page, (suffix, vietnamese)
    page = text(page_of(dossier))
    assert "Mục reason_words" in page
    assert page.count(set_words) == 1, "above what is asked for, not in the history, which does not name it again"


def test_a_request_for_nothing_but_answers_speaks_of_no_papers() -> None:
    version = version_with("extra", "text")
    dossier, papers = filed(version, {"extra": "Cũ"}), filed(version)
    ask_anew(dossier, ("purpose", "extra"))
    page, listed = text(page_of(dossier)), text(signed_in(dossier.filer).get("/ho-so/"))
    for shown in (page, listed):
        assert "Yêu cầu sửa nội dung khai</span>" in shown and "Yêu cầu bổ sung giấy tờ" not in shown
    mail = Message.objects.get(kind="dossier.supplement_requested", channel="inbox")
    assert "Khai sai.\nGồm: purpose; extra." in mail.body and "giấy tờ" not in mail.subject + mail.body
    services.request_supplement(
        papers.code or "", actor=desk(papers), reason="Thiếu.", defects=[services.Defect("x", "Đơn", "")]
    )
    assert "Yêu cầu bổ sung giấy tờ" in text(page_of(papers)) + text(signed_in(papers.filer).get("/ho-so/"))


def test_a_request_for_a_paper_and_an_answer_speaks_of_both() -> None:
    hint = {"vi": "Không nhớ thì bỏ trống", "en": "Leave it empty"}
    words = {"vi": "Ngày cấp giấy", "en": "Issued on"}
    dossier = filed(version_with("extra", "text", label=words, help=hint))
    wanted = [
        services.Defect("TEST-GIAY", "Giấy tờ thử", "Ảnh mờ"),
        services.Defect("", "Ngày cấp giấy", "", field="extra"),
    ]
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu.", defects=wanted)
    client = signed_in(dossier.filer)
    page, listed = text(page_of(dossier)), text(client.get("/ho-so/"))
    for shown in (page, listed):
        assert "Đến lượt bạn: bổ sung giấy tờ và sửa nội dung khai trước 17:00, " in shown
        assert "Yêu cầu bổ sung và sửa</span>" in shown and "Yêu cầu bổ sung giấy tờ" not in shown
    assert "Bổ sung giấy tờ và sửa nội dung khai</a>" in page and "Cơ quan yêu cầu bổ sung và sửa</h2>" in page
    answer = text(page_of(dossier, "bo-sung/"))
    assert "Bổ sung giấy tờ và sửa nội dung khai</h1>" in answer and "Gửi giấy tờ và nội dung đã sửa</button>" in answer
    assert answer.index('name="extra"') < answer.index('name="file:0"') < answer.index('name="answer"')
    asked = answer.partition('for="id_extra"')[2].partition("</div>")[0]
    assert "(cơ quan hỏi mục này)" in asked and "không bắt buộc" not in asked and "bỏ trống" not in answer
    told = Message.objects.get(kind="dossier.supplement_requested", channel="inbox")
    assert "cần bổ sung giấy tờ và sửa mục kê khai" in told.subject
    assert "Giấy tờ: Giấy tờ thử: Ảnh mờ. Mục kê khai cần sửa: Ngày cấp giấy." in told.body
    empty = client.post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": "", "extra": ""})
    assert "hoặc sửa mục cơ quan nêu" in text(empty)


def test_what_empty_means_is_still_said_where_an_answer_is_asked_for() -> None:
    hint = {"vi": "Bỏ trống nếu không thời hạn", "en": "Leave empty if without limit"}
    words = {"vi": "Giấy có giá trị đến", "en": "Valid until"}
    dossier = filed(version_with("extra", "text", label=words, help=hint))
    wanted = [services.Defect("", "Giấy có giá trị đến", "Sai", field="extra")]
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Sai.", defects=wanted)
    assert "Bỏ trống nếu không thời hạn" in text(page_of(dossier, "bo-sung/"))


def test_a_limit_that_has_passed_is_not_told_as_one_to_come() -> None:
    dossier = filed(factories.make_version(form=factories.SHORT_FORM))
    wanted = [services.Defect("TEST-GIAY", "Giấy tờ thử", "Ảnh mờ")]
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu.", defects=wanted)
    assert "Đến lượt bạn: bổ sung giấy tờ trước " in text(page_of(dossier))
    dossier.supplement_requests.update(answer_due_at=timezone.now() - timedelta(hours=1))
    assert "Đến lượt bạn: bổ sung giấy tờ." in text(page_of(dossier))
