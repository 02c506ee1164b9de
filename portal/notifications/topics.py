"""What messages are about (chủ đề), and how each channel carries a topic until a person says otherwise. Pure.

The inbox on the portal always has everything: what a person switches off is only what comes to her by other ways.
"""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.notifications.models import Channel

SUBJECT_SEPARATOR = " – "
"""Between a dossier's notice and the procedure it is about, which a text on a locked screen does not name."""


class Topic(models.TextChoices):
    """What a message is about."""

    ACTION = "action", _("Việc bạn phải làm: bổ sung giấy tờ, nộp phí, xem bản dự thảo")
    RESULT = "result", _("Kết quả: đã có, bị từ chối, dừng, thu hồi, hẹn lại ngày trả")
    MESSAGE = "message", _("Tin nhắn về hồ sơ")
    PROGRESS = "progress", _("Diễn biến khác của hồ sơ")
    WORK = "work", _("Việc của cán bộ: sắp hạn, trễ hạn, hoàn tiền")


class Mode(models.TextChoices):
    """When a channel carries a topic."""

    NOW = "now", _("Gửi ngay")
    DAILY = "daily", _("Gộp một thư mỗi ngày")
    OFF = "off", _("Không gửi")


OF_KIND: Mapping[str, Topic] = {
    "dossier.supplement_requested": Topic.ACTION,
    "dossier.supplement_reminder": Topic.ACTION,
    "dossier.payment_required": Topic.ACTION,
    "dossier.draft_sent": Topic.ACTION,
    "dossier.payment_reminder": Topic.ACTION,
    "bundle.needs_you": Topic.ACTION,
    "dossier.extended": Topic.RESULT,
    "dossier.supplement_lapsed": Topic.RESULT,
    "dossier.refused": Topic.RESULT,
    "dossier.withdrawn": Topic.RESULT,
    "dossier.stopped": Topic.RESULT,
    "dossier.result_ready": Topic.RESULT,
    "dossier.returned": Topic.RESULT,
    "dossier.result_replaced": Topic.RESULT,
    "dossier.result_revoked": Topic.RESULT,
    "dossier.message": Topic.MESSAGE,
    "document.expires_soon": Topic.ACTION,
    "document.digitised": Topic.RESULT,
}
"""Events by name; every other one is progress to a citizen and work to an official."""

MODES: Mapping[str, tuple[Mode, ...]] = {
    Channel.EMAIL: (Mode.NOW, Mode.DAILY, Mode.OFF),
    Channel.SMS: (Mode.NOW, Mode.OFF),
    Channel.ZALO: (Mode.NOW, Mode.OFF),
}
"""What each channel can do; a text message that gathers a day would be cut off."""

FIRST: Mapping[str, Mapping[Topic, Mode]] = {
    Channel.EMAIL: dict.fromkeys(Topic, Mode.NOW),
    Channel.SMS: {Topic.ACTION: Mode.NOW, Topic.RESULT: Mode.NOW},
    Channel.ZALO: {},
}
"""Before a person chooses: e-mail for all, SMS for what stops, puts off or ends a dossier, since it costs money."""


def of(kind: str, *, is_official: bool) -> Topic:
    """The topic of a kind of message."""
    return OF_KIND.get(kind) or (Topic.WORK if is_official else Topic.PROGRESS)


def offered(*, is_official: bool) -> tuple[Topic, ...]:
    """The topics a person may choose about."""
    return (Topic.WORK, Topic.MESSAGE) if is_official else (Topic.ACTION, Topic.RESULT, Topic.MESSAGE, Topic.PROGRESS)


def mode(chosen: Mapping[str, Mapping[str, str]], topic: Topic, channel: str) -> Mode:
    """How a channel carries a topic for a person who chose this; what cannot be read counts as not chosen."""
    said = (chosen.get(channel) or {}).get(topic.value)
    if said in MODES.get(channel, ()):
        return Mode(said)
    return FIRST.get(channel, {}).get(topic, Mode.OFF)
