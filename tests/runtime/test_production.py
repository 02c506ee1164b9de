"""Production settings without containers: what docker-compose.yml runs, on separate PostgreSQL and Redis servers.

One portal for the whole file. The tests come in any order: whatever one breaks is whole again when the next begins.
"""

import json
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.runtime.mail_sink import MailSink, mail_sink
from tests.runtime.production import HOST, Production, plain

pytestmark = pytest.mark.timeout(900)

SHEET = "/thu-tuc/1.001193/"
SIGN_IN = "/tai-khoan/vao/"
NO_SUCH_SHEET = "/thu-tuc/9.999999/"
FOR_EVER_SECONDS = 31_536_000
LONGEST_WAIT_SECONDS = 30
TELL_TALES = re.compile(r"Traceback|psycopg|site-packages|File &quot;|DJANGO_SETTINGS|Exception Type|\.py\b")


@pytest.fixture(scope="module")
def mail() -> Iterator[MailSink]:
    """The mail server that production delivers to."""
    with mail_sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def running(mail: MailSink) -> Iterator[Production]:
    """Collected, prepared and started: web, worker and beat as their containers run them."""
    with Production(mail.port) as production:
        production.collected = production.collect_static()  # type: ignore[attr-defined]
        production.prepared = production.prepare()  # type: ignore[attr-defined]
        _make_whole(production)
        yield production


@pytest.fixture
def portal(running: Production) -> Iterator[Production]:
    """The running portal, whole before and after: a part that a test left stopped is that test's fault, no other's."""
    yield running
    missing = running.start_missing()
    _make_whole(running)
    assert missing == [], "the test left these stopped, or they died"


def _make_whole(production: Production) -> None:
    production.start_missing()
    production.wait_until_up()
    _eventually(lambda: production.get("/readyz").status == 200, "/readyz is true")


def _eventually(is_true: Callable[[], object], what: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.3)


def test_the_deployment_check_finds_nothing(portal: Production) -> None:
    assert "System check identified no issues" in portal.prepared  # type: ignore[attr-defined]


def test_only_what_pages_ask_for_is_published_under_hashed_names(portal: Production) -> None:
    files = [path for path in (portal.directory / "var" / "static").rglob("*") if path.is_file()]
    assert len(files) > 100
    assert not [path for path in files if path.suffix == ".ttf" or {"scss", "rest_framework"} & {*path.parts}]
    assert [path.name for path in files if not re.search(r"\.[0-9a-f]{12}\b", path.name)] == ["staticfiles.json"]


def test_preparing_again_changes_nothing(portal: Production) -> None:
    said = portal.prepare()
    assert "No migrations to apply" in said
    assert not re.search(r"\b[1-9]\d* (made|changed)", said)


def test_several_hosts_may_prepare_at_once_and_a_pooler_is_refused(portal: Production) -> None:
    straight = {"DATABASE_URL_FILE": str(portal.secrets / "database_url_direct"), "DATABASE_POOLED": "false"}
    with psycopg.connect(portal.postgres.url(), port=portal.postgres.port, dbname="portal", autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [0x506F7274616C])
        waiting = portal.run(["-c", _PREPARE_WITH_PATIENCE], portal.environment | straight, check=False)
    assert "another host prepares the database" in waiting
    assert "canceling statement due to" in waiting, "it went on although somebody else held the lock"
    assert "DATABASE_POOLED" in portal.run(["manage.py", "prepare_database"], portal.environment, check=False)


_PREPARE_WITH_PATIENCE = """
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["OPTIONS"]["options"] = "-c statement_timeout=1500"
from django.core.management import call_command
call_command("prepare_database")
"""


