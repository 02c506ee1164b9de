"""Shapes of the dossier API: what comes in is checked here for form, rules are the services' business."""

# The types are silenced in two places of one kind: the stubs know neither `many=True` with limits, nor a field named
# `fields`, which is the name in the published API and hides the property of Serializer.

import base64
import binascii
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dossiers.charging import MAX_AMOUNT_VND
from dossiers.lifecycle import DossierState
from dossiers.partners.status_events import EVENTS
from dossiers.reasons import LEGAL_BASIS_MAX_LENGTH
from procedures.models import FeeKind

MAX_LABEL_LENGTH = 200
MAX_FILES = 10
MAX_BATCH = 1000
REFERENCE_LENGTH = 150
REASON_LENGTH = 10_000
OFFICIAL_LENGTHS = {"name": 200, "title": 150, "unit": 300}
MAX_RESULT_FIELDS = 200
"""What fits on a few pages; a paper of a hundred thousand lines would keep a worker busy for hours."""


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(serializers.Field):
    """A moment with its offset from UTC (ISO 8601); without one nobody knows which moment is meant."""

    default_error_messages = {
        "invalid": _("Phải là thời điểm ISO 8601, ví dụ 2026-11-20T08:30:00+07:00."),
        "no_offset": _("Thiếu múi giờ, ví dụ 2026-11-20T08:30:00+07:00."),
    }

    def to_internal_value(self, data: Any) -> datetime:
        """Read the text."""
        try:
            moment = parse_datetime(data) if isinstance(data, str) else None
        except ValueError:
            moment = None
        if moment is None:
            self.fail("invalid")
        if moment.tzinfo is None:
            self.fail("no_offset")
        return moment

    def to_representation(self, value: datetime) -> str:
        """Write it with its offset."""
        return value.isoformat()


class OfficialSerializer(serializers.Serializer):
    """Who decided at the agency; shown in the timeline."""

    name = serializers.CharField(max_length=OFFICIAL_LENGTHS["name"], allow_blank=True, required=False)
    title = serializers.CharField(max_length=OFFICIAL_LENGTHS["title"], allow_blank=True, required=False)
    unit = serializers.CharField(max_length=OFFICIAL_LENGTHS["unit"], allow_blank=True, required=False)


class MissingComponentSerializer(serializers.Serializer):
    """One component to supplement."""

    code = serializers.CharField(max_length=60)
    name = serializers.CharField(max_length=4000, allow_blank=True, required=False, default="")
    text = serializers.CharField(max_length=2000, allow_blank=True, required=False, default="")

    def to_internal_value(self, data: Any) -> Any:
        """A bare code stands for an object with that code."""
        return super().to_internal_value({"code": data} if isinstance(data, str) else data)


