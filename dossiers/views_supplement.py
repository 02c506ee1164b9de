"""The page that answers a request for a supplement: each paper from the store or as a new file, and words."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datastore import incoming
from datastore import services as datastore
from datastore.models import TrustLevel
from datastore.requests import SignedInRequest
from dossiers import access, already_held, naming, papers, requests, services
from dossiers.forms import SupplementAnswerForm
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierComponent
from dossiers.views_papers import texts_of
from portal.accounts import representing
from portal.accounts.interrupted import Interrupted, keeps_what_was_typed, take_back
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotAllowedError, TransitionError, UpstreamError


@keeps_what_was_typed
@never_cache
@require_http_methods(["GET", "POST"])
def supplement(request: SignedInRequest, code: str) -> HttpResponse:
    """Answer a supplement request in place: every item with its own upload, and words for the agency."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(code, actor=actor)
    if not access.may_act(dossier, actor=actor):
        raise NotAllowedError(representing.ONLY_READS)
    asked = requests.open_one(dossier)
    if dossier.state != DossierState.AWAITING_SUPPLEMENT or asked is None:
        return _not_waited_for(request, dossier)
    items = _supplement_items(dossier, asked.items)
    _offer_from_store(request, dossier, items)
    interrupted = take_back(request)
    if interrupted and interrupted.had_files:
        messages.warning(request, _("Phiên đăng nhập đã hết trước khi tệp tới nơi. Hãy chọn lại tệp rồi gửi."))
    form = SupplementAnswerForm(typed(request, interrupted))
    errors: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            errors = _answer_supplement(request, dossier, items, form.cleaned_data["answer"])
        except TransitionError:  # the other click of a double click was quicker, or the agency
            return _not_waited_for(request, dossier)
        if not errors:
            messages.success(request, _("Đã gửi phần bổ sung. Cơ quan tiếp tục giải quyết hồ sơ."))
            return redirect("dossiers:detail", code)
    errors += [(f"#id_{field}", str(text)) for field, texts in form.errors.items() for text in texts]
    context = {
        "dossier": dossier,
        "title": naming.dossier_title(dossier),
        "asked": asked,
        "items": items,
        "form": form,
        "errors": errors,
    }
    return render(request, "dossiers/supplement.html", context, status=422 if errors else 200)


