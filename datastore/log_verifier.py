"""Check the log of who looked without the portal: `python -m datastore.log_verifier --keys khoa.json FILE`.

One file, for anybody to copy: it needs Python 3.11 and `cryptography`, and no Django. FILE is an export of the whole
log (JSON lines, `manage.py export_access_log`) or a proof that a person downloaded (JSON). Keys come from
https://<portal>/xm/khoa.json, the signed heads that others saw from https://<portal>/xm/nhat-ky.json (`--heads`).
docs/access-log.md has the format. Prints JSON; exit code 0 when everything holds, 1 when something was edited, removed
or put in (each one named), 2 when the files cannot be read.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENESIS = "0" * 64
"""What stands before the first row."""
EMPTY_ROOT = hashlib.sha256(b"").hexdigest()
PREFIX = b"portal access log head v1\n"
"""Signed before the statement, so that the signature of nothing else can pass for a head's."""
END_PREFIX = b"portal access log end v1\n"
"""The same for the statement that says where the log ends."""
ENDS_ARE_SIGNED = 2
"""Version of a head from which on the end of the log is signed, too: then it has one."""
MOST_WAYS = 8
"""How many readings of a broken chain are followed at once."""
LEAF, NODE, LINK = b"\x00", b"\x01", b"\x02"


class Unreadable(ValueError):
    """The file is neither an export nor a proof."""


def canonical(facts: Mapping[str, Any]) -> bytes:
    """JSON with sorted names, no blanks, UTF-8 (RFC 8785 for texts, whole numbers and null)."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def row_hash(row: Mapping[str, Any]) -> str:
    """Digest of one row: a leaf of the day's tree (RFC 6962)."""
    return hashlib.sha256(LEAF + canonical(row)).hexdigest()


def link_hash(previous: str, leaf: str) -> str:
    """Digest of the chain up to a row, from the digest up to the row before it."""
    return hashlib.sha256(LINK + bytes.fromhex(previous) + bytes.fromhex(leaf)).hexdigest()