class AmountField(serializers.IntegerField):
    """Whole đồng as a JSON integer; text, fractions and booleans are no amounts."""

    def to_internal_value(self, data: Any) -> int:
        """Take integers only."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class PaymentSerializer(serializers.Serializer):
    """One amount to pay, whole đồng."""

    kind = serializers.ChoiceField(choices=FeeKind.choices, default=FeeKind.FEE)
    description = serializers.CharField(max_length=300)
    amount_vnd = AmountField(min_value=1, max_value=MAX_AMOUNT_VND)
    legal_basis = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")


@extend_schema_field(OpenApiTypes.BYTE)
class Base64Field(serializers.Field):
    """Bytes as standard base64."""

    default_error_messages = {"invalid": _("Không phải base64 hợp lệ."), "empty": _("Tệp rỗng.")}

    def to_internal_value(self, data: Any) -> bytes:
        """Decode strictly."""
        try:
            content = base64.b64decode(data, validate=True) if isinstance(data, str) else None
        except (binascii.Error, ValueError):
            content = None
        if content is None:
            self.fail("invalid")
        if not content:
            self.fail("empty")
        return content

    def to_representation(self, value: bytes) -> str:
        """Encode."""
        return base64.b64encode(value).decode()


class ResultFileSerializer(serializers.Serializer):
    """A result paper, within the request or sent before in pieces; the first one becomes the dossier's result."""

    name = serializers.CharField(max_length=200)
    content_base64 = Base64Field(required=False)
    upload = serializers.CharField(
        max_length=40, required=False, help_text=_("Mã của tệp đã gửi từng phần ở /api/v1/uploads/.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way or the other."""
        if ("content_base64" in attrs) == ("upload" in attrs):
            raise serializers.ValidationError(_("Mỗi tệp có content_base64 hoặc upload, không cả hai."))
        return attrs


class ResultFieldsField(serializers.DictField):
    """Lines of a result by their labels, as many as a paper holds."""

    default_error_messages = {
        "too_many": _("Nhiều nhất %(limit)s mục. Hãy gửi phần còn lại trong tệp kết quả."),
        "long_label": _("Tên mục dài quá %(limit)s ký tự."),
    }

    def to_internal_value(self, data: Any) -> Any:
        """Count before looking into each."""
        if isinstance(data, dict):
            if len(data) > MAX_RESULT_FIELDS:
                raise serializers.ValidationError(self.error_messages["too_many"] % {"limit": MAX_RESULT_FIELDS})
            if any(len(str(label)) > MAX_LABEL_LENGTH for label in data):
                raise serializers.ValidationError(self.error_messages["long_label"] % {"limit": MAX_LABEL_LENGTH})
        return super().to_internal_value(data)


class ResultSerializer(serializers.Serializer):
    """What was decided. Without files the portal makes and signs the result itself, from its template."""

    document_number = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    title = serializers.CharField(max_length=400, allow_blank=True, required=False, default="")
    fields = ResultFieldsField(child=serializers.CharField(max_length=2000, allow_blank=True), required=False)  # type: ignore[assignment]
    files = ResultFileSerializer(many=True, required=False, max_length=MAX_FILES)  # type: ignore[call-arg]


class EventSerializer(serializers.Serializer):
    """One thing that happened to a dossier at the agency."""

    event = serializers.ChoiceField(choices=EVENTS)
    occurred_at = MomentField(help_text=_("Thời điểm việc xảy ra tại cơ quan, có múi giờ."))
    reference = serializers.CharField(
        max_length=REFERENCE_LENGTH, help_text=_("Mã của sự kiện ở hệ thống nguồn; gửi lại cùng mã không làm gì thêm.")
    )
    reason = serializers.CharField(max_length=REASON_LENGTH, allow_blank=True, required=False, default="")
    official = OfficialSerializer(required=False)
    due_at = MomentField(required=False, allow_null=True, help_text=_("Ngày hẹn trả do cơ quan ấn định (accept)."))
    components = MissingComponentSerializer(many=True, required=False, max_length=200)  # type: ignore[call-arg]
    payments = PaymentSerializer(many=True, required=False, max_length=50)  # type: ignore[call-arg]
    amount_vnd = AmountField(min_value=1, max_value=MAX_AMOUNT_VND, required=False)
    legal_basis = serializers.CharField(
        max_length=LEGAL_BASIS_MAX_LENGTH,
        allow_blank=True,
        required=False,
        help_text=_("Căn cứ pháp lý, bắt buộc khi thu hồi hoặc thay thế kết quả (revoke_result, replace_result)."),
    )
    corrections = ResultFieldsField(
        child=serializers.CharField(max_length=2000, allow_blank=True),
        required=False,
        help_text=_("Chỗ sửa trên kết quả thay thế (replace_result): nội dung đúng theo tên mục của tờ khai."),
    )
    result = ResultSerializer(required=False, allow_null=True)


class DossierSummarySerializer(serializers.Serializer):
    """A dossier in a listing."""

    code = serializers.CharField()
    state = serializers.ChoiceField(choices=DossierState.choices)
    national_status = serializers.IntegerField(min_value=1, max_value=10)
    procedure_code = serializers.CharField()
    procedure_name = serializers.CharField()
    agency_code = serializers.CharField(source="agency.code")
    submitted_at = MomentField()
    due_at = MomentField(allow_null=True)
    updated_at = MomentField()


class EventOutSerializer(serializers.Serializer):
    """An event of a dossier as the portal keeps it."""

    sequence = serializers.IntegerField()
    name = serializers.CharField(help_text="dossier.accepted, dossier.supplement_requested, …")
    from_state = serializers.CharField(allow_blank=True)
    to_state = serializers.CharField(allow_blank=True, help_text=_("Trống khi sự kiện không đổi trạng thái."))
    occurred_at = MomentField()
    received_at = MomentField()
    reason = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment]  # a declared field of the body
    reference = serializers.CharField(source="source_reference", allow_blank=True)
    data = serializers.DictField()  # type: ignore[assignment]  # a declared field of the body


class JournalEventSerializer(EventOutSerializer):
    """An event in a system's journal: which dossier it is of, and its number there."""

    number = serializers.IntegerField(help_text=_("Số thứ tự trong nhật ký, chỉ tăng."))
    code = serializers.CharField(help_text=_("Mã hồ sơ."))
    agency_code = serializers.CharField()


class JournalPageSerializer(serializers.Serializer):
    """A page of a journal; the cursor goes on from there, also where there is nothing new yet."""

    next_cursor = serializers.CharField()
    has_more = serializers.BooleanField()
    results = JournalEventSerializer(many=True)


class StandingSerializer(serializers.Serializer):
    """Where the dossier stands after the event."""

    code = serializers.CharField()
    state = serializers.ChoiceField(choices=DossierState.choices)
    national_status = serializers.IntegerField(min_value=1, max_value=10)
    due_at = MomentField(allow_null=True)


class EventAnswerSerializer(serializers.Serializer):
    """The answer to a reported event."""

    created = serializers.BooleanField(help_text=_("false: sự kiện cùng mã đã được nhận trước đó."))
    dossier = StandingSerializer()
    event = EventOutSerializer()


class BatchedEventSerializer(EventSerializer):
    """An event of a batch: it names its dossier."""

    code = serializers.CharField(max_length=50, help_text=_("Mã hồ sơ."))


class EventBatchSerializer(serializers.Serializer):
    """Up to a thousand events; those of one dossier in the order in which they happened."""

    events = BatchedEventSerializer(many=True, min_length=1, max_length=MAX_BATCH)  # type: ignore[call-arg]


class ItemErrorSerializer(serializers.Serializer):
    """Why one event of a batch was not taken."""

    code = serializers.CharField(help_text="dossier.transition_not_allowed, …")
    detail = serializers.CharField()
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]


class BatchItemSerializer(serializers.Serializer):
    """What became of one event, in the order of the request."""

    code = serializers.CharField(allow_blank=True)
    reference = serializers.CharField(allow_blank=True)
    status = serializers.IntegerField(help_text=_("201 mới, 200 đã nhận trước đó, 4xx không nhận."))
    state = serializers.ChoiceField(choices=DossierState.choices, required=False)
    national_status = serializers.IntegerField(min_value=1, max_value=10, required=False)
    due_at = MomentField(allow_null=True, required=False)
    sequence = serializers.IntegerField(required=False)
    error = ItemErrorSerializer(required=False)


class EventBatchAnswerSerializer(serializers.Serializer):
    """The answer to a batch."""

    accepted = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BatchItemSerializer(many=True)


class ProblemSerializer(serializers.Serializer):
    """Problem details (RFC 9457) with a stable code and the fields at fault."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="dossier.transition_not_allowed, …")
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]
