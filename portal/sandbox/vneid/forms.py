"""Signing in by number and passcode."""

from django import forms

from portal.sandbox.vneid import people
from portal.sandbox.vneid.models import Account


class PasscodeForm(forms.Form):
    number = forms.CharField(
        label="Số định danh cá nhân hoặc mã số thuế",
        max_length=14,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "username"}),
        error_messages={"required": "Hãy nhập số định danh cá nhân (12 chữ số) hoặc mã số thuế."},
    )
    passcode = forms.CharField(
        label="Mã bí mật (passcode)",
        max_length=32,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "current-password"}),
        error_messages={"required": "Hãy nhập mã bí mật gồm 6 chữ số."},
    )

    account: Account | None = None

    def clean(self) -> None:
        super().clean()
        number, passcode = self.cleaned_data.get("number"), self.cleaned_data.get("passcode")
        if number and passcode:
            self.account = people.by_passcode(number, passcode)
            if self.account is None:
                self.add_error("passcode", "Số hoặc mã bí mật không đúng. Hãy kiểm tra lại cả hai.")
