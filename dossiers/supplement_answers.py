"""What answers a request for a supplement (trả lời yêu cầu bổ sung): papers of the store, new files, and words.

The citizen sends it herself, or an official at the counter for her, from the papers that she brought. Checks, receipts
and events are the same; whose papers they are and who is named differ (dossiers.supplement_senders).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from datastore import incoming, reuse
from datastore import services as datastore
from datastore.intake import NONE_OF_ITS_OWN
from datastore.models import Digitisation
from dossiers import (
    acting,
    already_held,
    answer_corrections,
    asked_words,
    attaching,
    papers,
    request_pictures,
    services,
    supplement_requests,
    whose_papers,
)
from dossiers.models import Dossier, DossierComponent, SupplementRequest
from dossiers.models.requests import NAMELESS_PAPER, Wanted
from dossiers.supplement_senders import Sender
from portal.core.errors import InvalidInputError, UpstreamError
from portal.core.text import whole_number
from procedures import eforms

NO_TYPE = "GT.KHAC"
"""What a paper becomes of which the sheet names no type."""


ASKED = "asked"
"""The hidden field of both pages: the id of the request that the page was drawn for."""


def is_for(posted: QueryDict | None, asked: SupplementRequest) -> bool:
    """Whether what was sent answers this request; an older page may lie open after the agency asked for other things.

    A form that names none can only mean the sole request there ever was.
    """
    if not posted:
        return True
    if ASKED not in posted:
        return not asked.dossier.supplement_requests.exclude(pk=asked.pk).exists()
    return posted[ASKED] == str(asked.pk)


def items_of(request: HttpRequest, sender: Sender, dossier: Dossier, asked: SupplementRequest) -> list[dict[str, Any]]:
    """The papers asked for, each with its published component and what the store has for it.

    Where none was named, one that may be left out: words, or an answer put right, are what is waited for.
    """
    posted = request.POST if is_for(request.POST, asked) else QueryDict()
    published = {component.code: component for component in dossier.rules.components.all()} if dossier.rules else {}
    papers_asked = [item for item in request_pictures.items_with(asked) if not item.get(answer_corrections.FIELD)]
    titles = asked_words.papers(dossier)
    wanted = papers_asked or [{"component_code": "", "name": str(NAMELESS_PAPER), "text": ""}]
    held = already_held.said(dossier, is_supplement=True)
    items: list[dict[str, Any]] = [
        {
            "name": item["name"],
            "title": titles.get(item["name"], item["name"]),
            "text": item["text"],
            "shots": item.get("shots", []),
            "component_code": item["component_code"] or "bo-sung",
            "component": published.get(item["component_code"]),
            "is_optional": not papers_asked,
            "field": f"file:{at}",
            "id": f"giay-to-{at}",
            "is_held": item["component_code"] in held,
            "held_url": "" if sender.is_at_counter else _held_url(dossier, item["component_code"]),
            "digitise_url": "",
            "reuse": f"reuse:{at}",
            "ticked": [whole_number(text) for text in posted.getlist(f"reuse:{at}")],
            "fits": [],
            "of_strangers": set(),
            "limits": NONE_OF_ITS_OWN,
            "errors": [],
        }
        for at, item in enumerate(wanted)
    ]
    _offer_from_store(sender, dossier, asked, items)
    if not sender.is_at_counter:  # what an official digitises has no limits of its own kind
        for item, limits in zip(items, datastore.limits_of([_may_be(item) for item in items]), strict=True):
            item["limits"] = limits
    return items


def _may_be(item: Mapping[str, Any]) -> list[str]:
    """The types that a paper asked for may have; the first one is what an upload becomes."""
    component = item["component"]
    return list(component.document_types) if component and component.document_types else [NO_TYPE]


def tell_files_are_gone(request: HttpRequest, items: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """For an answer that was refused: where a file came with it, as error links; no browser gives a file back."""
    words = _("Chưa gửi gì. Hãy chọn lại tệp rồi gửi.")
    gone = [item for item in items if incoming.is_anything(request, item["field"])]
    for item in gone:
        item["errors"].append(words)
    return [(f"#{item['id']}", f"{item['name']}: {words}") for item in gone]


def needs_words(request: HttpRequest, asked: SupplementRequest, items: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the answer must say something: a question is answered by words, or by a paper that says it."""
    if asked.wanted != Wanted.WORDS:
        return False
    return not any(item["ticked"] or incoming.is_anything(request, item["field"]) for item in items)


def _held_url(dossier: Dossier, code: str) -> str:
    address = reverse("dossiers:held_in_supplement", args=[dossier.code])
    return f"{address}?{urlencode({'thanh-phan': code})}" if code else ""


