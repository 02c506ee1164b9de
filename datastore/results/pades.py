"""The PAdES format of a PDF's signature, by pyHanko; loaded by `signing` at the first signature, as it is large."""

import asyncio
import io
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from asn1crypto import cms, tsp
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from pyhanko.pdf_utils.generic import parse_pdf_date
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.attributes import CMSAttributeProvider
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError, as_signing_certificate_v2, extract_certificate_info, extract_signer_info
from pyhanko.sign.signers.pdf_cms import CAdESSignedAttributeProviderSpec, PdfCMSSignedAttributes
from pyhanko.sign.validation import async_validate_cms_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from datastore.results.agency_keys import Pair
from portal.core.text import clean_line

Answer = TypeVar("Answer")

FIELD_NAME = "ChuKySo"
SIGNATURE_BYTES = 1500  # the signature without its certificates
CONTAINER_MOST = 64 * 1024
"""Bytes of a signature that is looked at: ours with their certificates have a twentieth of it."""
NAME_MOST = 200
"""Letters of a name in a certificate that are shown."""
_RANGE = re.compile(rb"/ByteRange\s{0,99}\[\s{0,99}(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s{0,99}\]")
_HEXADECIMAL = re.compile(rb"<((?:[0-9A-Fa-f]{2})+)>")
_MOMENT = re.compile(rb"/M\s{0,99}\(((?:[^()\\]|\\[0-7]{3}){1,60})\)")
_OCTAL = re.compile(rb"\\([0-7]{3})")
BROKEN_SIGNATURE = (
    ArithmeticError,
    AssertionError,  # the libraries' own way to say that a value is not what it was announced as
    AttributeError,
    LookupError,
    NotImplementedError,  # raised by the libraries at kinds of key and padding that they do not know
    RecursionError,
    SignatureValidationError,
    SigningError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
)
"""What a signature of arbitrary bytes makes the libraries raise."""


def sign(pdf: bytes, pair: Pair, *, name: str, location: str, reason: str) -> bytes:
    """Sign with this key; fetches nothing."""
    metadata = PdfSignatureMetadata(
        field_name=FIELD_NAME,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=name,
        reason=reason,
        location=location or None,
    )
    signer = PdfSigner(metadata, _signer(pair), new_field_spec=SigFieldSpec(FIELD_NAME))
    # Room for the signature is reckoned from its certificates, so that nothing is signed twice to measure it.
    certificates = sum(len(item.public_bytes(serialization.Encoding.DER)) for item in pair.chain)
    room = 2 * (SIGNATURE_BYTES + certificates)  # in hexadecimal
    out = _outside_any_loop(lambda: signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=room))
    return bytes(out.getbuffer())


class _Reference(CMSAttributeProvider):
    """Which certificate signed (ESS signing-certificate-v2, RFC 5035 §3), encoded once for all papers of a key.

    asn1crypto encodes a value built by hand anew at every look, twice for each level: most of a signature's time.
    """

    attribute_type = "signing_certificate_v2"

    def __init__(self, certificate: asn1_x509.Certificate) -> None:
        self.encoded = as_signing_certificate_v2(certificate).dump()

    async def build_attr_value(self, dry_run: bool = False) -> tsp.SigningCertificateV2:
        """Read back from its encoding, it is written as it stands."""
        return tsp.SigningCertificateV2.load(self.encoded)


class _Attributes(CAdESSignedAttributeProviderSpec):
    """What a PAdES signature covers beside the file (ETSI EN 319 142-1 §6.3): the library's own, the reference kept."""

    def __init__(self, certificate: asn1_x509.Certificate) -> None:
        super().__init__(PdfCMSSignedAttributes(), certificate, is_pades=True, timestamper=None)
        self.reference = _Reference(certificate)

    def signed_attr_providers(self, data_digest: bytes, digest_algorithm: str) -> Iterator[CMSAttributeProvider]:
        """The same ones in the same order."""
        for provider in super().signed_attr_providers(data_digest, digest_algorithm):
            yield self.reference if provider.attribute_type == self.reference.attribute_type else provider


@lru_cache(maxsize=64)
def _signer(pair: Pair) -> SimpleSigner:
    private = pair.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = [_asn1(certificate) for certificate in pair.chain]
    store = SimpleCertificateStore.from_certs(chain)
    signer = SimpleSigner(chain[0], asn1_keys.PrivateKeyInfo.load(private), store)
    signer.signed_attr_prov_spec = _Attributes(chain[0])
    return signer


class Found(NamedTuple):
    """What the last signature of a PDF says of it."""

    is_intact: bool
    is_trusted: bool
    covers_whole_file: bool
    signed_at: datetime | None
    signer: str
    """The organisation whose certificate it is."""
    subject: str
    """What the certificate calls who signed; where it is not trusted, nobody stands behind the name."""


