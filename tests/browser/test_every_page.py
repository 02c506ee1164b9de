"""Every page of the portal: axe-core finds nothing, nothing is wider than the window (tests/browser/walks/looking.py).

The list of pages is not kept by hand: a new address must be on a walk, or excused here with its reason.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Page

from tests.browser.walks import WALKS, Guide, Walk
from tests.browser.walks.looking import wrongs_of
from tests.stack import Stack

MACHINES = "for machines: JSON, XML, a file or a redirect, no page"
SHUT = "kept shut: answers with the page for 404, which is looked at"
GENERIC = "Django's own page of a kind whose look is walked with another model"
LISTS_ASKED = 12
"""Of Django's generic lists and forms, one template each, so many are asked for every rule; of the rest, the width."""
EXCUSED = {
    r"^api:(dossiers?|dossier-events|dossier-file|schema|wire(_\w+)?|healthz|readyz|metrics)$": MACHINES,
    r"^api:[a-z-]+$": MACHINES,
    r"^idp:.*": MACHINES,
    r"^gateways?:.*": MACHINES,
    r"^verification:.*": MACHINES,
    r"^(robots|sitemap|sitemap-part)$": MACHINES,
    r"^(site:favicon|procedures:(suggestions|communes|agencies|place)|indicators:(figures|rows)_csv)$": MACHINES,
    r"^accounts:account$": "sends on to the profile",
    r"^datastore:(download|file|access_proof|share_close|shared_file|uploads|upload_piece|export)$": MACHINES,
    r"^datastore:signed_content$": MACHINES,
    r"^payments:(voucher|receipt|\w*ipn|\w*return)$": MACHINES,
    r"^notifications:(read_all|open)$": MACHINES,
    r"^openid_connect_(login|callback)$": "sends on to VNeID, or comes back from there",
    r"^account_(signup|email|email_verification_sent|confirm_email|set_password|confirm_login_code)$": SHUT,
    r"^account_reset_password.*$": SHUT,
    r"^socialaccount_(signup|connections)$": SHUT,
    r"^socialaccount_login_error$": "never sent to: the way back from VNeID draws that page itself, and is walked",
    r"^admin:(login|logout|password_change|password_change_done)$": "sends on to the portal's own page",
    r"^admin:(autocomplete|jsi18n|view_on_site|system_codes_file)$": MACHINES,
    r"^admin:(assign|reveal|message|message_read|note|component_mark|presence)$": "on the workbench, and answers there",
    r"^admin:record_seen$": "a button on the builder's list, where the walk `builder` presses it; answers there",
    r"^admin:signing_revoke$": "a button on the page of who signs for the head; answers by going back there",
    r"^admin:queue_walk$": "sends on to a dossier; tests/backoffice/test_walking.py follows it",
    r"^admin:absence_end$": "a button on the page of absences; answers by going back there",
    r"^admin:bulk_(stop|go_on)$": "a button on a job's page; answers by going back there",
    r"^admin:(board(_rows)?|till)_file$": MACHINES,
    r"^dossiers:held_in_(draft|supplement)$": "one small form; tests/dossiers/test_already_held.py reads it",
    r"^dossiers:filing_rebase$": "needs a procedure published anew; tests/dossiers/test_rebasing.py reads it",
    r"^(admin|dossiers):draft_paper$": "a PDF; tests/dossiers/test_draft_checks.py reads it",
    r"^admin:issued_paper$": "a PDF; tests/backoffice/test_issued_papers.py reads it",
    r"^admin:opinion_sent$": "a file; tests/backoffice/test_opinions_answered.py reads it",
    r"^admin:opinion_paper$": "a file; tests/backoffice/test_opinion_papers.py reads it",
    r"^admin:paper_page$": "a picture; tests/backoffice/test_request_pictures.py reads it",
    r"^admin:letter_text_paper$": "a PDF; tests/backoffice/test_letter_texts.py reads it",
    r"^admin:letter_template_(paper|release)$": "a PDF; tests/backoffice/test_letter_templates.py reads it",
    r"^admin:control_slip$": "a PDF; tests/backoffice/test_agency_forms.py reads it",
    r"^admin:counter_(dossier|print)$": "after a whole filing at a desk; tests/backoffice/test_counter.py reads it",
    r"^dossiers:assistance_(file|end)$": "needs two people and a code; tests/dossiers/test_assistance.py reads it",
    r"^dossiers:representation_(child|end)$": "buttons on the page of whom I act for; both answer by going back there",
    r"^datastore:member_(restore|leave)$": "a button, and a question asked as that of dismissing somebody",
    r"^admin:form_(edit|columns)$": "buttons on the form builder's outline; answers by going back there",
    r"^datastore:hand_over$": "for members of organisations; tests/datastore/test_organisation_store.py reads the page",
    r"^admin:import(_report|_stop|_go_on)?$": "the demo world has no batch; tests/backoffice/test_imports.py reads it",
    r"^admin:digitisation$": "the demo world has scanned nothing; tests/backoffice/test_digitising.py reads the page",
    r"^admin:template_preview$": MACHINES,
    r"^admin:\w+_changelist$": "walked one by one by the walk `generic`; see its test below",
    r"^admin:(?!form_)\w+_(add|change|history|delete)$": GENERIC,
    r"^admin:(app_list|auth_user_password_change)$": GENERIC,
    r"^mfa_(deactivate_totp|view_recovery_codes|generate_recovery_codes|download_recovery_codes)$": (
        "behind a second password; built of the same parts as the page of the second factor"
    ),
    r"^mfa_(reauthenticate|activate_totp)$": "built as mfa_authenticate; for officials without a phone yet",
    r"^account_reauthenticate$": "the same form as account_login",
}


def test_every_address_is_walked_or_excused() -> None:
    walked = frozenset().union(*(walk.routes for walk in WALKS))
    forgotten = [
        name for name in _names() if name not in walked and not any(re.search(reason, name) for reason in EXCUSED)
    ]
    assert not forgotten, f"no walk stops at {forgotten}: add them to tests/browser/walks, or excuse them here"


def test_no_excuse_is_for_nothing() -> None:
    names = set(_names())
    idle = [pattern for pattern in EXCUSED if not any(re.search(pattern, name) for name in names)]
    assert not idle, f"excused, but there is no such address: {idle}"


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_pages_of_a_walk(new_page: Callable[..., Page], stack: Stack, walk: Walk) -> None:
    page = new_page()
    wrongs: list[str] = []
    seen: set[str] = set()
    guide = Guide(page, stack.url("").rstrip("/"), stack.sandbox_url, render_to_string, stack.manage)
    for stop in walk.stops(guide):
        is_alike = walk.name == "generic" and len(seen) >= LISTS_ASKED
        seen.add(_name_of(page.url))
        wrongs += wrongs_of(page, stop, is_alike=is_alike)
    assert not wrongs, "\n".join(wrongs)
    if walk.name == "generic":
        assert _changelists() <= seen, f"not walked: {sorted(_changelists() - seen)}"
    assert walk.routes <= seen, f"the walk says it stops at {sorted(walk.routes - seen)}, and does not"


def _names() -> Iterator[str]:
    """The names of all addresses; addresses without a name redirect or repeat a named one."""
    yield from dict.fromkeys(_walk_resolver(get_resolver().url_patterns, ""))


def _walk_resolver(patterns: Iterable[URLPattern | URLResolver], namespace: str) -> Iterator[str]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk_resolver(entry.url_patterns, inner)
        elif entry.name:
            yield f"{namespace}{entry.name}"


def _name_of(url: str) -> str:
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return ""


def _changelists() -> set[str]:
    return {f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry}
