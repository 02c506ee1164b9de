"""Finding dossiers by the names in them and by telephone (tra cứu theo tên): what is kept for it, and how it is asked.

A name is found by words in any order, each from its beginning, with or without tone marks: who applies, the
organisation it was filed for, and everybody whom the form names (a child, a household business).
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db.models import Q

from dossiers.models import Dossier, SearchRow
from portal.core import rows, writes
from portal.core.identifiers import IdentifierError, clean_phone
from portal.core.text import fold, loose_pattern, nfc

NAMES = ("full_name", "person_name", "business_name", "organisation_name")
"""How the keys end of what e-forms ask the names of people, businesses and organisations by."""
MOST_LETTERS = 300
"""Of one dossier that are kept: a form names a handful of people, and an index takes no more than 2,700 bytes a row."""
MOST_WORDS = 12
"""Of one search; a longer name is found by its first ones."""
_WORD = re.compile(r"[^\W_]+")


def row_of(dossier: Dossier) -> SearchRow:
    """What is kept of a dossier as it is now, not saved."""
    told = [dossier.applicant_name]
    if dossier.organisation_id is not None and dossier.organisation is not None:
        told.append(dossier.organisation.name)
    told += names_in(dossier.answers)
    names = " ".join(["", *_words(" ".join(dict.fromkeys(told))[:MOST_LETTERS])])
    return rows.fresh(
        SearchRow,
        dossier_id=dossier.pk,
        agency_id=dossier.agency_id,
        names=names[:MOST_LETTERS],
        folded=fold(names)[:MOST_LETTERS],  # at once, not by word: a filing waits for it
        phone=phone_of(dossier.applicant_phone) or dossier.applicant_phone,
    )


def names_in(answers: Mapping[str, Any]) -> list[str]:
    """What a form says where it asks for names, in its order."""
    return [said for key in _of_names(tuple(answers)) if isinstance(said := answers[key], str)]


@lru_cache(maxsize=1000)
def _of_names(keys: tuple[str, ...]) -> list[str]:
    """Which of a form's keys ask for names; a form's filings answer much the same ones."""
    return [key for key in keys if key.endswith(NAMES)]


def enter(dossier: Dossier) -> None:
    """Let a dossier be found from its filing on; travels with what is written for it.

    One for an organisation brings it along (`select_related`), or its name is asked for here.
    """
    writes.insert(row_of(dossier))


def mend(dossier: Dossier) -> None:
    """Let it be found by what it says now."""
    writes.update(row_of(dossier), ("names", "folded", "phone"))


def move(dossier: Dossier) -> None:
    """Let it be found at the agency where it is now."""
    writes.update(rows.fresh(SearchRow, dossier_id=dossier.pk, agency_id=dossier.agency_id), ("agency",))


def named(typed: str) -> Q | None:
    """A filter on SearchRow for a name; None where nothing was typed that a name has.

    A letter that was typed with a mark stands for itself only, as in `loose_pattern`.
    """
    words = list(dict.fromkeys(_words(typed)))[:MOST_WORDS]
    if not any(character.isalpha() for word in words for character in word):
        return None
    wanted = Q()
    for word in words:
        bare = fold(word)
        wanted &= Q(folded__contains=f" {bare}")
        if bare != word:
            wanted &= Q(names__regex=f" {loose_pattern(word)}")
    return wanted


def folded_words(name: str) -> str:
    """A name's words as they stand in `SearchRow.folded`."""
    return fold(" ".join(["", *_words(name)]))


def phone_of(typed: str) -> str:
    """A telephone number in its normal form; "" for what is none."""
    try:
        return clean_phone(typed)
    except IdentifierError:
        return ""


def _words(text: str) -> list[str]:
    """Letters and figures between blanks and signs, in small letters."""
    return _WORD.findall(nfc(nfc(text).casefold()))
