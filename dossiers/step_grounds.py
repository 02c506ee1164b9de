"""Under which condition each step of the table may be taken, and on which legal ground (điều kiện, căn cứ). Pure.

The states and actors of a step stand in dossiers.lifecycle; what else it needs is checked by the functions named here,
under the lock of the dossier. The words are for jurists and officials, so they are Vietnamese only: docs/lifecycle.md
shows them beside the table, and a step's page in the back office shows its own.

Source: NĐ 118/2025/NĐ-CP and TT 03/2025/TT-VPCP as restated by the acts listed in docs/assumptions.md. Where no act
that we read names a step, its ground says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

ASSUMED = "Giả định: "
"""How a ground begins that no act gives."""
BY_OFFICIAL = "Cổng không tự kiểm được, cơ quan chịu trách nhiệm:"
"""How the part of a condition begins that no function can know of."""
_INTAKE = "NĐ 118/2025/NĐ-CP, Điều 17"
_FORMS = "TT 03/2025/TT-VPCP"
_INTERNAL = (
    f"{ASSUMED}NĐ 118/2025/NĐ-CP giao cơ quan ban hành quy trình nội bộ, quy trình điện tử; các bước do cơ quan đặt"
)
_DRAFT = "NĐ 87/2020/NĐ-CP và TT 01/2022/TT-BTP, theo trình tự đã công bố của thủ tục"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a step needs beyond state, actor and reason, and what allows it.

    What only people can know is said to be theirs (BY_OFFICIAL).
    """

    condition: str
    law: str
    checked_by: tuple[str, ...]
    """Dotted names of the functions that refuse the step where the condition does not hold."""

    @property
    def is_assumed(self) -> bool:
        """Whether no act that we read gives it."""
        return self.law.startswith(ASSUMED)

    def on_form(self, kind: str, source: str) -> "Ground":
        """The same for a branch that has a form of its own in the place of one of the one-stop forms, 01 to 05."""
        return replace(self, law=self.law.replace(f"{_FORMS}, mẫu {kind}", source))


