"""Whatever is sent to any operation of the published schema: an answer below 500, and what is refused is a problem.

Values are drawn from the schema itself, and as often from outside of it. `make fuzz-api` draws thousands.
"""

import json
import os
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossiers.models import Dossier
from portal.api.schema import description
from tests.api.callers import filed_dossier

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
METHODS = ("get", "post", "patch", "delete")
BODY_OF_TUS = "application/offset+octet-stream"
TEXTS = st.text(max_size=20) | st.sampled_from(
    ["", "\x00", "😀" * 9, "' OR 1=1 --", "<b>", "%00", "2026-11-20T08:30:00+07:00"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def _operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def of(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """A value that fits a schema, as far as this API uses them; one time in four it is anything."""
    return st.one_of(_fitting(schema), _fitting(schema), _fitting(schema), ANYTHING)


def _fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _fitting(description()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]])
    for word in ("allOf", "oneOf", "anyOf"):
        if word in schema:
            return st.one_of([_fitting(part) for part in schema[word]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object":
            known = schema.get("properties", {})
            needed = {name: of(known[name]) for name in schema.get("required", ()) if name in known}
            return st.fixed_dictionaries(needed, optional={n: of(s) for n, s in known.items() if n not in needed})
        case "array":
            return st.lists(of(schema.get("items", {})), max_size=3)
        case "integer":
            return st.integers(min_value=-(2**70), max_value=2**70) | st.integers(0, 50)
        case "boolean":
            return st.booleans()
        case "string" if schema.get("format") == "date-time":
            return st.datetimes().map(lambda moment: f"{moment.isoformat()}+07:00")
        case "string":
            return TEXTS
    return ANYTHING


@pytest.mark.django_db
@override_settings(API_RATE_PER_MINUTE=10**9, API_OPEN_RATE_PER_MINUTE=10**9)
def test_nothing_that_is_sent_makes_a_server_error() -> None:
    system, dossier = filed_dossier()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def send(data: st.DataObject) -> None:
        method, path, operation = data.draw(st.sampled_from(_operations()))
        answer = _call(system.http, data, method, path, operation, dossier)
        if answer.streaming:
            b"".join(answer.streaming_content)  # a file is closed once it was read
        assert answer.status_code < 500, (method, path, answer.status_code)
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json", (method, path)
            assert answer.json()["code"] and answer.json()["detail"]

    send()


def _call(
    http: Client, data: st.DataObject, method: str, path: str, operation: dict[str, Any], dossier: Dossier
) -> Any:
    query, headers = {}, {}
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        if parameter["in"] == "path":
            known = dossier.code if name == "code" else "1"
            value = data.draw(st.just(known) | of(parameter["schema"]), label=name)
            path = path.replace(f"{{{name}}}", quote(str(value), safe="") or "-")
        elif data.draw(st.booleans(), label=f"with {name}"):
            value = str(data.draw(of(parameter["schema"]), label=name))
            if parameter["in"] == "query":
                query[name] = value
            else:  # what no HTTP library lets through is not ours to refuse
                headers[name] = value.encode("ascii", "ignore").decode().translate({ord(c): None for c in "\r\n\x00"})
    content: dict[str, Any] = {}
    for media, body in operation.get("requestBody", {}).get("content", {}).items():
        if media == BODY_OF_TUS:
            content = {"data": data.draw(st.binary(max_size=30)), "content_type": media}
        else:
            text = json.dumps(data.draw(of(body["schema"]), label="body"))
            cut = data.draw(st.just(len(text)) | st.integers(0, len(text)), label="cut")
            content = {"data": text[:cut], "content_type": media}
    return getattr(http, method)(path, **content, query_params=query, headers=headers)
