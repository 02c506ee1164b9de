"""The officials' scan mode at /xm/can-bo/: what was scanned is sent in the body of a POST, never in an address."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datastore.forms_scanning import PaperCheckForm
from datastore.models import ResultCheck
from datastore.results import scan_mode
from datastore.signed_in import SignedInRequest
from datastore.views_verification import TONES, WORDS
from portal.agencies.actors import Actor
from portal.agencies.memberships import KIND_OF_ROLE, current_posts, official_name
from portal.agencies.models import MembershipRole
from portal.core.errors import NotFoundError
from portal.core.language import in_language

LISTED = 20


@never_cache
@require_http_methods(["GET", "POST"])
def scan(request: SignedInRequest) -> HttpResponse:
    """Check one paper after another; her last checks stand below. Officials with a post that acts on dossiers only."""
    actors = _actors(request)
    if not actors:
        raise NotFoundError
    form = PaperCheckForm(request.POST if request.method == "POST" else None, actors=actors)
    found, status = None, 200
    if request.method == "POST":
        if form.is_valid():
            purpose = form.cleaned_data["purpose"]
            found = scan_mode.check(form.cleaned_data["text"], actor=form.actor, purpose=purpose)
            # the next paper is scanned for the same purpose; the text of this one is not sent back
            form = PaperCheckForm(initial={"purpose": purpose, "post": form.cleaned_data["post"]}, actors=actors)
        else:
            status = 422
    context = {
        "form": form,
        "found": found,
        "tone": "error" if found and found.reason else TONES.get(found.status.state, "") if found else "",
        "type_name": in_language(found.status.type_name, found.status.type_name_en) if found else "",
        "reason": str(WORDS.get(found.reason, WORDS["unreadable"])) if found and found.reason else "",
        "checks": ResultCheck.objects.filter(official=request.user).select_related("document").order_by("-id")[:LISTED],
    }
    response = render(request, "datastore/scan_mode.html", context, status=status)
    response["Permissions-Policy"] = "camera=(self)"
    return response


def _actors(request: SignedInRequest) -> list[Actor]:
    user = request.user
    posts = current_posts(user) if user.is_official else []
    return [
        Actor(kind=kind, user=user, agency=post.agency, name=official_name(user, post))
        for post in posts
        if (kind := KIND_OF_ROLE.get(MembershipRole(post.role))) is not None
    ]
