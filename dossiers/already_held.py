"""“The State has this paper already” (báo Nhà nước đã có giấy): said on the form or on a request for a supplement.

The agency reads it beside the papers, and it is counted in public by agency and procedure (portal.indicators). It lets
nobody off: whether the paper can be had from a register is the agency's to find out (docs/assumptions.md).
"""

from typing import Any

from django.db import transaction

from dossiers.models import Dossier, HeldPaper
from portal.accounts.models import User
from portal.core.errors import NotFoundError
from portal.core.text import clean_line


@transaction.atomic
def say(
    dossier: Dossier, component_code: str, name: str, *, user: User, words: str = "", is_supplement: bool = False
) -> HeldPaper:
    """Keep what the applicant said about a paper, once on each occasion; saying it again changes the words."""
    found, _made = HeldPaper.objects.update_or_create(
        dossier=dossier,
        component_code=component_code[:60],
        is_supplement=is_supplement,
        defaults={"words": clean_line(words)[:300]},
        create_defaults={"name": name, "said_by": user, "words": clean_line(words)[:300]},
    )
    return found


def said(dossier: Dossier, *, is_supplement: bool | None = None) -> set[str]:
    """The components of which it was said."""
    rows = dossier.held_papers.all()
    if is_supplement is not None:
        rows = rows.filter(is_supplement=is_supplement)
    return set(rows.values_list("component_code", flat=True))


def asked_name(wanted: dict[str, Any], code: str) -> str:
    """The name of a paper that is asked for; raises NotFoundError for any other."""
    if code not in wanted:
        raise NotFoundError
    return str(wanted[code])
