"""The counter (tại quầy): who came, what she files, the money and the receipt, one person after another."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dossiers import acting, counter_choice, ending_mandates, for_others, naming, steps, turns
from dossiers import counter as counters
from dossiers.errors import ProcedureClosedError
from dossiers.lifecycle import DossierState
from dossiers.models import ActsBy, CounterVisit, Dossier
from payments import services as payments
from portal.accounts import people
from portal.accounts.models import User
from portal.accounts.people import Person
from portal.agencies.actors import Actor
from portal.agencies.memberships import may_take_cash
from portal.backoffice import card_scans, counter_money, counter_papers
from portal.backoffice.forms_counter import PersonForm, WhoForm
from portal.backoffice.officials import Official, at_a_desk
from portal.core.errors import NotFoundError, TooManyRequestsError
from portal.core.identity_cards import IdentityCard
from portal.core.masking import mask_personal_id
from portal.core.moments import start_of_today
from portal.core.pdf_responses import inline_pdf
from portal.core.text import clean_line
from portal.core.tries import is_one_too_many
from procedures import access as catalogue
from procedures import search, shown_names
from procedures.models import Audience, ProcedureVersion
from procedures.searching.documents import Document

LOOK_UPS, LOOK_UP_SECONDS = 120, 3600
"""Numbers one official may send in an hour; a busy desk has forty people, a script is stopped."""
OFFERED, LOOKED_AMONG = 12, 24
"""Procedures shown, and how many of the best hits those of this level of agency are taken from first."""
SCAN_MARK_LENGTH = 64
FOR_WHOM = "nop-cho"
"""In a post: for whom the person at the counter files from now on."""


@never_cache
@require_http_methods(["GET", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """Who stands at the counter: found by number or card, or entered; by POST, so that nobody stands in an address."""
    official = at_a_desk(request)
    actors = acting.desk_actors(official.user)
    chosen = request.POST.get("co-quan", "")
    actor = next((actor for actor in actors if actor.agency and actor.agency.code == chosen), actors[0])
    context: dict[str, Any] = {
        "official": official,
        "desks": [desk.agency for desk in actors] if len(actors) > 1 else [],
        "chosen": actor.agency.code if actor.agency else "",
        "form": WhoForm(),
        "person_form": None,
        "scan": "",
        "warnings": [],
        "served": _served_today(actor),
        "takes_cash": any(post.takes_cash for post in official.posts),
    }
    if request.method != "POST":
        return render(request, "backoffice/counter.html", context)
    # by whichever of the two forms: who sends a number with some name finds the same person
    account = official.user.pk
    if is_one_too_many(request, "counter", most=LOOK_UPS, seconds=LOOK_UP_SECONDS, account=account):
        raise TooManyRequestsError(retry_after_seconds=LOOK_UP_SECONDS)
    if "full_name" in request.POST:
        context["scan"] = request.POST.get("scan", "")[:SCAN_MARK_LENGTH]
        return _enter(request, actor, context)
    form = WhoForm(request.POST)
    if not form.is_valid():
        return render(request, "backoffice/counter.html", {**context, "form": form}, status=422)
    known = people.find(form.cleaned_data["who"])
    if known is None:
        context["person_form"] = PersonForm(initial=card_scans.of_card(form.cleaned_data["who"], form.card))
        if form.card:
            context["warnings"] = [str(warning.message) for warning in form.card.warnings()]
            context["scan"] = _scan_mark(official.user, form.card)
        return render(request, "backoffice/counter.html", context)
    profile = known.citizen
    if form.card and card_scans.differs(form.card, full_name=profile.full_name, date_of_birth=profile.date_of_birth):
        messages.warning(request, _("Thẻ vừa quét khác họ tên hoặc ngày sinh Cổng đang có. Hãy xem kỹ thẻ và người."))
    return _receive(known, actor, card_was_scanned=form.card is not None)


def _enter(request: HttpRequest, actor: Actor, context: dict[str, Any]) -> HttpResponse:
    """Take a new person in; a contradiction between number, birth date and gender is shown once and then believed."""
    if card := card_scans.card_of(request.POST.get("personal_id", "")):
        context["person_form"] = PersonForm(initial=card_scans.filled(request.POST, card, ticks=["has_seen_card"]))
        context["scan"] = _scan_mark(context["official"].user, card)
        said = [str(warning.message) for warning in card.warnings()]
        return render(request, "backoffice/counter.html", {**context, "warnings": said})
    form = PersonForm(request.POST)
    if not form.is_valid():
        return render(request, "backoffice/counter.html", {**context, "person_form": form}, status=422)
    warnings = [str(warning.message) for warning in form.warnings()]
    if warnings and request.POST.get("seen_warnings") != "1":
        return render(request, "backoffice/counter.html", {**context, "person_form": form, "warnings": warnings})
    person = form.person()
    was_scanned = constant_time_compare(context["scan"], _scan_mark(context["official"].user, person))
    return _receive(people.enter(person), actor, card_was_scanned=was_scanned)


def _scan_mark(user: User, of: IdentityCard | Person) -> str:
    """What the form of a new person carries where her card was scanned: it holds for what the card says of her.

    Her number, name, birth day and gender, for this official and day; what was typed over any of them is not scanned.
    """
    name = clean_line(of.full_name).casefold()
    said = f"{user.pk}:{of.personal_id}:{name}:{of.date_of_birth}:{of.gender}:{timezone.localdate()}"
    return salted_hmac("backoffice.counter.scan", said, algorithm="sha256").hexdigest()


def _receive(person: User, actor: Actor, *, card_was_scanned: bool) -> HttpResponse:
    opened = counters.open_visit(person, actor=actor, card_was_scanned=card_was_scanned)
    return redirect("admin:counter_visit", opened.public_id)


@never_cache
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The person at the counter: for whom she files, what she filed here, a procedure to file now (`?q=` finds one)."""
    official = at_a_desk(request)
    found, actor = counters.get_visit(public_id, user=official.user)
    if FOR_WHOM in request.POST:
        return _go_on_for(request, found, request.POST[FOR_WHOM][:60], actor)
    if request.method == "POST":
        version = catalogue.get_open_version(request.POST.get("thu-tuc", "")[:20])
        try:
            draft = counters.start(found, version, actor=actor)
        except ProcedureClosedError as error:
            messages.error(request, str(error.message))
        else:
            return redirect(steps.address(draft, draft.step or steps.PLACE))
    typed = request.GET.get("q", "")[:120]
    profile = found.applicant.citizen
    choices = counter_choice.choices(found)
    counters.note_named(found, [each.person for each in choices if each.person is not None], actor=actor)
    ours, still_files = counters.filed_at(found), counters.still_files(found)
    filed = ours.exclude(state=DossierState.DRAFT).select_related("procedure_version", "result_document")
    context = {
        "official": official,
        "visit": found,
        "person": [
            {"key": _("Họ tên"), "value": profile.full_name},
            {"key": _("Số định danh"), "value": mask_personal_id(profile.personal_id)},
            {"key": _("Ngày sinh"), "value": f"{profile.date_of_birth:%d/%m/%Y}" if profile.date_of_birth else ""},
            {"key": _("Điện thoại"), "value": profile.phone},
        ],
        "organisation": _organisation_rows(found),
        "principal": _principal_rows(found),
        "has_signed": bool(ending_mandates.signed_by_visitor(found)),
        "choices": choices,
        "typed": typed,
        "procedures": _offered(found, typed),
        "drafts": [
            {
                "title": naming.dossier_title(draft),
                "url": steps.address(draft, draft.step or steps.PLACE),
                "discard_url": reverse("dossiers:filing_discard", args=[draft.procedure_code, draft.public_id]),
                "is_closed": not still_files(draft.procedure_code),
            }
            for draft in ours.filter(state=DossierState.DRAFT).select_related("procedure_version").order_by("-id")
            if found.is_within_mandate(draft.procedure_code)
        ],
        "filed": [
            {"dossier": dossier, "is_void": turns.is_void(dossier)} for dossier in filed.order_by("-id")[:OFFERED]
        ],
    }
    return render(request, "backoffice/counter_visit.html", context)


