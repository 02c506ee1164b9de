"""What the pages of result templates show, and who may edit them (mẫu kết quả)."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datastore.models import ResultTemplate
from datastore.results import answers
from portal.backoffice import builder
from portal.backoffice.forms_publish import PublishForm
from portal.backoffice.officials import Official, official_of
from portal.core.errors import NotFoundError
from procedures.models import ProcedureVersion

__all__ = ["BodyForm", "NewTemplateForm", "PublishForm", "editor_of", "may_edit"]


class BodyForm(forms.Form):
    """The text of a draft."""

    body = forms.CharField(
        label=gettext_lazy("Nội dung mẫu"),
        help_text=gettext_lazy("Mỗi dòng một ý. Giá trị viết là {{ tên_trường }}; cách viết ở cuối trang."),
        strip=False,
        required=False,
        widget=forms.Textarea({"rows": 26, "spellcheck": "false"}),
    )


class NewTemplateForm(forms.Form):
    """For which procedure's result a template is begun."""

    code = forms.CharField(
        label=gettext_lazy("Mã thủ tục"),
        help_text=gettext_lazy("Ví dụ 1.001193. Mẫu dùng cho loại kết quả mà thủ tục này cấp."),
        max_length=20,
        error_messages={"required": gettext_lazy("Hãy nhập mã thủ tục.")},
    )
    is_only_here = forms.BooleanField(label=gettext_lazy("Chỉ dùng cho thủ tục này"), required=False)

    def kind_and_name(self) -> tuple[str, str]:
        """Code and name of the usual result of the procedure; raises NotFoundError."""
        version = (
            ProcedureVersion.objects.filter(current_of__isnull=False, procedure__code=self.cleaned_data["code"].strip())
            .prefetch_related("results")
            .first()
        )
        kinds = (
            [row for row in version.results.order_by("-is_default", "position") if row.document_type] if version else []
        )
        if not kinds:
            raise NotFoundError
        return kinds[0].document_type, kinds[0].name[:300]


def may_edit(official: Official, template: ResultTemplate) -> bool:
    """The national editor, or an administrator of whoever publishes every procedure that the template serves."""
    if official.user.is_superuser:
        return True
    versions = answers.versions_with(template.document_type, template.procedure_code)
    return bool(versions) and all(builder.may_edit(official, version) for version in versions)


def editor_of(request: HttpRequest, pk: int) -> tuple[Official, ResultTemplate]:
    """Who edits which template; raises NotFoundError for one that is not there or not hers."""
    official = official_of(request)
    template = ResultTemplate.objects.filter(pk=pk).first()
    if template is None or not may_edit(official, template):
        raise NotFoundError
    return official, template


LANGUAGE = (
    ("= …", gettext_lazy("Tiêu đề của giấy; bỏ trống thì dùng tên kết quả")),
    (": …", gettext_lazy("Dòng dưới tiêu đề")),
    ("# …", gettext_lazy("Tên mục")),
    ("~ …", gettext_lazy("Căn cứ pháp lý, in nghiêng")),
    ("- Nhãn: {{ x }} | Nhãn: {{ y }}", gettext_lazy("Các ô trên một dòng; ô không có giá trị thì không in")),
    ("* Nhãn: {{ x }}", gettext_lazy("Ô luôn in, kể cả khi để trống")),
    (
        "[[ số {{ x }}]]",
        gettext_lazy("Đoạn trong dòng, chỉ in khi biết giá trị; không biết thì người trình ghi theo sổ"),
    ),
    ("{{ x, y }}", gettext_lazy("Các giá trị cách nhau bằng dấu phẩy, tên nơi lặp lại chỉ in một lần")),
    ("{{ x hoặc y }}", gettext_lazy("Giá trị đầu tiên có")),
    ("{{ x | in_hoa }}", gettext_lazy("Chữ in hoa; cũng có | nam (năm của ngày) và | ngay_chu (ngày … tháng … năm …)")),
    ("{{ x | trong_cau }}", gettext_lazy("Chữ đứng giữa câu: bỏ chữ hoa ở đầu, trừ tên riêng")),
    (
        "[nếu x] … [hết]",
        gettext_lazy("Chỉ in khi có trả lời; cũng có [nếu không x], [nếu x = giá trị], [nếu x khác giá trị]"),
    ),
    ("[bảng x: cột, cột]", gettext_lazy("Bảng các dòng của một câu hỏi lặp lại")),
    ("[nội dung thêm]", gettext_lazy("Chỗ in những dòng cán bộ ghi khi quyết định; không có thì in ở cuối")),
    ("@ cấp cho: x, y", gettext_lazy("Tên và số định danh ghi trong mã QR; không có thì là người nộp")),
    ("@ dùng khi: x = giá trị", gettext_lazy("Cấp giấy này thay giấy thường lệ khi trả lời như vậy")),
    ("@ nơi nhận: không", gettext_lazy("Giấy không có mục Nơi nhận")),
    ("% …", gettext_lazy("Ghi chú của người soạn, không in")),
)
"""How a template is written, for the page's help."""


def name_of(template: ResultTemplate) -> str:
    """The template's name with the procedure it is for, if one."""
    if not template.procedure_code:
        return template.name
    return _("%(name)s, riêng thủ tục %(code)s") % {"name": template.name, "code": template.procedure_code}
