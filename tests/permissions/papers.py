"""Papers that come by other ways than an upload: a signed result, a letter, an organisation's paper and its letter."""

from datastore import services as store
from datastore.models import Document, TrustLevel
from dossiers import filing, mandates, services
from dossiers.models import Dossier, Letter
from dossiers.tasks import issue_results, write_letters
from portal.accounts.models import Organisation, User
from portal.agencies.actors import Actor, ActorKind
from procedures.models import ProcedureVersion
from tests import factories
from tests.dossiers.representation_situations import draft_for

Named = dict[str, int]


def result_here(owner: User) -> Document:
    """What an agency of this portal decided for her, signed and in her store; nobody has to print it."""
    dossier = factories.processing_dossier(citizen=owner)
    assert dossier.agency is not None
    services.approve(dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.LEADER))
    return issued(dossier)


def issued(dossier: Dossier) -> Document:
    """The result of a decided dossier, made by the worker."""
    issue_results()
    document = Dossier.objects.get(pk=dossier.pk).result_document
    assert document is not None
    return document


def letter_of(dossier: Dossier) -> Document:
    """The first letter that the portal wrote in it."""
    write_letters()
    document = Letter.objects.filter(dossier=dossier, document__isnull=False).order_by("pk")[0].document
    assert document is not None
    return document


def of_company(company: Organisation, by: User, *, is_letter: bool = False) -> Document:
    """A paper in an organisation's store, or a letter of a dossier that was filed for it."""
    return store.deposit(
        owner=by,
        organisation=company,
        content=factories.png(f"tổ chức {is_letter}"),
        name="giay-to.png",
        type_code="KQ.GIAY-TIEP-NHAN" if is_letter else "GT.KHAC",
        trust=TrustLevel.ISSUED if is_letter else TrustLevel.UPLOADED,
        is_listed=not is_letter,
    )


def filed_by_mandate(owner: User, mandatary: User, version: ProcedureVersion) -> dict[str, object]:
    """What somebody filed for the owner, what she brought with it, and a draft that she began."""
    given = mandates.give(principal=owner, procedure_codes=[version.procedure.code], days=30, may_use_store=False)
    held = mandates.claim(given.code, user=mandatary)
    mandatary.refresh_from_db()
    filed = filing.submit(draft_for(mandatary, held, version).public_id, actor=Actor.citizen(mandatary))
    begun = draft_for(mandatary, held, version, with_paper=False)
    return {"held_code": filed.code, "held_draft": begun.public_id, "held_paper": filed.components.get().document_id}


def named(**documents: Document) -> Named:
    """Names for the table: {result} is a document and {result_file} its first file, and so on."""
    files = {f"{name}_file": document.files.order_by("position")[0].pk for name, document in documents.items()}
    return {name: document.pk for name, document in documents.items()} | files
