"""“Bước 2 trên 5” while filing: what is gone past is not counted, and what may be asked counts as long as it may."""

from copy import deepcopy

import pytest

from tests import factories
from tests.dossiers.filing_pages import Filing, text

pytestmark = pytest.mark.django_db


def test_the_steps_count_the_papers_only_where_there_are_any() -> None:
    filing = Filing(factories.make_version(needs_paper=False))
    filing.place()
    assert "Bước 2 trên 3" in text(filing.get("noi-dung"))
    filing.answer()
    check = text(filing.get("kiem-tra"))
    assert "Bước 3 trên 3" in check and f'href="{filing.base}noi-dung/"' in check
    with_paper = Filing(factories.make_version("1.000002"), filing.citizen)
    with_paper.place()
    with_paper.answer()
    assert "Bước 3 trên 4" in text(with_paper.get("giay-to"))
    assert "Bước 4 trên 4" in text(with_paper.get("kiem-tra"))


def test_steps_are_counted_at_their_most_while_papers_hang_on_an_answer() -> None:
    version = factories.make_version()
    version.components.update(condition={"field": "purpose", "equals": "Nhờ người"})
    filing = Filing(version)
    filing.place()
    assert "Bước 2 (nhiều nhất 4 bước):" in text(filing.get("noi-dung"))
    filing.answer()
    assert "Bước 3 trên 3" in text(filing.get("kiem-tra"))
    filing.answer(purpose="Nhờ người")
    assert "Bước 3 trên 4" in text(filing.get("giay-to"))


def test_a_step_that_asks_nothing_with_these_answers_is_gone_past_and_not_counted() -> None:
    form = deepcopy(factories.SHORT_FORM)
    only_when = {"field": "purpose", "equals": "Nhờ người"}
    consent = {"key": "consent", "label": {"vi": "Ai", "en": "Who"}, "type": "text", "visible_if": only_when}
    group = {"key": "consents", "title": {"vi": "Ý kiến", "en": "Consents"}, "fields": [consent]}
    form["pages"].append({"key": "y-kien", "title": {"vi": "Ý kiến", "en": "Consents"}, "groups": [group]})
    filing = Filing(factories.make_version(needs_paper=False, form=form))
    filing.place()
    assert "Bước 2 (nhiều nhất 4 bước):" in text(filing.get("noi-dung")), (
        "what she answers here says how many there are"
    )
    assert filing.answer()["Location"] == f"{filing.base}y-kien/"
    assert filing.get("y-kien")["Location"] == f"{filing.base}giay-to/"
    check = text(filing.get("kiem-tra"))
    assert "Bước 3 trên 3" in check and f'href="{filing.base}noi-dung/"' in check
    filing.answer(purpose="Nhờ người")
    assert "Bước 3 trên 4" in text(filing.get("y-kien"))
