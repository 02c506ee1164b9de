"""Situations of the store: people, agencies, papers good and bad, results."""

import html
import io
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from PIL import Image
from pypdf import PdfWriter

from datastore import access, chain, grants, services, sharing, storage
from datastore.models import Blob, Credential, Document, DocumentGroup, DocumentType, SigningKey, TrustLevel
from datastore.results import keys, service
from datastore.results.service import ResultContent
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import AdministrativeUnit, Agency
from portal.core.errors import InvalidInputError
from tests.datastore import clamd
from tests.datastore.access_log import CODE, NOON
from tests.threads import in_a_thread

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Any) -> None:
    """Keys and files of each test in a folder of its own."""
    settings.SIGNING_KEYS_DIR = tmp_path / "keys"
    settings.BASE_URL = "https://dichvucong.gov.vn"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }
    keys._load.cache_clear()


@pytest.fixture
def make_citizen(db: None) -> Callable[..., User]:
    """Make citizens."""

    def make(name: str = "Nguyễn Thị Ánh Dương", **facts: Any) -> User:
        return User.objects.create_user(username=f"citizen-{next(_numbers)}", display_name=name, **facts)

    return make


@pytest.fixture
def citizen(make_citizen: Callable[..., User]) -> User:
    """The owner of the papers."""
    return make_citizen()


@pytest.fixture
def stranger(make_citizen: Callable[..., User]) -> User:
    """Another citizen."""
    return make_citizen("Lê Văn Tám")


@pytest.fixture
def make_agency(db: None) -> Callable[..., Agency]:
    """Make agencies under one another."""

    def make(name: str, *, parent: Agency | None = None, **facts: Any) -> Agency:
        code = f"T{next(_numbers):03}"
        path = f"{parent.path if parent else ''}{code}/"
        return Agency.objects.create(code=code, name=name, level="commune", parent=parent, path=path, **facts)

    return make


@pytest.fixture
def province(make_agency: Callable[..., Agency]) -> Agency:
    """The agency above the ward."""
    return make_agency("Ủy ban nhân dân Thành phố Hồ Chí Minh")


@pytest.fixture
def ward(make_agency: Callable[..., Agency], province: Agency) -> Agency:
    """The agency that handles dossiers in these tests."""
    unit = AdministrativeUnit.objects.create(
        code="26734",
        name="Tân Định",
        full_name="Phường Tân Định",
        folded_name="phuong tan dinh",
        level="commune",
        kind="phường",
    )
    return make_agency("Ủy ban nhân dân phường Tân Định", parent=province, unit=unit)


@pytest.fixture
def other_ward(make_agency: Callable[..., Agency], province: Agency) -> Agency:
    """A neighbour of the ward."""
    return make_agency("Ủy ban nhân dân phường Bến Thành", parent=province)


@pytest.fixture
def official_of(make_citizen: Callable[..., User]) -> Callable[[Agency], Actor]:
    """An official acting for an agency."""

    def make(agency: Agency, kind: ActorKind = ActorKind.DESK) -> Actor:
        user = make_citizen("Trần Văn Bình", is_official=True)
        return Actor(kind=kind, user=user, agency=agency, name="Trần Văn Bình, công chức tư pháp")

    return make