def node_hash(left: str, right: str) -> str:
    """Digest of two branches."""
    return hashlib.sha256(NODE + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def statement_hash(statement: Mapping[str, Any]) -> str:
    """Digest of a head's statement, which the next head names."""
    return hashlib.sha256(canonical(statement)).hexdigest()


class Tree:
    """The root over leaves that come one after another (RFC 6962); keeps one digest for each power of two."""

    def __init__(self) -> None:
        self._whole: list[tuple[int, str]] = []

    def add(self, leaf: str, size: int = 1) -> None:
        """Append a leaf, or a whole branch of `size` leaves."""
        self._whole.append((size, leaf))
        while len(self._whole) > 1 and self._whole[-1][0] == self._whole[-2][0]:
            (size, left), (_same, right) = self._whole[-2:]
            self._whole[-2:] = [(2 * size, node_hash(left, right))]

    def root(self) -> str:
        """The root over what was added so far."""
        if not self._whole:
            return EMPTY_ROOT
        root = self._whole[-1][1]
        for _size, left in reversed(self._whole[:-1]):
            root = node_hash(left, root)
        return root


def audit_path(leaves: Sequence[str], index: int) -> list[str]:
    """The digests that lead from one leaf to the root, lowest first (RFC 6962 §2.1.1)."""
    if len(leaves) <= 1:
        return []
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    if index < half:
        return [*audit_path(leaves[:half], index), root_of(leaves[half:])]
    return [*audit_path(leaves[half:], index - half), root_of(leaves[:half])]


def root_of(leaves: Iterable[str]) -> str:
    """The root over leaves."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def root_by_path(leaf: str, index: int, size: int, path: Sequence[str]) -> str | None:
    """The root that a path leads to, or None when the path does not fit a tree of this size (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return None
    position, last, root = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if position & 1 or position == last:
            root = node_hash(step, root)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            root = node_hash(root, step)
        position, last = position >> 1, last >> 1
    return root if last == 0 else None


Keys = Mapping[str, tuple[Ed25519PublicKey, float, float]]


def load_keys(key_set: Mapping[str, Any]) -> dict[str, tuple[Ed25519PublicKey, float, float]]:
    """Read a JSON Web Key Set into {kid: (key, from, until)}; times in seconds since 1970."""
    keys = {}
    for jwk in key_set["keys"]:
        if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
            raw = base64.urlsafe_b64decode(jwk["x"] + "=" * (-len(jwk["x"]) % 4))
            times = float(jwk.get("nbf", 0)), float(jwk.get("exp", 2**62))
            keys[str(jwk["kid"])] = (Ed25519PublicKey.from_public_bytes(raw), *times)
    return keys


def head_problem(head: Mapping[str, Any], keys: Keys) -> str:
    """Why a signed head is not to be trusted: unknown_key, key_time, bad_signature; empty when it is."""
    return _problem(head["statement"], head["signature"], keys, PREFIX)


def _problem(statement: Mapping[str, Any], signature: str, keys: Keys, prefix: bytes) -> str:
    if statement["kid"] not in keys:
        return "unknown_key"
    key, begins, ends = keys[statement["kid"]]
    if not begins <= datetime.fromisoformat(statement["signed_at"]).timestamp() <= ends:
        return "key_time"
    try:
        key.verify(base64.urlsafe_b64decode(signature + "=="), prefix + canonical(statement))
    except (InvalidSignature, ValueError):
        return "bad_signature"
    return ""


class Chain:
    """Follows the log from its first row and writes down what does not hold, by position and row."""

    def __init__(self, keys: Keys, witnessed: Mapping[str, str] | None = None) -> None:
        self.keys = keys
        self.witnessed = dict(witnessed or {})
        """Digest of the statement of each day, as somebody outside the portal kept it."""
        self.position, self.head_end, self.previous_head = 0, 0, ""
        self.head_digests = {""}
        self.is_end_due, self.has_end = True, False
        """Whether the end of the log has to be signed, by the newest head, and whether it is."""
        self.links = {GENESIS}
        """What the next row may follow: the chain as it is written and, where that does not hold, as it should be."""
        self.tree = Tree()
        self.rows, self.heads = 0, 0
        self.problems: list[dict[str, Any]] = []

    def add_row(self, entry: Mapping[str, Any]) -> None:
        """Check the next row."""
        row, position = entry["row"], int(entry["position"])
        leaf = row_hash(row)
        self.rows += 1
        if position <= self.position:
            self._found("inserted", entry)
            return
        follows = {link_hash(link, leaf) for link in self.links}
        is_next = position == self.position + 1
        if not is_next:
            self._missing(self.position + 1, position - 1)
        if leaf != entry["row_sha256"] or (is_next and entry["chain_sha256"] not in follows):
            self._found("edited", entry)
        self.position, self.links = position, {entry["chain_sha256"]}
        if is_next and len(follows) < MOST_WAYS:
            self.links |= follows
        self.tree.add(leaf)

    def add_head(self, head: Mapping[str, Any]) -> None:
        """Check the head of a day against the rows before it and the head before it."""
        statement = head["statement"]
        day, digest = str(statement["day"]), statement_hash(statement)
        self.heads += 1
        if wrong := head_problem(head, self.keys):
            self._say("head_not_signed", day=day, reason=wrong)
        if statement["previous_sha256"] != self.previous_head:
            self._say("head_out_of_order", day=day)
        if self.witnessed.pop(day, digest) != digest:
            self._say("head_replaced", day=day)
        if int(statement["first"]) != self.head_end + 1:
            self._say("head_out_of_order", day=day)
        if int(statement["last"]) > self.position:
            self._missing(self.position + 1, int(statement["last"]))
            self.position = int(statement["last"])
        elif statement["chain_sha256"] not in self.links or statement["root_sha256"] != self.tree.root():
            self._say("day_changed", day=day, first=statement["first"], last=statement["last"])
        self.links = {*self.links, statement["chain_sha256"]}
        self.head_end, self.previous_head = int(statement["last"]), digest
        self.head_digests.add(digest)
        self.is_end_due = int(statement["v"]) >= ENDS_ARE_SIGNED
        self.tree = Tree()

    def add_end(self, end: Mapping[str, Any]) -> None:
        """Check that nothing is missing between the last row or head and the end of the log as it was signed."""
        statement = end["end"]
        self.has_end, last = True, int(statement["last"])
        if wrong := _problem(statement, end["signature"], self.keys, END_PREFIX):
            self._say("end_not_signed", last=last, reason=wrong)
        if last > self.position:
            self._missing(self.position + 1, last)
        elif statement["chain_sha256"] not in self.links:
            self._say("end_changed", last=last)
        if statement["head_sha256"] not in self.head_digests:
            self._say("head_removed", day=statement["head_day"])

    def report(self) -> dict[str, Any]:
        """What was checked and found; heads that others kept and that are gone count as removed."""
        for day in sorted(self.witnessed):
            self._say("head_removed", day=day)
        self.witnessed = {}
        if self.is_end_due and not self.has_end and (self.rows or self.heads):
            self._say("end_missing")
        return {
            "status": "changed" if self.problems else "whole",
            "rows": self.rows,
            "heads": self.heads,
            "rows_after_last_head": self.position - self.head_end,
            "problems": self.problems,
        }

    def _missing(self, first: int, last: int) -> None:
        self._say("removed", position=first, until=last)

    def _found(self, what: str, entry: Mapping[str, Any]) -> None:
        row = entry["row"]
        self._say(what, position=entry["position"], row_id=row.get("id"), read_at=row.get("read_at"))

    def _say(self, what: str, **facts: Any) -> None:
        self.problems.append({"problem": what, **facts})


def check_export(lines: Iterable[Mapping[str, Any]], chain: Chain) -> dict[str, Any]:
    """Check an export: rows in order, after the last row of each day its head, and where the log ends."""
    for entry in lines:
        if "statement" in entry:
            chain.add_head(entry)
        elif "row" in entry:
            chain.add_row(entry)
        elif "end" in entry:
            chain.add_end(entry)
        else:
            raise Unreadable("a line is neither a row, a head nor the end")
    return chain.report()


def check_proof(proof: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """Check a person's proof: each row leads to the root of a head that the portal signed."""
    problems: list[dict[str, Any]] = []
    heads: dict[str, Mapping[str, Any]] = {}
    for head in proof["heads"]:
        if wrong := head_problem(head, keys):
            problems.append({"problem": "head_not_signed", "day": head["statement"]["day"], "reason": wrong})
        heads[head["statement"]["day"]] = head["statement"]
    for entry in proof["rows"]:
        head_of_day = heads.get(entry["day"])
        size = int(head_of_day["last"]) - int(head_of_day["first"]) + 1 if head_of_day else 0
        index = int(entry["position"]) - int(head_of_day["first"]) if head_of_day else -1
        root = root_by_path(row_hash(entry["row"]), index, size, entry["path"])
        if head_of_day is None or root != head_of_day["root_sha256"]:
            problems.append({"problem": "not_in_log", "position": entry["position"], "row_id": entry["row"].get("id")})
    return {
        "status": "changed" if problems else "whole",
        "rows": len(proof["rows"]),
        "heads": len(heads),
        "waiting": len(proof.get("waiting", [])),
        "problems": problems,
    }


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _is_proof(path: Path) -> bool:
    """A proof is one object with a kind; an export has an object on each line."""
    with path.open(encoding="utf-8") as file:
        return '"access-log-proof"' in file.read(200)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="log_verifier", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("file", type=Path, help="export of the log (JSON lines), or a downloaded proof (JSON)")
    parser.add_argument("--keys", type=Path, help="saved copy of /xm/khoa.json; a proof also carries the keys it names")
    parser.add_argument("--heads", type=Path, help="earlier saved copy of /xm/nhat-ky.json, to compare with an export")
    chosen = parser.parse_args(arguments)
    try:
        given = json.loads(chosen.keys.read_text(encoding="utf-8")) if chosen.keys else None
        if _is_proof(chosen.file):
            proof = json.loads(chosen.file.read_text(encoding="utf-8"))
            said = check_proof(proof, load_keys(given or proof["keys"]))
            said["keys"] = "given" if given else "from the proof itself"
        else:
            kept = json.loads(chosen.heads.read_text(encoding="utf-8"))["heads"] if chosen.heads else []
            witnessed = {head["statement"]["day"]: statement_hash(head["statement"]) for head in kept}
            if given is None:
                raise Unreadable("an export is checked with --keys")
            said = check_export(_lines(chosen.file), Chain(load_keys(given), witnessed))
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"log_verifier: cannot read the files: {type(error).__name__}: {error}\n")
        return 2
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    return 0 if said["status"] == "whole" else 1


if __name__ == "__main__":
    sys.exit(main())
