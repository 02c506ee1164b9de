"""The ministry's case system, as an OpenCPS client: session kept, look-ups before each push, text acknowledgement."""

import io
import re

import httpx
import pypdf
import pytest

from tests.sandbox.dossiers import deliver, dossier, new_code
from tests.sandbox.programs import SECRETS, Program, until

PDF = b"%PDF-1.7 to khai"


class WirePortal:
    """The portal's end of the wire format, as far as a client sees it."""

    def __init__(self, program: Program):
        self.program, self.known = program, set()
        self.sessions, self.answers, self.heard = [], {}, []
        self.fields_of_procedures = [{"MALINHVUC": "LV1", "TENLINHVUC": "Lý lịch tư pháp"}]
        program.portal.routes.update(
            {
                ("POST", "/mapi/login"): self.login,
                ("POST", "/mapi/g"): self.call,
                ("GET", "/api/v1/files/"): lambda request: (
                    (200, PDF) if request.headers["authorization"] == f"Bearer {self.sessions[-1]}" else (401, {})
                ),
            }
        )

    def login(self, request):
        assert request.json == {"username": "ministry", "password": SECRETS["SANDBOX_MINISTRY_PASSWORD"]}
        assert "authorization" not in request.headers
        self.sessions.append(f"session-{len(self.sessions)}")
        return 200, {"error_code": "0", "session": self.sessions[-1]}

    def call(self, request):
        body = request.json
        if body["session"] != self.sessions[-1]:
            return 200, {"error_code": "-2", "message": "Phiên đã hết hạn"}
        self.heard.append(body)
        for code in [code for code in self.answers if code in str(body)]:  # not what another test left on its way
            return 200, self.answers.pop(code)
        result: list = []
        if body["service"] == "TraCuuHoSo":
            result = [{"MAHOSO": body["mahoso"]}] if body["mahoso"] in self.known else []
        elif body["service"] == "LayThuTuc":
            result = [{"TENTTHC": "Cấp Phiếu lý lịch tư pháp", "LINHVUCTHUCHIEN": self.fields_of_procedures}]
        elif body["service"] == "DongBoHoSoMC":
            self.known.add(body["data"][0]["MaHoSo"])
        return 200, {"error_code": "0", "message": "Thành công", "result": result}

    def calls(self, code: str) -> list[dict]:
        """Return what arrived about one dossier within a valid session, whatever it was answered."""
        return [body for body in self.heard if code in str(body)]

    def last_status(self, code: str) -> str:
        lines = [body["data"][0] for body in self.calls(code) if body["service"] == "CapNhatTienDoHoSoMC"]
        return lines[-1]["TrangThai"] if lines else ""


@pytest.fixture
def portal(ministry) -> WirePortal:
    wire = WirePortal(ministry)
    wire.sessions.append("forgotten")  # whatever an earlier test left in the cache is no longer valid
    return wire


def open_at_counter(program: Program, **fields: str) -> httpx.Response:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', program.http.get("/").text)[1]
    form = {"csrfmiddlewaretoken": token, "procedure_code": "3.000333", "full_name": "Bùi Văn Giả Định"}
    return program.http.post("/ho-so-truc-tiep/", data=form | fields)


def test_dossier_born_on_the_portal(ministry, portal):
    code = new_code("G01.1-261122")
    content = dossier(code, files=[("to-khai.pdf", PDF, f"{ministry.portal.url}/api/v1/files/1")])
    deliver(ministry, "dossier.submitted", content)
    calls = until(lambda: len(portal.calls(code)) == 8 and portal.calls(code))
    assert [call["service"] for call in calls] == ["DongBoTrangThaiHoSo", "CapNhatTienDoHoSoMC"] * 4
    statuses = [call["data"] for call in calls[::2]]
    assert [status["TrangThai"] for status in statuses] == ["2", "4", "9", "10"]
    assert all(call["type"] == "2" and call["madonvi"] == "G01" for call in calls[::2])
    lines = [call["data"][0] for call in calls[1::2]]
    assert [line["TrangThai"] for line in lines] == ["2", "4", "9", "10"]
    assert all(line["MaHoSo"] == code and re.fullmatch(r"\d{14}", line["ThoiDiemXuLy"]) for line in lines)
    assert lines[2]["ThoiDiemXuLy"] < lines[3]["ThoiDiemXuLy"]
    assert statuses[0]["TaiLieuXuLy"] == []
    address = statuses[2]["TaiLieuXuLy"][0]["DuongDanTaiTepTin"]
    assert address.startswith(f"{ministry.url}/ket-qua/")
    paper = httpx.get(address, timeout=30)
    assert paper.content.startswith(b"%PDF-")
    assert httpx.get(address, timeout=30).content == paper.content


def test_dossier_taken_at_the_counter(ministry, portal):
    opened = open_at_counter(ministry)
    code = opened.headers["location"].split("/")[2]
    calls = until(
        lambda: (
            len([c for c in portal.calls(code) if c["service"] == "CapNhatTienDoHoSoMC"]) == 5 and portal.calls(code)
        )
    )
    pushed = [call for call in calls if call["service"] == "DongBoHoSoMC"]
    assert [call["isUpdating"] for call in pushed] == ["False", "True", "True", "True", "True"]
    assert [call["data"][0]["TrangThaiHoSo"] for call in pushed] == ["1", "2", "4", "9", "10"]
    for call in pushed:
        values = [value for value in call["data"][0].values() if not isinstance(value, list)]
        assert all(isinstance(value, str) for value in values)
        assert call["data"][0]["TenLinhVuc"] == "Lý lịch tư pháp"
    assert pushed[3]["data"][0]["DanhSachGiayToKetQua"][0]["DuongDanTepTinKetQua"].startswith(ministry.url)
    assert "DongBoTrangThaiHoSo" not in {call["service"] for call in calls}