@pytest.fixture
def old_key(db: None) -> None:
    """Let the portal's key be older than the days that these tests play in."""
    keys.register()
    SigningKey.objects.update(valid_from=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture
def birth_type(db: None) -> DocumentType:
    """A result people use again."""
    return DocumentType.objects.create(code="KQ.G15.000031", name="Giấy khai sinh", name_en="Birth certificate")


@pytest.fixture
def upload_type(db: None) -> DocumentType:
    """A paper people bring."""
    return DocumentType.objects.create(
        code="GT.CHUNG-SINH", name="Giấy chứng sinh", name_en="Notice of birth", group=DocumentGroup.UPLOAD
    )


@pytest.fixture
def pdf() -> Callable[..., bytes]:
    """A small good PDF; every call gives different bytes."""
    return make_pdf


def make_pdf(pages: int = 1, change: Callable[[PdfWriter], None] | None = None) -> bytes:
    """Return a PDF of blank pages, changed before it is written."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(width=300, height=400)
    writer.add_metadata({"/Subject": f"test {next(_numbers)}"})
    if change is not None:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def make_image(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """Return a picture whose left half is red and right half blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def text_of(response: HttpResponse) -> str:
    """A page as it is read, with its characters spelt out."""
    return html.unescape(response.content.decode())


@pytest.fixture
def deposit(citizen: User, upload_type: DocumentType, pdf: Callable[..., bytes]) -> Callable[..., Document]:
    """Put a paper into the citizen's store."""

    def make(**facts: Any) -> Document:
        asked = {
            "owner": citizen,
            "content": facts.pop("content", None) or pdf(),
            "name": "giấy chứng sinh.pdf",
            "type_code": upload_type.code,
            "trust": TrustLevel.UPLOADED,
            **facts,
        }
        return services.deposit(**asked)

    return make


@pytest.fixture
def browser(citizen: User, signed_in: Callable[[User], Client]) -> Client:
    """The citizen's browser."""
    return signed_in(citizen)


@pytest.fixture
def paper(deposit: Callable[..., Document]) -> Document:
    """A paper that the citizen uploaded."""
    return deposit(title="Giấy chứng sinh của bé An")


@pytest.fixture
def share_link(paper: Document, citizen: User) -> Callable[..., sharing.NewShare]:
    """Make a link to the paper."""

    def share(**facts: Any) -> sharing.NewShare:
        wanted = {"purpose": "Nộp cho trường học", "days": 1, "views": 5, "with_code": False, **facts}
        return sharing.create(paper.pk, actor=Actor.citizen(citizen), **wanted)

    return share


@pytest.fixture
def result(ward: Agency, birth_type: DocumentType) -> ResultContent:
    """A birth certificate as an agency approved it."""
    return ResultContent(
        title="Giấy khai sinh",
        type_code=birth_type.code,
        number="123/2026",
        issuer=ward,
        signer_name="Trần Thị Ngọc Hương",
        signer_title="Chủ tịch",
        decided_at=datetime(2026, 11, 20, 7, 5, tzinfo=UTC),
        holder_name="Nguyễn Thị Ánh Dương",
        holder_id="079326000123",
        procedure_code="1.001193",
        procedure_name="Thủ tục đăng ký khai sinh",
        dossier_code="H29.126-261120-0001",
        fields=[
            ("Họ, chữ đệm, tên", "Phạm Quỳnh Như"),
            ("Ngày, tháng, năm sinh", "05/11/2026"),
            ("Nơi sinh", "Bệnh viện Từ Dũ, 284 Cống Quỳnh, phường Bến Thành"),
            ("Giới tính", "Nữ"),
            ("Dân tộc", "Kinh"),
        ],
    )


@pytest.fixture
def daemon(settings: Any) -> Iterator[clamd.Server]:
    """A malware scanner."""
    with clamd.running() as server:
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        yield server


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which a person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session["second_factor_seen"] = True
        session.save()
        return client

    return sign_in


def refusal_of(deposit: Callable[..., Document], content: Any, name: str = "giấy.pdf") -> str:
    """The words with which a file is refused; nothing of it may stay."""
    before = Document.objects.count(), Blob.objects.count()
    with pytest.raises(InvalidInputError) as caught:
        deposit(content=content, name=name)
    assert list(caught.value.fields) == ["file"]
    assert (Document.objects.count(), Blob.objects.count()) == before
    return str(caught.value.fields["file"][0])


def stored_bytes(document: Document) -> bytes:
    """What the store gives back of a document's one file."""
    with storage.open_stream(document.files.get().blob) as file:
        content: bytes = file.read()
    return content


@pytest.fixture
def read(deposit: Callable[..., Document], ward: Agency, official_of: Callable[[Agency], Actor]) -> Callable[..., None]:
    """Read a paper some times as an official."""
    paper = deposit()
    grants.grant([paper], agency=ward, dossier_code=CODE, purpose="Giải quyết hồ sơ")
    official = official_of(ward)

    def look(times: int = 1) -> None:
        for _time in range(times):
            access.get_document(paper.pk, actor=official, purpose="")

    return look


@pytest.fixture
def log(read: Callable[..., None]) -> None:
    """Three days of reading, closed, and one row of the fourth: seven rows, three heads."""
    for day in range(3):
        read(2)
        chain.link_pending()
        chain.close_day(NOON + timedelta(days=day))
    read()
    chain.link_pending()


@pytest.fixture
def issued(citizen: User, result: ResultContent) -> Credential:
    """A result that stands in the database, for a browser to find."""
    document = in_a_thread(service.issue, owner=citizen, reference="H29-1", result=result)
    return document.credential


@pytest.fixture
def context(browser: Any, live_server: Any) -> Iterator[Any]:
    """A telephone; the module has the one Chromium of the run."""
    options = {"viewport": {"width": 360, "height": 740}, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
    opened = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


@pytest.fixture
def checker(context: Any) -> Any:
    """The checker's page, kept by its service worker."""
    page = context.new_page()
    page.goto("/xm/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.locator("[data-scan-start]").wait_for()
    return page
