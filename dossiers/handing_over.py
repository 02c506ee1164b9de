"""Handing over the paper of a result (trao bản giấy kết quả): it waits, then somebody collects it, once.

The day of the result is the day of the decision (`finished_at`): that she comes for the paper later makes nobody late.
Source and reading of the order: `dossiers.paper_results`.
"""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import grants
from datastore.models import Document
from dossiers import access, consequences, paper_results, papers, passage
from dossiers.models import Dossier
from dossiers.paper_results import Checked, Receiver, Way
from dossiers.passage import Occasion
from portal.agencies.actors import Actor
from portal.core.errors import InvalidInputError, Text, TransitionError
from portal.core.text import clean_line

NAME_LIMIT, PROOF_LIMIT = 200, 200
WHAT_FOR = "In bản giấy kết quả hồ sơ %s"
"""The purpose that the owner reads in her access log; kept in Vietnamese."""


def lay_ready(dossier: Dossier, document: Document) -> bool:
    """Let the paper of a locked dossier wait, whose result was just laid in the store; False where none was ordered.

    From here on the agency reads nothing of the applicant's but the result that it prints.
    """
    paper = paper_results.ordered(dossier)
    if paper is None:
        return False
    if dossier.events.filter(name=paper_results.READY).exists():
        return True  # the worker did it before, and died before it could say so
    let_print(dossier, document)
    event = passage.record(
        dossier,
        paper_results.READY,
        actor=Actor.system(),
        occasion=Occasion(data={"way": paper.way.value, "prints": paper.prints, "copies": paper.copies}),
        from_state=dossier.state,
        to_state=dossier.state,
    )
    dossier.save(update_fields=["last_sequence", "updated_at"])
    consequences.follow(dossier, event, actor=Actor.system())
    return True


def let_print(dossier: Dossier, document: Document) -> None:
    """Close the applicant's papers and open the result in force, for the printer at the desk."""
    assert dossier.agency is not None  # noqa: S101 - a constraint: submitted dossiers have an agency
    code = dossier.code or ""
    grants.end(code, timezone.now())
    grants.grant([document], agency=dossier.agency, dossier_code=code, purpose=WHAT_FOR % code)


def hand_over(
    code: str,
    *,
    actor: Actor,
    receiver: Receiver | str,
    name: str = "",
    checked: Checked | str = "",
    proof: str = "",
) -> Dossier:
    """Note who collected the paper (ký nhận kết quả); the dossier becomes "Đã trả kết quả" (10).

    `checked` is the identity paper that was seen, `proof` the authorisation of who came instead, or the number of the
    posted item. Raises InvalidInputError naming the field that is missing, TransitionError where no paper waits.
    """
    with access.locked(code, actor=actor) as dossier:
        paper = paper_results.ordered(dossier)
        if paper is None or not paper_results.awaits(dossier):
            raise TransitionError(_("Hồ sơ này không có bản giấy nào đang chờ trao."))
        if paper_results.is_being_replaced(dossier):
            raise TransitionError(_("Bản thay thế đang được ký. Hãy chờ rồi in và trao bản mới."))
        said = _checked_entries(dossier, paper.way, Receiver(receiver), clean_line(name), checked, clean_line(proof))
        said |= {"way": paper.way.value, "prints": paper.prints, "copies": paper.copies}
        passage.apply(dossier, "return_result", actor=actor, data={"hand_over": said})
        papers.end_grants(dossier)
        return dossier


def _checked_entries(
    dossier: Dossier, way: Way, receiver: Receiver, name: str, checked: Checked | str, proof: str
) -> dict[str, object]:
    wrong: dict[str, list[Text]] = {}
    is_posted = receiver == Receiver.POST
    if is_posted and way != Way.POST:
        wrong["receiver"] = [_("Người nộp chọn nhận tại quầy, không có địa chỉ để gửi.")]
    if receiver == Receiver.AUTHORISED and not name:
        wrong["name"] = [_("Hãy ghi họ tên người nhận.")]
    if not is_posted and checked not in Checked.values:
        wrong["checked"] = [_("Hãy chọn giấy tờ tùy thân đã xem.")]
    if receiver == Receiver.AUTHORISED and not proof:
        wrong["proof"] = [_("Hãy ghi giấy ủy quyền đã xem: ai lập, ngày nào.")]
    elif is_posted and not proof:
        wrong["proof"] = [_("Hãy ghi số hiệu bưu gửi.")]
    if wrong:
        raise InvalidInputError(fields=wrong)
    if receiver == Receiver.SELF:
        name, proof = name or dossier.applicant_name, ""
    return {
        "receiver": receiver.value,
        "name": "" if is_posted else name[:NAME_LIMIT],
        "checked": "" if is_posted else str(checked),
        "proof": proof[:PROOF_LIMIT],
    }
