"""The way through a filing: its steps, their addresses, and what every step's page shows around its question."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers.models import Dossier
from procedures import eforms, related
from procedures.models import Procedure, ProcedureVersion

PLACE, PAPERS, CHECK = "noi-nop", "giay-to", "kiem-tra"
CHANGING = "sua=1"
"""In the address of a step that somebody opened from the check page, to change one thing and go back there."""


GROUP = "muc"
"""In such an address: the group that is changed, where the step's page opens and the check page goes on."""


def address(dossier: Dossier, step: str, *, changing: bool = False, group: str = "") -> str:
    """Where a step of a draft is."""
    url = reverse("dossiers:filing_step", args=[dossier.procedure_code, dossier.public_id, step])
    if not changing:
        return url
    return f"{url}?{CHANGING}&{GROUP}={group}#section-{group}" if group else f"{url}?{CHANGING}"


def check_anchor(step: str, group: str) -> str:
    """Where a group stands on the check page."""
    return f"{GROUP}-{step}-{group}"


def paper_anchor(position: int) -> str:
    """Where the paper at a place in the list stands on the step of the papers; its input adds ``-file``."""
    return f"c-{position}"


def newer_url(dossier: Dossier) -> str:
    """Where a draft is moved to the version in force."""
    return reverse("dossiers:filing_rebase", args=[dossier.procedure_code, dossier.public_id])


def declaration_of(version: ProcedureVersion) -> eforms.Page | None:
    """The declaration at the end of a form: it is no step of its own but stands above the last button, once."""
    last = eforms.pages(eforms.form_for(version))[-1]
    return last if last.is_declaration else None


def titles(version: ProcedureVersion) -> list[tuple[str, str]]:
    """Every step's slug and title, in order."""
    declaration = declaration_of(version)
    asked = [page for page in eforms.pages(eforms.form_for(version)) if page is not declaration]
    pages = [(page.key, str(page.title)) for page in asked]
    return [(PLACE, _("Nơi nộp hồ sơ")), *pages, (PAPERS, _("Giấy tờ kèm theo")), (CHECK, _("Kiểm tra và nộp"))]


def after_place(version: ProcedureVersion) -> str:
    """The step that follows the choice of place: the first page of the form."""
    return titles(version)[1][0]


def has_papers(dossier: Dossier, version: ProcedureVersion, *, known: eforms.Asked | None = None) -> bool:
    """Whether anything may be attached with what was answered; else the step of the papers is gone past."""
    return bool(eforms.required_components(version, dossier.answers, known=known))


def _gone_past(dossier: Dossier, version: ProcedureVersion) -> set[str]:
    """The steps that have nothing to say or to ask with what was answered."""
    known = eforms.asked(eforms.form_for(version), dossier.answers)
    asked = {field.key for field in known.fields}
    empty = {
        page.key
        for page in known.form.pages
        if not str(page.intro) and not any(field.key in asked for field in page.fields())
    }
    return empty if has_papers(dossier, version, known=known) else empty | {PAPERS}


def _uncertain(version: ProcedureVersion, later: list[str]) -> set[str]:
    """Those of the later steps that are asked of some people only: what is answered before them decides."""
    form = eforms.form_of(eforms.form_for(version))
    pages = [page for page in form.pages if page.key in later]
    found = {page.key for page in pages if not str(page.intro) and not _asks_everybody(page)}
    if PAPERS in later and version.form:
        attached = [
            component
            for component in version.components.all()
            if component.kind in eforms.UPLOADED_KINDS and (not component.channels or "online" in component.channels)
        ]
        if attached and all(component.condition for component in attached):
            found.add(PAPERS)
    return found


def _asks_everybody(page: eforms.Page) -> bool:
    groups = (group for group in page.groups if group.visible_if is None)
    return any(field.visible_if is None for group in groups for field in group.fields)


def closed(procedure: Procedure) -> dict[str, Any]:
    """What a page says of a procedure that takes no dossiers any more: why, and which one takes its place.

    A closed one is read anew: the one of a kept version is everybody's, and what it names is not kept with it.
    """
    if procedure.is_open:
        return {"is_closed": False}
    fresh = Procedure.objects.select_related("replaced_by__current").get(pk=procedure.pk)
    replacement = related.link(fresh.replaced_by) if fresh.replaced_by else None
    return {"is_closed": True, "procedure": fresh, "replacement": replacement}


def frame(
    dossier: Dossier, version: ProcedureVersion, step: str, *, changing: bool = False, group: str = ""
) -> dict[str, Any]:
    """What every step's page shows around its question; who came from the check page goes back there, either way."""
    steps = titles(version)
    keys = [key for key, _title in steps]
    at = keys.index(step)
    # what is gone past is not counted; the way on is asked anew once this step's answers are kept
    gone_past = _gone_past(dossier, version)
    shown = [key for key in keys if key == step or key not in gone_past]
    number = shown.index(step) + 1
    uncertain = _uncertain(version, keys[at + 1 :])
    page = eforms.form_of(eforms.form_for(version)).page(step)
    if not (changing and page and any(part.key == group for part in page.groups)):
        group = ""
    if changing and step != CHECK:
        back_url = next_url = address(dossier, CHECK) + (f"#{check_anchor(step, group)}" if group else "")
    else:
        before = shown[number - 2] if at else ""
        back_url = address(dossier, before) if at else reverse("dossiers:start", args=[dossier.procedure_code])
        next_url = address(dossier, keys[at + 1]) if at + 1 < len(keys) else ""
    return {
        "dossier": dossier,
        "version": version,
        "title": version.title,
        **closed(version.procedure),
        "step_number": number,
        "step_total": len({*shown, *uncertain}),
        "step_total_is_most": bool(uncertain),
        "step_title": steps[at][1],
        "is_gone_past": step in gone_past,
        "is_changing": changing,
        "other_place_url": address(dossier, PLACE) if at == 1 and dossier.agency and not changing else "",
        "newer_url": newer_url(dossier) if version.is_over(timezone.localdate()) else "",
        "back_url": back_url,
        "next_url": next_url,
        "here_url": address(dossier, step, changing=changing and step != CHECK, group=group),
        "discard_url": reverse("dossiers:filing_discard", args=[dossier.procedure_code, dossier.public_id]),
    }
