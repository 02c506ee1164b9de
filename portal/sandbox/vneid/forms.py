"""Signing in by number and passcode."""

from django import forms

from portal.sandbox.vneid import people


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

    account = None

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("number") and cleaned.get("passcode"):
            self.account = people.by_passcode(cleaned["number"].strip(), cleaned["passcode"].strip())
            if self.account is None:
                self.add_error("passcode", "Số hoặc mã bí mật không đúng. Hãy kiểm tra lại cả hai.")
        return cleaned
