"""Which days of filing a reconciliation asks about: its own, and older ones on which something is still open here."""

from dataclasses import dataclass
from datetime import date, timedelta

from dossiers.models import Reconciliation
from dossiers.partners import digests
from portal.agencies.models import ApiClient

NIGHTLY_DAYS = 30
OLDEST_DAYS = 400
"""So far back a night also compares where a dossier is still open here: the one that looks overdue is seldom a new one,
and what is wrong about it is most often that its end never came."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days of filing, both included, that are compared in one question."""

    since: date
    until: date
    only_open: bool = False
    """Whether the dossiers that are open here are enough, where each costs a question of its own."""


def own(run: Reconciliation) -> Span:
    """The days that a comparison was made for."""
    return Span(run.since, run.until)


def older(client: ApiClient, run: Reconciliation) -> list[Span]:
    """Of a night also those before its own days on which a dossier was filed that is open here, the newest first.

    As many days as a night has are one question: what lies between two open dossiers costs less than asking twice.
    """
    if run.night is None:
        return []
    spans: list[Span] = []
    days = digests.days_with_open(client, run.since - timedelta(days=OLDEST_DAYS), run.since - timedelta(days=1))
    for day in sorted(days, reverse=True):
        if spans and (spans[-1].until - day).days < NIGHTLY_DAYS:
            spans[-1] = Span(day, spans[-1].until, only_open=True)
        else:
            spans.append(Span(day, day, only_open=True))
    return spans


def in_turn(spans: list[Span], night: date) -> list[Span]:
    """The same, each night beginning with another one: where questions run out, it is not ever the same that wait."""
    first = night.toordinal() % len(spans) if spans else 0
    return spans[first:] + spans[:first]