def test_the_portal_runs_through_a_transaction_pooler(portal: Production) -> None:
    if portal.pgbouncer is None:
        pytest.skip("NO PGBOUNCER HERE: production was tested straight on PostgreSQL (apt-get install pgbouncer)")
    address = (portal.secrets / "database_url").read_text()
    log = portal.log / "pgbouncer.log"
    before = log.stat().st_size  # another test stops PostgreSQL, and the pooler rightly says so
    portal.get("/thu-tuc/?q=cau+hoi+moi")
    with psycopg.connect(portal.postgres.url(), port=portal.postgres.port, dbname="portal") as connection:
        rows = connection.execute("SELECT client_port FROM pg_stat_activity WHERE usename = 'portal'").fetchall()
    assert rows, "nobody of the portal's is connected"
    with psycopg.connect(address, autocommit=True, prepare_threshold=None) as one:
        seen = {one.execute("SELECT pg_backend_pid()").fetchone() for _ in range(3)}
        assert one.execute("SHOW lock_timeout").fetchone() == ("5s",)
    assert seen
    with log.open("rb") as lines:
        lines.seek(before)
        said = lines.read().decode()
    assert "ERROR" not in said
    assert "login attempt" in said, "nothing of this test is in the pooler's log"


def test_the_owner_is_no_superuser_and_needs_the_password(portal: Production) -> None:
    address = (portal.secrets / "database_url_direct").read_text()
    with psycopg.connect(address) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, False, False)
    password = (portal.secrets / "postgres_password").read_text()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(address.replace(password, "guessed-password"))


def test_probes_and_figures(portal: Production) -> None:
    assert portal.get("/healthz", scheme="http", host="localhost").status == 200
    ready = portal.get("/readyz", scheme="http", host="localhost")
    assert json.loads(ready.text) == {"ready": True, "checks": {"database": "ok", "broker": "ok", "storage": "ok"}}
    assert portal.get("/metrics").status == 404
    token = (portal.secrets / "portal_metrics_token").read_text()
    figures = portal.get("/metrics", Authorization=f"Bearer {token}")
    assert figures.status == 200
    assert "django_http" in figures.text


def test_figures_are_those_of_all_processes_of_a_web_server(portal: Production) -> None:
    for _ in range(20):
        portal.get("/healthz")
    token = (portal.secrets / "portal_metrics_token").read_text()
    counts = set()
    for _ in range(6):
        text = portal.get("/metrics", Authorization=f"Bearer {token}").text
        rows = re.findall(r'^portal_machine_request_seconds_count\{[^}]*route="healthz"[^}]*\} ([\d.e+]+)$', text, re.M)
        counts.add(sum(map(float, rows)))
    assert min(counts) >= 20, counts


@pytest.mark.parametrize("path", ["/", "/en/", SHEET, SIGN_IN, "/tra-cuu/", "/cong-khai/", "/quan-tri/login/"])
def test_pages_open_with_every_header_of_a_safe_site(portal: Production, path: str) -> None:
    answer = portal.get(path)
    assert answer.status in (200, 302), answer.text[:500]
    headers = answer.headers
    assert headers["strict-transport-security"] == f"max-age={FOR_EVER_SECONDS}; includeSubDomains"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "127.0.0.1" not in policy, "the sandbox is among the places a form may lead to"
    assert "Bản dùng thử" not in answer.text


def test_cookies_travel_over_https_only(portal: Production) -> None:
    cookies = portal.get(SIGN_IN).cookies + portal.get("/quan-tri/login/").cookies
    cookies += portal.get("/tai-khoan/dang-nhap/").cookies
    assert any(cookie.startswith("portal_csrf=") for cookie in cookies), cookies
    for cookie in cookies:
        assert "; secure" in cookie.lower(), cookie
        assert "; samesite=lax" in cookie.lower(), cookie