def _go_on_for(request: HttpRequest, found: CounterVisit, value: str, actor: Actor) -> HttpResponse:
    """For whom she files now; what ended since the page was drawn is said on the page as it is now."""
    try:
        found = counter_choice.come_for(found, value, actor=actor)
    except NotFoundError:
        if not counter_choice.has_ended(found, value):
            raise
        messages.error(request, _("Người này không còn nộp thay được nơi vừa chọn. Danh sách dưới đây là của lúc này."))
    return redirect("admin:counter_visit", found.public_id)


def _organisation_rows(found: CounterVisit) -> list[dict[str, str]]:
    """For whom the person came, and by which paper; nothing when she came for herself."""
    if found.organisation is None:
        return []
    rows = [
        {"key": _("Tên"), "value": found.organisation.name},
        {"key": _("Mã số thuế"), "value": found.organisation.tax_code},
        {"key": _("Người đến là"), "value": found.get_acts_by_display()},
        {"key": _("Căn cứ") if found.acts_by == ActsBy.MEMBER else _("Giấy tờ đã xem"), "value": found.proof},
    ]
    if found.mandate_until is not None:
        rows += [
            {"key": _("Đến hết ngày"), "value": f"{found.mandate_until:%d/%m/%Y}"},
            {"key": _("Thủ tục được ủy quyền"), "value": ", ".join(found.mandated) or _("Mọi thủ tục")},
        ]
    return rows


