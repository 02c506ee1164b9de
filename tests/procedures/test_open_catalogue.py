"""The open catalogue: list, one procedure, JSON-LD, what changed; conditional, counted, and without personal data."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.agencies.models import Agency
from procedures import catalogue, closing, policy_register
from procedures.models import CatalogueChange, Procedure, ProcedureVersion
from tests.procedures.conftest import BIRTH, HOUSEHOLD_BUSINESS, LICENCE, RESIDENCE
from tests.procedures.national_records import record
from tests.procedures.policy_rows import make_policy

pytestmark = pytest.mark.django_db
LIST = "/api/v1/procedures/"


def settle():
    """Let the deferred trigger run, as a commit does."""
    connection.check_constraints()


def test_the_list_is_in_pages_by_code(publish, client):
    publish(BIRTH, RESIDENCE, LICENCE)
    first = client.get(LIST, {"page_size": 2}).json()
    assert [row["code"] for row in first["results"]] == [BIRTH, RESIDENCE]
    second = client.get(first["next"]).json()
    assert ([row["code"] for row in second["results"]], second["next"]) == ([LICENCE], None)
    row = first["results"][0]
    assert row["name"]["vi"] == "Thủ tục đăng ký khai sinh"
    assert row["url"] == f"http://testserver{LIST}{BIRTH}/"
    assert row["sheet_url"] == f"http://testserver/thu-tuc/{BIRTH}/"
    assert row["form_schema_url"] == f"http://testserver{LIST}{BIRTH}/form-schema/"


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"level": "commune"}, {BIRTH, RESIDENCE}),
        ({"level": "province"}, {LICENCE}),
        ({"life_event": "lai-xe"}, {LICENCE}),
        ({"service_level": "toan_trinh", "field": "KHONG"}, set()),
        ({"is_open": "false"}, set()),
        ({"is_open": "true", "page_size": "200"}, {BIRTH, RESIDENCE, LICENCE}),
    ],
)
def test_filters(publish, client, asked, codes):
    publish(BIRTH, RESIDENCE, LICENCE)
    assert {row["code"] for row in client.get(LIST, asked).json()["results"]} == codes


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"level": "village"}, "level"),
        ({"is_open": "maybe"}, "is_open"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "201"}, "page_size"),
        ({"page_size": "٣"}, "page_size"),
    ],
)
def test_a_wrong_question_is_named(client, asked, field):
    response = client.get(LIST, asked)
    assert (response.status_code, list(response.json()["fields"])) == (422, [field])


def test_the_list_costs_the_same_whatever_it_holds(publish, client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        return len(captured)

    publish(BIRTH)
    one = queries()
    publish(RESIDENCE, LICENCE, HOUSEHOLD_BUSINESS)
    assert queries() == one


def test_who_has_it_gets_304_without_a_query(publish, client, django_assert_num_queries):
    publish(BIRTH)
    for address in (LIST, f"{LIST}{BIRTH}/", f"{LIST}changes/"):
        etag = client.get(address).headers["ETag"]
        with django_assert_num_queries(0):
            again = client.get(address, headers={"if-none-match": etag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)


def test_publishing_makes_a_new_tag(publish, client, pack_data, reference, django_capture_on_commit_callbacks):
    publish(BIRTH)
    etag = client.get(f"{LIST}{BIRTH}/").headers["ETag"]
    data = pack_data(BIRTH)
    data["summary"]["vi"] = "Lời mới."
    with django_capture_on_commit_callbacks(execute=True):
        catalogue.load_pack(data, reference=reference)
    response = client.get(f"{LIST}{BIRTH}/", headers={"if-none-match": etag})
    assert response.status_code == 200
    assert response.json()["summary"]["vi"] == "Lời mới."
    assert "Last-Modified" in response.headers


def test_one_procedure_is_whole(publish, territory, client):
    publish(BIRTH)
    make_policy(procedure_codes=[BIRTH])
    body = client.get(f"{LIST}{BIRTH}/").json()
    assert {row["charge"]: row["amount_vnd"] for row in body["fees"]} == {
        "registration": 0,
        "late_registration": None,
        "copies": 8000,
    }
    assert body["local_policies"][0]["legal_basis"] == "NQ 1/2026/NQ-HĐND"
    assert len(body["steps"]) == 5
    assert body["decision"] == {"number": "163/QĐ-BTP", "date": "2026-01-16"}
    assert {"form", "source_record", "search_text"}.isdisjoint(body)


@pytest.mark.parametrize("ask", [{"data": {"format": "jsonld"}}, {"headers": {"accept": "application/ld+json"}}])
def test_the_same_address_speaks_json_ld(publish, client, ask):
    publish(RESIDENCE)
    response = client.get(f"{LIST}{RESIDENCE}/", **ask)
    body = response.json()
    assert response.headers["Content-Type"] == "application/ld+json"
    assert "Accept" in response.headers["Vary"]
    assert (body["@context"], body["@type"]) == ("https://schema.org", "GovernmentService")
    assert body["url"] == f"http://testserver/thu-tuc/{RESIDENCE}/"
    assert {offer["price"] for offer in body["offers"]} >= {10000, 20000}
    assert body["availableChannel"][0]["processingTime"] == "P7D"


@pytest.mark.parametrize("code", ["9.999999", "khong-co", "%00"])
def test_an_unknown_code_is_a_problem_document(client, code):
    response = client.get(f"{LIST}{code}/")
    assert response.status_code in {400, 404}
    assert response.headers["Content-Type"].startswith("application/problem+json")


def test_every_change_is_a_row_in_order(publish, client, pack_data, reference):
    publish(BIRTH)
    settle()
    start = client.get(f"{LIST}changes/").json()
    assert [(row["code"], row["kind"]) for row in start["results"]] == [(BIRTH, "published")]
    data = pack_data(BIRTH)
    data["summary"]["vi"] = "Lời mới."
    catalogue.load_pack(data, reference=reference)
    settle()
    closing.close(BIRTH, reason="Tạm dừng.")
    settle()
    policy_register.save(make_policy(procedure_codes=[BIRTH]))
    body = client.get(f"{LIST}changes/", {"cursor": start["next_cursor"]}).json()
    assert [row["kind"] for row in body["results"]] == ["published", "closed", "policy"]
    assert [row["sequence"] for row in body["results"]] == sorted(row["sequence"] for row in body["results"])
    end = client.get(f"{LIST}changes/", {"cursor": body["next_cursor"]}).json()
    assert (end["results"], end["next_cursor"], end["has_more"]) == ([], body["next_cursor"], False)


def test_changes_come_in_pages(publish, client):
    publish(BIRTH, RESIDENCE, LICENCE)
    settle()
    first = client.get(f"{LIST}changes/", {"page_size": 2}).json()
    assert (len(first["results"]), first["has_more"]) == (2, True)
    rest = client.get(f"{LIST}changes/", {"page_size": 2, "cursor": first["next_cursor"]}).json()
    assert (len(rest["results"]), rest["has_more"]) == (1, False)


def test_what_changes_nothing_leaves_no_row(publish):
    publish(BIRTH)
    settle()
    publish(BIRTH)
    version = ProcedureVersion.objects.get()
    version.procedure.featured_rank = 3
    version.procedure.save()
    settle()
    assert CatalogueChange.objects.count() == 1


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "9" * 30, "٣"])
def test_a_wrong_cursor_is_named(client, cursor):
    response = client.get(f"{LIST}changes/", {"cursor": cursor})
    assert (response.status_code, list(response.json()["fields"])) == (422, ["cursor"])


def test_who_asks_too_often_waits(publish, client, settings):
    publish(BIRTH)
    settings.API_OPEN_RATE_PER_MINUTE = 3
    answers = [client.get(LIST, REMOTE_ADDR="203.0.113.9").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    refused = client.get(LIST, REMOTE_ADDR="203.0.113.9")
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get(LIST, REMOTE_ADDR="203.0.113.10").status_code == 200


def test_no_cookie_no_session(publish, client):
    publish(BIRTH)
    response = client.get(f"{LIST}{BIRTH}/")
    assert not response.cookies
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "public, max-age=60"


def test_what_agencies_do_among_themselves_is_shown_but_not_offered(publish, client):
    publish(BIRTH, RESIDENCE)
    Procedure.objects.filter(code=RESIDENCE).update(is_internal=True)
    settle()
    assert [row["code"] for row in client.get(LIST).json()["results"]] == [BIRTH]
    assert {row["code"] for row in client.get(f"{LIST}changes/").json()["results"]} == {BIRTH}
    assert client.get(f"{LIST}{RESIDENCE}/").json()["is_internal"] is True
    assert RESIDENCE not in client.get("/thu-tuc/?q=thường+trú").content.decode()
    assert f"/thu-tuc/{RESIDENCE}/" not in client.get("/sitemap-thu-tuc.xml").content.decode()
    sheet = client.get(f"/thu-tuc/{RESIDENCE}/").content.decode()
    assert "Thủ tục này do các cơ quan làm với nhau" in sheet
    assert '<meta name="robots" content="noindex">' in sheet
    assert f"/nop-ho-so/{RESIDENCE}/" not in sheet
    start = client.get(f"/nop-ho-so/{RESIDENCE}/").content.decode()
    assert "Người dân và doanh nghiệp không phải nộp hồ sơ." in start
    assert "<form method" not in start


def test_agencies_stand_by_role_with_who_has_their_tasks_today(import_records, client):
    new = Agency.objects.create(code="G17", name="Bộ Xây dựng", level="ministry", branch="construction")
    Agency.objects.create(
        code="G04",
        name="Bộ GTVT",
        level="ministry",
        branch="other",
        successor=new,
        valid_to=date(2025, 2, 28),
        path="G04/",
    )
    agencies = {
        "competent": [{"code": "G04", "name": "Bộ GTVT"}, {"code": "G17", "name": "Bộ Xây dựng"}],
        "executing": [{"code": "G04.12", "name": "Cục cũ"}],
        "coordinating_groups": ["Sở Y tế"],
    }
    subcases = [{"code": "1.900001.01", "name": "Rồng con", "time": 2, "time_unit": "DAY"}]
    issuer = {"code": "G04", "name": "Bộ GTVT"}
    import_records(
        record(
            agencies=agencies, receiving_address="Số 1", subcases=subcases, promulgated_by=issuer, updated="2026-01-02"
        )
    )
    body = client.get(f"{LIST}1.900001/").json()
    heir = {"code": "G17", "name": "Bộ Xây dựng", "is_of_top": False}
    assert body["issuer"] == {"code": "G04", "name": "Bộ GTVT", "heir": heir}
    assert body["agencies"] == {
        "competent": [
            {"code": "G04", "name": "Bộ GTVT", "heir": heir},
            {"code": "G17", "name": "Bộ Xây dựng", "heir": None},
        ],
        "executing": [{"code": "G04.12", "name": "Cục cũ", "heir": {**heir, "is_of_top": True}}],
        "authorized": [],
        "coordinating": [{"code": None, "name": "Sở Y tế", "heir": None}],
    }
    assert (body["receiving_address"], body["updated_on"]) == ("Số 1", "2026-01-02")
    assert [case["name"]["vi"] for case in body["subcases"]] == ["Rồng con"]


def test_local_policies_are_those_of_today_not_of_the_first_day_of_the_version(publish, client):
    version = publish(BIRTH)
    ProcedureVersion.objects.filter(pk=version.pk).update(valid_from=date(2020, 1, 1))
    today = timezone.localdate()
    spans = {"NQ-OVER": (date(2021, 1, 1), date(2022, 1, 1)), "NQ-NOW": (date(2021, 1, 1), None)}
    spans["NQ-LATER"] = (today + timedelta(days=9), None)
    for name, (first, last) in spans.items():
        make_policy(code=name, procedure_codes=[BIRTH], valid_from=first, valid_to=last)
    rows = client.get(f"{LIST}{BIRTH}/").json()["local_policies"]
    assert {row["code"]: row["is_in_force"] for row in rows} == {"NQ-NOW": True, "NQ-LATER": False}
