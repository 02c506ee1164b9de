"""How a paper addresses who applies."""

import pytest

from dossiers import naming
from dossiers.models import Dossier


@pytest.mark.parametrize(("gender", "word"), [("1", "ông"), ("2", "bà"), ("3", "ông/bà"), (None, "ông/bà")])
def test_a_paper_says_ong_or_ba_where_the_sex_is_known(gender: str | None, word: str) -> None:
    assert naming.courtesy(Dossier(answers={"gender": gender})) == word


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ({"gender": "1"}, "vợ"),
        ({"gender": "2"}, "chồng"),
        ({"gender": "1", "subject_full_name": "Nguyễn Thị Hoa", "subject_gender": "2"}, "chồng"),
        ({"gender": "1", "subject_full_name": "Nguyễn Thị Hoa"}, "vợ/chồng"),
        ({}, "vợ/chồng"),
    ],
)
def test_a_certificate_says_wife_or_husband_by_the_sex_of_whom_it_is_about(answers: dict[str, str], word: str) -> None:
    assert naming.spouse_called(Dossier(answers=answers)) == word
