"""How a paper addresses who applies."""

import pytest

from dossiers import naming
from dossiers.models import Dossier


@pytest.mark.parametrize(("gender", "word"), [("1", "ông"), ("2", "bà"), ("3", "ông/bà"), (None, "ông/bà")])
def test_a_paper_says_ong_or_ba_where_the_sex_is_known(gender: str | None, word: str) -> None:
    assert naming.courtesy(Dossier(answers={"gender": gender})) == word
