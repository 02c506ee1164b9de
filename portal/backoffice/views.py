"""Pages of the desk: dashboard by role, queues, search."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dossiers import paper_results, turns
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.backoffice import bulk, month, narrowing, operations, queue_list, queues, saved_filters, searching
from portal.backoffice.board_rows import Selection
from portal.backoffice.due import DueDates
from portal.backoffice.forms_filters import NameForm, NarrowForm
from portal.backoffice.models import BulkKind, SavedFilter
from portal.backoffice.narrowing import Known, Narrowing
from portal.backoffice.officials import Official, official_of
from portal.backoffice.queue_list import Scope
from portal.backoffice.rail import Rail
from portal.backoffice.walking import BACK, WAY, Walk, of_queue
from portal.core.errors import NotFoundError
from portal.indicators import figures
from portal.indicators.periods import Period

NEXT_UP = 8


@never_cache
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """The first page: a leader sees figures first, desk and specialist their queues, an administrator what is stuck."""
    official = official_of(request)
    saved = saved_filters.of(official.user) if official.working_posts else []
    start = next((one for one in saved if one.is_start), None) if "ban" not in request.GET else None
    if start is not None and not saved_filters.lost(start, official):
        return redirect("admin:saved_filter", start.pk)
    at = queue_list.Moment.current()
    rail = Rail.of(official, at, saved=saved)
    first, rows = _first_to_do(official, rail.counts, at)
    context = {
        "official": official,
        "tiles": _tiles(official, rail.counts),
        "first": first,
        "rows": table_rows(rows, with_paper=first.scope is Scope.PAPER, walk=Walk(first)) if first else [],
        "waiting_elsewhere": _waiting_elsewhere(first, rows, rail.counts),
        "shows_agency": official.sees_several_agencies(),
        "month": _this_month(official, at) if official.is_leader else None,
        "load": _load(official, at) if official.is_leader else [],
        "stuck": operations.stuck_counts(official) if official.is_operator else [],
        "start_lost": start,
        **rail.context(),
    }
    return render(request, "backoffice/dashboard.html", context)


@never_cache
@require_GET
def queue(request: HttpRequest, name: str) -> HttpResponse:
    """One queue by due date, or as the address narrows it; `?sau=` is the mark of the next page."""
    official = official_of(request)
    wanted = queue_list.QUEUES.get(name)
    if wanted is None or not official.working_posts:
        raise NotFoundError
    return queue_page(request, official, wanted, narrowing.read(request.GET))


@never_cache
@require_GET
def queue_walk(request: HttpRequest, name: str) -> HttpResponse:
    """On to the dossier behind the one at `?tai=`, or with `?huong=truoc` to the one before; the queue at its end."""
    official = official_of(request)
    wanted = queue_list.QUEUES.get(name)
    if wanted is None or not official.working_posts:
        raise NotFoundError
    walk, is_back = of_queue(request.GET, wanted), request.GET.get(WAY) == BACK
    found = walk.neighbour(official, queue_list.Moment.current(), is_back=is_back)
    if found is not None:
        return redirect(walk.to(found))
    messages.info(request, _("Đây là đầu hàng đợi.") if is_back else _("Đã đến cuối hàng đợi."))
    return redirect(walk.queue_url)


def queue_page(
    request: HttpRequest,
    official: Official,
    wanted: queue_list.Queue,
    narrowed: Narrowing,
    *,
    saved: SavedFilter | None = None,
) -> HttpResponse:
    """A queue, narrowed, with what opens its filter and saves it; `saved` where it is a filter she saved."""
    at = queue_list.Moment.current()
    after = request.GET.get("sau", "")
    page = queues.page(official, wanted, at, after=after, narrowed=narrowed)
    address = reverse("admin:queue", args=[wanted.name])
    here, only = (request.path, "") if saved else (address, narrowed.encoded())
    is_of_agency = wanted.scope is not Scope.OF_OTHERS
    context = {
        "official": official,
        "queue": wanted,
        "saved": saved,
        "rows": table_rows(page.rows, with_paper=wanted.scope is Scope.PAPER, walk=Walk(wanted, narrowed)),
        "shows_agency": official.sees_several_agencies(),
        "next_url": f"?{only}{'&' if only else ''}sau={page.next_mark}" if page.next_mark else "",
        "first_url": f"{here}?{only}" if after else "",
        "asks_us": not is_of_agency,
        "bulk_kinds": _bulk_kinds(official, wanted, _states_there(wanted, page, after)) if is_of_agency else [],
        "kept": narrowed.query(),
        "parts": Known(narrowed).words(narrowed),
        "plain_url": address,
        "open_url": f"{address}?{urlencode({**narrowed.query(), 'loc': '1'})}#loc",
        "narrow_form": NarrowForm(official, wanted, at, narrowed) if "loc" in request.GET else None,
        "name_form": NameForm(auto_id="luu-%s"),
        **Rail.of(official, at).context(saved or wanted.name),
    }
    return render(request, "backoffice/queue.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Find by code, name, identification number or telephone; by POST, so that no person stands in an address."""
    official = official_of(request)
    typed = request.POST.get("q", "")
    condition = searching.condition(typed, official) if request.method == "POST" else None
    found = queues.search(official, condition) if condition is not None else []
    if len(found) == 1:
        return redirect("admin:dossier", found[0].code)
    context = {
        "official": official,
        "typed": searching.wanted(typed),
        "is_searched": request.method == "POST",
        "is_name": searching.is_name(typed),
        "is_too_short": request.method == "POST" and condition is None,
        "rows": _with_whose_name(table_rows(found), searching.named_elsewhere(typed, found)),
        "limit": queues.PAGE_SIZE,
        "is_cut": len(found) == queues.PAGE_SIZE,
        "shows_agency": official.sees_several_agencies(),
        **Rail.of(official).context(),
    }
    return render(request, "backoffice/search.html", context)


