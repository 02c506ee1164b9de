"""The OpenAPI 3.1 description of the API, made from the views and kept for the life of the process."""

from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from portal.agencies.credentials import SCOPES
from portal.api import urls_v1

SCOPE_MEANINGS = {
    "dossiers:read": "Đọc hồ sơ được giao và sự kiện của hồ sơ",
    "events:write": "Báo sự kiện của hồ sơ",
    "results:write": "Gửi kết quả giải quyết kèm sự kiện approve",
    "results:revoke": "Báo thu hồi hoặc thay kết quả đã cấp (revoke_result, replace_result)",
    "documents:read": "Đọc giấy tờ của hồ sơ được giao",
}

SIGN_IN_PATH = "/identity/o/api/token"
DESCRIPTION = """\
Giao diện cho hệ thống của bộ, ngành, địa phương: nhận hồ sơ được giao, báo sự kiện xử lý, gửi kết quả, đọc giấy tờ.

Xin mã truy cập bằng OAuth 2.0 client credentials ở `/identity/o/api/token`; hỏi người vận hành Cổng để được cấp
`client_id` và `client_secret` (lệnh `manage.py add_partner`). Hoặc ký từng yêu cầu theo RFC 9421 bằng khóa
được cấp ở trang của hệ thống, không cần mã truy cập. Một hệ thống chỉ thấy hồ sơ giao cho mình,
của cơ quan mình và các cơ quan cấp dưới. Tiền là số nguyên đồng (`*_vnd`), thời điểm có múi giờ,
lỗi theo RFC 9457 với `code` ổn định. Mọi POST báo sự kiện nhận `Idempotency-Key`.
"""


class SignedRequestScheme(OpenApiAuthenticationExtension):
    """The other way to sign in, as far as OpenAPI can say it."""

    target_class = "portal.api.signed_requests.SignedRequestAuthentication"
    name = "signed_request"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """OpenAPI knows no message signatures: the header that carries one, and where they are described."""
        told = "HTTP Message Signatures (RFC 9421), hmac-sha256, khóa do Cổng cấp; xem docs/api/signing.md."
        return {"type": "apiKey", "in": "header", "name": "Signature", "description": told}


class ClientCredentialsScheme(OpenApiAuthenticationExtension):
    """How to sign in, as OpenAPI says it."""

    target_class = "portal.api.authentication.ClientCredentialsAuthentication"
    name = "client_credentials"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """OAuth 2 client credentials with every scope there is."""
        scopes = {scope: SCOPE_MEANINGS[scope] for scope in SCOPES}
        return {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": SIGN_IN_PATH, "scopes": scopes}}}

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        """The scopes the operation needs."""
        needed = getattr(auto_schema.view, "required_scopes", {}).get(auto_schema.method, ())
        return {self.name: list(needed)}


@cache
def description() -> dict[str, Any]:
    """The whole description as plain data."""
    schema: dict[str, Any] = SchemaGenerator(patterns=urls_v1.urlpatterns).get_schema(request=None, public=True)
    schema["info"]["description"] = DESCRIPTION
    schema["servers"] = [{"url": "/"}]  # relative to where the description was found
    return schema


def as_yaml(schema: dict[str, Any]) -> str:
    """The description as committed in docs/api/openapi.yaml."""
    text: bytes = OpenApiYamlRenderer().render(schema, renderer_context={})
    return text.decode()
