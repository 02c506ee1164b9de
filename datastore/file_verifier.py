"""Check the signature on a result's PDF without the portal: what `verifier --file` does, as one file to copy beside it.

Needs Python 3.11, `cryptography` and `asn1crypto`, and no Django. The file is never opened as a PDF: a signature that
holds from the first byte to the last says that nothing is in it but what was signed (PAdES, ETSI EN 319 142-1), and a
few hundred bytes can keep any reader of PDFs busy for hours. Fetches nothing; docs/verifier.md has test vectors.
"""

import hashlib
import re
from collections import deque
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from asn1crypto import cms
from asn1crypto import tsp as _signing_certificates  # noqa: F401 - teaches `cms` the attribute signing-certificate-v2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

CONTAINER_MOST = 64 * 1024
"""Bytes of a signature that is looked at: one with its certificates has a twentieth of it."""
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_RANGE = re.compile(rb"/ByteRange\s{0,99}\[\s{0,99}(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s{0,99}\]")
_HEXADECIMAL = re.compile(rb"<((?:[0-9A-Fa-f]{2})+)>")
_MOMENT, _REASON, _KEYWORDS = (
    re.compile(rb"/%s\s{0,99}\(((?:[^()\\]|\\[0-7]{3}){1,9999})\)" % name) for name in (b"M", b"Reason", b"Keywords")
)
"""Texts of a PDF, whose characters may be written in octal (ISO 32000-1, 7.3.4.2)."""
_OCTAL = re.compile(rb"\\([0-7]{3})")
_DATE = re.compile(r"D:(\d{14})(?:Z|([+-])(\d\d)'(\d\d)'?)")
_CREDENTIAL = re.compile(r"HTTPS?://[A-Z0-9.:-]{1,200}/XM/[A-Z2-7]{16}#[A-Z2-7]{1,4000}")


class FileRefused(ValueError):
    """Why a PDF is not to be trusted: no_signature, appended, changed, bad_signature, unknown_signer, signer_time."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What the signature on a PDF says, where it holds."""

    certificate: bytes
    """The signer's, as DER."""
    names: tuple[str, ...]
    """The organisation and its units that the certificate names."""
    signer: str
    """The organisation named by the signer's certificate; its common name where it names none."""
    signed_at: datetime | None
    """When the signer says that it was: no time stamp authority stands behind it."""
    reason: str
    """For what it was signed, as the signature itself says; nothing where it does not."""
    credential: str
    """The address and token of the paper's QR, which the file tells, too; nothing where it carries none."""


def check(
    pdf: bytes, authorities: Iterable[bytes], certificates: Container[bytes] = (), now: datetime | None = None
) -> Signed:
    """Judge the last signature of a PDF; raise FileRefused.

    A signer counts whose certificate (DER) is among `certificates`, or was issued by one of `authorities` itself, and
    was good at the moment of signing: a paper stays good after its certificate's end.
    """
    covered, container, covers_whole_file, said = _signed_part(pdf)
    signed, info = _opened(container)
    leaf = _certificate_of(signed, info)
    _hold(covered, info, leaf)
    if not covers_whole_file:
        raise FileRefused("appended")
    said_at = _moment_of(said)
    moment = said_at or now or datetime.now(UTC)
    der = leaf.public_bytes(serialization.Encoding.DER)
    if der not in certificates and not any(
        _vouches(x509.load_der_x509_certificate(above), leaf, moment) for above in authorities
    ):
        raise FileRefused("unknown_signer")
    if not _is_good(leaf, moment) or not _may_sign(leaf):
        raise FileRefused("signer_time")
    return Signed(der, _names(leaf), _name(leaf), said_at, _reason_of(said), credential_of(covered))


def _signed_part(pdf: bytes) -> tuple[bytes, bytes, bool, bytes]:
    """What the last signature covers, the signature, whether nothing but it is left out, and what it says of itself.

    The last is the signature's own dictionary: whoever made what was signed may have written anything elsewhere.
    """
    found = deque(_RANGE.finditer(pdf), maxlen=1)  # a file may speak of a million
    if not found:
        raise FileRefused("no_signature")
    start, hole, after, rest = (int(number) for number in found[0].groups())
    end = after + rest
    if start or not 0 < hole < after <= end <= len(pdf) or after - hole > 2 * CONTAINER_MOST:
        raise FileRefused("no_signature")
    if (written := _HEXADECIMAL.fullmatch(pdf[hole:after])) is None:
        raise FileRefused("no_signature")
    begins, ends = pdf.rfind(b" obj", 0, hole), pdf.find(b"endobj", after, end)
    own = pdf[max(begins, 0) : hole] + pdf[after : ends if ends > 0 else end]
    return pdf[:hole] + pdf[after:end], bytes.fromhex(written[1].decode()), end == len(pdf), own


