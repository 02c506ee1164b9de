"""A system that signs its requests (docs/api/signing.md), written from the page and not from the portal's code."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from django.http import HttpResponse
from django.test import Client

from portal.agencies.models import ApiClient
from portal.exchange import request_keys

COVERED = '"@method" "@authority" "@path" "@query"'


class Signer:
    """A partner's engineer who read docs/api/signing.md and nothing of the portal's code."""

    def __init__(self, client: ApiClient, scopes: tuple[str, ...] = ("dossiers:read", "events:write")) -> None:
        given = request_keys.issue(client, scopes=scopes)
        self.client, self.key_id, self.key = client, given["keyid"], base64.b64decode(given["key"])

    def headers(
        self, method: str, path: str, body: bytes = b"", *, created: float | None = None, nonce: str = "", **more: str
    ) -> dict[str, str]:
        bare, _mark, query = path.partition("?")
        covered, lines, headers = COVERED, [], {}
        lines += [f'"@method": {method}', '"@authority": testserver', f'"@path": {bare}', f'"@query": ?{query}']
        if body:
            digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
            headers["Content-Digest"] = digest
            covered += ' "content-digest"'
            lines.append(f'"content-digest": {digest}')
        moment, nonce = int(time.time() if created is None else created), nonce or secrets.token_hex(16)
        given = f'({covered});created={moment};keyid="{self.key_id}";nonce="{nonce}"' + more.get("extra", "")
        lines.append(f'"@signature-params": {given}')
        made = hmac.new(self.key, "\n".join(lines).encode(), hashlib.sha256).digest()
        return {**headers, "Signature-Input": f"sig1={given}", "Signature": f"sig1=:{base64.b64encode(made).decode()}:"}

    def get(self, path: str, **given: Any) -> HttpResponse:
        return Client().get(path, headers=self.headers("GET", path, **given))

    def post(self, path: str, body: Any, **given: Any) -> HttpResponse:
        content = json.dumps(body).encode()
        headers = self.headers("POST", path, content, **given)
        return Client().post(path, content, content_type="application/json", headers=headers)


def refused(answer: HttpResponse, code: str = "auth.signature_invalid") -> bool:
    return (answer.status_code, answer.json()["code"]) == (401, code)
