"""What agencies are called to a reader of English, where a text names them in Vietnamese (tên cơ quan)."""

from collections.abc import Iterable

from portal.agencies.models import Agency
from portal.core.language import is_english
from portal.core.text import fold

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