GROUNDS: Mapping[str, Ground] = {
    "submit": Ground(
        "Thủ tục đang nhận hồ sơ; tờ khai hợp lệ, đủ giấy tờ bắt buộc, có nơi nộp.",
        f"NĐ 45/2020/NĐ-CP, Điều 9; nộp tại quầy: {_INTAKE}",
        ("dossiers.filing.submit", "dossiers.filing.problems"),
    ),
    "accept": Ground(
        "Không có khoản phải nộp nào chưa nộp (khi đó hồ sơ ở trạng thái chờ nộp). Tiếp nhận định ngày hẹn trả.",
        f"{_INTAKE}; {_FORMS}, mẫu 01",
        ("dossiers.services.accept",),
    ),
    "refuse_intake": Ground(
        f"Chỉ trước khi tiếp nhận; nêu lý do. {BY_OFFICIAL} lý do có căn cứ và nơi người nộp cần đến.",
        f"{_INTAKE}; {_FORMS}, mẫu 03",
        ("dossiers.services.refuse_intake",),
    ),
    "start_processing": Ground(
        "Hồ sơ đã được tiếp nhận. Chưa phân công thì chuyên viên nhận xử lý là người thụ lý; đã phân công thì giữ "
        "nguyên.",
        f"{ASSUMED}NĐ 118/2025/NĐ-CP, Điều 17–19 giao hồ sơ cho bộ phận giải quyết, không đặt tên bước này",
        ("dossiers.services.start_processing",),
    ),
    "request_supplement": Ground(
        "Yêu cầu một lần, đủ mọi chỗ thiếu. Sau tiếp nhận chỉ khi quy định của thủ tục cho phép; yêu cầu lần nữa phải "
        "nêu điều khoản cho phép và không quá số lần của thủ tục.",
        f"{_INTAKE}; {_FORMS}, mẫu 02",
        ("dossiers.supplement_requests.require_allowed",),
    ),
    "supplement": Ground(
        "Có yêu cầu đang chờ trả lời, đúng yêu cầu đang xem; gửi ít nhất một giấy tờ, một chỗ sửa hoặc lời trả lời.",
        f"{_INTAKE}; {_FORMS}, mẫu 02",
        ("dossiers.services.supplement", "dossiers.supplement_requests.open_one"),
    ),
    "go_on_without": Ground(
        "Thủ tục không quy định dừng hồ sơ khi quá hạn bổ sung, và đã hết hạn trả lời. Thời gian chờ không tính vào "
        "thời hạn của cơ quan; yêu cầu tại lúc tiếp nhận thì hồ sơ trở về chờ tiếp nhận.",
        f"{ASSUMED}văn bản của thủ tục không cho dừng vì không bổ sung thì cơ quan giải quyết theo giấy tờ đã có",
        ("dossiers.closing.go_on_without", "dossiers.supplement_requests.is_silent"),
    ),
    "require_payment": Ground(
        "Số tiền lớn hơn 0 đồng; khoản đã yêu cầu không yêu cầu lại.",
        "Luật Phí và lệ phí 97/2015/QH13; mức và lúc nộp theo thủ tục đã công bố",
        ("dossiers.obligations.require_payment", "dossiers.obligations.write_charges"),
    ),
    "settle_payment": Ground(
        "Tiền đã đến theo thông báo có chữ ký của cổng thanh toán, hoặc biên lai tiền mặt tại quầy; khoản còn nợ.",
        "Luật Phí và lệ phí 97/2015/QH13",
        ("dossiers.obligations.settle_payment",),
    ),
    "request_withdrawal": Ground(
        "Chưa có kết quả giải quyết.",
        "NĐ 118/2025/NĐ-CP, Điều 21",
        ("dossiers.withdrawal.request",),
    ),
    "confirm_withdrawal": Ground(
        "Người nộp đã yêu cầu rút; khoản chưa nộp thôi không thu.",
        f"{_FORMS}, Điều 7; mẫu 05",
        ("dossiers.withdrawal.confirm",),
    ),
    "refuse_withdrawal": Ground(
        f"Nêu lý do, người nộp đọc nguyên văn. {BY_OFFICIAL} kết quả đã ký mà chưa ghi vào Cổng; từ khi ghi, Cổng "
        "không nhận yêu cầu rút nữa. Người đang phải bổ sung được bù thời gian chờ trả lời.",
        "NĐ 118/2025/NĐ-CP, Điều 21",
        ("dossiers.withdrawal.refuse",),
    ),
    "stop": Ground(
        "Cơ quan dừng có lý do. Hệ thống tự dừng khi quá hạn bổ sung mà không trả lời, nếu thủ tục quy định vậy.",
        f"{_FORMS}, mẫu 05; thời hạn bổ sung theo thủ tục, không nêu thì 15 ngày làm việc",
        ("dossiers.services.stop", "dossiers.closing.close_silent"),
    ),
    "propose": Ground(
        "Không có bản dự thảo nào đang chờ người nộp hoặc phải gửi lại. Còn bước bắt buộc chưa làm thì nêu lý do.",
        f"{ASSUMED}quy chế làm việc của cơ quan giải quyết",
        ("dossiers.draft_checks.require_agreed", "dossiers.stages.passed_over"),
    ),
    "send_back": Ground(
        "Đề xuất đang nằm ở lãnh đạo. Người được giao ký: như khi duyệt.",
        f"{ASSUMED}quy chế làm việc của cơ quan giải quyết",
        ("dossiers.services.send_back", "dossiers.delegated.require"),
    ),
    "end_stage": Ground(
        "Cơ quan chia việc xử lý thành các bước; bước đang làm là của vai này, hoặc lãnh đạo; chưa trình lãnh đạo.",
        _INTERNAL,
        ("dossiers.stage_steps.end", "dossiers.stage_steps.refusal"),
    ),
    "skip_stage": Ground(
        "Như khi xong bước; quy trình nội bộ ghi bước đang làm là tùy chọn.",
        _INTERNAL,
        ("dossiers.stage_steps.skip", "dossiers.stage_steps.refusal"),
    ),
    "return_stage": Ground(
        "Như khi xong bước; có bước trước. Nêu điều cần làm lại, chỉ cán bộ đọc.",
        _INTERNAL,
        ("dossiers.stage_steps.return_to_earlier", "dossiers.stage_steps.refusal"),
    ),
    "request_consultation": Ground(
        "Hỏi cơ quan khác đang hoạt động và chưa được hỏi, hạn trả lời là ngày làm việc; hỏi nhiều cơ quan một lúc "
        "được. Thời hạn vẫn chạy, trừ khi nêu luật cho dừng.",
        "NĐ 118/2025/NĐ-CP, Điều 17–19 (phối hợp giải quyết)",
        ("dossiers.consultation.request_consultation",),
    ),
    "answer_consultation": Ground(
        "Chỉ cơ quan được hỏi, khi câu hỏi còn mở. Hồ sơ đi tiếp khi không còn câu hỏi nào mở.",
        "NĐ 118/2025/NĐ-CP, Điều 17–19 (phối hợp giải quyết)",
        ("dossiers.consultation.answer_consultation",),
    ),
    "cancel_consultation": Ground(
        "Câu hỏi với cơ quan đó còn mở. Hồ sơ đi tiếp khi không còn câu hỏi nào mở.",
        f"{ASSUMED}cơ quan đã hỏi thì thôi hỏi được",
        ("dossiers.consultation.cancel_consultation",),
    ),
    "forward": Ground(
        "Trước khi tiếp nhận, đến cơ quan khác đang hoạt động; không trả lại nơi đã chuyển đi và không quá số lần, trừ "
        "khi lãnh đạo chuyển. Nơi nhận có đủ tám giờ tiếp nhận.",
        f"{ASSUMED}NĐ 118/2025/NĐ-CP cho tiếp nhận không phụ thuộc địa giới, không nói cách chuyển",
        ("dossiers.forwarding.forward",),
    ),
    "rebase": Ground(
        "Thủ tục có bản công bố mới hơn bản hồ sơ đang theo; lãnh đạo nêu điều khoản chuyển tiếp.",
        "Lãnh đạo nêu mỗi lần: điều khoản chuyển tiếp của văn bản mới",
        ("dossiers.rebasing.rebase", "dossiers.rebasing.newer_version"),
    ),
    "extend": Ground(
        "Có ngày hẹn trả; chưa hẹn lại lần nào; ngày mới là ngày làm việc sau ngày cũ. Số liệu vẫn so với ngày đầu.",
        f"{_FORMS}, mẫu 04; chỉ hẹn lại một lần",
        ("dossiers.extension.extend",),
    ),
    "revert": Ground(
        "Là bước cuối và chưa có gì làm tiếp. Lãnh đạo: tiếp nhận, nhận xử lý, yêu cầu bổ sung, yêu cầu nộp tiền. "
        "Người khác: bước tiếp nhận, nhận xử lý của chính mình, trong 15 phút.",
        f"{ASSUMED}không văn bản nào đã đọc nói về việc thu hồi một bước",
        ("dossiers.reversal.revert", "dossiers.reversal.revertible_by"),
    ),
    "reopen": Ground(
        "Hồ sơ đã bị từ chối tiếp nhận hoặc dừng; thời gian đóng không tính, khoản đã thôi thu được yêu cầu lại.",
        f"{ASSUMED}không văn bản nào đã đọc nói về việc mở lại hồ sơ",
        ("dossiers.reversal.reopen",),
    ),
    "send_draft": Ground(
        "Thủ tục có bước xác nhận bản dự thảo; chưa gửi, hoặc bản trước bị báo sai hay đã sửa. Thời hạn dừng lần đầu.",
        _DRAFT,
        ("dossiers.draft_checks.send_draft", "dossiers.draft_checks.may_send"),
    ),
    "confirm_draft": Ground(
        "Bản đang xem là bản mới nhất, còn hạn. Nộp trực tuyến thì người nộp tự trả lời; nộp giấy thì ghi tại quầy.",
        _DRAFT,
        ("dossiers.draft_checks.confirm_draft",),
    ),
    "dispute_draft": Ground(
        "Như khi xác nhận; nêu chỗ sai. Cơ quan sửa và gửi lại trước khi ký.",
        _DRAFT,
        ("dossiers.draft_checks.dispute_draft",),
    ),
    "lapse_draft": Ground(
        "Hết hạn trả lời mà không có trả lời: coi như đã xác nhận.",
        _DRAFT,
        ("dossiers.draft_checks.lapse_due",),
    ),
    "correct_draft": Ground(
        "Không có bản dự thảo đang chờ người nộp; có ít nhất một chỗ sửa, đúng quy tắc của tờ khai. Bản đã xác nhận "
        "thì phải gửi lại.",
        _DRAFT,
        ("dossiers.draft_checks.correct_draft",),
    ),
    "approve": Ground(
        "Bản dự thảo, nếu phải gửi, đã được xác nhận; khoản đã báo mà không thu và giấy còn hiệu lực mà không theo "
        "phải có lý do. Duyệt khi chưa có đề xuất thì nhật ký ghi rõ. Người được giao ký: việc giao ký còn giá trị, "
        "đúng cơ quan và thủ tục; chỉ đề xuất của người khác.",
        "NĐ 45/2020/NĐ-CP, Điều 14; ký thay: NĐ 30/2020/NĐ-CP, Điều 13",
        (
            "dossiers.services.approve",
            "dossiers.draft_checks.require_agreed",
            "dossiers.uncharged.told",
            "dossiers.delegated.require",
        ),
    ),
    "return_result": Ground(
        "Bản điện tử đã vào kho của người được cấp; có bản giấy thì trao tại quầy, ghi người nhận và giấy tờ đã xem.",
        "NĐ 118/2025/NĐ-CP; NĐ 45/2020/NĐ-CP, Điều 14",
        ("dossiers.services.return_result", "dossiers.handing_over.hand_over"),
    ),
    "replace_result": Ground(
        "Kết quả do Cổng cấp còn hiệu lực và có chỗ ghi sai; nêu lý do và căn cứ. Bản cũ hết giá trị khi có bản mới.",
        "NĐ 30/2020/NĐ-CP, Điều 18 khoản 4, trừ khi luật chuyên ngành nói khác",
        ("dossiers.replacing.replace_result", "dossiers.replacing.replaceable"),
    ),
    "revoke_result": Ground(
        "Kết quả do Cổng cấp còn hiệu lực; lãnh đạo cơ quan giải quyết hoặc cơ quan cấp trên nêu lý do và căn cứ.",
        "Lãnh đạo nêu mỗi lần: luật chuyên ngành cho thu hồi",
        ("dossiers.revocation.revoke_result", "dossiers.revocation.revocable"),
    ),
}
"""By the name of the step; every step of dossiers.lifecycle.TRANSITIONS has one."""

ASSIGN = Ground(
    "Hồ sơ chưa kết thúc và giải quyết tại Cổng; người được giao có chức danh đang hiệu lực ở đúng cơ quan của hồ sơ.",
    f"{ASSUMED}quy chế làm việc của cơ quan giải quyết",
    ("dossiers.services.assign", "portal.backoffice.passages.assign"),
)
"""Who works on a dossier (phân công thụ lý): no step of the table, since neither state nor time changes."""
