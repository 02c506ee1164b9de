"""Time results and bare drawings in turn: `python -m tests.bench.time_results ROUNDS`, inside a throw-away portal."""

import json
import sys
import time
from typing import Any

import django


def main(rounds: int) -> None:
    """Print the seconds of each issue and of each bare drawing of the same HTML."""
    from datastore.results import rendering, service
    from tests import factories

    user = factories.make_citizen()
    drawn: list[str] = []
    draw = rendering.draw

    def noting(html: str, *arguments: Any, **options: Any) -> bytes:
        drawn.append(html)
        return draw(html, *arguments, **options)

    rendering.draw = noting
    timed: dict[str, list[float]] = {"issue": [], "bare": [], "issue_cpu": [], "bare_cpu": []}
    for number in range(rounds + 2):
        start, start_cpu = time.perf_counter(), time.process_time()
        service.issue(owner=user, reference=f"bench-{number}", result=_content(number))
        issued, issued_cpu = time.perf_counter(), time.process_time()
        _bare(drawn.pop())
        if number >= 2:  # the first ones load libraries and keys
            timed["issue"].append(issued - start)
            timed["bare"].append(time.perf_counter() - issued)
            timed["issue_cpu"].append(issued_cpu - start_cpu)
            timed["bare_cpu"].append(time.process_time() - issued_cpu)
    print(json.dumps(timed))


def _bare(html: str) -> None:
    """WeasyPrint by itself with this page, style sheet and fonts: no archive format, no signature."""
    from django.conf import settings
    from weasyprint import HTML

    from datastore.results import rendering

    press = rendering._press(settings.PDF_FONT_DIR)
    HTML(string=html, url_fetcher=press.fetcher).write_pdf(stylesheets=[press.style], font_config=press.fonts)


def _content(number: int) -> Any:
    from django.utils import timezone

    from datastore.results.service import ResultContent
    from portal.agencies.models import Agency

    issuer = Agency.objects.filter(unit__code="20275", level="commune", branch="peoples_committee").get()
    return ResultContent(
        title="Giấy khai sinh",
        type_code="KQ.G15.000031",
        number=f"{number:03d}/2026/KS",
        issuer=issuer,
        signer_name="Vũ Minh Châu",
        signer_title="Phó Chủ tịch",
        decided_at=timezone.now(),
        holder_name="Nguyễn Thị Thử",
        holder_id="001199999001",
        procedure_code="1.001193",
        procedure_name="Thủ tục đăng ký khai sinh",
        dossier_code=f"000.00.00.H17-261122-{number:05d}",
        fields=[
            ("Họ, chữ đệm, tên", "Võ Thử An"),
            ("Ngày sinh", "02/11/2026"),
            ("Giới tính", "Nữ"),
            ("Dân tộc", "Kinh"),
        ],
    )


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
