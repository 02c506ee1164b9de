"""What an official may do with a dossier now, as buttons with what each will do (các bước)."""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers import (
    draft_changes,
    draft_checks,
    extension,
    lifecycle,
    paper_results,
    rebasing,
    replacing,
    reversal,
    revocation,
)
from dossiers.lifecycle import DossierState, Transition
from dossiers.models import Dossier, FilingChannel
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import first_actor
from portal.agencies.models import ApiClient
from portal.core.errors import NotAllowedError, NotFoundError, TransitionError

Words = str | Promise


@dataclass(frozen=True)
class Step:
    """The words of one transition: its button, what it does, what cannot be undone, and what is said afterwards."""

    name: str
    label: Words
    effect: Words
    done: Words
    warning: Words = ""
    tone: str = "secondary"
    """`main` for the way forward, `secondary`, or `warning` where the dossier ends."""
    is_direct: bool = False
    """Harmless and without questions: one press on the workbench does it."""

    @property
    def address(self) -> str:
        """The step's name in its page's address."""
        return self.name.replace("_", "-")


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "accept",
            _("Tiếp nhận"),
            _("Định ngày hẹn trả, gửi giấy tiếp nhận (mẫu 01) cho người nộp."),
            _("Đã tiếp nhận hồ sơ. Giấy tiếp nhận đang được lập."),
            tone="main",
            is_direct=True,
        ),
        Step(
            "start_processing",
            _("Nhận xử lý"),
            _("Chuyển hồ sơ sang đang xử lý; chuyên viên nhận thì hồ sơ là của chuyên viên đó."),
            _("Hồ sơ đang được xử lý."),
            tone="main",
            is_direct=True,
        ),
        Step(
            "send_draft",
            _("Gửi bản dự thảo"),
            _("Gửi bản dự thảo kết quả để người nộp xác nhận trước khi ký; thời hạn của cơ quan dừng trong lúc chờ."),
            _("Đã gửi bản dự thảo. Người nộp được báo và trả lời trên trang hồ sơ."),
            tone="main",
        ),
        Step(
            "confirm_draft",
            _("Ghi xác nhận tại quầy"),
            _("Người nộp tại quầy đã xem bản dự thảo và ký xác nhận trên giấy."),
            _("Đã ghi xác nhận của người nộp."),
            tone="main",
        ),
        Step(
            "propose",
            _("Trình lãnh đạo"),
            _("Ghi ý kiến đề xuất; hồ sơ vào hàng chờ duyệt của lãnh đạo."),
            _("Đã trình lãnh đạo."),
            tone="main",
        ),
        Step(
            "approve",
            _("Duyệt kết quả"),
            _("Lập kết quả, ký số và gửi vào kho dữ liệu của người nộp."),
            _("Đã duyệt. Kết quả đang được lập và ký số."),
            _("Không lấy lại được: kết quả có giá trị pháp lý ngay khi ký."),
            tone="main",
        ),
        Step(
            "return_result",
            _("Trao bản giấy"),
            _("In kết quả, trao tại quầy hoặc gửi bưu chính, ghi ai nhận. Người nộp được báo tin."),
            _("Đã ghi việc trao bản giấy. Người nộp được báo tin."),
            _("Không lấy lại được: hồ sơ kết thúc ở đây."),
            tone="main",
        ),
        Step(
            "confirm_withdrawal",
            _("Cho rút hồ sơ"),
            _("Dừng hồ sơ theo yêu cầu của người nộp, gửi thông báo (mẫu 05)."),
            _("Đã cho rút hồ sơ."),
            _("Không lấy lại được: hồ sơ dừng hẳn, người nộp muốn làm tiếp phải nộp lại."),
            tone="main",
        ),
        Step(
            "refuse_withdrawal",
            _("Không cho rút"),
            _("Chỉ khi đã có kết quả; hồ sơ tiếp tục ở bước trước."),
            _("Đã trả lời yêu cầu rút; hồ sơ tiếp tục."),
        ),
        Step(
            "correct_draft",
            _("Sửa bản dự thảo"),
            _("Sửa chỗ sai trên bản dự thảo kết quả; nội dung người nộp đã khai giữ nguyên."),
            _("Đã sửa bản dự thảo."),
        ),
        Step(
            "dispute_draft",
            _("Ghi chỗ sai tại quầy"),
            _("Người nộp tại quầy xem bản dự thảo và nói có chỗ sai."),
            _("Đã ghi. Hãy sửa bản dự thảo rồi gửi lại."),
        ),
        Step(
            "request_supplement",
            _("Yêu cầu bổ sung"),
            _("Gửi một lần đủ mọi thiếu sót (mẫu 02); đồng hồ dừng đến khi người nộp trả lời."),
            _("Đã gửi yêu cầu bổ sung. Đồng hồ dừng."),
        ),
        Step(
            "require_payment",
            _("Yêu cầu nộp phí"),
            _("Gửi các khoản phải nộp; đồng hồ dừng đến khi người nộp trả tiền."),
            _("Đã gửi yêu cầu nộp phí. Đồng hồ dừng."),
        ),
        Step(
            "answer_consultation",
            _("Trả lời ý kiến"),
            _("Gửi ý kiến của cơ quan bạn; hồ sơ trở về cơ quan đã hỏi, quyền xem giấy tờ khép lại."),
            _("Đã gửi ý kiến."),
            tone="main",
        ),
        Step(
            "send_back",
            _("Trả lại chuyên viên"),
            _("Trả đề xuất về chuyên viên kèm điều cần sửa; hồ sơ vẫn đang xử lý."),
            _("Đã trả lại chuyên viên."),
        ),
        Step(
            "request_consultation",
            _("Lấy ý kiến cơ quan khác"),
            _("Cơ quan được hỏi xem giấy tờ đến khi trả lời; thời hạn vẫn chạy nếu luật không cho dừng."),
            _("Đã gửi câu hỏi."),
        ),
        Step(
            "cancel_consultation",
            _("Thôi lấy ý kiến"),
            _("Thu hồi câu hỏi; hồ sơ tiếp tục mà không chờ trả lời."),
            _("Đã thu hồi câu hỏi; hồ sơ tiếp tục."),
        ),
        Step(
            "extend",
            _("Xin lỗi, hẹn lại"),
            _("Gửi văn bản xin lỗi với ngày hẹn mới (mẫu 04). Số liệu đúng hạn vẫn tính theo ngày hẹn đầu."),
            _("Đã hẹn lại. Văn bản xin lỗi đang được lập."),
            _("Mỗi hồ sơ chỉ được hẹn lại một lần."),
        ),
        Step(
            "forward",
            _("Chuyển cơ quan khác"),
            _("Chuyển hồ sơ đến đúng cơ quan có thẩm quyền; người nộp không phải nộp lại, mã hồ sơ giữ nguyên."),
            _("Đã chuyển hồ sơ đến cơ quan có thẩm quyền."),
            _("Hồ sơ rời cơ quan bạn, bạn không mở được nữa."),
        ),
        Step(
            "rebase",
            _("Áp dụng bản công bố mới"),
            _("Giải quyết theo bản mới của thủ tục khi điều khoản chuyển tiếp cho phép; nội dung đã nộp giữ nguyên."),
            _("Hồ sơ được giải quyết theo bản công bố mới."),
        ),
        Step(
            "revert",
            _("Thu hồi bước vừa làm"),
            _("Đưa hồ sơ về như trước bước cuối; văn bản của bước đó mất hiệu lực. Lịch sử vẫn giữ cả hai."),
            _("Đã thu hồi. Hồ sơ về trạng thái trước."),
        ),
        Step(
            "reopen",
            _("Mở lại hồ sơ"),
            _("Mở lại hồ sơ đã từ chối hoặc đã dừng; thời gian đóng không tính vào thời hạn."),
            _("Đã mở lại hồ sơ."),
        ),
        Step(
            "refuse_intake",
            _("Từ chối tiếp nhận"),
            _("Kết thúc hồ sơ với lý do, gửi phiếu từ chối (mẫu 03)."),
            _("Đã từ chối tiếp nhận. Phiếu từ chối đang được lập."),
            _("Không lấy lại được: hồ sơ kết thúc, người nộp phải nộp lại từ đầu."),
            tone="warning",
        ),
        Step(
            "stop",
            _("Dừng xử lý"),
            _("Kết thúc hồ sơ chưa có kết quả, gửi thông báo (mẫu 05)."),
            _("Đã dừng hồ sơ. Thông báo đang được lập."),
            _("Không lấy lại được: hồ sơ dừng hẳn, khoản chưa nộp được xóa."),
            tone="warning",
        ),
        Step(
            "replace_result",
            _("Cấp bản thay thế"),
            _("Sửa chỗ ghi sai trên kết quả Cổng đã cấp: lập và ký bản mới, bản cũ ghi là đã được thay thế."),
            _("Đã ghi. Bản thay thế đang được lập và ký số."),
            _("Không lấy lại được: bản mới có giá trị ngay khi ký, bản cũ hết giá trị."),
        ),
        Step(
            "revoke_result",
            _("Thu hồi kết quả"),
            _("Tuyên bố kết quả Cổng đã cấp không còn giá trị. Hồ sơ vẫn kết thúc; người được cấp nhận thông báo."),
            _("Đã thu hồi kết quả. Trang kiểm tra và kho dữ liệu của người được cấp đã ghi nhận."),
            _("Không lấy lại được: kết quả mất giá trị ngay, cả với bản in."),
            tone="warning",
        ),
    )
}
ALSO_ELSEWHERE = frozenset({"revoke_result"})
"""Steps for dossiers that the agency's own system decides, too: what was issued here is revoked here."""
BY_ADDRESS = {step.address: step for step in STEPS.values()}


