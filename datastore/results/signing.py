"""The digital signature on a result's PDF (chữ ký số): PAdES over the whole file – NĐ 30/2020/NĐ-CP annex I."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from datastore.results import agency_keys, key_sets
from portal.agencies.models import Agency

REASON = "Cấp kết quả giải quyết thủ tục hành chính"


def sign_pdf(
    pdf: bytes, *, agency_name: str, location: str, reason: str = REASON, agency: Agency | None = None
) -> bytes:
    """Return the PDF with a PAdES signature by the agency's own key, or the portal's for it; fetches nothing."""
    from datastore.results import pades

    return pades.sign(pdf, agency_keys.of(agency), name=agency_name, location=location, reason=reason)


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What a PDF's signature is worth: untouched since, by a certificate we vouch for, over the whole file."""

    is_present: bool
    is_intact: bool
    is_trusted: bool
    covers_whole_file: bool
    signed_at: datetime | None
    sha256: str
    signer: str = ""
    """The agency by whose own key it was signed; nothing where the portal signed for it."""
    subject: str = ""
    """What the certificate calls who signed; a name that anybody may have written where `is_trusted` is not said."""

    @property
    def is_of_another(self) -> bool:
        """Whether somebody signed the whole file whom the portal does not know, and nobody changed it since."""
        return self.is_present and self.is_intact and self.covers_whole_file and not self.is_trusted

    @property
    def is_valid(self) -> bool:
        """Whether everything holds."""
        return self.is_present and self.is_intact and self.is_trusted and self.covers_whole_file


def check_pdf(pdf: bytes) -> SignatureCheck:
    """Judge the last signature of a PDF against the portal's own certificates; never raises for a bad file."""
    from datastore.results import pades

    digest = hashlib.sha256(pdf).hexdigest()
    found = pades.last_signature(pdf, roots_of=key_sets.authorities_behind)
    if found is None:
        return SignatureCheck(False, False, False, False, None, digest)
    return SignatureCheck(is_present=True, sha256=digest, **found._asdict())
