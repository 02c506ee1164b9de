"""Limits of a type of paper: of a portrait one page, of a passport sixty; told before, refused with the cure."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from datastore import services
from datastore.intake import Limits
from datastore.models import Document, DocumentType, TrustLevel
from dossiers import services as dossiers
from portal.core.errors import InvalidInputError
from tests import factories
from tests.datastore.conftest import make_image, make_pdf, refusal_of
from tests.dossiers.filing_pages import Filing, signed_in, text

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


@pytest.fixture
def short(upload_type: DocumentType) -> DocumentType:
    """A type of at most two pages and one megabyte."""
    upload_type.most_pages, upload_type.most_megabytes = 2, 1
    upload_type.save()
    return upload_type


def test_more_pages_than_its_type_has_are_refused(deposit: Callable[..., Document], short: DocumentType) -> None:
    assert deposit(content=make_pdf(2)).files.count() == 1
    words = refusal_of(deposit, make_pdf(3))
    assert "nhiều nhất 2 trang" in words and "có 3 trang" in words and "Hãy" in words


def test_a_larger_file_than_its_type_may_be_is_refused(deposit: Callable[..., Document], short: DocumentType) -> None:
    assert "tới 1 MB" in refusal_of(deposit, make_pdf() + b"%" * MEGABYTE)


def test_a_photograph_has_one_page(deposit: Callable[..., Document], short: DocumentType) -> None:
    short.most_pages = 1
    short.save()
    assert deposit(content=make_image(), name="anh.jpg").pk


def test_of_several_types_the_loosest_counts(deposit: Callable[..., Document], short: DocumentType) -> None:
    DocumentType.objects.create(code="GT.DAI", name="Giấy dài", group="upload", most_pages=4, most_megabytes=3)
    DocumentType.objects.create(code="GT.TUY", name="Giấy tùy ý", group="upload")
    assert deposit(content=make_pdf(4), may_be=[short.code, "GT.DAI"]).type == short
    with pytest.raises(InvalidInputError) as refused:
        deposit(content=make_pdf(5), may_be=["GT.DAI"])
    assert "nhiều nhất 4 trang" in str(refused.value.fields["file"][0])
    assert deposit(content=make_pdf(9), may_be=["GT.DAI", "GT.TUY"]).pk
    assert services.limits_of([[short.code], [short.code, "GT.DAI"], ["GT.DAI", "GT.TUY"], []]) == [
        Limits(MEGABYTE, 2),
        Limits(3 * MEGABYTE, 4),
        Limits(),
        Limits(),
    ]


def test_what_an_agency_sends_keeps_its_pages(deposit: Callable[..., Document], short: DocumentType) -> None:
    assert deposit(content=make_pdf(3), trust=TrustLevel.DIGITISED).pk


def test_the_limit_of_every_file_is_never_widened(
    deposit: Callable[..., Document], short: DocumentType, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = MEGABYTE
    short.most_megabytes = 50
    short.save()
    assert "lớn hơn 1 MB" in refusal_of(deposit, make_pdf() + b"%" * MEGABYTE)


def test_the_form_says_the_limits_before(short: DocumentType) -> None:
    version = factories.make_version()
    version.components.update(document_types=[short.code])
    filing = Filing(version)
    page = text(filing.get("giay-to"))
    assert "tối đa 1 MB" in page and "Giấy này có nhiều nhất 2 trang" in page and "giấy tờ nhiều trang" in page
    short.most_pages = 1
    short.save()
    page = text(filing.get("giay-to"))
    assert "Giấy này có một trang." in page and "giấy tờ nhiều trang" not in page


def test_an_answer_to_a_request_has_the_same_limits_as_the_filing(short: DocumentType) -> None:
    """What the page says before is what a larger file is refused by."""
    dossier = factories.file_dossier()
    assert dossier.agency is not None and dossier.owner is not None and dossier.procedure_version is not None
    dossier.procedure_version.components.update(document_types=[short.code])
    component = dossier.procedure_version.components.get()
    dossiers.request_supplement(
        dossier.code or "",
        actor=factories.official_actor(dossier.agency),
        reason="Ảnh mờ.",
        defects=[dossiers.Defect(component.code, component.name, "Chụp lại.")],
    )
    client, address = signed_in(dossier.owner), f"/ho-so/{dossier.code}/bo-sung/"
    page = text(client.get(address))
    assert "tối đa 1 MB" in page and "Giấy này có nhiều nhất 2 trang" in page
    long = SimpleUploadedFile("dai.pdf", make_pdf(3), "application/pdf")
    dossier.refresh_from_db()
    asked = dossier.supplement_requests.get()
    refused = client.post(address, {"answer": "Gửi lại.", "asked": asked.pk, "file:0": long})
    assert refused.status_code == 422 and "nhiều nhất 2 trang" in text(refused)


def test_the_reference_list_names_them() -> None:
    call_command("load_document_types", stdout=StringIO())
    portrait = DocumentType.objects.get(code="GT.ANH-CHAN-DUNG")
    assert (portrait.most_pages, portrait.most_megabytes) == (1, 10)
    assert DocumentType.objects.get(code="GT.BAN-VE").most_pages is None


@pytest.mark.parametrize("wrong", ["0", "-1", "two", "true", "1.5"])
def test_a_limit_that_is_no_number_is_named(tmp_path: Any, wrong: str) -> None:
    path = tmp_path / "types.yaml"
    path.write_text(
        "- {code: GT.X, name: {vi: X}, group: upload, is_identity_paper: false, reusable: true, "
        f"most_pages: {wrong}}}"
    )
    with pytest.raises(CommandError, match="entry 1.*whole numbers"):
        call_command("load_document_types", str(path), stdout=StringIO())
