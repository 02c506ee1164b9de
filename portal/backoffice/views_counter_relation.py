"""Somebody at the counter acts by law for a child or a ward (ghi nhận người đại diện): for whom, by which paper."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers import confirmed_relations
from dossiers import counter as counters
from dossiers.models import CounterVisit
from portal.accounts.models import RepresentationKind
from portal.backoffice import card_scans
from portal.backoffice.forms_counter import EndRelationForm, RelationForm
from portal.backoffice.officials import at_a_desk
from portal.core import form_errors
from portal.core.errors import InvalidInputError, NotFoundError, TooManyRequestsError
from portal.core.tries import is_one_too_many

ENTRIES, ENTRY_SECONDS = 60, 3600
"""Persons one official may send in an hour; they may make an account each."""


@never_cache
@require_http_methods(["GET", "POST"])
def relation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for whom and for the paper; from then on she files for that person, here and from home."""
    official = at_a_desk(request)
    found, actor = counters.get_visit(public_id, user=official.user)
    form = RelationForm(request.POST if request.method == "POST" else None)
    confirmed = confirmed_relations.confirmed_here(found)
    named = [person for held in confirmed for person in (held.principal, held.representative) if person is not None]
    counters.note_named(found, named, actor=actor)
    context = {"official": official, "visit": found, "form": form, "warnings": [], "confirmed": confirmed}
    if request.method != "POST":
        return render(request, "backoffice/counter_relation.html", context)
    if is_one_too_many(request, "counter-relation", most=ENTRIES, seconds=ENTRY_SECONDS, account=official.user.pk):
        raise TooManyRequestsError(retry_after_seconds=ENTRY_SECONDS)
    if card := card_scans.card_of(request.POST.get("personal_id", "")):
        scanned = RelationForm(initial=card_scans.filled(request.POST, card, ticks=["has_seen_proof"]))
        said = [str(warning.message) for warning in card.warnings()]
        return render(request, "backoffice/counter_relation.html", {**context, "form": scanned, "warnings": said})
    if not form.is_valid():
        return render(request, "backoffice/counter_relation.html", context, status=422)
    warnings = [str(warning.message) for warning in form.warnings()]
    if warnings and request.POST.get("seen_warnings") != "1":
        return render(request, "backoffice/counter_relation.html", {**context, "warnings": warnings})
    try:
        held = confirmed_relations.confirm(
            found,
            actor=actor,
            person=form.person(),
            kind=RepresentationKind(form.cleaned_data["kind"]),
            proof=form.cleaned_data["proof"],
            until=form.cleaned_data["until"],
        )
    except InvalidInputError as error:
        form_errors.tell(form, error)
        return render(request, "backoffice/counter_relation.html", context, status=422)
    names = {"name": found.applicant, "principal": held.principal}
    messages.success(
        request, _("Đã ghi nhận: từ nay %(name)s nộp hồ sơ thay %(principal)s được, tại quầy và trên Cổng.") % names
    )
    return redirect("admin:counter_visit", found.public_id)


@never_cache
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, public_id: UUID, relation_id: UUID) -> HttpResponse:
    """Ask why a relation that this desk confirmed is over; with the button it is."""
    official = at_a_desk(request)
    found, actor = counters.get_visit(public_id, user=official.user)
    held = next((row for row in confirmed_relations.confirmed_here(found) if row.public_id == relation_id), None)
    if held is None:
        return _over(request, found, relation_id)
    form = EndRelationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            confirmed_relations.end(found, relation_id, actor=actor, reason=form.cleaned_data["reason"])
        except InvalidInputError as error:
            form_errors.tell(form, error)
        except NotFoundError:  # somebody else ended it since the line above
            return _over(request, found, relation_id)
        else:
            names = {"name": held.representative, "principal": held.principal}
            messages.success(request, _("Đã chấm dứt: %(name)s không còn đại diện cho %(principal)s.") % names)
            return redirect("admin:counter_visit", found.public_id)
    context = {"official": official, "visit": found, "form": form, "held": held}
    return render(request, "backoffice/counter_relation_end.html", context, status=422 if form.errors else 200)


def _over(request: HttpRequest, visit: CounterVisit, relation_id: UUID) -> HttpResponse:
    """Say that it is over already, as after a second press; raises NotFoundError for what is none of this desk's."""
    if not confirmed_relations.is_over(visit, relation_id):
        raise NotFoundError
    messages.info(request, _("Việc đại diện này đã chấm dứt."))
    return redirect("admin:counter_visit", visit.public_id)
