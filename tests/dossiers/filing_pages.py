"""A citizen at the pages of one filing: what the tests of pages share."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dossiers.models import Dossier
from portal.accounts.models import User
from procedures.models import ProcedureVersion
from tests import factories
from tests.dossiers.form_fields import field, form, page


def signed_in(user: User) -> Client:
    """A browser of this person."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def status_of(client: Client, address: str) -> int:
    """Of an answer that is read to its end, as a browser does: then its file is closed."""
    response = client.get(address)
    if response.streaming:
        b"".join(response.streaming_content)
    return int(response.status_code)


class Filing:
    """One draft in one browser."""

    def __init__(self, version: ProcedureVersion | None = None, citizen: User | None = None) -> None:
        factories.make_agency()
        self.version = version or factories.make_version()
        self.citizen = citizen or factories.make_citizen()
        self.client = signed_in(self.citizen)
        code = self.version.procedure.code
        response = self.client.post(f"/nop-ho-so/{code}/")
        assert response.status_code == 302, response.content.decode()
        self.draft = Dossier.objects.get(filer=self.citizen, state="draft", procedure_version=self.version)
        self.base = f"/nop-ho-so/{code}/{self.draft.public_id}/"

    def get(self, step: str, query: str = "") -> Any:
        """Open a step."""
        return self.client.get(f"{self.base}{step}/{query}")

    def post(self, step: str, data: dict[str, Any] | None = None, query: str = "", **more: Any) -> Any:
        """Send a step's form."""
        return self.client.post(f"{self.base}{step}/{query}", data or {}, **more)

    def place(self) -> Any:
        """Choose the ward."""
        return self.post("noi-nop", {"province_code": "01", "commune_code": "00073"})

    def answer(self, **changes: str) -> Any:
        """Fill in the only page of the form."""
        return self.post("noi-dung", {"full_name": "Nguyễn Thị Thử", "purpose": "Đi học", **changes})

    def upload(self, content: bytes | None = None, name: str = "giay.png", **more: Any) -> Any:
        """Send one file for the only paper."""
        file = SimpleUploadedFile(name, factories.png(name) if content is None else content)
        return self.post("giay-to", {"file:TEST-GIAY": file, "upload": "TEST-GIAY", **more})

    def fill(self) -> "Filing":
        """Everything but the last button."""
        assert self.place().status_code == 302
        assert self.answer().status_code == 302
        if self.version.components.exists():
            assert self.upload().status_code == 302
        return self

    def submit(self) -> Any:
        """The last button."""
        return self.post("kiem-tra")

    def fresh(self) -> Dossier:
        """The draft as the database has it."""
        self.draft.refresh_from_db()
        return self.draft


def text(response: Any) -> str:
    """The page as text, with plain blanks."""
    return str(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


CHILD_FORM = form(
    page(
        "child", field("child_full_name", label="Tên trẻ", required=True), field("note", label="Ghi thêm"), title="Trẻ"
    )
)


def births(*names: str) -> list[Dossier]:
    """Dossiers of one mother about these children."""
    mother, version = factories.make_citizen(), factories.make_version(needs_paper=False, form=CHILD_FORM)
    filed = []
    for name in names:
        filing = Filing(version, mother)
        filing.place()
        filing.post("child", {"child_full_name": name})
        filing.submit()
        filed.append(filing.fresh())
    return filed
