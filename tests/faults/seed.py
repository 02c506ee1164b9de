"""Citizens with open sessions and drafts that only wait to be submitted: `python -m tests.faults.seed COUNT`.

Runs inside a throw-away portal. The drafts are birth registrations in Đà Nẵng, whose own system decides, with a copy
that costs 8,000 đ.
"""

import json
import sys
from typing import Any

import django

PROCEDURE = "1.001193"
PROVINCE, COMMUNE = "48", "20275"
_answers: dict[str, Any] = {}


def main(count: int) -> None:
    """Print what the load needs: per citizen a session and a draft."""
    from portal.site.demo import systems

    systems.load_systems()
    print(json.dumps({"citizens": [_citizen(number) for number in range(count)]}))


def _citizen(number: int) -> dict[str, str]:
    from tests import factories

    user = factories.make_citizen(f"Nguyễn Thị Thử {number}")
    return {"session": open_session(user), "draft": str(draft_for(user).public_id)}


def open_session(user: Any) -> str:
    """Sign a person in as a browser that holds this cookie."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cached_db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "portal.accounts.backends.AccountBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def draft_for(user: Any) -> Any:
    """Everything but the submission, by the services that the pages call."""
    from dossiers import attaching, drafts
    from dossiers.facts import facts_of
    from portal.agencies.actors import Actor
    from portal.site.demo.answers import sample_answers
    from procedures import access, eforms
    from tests import factories

    actor = Actor.citizen(user)
    version = access.get_open_version(PROCEDURE)
    draft = drafts.start(version, actor=actor)
    drafts.choose_place(draft.public_id, actor=actor, province_code=PROVINCE, commune_code=COMMUNE)
    if not _answers:  # worked out once: the load is about filing, not about filling
        ordered = {"want_extra_copies": True, "extra_copies": 1, "copies_method": "desk", "parents_married": True}
        _answers.update(sample_answers(version.form, facts_of(user)), **ordered)
    answers = dict(_answers)
    drafts.save_answers(draft.public_id, actor=actor, answers=answers, step="kiem-tra")
    for component, is_required in eforms.required_components(version, answers):
        if is_required:
            attaching.attach_upload(
                draft.public_id,
                actor=actor,
                component=component,
                content=factories.png(f"{user.pk} {component.code}"),
                name="giay-to.png",
            )
    return draft


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
