"""The portal as the province's program meets it."""

import re
import secrets

import httpx

from tests.sandbox.programs import SECRETS, Program

PDF = b"%PDF-1.7 to khai"


class RestPortal:
    """The portal's end of the REST contract, as far as a client sees it."""

    def __init__(self, program: Program):
        self.program, self.down = program, False
        self.tokens, self.turned_away, self.refusals, self.heard = [], 0, {}, []
        portal = program.portal
        portal.routes.update(
            {
                ("GET", "/.well-known/openid-configuration"): lambda request: (
                    200,
                    {"token_endpoint": f"{portal.url}/identity/o/api/token"},
                ),
                ("POST", "/identity/o/api/token"): self.token,
                ("POST", "/api/v1/dossiers/"): self.event,
                ("GET", "/api/v1/files/"): self.file,
            }
        )

    def token(self, request):
        form = httpx.QueryParams(request.body.decode())
        assert form["grant_type"] == "client_credentials"
        assert form["client_id"] == "province"
        assert form["client_secret"] == SECRETS["SANDBOX_PROVINCE_CLIENT_SECRET"]
        assert form["scope"] == "dossiers:read documents:read events:write results:write"
        self.tokens.append(secrets.token_urlsafe(16))
        return 200, {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": 3600}

    def is_authorized(self, request) -> bool:
        return bool(self.tokens) and request.headers.get("authorization") == f"Bearer {self.tokens[-1]}"

    def event(self, request):
        if not self.down and not self.is_authorized(request):
            self.turned_away += 1
            return 401, {"code": "authentication_failed", "message": "Mã truy cập đã hết hạn."}
        self.heard.append(request)
        if self.down:
            return 503, {"code": "unavailable"}
        return self.refusals.pop(request.path, (201, {}))

    def refuse(self, code: str, status: int, body: dict[str, str]) -> None:
        """Answer the next push about this dossier so; those of earlier tests may still be on their way."""
        self.refusals[f"/api/v1/dossiers/{code}/events/"] = (status, body)

    def file(self, request):
        return (200, PDF) if self.is_authorized(request) else (401, {"code": "authentication_failed"})

    def events(self, code: str) -> list:
        """Return what arrived about one dossier with a valid token, whatever it was answered."""
        return [request for request in self.heard if request.path == f"/api/v1/dossiers/{code}/events/"]


def click(program: Program, code: str, action: str, **fields) -> httpx.Response:
    page = program.http.get(f"/ho-so/{code}/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    return program.http.post(
        f"/ho-so/{code}/quyet-dinh/", data={"csrfmiddlewaretoken": token, "action": action, **fields}
    )
