"""What a notice says where it leaves the portal (thông báo ra ngoài Cổng): nothing that an official typed.

Her own words, and a partner's, may name anybody and anything; e-mail and SMS say where they are read instead. What is
published, papers, questions and charges, is named everywhere.
"""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext

from dossiers import answer_corrections, asked_words, charging, naming
from dossiers.models import Dossier, DossierEvent
from portal.core.language import column_text
from portal.core.rows import rows_at_hand
from procedures import published


def of_template(dossier: Dossier, event: DossierEvent, words: str) -> dict[str, str]:
    """What stands in the place of typed words, by the name of the place in `words`; empty where it has none of them."""
    found = {}
    if "%(reason)s" in words and (event.reason or asked_items(event)):
        where = gettext("Xem cụ thể trên trang hồ sơ.") if is_request(event) else _on_page()
        found["reason"] = " ".join(filter(None, [where, _published_items(dossier, event)]))
    if "%(basis)s" in words and event.data.get("legal_basis"):
        found["basis"] = _on_page()
    if "%(charges)s" in words:
        found["charges"] = ", ".join(_published_charges(dossier, event))
    return found


def _on_page() -> str:
    return gettext("xem trên trang hồ sơ.")


def asked_items(event: DossierEvent) -> list[Mapping[str, str]]:
    """What a request for a supplement names."""
    return [item for item in event.data.get("components") or [] if item["name"]] if is_request(event) else []


def naming_items(items: Iterable[Mapping[str, str]], names: Iterable[str]) -> str:
    """The names of what is asked for, as one sentence; papers apart from answers where both are. Empty without any."""
    papers: list[str] = []
    fields: list[str] = []
    for item, name in zip(items, names, strict=True):
        (fields if item.get(answer_corrections.FIELD) else papers).append(name)
    return _as_sentence(papers, fields)


def _as_sentence(papers: Iterable[str], fields: Iterable[str]) -> str:
    named = {"papers": "; ".join(papers).rstrip("."), "fields": "; ".join(fields).rstrip(".")}
    if all(named.values()):
        return gettext("Giấy tờ: %(papers)s. Mục kê khai cần sửa: %(fields)s.") % named
    alone = named["papers"] or named["fields"]
    return gettext("Gồm: %(items)s.") % {"items": alone} if alone else ""


def is_request(event: DossierEvent) -> bool:
    """Whether it asks the applicant for a supplement."""
    return event.name == "dossier.supplement_requested"


def _published_items(dossier: Dossier, event: DossierEvent) -> str:
    """Questions of the form, papers of the procedure under the names that it gives them, and whether there is more."""
    items = asked_items(event)
    if not items:
        return ""
    version_id = dossier.rebased_to_id or dossier.procedure_version_id
    components = rows_at_hand(published.version(version_id), "components") if version_id else ()
    titles = {row.code: naming.component_title(row) for row in components}
    papers: list[str] = []
    fields: list[str] = []
    for item in items:
        if item.get(answer_corrections.FIELD):
            fields += asked_words.names_in([item], dossier)
        elif title := titles.get(item.get("component_code", "")):
            papers.append(title)
    is_more = len(papers) + len(fields) < len(items)
    if is_more and papers:
        papers.append(gettext("giấy khác ghi ở đó"))
    elif is_more and fields:
        papers.append(gettext("ghi ở đó"))
    return _as_sentence(papers, fields)


def _published_charges(dossier: Dossier, event: DossierEvent) -> list[str]:
    """Charges by their published names; one that an official worded herself is only counted."""
    version = published.version(dossier.procedure_version_id) if dossier.procedure_version_id else None
    fees = rows_at_hand(version, "fees") if version else ()
    rules = {charging.kept(fee.name): fee for fee in fees}
    names = event.data.get(charging.CHARGES) or []
    return [
        column_text(rules[name], "name") if name in rules else gettext("Khoản ghi trên trang hồ sơ") for name in names
    ]
