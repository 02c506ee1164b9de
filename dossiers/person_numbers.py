"""Who gets a personal number with a registration (số định danh cá nhân), and the row that asks for it.

A newborn has none before: the population database assigns it when the birth is registered, and the certificate names it
(Luật Hộ tịch 60/2014/QH13 art. 14; Luật Căn cước 26/2023/QH15 art. 12). Which procedures do, and which answers name the
person, is data of the procedure (`assigns_personal_id` of its pack).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from dossiers.models import Dossier, PersonNumber
from portal.core.text import fold
from portal.core.work import WorkState, ring

LABEL = "Số định danh cá nhân"
"""The line on the paper, as on the certificate's form."""
TO_COME = "được cấp khi đăng ký"
BELL = "dossiers.assign_numbers"


def fields_of(dossier: Dossier) -> Mapping[str, str]:
    """The answers that name the person, by what they say; empty where the procedure assigns no number here."""
    if not settings.POPULATION_URL or not dossier.is_decided_here:
        return {}
    return named_on_paper(dossier)


def named_on_paper(dossier: Dossier) -> Mapping[str, str]:
    """The same wherever the dossier is decided, and whoever writes the number: what the paper says of the person."""
    rules = dossier.rules
    named: dict[str, Any] = (rules.sheet.get("assigns_personal_id") if rules is not None else None) or {}
    return named


def order(dossier: Dossier) -> None:
    """Ask for the number soon, once; the paper of the registration waits for it. What was given up is asked anew."""
    if fields_of(dossier):
        work, _is_new = PersonNumber.objects.select_for_update().get_or_create(dossier=dossier)
        if work.work_state == WorkState.DEAD:
            work.redrive(timezone.now())
            work.save(update_fields=["work_state", "attempts", "next_try_at", "created_at"])
        ring(BELL)


def ask_again(dossier: Dossier, changed: Iterable[str], corrections: Iterable[str]) -> None:
    """Forget the number where the name it was asked with was put right: the next confirmation asks with the right one.

    The database answers the same registration with the same number. One that was given for another day of birth or sex
    stays as it is, and is renewed by the registrar (dossiers.number_assignment). What it refused is asked at once.
    """
    named = fields_of(dossier)
    work = PersonNumber.objects.filter(dossier=dossier).first()
    if work is not None and not work.number and set(changed) & set(named.values()):
        work.delete()
        order(dossier)
    elif named.get("full_name") in set(changed) and set(corrections) & set(named.values()) == {named["full_name"]}:
        PersonNumber.objects.filter(dossier=dossier).delete()


def line_of(rows: Iterable[tuple[str, str]] | Iterable[list[str]]) -> str:
    """The number among the lines that a decision adds to its paper; empty without one."""
    return next((str(value) for label, value in rows if fold(str(label)).startswith("so dinh danh")), "")
