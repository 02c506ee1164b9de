"""Statements that are composed once: their parameters, and the cursor that each keeps."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from portal.core.statements import Statement

pytestmark = pytest.mark.django_db


def test_each_sign_is_a_parameter_of_its_own() -> None:
    assert Statement("SELECT %s::text, 5 % 3, %s::int + 1").first(["một", 2]) == ("một", 2, 3)


def test_the_same_statement_takes_values_of_other_types_and_sizes() -> None:
    asked = Statement("SELECT %s")
    for value in (1, 70_000, 2**40, "chữ", None, [1, 2], 1):
        assert asked.first([value]) == (value,)


@pytest.mark.django_db(transaction=True)
def test_it_asks_the_connection_that_is_open_now() -> None:
    pid = Statement("SELECT pg_backend_pid()")
    before = pid.first()
    connection.close()
    after = pid.first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert after == cursor.fetchone() != before


def test_many_rows_are_not_kept_and_it_asks_again() -> None:
    numbers = Statement("SELECT generate_series(1, %s::int)")
    assert [len(numbers.rows([count])) for count in (500, 2, 500)] == [500, 2, 500]


def test_a_refusal_is_djangos_and_the_next_question_is_answered() -> None:
    broken = Statement("INSERT INTO django_content_type (app_label, model) VALUES (%s, %s)")
    broken.run(["x", "y"])
    for _twice in range(2):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken.run(["x", "y"])
    assert Statement("SELECT count(*) FROM django_content_type WHERE app_label = %s").first(["x"]) == (1,)


def test_a_column_that_changes_its_type_is_read_anew() -> None:
    asked: Any = Statement("SELECT told FROM changing")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE changing (told int)")
        cursor.execute("INSERT INTO changing VALUES (1)")
        assert asked.first() == (1,)
        cursor.execute("ALTER TABLE changing ALTER told TYPE text")
        assert asked.first() == ("1",)
        cursor.execute("DROP TABLE changing")
