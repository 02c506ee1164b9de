"""Addresses of machines: the API, the wire protocol under its aliases, probes; none of them has a language."""

from django.urls import include, path, re_path

from portal.api import docs, ops
from portal.api.tokens import token
from portal.api.wire.dispatch import wire
from portal.api.wire.ministries import platform
from portal.api.wire.proxies import proxy

app_name = "api"
urlpatterns = [
    path("", include("portal.api.urls_v1")),
    path("api/v1/", docs.index, name="index"),
    path("api/schema/", docs.schema, name="schema"),
    path("api/docs/", docs.page, name="docs"),
    path("identity/o/api/token", token, name="token"),  # before allauth's, in portal.urls
    # Paths are chosen by the client's configuration; whatever stands below these doors is one address (protocol §1.1).
    re_path(r"^mapi(?:/(?P<path>.*))?$", wire, name="wire"),
    re_path(r"^(?:VXPAdapter|XrdAdapter)(?:/(?P<path>.*))?$", wire, name="wire_adapter"),
    # For systems behind a province's own proxy (protocol §9.1): the key in the address, or an account beside it.
    re_path(r"^truc-mc/(?P<key>[A-Za-z0-9_.-]{40,120})(?:/(?P<path>.*))?$", proxy, name="wire_proxy"),
    re_path(r"^(?:KetNoiMotCuaQuocGia|api/SynsTTHCC)(?:/(?P<path>.*))?$", proxy, name="wire_proxy_account"),
    re_path(r"^lgsp(?:/(?P<path>.*))?$", platform, name="wire_platform"),
    path("healthz", ops.healthz, name="healthz"),
    path("readyz", ops.readyz, name="readyz"),
    path("metrics", ops.metrics, name="metrics"),
]
