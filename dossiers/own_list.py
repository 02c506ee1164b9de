"""A person's own dossiers page by page (hồ sơ của tôi): what waits for her first, then what is open, then what is over.

A paper to be fetched at the desk waits for her; a result that is being signed, or on its way by post, is open.

Within each the one filed last comes first. A page begins behind the last row of the one before, by what that row was
ordered by when it was shown: a dossier that moves on meanwhile takes no other one's place.
"""

import re
from datetime import UTC, datetime, timedelta

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.lookups import Exact
from django.http import HttpRequest
from django.utils import timezone

from datastore.models import Document, DocumentStatus
from dossiers.lifecycle import BEFORE_DECISION, FINISHED_STATES, DossierState
from dossiers.models import Dossier, DraftCheck, DraftState
from dossiers.paper_results import Way
from portal.core.keyset import PARAMETER, Page

HERS, OPEN, OVER = range(3)
CITIZENS_TURN = frozenset({DossierState.AWAITING_SUPPLEMENT, DossierState.AWAITING_PAYMENT})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HERE = Q(state=DossierState.DECIDED, handled_by=None, source=None)
_WITH_COPIES = _HERE & Q(answers__want_extra_copies=True)
"""Paper that the desk here hands over, as paper_results.wanted reads it."""
_MARK = re.compile(r"([0-2])-([0-9]{1,16})-([0-9]{1,18})")
"""Of the address: rank, microseconds since 1970, id."""


def page(found: QuerySet[Dossier], request: HttpRequest, *, size: int) -> Page[Dossier]:
    """The page that the address asks for, `size` rows at most; nonsense in the address means the first page.

    What is sorted is ids alone, all that she has: ten thousand take some 15 ms. Only the page's rows are read whole.
    """
    ranked = found.annotate(rank=_rank())
    mark = _MARK.fullmatch(request.GET.get(PARAMETER, ""))
    if mark is not None:
        rank, moment, pk = map(int, mark.groups())
        at = EPOCH + timedelta(microseconds=moment)
        older = Q(submitted_at__lt=at) | Q(submitted_at=at, pk__lt=pk)
        ranked = ranked.filter(Q(rank__gt=rank) | Q(rank=rank) & older)
    in_order = ranked.order_by("rank", "-submitted_at", "-pk").values_list("rank", "submitted_at", "pk")
    marks = list(in_order[: size + 1])
    rows = found.in_bulk([pk for _rank, _at, pk in marks[:size]])
    next_url = f"?{PARAMETER}={_as_text(*marks[size - 1])}" if len(marks) > size else ""
    first_url = "" if mark is None else request.path
    return Page([rows[pk] for _rank, _at, pk in marks[:size] if pk in rows], mark is None, first_url, next_url)


def _as_text(rank: int, submitted_at: datetime | None, pk: int) -> str:
    return f"{rank}-{((submitted_at or EPOCH) - EPOCH) // timedelta(microseconds=1)}-{pk}"


def _rank() -> Case:
    """Whose turn it is, as an order and as dossiers.turns says it.

    A draft of the result is looked for only where one can lie before her, and how a paper is fetched only where one
    may wait.
    """
    draft = DraftCheck.objects.filter(dossier=OuterRef("pk"), state=DraftState.OPEN, answer_due_at__gt=timezone.now())
    fate = Subquery(Document.objects.filter(pk=OuterRef("result_document")).values("status"))
    return Case(
        When(state__in=sorted(CITIZENS_TURN), then=Value(HERS)),
        When(state=DossierState.DECIDED, result_document=None, then=Value(OPEN)),
        When(_HERE & Exact(fate, Value(DocumentStatus.REVOKED)), then=Value(OVER)),
        When(_HERE & Q(answers__result_method=Way.DESK), then=Value(HERS)),
        When(_HERE & Q(answers__result_method=Way.POST), then=Value(OPEN)),
        When(_WITH_COPIES & Q(answers__copies_method=Way.POST), then=Value(OPEN)),
        When(_WITH_COPIES, then=Value(HERS)),
        When(state__in=sorted(FINISHED_STATES), then=Value(OVER)),
        When(Q(state__in=sorted(BEFORE_DECISION)) & Exists(draft), then=Value(HERS)),
        default=Value(OPEN),
        output_field=IntegerField(),
    )
