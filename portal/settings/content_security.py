"""What a page may load, and where its forms may lead (content security policy): nothing of anybody else's."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF


def origins(addresses: Iterable[str]) -> list[str]:
    """Return the origins of these addresses, each once."""
    parts = [urlsplit(address) for address in addresses]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})


def content_security_policy(form_targets: list[str]) -> dict[str, Any]:
    """Return CONTENT_SECURITY_POLICY.

    A form that ends in a redirect to VNeID or a gateway needs that origin in form-action (Chromium checks redirects).
    """
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:", "blob:"],
            "font-src": [SELF],
            "connect-src": [SELF],
            "worker-src": [SELF, "blob:"],
            "manifest-src": [SELF],
            "object-src": [NONE],
            "base-uri": [NONE],
            "frame-src": [SELF],
            "frame-ancestors": [NONE],
            "form-action": [SELF, *form_targets],
        }
    }
