"""The forms of a queue's filter: what narrows it, and the name under which it is saved."""

from typing import Any

from django import forms
from django.db.models import Max
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dossiers import lifecycle
from dossiers.lifecycle import OPEN_STATES, DossierState
from portal.agencies import processes
from portal.agencies.models import Agency, OneStopDesk
from portal.agencies.scopes import within
from portal.backoffice import passages, queue_list, queues, saved_filters
from portal.backoffice.forms import TOO_LONG
from portal.backoffice.narrowing import CHOSEN, WITHOUT_APOLOGY, Narrowing
from portal.backoffice.officials import Official

OFFERED = 400
"""Choices in one list; a phone scrolls no further."""


class NarrowForm(forms.Form):
    """What the queue can be narrowed by: only what has rows, or people and places of hers."""

    use_required_attribute = False  # every list may stay at its first line

    def __init__(self, official: Official, queue: queue_list.Queue, at: queue_list.Moment, narrowed: Narrowing) -> None:
        super().__init__(auto_id="loc-%s")
        query = narrowed.query()
        self._offer("thu-tuc", _("Thủ tục"), _procedures(official, queue, at), query)
        self._offer("nguoi", _("Người thụ lý"), _people(official), query)
        if official.sees_several_agencies():
            self._offer("co-quan", _("Cơ quan"), _agencies(official), query)
        if len(desks := _desks(official)) > 1 or "bo-phan" in query:
            self._offer("bo-phan", _("Bộ phận một cửa"), desks, query)
        stages = _stages(official, queue, at)
        if stages or "buoc" in query:
            self._offer("buoc", _("Bước xử lý"), stages, query)
        if queue.states & set(lifecycle.TRANSITIONS["extend"].sources):
            self._offer("xin-loi", _("Văn bản xin lỗi"), [(WITHOUT_APOLOGY, _now("Chưa gửi (mẫu 04)"))], query)
        self.fields["xep"] = forms.ChoiceField(
            label=_("Sắp xếp"),
            required=True,
            choices=[("", _now("Như hàng đợi")), *((str(order), order.label) for order in CHOSEN)],
            initial=query.get("xep", ""),
        )

    def _offer(self, name: str, label: Any, offered: list[tuple[str, str]], query: dict[str, str]) -> None:
        chosen = query.get(name, "")
        if chosen and chosen not in dict(offered):
            offered = [(chosen, chosen), *offered]
        self.fields[name] = forms.ChoiceField(
            label=label, choices=[("", _now("Tất cả")), *offered], initial=chosen, required=True
        )


class NameForm(forms.Form):
    """The name of a saved filter."""

    name = forms.CharField(
        label=_("Tên bộ lọc"),
        max_length=saved_filters.NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
        error_messages={"required": _("Hãy đặt tên cho bộ lọc."), "max_length": TOO_LONG},
    )


class ChangeForm(NameForm):
    """Its name, and whether the back office opens with it."""

    is_start = forms.BooleanField(label=_("Mở bộ lọc này khi vào bàn làm việc"), required=False)


def _procedures(official: Official, queue: queue_list.Queue, at: queue_list.Moment) -> list[tuple[str, str]]:
    """Those that have rows in the queue; of a queue that grows for ever, those of open dossiers."""
    rows = (
        queues.rows_of(official, queue, at) if queue.is_counted else official.dossiers().filter(state__in=OPEN_STATES)
    )
    found = rows.order_by().values("procedure_code").annotate(name=Max("procedure_name")).order_by("name")[:OFFERED]
    return [(row["procedure_code"], row["name"] or row["procedure_code"]) for row in found if row["procedure_code"]]


def _stages(official: Official, queue: queue_list.Queue, at: queue_list.Moment) -> list[tuple[str, str]]:
    """Those that rows of the queue are in; asked only where an agency of hers may have some."""
    if DossierState.PROCESSING not in queue.states or not processes.are_at(official.top_paths()):
        return []
    rows = queues.rows_of(official, queue, at).filter(state=DossierState.PROCESSING, stage__name__gt="")
    found = rows.order_by("stage__name").values_list("stage__name", flat=True).distinct()[:OFFERED]
    return [(name, name) for name in found]


def _people(official: Official) -> list[tuple[str, str]]:
    posts = passages.working_posts_within(official.top_paths()).order_by("user__display_name", "pk")[:OFFERED]
    people = {post.user.pk: str(post.user) for post in posts}
    return [(str(pk), name) for pk, name in people.items()]


def _agencies(official: Official) -> list[tuple[str, str]]:
    found = Agency.objects.filter(within(official.top_paths(), "path")).order_by("path")[:OFFERED]
    return [(str(agency.pk), agency.title) for agency in found]


def _desks(official: Official) -> list[tuple[str, str]]:
    found = OneStopDesk.objects.filter(within(official.top_paths()), is_active=True).select_related("agency")
    several = official.sees_several_agencies()
    return [
        (str(desk.pk), f"{desk.name}, {desk.agency.title}" if several else desk.name)
        for desk in found.order_by("agency__path", "name")[:OFFERED]
    ]
