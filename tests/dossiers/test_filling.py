"""What fills itself while one files: her own data once she says who she is, the place, the child's certificate."""

from datetime import date
from typing import Any

import pytest

from datastore import services as datastore
from datastore.models import DocumentType
from dossiers import filling, paper_facts
from dossiers.models import Dossier, ResultIssue
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import NotFoundError
from tests import factories
from tests.dossiers.filing_pages import Filing, signed_in, text
from tests.dossiers.form_fields import field, form, page

pytestmark = pytest.mark.django_db
SIDES = [{"value": "mother", "vi": "Mẹ", "en": "Mother"}, {"value": "father", "vi": "Cha", "en": "Father"}]
IS_MOTHER = {"field": "side", "equals": "mother"}
PARENTS = form(
    page("who", field("side", "choice", choices="sides", required=True)),
    page(
        "mother",
        field("mother_name", required=True, locked=True, prefill="identity.full_name", prefill_if=IS_MOTHER),
        field("mother_phone", "phone", prefill="identity.phone", prefill_if=IS_MOTHER),
        field("desk", "agency", required=True, locked=True, prefill="filing.agency", label="Nơi làm"),
    ),
    sides=SIDES,
)
CERTIFICATE = "KQ.KHAISINH"
CHILD = form(
    page(
        "child",
        field("name", required=True, locked=True, prefill=f"store.{CERTIFICATE}#child_full_name"),
        field("born", "date", required=True, locked=True, prefill=f"store.{CERTIFICATE}#child_date_of_birth"),
        field("number", "personal_id", required=True, locked=True, prefill=f"store.{CERTIFICATE}#personal_id"),
    )
)


def test_the_mother_is_not_asked_for_what_her_account_says() -> None:
    filing = Filing(factories.make_version(needs_paper=False, form=PARENTS))
    filing.place()
    filing.post("who", {"side": "father"})
    assert 'name="mother_name"' in text(filing.get("mother"))
    filing.post("who", {"side": "mother", "_touched": "side"}, headers={"x-autosave": "1"})
    shown = text(filing.get("mother"))
    assert "Nguyễn Thị Thử" in shown and 'name="mother_name"' not in shown, "state data is shown, not typed"
    assert 'value="0900000999"' in shown and shown.count("Từ tài khoản VNeID") == 2
    assert filing.post("mother", {"mother_name": "Bịa", "mother_phone": "0912345678"}).status_code == 302
    assert filing.fresh().answers["mother_name"] == "Nguyễn Thị Thử"
    assert filing.draft.answers["mother_phone"] == "0912345678" and "mother_phone" not in filing.draft.answer_sources
    filing.post("who", {"side": "father"})
    assert "mother_name" not in filing.fresh().answers and filing.draft.answers["mother_phone"] == "0912345678"


def test_the_office_is_the_one_chosen_at_the_first_step() -> None:
    filing = Filing(factories.make_version(needs_paper=False, form=PARENTS))
    filing.place()
    shown = text(filing.get("mother"))
    assert filing.fresh().agency is not None and filing.draft.answers["desk"] == filing.draft.agency.code
    assert "Theo nơi nộp bạn đã chọn" in shown and 'name="desk"' not in shown
    english = text(filing.client.get(f"/en{filing.base}mother/"))
    assert "where you chose to file" in english


def certificate(citizen: User, child: str, born: str, number: str = "") -> Any:
    """A birth certificate in her store, issued for a dossier of hers."""
    DocumentType.objects.get_or_create(code=CERTIFICATE, defaults={"name": "Giấy khai sinh"})
    document = datastore.deposit(
        owner=citizen,
        content=factories.png(child),
        name="khai-sinh.png",
        type_code=CERTIFICATE,
        title="Giấy khai sinh",
        about=child,
        trust="A",
    )
    document.number, document.issued_on = "12/2026", date(2026, 11, 20)
    document.save()
    dossier = Dossier.objects.create(
        procedure_code="1.001193",
        procedure_name="Đăng ký khai sinh",
        owner=citizen,
        filer=citizen,
        result_document=document,
        answers={"child_full_name": child, "child_date_of_birth": born, "personal_id": citizen.citizen.personal_id},
    )
    rows = [["Số định danh cá nhân", number]] if number else []
    ResultIssue.objects.create(dossier=dossier, fields={"rows": rows}, approved_at=dossier.created_at)
    return document


