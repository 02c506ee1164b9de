"""What a result says, before it is drawn (nội dung kết quả)."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _

from datastore.models import ResultTemplateVersion
from datastore.results.composing import Composed
from portal.agencies.models import Agency

WHOLE_COUNTRY = "VN"
"""Scope of a result that names none (phạm vi hiệu lực, TT 01/2023/TT-VPCP art. 26), as ISO 3166-1 writes it.

No act says it of every result: an assumption (docs/assumptions.md). Two letters, since every letter widens the QR.
"""


def scope_words(scope: str) -> str:
    """A scope for a reader: the whole country in words, any other as the template writes it."""
    return _("Toàn quốc") if scope == WHOLE_COUNTRY else scope


@dataclass(frozen=True, slots=True)
class ResultContent:
    """What a result says, as the deciding agency approved it; a field without a value heads the fields after it."""

    title: str
    type_code: str
    number: str
    issuer: Agency
    signer_name: str
    signer_title: str
    decided_at: datetime
    holder_name: str
    holder_id: str
    procedure_code: str
    procedure_name: str
    dossier_code: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    valid_until: date | None = None
    scope: str = WHOLE_COUNTRY
    """Where it counts, by its template; a paper prints it where that is not the whole country."""
    composed: Composed | None = None
    """The paper's own words, by a template; without them the fields stand in a list."""
    template_version: ResultTemplateVersion | None = None
    receiver: str = ""
    """Who filed, where that is not the holder."""
    signs_for: str = ""
    """Where the signer signs for the head of the agency: the form of it, “TL. Chủ tịch”."""
