"""What is wrong with a form, for who edits it on pages: in Vietnamese, with the question and the cure."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

from procedures import form_places
from procedures.eforms.checking import check_form
from procedures.eforms.definition import DefinitionError
from procedures.eforms.reading import read_form
from tests.procedures.broken_packs import field

FOLDERS = ("procedures/eforms", "procedures/packs")


def form_of(*fields):
    groups = [{"key": "group", "title": {"vi": "Mục"}, "fields": list(fields)}]
    return {"pages": [{"key": "page", "title": {"vi": "Trang"}, "groups": groups}], "lists": {}}


def wrong_of(form):
    with pytest.raises(DefinitionError) as caught:
        check_form(read_form(form))
    return caught.value


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ([field("count", "integer", vi="Số con", min="x")], "“Số con” (count): Nhỏ nhất và lớn nhất của loại integer"),
        ([field("a", vi="Tên", pattern="(")], "“Tên” (a): Mẫu không phải biểu thức chính quy, sai ở ký tự thứ 1"),
        ([field("a", vi="Tên", min_items="x")], "“Tên” (a) · Ít nhất (dòng): Phải là số nguyên"),
        (
            [field("rows", "repeat", vi="Con", fields=[field("born", "date", vi="Ngày sinh", max="mai")])],
            "“Ngày sinh” (born) · Lớn nhất: Giới hạn phải là một ngày",
        ),
        (
            [field("a", vi="Tên", visible_if={"field": "gone", "filled": True})],
            "“Tên” (a) · Chỉ hỏi khi: Điều kiện dựa vào câu hỏi 'gone'",
        ),
        ([], "“Trang” (page): Trang chưa có câu hỏi"),
    ],
)
def test_the_place_and_the_cure_are_told_in_words(fields, told):
    form = form_of(*fields)
    error = wrong_of(form)
    with translation.override("vi"):
        assert form_places.told(error, {"form": form}).startswith(told)
        assert "Hãy" in error.words
    assert str(error).startswith("form.page")  # packs are told in English, whatever the language of now is
    assert str(error) != f"{error.place}: {error.words}" or translation.get_language() == "en"


def test_every_message_of_a_form_has_its_words():
    for folder in FOLDERS:
        for file in Path(folder).glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                named = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DefinitionError"
                if named:
                    words = node.args[1]
                    is_marked = isinstance(words, ast.Call) and getattr(words.func, "id", "") in {"_", "gettext_lazy"}
                    assert is_marked or isinstance(words, ast.Name), f"{file}:{node.lineno}"
