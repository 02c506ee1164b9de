"""Signing in with VNeID: the real provider process, and every kind of forged answer."""

import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from cryptography.hazmat.primitives.asymmetric import rsa

from portal.accounts import vneid
from portal.accounts.models import CitizenProfile, OrganisationMember, User
from tests.accounts.conftest import LOGIN, Visitor, changed
from tests.sandbox.programs import SECRETS, Program

pytestmark = pytest.mark.django_db

MOTHER, FATHER, LEVEL_ONE, FIRM = "001199999001", "001097999002", "001304999004", "0409999013"
NewVisitor = Callable[[], Visitor]


def test_first_sign_in_makes_an_account_with_an_opaque_name(visitor: NewVisitor) -> None:
    someone = visitor()
    response = someone.sign_in(MOTHER, "/ho-so/")
    assert (response.status_code, response["Location"]) == (302, "/ho-so/")
    profile = CitizenProfile.objects.get()
    assert (profile.full_name, profile.personal_id, profile.identity_level) == ("Nguyễn Thị Hoa", MOTHER, 2)
    assert profile.commune_code == "00073" and profile.user.display_name == "Nguyễn Thị Hoa"
    assert MOTHER not in profile.user.username and profile.user.username.startswith("cd")
    assert not profile.user.has_usable_password() and not profile.user.is_official


def test_personal_number_is_in_no_address_session_log_or_link(
    visitor: NewVisitor, caplog: pytest.LogCaptureFixture
) -> None:
    someone = visitor()
    with caplog.at_level(logging.DEBUG):
        away = someone.leave("/ho-so/")
        back = someone.at_vneid(away, MOTHER)
        response = someone.come_back(back)
        someone.client.get("/tai-khoan/toi/")
    portal_logs = "".join(
        r.getMessage() for r in caplog.records if not r.name.startswith(("urllib3", "httpx", "httpcore"))
    )
    assert MOTHER not in away + back + response["Location"] + portal_logs
    assert MOTHER not in str(dict(someone.client.session))
    assert MOTHER not in str(SocialAccount.objects.get().extra_data)
    stored = CitizenProfile.objects.values_list("personal_id_index", flat=True).get()
    assert MOTHER not in stored


def test_profile_page_masks_the_number(visitor: NewVisitor) -> None:
    someone = visitor()
    someone.sign_in(MOTHER)
    page = someone.client.get("/tai-khoan/toi/").content.decode()
    assert "Nguyễn Thị Hoa" in page and MOTHER not in page


def test_second_sign_in_is_the_same_person_with_fresh_facts(visitor: NewVisitor) -> None:
    visitor().sign_in(MOTHER)
    CitizenProfile.objects.update(full_name="Tên Cũ", phone="")
    visitor().sign_in(MOTHER)
    profile = CitizenProfile.objects.get()
    assert (profile.full_name, profile.phone) == ("Nguyễn Thị Hoa", "0900000001")
    assert User.objects.count() == 1


def test_somebody_known_by_number_is_linked_not_doubled(visitor: NewVisitor) -> None:
    visitor().sign_in(MOTHER)
    known = User.objects.get()
    SocialAccount.objects.all().delete()  # as when the portal first met her in another way
    visitor().sign_in(MOTHER)
    assert SocialAccount.objects.get().user == known


