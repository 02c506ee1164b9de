"""The demo people: everybody who has a part in the story is there, and each says what she may do."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client

from portal.accounts import demo
from portal.agencies.models import MembershipRole
from portal.site.demo import people


@pytest.fixture
def listed(db, capsys, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    call_command("load_agencies", verbosity=0)
    people.load_officials()
    capsys.readouterr()
    call_command("demo_people", "--json")
    return json.loads(capsys.readouterr().out)


@pytest.mark.django_db
def test_every_role_has_somebody_who_names_role_and_agency(listed):
    firm = next(person for person in listed["citizens"] if person["number"] == "0409999013")
    assert firm["name"] == "Công ty TNHH Thử Nghiệm Sông Hàn"
    officials = {person["username"]: person for person in listed["officials"]}
    roles = {person["role"] for person in officials.values()}
    assert roles >= {str(role.label) for role in MembershipRole}
    assert [name for name, person in officials.items() if not (person["role"] and person["agency"])] == []
    nationwide = officials["demo.toanquoc"]
    assert (nationwide["role"], nationwide["agency"]) == ("Quản trị toàn hệ thống", "Cả nước")
    police = {person["role"] for person in officials.values() if "Công an" in person["agency"]}
    assert police >= {
        str(role.label) for role in (MembershipRole.DESK, MembershipRole.SPECIALIST, MembershipRole.LEADER)
    }
    assert all(len(person["code"]) == 6 for person in officials.values())

    page = Client().get("/tai-khoan/ban-dung-thu/").content.decode()
    assert "/tai-khoan/ban-dung-thu/" in Client().get("/tai-khoan/login/").content.decode()
    assert "Quản trị toàn hệ thống" in page
    in_english = Client().get("/en/tai-khoan/ban-dung-thu/").content.decode()
    assert "Whole country" in in_english and "Specialist, People’s Committee of" in in_english


@pytest.mark.django_db
def test_the_six_figures_outlast_the_walk_from_the_list_to_the_sign_in_page(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    official = demo.make_official("demo.thu", "Cán bộ Thử")
    authenticator = Authenticator.objects.get(user=official)
    with time_machine.travel(datetime(2026, 11, 2, 8, 0, 29, tzinfo=UTC), tick=False) as clock:  # the last second
        code = demo.current_code(official)
        clock.shift(30)
        assert authenticator.wrap().validate_code(code)
        assert not authenticator.wrap().validate_code(code), "once"
        late = demo.current_code(official)
        clock.shift(60)
        assert not authenticator.wrap().validate_code(late)


def test_nobody_shares_a_name_with_somebody_else():
    officials = [name for _username, name, *_post in people.OFFICIALS]
    citizens = [person["full_name"] for person in people.citizens() if person["account_type"] == 1]
    assert len({*officials, *citizens}) == len(officials) + len(citizens)


def test_citizens_of_both_levels_and_an_organisation_can_sign_in():
    persons = people.citizens()
    assert {person["level"] for person in persons} == {1, 2}
    assert [person for person in persons if person["account_type"] != 1], "no organisation among the demo people"
    numbers = [person["number"] for person in persons]
    assert len(numbers) == len(set(numbers))
    assert all(person["passcode"] for person in persons)


def test_without_a_database_the_cure_is_named(monkeypatch):
    def no_answer():
        raise OperationalError("connection refused")

    monkeypatch.setattr("portal.accounts.demo.officials_with_codes", no_answer)
    with pytest.raises(CommandError, match="bin/run"):
        call_command("demo_people")


@pytest.mark.django_db
def test_an_official_whose_second_factor_was_taken_away_keeps_nobody_else_from_a_code(listed, client, settings, capsys):
    Authenticator.objects.filter(user__username=listed["officials"][0]["username"]).delete()
    call_command("demo_people", "--json")
    codes = [person["code"] for person in json.loads(capsys.readouterr().out)["officials"]]
    assert codes[0] == "" and all(len(code) == 6 for code in codes[1:])
    settings.IS_DEVELOPMENT = True
    assert "đăng nhập để cài xác thực hai bước" in client.get("/tai-khoan/ban-dung-thu/").content.decode()
