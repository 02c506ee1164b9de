"""A VNeID of our own for each test process, and a person's way through it."""

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest
from django.test import Client

from tests.sandbox.programs import SECRETS, Program, run

LOGIN = "/tai-khoan/oidc/vneid/login/"


@pytest.fixture(scope="session")
def vneid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The sandbox identity provider as a separate process."""
    yield from run("vneid", tmp_path_factory.mktemp("vneid-of-accounts"))


class Visitor:
    """A browser that is at the portal and at VNeID in turn."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.client = Client(headers={"host": urlsplit(program.portal.url).netloc})

    def leave(self, target: str = "", prefix: str = "") -> str:
        """Press the button; return where VNeID is asked."""
        query = f"?{urlencode({'next': target})}" if target else ""
        response = self.client.post(f"{prefix}{LOGIN}{query}")
        assert response.status_code == 302, response.content
        return response["Location"]

    def at_vneid(self, address: str, number: str) -> str:
        """Sign in there; return the address that leads back."""
        with httpx.Client(base_url=self.program.url, timeout=10) as browser:
            page = browser.get(address, follow_redirects=True)
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
            assert token is not None
            form = {"csrfmiddlewaretoken": token[1], "next": parse_qs(page.url.query.decode())["next"][0]}
            signed_in = browser.post("/dang-nhap/", data={**form, "account": number})
            back = browser.get(signed_in.headers["location"])
            return str(back.headers["location"])

    def come_back(self, address: str) -> Any:
        """Follow the address back to the portal."""
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}")

    def sign_in(self, number: str, target: str = "", prefix: str = "") -> Any:
        """The whole way."""
        return self.come_back(self.at_vneid(self.leave(target, prefix), number))

    @property
    def is_signed_in(self) -> bool:
        """Whether the portal knows the visitor."""
        return "_auth_user_id" in self.client.session


def changed(address: str, **changes: str) -> str:
    """The same address with other values in its query."""
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return urlunsplit(parts._replace(query=urlencode(query)))


@pytest.fixture
def visitor(vneid: Program, settings: Any) -> Callable[[], Visitor]:
    """Make visitors of a portal that trusts this VNeID."""
    providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    (app,) = providers["openid_connect"]["APPS"]
    app["secret"] = SECRETS["VNEID_CLIENT_SECRET"]
    app["settings"]["server_url"] = vneid.url
    settings.SOCIALACCOUNT_PROVIDERS = providers
    return lambda: Visitor(vneid)
