"""Fields of one name are told apart, for who writes a sheet and for who narrows a search."""

import pytest

from procedures import field_names
from procedures.models import Field, Procedure, ProcedureVersion
from tests.backoffice.conftest import browser_of, ministry, version  # noqa: F401 - fixtures
from tests.factories import make_version

pytestmark = pytest.mark.django_db


def of(code, name, issuer=""):
    field = Field.objects.create(code=code, name=name)
    if issuer:
        made = make_version(code=f"2.{Procedure.objects.count():06d}")
        ProcedureVersion.objects.filter(pk=made.pk).update(issuer_name=issuer)
        Procedure.objects.filter(pk=made.procedure_id).update(field=field)


def test_one_name_is_told_by_who_publishes_else_by_its_code():
    of("A1", "An toàn thực phẩm", "Bộ Công Thương")
    of("B1", "An toàn, thực phẩm", "Bộ Y tế")
    of("C1", "an toàn thực phẩm")
    of("D1", "Đường bộ", "Bộ Xây dựng")
    of("E1", "Báo chí", "Bộ Ngoại giao")
    of("E2", "Báo chí", "Bộ Ngoại giao")
    labels = field_names.labels()
    assert {code: labels[code] for code in ("A1", "B1", "C1", "D1", "E1", "E2")} == {
        "A1": "An toàn thực phẩm (Bộ Công Thương)",
        "B1": "An toàn, thực phẩm (Bộ Y tế)",
        "C1": "an toàn thực phẩm (C1)",
        "D1": "Đường bộ",
        "E1": "Báo chí (E1)",
        "E2": "Báo chí (E2)",
    }


def test_many_fields_cost_two_queries(django_assert_num_queries):
    for number in range(6):
        of(f"F{number}", "Thi đua, khen thưởng", f"Bộ {number}")
    with django_assert_num_queries(2):
        assert len(field_names.labels()) >= 6
