"""Numbers of changes appear in their own order, whichever transaction began first."""

from threading import Thread

import pytest
from django.db import connection, transaction

from procedures.models import CatalogueChange, Field, Procedure


@pytest.mark.django_db(transaction=True)
def test_a_number_is_taken_at_commit_so_that_none_appears_below_one_already_read():
    field = Field.objects.create(code="T", name="T")
    slow, quick = (Procedure.objects.create(code=f"9.00000{n}", field=field) for n in (1, 2))

    def close(procedure):
        try:
            Procedure.objects.filter(pk=procedure.pk).update(is_open=False)
        finally:
            connection.close()

    with transaction.atomic():
        Procedure.objects.filter(pk=slow.pk).update(is_open=False)
        other = Thread(target=close, args=(quick,))
        other.start()
        other.join(timeout=20)
        assert not other.is_alive()  # the open transaction holds nobody up
        assert list(CatalogueChange.objects.values_list("procedure_code", flat=True)) == [quick.code]
    assert list(CatalogueChange.objects.order_by("pk").values_list("procedure_code", "kind")) == [
        (quick.code, "closed"),
        (slow.code, "closed"),
    ]