@dataclass(frozen=True)
class Offer:
    """A step that this official may take now, and as whom."""

    step: Step
    actor: Actor
    transition: Transition
    is_primary: bool = False
    """What her role is there for now: the one green button of the page."""


def offers(dossier: Dossier, actors: list[Actor]) -> list[Offer]:
    """Exactly the steps that the table allows to any of the official's posts, in the order of this file.

    One that the agency's own system decides or reports offers none of its course: a step here would be unknown there.
    """
    elsewhere = decided_by(dossier) is not None
    found = {}
    for actor in actors:
        for transition in lifecycle.allowed(dossier.state, actor.kind):
            if elsewhere and transition.name not in ALSO_ELSEWHERE:
                continue
            if transition.name in STEPS and transition.name not in found and _has_object(transition.name, dossier):
                chosen = first_actor(actors, transition.by)
                found[transition.name] = Offer(STEPS[transition.name], chosen or actor, transition)
    return _primary_first([found[name] for name in STEPS if name in found], dossier, actors)


def _primary_first(offered: list[Offer], dossier: Dossier, actors: list[Actor]) -> list[Offer]:
    """One way forward stands first and alone in its colour: for who decides it is the decision.

    Who is specialist and leader at once first takes the dossier to work on; what the applicant has to confirm first is
    sent to her first, and what she said is wrong is put right before it is sent again.
    """
    draft = draft_changes.to_be_sent_again(dossier)
    if draft is not None and draft.is_disputed and not draft.is_corrected:
        offered = [_turned(offer) for offer in offered]
    ways = [offer for offer in offered if offer.step.tone == "main"]
    if not ways:
        return offered
    names = {offer.step.name for offer in ways}
    starts = "start_processing" in names and any(actor.kind == ActorKind.AGENCY for actor in actors)
    asks_first = "send_draft" in names and draft_checks.is_needed(dossier)
    decides = not starts and not asks_first
    chosen = next((offer for offer in ways if decides and offer.step.name == "approve"), ways[0])
    return [replace(chosen, is_primary=True), *(offer for offer in offered if offer is not chosen)]


