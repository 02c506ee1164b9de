"""Two states of a sheet's facts as its editors tell them apart: everything that can be written, in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.agencies.models import AgencyLevel, Branch
from portal.core.language import is_english
from procedures import sheets
from procedures.comparison import MOST_LINES, Part
from procedures.facts import Facts
from procedures.models import ComponentKind, FeeKind, Place, ResultKind, ServiceLevel
from procedures.packs.reference import own_reference

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
}
"""What the keys of a pack are called on the page where they are written."""
_AS_READ: dict[str, Words] = {
    "name": gettext_lazy("Tên"),
    "decision": gettext_lazy("Quyết định"),
    "service_level": gettext_lazy("Làm trên mạng"),
    "service_level_reason": gettext_lazy("Làm trên mạng"),
    "results": gettext_lazy("Kết quả bạn nhận"),
}
"""Where the sheet that people read has another title for the part (procedures.comparison)."""
_LABELS: dict[str, Words] = {
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
_CHOICES: dict[str, Mapping[Any, Words]] = {
    "competent.routing.level": dict(AgencyLevel.choices),
    "competent.routing.branch": dict(Branch.choices),
    "competent.routing.place": dict(Place.choices),
    "service_level": dict(ServiceLevel.choices),
    "service_level_reason.kind": {
        "presence_required": gettext_lazy("Người dân phải có mặt"),
        "on_site_verification": gettext_lazy("Phải xác minh tại chỗ"),
        "technical_obstacle": gettext_lazy("Chưa đủ điều kiện kỹ thuật"),
        "technical_incident": gettext_lazy("Sự cố kỹ thuật"),
    },
    "fees.kind": dict(FeeKind.choices),
    "fees.channel": {
        "all": gettext_lazy("Mọi cách nộp"),
        "online": gettext_lazy("Trực tuyến"),
        "direct": gettext_lazy("Trực tiếp, bưu chính"),
    },
    "fees.decided_by": {
        "national": gettext_lazy("Trung ương"),
        "province": gettext_lazy("Hội đồng nhân dân cấp tỉnh"),
    },
    "fees.payable_on": {
        "filing": gettext_lazy("Khi nộp hồ sơ"),
        "acceptance": gettext_lazy("Khi được tiếp nhận"),
        "result": gettext_lazy("Khi nhận kết quả"),
    },
    "components.kind": dict(ComponentKind.choices),
    "results.kind": dict(ResultKind.choices),
}
_UNSAID: dict[str, Facts] = {
    "fees": {"default": False, "channel": "all", "payable_on": "filing"},
    "components": {"required": False},
    "results": {"default": False},
}
"""What a row means that does not say it."""
_TOLD = frozenset(
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


class _Leaf(NamedTuple):
    """One thing that is said: where, in which row, and what."""

    place: str
    row: str
    text: str
    line: str
    is_told: bool

    @property
    def same(self) -> tuple[str, str, str]:
        """Equal for what says the same of the same, whatever the row is called."""
        return self.place, self.row, self.text


def between(before: Facts, after: Facts, *, beside_sheet: bool = False) -> list[Part]:
    """What differs, part by part, each line with the row and the control it is of; order alone is no difference.

    ``beside_sheet``: only what a comparison of the two sheets as people read them leaves out.
    """
    found = []
    for key in dict.fromkeys([*before, *after]):
        if key in {"code", "origin"}:  # no draft changes them
            continue
        old, new = list(_leaves(key, before.get(key))), list(_leaves(key, after.get(key)))
        gone, came = _without(old, new, beside_sheet=beside_sheet), _without(new, old, beside_sheet=beside_sheet)
        if gone or came:
            found.append(Part(str(_AS_READ.get(key, PLACES.get(key, key))), gone, came))
    return merged(found)


def merged(parts: list[Part]) -> list[Part]:
    """Parts of one title as one, no longer than may be written out."""
    made: dict[str, Part] = {}
    for part in parts:
        one = made.setdefault(part.title, Part(part.title))
        one.gone += part.gone
        one.new += part.new
        one.more += part.more
    for one in made.values():
        one.more += max(0, len(one.gone) - MOST_LINES) + max(0, len(one.new) - MOST_LINES)
        del one.gone[MOST_LINES:], one.new[MOST_LINES:]
    return list(made.values())


def differing(before: Facts, after: Facts) -> list[str]:
    """The parts that are not the same, by name, however little it is."""
    keys = [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
    return list(dict.fromkeys(str(PLACES.get(key, key)) for key in keys))


def _without(some: list[_Leaf], others: list[_Leaf], *, beside_sheet: bool) -> list[str]:
    left = Counter(leaf.same for leaf in some) - Counter(leaf.same for leaf in others)
    lines = []
    for leaf in some:
        if left[leaf.same]:
            left[leaf.same] -= 1
            if not (beside_sheet and leaf.is_told):
                lines.append(leaf.line)
    return lines


def _leaves(place: str, said: Any, row: str = "", name: str = "", *, is_told: bool = True) -> Iterator[_Leaf]:
    if isinstance(said, Mapping):
        if isinstance(said.get("key"), str):
            said = _UNSAID.get(place, {}) | dict(said)
            row, name = f"{row}/{said['key']}", str((said.get("name") or {}).get("vi") or said["key"])
            is_told = not (place == "results" and said.get("kind") == ResultKind.REFUSAL)  # not on the sheet
        for key, inner in said.items():
            if key == "key":  # tells rows apart, and is told of none
                continue
            yield from _leaves(f"{place}.{key}", inner, row, name, is_told=is_told)
    elif isinstance(said, list) and any(isinstance(each, Mapping) for each in said):
        for each in said:
            yield from _leaves(place, each, row, name, is_told=is_told)
    elif said not in (None, "", []):
        text = _words(place, said)
        is_other_language = is_english() and place.endswith((".vi", ".en"))  # which of them is read depends on both
        line = " · ".join(filter(None, [name, f"{_label(place)}: {text}"]))
        yield _Leaf(place, row, text, line, is_told and place in _TOLD and not is_other_language)


def _label(place: str) -> str:
    top, _dot, rest = place.partition(".")
    known = _LABELS.get(place) or (
        PLACES.get(top) if rest in {"", "vi", "value", "text.vi", "name.vi", "date"} else None
    )
    return str(known or f"{PLACES.get(top, top)} ({rest or top})")


def _words(place: str, said: Any) -> str:
    if isinstance(said, bool):
        return _("Có") if said else _("Không")
    if isinstance(said, list):
        return ", ".join(_words(place, each) for each in said)
    if place == "channels":
        return sheets.channel_words(str(said))
    if place == "applicants":
        return str((own_reference().applicant_types.get(said) or {"name": {"vi": said}})["name"]["vi"])
    return str(_CHOICES.get(place, {}).get(said, said))
