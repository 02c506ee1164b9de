"""The form of a supplement request (phiếu yêu cầu bổ sung): papers, answers to put right, or a question, at once."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from datastore import marking
from dossiers import answer_corrections, component_checks, picture_files, supplement_requests
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.request_pictures import Mark
from dossiers.services import Defect
from portal.backoffice.forms import TOO_LONG, StepForm, reason_field
from portal.core.masking import hide_numbers
from portal.core.text import nfc
from procedures import eforms

PICTURES, BOXES = "pictures_", "box_"
"""How the controls of pictures, and of what was drawn on papers, are named before the name of the words they show."""
OTHER_PAPERS = 3
"""How many papers may be named that no list has."""
Pair = tuple[forms.BoundField, forms.BoundField]
Shown = tuple[forms.BoundField, forms.BoundField, forms.BoundField]
"""Check or name, words, and the boxes drawn on papers; the control of its pictures is named after the words."""
Asked = tuple[Defect, str]
"""What is asked for, and the control in which its words are typed."""


class SupplementForm(StepForm):
    """Everything that is missing, at once: a check per paper and per answer, and what is wrong with it."""

    group_template = "backoffice/_form_defects.html"
    most_pictures, least_side = picture_files.MOST, marking.LEAST
    takes_files = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.boxes: dict[str, list[Mark]] = {}
        self._ask_for_components()
        self._ask_for_others()
        self._ask_for_answers()
        self._ask_for_boxes()
        self.fields["is_question"] = forms.BooleanField(
            label=_("Chỉ hỏi, trả lời bằng lời là đủ: không cần thêm giấy tờ"), required=False
        )
        self.fields["reason"] = reason_field(
            _("Lý do chung"),
            _(
                "In trên phiếu yêu cầu (mẫu 02), trước danh sách; bỏ trống được khi từng mục đã có lời. "
                "Câu hỏi cho người nộp cũng ghi ở đây."
            ),
            required=False,
            rows=3,
        )
        # while she waits for the answer it is a second press of the same request, which needs no ground
        is_waiting = self.dossier.state == DossierState.AWAITING_SUPPLEMENT
        self.asks_again = not is_waiting and supplement_requests.needs_ground(self.dossier)
        if self.asks_again:
            self.fields["legal_basis"] = forms.CharField(
                label=_("Căn cứ cho phép yêu cầu lần nữa"),
                help_text=_("Điều khoản của luật chuyên ngành; in trên phiếu yêu cầu (mẫu 02)."),
                max_length=300,
                error_messages={
                    "required": _("Hồ sơ đã có lần yêu cầu bổ sung. Hãy ghi điều khoản cho phép yêu cầu lần nữa."),
                    "max_length": TOO_LONG,
                },
            )

    def _ask_for_components(self) -> None:
        self.items = _component_names(self.dossier)
        wrong = component_checks.wrong_ones(self.dossier)
        for at, (code, name) in enumerate(self.items):
            self.fields[f"check_{at}"] = forms.BooleanField(label=name, required=False, initial=code in wrong)
            text = _defect_text(_now("Cần sửa hoặc bổ sung gì: %(name)s") % {"name": name})
            text.initial = wrong.get(code, "")
            self.fields[f"text_{at}"] = text

    def _ask_for_others(self) -> None:
        for at in range(OTHER_PAPERS):
            label = _now("Giấy tờ khác cần thêm") if self.items else _now("Giấy tờ cần bổ sung")
            if at:
                label = _now("Giấy tờ thêm nữa, thứ %(number)d") % {"number": at + 1}
            self.fields[f"other_name_{at}"] = forms.CharField(label=label, max_length=300, required=False)
            self.fields[f"other_text_{at}"] = _defect_text(
                _now("Yêu cầu với giấy tờ thứ %(number)d") % {"number": at + 1} if at else _("Yêu cầu với giấy tờ này")
            )

    def _ask_for_answers(self) -> None:
        self.sections = answer_corrections.markable(self.dossier)
        self.answers = [row for section in self.sections for row in section.rows]
        for row in self.answers:
            said = hide_numbers(row.value) or _now("(để trống)")
            self.fields[f"mark_{row.key}"] = forms.BooleanField(label=f"{row.label}: {said}", required=False)
            wrong = _now("Sai hoặc thiếu gì: %(name)s") % {"name": row.label}
            self.fields[f"wrong_{row.key}"] = _defect_text(wrong)

    def _ask_for_boxes(self) -> None:
        """Beside all words that say what is wrong, what was drawn on a paper (dossiers.request_pictures)."""
        for name in [name for name in self.fields if name.startswith(("text_", "other_text_", "wrong_"))]:
            self.fields[f"{BOXES}{name}"] = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)

    def grouped_names(self) -> frozenset[str]:
        """All but the reason and the ground of a further request."""
        return frozenset(self.fields) - {"reason", "legal_basis"}

    def groups(self) -> list[Shown]:
        """Check, text and boxes of each component."""
        return [self._shown(f"check_{at}", f"text_{at}") for at in range(len(self.items))]

    def first_other(self) -> Shown:
        """Name, text and boxes of a paper that no list has."""
        return self._shown("other_name_0", "other_text_0")

    def more_others(self) -> list[Shown]:
        """The same for further ones."""
        return [self._shown(f"other_name_{at}", f"other_text_{at}") for at in range(1, OTHER_PAPERS)]

    def has_more_others(self) -> bool:
        """Whether a further one was named, so that it stays in sight."""
        return any(name.value() or text.value() for name, text, _boxes in self.more_others())

    def marks(self) -> list[tuple[str, list[Shown]]]:
        """Check, text and boxes of each answer, under the headings of the form."""
        return [
            (section.title, [self._shown(f"mark_{row.key}", f"wrong_{row.key}") for row in section.rows])
            for section in self.sections
        ]

    def _shown(self, check: str, text: str) -> Shown:
        return self[check], self[text], self[f"{BOXES}{text}"]

    def has_marks(self) -> bool:
        """Whether an answer is marked, so that the marks stay in sight."""
        return any(self[f"mark_{row.key}"].value() or self[f"wrong_{row.key}"].value() for row in self.answers)

    def clean(self) -> dict[str, Any]:
        """At least one thing is asked for, and each paper with words that help."""
        data = super().clean() or {}
        self._asked = [*self._components(data), *self._others(data), *self._marked_answers(data)]
        self.defects = [defect for defect, _name in self._asked]
        self._refuse_loose_pictures(data)
        if not self.defects and not data.get("is_question") and not self.errors:
            self.add_error(
                None, _now("Hãy chọn giấy tờ hoặc mục kê khai cần bổ sung; nếu chỉ hỏi, hãy đánh dấu “Chỉ hỏi”.")
            )
        if data.get("reason"):
            self._tell_apart()
        elif "reason" not in self.errors:
            self._need_words(data)
        return data

    def _refuse_loose_pictures(self, data: Mapping[str, Any]) -> None:
        """Pictures go with something that is asked for, and what was drawn is readable."""
        asked = {name for _defect, name in self._asked}
        for box in [name for name in self.fields if name.startswith(BOXES)]:
            name = box.removeprefix(BOXES)
            try:
                self.boxes[name] = picture_files.marks_of(data.get(box) or "")
            except ValueError:
                self.add_error(name, _now("Chỗ đánh dấu trên giấy không đọc được. Hãy đánh dấu lại."))
            sent = self.boxes.get(name) or self.files.getlist(f"{PICTURES}{name}")
            if sent and name not in asked and name not in self.errors:
                self.add_error(name, _now("Ảnh này kèm mục chưa được yêu cầu. Hãy chọn mục và ghi cần sửa gì."))

    def prepare(self) -> bool:
        """Keep the pictures; False where one is refused, with the reason at the words it goes with."""
        kept: list[Defect] = []
        names = [name for _defect, name in self._asked]
        sent = sum(len(self.files.getlist(f"{PICTURES}{name}")) + len(self.boxes.get(name, [])) for name in names)
        if sent > picture_files.MOST_OF_ALL:
            self.add_error(None, picture_files.too_many_of_all())
            return False
        for defect, name in self._asked:
            uploads = self.files.getlist(f"{PICTURES}{name}")
            pictures, wrong = picture_files.keep(self.dossier, uploads, self.boxes.get(name, []), actor=self.actor)
            for words in wrong:
                self.add_error(name, words)
            kept.append(replace(defect, pictures=pictures))
        self.defects = kept
        return not self.errors

    def refused(self) -> None:
        """The pictures that were chosen have to be chosen again; what was drawn on papers is still there."""
        for name in list(self.fields):
            if self.files and self.files.getlist(f"{PICTURES}{name}"):
                self.choose_again(name)

    def _tell_apart(self) -> None:
        """A general reason is what is wrong with an answer that is asked for alone, and with none of several things."""
        for defect, name in self._asked if len(self._asked) > 1 else []:
            if defect.field and not defect.text and name not in self.errors:
                words = _now("Hãy ghi mục này sai hoặc thiếu gì: bạn yêu cầu nhiều thứ, lý do chung không nói rõ.")
                self.add_error(name, words)

    def _need_words(self, data: dict[str, Any]) -> None:
        """Without a general reason each thing asked for says what is wrong with it; a question is the reason."""
        for defect, name in self._asked:
            if not defect.text:
                self.add_error(name, _now("Hãy ghi sai hoặc thiếu gì, ở đây hoặc ở “Lý do chung”."))
        if not self.defects and data.get("is_question"):
            self.add_error("reason", _now("Hãy ghi câu hỏi."))
        if self.defects and not self.errors:
            with translation.override("vi"):  # it goes into the dossier and onto its letter
                data["reason"] = _now("Hồ sơ cần bổ sung hoặc sửa các mục nêu dưới đây.")

    def _components(self, data: Mapping[str, Any]) -> Iterator[Asked]:
        for at, (code, name) in enumerate(self.items):
            text = (data.get(f"text_{at}") or "").strip()
            if data.get(f"check_{at}") and not text:
                self.add_error(f"text_{at}", _now("Hãy viết giấy này cần sửa hoặc bổ sung gì."))
            elif text:
                yield Defect(code, name, text), f"text_{at}"

    def _others(self, data: Mapping[str, Any]) -> Iterator[Asked]:
        named: set[str] = set()
        for at in range(OTHER_PAPERS):
            other = (data.get(f"other_name_{at}") or "").strip()
            text = (data.get(f"other_text_{at}") or "").strip()
            if text and not other:
                self.add_error(f"other_name_{at}", _now("Hãy ghi tên giấy tờ."))
            elif other:
                code = _code_of(other)
                yield Defect(f"{code}-{at}" if code in named else code, other, text), f"other_text_{at}"
                named.add(code)

    def _marked_answers(self, data: Mapping[str, Any]) -> Iterator[Asked]:
        for row in self.answers:
            text = (data.get(f"wrong_{row.key}") or "").strip()
            if text and not data.get(f"mark_{row.key}"):
                self.add_error(f"wrong_{row.key}", _now("Hãy đánh dấu mục kê khai này, hoặc xóa nội dung đã ghi."))
            elif data.get(f"mark_{row.key}"):
                yield Defect("", row.label, text, field=row.key), f"wrong_{row.key}"

    def arguments(self) -> dict[str, Any]:
        """Reason, defects, and the ground of a further request."""
        data = self.cleaned_data
        return {"reason": data["reason"], "defects": self.defects, "legal_basis": data.get("legal_basis", "")}


def _defect_text(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": TOO_LONG},
    )


def _component_names(dossier: Dossier) -> list[tuple[str, str]]:
    """Components handed in, then those that the procedure asks for and nobody handed in."""
    names: dict[str, str] = {}
    for component in dossier.components.order_by("supplement_round", "id"):
        names.setdefault(component.component_code, component.name)
    version = dossier.rules
    if version is not None:
        for component, _is_required in eforms.required_components(version, dossier.answers):
            names.setdefault(component.code, component.name)
    return list(names.items())


def _code_of(name: str) -> str:
    """The code of a paper that no list has: the same in every round, so that one scan may answer for two of them.

    A digest of the name as it was typed, marks and all, but for small and capital letters: short and plain, and no
    secret, since whoever guesses the name finds the same code.
    """
    return f"khac-{hashlib.sha256(nfc(name).casefold().encode()).hexdigest()[:12]}"


FORMS: dict[str, type[StepForm]] = {"request_supplement": SupplementForm}
