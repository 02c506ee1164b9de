"""What this provider adds to allauth's: the stable technical id as subject, and the national claims."""

from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.conf import settings
from django.core.exceptions import ValidationError

from portal.sandbox.vneid.models import Account


class VneidAdapter(DefaultOIDCAdapter):
    def get_issuer(self) -> str:
        return settings.SANDBOX.public_url

    def get_user_sub(self, client, user) -> str:
        return str(user.tech_id)

    def get_user_by_sub(self, client, sub: str) -> Account | None:
        try:
            return Account.objects.filter(tech_id=sub, is_active=True).first()
        except ValidationError:  # not a UUID
            return None

    def get_claims(self, purpose, user, client, scopes, email=None, **kwargs) -> dict[str, Any]:
        return user.claims

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        data["scopes_supported"] = ["openid", "profile", "email", "phone"]
        data["acr_values_supported"] = ["LoA1", "LoA2"]
        data["claims_supported"] = sorted({name for account in Account.objects.all() for name in account.claims})
