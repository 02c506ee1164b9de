"""Write docs/verifier-file-vectors.json: `python -m tests.datastore.make_file_vectors`, with the settings of the tests.

Keys of RFC 8032 §7.1 sign the lists and the credential; those of the certificates are thrown away. Every run makes
other files with the same outcomes.
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import django
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

ROOT_KEY = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
CREDENTIAL_KEY = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
ISSUED_AT = int(datetime.now(UTC).timestamp())
SIGNED, REVOKED = "AEAQCAIBAEAQCAIB", "AUCQKBIFAUCQKBIF"
OUT = Path(__file__).resolve().parents[2] / "docs" / "verifier-file-vectors.json"
AGENCY = "Ủy ban nhân dân phường Tân Định"


def plain(keywords: str, told: bytes = b"") -> bytes:
    """A PDF of one blank page that tells these keywords, and in its metadata whatever somebody wrote there."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % (b"/Metadata 5 0 R" if told else b""),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
        b"<</Title(Test)%s>>" % (b"/Keywords (%s)" % keywords.encode() if keywords else b""),
        *([b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (len(told), told)] if told else []),
    ]
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R/Info 4 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    )
    size = len(objects) + 1
    return body + trailer % (size, table, size, len(body))


def as_pdf_text(text: str) -> bytes:
    """Text as PDFs write it beyond ASCII."""
    return b"\xfe\xff" + text.encode("utf-16-be")


