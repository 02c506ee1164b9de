"""The plainest requests go a shorter way through REST framework, and are answered to the letter as the others."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.views import APIView

from dossiers.api.base import PartnerView
from portal.api import middleware
from tests.api.callers import Caller, event_body, filed_dossier, token_for

pytestmark = pytest.mark.django_db

PLAIN, IN_FULL = "", "?long=1"


def told(answer: Any) -> tuple[int, Any, dict[str, str]]:
    counted = {"RateLimit-Remaining", "RateLimit-Reset"}
    headers = {name: value for name, value in answer.headers.items() if name not in counted}
    return answer.status_code, json.loads(answer.content or b"null"), headers


def test_headers_that_django_keeps_elsewhere_are_set_one_by_one() -> None:
    answer: Any = SimpleNamespace(headers={"Cache-Control": "private"})
    middleware._put(answer, {"Vary": "Accept-Language"})
    middleware._put_common(answer)
    assert answer.headers == {**middleware.HEADERS, "Cache-Control": "private", "Vary": "Accept-Language"}


def test_what_nobody_foresaw_is_raised_as_it_is_while_debug_is_on(settings: Any, rf: RequestFactory) -> None:
    class Failing(PartnerView):
        is_asked_often = True
        authentication_classes = permission_classes = throttle_classes = ()

        def post(self, _request: Any) -> Any:
            raise RuntimeError("hỏng")

    settings.DEBUG = True
    with pytest.raises(RuntimeError, match="hỏng"):
        Failing.as_view()(rf.post("/", b"{}", content_type="application/json"))


@pytest.mark.parametrize("way", ["/api/v1/dossiers/{code}/events/", "/api/v1/dossiers/events/"])
def test_what_is_refused_is_refused_in_the_same_words(way: str, settings: Any) -> None:
    system, dossier = filed_dossier()
    poor = Caller(system.client, token_for(system.client, scopes=["dossiers:read"]))
    nobody, path = Caller(system.client, "falsch"), way.format(code=dossier.code)
    good = event_body("accept")
    for caller, body in (
        (system, b"{"),
        (system, b'{"a": 1, "a": 2}'),
        (system, b"\xff"),
        (system, good | {"event": "approve", "occurred_at": "hôm qua"}),
        (system, {"events": []}),
        (system, []),
        (poor, good),
        (nobody, good),
    ):
        plain, in_full = (told(caller.post(path + query, body)) for query in (PLAIN, IN_FULL))
        assert plain == in_full and plain[0] >= 400, (body, plain)
    system.http.defaults.pop("HTTP_AUTHORIZATION", None)
    settings.API_RATE_PER_MINUTE = 0
    plain, in_full = (told(poor.post(path + query, good)) for query in (PLAIN, IN_FULL))
    assert plain[0] == in_full[0] and plain[0] in {403, 429}


def test_a_push_goes_the_short_way_and_what_is_out_of_the_ordinary_the_long_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system, dossier = filed_dossier()
    seen: list[str] = []
    whole = APIView.dispatch

    def dispatch(self: APIView, request: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append(request.get_full_path())
        return whole(self, request, *args, **kwargs)

    monkeypatch.setattr(APIView, "dispatch", dispatch)
    path = f"/api/v1/dossiers/{dossier.code}/events/"
    assert issubclass(PartnerView, APIView)
    short = told(system.push(dossier, "accept", key="k-1"))
    assert short[0] == 201 and seen == []
    long = told(system.post(path + IN_FULL, event_body("start_processing"), key="k-2"))
    assert long[0] == 201 and seen == [path + IN_FULL]
    assert short[2].keys() == long[2].keys()
    assert system.post(path, event_body("approve"), Accept="text/html").status_code == 406
    assert system.http.post(path, "x", content_type="text/plain").status_code == 415
    assert len(seen) == 3
