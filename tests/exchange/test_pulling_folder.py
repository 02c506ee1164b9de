"""Systems that lay their tables into a folder: taken once, whole, in order, and from nowhere else."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from django.apps import apps
from django.conf import LazySettings

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.partners import drop_folder, pull_folder
from dossiers.tasks import apply_received, pull_due
from portal.agencies import credentials
from portal.core.work import WorkState
from portal.exchange.models import InboxMessage, PullSource
from tests.exchange.asked import WIRE, due_again, lay_down, source_of, wire_server
from tests.exchange.partner import PartnerServer
from tests.wire.clients import new_code, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    settings.DROP_DIR = tmp_path
    (tmp_path / "phuong").mkdir()
    yield tmp_path / "phuong"


def test_a_table_in_a_folder_and_a_wire_answer_are_bound_by_scopes(drop: Path, partner: PartnerServer) -> None:
    lay_down(drop, "1.csv", f"MaHoSo;TrangThaiHoSo\n{new_code()};4\n")
    source_of("phuong", "folder")
    partner.answer = wire_server([record(new_code(), "4")])
    source_of(partner.url, "wire", **WIRE)
    OidcClient.objects.update(scopes="dossiers:read")
    pull_due()
    apply_received()
    reasons = InboxMessage.objects.filter(work_state=WorkState.DEAD).values_list("quarantine_reason", flat=True)
    assert ["events:write" in reason for reason in reasons] == [True, True] and not Dossier.objects.exists()


def test_who_is_asked_already_keeps_reporting_and_takes_nothing_back() -> None:
    source = source_of("phuong", "folder")
    OidcClient.objects.update(scopes="documents:read")
    import_module("portal.exchange.migrations.0008_asked_systems_may_report").give(apps, None)
    assert credentials.scopes_of(source.client) == ["documents:read", "events:write", "results:write"]


def test_a_table_that_is_written_over_while_it_is_read_is_read_again(
    drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the new one would be put away for the old one that was read."""
    codes, read = [new_code(), new_code()], pull_folder._rows
    first, second = (f"MaHoSo;TrangThaiHoSo\n{code};4\n" for code in codes)
    lay_down(drop, "1.csv", first)

    def slow(file: Path) -> list[dict[str, str]]:
        monkeypatch.setattr(pull_folder, "_rows", read)
        rows = read(file)
        lay_down(drop, "1.csv", second)
        return rows

    monkeypatch.setattr(pull_folder, "_rows", slow)
    source_of("phuong", "folder")
    pull_due()
    apply_received()
    assert set(Dossier.objects.values_list("code", flat=True)) == set(codes)
    assert len(list((drop / drop_folder.TAKEN).iterdir())) == 1


def test_files_of_a_folder_are_taken_once_whole_and_in_order(drop: Path) -> None:
    code, other = new_code(), new_code()
    head = "MaHoSo;TrangThaiHoSo;MaTTHC;ChuHoSo;NgayTiepNhan\n"
    lay_down(drop, "1.csv", f"\ufeff{head}{code};4;1.000001;Nguyễn Thị Mẫu;20250102081500\n\n{other};2;1.000001;;\n")
    lay_down(drop, "2.csv", f"MaHoSo,TrangThai,ThoiDiemXuLy,NoiDungXuLy\n{code},9,20250103100000,Xong\n")
    lay_down(drop, "3.csv", head, age=0)
    lay_down(drop, "4.csv.part", head)
    lay_down(drop, "5.csv", b"\xff\xfe\x00")
    source = source_of("phuong", "folder")
    pull_due()
    apply_received()
    assert Dossier.objects.get(code=code).state == DossierState.DECIDED
    assert Dossier.objects.get(code=other).state == DossierState.ACCEPTED
    assert sorted(file.name for file in drop.iterdir()) == ["3.csv", "4.csv.part", "da-nhan", "loi"]
    stuck = InboxMessage.objects.get(work_state=WorkState.DEAD)
    assert stuck.subject == "5.csv" and "UTF-8" in stuck.quarantine_reason
    source.refresh_from_db()
    assert source.failures == 0 and source.received == 3


def test_a_file_that_was_written_anew_before_it_was_put_away_is_taken_again(drop: Path) -> None:
    code, other = new_code(), new_code()
    source = PullSource(provider="folder", address="phuong")
    lay_down(drop, "1.csv", f"MaHoSo;TrangThaiHoSo\n{code};4\n")
    source.cursor = pull_folder.pull(source).cursor
    lay_down(drop, "1.csv", f"MaHoSo;TrangThaiHoSo\n{other};4\n", age=30)
    assert [report.subject for report in pull_folder.pull(source).reports] == [other]
    assert [file.name for file in drop.iterdir()] == ["1.csv"]


def test_a_link_in_the_folder_leads_nowhere(drop: Path) -> None:
    other = drop.parent / "tinh-khac"
    other.mkdir()
    (drop / "da-nhan").symlink_to(other, target_is_directory=True)
    lay_down(drop, "1.csv", f"MaHoSo;TrangThaiHoSo\n{new_code()};4\n")
    source = source_of("phuong", "folder")
    pull_due()
    due_again(source)
    pull_due()
    assert list(other.iterdir()) == [], "a file laid down here must not come from there"
    source.refresh_from_db()
    assert source.failures and "da-nhan" in source.last_error
    lay_down(other, "2.csv", f"MaHoSo;TrangThaiHoSo\n{new_code()};4\n")
    (drop / "2.csv").symlink_to(other / "2.csv")
    with pytest.raises(drop_folder.FolderError):
        drop_folder.content_of(drop / "2.csv", most_bytes=100)


@pytest.mark.parametrize("address", ["..", ".", "khong-co", "../phuong/../.."])
def test_a_folder_elsewhere_is_not_read(drop: Path, address: str) -> None:
    source = source_of(address, "folder")
    pull_due()
    source.refresh_from_db()
    assert source.failures == 1 and "hư mục" in source.last_error
