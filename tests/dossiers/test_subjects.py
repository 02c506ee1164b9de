"""Whom a result is about: the child, the enterprise, else the applicant; of two birth certificates, which child."""

import pytest

from dossiers import subjects
from dossiers.models import Dossier
from tests import factories
from tests.dossiers.filing_pages import signed_in, text


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ({"child_full_name": "Nguyễn Minh An", "full_name": "Trần Thị Mai"}, "Nguyễn Minh An"),
        ({"business_name": " Hộ kinh doanh Mai "}, "Hộ kinh doanh Mai"),
        ({"child_full_name": " ", "person_name": "Lê Văn Tám"}, "Lê Văn Tám"),
        ({"child_full_name": ["not", "a", "name"]}, "Trần Thị Mai"),
        ({}, "Trần Thị Mai"),
    ],
)
def test_the_name_that_tells_papers_apart(answers, name):
    assert subjects.name_of(Dossier(answers=answers, applicant_name="Trần Thị Mai")) == name


@pytest.mark.parametrize(
    ("answers", "title"),
    [
        ({"full_name": "Trần Thị Mai", "child_full_name": "Nguyễn Minh An"}, "Khai sinh – Nguyễn Minh An"),
        ({"full_name": "Trần Thị Mai", "deceased_full_name": "Trần Văn Cẩn"}, "Khai sinh – Trần Văn Cẩn"),
        ({"full_name": "Trần Thị Mai", "subject_full_name": "TRẦN THỊ MAI"}, "Khai sinh"),
        ({"full_name": "Trần Thị Mai"}, "Khai sinh"),
    ],
)
def test_the_title_in_her_list_names_somebody_else_only(answers, title):
    dossier = Dossier(answers=answers, procedure_name="Khai sinh")
    assert subjects.titled(dossier) == title


@pytest.mark.django_db
def test_dossiers_of_one_name_are_told_apart_by_what_they_are_for():
    first = factories.file_dossier()
    mine = signed_in(first.filer)
    assert "Mục đích" not in text(mine.get("/ho-so/")), "a single one needs no more words"
    second = factories.file_dossier(first.filer)
    Dossier.objects.filter(pk=second.pk).update(answers={**second.answers, "purpose": "Vay vốn"})
    page = text(mine.get("/ho-so/"))
    assert page.count("Mục đích: Thử nghiệm") == page.count("Mục đích: Vay vốn") == 1
