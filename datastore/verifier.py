"""Check the QR of a result without the portal: `python -m datastore.verifier --root goc.json --keys khoa.jws ADDRESS`.

One file, for other systems to copy: it needs Python 3.11, `cryptography` and `cbor2`, and no Django. The keys come from
https://<portal>/xm/khoa.jws, signed by the root key of https://<portal>/xm/goc.json, which is fetched once and kept;
withdrawn results from https://<portal>/xm/thu-hoi.cose. Keep them, and no network is needed. docs/verifier.md has the
format and test vectors. `--file ket-qua.pdf` checks a signed PDF, by `file_verifier.py` beside this file and
`asn1crypto`, and then the credential that it carries. Prints JSON; exit code 0 when the result counts, 1 when it does
not, 2 when it cannot be checked.
"""

import argparse
import base64
import binascii
import bisect
import hashlib
import importlib
import json
import os
import sys
import time
from collections.abc import Container, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

try:
    import cbor2
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ModuleNotFoundError as missing:
    if __name__ != "__main__":
        raise
    sys.stderr.write(f"verifier: Python has no {missing.name} here: pip install cbor2 cryptography\n")
    sys.exit(2)

FIELDS = {
    1: "title",
    2: "number",
    3: "agency_name",
    4: "holder_name",
    5: "holder_id",
    6: "dossier_code",
    7: "procedure_code",
    8: "content_digest",
    9: "scope",
}
ISS, EXP, IAT, CTI, RESULT = 1, 4, 6, 7, -65537
SIGN1, ALGORITHM, EDDSA, CONTENT_TYPE, KEY_ID, CWT_CLAIMS = 18, 1, -8, 3, 4, 15
KEY_SET, WITHDRAWN = "jwk-set+jwt", "application/vnd.vn.dvc.withdrawn+cbor"
REVOKED, REPLACED, WIDTH = 1, 2, 3
MAX_BYTES = 2000
CLOCKS_DIFFER = 300
"""Seconds by which the clocks of the portal's servers may differ: so much older is not yet a list of before."""

RESULT_REASON = "Cấp kết quả giải quyết thủ tục hành chính"
"""For what a result is signed; by the same keys agencies sign letters, receipts and copies of papers."""
SIGNED_WITHIN = 900
"""Seconds between a credential and the signature on its file: both are made in one go."""

Key = tuple[Ed25519PublicKey, int, int]
"""A public key with its first and last second."""


class Refused(ValueError):
    """Why a text is not to be trusted: unreadable, unknown_key, bad_signature, key_time, other_document.

    Of a PDF what `file_verifier.FileRefused` says, no_credential, and other_signer.
    Of a list: bad_keys, bad_list; old_keys, old_list where a newer one was seen before.
    """


Seen = MutableMapping[str, int]
"""The newest dates of signed lists seen so far, in seconds since 1970; whoever checks keeps it from run to run."""


def load_signed_keys(jws: str, root: Mapping[str, Any], seen: Seen | None = None) -> dict[bytes, Key]:
    """Read a key set that the root key (a JSON Web Key) signed, as `load_keys` does.

    Raises Refused("bad_keys"), and Refused("old_keys") where `seen` has a newer one of this root; else notes its date.
    """
    listed = _signed_by_root(jws, root)
    try:
        keys, signed_at = load_keys(listed), int(listed["iat"])
    except (ValueError, KeyError, TypeError):
        raise Refused("bad_keys") from None
    _not_older(seen, f"keys {root['kid']}", signed_at, "old_keys")
    return keys


class Signers(NamedTuple):
    """Who signs papers, of a key set under the root key; certificates are DER."""

    authorities: list[bytes]
    """The portal's own: nobody but the portal and its agencies has a certificate of them."""
    certificates: dict[bytes, Mapping[str, Any]]
    """Certificates of signers: `agencies` for whom each signs (`*`: for all), `exp` until when if it was retired."""


NOBODY = Signers([], {})


def load_signers(jws: str, root: Mapping[str, Any]) -> Signers:
    """Who signs papers, of a key set under the root key; Refused("bad_keys")."""
    listed = _signed_by_root(jws, root)
    try:
        authorities = [base64.b64decode(text) for text in listed.get("document_authorities", [])]
        told = listed.get("document_certificates", [])
        return Signers(authorities, {base64.b64decode(each["x5c"][0]): each for each in told})
    except (ValueError, TypeError, AttributeError, LookupError):
        raise Refused("bad_keys") from None


