"""What an official can decide, from which states, and the national status number that says so."""

from dataclasses import dataclass

from portal.sandbox.casework.models import CaseState as S


@dataclass(frozen=True)
class Action:
    name: str
    label: str
    sources: frozenset[S]
    target: S
    status_number: int
    needs_reason: bool = False
    done_label: str = ""


_ALL = (
    Action("accept", "Tiếp nhận", frozenset({S.RECEIVED}), S.ACCEPTED, 2, done_label="Tiếp nhận hồ sơ"),
    Action(
        "start_processing", "Chuyển xử lý", frozenset({S.ACCEPTED}), S.PROCESSING, 4, done_label="Bắt đầu xử lý hồ sơ"
    ),
    Action(
        "approve",
        "Trả kết quả",
        frozenset({S.ACCEPTED, S.PROCESSING}),
        S.DONE,
        9,
        done_label="Đã có kết quả giải quyết",
    ),
    Action(
        "request_supplement",
        "Yêu cầu bổ sung",
        frozenset({S.RECEIVED, S.PROCESSING}),
        S.AWAITING_SUPPLEMENT,
        5,
        needs_reason=True,
        done_label="Yêu cầu bổ sung giấy tờ",
    ),
    Action(
        "require_payment",
        "Yêu cầu nộp phí",
        frozenset({S.RECEIVED, S.ACCEPTED, S.PROCESSING}),
        S.AWAITING_PAYMENT,
        6,
        needs_reason=True,
        done_label="Yêu cầu thực hiện nghĩa vụ tài chính",
    ),
    Action(
        "refuse_intake",
        "Từ chối",
        frozenset({S.RECEIVED}),
        S.REFUSED,
        3,
        needs_reason=True,
        done_label="Không tiếp nhận hồ sơ",
    ),
    Action(
        "stop",
        "Dừng xử lý",
        frozenset({S.ACCEPTED, S.PROCESSING, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT, S.WITHDRAWAL_REQUESTED}),
        S.STOPPED,
        8,
        needs_reason=True,
        done_label="Dừng xử lý hồ sơ",
    ),
)
ACTIONS = {action.name: action for action in _ALL}

# not decided by an official: a dossier taken at this agency's own counter, and the hand-over after the decision
REGISTERED = Action("register", "Mới đăng ký", frozenset(), S.RECEIVED, 1, done_label="Nhận hồ sơ tại quầy")
RETURNED = Action("return_result", "Đã trả kết quả", frozenset(), S.DONE, 10, done_label="Đã trả kết quả cho người nộp")

WITHOUT_HELP = {
    S.RECEIVED: "accept",
    S.ACCEPTED: "start_processing",
    S.PROCESSING: "approve",
    S.WITHDRAWAL_REQUESTED: "stop",
}


def label_of(name: str) -> str:
    return {**ACTIONS, "register": REGISTERED, "return_result": RETURNED}[name].done_label


def allowed_in(state: str) -> list[Action]:
    return [action for action in _ALL if state in action.sources]
