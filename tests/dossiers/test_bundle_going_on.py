"""Linked procedures go on by themselves: results feed what waits, one branch may fail, the others finish."""

from typing import Any

import pytest
from django.utils import timezone

from dossiers import bundle_reading, bundles, drafts, services
from dossiers.lifecycle import DossierState
from dossiers.models import BundleFiling, BundlePart, Dossier
from portal.agencies.actors import Actor
from portal.notifications.models import Message
from procedures.models import Procedure, ProcedureVersion
from tests import factories
from tests.dossiers.bundle_situations import (
    SECOND,
    decide,
    linked,
    part,
    send,
)
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole() -> ProcedureVersion:
    return linked()


def test_the_result_goes_from_the_store_into_the_next_dossier_once(
    whole: ProcedureVersion, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[str] = []
    monkeypatch.setattr("portal.core.work.ring_now", rung.append)
    bundle = send(whole)
    bundles.go_on()
    assert part(bundle, "second").dossier is None  # its input is not there
    with django_capture_on_commit_callbacks(execute=True):
        done = decide(part(bundle, "first").dossier)
    assert "dossiers.go_on_with_bundles" in rung
    bundles.go_on()
    second = part(bundle, "second").dossier
    assert second is not None and second.state == DossierState.SUBMITTED
    assert second.answers == {"full_name": "Bé Thử", "purpose": "Cho Bé Thử", "number": "001226000001"}
    fed = second.components.get()
    assert (fed.component_code, fed.document_id, fed.from_store) == ("TEST-KQ", done.result_document_id, True)
    bundles.go_on()
    bundles.go_on_with(bundle.pk)
    assert Dossier.objects.filter(procedure_code=SECOND).count() == 1


def test_a_fact_that_the_result_does_not_tell_is_asked_of_the_applicant(whole: ProcedureVersion) -> None:
    bundle = send(whole)
    decide(part(bundle, "first").dossier, number="")
    bundles.go_on()
    waiting = part(bundle, "second").dossier
    assert waiting is not None and waiting.state == DossierState.DRAFT
    assert waiting.answers["purpose"] == "Cho Bé Thử" and waiting.components.count() == 1
    assert Message.objects.filter(kind="bundle.needs_you", recipient=bundle.filer, channel="inbox").count() == 1
    rows = bundle_reading.standings(bundle_reading.get(bundle.public_id, user=bundle.filer), timezone.now())
    assert [row.turn.whose for row in rows] == ["done", "yours", "theirs"]
    assert bundle_reading.whole(rows).whose == "yours"
    # it is about the child: who begins the procedure for herself gets a form of her own
    assert waiting.procedure_version is not None
    own = drafts.start(waiting.procedure_version, actor=Actor.citizen(bundle.filer))
    assert own.pk != waiting.pk
    drafts.discard(waiting.public_id, actor=Actor.citizen(bundle.filer))
    bundles.go_on()
    assert part(bundle, "second").dossier is None  # thrown away is thrown away
    page = text(signed_in(bundle.filer).get(f"/lien-thong/{bundle.public_id}/"))
    assert "Bạn đã xóa bản nháp này." in page


def test_a_part_that_nobody_is_known_to_take_says_where_to_file_it(whole: ProcedureVersion) -> None:
    bundle = send(whole)
    ProcedureVersion.objects.filter(procedure__code=SECOND).update(competent_level="ministry", sheet={"deciding": []})
    decide(part(bundle, "first").dossier)
    bundles.go_on()
    second = part(bundle, "second")
    assert second.dossier is None and not Dossier.objects.filter(procedure_code=SECOND).exists()
    assert "Hãy nộp tại cơ quan ghi ở trang thủ tục." in second.problem


def test_one_branch_fails_and_the_others_finish(whole: ProcedureVersion) -> None:
    bundle = send(whole)
    first = part(bundle, "first").dossier
    assert first is not None and first.agency is not None
    services.refuse_intake(first.code or "", actor=factories.official_actor(first.agency), reason="Không đúng nơi.")
    decide(part(bundle, "third").dossier)
    bundles.go_on()
    rows = bundle_reading.standings(bundle_reading.get(bundle.public_id, user=bundle.filer), timezone.now())
    assert [row.turn.whose for row in rows] == ["stopped", "stopped", "done"]
    assert "kết thúc mà không có kết quả" in rows[1].turn.sentence
    assert bundle_reading.whole(rows).sentence == "Đã kết thúc; có phần không có kết quả."


def test_a_procedure_closed_meanwhile_stops_its_part_only(whole: ProcedureVersion) -> None:
    bundle = send(whole)
    Procedure.objects.filter(code=SECOND).update(is_open=False, closed_reason="Đã bãi bỏ.")
    decide(part(bundle, "first").dossier)
    bundles.go_on()
    failed = part(bundle, "second")
    assert failed.dossier is None and failed.problem == "Đã bãi bỏ." and failed.opened_at
    assert not BundlePart.objects.ready().exists()


def test_a_bundle_that_cannot_be_read_holds_up_no_other(whole: ProcedureVersion) -> None:
    broken, sound = send(whole), send(whole)
    for bundle in (broken, sound):
        decide(part(bundle, "first").dossier)
    BundleFiling.objects.filter(pk=broken.pk).update(definition={"nodes": [{"key": "x", "of_another_release": 1}]})
    bundles.go_on()
    assert part(broken, "second").dossier is None and part(sound, "second").dossier is not None