def test_what_stands_on_the_childs_certificate_is_not_asked_again() -> None:
    citizen = factories.make_citizen()
    certificate(citizen, "Nguyễn Minh An", "2026-11-01", "001226000001")
    filing = Filing(factories.make_version(needs_paper=False, form=CHILD), citizen)
    shown = text(filing.get("child"))
    for words in ("Nguyễn Minh An", "01/11/2026", "001226000001", "Từ kho dữ liệu: Giấy khai sinh, 20/11/2026"):
        assert words in shown
    assert not any(f'name="{key}"' in shown for key in ("name", "born", "number")), "all of it is known"
    filing.post("child", {"_paper": "none"})
    assert filing.fresh().answers == {} and 'name="name"' in text(filing.get("child")), "it may be about another child"


def test_of_two_children_she_says_which_and_nobody_elses_paper_is_taken() -> None:
    citizen, stranger = factories.make_citizen(), factories.make_citizen()
    certificate(citizen, "Nguyễn Minh An", "2020-01-01", "001220000001")
    second = certificate(citizen, "Nguyễn Minh Bình", "2026-11-01")
    foreign = certificate(stranger, "Lê Thị Lạ", "2026-11-02")
    filing = Filing(factories.make_version(needs_paper=False, form=CHILD), citizen)
    shown = text(filing.get("child"))
    assert filing.draft.answers == {}, "nobody can tell which of the two is meant"
    assert "Nguyễn Minh An" in shown and "Nguyễn Minh Bình" in shown and "Lê Thị Lạ" not in shown
    answer = filing.post("child", {"_paper": str(second.pk), "number": "001226000002"})
    assert answer["Location"] == f"{filing.base}child/"
    filled = filing.fresh().answers
    assert (filled["name"], filled["born"]) == ("Nguyễn Minh Bình", "2026-11-01")
    assert filled["number"] == "001226000002", "the paper does not tell it: what was typed stays"
    assert "Đang dùng" in text(filing.get("child"))
    for forged in (str(foreign.pk), "x", "9" * 30):
        assert filing.post("child", {"_paper": forged, "number": "001226000002"}).status_code == 404
    assert filing.fresh().answers == filled


def test_a_revoked_certificate_fills_nothing_and_a_corrected_one_what_it_says_now() -> None:
    citizen = factories.make_citizen()
    document = certificate(citizen, "Nguyễn Minh Ân", "2026-11-01")
    ResultIssue.objects.update(fields={"corrections": {"child_full_name": "Nguyễn Minh An"}})
    (told,) = paper_facts.told_by(citizen)
    assert told.contents["child_full_name"].value == "Nguyễn Minh An"
    document.status = "revoked"
    document.save()
    assert paper_facts.told_by(citizen) == []


def test_a_helper_without_a_right_to_the_store_fills_nothing_from_it() -> None:
    citizen = factories.make_citizen()
    document = certificate(citizen, "Nguyễn Minh An", "2026-11-01")
    filing = Filing(factories.make_version(needs_paper=False, form=CHILD), citizen)
    helper = Actor(kind=ActorKind.HELPER, user=citizen, name="Người giúp")
    with pytest.raises(NotFoundError):
        filling.from_paper(filing.fresh(), helper, types={CERTIFICATE}, document_id=document.pk)
    assert signed_in(factories.make_citizen()).post(f"{filing.base}child/", {"_paper": "none"}).status_code == 404