def _signed_by_root(jws: str, root: Mapping[str, Any]) -> Any:
    try:
        head, payload, signature = jws.strip().split(".")
        said = json.loads(_from_base64url(head))
        if (said["alg"], said["typ"], said["kid"]) != ("EdDSA", KEY_SET, root["kid"]):
            raise Refused("bad_keys")
        key = Ed25519PublicKey.from_public_bytes(_from_base64url(root["x"]))
        key.verify(_from_base64url(signature), f"{head}.{payload}".encode())
        return json.loads(_from_base64url(payload))
    except (ValueError, KeyError, TypeError, InvalidSignature):
        raise Refused("bad_keys") from None


def load_withdrawn(raw: bytes, keys: Mapping[bytes, Key], seen: Seen | None = None) -> dict[str, Container[str]]:
    """Read the signed list of withdrawn results for `standing`; `seen` as in `load_signed_keys`.

    Raises Refused("bad_list"), and Refused("old_list") for one from before another that was seen: it would hide what
    was withdrawn since.
    """
    try:
        message = cbor2.loads(raw)
        protected, unprotected, payload, signature = message.value
        header = cbor2.loads(protected)
        key, begins, ends = keys[header[KEY_ID]]
        is_ours = message.tag == SIGN1 and unprotected == {} and header[CONTENT_TYPE] == WITHDRAWN
        signed_at = header[CWT_CLAIMS][IAT]
        if not is_ours or not begins <= signed_at <= ends:
            raise Refused("bad_list")
        key.verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))
        lists = cbor2.loads(payload)
        withdrawn: dict[str, Container[str]] = {name: _Beginnings(lists[label], lists[WIDTH]) for name, label in _LISTS}
    except Exception as error:  # arbitrary bytes can fail in arbitrary ways
        raise Refused("bad_list") from error
    _not_older(seen, "withdrawn", signed_at, "old_list")
    return withdrawn


def _not_older(seen: Seen | None, name: str, signed_at: int, reason: str) -> None:
    if seen is None:
        return
    newest = seen.get(name, 0)
    if signed_at < newest - CLOCKS_DIFFER:
        raise Refused(reason)
    seen[name] = max(signed_at, newest)


def listed_at(raw: bytes) -> int | None:
    """Of when a list of withdrawn results is, in seconds since 1970, if it says; `load_withdrawn` checks it first."""
    if raw.lstrip().startswith(b"{"):
        as_of = json.loads(raw).get("as_of")
        return int(datetime.fromisoformat(as_of).timestamp()) if as_of else None
    return int(cbor2.loads(cbor2.loads(raw).value[0])[CWT_CLAIMS][IAT])


def is_fresh(listed: int | None, said: Mapping[str, Any], hours: float, now: float | None = None) -> bool:
    """Whether a list of that moment tells of this result today: not older than so many hours, nor than the result."""
    moment = time.time() if now is None else now
    return listed is not None and listed >= max(said["issued_at"] - CLOCKS_DIFFER, moment - 3600 * hours)


_LISTS = (("revoked", REVOKED), ("replaced", REPLACED))


class _Beginnings(Container[str]):
    """The sorted beginnings of ids, each as many bytes long; holds an id whose beginning is among them."""

    def __init__(self, packed: bytes, width: int) -> None:
        self.width = width
        self.sorted = [packed[at : at + width] for at in range(0, len(packed), width)]

    def __contains__(self, public_id: object) -> bool:
        begin = base64.b32decode(str(public_id))[: self.width]
        place = bisect.bisect_left(self.sorted, begin)
        return place < len(self.sorted) and self.sorted[place] == begin


def load_keys(key_set: Mapping[str, Any]) -> dict[bytes, Key]:
    """Read a JSON Web Key Set into {kid: (key, from, until)}; times in seconds since 1970."""
    keys = {}
    for jwk in key_set["keys"]:
        if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
            raw = _from_base64url(jwk["x"])
            times = int(jwk.get("nbf", 0)), int(jwk.get("exp", 2**62))
            keys[bytes.fromhex(jwk["kid"])] = (Ed25519PublicKey.from_public_bytes(raw), *times)
    return keys


