"""Who gets a dossier back reads on top of the page what is to be done again."""

from typing import Any

import pytest

from dossiers import services
from dossiers.models import Dossier
from portal.agencies.actors import ActorKind
from tests import factories
from tests.backoffice.conftest import Office
from tests.dossiers.filing_pages import text
from tests.factories import official_actor

pytestmark = pytest.mark.django_db
WHY = "Xác minh lại nơi thường trú."


def decision(page: Any) -> str:
    """The part of the workbench where she decides."""
    return text(page).partition('id="decide"')[2].partition("</section>")[0]


@pytest.fixture
def dossier(office: Office) -> Dossier:
    filed = factories.file_dossier()
    desk, agency, leader = (
        official_actor(office.agency, kind) for kind in (ActorKind.DESK, ActorKind.AGENCY, ActorKind.LEADER)
    )
    assert filed.code
    services.accept(filed.code, actor=desk)
    services.start_processing(filed.code, actor=agency)
    services.propose(filed.code, actor=agency, reason="Đủ điều kiện, đề nghị cấp.")
    return services.send_back(filed.code, actor=leader, reason=WHY)


def test_what_the_leader_wants_mended_stands_where_the_specialist_decides(office: Office, dossier: Dossier) -> None:
    address = f"/quan-tri/ho-so/{dossier.code}/"
    shown = decision(office.browser("specialist").get(address))
    assert WHY in shown and "trả lại, " in shown
    assert "Đủ điều kiện, đề nghị cấp." not in shown, "a proposal that was sent back lies before nobody"
    specialist = official_actor(office.agency, ActorKind.AGENCY)
    services.propose(dossier.code or "", actor=specialist, reason="Đã xác minh.")
    shown = decision(office.browser("leader").get(address))
    assert WHY not in shown and "Đã xác minh." in shown