def xmp(told: bytes) -> bytes:
    """Metadata in which these words stand; whoever signs copies them behind the signature."""
    words = told.decode("ascii")
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="{words}" rdf:about=""/>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def main() -> None:
    """Make the vectors."""
    from datastore.results import credential, key_sets, keys, pades, signing
    from datastore.results.agency_keys import Pair

    root, signer = (
        ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)) for key in (ROOT_KEY, CREDENTIAL_KEY)
    )

    def jwk(key: ed25519.Ed25519PrivateKey) -> dict[str, Any]:
        public = keys.public_jwk(key.public_key())
        return {**public, "kid": keys.kid_of(public)}

    def authority(name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        return key, keys.certificate(subject=name, key=key.public_key(), days=3650, signed_by=key)

    def pair(above: tuple[ec.EllipticCurvePrivateKey, x509.Certificate], days: float = 1095) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = keys.certificate(
            subject=AGENCY,
            organisation=AGENCY,
            key=key.public_key(),
            days=days,  # type: ignore[arg-type] # parts of a day, for one that has ended
            signed_by=above[0],
            issuer=above[1],
        )
        return Pair(key, (leaf, above[1]))

    def proof(public_id: str, before: timedelta = timedelta(0)) -> str:
        claims = {
            1: "Cổng DVC quốc gia",
            6: ISSUED_AT - int(before.total_seconds()),
            7: base64.b32decode(public_id),
            -65537: {1: "Giấy khai sinh", 2: "123/2026", 3: "UBND phường Tân Định", 4: "Nguyễn Thị Ánh Dương",
                     5: "079326000123", 6: "H29.126-261120-0001", 7: "1.001193", 8: bytes(range(16)), 9: "Toàn quốc"},
        }  # fmt: skip
        token = key_sets.sign1({key_sets.KID: bytes.fromhex(jwk(signer)["kid"])}, cbor2.dumps(claims), signer)
        return f"HTTPS://DICHVUCONG.GOV.VN/XM/{public_id}#{credential.to_text(token)}"

    def signed(keywords: str, by: Pair, reason: str = signing.REASON, told: bytes = b"") -> bytes:
        return pades.sign(plain(keywords, told), by, name=AGENCY, location="", reason=reason)

    def told(pair: Pair, *names: str, **more: int) -> dict[str, Any]:
        text = base64.b64encode(pair.chain[0].public_bytes(serialization.Encoding.DER)).decode()
        return {"x5c": [text], "agencies": list(names), **more}

    ours, others = authority("Test authority"), authority("Test authority of somebody else")
    agency = pair(ours)
    of_others, customer, another_agency, portal, retired = (
        pair(others),
        pair(others),
        pair(ours),
        pair(ours),
        pair(ours),
    )
    good = signed(proof(SIGNED), agency)
    another = signed(proof(REVOKED), agency)
    hole = good.index(b"/Contents <") + len(b"/Contents <")
    end = good.index(b">", hole)
    der = base64.b64encode(ours[1].public_bytes(serialization.Encoding.DER)).decode()
    listed = {"iss": "https://dichvucong.gov.vn", "iat": ISSUED_AT, "document_authorities": [der],
              "document_certificates": [told(of_others, "UBND phường Tân Định"),
                                        told(another_agency, "UBND phường Khác"),
                                        told(portal, "*"), told(retired, "*", exp=ISSUED_AT - 60)],
              "keys": [{**jwk(signer), "alg": "EdDSA", "use": "sig", "nbf": ISSUED_AT - 1000}]}  # fmt: skip
    scan = "Số hóa và xác nhận bản điện tử đúng với bản giấy"
    as_result = b"/Reason (%s) /M (D:20200101000000Z)" % b"".join(
        b"\\%03o" % byte for byte in as_pdf_text(signing.REASON)
    )
    as_text = {"valid": good, "revoked": another, "letter": signed("", agency),
               "a-scan-with-the-text-of-a-result": signed(proof(SIGNED), agency, scan),
               "a-scan-whose-metadata-speak-as-a-result": signed(proof(SIGNED), agency, scan, xmp(as_result)),
               "signed-long-after-the-result": signed(proof(SIGNED, before=timedelta(minutes=16)), agency),
               "by-a-listed-certificate": signed(proof(SIGNED), of_others),
               "by-another-customer-of-its-authority": signed(proof(SIGNED), customer),
               "by-another-agency": signed(proof(SIGNED), another_agency),
               "by-the-portal": signed(proof(SIGNED), portal),
               "by-a-retired-certificate": signed(proof(SIGNED), retired),
               "by-a-certificate-that-had-ended": signed(proof(SIGNED), pair(ours, days=-0.002)),
               "without-a-signature": plain(proof(SIGNED))}  # fmt: skip
    other = {"refused": "other_document"}
    outcomes = {
        "a-scan-with-the-text-of-a-result": other,
        "a-scan-whose-metadata-speak-as-a-result": other,
        "signed-long-after-the-result": other,
        "valid": {"status": "valid", "signer": AGENCY, "public_id": SIGNED},
        "revoked": {"status": "revoked", "signer": AGENCY, "public_id": REVOKED},
        "letter": {"refused": "no_credential"},
        "by-a-listed-certificate": {"status": "valid", "signer": AGENCY, "public_id": SIGNED},
        "by-another-customer-of-its-authority": {"refused": "unknown_signer"},
        "by-another-agency": {"refused": "other_signer"},
        "by-the-portal": {"status": "valid", "signer": AGENCY, "public_id": SIGNED},
        "by-a-retired-certificate": {"refused": "key_time"},
        "by-a-certificate-that-had-ended": {"refused": "signer_time"},
        "without-a-signature": {"refused": "no_signature"},
    }
    files: list[dict[str, Any]] = [
        {"name": name, "pdf": base64.b64encode(pdf).decode(), **outcomes[name]} for name, pdf in as_text.items()
    ]
    title = good.index(b"(Test)") + 1
    other_hole = another.index(b"/Contents <") + len(b"/Contents <")
    its_signature = another[other_hole : other_hole + end - hole].decode()
    signature_value = good[hole:end].rstrip(b"0")
    last = hole + (len(signature_value) - 1) // 2 * 2
    update = b"4 0 obj\n<</Title(Changed)>>\nendobj\nxref\n4 1\n%010d 00000 n \n"
    update += b"trailer\n<</Size 5/Root 1 0 R/Info 4 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    before = int(good[good.rindex(b"startxref") :].split()[1])
    added = update % (len(good), before, len(good) + len(b"4 0 obj\n<</Title(Changed)>>\nendobj\n"))
    files += [
        {"name": "one-byte-changed", "of": "valid", "at": title, "put": b"R".hex(), "refused": "changed"},
        {"name": "an-update-appended", "of": "valid", "append": base64.b64encode(added).decode(),
         "refused": "appended"},
        {"name": "the-signature-of-another-file", "of": "valid", "at": hole, "put": its_signature.encode().hex(),
         "refused": "changed"},
        {"name": "something-in-the-room-of-the-signature", "of": "valid", "at": end - 1, "put": b"8".hex(),
         "refused": "changed"},
        {"name": "the-signature-itself-changed", "of": "valid", "at": last,
         "put": (b"00" if good[last : last + 2] != b"00" else b"11").hex(), "refused": "bad_signature"},
    ]  # fmt: skip
    head = {key_sets.CONTENT_TYPE: "application/vnd.vn.dvc.withdrawn+cbor",
            key_sets.KID: bytes.fromhex(jwk(signer)["kid"]),
            key_sets.CWT_CLAIMS: {key_sets.IAT: ISSUED_AT}}  # fmt: skip
    lists = {1: base64.b32decode(REVOKED)[:6], 2: b"", 3: 6}
    vectors = {
        "about": "PDFs and what `verifier --file` says of them; docs/verifier.md. A file with `of` is that one with"
        " bytes (hex) put at a place, or with bytes (base64) appended.",
        "now": ISSUED_AT + 10,
        "made_on": f"{datetime.now(UTC):%Y-%m-%d}",
        "root": jwk(root),
        "key_set_jws": key_sets._jws(root, jwk(root)["kid"], listed),
        "withdrawn_cose": key_sets.sign1(head, cbor2.dumps(lists), signer).hex(),
        "files": files,
    }
    OUT.write_text(json.dumps(vectors, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    django.setup()
    main()
