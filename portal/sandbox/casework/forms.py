"""What an official can type on the pages of the case system."""

from django import forms


class DecisionForm(forms.Form):
    action = forms.CharField(max_length=40)
    reason = forms.CharField(max_length=2000, required=False)
    document_number = forms.CharField(max_length=120, required=False)
    title = forms.CharField(max_length=500, required=False)
    upload = forms.FileField(required=False)

    def __init__(self, case, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(item["code"], item["name"]) for item in case.components]
        self.fields["components"] = forms.MultipleChoiceField(required=False, choices=choices)

    @property
    def first_error(self) -> str:
        for name, errors in self.errors.items():
            return f"{name}: {errors[0]}"
        return ""


class CounterForm(forms.Form):
    procedure_code = forms.RegexField(
        r"^\d\.\d{6}$",
        label="Mã thủ tục",
        initial="3.000333",
        error_messages={"invalid": "Mã thủ tục có dạng một chữ số, dấu chấm, sáu chữ số, ví dụ 3.000333."},
    )
    full_name = forms.CharField(
        label="Họ tên người nộp",
        max_length=120,
        initial="Bùi Văn Giả Định",
        error_messages={"required": "Hãy nhập họ tên người nộp."},
    )