def test_http_becomes_https_for_people_and_never_for_machines(portal: Production) -> None:
    answer = portal.get(SHEET, scheme="http")
    assert answer.status == 301
    assert answer.headers["location"] == f"https://{HOST}{SHEET}"
    assert "strict-transport-security" not in answer.headers
    for path in ("/api/v1/dossiers/", "/mapi/login", "/healthz"):
        assert portal.get(path, scheme="http").status not in (301, 302, 307, 308), path


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_machines_that_speak_http_1_0_or_ask_before_they_send_are_answered(portal: Production, version: str) -> None:
    """As PL/SQL's UTL_HTTP and .NET's HttpWebRequest call: the one closes, the other waits for "100 Continue"."""
    body = b'{"username":"khong-co","password":"sai"}'
    asks = "Expect: 100-continue\r\n" if version == "1.1" else ""
    head = (
        f"POST /mapi/g HTTP/{version}\r\nHost: {HOST}\r\nContent-Type: application/json\r\n{asks}"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", portal.web_port), timeout=60) as line, line.makefile("rb") as told:
        line.sendall(head.encode())
        if asks:
            assert told.readline().split()[1] == b"100" and told.readline() == b"\r\n"
        line.sendall(body)
        status, _headers, answer = told.readline(), *told.read().split(b"\r\n\r\n", 1)
    assert status.split()[1] == b"200" and b'"error_code":"-1"' in answer


def test_static_files_may_be_kept_for_ever(portal: Production) -> None:
    page = portal.get("/").text
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert len(addresses) >= 4
    for address in addresses:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", address), f"{address} does not change with its content"
        answer = portal.get(address, Accept_Encoding="gzip")
        assert answer.status == 200, address
        assert "immutable" in answer.headers["cache-control"], address
        assert int(re.findall(r"max-age=(\d+)", answer.headers["cache-control"])[0]) >= FOR_EVER_SECONDS, address
    style = next(address for address in addresses if "/portal." in address)
    assert portal.get(style, Accept_Encoding="gzip").headers["content-encoding"] == "gzip"
    for font in set(re.findall(r"url\(\"?([^)\"]+woff2)", portal.get(style).text)):
        assert portal.get(f"/static/build/{font}").status == 200, font


def test_the_offline_checker_keeps_every_script_that_it_imports(portal: Production) -> None:
    worker = portal.get("/xm/sw.js")
    assert worker.status == 200, "the service worker moved"
    kept = json.loads(re.findall(r"const KEPT = (\{.*\});", worker.text)[0])["paths"]
    answers = {path: portal.get(path).status for path in kept}
    # 404 until an operator has signed the first lists (docs/deployment.md); the worker keeps what there is
    signed_later = {"/xm/goc.json", "/xm/khoa.jws", "/xm/thu-hoi.cose"}
    assert {path: status for path, status in answers.items() if status != 200} == dict.fromkeys(signed_later, 404)
    scripts = [path for path in kept if path.endswith(".js")]
    assert scripts
    for script in scripts:
        for name in re.findall(r"""(?:from|import\()\s*["'](\./[^"']+)["']""", portal.get(script).text):
            wanted = f"{script.rpartition('/')[0]}/{name.removeprefix('./')}"
            assert wanted in kept, f"{script} imports {wanted}, which is not kept"


def test_error_pages_tell_nothing(portal: Production) -> None:
    for path, host, status in (("/khong-co-trang-nay/", HOST, 404), ("/", "attacker.example", 400)):
        answer = portal.get(path, host=host)
        assert answer.status == status
        assert not TELL_TALES.search(answer.text), answer.text[:800]
    assert "traceback" not in portal.get("/api/v1/khong-co/").text.lower()


def test_the_demo_is_not_there(portal: Production) -> None:
    for path in ("/tai-khoan/ban-dung-thu/", "/hop-thu-thu-nghiem/"):
        assert portal.get(path).status == 404, path
    for command in ("load_demo", "demo_people"):
        said = portal.run(["manage.py", command], portal.environment, check=False)
        assert "development only" in said, said[-500:]


def test_a_bell_reaches_the_worker_and_the_mail_leaves(portal: Production, mail: MailSink) -> None:
    portal.beat.stop()  # no sweep: only the bell can wake the worker now
    try:
        _tell(portal, "bell")
        _eventually(lambda: any("Chuông bell" in _subject(text) for text in mail.mails), "the mail has come", 60)
    finally:
        portal.beat.start()


def test_without_a_broker_readyz_says_so_and_nothing_else_breaks(portal: Production, mail: MailSink) -> None:
    portal.redis.stop()
    try:
        answer = portal.get("/readyz")
        assert answer.status == 503
        assert json.loads(answer.text)["checks"] == {"database": "ok", "broker": "unreachable", "storage": "ok"}
        for path in ("/", SHEET, SIGN_IN, "/tra-cuu/", "/cong-khai/", "/thu-tuc/?q=khai+sinh", "/healthz"):
            assert portal.get(path).status == 200, path
        _tell(portal, "lost")  # the row is written although nobody can be woken
    finally:
        portal.redis.start()
    _eventually(lambda: portal.get("/readyz").status == 200, "/readyz is true again")
    # its bell was lost: beat's sweep finds the row
    _eventually(lambda: any("Chuông lost" in _subject(text) for text in mail.mails), "the sweep sends the mail", 120)
    assert portal.web.is_alive
    assert portal.worker.is_alive


def test_without_a_database_pages_apologise_and_come_back(portal: Production) -> None:
    portal.postgres.stop()
    try:
        asked = time.monotonic()
        # No page held in a cache or in memory: whether a procedure exists is asked of the database each time.
        answer = portal.get(NO_SUCH_SHEET)
        assert (answer.status, answer.headers["retry-after"]) == (503, "20")
        assert time.monotonic() - asked < LONGEST_WAIT_SECONDS, "nobody waits that long for an apology"
        assert not TELL_TALES.search(answer.text), answer.text[:800]
        assert json.loads(portal.get("/readyz").text)["checks"]["database"] == "unreachable"
        assert portal.get("/healthz").status == 200
    finally:
        portal.postgres.start()
    _eventually(lambda: portal.get("/readyz").status == 200, "/readyz is true again")
    assert portal.get(NO_SUCH_SHEET).status == 404


def test_logs_are_one_object_a_line_and_tell_no_secret(portal: Production) -> None:
    log = portal.log / "web.log"
    portal.get("/", host="attacker.example")  # refused, and that is told
    _eventually(lambda: "attacker.example" in log.read_text(encoding="utf-8"), "the refusal is in the log", 10)
    text = log.read_text(encoding="utf-8")
    secrets = [
        file.read_text().strip() for file in portal.secrets.iterdir() if "pass" in file.name or "key" in file.name
    ]
    assert [secret[:4] for secret in secrets if secret in text] == []
    lines = [line for line in text.splitlines() if line.startswith("{")]
    assert lines
    for line in lines:
        assert {"event", "level", "timestamp"} <= set(json.loads(line)), line[:300]


def _hears_the_call_to_end(pid: int) -> bool:
    """Whether the process has set its own handler: until then the call ends it, as it ends any program."""
    (caught,) = re.findall(r"^SigCgt:\s+([0-9a-f]+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def test_restarted_processes_end_cleanly(portal: Production) -> None:
    for child in (portal.worker, portal.web):
        _eventually(partial(_hears_the_call_to_end, child.pid), f"{child.name} has begun")
        child.stop()
        ending, exit_code = child.ending, child.exit_code
        child.start()
        assert exit_code == 0, f"{child.name}: {ending}\n{child.log_tail()}"


def _subject(mail: str) -> str:
    from email import message_from_string
    from email.header import decode_header, make_header

    return str(make_header(decode_header(message_from_string(mail)["Subject"] or "")))


def _tell(portal: Production, word: str) -> None:
    """Write a message to somebody as any service does, in a process of its own."""
    code = (
        "import django; django.setup(); from portal.accounts.models import User; "
        "from portal.notifications import services; from portal.core import bell; "
        "user, _ = User.objects.get_or_create(username='cong-chuc', defaults={'email': 'cong.chuc@vidu.example'}); "
        f"services.notify(recipient=user, kind='test', subject='Chuông {word}', body='…', dedupe_key='{word}'); "
        "[ringer.ring_all() for ringer in bell._made]"
    )
    portal.run(["-c", code], portal.environment)


def test_defaults_of_the_compose_file_are_read_as_docker_reads_them() -> None:
    assert plain("${PORTAL_LOG_LEVEL:-INFO}") == "INFO"
    assert plain("$$host") == "$host"
