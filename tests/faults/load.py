"""Citizens, a gateway and a province's system that keep calling over HTTP until each call is acknowledged.

A call that fails on the way, or that the portal answers with 5xx, is sent again with the same key, as good clients do.
What was acknowledged is written down here; afterwards the database has to have it, once.
"""

import hashlib
import hmac
import random
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit
from zoneinfo import ZoneInfo

import httpx

from tests.faults.seed import PROCEDURE

TOKEN_PATH = "/identity/o/api/token"
EVENTS = ("accept", "start_processing", "approve")
PATIENCE_SECONDS = 150
SAYS_CODE = re.compile(r"/ho-so/([^/]+)/")
TRY_AGAIN = frozenset({408, 425, 429})
RUNNING = "idempotency.request_running"
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass
class Tally:
    """What the clients were told, and how often they had to ask again."""

    submitted: dict[str, str] = field(default_factory=dict)
    """Draft to dossier code."""
    paid: dict[str, str] = field(default_factory=dict)
    """Dossier code to the gateway's transaction."""
    pushed: dict[str, str] = field(default_factory=dict)
    """Idempotency-Key to dossier code."""
    again: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> int:
        """How many calls were acknowledged so far."""
        return len(self.submitted) + len(self.paid) + len(self.pushed)


class Clients:
    """All callers of one run; one instance is shared by the threads."""

    def __init__(self, environment: dict[str, str], tally: Tally) -> None:
        self.environment = environment
        self.tally = tally
        self.base = f"http://127.0.0.1:{environment['PORTAL_PORT']}"
        self.http = httpx.Client(base_url=self.base, timeout=20, follow_redirects=False)
        self._token = ""

    def one_citizen(self, number: int, citizen: dict[str, str], pushes: int) -> None:
        """File, pay, and have the province report so many events, one after another."""
        code = self.submit(citizen)
        self.pay(code, citizen, transaction=str(14_000_000 + number))
        for event in EVENTS[:pushes]:
            self.push(code, event, twice=number % 5 == 0)

    def submit(self, citizen: dict[str, str]) -> str:
        """Press “Nộp hồ sơ”, and press it again when no answer comes."""
        path = f"/nop-ho-so/{PROCEDURE}/{citizen['draft']}/kiem-tra/"

        def read(answer: httpx.Response) -> str:
            code = SAYS_CODE.match(answer.headers.get("location", ""))
            if answer.status_code != 302 or code is None:
                raise Unexpected("submit", answer)
            return code[1]

        code = self._until_acknowledged("submit", lambda: self._post(path, {}, citizen), read)
        with self.tally.lock:
            self.tally.submitted[citizen["draft"]] = code
        return code

    def pay(self, code: str, citizen: dict[str, str], *, transaction: str) -> None:
        """Open an order, then be the gateway that reports the money, twice as gateways do."""
        path = f"/thanh-toan/{code}/"

        def read_order(answer: httpx.Response) -> dict[str, str]:
            told = {
                name: values[0] for name, values in parse_qs(urlsplit(answer.headers.get("location", "")).query).items()
            }
            if answer.status_code != 302 or "vnp_TxnRef" not in told:
                raise Unexpected("order", answer)
            return told

        order = self._until_acknowledged("order", lambda: self._post(path, {"gateway": "vnpay"}, citizen), read_order)
        notice = self._notice(order, transaction)

        def read_reply(answer: httpx.Response) -> str:
            reply = answer.json()["RspCode"] if answer.status_code == 200 else ""
            if reply == "99":
                raise TryAgainError
            if reply not in ("00", "02"):
                raise Unexpected("notice", answer)
            return reply

        for _repeat in range(2):
            self._until_acknowledged(
                "notice", lambda: self.http.get("/thanh-toan/vnpay/ipn/", params=notice), read_reply
            )
        with self.tally.lock:
            self.tally.paid[code] = transaction

    def push(self, code: str, event: str, *, twice: bool) -> None:
        """Report one event of the province with a key of its own."""
        key = f"chaos-{code}-{event}"
        body = {
            "event": event,
            "occurred_at": datetime.now(tz=VIETNAM).isoformat(),
            "reference": key,
            "official": {"name": "Ngô Văn Nghiệm", "title": "Cán bộ một cửa", "unit": "Bộ phận một cửa"},
        }

        def send() -> httpx.Response:
            headers = {"Authorization": f"Bearer {self._bearer()}", "Idempotency-Key": key}
            return self.http.post(f"/api/v1/dossiers/{code}/events/", json=body, headers=headers)

        def read(answer: httpx.Response) -> str:
            if answer.status_code == 409 and answer.json().get("code") == RUNNING:
                raise TryAgainError
            if answer.status_code not in (200, 201):
                raise Unexpected(f"push {event}", answer)
            return str(answer.json()["dossier"]["code"])

        for _repeat in range(2 if twice else 1):
            self._until_acknowledged("push", send, read)
        with self.tally.lock:
            self.tally.pushed[key] = code

    def sign_in_province(self) -> None:
        """Get the province's access token before anything breaks; it lasts longer than the run."""
        answer = self.http.post(
            TOKEN_PATH,
            data={"grant_type": "client_credentials", "scope": "dossiers:read events:write results:write"},
            auth=(self.environment["SANDBOX_PROVINCE_CLIENT_ID"], self.environment["SANDBOX_PROVINCE_CLIENT_SECRET"]),
        )
        if answer.status_code != 200:
            raise Unexpected("token", answer)
        self._token = str(answer.json()["access_token"])

    def use_token(self, token: str) -> None:
        """Call with a token that was made before."""
        self._token = token

    def _bearer(self) -> str:
        return self._token

    def _post(self, path: str, data: dict[str, str], citizen: dict[str, str]) -> httpx.Response:
        csrf = secrets.token_hex(16)
        headers = {"Cookie": f"portal_session={citizen['session']}; portal_csrf={csrf}", "X-CSRFToken": csrf}
        return self.http.post(path, data=data, headers=headers)

    def _notice(self, order: dict[str, str], transaction: str) -> dict[str, str]:
        """What VNPAY's server says of a paid order, signed as its interface tells."""
        fields = {
            "vnp_TmnCode": order["vnp_TmnCode"],
            "vnp_TxnRef": order["vnp_TxnRef"],
            "vnp_Amount": order["vnp_Amount"],
            "vnp_OrderInfo": order["vnp_OrderInfo"],
            "vnp_BankCode": "NCB",
            "vnp_PayDate": datetime.now(tz=VIETNAM).strftime("%Y%m%d%H%M%S"),
            "vnp_ResponseCode": "00",
            "vnp_TransactionStatus": "00",
            "vnp_TransactionNo": transaction,
        }
        text = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in sorted(fields.items()))
        secret = self.environment["VNPAY_HASH_SECRET"].encode()
        return {**fields, "vnp_SecureHash": hmac.new(secret, text.encode(), hashlib.sha512).hexdigest()}

    def _until_acknowledged(
        self, what: str, send: Callable[[], httpx.Response], read: Callable[[httpx.Response], Any]
    ) -> Any:
        """Send until an answer can be read; `read` raises TryAgainError or Unexpected."""
        deadline, wait = time.monotonic() + PATIENCE_SECONDS, 0.1
        while True:
            try:
                answer = send()
                if answer.status_code < 500 and answer.status_code not in TRY_AGAIN:
                    return read(answer)
                trouble = str(answer.status_code)
            except (httpx.TransportError, TryAgainError) as error:
                trouble = type(error).__name__
            with self.tally.lock:
                self.tally.again[f"{what}: {trouble}"] += 1
            if time.monotonic() > deadline:
                raise RuntimeError(f"{what} was not acknowledged in {PATIENCE_SECONDS} s; last trouble: {trouble}")
            time.sleep(wait * random.uniform(0.75, 1.25))
            wait = min(2.0, wait * 2)


class TryAgainError(Exception):
    """The portal asks to call again."""


class Unexpected(Exception):
    """An answer that no fault excuses."""

    def __init__(self, what: str, answer: httpx.Response) -> None:
        target = answer.headers.get("location", "")
        super().__init__(f"{what}: {answer.status_code} {target} {answer.text[:400]}")
