"""Reading an e-form from its JSON: strict, with messages that name the place and the cure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from procedures.eforms.definition import (
    COMPOSITE_TYPES,
    COMPUTATIONS,
    DETAILS,
    KEY,
    LARGEST_REPEAT,
    LEAF_TYPES,
    MESSAGES,
    NEEDED,
    REPEAT,
    TEXT_LIMITS,
    Choice,
    Computation,
    DefinitionError,
    Field,
    Form,
    Group,
    Page,
    WithoutGap,
    Words,
)
from procedures.eforms.parts import FIXED_PARTS, OLD_UNIT, address_parts

_FIELD_KEYS = frozenset(
    {
        "key", "label", "type", "help", "required", "required_if", "visible_if", "prefill", "prefill_if", "locked",
        "default", "max_length", "pattern", "pattern_help", "min", "max", "not_before", "before", "choices",
        "fields", "min_items", "max_items", "only", "compute", "signer", "routing", "with_old_unit", "detail",
        "messages", "document_type", "same_as", "same_as_label", "in_place_of_filing", "exactly_one", "without_gap",
    }
)  # fmt: skip


class _Reader:
    def __init__(self, lists: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
        self.lists = lists

    def field(self, data: Mapping[str, Any], place: str, *, inside: str = "") -> Field:
        if not isinstance(data, Mapping):
            raise DefinitionError(place, _("Câu hỏi cần có mã, tên và loại (key, label, type)."))
        key = data.get("key")
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise DefinitionError(
                place, _("Mã câu hỏi chỉ gồm chữ thường không dấu, chữ số và dấu gạch dưới, nhiều nhất 50 ký tự.")
            )
        place = f"{place}.{key}"
        if unknown := sorted(set(data) - _FIELD_KEYS):
            raise DefinitionError(
                place, _("Không có thuộc tính %(name)s. Hãy bỏ nó hoặc sửa lại tên."), name=repr(unknown[0])
            )
        kind = data.get("type")
        if kind not in LEAF_TYPES | COMPOSITE_TYPES | {REPEAT}:
            raise DefinitionError(
                place, _("Không có loại câu hỏi %(kind)s. Hãy chọn một loại trong danh sách."), kind=repr(kind)
            )
        if kind == REPEAT and inside == REPEAT:
            raise DefinitionError(place, _("Nhóm lặp không được chứa nhóm lặp khác. Hãy đưa nhóm bên trong ra ngoài."))
        if kind == "file" and inside:
            raise DefinitionError(place, _("Tệp phải là một câu hỏi riêng. Hãy đưa nó ra khỏi nhóm."))
        if kind == "commune":
            raise DefinitionError(place, _("Xã, phường được chọn sau tỉnh. Hãy dùng loại “Tỉnh rồi xã, phường”."))
        label = Words.read(data.get("label"), f"{place}.label")
        if not label:
            raise DefinitionError(place, _("Câu hỏi chưa có tên. Hãy viết câu hỏi."))
        _check_shapes(data, place)
        if "in_place_of_filing" in data and (inside or kind != "address" or data["in_place_of_filing"] is not True):
            raise DefinitionError(
                f"{place}.in_place_of_filing", _("Chỉ ghi true, cho một địa chỉ không nằm trong câu hỏi khác.")
            )
        if inside and {"exactly_one", "without_gap"} & set(data):
            raise DefinitionError(
                place, _("`exactly_one` và `without_gap` ghi ở nhóm lặp, không ghi ở cột. Hãy chuyển ra nhóm.")
            )
        return Field(
            key=key,
            label=label,
            type=kind,
            help=Words.read(data.get("help"), f"{place}.help"),
            required=bool(data.get("required", False)),
            required_if=data.get("required_if"),
            visible_if=data.get("visible_if"),
            prefill=data.get("prefill", ""),
            prefill_if=data.get("prefill_if"),
            locked=bool(data.get("locked", False)),
            default=data.get("default"),
            max_length=data.get("max_length") or TEXT_LIMITS.get(kind),
            pattern=self.pattern(data.get("pattern", ""), place),
            pattern_help=Words.read(data.get("pattern_help"), f"{place}.pattern_help"),
            min=data.get("min"),
            max=data.get("max"),
            not_before=data.get("not_before", ""),
            before=data.get("before", ""),
            choices=self.choices(data.get("choices"), place) if kind in {"choice", "multi_choice"} else (),
            fields=self.parts(kind, data, place),
            min_items=data.get("min_items") or 0,
            max_items=min(data.get("max_items") or LARGEST_REPEAT, LARGEST_REPEAT),
            compute=self.computation(data.get("compute"), place) if kind == "computed" else None,
            signer=Words.read(data.get("signer"), f"{place}.signer"),
            routing=data.get("routing"),
            with_old_unit=bool(data.get("with_old_unit", False)),
            detail=data.get("detail", NEEDED),
            same_as=data.get("same_as", ""),
            same_as_label=Words.read(data.get("same_as_label"), f"{place}.same_as_label"),
            in_place_of_filing=data.get("in_place_of_filing", False),
            exactly_one=data.get("exactly_one", ""),
            without_gap=_without_gap(data.get("without_gap"), f"{place}.without_gap"),
            has_own_limit="max_items" in data,
            messages=self.messages(data.get("messages"), f"{place}.messages"),
            document_type=data.get("document_type", ""),
        )

    def messages(self, data: Any, place: str) -> dict[str, Words]:
        if data is None:
            return {}
        if not isinstance(data, Mapping) or set(data) - MESSAGES:
            raise DefinitionError(place, _("Lời báo riêng chỉ ghi cho: %(known)s."), known=", ".join(sorted(MESSAGES)))
        return {about: Words.read(words, f"{place}.{about}") for about, words in data.items()}

    def pattern(self, pattern: Any, place: str) -> str:
        if not isinstance(pattern, str):
            raise DefinitionError(place, _("Mẫu phải là biểu thức chính quy viết thành chữ. Hãy sửa lại mẫu."))
        try:
            re.compile(pattern)
        except re.error as error:
            raise DefinitionError(
                place,
                _("Mẫu không phải biểu thức chính quy, sai ở ký tự thứ %(at)s. Hãy sửa lại mẫu, hoặc để trống."),
                at=str((error.pos or 0) + 1),
            ) from None
        return pattern

    def choices(self, name: Any, place: str) -> tuple[Choice, ...]:
        items = self.lists.get(name) if isinstance(name, str) else None
        if not items:
            raise DefinitionError(
                place, _("Danh sách lựa chọn %(name)s không có hoặc trống. Hãy ghi các lựa chọn."), name=repr(name)
            )
        return tuple(Choice(str(item["value"]), Words(item["vi"], item.get("en", ""))) for item in items)

    def parts(self, kind: str, data: Mapping[str, Any], place: str) -> tuple[Field, ...]:
        if kind == "address":
            parts = address_parts(data.get("detail", NEEDED))
            return (*parts, OLD_UNIT) if data.get("with_old_unit") else parts
        if kind in FIXED_PARTS:
            return FIXED_PARTS[kind]
        if kind not in {REPEAT, "person"}:
            return ()
        fields = data.get("fields")
        if not isinstance(fields, Sequence) or not fields:
            raise DefinitionError(
                place, _("Loại %(kind)s cần danh sách các phần trong `fields`. Hãy thêm ít nhất một phần."), kind=kind
            )
        parts = tuple(self.field(item, place, inside=kind) for item in fields)
        once(parts, place)
        return parts

    def computation(self, data: Any, place: str) -> Computation:
        if (
            not isinstance(data, Mapping)
            or data.get("function") not in COMPUTATIONS
            or not isinstance(data.get("of"), str)
        ):
            raise DefinitionError(
                place,
                _("Cách tính cần một hàm (%(known)s) và câu hỏi được tính, ghi ở `of`."),
                known=", ".join(sorted(COMPUTATIONS)),
            )
        return Computation(data["function"], data["of"], int(data.get("percent", 0)))

    def group(self, data: Mapping[str, Any], place: str) -> Group:
        key = data.get("key")
        if not isinstance(key, str) or not key:
            raise DefinitionError(place, _("Mục chưa có mã. Hãy ghi mã cho mục."))
        place = f"{place}.{key}"
        fields = tuple(self.field(item, place) for item in data.get("fields") or ())
        return Group(key, Words.read(data.get("title"), f"{place}.title"), fields, data.get("visible_if"))

    def page(self, data: Mapping[str, Any], position: int) -> Page:
        key = data.get("key")
        if not isinstance(key, str) or not re.fullmatch(r"[a-z][a-z0-9_-]{0,49}", key):
            raise DefinitionError(
                f"form.pages[{position}]", _("Trang cần mã gồm chữ thường không dấu, ví dụ `tre_em`.")
            )
        place = f"form.{key}"
        groups = tuple(self.group(item, place) for item in data.get("groups") or ())
        if not any(group.fields for group in groups):
            raise DefinitionError(place, _("Trang chưa có câu hỏi. Hãy thêm một câu hỏi hoặc bỏ trang."))
        title = Words.read(data.get("title"), f"{place}.title")
        if not title:
            raise DefinitionError(place, _("Trang chưa có tiêu đề. Hãy viết tiêu đề."))
        made = Page(key, title, groups, Words.read(data.get("intro"), f"{place}.intro"), position)
        _check_same(made, place)
        return made


def _without_gap(data: Any, place: str) -> WithoutGap | None:
    if data is None:
        return None
    if not isinstance(data, Mapping) or set(data) != {"from", "to", "since_age", "born"}:
        raise DefinitionError(place, _("Hãy viết đủ {from: …, to: …, since_age: …, born: […]}."))
    born, age = data["born"], data["since_age"]
    if not isinstance(born, list) or not born or isinstance(age, bool) or not isinstance(age, int) or age < 0:
        raise DefinitionError(place, _("`since_age` là số tuổi, `born` là danh sách câu hỏi ngày sinh. Hãy sửa lại."))
    return WithoutGap(str(data["from"]), str(data["to"]), age, tuple(str(key) for key in born))


def _check_shapes(data: Mapping[str, Any], place: str) -> None:
    """Raise DefinitionError where a figure or a text is something else: a citizen's answer is held against it."""
    for name in ("max_length", "min_items", "max_items"):
        value = data.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise DefinitionError(f"{place}.{name}", _("Phải là số nguyên, không có dấu nháy. Hãy ghi lại số."))
    if "detail" in data and (data.get("type") != "address" or data["detail"] not in DETAILS):
        raise DefinitionError(
            f"{place}.detail", _("Chỉ ghi cho địa chỉ, một trong: %(known)s."), known=", ".join(sorted(DETAILS))
        )
    if data.get("prefill_if") is not None and not data.get("prefill"):
        raise DefinitionError(
            f"{place}.prefill_if", _("Có điều kiện điền sẵn mà chưa có nguồn. Hãy ghi nguồn ở ô “Điền sẵn từ”.")
        )
    for name in ("prefill", "not_before", "before", "document_type", "same_as", "exactly_one"):
        if not isinstance(data.get(name, ""), str):
            raise DefinitionError(f"{place}.{name}", _("Phải là chữ. Trong JSON hãy đặt trong dấu nháy."))