def last_signature(pdf: bytes, *, roots_of: Callable[[bytes], list[x509.Certificate]]) -> Found | None:
    """Judge it against what may stand behind its signer; None where there is none that can be read, whatever it is.

    The file is not opened as a PDF: a few hundred bytes can keep any reader of PDFs busy for hours, and who asks is
    anybody. A signature that holds from the first byte to the last says that nothing is in it but what was signed.
    For the same reason no certificate that it brings beside the signer's is looked at, and no time stamp: what
    `roots_of` answers to the signer's certificate (DER) is all that may stand behind it.
    """
    if (found := _signed_part(pdf)) is None:
        return None
    covered, container, covers_whole_file = found
    moment = _moment_of(covered)
    try:
        envelope = cms.ContentInfo.load(container)
        is_padded_with_nothing = not any(container[len(envelope.dump()) :])
        signer_certificate = extract_certificate_info(envelope["content"]).signer_cert
        trusted = [_asn1(root) for root in roots_of(signer_certificate.dump())]
        # A paper signed while its certificate was good stays good after the certificate's end.
        context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=moment)
        signed, digest = _without_what_it_brings(envelope["content"]), _digest(covered, envelope["content"])
        status = _outside_any_loop(
            lambda: asyncio.run(async_validate_cms_signature(signed, raw_digest=digest, validation_context=context))
        )
        names = status.signing_cert.subject.native
        signer, subject = _said(names, "organization_name"), ", ".join(dict.fromkeys(_all_said(names)))
    except BROKEN_SIGNATURE:
        return None
    return Found(
        is_intact=bool(status.intact and status.valid and is_padded_with_nothing),
        is_trusted=bool(status.trusted),
        covers_whole_file=covers_whole_file,
        signed_at=moment,
        signer=signer,
        subject=subject,
    )


def _all_said(names: Mapping[str, Any]) -> Iterator[str]:
    for part in ("common_name", "organization_name"):
        if text := _said(names, part):
            yield text


def _said(names: Mapping[str, Any], part: str) -> str:
    """One line of a certificate's subject, as short as the page bears: any text may stand there, or several."""
    value = names.get(part) or ""
    return clean_line(str(value[0] if isinstance(value, list) else value)[:NAME_MOST])


def _without_what_it_brings(signed: cms.SignedData) -> cms.SignedData:
    """With the signer's certificate alone: the ways through fifty authorities of one name are beyond counting."""
    only = cms.CertificateChoices("certificate", extract_certificate_info(signed).signer_cert)
    parts = {name: signed[name] for name in ("version", "digest_algorithms", "encap_content_info", "signer_infos")}
    return cms.SignedData({**parts, "certificates": [only]})


def _digest(covered: bytes, signed: cms.SignedData) -> bytes:
    algorithm = extract_signer_info(signed)["digest_algorithm"]["algorithm"].native
    digest = hashes.Hash(get_pyca_cryptography_hash(algorithm))
    digest.update(covered)
    return digest.finalize()


def _signed_part(pdf: bytes) -> tuple[bytes, bytes, bool] | None:
    """What the last signature says that it covers, the signature, and whether nothing but it is left out."""
    if (last := _last(_RANGE, pdf)) is None:
        return None
    start, hole, after, rest = (int(number) for number in last.groups())
    end = after + rest
    if start or not 0 < hole < after <= end <= len(pdf) or after - hole > 2 * CONTAINER_MOST:
        return None
    if (written := _HEXADECIMAL.fullmatch(pdf[hole:after])) is None:
        return None
    return pdf[:hole] + pdf[after:end], bytes.fromhex(written[1].decode()), end == len(pdf)


def _last(pattern: re.Pattern[bytes], content: bytes) -> re.Match[bytes] | None:
    """The last place where a pattern stands; a file may say so a million times."""
    found = deque(pattern.finditer(content), maxlen=1)
    return found[0] if found else None


def _moment_of(covered: bytes) -> datetime | None:
    """When the signer says that it was (ISO 32000-1, table 252); None where it does not say so, or nonsense."""
    if (said := _last(_MOMENT, covered)) is None:
        return None
    text = _OCTAL.sub(lambda found: bytes([int(found[1], 8) & 0xFF]), said[1]).decode("latin-1")
    try:
        moment = parse_pdf_date(text)
    except (PdfError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None


def _outside_any_loop(work: Callable[[], Answer]) -> Answer:
    """Do work that runs an event loop of its own, as pyHanko does, also where the caller's thread already runs one."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
