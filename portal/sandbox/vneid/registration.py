"""The one relying party this provider knows: the portal, trusted, so that no consent is asked."""

from allauth.idp.oidc.models import Client
from django.conf import settings


def register_portal() -> None:
    """Create or bring up to date the portal's client from the environment."""
    values = settings.SANDBOX.values
    client, _ = Client.objects.get_or_create(id=values["VNEID_CLIENT_ID"])
    client.name = "Cổng Dịch vụ công quốc gia"
    client.type = Client.Type.CONFIDENTIAL
    client.skip_consent = True
    client.set_scopes(["openid", "profile", "email", "phone"])
    client.set_redirect_uris(values["VNEID_REDIRECT_URIS"].split())
    client.data = {"client_metadata": {}}
    client.set_post_logout_redirect_uris([f"{settings.SANDBOX.portal_url}/", f"{settings.SANDBOX.portal_url}/en/"])
    if not client.check_secret(values["VNEID_CLIENT_SECRET"]):
        client.set_secret(values["VNEID_CLIENT_SECRET"])
    client.save()
