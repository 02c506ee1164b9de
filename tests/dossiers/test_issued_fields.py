"""What the QR of an issued result says: the fields of TT 01/2023/TT-VPCP art. 26, validity and scope among them."""

import pytest

from datastore.models import Document, DocumentType, ResultTemplate
from datastore.results import credential, service
from datastore.results.contents import WHOLE_COUNTRY
from datastore.results.credential import Statement
from dossiers import results, services
from dossiers.models import Dossier, ResultIssue
from portal.agencies.actors import ActorKind
from portal.core import qr
from tests import factories
from tests.datastore.papers import bytes_of, published, text_of

pytestmark = pytest.mark.django_db
ARTICLE_26 = ("dossier_code", "procedure_code", "holder_id", "title", "system", "issued_at", "expires_at", "scope")


def issued() -> tuple[Document, Statement]:
    dossier = factories.processing_dossier()
    assert dossier.agency is not None
    services.approve(dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.LEADER))
    results.issue(ResultIssue.objects.get(dossier=dossier))
    document = Dossier.objects.get(pk=dossier.pk).result_document
    assert document is not None
    return document, credential.verify(document.credential.token).statement


def test_every_field_is_there_and_the_code_stays_readable() -> None:
    factories.make_version()
    DocumentType.objects.filter(code="KQ.TEST").update(validity_months=6)
    document, statement = issued()
    assert [name for name in ARTICLE_26 if not getattr(statement, name)] == []
    assert (statement.scope, statement.number) == (WHOLE_COUNTRY, document.number)
    address = service.address(statement.public_id, document.credential.token)
    assert qr.draw(address, label="").version <= 15
    assert "Phạm vi hiệu lực" not in text_of(bytes_of(document)), "what holds for every paper is not printed on it"


def test_a_template_names_a_narrower_scope_for_the_paper_and_its_code() -> None:
    factories.make_version()
    template = ResultTemplate.objects.create(document_type="KQ.TEST", name="Kết quả thử")
    published(template, "@ phạm vi: phường Cửa Nam\nĐồng ý.")
    document, statement = issued()
    assert statement.scope == "phường Cửa Nam"
    assert "Phạm vi hiệu lực: phường Cửa Nam" in text_of(bytes_of(document))
