"""The words of each form of letter in the language of papers (nội dung mẫu văn bản): what they may name, and must.

The language is that of result templates (datastore.results.paper_language): lines of text with named values, conditions
and lists, and nothing that runs. A list is drawn as the release draws it; which one stands where is the editor's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from datastore.results import composing, paper_language
from datastore.results.paper_language import Added, Branch, Node, Piece, Slot, Table, TemplateError, Words
from dossiers import letter_duties
from dossiers.models import LetterKind
from dossiers.models.letter_forms import FORMS
from portal.core.moments import vn_datetime
from portal.core.money import format_vnd

FOLDER = Path(__file__).with_name("letter_words")

VALUES: Mapping[str, Promise] = {
    "ma_ho_so": _("mã hồ sơ"),
    "thu_tuc": _("tên thủ tục"),
    "ma_thu_tuc": _("mã thủ tục"),
    "nguoi_nop": _("họ tên người nộp"),
    "xung_ho": _("ông, bà hoặc ông/bà"),
    "co_quan": _("cơ quan giải quyết"),
    "luc": _("lúc làm bước này"),
    "nguoi_lam": _("người làm bước này"),
}
"""What every letter can say."""

OF_KIND: Mapping[str, Mapping[str, Promise]] = {
    LetterKind.SUBMISSION: {"nop_luc": _("lúc nộp"), "ma_kiem_tra": _("mã kiểm tra nội dung kê khai")},
    LetterKind.RECEIPT: {
        "cach_nop": _("cách nộp"),
        "quay": _("quầy đã nhận, khi nộp tại quầy"),
        "thoi_han": _("thời hạn giải quyết"),
        "hen_tra": _("lúc hẹn trả"),
        "noi_tra": _("nơi trả kết quả"),
    },
    LetterKind.SUPPLEMENT: {
        "ly_do": _("lý do cán bộ ghi"),
        "chi_hoi": _("có, khi chỉ hỏi mà không yêu cầu giấy tờ"),
        "can_cu": _("căn cứ yêu cầu lần nữa"),
        "han_tra_loi": _("hạn trả lời"),
        "thoi_gian": _("thời hạn giải quyết tính thế nào"),
        "im_lang": _("không trả lời thì sao"),
    },
    LetterKind.REFUSAL: {"ly_do": _("lý do cán bộ ghi")},
    LetterKind.EXTENSION: {
        "ly_do": _("lý do cán bộ ghi"),
        "tre": _("có, khi ngày hẹn đã qua lúc gửi"),
        "hen_cu": _("lúc đã hẹn"),
        "hen_moi": _("lúc hẹn lại"),
    },
    LetterKind.STOP: {"ly_do": _("lý do cán bộ ghi")},
}
LISTS: Mapping[str, tuple[tuple[str, ...], Promise]] = {
    "giay_to": (("ten", "dung_luong"), _("giấy tờ đã nộp")),
    "khoan_thu": (("ten", "so_tien"), _("phí, lệ phí")),
    "muc_yeu_cau": (("ten", "yeu_cau"), _("những gì cần bổ sung, kèm ảnh")),
    "ke_khai": (("muc", "tra_loi"), _("nội dung đã kê khai")),
}
"""Lists by name: their columns, and what they hold."""
LISTS_OF: Mapping[str, tuple[str, ...]] = {
    LetterKind.SUBMISSION: ("giay_to", "khoan_thu", "ke_khai"),
    LetterKind.RECEIPT: ("giay_to", "khoan_thu"),
    LetterKind.SUPPLEMENT: ("muc_yeu_cau",),
}
MUST: Mapping[str, tuple[str, ...]] = {
    LetterKind.SUBMISSION: ("ma_kiem_tra", "giay_to"),
    LetterKind.RECEIPT: ("luc", "hen_tra", "giay_to"),
    LetterKind.SUPPLEMENT: ("ly_do", "muc_yeu_cau", "han_tra_loi"),
    LetterKind.REFUSAL: ("ly_do",),
    LetterKind.EXTENSION: ("ly_do", "hen_cu", "hen_moi"),
    LetterKind.STOP: ("ly_do",),
}
"""Without what a form would not do what it is for (our reading, docs/assumptions.md): no edition leaves it out."""

FAULTS = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What words that cannot be used end in: TemplateError, and what a name or shape of another release may run into.

Not what passes: memory, the task's time, the database. Then the letter is tried again with the same words."""