def verify(text: str, keys: Mapping[bytes, Key]) -> dict[str, Any]:
    """Return what a credential says, given its text or the whole address from the QR; raise Refused."""
    address, mark, bare = text.strip().rpartition("#")
    token = _from_base32(bare.upper())
    protected, payload, signature, kid = _parts(token)
    if kid not in keys:
        raise Refused("unknown_key")
    key, begins, ends = keys[kid]
    try:
        key.verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))
    except InvalidSignature:
        raise Refused("bad_signature") from None
    said = _claims(payload)
    if not begins <= said["issued_at"] <= ends:
        raise Refused("key_time")
    if mark and not address.upper().endswith("/XM/" + said["public_id"]):
        raise Refused("other_document")
    return said


def verify_file(pdf: bytes, keys: Mapping[bytes, Key], signers: Signers, text: str = "") -> dict[str, Any]:
    """Return what a PDF's credential says beside `signer` and `signed_at` of its signature; raise Refused.

    `text` is the QR on the paper where somebody read it: it must be of this file's result.
    """
    beside = importlib.import_module("datastore.file_verifier" if __package__ else "file_verifier")
    try:
        signed = beside.check(pdf, signers.authorities, signers.certificates)
    except beside.FileRefused as error:
        raise Refused(str(error)) from error
    if not signed.credential:  # a letter, a receipt, or a result from before files told it
        raise Refused("no_credential")
    said = verify(signed.credential, keys)
    if text and verify(text, keys)["public_id"] != said["public_id"]:
        raise Refused("other_document")
    # A QR's text is known to whoever saw the paper: what carries it counts only where it was signed as that result.
    if signed.reason != RESULT_REASON or signed.signed_at is None:
        raise Refused("other_document")
    if abs(signed.signed_at.timestamp() - said["issued_at"]) > SIGNED_WITHIN:
        raise Refused("other_document")
    told = signers.certificates.get(signed.certificate, {})
    if signed.signed_at.timestamp() > told.get("exp", 2**62):
        raise Refused("key_time")
    # Credentials have the brief name; the portal's own certificate names no agency and signs for all.
    names = told.get("agencies") or [name.replace("Ủy ban nhân dân", "UBND") for name in signed.names] or ["*"]
    if "*" not in names and said["agency_name"] not in names:
        raise Refused("other_signer")
    return {**said, "signer": signed.signer, "signed_at": signed.signed_at.isoformat()}


def standing(
    said: Mapping[str, Any], withdrawn: Mapping[str, Container[str]] | None = None, now: float | None = None
) -> str:
    """Return valid, expired, revoked or replaced for a credential that verified."""
    for state in ("revoked", "replaced"):
        if withdrawn and said["public_id"] in withdrawn[state]:
            return state
    over = said.get("expires_at")
    return "expired" if over is not None and over < (time.time() if now is None else now) else "valid"


