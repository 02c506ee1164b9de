"""docker-compose.yml: every setting it passes is one the portal knows, and production accepts what it passes."""

import configparser
import os
import re
import subprocess
import sys

import pytest
import yaml

from _runtime import compose_secrets
from _runtime.paths import ROOT
from portal.settings.env import KNOWN

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
PORTAL = [name for name, service in SERVICES.items() if service["image"] == "portal:local"]
SCALED = ["web", "worker"]


def test_all_parts_are_there():
    wanted = {"nginx", "web", "worker", "beat", "migrate", "postgres", "pgbouncer", "redis", "storage", "clamav"}
    assert set(SERVICES) == wanted


def test_every_setting_of_the_portal_can_be_given():
    """What the settings read and the file leaves out would be silently at its default, whatever `.env` says."""
    given = {variable.removesuffix("_FILE") for variable in SERVICES["web"]["environment"]}
    at_home = {"PORTAL_PORT", "PORTAL_VAR"} | {name for name in KNOWN if name.startswith("SANDBOX_")}
    assert set(KNOWN) - given == at_home


@pytest.mark.parametrize("name", PORTAL)
def test_portal_settings_are_known_and_secrets_come_by_file(name):
    service = SERVICES[name]
    for variable, value in service["environment"].items():
        if variable == "DJANGO_SETTINGS_MODULE":
            assert value == "portal.settings.prod"
            continue
        assert variable.removesuffix("_FILE") in KNOWN, f"{name} passes {variable}, which the settings do not know"
        if variable.endswith("_FILE"):
            secret = value.removeprefix("/run/secrets/")
            assert secret in service["secrets"], f"{name} reads {value} but is not given that secret"
        else:
            assert not re.search(r"SECRET|PASSWORD|KEY", variable.replace("SIGNING_KEYS_DIR", "")), variable


def test_production_accepts_the_settings_that_compose_passes(tmp_path):
    compose_secrets.write_missing(tmp_path)
    given = {}
    for variable, value in SERVICES["web"]["environment"].items():
        plain = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
        given[variable] = plain.replace("/run/secrets", str(tmp_path))
    code = "import django; django.setup(); from django.core.checks import run_checks; run_checks()"
    base = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "FONTCONFIG_FILE") if name in os.environ}
    base |= {"PORTAL_VAR": str(tmp_path / "var")}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=base | given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


def test_every_secret_file_is_declared_used_and_made(tmp_path):
    declared = {name: entry["file"] for name, entry in COMPOSE["secrets"].items()}
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert set(declared) == used == set(compose_secrets.MAKERS)
    assert {path.rpartition("/")[2] for path in declared.values()} == set(declared)
    assert set(compose_secrets.write_missing(tmp_path)) == set(declared)
    assert compose_secrets.write_missing(tmp_path) == []
    assert tmp_path.stat().st_mode & 0o077 == 0


def test_images_are_pinned():
    for service in SERVICES.values():
        image = service["image"]
        assert image.endswith(":local") or re.search(r":v?\d+\.\d+", image), image
        for line in service.get("build", {}).get("dockerfile_inline", "").splitlines():
            if line.startswith("FROM"):
                assert re.search(r":\d+\.\d+", line), line


def test_services_are_watched_and_keep_their_data():
    for name, service in SERVICES.items():
        if name != "migrate":
            assert "healthcheck" in service, name
            assert service["restart"] == "unless-stopped", name
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in COMPOSE["volumes"], f"{name}: {volume} is not a named volume"
        for network in service.get("networks", []):
            assert network in COMPOSE["networks"], name


@pytest.mark.parametrize("name", SCALED)
def test_scaled_services_may_run_many_times(name):
    service = SERVICES[name]
    assert "container_name" not in service
    assert "ports" not in service
    assert "-B" not in str(service["command"]).split(), "beat runs once, in its own service"


def test_only_nginx_listens_on_the_host():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]


def test_one_beat_and_one_preparation():
    beats = [
        name
        for name, service in SERVICES.items()
        if "celery" in str(service.get("command")) and "beat" in str(service["command"])
    ]
    assert beats == ["beat"]
    for name in PORTAL:
        words = str(SERVICES[name]["command"])
        assert ("prepare_database" in words) == (name == "migrate"), name
        if name != "migrate":
            assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully", name


def test_logs_do_not_fill_the_disk():
    for name, service in SERVICES.items():
        assert service["logging"]["options"]["max-size"], name


def test_the_pooler_and_the_settings_agree():
    ini = configparser.ConfigParser(comment_prefixes=(";",))
    ini.read_string(COMPOSE["configs"]["pgbouncer"]["content"])
    pooler = ini["pgbouncer"]
    assert pooler["pool_mode"] == "transaction"
    assert SERVICES["web"]["environment"]["DATABASE_POOLED"] == "true"
    assert SERVICES["migrate"]["environment"]["DATABASE_POOLED"] == "false"
    most = int(re.search(r"max_connections=(\d+)", SERVICES["postgres"]["command"])[1])
    # beside the pool: the preparation, three for superusers, somebody who looks
    assert int(pooler["max_db_connections"]) + 20 <= most
    assert int(pooler["default_pool_size"]) + int(pooler["reserve_pool_size"]) <= int(pooler["max_db_connections"])


def test_the_pooler_gives_up_before_people_and_probes_do():
    ini = configparser.ConfigParser(comment_prefixes=(";",))
    ini.read_string(COMPOSE["configs"]["pgbouncer"]["content"])
    pooler = ini["pgbouncer"]
    # its own default of 120 s would hold every thread of the web servers, and nginx answers for them after 60 s
    assert int(pooler["query_wait_timeout"]) <= 5
    assert int(pooler["server_connect_timeout"]) <= 5
    assert int(pooler["server_login_retry"]) <= 2


def test_servers_ask_for_passwords_that_come_by_file(tmp_path):
    compose_secrets.write_missing(tmp_path)
    password = (tmp_path / "redis_password").read_text()
    assert (tmp_path / "redis_conf").read_text() == f"requirepass {password}\n"
    for name in ("broker_url", "cache_url"):
        assert f":{password}@redis:6379/" in (tmp_path / name).read_text()
    assert "/run/secrets/redis_conf" in SERVICES["redis"]["command"]
    assert "POSTGRES_PASSWORD_FILE" in SERVICES["postgres"]["environment"]
    assert "POSTGRES_HOST_AUTH_METHOD" not in SERVICES["postgres"]["environment"]
    owner, superuser = ((tmp_path / f"postgres_{name}").read_text() for name in ("password", "superuser_password"))
    assert owner != superuser
    assert superuser not in (tmp_path / "database_url").read_text() + (tmp_path / "database_url_direct").read_text()


def test_every_configuration_is_used_and_every_used_one_is_there():
    used = {config["source"] for service in SERVICES.values() for config in service.get("configs", [])}
    assert used == set(COMPOSE["configs"])


def test_portal_containers_may_do_nothing_but_run():
    for name in PORTAL:
        assert SERVICES[name]["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in SERVICES[name]["security_opt"], name
    assert re.search(r"^USER portal$", SERVICES["web"]["build"]["dockerfile_inline"], re.M)


def test_what_only_the_inside_needs_is_not_on_the_outside():
    for name in ("postgres", "pgbouncer", "redis", "storage"):
        assert SERVICES[name]["networks"] == ["inside"], name
    assert COMPOSE["networks"]["inside"]["internal"] is True
