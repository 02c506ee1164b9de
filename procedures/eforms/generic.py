"""The form of a procedure that has none of its own: who files, what for, how to receive the result, and the pledge."""

from __future__ import annotations

from typing import Any

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
                                "vi": "Ngoài bản điện tử, nhận bản giấy ở đâu",
                                "en": "Besides the electronic result, where to receive paper",
                            },
                            "help": {
                                "vi": "Bản điện tử luôn được gửi vào kho dữ liệu của bạn",
                                "en": "The electronic result always goes to your document store",
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
