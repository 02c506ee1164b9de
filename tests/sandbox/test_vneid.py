"""The identity provider end to end, as a relying party that trusts nothing it was not told by discovery."""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from tests.sandbox.programs import SECRETS, Program

MOTHER, LEVEL_ONE, FIRM = "001199999001", "001304999004", "0409999013"


class RelyingParty:
    """The portal's side of one sign-in."""

    def __init__(self, program: Program):
        self.http = httpx.Client(base_url=program.url, timeout=30)
        self.metadata = self.http.get("/.well-known/openid-configuration").json()
        self.redirect_uri = f"{program.portal.url}/tai-khoan/oidc/vneid/login/callback/"
        self.verifier, self.state, self.nonce = (secrets.token_urlsafe(43) for _ in range(3))

    def authorize(self, **changes: str) -> httpx.Response:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": "portal",
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile email",
            "acr_values": "LoA1",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return self.http.get(self.metadata["authorization_endpoint"], params=query | changes)

    def sign_in(self, response: httpx.Response, **fields: str) -> httpx.Response:
        """Follow to the sign-in page and post its form."""
        page = self.http.get(response.headers["location"])
        assert page.status_code == 200
        form = {
            "csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1],
            "next": parse_qs(urlsplit(response.headers["location"]).query)["next"][0],
        }
        return self.http.post("/dang-nhap/", data=form | fields)

    def code_for(self, number: str) -> str:
        signed_in = self.sign_in(self.authorize(), account=number)
        assert signed_in.status_code == 302
        back = self.http.get(signed_in.headers["location"])
        assert back.headers["location"].startswith(self.redirect_uri)
        answer = parse_qs(urlsplit(back.headers["location"]).query)
        assert answer["state"] == [self.state]
        return answer["code"][0]

    def exchange(self, code: str, **changes: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
            "client_id": "portal",
            "client_secret": SECRETS["VNEID_CLIENT_SECRET"],
        }
        return httpx.post(self.metadata["token_endpoint"], data=form | changes)


@pytest.fixture
def party(vneid) -> Iterator[RelyingParty]:
    party = RelyingParty(vneid)
    yield party
    party.http.close()


def test_whole_sign_in(party, vneid):
    assert party.metadata["issuer"] == vneid.url
    assert party.metadata["code_challenge_methods_supported"] == ["S256"]
    tokens = party.exchange(party.code_for(MOTHER)).json()
    keys = jwt.PyJWKSet.from_dict(party.http.get(party.metadata["jwks_uri"]).json())
    key = keys[jwt.get_unverified_header(tokens["id_token"])["kid"]]
    claims = jwt.decode(tokens["id_token"], key, algorithms=["RS256"], audience="portal", issuer=vneid.url)
    assert claims["nonce"] == party.nonce
    assert claims["acr"] == "LoA2"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    info = party.http.get(party.metadata["userinfo_endpoint"], headers=bearer).json()
    assert info["sub"] == info["TechID"] == claims["sub"]
    assert info["HoVaTen"] == info["name"] == "Nguyễn Thị Hoa"
    assert (info["SoDinhDanh"], info["LoaiTaiKhoan"], info["GioiTinh"]) == (MOTHER, 1, 2)
    assert (info["province_code"], info["commune_code"]) == ("01", "00073")
    assert info["loAs"] == ["LoA1", "LoA2"]
    assert {"DiaChi", "SoDienThoai", "ThuDienTu", "birthdate", "gender", "ethnicity", "nationality"} <= info.keys()
    # clients of the national single sign-on POST with a JSON content type and no body
    posted = party.http.post("/oauth2/userinfo", headers=bearer | {"Content-Type": "application/json"})
    assert posted.json() == info


def test_code_works_once_and_only_with_its_verifier(party):
    code = party.code_for(MOTHER)
    assert party.exchange(code, code_verifier=secrets.token_urlsafe(43)).status_code == 400
    code = party.code_for(MOTHER)
    assert party.exchange(code, client_secret="wrong").status_code in (400, 401)
    code = party.code_for(MOTHER)
    assert party.exchange(code).status_code == 200
    assert party.exchange(code).status_code == 400