def test_session_is_kept_and_renewed_when_refused(ministry, portal):
    first, second = new_code("G01.1-261122"), new_code("G01.1-261122")
    deliver(ministry, "dossier.submitted", dossier(first))
    until(lambda: len(portal.calls(first)) == 8)
    logins = len(portal.sessions)
    deliver(ministry, "dossier.submitted", dossier(second))
    until(lambda: len(portal.calls(second)) == 8)
    assert len(portal.sessions) == logins
    portal.sessions.append("expired")
    third = new_code("G01.1-261122")
    deliver(ministry, "dossier.submitted", dossier(third))
    until(lambda: "Đã trả kết quả" in ministry.http.get(f"/ho-so/{third}/").text)
    until(lambda: portal.last_status(third) == "10")


def test_other_literal_than_zero_is_no_acknowledgement(ministry, portal):
    code = new_code("G01.1-261122")
    portal.answers[code] = {"error_code": "00", "message": "Thành công"}
    deliver(ministry, "dossier.submitted", dossier(code))
    until(lambda: "mã 00" in ministry.http.get(f"/ho-so/{code}/").text)
    assert len(portal.calls(code)) == 1


def test_procedure_without_field_is_reported_as_breaking_the_client(ministry, portal):
    portal.fields_of_procedures = []  # by the service asked, as another test's push may be on its way yet
    code = open_at_counter(ministry).headers["location"].split("/")[2]
    until(lambda: "LINHVUCTHUCHIEN" in ministry.http.get(f"/ho-so/{code}/").text)


def test_counter_form_names_what_is_wrong(ministry):
    answer = open_at_counter(ministry, procedure_code="khai sinh")
    assert answer.status_code == 422
    assert "3.000333" in answer.text


def test_outage_is_survived(ministry, portal):
    login, call = (ministry.portal.routes.pop(("POST", path)) for path in ("/mapi/login", "/mapi/g"))
    code = new_code("G01.1-261122")
    deliver(ministry, "dossier.submitted", dossier(code))
    until(lambda: "Không gọi được Cổng" in ministry.http.get(f"/ho-so/{code}/").text)
    ministry.portal.routes.update({("POST", "/mapi/login"): login, ("POST", "/mapi/g"): call})
    until(lambda: portal.last_status(code) == "10")


RECORD = {
    "procedure_code": "3.000333",
    "procedure_name": "Cấp Phiếu Lý lịch tư pháp cho công dân Việt Nam, người nước ngoài đang cư trú tại Việt Nam",
    "agency_code": "G01.1",
    "agency_name": "Công an thành phố Đà Nẵng",
    "answers": {
        "filed_as": "self",
        "full_name": "Võ Quốc Huy",
        "personal_id": "048090999005",
        "date_of_birth": "1990-05-04",
        "gender": "1",
        "residence": {"province_code": "48", "commune_code": "20242", "line": "12 Bạch Đằng"},
        "certificate_kind": "2",
        "ban_info": False,
        "father": {"full_name": "Võ Văn Cha"},
        "mother": {"full_name": "Trần Thị Mẹ"},
        "marital_status": "never",
    },
}


def certificate(ministry: Program, portal: WirePortal, **answers: str) -> tuple[str, str]:
    """What the portal is told the paper is called, and the paper's words on one line."""
    code = new_code("G01.1-261122")
    deliver(ministry, "dossier.submitted", dossier(code) | RECORD | {"answers": RECORD["answers"] | answers})
    until(lambda: portal.last_status(code) == "10")
    told = [call["data"] for call in portal.calls(code) if call["service"] == "DongBoTrangThaiHoSo"][-1]
    [paper] = told["TaiLieuXuLy"]
    drawn = httpx.get(paper["DuongDanTaiTepTin"], timeout=30).content
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(drawn)).pages)
    return paper["TenTepDinhKem"], " ".join(words.split())


def test_a_criminal_record_certificate_says_what_the_law_lists(ministry, portal):
    """Luật 28/2009/QH12: number 2 names parents and bans (article 43), number 1 bans only where asked (article 42)."""
    name, words = certificate(ministry, portal)
    assert re.fullmatch(r"Phiếu lý lịch tư pháp số 2, số \d{4}/\d{4}/PLLTP", name)
    assert f"Số: {name.rpartition(' ')[2]}" in words
    for said in (
        "CÔNG AN THÀNH PHỐ ĐÀ NẴNG",
        "PHIẾU LÝ LỊCH TƯ PHÁP SỐ 2",
        "VÕ QUỐC HUY",
        "04/05/1990",
        "Giới tính Nam",
        "12 Bạch Đằng, Phường Hải Châu, Thành phố Đà Nẵng",
        "Họ và tên cha Võ Văn Cha",
        "Họ và tên mẹ Trần Thị Mẹ",
        "Tình trạng án tích Không có án tích",
        "Không bị cấm đảm nhiệm chức vụ",
        "không có giá trị pháp lý",
    ):
        assert said in words
    name, words = certificate(ministry, portal, certificate_kind="1")
    assert name.startswith("Phiếu lý lịch tư pháp số 1, số ")
    assert "Không có án tích" in words and "Võ Văn Cha" not in words and "bị cấm" not in words