def test_two_first_sign_ins_at_once_are_one_person(visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slower of two windows saw nobody yet, and finds the person there when it writes."""
    visitor().sign_in(MOTHER)
    SocialAccount.objects.all().delete()
    slower = visitor()
    with monkeypatch.context() as patched:
        patched.setattr(vneid, "find_user", lambda claims: None)
        response = slower.sign_in(MOTHER)
    assert response.status_code == 401 and "Chưa đăng nhập được" in response.content.decode()
    assert User.objects.count() == 1, "nothing of the second account stays"
    assert slower.sign_in(MOTHER).status_code == 302 and slower.is_signed_in


def test_two_people_are_two_accounts(visitor: NewVisitor) -> None:
    visitor().sign_in(MOTHER)
    visitor().sign_in(FATHER)
    assert CitizenProfile.objects.count() == 2


def test_level_one_signs_in_and_is_told_what_is_missing(visitor: NewVisitor) -> None:
    someone = visitor()
    someone.sign_in(LEVEL_ONE)
    assert CitizenProfile.objects.get().identity_level == 1
    assert "Tài khoản của bạn ở mức 1" in someone.client.get("/tai-khoan/toi/").content.decode()


def test_who_was_raised_to_level_two_signs_in_again_from_the_page_she_is_on(visitor: NewVisitor) -> None:
    someone = visitor()
    someone.sign_in(MOTHER)
    CitizenProfile.objects.update(identity_level=1)
    again = someone.sign_in(MOTHER, "/nop-ho-so/1.001193/")
    assert again["Location"] == "/nop-ho-so/1.001193/" and someone.is_signed_in
    assert CitizenProfile.objects.get().identity_level == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_presses_are_one_sign_in_whichever_comes_back_first(visitor: NewVisitor, order: tuple[int, int]) -> None:
    someone = visitor()
    pressed = [someone.leave("/ho-so/") for _press in range(2)]
    for number in order:
        assert someone.come_back(someone.at_vneid(pressed[number], MOTHER))["Location"] == "/ho-so/"
        assert someone.is_signed_in
    assert User.objects.count() == 1


def test_organisation_account_acts_for_the_organisation(visitor: NewVisitor) -> None:
    visitor().sign_in(FIRM)
    member = OrganisationMember.objects.select_related("organisation", "user__citizen").get()
    assert member.organisation.tax_code == FIRM
    assert member.user.citizen.personal_id != FIRM


def test_english_pages_come_back_in_english_by_the_registered_address(visitor: NewVisitor) -> None:
    someone = visitor()
    away = someone.leave("/en/ho-so/", prefix="/en")
    assert urlsplit(parse_qs(urlsplit(away).query)["redirect_uri"][0]).path == "/tai-khoan/oidc/vneid/login/callback/"
    assert someone.come_back(someone.at_vneid(away, MOTHER))["Location"] == "/en/ho-so/"


def test_sign_in_asks_with_state_nonce_and_pkce(visitor: NewVisitor) -> None:
    someone = visitor()
    first, second = (parse_qs(urlsplit(someone.leave()).query) for _n in range(2))
    assert first["code_challenge_method"] == ["S256"] and len(first["nonce"][0]) >= 32
    assert {first[name][0] != second[name][0] for name in ("state", "nonce", "code_challenge")} == {True}


def test_address_of_the_page_cannot_change_what_is_asked(visitor: NewVisitor) -> None:
    response = visitor().client.post("/tai-khoan/oidc/vneid/login/?auth_params=nonce%3Dmine&scope=secret")
    asked = parse_qs(urlsplit(response["Location"]).query)
    assert asked["nonce"] != ["mine"] and "secret" not in asked["scope"][0]


@pytest.mark.parametrize("who", ["official", "citizen"])
def test_a_vneid_account_is_never_tied_to_somebody_who_is_signed_in(visitor: NewVisitor, who: str) -> None:
    someone = visitor()
    user = User.objects.create(username="dang-o-trong", is_official=who == "official", is_staff=who == "official")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    someone.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    response = someone.client.post(f"{LOGIN}?process=connect")
    assert response.status_code == 403 and "chỉ dùng để đăng nhập" in response.content.decode()
    assert not SocialAccount.objects.filter(user=user).exists()


def test_sign_in_never_leads_to_another_site(visitor: NewVisitor) -> None:
    response = visitor().sign_in(MOTHER, "https://evil.example/")
    assert response.status_code == 302 and "evil" not in response["Location"]
    page = visitor().client.get("/tai-khoan/vao/?next=https://evil.example/").content.decode()
    assert not [address for address in re.findall(r'action="([^"]*)"', page) if "evil" in address]


def refused(someone: Visitor, response: Any) -> bool:
    """The page that says so, nobody signed in, nobody made."""
    assert response.status_code == 401 and "Chưa đăng nhập được" in response.content.decode()
    assert not someone.is_signed_in
    return not User.objects.exists()


def test_wrong_state_is_refused(visitor: NewVisitor) -> None:
    someone = visitor()
    back = someone.at_vneid(someone.leave(), MOTHER)
    assert refused(someone, someone.come_back(changed(back, state="mine")))


def test_answer_to_somebody_elses_sign_in_is_refused(visitor: NewVisitor) -> None:
    """An attacker lays her own code and state into the victim's browser."""
    attacker, victim = visitor(), visitor()
    back = attacker.at_vneid(attacker.leave(), FATHER)
    assert refused(victim, victim.come_back(back))


def test_wrong_nonce_is_refused(visitor: NewVisitor) -> None:
    someone = visitor()
    away = changed(someone.leave(), nonce="a-nonce-of-somebody-else-entirely")
    assert refused(someone, someone.come_back(someone.at_vneid(away, MOTHER)))


def test_code_works_once(visitor: NewVisitor) -> None:
    someone = visitor()
    back = someone.at_vneid(someone.leave(), MOTHER)
    someone.come_back(back)
    someone.client.logout()
    response = someone.come_back(back)
    assert "Chưa đăng nhập được" in response.content.decode() and not someone.is_signed_in


ATTACKER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _broken_signature(token: str) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body}.{'A' * 8}{signature[8:]}"


