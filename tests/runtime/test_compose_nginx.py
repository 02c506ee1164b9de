"""The proxy of docker-compose.yml in a real nginx, before a web process that tells what reached it."""

import http.client
import http.server
import json
import os
import re
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from _runtime import compose_secrets, network, temporary
from _runtime.process import Child
from tests.runtime.production import COMPOSE, find_program, plain

NGINX = find_program("nginx")
pytestmark = pytest.mark.skipif(
    NGINX is None,
    reason="NO NGINX HERE: the proxy's configuration was only read, not run (apt-get install nginx-light)",
)


class _Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    posts = 0

    def do_GET(self) -> None:
        self._tell()

    def do_POST(self) -> None:
        type(self).posts += 1
        length = int(self.headers.get("Content-Length", 0))
        while length > 0:
            length -= len(self.rfile.read(min(length, 1_000_000)))
        if self.path.partition("?")[0].endswith("/dies/"):
            self.close_connection = True
            return
        self._tell()

    def _tell(self) -> None:
        body = json.dumps({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Proxy:
    """nginx with the compose file's configuration, on ports of its own."""

    def __init__(self, folder: Path, web_port: int) -> None:
        self.http, self.folder = network.free_ports(2), folder
        self.https = self.http + 1
        compose_secrets.write_missing(folder)
        text = plain(COMPOSE["configs"]["nginx"]["content"])
        version = subprocess.run([str(NGINX), "-v"], capture_output=True, text=True, check=True).stderr
        if tuple(int(part) for part in re.findall(r"/(\d+)\.(\d+)", version)[0]) < (1, 25):
            text = text.replace("http2 on;", "")  # an older nginx names it at `listen`
        text = re.sub(r"listen \[::\][^;]*;", "", text)
        for given, here in {
            "http://web:8000": f"http://127.0.0.1:{web_port}",
            "listen 80 ": f"listen 127.0.0.1:{self.http} ",
            "listen 443 ": f"listen 127.0.0.1:{self.https} ",
            "/run/secrets": str(folder),
            "/var/log/nginx": str(folder),
        }.items():
            assert given in text, given
            text = text.replace(given, here)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
        user = "user root;\n" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
            f"http {{\n{places}{text}\n}}\n"
        )
        command = [str(NGINX), "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
        self.child = Child("nginx", command, {"PATH": os.defpath}, folder / "start.log")

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | None = None, tls: bool = True, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask as a browser would and return status, headers and body."""
        context = ssl.create_default_context(cafile=self.folder / "tls_certificate")
        connection = (
            http.client.HTTPSConnection("localhost", self.https, context=context, timeout=30)
            if tls
            else http.client.HTTPConnection("localhost", self.http, timeout=30)
        )
        try:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): text for name, text in answer.headers.items()}, answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    """A running nginx before a running web process."""
    folder = temporary.directory("portal-nginx-")
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Web)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    running = Proxy(folder, web.server_address[1])
    running.child.start()
    try:
        deadline = time.monotonic() + 20
        while network.status_of(f"http://127.0.0.1:{running.http}/")[0] != 308:
            assert running.child.is_alive, (folder / "error.log").read_text() + running.child.log_tail()
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.1)
        yield running
    finally:
        running.child.stop()
        web.shutdown()
        web.server_close()


def test_http_leads_to_https_and_a_post_stays_a_post(proxy: Proxy) -> None:
    status, headers, _body = proxy.ask("/thu-tuc/?q=a", tls=False, Host="dichvucong.example")
    assert (status, headers["location"]) == (308, "https://dichvucong.example/thu-tuc/?q=a")


def test_the_portal_learns_the_truth_about_who_asks(proxy: Proxy) -> None:
    forged = {"X_Forwarded_For": "198.51.100.1", "X_Forwarded_Proto": "http"}
    status, headers, body = proxy.ask("/", Host="dichvucong.example:8443", **forged)
    reached = json.loads(body)
    assert status == 200
    assert reached["x-forwarded-proto"] == "https"
    assert reached["x-forwarded-for"] == "127.0.0.1"
    assert reached["host"] == "dichvucong.example:8443", "with its port: a form's Origin is compared with it"
    assert "nginx/" not in headers["server"]


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/readyz", "/readyz/"])
def test_what_is_for_operators_stays_inside(proxy: Proxy, path: str) -> None:
    assert proxy.ask(path)[0] == 404


def test_the_probe_and_pages_that_only_look_alike_pass(proxy: Proxy) -> None:
    assert proxy.ask("/healthz")[0] == 200
    assert proxy.ask("/readyz-va-hon-the/")[0] == 200


def test_an_upload_as_large_as_the_portal_takes_passes_and_a_larger_one_does_not(proxy: Proxy) -> None:
    from django.conf import settings

    assert proxy.ask("/tep/", method="POST", body=b"x" * (settings.WIRE_BODY_MAX_BYTES + 1))[0] == 200
    assert proxy.ask("/tep/", method="POST", body=b"", Content_Length=str(65 * 1024 * 1024))[0] == 413


DOORS = ("/mapi/g", "/VXPAdapter/RestService/forward/mapi/g", "/XRDADAPTER/x", "/truc-mc/khoa/x", "/api/SynsTTHCC/x")


@pytest.mark.parametrize("door", DOORS)
def test_a_system_that_reports_is_answered_in_its_own_words(proxy: Proxy, door: str) -> None:
    large = str(131 * 1024 * 1024)
    for answer, code, words in (
        (proxy.ask(door, method="POST", body=b"{}", tls=False), "-5", "https"),
        (proxy.ask(door, method="POST", body=b"", Content_Length=large), "-5", "chia"),
        (proxy.ask(f"{door}/dies/", method="POST", body=b"{}"), "-99", "gửi lại"),
    ):
        status, headers, body = answer
        told = json.loads(body)
        assert (status, told["error_code"], headers["content-type"]) == (200, code, "application/json")
        assert words in told["message"]
    assert proxy.ask(door, method="POST", body=b"x" * (70 * 1024 * 1024))[0] == 200, (
        "the portal says itself what is too much"
    )


def test_the_api_tells_its_problems_in_its_own_form_here_too(proxy: Proxy) -> None:
    large = str(65 * 1024 * 1024)
    for answer, status in (
        (proxy.ask("/api/v1/x/", method="POST", body=b"", Content_Length=large), 413),
        (proxy.ask("/api/v1/dies/", method="POST", body=b"{}"), 503),
    ):
        told = json.loads(answer[2])
        assert (answer[0], told["status"], answer[1]["content-type"]) == (status, status, "application/problem+json")
        assert told["code"] and told["detail"]


def test_a_post_is_never_sent_twice(proxy: Proxy) -> None:
    _Web.posts = 0
    assert proxy.ask("/dies/", method="POST", body=b"{}")[0] == 502
    assert _Web.posts == 1


def _logged(proxy: Proxy, *lines: str) -> str:
    """The access log once it holds these words: nginx writes a line after the answer is sent."""
    deadline = time.monotonic() + 20
    while True:
        told = (proxy.folder / "access.log").read_text()
        if all(line in told for line in lines):
            return told
        assert time.monotonic() < deadline, f"{lines} not in {told}"
        time.sleep(0.05)


def test_the_log_tells_neither_query_nor_referrer(proxy: Proxy) -> None:
    proxy.ask("/tra-cuu/?code=H17.1-261128-0001", Referer="https://dichvucong.example/ho-so/H17.2/")
    assert "H17" not in _logged(proxy, "/tra-cuu/")


def test_a_secret_in_an_address_is_in_no_log(proxy: Proxy) -> None:
    for path in ("/chia-se/BiMat1/", "/truc-mc/BiMat2/dies/", "/truc-mc/BiMat3/dies/?a=b", "//truc-mc/BiMat4/dies/"):
        answer = proxy.ask(path, method="POST", body=b"{}")
        assert answer[0] == 200
    told = _logged(proxy, '"POST /truc-mc/"', '"POST /chia-se/"')
    assert "BiMat" not in told + (proxy.folder / "error.log").read_text()
