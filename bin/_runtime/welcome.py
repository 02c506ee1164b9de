"""What bin/run prints when the portal is ready: the address, who can sign in, what to try first."""

import json
import sys
from typing import Any

from _runtime import console, portal_processes
from _runtime.paths import ROOT, var_dir
from _runtime.supervisor import Supervisor

RULE = "─" * 78


def show(supervisor: Supervisor) -> None:
    """Print the page; the portal runs by now, so a missing list of people is no reason to stop."""
    url = supervisor.addresses.portal_url
    seconds = f"{console.elapsed_seconds():.0f} s"
    print(f"\n  {RULE}\n  Cổng Dịch vụ công quốc gia đã sẵn sàng · The portal is ready ({seconds})\n")
    for path, what in PLACES.items():
        print(f"      {url + path:<{len(url) + 12}}{what}")
    _show_people(supervisor)
    _show_sandbox(supervisor)
    print("\n  Thử trước tiên · Try first")
    for vietnamese, english in STEPS:
        print(f"      {vietnamese}\n        {english}")
    data = var_dir()
    where = data.relative_to(ROOT) if data.is_relative_to(ROOT) else data
    print(f"\n  Dữ liệu và nhật ký · Data and logs: {where}/")
    if supervisor.postgres and not supervisor.postgres.home.is_relative_to(data):
        print(
            f"  Cơ sở dữ liệu · Database: {supervisor.postgres.home}/ (PostgreSQL không chạy bằng root · not as root)"
        )
    if sys.stdout.isatty():  # in the background there is nobody to press it
        print("  Ctrl-C để dừng · stops everything")
    print(f"  {RULE}\n", flush=True)


PLACES = {"/": "tiếng Việt", "/en/": "English", "/quan-tri/": "cán bộ · officials", "/api/docs/": "API"}
MAILBOX = "/hop-thu-thu-nghiem/"
CODES = "/tai-khoan/ban-dung-thu/"
STEPS = (
    (
        "1. Tìm “khai sinh”, mở thủ tục, chọn Nộp hồ sơ, đăng nhập là Võ Quốc Huy (Đà Nẵng).",
        "Search “khai sinh”, open the sheet, start a dossier as Võ Quốc Huy of Đà Nẵng.",
    ),
    (
        "2. Xin thêm một bản sao, nộp, trả 8.000 đ ở cổng thanh toán thử: hồ sơ tự tiến triển.",
        "Ask for a copy, submit, pay at the sandbox gateway: the province's own system decides.",
    ),
    (
        "3. Là Trần Văn Minh (Hà Nội), nộp “xác nhận tình trạng hôn nhân” để vay vốn ở phường Cửa Nam; tại",
        "As Trần Văn Minh of Hà Nội, file “tình trạng hôn nhân” for a loan at phường Cửa Nam; at",
    ),
    (
        "   /quan-tri/: demo.motcua tiếp nhận, demo.chuyenvien xử lý và trình, demo.lanhdao duyệt.",
        "   /quan-tri/ demo.motcua accepts, demo.chuyenvien proposes, demo.lanhdao approves.",
    ),
    ("4. Mở kết quả trong Kho dữ liệu và quét mã QR.", "Open the result in the citizen's document store; scan its QR."),
)


def _show_people(supervisor: Supervisor) -> None:
    try:
        people: dict[str, list[dict[str, Any]]] = json.loads(supervisor.manage("demo_people", "--json"))
    except (console.SetupError, ValueError) as error:
        console.warn(f"demo accounts cannot be listed: {error}")
        return
    print("\n  Công dân, đăng nhập bằng VNeID thử · Citizens, at the sandbox VNeID (number, passcode)")
    for person in people["citizens"]:
        print(f"      {person['number']:<14} {person['passcode']:<8} {person['name']}{_note(person)}")
    print("\n  Cán bộ, tại /quan-tri/ · Officials, at /quan-tri/ (name, password)")
    for person in people["officials"]:
        print(f"      {person['username']:<22} {person['password']:<22} {', '.join(_post(person))}")
    codes = supervisor.addresses.portal_url + CODES
    print(f"      Mã 6 số lúc này · the six figures of the moment: {codes} (or ./manage.py demo_people)")


def _post(person: dict[str, Any]) -> list[str]:
    return [word for word in (person["role"], person["agency"]) if word]


def _note(person: dict[str, Any]) -> str:
    return f" ({person['note']})" if person.get("note") else ""


def _show_sandbox(supervisor: Supervisor) -> None:
    names = {
        "vneid": "VNeID",
        "province": "Một cửa Đà Nẵng",
        "gateway": "Cổng thanh toán",
        "ministry": "Bộ Công an",
        "power": "Điện lực",
    }
    print("\n  Thế giới bên ngoài (giả lập) · The outside world (sandbox)")
    for program, name in names.items():
        print(f"      {portal_processes.sandbox_url(supervisor.environment, program)}/  {name}")
    print(f"      {supervisor.addresses.portal_url}{MAILBOX}  Thư và tin nhắn · what the portal mails and texts")