def _principal_rows(found: CounterVisit) -> list[dict[str, str]]:
    """Whom the person represents at this visit, and by what; nothing when she came for herself."""
    held = found.representation
    if held is None:
        return []
    profile = held.principal.citizen
    rows = [
        {"key": _("Họ tên"), "value": profile.full_name},
        {"key": _("Số định danh"), "value": mask_personal_id(profile.personal_id)},
        {"key": _("Ngày sinh"), "value": f"{profile.date_of_birth:%d/%m/%Y}" if profile.date_of_birth else ""},
        {"key": _("Người đến là"), "value": str(held.get_kind_display())},
        {"key": _("Căn cứ"), "value": held.ground_words},
    ]
    if held.valid_to is not None:
        rows.append({"key": _("Đến hết ngày"), "value": f"{held.valid_to:%d/%m/%Y}"})
    if not held.is_by_law:
        named = ", ".join(held.procedure_codes) or _("Mọi thủ tục")
        rows.append({"key": _("Thủ tục được ủy quyền"), "value": named})
    return rows


def _offered(found: CounterVisit, typed: str) -> list[dict[str, str]]:
    """What fits the words, by the names of the public pages; what is decided at this level of agency comes first."""
    hits = sorted(_fitting(found, typed), key=lambda hit: not _is_decided_at(hit, found.agency.level))[:OFFERED]
    names = ProcedureVersion.objects.only("short_name", "short_name_en", "name", "name_en").in_bulk(
        [hit.version_id for hit in hits]
    )
    return [{"code": hit.code, "name": shown_names.tidied(names[hit.version_id].title)} for hit in hits]


def _is_decided_at(hit: Document, level: str) -> bool:
    levels = [each for each in hit.levels if each]
    return not levels or level in levels


