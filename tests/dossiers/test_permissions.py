"""Who may open which page of a dossier: everybody × every address, allowed and denied."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from dossiers import drafts, services
from portal.agencies.actors import Actor
from tests import factories
from tests.dossiers.filing_pages import signed_in

pytestmark = pytest.mark.django_db

SIGN_IN, MISSING = "/tai-khoan/vao/", 404
PAGES = {
    "list": "/ho-so/",
    "detail": "/ho-so/{code}/",
    "submitted": "/ho-so/{code}/da-nop/",
    "supplement": "/ho-so/{code}/bo-sung/",
    "withdraw": "/ho-so/{code}/rut/",
    "place": "/nop-ho-so/1.000001/{draft}/noi-nop/",
    "form": "/nop-ho-so/1.000001/{draft}/noi-dung/",
    "papers": "/nop-ho-so/1.000001/{draft}/giay-to/",
    "check": "/nop-ho-so/1.000001/{draft}/kiem-tra/",
    "discard": "/nop-ho-so/1.000001/{draft}/xoa/",
    "start": "/nop-ho-so/1.000001/",
    "track": "/tra-cuu/",
    "sign in": "/tai-khoan/vao/",
    "profile": "/tai-khoan/toi/",
}
OPEN = {"start", "track", "sign in"}
OWN = {"list", "profile"}


@pytest.fixture
def world() -> dict[str, object]:
    """A dossier that waits for a supplement, a draft, and four people."""
    version = factories.make_version()
    agency = factories.make_agency()
    owner = factories.make_citizen("Chủ Hồ Sơ")
    dossier = factories.file_dossier(owner, version)
    services.request_supplement(dossier.code or "", actor=factories.official_actor(agency), reason="Ảnh mờ.")
    draft = drafts.start(version, actor=Actor.citizen(owner))
    official = signed_in(factories.make_official(agency))
    session = official.session
    session["second_factor_seen"] = True
    session.save()
    return {
        "code": dossier.code,
        "draft": draft.public_id,
        "anonymous": Client(),
        "other citizen": signed_in(factories.make_citizen("Người Khác")),
        "owner": signed_in(owner),
        "official": official,
    }


def expected(who: str, page: str) -> int | str:
    """What the answer has to be."""
    if page in OPEN:
        return 302 if page == "sign in" and who != "anonymous" else 200
    if who == "anonymous":
        return SIGN_IN
    if who == "owner" or page in OWN:
        return 200
    return MISSING  # officials work in the back office; these pages are the citizen's own


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("who", ["anonymous", "other citizen", "owner", "official"])
def test_every_page(world: dict[str, object], who: str, prefix: str) -> None:
    client = world[who]
    assert isinstance(client, Client)
    for page, pattern in PAGES.items():
        response = client.get(prefix + pattern.format(code=world["code"], draft=world["draft"]))
        wanted = expected(who, page)
        if isinstance(wanted, str):
            assert response.status_code == 302 and response["Location"].startswith(prefix + wanted), (who, page)
        else:
            assert response.status_code == wanted, (who, page, response.status_code)
            if page not in OPEN and response.status_code == 200:
                assert "no-store" in response["Cache-Control"], page


@pytest.mark.parametrize("who", ["anonymous", "other citizen", "official"])
def test_nobody_else_changes_anything(world: dict[str, object], who: str) -> None:
    client = world[who]
    assert isinstance(client, Client)
    for page in ("supplement", "withdraw", "place", "form", "papers", "check", "discard"):
        address = PAGES[page].format(code=world["code"], draft=world["draft"])
        response = client.post(address, {"reason": "x", "answer": "x", "purpose": "x"})
        assert response.status_code in {302, 404}, (who, page)
        if response.status_code == 302:
            assert response["Location"].startswith(SIGN_IN)
    owner = world["owner"]
    assert isinstance(owner, Client)
    assert owner.get(PAGES["supplement"].format(**world)).status_code == 200
    assert owner.get(PAGES["form"].format(**world)).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(world: dict[str, object], method: str) -> None:
    owner = world["owner"]
    call: Callable[..., object] = getattr(owner, method)
    for page in ("detail", "supplement", "form"):
        assert call(PAGES[page].format(**world)).status_code == 405  # type: ignore[attr-defined]


def test_missing_and_not_yours_look_alike(world: dict[str, object]) -> None:
    other = world["other citizen"]
    assert isinstance(other, Client)
    pages = []
    for code in (str(world["code"]), "H26.00073-000000-0000"):
        page = other.get(f"/ho-so/{code}/").content.decode().replace(code, "")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page))
    assert pages[0] == pages[1]