def _not_waited_for(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """To the dossier's page, with the reason why nothing is waited for: mostly that it was sent a moment ago."""
    last = dossier.events.filter(is_public=True).order_by("-sequence").first()
    if last is not None and last.name == "dossier.supplemented" and last.actor_user_id == request.user.pk:
        messages.success(request, _("Phần bổ sung của bạn đã tới cơ quan. Bạn không phải gửi lại."))
    else:
        messages.info(request, _("Hồ sơ này không chờ bổ sung."))
    return redirect("dossiers:detail", dossier.code)


def typed(request: HttpRequest, interrupted: Interrupted | None) -> QueryDict | None:
    """What was sent now, or what was typed before the session ran out."""
    if request.method == "POST":
        return request.POST
    return interrupted.posted if interrupted else None


def _supplement_items(dossier: Dossier, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is asked for, each with the published component behind it where there is one."""
    published = {component.code: component for component in dossier.rules.components.all()} if dossier.rules else {}
    wanted = asked or [{"component_code": "", "name": "", "text": ""}]
    held = already_held.said(dossier, is_supplement=True)
    held_url = reverse("dossiers:held_in_supplement", args=[dossier.code])
    return [
        {
            "name": item["name"] or _("Giấy tờ bổ sung"),
            "text": item["text"],
            "component_code": item["component_code"] or "bo-sung",
            "component": published.get(item["component_code"]),
            "field": f"file:{at}",
            "id": f"giay-to-{at}",
            "is_held": item["component_code"] in held,
            "held_url": f"{held_url}?{urlencode({'thanh-phan': code})}" if (code := item["component_code"]) else "",
            "reuse": f"reuse:{at}",
            "fits": [],
            "errors": [],
        }
        for at, item in enumerate(wanted)
    ]


def _offer_from_store(request: SignedInRequest, dossier: Dossier, items: list[dict[str, Any]]) -> None:
    """Give each item what the sender's store has for it, but for papers that the agency has already."""
    components = [item["component"] for item in items if item["component"] is not None]
    fits = datastore.fitting_by_component(request.user, components, on=timezone.localdate())
    sent = set(dossier.components.values_list("component_code", "document"))
    for item in items:
        found = fits.get(item["component_code"], [])
        item["fits"] = [fit for fit in found if (item["component_code"], fit.document.pk) not in sent]


def _answer_supplement(
    request: SignedInRequest, dossier: Dossier, items: list[dict[str, Any]], answer: str
) -> list[tuple[str, str]]:
    """Deposit the files and send the answer; nothing is sent while one file is wrong. Returns errors as links."""
    added = []
    for item in items:
        added += _from_store(request, item)
        try:
            with incoming.papers(request, item["field"], request.user) as brought:
                added += [component for paper in brought for component in _supplement(request, dossier, item, paper)]
        except InvalidInputError as error:
            item["errors"] += texts_of(error)
    wrong = [(f"#{item['id']}", f"{item['name']}: {text}") for item in items for text in item["errors"]]
    if wrong:
        return wrong
    try:
        services.supplement(dossier.code or "", actor=Actor.citizen(request.user), answer=answer, components=added)
    except InvalidInputError as error:
        return [("#id_answer", text) for text in texts_of(error)]
    return []


def _from_store(request: SignedInRequest, item: dict[str, Any]) -> list[DossierComponent]:
    """The papers of the store that were ticked; an error at the item for one that does not fit."""
    ticked = set(request.POST.getlist(item["reuse"]))
    fitting = {str(fit.document.pk): fit.document for fit in item["fits"] if fit.fits}
    if ticked - set(fitting):
        item["errors"].append(_("Giấy tờ này không dùng được cho thành phần đã chọn."))
    return [
        DossierComponent(
            component_code=item["component_code"],
            name=item["name"],
            document=document,
            files=papers.digests(document),
            from_store=True,
        )
        for key, document in fitting.items()
        if key in ticked
    ]


def _supplement(
    request: SignedInRequest, dossier: Dossier, item: dict[str, Any], paper: incoming.Brought
) -> list[DossierComponent]:
    """Deposit one paper; nothing, and an error at the item, where it cannot be taken."""
    try:
        component = _deposit_supplement(request, dossier, item, paper)
    except InvalidInputError as error:
        item["errors"] += texts_of(error)
        return []
    except UpstreamError as error:
        item["errors"].append(str(error.message))
        return []
    incoming.taken(paper, request.user)
    if _was_sent_before(dossier, component):
        item["errors"].append(_("Đây đúng là tệp bạn đã nộp lần trước. Hãy chụp lại hoặc chọn tệp khác."))
    return [component]


def _was_sent_before(dossier: Dossier, component: DossierComponent) -> bool:
    sent = dossier.components.filter(component_code=component.component_code, document=component.document)
    return sent.exists()


def _deposit_supplement(
    request: SignedInRequest, dossier: Dossier, item: dict[str, Any], paper: incoming.Brought
) -> DossierComponent:
    component = item["component"]
    document = datastore.deposit(
        owner=request.user,
        organisation=dossier.organisation,
        content=paper.content,
        name=paper.name,
        type_code=component.document_types[0] if component and component.document_types else "GT.KHAC",
        title=item["name"],
        trust=TrustLevel.UPLOADED,
        procedure_code=dossier.procedure_code,
        once=True,
    )
    return DossierComponent(
        component_code=item["component_code"],
        name=item["name"],
        document=document,
        files=papers.digests(document),
    )
