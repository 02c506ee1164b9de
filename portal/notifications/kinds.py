"""What messages are called where they are listed (loại thông báo): by the event they tell of, never by their words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

TO_OFFICIALS = ".official"
"""How the kind of a message ends that tells officials of an event, where the applicant may have one of her own."""

NAMES: Mapping[str, Promise] = {
    "dossier.submitted": _("Đã nộp hồ sơ"),
    "dossier.accepted": _("Được tiếp nhận"),
    "dossier.refused": _("Không được tiếp nhận"),
    "dossier.supplement_requested": _("Yêu cầu bổ sung giấy tờ"),
    "dossier.supplement_reminder": _("Nhắc bổ sung"),
    "dossier.supplement_overdue": _("Quá hạn bổ sung"),
    "dossier.supplement_waits": _("Quá hạn bổ sung, chưa có bước tiếp"),
    "dossier.supplement_escalated": _("Quá hạn bổ sung, chưa có bước tiếp, báo cấp trên"),
    "dossier.supplement_lapsed": _("Giải quyết theo giấy tờ đã có"),
    "dossier.supplemented": _("Đã bổ sung"),
    "dossier.payment_required": _("Yêu cầu nộp phí, lệ phí"),
    "dossier.paid": _("Đã nộp tiền"),
    "dossier.extended": _("Xin lỗi và hẹn lại ngày trả"),
    "dossier.forwarded": _("Chuyển đến cơ quan có thẩm quyền"),
    "dossier.rebased": _("Áp dụng bản công bố mới của thủ tục"),
    "dossier.reverted": _("Đã thu hồi bước vừa làm"),
    "dossier.reopened": _("Mở lại hồ sơ"),
    "dossier.draft_sent": _("Gửi bản dự thảo để xác nhận"),
    "dossier.draft_confirmed": _("Đã xác nhận bản dự thảo"),
    "dossier.draft_disputed": _("Báo bản dự thảo có chỗ sai"),
    "dossier.draft_lapsed": _("Hết hạn trả lời, coi như đã xác nhận bản dự thảo"),
    "dossier.withdrawal_requested": _("Yêu cầu rút hồ sơ"),
    "dossier.withdrawal_refused": _("Không chấp nhận rút hồ sơ"),
    "dossier.withdrawn": _("Đã rút hồ sơ"),
    "dossier.stopped": _("Dừng xử lý"),
    "dossier.assigned": _("Phân công người thụ lý"),
    "dossier.proposed": _("Trình lãnh đạo duyệt"),
    "dossier.sent_back": _("Trả lại chuyên viên"),
    "dossier.consultation_requested": _("Lấy ý kiến cơ quan khác"),
    "dossier.consultation_answered": _("Cơ quan khác đã cho ý kiến"),
    "dossier.result_ready": _("Bản giấy kết quả đã sẵn sàng"),
    "dossier.returned": _("Đã trả kết quả"),
    "dossier.result_replaced": _("Cấp bản thay thế kết quả"),
    "dossier.result_revoked": _("Đã thu hồi kết quả"),
    "dossier.letter_ready": _("Văn bản của hồ sơ đã có"),
    "dossier.message": _("Tin nhắn về hồ sơ"),
    "dossier.intake_new": _("Hồ sơ mới chờ tiếp nhận"),
    "dossier.intake_soon": _("Sắp hết hạn tiếp nhận"),
    "dossier.intake_late": _("Quá hạn tiếp nhận"),
    "dossier.intake_escalated": _("Quá hạn tiếp nhận, báo cấp trên"),
    "dossier.intake_late_higher": _("Quá hạn tiếp nhận đã lâu, báo cấp trên nữa"),
    "dossier.due_soon": _("Sắp đến hạn trả kết quả"),
    "dossier.due_late": _("Quá hạn trả kết quả"),
    "dossier.due_escalated": _("Quá hạn trả kết quả, báo cấp trên"),
    "dossier.due_late_higher": _("Quá hạn trả kết quả đã lâu, báo cấp trên nữa"),
    "dossier.bundle_late": _("Quá thời hạn chung của hồ sơ liên thông"),
    "dossier.unassigned": _("Chưa ai thụ lý"),
    "dossier.no_limit_waits": _("Hồ sơ không có hạn nằm lâu"),
    "dossier.unpaid_waits": _("Chưa được nộp phí"),
    "dossier.payment_reminder": _("Nhắc nộp phí, lệ phí"),
    "dossier.withdrawal_waits": _("Yêu cầu rút chờ trả lời"),
    "dossier.withdrawal_escalated": _("Yêu cầu rút chưa được trả lời, báo cấp trên"),
    "dossier.answer_soon": _("Sắp hết hạn cho ý kiến"),
    "dossier.answer_late": _("Quá hạn cho ý kiến"),
    "dossier.answer_missing": _("Cơ quan được hỏi chưa cho ý kiến"),
    "dossier.assign_soon": _("Sắp hết hạn phân công"),
    "dossier.assign_late": _("Quá hạn phân công"),
    "dossier.assign_escalated": _("Quá hạn phân công, báo cấp trên"),
    "dossier.work_soon": _("Sắp hết hạn thụ lý"),
    "dossier.work_late": _("Quá hạn thụ lý"),
    "dossier.work_escalated": _("Quá hạn thụ lý, báo cấp trên"),
    "dossier.sign_soon": _("Sắp hết hạn duyệt"),
    "dossier.sign_late": _("Quá hạn duyệt"),
    "dossier.sign_escalated": _("Quá hạn duyệt, báo cấp trên"),
    "dossier.system_intake_late": _("Hệ thống chưa báo tiếp nhận"),
    "dossier.system_due_late": _("Hệ thống chưa báo kết quả"),
    "letter_template.failed": _("Mẫu văn bản có lỗi"),
    "bundle.needs_you": _("Hồ sơ liên thông cần người nộp"),
    "assistance.claimed": _("Có người nhận quyền giúp nộp hồ sơ"),
    "representation.claimed": _("Có người đã nhận ủy quyền của bạn"),
    "representation.began": _("Có người đại diện cho bạn"),
    "representation.ended": _("Việc đại diện chấm dứt"),
    "account.second_factor_removed": _("Ứng dụng xác thực đã bị xóa"),
    "organisation.member_appointed": _("Chỉ định thành viên tổ chức"),
    "organisation.member_restored": _("Chỉ định lại thành viên tổ chức"),
    "organisation.member_dismissed": _("Cho thôi thành viên tổ chức"),
    "organisation.member_left": _("Thành viên tổ chức tự thôi"),
    "document.digitised": _("Giấy tờ được số hóa"),
    "document.expires_soon": _("Giấy tờ sắp hết giá trị"),
    "payment.refund_due": _("Sẽ được hoàn tiền"),
    "payment.refunded": _("Đã hoàn tiền"),
}


def name(kind: str) -> str:
    """A kind in words; the bare one where nobody wrote any."""
    words = NAMES.get(kind.removesuffix(TO_OFFICIALS))
    if words is None:
        return kind
    return _now("%(event)s (báo cán bộ)") % {"event": words} if kind.endswith(TO_OFFICIALS) else str(words)
