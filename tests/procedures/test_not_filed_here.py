"""What no agency is known to take in says so in list, filter and sheet, and asks for no place for nothing."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from portal.agencies import loading
from portal.agencies.models import Agency, RoutingRule
from procedures import competence, publication, search, search_memory, tasks
from procedures.models import Procedure, ProcedureVersion, ServiceLevel
from procedures.searching.documents import NOT_HERE, Filters
from tests.procedures.national_records import record
from tests.procedures.policy_rows import make_policy

pytestmark = pytest.mark.django_db
OPEN, KNOWN = "1.900001", "1.900002"
WORDS = "Chưa nộp được qua Cổng"


@pytest.fixture(scope="module")
def _agencies(django_db_setup: None, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load(with_demo_accounts=False)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def records(_agencies: None, db: None, import_records: Any) -> None:
    """One whose record leaves open which ministry decides, and one that a ministry decides."""
    ministry = {"level": ["Cấp bộ"], "full_online": True, "promulgated_by": {"code": "G15", "name": "Bộ Tư pháp"}}
    import_records(
        record(OPEN, **ministry, name="Cấp phép mở", agencies={"executing": [{"code": "TAND", "name": "Tòa án"}]}),
        record(KNOWN, **ministry, name="Cấp phép rõ", agencies={"executing": [{"code": "G15", "name": "Bộ Tư pháp"}]}),
    )


def page(client: Any, address: str) -> str:
    html: str = client.get(address).content.decode()
    return html


def test_the_list_says_so_and_its_filter_finds_it(records: None, client: Any) -> None:
    html = page(client, "/thu-tuc/?q=cấp+phép")
    opened, known = (html.partition(f"/thu-tuc/{code}/")[2].partition("</li>")[0] for code in (OPEN, KNOWN))
    assert WORDS in opened and "Làm trọn trên mạng" not in opened
    assert WORDS not in known and "Làm trọn trên mạng" in known
    for level, code in ((NOT_HERE, OPEN), (ServiceLevel.FULL, KNOWN)):
        assert [hit.code for hit in search.search("cấp phép", Filters(online=level)).hits] == [code]


def test_the_sheet_says_so_tells_what_was_published_and_asks_for_no_place(records: None, client: Any) -> None:
    html = page(client, f"/thu-tuc/{OPEN}/")
    assert html.count(WORDS) == 2 and "Cơ quan công bố ghi: Làm trọn trên mạng" in html
    assert 'name="tinh"' not in html and "Chọn tỉnh, thành phố để biết đúng" not in html
    client.cookies["portal_place"] = "01.00004"
    assert "Hãy hỏi bộ phận một cửa nơi đó" not in page(client, f"/thu-tuc/{OPEN}/")
    assert 'name="tinh"' in page(client, f"/thu-tuc/{KNOWN}/")


def test_where_a_province_has_a_policy_a_place_is_asked_for(records: None, client: Any) -> None:
    make_policy(procedure_codes=[OPEN], field_codes=[]).save()
    html = page(client, f"/thu-tuc/{OPEN}/")
    assert WORDS in html and 'name="tinh"' in html


def asked(version: ProcedureVersion) -> competence.Asked:
    return competence.Asked(
        version.pk, version.procedure.code, version.origin, version.competent_level, version.competent_branch,
        version.procedure.province_code, version.issuer_code, version.sheet.get("deciding"),
    )  # fmt: skip


def test_a_rule_of_an_agency_is_heard_by_what_was_kept(records: None, client: Any) -> None:
    def told() -> tuple[str, bool, bool]:
        tasks.bring_current()
        listed = OPEN in {hit.code for hit in search.search("cấp phép", Filters(online=NOT_HERE)).hits}
        return publication.edition(), listed, WORDS in page(client, f"/thu-tuc/{OPEN}/")

    first = told()
    assert first[1:] == (True, True) and told() == first, "a sweep that finds nothing new leaves the edition"
    rule = RoutingRule.objects.create(
        agency=Agency.objects.get(code="G15"), procedure_code=OPEN, valid_from=date(2020, 1, 1)
    )
    second = told()
    assert second[0] != first[0] and second[1:] == (False, False)
    RoutingRule.objects.filter(pk=rule.pk).update(valid_to=date(2020, 1, 2))
    third = told()
    assert third[0] not in {first[0], second[0]} and third[1:] == (True, True)
    Agency.objects.filter(code="G15").update(valid_to=date(2020, 1, 1))
    assert told()[0] != third[0]


def test_what_is_asked_of_the_sweep_does_not_grow(records: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        competence.mark()


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"procedure_code": OPEN},
        {"procedure_code": "1.900099"},
        {"branch": "other", "level": "other"},
        {"province_code": "01"},
        {"procedure_code": "1.900003", "province_code": "79"},
    ],
)
def test_many_at_once_are_judged_as_each_alone(records: None, import_records: Any, rule: dict[str, str]) -> None:
    import_records(
        record("1.900003", level=["Cấp tỉnh"], agencies={"executing": [{"code": "G18", "name": "Cảng vụ"}]}),
        record("1.900004", level=["Cấp xã"], agencies={"executing_groups": ["UBND cấp xã"]}),
        record("1.900005", level=["Cơ quan khác"], agencies={"executing_groups": ["Cơ quan A"]}),
    )
    Procedure.objects.filter(code="1.900003").update(province_code="01")
    if rule:
        RoutingRule.objects.create(agency=Agency.objects.get(code="G15"), valid_from=date(2020, 1, 1), **rule)
    versions = list(ProcedureVersion.objects.select_related("procedure").order_by("pk"))
    assert len(versions) == 5
    alone = {version.pk for version in versions if not competence.is_known(version)}
    assert competence.taken_by_nobody(map(asked, versions)) == alone
    told = {row.version_id for row in search_memory.read_documents() if row.online == NOT_HERE}
    assert told == {pk for pk in alone if ProcedureVersion.objects.get(pk=pk).service_level != ServiceLevel.NONE}


def test_judging_more_of_one_publisher_costs_no_query_more(records: None, django_assert_max_num_queries: Any) -> None:
    (one, *_others) = [asked(version) for version in ProcedureVersion.objects.select_related("procedure")]
    with django_assert_max_num_queries(8):
        competence.taken_by_nobody([one._replace(version_id=number) for number in range(500)])
