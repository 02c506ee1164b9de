"""What the rules of the procedure linter say to an official who publishes; their details are for developers."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: dict[str, str | Promise] = {
    "unreachable-field": _("Câu hỏi không bao giờ được hỏi, trả lời thế nào cũng vậy."),
    "dead-condition": _("Điều kiện luôn đúng, hoặc không bao giờ đúng."),
    "component-never-asked": _("Giấy tờ hoặc khoản phí có điều kiện không câu trả lời nào đáp ứng."),
    "undefined-option": _("Điều kiện so với một lựa chọn không có trong danh sách."),
    "required-behind-optional": _("Câu bắt buộc chỉ hiện sau một câu được phép bỏ qua."),
    "condition-on-later-page": _("Câu hỏi phụ thuộc câu trả lời ở trang sau."),
    "legal-basis-missing": _("Thủ tục chưa nêu căn cứ pháp lý."),
    "fee-without-basis": _("Khoản phí, lệ phí chưa nêu văn bản quy định."),
    "fee-dates": _("Khoản phí hết hiệu lực trước khi bắt đầu."),
    "online-yet-visit": _("Dịch vụ công toàn trình mà vẫn yêu cầu đến nơi."),
    "covered-by-data": _("Đòi nộp giấy tờ mà Cổng đã đọc được từ cơ sở dữ liệu."),
    "covered-by-store": _("Giấy tờ là kết quả có trong Kho dữ liệu nhưng chưa cho lấy từ đó."),
    "paper-without-type": _("Giấy tờ tải lên chưa có loại, nên lần sau không dùng lại được."),
    "result-without-type": _("Kết quả chưa có loại giấy tờ, nên vào Kho dữ liệu như giấy tờ khác, không tự dùng lại."),
    "paper-without-number": _("Giấy tờ chưa ghi số bản chính, bản sao."),
    "time-without-words": _("Chưa có thời hạn giải quyết, cũng chưa nêu vì sao không có."),
    "unlabelled-input": _("Câu hỏi hoặc lựa chọn chưa có tên để đọc lên."),
    "english-missing": _("Chưa có bản tiếng Anh."),
    "duplicate-label": _("Hai câu hỏi trong một mục có tên giống nhau."),
    "repeated-question": _("Cùng một điều được hỏi hai lần."),
    "asks-what-is-known": _("Bắt gõ số định danh, điện thoại hoặc địa chỉ mà tài khoản đã có."),
    "unbounded-repeat": _("Nhóm lặp lại chưa có số dòng tối đa."),
    "message-missing": _("Có mẫu kiểm tra nhưng chưa nói cách viết cho đúng."),
    "in-person-yet-online": _("Chỉ làm trực tiếp mà vẫn hứa nộp hoặc đặt lịch trên mạng."),
    "limits-leave-nothing": _("Nhỏ nhất và lớn nhất không để lại giá trị nào."),
    "long-page": _("Một trang hỏi quá nhiều."),
    "no-pledge": _("Chưa có lời cam đoan về nội dung khai."),
    "reading-difficulty": _("Câu chữ quá dài, khó đọc."),
}
"""By the name of the rule (procedures/linting); a test keeps the two lists equal."""
