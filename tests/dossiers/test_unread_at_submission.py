"""What was typed and cannot be read is never dropped by the last button: it is named, linked, and nothing is filed."""

from typing import Any

import pytest

from dossiers import bundle_filing, drafts
from dossiers.errors import IncompleteFilingError
from dossiers.models import BundleFiling, Dossier
from procedures.models import ProcedureVersion
from tests import factories
from tests.dossiers.bundle_situations import WHOLE, declare, linked
from tests.dossiers.filing_pages import Filing, text
from tests.dossiers.form_fields import field, form, page

pytestmark = pytest.mark.django_db
AUTOSAVE = {"x-autosave": "1"}
IS_ILL = {"field": "is_ill", "equals": True}
PARTS = [
    field("member_name", required=True),
    field("left_on", "date", label="Ngày chuyển đi"),
    field("is_ill", "boolean"),
    field("since", "date", label="Ốm từ ngày", visible_if=IS_ILL),
]
FORM = form(
    page(
        "noi-dung",
        field("full_name", required=True),
        field("moved_on", "date", label="Ngày dọn đến"),
        field("has_car", "boolean"),
        field("bought_on", "date", label="Ngày mua xe", visible_if={"field": "has_car", "equals": True}),
        field("home", "address", label="Nơi ở"),
        field("members", "repeat", label="Người cùng đi", fields=PARTS, max_items=3),
    ),
)
PLAIN = {"full_name": "Nguyễn Thị Thử", "moved_on": "", "members__count": "0", "home__line": ""}


@pytest.fixture
def filing() -> Filing:
    made = Filing(factories.make_version(needs_paper=False, form=FORM))
    assert made.place().status_code == 302
    return made


def row(**said: str) -> dict[str, str]:
    sent = {"member_name": "Lan", "left_on": "", "since": ""} | said
    return {"members__count": "1"} | {f"members__0__{name}": value for name, value in sent.items()}


def autosave(filing: Filing, data: dict[str, Any], touched: str) -> None:
    assert filing.post("noi-dung", data | {"_touched": touched}, headers=AUTOSAVE).status_code == 200


def test_an_older_answer_is_not_filed_in_place_of_what_was_typed_over_it(filing: Filing) -> None:
    assert filing.post("noi-dung", PLAIN | {"moved_on": "12/3/2020"}).status_code == 302
    autosave(filing, PLAIN | {"moved_on": "31/02/2020x"}, "moved_on")
    assert filing.fresh().answers["moved_on"] == "2020-03-12", "what stands beneath"
    assert "chưa đọc được" in text(filing.get("kiem-tra")), "told before the last button, too"
    refused = filing.submit()
    shown = text(refused)
    assert refused.status_code == 422 and "Ngày dọn đến: chưa đọc được “31/02/2020x”" in shown
    assert f'href="{filing.base}noi-dung/?sua=1#id_moved_on"' in shown
    assert filing.fresh().state == "draft" and filing.draft.unread_answers == {"moved_on": ["31/02/2020x"]}
    assert filing.post("noi-dung", PLAIN | {"moved_on": "1/4/2020"}).status_code == 302
    assert filing.submit().status_code == 302
    assert filing.fresh().answers["moved_on"] == "2020-04-01"


def test_an_emptied_box_is_no_text(filing: Filing) -> None:
    autosave(filing, PLAIN | {"moved_on": "12/"}, "moved_on")
    autosave(filing, PLAIN, "moved_on")
    assert filing.post("noi-dung", PLAIN).status_code == 302
    assert filing.submit().status_code == 302 and "moved_on" not in filing.fresh().answers


@pytest.mark.parametrize(
    ("sent", "target", "said"),
    [
        (row(left_on="12/"), "members__0__left_on", "Người cùng đi, mục 1: Ngày chuyển đi: chưa đọc được “12/”"),
        (row(**{"is_ill": "on", "since": "lâu rồi"}), "members__0__since", "Ốm từ ngày: chưa đọc được “lâu rồi”"),
        (
            {"home__province_code": "01", "home__commune_code": "xyz", "home__line": "Số 1"},
            "home__commune_code",
            "Nơi ở: ",
        ),
    ],
)
def test_inside_rows_and_objects(filing: Filing, sent: dict[str, str], target: str, said: str) -> None:
    assert filing.post("noi-dung", PLAIN | sent).status_code == 422
    refused = filing.submit()
    assert refused.status_code == 422 and said in text(refused) and f"#id_{target}" in text(refused)
    assert filing.fresh().state == "draft"


@pytest.mark.parametrize(
    "sent",
    [
        {"has_car": "on", "bought_on": "hôm nọ"},
        row(is_ill="on", since="lâu rồi"),
    ],
)
def test_what_is_not_asked_any_more_is_dropped_as_before(filing: Filing, sent: dict[str, str]) -> None:
    autosave(filing, PLAIN | sent, next(name for name in sent if name.endswith(("bought_on", "since"))))
    assert filing.fresh().unread_answers
    without = {name: value for name, value in sent.items() if value != "on"}
    assert filing.post("noi-dung", PLAIN | without).status_code == 302
    assert filing.submit().status_code == 302
    assert filing.fresh().unread_answers == {}


def test_a_declaration_of_linked_procedures_is_not_sent_either() -> None:
    whole: ProcedureVersion = linked()
    draft, actor = declare(whole)
    drafts.save_answers(draft.public_id, actor=actor, answers={}, step="x", unread={"purpose": ["Cả"]})
    with pytest.raises(IncompleteFilingError) as caught:
        bundle_filing.submit(draft.public_id, actor=actor, procedure_code=WHOLE)
    assert set(caught.value.fields) == {"purpose"} and not BundleFiling.objects.exists()
    assert Dossier.objects.get(pk=draft.pk).unread_answers == {"purpose": ["Cả"]}


def test_a_filled_in_answer_that_nobody_may_change_hides_no_text() -> None:
    locked = field("full_name", locked=True, prefill="identity.full_name")
    draft = Filing(factories.make_version(needs_paper=False, form=form(page("noi-dung", locked))))
    draft.place()
    Dossier.objects.filter(pk=draft.draft.pk).update(
        answers={"full_name": "Nguyễn Thị Thử"},
        answer_sources={"full_name": "identity"},
        unread_answers={"full_name": ["chữ cũ"]},
    )
    assert draft.submit().status_code == 302
