"""The first press of a filing (bắt đầu nộp hồ sơ): a draft, and its place where no choice is left to make.

Who pressed on the sheet saw the agency there, above the button, and maybe chose her case, which the form then begins
with. Elsewhere the place follows by itself only where the procedure is done where one lives; it stands on the first
page with a link to change it.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from dossiers import acting, drafts, for_others, place_of_filing, steps
from dossiers.models import Dossier
from dossiers.steps import PLACE
from portal.accounts import representations, representing
from portal.accounts.models import CitizenProfile, IdentityLevel, User
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError
from procedures import sheet_case
from procedures.local import NOWHERE, Where
from procedures.models import Place, ProcedureVersion
from procedures.territory import Territory

FROM_SHEET = "tu-trang-thu-tuc"
"""In a post: the button of the sheet was pressed, not that of the start page."""

PRESSED = "filing_begun"
"""In a session: the procedure whose button was pressed before signing in, so that nobody presses it twice."""
GOES_ON = "tiep"
"""In the address that signing in leads to: the word kept with the press. By another way nobody pressed."""
PRESS_LASTS = 15 * 60
"""Seconds that a press waits for its sign-in: at a shared computer the next person may sit down at the same page."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stood above the button that was pressed."""

    where: Where = NOWHERE
    case: Mapping[str, Any] = field(default_factory=dict)
    """Answers of the form, as ``procedures.sheet_case.answers_in`` reads them."""


def remember_press(session: SessionBase, version: ProcedureVersion, path: str, *, shown: Shown) -> str:
    """Keep that the button was pressed by somebody who has to sign in first, and return where that leads to.

    Her case is kept as an address says it: answers count the cases of one version, and another may come meanwhile.
    """
    word = secrets.token_urlsafe(9)
    session[PRESSED] = {
        "code": version.procedure.code,
        "word": word,
        "until": time.time() + PRESS_LASTS,
        "shown": [shown.where.province_code, shown.where.commune_code],
        "case": sheet_case.address_of(shown.case, version),
    }
    return f"{path}?{urlencode({GOES_ON: word})}"


def take_press(session: SessionBase, version: ProcedureVersion, word: str) -> Shown | None:
    """What stood above the button which who signed in just now had pressed; None where nobody pressed it.

    Asked once, then it is forgotten.
    """
    kept = session.pop(PRESSED, None)
    if not isinstance(kept, dict) or not word:
        return None
    is_fresh = kept["until"] > time.time()
    is_meant = is_fresh and kept["code"] == version.procedure.code and constant_time_compare(kept["word"], word)
    return Shown(Where(*kept.get("shown", ())), _case_in(version, kept.get("case"))) if is_meant else None


def _case_in(version: ProcedureVersion, told: Any) -> dict[str, Any]:
    """The answers that an address says, for the version in force now; what the release before kept is none."""
    address = QueryDict(mutable=True)
    for name, values in (told or {}).items():
        if isinstance(values, list):
            address.setlist(name, [str(value) for value in values])
    return sheet_case.answers_in(address, version, timezone.localdate())


def needs_start_page(version: ProcedureVersion, user: User) -> bool:
    """Whether something is to be read or chosen first: on whose behalf, or why this account cannot file."""
    profile = CitizenProfile.objects.filter(user=user).first()
    if profile is None or profile.identity_level < IdentityLevel.TWO:
        return True
    if version.is_filed_for_organisations and representing.organisations_of(user, filing=True):
        return True
    if for_others.is_in_own_name(version):
        return bool(representations.held_by(user))  # who files for others reads first that here she does not
    return bool(for_others.represented(user, version))


def begin(version: ProcedureVersion, user: User, *, for_whom: str, shown: Shown) -> str:
    """Open the draft, or the one there is, and return where to go on; see drafts.start for what it raises."""
    actor = Actor.citizen(user)
    chosen = acting.chosen(user, for_whom)
    draft = drafts.start(version, actor=actor, organisation=chosen.organisation, representation=chosen.representation)
    if shown.case and draft.procedure_version_id == version.pk:
        draft = drafts.take_case(draft.public_id, actor=actor, case=shown.case)
    version = drafts.version_of(draft)  # of a draft begun before the version in force, its own
    if draft.step or draft.agency_id is not None:
        return steps.address(draft, draft.step or steps.after_place(version))
    where = shown.where if shown.where != NOWHERE else _at_home(draft, version)
    if where == NOWHERE or not Territory().is_province(where.province_code):
        return steps.address(draft, PLACE)
    try:
        drafts.choose_place(
            draft.public_id, actor=actor, province_code=where.province_code, commune_code=where.commune_code
        )
    except InvalidInputError:  # nobody decides there: she is asked, and told at the field
        return steps.address(draft, PLACE)
    return steps.address(draft, steps.after_place(version))


def _at_home(draft: Dossier, version: ProcedureVersion) -> Where:
    """Where she lives, if that is where the procedure is done; not for somebody else, nor who moves elsewhere."""
    if place_of_filing.asks_for_it(version):
        return NOWHERE
    if version.competent_place != Place.RESIDENCE or draft.organisation_id is not None:
        return NOWHERE
    if draft.representation_id is not None:
        return NOWHERE
    return Where(draft.province_code, draft.commune_code)
