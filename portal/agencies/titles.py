"""What agencies are called to a reader of English, where a text names them in Vietnamese (tên cơ quan)."""

from collections.abc import Iterable

from portal.agencies.models import Agency
from portal.core.language import is_english
from portal.core.text import fold, with_small_first_letter

KINDS = {
    "phường ": "ward",
    "xã ": "commune",
    "đặc khu ": "special zone",
    "tỉnh ": "province",
    "thành phố ": "city",
}
"""What an administrative unit's full name begins with, and the English word for it behind its own name."""
Named = tuple[str, str]
"""Code and name, as something published has them."""


def in_readers_language(published: Iterable[Named]) -> dict[Named, str]:
    """Each published agency by its name for the reader; one query for a reader of English, none for others.

    The published name stays where the code is not ours, or is that of an agency with another name: what a decision of
    some earlier year calls an office is not changed into what its code means today.
    """
    titles = {named: named[1] for named in published}
    if is_english():
        codes = {code for code, _name in titles if code}
        for code, name, english in (
            Agency.objects.filter(code__in=codes).exclude(name_en="").values_list("code", "name", "name_en")
        ):
            for named in titles:
                if named[0] == code and fold(named[1]) == fold(name):
                    titles[named] = english
    return titles


def of_unit(full_name: str) -> str:
    """A province or commune with its English kind: ``Cửa Nam ward``, ``Hà Nội city``; another name as it is."""
    for kind, english in KINDS.items():
        if full_name.lower().startswith(kind):
            return f"{full_name[len(kind) :]} {english}"
    return full_name


def unit_in_a_sentence(full_name: str) -> str:
    """A province or commune in the reader's language: ``phường Cửa Nam``, ``Cửa Nam ward``."""
    return of_unit(full_name) if is_english() else with_small_first_letter(full_name)
