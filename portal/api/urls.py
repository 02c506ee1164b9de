"""Addresses of machines: the API, the wire protocol under its aliases, probes; none of them has a language."""

from django.urls import include, path, re_path

from portal.api import docs, ops
from portal.api.wire.dispatch import wire

app_name = "api"
urlpatterns = [
    path("", include("portal.api.urls_v1")),
    path("api/v1/", docs.index, name="index"),
    path("api/schema/", docs.schema, name="schema"),
    path("api/docs/", docs.page, name="docs"),
    # Paths are chosen by the client's configuration; whatever stands below these doors is one address (protocol §1.1).
    re_path(r"^mapi(?:/(?P<path>.*))?$", wire, name="wire"),
    re_path(r"^(?:VXPAdapter|XrdAdapter)(?:/(?P<path>.*))?$", wire, name="wire_adapter"),
    path("healthz", ops.healthz, name="healthz"),
    path("readyz", ops.readyz, name="readyz"),
    path("metrics", ops.metrics, name="metrics"),
]
