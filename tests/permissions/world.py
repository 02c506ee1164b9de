"""One dossier with everything that hangs on it, and everybody who may come across it."""

from typing import Any

from django.test import Client

from datastore.models import DocumentFile
from dossiers import drafts
from dossiers.models import BundleFiling
from portal.accounts.models import OrganisationRole
from portal.agencies.actors import Actor
from portal.agencies.models import MembershipRole
from portal.notifications.models import Message
from tests import factories
from tests.backoffice import test_permissions as back_office
from tests.backoffice.conftest import signed_in, with_second_factor
from tests.dossiers.bundle_situations import PLAN
from tests.factories import make_other_agency
from tests.payments import situations
from tests.permissions import papers


class World:
    """One dossier with everything that hangs on it, and everybody who may come across it."""

    def __init__(self, *, with_papers: bool = False) -> None:
        version = factories.make_version("1.008000", fee_vnd=8000)
        agency = factories.make_agency()
        owner = factories.make_citizen("Chủ Hồ Sơ")
        dossier = factories.file_dossier(owner, version)
        component = dossier.components.get()
        self.names = {
            "code": dossier.code,
            "draft": drafts.start(version, actor=Actor.citizen(owner)).public_id,
            "order": situations.open_order(dossier).reference,
            "document": component.document_id,
            "file": DocumentFile.objects.get(document=component.document_id).pk,
            "letter": Message.objects.in_inbox_of(owner).latest("pk").pk,
        }
        self.dossier = dossier
        self.company = factories.make_company()
        filer = factories.make_member(self.company)
        if with_papers:
            self.names |= papers.named(
                result=papers.result_here(owner),
                paper=papers.letter_of(dossier),
                org_paper=papers.of_company(self.company, filer),
                org_letter=papers.of_company(self.company, filer, is_letter=True),
            )
            self.names["bundle"] = BundleFiling.objects.create(
                procedure_version=version,
                procedure_code="1.008000",
                definition=PLAN,
                filer=owner,
                owner=owner,
                applicant_name="Chủ Hồ Sơ",
                answers_sha256="0" * 64,
            ).public_id
        mandatary = factories.make_citizen("Người Nộp Thay", phone="0900000777")
        self.names |= papers.filed_by_mandate(owner, mandatary, version)
        desk = with_second_factor(factories.make_official(agency))
        self.names |= back_office.works_of(desk, agency, owner)
        self.people = {
            "anonymous": Client(),
            "org_reader": signed_in(factories.make_member(self.company, "Chị Xem", OrganisationRole.READER)),
            "org_filer": signed_in(filer),
            "stranger": signed_in(factories.make_citizen("Người Khác")),
            "owner": signed_in(owner),
            "mandatary": signed_in(mandatary),
            "desk": signed_in(desk),
            "foreign_desk": signed_in(with_second_factor(factories.make_official(make_other_agency()))),
            "administrator": signed_in(
                with_second_factor(factories.make_official(agency, MembershipRole.ADMINISTRATOR))
            ),
        }

    def ask(self, who: str, method: str, address: str, body: dict[str, str] | None = None) -> Any:
        fields = {name: value.format(**self.names) for name, value in (body or {}).items()}
        response = getattr(self.people[who], method)(address.format(**self.names), fields or None)
        return read_to_the_end(response)


def read_to_the_end(response: Any) -> Any:
    """Files are streamed, and closed once they were read."""
    if response.streaming:
        b"".join(part if isinstance(part, bytes) else part.encode() for part in response.streaming_content)
    return response
