"""The DVCQG wire format, dialect A, spoken as an OpenCPS client does: login, look up, push, report progress."""

from datetime import timedelta
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone

from portal.sandbox.casework.actions import RETURNED, Action
from portal.sandbox.casework.chaos import chaos, wrong_messages
from portal.sandbox.casework.models import Case, Credential, Push
from portal.sandbox.casework.transports import wire_messages
from portal.sandbox.casework.transports.base import Outcome
from portal.sandbox.common.http import client

SESSION = "wire_session"
SESSION_KEPT = timedelta(minutes=10)
READ_TIMEOUT_SECONDS = 6  # what the newest OpenCPS grants the portal before it counts the event as failed
SESSION_EXPIRED = "-2"
INTERNAL_ERROR = "-99"
HEADERS = {"Accept": "application/json", "Charset": "utf-8", "dstcode": ""}


class WireProblem(Exception):
    """The portal answered with an error_code other than 0, or in a shape that breaks a real client."""

    def __init__(self, service: str, code: str, message: str):
        super().__init__(f"{service}: mã {code}, {message}")
        self.code = code


class WireTransport:
    unit = "Phòng Hồ sơ nghiệp vụ, Bộ Công an"
    leader = "Trưởng phòng Hồ sơ nghiệp vụ"
    number_suffix = "KQ-BCA"
    is_asked = False

    def bearer(self) -> str:
        if session := Credential.valid(SESSION):
            return session
        values = settings.SANDBOX.values
        account = {"username": values["SANDBOX_MINISTRY_USERNAME"], "password": values["SANDBOX_MINISTRY_PASSWORD"]}
        answer = _post("/mapi/login", account)
        if str(answer.get("error_code")) not in ("0", "00") or not answer.get("session"):
            raise httpx.RequestError(f"login refused with error_code {answer.get('error_code')}")
        Credential.keep(SESSION, answer["session"], timezone.now() + SESSION_KEPT)
        return answer["session"]

    def forget(self, token: str) -> None:
        Credential.forget(SESSION, token)

    def steps(self, action: Action) -> list[Action]:
        return [action, RETURNED] if action.name == "approve" else [action]

    def deliver(self, push: Push) -> Outcome:
        session = self.bearer()
        try:
            if push.case.origin == Case.Origin.PORTAL:
                self._call(session, "DongBoTrangThaiHoSo", type="2", data=wire_messages.portal_dossier_status(push))
            else:
                self._synchronise(session, push)
            line = wire_messages.progress_line(push)
            self._tell_wrongly(session, line)
            self._call(session, "CapNhatTienDoHoSoMC", data=[line])
            if chaos.strikes("duplicates"):
                self._call(session, "CapNhatTienDoHoSoMC", data=[line, line])
        except WireProblem as problem:
            if problem.code == SESSION_EXPIRED:
                self.forget(session)
                return Outcome.retry(str(problem))
            return Outcome.retry(str(problem)) if problem.code == INTERNAL_ERROR else Outcome.refused(str(problem))
        return Outcome.delivered()

    def _tell_wrongly(self, session: str, line: dict[str, str]) -> None:
        def envelope(told: dict[str, str]) -> dict[str, Any]:
            return _envelope(session, "CapNhatTienDoHoSoMC") | {"data": [told]}

        for wrong in wrong_messages(envelope(line), envelope({**line, "TrangThai": "77"})):
            content = {**HEADERS, "Content-Type": "application/json"}
            client().post(f"{settings.SANDBOX.portal_url}/mapi/g", content=wrong, headers=content)

    def _synchronise(self, session: str, push: Push) -> None:
        """Tell of a dossier born at this agency: does it exist, what is its procedure, then the whole of it."""
        found = self._call(session, "TraCuuHoSo", mahoso=push.case.code).get("result")
        procedure = wire_messages.procedure_of(self._call(session, "LayThuTuc", maTTHC=push.case.procedure_code))
        if procedure is None:
            raise WireProblem("LayThuTuc", "?", "LINHVUCTHUCHIEN trống làm hỏng máy khách OpenCPS")
        is_known = "True" if bool(found) != chaos.strikes("wrong_updating") else "False"
        self._call(session, "DongBoHoSoMC", isUpdating=is_known, data=[wire_messages.dossier(push, procedure)])

    def _call(self, session: str, service: str, **fields: Any) -> dict[str, Any]:
        answer = _post("/mapi/g", _envelope(session, service) | fields)
        code = str(answer.get("error_code"))
        if code != "0":  # the real client compares text: "00" is no acknowledgement
            raise WireProblem(service, code, str(answer.get("message") or "")[:300])
        return answer


def _envelope(session: str, service: str) -> dict[str, Any]:
    agency = settings.SANDBOX.values["SANDBOX_MINISTRY_MADONVI"]
    return {"session": session, "madonvi": agency, "service": service}


def _post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST as the real client does; any status but 200, a redirect included, counts as no answer."""
    timeout = httpx.Timeout(READ_TIMEOUT_SECONDS, connect=3)
    response = client().post(f"{settings.SANDBOX.portal_url}{path}", json=body, headers=HEADERS, timeout=timeout)
    if response.status_code != 200:
        raise httpx.HTTPStatusError(f"status {response.status_code}", request=response.request, response=response)
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise httpx.DecodingError("answer is no JSON object", request=response.request)
    return answer
