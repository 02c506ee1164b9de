"""Papers by the thousand: a list and a folder, line by line, stopped and gone on with, reported without names."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from datastore import digitising, importing
from datastore.import_folders import Directory
from datastore.models import DigitisationState, Document, ImportBatch, ImportRow, ImportState, TrustLevel
from portal.accounts.models import CitizenProfile
from portal.agencies.models import Membership, MembershipRole
from portal.core.encryption import blind_index
from tests.datastore.conftest import make_pdf

pytestmark = pytest.mark.django_db
NUMBER = "079326000123"
HEADER = "so_dinh_danh,loai_giay_to,tep,so,ngay_cap,gia_tri_den,giay_cua,ban_giay"


@pytest.fixture
def desk(official_of, ward):
    actor = official_of(ward)
    Membership.objects.create(user=actor.user, agency=ward, role=MembershipRole.DESK, valid_from="2020-01-01")
    return actor


@pytest.fixture
def person(citizen):
    CitizenProfile.objects.create(
        user=citizen,
        full_name=citizen.display_name,
        personal_id=NUMBER,
        personal_id_index=blind_index(NUMBER),
        confirmed_at="2026-11-01T00:00:00+07:00",
    )
    return citizen


@pytest.fixture
def folder(tmp_path):
    """Three scans below a folder."""
    (tmp_path / "quet" / "2019").mkdir(parents=True)
    for number in range(3):
        (tmp_path / "quet" / "2019" / f"{number}.pdf").write_bytes(make_pdf())
    return tmp_path / "quet"


@pytest.fixture
def listed(tmp_path, upload_type):
    """Write a list of these lines."""

    def write(*lines: str, header: str = HEADER, encoding: str = "utf-8-sig"):
        path = tmp_path / "danh-sach.csv"
        path.write_text("\n".join([header, *(line.replace("LOAI", upload_type.code) for line in lines), ""]), encoding)
        return path

    return write


def line(number: int, **changes: str) -> str:
    facts = dict(
        zip(
            HEADER.split(","),
            (NUMBER, "LOAI", f"2019/{number}.pdf", f"{number}/2019", "06/05/2019", "", "Nguyễn Minh An", "goc"),
            strict=True,
        )
    )
    return ",".join({**facts, **changes}.values())


@pytest.fixture
def run(folder, listed, desk, ward, person, tmp_path):
    """Run the command over a list; return what it said and its report."""

    def command(path, *options: str) -> tuple[str, str]:
        out, report = io.StringIO(), tmp_path / "bao-cao.csv"
        words = [str(path), str(folder), "--agency", ward.code, "--official", desk.user.username]
        try:
            call_command("import_papers", *words, "--report", str(report), *options, stdout=out)
        except SystemExit as stopped:
            out.write(f"exit {stopped.code}")
        return out.getvalue(), report.read_text(encoding="utf-8-sig")

    return command


def test_papers_come_in_and_wait_for_their_check(run, listed, person):
    said, report = run(listed(*(line(number) for number in range(3))))
    assert "3 of 3 papers are in, 0 lines failed" in said
    assert report.count("Đã nhập") == 3 and NUMBER not in report
    assert not Document.objects.listed(person).exists()
    documents = Document.objects.filter(owner=person, digitisation__state=DigitisationState.SCANNED)
    assert {document.number for document in documents} == {"0/2019", "1/2019", "2/2019"}


def test_a_batch_that_was_compared_is_certified_at_once(run, listed, person):
    run(listed(line(0)), "--certify")
    document = Document.objects.listed(person).get()
    assert (document.trust, document.about_name) == (TrustLevel.DIGITISED, "Nguyễn Minh An")
    assert document.digitisation.checks == list(digitising.CHECKS)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"so_dinh_danh": "079326000999"}, "đăng nhập một lần bằng VNeID"),
        ({"so_dinh_danh": "12"}, ""),
        ({"loai_giay_to": "GT.KHONG-CO"}, "chưa có loại giấy tờ “GT.KHONG-CO”"),
        ({"tep": "2019/9.pdf"}, "không có tệp"),
        ({"tep": "../danh-sach.csv"}, "không có tệp"),
        ({"tep": "/etc/passwd"}, "không có tệp"),
        ({"tep": ""}, "không có tệp"),
        ({"ngay_cap": "31/02/2019"}, "ngay_cap"),
        ({"ngay_cap": "31/12/2999"}, "ở tương lai"),
        ({"ban_giay": "photo"}, "goc hoặc sao"),
        ({"tep": "a\0b.pdf"}, "không có tệp “ab.pdf”"),
        ({"loai_giay_to": "GT\0.X"}, "chưa có loại giấy tờ “GT.X”"),
        ({"tep": f"{'x' * 300}.pdf"}, "không mở được"),
        ({"giay_cua": "Nguyễn, Minh An"}, "nhiều ô hơn số cột"),
        ({"ban_giay": "goc,thừa"}, "nhiều ô hơn số cột"),
    ],
)
def test_a_line_that_is_wrong_is_told_of_and_the_rest_comes_in(run, listed, changes, words):
    said, report = run(listed(line(0, **changes), line(1)))
    assert "1 of 2 papers are in, 1 lines failed" in said and "exit 1" in said
    (wrong,) = (row for row in report.splitlines() if "Không nhập được" in row)
    assert wrong.startswith("2,") and words in wrong and Document.objects.count() == 1


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_list_as_excel_set_to_vietnamese_saves_it_is_read(run, listed, person, delimiter):
    run(listed(line(0).replace(",", delimiter), header=HEADER.replace(",", delimiter)))
    assert Document.objects.get(owner=person).number == "0/2019"


def test_marks_that_break_lines_elsewhere_break_none_of_the_list(run, listed):
    run(listed(line(0, giay_cua="Nguyễn\u2028Minh\x0b An"), line(1, giay_cua='"Lê\nVăn Tám"'), line(2) + ",,"))
    names = Document.objects.order_by("number").values_list("about_name", flat=True)
    assert list(names) == ["Nguyễn Minh An", "Lê Văn Tám", "Nguyễn Minh An"]


def test_lines_are_named_by_where_they_begin(run, listed):
    _said, report = run(listed(line(0, giay_cua='"Lê\n\nVăn Tám"', tep="none.pdf"), "", line(1, tep="none.pdf")))
    assert [row.split(",")[0] for row in report.splitlines()[1:]] == ["2", "6"]


@pytest.mark.parametrize("broken", ['"Nguyễn Minh An', '"Nhà hàng "Sen Vàng"'])
def test_a_quotation_mark_that_swallows_lines_is_named_and_nothing_comes_in(run, listed, broken):
    with pytest.raises(CommandError, match="Line 3 of the list cannot be read"):
        run(listed(line(0), line(1, giay_cua=broken), line(2)))
    assert not ImportBatch.objects.exists()


def test_a_link_out_of_the_folder_is_not_followed(run, listed, folder, tmp_path):
    (tmp_path / "secret.pdf").write_bytes(make_pdf())
    (folder / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    _said, report = run(listed(line(0, tep="link.pdf")))
    assert "không có tệp" in report and not Document.objects.exists()


def test_the_same_list_again_brings_nothing_twice(run, listed):
    path = listed(line(0), line(1))
    for _time in range(2):
        said, _report = run(path)
        assert "2 of 2" in said
    assert Document.objects.count() == 2 and ImportBatch.objects.count() == 1


def test_a_stop_leaves_whole_papers_and_the_next_run_goes_on(run, listed, folder, desk):
    path = listed(*(line(number) for number in range(3)))
    batch = importing.open_batch(importing.read(path.read_bytes()), path.name, actor=desk)
    steps = importing.run(batch, Directory(folder), actor=desk)
    assert next(steps).done == 1
    steps.close()  # … and the process is killed
    assert Document.objects.count() == 1
    said, _report = run(path)
    assert "3 of 3" in said and Document.objects.count() == 3
    batch.refresh_from_db()
    assert batch.finished_at is not None


def test_a_scanner_that_is_away_stops_the_batch_and_loses_nothing(run, listed, settings):
    path = listed(line(0))
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    with pytest.raises(CommandError, match="Run the same command again"):
        run(path)
    assert ImportRow.objects.get().state == ImportState.PENDING
    settings.CLAMAV_ADDRESS = ""
    assert "1 of 1" in run(path)[0]


def test_failed_lines_are_tried_again_when_asked(run, listed, folder):
    path = listed(line(0, tep="2019/late.pdf"))
    assert "1 lines failed" in run(path)[0]
    (folder / "2019" / "late.pdf").write_bytes(make_pdf())
    assert "1 lines failed" in run(path)[0]
    assert "1 of 1 papers are in" in run(path, "--retry")[0]


def test_lines_lie_encrypted_and_are_emptied_once_they_are_in(run, listed):

    run(listed(line(0), line(1, tep="none.pdf")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts FROM datastore_importrow")
        assert not [row for (row,) in cursor.fetchall() if NUMBER in row]
    assert ImportRow.objects.get(state=ImportState.DONE).facts == "{}"


@pytest.mark.parametrize(
    ("header", "encoding", "words"),
    [
        ("so_dinh_danh,tep", "utf-8", "lacks the columns"),
        (HEADER, "utf-16", "not in UTF-8"),
        (HEADER, "utf-8", "has 0 lines"),
        (f"{HEADER},so", "utf-8", "two columns so"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_whole(run, listed, header, encoding, words):
    lines = [] if "0 lines" in words else ["x"]
    with pytest.raises(CommandError, match=words):
        run(listed(*lines, header=header, encoding=encoding))
    assert not ImportBatch.objects.exists()


def test_who_holds_no_post_there_brings_nothing(listed, folder, ward, other_ward, desk, person):
    words = [str(listed(line(0))), str(folder), "--official", desk.user.username]
    for code in (other_ward.code, "KHONG-CO"):
        with pytest.raises(CommandError, match="no post|no such agency"):
            call_command("import_papers", *words, "--agency", code)