def _other_person(token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False}) | {"sub": "somebody-else"}
    head, _body, signature = token.split(".")
    return f"{head}.{jwt.encode(claims, 'x' * 32).split('.')[1]}.{signature}"


def _signed_by(key: Any, algorithm: str, *, own_kid: str | None = None) -> Callable[[str], str]:
    def forge(token: str) -> str:
        claims = jwt.decode(token, options={"verify_signature": False})
        kid = own_kid or jwt.get_unverified_header(token)["kid"]
        return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})

    return forge


FORGERIES: dict[str, Callable[[str], str]] = {
    "signature": _broken_signature,
    "content": _other_person,
    "foreign key under the real name": _signed_by(ATTACKER_KEY, "RS256"),
    "foreign key under its own name": _signed_by(ATTACKER_KEY, "RS256", own_kid="mine"),
    "no signature": _signed_by(None, "none"),
    "client secret as key": _signed_by(SECRETS["VNEID_CLIENT_SECRET"], "HS256"),
    "no token at all": lambda _token: "",
    "not a token": lambda _token: "eyJ.not.a-token",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_id_token_is_refused(visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch, forgery: str) -> None:
    honest = OAuth2Client.get_access_token

    def forged(self: OAuth2Client, code: str, **kwargs: Any) -> dict[str, Any]:
        answer = honest(self, code, **kwargs)
        return {**answer, "id_token": FORGERIES[forgery](answer["id_token"])}

    monkeypatch.setattr(OAuth2Client, "get_access_token", forged)
    someone = visitor()
    assert refused(someone, someone.sign_in(MOTHER))


def test_userinfo_about_somebody_else_is_refused(visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.accounts.oidc import VneidAdapter

    monkeypatch.setattr(VneidAdapter, "_fetch_user_info", lambda self, token: {"sub": "x", "SoDinhDanh": FATHER})
    someone = visitor()
    assert refused(someone, someone.sign_in(MOTHER))


def test_vneid_that_is_away_is_a_page_not_an_error(visitor: NewVisitor, vneid: Program) -> None:
    someone = visitor()
    back = someone.at_vneid(someone.leave(), MOTHER)
    try:
        vneid.http.post("/_sandbox/mode", json={"mode": "down"})
        assert refused(someone, someone.client.post("/tai-khoan/oidc/vneid/login/"))
        assert refused(someone, someone.come_back(back))
    finally:
        vneid.http.post("/_sandbox/mode", json={"mode": "ok"})


def test_person_who_stops_at_vneid_reads_that_nothing_changed(visitor: NewVisitor) -> None:
    someone = visitor()
    state = parse_qs(urlsplit(someone.leave()).query)["state"][0]
    response = someone.client.get(
        f"/tai-khoan/oidc/vneid/login/callback/?error=access_denied&state={state}", follow=True
    )
    assert "Bạn đã dừng đăng nhập" in response.content.decode()


def test_claims_without_a_number_are_refused_in_words(visitor: NewVisitor, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.accounts.oidc import VneidAdapter

    honest = VneidAdapter._fetch_user_info
    monkeypatch.setattr(
        VneidAdapter, "_fetch_user_info", lambda self, token: honest(self, token) | {"SoDinhDanh": "12"}
    )
    response = visitor().sign_in(MOTHER)
    assert response.status_code == 400 and "chưa cung cấp đủ thông tin định danh" in response.content.decode()
    assert not User.objects.exists()
