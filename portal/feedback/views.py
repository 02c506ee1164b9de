"""Rate a dossier; what petitions are and where they go."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dossiers import access, naming
from portal.agencies.actors import Actor
from portal.core.errors import ConflictError
from portal.feedback import services
from portal.feedback.forms import RatingForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, dossier_code: str) -> HttpResponse:
    """Ask once; afterwards thank, and let the answer be changed for a week."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(dossier_code, actor=actor)
    rating = services.rating_of(dossier)
    context = {
        "dossier": dossier,
        "title": naming.dossier_title(dossier),
        "rating": rating,
        "may_rate": services.may_rate(dossier),
        "may_change": rating is not None and services.may_change(rating, timezone.now()),
        "change_until": rating.created_at + services.CHANGE_WITHIN if rating else None,
    }
    if request.method == "POST":
        form = RatingForm(request.POST)
        if form.is_valid():
            try:
                services.rate(dossier_code, actor=actor, **form.cleaned_data)
            except ConflictError as error:
                return render(request, "feedback/rate.html", context | {"problem": error.message}, status=409)
            return redirect("feedback:rate", dossier_code)
        return render(request, "feedback/rate.html", context | {"form": form}, status=422)
    if rating is None:
        form = RatingForm()
    elif "sua" in request.GET and context["may_change"]:
        form = RatingForm(initial={"satisfaction": rating.satisfaction, "reason": rating.reason})
    else:
        return render(request, "feedback/rated.html", context)
    return render(request, "feedback/rate.html", context | {"form": form if context["may_rate"] else None})


@login_not_required
@require_GET
def petitions(request: HttpRequest) -> HttpResponse:
    """Which voice goes where: rating, petition, complaint, denunciation."""
    return render(request, "feedback/petitions.html")