def table_rows(
    dossiers: Iterable[Dossier], *, with_paper: bool = False, walk: Walk | None = None
) -> list[dict[str, Any]]:
    """Rows for templates/backoffice/_rows.html; `with_paper` says what is to be printed for each.

    `walk` is the queue that they are read from, which the workbench of each then leads on in.
    """
    due = DueDates()
    return [
        {
            "dossier": dossier,
            "url": walk.to(dossier) if walk else reverse("admin:dossier", args=[dossier.code]),
            "due": due.of(dossier),
            "is_void": turns.is_void(dossier),
            "paper": paper_results.ordered(dossier) if with_paper else None,
        }
        for dossier in dossiers
    ]


def _with_whose_name(rows: list[dict[str, Any]], named: dict[int, str]) -> list[dict[str, Any]]:
    """The rows of a search, each with why it is there where the applicant's name does not tell."""
    for row in rows:
        if (name := named.get(row["dossier"].pk)) is not None:
            row["found_by"] = _("trong hồ sơ: %(name)s") % {"name": name} if name else _("tên có trong hồ sơ")
    return rows


def _bulk_kinds(official: Official, queue: queue_list.Queue, states: frozenset[str]) -> list[BulkKind]:
    """What may be done to many rows of a queue; at a stage nothing is proposed, so that nothing is approved unseen."""
    kinds = bulk.kinds_for(official, states)
    return [kind for kind in kinds if not (kind == BulkKind.APPROVE and queue.scope is Scope.AT_STAGE)]


def _states_there(queue: queue_list.Queue, page: queues.Page, after: str) -> frozenset[str]:
    """The states of the rows where the page shows all of them, else those that the queue may hold.

    What no row could take is not offered.
    """
    return (
        queue.states if page.next_mark or after else frozenset(row.state for row in page.rows if not row.handled_by_id)
    )


def _first_to_do(
    official: Official, counts: dict[str, int], at: queue_list.Moment
) -> tuple[queue_list.Queue | None, list[Dossier]]:
    """What to start with: the first queue of her role with rows that wait for her, else what runs out first."""
    if not official.working_posts:
        return None, []
    for queue in queue_list.QUEUES.values():
        is_hers = queue.first_for & official.concerns and counts.get(queue.name)
        if is_hers and (rows := queues.to_do(official, queue, at, limit=NEXT_UP)):
            return queue, rows
    at_work = queue_list.QUEUES["dang-xu-ly"]
    return at_work, queues.to_do(official, at_work, at, limit=NEXT_UP)


def _waiting_elsewhere(first: queue_list.Queue | None, rows: list[Dossier], counts: dict[str, int]) -> int:
    """How many rows of the queue wait for somebody else and therefore stand in its count, but not among the first."""
    return counts.get(first.name, 0) - len(rows) if first and first.to_do and len(rows) < NEXT_UP else 0


def _tiles(official: Official, counts: dict[str, int]) -> list[dict[str, Any]]:
    if not official.working_posts:
        return []
    wanted = ["tre-han", "hom-nay"]
    first = [queue for queue in queue_list.QUEUES.values() if queue.first_for & official.concerns]
    there = [queue for queue in first if queue.is_there_for(official)]
    # most agencies are never asked: a question has its place while there is one
    wanted[:0] = [queue.name for queue in there if queue.scope is not Scope.OF_OTHERS or counts[queue.name]]
    wanted += [name for name in ("dang-xu-ly", "cho-nguoi-nop") if name not in wanted]
    return [
        {
            "label": queue_list.QUEUES[name].label,
            "hint": queue_list.QUEUES[name].hint,
            "value": counts[name],
            "url": reverse("admin:queue", args=[name]),
            "tone": "late" if name == "tre-han" and counts[name] else "",
        }
        for name in wanted
    ]


def _this_month(official: Official, at: queue_list.Moment) -> dict[str, Any]:
    """Taken in, finished and on time in this month by the formulas of the board; `as_of` where they were kept."""
    period = Period.of(timezone.localdate(at.now))
    found = month.of(official, period, at.now)
    return {
        "taken": found.taken,
        "finished": found.finished,
        "timed": found.timed,
        "on_time": found.on_time,
        "percent": figures.percent(found.on_time, found.timed),
        "on_time_url": f"{reverse('admin:board_rows')}?loc={Selection.ON_TIME.value}&ky={period.key}",
        "as_of": found.as_of if found.as_of != at.now else None,
    }


def _load(official: Official, at: queue_list.Moment) -> list[dict[str, Any]]:
    """Dossiers whose clock runs, by official, with how many are late; nobody's dossiers are their own row."""
    rows = (
        official.dossiers()
        .filter(queue_list.OURS, state__in=[DossierState.ACCEPTED, DossierState.PROCESSING])
        .values("assignee__display_name", "assignee__username", "assignee_id")
        .annotate(
            open=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=at.now)),
        )
        .order_by("-late", "-open", "assignee_id")[:20]
    )
    return [
        {
            "name": row["assignee__display_name"] or row["assignee__username"] or _("Chưa phân công"),
            "url": f"{reverse('admin:queue', args=['dang-xu-ly'])}?nguoi={row['assignee_id']}"
            if row["assignee_id"]
            else reverse("admin:queue", args=["chua-phan-cong"]),
            "open": row["open"],
            "late": row["late"],
        }
        for row in rows
    ]
