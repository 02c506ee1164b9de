"""A supplement at the counter (bổ sung tại quầy): a person brings the missing papers, the desk answers for her.

The same answer as on the citizen's page (dossiers.supplement_answers): the official digitises or photographs each
paper that was asked for, writes down what the person says, and is named in the history. NĐ 118/2025/NĐ-CP art. 17.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datastore import readings
from dossiers import (
    acting,
    answer_corrections,
    asked_words,
    naming,
    supplement_answers,
    supplement_requests,
    supplement_senders,
)
from dossiers import counter as counters
from dossiers.event_names import SUPPLEMENTED
from dossiers.forms import SupplementAnswerForm
from dossiers.models import Dossier, SupplementRequest
from portal.accounts import interrupted, people
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import first_actor
from portal.backoffice.digitising_target import COMPONENT, DOSSIER, PAPER
from portal.backoffice.forms_counter import WhoForm
from portal.backoffice.officials import official_of
from portal.backoffice.sites import keeps_words, same_page
from portal.backoffice.views_counter import LOOK_UP_SECONDS, LOOK_UPS
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError, TooManyRequestsError, TransitionError
from portal.core.text import clean_line, whole_number
from portal.core.tries import is_one_too_many


class CounterAnswerForm(SupplementAnswerForm):
    """What the person says, and that it is she who came, or who came for her by which mandate."""

    proxy = forms.CharField(
        label=gettext_lazy("Người khác mang đến"),
        help_text=gettext_lazy(
            "Họ tên và giấy ủy quyền đã xem; để trống khi chính người nộp đến. Ví dụ: Lê Văn Con, giấy ủy quyền ngày "
            "02/11/2026. Người nộp đọc được dòng này."
        ),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    has_seen_card = forms.BooleanField(
        error_messages={"required": gettext_lazy("Hãy xem giấy tờ tùy thân rồi đánh dấu vào ô này.")},
    )

    def __init__(self, *args: Any, person: str, needs_words: bool = False) -> None:
        super().__init__(*args, needs_words=needs_words)
        self.fields["answer"].label = _("Người nộp nói gì, sửa điều gì?")
        self.fields["has_seen_card"].label = _(
            "Tôi đã xem giấy tờ tùy thân: người đến quầy là %(name)s, hoặc người ghi ở trên và có giấy ủy quyền"
        ) % {"name": person}

    def clean_proxy(self) -> str:
        """One line."""
        return clean_line(self.cleaned_data["proxy"])


@keeps_words(same_page)
@never_cache
@require_http_methods(["GET", "POST"])
def supplement(request: HttpRequest, code: str) -> HttpResponse:
    """Answer the open request for who stands at the counter; `?giay=` ticks a paper that was just digitised."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    actor = first_actor(official.actors_at(dossier.agency), [ActorKind.DESK])
    if actor is None:
        raise NotAllowedError(_("Vai của bạn không được thực hiện bước này."), code="dossier.actor_not_allowed")
    awaited = supplement_senders.at_counter(dossier, [actor])
    if awaited is None:
        return _not_waited_for(request, dossier, actor)
    asked, sender = awaited.asked, awaited.sender
    who = WhoForm(request.POST if "who" in request.POST else None)
    who.fields["who"].widget.attrs.pop("autofocus", None)
    came = _who_came(request, who, dossier, sender, actor) if who.is_bound else None
    if came is not None:
        counters.open_visit(
            came,
            actor=actor,
            card_was_scanned=who.card is not None,
            purpose=acting.SUPPLEMENT_AT_COUNTER,
            dossier_code=code,
        )
        return redirect(request.get_full_path())
    items = _items(request, sender, dossier, asked)
    is_answer = request.method == "POST" and not who.is_bound
    needs_words = supplement_answers.needs_words(request, asked, items)
    typed = interrupted.take_back(request)
    posted = request.POST if is_answer else typed.posted if typed else None
    if typed:
        messages.warning(request, _("Phiên đăng nhập đã hết trước khi gửi. Hãy xem lại, chọn lại giấy tờ rồi gửi."))
    is_for_it = supplement_answers.is_for(posted, asked)
    fields = answer_corrections.form_for(dossier, asked, posted if is_for_it else None)
    named: dict[str, Any] = {"person": str(sender.visitor), "needs_words": needs_words}
    form = CounterAnswerForm(posted, **named)
    if posted is not None and fields is not None and fields.is_action:
        form = CounterAnswerForm.as_typed(posted, **named)
    errors: list[tuple[str, str]] = []
    if not is_for_it:
        form.add_error("answer", str(supplement_requests.ReplacedError.message))
    elif is_answer and form.is_valid() and (fields is None or fields.is_valid()):
        proxy = form.cleaned_data["proxy"]
        try:
            errors = supplement_answers.send(
                request, sender, dossier, asked, items, form.cleaned_data["answer"], fields=fields, proxy=proxy
            )
        except InvalidInputError as error:
            for refused in error.texts:
                form.add_error("answer", str(refused))
        except supplement_requests.ReplacedError:  # since this page read it: the new one is shown
            return supplement(request, code)
        except TransitionError:  # the second press, a colleague, or the citizen herself was quicker
            return _not_waited_for(request, dossier, actor)
        if not errors and form.is_valid():
            if proxy or not sender.sees_store:
                # no visit: somebody with an authorisation may have come, and a visit opens the person's store
                purpose = acting.SUPPLEMENT_AT_COUNTER + (f"; người mang đến: {proxy}" if proxy else "")
                readings.of_identity(sender.visitor, actor=actor, purpose=purpose, dossier_code=code)
            if sender.owner.pk != sender.visitor.pk:  # into whose store it went reads of it, too, and who brought it
                purpose = f"{acting.SUPPLEMENT_AT_COUNTER}; người mang đến: {proxy or sender.visitor}"
                readings.of_identity(sender.owner, actor=actor, purpose=purpose, dossier_code=code)
            messages.success(request, _("Đã ghi phần bổ sung nộp tại quầy. Người nộp được báo tin."))
            return redirect("admin:dossier", code)
    for asked_for in (form, who):
        errors += [(f"#id_{field}", str(text)) for field, texts in asked_for.errors.items() for text in texts]
    errors += fields.error_links() if fields is not None and fields.is_bound else []
    if errors and is_answer and not any(item["errors"] for item in items):
        errors += supplement_answers.tell_files_are_gone(request, items)
    context = {
        "official": official,
        "dossier": dossier,
        "title": naming.dossier_title(dossier),
        "visitor": sender.visitor,
        "person": sender.owner,
        "asked": asked_words.as_read(asked, dossier),
        "wanted": asked.wanted,
        "items": items,
        "form": form,
        "fields": fields,
        "dropped": answer_corrections.may_be_dropped(dossier, asked),
        "who": who if awaited.is_card_wanted else None,
        "errors": errors,
    }
    return render(request, "backoffice/counter_supplement.html", context, status=422 if errors else 200)


