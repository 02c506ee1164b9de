"""A desk with a person before it, pressed as an official presses."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers.models import CounterVisit, Dossier
from portal.accounts.models import Representation, User
from portal.agencies.models import Membership
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import Office
from tests.dossiers.filing_pages import text


class Counter:
    """A desk with one person before it."""

    def __init__(self, office: Office, version: ProcedureVersion | None = None, person: User | None = None) -> None:
        self.office, self.version = office, version or factories.make_version()
        self.browser = office.browser("desk")
        Membership.objects.filter(user=office.desk).update(takes_cash=True)
        self.person = person or factories.make_citizen("Trần Thị Khách", level=1)
        response = self.browser.post("/quan-tri/tai-quay/", {"who": self.person.citizen.personal_id})
        assert response.status_code == 302, response.content.decode()
        self.visit_url = response["Location"]
        self.visit = CounterVisit.objects.latest("pk")

    def begin(self) -> Dossier:
        response = self.browser.post(self.visit_url, {"thu-tuc": self.version.procedure.code})
        assert response.status_code == 302
        self.draft = Dossier.objects.get(counter_visit=self.visit, state="draft")
        self.base = f"/nop-ho-so/{self.version.procedure.code}/{self.draft.public_id}/"
        return self.draft

    def fill(self) -> "Counter":
        self.begin()
        place = {"province_code": "01", "commune_code": "00073"}
        assert self.browser.post(f"{self.base}noi-nop/", place).status_code == 302
        answers = {"full_name": "Trần Thị Khách", "purpose": "Đi học"}
        assert self.browser.post(f"{self.base}noi-dung/", answers).status_code == 302
        paper = SimpleUploadedFile("giay.png", factories.png("quầy"))
        sent = self.browser.post(f"{self.base}giay-to/", {"file:TEST-GIAY": paper, "continue": "1"})
        assert sent.status_code == 302
        return self

    def submit(self) -> Dossier:
        response = self.browser.post(f"{self.base}kiem-tra/")
        self.draft.refresh_from_db()
        assert response["Location"] == f"/quan-tri/tai-quay/ho-so/{self.draft.code}/"
        self.page_url = response["Location"]
        return self.draft

    def press(self, **data: str) -> Any:
        return self.browser.post(self.page_url, data)

    def key(self) -> str:
        found = re.search(r'name="key" value="([0-9A-Z]{18})"', text(self.browser.get(self.page_url)))
        assert found
        return found.group(1)


SAID = {
    "original": "original",
    "type": "GT.KHAC",
    "about": "Trần Thị Khách",
    "number": "1/2019",
    "issued_on": "2019-05-06",
}


class ForAnother(Counter):
    """A desk with one person before it who files for somebody else."""

    def choose(self, value: str) -> Any:
        return self.browser.post(self.visit_url, {"nop-cho": value})

    def for_person(self, held: Representation) -> "ForAnother":
        response = self.choose(f"nguoi-{held.public_id}")
        assert response.status_code == 302, response.content.decode()
        return self.at(response["Location"])

    def at(self, url: str) -> "ForAnother":
        self.visit_url = url
        self.visit = CounterVisit.objects.get(public_id=url.rstrip("/").rpartition("/")[2])
        return self

    def offered(self, code: str) -> bool:
        return f'value="{code}"' in text(self.browser.get(f"{self.visit_url}?q=thử nghiệm"))