def matches_content(said: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
    """Whether the content of a result, as the portal gives it to whoever may read it, is what this was issued for."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest().startswith(said["content_digest"])


def _from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _from_base32(bare: str) -> bytes:
    try:
        token = base64.b32decode(bare + "=" * (-len(bare) % 8))
    except (binascii.Error, ValueError):
        raise Refused("unreadable") from None
    # The last letter has idle bits: only one spelling of a token is a token.
    if not 0 < len(token) <= MAX_BYTES or base64.b32encode(token).decode().rstrip("=") != bare:
        raise Refused("unreadable")
    return token


def _parts(token: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    try:
        message = cbor2.loads(token)
        protected, unprotected, payload, signature = message.value
        header = cbor2.loads(protected)
        kid = bytes(header[KEY_ID])
        is_plain = message.tag == SIGN1 and unprotected == {} and cbor2.dumps(message) == token
        is_ours = protected == cbor2.dumps({ALGORITHM: EDDSA, KEY_ID: kid}) and len(signature) == 64
    except Exception as error:  # arbitrary bytes can fail in arbitrary ways
        raise Refused("unreadable") from error
    if not is_plain or not is_ours:
        raise Refused("unreadable")
    return protected, payload, signature, kid


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        claims = cbor2.loads(payload)
        fields = {FIELDS[number]: value for number, value in claims[RESULT].items() if number in FIELDS}
        fields["content_digest"] = fields["content_digest"].hex()
        public_id = base64.b32encode(claims[CTI]).decode()
        times = {"issued_at": claims[IAT], "expires_at": claims.get(EXP)}
        return {"public_id": public_id, "system": claims[ISS], **times, **fields}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused("unreadable") from error


def _read_keys(path: Path, root: Path | None, seen: Seen) -> dict[bytes, Key]:
    text = path.read_text(encoding="utf-8")
    if root is not None:
        return load_signed_keys(text, json.loads(root.read_text(encoding="utf-8")), seen)
    return load_keys(json.loads(text))


def _read_file(path: Path, keys: Path, root: Path) -> tuple[bytes, Signers]:
    text = keys.read_text(encoding="utf-8")
    return path.read_bytes(), load_signers(text, json.loads(root.read_text(encoding="utf-8")))


def _read_withdrawn(
    path: Path, keys: Mapping[bytes, Key], seen: Seen
) -> tuple[Mapping[str, Container[str]], int | None]:
    raw = path.read_bytes()
    is_json = raw.lstrip().startswith(b"{")
    return (json.loads(raw) if is_json else load_withdrawn(raw, keys, seen)), listed_at(raw)


def _read_content(path: Path) -> Mapping[str, Any]:
    """The content of a result: alone, or within the answer of GET /api/v1/documents/{id}/."""
    told = json.loads(path.read_text(encoding="utf-8"))
    content = told.get("content", told)
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds no content of a result")
    return content


def _read_seen(path: Path | None) -> dict[str, int]:
    """What earlier runs saw; a file that is not there yet has seen nothing, one that is spoilt is an error."""
    if path is None or not path.exists():
        return {}
    return {str(name): int(seconds) for name, seconds in json.loads(path.read_text(encoding="utf-8")).items()}


def _write_seen(path: Path, seen: Seen) -> None:
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.write_text(json.dumps(dict(seen), sort_keys=True), encoding="utf-8")
    draft.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="verifier", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("text", nargs="?", default="", help="the text of the QR, or the credential behind its #")
    parser.add_argument("--file", type=Path, help="PDF of a result: its signature (needs --root), then its credential")
    parser.add_argument("--keys", type=Path, required=True, help="saved copy of /xm/khoa.jws, or of /xm/khoa.json")
    parser.add_argument("--root", type=Path, help="saved copy of /xm/goc.json, which signed khoa.jws")
    parser.add_argument("--withdrawn", type=Path, help="saved copy of /xm/thu-hoi.cose, or of /xm/thu-hoi.json")
    parser.add_argument(
        "--list-age", type=float, metavar="HOURS", help="an older list, or none, leaves a result unsure"
    )
    parser.add_argument("--content", type=Path, help="JSON content of the result, to compare with the digest")
    parser.add_argument("--seen", type=Path, help="file that keeps the dates of the lists: an older one is refused")
    chosen = parser.parse_args(arguments)
    if not (chosen.text or chosen.file) or (chosen.file and not chosen.root):
        parser.error("give the text of a QR, or --file with --root")
    try:
        seen = _read_seen(chosen.seen)
        keys = _read_keys(chosen.keys, chosen.root, seen)
        withdrawn, listed = _read_withdrawn(chosen.withdrawn, keys, seen) if chosen.withdrawn else (None, None)
        pdf, signers = _read_file(chosen.file, chosen.keys, chosen.root) if chosen.file else (None, NOBODY)
        if chosen.seen:
            _write_seen(chosen.seen, seen)
        content = _read_content(chosen.content) if chosen.content else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stderr.write(f"verifier: cannot read the files: {error}\n")
        return 2
    try:
        said = verify_file(pdf, keys, signers, chosen.text) if pdf is not None else verify(chosen.text, keys)
    except Refused as error:
        sys.stdout.write(json.dumps({"status": "refused", "reason": str(error)}) + "\n")
        return 1
    status = standing(said, withdrawn)
    if content is not None and not matches_content(said, content):
        status = "other_content"
    if status == "valid" and chosen.list_age is not None and not is_fresh(listed, said, chosen.list_age):
        status = "unsure"
    told: dict[str, Any] = {"status": status, "withdrawn_as_of": None}
    if listed is not None:
        told["withdrawn_as_of"] = datetime.fromtimestamp(listed, UTC).isoformat()
    if content is not None:
        told["is_content_same"] = status != "other_content"
    sys.stdout.write(json.dumps({**told, **said}, ensure_ascii=False) + "\n")
    return 0 if status == "valid" else 1


if __name__ == "__main__":
    sys.exit(main())