def test_each_sign_in_asks_anew(party):
    party.code_for(MOTHER)
    again = party.authorize()
    assert again.status_code == 302
    assert "/dang-nhap/" in again.headers["location"]


def test_level_one_account_says_so(party):
    tokens = party.exchange(party.code_for(LEVEL_ONE)).json()
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert (claims["acr"], claims["loAs"]) == ("LoA1", ["LoA1"])


def test_organisation_account(party):
    tokens = party.exchange(party.code_for(FIRM)).json()
    info = party.http.get("/oauth2/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json()
    assert info["LoaiTaiKhoan"] == 2
    assert info["MaSoThue"] == FIRM
    assert info["SoDinhDanh"] == "048082999008", "the representative, who uses the account"


def test_passcode(party):
    wrong = party.sign_in(party.authorize(), number=MOTHER, passcode="000000")
    assert wrong.status_code == 422
    assert "không đúng" in wrong.text
    right = party.sign_in(party.authorize(), number=MOTHER, passcode="246810")
    assert right.status_code == 302


def test_foreign_redirect_address_is_refused_on_the_page(party):
    page = party.sign_in(party.authorize(redirect_uri="http://127.0.0.1:1/"), account=MOTHER)
    refused = party.http.get(page.headers["location"])
    assert refused.status_code == 400 or "Không đăng nhập được" in refused.text
    assert "location" not in refused.headers


def test_sign_in_does_not_send_people_elsewhere(party):
    page = party.http.get("/dang-nhap/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    form = {"csrfmiddlewaretoken": token, "account": MOTHER, "next": "https://evil.example/"}
    assert party.http.post("/dang-nhap/", data=form).headers["location"] == "/"


def test_sign_out_returns_to_the_portal(party, vneid):
    tokens = party.exchange(party.code_for(MOTHER)).json()
    query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": f"{vneid.portal.url}/"}
    left = party.http.get(party.metadata["end_session_endpoint"], params=query)
    assert left.headers["location"] == f"{vneid.portal.url}/"


def test_failure_switch(vneid):
    try:
        assert vneid.http.post("/_sandbox/mode", json={"mode": "down"}).json() == {"mode": "down"}
        assert vneid.http.get("/.well-known/openid-configuration").status_code == 503
        assert vneid.http.get("/healthz").json()["mode"] == "down"
        vneid.http.post("/_sandbox/mode", json={"mode": "slow"})
        assert vneid.http.get("/dang-nhap/").elapsed.total_seconds() > 0.4
    finally:
        assert vneid.http.post("/_sandbox/mode", json={"mode": "ok"}).status_code == 200
    assert vneid.http.post("/_sandbox/mode", json={"mode": "broken"}).status_code == 400
    assert vneid.http.post("/_sandbox/mode", data={"mode": "down"}).status_code == 400


def test_a_newborn_gets_a_number_once(vneid: Program) -> None:
    """The population database's side of a birth registration."""
    birth = {
        "reference": "H17-1",
        "full_name": "Bé Thử",
        "date_of_birth": "2026-11-02",
        "gender": "female",
        "province_code": "01",
    }
    key = {"Authorization": f"Bearer {SECRETS['VNEID_CLIENT_SECRET']}"}
    first = vneid.http.post("/csdl-dan-cu/so-dinh-danh/", json=birth, headers=key)
    assert first.status_code == 201 and re.fullmatch(r"001326\d{6}", first.json()["personal_id"])
    again = vneid.http.post("/csdl-dan-cu/so-dinh-danh/", json=birth, headers=key)
    assert (again.status_code, again.json()) == (200, first.json())
    wrong = {**birth, "reference": "H17-2", "gender": "x"}
    assert vneid.http.post("/csdl-dan-cu/so-dinh-danh/", json=wrong, headers=key).status_code == 422
    assert vneid.http.post("/csdl-dan-cu/so-dinh-danh/", json=birth).status_code == 401