def _items(
    request: HttpRequest, sender: supplement_senders.Sender, dossier: Dossier, asked: SupplementRequest
) -> list[dict[str, Any]]:
    """What is asked for, as the citizen's page has it, each with the way to the scanner and back."""
    items = supplement_answers.items_of(request, sender, dossier, asked)
    fresh = whole_number(request.GET.get(PAPER, "")) if request.method == "GET" else None
    for item in items:
        item["ticked"] += [fresh] if fresh is not None else []
        if item["component"] is not None and item["component"].document_types:
            named = urlencode({DOSSIER: dossier.code, COMPONENT: item["component_code"]})
            item["digitise_url"] = f"{reverse('admin:digitise')}?{named}"
    return items


def _who_came(
    request: HttpRequest, who: WhoForm, dossier: Dossier, sender: supplement_senders.Sender, actor: Actor
) -> User | None:
    """Whose card was shown, of those who may answer; the number of somebody else opens nobody's store."""
    account = actor.user.pk if actor.user else None
    if is_one_too_many(request, "counter", most=LOOK_UPS, seconds=LOOK_UP_SECONDS, account=account):
        raise TooManyRequestsError(retry_after_seconds=LOOK_UP_SECONDS)
    if not who.is_valid():
        return None
    shown = people.find(who.cleaned_data["who"])
    if shown is not None and shown in supplement_senders.may_come(dossier):
        return shown
    names = {"name": sender.visitor}
    who.add_error(
        "who",
        _("Thẻ này không phải của %(name)s. Người được ủy quyền không xem kho: hãy chụp giấy người ấy mang đến.")
        % names,
    )
    return None


def _not_waited_for(request: HttpRequest, dossier: Dossier, actor: Actor) -> HttpResponse:
    """To the workbench, with the reason why nothing is waited for: mostly that it was sent a moment ago."""
    if supplement_senders.is_waited_for(dossier, supplement_requests.open_one(dossier)):
        raise NotFoundError(code="dossier.not_found")  # for somebody whom the portal does not know
    last = dossier.events.filter(is_public=True).order_by("-sequence").first()
    if last is not None and last.name == SUPPLEMENTED and last.actor_user == actor.user:
        messages.success(request, _("Phần bổ sung đã ghi rồi. Không phải làm lại."))
    elif dossier.is_reported:
        messages.info(request, _("Hồ sơ này nộp ở hệ thống riêng của cơ quan. Hãy bổ sung ở nơi đã nộp."))
    else:
        messages.info(request, _("Hồ sơ này không chờ bổ sung."))
    return redirect("admin:dossier", dossier.code)
