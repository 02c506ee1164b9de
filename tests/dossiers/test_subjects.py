"""Whom a result is about: the child, the enterprise, else the applicant; of two birth certificates, which child."""

import pytest

from dossiers import subjects
from dossiers.models import Dossier


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
