"""The PAdES format of a PDF's signature, by pyHanko; loaded by `signing` at the first signature, as it is large."""

import asyncio
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, TypeVar

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from datastore.results.agency_keys import Pair

Answer = TypeVar("Answer")

FIELD_NAME = "ChuKySo"
SIGNATURE_BYTES = 1500  # the signature without its certificates


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


@lru_cache(maxsize=64)
def _signer(pair: Pair) -> SimpleSigner:
    private = pair.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = [_asn1(certificate) for certificate in pair.chain]
    store = SimpleCertificateStore.from_certs(chain)
    return SimpleSigner(chain[0], asn1_keys.PrivateKeyInfo.load(private), store)


class Found(NamedTuple):
    """What the last signature of a PDF says of it."""

    is_intact: bool
    is_trusted: bool
    covers_whole_file: bool
    signed_at: datetime | None
    signer: str
    """Whose certificate it is."""


def last_signature(pdf: bytes, *, roots: list[x509.Certificate]) -> Found | None:
    """Judge it against these certificates; None where there is none that can be read, whatever the bytes are."""
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        if not signatures:
            return None
        last = signatures[-1]
        moment = last.self_reported_timestamp
        # A paper signed while its certificate was good stays good after the certificate's end.
        trusted = [_asn1(root) for root in roots]
        context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=moment)
        status = _outside_any_loop(lambda: validate_pdf_signature(last, signer_validation_context=context))
        signer = str(last.signer_cert.subject.native.get("organization_name") or "")
    except (
        PdfError,
        SigningError,
        SignatureValidationError,
        ValidationInfoReadingError,
        ValueError,
        TypeError,
        KeyError,
    ):
        return None
    return Found(
        is_intact=bool(status.intact and status.valid),
        is_trusted=bool(status.trusted),
        covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE and len(signatures) == 1,
        signed_at=moment,
        signer=signer,
    )


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