def kind_of(form: str) -> str:
    """The kind of letter that a form is for: a branch's form stands for a one-stop form."""
    return FORMS[form].kind if form in FORMS else form


def values_of(form: str) -> dict[str, Promise]:
    """What a form's words may name, with what it is."""
    return {**VALUES, **OF_KIND[kind_of(form)]}


def lists_of(form: str) -> dict[str, tuple[tuple[str, ...], Promise]]:
    """The lists that a form may have."""
    return {name: LISTS[name] for name in LISTS_OF.get(kind_of(form), ())}


def of_release(form: str) -> str:
    """Version 0: the words that this release has for a form."""
    return (FOLDER / f"{form}.txt").read_text(encoding="utf-8")


def read(form: str, body: str) -> paper_language.Paper:
    """Read the words of a form; raises TemplateError naming each line that cannot be used, and what is left out."""
    paper = paper_language.read(body)
    if problems := [*_unusable(form, paper), *left_out(form, paper)]:
        raise TemplateError(problems)
    return paper


def read_saved(form: str, body: str) -> paper_language.Paper:
    """Read words that were saved; raises TemplateError for what cannot be drawn.

    What a form must say is asked when words are saved: a duty that a later release adds takes none back that are in
    force (`left_out` names it to the editor).
    """
    paper = paper_language.read(body)
    if problems := list(_unusable(form, paper)):
        raise TemplateError(problems)
    return paper


def _unusable(form: str, paper: paper_language.Paper) -> Iterator[str]:
    yield from _problems(form, paper.nodes)
    if paper.holder or paper.when or paper.scope or not paper.has_receivers:
        yield _now("Văn bản không dùng dòng “@ …”. Hãy bỏ dòng đó.")


def _problems(form: str, nodes: tuple[Node, ...]) -> Iterator[str]:
    known, lists = values_of(form), lists_of(form)
    for node in nodes:
        if isinstance(node, Branch):
            if node.condition.key not in known and node.condition.key not in lists:
                yield _unknown(node.condition.line, node.condition.key, [*known, *lists])
            yield from _problems(form, node.nodes)
        elif isinstance(node, Added):
            yield _now("Văn bản không có “[nội dung thêm]”. Hãy bỏ dòng đó.")
        elif isinstance(node, Table):
            if node.key not in lists:
                yield _unknown(node.line, node.key, list(lists))
            elif node.columns != lists[node.key][0]:
                columns = ", ".join(lists[node.key][0])
                words = _now("Dòng %(line)d: hãy viết [bảng %(name)s: %(columns)s].")
                yield words % {"line": node.line, "name": node.key, "columns": columns}
        elif isinstance(node, Words) and node.kind in {"title", "subtitle"}:
            yield _now("Tên văn bản do mẫu đặt. Hãy bỏ dòng “= …” hoặc “: …”.")
        for slot in _slots_of(node):
            for key in {key for keys in slot.keys for key in keys if key not in known}:
                yield _unknown(slot.line, key, list(known))


def _unknown(line: int, name: str, known: list[str]) -> str:
    words = _now("Dòng %(line)d: mẫu này không có “%(name)s”. Dùng được: %(known)s.")
    return words % {"line": line, "name": name, "known": ", ".join(known)}


def _slots_of(node: Node) -> Iterator[Slot]:
    for text in letter_duties.texts_of(node):
        for part in text:
            inside = part.parts if isinstance(part, Piece) else (part,)
            yield from (each for each in inside if isinstance(each, Slot))


