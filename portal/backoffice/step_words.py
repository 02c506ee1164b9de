"""The words of each step of the table (các bước): its button, what it does, what it shows, what is said afterwards."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal.core.errors import Text


@dataclass(frozen=True)
class Step:
    """The words of one transition: its button, what it does, what cannot be undone, and what is said afterwards."""

    name: str
    label: Text
    effect: Text
    done: Text
    warning: Text = ""
    tone: str = "secondary"
    """`main` for the way forward, `secondary`, or `warning` where the dossier ends."""
    is_direct: bool = False
    """Harmless and without questions: one press on the workbench does it."""
    takes_handler: bool = False
    """Whether the handler chosen on the page is given the dossier with the step (người thụ lý)."""
    shows_draft: bool = False
    """Its page shows how the draft of the result stands, and the paper as it will be."""
    shows_proposal: bool = False
    """Its page shows what the specialist proposed."""
    names_fees: bool = False
    """Its card and its page name the fees that nobody has asked for yet (dossiers.obligations)."""
    letter: str = ""
    """The form, 01 to 05, that its effect names as `%(form)s`: a branch may have one of its own in its place."""
    takes_fees: bool = False
    """It asks for fees; what was paid ahead it writes down as collected."""
    done_at_once: Text = ""
    """What is said afterwards where all that it asked for was paid ahead, so that the dossier does not wait."""
    shows_unread: bool = False
    """Its page shows what the applicant wrote and nobody has read: it may change what is proposed or decided."""
    warning_again: Text = ""
    """What is said where the applicant was asked to supplement before."""

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
            _("Định ngày hẹn trả, gửi giấy tiếp nhận (mẫu %(form)s) cho người nộp."),
            _("Đã tiếp nhận hồ sơ. Giấy tiếp nhận đang được lập."),
            tone="main",
            is_direct=True,
            takes_handler=True,
            names_fees=True,
            letter="01",
        ),
        Step(
            "start_processing",
            _("Nhận xử lý"),
            _("Chuyển hồ sơ sang đang xử lý; chưa giao cho ai thì chuyên viên nhận là người thụ lý."),
            _("Hồ sơ đang được xử lý."),
            tone="main",
            is_direct=True,
            takes_handler=True,
        ),
        Step(
            "send_draft",
            _("Gửi bản dự thảo"),
            _("Gửi bản dự thảo để người nộp xác nhận trước khi ký; thời hạn của cơ quan chỉ dừng ở lần gửi đầu."),
            _("Đã gửi bản dự thảo. Người nộp được báo và trả lời trên trang hồ sơ."),
            tone="main",
            shows_draft=True,
        ),
        Step(
            "confirm_draft",
            _("Ghi xác nhận tại quầy"),
            _("Người nộp tại quầy đã xem bản dự thảo và ký xác nhận trên giấy."),
            _("Đã ghi xác nhận của người nộp."),
            tone="main",
            shows_draft=True,
        ),
        Step(
            "end_stage",
            _("Xong bước này"),
            _("Hồ sơ sang bước sau; người làm bước đó được báo."),
            _("Đã ghi xong bước."),
            tone="main",
            is_direct=True,
        ),
        Step(
            "propose",
            _("Trình lãnh đạo"),
            _("Ghi ý kiến đề xuất; hồ sơ vào hàng chờ duyệt của lãnh đạo."),
            _("Đã trình lãnh đạo."),
            tone="main",
            names_fees=True,
            shows_unread=True,
        ),
        Step(
            "approve",
            _("Duyệt kết quả"),
            _("Lập kết quả, ký số và gửi vào kho dữ liệu của người nộp."),
            _("Đã duyệt. Kết quả đang được lập và ký số."),
            _("Không hoàn tác được: kết quả có giá trị pháp lý ngay khi ký."),
            tone="main",
            shows_draft=True,
            shows_proposal=True,
            names_fees=True,
            shows_unread=True,
        ),
        Step(
            "return_result",
            _("Trao bản giấy"),
            _("In kết quả, trao tại quầy hoặc gửi bưu chính, ghi ai nhận. Người nộp được báo tin."),
            _("Đã ghi việc trao bản giấy. Người nộp được báo tin."),
            _("Không hoàn tác được: hồ sơ kết thúc ở đây."),
            tone="main",
        ),
        Step(
            "go_on_without",
            _("Làm tiếp theo giấy tờ đã có"),
            _("Người nộp không trả lời trong hạn: khép yêu cầu bổ sung, thời hạn chạy tiếp, người nộp được báo."),
            _("Đã khép yêu cầu bổ sung. Thời hạn chạy tiếp."),
            _("Không hoàn tác được: người nộp không trả lời yêu cầu này được nữa."),
            tone="main",
        ),
        Step(
            "confirm_withdrawal",
            _("Cho rút hồ sơ"),
            _("Dừng hồ sơ theo yêu cầu của người nộp, gửi thông báo (mẫu 05)."),
            _("Đã cho rút hồ sơ."),
            _("Chỉ lãnh đạo mở lại được: hồ sơ dừng, người nộp muốn làm tiếp phải nộp lại."),
            tone="main",
        ),
        Step(
            "refuse_withdrawal",
            _("Không cho rút"),
            _("Khi kết quả đã ký mà chưa ghi vào Cổng; nêu rõ trong lý do. Hồ sơ tiếp tục ở bước trước."),
            _("Đã trả lời yêu cầu rút; hồ sơ tiếp tục."),
        ),
        Step(
            "correct_draft",
            _("Sửa bản dự thảo"),
            _("Sửa chỗ sai trên bản dự thảo kết quả; nội dung người nộp đã khai giữ nguyên."),
            _("Đã sửa bản dự thảo."),
            shows_draft=True,
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
            _("Gửi một lần đủ mọi thiếu sót (mẫu 02); thời hạn tạm dừng đến khi người nộp trả lời."),
            _("Đã gửi yêu cầu bổ sung. Thời hạn tạm dừng."),
            warning_again=_("Hồ sơ đã có lần yêu cầu bổ sung. Yêu cầu lần nữa bị tính là trễ; hãy nêu căn cứ."),
        ),
        Step(
            "require_payment",
            _("Yêu cầu nộp phí"),
            _("Gửi các khoản phải nộp; thời hạn tạm dừng đến khi người nộp trả tiền."),
            _("Đã gửi yêu cầu nộp phí. Thời hạn tạm dừng."),
            takes_fees=True,
            done_at_once=_("Đã ghi thu khoản người nộp đã nộp trước. Hồ sơ không phải chờ."),
        ),
        Step(
            "answer_consultation",
            _("Trả lời ý kiến"),
            _("Gửi ý kiến của cơ quan bạn cho cơ quan đã hỏi; quyền xem hồ sơ và giấy tờ khép lại."),
            _("Đã gửi ý kiến. Câu hỏi, trả lời và tệp đã gửi còn ở “Được hỏi ý kiến”, mục “Đã trả lời ý kiến”."),
            tone="main",
        ),
        Step(
            "send_back",
            _("Trả lại chuyên viên"),
            _("Trả đề xuất về chuyên viên kèm điều cần sửa; hồ sơ vẫn đang xử lý."),
            _("Đã trả lại chuyên viên."),
        ),
        Step(
            "skip_stage",
            _("Bỏ qua bước này"),
            _("Bước tùy chọn không cần cho hồ sơ này; hồ sơ sang bước sau."),
            _("Đã bỏ qua bước."),
            is_direct=True,
        ),
        Step(
            "return_stage",
            _("Trả lại bước trước"),
            _("Hồ sơ về bước trước kèm điều cần làm lại; người làm bước đó được báo."),
            _("Đã trả lại bước trước."),
        ),
        Step(
            "request_consultation",
            _("Lấy ý kiến cơ quan khác"),
            _(
                "Cơ quan được hỏi xem giấy tờ đến khi trả lời; ghi được nhiều cơ quan một lúc. "
                "Thời hạn vẫn chạy nếu luật không cho dừng."
            ),
            _("Đã gửi câu hỏi."),
        ),
        Step(
            "cancel_consultation",
            _("Thôi lấy ý kiến"),
            _("Thu hồi câu hỏi với một cơ quan. Không còn cơ quan nào được hỏi thì hồ sơ đi tiếp."),
            _("Đã thu hồi câu hỏi."),
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
            _(
                "Đưa hồ sơ về như trước bước cuối; văn bản của bước đó mất hiệu lực. "
                "Lịch sử giữ cả bước cũ, cả lần thu hồi."
            ),
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
            _("Kết thúc hồ sơ với lý do, gửi phiếu từ chối (mẫu %(form)s)."),
            _("Đã từ chối tiếp nhận. Phiếu từ chối đang được lập."),
            _("Chỉ lãnh đạo mở lại được: hồ sơ kết thúc, người nộp phải nộp lại từ đầu."),
            tone="warning",
            letter="03",
            shows_unread=True,
        ),
        Step(
            "stop",
            _("Dừng xử lý"),
            _("Kết thúc hồ sơ chưa có kết quả, gửi thông báo (mẫu 05)."),
            _("Đã dừng hồ sơ. Thông báo đang được lập."),
            _("Chỉ lãnh đạo mở lại được: hồ sơ dừng, khoản chưa nộp được xóa."),
            tone="warning",
            shows_unread=True,
        ),
        Step(
            "replace_result",
            _("Cấp bản thay thế"),
            _("Sửa chỗ ghi sai trên kết quả Cổng đã cấp: lập và ký bản mới, bản cũ ghi là đã được thay thế."),
            _("Đã ghi. Bản thay thế đang được lập và ký số."),
            _("Không hoàn tác được: bản mới có giá trị ngay khi ký, bản cũ hết giá trị."),
        ),
        Step(
            "revoke_result",
            _("Thu hồi kết quả"),
            _("Tuyên bố kết quả Cổng đã cấp không còn giá trị. Hồ sơ vẫn kết thúc; người được cấp nhận thông báo."),
            _("Đã thu hồi kết quả. Trang kiểm tra và kho dữ liệu của người được cấp đã ghi nhận."),
            _("Không hoàn tác được: kết quả mất giá trị ngay, cả với bản in."),
            tone="warning",
        ),
    )
}
BY_ADDRESS = {step.address: step for step in STEPS.values()}
