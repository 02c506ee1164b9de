"""What a result says, before it is drawn (nội dung kết quả)."""

from dataclasses import dataclass, field
from datetime import date, datetime

from datastore.models import ResultTemplateVersion
from datastore.results.composing import Composed
from portal.agencies.models import Agency


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
    scope: str = ""
    composed: Composed | None = None
    """The paper's own words, by a template; without them the fields stand in a list."""
    template_version: ResultTemplateVersion | None = None
    receiver: str = ""
    """Who filed, where that is not the holder."""