def _turned(offer: Offer) -> Offer:
    """Putting a draft right as the way forward, in the place of sending it as it is."""
    tone = {"correct_draft": "main", "send_draft": "secondary"}.get(offer.step.name, offer.step.tone)
    return replace(offer, step=replace(offer.step, tone=tone))


def decided_by(dossier: Dossier) -> ApiClient | None:
    """The agency's own system in which a dossier is decided; None for the back office."""
    return dossier.handled_by or dossier.source


def refuse_elsewhere(dossier: Dossier, step_name: str = "") -> None:
    """Raise TransitionError, naming the system, for a step of a dossier that is decided in one."""
    system = decided_by(dossier)
    if system is not None and step_name not in ALSO_ELSEWHERE:
        raise TransitionError(
            _("Hồ sơ này do %(system)s giải quyết. Hãy làm bước này ở hệ thống đó.") % {"system": system.name}
        )


def _has_object(name: str, dossier: Dossier) -> bool:
    """Whether there is something for the step to work on; the service looks again under the lock."""
    match name:
        case "rebase":
            return rebasing.newer_version(dossier) is not None
        case "revert":
            return reversal.revertible(dossier) is not None
        case "extend":
            return dossier.due_at is not None and not dossier.events.filter(name=extension.EVENT).exists()
        case "propose" | "approve":
            return draft_changes.to_be_sent_again(dossier) is None
        case "send_draft":
            return draft_checks.may_send(dossier)
        case "confirm_draft" | "dispute_draft":
            return dossier.channel != FilingChannel.ONLINE and draft_checks.open_one(dossier) is not None
        case "correct_draft":
            return draft_checks.is_offered(dossier) and draft_checks.open_one(dossier) is None
        case "send_back":
            return dossier.events.filter(name="dossier.proposed").exists()
        case "return_result":
            return paper_results.awaits(dossier) and not paper_results.is_being_replaced(dossier)
        case "replace_result":
            return replacing.replaceable(dossier) is not None
        case "revoke_result":
            return not dossier.is_reported and revocation.revocable(dossier) is not None
    return True


def offer_for(dossier: Dossier, actors: list[Actor], address: str, *, is_attempt: bool = False) -> Offer:
    """The offer behind a step's page.

    Raises NotFoundError for an unknown step, NotAllowedError where no post of the official may ever take it, and
    TransitionError in the table's words where the state forbids it. An attempt leaves the state to the service, which
    looks at it under the lock.
    """
    step = BY_ADDRESS.get(address)
    if step is None or not actors:
        raise NotFoundError
    transition = lifecycle.TRANSITIONS[step.name]
    actor = first_actor(actors, transition.by)
    if actor is None:
        raise NotAllowedError(_("Vai của bạn không được thực hiện bước này."), code="dossier.actor_not_allowed")
    refuse_elsewhere(dossier, step.name)
    if not is_attempt:
        # The reason is asked by the form; here only the state is in question.
        lifecycle.check(step.name, state=DossierState(dossier.state), actor=actor.kind, reason="-")
    return Offer(step, actor, transition)
