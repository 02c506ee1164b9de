"""Reading values as clients write them."""

import pytest

from dossiers.partners.wire import WireFieldError, read_dossier, read_line
from dossiers.partners.wire_moments import read_moment
from portal.agencies.codes import spellings


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20250102081500", "2025-01-02T01:15:00+00:00"),
        ("202501020815", "2025-01-02T01:15:00+00:00"),
        ("20250102", "2025-01-01T17:00:00+00:00"),
        ("20250102081500.0", "2025-01-02T01:15:00+00:00"),
        ("2025-01-02T08:15:00", "2025-01-02T01:15:00+00:00"),
        ("2025-01-02T08:15:00.1234567+07:00", "2025-01-02T01:15:00.123456+00:00"),
        ("2025-01-02T08:15:00Z", "2025-01-02T08:15:00+00:00"),
        ("02/01/2025 08:15", "2025-01-02T01:15:00+00:00"),
        ("02/01/2025", "2025-01-01T17:00:00+00:00"),
        ("/Date(1735780500000+0700)/", "2025-01-02T01:15:00+00:00"),
        ("1735780500000", "2025-01-02T01:15:00+00:00"),
        ("02/01/2025 8:15:00 SA", "2025-01-02T01:15:00+00:00"),
        ("02/01/2025 1:15:00 CH", "2025-01-02T06:15:00+00:00"),
        ("02-01-2025 08:15:00", "2025-01-02T01:15:00+00:00"),
        ("2025/01/02 08:15:00", "2025-01-02T01:15:00+00:00"),
        ("02/01/2025 08:15:00.000", "2025-01-02T01:15:00+00:00"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    found = read_moment(text)
    assert found is not None and found.isoformat() == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "abc",
        "19700101000000",
        "20251301000000",
        "99999999999999",
        "٢٠٢٥",
        "2025",
        "0001-01-01T00:00:00",
        "/Date(0)/",
        "3/4/2026 2:00:00 PM",
        "02/01/2025 13:15:00 SA",
    ],
)
def test_what_is_no_moment(text: str) -> None:
    assert read_moment(text) is None


def test_zeros_stand_for_no_number() -> None:
    base = {"MaHoSo": "x", "TrangThaiHoSo": "1"}
    assert read_dossier({**base, "DinhDanhCHS": [{"SoDinhDanh": "000000001"}]}).applicant_id == ""
    assert read_dossier({**base, "SoGiayToChuHoSo": "", "DinhDanhCHS": [{"SoDinhDanh": "123"}]}).applicant_id == "123"


@pytest.mark.parametrize("status", ["0", "12", "-1", "", None, "hai", "²", [], {}, "1.5", "9" * 5000])
def test_a_status_that_is_none_is_named(status: object) -> None:
    with pytest.raises(WireFieldError, match="TrangThai"):
        read_line({"MaHoSo": "x", "TrangThai": status})


def test_deleted_files_are_left_out() -> None:
    papers = [
        {"TenGiayTo": "a", "DuongDanTepTinKetQua": "https://x/1", "IsDeleted": "True"},
        {"TenGiayTo": "b", "DuongDanTepTinKetQua": "https://x/2"},
        {"TenGiayTo": "c", "DuongDanTepTinKetQua": ""},
    ]
    found = read_dossier({"MaHoSo": "x", "TrangThaiHoSo": "9", "DanhSachGiayToKetQua": papers})
    assert [file.name for file in found.files] == ["b"]


def test_codes_of_agencies_in_both_forms() -> None:
    assert spellings("000.00.01.H99") == ["000.00.01.H99", "H99.01"]
    assert spellings(" h22 ") == ["H22"]
    assert spellings("") == []