def left_out(form: str, paper: paper_language.Paper) -> Iterator[str]:
    """What a form must say and these words do not, or not in every letter."""
    printed = list(letter_duties.printed(paper.nodes))
    for name in MUST[kind_of(form)]:
        said = f"[bảng {name}: {', '.join(LISTS[name][0])}]" if name in LISTS else f"{{{{ {name} }}}}"
        what = LISTS[name][1] if name in LISTS else values_of(form)[name]
        if not any(each.name == name for each in printed):
            yield _now("Mẫu này phải có %(name)s (%(what)s).") % {"name": said, "what": what}
        elif not letter_duties.is_always_said(name, printed):
            words = _now(
                "Mẫu này phải luôn in %(name)s (%(what)s). Hãy viết riêng, không kèm “hoặc”, dấu phẩy hay “| nam”, và "
                "để ngoài phần [nếu …] và [[ … ]]; hoặc viết cả trong phần [nếu …] lẫn phần [nếu không …]."
            )
            yield words % {"name": said, "what": what}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a letter as it is drawn: words, a heading, facts one below the other, or a list by its name."""

    kind: str
    text: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)


def compose(form: str, body: str, told: Mapping[str, Any]) -> list[Part]:
    """The parts of a letter, from its words and what its page tells (dossiers.letters.context).

    Raises TemplateError for words that cannot be used, as of another release that had other names, or one of FAULTS.
    """
    fees = _fees(form, told)
    lists = {
        "giay_to": bool(told["components"]),
        "khoan_thu": bool(fees),
        "muc_yeu_cau": bool(told["asked_items"]),
        "ke_khai": bool(told["sections"]),
    }
    values = composing.Values(
        texts=_texts_of(told),
        tables={name: [dict.fromkeys(LISTS[name][0], name)] for name, has_rows in lists.items() if has_rows},
        labels={name: name for name in lists},
    )
    parts: list[Part] = []
    for block in composing.compose(read_saved(form, body), values).blocks:
        facts = fees if block.kind == "table" and block.text == "khoan_thu" else list(block.cells)
        if facts and parts and parts[-1].kind == "facts":
            parts[-1].facts.extend(facts)
        elif facts:
            parts.append(Part("facts", facts=list(facts)))
        elif block.kind == "table":
            parts.append(Part(block.text))
        else:
            parts.append(Part(block.kind, block.text))
    return parts


NOT_YET_OWED = "chưa phải nộp, cơ quan gửi yêu cầu khi đến lúc nộp"
PAID_AHEAD = "đã nộp trước trên Cổng, giữ đến khi cơ quan thu"


def _fees(form: str, told: Mapping[str, Any]) -> list[tuple[str, str]]:
    is_asked_only = kind_of(form) == LetterKind.SUBMISSION
    rows = [
        (
            owed.description,
            format_vnd(owed.amount_vnd)
            if is_asked_only
            else f"{format_vnd(owed.amount_vnd)}, {owed.get_state_display().lower()}",
        )
        for owed in told["obligations"]
    ]
    for line in told["fees_to_come"]:
        amount = "Cơ quan thông báo mức thu" if line.amount_vnd is None else format_vnd(line.amount_vnd)
        is_held = bool(line.charge) and line.charge in told["paid_ahead"]
        rows.append((line.description, f"{amount}; {PAID_AHEAD if is_held else NOT_YET_OWED}"))
    return rows


def _texts_of(told: Mapping[str, Any]) -> dict[str, str]:
    dossier, event, asked = told["dossier"], told["event"], told["supplement_request"]
    appointed = vn_datetime(told["appointed_at"])
    return {
        "ma_ho_so": dossier.code or "",
        "thu_tuc": dossier.procedure_name,
        "ma_thu_tuc": dossier.procedure_code,
        "nguoi_nop": dossier.applicant_name,
        "xung_ho": told["courtesy"],
        "co_quan": told["agency_name"],
        "luc": vn_datetime(event.occurred_at),
        "nguoi_lam": event.actor_name or "Hệ thống của cơ quan",
        "nop_luc": vn_datetime(dossier.submitted_at),
        "ma_kiem_tra": dossier.answers_sha256,
        "cach_nop": dossier.get_channel_display().lower(),
        "quay": told["counter_agency"].name if told["counter_agency"] else "",
        "thoi_han": told["processing_time"],
        "hen_tra": appointed or "Không quy định",
        "noi_tra": told["return_place"],
        "ly_do": event.reason,
        "chi_hoi": "có" if asked is not None and asked.wanted == "words" else "",
        "can_cu": event.data.get("legal_basis", ""),
        "han_tra_loi": vn_datetime(asked.answer_due_at) if asked is not None else "",
        "thoi_gian": told["time_words"],
        "im_lang": told["silence_words"],
        "tre": "có" if told["is_late"] else "",
        "hen_cu": vn_datetime(told["first_due_at"]),
        "hen_moi": vn_datetime(told["new_due_at"]),
    }
