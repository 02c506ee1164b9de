"""REST: an access token by client credentials, one POST per status event, problem details read on refusal."""

import base64
from datetime import timedelta
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone

from portal.sandbox.casework.actions import Action
from portal.sandbox.casework.chaos import chaos, wrong_messages
from portal.sandbox.casework.models import Credential, Push, ResultFile
from portal.sandbox.casework.transports.base import Outcome
from portal.sandbox.common.http import client

CREDENTIAL = "portal"
JSON = {"Content-Type": "application/json"}
STILL_RUNNING = "idempotency.request_running"


class RestTransport:
    unit = "Bộ phận một cửa thử nghiệm, Thành phố Đà Nẵng"
    leader = "Trưởng phòng chuyên môn"
    number_suffix = "KQ-MCDN"
    is_asked = False
    scope = "dossiers:read documents:read events:write results:write"

    def bearer(self) -> str:
        """Return a valid access token, asking the portal's own token endpoint for one when needed."""
        if token := Credential.valid(CREDENTIAL):
            return token
        discovery = client().get(f"{settings.SANDBOX.portal_url}/.well-known/openid-configuration")
        discovery.raise_for_status()
        values, name = settings.SANDBOX.values, settings.PROGRAM.upper()
        response = client().post(
            _field(discovery, "token_endpoint"),
            data={
                "grant_type": "client_credentials",
                "client_id": values[f"SANDBOX_{name}_CLIENT_ID"],
                "client_secret": values[f"SANDBOX_{name}_CLIENT_SECRET"],
                "scope": self.scope,
            },
        )
        response.raise_for_status()
        token, lifetime = _field(response, "access_token"), int(_field(response, "expires_in"))
        # renewed a minute early, so that a token does not die between check and use
        Credential.keep(CREDENTIAL, token, timezone.now() + timedelta(seconds=max(lifetime - 60, 1)))
        return token

    def forget(self, token: str) -> None:
        Credential.forget(CREDENTIAL, token)

    def steps(self, action: Action) -> list[Action]:
        return [action]

    def deliver(self, push: Push) -> Outcome:
        try:
            response = self._post(push)
        except httpx.HTTPStatusError as problem:
            return Outcome.retry(f"Cổng không cấp mã truy cập (mã {problem.response.status_code})")
        if response.status_code in (200, 201):
            return Outcome.delivered()
        detail = f"{response.status_code}: {_problem(response)}"
        if response.status_code >= 500 or response.status_code in (401, 408, 425, 429):
            return Outcome.retry(detail)
        if response.status_code == 409 and _problem_code(response) == STILL_RUNNING:
            return Outcome.retry(detail)
        return Outcome.refused(detail)

    def _post(self, push: Push) -> httpx.Response:
        """Send the event; a token that the portal no longer takes is renewed once."""
        url = f"{settings.SANDBOX.portal_url}/api/v1/dossiers/{push.case.code}/events/"
        body = event_body(push)
        for attempt in (1, 2):
            token = self.bearer()
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": push.reference}
            spoilt = {**body, "event": "ban_hanh", "reference": f"{push.reference}-x"}
            for wrong in wrong_messages(body, spoilt):
                client().post(url, content=wrong, headers={**headers, **JSON, "Idempotency-Key": f"{push.reference}-x"})
            response = client().post(url, json=body, headers=headers)
            if response.status_code != 401 or attempt == 2:
                break
            self.forget(token)
        if response.status_code in (200, 201) and chaos.strikes("duplicates"):
            client().post(url, json=body, headers=headers)
            client().post(url, json=body, headers={**headers, "Idempotency-Key": f"{push.reference}-2"})
        return response


def _field(response: httpx.Response, name: str) -> Any:
    try:
        return response.json()[name]
    except (ValueError, KeyError, TypeError):
        raise httpx.DecodingError(f"answer without {name}", request=response.request) from None


def event_body(push: Push) -> dict[str, Any]:
    """Return the JSON of one status event as the portal's API defines it."""
    content = push.content
    body: dict[str, Any] = {
        "event": push.action,
        "occurred_at": timezone.localtime(push.occurred_at).isoformat(),
        "reference": push.reference,
        "official": content["official"],
    }
    if content["reason"]:
        body["reason"] = content["reason"]
    if "components" in content:
        body["components"] = content["components"]
    if result := content.get("result"):
        body["result"] = {name: result[name] for name in ("document_number", "title", "fields")}
        file = ResultFile.objects.get(pk=result["file"])
        if file.is_uploaded:
            encoded = base64.b64encode(file.path.read_bytes()).decode()
            body["result"]["files"] = [{"name": file.name, "content_base64": encoded}]
    return body


def _problem(response: httpx.Response) -> str:
    try:
        problem = response.json()
    except ValueError:
        return response.text[:300]
    if not isinstance(problem, dict):
        return str(problem)[:300]
    words = [str(problem[name]) for name in ("code", "title", "message", "detail") if problem.get(name)]
    return " – ".join(words)[:500] or str(problem)[:300]


def _problem_code(response: httpx.Response) -> str:
    try:
        return str(response.json().get("code") or "")
    except (ValueError, AttributeError):
        return ""