def _check_same(page: Page, place: str) -> None:
    """Raise DefinitionError where an address is to be taken over from what does not stand on its page."""
    addresses = {field.key for field in page.fields() if field.type == "address"}
    for field in page.fields():
        if field.same_as and not (field.key in addresses and field.same_as in addresses - {field.key}):
            raise DefinitionError(f"{place}.{field.key}.same_as", _("Hãy ghi mã một địa chỉ khác trên cùng trang."))
        if bool(field.same_as) != bool(field.same_as_label):
            raise DefinitionError(
                f"{place}.{field.key}.same_as_label",
                _("`same_as` và chữ trên nút (`same_as_label`) phải đi cùng nhau. Hãy ghi cả hai hoặc bỏ cả hai."),
            )


def once(fields: Sequence[Field], place: str) -> None:
    """Raise DefinitionError when two fields share a key."""
    seen: set[str] = set()
    for field in fields:
        if field.key in seen:
            raise DefinitionError(
                place, _("Mã %(name)s dùng hai lần. Hãy đổi mã của một câu hỏi."), name=repr(field.key)
            )
        seen.add(field.key)


def read_lists(data: Any, place: str = "form.lists") -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The value lists of a form that stands alone, checked. Raises DefinitionError with the first that is none."""
    if not isinstance(data or {}, Mapping):
        raise DefinitionError(
            place, _("Các danh sách lựa chọn viết chưa đúng. Hãy viết {tên: [{value: …, vi: …, en: …}, …]}.")
        )
    for name, items in (data or {}).items():
        if not isinstance(items, list):
            if isinstance(items, Mapping):
                raise DefinitionError(
                    f"{place}.{name}",
                    _("Danh sách lựa chọn phải là các dòng {value, vi, en}. Hãy bỏ phần {title, items} bọc ngoài."),
                )
            raise DefinitionError(
                f"{place}.{name}", _("Danh sách lựa chọn phải là các dòng {value, vi, en}. Hãy viết lại.")
            )
        for number, item in enumerate(items):
            if not _is_choice(item):
                raise DefinitionError(
                    f"{place}.{name}[{number}]",
                    _("Mỗi lựa chọn cần mã và tiếng Việt, viết thành chữ: {value: …, vi: …, en: …}."),
                )
    return data or {}


def _is_choice(item: Any) -> bool:
    return (
        isinstance(item, Mapping)
        and isinstance(item.get("value"), str | int)
        and isinstance(item.get("vi"), str)
        and isinstance(item.get("en", ""), str)
    )


def read_form(data: Mapping[str, Any]) -> Form:
    """Read an e-form from its JSON. Raises DefinitionError that names the place and the cure."""
    pages = data.get("pages")
    if not isinstance(pages, Sequence) or not pages:
        raise DefinitionError("form", _("Biểu mẫu chưa có trang nào. Hãy thêm một trang."))
    reader = _Reader(read_lists(data.get("lists")))
    form = Form(tuple(reader.page(page, position) for position, page in enumerate(pages)))
    once(list(form.fields()), "form")
    if len({page.key for page in form.pages}) != len(form.pages):
        raise DefinitionError("form", _("Hai trang có cùng mã. Hãy đổi mã của một trang."))
    return form