def _fitting(found: CounterVisit, typed: str) -> list[Document]:
    """The best hits, or before anything is typed what is common; for somebody else what may be filed so."""
    if found.organisation is None and found.representation is None and typed:
        return search.suggest(typed, limit=LOOKED_AMONG)
    hits = search.search(typed).hits
    if found.organisation is not None:
        hits = [document for document in hits if not document.audience or Audience.ORGANISATION in document.audience]
    if found.representation is not None:
        left = [document for document in hits if for_others.may_be_left(document.code, document.audience)]
        hits = [document for document in left if found.is_within_mandate(document.code)]
        if found.representation.procedure_codes:
            return hits[:LOOKED_AMONG]
    if found.mandated:
        return [document for document in hits if found.is_within_mandate(document.code)][:LOOKED_AMONG]
    return [document for document in hits if typed or document.is_featured][:LOOKED_AMONG]


@never_cache
@require_http_methods(["GET", "POST"])
def dossier(request: HttpRequest, code: str) -> HttpResponse:
    """What was just filed: its code, the money, the receipt to print; actions are posts of one field `lam`."""
    official = at_a_desk(request)
    found, actor = _counter_dossier(official, code)
    shown: dict[str, Any] = {"qr": None, "error": ""}
    status = 200
    if request.method == "POST":
        outcome = counter_money.act(request, found, actor)
        if outcome.is_done:
            return redirect("admin:counter_dossier", code)
        shown, status = {"qr": outcome.qr, "error": outcome.error}, outcome.status
        found.refresh_from_db()
    owed = payments.owed_now(found)
    context = {
        "official": official,
        "dossier": found,
        "is_void": turns.is_void(found),
        "title": naming.dossier_title(found),
        "agency_name": naming.agency_title(found),
        "visit_url": _visit_url(found, official.user),
        "owed": owed,
        "total_vnd": sum(line.amount_vnd for line in owed),
        "may_take_cash": found.agency is not None and may_take_cash(official.user, found.agency),
        "key": payments.new_reference(timezone.now()),
        "may_accept": counters.may_accept(found, actor=actor),
        "papers": counter_papers.available(found),
        "is_elsewhere": found.agency is not None
        and actor.agency is not None
        and not found.agency.is_within(actor.agency),
        **shown,
    }
    return render(request, "backoffice/counter_dossier.html", context, status=status)


@never_cache
@require_GET
def print_paper(request: HttpRequest, code: str, paper: str) -> HttpResponse:
    """A paper of the dossier drawn now, for the printer beside the desk."""
    found, _actor = _counter_dossier(at_a_desk(request), code)
    return inline_pdf(counter_papers.draw(found, paper), name=f"{paper}-{code}.pdf")


def _counter_dossier(official: Official, code: str) -> tuple[Dossier, Actor]:
    """A dossier filed at a counter of this official's, wherever it is decided; raises NotFoundError."""
    actors = acting.desk_actors(official.user)
    found = (
        Dossier.objects.exclude(state=DossierState.DRAFT)
        .filter(code=code, counter_visit__agency__in=[actor.agency for actor in actors])
        .select_related(
            "agency",
            "procedure_version",
            "counter_visit",
            "owner",
            "filer",
            "organisation",
            "representation",
            "result_document",
        )
        .first()
    )
    if found is None or found.counter_visit is None:
        raise NotFoundError(code="dossier.not_found")
    return found, next(actor for actor in actors if actor.agency == found.counter_visit.agency)


def _visit_url(found: Dossier, user: User) -> str:
    """The way back to the person, while her visit lasts."""
    if found.counter_visit is None or timezone.localdate(found.counter_visit.opened_at) != timezone.localdate():
        return reverse("admin:counter")
    return reverse("admin:counter_visit", args=[found.counter_visit.public_id])


def _served_today(actor: Actor) -> dict[str, int]:
    """How many people and dossiers this desk took in since midnight."""
    start = start_of_today()
    visits = CounterVisit.objects.filter(agency=actor.agency, opened_at__gte=start)
    filed = Dossier.objects.filter(counter_visit__agency=actor.agency, submitted_at__gte=start)
    return {"people": visits.values("applicant").distinct().count(), "dossiers": filed.count()}
