"""The sheet of a result as printed: annex I of NĐ 30/2020/NĐ-CP, with the QR of TT 01/2023/TT-VPCP at its top left."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from PIL import Image

from datastore.models import ResultTemplateVersion
from datastore.results import paper, previewing, service
from datastore.results.composing import Block, Composed
from datastore.results.contents import ResultContent
from portal.agencies.models import AdministrativeUnit, Agency
from portal.core import qr
from procedures import catalogue
from procedures.packs import REFERENCE, own_reference
from tests import annex
from tests.datastore.papers import PROCEDURES, bytes_of
from tests.printed import Printed

pytestmark = pytest.mark.django_db

PUBLIC_ID = "AEAQCAIBAEAQCAIB"
DAY = "ngày 20 tháng 11 năm 2026"
QR_MM = 36
WHITE, BLACK = 200, 60


def agency(name: str, above: str, place: str) -> Agency:
    return Agency(name=name, parent=Agency(name=above), unit=AdministrativeUnit(name=place))


HEADS = {
    "short": (agency("Sở Y tế", "UBND thành phố Huế", "Huế"), "7/GP"),
    "of a ward": (agency("Ủy ban nhân dân phường Tân Định", "UBND Thành phố Hồ Chí Minh", "Tân Định"), "123/2026"),
    "long": (
        agency(
            "Ban Quản lý Khu kinh tế và các khu công nghiệp tỉnh Bà Rịa – Vũng Tàu cũ",
            "Ủy ban nhân dân Thành phố Hồ Chí Minh",
            "Thành phố Hồ Chí Minh",
        ),
        "000.00.26.H29-261120-00001/GXN-UBND",
    ),
    "without a break": (agency("Công an xã Ea H’leo", "Công an tỉnh Đắk Lắk", "Ea H’leo"), "1" * 40),
}


def drawn(content: ResultContent) -> bytes:
    token = "A" * 480  # as long as a birth certificate's
    drawing = qr.draw(service.address(PUBLIC_ID, token), label="QR")
    return paper.draw(content, public_id=PUBLIC_ID, qr_svg=drawing.svg)


@pytest.fixture
def own_papers(monkeypatch: pytest.MonkeyPatch) -> list[ResultContent]:
    """A made-up result by each of the papers that the portal brings along."""
    reference = own_reference()
    catalogue.load_life_events(reference)
    for code in PROCEDURES:
        catalogue.load_pack(REFERENCE / "procedures" / f"{code}.yaml", reference=reference)
    call_command("load_result_templates", verbosity=0)
    kept: list[ResultContent] = []
    with monkeypatch.context() as looking:
        looking.setattr(paper, "draw", lambda content, **_how: kept.append(content) or b"")
        for version in ResultTemplateVersion.objects.select_related("template"):
            previewing.preview(version.template, version.body, seed=3)
    return kept


def test_every_paper_of_the_portal_keeps_the_annex(own_papers: list[ResultContent], result: ResultContent) -> None:
    assert len(own_papers) == 10
    for content, (issuer, number) in zip(own_papers, [*HEADS.values()] * 3, strict=False):
        told = replace(content, issuer=issuer, number=number, decided_at=result.decided_at)
        title = told.composed.title if told.composed and told.composed.title else told.title
        printed = holds(told, title)
        words = annex.words_of(printed, after=title.upper(), before=told.signer_title.upper())
        sizes = {round(letter.size_pt, 1) for letter in words}
        assert len(words) > 100 and sizes <= {13.0, 14.0}, title


def holds(content: ResultContent, title: str) -> Printed:
    above = content.issuer.parent
    assert above is not None and content.issuer.unit is not None
    return annex.holds(
        drawn(content),
        agency=content.issuer.name,
        parent=above.name,
        number=content.number,
        place=content.issuer.unit.name,
        day=DAY,
        title=title,
    )


@pytest.mark.parametrize("head", HEADS)
def test_short_and_long_heads_keep_the_annex(head: str, result: ResultContent) -> None:
    issuer, number = HEADS[head]
    printed = holds(replace(result, issuer=issuer, number=number), result.title)
    assert len(printed.sizes) == 1


def test_the_words_stand_between_the_margins_over_pages_that_are_numbered(result: ResultContent) -> None:
    rows = tuple((f"{number}", "Người thứ " + "dài " * 12, "079326000123") for number in range(60))
    table = Block("table", text="Danh sách", columns=("STT", "Họ tên", "Số định danh"), rows=rows)
    words = Block("text", text="Một hai ba bốn năm sáu bảy tám chín mười. " * 40)
    long = replace(result, composed=Composed(title="Giấy dài", blocks=(words, table, words)))
    printed = holds(long, "Giấy dài")
    assert len(printed.sizes) > 2
    said = annex.words_of(printed, after="GIẤY DÀI", before="CHỦ TỊCH")
    assert {round(letter.size_pt, 1) for letter in said} == {13.0}


def dark(picture: Image.Image, dpi: int) -> tuple[float, ...] | None:
    """Where ink stands in the corner of a page that is the QR's, in mm from the page's top left."""
    corner = picture.crop((0, 0, round(46.5 / 25.4 * dpi), round(62 / 25.4 * dpi)))
    box = corner.point(lambda value: 255 if value < (WHITE + BLACK) // 2 else 0).getbbox()
    return tuple(edge / dpi * 25.4 for edge in box) if box else None


def test_the_qr_stands_on_the_first_page_at_the_top_left_with_modules_as_promised(
    citizen: Any, result: ResultContent
) -> None:
    long = replace(result, fields=[(f"Dòng {n}", "Một hai ba bốn năm " * 20) for n in range(20)])
    issued = service.issue(owner=citizen, reference="R", result=long)
    printed = Printed(bytes_of(issued))
    side = qr.draw(service.address(issued.credential.public_id, issued.credential.token), label="").side
    found = dark(printed.picture(dpi=600), 600)
    assert found is not None
    left, top, right, bottom = found
    module = (right - left) / (side - 2 * qr.QUIET_ZONE)
    assert QR_MM / 85 - 0.005 <= module <= 0.45, "docs/adr/0010: 0.42 mm and more up to version 15"
    assert module * side == pytest.approx(QR_MM, abs=0.2) and right - left == pytest.approx(bottom - top, abs=0.1)
    assert 10 + qr.QUIET_ZONE * module == pytest.approx(left, abs=0.2)
    assert 20 + qr.QUIET_ZONE * module == pytest.approx(top, abs=0.2)
    assert len(printed.sizes) > 1
    for page in range(1, len(printed.sizes)):
        picture = printed.picture(page)
        corner = picture.crop((0, 0, picture.width * 29 // 210, picture.height))
        assert corner.getextrema()[0] > WHITE, "nothing stands in the margin of the other pages"
