"""What the parts and controls of a sheet are called where its editors read of them, by their places in a pack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from portal.agencies.models import AgencyLevel, Branch
from portal.core.durations import DurationUnit
from procedures.facts import Facts
from procedures.form_words import SOURCES
from procedures.models import ComponentKind, FeeKind, Place, ResultKind, ServiceLevel

Words = str | Promise
PLACES: dict[str, Words] = {
    "code": gettext_lazy("Mã thủ tục"),
    "name": gettext_lazy("Tên thủ tục"),
    "short_name": gettext_lazy("Tên ngắn"),
    "summary": gettext_lazy("Tóm tắt"),
    "keywords": gettext_lazy("Từ người dân hay gõ khi tìm"),
    "field": gettext_lazy("Lĩnh vực"),
    "issued_by": gettext_lazy("Mã cơ quan công bố"),
    "decision": gettext_lazy("Quyết định công bố"),
    "applicants": gettext_lazy("Ai được làm"),
    "competent": gettext_lazy("Cơ quan giải quyết"),
    "service_level": gettext_lazy("Mức độ trực tuyến"),
    "service_level_reason": gettext_lazy("Vì sao chưa toàn trình"),
    "channels": gettext_lazy("Cách nộp"),
    "processing": gettext_lazy("Thời hạn giải quyết"),
    "fees": gettext_lazy("Phí, lệ phí"),
    "components": gettext_lazy("Giấy tờ cần nộp"),
    "results": gettext_lazy("Kết quả"),
    "steps": gettext_lazy("Các bước"),
    "requirements": gettext_lazy("Yêu cầu, điều kiện"),
    "legal_basis": gettext_lazy("Căn cứ pháp lý"),
    "life_events": gettext_lazy("Sự kiện trong đời"),
    "notes": gettext_lazy("Lưu ý"),
    "subcases": gettext_lazy("Trường hợp giải quyết"),
    "supplement_rule": gettext_lazy("Bổ sung giấy tờ"),
    "draft_confirmation": gettext_lazy("Xem dự thảo kết quả"),
    "assigns_personal_id": gettext_lazy("Cấp số định danh"),
    "persons_only": gettext_lazy("Vì sao không nộp thay tổ chức"),
    "replaces": gettext_lazy("Thay cho các thủ tục"),
    "linked": gettext_lazy("Liên thông các thủ tục"),
    "letters": gettext_lazy("Lời riêng trong văn bản gửi người dân"),
}
"""What the keys of a pack are called on the page where they are written."""
AS_READ: dict[str, Words] = {
    "name": gettext_lazy("Tên"),
    "decision": gettext_lazy("Quyết định"),
    "service_level": gettext_lazy("Làm trên mạng"),
    "service_level_reason": gettext_lazy("Làm trên mạng"),
    "results": gettext_lazy("Kết quả bạn nhận"),
}
"""Where the sheet that people read has another title for the part (procedures.comparison)."""
LABELS: dict[str, Words] = {
    "name.en": gettext_lazy("Tên tiếng Anh"),
    "field.code": gettext_lazy("Mã lĩnh vực"),
    "field.name.en": gettext_lazy("Lĩnh vực, tiếng Anh"),
    "short_name.en": gettext_lazy("Tên ngắn tiếng Anh"),
    "summary.en": gettext_lazy("Tóm tắt tiếng Anh"),
    "decision.date": gettext_lazy("Ngày quyết định"),
    "decision.number": gettext_lazy("Số quyết định công bố"),
    "competent.text.en": gettext_lazy("Cơ quan giải quyết, tiếng Anh"),
    "competent.routing.level": gettext_lazy("Cấp giải quyết"),
    "competent.routing.branch": gettext_lazy("Ngành giải quyết"),
    "competent.routing.place": gettext_lazy("Nơi tiếp nhận"),
    "service_level_reason.kind": gettext_lazy("Vì sao chưa toàn trình"),
    "service_level_reason.text.vi": gettext_lazy("Lý do, viết cho người dân"),
    "service_level_reason.text.en": gettext_lazy("Lý do, tiếng Anh"),
    "processing.unit": gettext_lazy("Đơn vị thời hạn"),
    "processing.text.vi": gettext_lazy("Thời hạn, viết bằng lời"),
    "processing.text.en": gettext_lazy("Thời hạn bằng lời, tiếng Anh"),
    "steps.en": gettext_lazy("Các bước, tiếng Anh"),
    "requirements.en": gettext_lazy("Yêu cầu, điều kiện, tiếng Anh"),
    "notes.en": gettext_lazy("Lưu ý, tiếng Anh"),
    "competent.levels": gettext_lazy("Các cấp cùng giải quyết"),
    "processing.cutoff": gettext_lazy("Nhận sau giờ này thì tính từ ngày làm việc sau"),
    "processing.extended.value": gettext_lazy("Thời hạn khi phải kéo dài"),
    "processing.extended.unit": gettext_lazy("Đơn vị thời hạn kéo dài"),
    "processing.extended.when.vi": gettext_lazy("Kéo dài khi nào"),
    "processing.extended.when.en": gettext_lazy("Kéo dài khi nào, tiếng Anh"),
    "supplement_rule.effect": gettext_lazy("Khi người dân bổ sung giấy tờ"),
    "supplement_rule.days": gettext_lazy("Chờ bổ sung (ngày làm việc)"),
    "supplement_rule.rounds": gettext_lazy("Được yêu cầu bổ sung mấy lần"),
    "supplement_rule.closes": gettext_lazy("Hết thời gian chờ mà chưa bổ sung thì kết thúc hồ sơ"),
    "draft_confirmation.days": gettext_lazy("Người nộp xem dự thảo kết quả trong (ngày)"),
    "draft_confirmation.legal": gettext_lazy("Văn bản cho xem dự thảo"),
    "assigns_personal_id.full_name": gettext_lazy("Cấp số định danh cho người: họ tên ở câu"),
    "assigns_personal_id.date_of_birth": gettext_lazy("Cấp số định danh cho người: ngày sinh ở câu"),
    "assigns_personal_id.gender": gettext_lazy("Cấp số định danh cho người: giới tính ở câu"),
    "persons_only.en": gettext_lazy("Vì sao không nộp thay tổ chức, tiếng Anh"),
    "letters.01.vi": gettext_lazy("Lời thêm trong giấy tiếp nhận, hẹn trả"),
    "letters.01.en": gettext_lazy("Lời thêm trong giấy tiếp nhận, tiếng Anh"),
    "letters.02.vi": gettext_lazy("Lời thêm trong phiếu yêu cầu bổ sung"),
    "letters.02.en": gettext_lazy("Lời thêm trong phiếu yêu cầu bổ sung, tiếng Anh"),
    "letters.03.vi": gettext_lazy("Lời thêm trong phiếu từ chối"),
    "letters.03.en": gettext_lazy("Lời thêm trong phiếu từ chối, tiếng Anh"),
    "letters.05.vi": gettext_lazy("Lời thêm trong thông báo dừng giải quyết"),
    "letters.05.en": gettext_lazy("Lời thêm trong thông báo dừng, tiếng Anh"),
    "subcases.name.vi": gettext_lazy("Tên"),
    "subcases.name.en": gettext_lazy("Tên tiếng Anh"),
    "subcases.code": gettext_lazy("Mã trường hợp"),
    "subcases.value": gettext_lazy("Thời hạn của trường hợp"),
    "subcases.unit": gettext_lazy("Đơn vị thời hạn"),
    "fees.condition": gettext_lazy("Tự thu khi"),
    "fees.unit.vi": gettext_lazy("Tính theo"),
    "fees.unit.en": gettext_lazy("Tính theo, tiếng Anh"),
    "fees.quantity_field": gettext_lazy("Nhân với số ở câu"),
    "fees.amount": gettext_lazy("Số tiền ngoại tệ"),
    "fees.currency": gettext_lazy("Loại ngoại tệ"),
    "components.condition": gettext_lazy("Chỉ cần khi"),
    "components.channels": gettext_lazy("Chỉ cần khi nộp"),
    "components.least_trust": gettext_lazy("Giấy tờ trong kho phải"),
    "components.reuse_from": gettext_lazy("Nguồn dữ liệu có thể thay giấy này"),
    "components.code": gettext_lazy("Mã giấy tờ quốc gia"),
    "fees.name.vi": gettext_lazy("Tên"),
    "fees.name.en": gettext_lazy("Tên tiếng Anh"),
    "fees.kind": gettext_lazy("Loại"),
    "fees.amount_vnd": gettext_lazy("Số tiền (đồng)"),
    "fees.channel": gettext_lazy("Khi nộp"),
    "fees.default": gettext_lazy("Thu với mọi hồ sơ thông thường"),
    "fees.when.vi": gettext_lazy("Trường hợp"),
    "fees.when.en": gettext_lazy("Trường hợp, tiếng Anh"),
    "fees.legal": gettext_lazy("Văn bản quy định"),
    "fees.decided_by": gettext_lazy("Ai quy định mức thu"),
    "fees.payable_on": gettext_lazy("Nộp tiền khi nào"),
    "fees.valid_from": gettext_lazy("Thu từ ngày"),
    "fees.valid_to": gettext_lazy("Thu đến ngày"),
    "fees.charge": gettext_lazy("Mã khoản thu"),
    "components.name.vi": gettext_lazy("Tên"),
    "components.name.en": gettext_lazy("Tên tiếng Anh"),
    "components.kind": gettext_lazy("Loại"),
    "components.originals": gettext_lazy("Số bản chính"),
    "components.copies": gettext_lazy("Số bản sao"),
    "components.required": gettext_lazy("Bắt buộc khi nộp trực tuyến"),
    "components.when.vi": gettext_lazy("Khi nào cần"),
    "components.when.en": gettext_lazy("Khi nào cần, tiếng Anh"),
    "components.note.vi": gettext_lazy("Mẫu đơn, ghi chú"),
    "components.note.en": gettext_lazy("Mẫu đơn, ghi chú, tiếng Anh"),
    "components.document_types": gettext_lazy("Loại giấy tờ trong kho"),
    "results.name.vi": gettext_lazy("Tên"),
    "results.name.en": gettext_lazy("Tên tiếng Anh"),
    "results.kind": gettext_lazy("Loại"),
    "results.default": gettext_lazy("Cấp khi hồ sơ được duyệt"),
    "results.document_type": gettext_lazy("Loại giấy tờ trong kho"),
}
"""The controls by the places they are written to; a place that has none is named by its part and its key."""
REASONS: dict[str, Words] = {
    "presence_required": gettext_lazy("Người dân phải có mặt"),
    "on_site_verification": gettext_lazy("Phải xác minh tại chỗ"),
    "technical_obstacle": gettext_lazy("Chưa đủ điều kiện kỹ thuật"),
    "technical_incident": gettext_lazy("Sự cố kỹ thuật"),
}
"""Why a procedure is not fully online (NĐ 224/2026/NĐ-CP)."""
UNITS: dict[str, Words] = {
    DurationUnit.SAME_WORKING_DAY: gettext_lazy("trong ngày làm việc"),
    DurationUnit.WORKING_DAY: gettext_lazy("ngày làm việc"),
    DurationUnit.DAY: gettext_lazy("ngày"),
    DurationUnit.HOUR: gettext_lazy("giờ làm việc"),
    DurationUnit.CLOCK_HOUR: gettext_lazy("giờ đồng hồ"),
    DurationUnit.MONTH: gettext_lazy("tháng"),
    DurationUnit.YEAR: gettext_lazy("năm"),
}
EFFECTS: dict[str, Words] = {
    "restart": gettext_lazy("Tính lại thời hạn từ đầu"),
    "pause": gettext_lazy("Tạm dừng, nộp đủ thì tính tiếp"),
    "not_allowed": gettext_lazy("Không được yêu cầu bổ sung"),
}
"""What happens to the due date when missing papers arrive (`supplement_rule.effect` of a pack)."""
FEE_CHANNELS: dict[str, Words] = {
    "all": gettext_lazy("Mọi cách nộp"),
    "online": gettext_lazy("Trực tuyến"),
    "direct": gettext_lazy("Trực tiếp, bưu chính"),
}
DECIDED_BY: dict[str, Words] = {
    "national": gettext_lazy("Trung ương"),
    "province": gettext_lazy("Hội đồng nhân dân cấp tỉnh"),
}
PAYABLE_ON: dict[str, Words] = {
    "filing": gettext_lazy("Khi nộp hồ sơ"),
    "acceptance": gettext_lazy("Khi được tiếp nhận"),
    "result": gettext_lazy("Khi nhận kết quả"),
}
PAPER_CHANNELS: dict[str, Words] = {
    "direct,postal": gettext_lazy("trên giấy: trực tiếp, bưu chính"),
    "online": gettext_lazy("trực tuyến"),
    "direct": gettext_lazy("trực tiếp"),
}
"""For which ways of filing, as a list with commas, a paper is needed."""
LEAST_TRUST: dict[str, Words] = {
    "C": gettext_lazy("do cơ quan số hóa hoặc gửi đến"),
    "B": gettext_lazy("là bản sao chứng thực trở lên"),
    "A": gettext_lazy("do cơ quan cấp bản điện tử"),
}
"""What a paper of the store must be to count."""
CHOICES: dict[str, Mapping[Any, Words]] = {
    "competent.routing.level": dict(AgencyLevel.choices),
    "competent.routing.branch": dict(Branch.choices),
    "competent.routing.place": dict(Place.choices),
    "service_level": dict(ServiceLevel.choices),
    "service_level_reason.kind": REASONS,
    "processing.unit": UNITS,
    "processing.extended.unit": UNITS,
    "subcases.unit": UNITS,
    "supplement_rule.effect": EFFECTS,
    "fees.kind": dict(FeeKind.choices),
    "fees.channel": FEE_CHANNELS,
    "fees.decided_by": DECIDED_BY,
    "fees.payable_on": PAYABLE_ON,
    "components.kind": dict(ComponentKind.choices),
    "components.channels": PAPER_CHANNELS,
    "components.least_trust": LEAST_TRUST,
    "results.kind": dict(ResultKind.choices),
    "components.reuse_from": SOURCES,
}
"""What is chosen from, by place; the forms at the desk offer the same (portal.backoffice.sheet_choices)."""
QUESTIONS = frozenset(
    [
        "fees.quantity_field",
        "assigns_personal_id.full_name",
        "assigns_personal_id.date_of_birth",
        "assigns_personal_id.gender",
    ]
)
"""Places that name a question of the form by its key."""
UNSAID: dict[str, Facts] = {
    "fees": {"default": False, "channel": "all", "payable_on": "filing"},
    "components": {"required": False},
    "results": {"default": False},
}
"""What a row means that does not say it."""
TOLD = frozenset(
    [
        "name.vi",
        "decision.number",
        "decision.date",
        "applicants",
        "channels",
        "legal_basis",
        "service_level",
        "service_level_reason.text.vi",
        "competent.text.vi",
        "competent.levels",
        "competent.routing.branch",
        "competent.routing.place",
        "field.name.vi",
        "processing.value",
        "processing.unit",
        "processing.text.vi",
        "steps.vi",
        "requirements.vi",
        "notes.vi",
        "fees.name.vi",
        "fees.amount_vnd",
        "fees.channel",
        "fees.when.vi",
        "fees.legal",
        "fees.valid_from",
        "fees.valid_to",
        "components.name.vi",
        "components.originals",
        "components.copies",
        "components.when.vi",
        "components.note.vi",
        "results.name.vi",
    ]
)
"""What procedures.comparison tells of a sheet; whatever does not stand here is told here."""