def _offer_from_store(sender: Sender, dossier: Dossier, asked: SupplementRequest, items: list[dict[str, Any]]) -> None:
    """Give each item what the person's store has for it, but for papers that the agency has already.

    What an official sees of it leaves a row in the person's log. Before she saw the card it is only what this desk
    digitised for the request.
    """
    components = [item["component"] for item in items if item["component"] is not None]
    own_only = dossier.representation_id is not None
    fits = reuse.fitting_by_component(
        sender.owner,
        components,
        on=timezone.localdate(),
        own_only=own_only,
        reader=sender.visitor if sender.visitor != sender.owner else None,
    )
    sent = set(dossier.components.values_list("component_code", "document"))
    people = whose_papers.NamedPeople(dossier)
    for item in items:
        found = [
            fit for fit in fits.get(item["component_code"], []) if (item["component_code"], fit.document.pk) not in sent
        ]
        item["fits"] = whose_papers.in_order(found, people)
        item["of_strangers"] = whose_papers.of_strangers(found, people)
    if not sender.sees_store:
        ours = _digitised_for_it(sender, asked, [fit.document.pk for item in items for fit in item["fits"]])
        for item in items:
            item["fits"] = [fit for fit in item["fits"] if fit.document.pk in ours]
    shown = [fit.document for item in items for fit in item["fits"]]
    purpose = acting.SUPPLEMENT_AT_COUNTER if sender.is_at_counter else f"Bổ sung thay hồ sơ {dossier.code}"
    acting.note_papers_seen(shown, actor=sender.actor, purpose=purpose)


def send(
    request: HttpRequest,
    sender: Sender,
    dossier: Dossier,
    asked: SupplementRequest,
    items: list[dict[str, Any]],
    answer: str,
    *,
    fields: eforms.PageForm | None = None,
    proxy: str = "",
) -> list[tuple[str, str]]:
    """Deposit the files and send the answer; nothing is sent while one file is wrong. Returns errors as links.

    Raises TransitionError where somebody was quicker, ReplacedError where the agency asks for something else by now,
    InvalidInputError for an answer that says nothing or too much.
    `proxy` is who brought papers for the person, by which mandate: the answer names it, and nothing of her store goes
    in. `fields` is the valid form of the marked answers.
    """
    if not is_for(request.POST, asked):
        raise supplement_requests.ReplacedError
    added = []
    for item in items:
        added += _from_store(request, sender, asked, item, is_proxy=bool(proxy))
        try:
            with incoming.papers(request, item["field"], sender.worker) as brought:
                added += [component for paper in brought for component in _taken(sender, dossier, item, paper)]
        except InvalidInputError as error:
            item["errors"] += map(str, error.texts)
    wrong = [(f"#{item['id']}", f"{item['name']}: {text}") for item in items for text in item["errors"]]
    if wrong:
        return wrong
    if proxy and (answer or added):  # by itself it answers nothing
        answer = f"{answer}\n(Người mang đến: {proxy})".strip()
    services.supplement(
        dossier.code or "",
        actor=sender.actor,
        answer=answer,
        components=added,
        corrections=eforms.answers_from(fields) if fields is not None else None,
        person=sender.owner,
        asked=asked,
    )
    return []


def _from_store(
    request: HttpRequest, sender: Sender, asked: SupplementRequest, item: dict[str, Any], *, is_proxy: bool
) -> list[DossierComponent]:
    """The papers of the store that were ticked; an error at the item for one that does not fit."""
    ticked = set(request.POST.getlist(item["reuse"]))
    fitting = {str(fit.document.pk): fit.document for fit in item["fits"] if fit.fits}
    if ticked - set(fitting):
        item["errors"].append(_("Giấy tờ này không dùng được cho thành phần đã chọn."))
    chosen = [document for key, document in fitting.items() if key in ticked]
    fresh = _digitised_for_it(sender, asked, [document.pk for document in chosen])
    if is_proxy and any(document.pk not in fresh for document in chosen):
        item["errors"].append(_("Người được ủy quyền không dùng giấy trong kho. Hãy chụp hoặc số hóa giấy mang đến."))
        return []
    return [
        DossierComponent(
            component_code=item["component_code"],
            name=item["name"],
            document=document,
            files=papers.digests(document),
            from_store=document.pk not in fresh,
        )
        for document in chosen
    ]


def _digitised_for_it(sender: Sender, asked: SupplementRequest, documents: list[int]) -> set[int]:
    """Those the desk digitised since it was asked for them: brought in on paper, that is no reuse."""
    if not sender.is_at_counter or not documents:
        return set()
    made = Digitisation.objects.filter(
        document__in=documents, agency=sender.actor.agency, scanned_at__gte=asked.requested_at
    )
    return set(made.values_list("document", flat=True))


def _taken(sender: Sender, dossier: Dossier, item: dict[str, Any], paper: incoming.Brought) -> list[DossierComponent]:
    """Deposit one paper; nothing, and an error at the item, where it cannot be taken."""
    try:
        component = _deposited(sender, dossier, item, paper)
    except InvalidInputError as error:
        item["errors"] += map(str, error.texts)
        return []
    except UpstreamError as error:
        item["errors"].append(str(error.message))
        return []
    incoming.taken(paper, sender.worker)
    sent = dossier.components.filter(component_code=component.component_code, document=component.document)
    if sent.exists():
        item["errors"].append(_("Đây đúng là tệp đã nộp lần trước. Hãy chụp lại hoặc chọn tệp khác."))
    return [component]


def _deposited(sender: Sender, dossier: Dossier, item: dict[str, Any], paper: incoming.Brought) -> DossierComponent:
    types = _may_be(item)
    document = datastore.deposit(
        owner=sender.owner,
        organisation=dossier.organisation,
        representation=acting.comes_under(dossier, sender.visitor),
        content=paper.content,
        name=paper.name,
        type_code=types[0],
        may_be=types,
        title=item["name"],
        **attaching.provenance(sender.actor),
        procedure_code=dossier.procedure_code,
        once=True,
    )
    return DossierComponent(
        component_code=item["component_code"],
        name=item["name"],
        document=document,
        files=papers.digests(document),
    )
