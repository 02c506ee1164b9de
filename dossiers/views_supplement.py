"""The page on which a citizen answers a request for a supplement (dossiers.supplement_answers)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datastore.signed_in import SignedInRequest
from dossiers import (
    access,
    answer_corrections,
    asked_words,
    naming,
    supplement_answers,
    supplement_requests,
    supplement_senders,
)
from dossiers.event_names import SUPPLEMENTED
from dossiers.forms import SupplementAnswerForm
from dossiers.models import Dossier
from portal.accounts import representing
from portal.accounts.interrupted import Interrupted, keeps_what_was_typed, take_back
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, NotAllowedError, TransitionError


@keeps_what_was_typed
@never_cache
@require_http_methods(["GET", "POST"])
def supplement(request: SignedInRequest, code: str) -> HttpResponse:
    """Answer a supplement request in place: words, the marked answers put right, every paper with its own upload."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(code, actor=actor)
    if not access.may_act(dossier, actor=actor):
        raise NotAllowedError(representing.ONLY_READS)
    asked = supplement_requests.open_one(dossier)
    if asked is None or not supplement_senders.is_waited_for(dossier, asked):
        return _not_waited_for(request, dossier)
    sender = supplement_senders.by_citizen(request.user, dossier)
    items = supplement_answers.items_of(request, sender, dossier, asked)
    interrupted = take_back(request)
    if interrupted and interrupted.had_files:
        messages.warning(request, _("Phiên đăng nhập đã hết trước khi tệp tới nơi. Hãy chọn lại tệp rồi gửi."))
    needs_words = supplement_answers.needs_words(request, asked, items)
    posted = typed(request, interrupted)
    is_for_it = supplement_answers.is_for(posted, asked)
    fields = answer_corrections.form_for(dossier, asked, posted if is_for_it else None)
    form = SupplementAnswerForm(posted, needs_words=needs_words)
    if posted is not None and fields is not None and fields.is_action:
        form = SupplementAnswerForm.as_typed(posted, needs_words=needs_words)
    errors: list[tuple[str, str]] = []
    if not is_for_it:
        form.add_error("answer", str(supplement_requests.ReplacedError.message))
    elif request.method == "POST" and form.is_valid() and (fields is None or fields.is_valid()):
        words = form.cleaned_data["answer"]
        try:
            errors = supplement_answers.send(request, sender, dossier, asked, items, words, fields=fields)
        except InvalidInputError as error:
            for refused in error.texts:
                form.add_error("answer", str(refused))
        except supplement_requests.ReplacedError:  # since this page read it: the new one is shown
            return supplement(request, code)
        except TransitionError:  # the other click of a double click was quicker, or the agency
            return _not_waited_for(request, dossier)
        if not errors and form.is_valid():
            messages.success(request, _("Đã gửi phần bổ sung. Cơ quan tiếp tục giải quyết hồ sơ."))
            return redirect("dossiers:detail", code)
    errors += [(f"#id_{field}", str(text)) for field, texts in form.errors.items() for text in texts]
    errors += fields.error_links() if fields is not None and fields.is_bound else []
    if errors and request.method == "POST" and not any(item["errors"] for item in items):
        errors += supplement_answers.tell_files_are_gone(request, items)
    context = {
        "dossier": dossier,
        "title": naming.dossier_title(dossier),
        "asked": asked_words.as_read(asked, dossier),
        "wanted": asked.wanted,
        "items": items,
        "form": form,
        "fields": fields,
        "dropped": answer_corrections.may_be_dropped(dossier, asked),
        "errors": errors,
    }
    return render(request, "dossiers/supplement.html", context, status=422 if errors else 200)


def _not_waited_for(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """To the dossier's page, with the reason why nothing is waited for: mostly that it was sent a moment ago."""
    last = dossier.events.filter(is_public=True).order_by("-sequence").first()
    if last is not None and last.name == SUPPLEMENTED and last.actor_user_id == request.user.pk:
        messages.success(request, _("Phần bổ sung của bạn đã tới cơ quan. Bạn không phải gửi lại."))
    else:
        messages.info(request, _("Hồ sơ này không chờ bổ sung."))
    return redirect("dossiers:detail", dossier.code)


def typed(request: HttpRequest, interrupted: Interrupted | None) -> QueryDict | None:
    """What was sent now, or what was typed before the session ran out."""
    if request.method == "POST":
        return request.POST
    # a form of which only files were sent is no answer that lacks something: it is not yet one
    return interrupted.posted if interrupted and any(map(str.strip, map(str, interrupted.posted.values()))) else None
