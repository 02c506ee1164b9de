"""The form of a procedure that has none of its own: who files, what for, how to receive the result, and the pledge.

It follows from the subject (an organisation states itself), from the components (cases named above them are asked),
and from the published cases that differ in time or fee (``own_case``).
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from procedures.eforms.free_components import heading_words
from procedures.eforms.own_case import CASES, FEE_CASE, LABELS, TIME_CASE, UNSURE

GENERIC_FORM: dict[str, Any] = {
    "lists": {
        "gender": [
            {"value": "1", "vi": "Nam", "en": "Male"},
            {"value": "2", "vi": "Nữ", "en": "Female"},
            {"value": "3", "vi": "Khác", "en": "Other"},
        ],
        "result_method": [
            {"value": "store", "vi": "Bản điện tử trong kho dữ liệu", "en": "Electronic, in my document store"},
            {"value": "desk", "vi": "Tại bộ phận một cửa", "en": "At the one-stop desk"},
            {"value": "post", "vi": "Qua dịch vụ bưu chính công ích", "en": "By public post"},
        ],
    },
    "pages": [
        {
            "key": "requester",
            "title": {"vi": "Người yêu cầu", "en": "Person filing"},
            "intro": {
                "vi": "Thông tin của bạn được lấy từ tài khoản định danh điện tử.",
                "en": "Your data comes from your electronic identity account.",
            },
            "groups": [
                {
                    "key": "requester",
                    "fields": [
                        {
                            "key": "full_name",
                            "label": {"vi": "Họ, chữ đệm, tên", "en": "Full name"},
                            "type": "text",
                            "required": True,
                            "prefill": "identity.full_name",
                            "locked": True,
                            "max_length": 120,
                        },
                        {
                            "key": "personal_id",
                            "label": {"vi": "Số định danh cá nhân", "en": "Personal identification number"},
                            "type": "personal_id",
                            "required": True,
                            "prefill": "identity.personal_id",
                            "locked": True,
                        },
                        {
                            "key": "date_of_birth",
                            "label": {"vi": "Ngày, tháng, năm sinh", "en": "Date of birth"},
                            "type": "date",
                            "required": True,
                            "prefill": "identity.date_of_birth",
                            "locked": True,
                            "max": "today",
                        },
                        {
                            "key": "gender",
                            "label": {"vi": "Giới tính", "en": "Gender"},
                            "type": "choice",
                            "choices": "gender",
                            "prefill": "identity.gender",
                            "locked": True,
                        },
                        {
                            "key": "residence",
                            "label": {"vi": "Nơi cư trú", "en": "Place of residence"},
                            "type": "address",
                            "required": True,
                            "prefill": "identity.residence",
                        },
                        {
                            "key": "phone",
                            "label": {"vi": "Số điện thoại", "en": "Telephone"},
                            "type": "phone",
                            "required": True,
                            "prefill": "identity.phone",
                        },
                        {
                            "key": "email",
                            "label": {"vi": "Thư điện tử", "en": "E-mail"},
                            "type": "email",
                            "prefill": "identity.email",
                        },
                    ],
                }
            ],
        },
        {
            "key": "request",
            "title": {"vi": "Nội dung đề nghị", "en": "Your request"},
            "groups": [
                {
                    "key": "request",
                    "fields": [
                        {
                            "key": "note",
                            "label": {"vi": "Nội dung đề nghị giải quyết", "en": "What you ask for"},
                            "help": {
                                "vi": "Viết ngắn gọn việc bạn cần giải quyết; giấy tờ sẽ đính kèm ở bước sau",
                                "en": "Say briefly what you need; papers are attached in a later step",
                            },
                            "type": "long_text",
                            "required": True,
                        }
                    ],
                }
            ],
        },
        {
            "key": "delivery",
            "title": {"vi": "Nhận kết quả", "en": "Receiving the result"},
            "groups": [
                {
                    "key": "delivery",
                    "fields": [
                        {
                            "key": "result_method",
                            "label": {
                                "vi": "Nhận kết quả thế nào",
                                "en": "How to receive the result",
                            },
                            "help": {
                                "vi": "Bản điện tử luôn được gửi vào kho dữ liệu của bạn. "
                                "Cần thêm bản giấy thì chọn nơi nhận",
                                "en": "The electronic result always goes to your document store. "
                                "If you also need it on paper, choose where to receive it",
                            },
                            "type": "choice",
                            "choices": "result_method",
                            "required": True,
                            "default": "store",
                        },
                        {
                            "key": "postal_address",
                            "label": {"vi": "Địa chỉ nhận qua bưu chính", "en": "Postal address"},
                            "type": "address",
                            "required_if": {"field": "result_method", "equals": "post"},
                            "visible_if": {"field": "result_method", "equals": "post"},
                            "prefill": "identity.residence",
                        },
                    ],
                }
            ],
        },
        {
            "key": "pledge",
            "title": {"vi": "Cam đoan", "en": "Declaration"},
            "groups": [
                {
                    "key": "pledge",
                    "fields": [
                        {
                            "key": "pledge",
                            "label": {
                                "vi": "Tôi cam đoan những nội dung khai trên là đúng sự thật và chịu trách nhiệm "
                                "trước pháp luật về lời khai của mình",
                                "en": "I declare that what I have stated is true and answer for it before the law",
                            },
                            "type": "consent",
                            "required": True,
                        }
                    ],
                }
            ],
        },
    ],
}

_ORGANISATION: dict[str, Any] = {
    "key": "organisation",
    "title": {"vi": "Tổ chức, doanh nghiệp", "en": "Organisation or business"},
    "fields": [
        {
            "key": "organisation_name",
            "label": {"vi": "Tên tổ chức, doanh nghiệp", "en": "Name of the organisation or business"},
            "type": "text",
            "required": True,
            "prefill": "organisation.name",
            "max_length": 300,
        },
        {
            "key": "organisation_tax_code",
            "label": {"vi": "Mã số thuế hoặc mã số doanh nghiệp", "en": "Tax or enterprise code"},
            "type": "tax_code",
            "prefill": "organisation.tax_code",
        },
        {
            "key": "organisation_position",
            "label": {"vi": "Chức vụ của bạn trong tổ chức", "en": "Your position there"},
            "type": "text",
            "required": True,
            "max_length": 120,
        },
    ],
}
_FILES_FOR: dict[str, Any] = {
    "key": "files_for",
    "label": {"vi": "Bạn nộp hồ sơ cho ai", "en": "For whom you file"},
    "type": "choice",
    "choices": "files_for",
    "required": True,
    "default": "self",
}
_FILES_FOR_LIST = [
    {"value": "self", "vi": "Cho bản thân tôi", "en": "For myself"},
    {"value": "organisation", "vi": "Cho tổ chức, doanh nghiệp", "en": "For an organisation or business"},
]


_OWN_CASE: dict[str, dict[str, Any]] = {
    TIME_CASE: {
        "key": TIME_CASE,
        "label": LABELS[TIME_CASE],
        "help": {
            "vi": "Thời hạn giải quyết tính theo trường hợp này",
            "en": "The time limit follows from this case",
        },
        "type": "choice",
        "choices": TIME_CASE,
        "required": True,
    },
    FEE_CASE: {
        "key": FEE_CASE,
        "label": LABELS[FEE_CASE],
        "help": {
            "vi": "Cơ quan xem lại khi tiếp nhận rồi mới yêu cầu nộp",
            "en": "The agency looks at it on acceptance, and only then asks for payment",
        },
        "type": "choice",
        "choices": FEE_CASE,
        "required": True,
    },
}
_UNSURE = {"value": UNSURE, "vi": "Tôi chưa rõ, để cơ quan xác định", "en": "I am not sure, let the agency decide"}


def generic_form(
    *,
    audience: Sequence[str] = (),
    cases: Mapping[str, str] | None = None,
    own_case: Mapping[str, Mapping[str, str]] | None = None,
    may_be_left: Collection[str] = (),
) -> dict[str, Any]:
    """The form for a subject (``citizen``, ``organisation``; nothing known means a person) and some cases.

    ``own_case`` are the questions of ``own_case.questions``: which case, and which fee, is hers; ``may_be_left`` those
    of them that need no answer.
    """
    form = copy.deepcopy(GENERIC_FORM)
    requester, request = form["pages"][0], form["pages"][1]
    if "organisation" in audience:
        organisation = copy.deepcopy(_ORGANISATION)
        if "citizen" in audience:
            form["lists"]["files_for"] = _FILES_FOR_LIST
            requester["groups"].append({"key": "files_for", "fields": [copy.deepcopy(_FILES_FOR)]})
            organisation["visible_if"] = {"field": "files_for", "equals": "organisation"}
        requester["groups"].append(organisation)
    if cases:
        form["lists"][CASES] = [{"value": value, "vi": heading_words(heading)} for value, heading in cases.items()]
        question = {
            "key": CASES,
            "label": LABELS[CASES],
            "help": {
                "vi": "Chọn mọi trường hợp đúng; bỏ qua nếu không có. Giấy tờ ở bước sau theo lựa chọn này",
                "en": "Choose all that fit, or none. The papers of the later step follow from this",
            },
            "type": "multi_choice",
            "choices": CASES,
        }
        request["groups"][0]["fields"].insert(0, question)
    for position, (key, choices) in enumerate((own_case or {}).items()):
        form["lists"][key] = [*({"value": value, "vi": words} for value, words in choices.items()), dict(_UNSURE)]
        asked = copy.deepcopy(_OWN_CASE[key]) | {"required": key not in may_be_left}
        request["groups"][0]["fields"].insert(position, asked)
    return form
