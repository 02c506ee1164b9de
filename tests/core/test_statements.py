"""Statements that are composed once: their parameters, what each keeps, and the short way of one that is prepared."""

import os
import socket
from typing import Any

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, IntegrityError, OperationalError, connection, connections, transaction

from portal.core import statements
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


def _cursors_asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What still goes through psycopg's cursors from here on."""
    asked: list[Any] = []
    execute = psycopg.RawCursor.execute

    def seen(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(query)
        return execute(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.RawCursor, "execute", seen)
    return asked


def test_once_prepared_it_is_asked_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _cursors_asked(monkeypatch)
    statement = Statement("SELECT %s::text || 'a', %s::int")
    assert [statement.first([text, number]) for text, number in (("x", 1), ("y", 2), (None, 3))] == [
        ("xa", 1),
        ("ya", 2),
        (None, 3),
    ]
    # values of another type are another statement to PostgreSQL, as None beside a text is
    assert 1 <= len(asked) <= 2
    asked.clear()
    assert statement.rows(["z", 4]) == [("za", 4)] and asked == []


def test_a_driver_that_keeps_its_names_elsewhere_is_asked_by_its_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    assert statements._names_on(connections[DEFAULT_DB_ALIAS].connection) is not None
    assert statements._names_on(object()) is None
    monkeypatch.setattr(statements, "_names_on", lambda _connection: None)
    statement, asked = Statement("SELECT %s::text"), _cursors_asked(monkeypatch)
    assert [statement.first([text]) for text in ("một", "hai")] == [("một",), ("hai",)] and len(asked) == 2


def test_after_a_rollback_it_is_prepared_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = Statement("SELECT %s::text")
    asked = _cursors_asked(monkeypatch)
    for _twice in range(2):
        assert statement.first(["một"]) == ("một",)
        with transaction.atomic():
            transaction.set_rollback(True)
    assert len(asked) == 2


@pytest.mark.django_db(transaction=True)
def test_by_its_name_it_still_opens_the_transaction_it_is_part_of() -> None:
    written = Statement("INSERT INTO django_content_type (app_label, model) VALUES (%s, %s)")
    written.run(["statements", "stays"])
    with transaction.atomic():
        written.run(["statements", "goes"])
        transaction.set_rollback(True)
    found = Statement("SELECT model FROM django_content_type WHERE app_label = %s").rows(["statements"])
    Statement("DELETE FROM django_content_type WHERE app_label = %s").run(["statements"])
    assert found == [("stays",)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_told", [True, False])
def test_a_server_that_went_away_is_djangos_operational_error(is_told: bool) -> None:
    asked, mine = Statement("SELECT %s::int"), connections[DEFAULT_DB_ALIAS]
    assert asked.first([1]) == (1,)
    with pytest.raises(OperationalError), transaction.atomic():
        assert asked.first([2]) == (2,)
        if is_told:
            with psycopg.connect(**_without_factories(mine.get_connection_params()), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [mine.connection.info.backend_pid])
        else:
            with socket.socket(fileno=os.dup(mine.connection.fileno())) as wire:
                wire.shutdown(socket.SHUT_RDWR)
        asked.first([3])
    mine.close()
    assert asked.first([4]) == (4,)


def _without_factories(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name not in {"cursor_factory", "context"}}
