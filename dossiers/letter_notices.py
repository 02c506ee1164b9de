"""A letter lies in the store (văn bản đã có): whom the inbox tells of it, with the way to its PDF."""

from django.utils.translation import gettext

from datastore import access
from dossiers import audience, naming
from dossiers.models import Dossier, Letter, LetterKind
from portal.accounts.models import User
from portal.agencies.actors import Actor
from portal.core.language import speaking
from portal.notifications import services as notifications

KIND = "dossier.letter_ready"


def tell(letter: Letter) -> None:
    """Say once that a letter is there, to everybody about the dossier who may open it; else to who represents.

    In the inbox only: the step that the letter is about was told by every way already. The confirmation of a filing
    (form 00) tells nothing, since the notice of the filing speaks of it.
    """
    if letter.document is None or letter.kind == LetterKind.SUBMISSION:
        return
    dossier = letter.dossier
    for person in _readers(letter, dossier):
        with speaking(person.language):
            names = {"letter": letter.title, "code": dossier.code}
            subject = gettext("Văn bản “%(letter)s” của hồ sơ %(code)s đã có") % names
            title = naming.dossier_title(dossier)
            body = gettext(
                "Mở bản PDF bằng nút hoặc đường dẫn dưới đây. Văn bản cũng nằm ở trang hồ sơ và trong kho dữ liệu của "
                "bạn, mục “Văn bản hồ sơ”."
            )
        notifications.notify(
            recipient=person,
            kind=KIND,
            subject=naming.with_title(subject, title),
            body=body,
            link=f"/kho-du-lieu/{letter.document.pk}/tep/",
            reference=dossier.code or "",
            dedupe_key=f"letter.{letter.pk}.{person.pk}",
            only_inbox=True,
        )


def _readers(letter: Letter, dossier: Dossier) -> list[User]:
    """Who filed it and whose it is, as far as the store opens the letter to them; nobody of them: who represents.

    So does who represents now, where the filer does not any more: a small child signs in nowhere.
    """
    assert letter.document is not None  # noqa: S101 - for the type checker: tell() asked
    people = {person.pk: person for person in (dossier.filer, dossier.owner) if person is not None}
    readers = [person for person in people.values() if access.may_read(letter.document.pk, actor=Actor.citizen(person))]
    if dossier.filer_id is None or not audience.has_left(dossier, dossier.filer_id):
        return readers or audience.representatives(dossier)
    return list({person.pk: person for person in (*readers, *audience.representatives(dossier))}.values())
