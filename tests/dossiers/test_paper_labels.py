"""The draft of a result on an English page: the lines of the paper have English names, what they say stays as it is."""

import re

import pytest
from django.utils import translation

from datastore.management.commands.load_result_templates import DEFAULT
from dossiers import draft_checks, paper_labels, services
from portal.agencies.actors import Actor, ActorKind
from tests import factories
from tests.dossiers.filing_pages import signed_in, text


@pytest.mark.django_db
def test_in_english_the_lines_of_the_paper_are_named_in_english() -> None:
    dossier = factories.processing_dossier(version=factories.make_version(draft_days=1))
    assert dossier.filer is not None and dossier.agency is not None
    code, specialist = dossier.code or "", factories.official_actor(dossier.agency, ActorKind.AGENCY)
    draft_checks.send_draft(code, actor=specialist)
    draft_checks.confirm_draft(code, actor=Actor.citizen(dossier.filer))
    services.propose(code, actor=specialist, lines=[("Quê quán", "Cửa Nam"), ("Ghi riêng", "x")])
    draft_checks.send_draft(code, actor=specialist)
    page = text(signed_in(dossier.filer).get(f"/en/ho-so/{code}/"))
    assert "<dt>Home town</dt>" in page and '<dd lang="vi">Cửa Nam' in page
    assert "<dt>Ghi riêng</dt>" in page, "what an agency thought up"


@pytest.mark.parametrize("name", ["birth_certificate", "death_extract", "marriage_certificate"])
def test_every_line_of_our_own_papers_that_are_confirmed_has_an_english_name(name: str) -> None:
    told = re.sub(r"\{\{.*?\}\}", "", DEFAULT.joinpath(f"{name}.txt").read_text(encoding="utf-8"))
    lines = [line[2:] for line in told.splitlines() if line[:2] in {"* ", "- ", "# "}]
    labels = [cell.partition(":")[0].strip() for line in lines for cell in line.split(" | ")]
    with translation.override("en"):
        assert labels and not [label for label in labels if paper_labels.as_read(label) == label]