def _opened(container: bytes) -> tuple[Any, Any]:
    """The SignedData (RFC 5652) and its one SignerInfo."""
    try:
        envelope = cms.ContentInfo.load(container)
        if any(container[len(envelope.dump()) :]):  # the room that is left holds nothing
            raise FileRefused("changed")
        signed = envelope["content"]
        [info] = signed["signer_infos"]
    except FileRefused:
        raise
    except Exception as error:  # arbitrary bytes can fail in arbitrary ways
        raise FileRefused("no_signature") from error
    return signed, info


def _certificate_of(signed: Any, info: Any) -> x509.Certificate:
    """The signer's certificate; others that the signature brings are not looked at."""
    try:
        wanted = info["sid"].chosen
        issuer, serial = wanted["issuer"].dump(), wanted["serial_number"].native
        for choice in signed["certificates"]:
            found = choice.chosen
            if found.serial_number == serial and found.issuer.dump() == issuer:
                return x509.load_der_x509_certificate(found.dump())
    except Exception as error:
        raise FileRefused("bad_signature") from error
    raise FileRefused("bad_signature")


def _hold(covered: bytes, info: Any, leaf: x509.Certificate) -> None:
    """Raise FileRefused unless the digest is that of the file and the signature that of this certificate's key."""
    try:
        name = info["digest_algorithm"]["algorithm"].native
        used = HASHES[name]
        said = {attribute["type"].native: attribute["values"][0] for attribute in info["signed_attrs"]}
        digest, kind = said["message_digest"].native, said["content_type"].native
        [named, *_more] = said["signing_certificate_v2"]["certs"]
        thumbprint = leaf.fingerprint(HASHES[named["hash_algorithm"]["algorithm"].native])
        is_of_leaf = kind == "data" and named["cert_hash"].native == thumbprint
        _verify(leaf, info, info["signed_attrs"].untag().dump(), used)
    except Exception as error:
        raise FileRefused("bad_signature") from error
    if not is_of_leaf:
        raise FileRefused("bad_signature")
    if hashlib.new(name, covered).digest() != digest:
        raise FileRefused("changed")


def _verify(leaf: x509.Certificate, info: Any, content: bytes, used: hashes.HashAlgorithm) -> None:
    key, signature, algorithm = leaf.public_key(), info["signature"].native, info["signature_algorithm"]
    match algorithm.signature_algo, key:
        case "ecdsa", ec.EllipticCurvePublicKey():
            key.verify(signature, content, ec.ECDSA(used))
        case "rsassa_pkcs1v15", rsa.RSAPublicKey():
            key.verify(signature, content, padding.PKCS1v15(), used)
        case "rsassa_pss", rsa.RSAPublicKey():
            salt = algorithm["parameters"]["salt_length"].native
            key.verify(signature, content, padding.PSS(padding.MGF1(used), salt), used)
        case _:
            raise InvalidSignature


def _vouches(authority: x509.Certificate, leaf: x509.Certificate, moment: datetime) -> bool:
    try:
        leaf.verify_directly_issued_by(authority)
        constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return constraints.ca and _is_good(authority, moment)


def _is_good(certificate: x509.Certificate, moment: datetime) -> bool:
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc


def _may_sign(leaf: x509.Certificate) -> bool:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _names(leaf: x509.Certificate) -> tuple[str, ...]:
    kinds = (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
    return tuple(str(part.value) for kind in kinds for part in leaf.subject.get_attributes_for_oid(kind))


def _name(leaf: x509.Certificate) -> str:
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        for attribute in leaf.subject.get_attributes_for_oid(kind):
            return str(attribute.value)
    return ""


def _moment_of(own: bytes) -> datetime | None:
    """The time of signing that a signature tells (ISO 32000-1, table 252); None where it tells none, or nonsense."""
    if (date := _DATE.match(_only(_MOMENT, own))) is None:
        return None
    digits, sign, hours, minutes = date.groups()
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=timezone(ahead))
    except ValueError:
        return None


def _reason_of(own: bytes) -> str:
    """The reason that a signature tells, as text of a PDF is written (ISO 32000-1, 7.9.2.2)."""
    told = _only(_REASON, own)
    return told[2:].encode("latin-1").decode("utf-16-be", "replace") if told.startswith("\xfe\xff") else told


def credential_of(covered: bytes) -> str:
    """The credential that the signed bytes tell as the paper's keywords; nothing where they tell none, or several."""
    told = _only(_KEYWORDS, covered)
    return told if _CREDENTIAL.fullmatch(told) else ""


def _only(pattern: re.Pattern[bytes], told: bytes) -> str:
    """The one text that stands there, however often; nothing where there are several."""
    found = {_text(match[1]) for match in pattern.finditer(told)}
    return found.pop() if len(found) == 1 else ""


def _text(written: bytes) -> str:
    return _OCTAL.sub(lambda found: bytes([int(found[1], 8) & 0xFF]), written).decode("latin-1")
